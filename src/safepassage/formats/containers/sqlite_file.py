"""A new SQLite database as bytes, from tables of values: written once, without a database library.

The format is public and stable (sqlite.org, “Database File Format”, 3). The same tables give the same bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Value = int | float | str | bytes | None

PAGE = 4096
_HEADER = 100
_TABLE_LEAF, _TABLE_INNER, _INDEX_LEAF = 0x0D, 0x05, 0x0A
_TABLE_MOST, _INDEX_MOST = PAGE - 35, (PAGE - 12) * 64 // 255 - 23
_LEAST = (PAGE - 12) * 32 // 255 - 23
_WRITER = 3_045_000
"""The version number of SQLite whose rules the file follows (format 4 of the schema, older than that)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: its statement of creation, and rows of (rowid, values) by ascending rowid.

    A column that is the rowid itself (INTEGER PRIMARY KEY) has None in the rows. `unique` are the columns of
    each PRIMARY KEY or UNIQUE constraint over others, in the order of the statement: SQLite keeps an index
    of its own for each.
    """

    name: str
    sql: str
    rows: tuple[tuple[int, tuple[Value, ...]], ...]
    unique: tuple[tuple[int, ...], ...] = ()

    def __post_init__(self) -> None:
        ids = [rowid for rowid, _ in self.rows]
        if ids != sorted(set(ids)):
            raise ValueError(f"table {self.name}: rowids ascend")


def database(tables: Sequence[Table], *, application_id: int = 0, user_version: int = 0) -> bytes:
    """Return a database of these tables, in UTF-8.

    Raises
    ------
    ValueError
        When the tables are so many that their list does not fit the first page, or a key is longer than an
        index page takes.
    """
    pages = _Pages()
    listed: list[tuple[Value, ...]] = []
    for table in tables:
        root = pages.table((rowid, record(values)) for rowid, values in table.rows)
        listed.append(("table", table.name, table.name, root, table.sql))
        for number, columns in enumerate(table.unique, start=1):
            name = f"sqlite_autoindex_{table.name}_{number}"
            keys = sorted((tuple(values[c] for c in columns), rowid) for rowid, values in table.rows)
            listed.append(("index", name, table.name, pages.index(keys), None))
    pages.first([record(row) for row in listed])
    return pages.done(application_id, user_version)


def record(values: Iterable[Value]) -> bytes:
    """Return values in the record format."""
    types, body = b"", b""
    for value in values:
        kind, data = _serial(value)
        types += varint(kind)
        body += data
    size = len(types) + 1
    if len(varint(size)) > 1:
        size = len(types) + 2
    return varint(size) + types + body


def _serial(value: Value) -> tuple[int, bytes]:
    """Return the serial type of a value and its bytes."""
    if value is None:
        return 0, b""
    if isinstance(value, int):
        if value in {0, 1}:
            return 8 + value, b""
        for kind, size in ((1, 1), (2, 2), (3, 3), (4, 4), (5, 6), (6, 8)):
            if -(1 << (8 * size - 1)) <= value < 1 << (8 * size - 1):
                return kind, value.to_bytes(size, "big", signed=True)
        raise ValueError("an integer has at most 64 bits")
    if isinstance(value, float):
        return 7, struct.pack(">d", value)
    data, odd = (value.encode("utf-8", "replace"), 1) if isinstance(value, str) else (value, 0)
    return 12 + 2 * len(data) + odd, data


def varint(number: int) -> bytes:
    """Return a 64-bit number, seven bits a byte, the greatest first; the ninth byte, if any, holds eight."""
    number &= (1 << 64) - 1
    if number >> 56:
        high = number >> 8
        return bytes(0x80 | high >> 7 * at & 0x7F for at in range(7, -1, -1)) + bytes([number & 0xFF])
    parts = [number & 0x7F]
    while number := number >> 7:
        parts.append(0x80 | number & 0x7F)
    return bytes(reversed(parts))


class _Pages:
    """The pages of a database as they are made; the first is made last."""

    def __init__(self) -> None:
        self._pages: list[bytes] = [b""]

    def _add(self, page: bytes) -> int:
        self._pages.append(page)
        return len(self._pages)

    def table(self, rows: Iterable[tuple[int, bytes]]) -> int:
        """Return the root of a tree of rows, leaf after leaf, then level over level."""
        level: list[tuple[int, int]] = []
        cells: list[bytes] = []
        last = 0
        for rowid, payload in rows:
            cell = varint(len(payload)) + varint(rowid) + self._local(payload, _TABLE_MOST)
            if not _fits([*cells, cell]):
                level.append((self._add(_page(_TABLE_LEAF, cells)), last))
                cells = []
            cells.append(cell)
            last = rowid
        level.append((self._add(_page(_TABLE_LEAF, cells)), last))
        while len(level) > 1:
            level = [self._inner(level[at : at + _FAN]) for at in range(0, len(level), _FAN)]
        return level[0][0]

    def _inner(self, children: Sequence[tuple[int, int]]) -> tuple[int, int]:
        cells = [struct.pack(">I", page) + varint(key) for page, key in children[:-1]]
        right, last = children[-1]
        return self._add(_page(_TABLE_INNER, cells, right=right)), last

    def index(self, keys: Sequence[tuple[tuple[Value, ...], int]]) -> int:
        """Return the root of an index of one page."""
        cells = []
        for key, rowid in keys:
            payload = record((*key, rowid))
            if len(payload) > _INDEX_MOST:
                raise ValueError("a key is longer than a page of an index takes")
            cells.append(varint(len(payload)) + payload)
        if not _fits(cells):
            raise ValueError("an index has more keys than one page takes")
        return self._add(_page(_INDEX_LEAF, cells))

    def _local(self, payload: bytes, most: int) -> bytes:
        """Return what of a payload stays in its cell, and the number of the page where it goes on."""
        if len(payload) <= most:
            return payload
        kept = _LEAST + (len(payload) - _LEAST) % (PAGE - 4)
        kept = kept if kept <= most else _LEAST
        rest = [payload[at : at + PAGE - 4] for at in range(kept, len(payload), PAGE - 4)]
        following = 0
        for part in reversed(rest):
            following = self._add(struct.pack(">I", following) + part.ljust(PAGE - 4, b"\0"))
        return payload[:kept] + struct.pack(">I", following)

    def first(self, rows: Sequence[bytes]) -> None:
        """Make the first page: the list of tables."""
        cells = [
            varint(len(row)) + varint(rowid) + self._local(row, _TABLE_MOST)
            for rowid, row in enumerate(rows, start=1)
        ]
        if not _fits(cells, _HEADER):
            raise ValueError("there are more tables than the first page can list")
        self._pages[0] = _page(_TABLE_LEAF, cells, before=_HEADER)

    def done(self, application_id: int, user_version: int) -> bytes:
        """Return all pages, the header in front."""
        fields = (len(self._pages), 0, 0, 1, 4, 0, 0, 1, user_version, 0, application_id)
        header = struct.pack(">16sHBBBBBBI", b"SQLite format 3\0", PAGE, 1, 1, 0, 64, 32, 32, 1)
        header += struct.pack(">11I", *fields) + bytes(20) + struct.pack(">II", 1, _WRITER)
        return header + self._pages[0][_HEADER:] + b"".join(self._pages[1:])


_FAN = 300
"""Children of an inner page: their cells have at most thirteen bytes and two of a pointer, and fit."""


def _fits(cells: Sequence[bytes], before: int = 0) -> bool:
    return before + 12 + sum(len(cell) + 2 for cell in cells) <= PAGE


def _page(kind: int, cells: Sequence[bytes], *, right: int = 0, before: int = 0) -> bytes:
    """Return a page of a tree: its header, pointers to cells, and the cells from the end backwards."""
    page = bytearray(PAGE)
    end = PAGE
    pointers = []
    for cell in cells:
        end -= len(cell)
        page[end : end + len(cell)] = cell
        pointers.append(end)
    header = struct.pack(">BHHHB", kind, 0, len(cells), end, 0)
    header += struct.pack(">I", right) if kind == _TABLE_INNER else b""
    header += struct.pack(f">{len(pointers)}H", *pointers)
    page[before : before + len(header)] = header
    return bytes(page)

"""The blocks of a PBF file: framed, inflated, proved whole, and their objects counted.

A file that was cut off, or in which a block was damaged, cannot pass for a smaller network: every block is
inflated against its stated size and checksum, and its objects are counted apart from what reads the roads.

The format is described on the OpenStreetMap wiki page "PBF Format": blocks of a four-byte length, a header of
at most 64 KiB and a body of at most 32 MiB, each a Protocol Buffers message.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import numpy as np

from safepassage.domain.errors import FormatError
from safepassage.domain.network_report import Box
from safepassage.formats.networks.osm.varints import BYTES, FIXED32, FIXED64, VARINT, MessageError

MAX_HEADER_BYTES = 64 * 1024
MAX_BLOCK_BYTES = 32 * 1024 * 1024
HEADER_BLOCK, DATA_BLOCK = b"OSMHeader", b"OSMData"
STRING_TABLE, PRIMITIVE_GROUP = 1, 2
GROUP_NODE, GROUP_DENSE, GROUP_WAY, GROUP_RELATION = 1, 2, 3, 4
DENSE_IDS = 1

_TRUNCATED = "fetch or copy the file again, it has been cut off"
_DAMAGED = "fetch or copy the file again, it is damaged"
_LAST_BYTE = 0x80
_HEADER_TYPE, _HEADER_SIZE = 1, 3
_BLOB_RAW, _BLOB_RAW_SIZE, _BLOB_ZLIB = 1, 2, 3
_EMPTY_STRING = b"\x0a\x00"
_BBOX, _REQUIRED_FEATURE, _OPTIONAL_FEATURE, _REPLICATION_TIME = 1, 4, 5, 32
_LATEST_S = 2**33
"""A date of the data after the year 2242 is not believed."""
_NANODEGREES_PER_E7 = 100


class Stream(Protocol):
    """Anything that bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return the next `size` bytes, fewer at the end."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a file holds; -1 where it could not be counted (a compression other than zlib)."""

    nodes: int
    ways: int
    relations: int
    features: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a file says of itself; `data_as_of` is "" and `bbox_e7` None where it does not."""

    required: tuple[str, ...]
    optional: tuple[str, ...]
    bbox_e7: Box | None
    data_as_of: str


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:  # noqa: PLR2004 - a number has at most 64 bits
            raise MessageError
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < _LAST_BYTE:
            return value, at
        shift += 7


def fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield (field number, value) of a message: a number, or the bytes of a text or an inner message."""
    at, end = 0, len(data)
    while at < end:
        key, at = _varint(data, at)
        kind = key & 7
        if kind == VARINT:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        if kind == BYTES:
            length, at = _varint(data, at)
        elif kind in (FIXED32, FIXED64):
            length = 4 if kind == FIXED32 else 8
        else:
            raise MessageError
        if at + length > end:
            raise MessageError
        yield key >> 3, data[at : at + length]
        at += length


def spans(group: memoryview) -> Iterator[tuple[int, int, int]]:
    """Yield (field number, start, stop) of the inner messages of a group of objects."""
    data = bytes(group)
    at, end = 0, len(data)
    while at < end:
        key = data[at]
        # Groups hold messages with small field numbers only: one byte of key, no bare numbers.
        if key >= _LAST_BYTE or key & 7 != BYTES or at + 1 >= end:
            raise MessageError
        length = data[at + 1]
        at += 2
        if length >= _LAST_BYTE:
            length, at = _varint(group, at - 1)
        if at + length > end:
            raise MessageError
        yield key >> 3, at, at + length
        at += length


def field(data: memoryview, number: int) -> int | memoryview | None:
    """Return one field of a message, the last where it stands there more than once."""
    found = None
    for key, value in fields(data):
        if key == number:
            found = value
    return found


def blocks(stream: Stream, name: str) -> Iterator[tuple[bytes, memoryview | None]]:
    """Yield (type, body) of every block; the body is None in a compression other than zlib.

    Raises
    ------
    FormatError
        When a block is cut off, damaged or too large, or the file does not begin as a PBF file does.
    """
    block = 0
    while prefix := stream.read(4):
        block += 1
        where = f"block {block}"
        try:
            header, size = _read_header(stream, prefix, name, where)
            kind = field(header, _HEADER_TYPE)
            if not isinstance(kind, memoryview):
                raise MessageError
            if block == 1 and bytes(kind) != HEADER_BLOCK:
                raise _error(name, where, "the file does not begin with an OSMHeader block")
            body = _inflate(_exactly(stream, size, name, where), name, where)
        except (MessageError, zlib.error):
            raise _error(name, where, "the block does not decode") from None
        yield bytes(kind), body
    if block == 0:
        raise FormatError(file=name, what="the file is empty", remedy=_TRUNCATED)


def _error(name: str, where: str, what: str, remedy: str = _DAMAGED) -> FormatError:
    return FormatError(file=name, where=where, what=what, remedy=remedy)


def _exactly(stream: Stream, size: int, name: str, where: str) -> memoryview:
    data = stream.read(size)
    if len(data) < size:
        raise _error(name, where, "the file ends in the middle of a block", _TRUNCATED)
    return memoryview(data)


def _read_header(stream: Stream, prefix: bytes, name: str, where: str) -> tuple[memoryview, int]:
    if len(prefix) < len(b"size"):
        raise _error(name, where, "the file ends in the middle of a block", _TRUNCATED)
    length = int.from_bytes(prefix, "big")
    if not 0 < length < MAX_HEADER_BYTES:
        raise _error(name, where, f"a block header of {length} bytes is not possible in a PBF file")
    header = _exactly(stream, length, name, where)
    size = field(header, _HEADER_SIZE)
    if not isinstance(size, int):
        raise MessageError
    if size > MAX_BLOCK_BYTES:
        raise _error(name, where, f"a block of {size} bytes is larger than the format allows")
    return header, size


def _inflate(blob: memoryview, name: str, where: str) -> memoryview | None:
    packed: memoryview | None = None
    declared: int | None = None
    for number, value in fields(blob):
        if number == _BLOB_RAW and isinstance(value, memoryview):
            return value
        if number == _BLOB_RAW_SIZE and isinstance(value, int):
            declared = value
        if number == _BLOB_ZLIB and isinstance(value, memoryview):
            packed = value
    if packed is None:
        return None
    if declared is None or declared > MAX_BLOCK_BYTES:
        raise _error(name, where, "a block would unpack to more than the format allows")
    inflater = zlib.decompressobj()
    # One byte more than declared: enough to see that the declared size is a lie, never a bomb.
    body = inflater.decompress(packed, declared + 1)
    if len(body) != declared or not inflater.eof:
        raise _error(name, where, "a block does not unpack to its stated size")
    return memoryview(body)


def header(body: memoryview) -> Header:
    """Return what the header block says.

    Raises
    ------
    MessageError, UnicodeDecodeError
        When it does not decode.
    """
    features: dict[int, list[str]] = {_REQUIRED_FEATURE: [], _OPTIONAL_FEATURE: []}
    box: Box | None = None
    when = ""
    for number, value in fields(body):
        if isinstance(value, memoryview) and number in features:
            features[number].append(bytes(value).decode("utf-8"))
        elif isinstance(value, memoryview) and number == _BBOX:
            box = _box(value)
        elif isinstance(value, int) and number == _REPLICATION_TIME and 0 < value < _LATEST_S:
            when = datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    required, optional = (tuple(features[key]) for key in (_REQUIRED_FEATURE, _OPTIONAL_FEATURE))
    return Header(required=required, optional=optional, bbox_e7=box, data_as_of=when)


def _box(message: memoryview) -> Box | None:
    """Return the box of left, right, top and bottom in nanodegrees, zigzag."""
    sides = {
        number: (value >> 1) ^ -(value & 1) for number, value in fields(message) if isinstance(value, int)
    }
    if not {1, 2, 3, 4} <= sides.keys():
        return None
    left, right, top, bottom = (sides[side] // _NANODEGREES_PER_E7 for side in (1, 2, 3, 4))
    return (left, bottom, right, top)


def _has_nul(table: memoryview) -> bool:
    """Return whether a text of a string table holds a NUL byte.

    libosmium keeps texts as C strings and was seen to crash on these (2.23.1, in osmium 4.3.2).
    """
    # Usual tables begin with the empty string, whose length is their only NUL.
    data = bytes(table)
    if data.count(0) <= data.startswith(_EMPTY_STRING):
        return False
    return any(0 in bytes(text) for _, text in fields(table) if isinstance(text, memoryview))


def _count(body: memoryview, counts: dict[int, int], name: str, where: str) -> None:
    for number, value in fields(body):
        if isinstance(value, int):
            continue
        if number == STRING_TABLE and _has_nul(value):
            raise _error(name, where, "a name or tag holds a NUL byte, which no map has")
        if number == PRIMITIVE_GROUP:
            for kind, start, stop in spans(value):
                counts[kind] = counts.get(kind, 0) + _objects(kind, value[start:stop])


def _objects(kind: int, message: memoryview) -> int:
    if kind != GROUP_DENSE:
        return 1
    ids = field(message, DENSE_IDS)
    # Packed numbers: each ends with the one byte whose high bit is clear.
    return int((np.frombuffer(ids, np.uint8) < _LAST_BYTE).sum()) if isinstance(ids, memoryview) else 0


def examine(stream: Stream, name: str) -> Contents:
    """Walk over a whole PBF file and return what it holds.

    Raises
    ------
    FormatError
        When a block is cut off, damaged, too large, or not what the format says.
    """
    counts: dict[int, int] = {}
    features: tuple[str, ...] = ()
    countable = True
    for block, (kind, body) in enumerate(blocks(stream, name), start=1):
        try:
            if body is None:
                countable = False
            elif kind == HEADER_BLOCK:
                found = header(body)
                features += found.required + found.optional
            elif kind == DATA_BLOCK:
                _count(body, counts, name, f"block {block}")
        except (MessageError, UnicodeDecodeError):
            raise _error(name, f"block {block}", "the block does not decode") from None
    if not countable:
        return Contents(nodes=-1, ways=-1, relations=-1, features=features)
    return Contents(
        nodes=counts.get(GROUP_NODE, 0) + counts.get(GROUP_DENSE, 0),
        ways=counts.get(GROUP_WAY, 0),
        relations=counts.get(GROUP_RELATION, 0),
        features=features,
    )

"""A walk over every block of a PBF file that proves the file whole and counts what is in it.

The reader proper is `osmium`. This walk is a second, independent look at the same bytes: each block is
inflated and counted, so that a file that was cut off, or a block that was skipped, cannot pass for a smaller
network.

The format is described on the OpenStreetMap wiki page "PBF Format": blocks of a four-byte length, a header of
at most 64 KiB and a body of at most 32 MiB, each a Protocol Buffers message.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from safepassage.domain.errors import FormatError

MAX_HEADER_BYTES = 64 * 1024
MAX_BLOCK_BYTES = 32 * 1024 * 1024
_TRUNCATED = "fetch or copy the file again, it has been cut off"
_DAMAGED = "fetch or copy the file again, it is damaged"

_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
_LAST_BYTE = 0x80
_HEADER_TYPE, _HEADER_SIZE = 1, 3
_BLOB_RAW, _BLOB_RAW_SIZE, _BLOB_ZLIB = 1, 2, 3
_STRING_TABLE, _PRIMITIVE_GROUP, _DENSE_IDS = 1, 2, 1
_EMPTY_STRING = b"\x0a\x00"
_GROUP_NODE, _GROUP_DENSE, _GROUP_WAY, _GROUP_RELATION = 1, 2, 3, 4
_REQUIRED_FEATURE, _OPTIONAL_FEATURE = 4, 5


class Stream(Protocol):
    """Anything that bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """Return the next `size` bytes, fewer at the end."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a file holds; -1 where it could not be counted (a compression only `osmium` knows)."""

    nodes: int
    ways: int
    relations: int
    features: tuple[str, ...] = ()


class _MessageError(ValueError):
    """A Protocol Buffers message that ends too early or has a field of an unknown kind."""


def _varint(data: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        if at >= len(data) or shift > 63:  # noqa: PLR2004 - a number has at most 64 bits
            raise _MessageError
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < _LAST_BYTE:
            return value, at
        shift += 7


def _fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Yield (field number, value) of a message: a number, or the bytes of a text or an inner message."""
    at, end = 0, len(data)
    while at < end:
        key, at = _varint(data, at)
        kind = key & 7
        if kind == _VARINT:
            value, at = _varint(data, at)
            yield key >> 3, value
            continue
        if kind == _BYTES:
            length, at = _varint(data, at)
        elif kind in (_FIXED32, _FIXED64):
            length = 4 if kind == _FIXED32 else 8
        else:
            raise _MessageError
        if at + length > end:
            raise _MessageError
        yield key >> 3, data[at : at + length]
        at += length


def _field(data: memoryview, number: int) -> int | memoryview | None:
    found = None
    for key, value in _fields(data):
        if key == number:
            found = value
    return found


def _has_nul(table: memoryview) -> bool:
    """Return whether a text of a string table holds a NUL byte.

    libosmium keeps texts as C strings and was seen to crash on these (2.23.1, in osmium 4.3.2).
    """
    # Usual tables begin with the empty string, whose length is their only NUL.
    data = bytes(table)
    if data.count(0) <= data.startswith(_EMPTY_STRING):
        return False
    return any(0 in bytes(text) for _, text in _fields(table) if isinstance(text, memoryview))


class _Walk:
    """One pass over one file."""

    def __init__(self, stream: Stream, name: str) -> None:
        self._stream, self._name = stream, name
        self._block = 0
        self._counts: dict[int, int] = dict.fromkeys((_GROUP_DENSE, _GROUP_WAY, _GROUP_RELATION), 0)
        self._features: list[str] = []
        self._countable = True

    def run(self) -> Contents:
        while self._next_block():
            pass
        if self._block == 0:
            raise FormatError(file=self._name, what="the file is empty", remedy=_TRUNCATED)
        nodes, ways, relations = self._counts.values() if self._countable else (-1, -1, -1)
        return Contents(nodes=nodes, ways=ways, relations=relations, features=tuple(self._features))

    def _fail(self, what: str, remedy: str = _DAMAGED) -> FormatError:
        return FormatError(file=self._name, where=f"block {self._block}", what=what, remedy=remedy)

    def _exactly(self, size: int) -> memoryview:
        data = self._stream.read(size)
        if len(data) < size:
            raise self._fail("the file ends in the middle of a block", _TRUNCATED)
        return memoryview(data)

    def _next_block(self) -> bool:
        prefix = self._stream.read(4)
        if not prefix:
            return False
        self._block += 1
        size = int.from_bytes(prefix, "big")
        if len(prefix) < len(b"size"):
            raise self._fail("the file ends in the middle of a block", _TRUNCATED)
        if not 0 < size < MAX_HEADER_BYTES:
            raise self._fail(f"a block header of {size} bytes is not possible in a PBF file")
        try:
            self._read_block(self._exactly(size))
        except (_MessageError, UnicodeDecodeError, zlib.error):
            raise self._fail("the block does not decode") from None
        return True

    def _read_block(self, header: memoryview) -> None:
        kind, size = _field(header, _HEADER_TYPE), _field(header, _HEADER_SIZE)
        if not isinstance(kind, memoryview) or not isinstance(size, int):
            raise _MessageError
        if size > MAX_BLOCK_BYTES:
            raise self._fail(f"a block of {size} bytes is larger than the format allows")
        block_type = bytes(kind)
        if self._block == 1 and block_type != b"OSMHeader":
            raise self._fail("the file does not begin with an OSMHeader block")
        body = self._inflate(self._exactly(size))
        if body is None:
            self._countable = False
        elif block_type == b"OSMHeader":
            self._read_features(body)
        elif block_type == b"OSMData":
            self._count(body)

    def _inflate(self, blob: memoryview) -> memoryview | None:
        packed: memoryview | None = None
        declared: int | None = None
        for number, value in _fields(blob):
            if number == _BLOB_RAW and isinstance(value, memoryview):
                return value
            if number == _BLOB_RAW_SIZE and isinstance(value, int):
                declared = value
            if number == _BLOB_ZLIB and isinstance(value, memoryview):
                packed = value
        if packed is None:
            return None
        if declared is None or declared > MAX_BLOCK_BYTES:
            raise self._fail("a block would unpack to more than the format allows")
        inflater = zlib.decompressobj()
        # One byte more than declared: enough to see that the declared size is a lie, never a bomb.
        body = inflater.decompress(packed, declared + 1)
        if len(body) != declared or not inflater.eof:
            raise self._fail("a block does not unpack to its stated size")
        return memoryview(body)

    def _read_features(self, body: memoryview) -> None:
        for number, value in _fields(body):
            if number in (_REQUIRED_FEATURE, _OPTIONAL_FEATURE) and isinstance(value, memoryview):
                self._features.append(bytes(value).decode("utf-8"))

    def _count(self, body: memoryview) -> None:
        counts = self._counts
        for number, group in _fields(body):
            if number == _STRING_TABLE and isinstance(group, memoryview) and _has_nul(group):
                raise self._fail("a name or tag holds a NUL byte, on which the parser would stumble")
            if number != _PRIMITIVE_GROUP or not isinstance(group, memoryview):
                continue
            for kind, value in _fields(group):
                if kind == _GROUP_DENSE and isinstance(value, memoryview):
                    ids = _field(value, _DENSE_IDS)
                    if isinstance(ids, memoryview):
                        # Packed numbers: each ends with the one byte whose high bit is clear.
                        counts[_GROUP_DENSE] += int((np.frombuffer(ids, np.uint8) < _LAST_BYTE).sum())
                elif kind == _GROUP_NODE:
                    counts[_GROUP_DENSE] += 1
                elif kind in counts:
                    counts[kind] += 1


def examine(stream: Stream, name: str) -> Contents:
    """Walk over a whole PBF file and return what it holds.

    Raises
    ------
    FormatError
        When a block is cut off, damaged, too large, or not what the format says.
    """
    return _Walk(stream, name).run()

"""The claims of the log as lines of a ledger file, held small: a planner asks for them now and then."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass

LINES_IN_CHUNK = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedLines:
    """Lines, the older ones compressed; further ones make a new value that shares what is there."""

    chunks: tuple[bytes, ...] = ()
    newest: tuple[str, ...] = ()

    def plus(self, lines: Iterable[str]) -> PackedLines:
        """Return the lines with further ones."""
        chunks, newest = [*self.chunks], [*self.newest, *lines]
        while len(newest) >= LINES_IN_CHUNK:
            chunks.append(packed("".join(f"{line}\n" for line in newest[:LINES_IN_CHUNK]).encode()))
            del newest[:LINES_IN_CHUNK]
        return PackedLines(chunks=tuple(chunks), newest=tuple(newest))

    def parts(self) -> tuple[bytes, ...]:
        """Return compressed parts; one after the other, unpacked, they are the file."""
        last = "".join(f"{line}\n" for line in self.newest).encode()
        return (*self.chunks, packed(last))


def packed(data: bytes) -> bytes:
    """Return a compressed part."""
    return zlib.compress(data)


def unpacked(parts: Iterable[bytes]) -> bytes:
    """Return the file that parts stand for."""
    return b"".join(map(zlib.decompress, parts))

"""Which kind of file this is, judged by its first bytes, and proof that all of it is there.

Names lie (``map.osm.pbf`` that is a web page), so the kind is read from the content. Compressed XML is
unpacked once in small pieces, with a limit, before anything parses it.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import os
import re
import stat
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from safepassage.domain.errors import FormatError
from safepassage.formats.networks.osm import pbf

MAX_EXPANSION = 200
"""A file that unpacks to more than this many times its size is not a map (ten to thirty is usual)."""
EXPANSION_FLOOR_BYTES = 64 * 1024 * 1024
"""Below this size nothing is refused for its expansion."""

PBF = "pbf"

_CHUNK_BYTES = 1024 * 1024
_SNIFF_BYTES = 4096
_OVERLAP_BYTES = 16
_TRUNCATED = "fetch or copy the file again, it has been cut off"
_DAMAGED = "fetch or copy the file again, it is damaged"
_ASK_FOR_MAP = "hand in an OpenStreetMap extract (.osm.pbf, .osm, .osm.gz or .osm.bz2)"
_OBJECT = re.compile(rb"<(node|way|relation)[\s/>]")
_COMMENT_OR_CDATA = re.compile(rb"<!(--|\[CDATA)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A map file that is complete; `osmium_format` is what the parser must be told of it."""

    osmium_format: str
    sha256: str
    size_bytes: int
    changed_ns: int
    contents: pbf.Contents


def _open(path: Path) -> BufferedReader:
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise FormatError(file=str(path), what="this is a folder, not a map file", remedy=_ASK_FOR_MAP)
        if not stat.S_ISREG(status.st_mode):
            raise FormatError(file=str(path), what="this is not an ordinary file", remedy=_ASK_FOR_MAP)
        return path.open("rb")
    except FileNotFoundError:
        remedy = "check the name and the folder"
        raise FormatError(file=str(path), what="there is no such file", remedy=remedy) from None
    except OSError as error:
        what = f"the file cannot be opened ({error.strerror or error})"
        raise FormatError(file=str(path), what=what, remedy="check its permissions") from None


def _foreign(path: Path, start: bytes) -> FormatError:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")[:_SNIFF_BYTES].lower()
    known = (
        (b"<!doctype html", "this is a web page, not a map; the download did not work"),
        (b"<html", "this is a web page, not a map; the download did not work"),
        (b"<osmchange", "this is a list of changes, not a map"),
        (b"version https://git-lfs", "this is a placeholder for a file that was not fetched (Git LFS)"),
        (b"pk\x03\x04", "this is a zip archive"),
        (b"{", "this is JSON, not an OpenStreetMap file"),
    )
    what = next((what for sign, what in known if text.startswith(sign)), "this is not an OpenStreetMap file")
    return FormatError(file=str(path), what=what, remedy=_ASK_FOR_MAP)


def _is_pbf(start: bytes) -> bool:
    return start[4:6] == b"\x0a\x09" and b"OSMHeader"[: max(0, len(start) - 6)] == start[6:15]


def _is_xml(start: bytes) -> bool:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n")
    root = re.search(rb"<(?![?!])([A-Za-z]+)", text)
    return text.startswith(b"<") and root is not None and root.group(1) == b"osm"


class _XmlTally:
    """Counts objects in a stream of XML and remembers how it ends."""

    def __init__(self) -> None:
        self.counts = {b"node": 0, b"way": 0, b"relation": 0}
        self.countable = True
        self._tail = b""
        self._end = b""

    def feed(self, chunk: bytes) -> None:
        data = self._tail + chunk
        if _COMMENT_OR_CDATA.search(data):
            self.countable = False
        # What begins in the last bytes is left for the next chunk, which repeats them.
        keep = max(0, len(data) - _OVERLAP_BYTES)
        for found in _OBJECT.finditer(data):
            if found.start() < keep:
                self.counts[found.group(1)] += 1
        self._tail = data[keep:]
        self._end = data[-_SNIFF_BYTES:]

    def close(self) -> pbf.Contents:
        for found in _OBJECT.finditer(self._tail):
            self.counts[found.group(1)] += 1
        nodes, ways, relations = self.counts.values() if self.countable else (-1, -1, -1)
        return pbf.Contents(nodes=nodes, ways=ways, relations=relations)

    @property
    def complete(self) -> bool:
        """Whether the text ends with the root element's end (a comment may follow it)."""
        end = re.sub(rb"<!--.*?-->", b"", self._end, flags=re.DOTALL).rstrip()
        return end.endswith(b"</osm>") or not any(self.counts.values())


def _examine_xml(stream: pbf.Stream, path: Path, size: int) -> pbf.Contents:
    tally = _XmlTally()
    allowed = max(EXPANSION_FLOOR_BYTES, MAX_EXPANSION * size)
    total = 0
    try:
        while chunk := stream.read(_CHUNK_BYTES):
            total += len(chunk)
            if total > allowed:
                what = f"the file unpacks to more than {MAX_EXPANSION} times its size"
                raise FormatError(
                    file=str(path), what=what, remedy="this is not a usual map; unpack it yourself"
                )
            tally.feed(chunk)
    except EOFError:
        what = "the compressed file ends too early"
        raise FormatError(file=str(path), what=what, remedy=_TRUNCATED) from None
    except (OSError, zlib.error) as error:
        what = f"the compressed file is damaged ({error})"
        raise FormatError(file=str(path), what=what, remedy=_DAMAGED) from None
    if total == 0:
        raise FormatError(file=str(path), what="the file is empty", remedy=_ASK_FOR_MAP)
    contents = tally.close()
    if not tally.complete:
        raise FormatError(file=str(path), what="the XML ends before </osm>", remedy=_TRUNCATED)
    return contents


def _unpacker(start: bytes) -> tuple[str, Callable[[BufferedReader], pbf.Stream]] | None:
    """Return the parser's name of the compression and how to unpack it, None where the file is not XML."""
    if start.startswith(b"\x1f\x8b"):
        return "osm.gz", lambda raw: gzip.GzipFile(fileobj=raw, mode="rb")
    if start.startswith(b"BZh"):
        return "osm.bz2", lambda raw: bz2.BZ2File(raw, "rb")
    return ("osm", lambda raw: raw) if _is_xml(start) else None


def _xml_start(stream: pbf.Stream, path: Path) -> bytes:
    try:
        return stream.read(_SNIFF_BYTES)
    except (EOFError, OSError, zlib.error):
        what = "the compressed file ends too early or is damaged"
        raise FormatError(file=str(path), what=what, remedy=_DAMAGED) from None


def examine(path: Path) -> Container:
    """Return what kind of map `path` is, after reading all of it once.

    Raises
    ------
    FormatError
        When the file is missing, a folder, unreadable, empty, foreign, damaged, cut off, or unpacks to far
        more than a map does.
    """
    with _open(path) as raw:
        status = os.fstat(raw.fileno())
        sha256 = hashlib.file_digest(raw, "sha256").hexdigest()
        raw.seek(0)
        start = raw.read(_SNIFF_BYTES)
        raw.seek(0)
        if not start:
            raise FormatError(file=str(path), what="the file is empty", remedy=_ASK_FOR_MAP)
        if _is_pbf(start):
            kind, contents = PBF, pbf.examine(raw, str(path))
        elif (unpacker := _unpacker(start)) is not None:
            kind, unpack = unpacker
            first = _xml_start(unpack(raw), path)
            if not _is_xml(first):
                raise _foreign(path, first)
            raw.seek(0)
            contents = _examine_xml(unpack(raw), path, status.st_size)
        else:
            raise _foreign(path, start)
    return Container(
        osmium_format=kind,
        sha256=sha256,
        size_bytes=status.st_size,
        changed_ns=status.st_mtime_ns,
        contents=contents,
    )

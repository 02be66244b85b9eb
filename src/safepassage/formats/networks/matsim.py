"""Reads MATSim road networks (`network.xml` or `.xml.gz`, versions 1 and 2 of the format).

Capacities are vehicles per `capperiod`, a clock time on the element ``links``; links that name their modes
without ``car`` are left out. The format is described at https://www.matsim.org/files/dtd/network_v2.dtd;
that file is named in networks but never fetched.
"""

from __future__ import annotations

import gzip
import hashlib
import math
import zlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from safepassage.domain.errors import FormatError
from safepassage.domain.network import NetworkSource
from safepassage.domain.problem import Where
from safepassage.domain.traffic_network import TrafficLinks, TrafficNetwork
from safepassage.formats.containers import safe_xml

READER_VERSION = "matsim-1"
"""Changes whenever the same file would give another network."""

MAX_BYTES = 2 * 1024**3
"""A file that unpacks to more is refused."""

_GZIP = b"\x1f\x8b"
_MOST_SECONDS = 10**8
_MOST_MVEH_H = 10**12


def read(path: Path, *, attribution: str = "") -> TrafficNetwork:
    """Return the network of a file.

    Raises
    ------
    FormatError
        With file, line, field and remedy, at the first fault.
    """
    try:
        data = path.read_bytes()
    except OSError as fault:
        what = f"the file cannot be opened ({fault.strerror or fault})"
        raise FormatError(file=str(path), what=what, remedy="check the name and its permissions") from None
    return parse(data, path.name, attribution=attribution)


def parse(data: bytes, name: str, *, attribution: str = "") -> TrafficNetwork:
    """Return the network that the bytes of a file hold, packed with gzip or not."""
    handler = _Handler(name)
    parser = safe_xml.guarded(handler.start, handler.end, lambda _: None, doctype="network")
    handler.line = lambda: int(parser.CurrentLineNumber)
    problem = safe_xml.feed(parser, _unpacked(data, name), Where(file=name), "the network")
    if problem is not None:
        raise FormatError(file=name, what=problem.message, remedy=problem.hint)
    return handler.network(hashlib.sha256(data).hexdigest(), attribution)


def _unpacked(data: bytes, name: str) -> bytes:
    if not data.startswith(_GZIP):
        return data
    try:
        unpacker = zlib.decompressobj(wbits=31)
        whole = unpacker.decompress(data, MAX_BYTES)
    except (zlib.error, gzip.BadGzipFile) as fault:
        raise FormatError(
            file=name, what=f"cannot be unpacked ({fault})", remedy="copy the file again"
        ) from None
    if not unpacker.eof:
        what = "is cut off" if len(whole) < MAX_BYTES else "unpacks to more than 2 GiB"
        raise FormatError(file=name, what=what, remedy="copy the file again, or cut the network smaller")
    return whole


def _seconds(clock: str) -> float:
    """Return the seconds of a clock time such as 01:00:00, NaN if it is none."""
    parts = clock.split(":")
    if len(parts) not in (2, 3) or not all(p.isascii() and p.isdigit() for p in parts):
        return math.nan
    hours, minutes, seconds = (*map(int, parts), 0, 0)[:3]
    return 3600.0 * hours + 60.0 * minutes + seconds


class _Handler:
    """Nodes and links as they come; `line` says where the parser is."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.line: Callable[[], int] = lambda: 0
        self._position: dict[str, int] = {}
        self._xy: list[tuple[float, float]] = []
        self._rows: list[tuple[str, int, int, float, float, float]] = []
        self._period_s = math.nan
        self._left_out: Counter[str] = Counter()
        self._depth: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Take up an element."""
        if not self._depth and tag != "network":
            raise self._fault("", f"the document is a <{tag}>", "hand in a MATSim network")
        if tag == "links":
            period = attributes.get("capperiod", "")
            self._period_s = _seconds(period)
            if not self._period_s > 0:
                raise self._fault("capperiod", f"is {period!r}", "write a clock time such as 01:00:00")
        elif tag == "node" and self._depth[-1:] == ["nodes"]:
            self._node(attributes)
        elif tag == "link" and self._depth[-1:] == ["links"]:
            self._link(attributes)
        self._depth.append(tag)

    def end(self, _tag: str) -> None:
        """Leave an element."""
        self._depth.pop()

    def _fault(self, field: str, what: str, remedy: str) -> FormatError:
        where = f"line {self.line()}" + (f", field {field}" if field else "")
        return FormatError(file=self._name, where=where, what=what, remedy=remedy)

    def _text(self, attributes: dict[str, str], field: str) -> str:
        if not attributes.get(field):
            raise self._fault(field, "is missing", "write the attribute")
        return attributes[field]

    def _number(self, attributes: dict[str, str], field: str, *, signed: bool = False) -> float:
        text = self._text(attributes, field)
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        infinite = math.isinf(value) and field == "freespeed" and value > 0
        if (math.isfinite(value) and (signed or value >= 0)) or infinite:
            return value
        raise self._fault(field, f"is {text[:60]!r}", "write a number" + ("" if signed else " from 0"))

    def _node(self, attributes: dict[str, str]) -> None:
        name = self._text(attributes, "id")
        if name in self._position:
            raise self._fault("id", f"node {name!r} is here a second time", "give each node an id of its own")
        self._position[name] = len(self._xy)
        self._xy.append(
            (self._number(attributes, "x", signed=True), self._number(attributes, "y", signed=True))
        )

    def _link(self, attributes: dict[str, str]) -> None:
        ends = []
        for field in ("from", "to"):
            node = self._text(attributes, field)
            if node not in self._position:
                raise self._fault(field, f"names node {node!r}, which does not exist", "add it to <nodes>")
            ends.append(self._position[node])
        numbers = [self._number(attributes, field) for field in ("length", "freespeed", "capacity")]
        if not numbers[1] > 0:
            raise self._fault("freespeed", "is 0", "write the speed in m/s, or capacity 0 for a closed link")
        if numbers[0] / numbers[1] > _MOST_SECONDS or numbers[2] * 1000 > _MOST_MVEH_H:
            raise self._fault("length", "the link takes years, or carries millions", "check the units")
        modes = attributes.get("modes", "car")
        if "car" not in [mode.strip() for mode in modes.split(",")]:
            self._left_out[f"links without cars ({modes})"] += 1
        elif ends[0] == ends[1]:
            self._left_out["links from a node to itself"] += 1
        else:
            length, speed, capacity = numbers
            self._rows.append((self._text(attributes, "id"), ends[0], ends[1], length, speed, capacity))

    def network(self, sha256: str, attribution: str) -> TrafficNetwork:
        """Return what was read."""
        if not self._rows:
            raise FormatError(file=self._name, what="holds no link for cars", remedy="hand in a road network")
        ids, tail, head, length, speed, capacity = zip(*self._rows, strict=True)
        length_m = np.array(length)
        per_hour = np.array(capacity) * 3_600_000 / self._period_s
        links = TrafficLinks(
            tail=np.array(tail, dtype=np.int32),
            head=np.array(head, dtype=np.int32),
            travel_s=np.maximum(1, np.rint(length_m / np.array(speed))),
            capacity_mveh_h=np.rint(per_hour),
            length_m=np.rint(length_m),
            link=np.array(ids),
        )
        xy = np.array(self._xy)
        notes = [f"capacity in vehicles per {self._period_s:g} s (capperiod)"]
        notes += [f"{number} {what} are left out" for what, number in sorted(self._left_out.items())]
        return TrafficNetwork(
            node_id=np.array(list(self._position)),
            x_m=xy[:, 0],
            y_m=xy[:, 1],
            through=np.ones(len(xy), dtype=bool),
            links=links,
            source=NetworkSource(
                kind="matsim", file_name=self._name, sha256=sha256, reader_version=READER_VERSION,
                attribution=attribution,
            ),
            notes=tuple(notes),
        )  # fmt: skip

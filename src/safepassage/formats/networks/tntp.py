"""Reads road networks of traffic assignment in TNTP (`*_net.tntp`, and node coordinates beside it).

The format is described at https://github.com/bstabler/TransportationNetworks: metadata in angle brackets,
comments after ``~``, one link a row. Nodes below FIRST THRU NODE are centroids: journeys start and end
there, none passes; where the header names no such node, any may be. Units differ from file to file. What the
header states is used; where it is silent minutes and vehicles per hour are assumed, and the network says so.
All three can be given instead.
"""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.errors import FormatError
from safepassage.domain.network import NetworkSource
from safepassage.domain.traffic_network import TrafficLinks, TrafficNetwork, planar_m

READER_VERSION = "tntp-2"
"""Changes whenever the same file would give another network."""

ATTRIBUTION = (
    "Transportation Networks for Research Core Team, https://github.com/bstabler/TransportationNetworks"
)

_COLUMNS = ("init_node", "term_node", "capacity", "length", "free_flow_time")
_TIME_S = {"s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0, "hr": 3600.0, "hour": 3600.0, "hours": 3600.0}
_LENGTH_M = {"ft": 0.3048, "m": 1.0, "km": 1000.0, "mi": 1609.344, "mile": 1609.344, "miles": 1609.344}
_TIME_STATED = re.compile(r"(?:time|fftt)\s*\(\s*(\w+)\s*\)", re.IGNORECASE)
_LENGTH_STATED = re.compile(r"length\s*\(\s*(\w+)\s*\)", re.IGNORECASE)
_PER_LANE = re.compile(r"capacity\s*\(\s*per lane\s*\)", re.IGNORECASE)
_LARGEST = 2**31 - 1
_NO_CAPACITY = 1
"""Barcelona and Winnipeg have this on every link: their delays are stated without capacities."""
_ASSUMED_H = 0.001
_WEST_EAST, _SOUTH_NORTH = 180.0, 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """What to take for the units of a file; None stands for what its header states.

    `time_s` is how many seconds a unit of free-flow time has, `capacity_h` the hours that a stated capacity
    is for, `per_lane` whether it has to be multiplied by the column `lanes`.
    """

    time_s: float | None = None
    capacity_h: float | None = None
    per_lane: bool | None = None

    def __post_init__(self) -> None:
        for value in (self.time_s, self.capacity_h):
            if value is not None and not (math.isfinite(value) and value > 0):
                raise ValueError("units must be positive numbers")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """A file's metadata, its column names and its rows: (line, cells)."""

    metadata: dict[str, str]
    columns: tuple[str, ...]
    rows: list[tuple[int, list[str]]]


def read(path: Path, nodes: Path | None = None, *, units: Units | None = None) -> TrafficNetwork:
    """Return the network of a file, with coordinates where a file of nodes is given.

    Raises
    ------
    FormatError
        With file, line, field and remedy, at the first fault.
    """
    data = _bytes(path)
    coordinates = None if nodes is None else (nodes.name, _bytes(nodes))
    return parse(data, path.name, coordinates, units=units)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        what = f"the file cannot be opened ({fault.strerror or fault})"
        raise FormatError(file=str(path), what=what, remedy="check the name and its permissions") from None


def parse(
    data: bytes, name: str, nodes: tuple[str, bytes] | None = None, *, units: Units | None = None
) -> TrafficNetwork:
    """Return the network that the bytes of a file hold; `nodes` is (name, bytes) of the coordinates."""
    sheet = _sheet(data, name)
    n_nodes = _count(sheet.metadata, "NUMBER OF NODES", name)
    first_thru = 1
    if sheet.metadata.get("FIRST THRU NODE"):
        first_thru = _count(sheet.metadata, "FIRST THRU NODE", name, least=1)
    stated = _count(sheet.metadata, "NUMBER OF LINKS", name)
    if stated != len(sheet.rows):
        what = f"the header announces {stated} links, {len(sheet.rows)} follow"
        raise FormatError(file=name, what=what, remedy="hand in the whole file, or mend the header")
    links, notes = _links(sheet, name, n_nodes, units or Units())
    x_m, y_m = _coordinates(nodes, n_nodes)
    digest = hashlib.sha256(data + (nodes[1] if nodes else b"")).hexdigest()
    return TrafficNetwork(
        node_id=np.arange(1, n_nodes + 1).astype(np.str_),
        x_m=x_m,
        y_m=y_m,
        through=np.arange(1, n_nodes + 1) >= first_thru,
        links=links,
        source=NetworkSource(
            kind="tntp", file_name=name, sha256=digest, reader_version=READER_VERSION, attribution=ATTRIBUTION
        ),
        notes=notes,
    )


def _sheet(data: bytes, name: str) -> _Sheet:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        remedy = "hand in the text file, not a packed one"
        raise FormatError(file=name, what=f"is not UTF-8 text (byte {fault.start})", remedy=remedy) from None
    metadata: dict[str, str] = {}
    columns: tuple[str, ...] = ()
    rows: list[tuple[int, list[str]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        row = line.strip()
        if row.startswith("<"):
            key, _, value = row[1:].partition(">")
            metadata[key.strip().upper()] = value.strip()
        elif row.startswith("~"):
            columns = columns or tuple(row[1:].rstrip(";").split())
        elif row:
            rows.append((number, row.rstrip(";").split()))
    columns = tuple(word.lower() for word in columns)
    return _Sheet(metadata=metadata, columns=columns if _COLUMNS[0] in columns else _COLUMNS, rows=rows)


def _count(metadata: dict[str, str], key: str, name: str, least: int = 0) -> int:
    value = metadata.get(key, "")
    if value.isascii() and value.isdigit() and least <= int(value) <= _LARGEST:
        return int(value)
    what = f"states no whole number, but {value!r}" if value else "is missing"
    remedy = f"begin the file with a line <{key}> and a whole number from {least}"
    raise FormatError(file=name, where=f"header <{key}>", what=what, remedy=remedy)


class _Columns:
    """The rows of a sheet as numbers, by column."""

    def __init__(self, sheet: _Sheet, name: str) -> None:
        self._sheet, self._name = sheet, name

    def __contains__(self, column: str) -> bool:
        return column in self._sheet.columns

    def numbers(self, column: str, *, whole: bool = False, most: float = _LARGEST) -> NDArray[np.float64]:
        """Return a column of numbers from 0 to `most`."""
        if column not in self:
            what, remedy = "there is no such column", f"name the columns after ~: {' '.join(_COLUMNS)}"
            raise FormatError(file=self._name, where=f"field {column}", what=what, remedy=remedy)
        position = self._sheet.columns.index(column)
        return np.array(
            [self._number(line, cells, position, whole=whole, most=most) for line, cells in self._sheet.rows],
            dtype=np.float64,
        )

    def _number(self, line: int, cells: list[str], position: int, *, whole: bool, most: float) -> float:
        text = cells[position] if position < len(cells) else ""
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if 0 <= value <= most and (not whole or value == int(value)):
            return value
        what = f"is {text!r}" if text else "is missing"
        kind = "whole number" if whole else "number"
        where = f"line {line}, field {self._sheet.columns[position]}"
        raise FormatError(
            file=self._name, where=where, what=what, remedy=f"write a {kind} from 0 to {most:.0f}"
        )


def _links(sheet: _Sheet, name: str, n_nodes: int, units: Units) -> tuple[TrafficLinks, tuple[str, ...]]:
    columns = _Columns(sheet, name)
    notes: list[str] = []
    ends = [columns.numbers(column, whole=True, most=n_nodes) for column in _COLUMNS[:2]]
    for column, values in zip(_COLUMNS, ends, strict=False):
        if len(values) and values.min() < 1:
            line = sheet.rows[int(values.argmin())][0]
            remedy = f"nodes are numbered from 1 to {n_nodes}"
            raise FormatError(file=name, where=f"line {line}, field {column}", what="is 0", remedy=remedy)
    stated = columns.numbers("capacity", most=1e9)
    silent = len(stated) > 0 and bool((stated == _NO_CAPACITY).all())
    if not sheet.metadata.get("FIRST THRU NODE"):
        notes.append("no FIRST THRU NODE is stated: any node may be driven through")
    time_s, capacity_h, per_lane = _units(sheet, units, notes, silent=silent)
    capacity = stated * 1000 / capacity_h
    if per_lane:
        capacity = capacity * columns.numbers("lanes")
    length_m = columns.numbers("length") * _length_m(sheet, notes)
    travel_s = np.maximum(1, np.rint(columns.numbers("free_flow_time", most=1e6) * time_s))
    loops = ends[0] == ends[1]
    if loops.any():
        notes.append(f"{int(loops.sum())} links from a node to itself are left out")
    links = TrafficLinks(
        tail=(ends[0] - 1).astype(np.int32),
        head=(ends[1] - 1).astype(np.int32),
        travel_s=travel_s,
        capacity_mveh_h=np.rint(capacity),
        length_m=np.rint(length_m),
        link=np.arange(1, len(sheet.rows) + 1).astype(np.str_),
    )
    return links.take(~loops), tuple(notes)


def _units(sheet: _Sheet, units: Units, notes: list[str], *, silent: bool) -> tuple[float, float, bool]:
    """Return seconds per unit of time, hours per capacity, whether capacities are per lane; note each.

    Where capacities are `silent`, 1 on every link, 1,000 vehicles an hour are assumed.
    """
    header = sheet.metadata.get("ORIGINAL HEADER", "")
    stated = _TIME_STATED.search(header)
    time_s = _TIME_S.get(stated[1].lower()) if stated else None
    origin = "given" if units.time_s else "stated" if time_s else "assumed: the header states none"
    time_s = units.time_s or time_s or 60.0
    notes.append(f"free-flow time in units of {time_s:g} s ({origin})")
    hourly = re.search(r"veh\s*/\s*h", header, re.IGNORECASE)
    origin = "given" if units.capacity_h else "stated" if hourly else "assumed: the header states none"
    capacity_h = units.capacity_h or 1.0
    if silent and not units.capacity_h and not hourly:
        capacity_h, origin = _ASSUMED_H, "assumed: every link states 1"
    notes.append(f"capacity in vehicles per {capacity_h:g} h ({origin})")
    per_lane = bool(_PER_LANE.search(header)) if units.per_lane is None else units.per_lane
    if per_lane:
        notes.append("capacity is per lane and was multiplied by the lanes")
    return time_s, capacity_h, per_lane


def _length_m(sheet: _Sheet, notes: list[str]) -> float:
    stated = _LENGTH_STATED.search(sheet.metadata.get("ORIGINAL HEADER", ""))
    metres = _LENGTH_M.get(stated[1].lower()) if stated else None
    if metres is None:
        notes.append("the header states no unit of length; miles are assumed, for information only")
    return metres or _LENGTH_M["mi"]


def _coordinates(
    nodes: tuple[str, bytes] | None, n_nodes: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return planar coordinates, NaN where a node has none; degrees become metres."""
    x, y = np.full(n_nodes, np.nan), np.full(n_nodes, np.nan)
    if nodes is None:
        return x, y
    name, data = nodes
    rows = _sheet(data, name).rows
    for line, cells in rows:
        if line == rows[0][0] and not _is_number(cells[0]):
            continue  # the row of column names
        numbers = len(cells) >= len("nxy") and all(map(_is_number, cells[:3]))
        if not numbers or not 1 <= float(cells[0]) <= n_nodes:
            remedy = f"write a node from 1 to {n_nodes}, its x and its y"
            what = f"is no node with coordinates: {' '.join(cells)[:60]!r}"
            raise FormatError(file=name, where=f"line {line}, fields node x y", what=what, remedy=remedy)
        node = int(float(cells[0])) - 1
        x[node], y[node] = float(cells[1]), float(cells[2])
    known = ~np.isnan(x)
    if known.any() and np.abs(x[known]).max() <= _WEST_EAST and np.abs(y[known]).max() <= _SOUTH_NORTH:
        return planar_m(x, y)
    return x, y


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False

"""From rows of nodes and links, already typed, to a road network: for a case without a map file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import (
    NO_LIMIT,
    Arcs,
    Mode,
    NetworkSource,
    Nodes,
    RoadClass,
    RoadNetwork,
    Shapes,
)
from safepassage.domain.network_report import LinkNote, ReadCounts, Reading, TagShare
from safepassage.domain.problem import Problem, Severity, Where
from safepassage.domain.road_defaults import RoadDefaults

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (International Union of Geodesy and Geophysics)."""
SHORT_BY_PPM = 50_000
"""A road shorter than the straight line by more than this is questioned (coordinates are rarely better)."""
SHORT_BY_M = 100
LONG_M, LONG_TIMES = 200_000, 200
"""A longer link that is so many times the straight line is in another unit, or its ends are elsewhere."""

_CLASS_OF_MODE = {Mode.FOOT: RoadClass.FOOTWAY, Mode.TRAIN: RoadClass.RAIL, Mode.BOAT: RoadClass.FERRY}
_MODES_OF_CLASS = {RoadClass.FOOTWAY: Mode.FOOT, RoadClass.RAIL: Mode.TRAIN}
_PERSON_MODES = Mode.FOOT | Mode.TRAIN | Mode.BOAT
_TIMETABLED = Mode.TRAIN | Mode.BOAT


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeRow:
    """One row of the table of nodes."""

    id: str
    lon_e7: int
    lat_e7: int
    where: Where


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRow:
    """One row of the table of links; None is a cell left empty. `lanes` and capacity are per direction.

    `direction` is 0 for both ways, 1 from `tail` to `head` only, -1 from `head` to `tail` only.
    """

    id: str
    tail: str
    head: str
    where: Where
    road_class: RoadClass | None = None
    modes: Mode | None = None
    direction: int = 0
    length_m: int | None = None
    speed_kmh: float | None = None
    travel_s: int | None = None
    lanes: int | None = None
    capacity_mveh_h: int | None = None
    persons_h: int | None = None
    max_weight_kg: int | None = None
    bridge: bool = False
    name: str = ""
    ref: str = ""
    source: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A reading, or None where an error stands in the way, and all problems found."""

    reading: Reading | None
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretch:
    """One link with everything that its row left empty filled in."""

    tail: int
    head: int
    length_m: int
    travel_s: int
    capacity_mveh_h: int
    road_class: RoadClass
    modes: Mode
    row: LinkRow


def _problem(severity: Severity, code: str, where: Where, message: str, hint: str) -> Problem:
    return Problem(severity=severity, code=code, where=where, message=message, hint=hint)


class _Builder:
    def __init__(
        self,
        nodes: Sequence[NodeRow],
        links: Sequence[LinkRow],
        defaults: RoadDefaults,
        excused: frozenset[str],
    ) -> None:
        self._nodes, self._links, self._defaults, self._excused = nodes, links, defaults, excused
        self._position = {row.id: at for at, row in reversed(list(enumerate(nodes)))}
        self.problems: list[Problem] = []

    def _error(self, code: str, where: Where, message: str, hint: str) -> None:
        self.problems.append(_problem(Severity.ERROR, code, where, message, hint))

    def _warning(self, code: str, where: Where, message: str, hint: str) -> None:
        self.problems.append(_problem(Severity.WARNING, code, where, message, hint))

    def stretches(self) -> list[_Stretch]:
        """Return the links that make sense; adds a problem for each that does not."""
        self._check_ids(self._nodes, "node")
        self._check_ids(self._links, "link")
        crow_m = self._crow_m()
        found = []
        for row, crow in zip(self._links, crow_m, strict=True):
            if self._check_ends(row) and (modes := self._modes(row)) is not None:
                found.append(self._stretch(row, modes, crow))
        return found

    def _check_ids(self, rows: Sequence[NodeRow] | Sequence[LinkRow], noun: str) -> None:
        times = Counter(row.id for row in rows)
        seen: set[str] = set()
        for row in rows:
            if times[row.id] > 1 and row.id in seen:
                message = f"the {noun} id “{row.id}” stands in an earlier row as well"
                self._error("ID_TWICE", row.where, message, "give every row an id of its own")
            seen.add(row.id)

    def _check_ends(self, row: LinkRow) -> bool:
        unknown = [end for end in dict.fromkeys((row.tail, row.head)) if end not in self._position]
        for end in unknown:
            if end in self._excused:
                continue
            message = f"link “{row.id}” runs to “{end}”, which is not in the table of nodes"
            self._error("REFERENCE_UNKNOWN", row.where, message, "add the node, or mend its id")
        if row.tail == row.head:
            message = f"link “{row.id}” begins and ends at “{row.tail}”"
            self._error("LINK_LOOP", row.where, message, "name two different nodes")
        return not unknown and row.tail != row.head

    def _crow_m(self) -> NDArray[np.int64]:
        """Return the great-circle length of every link in whole metres, 0 where an end is not known."""
        at = [(self._position.get(row.tail, -1), self._position.get(row.head, -1)) for row in self._links]
        ends = np.array(at, np.int64).reshape(-1, 2)
        place = np.array([(row.lon_e7, row.lat_e7) for row in self._nodes] or [(0, 0)], np.float64)
        lon, lat = np.radians(place / 1e7).T
        lat_a, lat_b = lat[ends[:, 0]], lat[ends[:, 1]]
        half = np.sin((lat_b - lat_a) / 2) ** 2
        half += np.cos(lat_a) * np.cos(lat_b) * np.sin((lon[ends[:, 1]] - lon[ends[:, 0]]) / 2) ** 2
        metres = np.rint(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(half))).astype(np.int64)
        known: NDArray[np.int64] = np.where((ends >= 0).all(axis=1), metres, 0)
        return known

    def _modes(self, row: LinkRow) -> Mode | None:
        if row.modes is None:
            return _MODES_OF_CLASS.get(row.road_class, Mode.road()) if row.road_class else Mode.road()
        if row.modes & Mode.road() and row.modes & _PERSON_MODES:
            message = f"link “{row.id}” is for vehicles and for people without one at the same time"
            self._error("MODES_MIXED", row.where, message, "write two links, one for each")
            return None
        return row.modes

    def _stretch(self, row: LinkRow, modes: Mode, crow_m: int) -> _Stretch:
        road_class = row.road_class
        if road_class is None:
            road_class = next(
                (kind for mode, kind in _CLASS_OF_MODE.items() if modes & mode), RoadClass.UNCLASSIFIED
            )
        default = self._defaults.of_class(road_class)
        length = max(1, crow_m if row.length_m is None else row.length_m)
        self._check_length(row, crow_m)
        travel = row.travel_s
        if travel is None:
            speed_m_h = round(1000 * (row.speed_kmh or default.speed_kmh))
            travel = (2 * 3600 * length + speed_m_h) // (2 * speed_m_h)
            if modes & _TIMETABLED and row.speed_kmh is None:
                message = f"link “{row.id}” has no travel time; {default.speed_kmh} km/h is assumed"
                self._warning("TRAVEL_TIME_ASSUMED", row.where, message, "fill in travel_min")
        capacity = row.capacity_mveh_h
        if capacity is None:
            capacity = 1000 * (row.lanes or default.lanes) * default.capacity_veh_h_lane
        return _Stretch(
            tail=self._position[row.tail],
            head=self._position[row.head],
            length_m=length,
            travel_s=max(1, travel),
            capacity_mveh_h=capacity if modes & Mode.road() else 0,
            road_class=road_class,
            modes=modes,
            row=row,
        )

    def _check_length(self, row: LinkRow, crow_m: int) -> None:
        if row.length_m is None:
            return
        allowed = crow_m - max(SHORT_BY_M, crow_m * SHORT_BY_PPM // 1_000_000)
        if row.length_m < allowed:
            message = f"link “{row.id}” is {row.length_m} m long, but its ends lie {crow_m} m apart"
            self._warning("LENGTH_TOO_SHORT", row.where, message, "check the length and the coordinates")
        if row.length_m > max(LONG_M, LONG_TIMES * crow_m):
            message = f"link “{row.id}” is {row.length_m:,} m long, but its ends lie {crow_m:,} m apart"
            hint = "check that the length is in metres, and the coordinates"
            self._warning("LENGTH_TOO_LONG", row.where, message, hint)


def build(
    nodes: Sequence[NodeRow],
    links: Sequence[LinkRow],
    *,
    defaults: RoadDefaults,
    source: NetworkSource,
    excused: frozenset[str] = frozenset(),
) -> Built:
    """Return the network of typed rows with all problems; no network without a link, or with an error.

    A link is open both ways unless its row says otherwise.
    `excused` are ids of nodes that exist but were faulty: links to them are dropped without a problem.
    """
    builder = _Builder(nodes, links, defaults, excused)
    stretches = builder.stretches()
    problems = tuple(builder.problems)
    if not stretches or any(problem.severity is Severity.ERROR for problem in problems):
        return Built(reading=None, problems=problems)
    names: dict[str, int] = {"": 0}
    for stretch in stretches:
        for text in (stretch.row.name, stretch.row.ref):
            names.setdefault(text, len(names))
    arcs = _arcs(stretches, names)
    nothing = np.zeros(0, np.int32)
    network = RoadNetwork(
        nodes=Nodes(
            id=np.array([row.id for row in nodes], np.str_),
            lon_e7=np.array([row.lon_e7 for row in nodes], np.int32),
            lat_e7=np.array([row.lat_e7 for row in nodes], np.int32),
        ),
        arcs=arcs,
        shapes=Shapes(start=np.zeros(len(arcs) + 1, np.int32), lon_e7=nothing, lat_e7=nothing),
        names=tuple(names),
        source=source,
    )
    notes = tuple(
        LinkNote(link=row.id, source=row.source, evidence=row.evidence)
        for row in links
        if row.source or row.evidence
    )
    return Built(
        reading=Reading(network=network, counts=_counts(nodes, links), notes=notes), problems=problems
    )


def _arcs(stretches: Sequence[_Stretch], names: dict[str, int]) -> Arcs:
    """Return the arcs: of a link open both ways the one along it first, its twin next."""
    courses = [
        (stretch, backward)
        for stretch in stretches
        for backward in (False, True)
        if stretch.row.direction != (1 if backward else -1)
    ]
    twin = np.full(len(courses), NO_LIMIT, np.int32)
    for at, (stretch, backward) in enumerate(courses):
        if stretch.row.direction == 0:
            twin[at] = at - 1 if backward else at + 1
    both = [course[0] for course in courses]
    limits = [(-1 if s.row.max_weight_kg is None else s.row.max_weight_kg) for s in both]
    persons = [(-1 if s.row.persons_h is None else s.row.persons_h) for s in both]
    return Arcs(
        tail=np.array([s.head if back else s.tail for s, back in courses], np.int32),
        head=np.array([s.tail if back else s.head for s, back in courses], np.int32),
        length_m=np.array([s.length_m for s in both], np.int32),
        travel_s=np.array([s.travel_s for s in both], np.int32),
        capacity_mveh_h=np.array([s.capacity_mveh_h for s in both], np.int32),
        person_capacity_h=np.array(persons, np.int32),
        max_weight_kg=np.array(limits, np.int32),
        road_class=np.array([int(s.road_class) for s in both], np.int8),
        modes=np.array([int(s.modes) for s in both], np.uint8),
        bridge=np.array([s.row.bridge for s in both], np.bool_),
        link=np.array([s.row.id for s in both], np.str_),
        name=np.array([names[s.row.name] for s in both], np.int32),
        ref=np.array([names[s.row.ref] for s in both], np.int32),
        twin=twin,
    )


def _counts(nodes: Sequence[NodeRow], links: Sequence[LinkRow]) -> ReadCounts:
    used = {end for row in links for end in (row.tail, row.head)}
    missing = {
        "length": sum(row.length_m is None for row in links),
        "speed": sum(row.speed_kmh is None and row.travel_s is None for row in links),
        "capacity": sum(row.capacity_mveh_h is None for row in links),
    }
    return ReadCounts(
        seen=(("nodes", len(nodes)), ("links", len(links))),
        left_out=(("nodes without a link", len({row.id for row in nodes} - used)),),
        missing_tags=tuple(
            TagShare(tag=tag, missing=number, roads=len(links)) for tag, number in missing.items()
        ),
    )

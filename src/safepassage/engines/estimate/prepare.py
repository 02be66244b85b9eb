"""Area, people and network → a road network of the area and a case on it, ready to be planned."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.case import (
    Case,
    Demand,
    Direction,
    DirectionBasis,
    Group,
    Place,
    PlaceKind,
    Provenance,
    Settings,
    TransitLink,
)
from safepassage.domain.network import NO_LIMIT, Arcs, Mode, Nodes, RoadClass, RoadNetwork, Shapes
from safepassage.domain.problem import Problem, Where, error, warning
from safepassage.domain.quick_look import Assumption, OffRoadLink, QuickLook
from safepassage.engines.estimate.area import SNAP_LIMIT_M, AreaRoads, area_roads
from safepassage.engines.estimate.people import FAR_M, M_PER_DEGREE, Spread, StartCell, spread
from safepassage.engines.estimate.wording import assumptions
from safepassage.kernels.compass import compass_point
from safepassage.kernels.graphs.snapping import nearest_nodes

OUT = "out"
"""The one direction of an estimate: out of the area."""
EPOCH = "2000-01-01T00:00:00Z"
"""An estimate has no date: its times are counted from the moment people start."""
WALK_M_PER_S, WALK_FACTOR = 1.1, 1.3
"""4 km/h with luggage and children; streets are about 1.3 times as long as the straight line (practice)."""
WALK_LIMIT_M = 5_000
"""Further than this, nobody walks to a station, quay or footbridge (practice)."""
CONNECTOR_KMH = 20
CONNECTOR_MVEH_H = 3_600_000
"""Driveways and side streets of a cell: one car a second at each junction, so that they do not limit."""
STREETS = "streets of the neighbourhood"
HOUR_S, DAY_H = 3_600, 24
MOST_HOURS = 24 * 28
SPARE = 4
"""The grid is so many times longer than the exits alone would need."""
MOST_CARS = 400_000
"""Each car is planned and verified for itself: more would take minutes."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """The network of the area, the case on it, and what was taken for granted.

    `arc_of` names for each arc of this network the arc of the map it is, -1 for those that were added.
    """

    network: RoadNetwork
    case: Case
    assumptions: tuple[Assumption, ...]
    problems: tuple[Problem, ...]
    persons: int
    arc_of: tuple[int, ...]


def prepare(network: RoadNetwork, look: QuickLook) -> Prepared | tuple[Problem, ...]:
    """Return the case of a quick look, or the problems that forbid it (errors come first)."""
    roads, problems = area_roads(network, look)
    if roads is None:
        return problems
    people = spread(network, roads, look)
    faults = [*_nobody(look, people), *_off_network(network, roads, look)]
    if any(p.severity == "error" for p in faults):
        return (*faults, *problems)
    built = _Builder(network, roads, look, people.cells)
    case = built.case()
    return Prepared(
        network=built.network(), case=case, assumptions=assumptions(look, people, len(roads.exits)),
        problems=(*problems, *faults), persons=sum(c.persons for c in people.cells), arc_of=built.arc_of(),
    )  # fmt: skip


def _nobody(look: QuickLook, people: Spread) -> list[Problem]:
    """Say that there is nobody to move, or too many, or who of a grid is left out."""
    persons = sum(cell.persons for cell in people.cells)
    if persons // look.persons_per_car > MOST_CARS:
        what = f"{persons:,} persons fill more than the {MOST_CARS:,} cars that a quick look plans"
        hint = "estimate parts of the area, or give more persons per car and say so"
        return [error("AREA_TOO_POPULOUS", Where(file="population"), what, hint)]
    if not people.cells and look.cells:
        what = f"no person of the grid lives in {look.area_name}"
        hint = "check that grid and area are of the same region, and which column holds the persons"
        return [error("GRID_OUTSIDE_AREA", Where(file="grid"), what, hint)]
    if not people.cells:
        where, hint = Where(file="population"), "give the number of persons in it"
        return [error("AREA_WITHOUT_PEOPLE", where, "the population is 0, so there is nobody to move", hint)]
    if people.far_persons:
        what = f"{people.far_persons:,} persons of the grid live more than {FAR_M} m from a road of the area"
        hint = "they are not counted: check the grid and the map extract"
        return [warning("GRID_FAR_FROM_ROADS", Where(file="grid"), what, hint)]
    return []


def _off_network(network: RoadNetwork, roads: AreaRoads, look: QuickLook) -> list[Problem]:
    """Return checkpoints that lie on no road of the area."""
    lon, lat = network.nodes.lon_e7[roads.node], network.nodes.lat_e7[roads.node]
    found = []
    for number, point in enumerate(look.checkpoints, start=1):
        _, metres = _nearest(point.lon_e7, point.lat_e7, lon, lat, roads.reaches)
        if metres > SNAP_LIMIT_M:
            what = f"checkpoint {point.name} lies {metres:,} m from the nearest road of the area"
            hint = "check its coordinates, or draw the area so that it holds the checkpoint"
            where = Where(file="checkpoints", row=number)
            found.append(error("CHECKPOINT_OFF_NETWORK", where, what, hint))
    return found


def _nearest(lon: int, lat: int, all_lon: object, all_lat: object, candidate: object) -> tuple[int, int]:
    at = (np.asarray([lon], dtype=np.int32), np.asarray([lat], dtype=np.int32))
    node, metres = nearest_nodes(*at, np.asarray(all_lon), np.asarray(all_lat), np.asarray(candidate))
    return int(node[0]), round(min(float(metres[0]), 1e9))


def _metres(a: tuple[int, int], b: tuple[int, int]) -> float:
    shrink = math.cos(math.radians((a[1] + b[1]) / 2e7))
    return math.hypot((a[0] - b[0]) * shrink, a[1] - b[1]) / 1e7 * M_PER_DEGREE


class _Builder:
    """Numbers nodes: those of the area, then one per cell, then station and far end of each link."""

    def __init__(
        self, network: RoadNetwork, roads: AreaRoads, look: QuickLook, cells: tuple[StartCell, ...]
    ) -> None:
        self._base, self._roads, self._look, self._cells = network, roads, look, cells
        self._lon, self._lat = network.nodes.lon_e7[roads.node], network.nodes.lat_e7[roads.node]
        self._ids = network.nodes.id[roads.node]
        self._first_cell = len(roads.node)
        self._first_link = self._first_cell + len(cells)
        self._rows: list[tuple[int, int, int, int, int, int, int]] = []
        self._connect()

    def _connect(self) -> None:
        """Lead every cell onto its junctions by car, and on foot to the links it can walk to."""
        for k, cell in enumerate(self._cells):
            here, at = (cell.lon_e7, cell.lat_e7), self._first_cell + k
            for node in cell.junctions:
                metres = _metres(here, (int(self._lon[node]), int(self._lat[node])))
                seconds = max(1, round(metres * 3.6 / CONNECTOR_KMH))
                self._add(at, node, metres, seconds, Mode.CAR, RoadClass.RESIDENTIAL)
        for n, link in enumerate(self._look.links):
            for k, cell in enumerate(self._cells):
                metres = _metres((cell.lon_e7, cell.lat_e7), (link.lon_e7, link.lat_e7)) * WALK_FACTOR
                if metres <= WALK_LIMIT_M:
                    seconds = max(1, round(metres / WALK_M_PER_S))
                    at, station = self._first_cell + k, self._first_link + 2 * n
                    self._add(at, station, metres, seconds, Mode.FOOT, RoadClass.FOOTWAY)

    def _add(self, tail: int, head: int, metres: float, seconds: int, mode: Mode, kind: RoadClass) -> None:
        capacity = CONNECTOR_MVEH_H if mode is Mode.CAR else 0
        row = (tail, head, max(1, round(metres)), seconds, capacity, int(mode), int(kind))
        self._rows.append(row)

    def arc_of(self) -> tuple[int, ...]:
        """Return the map's arc of every arc, -1 for those added."""
        return (*(int(a) for a in self._roads.arc), *([-1] * len(self._rows)))

    def network(self) -> RoadNetwork:
        """Return the network of the area with its cells and links."""
        base, kept = self._base.arcs, self._roads.arc
        added = np.asarray(self._rows, dtype=np.int64).reshape(-1, 7)
        n = len(added)
        position = np.full(len(base) + 1, -1, dtype=np.int64)
        position[kept] = np.arange(len(kept))
        columns: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {
            "tail": (self._roads.tail, added[:, 0]),
            "head": (self._roads.head, added[:, 1]),
            "length_m": (base.length_m[kept], added[:, 2]),
            "travel_s": (base.travel_s[kept], added[:, 3]),
            "capacity_mveh_h": (base.capacity_mveh_h[kept], added[:, 4]),
            "person_capacity_h": (base.person_capacity_h[kept], np.full(n, NO_LIMIT)),
            "max_weight_kg": (base.max_weight_kg[kept], np.full(n, NO_LIMIT)),
            "road_class": (base.road_class[kept], added[:, 6]),
            "modes": (base.modes[kept], added[:, 5]),
            "bridge": (base.bridge[kept], np.zeros(n, dtype=np.bool_)),
            "link": (base.link[kept], np.asarray([f"added/{i}" for i in range(n)], dtype=np.str_)),
            "name": (base.name[kept], np.full(n, len(self._base.names))),
            "ref": (base.ref[kept], np.zeros(n)),
            "twin": (position[base.twin[kept]], np.full(n, -1)),
        }
        arcs = Arcs(**{name: np.concatenate(pair) for name, pair in columns.items()})
        names = (*self._base.names, STREETS)
        shapes, source = self._shapes(n), self._base.source
        return RoadNetwork(nodes=self._nodes(), arcs=arcs, shapes=shapes, names=names, source=source)

    def _shapes(self, added: int) -> Shapes:
        old, kept = self._base.shapes, self._roads.arc
        counts = (old.start[kept + 1] - old.start[kept]).astype(np.int64)
        ends = np.cumsum(counts)
        start = np.concatenate([[0], ends, np.full(added, ends[-1] if len(ends) else 0)])
        inner = np.arange(int(counts.sum())) - np.repeat(ends - counts, counts)
        point = inner + np.repeat(old.start[kept].astype(np.int64), counts)
        return Shapes(start=start, lon_e7=old.lon_e7[point], lat_e7=old.lat_e7[point])

    def _nodes(self) -> Nodes:
        ends = [(f"link/{n}/{end}", k) for n, k in enumerate(self._look.links) for end in ("start", "end")]
        ids = [*self._ids.tolist(), *(f"cell/{k}" for k in range(len(self._cells))), *(e for e, _ in ends)]
        lon = [*self._lon.tolist(), *(c.lon_e7 for c in self._cells), *(k.lon_e7 for _, k in ends)]
        lat = [*self._lat.tolist(), *(c.lat_e7 for c in self._cells), *(k.lat_e7 for _, k in ends)]
        return Nodes(id=np.asarray(ids), lon_e7=np.asarray(lon), lat_e7=np.asarray(lat))

    def case(self) -> Case:
        """Return the case: everybody of a cell with a car, exits as sites, links and checkpoints."""
        look = self._look
        settings = Settings(
            horizon_s=self._horizon_s(), persons_per_car=look.persons_per_car, snap_limit_m=SNAP_LIMIT_M
        )
        links = [self._link(n, link) for n, link in enumerate(look.links)]
        places = (
            *self._homes(), *self._exits(), *self._checkpoints(),
            *(place for _, ends in links for place in ends),
        )  # fmt: skip
        said = Provenance(source="the person who asked")
        return Case(
            id="estimate", title=look.area_name, exercise=False, epoch=EPOCH, as_of=EPOCH,
            time_zones=(("after the start", 0),), directions=(Direction(id=OUT, name="Out of the area"),),
            places=places,
            demand=tuple(
                Demand(place=_home(k), direction=OUT, group=Group.OWN_VEHICLE, persons=cell.persons,
                       basis=DirectionBasis.EXERCISE, provenance=said)
                for k, cell in enumerate(self._cells)
            ),
            fleet=(), transit_links=tuple(link for link, _ in links), settings=settings,
        )  # fmt: skip

    def _horizon_s(self) -> int:
        """Return a grid that is long enough: four times what the exits alone would take, at least a day."""
        roads, arcs = self._roads, self._base.arcs
        out = np.isin(roads.head, roads.exits)
        hourly = int(arcs.capacity_mveh_h[roads.arc[out]].sum()) // 1_000 * self._look.persons_per_car
        for gate in self._look.checkpoints:
            if gate.vehicles_h is not None:
                hourly = min(hourly, max(1, gate.vehicles_h) * self._look.persons_per_car)
        persons = sum(cell.persons for cell in self._cells)
        hours = SPARE * persons // max(1, hourly) + DAY_H
        last = max((t for k in self._look.links for t, _ in k.departures), default=0) // HOUR_S + 1
        return min(MOST_HOURS, max(hours, last + DAY_H)) * HOUR_S

    def _homes(self) -> list[Place]:
        label = self._labels()
        return [
            Place(id=_home(k), name=f"{label(cell)} ({k + 1})", kind=PlaceKind.SETTLEMENT, node=f"cell/{k}",
                  lon_e7=cell.lon_e7, lat_e7=cell.lat_e7, population=cell.persons)
            for k, cell in enumerate(self._cells)
        ]  # fmt: skip

    def _labels(self) -> Callable[[StartCell], str]:
        """Return what names a cell: the first named road at its junctions."""
        leaving: dict[int, list[int]] = {}
        for position, node in enumerate(self._roads.tail.tolist()):
            leaving.setdefault(node, []).append(int(self._roads.arc[position]))
        named = self._base.arcs.name

        def label(cell: StartCell) -> str:
            for node in cell.junctions:
                for arc in leaving.get(node, ()):
                    if int(named[arc]):
                        return f"around {self._base.names[int(named[arc])]}"
            return "neighbourhood"

        return label

    def _exits(self) -> list[Place]:
        roads, arcs = self._roads, self._base.arcs
        best: dict[int, int] = {}
        for position in np.flatnonzero(np.isin(roads.head, roads.exits)).tolist():
            node, arc = int(roads.head[position]), int(roads.arc[position])
            known = best.get(node, arc)
            best[node] = max(known, arc, key=lambda a: (int(arcs.capacity_mveh_h[a]), -a))
        middle = self._middle()
        found = []
        for number, node in enumerate(roads.exits.tolist(), start=1):
            at = (int(self._lon[node]), int(self._lat[node]))
            road = self._road(best[node]) if node in best else "junction"
            found.append(
                Place(id=f"exit-{number:03d}", name=f"{road}, {compass_point(middle, at)}",
                      kind=PlaceKind.RECEPTION_SITE, direction=OUT, node=str(self._ids[node]), lon_e7=at[0],
                      lat_e7=at[1])
            )  # fmt: skip
        return found

    def _road(self, arc: int) -> str:
        arcs = self._base.arcs
        if int(arcs.name[arc]) or int(arcs.ref[arc]):
            return self._base.label(arc)
        return f"unnamed {RoadClass(int(arcs.road_class[arc])).name.lower()} road"

    def _middle(self) -> tuple[int, int]:
        total = sum(cell.persons for cell in self._cells)
        lon = sum(cell.lon_e7 * cell.persons for cell in self._cells) // total
        return lon, sum(cell.lat_e7 * cell.persons for cell in self._cells) // total

    def _checkpoints(self) -> list[Place]:
        """Return checkpoints at the nearest junction inside the area: before an exit, not on it."""
        inner = self._roads.reaches.copy()
        inner[self._roads.exits] = False
        found = []
        for number, gate in enumerate(self._look.checkpoints, start=1):
            node, _ = _nearest(gate.lon_e7, gate.lat_e7, self._lon, self._lat, inner)
            found.append(
                Place(id=f"checkpoint-{number}", name=gate.name, kind=PlaceKind.CHECKPOINT,
                      node=str(self._ids[node]), lon_e7=gate.lon_e7, lat_e7=gate.lat_e7,
                      vehicles_h=gate.vehicles_h, persons_h=gate.persons_h)
            )  # fmt: skip
        return found

    def _link(self, n: int, link: OffRoadLink) -> tuple[TransitLink, tuple[Place, Place]]:
        start = Place(
            id=f"station-{n + 1}", name=link.name, kind=PlaceKind.ASSEMBLY_POINT, node=f"link/{n}/start",
            lon_e7=link.lon_e7, lat_e7=link.lat_e7,
        )  # fmt: skip
        end = replace(
            start, id=f"exit-{link.mode}-{n + 1}", name=f"{link.name} ({link.mode})", direction=OUT,
            kind=PlaceKind.RECEPTION_SITE, node=f"link/{n}/end",
        )  # fmt: skip
        ride = TransitLink(
            id=f"link-{n + 1}", from_place=start.id, to_place=end.id, mode=link.mode, travel_s=link.travel_s,
            persons_h=link.persons_h, timetable=link.departures,
        )  # fmt: skip
        return ride, (start, end)


def _home(k: int) -> str:
    return f"cell-{k + 1:03d}"

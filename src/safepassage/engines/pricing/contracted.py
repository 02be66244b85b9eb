"""The contracted problem: places, sites and listed arcs, with least times between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.case import CARER_OF, Group
from safepassage.domain.network import Mode
from safepassage.domain.planning_problem import PlacedPlace, PlanningProblem, Rules, Vehicle
from safepassage.domain.remaining import under_way
from safepassage.engines.pricing.listed import LINK_BITS, ever_open, open_steps
from safepassage.kernels.graphs.shortest_paths import ArcGraph
from safepassage.kernels.prices.value_tables import NO_WAY_S, Clock

Int64 = NDArray[np.int64]
CARS = "cars"
CARRIED = ("seated", "wheelchair", "stretcher")
COMMODITY = {
    str(Group.OWN_VEHICLE): CARS,
    str(Group.NEEDS_TRANSPORT): "seated",
    str(Group.ASSISTED): "seated",
    str(Group.WHEELCHAIR): "wheelchair",
    str(Group.STRETCHER): "stretcher",
    **dict.fromkeys(CARER_OF.values(), "seated"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """Decided persons who are alike: same direction, commodity, origin and release."""

    direction: int
    commodity: str
    node: int
    release_s: int
    persons: int


def places_of(vehicle: Vehicle, kind: str) -> int:
    """Return a vehicle's places of a kind."""
    return {"seated": vehicle.seats, "wheelchair": vehicle.wheelchair, "stretcher": vehicle.stretcher}[kind]


def least_person_s(rules: Rules, kind: str) -> tuple[int, int]:
    """Return the least seconds that anybody who needs a kind of place takes to board, and to get off."""
    times = [rules.person_s(group) for group, needed in COMMODITY.items() if needed == kind]
    return min(load_s for load_s, _ in times), min(unload_s for _, unload_s in times)


def classes_of(problem: PlanningProblem) -> tuple[Class, ...]:
    """Return all classes with somebody in them who stands on the network and has not left, in order."""
    return _classes(problem, on_road=False)


def on_road_of(problem: PlanningProblem) -> tuple[Class, ...]:
    """Return those under way by direction, carrier, node and the second they stand there, in order.

    Of who does not drive it no longer counts which places they need: they have one.
    """
    found: dict[tuple[int, bool, int, int], int] = {}
    for row in _classes(problem, on_road=True):
        key = (row.direction, row.commodity != CARS, row.node, row.release_s)
        found[key] = found.get(key, 0) + row.persons
    return tuple(
        Class(direction=d, commodity=CARRIED[0] if carried else CARS, node=node, release_s=at_s, persons=n)
        for (d, carried, node, at_s), n in sorted(found.items())
    )


def _classes(problem: PlanningProblem, *, on_road: bool) -> tuple[Class, ...]:
    names = [name for name, _ in problem.directions]
    places = {place.id: place for place in problem.places}
    found: dict[tuple[int, str, int, int], int] = {}
    for row in problem.demand:
        if row.direction not in names or row.basis == "assumption" or not row.persons:
            continue
        if under_way(row.place) != on_road:
            continue
        place, commodity = places[row.place], COMMODITY[row.group]
        node = place.node if commodity == CARS else place.pickup_node
        if node >= 0:
            key = (names.index(row.direction), commodity, node, place.release_s)
            found[key] = found.get(key, 0) + row.persons
    return tuple(
        Class(direction=d, commodity=c, node=node, release_s=release, persons=persons)
        for (d, c, node, release), persons in sorted(found.items())
    )


@dataclass(slots=True)
class Contracted:
    """Least times over arcs that are not listed, kept once found; sites and listed arcs by position.

    `now_s` is when a history ends (-1: nothing has happened yet).
    """

    problem: PlanningProblem
    clock: Clock
    listed: tuple[int, ...]
    now_s: int = -1
    classes: tuple[Class, ...] = ()
    on_road: tuple[Class, ...] = ()
    sites: tuple[PlacedPlace, ...] = ()
    is_open: Any = None
    travel_s: Any = None
    _open: Any = None
    _trees: dict[tuple[bytes, int], Int64] = field(default_factory=dict)
    _graphs: dict[bytes, ArcGraph] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problem = self.problem
        self.classes = classes_of(problem)
        self.on_road = on_road_of(problem)
        self.sites = tuple(site for name, _ in problem.directions for site in problem.sites(name))
        self.is_open = open_steps(problem, self.clock, self.listed)
        self._open = ever_open(problem)
        travel = problem.network.arcs.travel_s.astype(np.int64)
        for arc, parts in problem.network.profiles.items():
            travel[arc] = min((p.travel_s for p in parts if p.capacity_mveh_h > 0), default=NO_WAY_S)
        self.travel_s = travel

    @property
    def tails(self) -> list[int]:
        """Nodes at which the listed arcs begin."""
        arcs = self.problem.network.arcs
        return [int(arcs.tail[arc]) for arc in self.listed]

    @property
    def heads(self) -> list[int]:
        """Nodes at which the listed arcs end."""
        arcs = self.problem.network.arcs
        return [int(arcs.head[arc]) for arc in self.listed]

    @property
    def tau_s(self) -> Int64:
        """Least times on the listed arcs."""
        found: Int64 = self.travel_s[list(self.listed)]
        return found

    def boards_s(self, row: Class, loading_s: int) -> int:
        """Return from when persons of a class may board, loading taking so long.

        A leg that departs from now on may have been loaded before.
        """
        return max(0, row.release_s - loading_s) if row.release_s <= self.now_s else row.release_s

    def sites_of(self, direction: int) -> list[int]:
        """Return the positions of the sites of a direction."""
        name = self.problem.directions[direction][0]
        return [j for j, site in enumerate(self.sites) if site.direction == name]

    def permits(self, mode: int, direction: int, weight_kg: int) -> NDArray[np.bool_]:
        """Return (n_arcs,) bool: open at some time to loads of a direction (-1: to anybody's empty legs)."""
        arcs = self.problem.network.arcs
        mask = self._open & ((arcs.modes & mode) != 0)
        on_link = (arcs.modes & mode & LINK_BITS) != 0
        mask &= on_link | (arcs.max_weight_kg < 0) | (arcs.max_weight_kg >= weight_kg)
        if direction >= 0:
            mask &= (arcs.directions & (1 << direction)) != 0
        found: NDArray[np.bool_] = mask
        return found

    def times(self, mask: NDArray[np.bool_], starts: Sequence[int], ends: Sequence[int]) -> Int64:
        """Return (n_starts, n_ends) least seconds over arcs of `mask` that are not listed."""
        network, arcs = self.problem.network, self.problem.network.arcs
        kept = mask.copy()
        kept[list(self.listed)] = False
        key = kept.tobytes()
        if key not in self._graphs:
            self._graphs[key] = ArcGraph(arcs.tail, arcs.head, network.n_nodes, kept)
        found = np.full((len(starts), len(ends)), NO_WAY_S, dtype=np.int64)
        for column, end in enumerate(ends):
            if (key, end) not in self._trees:
                cost = self._graphs[key].tree(self.travel_s, [end], reverse=True).cost
                finite = np.isfinite(cost) & (cost < NO_WAY_S)
                seconds = np.where(finite, np.rint(np.where(finite, cost, 0)), NO_WAY_S)
                self._trees[key, end] = seconds.astype(np.int64)
            found[:, column] = self._trees[key, end][list(starts)]
        return found


@dataclass(frozen=True, slots=True)
class Fleet:
    """Vehicles that are alike to one kind of place: they may use the same arcs and must be back together.

    `road_per_place` is the least of them, in thousandths of a mveh per place; `bases` are ((node, available
    from), places) rows. `places` is how many of the kind each of them has where heads are counted at loading,
    else 1: then one place after the other loads by itself.
    """

    kind: str
    weights_kg: tuple[int, ...]
    road_per_place: int
    until_s: int
    bases: tuple[tuple[tuple[int, int], int], ...]
    places: int = 1


LEAST_PLACES = 8
"""In vehicles with fewer places heads are not counted: it is seconds."""


def until_of(vehicle: Vehicle, horizon_s: int) -> int:
    """Return by when a vehicle must have arrived for the last time."""
    return horizon_s if vehicle.available_until_s < 0 else min(vehicle.available_until_s, horizon_s)


def fleets_of(problem: Contracted, *, by_load: bool = False) -> tuple[Fleet, ...]:
    """Return the fleet by kind of place, in order; kinds that nobody needs are left out.

    To count heads at loading (`by_load`) vehicles with many places are parted by how many they have.
    """
    horizon_s = problem.problem.network.horizon_s
    needed = {row.commodity for row in problem.classes}
    alike: dict[tuple[str, bytes, int, int], list[Vehicle]] = {}
    for vehicle in problem.problem.fleet:
        for kind in CARRIED:
            if places_of(vehicle, kind) and kind in needed and vehicle.base_node >= 0:
                arcs = problem.permits(int(Mode.BUS), -1, vehicle.weight_kg).tobytes()
                places = places_of(vehicle, kind)
                places = places if by_load and places >= LEAST_PLACES else 1
                alike.setdefault((kind, arcs, until_of(vehicle, horizon_s), places), []).append(vehicle)
    found = []
    for (kind, _, until_s, places), vehicles in alike.items():
        bases: dict[tuple[int, int], int] = {}
        for vehicle in vehicles:
            base = (vehicle.base_node, vehicle.available_from_s)
            bases[base] = bases.get(base, 0) + places_of(vehicle, kind)
        weights = tuple(sorted({v.weight_kg for v in vehicles}))
        share = min(v.units_mveh * 1000 // v.places for v in vehicles)
        found.append(Fleet(kind, weights, share, until_s, tuple(sorted(bases.items())), places))
    return tuple(sorted(found, key=lambda fleet: (fleet.kind, fleet.weights_kg, fleet.until_s, fleet.places)))


def is_link(problem: PlanningProblem, listed: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return (n_listed,) bool: trains, boats, footpaths."""
    found: NDArray[np.bool_] = (problem.network.arcs.modes[list(listed)] & LINK_BITS) != 0
    return found

"""What the arcs of one direction can carry by a time, in cars, and the cheapest flow through them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Mode
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.kernels.graphs.cheapest_flow import Flow, cheapest_flow, flow_paths
from safepassage.kernels.graphs.shortest_paths import ArcGraph
from safepassage.kernels.graphs.static_cut import UNLIMITED, least_cut

Int64 = NDArray[np.int64]
Bool = NDArray[np.bool_]
LINK_BITS = int(Mode.FOOT | Mode.TRAIN | Mode.BOAT)
HOUR_S = 3_600
FAR_S = 2**40
STEPS = 24
GROWTH = 400
"""A flow that does not fit by a time is tried again a 400th later, then twice as much, so many times."""
ROUNDS = 3
"""Flows that are found, each with the moments at which the ways of the one before reach their arcs."""


class Way(NamedTuple):
    """`cars` cars of one place, or as many times the persons of one, on consecutive arcs to a site.

    A way with no cars is one that an earlier flow took: cars may choose it.
    """

    place: str
    arcs: tuple[int, ...]
    cars: int
    by_link: bool


LinkFlow = tuple[list[Way], int]
"""The ways of a flow over roads and links, and the time it needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A place whose people leave by car, and how many cars they fill."""

    place: str
    node: int
    persons: int
    release_s: int


class Supply:
    """The arcs that cars, and people on links, may use in one direction; all columns are of those arcs."""

    def __init__(self, problem: PlanningProblem, direction: str) -> None:
        network, arcs = problem.network, problem.network.arcs
        self.problem, self.direction = problem, direction
        is_open = arcs.capacity_mveh_h > 0
        for arc, pieces in network.profiles.items():
            is_open[arc] = all(p.capacity_mveh_h > 0 for p in pieces)
        self._link = (arcs.modes & LINK_BITS) != 0
        usable = is_open & ((arcs.directions & problem.direction_bit(direction)) != 0)
        usable &= ((arcs.modes & int(Mode.CAR)) != 0) | self._link
        usable &= self._link | (arcs.max_weight_kg < 0) | (arcs.max_weight_kg >= problem.rules.car_weight_kg)
        self.arc = np.flatnonzero(usable)
        self.tail, self.head = arcs.tail[self.arc].astype(np.int64), arcs.head[self.arc].astype(np.int64)
        self.travel_s = arcs.travel_s[self.arc].astype(np.int64)
        self.by_link = self._link[self.arc]
        self.rate, self.work = car_rates(problem)
        self.starts = _starts(problem, direction)
        self.sites = {site.node: site.id for site in problem.sites(direction)}
        self._measure(usable)

    def _measure(self, usable: Bool) -> None:
        network = self.problem.network
        graph = ArcGraph(network.arcs.tail, network.arcs.head, network.n_nodes, usable)
        cost = network.arcs.travel_s.astype(np.float64)
        roots = [s.node for s in self.starts]
        first = graph.tree(cost, roots, offsets=[s.release_s for s in self.starts]).cost
        self._out = graph.tree(cost, sorted(self.sites), reverse=True)
        self.last_s = _whole(self._out.cost)
        # When an arc can first be reached, and how long it is from its end: narrowed as ways become known.
        self._since_s, self._rest_s = _whole(first)[self.tail], self.last_s[self.head]

    def _cars_by(self, horizon_s: int) -> Int64:
        """Return (n_usable,) cars (or persons in as many cars) that can use each arc and arrive by a time."""
        seconds = np.maximum(horizon_s - self._since_s - self.travel_s - self._rest_s + 1, 0)
        cars = np.where(seconds > 0, seconds * self.rate[self.arc] // self.work[self.arc] + 1, 0)
        persons_h, per_car = self.problem.network.arcs.persons_h, self.problem.rules.persons_per_car
        for i in np.flatnonzero(self.by_link & (seconds > 0)).tolist():
            arc = int(self.arc[i])
            rows = self.problem.network.timetables.get(arc)
            if rows is not None:
                since, until = int(self._since_s[i]), horizon_s - int(self.travel_s[i])
                cars[i] = sum(n for t, n in rows if since <= t <= until) // per_car
            else:
                limit = int(persons_h[arc])
                cars[i] = UNLIMITED if limit < 0 else int(seconds[i]) * limit // HOUR_S // per_car
        return np.asarray(cars, dtype=np.int64)

    def nearest(self) -> list[Way]:
        """Return the least way out of every place that has one, for all of its cars."""
        per_car, found = self.problem.rules.persons_per_car, list[Way]()
        for start in self.starts:
            arcs = self._out.path(start.node)
            if arcs:
                cars = -(-start.persons // per_car)
                found.append(Way(start.place, arcs, cars, bool(self._link[list(arcs)].any())))
        return found

    def ways(self, horizon_s: int) -> tuple[list[Way], int]:
        """Return the ways of a cheapest flow that brings all who can be brought, and the time it needs.

        Starts at `horizon_s`, which may be a little too early, and goes on until the flow fits.
        """
        per_car = self.problem.rules.persons_per_car
        nodes = np.asarray([s.node for s in self.starts], dtype=np.int64)
        cars = np.asarray([-(-s.persons // per_car) for s in self.starts], dtype=np.int64)
        cars[self.last_s[nodes] >= FAR_S] = 0
        sites = np.asarray(sorted(self.sites), dtype=np.int64)
        found: dict[tuple[str, tuple[int, ...]], Way] = {}
        fits_s = horizon_s
        for _ in range(ROUNDS):
            used, flow, fits_s = self._fitting(nodes, cars, sites, horizon_s)
            found = {key: way._replace(cars=0) for key, way in found.items()}
            paths = flow_paths((self.tail[used], self.head[used]), flow, nodes, sites)
            rows = [used[list(path.arcs)] for path in paths]
            for path, mine in zip(paths, rows, strict=True):
                place, arcs = self.starts[path.source].place, tuple(self.arc[mine].tolist())
                found[place, arcs] = Way(place, arcs, path.amount, bool(self.by_link[mine].any()))
            self._narrow(rows, [self.starts[path.source].release_s for path in paths])
        return list(found.values()), fits_s

    def _narrow(self, ways: list[Int64], release_s: list[int]) -> None:
        """Take the first moment at which any of the ways reaches an arc, and the least time on from it."""
        since, rest = (np.full(len(self.arc), FAR_S) for _ in range(2))
        for rows, start_s in zip(ways, release_s, strict=True):
            left = start_s + np.cumsum(self.travel_s[rows])
            np.minimum.at(since, rows, left - self.travel_s[rows])
            np.minimum.at(rest, rows, left[-1] - left)
        used = since < FAR_S
        self._since_s = np.where(used, np.maximum(since, self._since_s), self._since_s)
        self._rest_s = np.where(used, np.maximum(rest, self._rest_s), self._rest_s)

    def _fitting(self, nodes: Int64, cars: Int64, sites: Int64, horizon_s: int) -> tuple[Int64, Flow, int]:
        """Return the first flow from `horizon_s` on that brings everybody, its arcs and its time.

        Whether a time is enough is asked of a largest flow, which costs a tenth of the cheapest.
        """
        grid_s, step_s = self.problem.network.horizon_s, horizon_s // GROWTH + 1
        sinks, n_nodes = (sites, np.full(len(sites), int(cars.sum()))), self.problem.network.n_nodes
        used, columns = self._open_by(horizon_s)
        for _ in range(STEPS):
            if horizon_s >= grid_s or least_cut(n_nodes, columns, (nodes, cars), sinks)[0] == cars.sum():
                break
            horizon_s, step_s = min(grid_s, horizon_s + step_s), 2 * step_s
            used, columns = self._open_by(horizon_s)
        priced = (*columns, self.travel_s[used])
        return used, cheapest_flow(n_nodes, priced, (nodes, cars), sinks), horizon_s

    def _open_by(self, horizon_s: int) -> tuple[Int64, tuple[Int64, Int64, Int64]]:
        """Return the arcs that can be used by a time (positions), and their tail, head and cars."""
        capacity = self._cars_by(horizon_s)
        used = np.flatnonzero(capacity > 0)
        return used, (self.tail[used], self.head[used], capacity[used])


def link_flow(problem: PlanningProblem, direction: str, *, horizon_s: int) -> LinkFlow:
    """Return the ways of a cheapest flow and the time it needs, as `Supply.ways`; none without links.

    A library solves for the flow; it depends on the arguments alone, so that it may be found anywhere.
    """
    supply, horizon_s = Supply(problem, direction), max(1, horizon_s)
    return supply.ways(horizon_s) if supply.by_link.any() else ([], horizon_s)


def car_rates(problem: PlanningProblem) -> tuple[Int64, Int64]:
    """Return (n_arcs,) rate and work of a full car: in vehicle units, or in persons where that is less."""
    arcs, rules = problem.network.arcs, problem.rules
    rate, work = arcs.capacity_mveh_h.astype(np.int64), np.full(len(arcs), HOUR_S * rules.car_units_mveh)
    persons = arcs.persons_h.astype(np.int64)
    heads = HOUR_S * rules.persons_per_car
    fewer = (persons >= 0) & (persons * rules.car_units_mveh < rate * rules.persons_per_car)
    return np.where(fewer, persons, rate), np.where(fewer, heads, work)


def _starts(problem: PlanningProblem, direction: str) -> tuple[Start, ...]:
    places = {p.id: p for p in problem.places}
    persons: dict[str, int] = {}
    for row in problem.demand:
        if row.direction == direction and row.basis != "assumption" and places[row.place].node >= 0:
            persons[row.place] = persons.get(row.place, 0) + row.persons
    return tuple(
        Start(place=key, node=places[key].node, persons=n, release_s=places[key].release_s)
        for key, n in sorted(persons.items())
    )


def _whole(cost: NDArray[np.float64]) -> Int64:
    finite = np.isfinite(cost)
    return np.where(finite, np.rint(np.where(finite, cost, 0)), FAR_S).astype(np.int64)

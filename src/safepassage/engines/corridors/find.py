"""Corridors of a schedule: the way most people of a place take, what limits it, and what else there is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Mode
from safepassage.domain.plan import Corridor, Route, Schedule
from safepassage.domain.planning_problem import PlacedPlace, PlanningProblem
from safepassage.kernels.graphs.shortest_paths import ArcGraph, PathTree

PPM = 1_000_000
SHARED_LIMIT_PPM = 500_000
"""An alternative shares at most half the corridor's length (UN security risk management; rule SP-18)."""
PENALTIES = (1.0, 5.0)
"""How much more a stretch of the corridor costs, as a multiple, when looking for an alternative."""
SPREAD = 4.0
AVOID = 1e6
"""Weight of a shared metre when the way that shares least is wanted, whatever the detour."""
MVEH = 1_000


@dataclass(frozen=True, slots=True)
class _Roads:
    """The network of one direction: graph, least travel times, cost with exposure, largest capacities."""

    graph: ArcGraph
    travel_s: NDArray[np.float64]
    cost: NDArray[np.float64]


class _Finder:
    def __init__(self, problem: PlanningProblem, routes: list[Route], exposure_weight: int) -> None:
        self.problem, self.routes = problem, routes
        self._weight = exposure_weight
        self._position = {(r.from_node, r.to_node, r.arcs): i for i, r in enumerate(routes)}
        self._roads: dict[tuple[str, Mode], _Roads] = {}
        self._spread: dict[tuple[str, int], PathTree] = {}
        self.used: dict[str, set[int]] = {}

    def roads(self, direction: str, mode: Mode) -> _Roads:
        """Return the network that cars, or the lightest bus, can use in a direction, whenever it is open."""
        key = (direction, mode)
        if key not in self._roads:
            network, arcs = self.problem.network, self.problem.network.arcs
            travel = arcs.travel_s.astype(np.float64)
            is_open = arcs.capacity_mveh_h > 0
            for arc, pieces in network.profiles.items():
                times = [p.travel_s for p in pieces if p.capacity_mveh_h > 0]
                is_open[arc], travel[arc] = bool(times), min(times, default=travel[arc])
            usable = is_open & self._carries(mode)
            usable &= (arcs.directions & self.problem.direction_bit(direction)) != 0
            cost = travel.copy()
            for arc, hazard in network.hazard.items():
                cost[arc] += travel[arc] * max(p.ppm for p in hazard) / PPM * self._weight
            self._roads[key] = _Roads(ArcGraph(arcs.tail, arcs.head, network.n_nodes, usable), travel, cost)
        return self._roads[key]

    def cars_pass(self, arcs: list[int]) -> bool:
        """Tell whether cars may use all of these arcs."""
        return bool(self._carries(Mode.CAR)[arcs].all()) if arcs else True

    def _carries(self, mode: Mode) -> NDArray[np.bool_]:
        """Return (n_arcs,) bool: arcs for the mode that bear a car, or the lightest vehicle with places."""
        arcs, weight_kg = self.problem.network.arcs, self.problem.rules.car_weight_kg
        if mode is not Mode.CAR:
            weight_kg = min((v.weight_kg for v in self.problem.fleet if v.places), default=0)
        bears = (arcs.max_weight_kg < 0) | (arcs.max_weight_kg >= weight_kg)
        return np.asarray(((arcs.modes & int(mode)) != 0) & bears, dtype=np.bool_)

    def spread_way(self, direction: str, roads: _Roads, node: int) -> tuple[int, ...] | None:
        """Return a way to a site around the corridors of everybody: one search serves all places."""
        key = (direction, id(roads))
        if key not in self._spread:
            cost = roads.cost.copy()
            cost[sorted(self.used.get(direction, set()))] *= SPREAD
            sites = sorted({s.node for s in self.problem.sites(direction)})
            self._spread[key] = roads.graph.tree(cost, sites, reverse=True)
        return self._spread[key].path(node)

    def route(self, from_node: int, to_node: int, arcs: tuple[int, ...]) -> int:
        """Return the position of a route, adding it when new."""
        key = (from_node, to_node, arcs)
        if key not in self._position:
            self._position[key] = len(self.routes)
            self.routes.append(Route(from_node=from_node, to_node=to_node, arcs=arcs))
        return self._position[key]


def corridors(
    problem: PlanningProblem, schedule: Schedule, *, exposure_weight: int
) -> tuple[tuple[Corridor, ...], tuple[Route, ...]]:
    """Return one corridor per place and direction with people, and the routes with alternatives appended.

    The corridor is the way that carries most decided people of the place; where nobody can be served, the way
    of least cost to a site, if there is one, so that the reader sees what was looked at.
    """
    finder = _Finder(problem, list(schedule.routes), exposure_weight)
    carried = _carried(problem, schedule)
    chosen: list[tuple[PlacedPlace, str, str, int]] = []
    for place, direction, by_car in _wanted(problem):
        best = max(
            carried.get((place.id, direction), {}).items(), key=lambda kv: (kv[1], -kv[0][0]), default=None
        )
        site, route = best[0][::-1] if best else _least_cost(finder, place, direction, by_car=by_car)
        if route >= 0:
            chosen.append((place, direction, site, route))
            finder.used.setdefault(direction, set()).update(finder.routes[route].arcs)
    found = [_corridor(finder, *row) for row in chosen]
    return tuple(replace(c, id=f"k{n}") for n, c in enumerate(found, start=1)), tuple(finder.routes)


def _wanted(problem: PlanningProblem) -> list[tuple[PlacedPlace, str, bool]]:
    """Return (place, direction, mostly by car) with decided people, in order."""
    places = {p.id: p for p in problem.places}
    names = {key for key, _ in problem.directions}
    persons: dict[tuple[str, str], list[int]] = {}
    for row in problem.demand:
        if row.direction in names and row.basis != "assumption":
            split = persons.setdefault((row.place, row.direction), [0, 0])
            split[row.group == "own_vehicle"] += row.persons
    return [(places[p], d, cars >= others) for (p, d), (others, cars) in sorted(persons.items())]


def _carried(
    problem: PlanningProblem, schedule: Schedule
) -> dict[tuple[str, str], dict[tuple[int, str], int]]:
    """Return decided persons by (place, direction) and (route, site): journeys on one road route only."""
    found: dict[tuple[str, str], dict[tuple[int, str], int]] = {}
    site_node = {p.id: p.node for p in problem.places if p.direction}
    for stream in schedule.cars:
        if stream.site and not stream.reserve:
            way = found.setdefault((stream.place, stream.direction), {})
            key = (stream.route, stream.site)
            way[key] = way.get(key, 0) + sum(d.persons for d in stream.departures)
    for vehicle in schedule.vehicles:
        for leg in vehicle.legs:
            for item in leg.load:
                route = schedule.routes[leg.route]
                if item.reserve or item.after or not item.site or route.to_node != site_node.get(item.site):
                    continue
                way = found.setdefault((item.place, item.direction), {})
                key = (leg.route, item.site)
                way[key] = way.get(key, 0) + item.persons
    return found


def _least_cost(finder: _Finder, place: PlacedPlace, direction: str, *, by_car: bool) -> tuple[str, int]:
    node = place.node if by_car else place.pickup_node
    sites = finder.problem.sites(direction)
    if node < 0 or not sites:
        return "", -1
    roads = finder.roads(direction, Mode.CAR if by_car else Mode.BUS)
    tree = roads.graph.tree(roads.cost, [s.node for s in sites], reverse=True)
    arcs = tree.path(node)
    if not arcs:
        return "", -1
    end = int(finder.problem.network.arcs.head[arcs[-1]])
    site = next(s for s in sites if s.node == end)
    return site.id, finder.route(node, end, arcs)


def _corridor(finder: _Finder, place: PlacedPlace, direction: str, site: str, route: int) -> Corridor:
    arcs = list(finder.routes[route].arcs)
    network = finder.problem.network
    roads = finder.roads(direction, Mode.CAR if finder.cars_pass(arcs) else Mode.BUS)
    length_m = int(network.arcs.length_m[arcs].sum()) if arcs else 0
    worst = {a: max(p.ppm for p in network.hazard[a]) for a in arcs if a in network.hazard}
    capacity, bottleneck = _bottleneck(finder.problem, arcs)
    corridor = Corridor(
        id="", direction=direction, place=place.id, site=site, route=route, length_m=length_m,
        travel_s=int(roads.travel_s[arcs].sum()) if arcs else 0,
        exposure_ppm_s=sum(int(roads.travel_s[a]) * ppm for a, ppm in worst.items()),
        capacity_veh_h=capacity, bottleneck_arc=bottleneck,
        bottleneck_reason=_bottleneck_reason(finder.problem, bottleneck, capacity),
    )  # fmt: skip
    return _with_alternative(finder, corridor, roads) if arcs else replace(corridor, no_alternative=HERE)


HERE = "the reception site is where people start"


def _bottleneck(problem: PlanningProblem, arcs: list[int]) -> tuple[int, int]:
    """Return (vehicles/h of the tightest stretch at its best, that arc); persons/h count as full cars."""
    best, at = 0, -1
    for arc in arcs:
        pieces = problem.network.profiles.get(arc)
        capacity = int(problem.network.arcs.capacity_mveh_h[arc])
        if pieces is not None:
            capacity = max(p.capacity_mveh_h for p in pieces)
        persons_h = int(problem.network.arcs.persons_h[arc])
        vehicles = capacity // MVEH
        if persons_h >= 0:
            vehicles = min(vehicles, persons_h // problem.rules.persons_per_car)
        if at < 0 or vehicles < best:
            best, at = vehicles, arc
    return best, at


def _bottleneck_reason(problem: PlanningProblem, arc: int, capacity: int) -> str:
    if arc < 0:
        return ""
    arcs = problem.network.arcs
    name = str(arcs.label[arc])
    persons_h = int(arcs.persons_h[arc])
    if bool(arcs.gate[arc]):
        name = f"crossing or checkpoint {name}"
    elif not name.startswith("unnamed road"):
        name = f"road {name}"
    return f"{name}: {persons_h} persons/h" if persons_h >= 0 else f"{name}: {capacity} vehicles/h"


def _with_alternative(finder: _Finder, corridor: Corridor, roads: _Roads) -> Corridor:
    """Look for a way that shares at most half the corridor's length; prove it when there is none."""
    route = finder.routes[corridor.route]
    own = np.zeros(len(roads.travel_s), dtype=bool)
    own[list(route.arcs)] = True
    length = finder.problem.network.arcs.length_m.astype(np.float64)
    site_nodes = sorted({s.node for s in finder.problem.sites(corridor.direction)})
    path = finder.spread_way(corridor.direction, roads, route.from_node)
    for penalty in (None, *PENALTIES, AVOID):
        if penalty is not None:
            cost = roads.cost + np.where(
                own, length * AVOID if penalty == AVOID else roads.cost * penalty, 0.0
            )
            path = _way(roads.graph, cost, route.from_node, site_nodes)
        shared = _shared_ppm(path, own, length, corridor.length_m)
        if path and shared <= SHARED_LIMIT_PPM:
            end = int(finder.problem.network.arcs.head[path[-1]])
            position = finder.route(route.from_node, end, path)
            return replace(corridor, alternative=position, alternative_shared_ppm=shared)
    cut = tuple(a for a in path or () if own[a])
    return replace(corridor, no_alternative=_no_alternative(finder.problem, cut, corridor), cut_arcs=cut)


def _way(graph: ArcGraph, cost: Any, from_node: int, site_nodes: list[int]) -> tuple[int, ...] | None:
    tree = graph.tree(cost, [from_node])
    return tree.path(min(site_nodes, key=lambda node: (tree.cost[node], node)))


def _shared_ppm(path: tuple[int, ...] | None, own: Any, length: Any, total_m: int) -> int:
    shared = sum(int(length[a]) for a in path or () if own[a])
    return shared * PPM // total_m if total_m else 0


def _no_alternative(problem: PlanningProblem, cut: tuple[int, ...], corridor: Corridor) -> str:
    labels = problem.network.arcs.label
    length = problem.network.arcs.length_m
    names = list(dict.fromkeys(str(labels[a]) for a in sorted(cut, key=lambda a: -int(length[a]))))
    shared_m = sum(int(length[a]) for a in cut)
    share = shared_m * 100 // max(1, corridor.length_m)
    if not names:
        return "a reception site of the direction stands at the place itself"
    over = ", ".join(names[:4])
    return f"every way to a site shares at least {share} % of this one, over {over}"

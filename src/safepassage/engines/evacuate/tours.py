"""Tours for all vehicles, searched on a map of pick-ups, sites and the arcs that may bind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from safepassage.domain.network import Mode
from safepassage.domain.planning_problem import PlanningProblem, Vehicle
from safepassage.domain.price_sheet import Guide
from safepassage.engines.evacuate.cars import CarPlanner
from safepassage.engines.evacuate.fleet import FleetPlanner, places
from safepassage.engines.evacuate.ledger import KIND as GROUP_KIND
from safepassage.engines.evacuate.ledger import SEAT, STRETCHER, WHEELCHAIR, Claimant
from safepassage.engines.evacuate.trips import Slot
from safepassage.engines.evacuate.ways import Carrier, Ways
from safepassage.kernels.tours.tour_loops import MORE, PART, STOPS, WIDTH, World
from safepassage.kernels.tours.tour_moves import MOVES, Choices
from safepassage.kernels.tours.tour_search import MOST_TRIPS, Tours, search

KINDS = (SEAT, WHEELCHAIR, STRETCHER)
Stop = tuple[str, int, int]
"""(direction, node, release)."""
Arcs = tuple[int, ...]
NO_LIMIT = 2**40
NEAR = 8
HOLDS = 24
STEPS = 100_000
WORK_A_STEP = 2_000
"""A search takes so many steps, fewer when the work limit is less than so many arcs for each."""
STEPS_A_PAIR = 1_000
"""A small case has few tours: so many steps for each pair of a vehicle and a stop, and for each car."""
HEAT_PERSON_S = 40_000
"""The first heat: a trip of 45 persons that arrives a quarter of an hour later (of four values tried)."""
SPARE_S = 600
"""Trips of the search end so much before a movement window does: exactly timed they are somewhat later."""
LEFT_HORIZONS = 2
"""Whoever is left weighs like so many horizons: nobody is left behind for others to be sooner."""
LAST_SHARE = 60
"""A second of the last arrival weighs like a second of one person in so many."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One trip of a vehicle: pick-ups in order, the site, persons by kind of place at each pick-up.

    Without stated loads all board for whom there is room. `enter_s`: when it first meets what may bind,
    `arrive_s`: when it arrives, as far as is known (-1: not). `slot`: an arc on the way to the first stop,
    and the second from which the empty vehicle may enter it.
    """

    stops: tuple[Stop, ...]
    site: str
    loads: tuple[Mapping[str, int], ...] = ()
    enter_s: int = 0
    arrive_s: int = -1
    slot: Slot | None = None

    @property
    def persons(self) -> int:
        """Everybody who is to ride."""
        return sum(sum(load.values()) for load in self.loads)

    def lighter(self) -> Visit:
        """Return the visit with an eighth fewer aboard, one at least, of those who board last."""
        fewer, loads = max(1, self.persons // 8), []
        for load in reversed(self.loads):
            kept = {}
            for kind, persons in load.items():
                kept[kind] = max(0, persons - fewer)
                fewer -= persons - kept[kind]
            loads.append(kept)
        return replace(self, loads=tuple(reversed(loads)))


@dataclass(frozen=True, slots=True)
class Found:
    """Tours by vehicle; by claim (its position) until when its cars are held.

    `cars` says when each of them meets what may bind; `parked` where cars end that meet nothing (persons by
    site); `tolls` what a place at a site was worth in the end.
    """

    tours: Mapping[str, list[Visit]]
    holds: Mapping[int, int]
    cars: Mapping[int, tuple[int, ...]]
    parked: Mapping[int, Mapping[str, int]]
    tolls: Mapping[str, int]
    before: int
    after: int


@dataclass(slots=True)
class _Map:
    """Ways between nodes as what binds on them, numbered."""

    problem: PlanningProblem
    ways: Ways
    scarce: dict[int, int] = field(default_factory=dict)
    rows: list[tuple[tuple[int, ...], tuple[int, ...], int]] = field(default_factory=list)
    _travel: Any = None
    _cap: int = -1
    _binding: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        network = self.problem.network
        self._cap = self.problem.loosest_cap_ppm_s
        self._travel = self.ways.travel_s()
        counted = np.flatnonzero((network.arcs.persons_h >= 0) | network.arcs.gate)
        self._binding = frozenset({*network.profiles, *counted.tolist()})

    def add(self, candidates: Iterable[Arcs]) -> tuple[int, int]:
        """Number the ways that differ in what binds on them, the shortest of each; return (first, n)."""
        least: dict[Arcs, tuple[int, Arcs]] = {}
        for arcs in candidates:
            if self._too_exposed(arcs):
                continue
            key = tuple(arc for arc in arcs if arc in self._binding)
            time_s = int(self._travel[list(arcs)].sum()) if arcs else 0
            if key not in least or time_s < least[key][0]:
                least[key] = (time_s, arcs)
        first = len(self.rows)
        for key, (_, arcs) in sorted(least.items(), key=lambda row: (row[1][0], row[0])):
            self._append(key, arcs)
        return first, len(self.rows) - first

    def _append(self, key: Arcs, arcs: Arcs) -> None:
        at, since, bound = [], 0, set(key)
        for arc in arcs:
            if arc in bound:
                at.append(since)
                since = 0
            else:
                since += int(self._travel[arc])
        numbers = tuple(self.scarce.setdefault(arc, len(self.scarce)) for arc in key)
        self.rows.append((numbers, tuple(at), since))

    def _too_exposed(self, arcs: Arcs) -> bool:
        cap, hazard = self._cap, self.problem.network.hazard
        if cap < 0 or not hazard:
            return False
        least = (min(p.ppm for p in hazard[a]) * int(self._travel[a]) for a in arcs if a in hazard)
        return sum(least) > cap


def worths(problem: PlanningProblem, persons: int) -> tuple[int, int]:
    """Return what one person left weighs, in seconds, and a second of the last arrival, in person-seconds."""
    return problem.network.horizon_s * LEFT_HORIZONS, max(1, persons // LAST_SHARE)


class Planner:
    """Writes a problem down for the search and reads its tours."""

    def __init__(
        self, problem: PlanningProblem, ways: Ways, fleet: FleetPlanner, cars: CarPlanner,
        claims: list[Claimant], guide: Guide,
    ) -> None:  # fmt: skip
        self.problem, self.ways, self.fleet, self.cars = problem, ways, fleet, cars
        self.tolls, self.parked = guide.tolls, guide.parked
        self.spots: dict[int, dict[str, int]] = {}
        self.foreseen: dict[Stop, list[tuple[float, int]]] = {}
        for amount, visits in (row for rows in guide.tours.values() for row in rows):
            for stop, _, second in visits:
                self.foreseen.setdefault(stop, []).append((amount, second))
        self.vehicles = [fleet.vehicle(v) for v in sorted(fleet.states())]
        self.stops = sorted(
            {
                (c.direction, c.node, c.place.release_s)
                for c in claims
                if not c.by_car and c.node >= 0 and c.left
            }
        )
        self.sites = [site for name, _ in problem.directions for site in problem.sites(name)]
        self.by_car = [(i, c) for i, c in enumerate(claims) if c.by_car and c.left and c.node >= 0]
        self.left = np.zeros((len(self.stops), 3), dtype=np.int64)
        self._groups: dict[str, list[tuple[int, int, int]]] = {}
        at = {stop: i for i, stop in enumerate(self.stops)}
        for c in claims:
            if not c.by_car and c.node >= 0 and c.left:
                i = at[c.direction, c.node, c.place.release_s]
                for group, persons in c.remaining.items():
                    k = KINDS.index(GROUP_KIND[group])
                    self.left[i, k] += persons
                    self._groups.setdefault(group, []).append((i, k, persons))
        self.weights = sorted({v.weight_kg for v in self.vehicles})
        nodes = {
            *(fleet.states()[v.id].node for v in self.vehicles),
            *(s.node for s in self.sites),
            *(s[1] for s in self.stops),
        }
        self.node = {node: i for i, node in enumerate(sorted(nodes))}
        self.map = _Map(problem, ways)

    def find(self, first: Mapping[str, list[Visit]], steps: int, enough: Callable[[], bool]) -> Found | None:
        """Return better tours than the first ones, None where there is nothing to search for."""
        if not self.stops or not self.vehicles or not self.sites:
            return None
        world, choices = self._world()
        start = self._tours(first, world)
        demand = int(self.left.sum()) + int(world.car[:, 0].sum())
        worth = np.array(worths(self.problem, demand), dtype=np.int64)
        pairs = len(self.vehicles) * len(self.stops) + len(world.car)
        steps = min(steps, STEPS_A_PAIR * pairs)
        best, least, before = search(world, choices, start, worth, HEAT_PERSON_S, steps, enough)
        tours = {
            vehicle.id: [self._visit(best, v, i) for i in range(best.number[v]) if best.loads[v, i].any()]
            for v, vehicle in enumerate(self.vehicles)
        }
        holds = {self.waiting[c][0]: int(t) for c, t in enumerate(best.hold)}
        cars = {
            i: tuple(sorted(t for _, t, _, leg in best.car_rows[c, : best.car_used[c]].tolist() if leg == 1))
            for c, (i, _) in enumerate(self.waiting)
        }
        tolls = {site.id: toll for site, toll in zip(self.sites, best.tolls.tolist(), strict=True)}
        return Found(tours, holds, cars, self.spots, tolls, before, least)

    def _visit(self, best: Tours, v: int, i: int) -> Visit:
        trip = best.trips[v, i].tolist()
        stops = tuple(self.stops[s] for s in trip[:STOPS] if s >= 0)
        loads = best.loads[v, i].tolist()[: len(stops)]
        arc, second = best.empty[v, i].tolist()
        return Visit(
            stops, self.sites[trip[STOPS]].id, tuple(dict(zip(KINDS, row, strict=True)) for row in loads),
            int(best.enter[v, i]), int(best.arrive[v, i]),
            None if arc < 0 else (list(self.map.scarce)[arc], second),
        )  # fmt: skip

    def _tours(self, first: Mapping[str, list[Visit]], world: World) -> Tours:
        trips = np.full((len(self.vehicles), MOST_TRIPS, WIDTH), -1, dtype=np.int64)
        trips[:, :, PART] = 0
        count = np.zeros(len(self.vehicles), dtype=np.int64)
        at = {stop: i for i, stop in enumerate(self.stops)}
        site = {s.id: i for i, s in enumerate(self.sites)}
        for v, vehicle in enumerate(self.vehicles):
            for visit in first.get(vehicle.id, [])[:MOST_TRIPS]:
                stops = [at[s] for s in visit.stops[:STOPS] if s in at]
                if stops:
                    trips[v, count[v], : len(stops)] = stops
                    trips[v, count[v], STOPS] = site[visit.site]
                    count[v] += 1
        rides = np.zeros((len(self.vehicles), MOST_TRIPS, STOPS, len(KINDS)), dtype=np.int64)
        nothing, n_cars = rides[:, :, 0, 0], len(world.car)
        no_cars = np.zeros((n_cars, 0, 4), dtype=np.int64), np.zeros(n_cars, dtype=np.int64)
        hold, tolls = no_cars[1].copy(), world.site[:, 3].copy()
        empty = np.full((*nothing.shape, 2), -1, dtype=np.int64)
        return Tours(trips, count, hold, rides, nothing.copy(), nothing.copy(), empty, *no_cars, tolls)

    # -- the world -------------------------------------------------------------------------------

    def _world(self) -> tuple[World, Choices]:
        n_weights, n = len(self.weights), len(self.node)
        kinds = n_weights * (1 + len(self.problem.directions))
        self.way_at = np.zeros((kinds, n, n), dtype=np.int64)
        self.way_n = np.zeros((kinds, n, n), dtype=np.int64)
        choices = self._choices()
        self._deadheads()
        car, option_at, option, taken = self._car_classes()
        room = [
            NO_LIMIT if (r := self.fleet.room.room(s.id)) is None else max(0, r - taken.get(s.id, 0))
            for s in self.sites
        ]
        piece_at, piece, rate, total = self._pieces()
        rules, network = self.problem.rules, self.problem.network
        horizon_s = network.horizon_s
        names = [name for name, _ in self.problem.directions]
        rows = self.map.rows
        counts = [len(numbers) for numbers, _, _ in rows]
        windows = rules.movement_windows or ((0, horizon_s),)
        states = self.fleet.states()
        world = World(
            vehicle=_table([self._vehicle(v, states[v.id]) for v in self.vehicles], 8),
            places=_table([[places(v, kind) for kind in KINDS] for v in self.vehicles], 3),
            stop=_table(
                [
                    [self.node[stop[1]], names.index(stop[0]), stop[2], *left,
                     self._needed(stop, sum(left)), *more]
                    for stop, left, more in zip(
                        self.stops, self.left.tolist(), self._more_s().tolist(), strict=True
                    )
                ], MORE + 2 * len(KINDS)
            ),
            site=_table(
                [
                    [self.node[s.node], r, names.index(s.direction), self.tolls.get(s.id, 0)]
                    for s, r in zip(self.sites, room, strict=True)
                ], 4
            ),
            way_at=self.way_at, way_n=self.way_n,
            event_at=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            event_arc=np.array([a for numbers, _, _ in rows for a in numbers], dtype=np.int64),
            event_s=np.array([t for _, at, _ in rows for t in at], dtype=np.int64),
            tail_s=np.array([tail for _, _, tail in rows], dtype=np.int64),
            length_s=np.array([sum(at) + tail for _, at, tail in rows], dtype=np.int64),
            piece_at=piece_at, piece=piece, rate=rate, total=total,
            windows=_table([(start, max(start, end - SPARE_S)) for start, end in windows], 2),
            car=car, option_at=option_at, option=option,
            rules=np.array(
                [horizon_s, rules.burst_mveh, rules.burst_persons, rules.load_base_s, rules.load_per_person_s,
                 rules.unload_base_s, rules.unload_per_person_s, rules.persons_per_car, rules.car_units_mveh],
                dtype=np.int64,
            ),
        )  # fmt: skip
        holds = self._holds(len(car))
        return world, choices._replace(holds=holds)

    def _more_s(self) -> Any:
        """Return (stops, 6) by kind of place the seconds more that one person takes to get on, then off."""
        more = np.zeros((len(self.stops), 2, len(KINDS)), dtype=np.int64)
        for row in self.problem.rules.help_times:
            for i, k, persons in self._groups.get(row.group, ()):
                more[i, 0, k] += row.load_s * persons
                more[i, 1, k] += row.unload_s * persons
        found = -(-more // np.maximum(self.left, 1)[:, None, :])
        return found.reshape(len(self.stops), -1)

    def _needed(self, stop: Stop, persons: int) -> int:
        """Return the person-seconds that the people of a stop wait in the program of prices."""
        amounts, seconds = 0.0, 0.0
        for amount, second in self.foreseen.get(stop, ()):
            amounts += amount
            seconds += amount * (second - stop[2])
        left = max(0.0, persons - amounts) * LEFT_HORIZONS * self.problem.network.horizon_s
        return round(seconds + left)

    def _vehicle(self, vehicle: Vehicle, state: Any) -> list[int]:
        w = self.weights.index(vehicle.weight_kg)
        until = vehicle.available_until_s
        return [
            state.ready_s, NO_LIMIT if until < 0 else until, vehicle.max_duty_s, vehicle.units_mveh, w,
            len(self.weights) + w, len(self.weights), self.node[state.node],
        ]  # fmt: skip

    def _choices(self) -> Choices:
        """Find the ways of loads; say which vehicles, sites and further stops go with a stop."""
        names = [name for name, _ in self.problem.directions]
        n, n_sites = len(self.stops), len(self.sites)
        time_s = np.full((n, n_sites), NO_LIMIT, dtype=np.int64)
        hop_s = np.full((n, n), NO_LIMIT, dtype=np.int64)
        able = np.zeros((n, len(self.weights)), dtype=bool)
        for w, weight_kg in enumerate(self.weights):
            for s, (direction, node, _) in enumerate(self.stops):
                carrier = Carrier(Mode.BUS, direction, weight_kg)
                kind = len(self.weights) * (1 + names.index(direction)) + w
                for j, site in enumerate(self.sites):
                    if site.direction == direction:
                        t = self._ways(kind, node, site.node, self.ways.candidates(carrier, node, site.node))
                        time_s[s, j] = min(time_s[s, j], t)
                        able[s, w] |= t < NO_LIMIT
                hops = self.ways.hops(carrier, node)
                for other, (d, there, _) in enumerate(self.stops):
                    if d == direction and other != s and (there in hops or there == node):
                        arcs = () if there == node else hops[there][1]
                        hop_s[s, other] = min(hop_s[s, other], self._ways(kind, node, there, [arcs]))
        vehicles = [
            [v for v, vehicle in enumerate(self.vehicles) if able[s, self.weights.index(vehicle.weight_kg)]
             and any(places(vehicle, k) and self.left[s, i] for i, k in enumerate(KINDS))]
            for s in range(n)
        ]  # fmt: skip
        sites = [
            [j for j in np.argsort(time_s[s], kind="stable").tolist() if time_s[s, j] < NO_LIMIT]
            for s in range(n)
        ]
        near = [
            [o for o in np.argsort(hop_s[s], kind="stable").tolist() if hop_s[s, o] < NO_LIMIT][:NEAR]
            for s in range(n)
        ]
        sizes = [np.array([len(row) for row in rows], dtype=np.int64) for rows in (vehicles, sites, near)]
        return Choices(
            vehicles=_ragged(vehicles), n_vehicles=sizes[0], sites=_ragged(sites), n_sites=sizes[1],
            near=_ragged(near), n_near=sizes[2], holds=np.zeros((0, 1), dtype=np.int64),
            moves=np.array(MOVES, dtype=np.int64),
        )  # fmt: skip

    def _ways(self, kind: int, start: int, end: int, candidates: Iterable[Arcs]) -> int:
        """Number ways between two nodes; return the least time, NO_LIMIT without one."""
        u, v = self.node[start], self.node[end]
        if start == end:
            return 0
        if not self.way_n[kind, u, v]:
            self.way_at[kind, u, v], self.way_n[kind, u, v] = self.map.add(candidates)
        first, n = int(self.way_at[kind, u, v]), int(self.way_n[kind, u, v])
        times = (sum(at) + tail for _, at, tail in self.map.rows[first : first + n])
        return min(times, default=NO_LIMIT)

    def _deadheads(self) -> None:
        starts = sorted(
            {*(s.node for s in self.sites), *(self.fleet.states()[v.id].node for v in self.vehicles)}
        )
        for w, weight_kg in enumerate(self.weights):
            carrier = Carrier(Mode.BUS, "", weight_kg)
            for start in starts:
                for end in sorted({stop[1] for stop in self.stops}):
                    if start != end:
                        self._ways(w, start, end, self.ways.deadheads(carrier, start, end))

    def _car_classes(self) -> tuple[Any, Any, Any, dict[str, int]]:
        """Return classes of cars that meet a binding arc, their options, and the room all others take."""
        self.waiting: list[tuple[int, Claimant]] = []
        car, option_at, option = [], [0], []
        taken: dict[str, int] = {}
        position = {site.id: j for j, site in enumerate(self.sites)}
        for i, claim in self.by_car:
            by_site: dict[str, list[Arcs]] = {}
            for row in self.cars.ways_of(claim):
                by_site.setdefault(row.site, []).append(row.arcs)
            rows = []
            for site, candidates in sorted(by_site.items()):
                first, n = self.map.add(candidates)
                for way in range(first, first + n):
                    numbers, at, tail = self.map.rows[way]
                    rows.append((sum(at) + tail + self.tolls.get(site, 0), bool(numbers), way, site))
            if not rows:
                continue
            if not min(rows)[1]:
                self.spots[i] = self._park(claim, [site for _, _, _, site in sorted(rows)], taken)
                continue
            self.waiting.append((i, claim))
            car.append([claim.left, claim.place.release_s])
            groups: dict[tuple[int, ...], int] = {}
            ranked = [
                (groups.setdefault(self.map.rows[way][0], len(groups)), t, way, site)
                for t, _, way, site in sorted(rows)
            ]
            option += [
                [way, position[site], self.tolls.get(site, 0), g] for g, _, way, site in sorted(ranked)
            ]
            option_at.append(len(option))
        return _table(car, 2), np.array(option_at, dtype=np.int64), _table(option, 4), taken

    def _park(self, claim: Claimant, sites: list[str], taken: dict[str, int]) -> dict[str, int]:
        """Count the places at sites that cars take which meet nothing that binds; return them by site.

        As many as the prices' own program brings to each site, the rest to the first with room.
        """
        left, spots = claim.left, dict[str, int]()
        shares = self.parked.get((claim.direction, claim.node, claim.place.release_s), {})
        wanted = [(site, round(shares.get(site, 0))) for site in dict.fromkeys(sites)]
        for site, most in [*wanted, *((site, left) for site in sites)]:
            room = self.fleet.room.room(site)
            some = min(left, most) if room is None else min(left, most, max(0, room - taken.get(site, 0)))
            for places_at in (taken, spots):
                places_at[site] = places_at.get(site, 0) + some
            left -= some
        return {site: persons for site, persons in spots.items() if persons}

    def _holds(self, n_cars: int) -> Any:
        """Return moments until which a class of cars may be held back."""
        horizon_s = self.problem.network.horizon_s
        moments = [horizon_s * k // HOLDS for k in range(HOLDS)]
        return np.array([moments] * n_cars, dtype=np.int64).reshape(n_cars, HOLDS)

    def _pieces(self) -> tuple[Any, Any, Any, Any]:
        network, rules = self.problem.network, self.problem.rules
        horizon_s = network.horizon_s
        windows = rules.movement_windows or ((0, horizon_s),)
        at, piece, rate = [0], [], []
        for arc in self.map.scarce:
            arcs = network.arcs
            stated = [
                (p.from_s, p.until_s, p.capacity_mveh_h, p.persons_h, p.travel_s)
                for p in network.profiles.get(arc, ())
            ]
            stated = stated or [
                (
                    0,
                    horizon_s,
                    int(arcs.capacity_mveh_h[arc]),
                    int(arcs.persons_h[arc]),
                    int(arcs.travel_s[arc]),
                )
            ]
            counted = int(any(p[3] >= 0 for p in stated))
            closes, close = [], 0
            for _, until, capacity, _, _ in reversed(stated):
                close = (close or until) if capacity > 0 else 0
                closes.append(close)
            for (start, until, capacity, heads, tau), shut in zip(stated, reversed(closes), strict=True):
                cuts = sorted({start, *(t for w in windows for t in w if start < t < until)})
                for k, low in enumerate(cuts):
                    high = cuts[k + 1] if k + 1 < len(cuts) else until
                    moving = any(w[0] <= low < w[1] for w in windows)
                    piece.append((low, tau, shut, heads, high, counted))
                    persons = 10**9 if heads < 0 else heads
                    rate.append((capacity, persons, capacity // 2) if moving else (0, 0, 0))
            at.append(len(piece))
        table, rates = _table(piece, 6), _table(rate, 3).T.copy()
        total = np.zeros_like(rates)
        for a in range(len(at) - 1):
            for k in range(at[a] + 1, at[a + 1]):
                total[:, k] = total[:, k - 1] + rates[:, k - 1] * (table[k, 0] - table[k - 1, 0])
        return np.array(at, dtype=np.int64), table, rates, total


def _table(rows: Any, width: int) -> Any:
    return np.array([list(row) for row in rows], dtype=np.int64).reshape(len(rows), width)


def _ragged(rows: list[list[int]]) -> Any:
    width = max(1, max((len(row) for row in rows), default=1))
    table = np.full((len(rows), width), -1, dtype=np.int64)
    for i, row in enumerate(rows):
        table[i, : len(row)] = row
    return table

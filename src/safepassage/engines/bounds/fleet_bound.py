"""The fleet bound: round trips take time, and vehicles have only so much of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Mode
from safepassage.domain.planning_problem import PlanningProblem, Vehicle
from safepassage.domain.remaining import under_way
from safepassage.engines.bounds.commodity import COMMODITY, LINK_BITS, Origin, least_travel_s, origins
from safepassage.kernels.graphs.shortest_paths import ArcGraph

Int64 = NDArray[np.int64]
UNREACHED_S = 2**40


class FleetBound:
    """How many persons who need one kind of place can have arrived in one direction, given all vehicles.

    Follow one seat: between two persons it carries it must come back from a site to a pick-up. The
    seat-seconds of the fleet by T therefore limit the persons; the cheapest round trips are filled first
    (docs/explanation/model.md).
    """

    def __init__(self, problem: PlanningProblem, direction: str, commodity: str) -> None:
        self.problem, self.direction, self.commodity = problem, direction, commodity
        groups = [group for group, kind in COMMODITY.items() if kind == commodity]
        everybody = [(group, o) for group in groups for o in origins(problem, direction, group)]
        # Those aboard, or between two rides, need no more of anybody's time: they count as arrived.
        self._under_way = sum(o.persons for _, o in everybody if under_way(o.place))
        self._waiting = tuple((group, o) for group, o in everybody if not under_way(o.place))
        self.origins: tuple[Origin, ...] = tuple(o for _, o in self._waiting)
        self._vehicles = [v for v in problem.fleet if self._places(v) > 0 and v.base_node >= 0]
        self._travel_s, self._open = least_travel_s(problem)
        self._arcs = problem.network.arcs
        self._measure()

    def _places(self, vehicle: Vehicle) -> int:
        """Return a vehicle's places of the kind needed."""
        return {"seated": vehicle.seats, "wheelchair": vehicle.wheelchair, "stretcher": vehicle.stretcher}[
            self.commodity
        ]

    def _tree(self, mask: Any, cost: Any, roots: list[int], *, reverse: bool, offsets: Any = None) -> Int64:
        graph = ArcGraph(self._arcs.tail, self._arcs.head, self.problem.network.n_nodes, mask)
        if not roots:
            return np.full(self.problem.network.n_nodes, UNREACHED_S, dtype=np.int64)
        found = graph.tree(cost, roots, reverse=reverse, offsets=offsets).cost
        finite = np.isfinite(found)
        return np.where(finite, np.rint(np.where(finite, found, 0)), UNREACHED_S).astype(np.int64)

    def _measure(self) -> None:
        """Find A to the nearest boarding, R from sites back to a pick-up, d + R from pick-ups to sites."""
        bit = self.problem.direction_bit(self.direction)
        drives = self._open & ((self._arcs.modes & int(Mode.BUS)) != 0)
        loaded = drives & ((self._arcs.directions & bit) != 0)
        links = self._open & ((self._arcs.modes & LINK_BITS) != 0) & ((self._arcs.directions & bit) != 0)
        cost = self._travel_s.astype(np.float64)
        pickups = sorted({o.node for o in self.origins})
        sites = sorted({s.node for s in self.problem.sites(self.direction)})
        heads = sorted({int(h) for h in self._arcs.head[links]})
        self._approach_s = self._tree(drives, cost, sorted({*pickups, *heads}), reverse=True)
        self.has_links = bool(links.any())
        back = np.zeros(len(sites), dtype=np.int64)
        if not self.has_links:
            to_pickup = self._tree(drives, cost, pickups, reverse=True)[sites]
            back = np.where(to_pickup < UNREACHED_S, to_pickup, 0)
        both, free = loaded | links, np.where(links, 0.0, cost)
        self._round_s = self._tree(both, free, sites, reverse=True, offsets=back)
        self._one_way_s = self._tree(both, free, sites, reverse=True)
        on_links = self._tree(links, np.zeros(len(cost)), sites, reverse=True)
        self._free = {node for node in pickups if self.has_links and on_links[node] < UNREACHED_S}
        self._longest_back_s = int(back.max()) if len(back) else 0
        reach = [int(self._one_way_s[n]) for n in pickups if self._one_way_s[n] < UNREACHED_S]
        self._least_loaded_s = 0 if self.has_links or not reach else min(reach)

    def arrived_by(self, horizon_s: int) -> int:
        """Return the most persons of the commodity who can have arrived by `horizon_s`."""
        free = self._under_way + sum(o.persons for o in self.origins if o.node in self._free)
        if not self._vehicles:
            return free
        budget = self._seat_seconds(horizon_s)
        rules, served = self.problem.rules, free
        fewest = min(self._places(v) for v in self._vehicles)
        base = rules.load_base_s + rules.unload_base_s
        costs = sorted(
            (base + sum(rules.person_s(group)) * fewest + int(self._round_s[o.node]), o.persons)
            for group, o in self._waiting
            if o.node not in self._free and self._round_s[o.node] < UNREACHED_S
        )
        for cost, persons in costs:
            take = persons if cost == 0 else min(persons, budget // cost)
            served, budget = served + take, budget - take * cost
            if take < persons:
                break
        return served

    def _seat_seconds(self, horizon_s: int) -> int:
        if not self._vehicles:
            return 0
        rules = self.problem.rules
        most = max(self._places(v) for v in self._vehicles)
        slowest = max((rules.person_s(group)[1] for group, _ in self._waiting), default=0)
        saved = self._longest_back_s + rules.unload_base_s + slowest * most
        return sum(self._places(v) * self._seconds(v, horizon_s, saved) for v in self._vehicles)

    def _seconds(self, vehicle: Vehicle, horizon_s: int, saved: int) -> int:
        away = int(self._approach_s[vehicle.base_node])
        if away >= UNREACHED_S:
            return 0
        left = horizon_s - vehicle.available_from_s - away
        return 0 if left < self.problem.rules.load_base_s + self._least_loaded_s else left + saved

    def latest_short_of(self, persons: int, *, high_s: int) -> tuple[int, int] | None:
        """Return (largest horizon at which fewer than `persons` can have arrived, how many then), or None."""
        low, high = 0, high_s
        best: tuple[int, int] | None = None
        while low < high:
            middle = (low + high) // 2
            arrived = self.arrived_by(middle)
            if arrived < persons:
                best, low = (middle, arrived), middle + 1
            else:
                high = middle
        return best

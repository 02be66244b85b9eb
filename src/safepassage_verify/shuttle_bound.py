"""Sums the bound of a shuttle problem again from its prices, in whole numbers and without a solver.

The bound (document: `value`, `step_ms`, `cells`, `prices`) says: whatever the last arrival, all vehicles
together cost at least what the prices say. Here the best tour of a vehicle is found trip by trip, for all
cells of time at once, which is not how the planner finds it. What is not in the prices (the least waiting, by
which last arrivals beyond the cells are bounded) is summed here as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import heapify, heapreplace
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

UNREACHED = 2**60
"""Cost of a state that is not reached; half of it is still more than any cost."""
KINDS = ("seats", "wheelchair", "stretcher")


def least_value(problem: Mapping[str, Any], bound: Mapping[str, Any]) -> int:
    """Return the value below which no plan can be that fetches everybody, by the prices of a bound.

    A ValueError says that the prices are not of the kind that proves anything.
    """
    waiting = _least_waiting(problem)
    if not bound["prices"]:
        return waiting
    _refuse_wrong_prices(problem, bound)
    step_ms, cells = int(bound["step_ms"]), int(bound["cells"])
    last = int(problem["rules"]["last_persons"])
    envelope = np.full(cells + 1, -UNREACHED, np.int64)
    for prices in bound["prices"]:
        sums = last * step_ms * np.arange(cells + 1, dtype=np.int64) + _due(problem, prices)
        for vehicle, count in _kinds(problem):
            home = _Tours(problem, vehicle, prices, step_ms, cells).home_costs()
            sums += count * np.minimum(np.minimum.accumulate(home), 0)
        envelope = np.maximum(envelope, sums)
    return min(int(envelope.min()), waiting + last * step_ms * cells)


def _refuse_wrong_prices(problem: Mapping[str, Any], bound: Mapping[str, Any]) -> None:
    groups, shelters, rules = problem["groups"], problem["shelters"], problem["rules"]
    shortest = rules["stop_ms"] + min(group["board_ms"] for group in groups)
    if not 0 < bound["step_ms"] <= shortest or bound["cells"] < 0:
        raise ValueError("a cell is longer than the shortest stop")
    for prices in bound["prices"]:
        if len(prices) != 2 * len(groups) + len(shelters) + 1 or min(prices) < 0:
            raise ValueError("there is one price of 0 or more for everything that has one")
        for k, shelter in enumerate(shelters):
            most = rules["over_ms"] * rules["last_persons"] if shelter["capacity_persons"] >= 0 else 0
            hard = shelter["hard"] and shelter["capacity_persons"] >= 0
            if not hard and prices[2 * len(groups) + k] > most:
                raise ValueError(f"the price of shelter {k} is above that of a person too many")


def _need(group: Mapping[str, Any]) -> int:
    return int(sum(group[kind] for kind in KINDS))


def _most(group: Mapping[str, Any], vehicle: Mapping[str, Any]) -> int:
    """Return how many parties of a group a vehicle carries at most."""
    return int(min(vehicle[kind] // group[kind] for kind in KINDS if group[kind]))


def _kinds(problem: Mapping[str, Any]) -> list[tuple[Mapping[str, Any], int]]:
    """Return vehicles that differ, with how many there are of each."""
    found: dict[tuple[Any, ...], tuple[Mapping[str, Any], int]] = {}
    for vehicle in problem["vehicles"]:
        key = (*(vehicle[kind] for kind in KINDS), *vehicle["first_ms"], vehicle["until_ms"])
        found[key] = (vehicle, found.get(key, (vehicle, 0))[1] + 1)
    return list(found.values())


def _due(problem: Mapping[str, Any], prices: Sequence[int]) -> int:
    """Return what is due at the prices: parties, least stops and trips, less the room of shelters."""
    groups, shelters, vehicles = problem["groups"], problem["shelters"], problem["vehicles"]
    n = len(groups)
    total = 0
    for k, group in enumerate(groups):
        most = max(1, *(_most(group, vehicle) for vehicle in vehicles))
        total += prices[k] * group["parties"] - prices[n + k] * (-group["parties"] // most)
    for k, shelter in enumerate(shelters):
        total -= prices[2 * n + k] * max(0, shelter["capacity_persons"])
    seats = max(1, *(sum(vehicle[kind] for kind in KINDS) for vehicle in vehicles))
    places = sum(group["parties"] * _need(group) for group in groups)
    return int(total - prices[-1] * (-places // seats))


def _least_waiting(problem: Mapping[str, Any]) -> int:
    """Return what all persons wait at least: each vehicle fetches one full load after the other."""
    groups, rules, travel = problem["groups"], problem["rules"], problem["travel"]
    legs = {name: [ms for row in travel[name] for ms in row if ms >= 0] for name in ("out_ms", "home_ms")}
    if not legs["home_ms"] or not legs["out_ms"] or not problem["vehicles"]:
        return 0
    out, home = min(legs["out_ms"]), min(legs["home_ms"])
    each = min(group["board_ms"] // (1 + group["carers"]) for group in groups)
    dense = max(-(-(1 + group["carers"]) // _need(group)) for group in groups)
    arrives = rules["stop_ms"] + home if rules["waits_until"] == "shelter" else 0
    queue = []
    for vehicle in problem["vehicles"]:
        room = dense * sum(vehicle[kind] for kind in KINDS)
        first = min((ms for ms in vehicle["first_ms"] if ms >= 0), default=-1)
        if room and first >= 0:
            queue.append((first + arrives, first + arrives, room, 0))
    heapify(queue)
    waiting = 0
    for _ in range(sum(group["parties"] * (1 + group["carers"]) for group in groups) if queue else 0):
        now, first, room, fetched = queue[0]
        waiting += now
        fetched += 1
        trips, behind = fetched // room, max(0, fetched + 1 - room)
        later = first + trips * (rules["stop_ms"] + home + rules["unload_ms"] + out) + behind * 2 * each
        heapreplace(queue, (later, first, room, fetched))
    return waiting


def _pass_on(goal: Int64, source: Int64, cells: int, cost: int | Int64 = 0) -> None:
    """Lower costs to those of a source so many cells earlier, plus a cost by cell of the source."""
    if cells < len(goal):
        later = goal[cells:]
        np.minimum(later, (source + cost)[: len(goal) - cells], out=later)


class _Tours:
    """The cheapest tours of one vehicle at given prices, by cell of the last arrival."""

    def __init__(
        self,
        problem: Mapping[str, Any],
        vehicle: Mapping[str, Any],
        prices: Sequence[int],
        step_ms: int,
        cells: int,
    ) -> None:
        self.problem, self.vehicle, self.prices = problem, vehicle, prices
        self.step_ms, self.cells = step_ms, cells
        self.groups: list[Mapping[str, Any]] = problem["groups"]
        self.rules, self.travel = problem["rules"], problem["travel"]
        self.seats = int(sum(vehicle[kind] for kind in KINDS))
        self.waits_for_vehicle = self.rules["waits_until"] == "pickup"
        self.now_ms = step_ms * np.arange(cells + 1, dtype=np.int64)
        self.slowest = max(-(-group["board_ms"] // _need(group)) for group in self.groups)

    def home_costs(self) -> Int64:
        """Return (cells + 1,) the least cost of a tour whose last arrival is in each cell."""
        shelters = len(self.problem["shelters"])
        ready = np.full((shelters, self.cells + 1), UNREACHED, np.int64)
        home = np.full(self.cells + 1, UNREACHED, np.int64)
        while True:
            before = ready.copy()
            self._one_trip(ready, home)
            if (before == ready).all():
                return np.where(home < UNREACHED // 2, home, UNREACHED)

    def _one_trip(self, ready: Int64, home: Int64) -> None:
        """Add one trip to all tours: people only board, so loads are gone through upwards."""
        places = len(self.vehicle["first_ms"])
        shape = (places, self.seats + 1, self.cells + 1)
        arrived, loaded = (np.full(shape, UNREACHED, np.int64) for _ in range(2))
        for place in range(places):
            self._set_out(place, ready, arrived[place, 0])
        for load in range(self.seats + 1):
            if load:
                self._move_on(arrived, loaded, load)
            for k, group in enumerate(self.groups):
                self._board(k, group, load, arrived[group["place"], load], loaded[group["place"]])
                if load:
                    self._join(k, group, load, loaded[group["place"]])
        for place in range(places):
            for load in range(1, self.seats + 1):
                self._bring(place, load, loaded[place, load], ready, home)

    def _set_out(self, place: int, ready: Int64, arrived: Int64) -> None:
        """Drive empty to a place: first of all, or from a shelter."""
        start = self._cells(self.vehicle["first_ms"][place])
        if 0 <= start <= self.cells:
            arrived[start] = 0
        for shelter, costs in enumerate(ready):
            leg = self._cells(self.travel["out_ms"][shelter][place])
            if leg >= 0:
                _pass_on(arrived, costs, leg)

    def _cells(self, ms: int) -> int:
        return -1 if ms < 0 else ms // self.step_ms

    def _move_on(self, arrived: Int64, loaded: Int64, load: int) -> None:
        for place in range(len(loaded)):
            for other in range(len(loaded)):
                leg = self._cells(self.travel["between_ms"][place][other])
                if other != place and leg >= 0:
                    _pass_on(arrived[other, load], loaded[place, load], leg)

    def _parties(self, group: Mapping[str, Any], load: int) -> range:
        return range(1, min(_most(group, self.vehicle), (self.seats - load) // _need(group)) + 1)

    def _board(self, k: int, group: Mapping[str, Any], load: int, costs: Int64, loaded: Int64) -> None:
        """Let parties of a group board those who have just arrived."""
        waits = self.now_ms * (1 + group["carers"]) * self.waits_for_vehicle - self.prices[k]
        for parties in self._parties(group, load):
            took = (self.rules["stop_ms"] + parties * group["board_ms"]) // self.step_ms
            stop = self.prices[len(self.groups) + k]
            _pass_on(loaded[load + parties * _need(group)], costs, took, parties * waits - stop)

    def _join(self, k: int, group: Mapping[str, Any], load: int, loaded: Int64) -> None:
        """Let parties of a group board where others of its place have; the vehicle came before they did."""
        if sum(other["place"] == group["place"] for other in self.groups) == 1:
            return
        came = np.maximum(0, self.now_ms - self.rules["stop_ms"] - load * self.slowest)
        waits = came * (1 + group["carers"]) * self.waits_for_vehicle - self.prices[k]
        for parties in self._parties(group, load):
            took = parties * group["board_ms"] // self.step_ms
            stop = self.prices[len(self.groups) + k]
            _pass_on(loaded[load + parties * _need(group)], loaded[load], took, parties * waits - stop)

    def _bring(self, place: int, load: int, costs: Int64, ready: Int64, home: Int64) -> None:
        """Bring a load to every shelter and unload it there."""
        persons = min(load * (1 + group["carers"]) // _need(group) for group in self.groups)
        handled = min(load * group["board_ms"] // _need(group) for group in self.groups)
        after = (self.rules["unload_ms"] + handled) // self.step_ms
        for shelter in range(len(ready)):
            leg = self._cells(self.travel["home_ms"][place][shelter])
            if leg < 0:
                continue
            there = np.full(self.cells + 1, UNREACHED, np.int64)
            _pass_on(there, costs, leg)
            price = self.prices[2 * len(self.groups) + shelter]
            there += persons * (price + self.now_ms * (not self.waits_for_vehicle)) - self.prices[-1]
            if self.vehicle["until_ms"] >= 0:
                there[self.vehicle["until_ms"] // self.step_ms + 1 :] = UNREACHED
            np.minimum(home, there, out=home)
            _pass_on(ready[shelter], there, after)

"""Sums a priced bound on exposure again: the cheapest journey of everybody at given prices, second by second.

Exposure of the decided own-vehicle persons of a direction who all arrive by `by_s` is at least
`sum of persons * cheapest cost - what all entries can pay`. Entries of one arc pay at most the sum of price
times K, the persons who can enter in the interval; and at most what capacity without burst pays, plus one
burst for every rise of the price. The cheapest cost is found here by a sweep back in time over all arcs;
waiting is allowed everywhere, which only makes the bound smaller. Whatever the prices, the sum is a bound, as
long as none is negative.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from safepassage_verify.network import read_roads
from safepassage_verify.roads import CAR, Int64, Roads, int64
from safepassage_verify.verdict import Findings

SECONDS_PER_HOUR = 3600
NO_WAY = 2**61
BLOCK_S = 256


def priced_exposure_bound(
    inputs: Mapping[str, Any], direction: str, by_s: int, prices: Sequence[tuple[int, int, int, int]]
) -> int:
    """Return the bound that prices prove for everybody with a way; rows (arc, from_s, until_s, price).

    Raises
    ------
    ValueError
        When a price is negative, an interval is not one, or the inputs are no network.
    """
    rules = inputs["rules"]
    roads = read_roads(inputs["network"], inputs["horizon_s"], rules["movement_windows"], Findings())
    if roads is None or not 0 <= by_s <= inputs["horizon_s"]:
        raise ValueError("the inputs hold no network, or the time is off the grid")
    if any(price < 0 or not 0 <= a < b for _, a, b, price in prices):
        raise ValueError("a price is negative or its interval is none")
    bit = 1 << [row["id"] for row in inputs["directions"]].index(direction)
    usable = np.flatnonzero(roads.ever_open & (roads.modes & CAR != 0) & (roads.directions & bit != 0))
    sites = sorted({p["node"] for p in inputs["places"] if p["direction"] == direction and p["node"] >= 0})
    places = {place["id"]: place for place in inputs["places"]}
    total = 0
    demand: dict[tuple[int, int], int] = {}
    for row in inputs["demand"]:
        place = places[row["place"]]
        if row["direction"] == direction and row["group"] == "own_vehicle" and row["basis"] != "assumption":
            key = (place["node"], place["release_s"])
            demand[key] = demand.get(key, 0) + row["persons"]
    costs = _cheapest(roads, usable, sites, prices, by_s, {key for key in demand if key[0] >= 0})
    for key, persons in sorted(demand.items()):
        cost = costs.get(key, NO_WAY)
        total += persons * cost if cost < NO_WAY else 0
    return total - sum(_paid(roads, arc, rows, by_s, rules) for arc, rows in _by_arc(prices).items())


def _by_arc(prices: Sequence[tuple[int, int, int, int]]) -> dict[int, list[tuple[int, int, int]]]:
    """Return (from_s, until_s, price) rows by arc, in order of time.

    Raises
    ------
    ValueError
        When intervals of an arc overlap.
    """
    found: dict[int, list[tuple[int, int, int]]] = {}
    for arc, a, b, price in prices:
        found.setdefault(arc, []).append((a, b, price))
    for rows in found.values():
        rows.sort()
        if any(before[1] > after[0] for before, after in pairwise(rows)):
            raise ValueError("intervals of one arc overlap")
    return found


def _paid(
    roads: Roads, arc: int, rows: Sequence[tuple[int, int, int]], by_s: int, rules: Mapping[str, Any]
) -> int:
    """Return the most that entries of an arc can pay at its prices."""
    rows = [(a, min(b, by_s + 1), price) for a, b, price in rows if a <= by_s]
    if not rows:
        return 0
    at = int64([arc] * len(rows))
    ends, starts = int64([b for _, b, _ in rows]), int64([a for a, _, _ in rows])
    works = (roads.capacity.before(at, ends) - roads.capacity.before(at, starts)).tolist()
    burst, car = SECONDS_PER_HOUR * rules["burst_mveh"], SECONDS_PER_HOUR * rules["car_units_mveh"]
    persons = rules["persons_per_car"]
    apart, even, end, before = 0, 0, -1, 0
    for (a, b, price), work in zip(rows, works, strict=True):
        apart += price * persons * ((work + burst) // car)
        rise = price - before if a == end else price
        even += price * work + burst * max(0, rise)
        end, before = b, price
    paid: int = min(apart, persons * even // car)
    return paid


def _cheapest(
    roads: Roads,
    usable: Int64,
    sites: Sequence[int],
    prices: Sequence[tuple[int, int, int, int]],
    by_s: int,
    origins: set[tuple[int, int]],
) -> dict[tuple[int, int], int]:
    """Return the cheapest cost from every (node, release second), NO_WAY without a journey."""
    order = usable[np.argsort(roads.tail[usable], kind="stable")]
    tail, head = roads.tail[order], roads.head[order]
    nodes, firsts = np.unique(tail, return_index=True)
    best = np.full((by_s + 1, roads.n_nodes), NO_WAY, dtype=np.int64)
    held = np.full(len(order), NO_WAY, dtype=np.int64)
    free = np.full(len(nodes), NO_WAY, dtype=np.int64)
    position = {int(node): k for k, node in enumerate(nodes)}
    row = {int(arc): k for k, arc in enumerate(order)}
    extra = np.zeros(len(order), dtype=np.int64)
    changes: dict[int, list[tuple[int, int]]] = {}
    for arc, a, b, price in prices:
        if arc in row and a <= by_s:
            changes.setdefault(min(b - 1, by_s), []).append((row[arc], price))
            changes.setdefault(a - 1, []).append((row[arc], -price))
    out = dict.fromkeys(origins, NO_WAY)
    costs = _Costs(roads, order, by_s)
    for t in range(by_s, -1, -1):
        for k, price in changes.get(t, ()):
            extra[k] += price
        best[t, sites] = 0
        leave, cost, hazard = costs.at(t)
        reached = leave <= by_s
        onward = np.where(reached, best[np.minimum(leave, by_s), head], NO_WAY)
        enter = np.where(onward < NO_WAY, onward + cost + extra, NO_WAY)
        held = np.minimum(enter, np.where(held < NO_WAY, held + hazard, NO_WAY))
        least = np.minimum.reduceat(held, firsts)
        best[t, nodes] = np.minimum(best[t, nodes], least)
        free = np.minimum(free, np.minimum.reduceat(enter, firsts))
        for node, release in origins:
            if release == t:
                at_site = node in sites
                out[node, release] = (
                    0 if at_site else int(free[position[node]]) if node in position else NO_WAY
                )
    return out


class _Costs:
    """For every second: when arcs are left, what the passage costs and the hazard of the second."""

    def __init__(self, roads: Roads, arcs: Int64, by_s: int) -> None:
        self._roads, self._arcs, self._by_s = roads, arcs, by_s
        self._from_s = by_s + 1
        self._block: tuple[Int64, Int64, Int64] = (int64([]), int64([]), int64([]))

    def at(self, t: int) -> tuple[Int64, Int64, Int64]:
        """Return (second of leaving, beyond the limit where closed; cost; hazard) of all arcs."""
        if t < self._from_s:
            self._from_s = max(0, t - BLOCK_S + 1)
            self._block = self._fill(self._from_s, t + 1)
        k = t - self._from_s
        leave, cost, hazard = self._block
        return leave[k], cost[k], hazard[k]

    def _fill(self, start: int, end: int) -> tuple[Int64, Int64, Int64]:
        roads, n = self._roads, len(self._arcs)
        t = np.repeat(np.arange(start, end), n)
        arc = np.tile(self._arcs, end - start)
        leave = t + roads.travel.at(arc, t)
        opened = roads.stays_open(arc, t, leave)
        cost = roads.hazard.before(arc, leave) - roads.hazard.before(arc, t)
        hazard = roads.hazard.before(arc, t + 1) - roads.hazard.before(arc, t)
        leave = np.where(opened, leave, self._by_s + 1)
        return leave.reshape(-1, n), cost.reshape(-1, n), hazard.reshape(-1, n)

"""A proved bound on exposure: prices on (road, interval), and everybody's cheapest journey at these prices.

Whatever the prices: a plan that brings everybody in by the stated time exposes each person at least as much
as the cheapest journey costs, less the prices of its entries; and no interval takes more entries than the
model allows. So exposure is at least the sum of cheapest costs minus prices times room, in whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.engines.least_exposure.find import bin_of, flow_of, graph_of
from safepassage.engines.least_exposure.roads import NEVER_S, Roads

Int64 = NDArray[np.int64]
HOUR_S = 3_600
PRICES_PER_BIN = 3
"""Prices hold for a third of the flow's bins: between the bins they are made even."""
SCALES = (0.15, 0.3, 0.45, 0.6, 0.8)
"""Prices of a flow in bins are too steep between bins: some part of them proves more."""
WINDOWS = (1, 6, 18)
"""Prices are made even over so many intervals: each rise of a price gives away a vehicle of burst."""
STEPS = 150
MOMENTUM = 0.8
PATIENCE = 15
"""So many steps without a better bound, and the next are shorter."""
SHORTER = 0.7
AHEAD = 1.02
"""Steps aim at a bound this much higher than the best so far: aimed at a plan's value they are too long."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Proof:
    """No plan that serves everybody who has a way by `by_s` has less exposure than `bound_ppm_s`.

    `prices` are rows (arc of the problem, from_s, until_s, ppm·s per person); `persons` are those counted.
    """

    by_s: int
    bound_ppm_s: int
    persons: int
    prices: tuple[tuple[int, int, int, int], ...]

    @classmethod
    def of(cls, roads: Roads, by_s: int, *, steps: int = STEPS) -> Proof:
        """Return the best bound found in so many steps."""
        search = _Search(roads, by_s)
        flow = flow_of(roads, by_s, bin_s=search.bin_s)
        start = search.prices_of(flow.prices)
        search.value(np.zeros(len(search.room), dtype=np.int64))
        for window in WINDOWS:
            even = search.evened(start, window)
            for scale in SCALES:
                search.value(np.rint(even * scale).astype(np.int64))
        search.ascend(steps)
        kept = np.flatnonzero((search.best > 0) & (search.until > search.since))
        arc = roads.network.arc[kept // search.bins]
        rows = zip(
            arc.tolist(), search.since[kept].tolist(), search.until[kept].tolist(),
            search.best[kept].tolist(), strict=True,
        )  # fmt: skip
        return cls(by_s=by_s, bound_ppm_s=search.bound, persons=int(search.persons.sum()), prices=tuple(rows))


class _Search:
    """Bounds of prices by (arc, bin), bins in the slack coordinates of the flow; the best is kept."""

    def __init__(self, roads: Roads, by_s: int) -> None:
        self.roads, self.by_s = roads, by_s
        self.graph = graph_of(roads, toll=0)
        network = roads.network
        self.bin_s = bin_of(by_s)
        self.step_s = self.bin_s // PRICES_PER_BIN
        self.bins = by_s // self.step_s + 2
        pi = np.where(roads.potential_s < NEVER_S, roads.potential_s, 0)[network.tail]
        since = np.arange(self.bins)[None, :] * self.step_s - pi[:, None]
        self._pi = pi
        self.since = np.clip(since, 0, by_s + 1).ravel()
        self.until = np.clip(since + self.step_s, 0, by_s + 1).ravel()
        self.work = self._work()
        self.room = self._room()
        self.persons = np.asarray([c.persons for c in roads.classes], dtype=np.int64)
        self.bound, self.best = -(2**62), np.zeros(len(self.room), dtype=np.int64)

    def _work(self) -> Int64:
        """Return the capacity of each interval (mveh/h times seconds), without burst."""
        network = self.roads.network
        e = np.repeat(np.arange(len(network.arc)), self.bins)
        work = np.zeros(len(e), dtype=np.int64)
        for k in range(int(np.diff(network.first).max(initial=0))):
            has = np.flatnonzero(np.diff(network.first) > k)
            piece = network.first[has] + k
            ends = np.append(network.from_s[1:], 0)
            end = np.where(piece + 1 < network.first[has + 1], ends[piece], self.by_s + 1)
            lo, hi = (table.reshape(-1, self.bins)[has] for table in (self.since, self.until))
            spans = np.minimum(hi, end[:, None]) - np.maximum(lo, network.from_s[piece][:, None])
            work.reshape(-1, self.bins)[has] += np.maximum(spans, 0) * network.capacity_mveh_h[piece][:, None]
        return np.where(self.until > self.since, work, 0)

    def _room(self) -> Int64:
        """Return the persons who can enter in each interval: K of the model for cars, burst included."""
        rules = self.roads.problem.rules
        cars = (self.work + HOUR_S * rules.burst_mveh) // (HOUR_S * rules.car_units_mveh)
        return np.where(self.until > self.since, cars * rules.persons_per_car, 0)

    def evened(self, price: Int64, window: int) -> Int64:
        """Return the mean of prices over as many intervals of an arc."""
        table = price.reshape(-1, self.bins)
        padded = np.pad(table, ((0, 0), (window // 2, window - 1 - window // 2)), mode="edge")
        sums = np.cumsum(np.pad(padded, ((0, 0), (1, 0))), axis=1)
        return ((sums[:, window:] - sums[:, :-window]) // window).ravel()

    def paid(self, price: Int64) -> int:
        """Return the most that all entries can pay, in whole numbers, arc by arc."""
        rules, total = self.roads.problem.rules, 0
        table, work, room = (x.reshape(-1, self.bins) for x in (price, self.work, self.room))
        open_ = (self.until > self.since).reshape(-1, self.bins)
        for e in np.flatnonzero((table > 0).any(axis=1)).tolist():
            kept = np.flatnonzero(open_[e])
            rows = table[e, kept].tolist()
            rises = sum(max(0, b - a) for a, b in pairwise([0, *rows]))
            work_done = sum(p * w for p, w in zip(rows, work[e, kept].tolist(), strict=True))
            even = rules.persons_per_car * (work_done + HOUR_S * rules.burst_mveh * rises)
            apart = sum(p * k for p, k in zip(rows, room[e, kept].tolist(), strict=True))
            total += min(apart, even // (HOUR_S * rules.car_units_mveh))
        return total

    def _slope(self, price: Int64) -> NDArray[np.float64]:
        """Return by how much what is paid grows with each price."""
        rules = self.roads.problem.rules
        table = np.where(self.until > self.since, price, 0).reshape(-1, self.bins)
        up = np.diff(table, axis=1, prepend=0) > 0
        after = np.pad(up[:, 1:], ((0, 0), (0, 1)))
        per_mveh = rules.persons_per_car / rules.car_units_mveh
        burst = (up.astype(np.float64) - after).ravel() * rules.burst_mveh * per_mveh
        return np.where(self.until > self.since, self.work * per_mveh / HOUR_S + burst, 0.0)

    def prices_of(self, prices: Any) -> Int64:
        """Return a flow's prices by (arc, interval), made even between its bins.

        What is left of the time after the flow's last whole bin is as dear as that bin, the first is as dear
        as the second: rounding sends nobody there, but people would go.
        """
        n = self.by_s // self.bin_s
        table = np.zeros((len(self._pi), n + 2))
        k = np.minimum((prices.until_s - 1 + self._pi[prices.arc]) // self.bin_s, n - 1)
        np.maximum.at(table, (prices.arc, k), prices.price)
        table[:, n:] = table[:, n - 1 : n]
        table[:, 0] = np.maximum(table[:, 0], table[:, 1])
        middles = (np.arange(n + 2) + 0.5) * self.bin_s
        wanted = (np.arange(self.bins) + 0.5) * self.step_s
        out = np.zeros((len(table), self.bins), dtype=np.int64)
        for e in np.flatnonzero(table.any(axis=1)).tolist():
            out[e] = np.rint(np.interp(wanted, middles, table[e]))
        return out.ravel()

    def value(self, price: Int64) -> tuple[int, NDArray[np.float64]]:
        """Return the bound of prices and by how much it grows with each."""
        from safepassage.kernels.prices.priced_journeys import NO_WAY, Prices, cheapest  # noqa: PLC0415

        kept = np.flatnonzero(price > 0)
        found = cheapest(
            self.graph, (self.roads.nodes, self.roads.release_s),
            Prices(
                arc=kept // self.bins, from_s=self.since[kept], until_s=self.until[kept], price=price[kept]
            ),
            by_s=self.by_s, wait_exposed=False,
        )  # fmt: skip
        reached = found.cost < NO_WAY
        self.persons = np.where(reached, self.persons, 0)
        bound = sum(int(c) * int(n) for c, n in zip(found.cost[reached], self.persons[reached], strict=True))
        bound -= self.paid(price)
        if bound > self.bound:
            self.bound, self.best = bound, price
        owner = np.repeat(np.arange(len(self.persons)), np.diff(found.first))
        at = found.arc * self.bins + (found.enter_s + self._pi[found.arc]) // self.step_s
        use = np.bincount(at, weights=self.persons[owner], minlength=len(self.room))
        return bound, use - self._slope(price)

    def ascend(self, steps: int) -> None:
        """Move along subgradients; steps after Polyak 1969, doi:10.1016/0041-5553(69)90061-5."""
        price, ahead, length, failed = self.best.astype(np.float64), np.zeros(len(self.room)), 1.0, 0
        for _ in range(steps):
            before = self.bound
            bound, excess = self.value(np.rint(price).astype(np.int64))
            failed = 0 if bound > before else failed + 1
            if failed >= PATIENCE:
                price, ahead, length, failed = (
                    self.best.astype(np.float64),
                    np.zeros(len(price)),
                    length * SHORTER,
                    0,
                )
                continue
            excess[(price <= 0) & (excess < 0)] = 0.0
            ahead = excess + MOMENTUM * ahead
            ahead[(price <= 0) & (ahead < 0)] = 0.0
            norm = float(ahead @ ahead)
            if norm <= 0:
                return
            price = np.maximum(0.0, price + length * max(0.0, AHEAD * self.bound - bound) / norm * ahead)

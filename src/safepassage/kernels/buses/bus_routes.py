"""The best route of one bus for given prices, by dynamic programming over whole seconds.

A route is a sequence of trips, each from a pick-up to a site, with empty drives between; it is worth the sum
of its prices. All arithmetic is in whole numbers, so a value computed here is a bound, not an estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled

Int64 = NDArray[np.int64]

NO_WAY_S = 1 << 40
"""Seconds of a drive that does not exist; longer than any horizon."""
WORTHLESS = -(1 << 60)
"""Value of a state from which no trip can be made in time."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BusArrays:
    """The problem as arrays; persons may be counted in units of several.

    Parameters
    ----------
    kind, pickup, site, load, least, arrive_s, unload_s
        (n,) trips a bus of a kind can make, ordered by kind and pick-up: units carried at most and at least,
        seconds from the begin of loading to the arrival at the site, seconds of unloading there.
    back_s
        (sites, pick-ups) seconds of empty drives.
    start_s, fleet_kind, buses
        (fleets, pick-ups) first second at each pick-up; kind and number of buses of each fleet.
    need, trips, room
        (pick-ups,) units to bring away and least number of trips; (sites,) units taken in.
    """

    kind: Int64
    pickup: Int64
    site: Int64
    load: Int64
    least: Int64
    arrive_s: Int64
    unload_s: Int64
    back_s: Int64
    start_s: Int64
    fleet_kind: Int64
    buses: Int64
    need: Int64
    trips: Int64
    room: Int64

    @property
    def whole(self) -> bool:
        """Whether every trip carries one number of units; else routes bound plans but are none."""
        return bool((self.load == self.least).all())

    @property
    def outer(self) -> Int64:
        """Return the rows of trips that are the best of their kind, pick-up and site at some prices.

        Prices grow with the load by so much a unit: where no time depends on it, the least or the largest of
        loads is as good as any between.
        """
        if not self.whole:
            return np.arange(len(self.load))
        columns = np.stack((self.kind, self.pickup, self.site, self.arrive_s, self.unload_s))
        alike = (columns[:, 1:] == columns[:, :-1]).all(axis=0)
        between = np.zeros(len(self.load), bool)
        between[1:-1] = alike[1:] & alike[:-1]
        return np.flatnonzero(~between)

    def rows_of(self, kind: int, outer: Int64) -> tuple[Int64, Int64]:
        """Return the `outer` rows of a kind's trips, and (pick-ups + 1,) where pick-ups begin in them."""
        low, high = (int(i) for i in np.searchsorted(self.kind[outer], (kind, kind + 1)))
        rows = outer[low:high]
        return rows, np.searchsorted(self.pickup[rows], np.arange(len(self.need) + 1)).astype(np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RoutePrices:
    """Prices of trips (n, 1 or horizon + 1), empty drives (sites, pick-ups, 1 or horizon + 1) and starts.

    The last axis, where it has more than one entry, is the time left when the trip or drive begins.
    """

    trip: Int64
    empty: Int64
    start: Int64


@compiled
def _trip_block(  # noqa: PLR0917 - compiled code takes no records
    first: Any, rows: Any, price: Any, leaving: Any, waiting: Any, begin: int, end: int
) -> None:  # pragma: no cover - compiled
    """Fill `leaving[p, begin:end]`: the best value when a bus begins to load at p with r seconds left."""
    site, arrive_s, busy_s = rows
    flat = price.shape[1] == 1
    for p in range(leaving.shape[0]):
        for m in range(first[p], first[p + 1]):
            s, a, b = site[m], arrive_s[m], busy_s[m]
            worth = price[m, 0]
            for r in range(max(begin, a), end):
                value = worth if flat else price[m, r]
                if r >= b:
                    value += waiting[s, r - b]
                leaving[p, r] = max(leaving[p, r], value)


@compiled
def _values(
    first: Any, rows: Any, price: Any, back_s: Any, empty_price: Any, horizon_s: int
) -> Any:  # pragma: no cover - compiled
    """Return (leaving (pick-ups, T + 1), waiting (sites, T + 1)): best values by seconds left."""
    n_sites, n_pickups = back_s.shape
    leaving = np.full((n_pickups, horizon_s + 1), WORTHLESS, np.int64)
    waiting = np.zeros((n_sites, horizon_s + 1), np.int64)
    flat = empty_price.shape[2] == 1
    # Within a block no trip can both begin and end: its values rest on earlier blocks only.
    block = max(1, rows[1].min()) if len(rows[1]) else horizon_s + 1
    begin = 0
    while begin <= horizon_s:
        end = min(horizon_s + 1, begin + block)
        _trip_block(first, rows, price, leaving, waiting, begin, end)
        for s in range(n_sites):
            for p in range(n_pickups):
                b, worth = back_s[s, p], empty_price[s, p, 0]
                for r in range(max(begin, b), end):
                    extra = worth if flat else empty_price[s, p, r]
                    waiting[s, r] = max(waiting[s, r], leaving[p, r - b] + extra)
        begin = end
    return leaving, waiting


@compiled
def _trace(  # noqa: PLR0917 - compiled code takes no records
    first: Any, rows: Any, price: Any, back_s: Any, empty_price: Any, tables: Any, p: int, r: int
) -> Any:  # pragma: no cover - compiled
    """Return the trips (positions among `rows`) of a best route that begins to load at p with r left."""
    site, arrive_s, busy_s = rows
    leaving, waiting = tables
    trip_timed, empty_timed = price.shape[1] > 1, empty_price.shape[2] > 1
    found = np.empty(r + 1, np.int64)
    count = 0
    while True:
        for m in range(first[p], first[p + 1]):
            if arrive_s[m] > r:
                continue
            value = price[m, r if trip_timed else 0]
            if r >= busy_s[m]:
                value += waiting[site[m], r - busy_s[m]]
            if value == leaving[p, r]:
                break
        found[count] = m
        count += 1
        s = site[m]
        if r < busy_s[m] or waiting[s, r - busy_s[m]] <= 0:
            return found[:count].copy()
        r -= busy_s[m]
        b = 0
        for q in range(back_s.shape[1]):
            b = back_s[s, q]
            if b <= r and leaving[q, r - b] + empty_price[s, q, r if empty_timed else 0] == waiting[s, r]:
                break
        r -= b
        p = q


class RouteTable:
    """Best values of every state of a bus for given prices, up to a horizon, by the `outer` rows of trips.

    `leaving[k][p, r]` is the value of beginning to load at pick-up p with r seconds left, for kind k.
    """

    __slots__ = ("_arrays", "_back_s", "_parts", "_prices", "leaving")

    def __init__(self, arrays: BusArrays, prices: RoutePrices, horizon_s: int, outer: Int64) -> None:
        self._arrays, self._prices = arrays, prices
        self._back_s = arrays.back_s
        self._parts: list[Any] = []
        self.leaving: list[Int64] = []
        for kind in range(int(arrays.fleet_kind.max(initial=-1)) + 1):
            own, first = arrays.rows_of(kind, outer)
            busy_s = arrays.arrive_s[own] + arrays.unload_s[own]
            rows = (arrays.site[own], arrays.arrive_s[own], busy_s)
            price = prices.trip[own]
            tables = _values(first, rows, price, arrays.back_s, prices.empty, horizon_s)
            self._parts.append((own, first, rows, price, tables))
            self.leaving.append(tables[0])

    def starts(self, fleet: int, horizon_s: int) -> Int64:
        """Return (pick-ups,) the value of a route of the fleet by its first pick-up; WORTHLESS if none."""
        left = horizon_s - self._arrays.start_s[fleet]
        values = self.leaving[int(self._arrays.fleet_kind[fleet])]
        pickups = np.arange(len(left))
        best = np.where(left >= 0, values[pickups, np.maximum(left, 0)], WORTHLESS)
        return np.where(best > WORTHLESS, best + self._prices.start[fleet], WORTHLESS)

    def best_by_horizon(self, fleet: int, horizon_s: int) -> Int64:
        """Return (horizon + 1,) the value of a best route of the fleet within each horizon, at least 0."""
        best = np.zeros(horizon_s + 1, np.int64)
        values = self.leaving[int(self._arrays.fleet_kind[fleet])]
        for p, begin in enumerate(self._arrays.start_s[fleet].tolist()):
            if begin <= horizon_s:
                worth = values[p, : horizon_s + 1 - begin] + self._prices.start[fleet, p]
                best[begin:] = np.maximum(best[begin:], worth)
        return best

    def route(self, fleet: int, pickup: int, horizon_s: int) -> tuple[int, ...]:
        """Return the trips (rows of the arrays) of a best route that starts at a pick-up."""
        own, first, rows, price, tables = self._parts[int(self._arrays.fleet_kind[fleet])]
        left = int(horizon_s - self._arrays.start_s[fleet, pickup])
        found = _trace(first, rows, price, self._back_s, self._prices.empty, tables, pickup, left)
        return tuple(own[found].tolist())

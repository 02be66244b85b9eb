"""A linear program over routes of buses, with columns on demand and branches that stay priceable.

The program asks for a choice of routes, each within the horizon, that brings everybody in with the buses
there are; people left behind cost one each. Prices of its rows, rounded to whole numbers, go through the
dynamic program of `bus_routes`: either some route is worth more than its bus, and is added, or the prices
refute every choice of routes, by whole numbers alone (J. Desrosiers, M. E. Lübbecke, "A primer in column
generation", 2005, doi:10.1007/0-387-25486-2_1; the bound is that of Lasdon, "Optimization Theory for Large
Systems", 1970).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.buses.bus_routes import WORTHLESS, BusArrays, RoutePrices, RouteTable

Int64 = NDArray[np.int64]
Item = tuple[str, int, int, int]
"""What a row counts: kind, a, b, least seconds left; -1 and 0 where a kind has no such thing."""

SCALES = (10**6, 10**8, 10**10)
"""Units per price of one when prices are rounded; a finer one is taken where a coarser decides nothing."""
SMALL = 1e-7
"""People left behind, in all, below which the program counts as solved."""
CELLS_PER_COLUMN = 16
"""Entries of the dynamic program that cost as much time as one step of the simplex for each column."""
COLUMNS_AT_ONCE = 15
"""Routes added for a fleet from one pricing, best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refutation:
    """Whole prices that leave no choice of routes within `until_s`."""

    prices: tuple[tuple[Item, int], ...]
    until_s: int


@dataclass(slots=True)
class _Row:
    item: Item
    low: float
    high: float


class RouteMaster:
    """The program at one horizon; `settle` solves it under the current bounds of its rows.

    Parameters
    ----------
    look_until_s
        Last horizon at which prices are tried: a refutation may reach further than asked.
    """

    def __init__(self, arrays: BusArrays, horizon_s: int, *, look_until_s: int = 0) -> None:
        import highspy  # noqa: PLC0415 - solvers load when first used

        self.arrays, self.horizon_s, self.look_until_s = arrays, horizon_s, look_until_s
        self._outer = arrays.outer
        self._inf: float = highspy.kHighsInf
        self._solver: Any = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("presolve", "off")):
            self._solver.setOptionValue(option, value)
        self._rows: list[_Row] = []
        self._index: dict[Item, int] = {}
        self._columns = 0
        self.cells = 0
        """Work done so far: entries of the dynamic program, and steps of the simplex as so many."""
        self.routes: list[tuple[int, int, tuple[int, ...]]] = []
        """(column, fleet, trips) of all routes so far."""
        self._known: set[tuple[int, tuple[int, ...]]] = set()
        self._seen: dict[tuple[str, int, int], list[tuple[int, int]]] = {}
        self._watched: dict[tuple[str, int, int], list[tuple[int, int]]] = {}
        columns = (arrays.pickup, arrays.site, arrays.load, arrays.least, arrays.arrive_s + arrays.unload_s)
        self._pickup, self._site, self._load, self._least, self._busy_s = (c.tolist() for c in columns)
        self._base_rows()

    def _base_rows(self) -> None:
        data = self.arrays
        several = bool((data.load != 1).any())
        for p, need in enumerate(data.need.tolist()):
            self._missing(self._row(("people", p, -1, 0), need, need if data.whole else self._inf), 1.0)
        for p, trips in enumerate(data.trips.tolist() if several else ()):
            self._missing(self._row(("trips", p, -1, 0), trips, self._inf), 1.0)
        for s, room in enumerate(data.room.tolist()):
            self._row(("room", s, -1, 0), -self._inf, room)
        for f, buses in enumerate(data.buses.tolist()):
            self._row(("fleet", f, -1, 0), -self._inf, buses)

    def _row(self, item: Item, low: float, high: float, entries: dict[int, int] | None = None) -> int:
        columns = sorted(entries or {})
        values = np.array([(entries or {})[c] for c in columns], dtype=np.float64)
        self._solver.addRow(float(low), float(high), len(columns), np.array(columns, dtype=np.int32), values)
        self._index[item] = len(self._rows)
        self._rows.append(_Row(item, float(low), float(high)))
        return self._index[item]

    def _missing(self, row: int, sign: float) -> None:
        """Let a row go unmet at a cost of one for each unit."""
        self._solver.addCol(1.0, 0.0, self._inf, 1, np.array([row], dtype=np.int32), np.array([sign]))
        self._columns += 1

    # -- what routes count -------------------------------------------------------------------------

    def drives(self, fleet: int, trips: tuple[int, ...]) -> list[tuple[str, int, int, int]]:
        """Return (kind, a, b, seconds left at its begin) of the start and the drives of a route."""
        data, found, left, before = self.arrays, [], self.horizon_s, -1
        for m in trips:
            p, s = self._pickup[m], self._site[m]
            if before < 0:
                found.append(("start", fleet, p, left))
                left -= int(data.start_s[fleet, p])
            else:
                found.append(("empty", before, p, left))
                left -= int(data.back_s[before, p])
            found.append(("loaded", p, s, left))
            left -= self._busy_s[m]
            before = s
        return found

    def _counts(self, fleet: int, trips: tuple[int, ...]) -> dict[int, int]:
        """Return how often a route counts in each row."""
        several, pickups = ("trips", 0, -1, 0) in self._index, len(self.arrays.need)
        found = {self._index["fleet", fleet, -1, 0]: 1}
        room = self._index["room", 0, -1, 0]
        for m in trips:
            p, s = self._pickup[m], room + self._site[m]
            found[p] = found.get(p, 0) + self._load[m]
            found[s] = found.get(s, 0) + self._least[m]
            if several:
                found[pickups + p] = found.get(pickups + p, 0) + 1
        for kind, a, b, left in self.drives(fleet, trips):
            self._seen.setdefault((kind, a, b), []).append((self._columns, left))
            for row, at_least in self._watched.get((kind, a, b), ()):
                if left >= at_least:
                    found[row] = found.get(row, 0) + 1
        return found

    def fits(self, fleet: int, trips: tuple[int, ...]) -> bool:
        """Return whether a route reaches its last site within the horizon."""
        data, now, before = self.arrays, int(self.arrays.start_s[fleet, self.arrays.pickup[trips[0]]]), -1
        for m in trips:
            if before >= 0:
                now += int(data.unload_s[before] + data.back_s[data.site[before], data.pickup[m]])
            now += int(data.arrive_s[m])
            before = m
        return now <= self.horizon_s

    def add_route(self, fleet: int, trips: tuple[int, ...]) -> bool:
        """Add a route as a column; return whether it is new."""
        if (fleet, trips) in self._known:
            return False
        self._known.add((fleet, trips))
        entries = sorted(self._counts(fleet, trips).items())
        rows = np.array([r for r, _ in entries], dtype=np.int32)
        values = np.array([n for _, n in entries], dtype=np.float64)
        self._solver.addCol(0.0, 0.0, self._inf, len(rows), rows, values)
        self.routes.append((self._columns, fleet, trips))
        self._columns += 1
        return True

    # -- branches ----------------------------------------------------------------------------------

    def watch(self, item: Item) -> None:
        """Give an item a row, without bounds for now."""
        if item in self._index:
            return
        kind, a, b, at_least = item
        entries: dict[int, int] = {}
        for column, left in self._seen.get((kind, a, b), ()):
            if left >= at_least:
                entries[column] = entries.get(column, 0) + 1
        row = self._row(item, -self._inf, self._inf, entries)
        self._watched.setdefault((kind, a, b), []).append((row, at_least))
        self._missing(row, 1.0)
        self._missing(row, -1.0)

    def bound(self, limits: dict[Item, tuple[int, int]]) -> None:
        """Set the bounds of watched rows: (least, most), -1 for no most; all others are lifted."""
        for position, row in enumerate(self._rows):
            if row.item[0] not in {"start", "loaded", "empty"}:
                continue
            least, most = limits.get(row.item, (0, -1))
            low = float(least) if least > 0 else -self._inf
            high = float(most) if most >= 0 else self._inf
            if (low, high) != (row.low, row.high):
                self._solver.changeRowBounds(position, low, high)
                row.low, row.high = low, high

    def probe(self, limits: dict[Item, tuple[int, int]], item: Item, value: int) -> tuple[float, float]:
        """Return how many the routes so far leave behind if an item counts at most a value, or more."""
        least, most = limits.get(item, (0, -1))
        self.watch(item)
        found = []
        for bounds in ((least, value), (value + 1, most)):
            self.bound({**limits, item: bounds})
            self._run()
            found.append(max(0.0, float(self._solver.getInfo().objective_function_value)))
        return found[0], found[1]

    def set_horizon(self, horizon_s: int) -> None:
        """Move to a later horizon; every route so far still fits. Only without timed branches."""
        self.horizon_s = max(self.horizon_s, horizon_s)

    # -- solving -----------------------------------------------------------------------------------

    def settle(self) -> Refutation | NDArray[np.float64] | None:
        """Return a refutation, or the columns' values, or None where rounding decides nothing."""
        for scale in SCALES:
            while True:
                self._run()
                solution = self._solver.getSolution()
                if self._solver.getInfo().objective_function_value < SMALL:
                    return np.array(solution.col_value)
                prices = self._whole_prices(np.array(solution.row_dual), scale)
                refuted, added = self._price(prices, np.array(solution.row_dual), scale)
                if refuted is not None:
                    return refuted
                if not added:
                    break
        return None

    def _run(self) -> None:
        self._solver.run()
        self.cells += CELLS_PER_COLUMN * self._columns * int(self._solver.getInfo().simplex_iteration_count)

    def _whole_prices(self, dual: NDArray[np.float64], scale: int) -> dict[Item, int]:
        """Round the prices of all rows but the fleets'; those that could not count are dropped."""
        prices = {}
        for row, value in zip(self._rows, np.rint(dual * scale).astype(np.int64).tolist(), strict=True):
            limit = row.low if value > 0 else row.high
            if value and row.item[0] != "fleet" and abs(limit) < self._inf:
                prices[row.item] = value
        return prices

    def _price(
        self, prices: dict[Item, int], dual: NDArray[np.float64], scale: int
    ) -> tuple[Refutation | None, int]:
        data = self.arrays
        look_s = max(self.horizon_s, self.look_until_s)
        table = RouteTable(data, route_prices(data, prices, look_s), look_s, self._outer)
        self.cells += (len(self._outer) + data.back_s.size) * (look_s + 1)
        owed = sum(
            units
            * int(self._rows[self._index[item]].low if units > 0 else self._rows[self._index[item]].high)
            for item, units in prices.items()
        )
        at_hand, added, candidates = 0, 0, []
        for fleet, buses in enumerate(data.buses.tolist()):
            worth = table.starts(fleet, self.horizon_s)
            at_hand += buses * max(0, int(worth.max(initial=0)))
            cost = -dual[self._index["fleet", fleet, -1, 0]] * scale
            order = np.argsort(-worth, kind="stable")[:COLUMNS_AT_ONCE].tolist()
            candidates += [(fleet, p) for p in order if worth[p] > max(cost + 1, WORTHLESS)]
        if at_hand < owed:
            return Refutation(prices=tuple(sorted(prices.items())), until_s=self._reach(table, owed)), 0
        for fleet, p in candidates:
            added += self.add_route(fleet, table.route(fleet, p, self.horizon_s))
        return None, added

    def _reach(self, table: RouteTable, owed: int) -> int:
        """Return the last horizon that the same prices refute."""
        look_s = max(self.horizon_s, self.look_until_s)
        if look_s == self.horizon_s:
            return self.horizon_s
        total = np.zeros(look_s + 1, np.int64)
        for fleet, buses in enumerate(self.arrays.buses.tolist()):
            total += buses * table.best_by_horizon(fleet, look_s)
        # Values grow with the horizon, so the refuted ones are the first.
        return int(np.searchsorted(total, owed, side="left")) - 1

    def shares(self, solution: NDArray[np.float64]) -> list[tuple[int, tuple[int, ...], float]]:
        """Return (fleet, trips, value) of the routes that a solution uses."""
        return [(f, trips, float(solution[c])) for c, f, trips in self.routes if solution[c] > SMALL]


def route_prices(data: BusArrays, prices: dict[Item, int], horizon_s: int) -> RoutePrices:
    """Spread the prices of items over trips, empty drives and starts."""
    people, trips = np.zeros(len(data.need), np.int64), np.zeros(len(data.need), np.int64)
    room = np.zeros(len(data.room), np.int64)
    loaded = np.zeros((len(data.need), len(data.room)), np.int64)
    empty, start = np.zeros(data.back_s.shape, np.int64), np.zeros(data.start_s.shape, np.int64)
    flat: dict[str, Int64] = {"people": people, "trips": trips, "room": room}
    pairs: dict[str, Int64] = {"loaded": loaded, "empty": empty, "start": start}
    timed = []
    for item, units in prices.items():
        kind, a, b, left = item
        if left > 0:
            timed.append((item, units))
        elif kind in flat:
            flat[kind][a] += units
        else:
            pairs[kind][a, b] += units
    trip = data.load * people[data.pickup] + data.least * room[data.site] + trips[data.pickup]
    trip = trip + loaded[data.pickup, data.site]
    width = horizon_s + 1 if timed else 1
    trip_timed = np.repeat(trip[:, None], width, axis=1)
    empty_timed = np.repeat(empty[:, :, None], width, axis=2)
    for (kind, a, b, left), units in timed:
        if kind == "loaded":
            trip_timed[(data.pickup == a) & (data.site == b), left:] += units
        else:
            empty_timed[a, b, left:] += units
    return RoutePrices(trip=trip_timed, empty=empty_timed, start=start)

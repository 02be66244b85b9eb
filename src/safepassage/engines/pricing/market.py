"""What everybody in a problem can do, and what they gain at given prices."""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.pricing.contracted import Contracted, fleets_of, is_link
from safepassage.engines.pricing.journeys import Tables, car_tables, link_tables, road_tables, seat_tables
from safepassage.engines.pricing.listed import HOUR_S, capacity_by_step
from safepassage.engines.pricing.rows import Row, weights
from safepassage.kernels.prices.value_tables import Clock, value_table

Int64 = NDArray[np.int64]
ROW_S = 1_800
"""About so much open time lies between two moments at which the entries of an arc are counted."""
PPM = 1_000_000


@dataclass(slots=True, eq=False)
class Prices:
    """One price each: classes, entries by listed arc and step (persons, thousand mveh), sites."""

    people: Int64
    persons: Int64
    road: Int64
    sites: Int64


class Market:
    """Tables of all travellers of a problem; what they gain at given prices."""

    def __init__(
        self, problem: PlanningProblem, listed: tuple[int, ...], step_s: int, *, now_s: int = -1
    ) -> None:
        clock = Clock.of(step_s, problem.network.horizon_s, problem.rules.movement_windows)
        self.contracted = Contracted(problem, clock, listed, now_s)
        self.clock = clock
        self.links = is_link(problem, listed)
        self.fleets = fleets_of(self.contracted)
        self.seats = [seat_tables(self.contracted, fleet) for fleet in self.fleets]
        self.walks: list[Tables] = []
        for d in range(len(problem.directions)):
            self.walks += [t for make in (car_tables, link_tables) if (t := make(self.contracted, d))]
        self.on_road = [
            t for d in range(len(problem.directions)) for by_car in (True, False)
            if (t := road_tables(self.contracted, d, by_car=by_car))
        ]  # fmt: skip
        self._supply = [capacity_by_step(problem, clock, arc) for arc in listed]

    @property
    def tables(self) -> list[Tables]:
        """All tables, seats first, those of persons under way last."""
        return [*self.seats, *self.walks, *self.on_road]

    def no_prices(self) -> Prices:
        """Return a price of 0 for everything."""
        shape = (len(self.contracted.listed), self.clock.steps)
        zeros = np.zeros(shape, dtype=np.int64)
        return Prices(
            np.zeros(len(self.contracted.classes), np.int64), zeros, zeros.copy(),
            np.zeros(len(self.contracted.sites), np.int64),
        )  # fmt: skip

    def terms(self, tables: Tables, prices: Prices) -> tuple[Int64, Int64]:
        """Return (reward by option, price by step and passage) of tables at these prices."""
        persons = np.append(prices.people, 0)[tables.person]
        sites = np.append(prices.sites, 0)[tables.site]
        nothing = np.zeros((1, self.clock.steps), dtype=np.int64)
        share = np.where(self.links[:, None], 0, prices.road * tables.road_per_place // PPM)
        price = np.ascontiguousarray(np.concatenate([prices.persons + share, share, nothing]).T)
        return -(persons + sites), price

    def table(self, tables: Tables, prices: Prices) -> Int64:
        """Return the value table at these prices."""
        return value_table(tables.timed, *self.terms(tables, prices), tables.stops, tables.mixes)

    def values(self, prices: Prices, threads: Executor) -> list[Int64]:
        """Return the value tables of all travellers at these prices, filled beside each other."""
        return list(threads.map(partial(self.table, prices=prices), self.tables))

    def limit(self, prices: Prices, values: list[Int64]) -> int | None:
        """Return the upper limit on what all persons together gain, None where a price is on no limit."""
        rows = self.contracted.classes
        total = sum(int(prices.people[i]) * row.persons for i, row in enumerate(rows))
        total += sum(self.gained(*each, prices) for each in zip(self.tables, values, strict=True))
        for j, site in enumerate(self.contracted.sites):
            if prices.sites[j] and site.capacity_persons < 0:
                return None
            total += int(prices.sites[j]) * max(site.capacity_persons, 0)
        for row in range(len(self.contracted.listed)):
            sold = self._sold(row, prices)
            if sold is None:
                return None
            total += sold
        return total

    def gained(self, tables: Tables, value: Int64, prices: Prices) -> int:
        """Return the most that all who begin in tables gain together."""
        return sum(
            weight * max(self._gain(tables, b, value), self._there(tables, b, prices))
            for b, weight in enumerate(tables.weight)
        )

    def _gain(self, tables: Tables, b: int, value: Int64) -> int:
        """Return what a journey from a base can gain, 0 after the last step."""
        step = tables.start_s[b] // self.clock.step_s
        return int(value[step, tables.base[b]]) if step < self.clock.steps else 0

    def _there(self, tables: Tables, b: int, prices: Prices) -> int:
        """Return what those gain who stand at a site of theirs already, 0 for all others."""
        at_s, sites = tables.arrived[b] if tables.arrived else (0, ())
        left_s = self.clock.horizon_s - at_s
        return max((left_s - int(prices.sites[j]) for j in sites if left_s >= 0), default=0)

    def _sold(self, row: int, prices: Prices) -> int | None:
        """Return what all entries of a listed arc together can pay, rounded up; None without limit."""
        arc, problem = self.contracted.listed[row], self.contracted.problem
        persons, road = prices.persons[row], prices.road[row]
        if self.links[row] and road.any():
            return None
        timetable = problem.network.timetables.get(arc)
        if timetable is not None:
            paid = sum(
                n * int(persons[t // self.clock.step_s]) for t, n in timetable if t < self.clock.horizon_s
            )
            return None if road.any() else paid
        capacity, heads, counted = self._supply[row]
        if (persons[~counted] > 0).any():
            return None
        paid = 1000 * (int(persons @ heads) + HOUR_S * problem.rules.burst_persons * _rises(persons))
        paid += int(road @ capacity) + HOUR_S * problem.rules.burst_mveh * _rises(road)
        return -(-paid // (1000 * HOUR_S))

    def arrived(self) -> list[int]:
        """Return by site how many of those under way stand there: the search leaves them there."""
        found = [0] * len(self.contracted.sites)
        for tables in self.on_road:
            for weight, (_, sites) in zip(tables.weight, tables.arrived, strict=True):
                if sites:
                    found[sites[0]] += weight
        return found

    def rows(self) -> list[Row]:
        """Return the moments at which the entries of each listed arc are counted."""
        found = []
        for row, arc in enumerate(self.contracted.listed):
            steps = np.flatnonzero(self.contracted.is_open[row,])
            timetable = self.contracted.problem.network.timetables.get(arc)
            if timetable is not None:
                at = [(t // self.clock.step_s, n) for t, n in timetable if t < self.clock.horizon_s]
                found += [Row(row, False, k, np.ones(1), n) for k, n in at]
            elif len(steps):
                found += self._falling(row, steps)
        return found

    def _falling(self, row: int, steps: Int64) -> list[Row]:
        capacity, heads, counted = self._supply[row]
        rules = self.contracted.problem.rules
        found = []
        for weight in weights(steps, max(1, ROW_S // self.clock.step_s)):
            n = len(weight)
            if counted[: steps[-1] + 1].all():
                persons = float(weight @ heads[:n]) / HOUR_S + rules.burst_persons * float(weight.max())
                found.append(Row(row, False, 0, weight, persons))
            if not self.links[row]:
                road = float(weight @ capacity[:n]) / HOUR_S + rules.burst_mveh * float(weight.max())
                found.append(Row(row, True, 0, weight, road))
        return found


def _rises(price: Int64) -> int:
    """Return the sum of all rises of a price from one step to the next."""
    return int(np.maximum(np.diff(price, prepend=0), 0).sum())

"""A value no plan undercuts: prices on people, stops, trips and shelter room, raised while the bound grows.

For given prices the vehicles are independent of each other, and the best tour of each is found exactly in
cells of time. The last arrival is common to all: the bound is taken for every cell in which it may fall, with
the best prices known for it, and the least over all cells counts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from safepassage.domain.shuttle import ShuttleBound, ShuttleProblem
from safepassage.engines.shuttle.arrays import case_of
from safepassage.engines.shuttle.relaxation import Relaxation, relax
from safepassage.engines.shuttle.waiting import least_waiting
from safepassage.kernels.prices.cutting_planes import highest
from safepassage.kernels.shuttles.shuttle_bound import NO_COST
from safepassage.kernels.shuttles.shuttle_tours import NEVER_MS, Int64

WORKS = (20_000_000, 160_000_000)
"""Transitions of one evaluation, at most: prices are found on a coarse grid and finished on a finer one."""
ROUNDS = 80
"""Evaluations on each grid where no limit is given."""
ZONES = 32
"""Cells for which slopes are kept at each evaluation, spread over those that matter."""
KEPT = 90
"""Evaluations remembered as tangents, the latest ones."""
ENOUGH = 2e-5
"""Share of the value: a gain that would be smaller ends the search for prices."""


def bound(
    problem: ShuttleProblem, value: int, *, rounds: int = ROUNDS, clock: Callable[[], float] | None = None
) -> ShuttleBound:
    """Return a bound on plans that fetch everybody, given the value of one that does; 0 where none is known.

    `clock` says what share of the time allowed is used up; with it the bound depends on the machine's speed,
    and is valid whenever it ends.
    """
    case = case_of(problem)
    parties = np.array([group.parties for group in problem.groups], np.int64)
    waiting = least_waiting(case, parties)
    latest_ms = min(max(0, value - waiting) // max(1, case.last_price) + 1, NEVER_MS)
    best = ShuttleBound(value=waiting, step_ms=0, cells=0, prices=())
    rows = [_first_prices(problem, value)]
    for until, work in zip((0.4, 1.0), WORKS, strict=True):
        relaxation = relax(case, parties, latest_ms, work)
        if relaxation is None or relaxation.step_ms == best.step_ms or (clock and clock() >= 1):
            break
        ascent = _Ascent(relaxation, value)
        ascent.run(rows, rounds, partial(_past, clock, until))
        found = ascent.best(waiting + case.last_price * relaxation.step_ms * relaxation.cells)
        best = max(best, found, key=lambda one: one.value)
        rows = ascent.near()
    return best


def _past(clock: Callable[[], float] | None, share: float) -> bool:
    return clock is not None and clock() >= share


def _first_prices(problem: ShuttleProblem, value: int) -> Int64:
    """Return prices at which all persons together are worth the value."""
    each = value // max(1, problem.persons)
    per_party = [each * group.members for group in problem.groups]
    return np.array(per_party + [0] * (len(problem.groups) + len(problem.shelters) + 1), np.int64)


class _Ascent:
    """Raises prices evaluation by evaluation: a cutting-plane method in a box around the best prices."""

    def __init__(self, relaxation: Relaxation, value: int) -> None:
        self.relaxation, self.value = relaxation, value
        self.rows: list[Int64] = []
        self.sums: list[Int64] = []
        self.slopes: list[dict[int, Int64]] = []
        self.envelope = np.full(relaxation.cells + 1, -NO_COST, np.int64)
        self.winner = np.zeros(relaxation.cells + 1, np.int64)

    def run(self, rows: list[Int64], rounds: int, out_of_time: Callable[[], bool]) -> None:
        """Evaluate the given prices, then better ones, until nothing is left to gain."""
        for prices in rows:
            if self.rows and out_of_time():
                return
            self._evaluate(prices)
        box = 0.3 * float(np.abs(rows[0]).max())
        for _ in range(rounds):
            cell = int(self.envelope.argmin())
            if self.envelope[cell] >= self.value or out_of_time():
                return
            before = int(self.envelope[cell])
            hoped, prices = self._better(cell, box)
            if hoped - before <= ENOUGH * self.value:
                return
            gain = int(self._evaluate(prices)[cell]) - before
            box *= 1.5 if gain > 0.3 * (hoped - before) else 0.6 if gain <= 0 else 1.0

    def best(self, beyond: int) -> ShuttleBound:
        """Return the bound; `beyond` holds for last arrivals later than all cells."""
        used = sorted({int(row) for row in self.winner})
        return ShuttleBound(
            value=min(int(self.envelope.min()), beyond),
            step_ms=self.relaxation.step_ms,
            cells=self.relaxation.cells,
            prices=tuple(tuple(map(int, self.rows[row])) for row in used),
        )

    def near(self) -> list[Int64]:
        """Return the prices that are best for the last arrivals where the bound is lowest."""
        order = self.envelope.argsort(kind="stable")
        used = dict.fromkeys(int(row) for row in self.winner[order])
        return [self.rows[row] for row in list(used)[:10]]

    def _evaluate(self, prices: Int64) -> Int64:
        sums = self.relaxation.evaluate(prices)
        self.rows.append(prices)
        self.sums.append(sums)
        better = sums > self.envelope
        self.envelope[better], self.winner[better] = sums[better], len(self.rows) - 1
        matter = np.flatnonzero(self.envelope < self.value)
        first, last = (int(matter[0]), int(matter[-1])) if matter.size else (0, 0)
        zones = {first + (last - first) * k // (ZONES - 1) for k in range(ZONES)} | {
            int(self.envelope.argmin())
        }
        self.slopes.append({cell: self.relaxation.slope(prices, cell) for cell in sorted(zones)})
        return sums

    def _better(self, cell: int, box: float) -> tuple[float, Int64]:
        """Return (hoped-for bound, prices) for a cell, from tangents taken at it or close to it."""
        kept = range(max(0, len(self.rows) - KEPT), len(self.rows))
        slopes = [self.slopes[k][min(self.slopes[k], key=lambda near: abs(near - cell))] for k in kept]
        center = self.rows[int(self.winner[cell])].astype(float)
        scale = float(max(1, self.value // 1000))
        hoped, found = highest(
            np.array([self.rows[k] for k in kept]) / scale,
            np.array([float(self.sums[k][cell]) for k in kept]) / scale,
            np.array(slopes, np.float64),
            np.maximum(0, center - box) / scale,
            np.minimum(center + box, self.relaxation.ceiling) / scale,
        )
        return hoped * scale, np.rint(np.maximum(found, 0) * scale).astype(np.int64)

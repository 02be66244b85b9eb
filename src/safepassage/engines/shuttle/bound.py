"""A value no plan undercuts: prices on people and shelter room, raised until the bound stops growing.

For prices per party and per person brought to a shelter, the vehicles are independent of each other, and the
best tour of each is found exactly in cells of time. The last arrival is common to all: the bound is taken for
every cell in which it may fall, with the best prices known for it, and the least over all cells counts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from safepassage.domain.shuttle import ShuttleBound, ShuttleProblem
from safepassage.engines.shuttle.arrays import case_of
from safepassage.engines.shuttle.waiting import least_waiting
from safepassage.kernels import shuttle_bound, shuttle_trace
from safepassage.kernels.shuttle_bound import NO_COST, Costs, Grid
from safepassage.kernels.shuttle_tours import NEVER_MS, Case, Int64

ROUNDS = 120
"""The work limit where none is given: times all prices are changed."""
STATES = 40_000_000
"""Cells are made so long that one round looks at no more transitions than this."""
MOST_STATES = 20_000_000
"""States of one kind of vehicle held in memory: later arrivals than fit are bounded by the waiting alone."""
STEPS_MS = (1_000, 2_000, 4_000, 5_000, 10_000, 20_000, 30_000, 60_000)
"""Lengths of a cell that are tried, shortest first; handling times are mostly whole multiples of these."""


def bound(
    problem: ShuttleProblem, value: int, *, rounds: int = ROUNDS, clock: Callable[[], float] | None = None
) -> ShuttleBound:
    """Return a bound on plans that fetch everybody, given the value of one that does; 0 where none is known.

    `clock` says what share of the time allowed is used up; with it the bound depends on the machine's speed,
    and is valid whenever it ends.
    """
    case = case_of(problem)
    waiting = least_waiting(case, _parties(problem))
    latest_ms = max(0, value - waiting) // max(1, case.last_price) + 1
    fleet = _fleet(case, min(latest_ms, NEVER_MS))
    if fleet is None:
        return ShuttleBound(value=waiting, step_ms=0, per_party=(), per_shelter=())
    ascent = _Ascent(problem, case, fleet, value)
    for done in range(rounds):
        if (clock and clock() >= 1) or not ascent.step(done / rounds):
            break
    beyond = waiting + case.last_price * fleet[0].grid.step_ms * fleet[0].grid.cells
    return ascent.best(beyond)


def _parties(problem: ShuttleProblem) -> Int64:
    return np.array([group.parties for group in problem.groups], np.int64)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Vehicles that are alike."""

    count: int
    grid: Grid
    costs: Costs


def _fleet(case: Case, latest_ms: int) -> list[_Kind] | None:
    """Return the kinds of vehicles on a common grid up to a time, or None if boarding takes no time."""
    rows = np.column_stack([case.seats, case.start_ms, case.until_ms])
    _, first, counts = np.unique(rows, axis=0, return_index=True, return_counts=True)
    shortest = case.stop_ms + int(case.board_ms.min())
    work = sum(_transitions(case, int(case.seats[vehicle].sum())) for vehicle in first)
    fit = [ms for ms in STEPS_MS if ms <= shortest]
    if not fit or not len(first):
        return None
    step_ms = next((ms for ms in fit if work * (latest_ms // ms + 1) <= STATES), fit[-1])
    widest = case.home_ms.shape[0] * (int(case.seats.sum(axis=1).max()) + 1)
    cells = min(latest_ms // step_ms + 1, MOST_STATES // widest)
    grids = [_grid(case, int(vehicle), step_ms, cells) for vehicle in first]
    return [_Kind(int(n), grid, shuttle_bound.no_costs(grid)) for n, grid in zip(counts, grids, strict=True)]


def _transitions(case: Case, seats: int) -> int:
    places, shelters = case.home_ms.shape
    boarding = sum(seats * (seats // int(need)) // 2 + 1 for need in case.need.sum(axis=1))
    return int(boarding + places * seats * (places + shelters))


def _grid(case: Case, vehicle: int, step_ms: int, cells: int) -> Grid:
    """Return one vehicle on a grid, every time rounded down."""
    need = case.need.sum(axis=1)
    seats = int(case.seats[vehicle].sum())
    per_kind = case.seats[vehicle] // np.maximum(case.need, 1)
    most = np.where(case.need > 0, per_kind, seats).min(axis=1)
    load = np.arange(seats + 1)
    handling = np.min([load * board // n for board, n in zip(case.board_ms, need, strict=True)], axis=0)
    persons = np.min([load * m // n for m, n in zip(case.members, need, strict=True)], axis=0)
    return Grid(
        cells=cells,
        step_ms=step_ms,
        seats=seats,
        last_cell=min(cells, int(case.until_ms[vehicle]) // step_ms),
        most=most,
        need=need,
        place=case.place,
        members=case.members,
        board_ms=case.board_ms,
        start=_cells(case.start_ms[vehicle], step_ms),
        out=_cells(case.out_ms, step_ms),
        between=_cells(case.between_ms, step_ms),
        home=_cells(case.home_ms, step_ms),
        stop_ms=case.stop_ms,
        longest_board_ms=int((-(-case.board_ms // need)).max()),
        unload=(case.unload_ms + handling) // step_ms,
        persons=persons,
        to_shelter=case.to_shelter,
    )


def _cells(times_ms: Int64, step_ms: int) -> Int64:
    return np.where(times_ms < 0, -1, times_ms // step_ms)


class _Ascent:
    """Raises prices round by round: a subgradient method with Polyak's step towards the known value.

    Polyak, "Minimization of unsmooth functionals" (1969), doi:10.1016/0041-5553(69)90061-5.
    """

    def __init__(self, problem: ShuttleProblem, case: Case, fleet: list[_Kind], value: int) -> None:
        self.case, self.fleet, self.value = case, fleet, value
        self.parties = _parties(problem)
        self.limited = case.room < NEVER_MS
        self.ceiling = np.where(case.hard == 1, NEVER_MS, case.over_price)
        self.alone = np.array([np.sum(case.place == place) == 1 for place in case.place], np.int64)
        self.per_party = case.members * (value // max(1, int((self.parties * case.members).sum())))
        self.per_shelter = np.zeros(len(case.room), np.int64)
        self.rows: list[tuple[Int64, Int64]] = []
        self.envelope = np.full(fleet[0].grid.cells + 1, -NO_COST, np.int64)
        self.winner = np.zeros(fleet[0].grid.cells + 1, np.int64)
        self.since = 0
        self.pace = 1.0

    def step(self, share: float) -> bool:
        """Evaluate the prices and change them; False when nothing is left to gain."""
        del share
        before = int(self.envelope.min())
        sums = self._evaluate()
        self.rows.append((self.per_party, self.per_shelter))
        better = sums > self.envelope
        self.envelope[better], self.winner[better] = sums[better], len(self.rows) - 1
        cell = int(self.envelope.argmin())
        if self.envelope[cell] >= self.value:
            return False
        self.since = 0 if self.envelope[cell] > before else self.since + 1
        if self.since >= 8:  # noqa: PLR2004 - rounds without gain before the step is halved
            self.since, self.pace = 0, self.pace / 2
            self.per_party, self.per_shelter = self.rows[int(self.winner[cell])]
            sums = self._evaluate()
        self._change(cell, int(sums[cell]))
        return True

    def best(self, beyond: int) -> ShuttleBound:
        """Return the bound; `beyond` holds for last arrivals later than all cells."""
        used = sorted({int(row) for row in self.winner})
        return ShuttleBound(
            value=min(int(self.envelope.min()), beyond),
            step_ms=self.fleet[0].grid.step_ms,
            per_party=tuple(tuple(map(int, self.rows[row][0])) for row in used),
            per_shelter=tuple(tuple(map(int, self.rows[row][1])) for row in used),
        )

    def _evaluate(self) -> Int64:
        """Return the bound at the present prices for each cell of the last arrival."""
        cells = np.arange(len(self.envelope), dtype=np.int64)
        sums = self.case.last_price * self.fleet[0].grid.step_ms * cells
        sums += int((self.per_party * self.parties).sum())
        sums -= int((self.per_shelter * np.where(self.limited, self.case.room, 0)).sum())
        for kind in self.fleet:
            shuttle_bound.fill(kind.grid, kind.costs, self.alone, self.per_party, self.per_shelter)
            sums += kind.count * np.minimum(np.minimum.accumulate(kind.costs.home), 0)
        return sums

    def _change(self, cell: int, now: int) -> None:
        """Move the prices along what the best tours up to a cell leave or fetch too often."""
        missing, spare = self.parties.copy(), np.where(self.limited, self.case.room, 0)
        for kind in self.fleet:
            fetched, brought = np.zeros_like(self.parties), np.zeros_like(self.per_shelter)
            last = int(kind.costs.home[: cell + 1].argmin())
            if kind.costs.home[last] < 0:
                prices = (self.per_party, self.per_shelter)
                shuttle_trace.trace(kind.grid, kind.costs, prices, last, fetched, brought)
            missing -= kind.count * fetched
            spare -= kind.count * brought
        over = np.where(self.limited & ((self.per_shelter > 0) | (spare < 0)), -spare, 0)
        length = float((missing**2).sum() + (over**2).sum())
        step = self.pace * max(0, self.value - now) / max(length, 1.0)
        self.per_party = np.maximum(0, self.per_party + np.rint(step * missing).astype(np.int64))
        moved = self.per_shelter + np.rint(step * over).astype(np.int64)
        self.per_shelter = np.clip(moved, 0, np.where(self.limited, self.ceiling, 0))

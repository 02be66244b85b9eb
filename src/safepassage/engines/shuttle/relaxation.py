"""The problem without its common constraints: what prices stand for, and the vehicles on grids of cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from safepassage.kernels.shuttles import shuttle_bound, shuttle_trace
from safepassage.kernels.shuttles.shuttle_bound import Costs, Grid
from safepassage.kernels.shuttles.shuttle_tours import NEVER_MS, Case, Int64

STEPS_MS = (1_000, 2_000, 4_000, 5_000, 10_000, 20_000, 30_000, 60_000)
"""Lengths of a cell that are tried, shortest first; handling times are mostly whole multiples of these."""
MOST_STATES = 20_000_000
"""States of one kind of vehicle held in memory: later arrivals than fit are bounded by the waiting alone."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Vehicles that are alike."""

    count: int
    grid: Grid
    costs: Costs


@dataclass(frozen=True, slots=True, eq=False)
class Relaxation:
    """All kinds of vehicles on one grid; `due` (G + G + D + 1) is what prices are paid for.

    All parties are fetched; a group takes as many stops, and all groups as many trips, as the largest vehicle
    would; shelters have their room.
    """

    case: Case
    kinds: tuple[Kind, ...]
    due: Int64
    ceiling: Int64
    alone: Int64

    @property
    def step_ms(self) -> int:
        """Length of a cell."""
        return self.kinds[0].grid.step_ms

    @property
    def cells(self) -> int:
        """Last cell in which the last arrival may fall."""
        return self.kinds[0].grid.cells

    def evaluate(self, prices: Int64) -> Int64:
        """Return (cells + 1,) the bound at these prices for each cell of the last arrival."""
        sums = self.case.last_price * self.step_ms * np.arange(self.cells + 1, dtype=np.int64)
        sums += int((prices * self.due).sum())
        for kind in self.kinds:
            shuttle_bound.fill(kind.grid, kind.costs, self.alone, prices)
            sums += kind.count * np.minimum(np.minimum.accumulate(kind.costs.home), 0)
        return sums

    def slope(self, prices: Int64, cell: int) -> Int64:
        """Return how the bound for a cell grows with the prices; they are those evaluated last."""
        slope, used = self.due.copy(), np.zeros_like(self.due)
        for kind in self.kinds:
            last = int(kind.costs.home[: cell + 1].argmin())
            if kind.costs.home[last] < 0:
                shuttle_trace.trace(kind.grid, kind.costs, prices, last, used)
                slope -= kind.count * used
        return slope


def relax(case: Case, parties: Int64, latest_ms: int, work: int) -> Relaxation | None:
    """Return the problem on the finest grid of at most `work` transitions; None if boarding takes no time."""
    rows = np.column_stack([case.seats, case.start_ms, case.until_ms])
    _, first, counts = np.unique(rows, axis=0, return_index=True, return_counts=True)
    fit = [ms for ms in STEPS_MS if ms <= case.stop_ms + int(case.board_ms.min())]
    if not fit or not len(first):
        return None
    each = sum(_transitions(case, int(case.seats[vehicle].sum())) for vehicle in first)
    step_ms = next((ms for ms in fit if each * (latest_ms // ms + 1) <= work), fit[-1])
    widest = case.home_ms.shape[0] * (int(case.seats.sum(axis=1).max()) + 1)
    cells = min(latest_ms // step_ms + 1, MOST_STATES // widest)
    grids = [_grid(case, int(vehicle), step_ms, cells) for vehicle in first]
    limited = case.room < NEVER_MS
    ceiling = np.where(limited, np.where(case.hard == 1, NEVER_MS, case.over_price), 0)
    free = np.full(len(parties), NEVER_MS)
    return Relaxation(
        case=case,
        kinds=tuple(
            Kind(int(n), grid, shuttle_bound.no_costs(grid)) for n, grid in zip(counts, grids, strict=True)
        ),
        due=np.concatenate([parties, *_least_stops(case, parties, grids, np.where(limited, case.room, 0))]),
        ceiling=np.concatenate([free, free, ceiling, [NEVER_MS]]),
        alone=np.array([np.sum(case.place == place) == 1 for place in case.place], np.int64),
    )


def _least_stops(case: Case, parties: Int64, grids: list[Grid], room: Int64) -> tuple[Int64, Int64, Int64]:
    """Return the least stops for each group, minus the rooms, and the least trips in all."""
    most = np.maximum(np.max([grid.most for grid in grids], axis=0), 1)
    seats = max(1, *(grid.seats for grid in grids), 1)
    places = int((parties * case.need.sum(axis=1)).sum())
    return -(-parties // most), -room, np.array([-(-places // seats)], np.int64)


def _transitions(case: Case, seats: int) -> int:
    places, shelters = case.home_ms.shape
    boarding = sum(seats * (seats // int(need)) // 2 + 1 for need in case.need.sum(axis=1))
    return int(boarding + places * seats * (places + shelters))


def _grid(case: Case, vehicle: int, step_ms: int, cells: int) -> Grid:
    """Return one vehicle on a grid, every time rounded down."""
    need = case.need.sum(axis=1)
    seats = int(case.seats[vehicle].sum())
    per_kind = case.seats[vehicle] // np.maximum(case.need, 1)
    load = np.arange(seats + 1)
    handling = np.min([load * board // n for board, n in zip(case.board_ms, need, strict=True)], axis=0)
    return Grid(
        cells=cells,
        step_ms=step_ms,
        seats=seats,
        last_cell=min(cells, int(case.until_ms[vehicle]) // step_ms),
        most=np.where(case.need > 0, per_kind, seats).min(axis=1),
        need=need,
        place=case.place,
        members=case.members,
        board_cells=(case.stop_ms + load * case.board_ms[:, None]) // step_ms,
        join_cells=load * case.board_ms[:, None] // step_ms,
        start=_cells(case.start_ms[vehicle], step_ms),
        out=_cells(case.out_ms, step_ms),
        between=_cells(case.between_ms, step_ms),
        home=_cells(case.home_ms, step_ms),
        stop_ms=case.stop_ms,
        longest_board_ms=int((-(-case.board_ms // need)).max()),
        skew=int((case.board_ms // (need * step_ms)).min()),
        unload=(case.unload_ms + handling) // step_ms,
        persons=np.min([load * m // n for m, n in zip(case.members, need, strict=True)], axis=0),
        to_shelter=case.to_shelter,
    )


def _cells(times_ms: Int64, step_ms: int) -> Int64:
    return np.where(times_ms < 0, -1, times_ms // step_ms)

"""The best tour of one vehicle at given prices per party fetched: the subproblem of a Lagrangian bound.

Prices on "everybody is fetched" and on shelter room part the problem by vehicle (Held and Karp, "The
traveling-salesman problem and minimum spanning trees: part II", 1971, doi:10.1007/BF01584070, for the
principle). What is left is a dynamic program over cells of time, places and load. Every travel and handling
time is rounded down to whole cells, so that no plan is later in cells than in truth: the result is a bound,
whatever the grid.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from safepassage.kernels.compiled import compiled, inner
from safepassage.kernels.shuttles.shuttle_tours import Int64

NO_COST = 2**60
"""Stands for a state that cannot be reached."""


class Grid(NamedTuple):
    """One vehicle among G groups, P places and D shelters, in cells of time; -1 where there is no way.

    The load counts vehicle places of all kinds together, up to `seats`.
    """

    cells: int
    """Last cell looked at."""
    step_ms: int
    seats: int
    last_cell: int
    """The vehicle arrives at its last shelter in this cell or before."""
    most: Int64
    """(G,) most parties of a group that fit in the vehicle."""
    need: Int64
    """(G,) vehicle places of one party, all kinds together."""
    place: Int64
    members: Int64
    board_cells: Int64
    """(G, seats + 1) cells that a stop takes at which so many parties board."""
    join_cells: Int64
    """(G, seats + 1) cells it takes more if so many parties of another group of the place board as well."""
    start: Int64
    """(P,) cells until a first trip is at a place."""
    out: Int64
    between: Int64
    home: Int64
    stop_ms: int
    longest_board_ms: int
    """Boarding per vehicle place, longest of all groups, rounded up."""
    skew: int
    """Cells that boarding one vehicle place takes at least."""
    unload: Int64
    """(seats + 1,) cells that unloading so many vehicle places takes at least."""
    persons: Int64
    """(seats + 1,) persons aboard at least when so many vehicle places are taken."""
    to_shelter: int


class Costs(NamedTuple):
    """Least cost of reaching each state."""

    arrived: Int64
    """(cells + 1, P, seats + 1) at a place with a load, nobody boarded there yet."""
    loaded: Int64
    """(cells + 1 + skew × seats, P, seats + 1) leaving a place with a load, in the row that `row` names."""
    ready: Int64
    """(cells + 1, D) at a shelter, unloaded."""
    home: Int64
    """(cells + 1,) arrived at some shelter: the tour may end."""


def no_costs(grid: Grid) -> Costs:
    """Return costs in which nothing is reached."""
    places, shelters = grid.home.shape
    return Costs(
        arrived=np.full((grid.cells + 1, places, grid.seats + 1), NO_COST, np.int64),
        loaded=np.full((grid.cells + 1 + grid.skew * grid.seats, places, grid.seats + 1), NO_COST, np.int64),
        ready=np.full((grid.cells + 1, shelters), NO_COST, np.int64),
        home=np.full(grid.cells + 1, NO_COST, np.int64),
    )


@inner
def row(grid: Grid, cell: int, load: int) -> int:
    """Return where `Costs.loaded` keeps a cell: loads reached from one arrival lie side by side in memory."""
    return cell + grid.skew * (grid.seats - load)


@inner
def boarding(grid: Grid, cell: int, group: int, prices: Int64) -> int:
    """Return the cost of one party that boards where the vehicle arrived in a cell."""
    return int(grid.members[group] * cell * grid.step_ms * (1 - grid.to_shelter) - prices[group])


@inner
def joining(grid: Grid, cell: int, load: int, group: int, prices: Int64) -> int:
    """Return the least cost of one party that boards in a cell behind another group at the same place."""
    at_least = max(0, cell * grid.step_ms - grid.stop_ms - load * grid.longest_board_ms)
    return int(grid.members[group] * at_least * (1 - grid.to_shelter) - prices[group])


@inner
def alighting(grid: Grid, cell: int, load: int, shelter: int, prices: Int64) -> int:
    """Return the cost of bringing a load to a shelter in a cell, the price of the trip taken off."""
    per_person = prices[2 * len(grid.place) + shelter] + cell * grid.step_ms * grid.to_shelter
    return int(grid.persons[load] * per_person - prices[-1])


@inner
def _to_places(grid: Grid, costs: Costs, cell: int, place: int, aboard: Int64) -> None:
    """Drive from a place on to other places with the loads whose costs are `aboard`."""
    for other in range(len(grid.start)):
        there = cell + grid.between[place, other]
        if other == place or grid.between[place, other] < 0 or there > grid.cells:
            continue
        costs_there = costs.arrived[there, other]
        for load in range(1, grid.seats):
            costs_there[load] = min(costs_there[load], aboard[load])


@inner
def _to_shelters(grid: Grid, costs: Costs, leaving: tuple[int, int], aboard: Int64, prices: Int64) -> None:
    """Drive to shelters when leaving (cell, place) with the loads whose costs are `aboard`."""
    cell, place = leaving
    for shelter in range(grid.home.shape[1]):
        there = cell + grid.home[place, shelter]
        if grid.home[place, shelter] < 0 or there > grid.last_cell:
            continue
        for load in range(1, grid.seats + 1):
            if aboard[load] >= NO_COST:
                continue
            whole = aboard[load] + alighting(grid, there, load, shelter, prices)
            costs.home[there] = min(costs.home[there], whole)
            free = there + grid.unload[load]
            if free <= grid.cells:
                costs.ready[free, shelter] = min(costs.ready[free, shelter], whole)


@inner
def _leave_places(grid: Grid, costs: Costs, cell: int, prices: Int64, aboard: Int64) -> None:
    """Go on from places left in a cell to places and shelters; `aboard` (seats + 1,) is a buffer."""
    for place in range(len(grid.start)):
        some = False
        for load in range(1, grid.seats + 1):
            aboard[load] = costs.loaded[row(grid, cell, load), place, load]
            some = some or aboard[load] < NO_COST
        if some:
            _to_places(grid, costs, cell, place, aboard)
            _to_shelters(grid, costs, (cell, place), aboard, prices)


@inner
def _join(grid: Grid, costs: Costs, cell: int, group: int, prices: Int64) -> bool:
    """Let parties of a group board behind another group at the same place; return whether a cost fell."""
    place, need = grid.place[group], grid.need[group]
    fell = False
    for load in range(1, grid.seats + 1):
        cost = costs.loaded[row(grid, cell, load), place, load]
        if cost >= NO_COST:
            continue
        each = joining(grid, cell, load, group, prices)
        cost -= prices[len(grid.place) + group]
        for parties in range(1, min(grid.most[group], (grid.seats - load) // need) + 1):
            gone = cell + grid.join_cells[group, parties]
            if gone > grid.cells:
                break
            full = load + parties * need
            there = row(grid, gone, full)
            if cost + parties * each < costs.loaded[there, place, full]:
                costs.loaded[there, place, full] = cost + parties * each
                fell = True
    return fell


@inner
def _join_all(grid: Grid, costs: Costs, cell: int, alone: Int64, prices: Int64) -> None:
    """Let groups board behind each other until no cost falls: boarding may take no whole cell."""
    again = True
    while again:
        again = False
        for group in range(len(grid.place)):
            if alone[group] == 0:
                again = _join(grid, costs, cell, group, prices) or again


@inner
def _board(grid: Grid, costs: Costs, cell: int, group: int, prices: Int64) -> None:
    """Let parties of a group board where the vehicle arrives in a cell."""
    place, need = grid.place[group], grid.need[group]
    each = boarding(grid, cell, group, prices)
    for load in range(grid.seats):
        cost = costs.arrived[cell, place, load]
        if cost >= NO_COST:
            continue
        cost -= prices[len(grid.place) + group]
        for parties in range(1, min(grid.most[group], (grid.seats - load) // need) + 1):
            gone = cell + grid.board_cells[group, parties]
            if gone > grid.cells:
                break
            full = load + parties * need
            there = row(grid, gone, full)
            costs.loaded[there, place, full] = min(costs.loaded[there, place, full], cost + parties * each)


@compiled
def fill(grid: Grid, costs: Costs, alone: Int64, prices: Int64) -> None:
    """Fill the costs of all states; `alone` (G,) is 1 where no other group waits at the same place.

    `prices` (G + G + D + 1) are taken off per party of each group and per stop for it, put on per person
    brought to each shelter, and taken off per trip.

    In a cell, leaving comes before being ready, and that before arriving: travel may take no cell, the first
    boarding at a place takes one at least.
    """
    costs.arrived[:] = NO_COST
    costs.loaded[:] = NO_COST
    costs.ready[:] = NO_COST
    costs.home[:] = NO_COST
    aboard = np.full(grid.seats + 1, NO_COST, np.int64)
    for place in range(len(grid.start)):
        if 0 <= grid.start[place] <= grid.cells:
            costs.arrived[grid.start[place], place, 0] = 0
    for cell in range(grid.cells + 1):
        _join_all(grid, costs, cell, alone, prices)
        _leave_places(grid, costs, cell, prices, aboard)
        for shelter in range(grid.home.shape[1]):
            cost = costs.ready[cell, shelter]
            for place in range(len(grid.start)):
                there = cell + grid.out[shelter, place]
                if cost < NO_COST and grid.out[shelter, place] >= 0 and there <= grid.cells:
                    costs.arrived[there, place, 0] = min(costs.arrived[there, place, 0], cost)
        for group in range(len(grid.place)):
            _board(grid, costs, cell, group, prices)

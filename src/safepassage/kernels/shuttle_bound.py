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

from safepassage.kernels.compiled import compiled
from safepassage.kernels.shuttle_tours import Int64

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
    board_ms: Int64
    start: Int64
    """(P,) cells until a first trip is at a place."""
    out: Int64
    between: Int64
    home: Int64
    stop_ms: int
    longest_board_ms: int
    """Boarding per vehicle place, longest of all groups, rounded up."""
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
    """(cells + 1, P, seats + 1) leaving a place with a load."""
    ready: Int64
    """(cells + 1, D) at a shelter, unloaded."""
    home: Int64
    """(cells + 1,) arrived at some shelter: the tour may end."""


def no_costs(grid: Grid) -> Costs:
    """Return costs in which nothing is reached."""
    places, shelters = grid.home.shape
    states = (grid.cells + 1, places, grid.seats + 1)
    return Costs(
        arrived=np.full(states, NO_COST, np.int64),
        loaded=np.full(states, NO_COST, np.int64),
        ready=np.full((grid.cells + 1, shelters), NO_COST, np.int64),
        home=np.full(grid.cells + 1, NO_COST, np.int64),
    )


@compiled
def _boarding(grid: Grid, cell: int, group: int, price: int) -> int:
    """Return the cost of one party that boards where the vehicle arrived in a cell."""
    return int(grid.members[group] * cell * grid.step_ms * (1 - grid.to_shelter) - price)


@compiled
def _joining(grid: Grid, cell: int, load: int, group: int, price: int) -> int:
    """Return the least cost of one party that boards in a cell behind another group at the same place."""
    at_least = max(0, cell * grid.step_ms - grid.stop_ms - load * grid.longest_board_ms)
    return int(grid.members[group] * at_least * (1 - grid.to_shelter) - price)


@compiled
def _alighting(grid: Grid, cell: int, load: int, price: int) -> int:
    """Return the cost of bringing a load to a shelter in a cell."""
    return int(grid.persons[load] * (price + cell * grid.step_ms * grid.to_shelter))


@compiled
def _leave_places(grid: Grid, costs: Costs, cell: int, per_shelter: Int64) -> None:
    """Go on from places left in a cell: to other places and to shelters."""
    for place in range(len(grid.start)):
        for load in range(1, grid.seats + 1):
            cost = costs.loaded[cell, place, load]
            if cost >= NO_COST:
                continue
            if load < grid.seats:
                for other in range(len(grid.start)):
                    there = cell + grid.between[place, other]
                    if other != place and grid.between[place, other] >= 0 and there <= grid.cells:
                        costs.arrived[there, other, load] = min(costs.arrived[there, other, load], cost)
            for shelter in range(grid.home.shape[1]):
                there = cell + grid.home[place, shelter]
                if grid.home[place, shelter] < 0 or there > grid.last_cell:
                    continue
                whole = cost + _alighting(grid, there, load, per_shelter[shelter])
                costs.home[there] = min(costs.home[there], whole)
                free = there + grid.unload[load]
                if free <= grid.cells:
                    costs.ready[free, shelter] = min(costs.ready[free, shelter], whole)


@compiled
def _join(grid: Grid, costs: Costs, cell: int, group: int, price: int) -> None:
    """Let parties of a group board behind another group that waits at the same place."""
    place, need = grid.place[group], grid.need[group]
    for load in range(1, grid.seats + 1):
        cost = costs.loaded[cell, place, load]
        if cost >= NO_COST:
            continue
        each = _joining(grid, cell, load, group, price)
        for parties in range(1, min(grid.most[group], (grid.seats - load) // need) + 1):
            gone = cell + parties * grid.board_ms[group] // grid.step_ms
            if gone > grid.cells:
                break
            full = load + parties * need
            costs.loaded[gone, place, full] = min(costs.loaded[gone, place, full], cost + parties * each)


@compiled
def _board(grid: Grid, costs: Costs, cell: int, group: int, price: int) -> None:
    """Let parties of a group board where the vehicle arrives in a cell."""
    place, need = grid.place[group], grid.need[group]
    each = _boarding(grid, cell, group, price)
    for load in range(grid.seats):
        cost = costs.arrived[cell, place, load]
        if cost >= NO_COST:
            continue
        for parties in range(1, min(grid.most[group], (grid.seats - load) // need) + 1):
            gone = cell + (grid.stop_ms + parties * grid.board_ms[group]) // grid.step_ms
            if gone > grid.cells:
                break
            full = load + parties * need
            costs.loaded[gone, place, full] = min(costs.loaded[gone, place, full], cost + parties * each)


@compiled
def fill(grid: Grid, costs: Costs, alone: Int64, per_party: Int64, per_shelter: Int64) -> None:
    """Fill the costs of all states; `alone` (G,) is 1 where no other group waits at the same place.

    In a cell, leaving comes before being ready, and that before arriving: travel may take no cell, the first
    boarding at a place takes one at least.
    """
    costs.arrived[:] = NO_COST
    costs.loaded[:] = NO_COST
    costs.ready[:] = NO_COST
    costs.home[:] = NO_COST
    for place in range(len(grid.start)):
        if 0 <= grid.start[place] <= grid.cells:
            costs.arrived[grid.start[place], place, 0] = 0
    for cell in range(grid.cells + 1):
        for group in range(len(grid.place)):
            if alone[group] == 0:
                _join(grid, costs, cell, group, per_party[group])
        _leave_places(grid, costs, cell, per_shelter)
        for shelter in range(grid.home.shape[1]):
            cost = costs.ready[cell, shelter]
            for place in range(len(grid.start)):
                there = cell + grid.out[shelter, place]
                if cost < NO_COST and grid.out[shelter, place] >= 0 and there <= grid.cells:
                    costs.arrived[there, place, 0] = min(costs.arrived[there, place, 0], cost)
        for group in range(len(grid.place)):
            _board(grid, costs, cell, group, per_party[group])

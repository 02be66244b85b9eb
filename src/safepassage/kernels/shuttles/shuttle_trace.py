"""Which parties the best tour of the bound's subproblem fetches, read back from the costs of its states."""

from __future__ import annotations

from safepassage.kernels.compiled import compiled, inner
from safepassage.kernels.shuttles.shuttle_bound import NO_COST, Costs, Grid, alighting, boarding, joining, row
from safepassage.kernels.shuttles.shuttle_tours import Int64


@inner
def _unloaded(
    grid: Grid, costs: Costs, prices: Int64, where: tuple[int, int], cost: int, waits: int
) -> tuple[int, int, int]:
    """Return (cell, place and shelter, load) left to reach a shelter; `waits` is 1 after unloading there."""
    cell, only = where
    for load in range(1, grid.seats + 1):
        there = cell - grid.unload[load] * waits
        for shelter in range(grid.home.shape[1]):
            if (waits == 1 and shelter != only) or there < 0 or there > grid.last_cell:
                continue
            last = alighting(grid, there, load, shelter, prices)
            for place in range(len(grid.start)):
                gone = there - grid.home[place, shelter]
                if grid.home[place, shelter] < 0 or gone < 0:
                    continue
                before = costs.loaded[row(grid, gone, load), place, load]
                if before < NO_COST and before + last == cost:
                    return gone, place * grid.home.shape[1] + shelter, load
    return -1, -1, -1


@inner
def _boarded(
    grid: Grid, costs: Costs, prices: Int64, state: tuple[int, int, int]
) -> tuple[int, int, int, int]:
    """Return (cell, group, parties, 1 if it joined others of its place) of the last boarding."""
    cell, place, load = state
    cost = costs.loaded[row(grid, cell, load), place, load]
    for group in range(len(grid.place)):
        if grid.place[group] != place:
            continue
        stop = prices[len(grid.place) + group]
        for parties in range(1, min(grid.most[group], load // grid.need[group]) + 1):
            before = load - parties * grid.need[group]
            came = cell - grid.board_cells[group, parties]
            if came >= 0 and costs.arrived[came, place, before] < NO_COST:
                each = boarding(grid, came, group, prices)
                if costs.arrived[came, place, before] - stop + parties * each == cost:
                    return came, group, parties, 0
            came = cell - grid.join_cells[group, parties]
            if before > 0 and came >= 0 and costs.loaded[row(grid, came, before), place, before] < NO_COST:
                each = joining(grid, came, before, group, prices)
                if costs.loaded[row(grid, came, before), place, before] - stop + parties * each == cost:
                    return came, group, parties, 1
    return -1, -1, -1, -1


@inner
def _came_from(grid: Grid, costs: Costs, state: tuple[int, int, int]) -> tuple[int, int]:
    """Return (cell, place) left for a state in which a vehicle arrived with people aboard."""
    cell, place, load = state
    for other in range(len(grid.start)):
        gone = cell - grid.between[other, place]
        way = other != place and grid.between[other, place] >= 0 and gone >= 0
        if way and costs.loaded[row(grid, gone, load), other, load] == costs.arrived[cell, place, load]:
            return gone, other
    return -1, -1


@inner
def _sent_from(grid: Grid, costs: Costs, cell: int, place: int) -> tuple[int, int]:
    """Return (cell, shelter) left for an empty arrival at a place; shelter -1 where it is the first."""
    cost = costs.arrived[cell, place, 0]
    if cost == 0 and grid.start[place] == cell:
        return cell, -1
    for shelter in range(grid.home.shape[1]):
        gone = cell - grid.out[shelter, place]
        if grid.out[shelter, place] >= 0 and gone >= 0 and costs.ready[gone, shelter] == cost:
            return gone, shelter
    return cell, -1


@compiled
def trace(grid: Grid, costs: Costs, prices: Int64, cell: int, used: Int64) -> None:
    """Set `used` (G + G + D + 1) to what the best tour that ends in a cell does.

    Parties it fetches of each group, stops for each group, minus the persons it brings to each shelter,
    trips: what the prices are for.
    """
    groups, shelters = len(grid.place), grid.home.shape[1]
    cost, waits, only = costs.home[cell], 0, -1
    used[:] = 0
    while True:
        gone, both, load = _unloaded(grid, costs, prices, (cell, only), cost, waits)
        if gone < 0:
            return
        place = both // shelters
        used[2 * groups + both % shelters] -= grid.persons[load]
        used[-1] += 1
        cell, joined = gone, 0
        while load > 0:
            came, group, parties, joined = _boarded(grid, costs, prices, (cell, place, load))
            if came < 0:
                return
            used[group] += parties
            used[groups + group] += 1
            load -= parties * grid.need[group]
            cell = came
            if joined == 0 and load > 0:
                cell, place = _came_from(grid, costs, (cell, place, load))
        cell, only = _sent_from(grid, costs, cell, place)
        if only < 0:
            return
        cost, waits = costs.ready[cell, only], 1

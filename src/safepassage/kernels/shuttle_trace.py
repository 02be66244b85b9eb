"""Which parties the best tour of the bound's subproblem fetches, read back from the costs of its states."""

from __future__ import annotations

from safepassage.kernels.compiled import compiled
from safepassage.kernels.shuttle_bound import NO_COST, Costs, Grid, _alighting, _boarding, _joining
from safepassage.kernels.shuttle_tours import Int64


@compiled
def _unloaded(
    grid: Grid, costs: Costs, per_shelter: Int64, where: tuple[int, int], cost: int, waits: int
) -> tuple[int, int, int]:
    """Return (cell, place and shelter, load) left to reach a shelter; `waits` is 1 after unloading there."""
    cell, only = where
    for load in range(1, grid.seats + 1):
        there = cell - grid.unload[load] * waits
        for shelter in range(grid.home.shape[1]):
            if (waits == 1 and shelter != only) or there < 0 or there > grid.last_cell:
                continue
            last = _alighting(grid, there, load, per_shelter[shelter])
            for place in range(len(grid.start)):
                gone = there - grid.home[place, shelter]
                if grid.home[place, shelter] < 0 or gone < 0:
                    continue
                before = costs.loaded[gone, place, load]
                if before < NO_COST and before + last == cost:
                    return gone, place * grid.home.shape[1] + shelter, load
    return -1, -1, -1


@compiled
def _boarded(
    grid: Grid, costs: Costs, per_party: Int64, state: tuple[int, int, int]
) -> tuple[int, int, int, int]:
    """Return (cell, group, parties, 1 if it joined others of its place) of the last boarding."""
    cell, place, load = state
    cost = costs.loaded[cell, place, load]
    for group in range(len(grid.place)):
        if grid.place[group] != place:
            continue
        for parties in range(1, min(grid.most[group], load // grid.need[group]) + 1):
            before = load - parties * grid.need[group]
            handled = parties * grid.board_ms[group]
            came = cell - (grid.stop_ms + handled) // grid.step_ms
            if came >= 0 and costs.arrived[came, place, before] < NO_COST:
                each = _boarding(grid, came, group, per_party[group])
                if costs.arrived[came, place, before] + parties * each == cost:
                    return came, group, parties, 0
            came = cell - handled // grid.step_ms
            if before > 0 and came >= 0 and costs.loaded[came, place, before] < NO_COST:
                each = _joining(grid, came, before, group, per_party[group])
                if costs.loaded[came, place, before] + parties * each == cost:
                    return came, group, parties, 1
    return -1, -1, -1, -1


@compiled
def _came_from(grid: Grid, costs: Costs, state: tuple[int, int, int]) -> tuple[int, int]:
    """Return (cell, place) left for a state in which a vehicle arrived with people aboard."""
    cell, place, load = state
    for other in range(len(grid.start)):
        gone = cell - grid.between[other, place]
        way = other != place and grid.between[other, place] >= 0 and gone >= 0
        if way and costs.loaded[gone, other, load] == costs.arrived[cell, place, load]:
            return gone, other
    return -1, -1


@compiled
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
def trace(
    grid: Grid, costs: Costs, prices: tuple[Int64, Int64], cell: int, fetched: Int64, brought: Int64
) -> None:
    """Add what the best tour that ends in a cell fetches (G,) and brings to shelters (D,)."""
    per_party, per_shelter = prices
    shelters = grid.home.shape[1]
    cost, waits, only = costs.home[cell], 0, -1
    while True:
        gone, both, load = _unloaded(grid, costs, per_shelter, (cell, only), cost, waits)
        if gone < 0:
            return
        place = both // shelters
        brought[both % shelters] += grid.persons[load]
        cell, joined = gone, 0
        while load > 0:
            came, group, parties, joined = _boarded(grid, costs, per_party, (cell, place, load))
            fetched[group] += parties
            load -= parties * grid.need[group]
            cell = came
            if joined == 0 and load > 0:
                cell, place = _came_from(grid, costs, (cell, place, load))
        cell, only = _sent_from(grid, costs, cell, place)
        if only < 0:
            return
        cost, waits = costs.ready[cell, only], 1

"""A bound on the driving of rounds that hours end: prices of stops that no walk within the hours outweighs.

Each stop has a price. A walk from the depot takes, with handling, no longer than a truck has, and turns back
on no step at once; every round is such a walk. Where each walk costs at least the prices of its stops less so
much, all rounds cost at least the sum of prices less as much for each round (Christofides, Mingozzi and
Toth, 1981, doi:10.1007/BF01589353). Prices come from a linear program over the walks that are known; they are
rounded to whole numbers, and the bound is a whole number that they prove.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled, inner
from safepassage.kernels.compiled import load as load_loops
from safepassage.kernels.tours.walk_program import WalkProgram

Int64 = NDArray[np.int64]
FAR = 2**40
DEPOT = -1
UNITS = 960
"""Into so many units the hours are parted, each step rounded down."""


class _Walks(NamedTuple):
    """Least costs less prices by units and last stop (u + 1, n, 2): the best from two stops, and these."""

    cost: Int64
    before: Int64


@inner
def _note(walks: _Walks, at: tuple[int, int], there: int, before: int) -> None:
    """Keep a way to a stop at a time if it is one of the two best that come from different stops."""
    t, j = at
    if there < walks.cost[t, j, 0]:
        if walks.before[t, j, 0] != before:
            walks.cost[t, j, 1] = walks.cost[t, j, 0]
            walks.before[t, j, 1] = walks.before[t, j, 0]
        walks.cost[t, j, 0], walks.before[t, j, 0] = there, before
    elif there < walks.cost[t, j, 1] and walks.before[t, j, 0] != before:
        walks.cost[t, j, 1], walks.before[t, j, 1] = there, before


@compiled
def _walks(cost: Int64, steps: Int64, prices: Int64, units: int) -> _Walks:
    n = len(prices)
    walks = _Walks(np.full((units + 1, n, 2), FAR, np.int64), np.full((units + 1, n, 2), DEPOT, np.int64))
    for j in range(n):
        if steps[0, j + 1] <= units:
            walks.cost[steps[0, j + 1], j, 0] = cost[0, j + 1] - prices[j]
    for t in range(units + 1):
        for i in range(n):
            for j in range(n):
                onward = t + steps[i + 1, j + 1]
                which = 1 if walks.before[t, i, 0] == j else 0
                if j != i and onward <= units and walks.cost[t, i, which] < FAR:
                    there = walks.cost[t, i, which] + cost[i + 1, j + 1] - prices[j]
                    _note(walks, (onward, j), there, i)
    return walks


def load() -> None:
    """Load the loops ahead; otherwise they are on their first call."""
    load_loops(_walks)


def least_in_hours(cost: Int64, handled_s: Int64, most_s: int, *, at_most: int, rounds: int) -> int:
    """Return what all rounds that call at each stop cost at least, each with its handling within the hours.

    Parameters
    ----------
    cost : (n + 1, n + 1) whole seconds; row 0 leaves the depot, column 0 comes home. They keep the triangle
        inequality.
    handled_s : (n,) seconds at each stop.
    most_s : the most seconds of a round.
    at_most : what rounds that are known cost: only as many rounds as can cost less are counted.
    rounds : so often prices are set at most.
    """
    n = len(handled_s)
    steps = np.zeros_like(cost)
    steps[:, 1:] = cost[:, 1:] + handled_s
    steps[:, 0] = cost[:, 0]
    steps = steps * UNITS // max(1, most_s)
    single = cost[0, 1:] + cost[1:, 0]
    between = steps[1:, 1:][~np.eye(n, dtype=bool)]
    if not n or between.min(initial=1) < 1:
        return 0
    most_rounds = min(n, at_most // max(1, int(single.min())))
    program, best = WalkProgram(single), 0
    for _ in range(rounds):
        prices = program.prices()
        walks = _walks(cost, steps, prices, UNITS)
        home = walks.cost[:, :, 0] + cost[1:, 0]
        home[np.arange(UNITS + 1)[:, None] + steps[1:, 0] > UNITS] = FAR
        least = int(home.min())
        best = max(best, int(prices.sum()) + most_rounds * min(0, least))
        if least >= -1 or best >= at_most:
            break
        for j in range(n):
            t = int(home[:, j].argmin())
            if home[t, j] < -1:
                program.add(*_walk(walks, cost, steps, t, j))
    return best


def _walk(walks: _Walks, cost: Int64, steps: Int64, t: int, stop: int) -> tuple[list[int], int]:
    """Return the stops of a walk, backwards, and what it costs."""
    found, seconds, which = [stop], int(cost[stop + 1, 0]), 0
    while True:
        before = int(walks.before[t, stop, which])
        seconds += int(cost[before + 1, stop + 1])
        if before == DEPOT:
            return found, seconds
        t -= int(steps[before + 1, stop + 1])
        which = 1 if int(walks.before[t, before, 0]) == stop else 0
        stop = before
        found.append(stop)

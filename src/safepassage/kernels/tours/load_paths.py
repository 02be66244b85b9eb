"""A bound on the driving of rounds that bring loads: paths that gather load, under prices of stops.

Christofides, Mingozzi and Toth, "Exact algorithms for the vehicle routing problem, based on spanning tree and
shortest path relaxations", 1981, doi:10.1007/BF01589353. A round shares its cost among its stops by their
loads; so each stop pays at least its part of the cheapest closed walk through it that gathers no more than a
truck holds, and turns back on no step at once. Prices that are moved from stops to ways make such walks more
like rounds. Whatever the prices, the sum is a bound, in whole numbers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled, inner
from safepassage.kernels.compiled import load as load_loops

Float = NDArray[np.float64]
Int64 = NDArray[np.int64]
FAR = 2**40
DEPOT = -1
STEP, SLOWER = 1.0, 0.95
"""The first step of the ascent, as a part of what is missing, and how long each is beside the last."""


class _Walks(NamedTuple):
    """Least costs of walks from the depot by load gathered and last stop (room + 1, n, 2), and stops before.

    The second ones come from another stop than the first.
    """

    cost: Int64
    before: Int64


class _Half(NamedTuple):
    """Half a walk through a stop: the load gathered, and which of the two walks with it."""

    q: int
    which: int


def load() -> None:
    """Load the loops ahead; otherwise they are on their first call."""
    load_loops(walks_by_load, _bound)


def least_driving(cost: Int64, loads: Int64, room: int, *, at_most: int, steps: int) -> int:
    """Return what all rounds that bring so much to each stop cost at least.

    Parameters
    ----------
    cost : (n + 1, n + 1) whole costs; 0 is the depot. They keep the triangle inequality.
    loads : (n,) whole loads from 1 to `room`, what a truck holds.
    at_most : the cost of rounds that are known; it sets the length of steps only.
    """
    prices = np.zeros(len(loads), dtype=np.int64)
    best, length = 0, STEP
    # Where ways take as long in both directions, halves of walks do too.
    both = (cost,) if np.array_equal(cost, cost.T) else (cost, cost.T.copy())
    for _ in range(steps if len(loads) else 0):
        walks = [walks_by_load(one, loads, room, prices) for one in both]
        visits = np.zeros(len(loads))
        bound = _bound(walks[0], walks[-1], loads, prices, visits)
        best = max(best, bound)
        lacking = 1.0 - visits
        square = float(lacking @ lacking)
        if square < 1 / room or best >= at_most:
            break
        prices += np.rint(length * (at_most - bound) / square * lacking).astype(np.int64)
        length *= SLOWER
    return best


@compiled
def walks_by_load(cost: Int64, loads: Int64, room: int, prices: Int64) -> _Walks:
    """Return the two best walks from the depot to each stop that gather just so much load, less prices."""
    n = len(loads)
    walks = _Walks(np.full((room + 1, n, 2), FAR, np.int64), np.full((room + 1, n, 2), DEPOT, np.int64))
    for q in range(1, room + 1):
        for i in range(n):
            source = q - loads[i]
            if source == 0:
                walks.cost[q, i, 0] = cost[0, i + 1] - prices[i]
            for j in range(n if source > 0 else 0):
                which = 1 if walks.before[source, j, 0] == i else 0
                if j != i and walks.cost[source, j, which] < FAR:
                    there = walks.cost[source, j, which] + cost[j + 1, i + 1] - prices[i]
                    if there < walks.cost[q, i, 0]:
                        walks.cost[q, i, 1], walks.before[q, i, 1] = (
                            walks.cost[q, i, 0],
                            walks.before[q, i, 0],
                        )
                        walks.cost[q, i, 0], walks.before[q, i, 0] = there, j
                    elif there < walks.cost[q, i, 1]:
                        walks.cost[q, i, 1], walks.before[q, i, 1] = there, j
    return walks


@inner
def _cheapest(out: _Walks, back: _Walks, i: int, load: int, price: int) -> tuple[int, _Half, _Half]:
    """Return the least part that a stop pays, and the halves of its walk."""
    least, first, last = FAR, _Half(load, 0), _Half(load, 0)
    room = len(out.cost) - 1
    # The two best ones first; where both come from one stop, the second best of one of them.
    for k_out, k_back in ((0, 0), (0, 1), (1, 0)):
        for q_out in range(load, room + 1):
            for q_back in range(load, room + load - q_out + 1):
                half = out.cost[q_out, i, k_out] + back.cost[q_back, i, k_back]
                before = out.before[q_out, i, 0]
                turns = k_out == k_back and before != DEPOT and before == back.before[q_back, i, 0]
                if half < FAR and not turns:
                    part = load * (half + price) // (q_out + q_back - load)
                    if part < least:
                        least, first, last = part, _Half(q_out, k_out), _Half(q_back, k_back)
    return least, first, last


@inner
def _visit(walks: _Walks, loads: Int64, half: _Half, stop: int, weight: float, visits: Float) -> None:
    """Count the stops of half a walk before its last one."""
    q, which = half
    while True:
        before = walks.before[q, stop, which]
        if before == DEPOT:
            return
        q -= loads[stop]
        which = 1 if walks.before[q, before, 0] == stop else 0
        stop = before
        visits[stop] += weight


@compiled
def _bound(out: _Walks, back: _Walks, loads: Int64, prices: Int64, visits: Float) -> int:
    """Return the bound by prices; count how often the cheapest walks visit each stop, by their parts."""
    total = int(prices.sum())
    for i in range(len(loads)):
        part, first, last = _cheapest(out, back, i, loads[i], prices[i])
        total += part
        weight = loads[i] / (first.q + last.q - loads[i])
        visits[i] += weight
        _visit(out, loads, first, i, weight, visits)
        _visit(back, loads, last, i, weight, visits)
    return total

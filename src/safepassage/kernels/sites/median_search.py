"""Good sites by interchange: swap one site for another as long as that serves the clients better.

Each round finds the best of all swaps in one pass over clients and sites (Resende and Werneck, "A fast
swap-based local search procedure for location problems", 2007, doi:10.1007/s10479-006-0154-0; the pass is
Whitaker's, 1983). Between descents a few sites are exchanged at random and the better answer is kept
(Hansen and Mladenovic, "Variable neighborhood search for the p-median", 1997).
"""

from __future__ import annotations

import numpy as np

from safepassage.kernels.compiled import compiled, inner
from safepassage.kernels.shuttles.shuttle_edits import UInt64, draw
from safepassage.kernels.sites.median_bound import Int8, Int64


@inner
def _nearest(costs: Int64, chosen: Int8, first: Int64, second: Int64) -> int:
    """Fill in the nearest chosen site and the cost of the next one for each client; return the cost."""
    total = 0
    for i in range(len(costs)):
        best, best_cost, next_cost = -1, 2**60, 2**60
        for j in range(costs.shape[1]):
            if chosen[j]:
                cost = int(costs[i, j])
                if cost < best_cost:
                    best, next_cost, best_cost = j, best_cost, cost
                elif cost < next_cost:
                    next_cost = cost
        first[i], second[i] = best, next_cost
        total += best_cost
    return total


@inner
def _best_swap(
    costs: Int64, chosen: Int8, fixed_in: Int8, first: Int64, second: Int64
) -> tuple[int, int, int]:
    """Return (change of cost, site to leave, site to take); the change is 0 or more where no swap helps."""
    m = costs.shape[1]
    loss = np.zeros(m, np.int64)
    for i in range(len(costs)):
        loss[first[i]] += second[i] - costs[i, first[i]]
    best, leave, take = 0, -1, -1
    extra = np.zeros(m, np.int64)
    for j in range(m):
        if chosen[j]:
            continue
        extra[:] = 0
        gain = np.int64(0)
        for i in range(len(costs)):
            near = costs[i, first[i]]
            cost = costs[i, j]
            if cost < near:
                # Nearer than the nearest: it helps whoever leaves, and the leaver's loss shrinks by the rest.
                gain += near - cost
                extra[first[i]] += second[i] - near
            elif cost < second[i]:
                extra[first[i]] += second[i] - cost
        for k in range(m):
            if chosen[k] and not fixed_in[k]:
                change = int(loss[k] - extra[k] - gain)
                if change < best:
                    best, leave, take = change, k, j
    return best, leave, take


@compiled
def interchange(costs: Int64, chosen: Int8, fixed_in: Int8) -> int:
    """Improve `chosen` (m,) in place until no swap of two sites helps; return the cost reached."""
    first, second = np.zeros(len(costs), np.int64), np.zeros(len(costs), np.int64)
    total = _nearest(costs, chosen, first, second)
    while True:
        change, leave, take = _best_swap(costs, chosen, fixed_in, first, second)
        if change >= 0:
            return total
        chosen[leave], chosen[take] = 0, 1
        total = _nearest(costs, chosen, first, second)


@inner
def _kick(chosen: Int8, fixed_in: Int8, rng: UInt64) -> None:
    """Exchange one chosen site for another one at random; there is one that may leave."""
    m = len(chosen)
    leave, take = draw(rng, m), draw(rng, m)
    while not chosen[leave] or fixed_in[leave]:
        leave = (leave + 1) % m
    for _ in range(m):
        if not chosen[take]:
            chosen[leave], chosen[take] = 0, 1
            return
        take = (take + 1) % m


@compiled
def search(costs: Int64, chosen: Int8, fixed_in: Int8, kicks: int, seed: int) -> int:
    """Improve `chosen` in place by descents from places near the best one; return the cost reached."""
    rng = np.array([2 * seed + 1], np.uint64)
    m = costs.shape[1]
    best = interchange(costs, chosen, fixed_in)
    movable = 0
    for j in range(m):
        movable += chosen[j] and not fixed_in[j]
    size = 1
    for _ in range(kicks):
        trial = chosen.copy()
        for _ in range(min(size, movable)):
            _kick(trial, fixed_in, rng)
        value = interchange(costs, trial, fixed_in)
        size = 1 if value < best else 1 + size % 5
        if value <= best:
            # Of alike choices the newer one is gone on from: others lie near it.
            best = value
            chosen[:] = trial
    return best

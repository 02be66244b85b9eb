"""A lower bound on the cost of serving clients from p sites, by prices on "every client is served once".

With a price for each client the problem parts by site: a site gains what its clients pay above the cost of
serving them, and the p sites that gain most are the best answer (Narula, Ogbu and Samuelsson, "An algorithm
for the p-median problem", 1977, doi:10.1287/opre.25.4.709). Prices are whole numbers, thousandths of a unit
of cost, so every value the ascent meets is a bound that anyone can add up again.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled, inner

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]
Int8 = NDArray[np.int8]
Pair = tuple[Int64, Int64]
Usage = NDArray[np.float64]

PRICE_SCALE = 1_000
FREE, IN, OUT = 0, 1, 2
STALE, COOLING, LAST_STEP, KEPT = 25, 0.7, 0.001, 0.7
"""After so many rounds without a better bound steps are shortened; the share of the last heading kept."""


class Clients(NamedTuple):
    """The sites of each client from the nearest on: (n, m) site numbers and whole costs of serving there."""

    site: Int32
    cost: Int64


class Ascent(NamedTuple):
    """What an ascent found: the best bound (scaled) with its prices, the gains of sites at these prices."""

    bound: int
    prices: Int64
    gains: Int64
    usage: NDArray[np.float64]
    """(m,) how often each site was among the chosen ones, later rounds counting more: from 0 to 1."""


def clients_of(costs: Int64) -> Clients:
    """Return costs (n, m) with the sites of each client sorted by cost, ties by number."""
    order = np.argsort(costs, axis=1, kind="stable").astype(np.int32)
    return Clients(order, np.take_along_axis(costs, order.astype(np.int64), axis=1))


@inner
def _gain(clients: Clients, prices: Int64, gains: Int64) -> int:
    """Fill in what each site gains (0 or less) at the prices; return the sum of prices."""
    gains[:] = 0
    total = 0
    sites = clients.site.shape[1]
    for i in range(len(prices)):
        price = prices[i]
        total += price
        for k in range(sites):
            saved = clients.cost[i, k] * PRICE_SCALE - price
            if saved >= 0:
                break
            gains[clients.site[i, k]] += saved
    return total


@inner
def _choose(gains: Int64, fixed: Int8, count: int, chosen: Int8) -> int:
    """Mark the sites fixed IN and the free ones that gain most, `count` in all; return the sum of gains."""
    chosen[:] = 0
    total, left = 0, count
    for j in range(len(gains)):
        if fixed[j] == IN:
            chosen[j] = 1
            total += gains[j]
            left -= 1
    order = np.argsort(gains, kind="mergesort")
    for j in order:
        if left <= 0:
            break
        if fixed[j] == FREE:
            chosen[j] = 1
            total += gains[j]
            left -= 1
    return total


@inner
def _served(clients: Clients, prices: Int64, chosen: Int8, slack: Int64) -> int:
    """Fill in 1 minus how often each client is served; return the sum of squares."""
    square = 0
    sites = clients.site.shape[1]
    for i in range(len(prices)):
        times = 0
        for k in range(sites):
            if clients.cost[i, k] * PRICE_SCALE >= prices[i]:
                break
            times += chosen[clients.site[i, k]]
        slack[i] = 1 - times
        square += slack[i] * slack[i]
    return square


@inner
def _direct(slack: Int64, heading: NDArray[np.float64]) -> float:
    """Turn the heading towards the subgradient and return its square length.

    Keeping part of the last heading damps the zigzag (Camerini, Fratta and Maffioli, "On improving relaxation
    methods by modified gradient techniques", 1975, doi:10.1007/BFb0120697).
    """
    square = 0.0
    for i in range(len(slack)):
        heading[i] = slack[i] + KEPT * heading[i]
        square += heading[i] * heading[i]
    return square


@inner
def note(
    value: int, best: int, found: Pair, best_found: Pair, chosen: Int8, usage: NDArray[np.float64]
) -> int:
    """Follow how often sites are chosen; keep (prices, gains) that prove more; return the best value."""
    for j in range(len(usage)):
        usage[j] = 0.9 * usage[j] + 0.1 * chosen[j]
    if value <= best:
        return best
    best_found[0][:] = found[0]
    best_found[1][:] = found[1]
    return value


@compiled
def ascend(clients: Clients, prices: Int64, fixed: Int8, count: int, most: int, rounds: int) -> Ascent:
    """Raise the bound by a subgradient method from the given prices.

    Parameters
    ----------
    prices : (n,) where to begin, scaled.
    fixed : (m,) FREE, IN or OUT for each site; OUT sites serve nobody.
    count : how many sites there may be, fixed ones included.
    most : cost of a known answer, unscaled: the ascent ends as soon as nothing below it is possible.
    rounds : how many steps at most.
    """
    n, m = clients.site.shape
    now = prices.copy()
    gains, chosen, slack = np.zeros(m, np.int64), np.zeros(m, np.int8), np.zeros(n, np.int64)
    heading, usage = np.zeros(n), np.zeros(m)
    best, best_prices, best_gains = -(2**62), now.copy(), gains.copy()
    goal, theta, stale = float(most) * PRICE_SCALE, 1.0, 0
    for _ in range(rounds):
        value = _gain(clients, now, gains) + _choose(gains, fixed, count, chosen)
        stale = 0 if value > best else stale + 1
        best = note(value, best, (now, gains), (best_prices, best_gains), chosen, usage)
        if best > (most - 1) * PRICE_SCALE:
            break
        if stale > STALE:
            theta, stale = theta * COOLING, 0
            heading[:] = 0.0
            now[:] = best_prices
            if theta < LAST_STEP:
                break
            continue
        if _served(clients, now, chosen, slack) == 0:
            break
        square = _direct(slack, heading)
        step = theta * max(goal - value, 1.0) / max(square, 1.0)
        for i in range(n):
            now[i] += np.int64(np.round(step * heading[i]))
    return Ascent(best, best_prices, best_gains, usage)


@compiled
def value_of(clients: Clients, chosen: Int8) -> int:
    """Return the cost of serving every client from its nearest chosen site."""
    total = 0
    sites = clients.site.shape[1]
    for i in range(len(clients.site)):
        for k in range(sites):
            if chosen[clients.site[i, k]]:
                total += clients.cost[i, k]
                break
    return total

"""A lower bound on serving persons from p sites with limited room, by prices on "everybody is served".

With a price for each person of a client the problem parts by site: a site fills its room with those who pay
most above their cost, and the p sites that gain most are the best answer (the Lagrangian relaxation of
Sridharan, "The capacitated plant location problem", 1995, doi:10.1016/0377-2217(95)00042-O, for p sites).
Prices are whole numbers, thousandths of a unit of cost, and all sums are whole.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled, inner
from safepassage.kernels.sites.median_bound import (
    FREE,
    IN,
    OUT,
    PRICE_SCALE,
    Ascent,
    Int8,
    Int64,
    note,
)

STALE, COOLING, LAST_STEP, KEPT = 20, 0.7, 0.001, 0.7
Float = NDArray[np.float64]


class Rooms(NamedTuple):
    """Who can go where: those of site j stand at start[j]:start[j + 1], the cheapest first.

    `cost` is of one person, `room` (m,) the persons of a site, `persons` (n,) those of a client, `left_out`
    the cost of a person who is served nowhere.
    """

    start: Int64
    client: Int64
    cost: Int64
    room: Int64
    persons: Int64
    left_out: int


def rooms_of(costs: Int64, persons: Int64, room: Int64, left_out: int) -> Rooms:
    """Return who can go where for less than being left out, from a table of costs (n, m) of one person."""
    m = costs.shape[1]
    rows, columns = np.nonzero((costs < left_out) & (persons[:, None] > 0))
    cost = costs[rows, columns]
    order = np.lexsort((rows, cost, columns))
    start = np.concatenate(([0], np.cumsum(np.bincount(columns, minlength=m)))).astype(np.int64)
    return Rooms(
        start, rows[order].astype(np.int64), cost[order].astype(np.int64), room.astype(np.int64),
        persons.astype(np.int64), left_out,
    )  # fmt: skip


@inner
def _fill(rooms: Rooms, prices: Int64, site: int, there: Int64, most: int) -> int:
    """Return what a site gains (0 or less); `there` of its rows is filled in.

    `most` is the highest price: rows are ordered by cost, so those beyond it are not looked at.
    """
    first, last = rooms.start[site], rooms.start[site + 1]
    there[first:last] = 0
    total, count = np.int64(0), 0
    for row in range(first, last):
        if rooms.cost[row] * PRICE_SCALE >= most:
            break
        client = rooms.client[row]
        if rooms.cost[row] * PRICE_SCALE < prices[client]:
            total += rooms.persons[client]
            there[row] = rooms.persons[client]
            count += 1
    gain = np.int64(0)
    if total <= rooms.room[site]:
        for row in range(first, last):
            if there[row]:
                gain += there[row] * (rooms.cost[row] * PRICE_SCALE - prices[rooms.client[row]])
        return int(gain)
    each, at, k = np.empty(count, np.int64), np.empty(count, np.int64), 0
    for row in range(first, last):
        if there[row]:
            each[k], at[k] = rooms.cost[row] * PRICE_SCALE - prices[rooms.client[row]], row
            k += 1
    left = rooms.room[site]
    for position in np.argsort(each, kind="mergesort"):
        row = at[position]
        there[row] = min(left, there[row])
        left -= there[row]
        gain += there[row] * each[position]
    return int(gain)


@inner
def _chosen(gains: Int64, fixed: Int8, count: int, chosen: Int8) -> int:
    """Mark the sites fixed IN and the free ones that gain most, `count` in all; return the sum of gains."""
    chosen[:] = 0
    total, left = np.int64(0), count
    for j in range(len(gains)):
        if fixed[j] == IN:
            chosen[j] = 1
            total += gains[j]
            left -= 1
    for j in np.argsort(gains, kind="mergesort"):
        if left <= 0:
            break
        if fixed[j] == FREE:
            chosen[j] = 1
            total += gains[j]
            left -= 1
    return int(total)


@inner
def _unserved(rooms: Rooms, prices: Int64, chosen: Int8, there: Int64, slack: Int64) -> None:
    """Fill in the persons of each client less those served."""
    slack[:] = rooms.persons
    for j in range(len(chosen)):
        if chosen[j]:
            for row in range(rooms.start[j], rooms.start[j + 1]):
                slack[rooms.client[row]] -= there[row]
    for i in range(len(slack)):
        # At the price of being left out, who is not served is left out, and nothing is amiss.
        if slack[i] > 0 and prices[i] >= rooms.left_out * PRICE_SCALE:
            slack[i] = 0


@inner
def _step(rooms: Rooms, slack: Int64, heading: Float, prices: Int64, gap: float) -> None:
    """Move prices along the heading, each client's in shares of its persons."""
    square = 0.0
    for i in range(len(slack)):
        if rooms.persons[i]:
            heading[i] = slack[i] / rooms.persons[i] + KEPT * heading[i]
            square += heading[i] * heading[i] * rooms.persons[i]
    step = gap / max(square, 1e-9)
    for i in range(len(slack)):
        moved = prices[i] + np.int64(np.round(step * heading[i]))
        prices[i] = max(0, min(moved, rooms.left_out * PRICE_SCALE))


@compiled
def ascend_roomy(rooms: Rooms, prices: Int64, fixed: Int8, count: int, most: int, rounds: int) -> Ascent:
    """Raise the bound by a subgradient method from the given prices.

    Parameters
    ----------
    prices : (n,) where to begin, scaled, of one person.
    fixed : (m,) FREE, IN or OUT for each site; OUT sites serve nobody.
    count : how many sites there may be, fixed ones included.
    most : cost of a known answer, unscaled: the ascent ends as soon as nothing below it is possible.
    rounds : how many steps at most.
    """
    n, m = len(rooms.persons), len(rooms.room)
    now = np.minimum(np.maximum(prices, 0), rooms.left_out * PRICE_SCALE)
    gains, chosen, slack = np.zeros(m, np.int64), np.zeros(m, np.int8), np.zeros(n, np.int64)
    there, heading, usage = np.zeros(len(rooms.client), np.int64), np.zeros(n), np.zeros(m)
    best, best_prices, best_gains = -(2**62), now.copy(), gains.copy()
    theta, stale = 1.0, 0
    for _ in range(rounds):
        highest = now.max()
        for j in range(m):
            gains[j] = 0 if fixed[j] == OUT else _fill(rooms, now, j, there, highest)
        value = (now * rooms.persons).sum() + _chosen(gains, fixed, count, chosen)
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
        _unserved(rooms, now, chosen, there, slack)
        _step(rooms, slack, heading, now, theta * max(float(most) * PRICE_SCALE - value, 1.0))
    return Ascent(int(best), best_prices, best_gains, usage)

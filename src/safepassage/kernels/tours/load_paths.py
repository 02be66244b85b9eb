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

Int64 = NDArray[np.int64]
FAR = 2**40
DEPOT = -1
STEP, SLOWER = 1.0, 0.95
"""The first step of the ascent, as a part of what is missing, and how long each is beside the last."""


class Walks(NamedTuple):
    """Least costs of walks from the depot by load gathered and last stop (room + 1, n), and the stops before.

    The second ones come from another stop than the first.
    """

    first: Int64
    second: Int64
    before_first: Int64
    before_second: Int64


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
    for _ in range(steps if len(loads) else 0):
        bound, visits = _bound(cost, loads, room, prices)
        best = max(best, bound)
        lacking = 1.0 - visits
        square = float(lacking @ lacking)
        if square < 1 / room or best >= at_most:
            break
        prices += np.rint(length * (at_most - bound) / square * lacking).astype(np.int64)
        length *= SLOWER
    return best


def _bound(cost: Int64, loads: Int64, room: int, prices: Int64) -> tuple[int, NDArray[np.float64]]:
    """Return the bound by prices, and how often the cheapest walks visit each stop, by their parts."""
    out, back = (_walks(one, loads, room, prices) for one in (cost, cost.T))
    visits = np.zeros(len(loads))
    total = int(prices.sum())
    for i, load in enumerate(loads.tolist()):
        part, (q_out, second_out), (q_back, second_back) = _cheapest(out, back, i, load, room, int(prices[i]))
        total += part
        weight = load / (q_out + q_back - load)
        stops = [i, *_stops(out, loads, (q_out, i), second=second_out)]
        for stop in (*stops, *_stops(back, loads, (q_back, i), second=second_back)):
            visits[stop] += weight
    return total, visits


def _walks(cost: Int64, loads: Int64, room: int, prices: Int64) -> Walks:
    n = len(loads)
    every = np.arange(n)
    first, second = np.full((room + 1, n), FAR), np.full((room + 1, n), FAR)
    before_first, before_second = np.full((room + 1, n), DEPOT), np.full((room + 1, n), DEPOT)
    steps = cost[1:, 1:].T - prices[:, None]
    for q in range(1, room + 1):
        rows = np.flatnonzero(loads <= q)
        source = q - loads[rows]
        # Columns are the stop before; the last one is the depot.
        found = np.full((len(rows), n + 1), FAR)
        turned = before_first[source] == rows[:, None]
        found[:, :n] = np.where(turned, second[source], first[source]) + steps[rows]
        found[np.arange(len(rows)), rows] = FAR
        found[:, n] = np.where(source == 0, cost[0, 1 + rows] - prices[rows], FAR)
        for value, before in ((first, before_first), (second, before_second)):
            least = found.argmin(axis=1)
            value[q, rows] = np.minimum(found[np.arange(len(rows)), least], FAR)
            before[q, rows] = np.where(least == n, DEPOT, every[np.minimum(least, n - 1)])
            found[np.arange(len(rows)), least] = FAR
    return Walks(first, second, before_first, before_second)


def _cheapest(
    out: Walks, back: Walks, i: int, load: int, room: int, price: int
) -> tuple[int, tuple[int, bool], tuple[int, bool]]:
    """Return the least part that a stop pays, and its walk's halves: load gathered, whether the second."""
    both = np.arange(room + 1)[:, None] + np.arange(room + 1)[None, :] - load
    apart = out.before_first[:, i][:, None] != back.before_first[:, i][None, :]
    apart |= (out.before_first[:, i] == DEPOT)[:, None]
    halves = (
        np.where(apart, out.first[:, i][:, None] + back.first[:, i][None, :], FAR),
        out.first[:, i][:, None] + back.second[:, i][None, :],
        out.second[:, i][:, None] + back.first[:, i][None, :],
    )
    fits = (both >= load) & (both <= room)
    parts = [
        np.where(fits & (half < FAR), load * (half + price) // np.maximum(both, 1), FAR) for half in halves
    ]
    which = int(np.argmin([part.min() for part in parts]))
    q_out, q_back = divmod(int(parts[which].argmin()), room + 1)
    return int(parts[which].min()), (q_out, which == 2), (q_back, which == 1)  # noqa: PLR2004 - of three


def _stops(walks: Walks, loads: Int64, at: tuple[int, int], *, second: bool) -> list[int]:
    """Return the stops of a walk before its last one, backwards."""
    q, stop = at
    found: list[int] = []
    while True:
        before = int((walks.before_second if second else walks.before_first)[q, stop])
        if before == DEPOT:
            return found
        q -= int(loads[stop])
        second = int(walks.before_first[q, before]) == stop
        stop = before
        found.append(stop)

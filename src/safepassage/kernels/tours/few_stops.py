"""The least driving of rounds to a few stops, exactly: the best round of every set of stops, then which sets.

Held and Karp, "A dynamic programming approach to sequencing problems", 1962, doi:10.1137/0110015. Work
trebles with each stop.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled, inner
from safepassage.kernels.compiled import load as load_loops

Int64 = NDArray[np.int64]
MOST_STOPS = 15
FAR = 2**40
LOADS = 3


class Limits(NamedTuple):
    """What holds for each round: mass, volume, seconds with handling and breaks, and what a crew drives.

    A crew drives for at most `drive` seconds, and for no more than `after` without a break of `rest`.
    """

    mass: int
    volume: int
    seconds: int
    drive: int = FAR
    after: int = FAR
    rest: int = 0


class _Tables(NamedTuple):
    """By set of stops: least costs of ways (2^n, n) to a last one and of rounds, and a round of these."""

    ways: Int64
    best: Int64
    part: Int64


@inner
def _onward(cost: Int64, ways: Int64, stops: int, to: int) -> int:
    """Return the least cost of a way through a set of stops and on to place `to`, 0 for home."""
    least = FAR
    for j in range(ways.shape[1]):
        if stops >> j & 1:
            least = min(least, ways[stops, j] + cost[j + 1, to])
    return least


@inner
def _fits(loads: Int64, limits: Int64, stops: int, which: int, more: int) -> bool:
    """Tell whether what stops get, and so much more, is within a limit."""
    total = more
    for j in range(len(loads)):
        if stops >> j & 1:
            total += loads[j, which]
    return bool(total <= limits[which])


@inner
def with_breaks(driven: int, limits: Int64) -> int:
    """Return the least seconds that so much driving takes with its breaks, FAR where it is too much."""
    if driven > limits[3]:
        return FAR
    return int(driven + max(0, driven - 1) // limits[4] * limits[5])


@compiled
def _tables(cost: Int64, loads: Int64, limits: Int64) -> _Tables:
    size = len(loads)
    whole = 1 << size
    ways = np.full((whole, size), FAR, np.int64)
    single = np.full(whole, FAR, np.int64)
    for i in range(size):
        ways[1 << i, i] = cost[0, i + 1]
    for stops in range(1, whole):
        # No round takes more than a truck holds, so none that begins like such a one is looked at.
        if _fits(loads, limits, stops, 0, 0) and _fits(loads, limits, stops, 1, 0):
            back = _onward(cost, ways, stops, 0)
            if _fits(loads, limits, stops, 2, with_breaks(back, limits)):
                single[stops] = back
            for k in range(size):
                if not stops >> k & 1:
                    ways[stops | 1 << k, k] = _onward(cost, ways, stops, k + 1)
    best, part = single.copy(), np.arange(whole)
    best[0] = 0
    for stops in range(1, whole):
        first = stops & -stops
        rest = stops ^ first
        some = rest
        while some:
            some = (some - 1) & rest
            there = single[some | first] + best[rest ^ some]
            if there < best[stops]:
                best[stops], part[stops] = there, some | first
    return _Tables(ways, best, part)


def least_rounds(cost: Int64, loads: Int64, limits: Limits) -> int:
    """Return what the cheapest rounds from the depot cost that bring each stop its load in one piece.

    Parameters
    ----------
    cost : (n + 1, n + 1) whole costs; row 0 leaves the depot, column 0 comes home.
    loads : (n, 3) mass and volume of each stop, none of more than a truck holds, and seconds of handling.
    limits : what a truck holds, and the most that a round costs with handling and breaks; costs are seconds
        of driving.

    Raises
    ------
    ValueError
        For more than `MOST_STOPS` stops.
    """
    return int(_checked(cost, loads, limits).best[-1])


def best_rounds(cost: Int64, loads: Int64, limits: Limits) -> list[list[int]]:
    """Return the cheapest rounds, each with its stops (0 to n - 1) in order; none where there are none.

    Raises
    ------
    ValueError
        For more than `MOST_STOPS` stops.
    """
    tables = _checked(cost, loads, limits)
    found: list[list[int]] = []
    left = len(tables.best) - 1
    while left and tables.best[-1] < FAR:
        found.append(_in_order(tables.ways, cost, int(tables.part[left])))
        left ^= int(tables.part[left])
    return found


def load() -> None:
    """Load the loop ahead; otherwise it is on its first call."""
    load_loops(_tables)


def _checked(cost: Int64, loads: Int64, limits: Limits) -> _Tables:
    if len(loads) > MOST_STOPS:
        raise ValueError(f"{len(loads)} stops are more than {MOST_STOPS}")
    return _tables(cost, loads.reshape(-1, LOADS), np.array(limits, dtype=np.int64))


def _in_order(ways: Int64, cost: Int64, stops: int) -> list[int]:
    """Return the stops of the cheapest round through a set, found from its end."""
    onward, order = cost[1:, 0], list[int]()
    while stops:
        last = int((ways[stops] + onward).argmin())
        order.append(last)
        stops, onward = stops ^ (1 << last), cost[1:, last + 1]
    return order[::-1]

"""The least driving of rounds to a few stops, exactly: the best round of every set of stops, then which sets.

Held and Karp, "A dynamic programming approach to sequencing problems", 1962, doi:10.1137/0110015. Work
trebles with each stop.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
MOST_STOPS = 10
FAR = 2**40


def least_rounds(cost: Int64, loads: Int64, room: int) -> int:
    """Return what the cheapest rounds from the depot cost that bring each stop its load in one piece.

    Parameters
    ----------
    cost : (n + 1, n + 1) whole costs; 0 is the depot.
    loads : (n,) whole loads, none of more than `room`, what a truck holds.
    """
    size = len(loads)
    if size > MOST_STOPS:
        raise ValueError(f"{size} stops are more than {MOST_STOPS}")
    whole = 1 << size
    rounds = _rounds(cost, size)
    weight = np.zeros(whole, dtype=np.int64)
    for i, load in enumerate(loads.tolist()):
        weight[1 << i :][: 1 << i] = weight[: 1 << i] + load
    rounds[weight > room] = FAR
    rounds[0] = 0
    best = [0] * whole
    single = rounds.tolist()
    for stops in range(1, whole):
        first = stops & -stops
        rest = part = stops ^ first
        least = single[stops]
        while part:
            part = (part - 1) & rest
            least = min(least, single[part | first] + best[rest ^ part])
        best[stops] = least
    return best[-1]


def _rounds(cost: Int64, size: int) -> Int64:
    """Return (2^n,) the least cost of a round through each set of stops."""
    ways = np.full((1 << size, max(1, size)), FAR, dtype=np.int64)
    for i in range(size):
        ways[1 << i, i] = cost[0, i + 1]
    between = cost[1:, 1:]
    for stops in range(1, 1 << size):
        onward = (ways[stops][:, None] + between).min(axis=0)
        for k in range(size):
            if not stops >> k & 1:
                ways[stops | 1 << k, k] = onward[k]
    back: Int64 = (ways[:, :size] + cost[1:, 0]).min(axis=1, initial=FAR)
    return back

"""Good sites with limited room by threshold accepting: swaps that cost a little are taken too, ever less.

Dueck and Scheuer, "Threshold accepting", 1990, doi:10.1016/0021-9991(90)90201-B. Half the swaps are for a
site that serves nearly the same people, half for any other. Each is valued by an exact division of persons,
so that nothing is judged as if there were room for all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from safepassage.kernels.compiled import compiled, inner
from safepassage.kernels.shuttles.shuttle_edits import UInt64, draw
from safepassage.kernels.sites.median_bound import Int8, Int64
from safepassage.kernels.sites.shared_transport import divide

PROBED = 60
"""Swaps that are valued first, so that thresholds fit what swaps cost here."""
FIRST = 8
"""The first threshold is so small a part of what a swap changes in the mean."""
SAMPLED = 400
"""Clients by whom sites are compared."""


@inner
def _alike(costs: Int64, persons: Int64, count: int) -> Int64:
    """Return (m, count) for each site those that cost most nearly the same for a sample of the clients."""
    n, m = costs.shape
    step = max(1, n // SAMPLED)
    found = np.zeros((m, count), np.int64)
    apart = np.zeros(m, np.int64)
    for a in range(m):
        for b in range(m):
            apart[b] = 0
            for i in range(0, n, step):
                apart[b] += persons[i] * abs(costs[i, a] - costs[i, b])
        apart[a] = 2**62
        found[a] = np.argsort(apart, kind="mergesort")[:count]
    return found


@inner
def _drawn(chosen: Int64, is_in: Int8, fixed_in: Int8, alike: Int64, rng: UInt64) -> tuple[int, int]:
    """Return the place among the chosen of one that may leave, and a site to take."""
    k, m = len(chosen), len(is_in)
    leave = draw(rng, k)
    while fixed_in[chosen[leave]]:
        leave = (leave + 1) % k
    take = draw(rng, m)
    if draw(rng, 2):
        take = alike[chosen[leave], draw(rng, alike.shape[1])]
    while is_in[take]:
        take = (take + 1) % m
    return leave, take


class Room(NamedTuple):
    """What divisions are made of.

    `costs` (n, m) of one person of each client at each site, above `left_out` where out of reach; `persons`
    (n,) of each client; `room` (m,) for persons at each site; `left_out` what a person costs who is served
    nowhere.
    """

    costs: Int64
    persons: Int64
    room: Int64
    left_out: int


@compiled
def accept_worse(given: Room, chosen: Int8, fixed_in: Int8, steps: int, seed: int) -> int:
    """Improve `chosen` (m,) in place by so many swaps; return the cost of the best choice that was seen.

    `fixed_in` (m,) are sites that stay: at least one chosen site does not, and one site is not chosen.
    """
    costs, persons, room, left_out = given
    rng = np.array([2 * seed + 1], np.uint64)
    sites = np.flatnonzero(chosen)
    k, is_in = len(sites), chosen.copy()
    alike = _alike(costs, persons, min(len(chosen) - 1, max(4, len(chosen) // 20)))
    there, rooms = np.full((len(costs), k + 1), left_out, np.int64), np.zeros(k + 1, np.int64)
    for a in range(k):
        there[:, a], rooms[a] = costs[:, sites[a]], room[sites[a]]
    rooms[k] = persons.sum()
    value = divide(there, persons, rooms).cost
    best, probed, threshold = value, np.int64(0), np.int64(0)
    for step in range(-PROBED, steps):
        leave, take = _drawn(sites, is_in, fixed_in, alike, rng)
        left = sites[leave]
        there[:, leave], rooms[leave] = costs[:, take], room[take]
        found = divide(there, persons, rooms).cost
        if step < 0:
            probed += abs(found - value)
        else:
            threshold = probed // PROBED * (steps - step) // (FIRST * steps)
        if step >= 0 and found < value + max(1, int(threshold)):
            sites[leave], value = take, found
            is_in[left], is_in[take] = 0, 1
            if value < best:
                best = value
                chosen[:] = is_in
        else:
            there[:, leave], rooms[leave] = costs[:, left], room[left]
    return best

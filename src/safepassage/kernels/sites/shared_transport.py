"""Who goes where at least cost when sites have room for so many: a transportation problem with few sites.

Everybody starts at the cheapest site; the surplus of full sites is pushed along cheapest chains of moves from
site to site until nobody is over (successive shortest paths, Ahuja, Magnanti and Orlin, "Network Flows",
1993, chapter 9). A chain is looked for among sites only: a move from one to another is as cheap as that of
the cheapest person who is there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled, inner

Int64 = NDArray[np.int64]
FAR = 2**60


class Shares(NamedTuple):
    """A division of persons: `there` (n, k) persons of each client at each site, its whole cost."""

    there: Int64
    cost: int


class _Moves(NamedTuple):
    """(k, k) cost and client of the cheapest move from one site to another; FAR and -1 where nobody is."""

    cost: Int64
    client: Int64


@inner
def _look(costs: Int64, there: Int64, moves: _Moves, leave: int) -> None:
    """Find the cheapest moves away from a site anew."""
    n, k = costs.shape
    moves.cost[leave, :] = FAR
    moves.client[leave, :] = -1
    for i in range(n):
        if there[i, leave] > 0:
            for j in range(k):
                change = costs[i, j] - costs[i, leave]
                if change < moves.cost[leave, j]:
                    moves.cost[leave, j] = change
                    moves.client[leave, j] = i


@inner
def _arrived(costs: Int64, moves: _Moves, at: int, client: int) -> None:
    """Count the moves that somebody newly at a site could make."""
    for j in range(costs.shape[1]):
        change = costs[client, j] - costs[client, at]
        if change < moves.cost[at, j]:
            moves.cost[at, j] = change
            moves.client[at, j] = client


@inner
def _chain(moves: _Moves, source: int, free: Int64, label: Int64, before: Int64) -> int:
    """Fill in the cheapest chain from a site to every other one; return the nearest end with room."""
    k = len(label)
    label[:] = FAR
    before[:] = -1
    label[source] = 0
    changed = True
    while changed:
        changed = False
        for a in range(k):
            if label[a] < FAR:
                for b in range(k):
                    if moves.client[a, b] >= 0 and label[a] + moves.cost[a, b] < label[b]:
                        label[b] = label[a] + moves.cost[a, b]
                        before[b] = a
                        changed = True
    end = -1
    for b in range(k):
        if free[b] > 0 and label[b] < FAR and (end < 0 or label[b] < label[end]):
            end = b
    return end


@inner
def _push(costs: Int64, there: Int64, moves: _Moves, before: Int64, ends: tuple[int, int, int]) -> int:
    """Move as many persons as the chain allows; return how many."""
    source, end, most = ends
    at = end
    while at != source:
        most = min(most, there[moves.client[before[at], at], before[at]])
        at = before[at]
    at = end
    while at != source:
        client, leave = moves.client[before[at], at], before[at]
        there[client, leave] -= most
        there[client, at] += most
        at = leave
    at = end
    while True:
        # Whoever moved may have been the cheapest to move on; whoever came may be it now.
        _look(costs, there, moves, at)
        if at == source:
            return most
        at = before[at]


@compiled
def divide(costs: Int64, persons: Int64, room: Int64) -> Shares:
    """Return the cheapest division of all persons among sites.

    Parameters
    ----------
    costs : (n, k) whole costs of one person of a client at a site.
    persons : (n,) of each client.
    room : (k,) persons for whom a site has room; together enough for all.
    """
    n, k = costs.shape
    there, free = np.zeros((n, k), np.int64), room.copy()
    for i in range(n):
        best = 0
        for j in range(k):
            if costs[i, j] < costs[i, best]:
                best = j
        there[i, best] = persons[i]
        free[best] -= persons[i]
    moves = _Moves(np.full((k, k), FAR, np.int64), np.full((k, k), -1, np.int64))
    for j in range(k):
        _look(costs, there, moves, j)
    label, before = np.zeros(k, np.int64), np.zeros(k, np.int64)
    for source in range(k):
        while free[source] < 0:
            end = _chain(moves, source, free, label, before)
            if end < 0:
                break
            pushed = _push(costs, there, moves, before, (source, end, min(-free[source], free[end])))
            free[source] += pushed
            free[end] -= pushed
    total = np.int64(0)
    for i in range(n):
        for j in range(k):
            total += there[i, j] * costs[i, j]
    return Shares(there, int(total))


@compiled
def worth_of_room(costs: Int64, there: Int64, room: Int64) -> Int64:
    """Return what one more place at each site would save, by the moves of a cheapest division: (k,)."""
    k = costs.shape[1]
    moves = _Moves(np.full((k, k), FAR, np.int64), np.full((k, k), -1, np.int64))
    free = room - there.sum(axis=0)
    for j in range(k):
        _look(costs, there, moves, j)
    worth, label, before = np.zeros(k, np.int64), np.zeros(k, np.int64), np.zeros(k, np.int64)
    for source in range(k):
        if free[source] <= 0:
            # The chain that a further person would set off is what having no room costs.
            end = _chain(moves, source, free, label, before)
            worth[source] = label[end] if end >= 0 else 0
    return worth

"""Compiled loops of `steady_flow`: a network simplex whose tree is kept from one problem to the next.

Tuples of arrays:

* `arcs` = (tail, head, cost, capacity): columns by arc.
* `run` = (flow, state): what runs on each arc, and whether it is empty (LOWER), full (UPPER) or in the tree.
* `tree` = (parent, arc, up, depth, child, following, before, price): by node its parent, the arc that joins
  them and whether it leads up; children in doubly linked lists; `price` the cost on along the tree to the
  root, node 0.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.compiled import compiled, inlined

NONE = -1
LOWER, UPPER, IN_TREE = 1, -1, 0
LEAST_BLOCK = 32


@compiled
def first_tree(arcs: Any, run: Any, tree: Any) -> int:
    """Hang every node on one that costs nothing to reach, the root first; return how many hang."""
    tail, head, cost, _ = arcs
    parent = tree[0]
    parent[:] = NONE
    into = np.argsort(head, kind="mergesort")
    start = np.searchsorted(head[into], np.arange(len(parent) + 1))
    queue, seen, i = np.zeros(len(parent), np.int64), 1, 0
    while i < seen:
        v = queue[i]
        i += 1
        for j in range(start[v], start[v + 1]):
            a = into[j]
            w = tail[a]
            if cost[a] == 0 and w != 0 and parent[w] == NONE:
                hang(w, v, a, True, tree)
                run[1][a] = IN_TREE
                queue[seen] = w
                seen += 1
    return seen


@compiled
def hang(v: int, above: int, a: int, up: bool, tree: Any) -> None:  # noqa: FBT001 - a column
    """Make `v` the first child of `above`, joined by arc `a`."""
    parent, arc, leads_up, _, child, following, before, _ = tree
    parent[v], arc[v], leads_up[v] = above, a, up
    following[v], before[v] = child[above], NONE
    if child[above] != NONE:
        before[child[above]] = v
    child[above] = v


@inlined
def cut_off(v: int, tree: Any) -> None:
    """Take `v` out of the list of its parent's children."""
    if tree[6][v] != NONE:
        tree[5][tree[6][v]] = tree[5][v]
    else:
        tree[4][tree[0][v]] = tree[5][v]
    if tree[5][v] != NONE:
        tree[6][tree[5][v]] = tree[6][v]


@compiled
def reprice(top: int, arcs: Any, tree: Any) -> None:
    """Set depth and price of everything that hangs on `top`, itself included unless it is the root."""
    cost = arcs[2]
    parent, arc, up, depth, child, following, _, price = tree
    v = top
    while True:
        if parent[v] != NONE:
            depth[v] = depth[parent[v]] + 1
            price[v] = price[parent[v]] + (cost[arc[v]] if up[v] else -cost[arc[v]])
        if child[v] != NONE:
            v = child[v]
            continue
        while v != top and following[v] == NONE:
            v = parent[v]
        if v == top:
            return
        v = following[v]


@compiled
def entering(arcs: Any, state: Any, price: Any, at: int) -> int:
    """Return the arc that gains most in the first block from `at` on in which any gains, else NONE."""
    tail, head, cost, _ = arcs
    n = len(tail)
    block = max(LEAST_BLOCK, int(np.sqrt(n)))
    best, least, left = NONE, 0, block
    for i in range(n):
        a = at + i if at + i < n else at + i - n
        gain = state[a] * (cost[a] + price[head[a]] - price[tail[a]])
        if gain < least:
            best, least = a, gain
        left -= 1
        if left == 0:
            if best != NONE:
                return best
            left = block
    return best


@compiled
def pivot(e: int, arcs: Any, run: Any, tree: Any) -> None:
    """Send as much as goes round the cycle of an arc and the tree, and keep the tree strongly feasible."""
    tail, head, _, capacity = arcs
    flow, state = run
    parent, arc, up, depth = tree[0], tree[1], tree[2], tree[3]
    rises = state[e] == LOWER
    first, second = (tail[e], head[e]) if rises else (head[e], tail[e])
    amount, leaves, by_first = capacity[e], NONE, False
    u, v = first, second
    while u != v:
        if depth[u] >= depth[v]:
            room = flow[arc[u]] if up[u] else capacity[arc[u]] - flow[arc[u]]
            # Of those that bind, the last on the way round from where both sides meet leaves.
            if room < amount or (room == amount and leaves == NONE and room < capacity[e]):
                amount, leaves, by_first = room, u, True
            u = parent[u]
        else:
            v = parent[v]
    v = second
    while v != u:
        room = capacity[arc[v]] - flow[arc[v]] if up[v] else flow[arc[v]]
        if room <= amount:
            amount, leaves, by_first = room, v, False
        v = parent[v]
    if amount > 0:
        flow[e] += amount if rises else -amount
        v = first
        while v != u:
            flow[arc[v]] += -amount if up[v] else amount
            v = parent[v]
        v = second
        while v != u:
            flow[arc[v]] += amount if up[v] else -amount
            v = parent[v]
    if leaves == NONE:
        state[e] = -state[e]
        return
    state[arc[leaves]] = LOWER if flow[arc[leaves]] == 0 else UPPER
    state[e] = IN_TREE
    rehang(e, (first, second) if by_first else (second, first), leaves, arcs, tree)


@compiled
def rehang(e: int, ends: Any, leaves: int, arcs: Any, tree: Any) -> None:
    """Hang what is below `leaves` on the other end of arc `e`: the way from there to the arc is turned."""
    parent, arc, up = tree[0], tree[1], tree[2]
    v, above = ends
    a, leads_up = e, arcs[0][e] == v
    while True:
        old_parent, old_arc, old_up = parent[v], arc[v], up[v]
        cut_off(v, tree)
        hang(v, above, a, leads_up, tree)
        if v == leaves:
            break
        above, a, leads_up, v = v, old_arc, not old_up, old_parent
    reprice(ends[0], arcs, tree)


@compiled
def solve(arcs: Any, run: Any, tree: Any) -> int:
    """Pivot until no arc gains; return how often."""
    reprice(0, arcs, tree)
    at, pivots = 0, 0
    while True:
        e = entering(arcs, run[1], tree[7], at)
        if e == NONE:
            return pivots
        pivot(e, arcs, run, tree)
        at = e + 1 if e + 1 < len(run[1]) else 0
        pivots += 1

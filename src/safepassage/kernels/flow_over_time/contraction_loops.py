"""Compiled loops of `contraction`: nodes without a choice are taken out one after the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.compiled import compiled

END = -1
MOST = 2
"""A node with more arcs in or out than this is never taken out in series."""


@compiled
def live(first: Any, following: Any, alive: Any, node: int) -> int:
    """Unlink dead arcs from the list of a node; return how many are left."""
    count, before, arc = 0, END, first[node]
    while arc != END:
        if alive[arc]:
            count += 1
            before = arc
        elif before == END:
            first[node] = following[arc]
        else:
            following[before] = following[arc]
        arc = following[arc]
    return count


@compiled
def neighbours(lists: Any, ends: Any, node: int) -> int:
    """Return how many different nodes the arcs of a node join it to, at most 3."""
    (first_out, next_out), (first_in, next_in) = lists
    tail, head = ends
    one, two, count = END, END, 0
    for side in range(2):
        arc = first_out[node] if side == 0 else first_in[node]
        while arc != END:
            other = head[arc] if side == 0 else tail[arc]
            if count == 0:
                one, count = other, 1
            elif count == 1 and other != one:
                two, count = other, 2
            elif count == MOST and other not in (one, two):
                return MOST + 1
            arc = next_out[arc] if side == 0 else next_in[arc]
    return count


@compiled
def through(lists: Any, ends: Any, node: int) -> bool:
    """Return whether every arc into a node has exactly one way on (not back), and none is shared."""
    (first_out, next_out), (first_in, next_in) = lists
    tail, head = ends
    pairs = 0
    p = first_in[node]
    while p != END:
        here, q = 0, first_out[node]
        while q != END:
            here += tail[p] != head[q]
            q = next_out[q]
        if here > 1:
            return False
        pairs += here
        p = next_in[p]
    q = first_out[node]
    while q != END:
        here, p = 0, first_in[node]
        while p != END:
            here += tail[p] != head[q]
            p = next_in[p]
        if here > 1:
            return False
        q = next_out[q]
    return pairs > 0


@compiled
def join(lists: Any, columns: Any, node: int, count: int) -> int:
    """Add one arc for each way through a node; return the number of arcs."""
    (first_out, next_out), (first_in, next_in) = lists
    tail, head, travel_s, capacity, left, right = columns
    p = first_in[node]
    while p != END:
        q = first_out[node]
        while q != END:
            if tail[p] != head[q]:
                tail[count], head[count] = tail[p], head[q]
                travel_s[count] = travel_s[p] + travel_s[q]
                capacity[count] = min(capacity[p], capacity[q])
                left[count], right[count] = p, q
                next_out[count] = first_out[tail[p]]
                first_out[tail[p]] = count
                next_in[count] = first_in[head[q]]
                first_in[head[q]] = count
                count += 1
            q = next_out[q]
        p = next_in[p]
    return count


@compiled
def remove(lists: Any, ends: Any, alive: Any, node: int, todo: Any) -> None:
    """Take a node and its arcs out; its neighbours are looked at again."""
    (first_out, next_out), (first_in, next_in) = lists
    tail, head = ends
    stack, used, queued, keep = todo
    for side in range(2):
        arc = first_out[node] if side == 0 else first_in[node]
        while arc != END:
            alive[arc] = False
            other = head[arc] if side == 0 else tail[arc]
            if not keep[other] and not queued[other]:
                stack[used[0]] = other
                used[0] += 1
                queued[other] = True
            arc = next_out[arc] if side == 0 else next_in[arc]
    first_out[node], first_in[node] = END, END


@compiled
def contract(columns: Any, keep: Any, count: int) -> tuple[Any, int]:
    """Take out what nobody needs; return ((n_columns,) alive, number of arcs used of the columns).

    `columns` are (tail, head, travel_s, capacity, left, right), filled up to `count` and with room for two
    more arcs for every node.
    """
    tail, head = columns[0], columns[1]
    n, room = len(keep), len(tail)
    alive = np.ones(room, np.bool_)
    lists = (
        (np.full(n, END, np.int64), np.full(room, END, np.int64)),
        (np.full(n, END, np.int64), np.full(room, END, np.int64)),
    )
    (first_out, next_out), (first_in, next_in) = lists
    for arc in range(count):
        next_out[arc], first_out[tail[arc]] = first_out[tail[arc]], arc
        next_in[arc], first_in[head[arc]] = first_in[head[arc]], arc
    stack, used, queued = np.empty(n, np.int64), np.zeros(1, np.int64), ~keep
    for node in range(n - 1, -1, -1):
        if not keep[node]:
            stack[used[0]] = node
            used[0] += 1
    while used[0]:
        used[0] -= 1
        node = stack[used[0]]
        queued[node] = False
        out, into = live(first_out, next_out, alive, node), live(first_in, next_in, alive, node)
        if out + into == 0:
            continue
        around = neighbours(lists, (tail, head), node)
        if out and into and around > 1:
            if around > MOST or out > MOST or into > MOST or not through(lists, (tail, head), node):
                continue
            count = join(lists, columns, node, count)
        remove(lists, (tail, head), alive, node, (stack, used, queued, keep))
    return alive, count


@compiled
def expanded(piece: Any, left: Any, right: Any, n_raw: int) -> tuple[Any, Any]:
    """Return (start, arcs): column a stands for the given arcs `arcs[start[a]:start[a + 1]]`, in order."""
    length = np.ones(len(left), np.int64)
    for i in range(n_raw, len(left)):
        length[i] = length[left[i]] + length[right[i]]
    start = np.zeros(len(piece) + 1, np.int64)
    for i in range(len(piece)):
        start[i + 1] = start[i] + length[piece[i]]
    rows, used = np.empty(start[-1], np.int64), 0
    stack = np.empty(len(left) - n_raw + 1, np.int64)
    for top in piece:
        stack[0], high = top, 1
        while high:
            high -= 1
            i = stack[high]
            if i < n_raw:
                rows[used] = i
                used += 1
            else:
                stack[high], stack[high + 1] = right[i], left[i]
                high += 2
    return start, rows

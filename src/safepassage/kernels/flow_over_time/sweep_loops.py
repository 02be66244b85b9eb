"""Compiled loops of `sweep`: levels by backward search, blocking flows, stages.

A point is a pair (bin, node), packed as bin << SHIFT | node; the pool of source s is -1 << SHIFT | s. The
points of a stage get levels, the least number of steps to the bin opened last. Tuples of arrays:

* `net` = (out_start, head, shift, in_start, in_arc, in_tail, in_shift): arcs by tail, and their positions by
  head; `shift` is how many bins later the head is reached.
* `state` = (room, flow, left_at): what an arc can still take and carries by (bin, arc), who left a source by
  (bin, source).
* `marks` = (level, at, pool_level, pool_at): levels and the way tried next by (bin, node) and by source.
* `supply` = (node, first_bin, row): source columns, and the source at each node or -1.
"""

# ruff: noqa: C901, PLR0912, PLR0915, PLR0917 - compiled loops are flat and take their arrays as tuples: a
# call in an inner loop would copy them all.

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.compiled import compiled, inlined
from safepassage.kernels.flow_over_time.guide import follow

SHIFT = 24
MASK = (1 << SHIFT) - 1
UNSEEN, CLOSED, SPENT = -1, -2, -3
"""Levels of points: not seen in this phase, settled in an earlier stage, without a way on."""
FAR = 1 << 30
NEAR_LEVELS = 10
"""A search goes on for so many levels beyond the first source it meets."""
CLIMB = 40
"""A point may be lifted to at most so many levels above the highest of the phase."""
GAINS, PHASES, SEEN = 0, 1, 2
"""Positions in the counters."""


# One flat loop over three kinds of steps; splitting it would copy the queue for every step.
@compiled
def search(stages: Any, net: Any, state: Any, marks: Any, supply: Any, ends: Any, queue: Any) -> Any:
    """Give levels backwards from the exits of bins; return (points seen, sources with people met).

    `stages` = (first, last) of the bins.
    """
    first, stage = stages
    out_start, head, shift, in_start, in_arc, in_tail, in_shift = net
    room, flow, left_at = state
    level, pool_level = marks[0], marks[2]
    node_of, first_bin, row = supply
    exits, earliest, left = ends
    seen, met, most = 0, 0, FAR
    for k in range(first, stage + 1):
        for v in exits:
            if level[k, v] == UNSEEN:
                level[k, v] = 0
                queue[seen] = (k << SHIFT) | v
                seen += 1
    i = 0
    while i < seen:
        k, v = queue[i] >> SHIFT, queue[i] & MASK
        i += 1
        if k < 0:
            w, above = node_of[v], pool_level[v] + 1
            for kk in range(first_bin[v], stage + 1):
                if level[kk, w] == UNSEEN and left_at[kk, v] > 0:
                    level[kk, w] = above
                    queue[seen] = (kk << SHIFT) | w
                    seen += 1
            continue
        above = level[k, v] + 1
        if above > most:
            break
        for j in range(in_start[v], in_start[v + 1]):
            kk, w = k - in_shift[j], in_tail[j]
            if kk >= earliest[w] and level[kk, w] == UNSEEN and room[kk, in_arc[j]] > 0:
                level[kk, w] = above
                queue[seen] = (kk << SHIFT) | w
                seen += 1
        for arc in range(out_start[v], out_start[v + 1]):
            if flow[k, arc] > 0:
                kk, w = k + shift[arc], head[arc]
                if level[kk, w] == UNSEEN:
                    level[kk, w] = above
                    queue[seen] = (kk << SHIFT) | w
                    seen += 1
        s = row[v]
        if s >= 0 and k >= first_bin[s] and pool_level[s] == UNSEEN:
            pool_level[s] = above
            queue[seen] = (-1 << SHIFT) | s
            seen += 1
            if left[s] > 0:
                if met == 0:
                    most = above + NEAR_LEVELS
                met += 1
    return seen, met


@inlined
def ways(v: int, net: Any, supply: Any) -> Any:
    """Return the number of ways on from a node: arcs out, arcs in (taking flow back), back into its pool."""
    return net[0][v + 1] - net[0][v] + net[3][v + 1] - net[3][v] + (supply[2][v] >= 0)


@inlined
def admissible(stage: int, k: int, v: int, net: Any, state: Any, marks: Any, supply: Any) -> Any:
    """Return (way one level down from the one tried last on, its bin, its node), or -1 for the way."""
    below = marks[0][k, v] - 1
    way, found, to_bin, to_node = np.int64(marks[1][k, v]), np.int64(-1), np.int64(0), np.int64(0)
    out = net[0][v + 1] - net[0][v]
    while way < out:
        arc = net[0][v] + way
        to_bin, to_node = k + net[2][arc], net[1][arc]
        if to_bin <= stage and marks[0][to_bin, to_node] == below and state[0][k, arc] > 0:
            found = way
            break
        way += 1
    if found < 0:
        into = net[3][v + 1] - net[3][v]
        while way < out + into:
            j = net[3][v] + way - out
            to_bin, to_node = k - net[6][j], net[5][j]
            if to_bin >= 0 and marks[0][to_bin, to_node] == below and state[1][to_bin, net[4][j]] > 0:
                found = way
                break
            way += 1
        s = supply[2][v]
        if found < 0 and s >= 0 and way == out + into:
            if marks[2][s] == below and state[2][k, s] > 0:
                found, to_bin, to_node = way, np.int64(-1), s
            else:
                way += 1
    marks[1][k, v] = way
    return found, to_bin, to_node


@inlined
def lifted(stage: int, k: int, v: int, net: Any, state: Any, marks: Any, supply: Any) -> int:
    """Return one more than the lowest level that a point can reach, FAR + 1 without any."""
    least = FAR
    for arc in range(net[0][v], net[0][v + 1]):
        kk = k + net[2][arc]
        if kk <= stage and 0 <= marks[0][kk, net[1][arc]] < least and state[0][k, arc] > 0:
            least = marks[0][kk, net[1][arc]]
    for j in range(net[3][v], net[3][v + 1]):
        kk = k - net[6][j]
        if kk >= 0 and 0 <= marks[0][kk, net[5][j]] < least and state[1][kk, net[4][j]] > 0:
            least = marks[0][kk, net[5][j]]
    s = supply[2][v]
    if s >= 0 and 0 <= marks[2][s] < least and state[2][k, s] > 0:
        least = marks[2][s]
    return least + 1


@inlined
def out_of_pool(stage: int, s: int, marks: Any, supply: Any) -> int:
    """Return the next bin one level down in which a source can let people go, or -1."""
    node, below, kk = supply[0][s], marks[2][s] - 1, marks[3][s]
    while kk <= stage and marks[0][kk, node] != below:
        kk += 1
    marks[3][s] = kk
    return kk if kk <= stage else -1


@inlined
def pool_lifted(stage: int, s: int, marks: Any, supply: Any) -> int:
    """Return one more than the lowest level that a pool can reach, FAR + 1 without any."""
    least = FAR
    for kk in range(supply[1][s], stage + 1):
        if 0 <= marks[0][kk, supply[0][s]] < least:
            least = marks[0][kk, supply[0][s]]
    return least + 1


@compiled
def send(trail: Any, depth: int, most: int, net: Any, state: Any, supply: Any) -> Any:
    """Send as much as the trail takes, at most `most`; return (amount, first position that is full)."""
    out_start, _, _, in_start, in_arc, _, in_shift = net
    room, flow, left_at = state
    bins, nodes, taken = trail
    amount, full = np.int64(most), depth
    for turn in range(2):
        for i in range(depth - 1, -1, -1):
            k, v, way = bins[i], nodes[i], taken[i]
            if k < 0:
                left_at[way, v] += amount * turn
                continue
            out = out_start[v + 1] - out_start[v]
            back = in_start[v] + way - out
            if way < out:
                arc = out_start[v] + way
                passes = np.int64(room[k, arc])
                room[k, arc] -= amount * turn
                flow[k, arc] += amount * turn
            elif back < in_start[v + 1]:
                arc, kk = in_arc[back], k - in_shift[back]
                passes = np.int64(flow[kk, arc])
                room[kk, arc] += amount * turn
                flow[kk, arc] -= amount * turn
            else:
                passes = np.int64(left_at[k, supply[2][v]])
                left_at[k, supply[2][v]] -= amount * turn
            if turn == 0:
                amount = min(amount, passes)
            elif passes == amount:
                full = i
    return amount, full


@compiled
def push(
    stage: int, source: int, most: int, net: Any, state: Any, marks: Any, supply: Any, trail: Any
) -> Any:
    """Send up to `most` from a source down the levels; return what arrived.

    A point without a way one level down is lifted as long as the phase's effort lasts, else given up.
    """
    level, at, pool_level, pool_at = marks
    bins, nodes, taken, effort = trail
    sent, depth = 0, 0
    bins[0], nodes[0] = -1, source
    while True:
        k, v = bins[depth], nodes[depth]
        if k >= 0 and level[k, v] == 0:
            amount, depth = send((bins, nodes, taken), depth, most - sent, net, state, supply)
            sent += amount
            if sent == most:
                return sent
            continue
        if k < 0:
            way = out_of_pool(stage, v, marks, supply)
            kk, w = way, supply[0][v]
        else:
            way, kk, w = admissible(stage, k, v, net, state, marks, supply)
        if way >= 0:
            taken[depth] = way
            depth += 1
            bins[depth], nodes[depth] = kk, w
            continue
        height = FAR + 1
        if effort[0] > 0:
            effort[0] -= 1
            if k < 0:
                height = pool_lifted(stage, v, marks, supply)
            else:
                height = lifted(stage, k, v, net, state, marks, supply)
        if height >= effort[1]:
            height = SPENT
        if k < 0:
            pool_level[v], pool_at[v] = height, supply[1][v]
        else:
            level[k, v], at[k, v] = height, 0
        if depth == 0:
            if height == SPENT:
                return sent
            continue
        depth -= 1
        if bins[depth] < 0:
            pool_at[nodes[depth]] += 1
        else:
            at[bins[depth], nodes[depth]] += 1


@compiled
def send_back(trail: Any, depth: int, net: Any, state: Any, supply: Any, left: Any) -> Any:
    """Send what fits along a trail that was walked from the exit back to a source; return it."""
    in_arc = net[4]
    room, flow, left_at = state
    bins, nodes, taken = trail
    s = supply[2][nodes[depth]]
    amount = left[s]
    for i in range(depth):
        amount = min(amount, np.int64(room[bins[i + 1], in_arc[taken[i]]]))
    for i in range(depth):
        room[bins[i + 1], in_arc[taken[i]]] -= amount
        flow[bins[i + 1], in_arc[taken[i]]] += amount
    left_at[bins[depth], s] += amount
    left[s] -= amount
    return amount


# One flat loop: an iterative depth-first walk whose stack must not be copied.
@compiled
def repeat(stage: int, net: Any, state: Any, marks: Any, supply: Any, ends: Any, work: Any) -> int:
    """Send what can go the ways used one bin earlier; return what arrived.

    While a road is the bottleneck, every bin repeats the one before: no search is needed for that.
    """
    _, _, _, in_start, in_arc, in_tail, in_shift = net
    room, flow, left_at = state
    level, at = marks[0], marks[1]
    exits, earliest, left = ends
    queue, bins, nodes, taken = work
    on, off, dead = -4, -6, -5
    seen, total = 0, 0
    for v0 in exits:
        if level[stage, v0] != UNSEEN:
            continue
        # Ways are counted from the first of their node: positions of all arcs pass what a mark can hold.
        level[stage, v0], at[stage, v0] = off, 0
        queue[seen] = (stage << SHIFT) | v0
        seen += 1
        while level[stage, v0] != dead:
            depth, bins[0], nodes[0], found = 0, stage, v0, False
            while depth >= 0:
                k, v = bins[depth], nodes[depth]
                s = supply[2][v]
                if s >= 0 and left[s] > 0 and k > supply[1][s] and left_at[k - 1, s] > 0:
                    found = True
                    break
                j, last = in_start[v] + np.int64(at[k, v]), in_start[v + 1]
                while j < last:
                    kk, w = k - in_shift[j], in_tail[j]
                    if (
                        kk >= 1
                        and kk >= earliest[w]
                        and room[kk, in_arc[j]] > 0
                        and flow[kk - 1, in_arc[j]] > 0
                    ):
                        if level[kk, w] == UNSEEN:
                            level[kk, w], at[kk, w] = off, 0
                            queue[seen] = (kk << SHIFT) | w
                            seen += 1
                        if level[kk, w] == off:
                            break
                    j += 1
                at[k, v] = j - in_start[v]
                if j < last:
                    level[k - in_shift[j], in_tail[j]] = on
                    taken[depth] = j
                    depth += 1
                    bins[depth], nodes[depth] = k - in_shift[j], in_tail[j]
                else:
                    level[k, v] = dead
                    depth -= 1
                    if depth >= 0:
                        at[bins[depth], nodes[depth]] += 1
            if not found:
                break
            for i in range(depth + 1):
                level[bins[i], nodes[i]] = off
            total += send_back((bins, nodes, taken), depth, net, state, supply, left)
    for i in range(seen):
        level[queue[i] >> SHIFT, queue[i] & MASK] = UNSEEN
    return total


@compiled
def phase(stage: int, seen: int, net: Any, state: Any, marks: Any, supply: Any, ends: Any, work: Any) -> int:
    """Send a blocking flow over the levels of a search and forget them; return what arrived."""
    level, at, pool_level, pool_at = marks
    left = ends[2]
    queue, bins, nodes, taken = work
    last = queue[seen - 1]
    highest = pool_level[last & MASK] if last < 0 else level[last >> SHIFT, last & MASK]
    effort = np.array([seen // 32, highest + CLIMB])
    for i in range(seen):
        if queue[i] < 0:
            pool_at[queue[i] & MASK] = supply[1][queue[i] & MASK]
        else:
            at[queue[i] >> SHIFT, queue[i] & MASK] = 0
    total = 0
    for i in range(seen):
        s = queue[i] & MASK
        if queue[i] < 0 and left[s] > 0:
            sent = push(stage, s, left[s], net, state, marks, supply, (bins, nodes, taken, effort))
            left[s] -= sent
            total += sent
    for i in range(seen):
        if queue[i] < 0:
            pool_level[queue[i] & MASK] = UNSEEN
        else:
            level[queue[i] >> SHIFT, queue[i] & MASK] = UNSEEN
    return total


@compiled
def open_bins(
    stages: Any, net: Any, state: Any, marks: Any, supply: Any, ends: Any, work: Any, out: Any
) -> Any:
    """Open bins one after another, each to a maximum; return the first that was not opened.

    `stages` = (first, end, bins at once, guide): what the guide knows is sent first, then what can go as one
    bin earlier. Exits of bins that are opened at once count as the last of them.

    `out` = (arrived by bin, settled bin by source, counters): a point that still reaches the exits at the end
    of a stage is settled and never looked at again.
    """
    arrived, settled, counters = out
    queue = work[0]
    left = ends[2]
    for stage in range(stages[0], stages[1]):
        arrived[stage] += follow(stage, stages[3], net, state, left)
        arrived[stage] += repeat(stage, net, state, marks, supply, ends, work)
        if (stage + 1) % stages[2] and stage + 1 < stages[1] and left.sum() > 0:
            continue
        first = stage - stage % stages[2]
        while True:
            seen, met = search((first, stage), net, state, marks, supply, ends, queue)
            counters[PHASES] += 1
            counters[SEEN] += seen
            if met == 0:
                break
            arrived[stage] += phase(stage, seen, net, state, marks, supply, ends, work)
        for i in range(seen):
            k, v = queue[i] >> SHIFT, queue[i] & MASK
            if k < 0:
                marks[2][v] = CLOSED
                settled[v] = first
            else:
                marks[0][k, v] = CLOSED
        if left.sum() == 0:
            return stage + 1
    return stages[1]

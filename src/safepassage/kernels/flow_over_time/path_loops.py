"""Compiled loops of `paths`: walks along a flow, circles taken out."""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.compiled import compiled


@compiled
def walk(start: Any, net: Any, flow: Any, at: Any, seen: Any, trail: Any) -> int:
    """Follow the flow from a (bin, node) to an exit, circles taken out; return its arcs, -1 if lost."""
    out_start, head, shift, is_exit = net
    bins, arcs = trail
    k, v = start
    depth = 0
    while not is_exit[v]:
        arc = out_start[v] + at[k, v]
        while arc < out_start[v + 1] and flow[k, arc] <= 0:
            arc += 1
        at[k, v] = arc - out_start[v]
        if arc == out_start[v + 1]:
            return -1
        seen[k, v] = depth + 1
        bins[depth], arcs[depth] = k, arc
        depth += 1
        k, v = k + shift[arc], head[arc]
        if seen[k, v] > 0:
            first = seen[k, v] - 1
            least = flow[bins[first], arcs[first]]
            for i in range(first, depth):
                least = min(least, flow[bins[i], arcs[i]])
            for i in range(first, depth):
                flow[bins[i], arcs[i]] -= least
                seen[bins[i], tail_of(arcs[i], out_start)] = 0
            depth = first
    return depth


@compiled
def tail_of(arc: int, out_start: Any) -> int:
    """Return the node whose arcs out include `arc`."""
    low, high = 0, len(out_start) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if out_start[middle] <= arc:
            low = middle
        else:
            high = middle
    return low


@compiled
def decompose(net: Any, flow: Any, left_at: Any, node_of: Any, longest: int) -> Any:
    """Return rows (source, bin, vehicles) and the (start, arcs) of their paths; `flow` is used up."""
    n_bins, n_sources = left_at.shape
    out_start = net[0]
    at = np.zeros((n_bins, len(out_start) - 1), np.int16)
    seen = np.zeros((n_bins, len(out_start) - 1), np.int32)
    trail = (np.empty(longest, np.int64), np.empty(longest, np.int64))
    rows, start, arcs = np.empty((1024, 3), np.int64), np.zeros(1025, np.int64), np.empty(1024, np.int64)
    count, used = 0, 0
    for s in range(n_sources):
        for k in range(n_bins):
            people = np.int64(left_at[k, s])
            while people > 0:
                depth = walk((k, node_of[s]), net, flow, at, seen, trail)
                if depth < 0:
                    break
                amount = people
                for i in range(depth):
                    amount = min(amount, np.int64(flow[trail[0][i], trail[1][i]]))
                for i in range(depth):
                    flow[trail[0][i], trail[1][i]] -= amount
                    seen[trail[0][i], tail_of(trail[1][i], out_start)] = 0
                people -= amount
                if count == len(rows):
                    rows = np.concatenate((rows, np.empty_like(rows)))
                    start = np.concatenate((start, np.empty(count, np.int64)))
                while used + depth > len(arcs):
                    arcs = np.concatenate((arcs, np.empty_like(arcs)))
                rows[count, 0], rows[count, 1], rows[count, 2] = s, k, amount
                arcs[used : used + depth] = trail[1][:depth]
                used += depth
                count += 1
                start[count] = used
    return rows[:count].copy(), start[: count + 1].copy(), arcs[:used].copy()

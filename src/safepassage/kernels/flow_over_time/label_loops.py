"""Compiled loops of `labels`: one node after the other takes the label that makes the sum least."""

# ruff: noqa: PLR0917 - compiled loops take their arrays as tuples, by position.

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.compiled import compiled, inlined


@inlined
def carried(slope: float, burst: float, start: int, end: int, horizon_s: int) -> float:
    """Return what an arc carries in [start, end) within the grid, nearly."""
    low, high = max(start, 0), min(end, horizon_s)
    return slope * (high - low) + burst if low < high else 0.0


@compiled
def cost_of(v: int, label: int, alpha: Any, arcs: Any, net: Any, people: Any, horizon_s: int) -> float:
    """Return the part of the sum that depends on the label of a node."""
    tail, head, travel_s, slope, burst = arcs
    out_start, out_arc, in_start, in_arc = net
    first, release_s, persons = people
    total = 0.0
    for i in range(out_start[v], out_start[v + 1]):
        a = out_arc[i]
        total += carried(slope[a], burst[a], label, alpha[head[a]] - travel_s[a], horizon_s)
    for i in range(in_start[v], in_start[v + 1]):
        a = in_arc[i]
        total += carried(slope[a], burst[a], alpha[tail[a]], label - travel_s[a], horizon_s)
    for i in range(first[v], first[v + 1]):
        if label > release_s[i]:
            total += persons[i]
    return total


@compiled
def best_label(v: int, alpha: Any, arcs: Any, net: Any, people: Any, horizon_s: int) -> int:
    """Return the best label of a node among the ends of its arcs' intervals, its own if none is better."""
    tail, head, travel_s, _, _ = arcs
    out_start, out_arc, in_start, in_arc = net
    best, least = alpha[v], cost_of(v, alpha[v], alpha, arcs, net, people, horizon_s)
    if least <= 0.0:
        return int(best)
    outs, ins, own = (
        out_start[v + 1] - out_start[v],
        in_start[v + 1] - in_start[v],
        people[0][v + 1] - people[0][v],
    )
    for i in range(outs + ins + own):
        if i < outs:
            a = out_arc[out_start[v] + i]
            label = alpha[head[a]] - travel_s[a]
        elif i < outs + ins:
            a = in_arc[in_start[v] + i - outs]
            label = alpha[tail[a]] + travel_s[a]
        else:
            label = people[1][people[0][v] + i - outs - ins]
        if label != best:
            cost = cost_of(v, label, alpha, arcs, net, people, horizon_s)
            if cost < least - 1e-6:
                best, least = label, cost
    return int(best)


@compiled
def improve(order: Any, alpha: Any, stirred: Any, arcs: Any, net: Any, people: Any, horizon_s: int) -> int:
    """Give each stirred node in order its best label; return the changes.

    Whoever has it rests until a neighbour's label changes: until then no other is better.
    """
    tail, head = arcs[:2]
    out_start, out_arc, in_start, in_arc = net
    changes = 0
    for v in order:
        if not stirred[v]:
            continue
        stirred[v] = False
        label = best_label(v, alpha, arcs, net, people, horizon_s)
        if label != alpha[v]:
            alpha[v] = label
            changes += 1
            for i in range(out_start[v], out_start[v + 1]):
                stirred[head[out_arc[i]]] = True
            for i in range(in_start[v], in_start[v + 1]):
                stirred[tail[in_arc[i]]] = True
    return changes


@compiled
def follow(order: Any, alpha: Any, fixed: Any, ends: Any, out: Any) -> int:
    """Raise each node in order to the latest label that cuts none of its arcs out; return the changes."""
    (head, travel_s), (out_start, out_arc) = ends, out
    changes = 0
    for v in order:
        if fixed[v]:
            continue
        label = alpha[v]
        for i in range(out_start[v], out_start[v + 1]):
            a = out_arc[i]
            label = max(label, alpha[head[a]] - travel_s[a])
        if label > alpha[v]:
            alpha[v] = label
            changes += 1
    return changes


@compiled
def narrowest(start: Any, member: Any, slope: Any) -> Any:
    """Return for each contracted arc where among its members the first is that carries least."""
    found = np.empty(len(start) - 1, np.int64)
    for i in range(len(found)):
        least = start[i]
        for j in range(start[i], start[i + 1]):
            if slope[member[j]] < slope[member[least]]:
                least = j
        found[i] = least
    return found


@compiled
def label_inside(few: Any, raw: Any, alpha: Any, fixed: Any, ends: Any) -> None:
    """Label and fix the nodes inside contracted arcs that are cut, so that the least is carried.

    Other nodes inside begin with the latest label that cuts none of the arcs that they lie in.
    """
    (first, last, total), (start, member, least), (head, travel_s) = few, raw, ends
    for i in range(len(first)):
        end, passed = alpha[last[i]] - total[i], 0
        is_cut = end > alpha[first[i]]
        for j in range(start[i], start[i + 1] - 1):
            passed += travel_s[member[j]]
            v = head[member[j]]
            if is_cut:
                alpha[v] = (alpha[first[i]] if j < least[i] else end) + passed
                fixed[v] = True
            elif not fixed[v]:
                alpha[v] = max(alpha[v], end + passed)

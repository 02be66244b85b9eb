"""Compiled loops of `labels`: one node after the other takes the label that makes the sum least."""

# ruff: noqa: PLR0917 - compiled loops take their arrays as tuples, by position.

from __future__ import annotations

from typing import Any

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
def improve(order: Any, alpha: Any, arcs: Any, net: Any, people: Any, horizon_s: int) -> int:
    """Give each node in order its best label among the ends of its arcs' intervals; return the changes."""
    tail, head, travel_s, _, _ = arcs
    out_start, out_arc, in_start, in_arc = net
    changes = 0
    for v in order:
        best, least = alpha[v], cost_of(v, alpha[v], alpha, arcs, net, people, horizon_s)
        if least <= 0.0:
            continue
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
        if best != alpha[v]:
            alpha[v] = best
            changes += 1
    return changes


@compiled
def follow(order: Any, alpha: Any, arcs: Any, net: Any) -> int:
    """Raise each node in order to the latest label that cuts none of its arcs out; return the changes."""
    _, head, travel_s, _, _ = arcs
    out_start, out_arc = net[0], net[1]
    changes = 0
    for v in order:
        label = alpha[v]
        for i in range(out_start[v], out_start[v + 1]):
            a = out_arc[i]
            label = max(label, alpha[head[a]] - travel_s[a])
        if label > alpha[v]:
            alpha[v] = label
            changes += 1
    return changes


@compiled
def cut_inside(ends: Any, raw: Any, alpha: Any, given: Any, arcs: Any) -> None:
    """Cut each contracted arc that is cut where it carries least, by the labels of the nodes inside it."""
    first, last = ends
    start, member = raw
    _, head, travel_s, slope, _ = arcs
    for i in range(len(first)):
        total, least = 0, start[i]
        for j in range(start[i], start[i + 1]):
            total += travel_s[member[j]]
            if slope[member[j]] < slope[member[least]]:
                least = j
        if alpha[last[i]] - total <= alpha[first[i]]:
            continue
        passed = 0
        for j in range(start[i], start[i + 1] - 1):
            passed += travel_s[member[j]]
            v = head[member[j]]
            alpha[v] = alpha[first[i]] + passed if j < least else alpha[last[i]] - total + passed
            given[v] = True

"""The loops of world runs: one movement on one road after the other."""

from __future__ import annotations

from typing import Any

from safepassage.kernels.compiled import compiled, inner

PERMILLE = 1_000
TURNS_MOST = 64
"""Pieces and windows that are looked at before an arc is given up."""


@inner
def travel_s(roads: Any, drawn: Any, w: int, arc: int, t: int) -> int:
    """Return the seconds an arc takes in a world when entered at t."""
    base = roads.travel_s[arc]
    for p in range(roads.piece_first[arc], roads.piece_first[arc + 1]):
        if roads.pieces[p, 0] <= t < roads.pieces[p, 1]:
            base = roads.pieces[p, 3]
            break
    return int(base * (PERMILLE + drawn.slow[w, arc]) // PERMILLE)


@inner
def cut_permille(roads: Any, drawn: Any, w: int, arc: int) -> Any:
    """Return what is cut off the windows of an arc in a world; more than all where it is shut."""
    cut = 0
    for f in range(roads.fact_first[arc], roads.fact_first[arc + 1]):
        fact = roads.facts[f, 0]
        if drawn.true[w, fact]:
            cut = max(cut, drawn.cut[w, fact] if roads.facts[f, 1] else 2 * PERMILLE)
    return cut


@inner
def open_from(roads: Any, arc: int, t: int, cut: int) -> Any:
    """Return the open stretch of an arc that holds t or comes next, its end cut; (-1, -1) without one."""
    first, last = roads.piece_first[arc], roads.piece_first[arc + 1]
    if first == last:
        return t, roads.horizon_s * 2
    p = first
    while p < last:
        if roads.pieces[p, 2] == 0 or roads.pieces[p, 1] <= t:
            p += 1
            continue
        start, end = roads.pieces[p, 0], roads.pieces[p, 1]
        while p + 1 < last and roads.pieces[p + 1, 2] != 0:
            p += 1
            end = roads.pieces[p, 1]
        end -= (end - start) * cut // PERMILLE
        if end > t:
            return max(start, t), end
        p += 1
    return -1, -1


@inner
def window_from(roads: Any, t: int, needed_s: int) -> Any:
    """Return the first second from t on from which movement is allowed for so long, -1 without one."""
    if len(roads.windows) == 0:
        return t
    for k in range(len(roads.windows)):
        start = max(t, roads.windows[k, 0])
        if start + needed_s <= roads.windows[k, 1]:
            return start
    return -1


@inner
def entered(roads: Any, drawn: Any, w: int, arc: int, t: int) -> Any:
    """Return when an arc that is reached at t can be entered and left again while open, -1 if never."""
    cut = cut_permille(roads, drawn, w, arc)
    if cut > PERMILLE:
        return -1
    for _ in range(TURNS_MOST):
        start, end = open_from(roads, arc, t, cut)
        if start < 0:
            return -1
        tau = travel_s(roads, drawn, w, arc, start)
        allowed = window_from(roads, start, tau)
        if allowed < 0:
            return -1
        if allowed == start and start + tau <= end:
            return start
        t = allowed if allowed > start else end
    return -1


@inner
def driven(  # noqa: PLR0917 - tuples in loops cost more than arguments
    roads: Any, drawn: Any, w: int, arcs: Any, waits: Any, rows: tuple[int, int], t: int, enter: Any
) -> Any:  # fmt: skip
    """Return when a way is done that begins at t, -1 where it breaks off; note when its arcs are entered."""
    for k in range(rows[0], rows[1]):
        reached = t + waits[k] if len(waits) else t
        t = entered(roads, drawn, w, arcs[k], reached)
        if t < 0:
            return -1
        if len(enter):
            enter[k] = t
        t += travel_s(roads, drawn, w, arcs[k], t)
    return t


@inner
def ready(trips: Any, arrive: Any, i: int) -> Any:
    """Return when vehicle and people of a movement are there, -1 where the vehicle never is."""
    start, before = trips.depart_s[i], trips.before[i]
    if before >= 0:
        if arrive[before] < 0:
            return -1
        start = max(start, arrive[before] + trips.turn_s[i])
    for row in range(trips.after_first[i], trips.after_first[i + 1]):
        came = arrive[trips.after[row, 0]]
        if came >= 0:
            start = max(start, came + trips.after[row, 1])
    return start


@compiled
def run_all(roads: Any, trips: Any, drawn: Any, arrive: Any, state: Any, enter: Any) -> None:
    """Fill arrivals, states and entry times of all worlds."""
    for w in range(len(arrive)):
        for i in range(len(trips.depart_s)):
            start, v = ready(trips, arrive[w], i), trips.vehicle[i]
            if start < 0 or (v >= 0 and start >= drawn.fails_s[w, v]):
                state[w, i] = 2
                continue
            own = (trips.arc_first[i], trips.arc_first[i + 1])
            t = driven(roads, drawn, w, trips.arcs, trips.waits_s, own, start, enter[w])
            if t < 0 and trips.other_first[i] < trips.other_first[i + 1]:
                state[w, i] = 1
                enter[w, own[0] : own[1]] = -1
                other = (trips.other_first[i], trips.other_first[i + 1])
                t = driven(roads, drawn, w, trips.other, trips.waits_s[:0], other, start, enter[w, :0])
            if t < 0 or t > roads.horizon_s or (v >= 0 and t >= drawn.fails_s[w, v]):
                state[w, i] = 2
            else:
                arrive[w, i] = t

"""The loops of world runs: one movement on one road after the other."""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.compiled import compiled, inlined, inner

PERMILLE = 1_000
TURNS_MOST = 64
"""Pieces and windows that are looked at before an arc is given up."""


@inner
def travel_s(roads: Any, slow: Any, arc: int, t: int) -> int:
    """Return the seconds an arc takes in a world when entered at t."""
    base = roads.travel_s[arc]
    for p in range(roads.piece_first[arc], roads.piece_first[arc + 1]):
        if roads.pieces[p, 0] <= t < roads.pieces[p, 1]:
            base = roads.pieces[p, 3]
            break
    return int(base * (PERMILLE + slow[arc]) // PERMILLE)


@inner
def fill_cuts(roads: Any, true: Any, cut: Any, found: Any) -> None:
    """Fill (arcs,) with what is cut off the windows of each arc in a world; more than all where shut."""
    for arc in range(len(found)):
        most = 0
        for f in range(roads.fact_first[arc], roads.fact_first[arc + 1]):
            fact = roads.facts[f, 0]
            if true[fact]:
                most = max(most, cut[fact] if roads.facts[f, 1] else 2 * PERMILLE)
        found[arc] = most


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


@inlined
def allowed_until(roads: Any, t: int) -> Any:
    """Return until when movement that goes on at t may last, t itself where it may not."""
    if len(roads.windows) == 0:
        return roads.horizon_s * 2
    for k in range(len(roads.windows)):
        if roads.windows[k, 0] <= t < roads.windows[k, 1]:
            return roads.windows[k, 1]
    return t


@inner
def entered(roads: Any, slow: Any, cut: int, arc: int, t: int) -> Any:
    """Return when an arc that is reached at t can be entered and left again while open, -1 if never."""
    if cut > PERMILLE:
        return -1
    for _ in range(TURNS_MOST):
        start, end = open_from(roads, arc, t, cut)
        if start < 0:
            return -1
        tau = travel_s(roads, slow, arc, start)
        allowed = window_from(roads, start, tau)
        if allowed < 0:
            return -1
        if allowed == start and start + tau <= end:
            return start
        t = allowed if allowed > start else end
    return -1


@inner
def fill_plain(roads: Any, slow: Any, cuts: Any, plain_s: Any) -> None:
    """Fill (arcs,) the seconds an arc takes in a world, -1 where it changes or is cut: most never do."""
    for arc in range(len(plain_s)):
        changes = cuts[arc] != 0 or roads.piece_first[arc] != roads.piece_first[arc + 1]
        plain_s[arc] = -1 if changes else roads.travel_s[arc] * (PERMILLE + slow[arc]) // PERMILLE


@inlined
def driven(  # noqa: PLR0917 - tuples in loops cost more than arguments
    roads: Any, world: Any, arcs: Any, waits: Any, rows: tuple[int, int], t: int, noted: Any
) -> Any:  # fmt: skip
    """Return when a way is done that begins at t, -1 where it breaks off; note when its arcs are entered."""
    slow, cuts, plain_s = world
    place, enter = noted
    until_s = allowed_until(roads, t)
    for k in range(rows[0], rows[1]):
        arc, reached = arcs[k], t
        if len(waits):
            reached += waits[k]
        tau = plain_s[arc]
        if tau < 0 or reached + tau > until_s:
            reached = entered(roads, slow, cuts[arc], arc, reached)
            if reached < 0:
                return -1
            tau = travel_s(roads, slow, arc, reached)
            until_s = allowed_until(roads, reached)
        t = reached + tau
        if len(place) and place[k] >= 0:
            enter[place[k]] = reached
    return t


@inlined
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
def run_all(roads: Any, trips: Any, drawn: Any, found: Any) -> None:
    """Fill arrivals, states and times of entry of all worlds."""
    place, arrive, state, enter = found
    cuts, plain_s = np.zeros((2, len(roads.travel_s)), dtype=np.int64)
    none = np.zeros(0, dtype=np.int64)
    for w in range(len(arrive)):
        came, entry, fails_s = arrive[w], enter[w], drawn.fails_s[w]
        fill_cuts(roads, drawn.true[w], drawn.cut[w], cuts)
        fill_plain(roads, drawn.slow[w], cuts, plain_s)
        world = (drawn.slow[w], cuts, plain_s)
        for i in range(len(trips.depart_s)):
            start, v = ready(trips, came, i), trips.vehicle[i]
            if start < 0 or (v >= 0 and start >= fails_s[v]):
                state[w, i] = 2
                continue
            own = (trips.arc_first[i], trips.arc_first[i + 1])
            t = driven(roads, world, trips.arcs, trips.waits_s, own, start, (place, entry))
            if t < 0 and trips.other_first[i] < trips.other_first[i + 1]:
                state[w, i] = 1
                for k in range(own[0], own[1]):
                    if place[k] >= 0:
                        entry[place[k]] = -1
                other = (trips.other_first[i], trips.other_first[i + 1])
                t = driven(roads, world, trips.other, none, other, start, (none, none))
            if t < 0 or t > roads.horizon_s or (v >= 0 and t >= fails_s[v]):
                state[w, i] = 2
            else:
                came[i] = t

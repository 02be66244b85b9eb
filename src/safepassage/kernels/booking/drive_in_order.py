"""Compiled loop of `road_book`: everybody drives, and whoever is due first at an arc enters it first.

Those who wait for an arc stand in a skew heap (Sleator and Tarjan, "Self-adjusting heaps", 1986,
doi:10.1137/0215004), of which each vehicle is in one at most: links lie in arrays by vehicle. Seconds have
lists of those who come to an arc and of arcs that can be entered again.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.booking.booking_loops import NEVER, enter, reserve
from safepassage.kernels.compiled import compiled, inlined

NOBODY = -1


@inlined
def sooner(a: int, b: int, due_s: Any) -> bool:
    """Return whether a vehicle is due before another, ties by position."""
    return bool(due_s[a] < due_s[b] or (due_s[a] == due_s[b] and a < b))


@compiled
def joined(a: int, b: int, due_s: Any, links: Any) -> int:
    """Return the first of two heaps made one."""
    left, right = links
    if min(a, b) == NOBODY:
        return max(a, b)
    if sooner(b, a, due_s):
        a, b = b, a
    place, x = a, right[a]
    right[a] = left[a]
    while x != NOBODY:
        if sooner(b, x, due_s):
            x, b = b, x
        left[place] = x
        place, x = x, right[x]
        right[place] = left[place]
    left[place] = b
    return a


@compiled
def leads(roads: Any, stops: Any) -> Any:
    """Return the least seconds from the departure of each path to each of its stops."""
    stop_start, stop_arc, stop_gap_s = stops[0], stops[1], stops[2]
    lead_s = np.zeros(len(stop_arc), np.int64)
    for path in range(len(stop_start) - 1):
        for i in range(stop_start[path] + 1, stop_start[path + 1]):
            travel_s = roads[3][roads[0][stop_arc[i - 1]]]
            lead_s[i] = lead_s[i - 1] + travel_s + stop_gap_s[i]
    return lead_s


@compiled
def due_as_planned(roads: Any, stops: Any, path: Any, slot: Any, due_depart_s: Any) -> Any:
    """Return by entry the second it is due, for turns due to leave at `due_depart_s` that wait nowhere."""
    lead_s, due_s = leads(roads, stops), np.full(slot[len(path)], NEVER)
    for turn in range(len(path)):
        low = stops[0][path[turn]]
        for i in range(low, stops[0][path[turn] + 1]):
            due_s[slot[turn] + i - low] = due_depart_s[turn] + lead_s[i]
    return due_s


# One flat loop over the seconds; the pools of stretches may be replaced by larger ones at every entry.
@compiled
def drive_in_order(  # noqa: C901, PLR0915
    roads: Any, calendars: Any, room: Any, used: int, *, stops: Any, turns: Any, work: int
) -> tuple[Any, ...]:
    """Let everybody drive as planned; of those who wait for an arc the one due first enters, when it can.

    `turns` is (path, first second of departure, second it is due by entry, slot). Return (entries, pools, how
    much is in use).
    """
    stop_start, stop_arc, stop_gap_s = stops[0], stops[1], stops[2]
    path, depart_s, due_entry_s, slot = turns
    at, count, busy_from, busy_until = calendars
    n, n_arcs, horizon_s = len(path), len(roads[0]) - 1, roads[6]
    entries, due_s, stop = np.full(slot[n], NEVER), np.zeros(n, np.int64), np.zeros(n, np.int64)
    links = np.full(n, NOBODY), np.full(n, NOBODY)
    coming, coming_next = np.full(horizon_s + 1, NOBODY), np.full(n, NOBODY)
    opening, opening_next = np.full(horizon_s + 1, NOBODY), np.full(n_arcs, NOBODY)
    queue, opens_s = np.full(n_arcs, NOBODY), np.full(n_arcs, NEVER)
    for turn in range(n):
        if path[turn] != NEVER and depart_s[turn] < horizon_s:
            stop[turn] = stop_start[path[turn]]
            coming_next[turn], coming[depart_s[turn]] = coming[depart_s[turn]], turn
    for t in range(horizon_s):
        while coming[t] != NOBODY or opening[t] != NOBODY:
            turn = coming[t]
            coming[t] = NOBODY
            while turn != NOBODY:
                after, arc = coming_next[turn], stop_arc[stop[turn]]
                due_s[turn] = due_entry_s[slot[turn] + stop[turn] - stop_start[path[turn]]]
                links[0][turn] = links[1][turn] = NOBODY
                queue[arc] = joined(queue[arc], turn, due_s, links)
                if opens_s[arc] < t:
                    opens_s[arc], opening_next[arc], opening[t] = t, opening[t], arc
                turn = after
            arc = opening[t]
            opening[t] = NOBODY
            while arc != NOBODY:
                following = opening_next[arc]
                opens_s[arc] = NEVER
                while queue[arc] != NOBODY:
                    second, x, travel_s = enter(roads, (at, count, busy_from, busy_until), arc, t, work)
                    if second != t:
                        # Where an arc is never open again, whoever waits for it gets no further.
                        opens_s[arc] = horizon_s
                        if second != NEVER:
                            opens_s[arc], opening_next[arc], opening[second] = second, opening[second], arc
                        break
                    busy_from, busy_until, used = reserve(
                        (at, count, busy_from, busy_until), room, used, arc, (x, x + work)
                    )
                    turn = queue[arc]
                    queue[arc] = joined(links[0][turn], links[1][turn], due_s, links)
                    i = stop[turn]
                    entries[slot[turn] + i - stop_start[path[turn]]] = x
                    if i + 1 < stop_start[path[turn] + 1]:
                        stop[turn], ready = i + 1, t + travel_s + stop_gap_s[i + 1]
                        if ready < horizon_s:
                            coming_next[turn], coming[ready] = coming[ready], turn
                arc = following
    return entries, busy_from, busy_until, used

"""Compiled loops of `road_book`: read times, move some vehicles; each place on each arc is known.

A vehicle's entries are kept as coordinates (see `booking_loops`), one per stop of its path, from
`slot[turn]` on.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.booking.booking_loops import NEVER, first_after, piece_of, reserve, run
from safepassage.kernels.compiled import compiled


@compiled
def second_of(roads: Any, arc: int, x: int) -> int:
    """Return the second of an arc that holds coordinate x."""
    piece_start, from_s, rate, _, _, cumulated, _ = roads
    k = piece_of(cumulated, piece_start[arc], piece_start[arc + 1], x)
    return int(from_s[k] + (x - cumulated[k]) // max(1, rate[k]))


@compiled
def release(calendars: Any, room: Any, used: int, arc: int, stretch: Any) -> tuple[Any, Any, int]:
    """Give back [x, end) of an arc, which was reserved; return the pools and how much of them is in use."""
    at, count, busy_from, busy_until = calendars
    first, n, (x, end) = at[arc], count[arc], stretch
    i = first_after(busy_until, first, n, x)
    since, until = busy_from[first + i], busy_until[first + i]
    if since == x and until == end:
        for j in range(first + i, first + n - 1):
            busy_from[j] = busy_from[j + 1]
            busy_until[j] = busy_until[j + 1]
        count[arc] = n - 1
    elif since == x:
        busy_from[first + i] = end
    elif until == end:
        busy_until[first + i] = x
    else:
        busy_until[first + i] = x
        # What is left behind the gap is a stretch of its own.
        busy_from, busy_until, used = reserve(
            (at, count, busy_from, busy_until), room, used, arc, (end, until)
        )
    return busy_from, busy_until, used


@compiled
def timetable(roads: Any, stops: Any, path: Any, slot: Any, entries: Any) -> tuple[Any, Any, Any, Any]:
    """Return each turn's (departure, arrival, longest wait over the limit of its arc, waits in all).

    Departure and arrival are NEVER where an entry is missing or the horizon is passed.
    """
    stop_start, stop_arc, stop_gap_s, _, wait_max_s, tail_s = stops
    n = len(path)
    depart, arrive = np.full(n, NEVER), np.full(n, NEVER)
    excess, waited = np.zeros(n, np.int64), np.zeros(n, np.int64)
    for turn in range(n):
        if path[turn] == NEVER:
            continue
        low, high = stop_start[path[turn]], stop_start[path[turn] + 1]
        t = 0
        for i in range(low, high):
            x = entries[slot[turn] + i - low]
            if x == NEVER:
                t = NEVER
                break
            arc = stop_arc[i]
            second = second_of(roads, arc, x)
            if i == low:
                depart[turn] = second
            else:
                wait = second - t - stop_gap_s[i]
                waited[turn] += wait
                excess[turn] = max(excess[turn], wait - wait_max_s[arc])
            t = second + _travel_s(roads, arc, second)
        if t == NEVER or t + tail_s[path[turn]] > roads[6]:
            depart[turn] = NEVER
        else:
            arrive[turn] = t + tail_s[path[turn]]
    return depart, arrive, excess, waited


@compiled
def _travel_s(roads: Any, arc: int, t: int) -> int:
    return int(roads[3][piece_of(roads[1], roads[0][arc], roads[0][arc + 1], t)])


@compiled
def waits_of(roads: Any, stops: Any, path: Any, slot: Any, entries: Any) -> Any:
    """Return rows (turn, stop, seconds) of all waits on the way."""
    stop_start, stop_arc, stop_gap_s = stops[0], stops[1], stops[2]
    rows, n_rows = np.empty((len(path) + 1024, 3), np.int64), 0
    for turn in range(len(path)):
        if path[turn] == NEVER:
            continue
        low, high = stop_start[path[turn]], stop_start[path[turn] + 1]
        if n_rows + high - low > len(rows):
            rows = np.concatenate((rows, np.empty((len(rows) + high - low, 3), np.int64)))
        t = 0
        for i in range(low, high):
            second = second_of(roads, stop_arc[i], entries[slot[turn] + i - low])
            wait = second - t - stop_gap_s[i]
            if i > low and wait > 0:
                rows[n_rows, 0], rows[n_rows, 1], rows[n_rows, 2] = turn, i, wait
                n_rows += 1
            t = second + _travel_s(roads, stop_arc[i], second)
    return rows[:n_rows].copy()


@compiled
def _take(calendars: Any, room: Any, used: int, stops: Any, what: Any) -> tuple[Any, Any, int]:
    """Reserve all entries of one run: (path, entries, work)."""
    path, xs, work = what
    at, count, busy_from, busy_until = calendars
    low = stops[0][path]
    for i in range(low, stops[0][path + 1]):
        x = xs[i - low]
        busy_from, busy_until, used = reserve(
            (at, count, busy_from, busy_until), room, used, stops[1][i], (x, x + work)
        )
    return busy_from, busy_until, used


@compiled
def _give(calendars: Any, room: Any, used: int, stops: Any, what: Any) -> tuple[Any, Any, int]:
    """Release the entries of one run, those that were made: (path, entries, work)."""
    path, xs, work = what
    at, count, busy_from, busy_until = calendars
    low = stops[0][path]
    for i in range(low, stops[0][path + 1]):
        x = xs[i - low]
        if x != NEVER:
            busy_from, busy_until, used = release(
                (at, count, busy_from, busy_until), room, used, stops[1][i], (x, x + work)
            )
    return busy_from, busy_until, used


@compiled
def move(
    roads: Any, calendars: Any, room: Any, used: int, *, stops: Any, lists: Any, turns: Any, terms: Any
) -> tuple[Any, ...]:
    """Take turns off the roads one by one and book each anew where it arrives first, never later than before.

    `lists` is (start, path, least seconds of each path), `turns` (order, list, first second, slot, path,
    entries, arrival); the last three change in place. `terms` is (work, window): departures that would save
    more than `window` seconds are not looked for. A turn without an arrival is booked wherever there is
    room. Return the pools, how much is in use, arcs looked at and turns moved.
    """
    list_start, list_path, least_s = lists
    order, turn_list, from_s, slot, path, entries, arrive = turns
    at, count, busy_from, busy_until = calendars
    work, window = terms
    start = stops[0]
    longest = np.max(np.diff(start))
    trace = (np.zeros(longest, np.int64), np.zeros(longest, np.int64))
    kept = np.zeros(longest, np.int64)
    probes, moved = 0, 0
    for turn in order:
        best, soonest, mine = path[turn], arrive[turn], entries[slot[turn] : slot[turn + 1]]
        if best != NEVER:
            kept[: len(mine)] = mine
            busy_from, busy_until, used = _give(
                (at, count, busy_from, busy_until), room, used, stops, (best, mine, work)
            )
        since = from_s[turn]
        if soonest == NEVER:
            best, soonest = NEVER, roads[6] + 1
        for j in range(list_start[turn_list[turn]], list_start[turn_list[turn] + 1]):
            p = list_path[j]
            if arrive[turn] != NEVER:
                since = max(from_s[turn], arrive[turn] - least_s[p] - window)
            depart, reached, looked = run(
                roads, (at, count, busy_from, busy_until), stops, (p, since, work, soonest - 1), trace
            )
            probes += looked
            if depart != NEVER:
                best, soonest = p, reached
                kept[:] = trace[0]
        if best == NEVER:
            path[turn], arrive[turn] = NEVER, NEVER
            continue
        moved += soonest != arrive[turn]
        path[turn], arrive[turn] = best, soonest
        n = start[best + 1] - start[best]
        mine[:n] = kept[:n]
        busy_from, busy_until, used = _take(
            (at, count, busy_from, busy_until), room, used, stops, (best, mine, work)
        )
    return busy_from, busy_until, used, probes, moved

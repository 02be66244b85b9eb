"""Compiled loops of `booking`: calendars of all arcs at once, and runs that fit between what is booked.

Second t of an arc lies at the coordinate x = sum of its capacity over [0, t). An entry takes [x, x + work)
for an x within its second, and stretches never overlap: the capacity rule of the model with one vehicle of
burst, as in `capacity_calendar`. All numbers are 64-bit integers; capacities are mveh/h and work is 3600 *
mveh.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.compiled import compiled, woven

NEVER = -1
FIRST_ROOM = 4
"""Busy stretches that an arc has room for when it is first entered; doubled whenever it is full."""


@compiled
def piece_of(keys: Any, low: int, high: int, value: int) -> int:
    """Return the last position in [low, high) whose key is at most `value`."""
    while high - low > 1:
        middle = (low + high) // 2
        if keys[middle] <= value:
            low = middle
        else:
            high = middle
    return low


@compiled
def first_after(until: Any, at: int, count: int, x: int) -> int:
    """Return the first stretch (0..count) that ends after x."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if until[at + middle] <= x:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def enter(roads: Any, calendars: Any, arc: int, t: int, work: int) -> tuple[int, int, int]:
    """Return (first second >= t to enter the arc, its coordinate, its travel time); NEVER without one."""
    piece_start, from_s, rate, travel_s, close_s, cumulated, horizon_s = roads
    at, count, busy_from, busy_until = calendars
    low, high = piece_start[arc], piece_start[arc + 1]
    while True:
        k = piece_of(from_s, low, high, t)
        # A closed piece, or one that closes before the arc is left, is passed over.
        while rate[k] <= 0 or max(t, from_s[k]) + travel_s[k] > close_s[k]:
            k += 1
            if k == high:
                return NEVER, 0, 0
        t = max(t, from_s[k])
        if t >= horizon_s:
            return NEVER, 0, 0
        x = cumulated[k] + rate[k] * (t - from_s[k])
        i, n = first_after(busy_until, at[arc], count[arc], x), count[arc]
        while i < n and busy_from[at[arc] + i] - x < work:
            x = busy_until[at[arc] + i]
            i += 1
        k_x = piece_of(cumulated, low, high, x)
        if rate[k_x] <= 0:
            return NEVER, 0, 0
        second = max(t, from_s[k_x] + (x - cumulated[k_x]) // rate[k_x])
        if second >= horizon_s:
            return NEVER, 0, 0
        if second == t or (k_x == k and second + travel_s[k] <= close_s[k]):
            return second, x, travel_s[k]
        t = second


@compiled
def with_room(calendars: Any, room: Any, used: int, arc: int) -> tuple[Any, Any, int]:
    """Return the pools, and how much is in use, with room for one more stretch of an arc."""
    at, count, busy_from, busy_until = calendars
    first, n = at[arc], count[arc]
    if n == room[arc]:
        more = max(FIRST_ROOM, 2 * n)
        if used + more > len(busy_from):
            busy_from = np.concatenate((busy_from, np.empty(used + more, np.int64)))
            busy_until = np.concatenate((busy_until, np.empty(used + more, np.int64)))
        busy_from[used : used + n] = busy_from[first : first + n]
        busy_until[used : used + n] = busy_until[first : first + n]
        at[arc], room[arc] = used, more
        used += more
    return busy_from, busy_until, used


@woven
def put(busy: Any, i: int, last: int, stretch: Any) -> int:
    """Put [x, end) before stretch i of those up to `last`, with room for one more; return how many more."""
    busy_from, busy_until, first = busy
    x, end = stretch
    left = i > first and busy_until[i - 1] == x
    right = i < last and busy_from[i] == end
    if left and right:
        busy_until[i - 1] = busy_until[i]
        for j in range(i, last - 1):
            busy_from[j] = busy_from[j + 1]
            busy_until[j] = busy_until[j + 1]
        return -1
    if left:
        busy_until[i - 1] = end
        return 0
    if right:
        busy_from[i] = x
        return 0
    for j in range(last, i, -1):
        busy_from[j] = busy_from[j - 1]
        busy_until[j] = busy_until[j - 1]
    busy_from[i], busy_until[i] = x, end
    return 1


@compiled
def reserve(calendars: Any, room: Any, used: int, arc: int, stretch: Any) -> tuple[Any, Any, int]:
    """Take [x, end) of an arc; return the (possibly larger) pools of stretches and how much is in use."""
    at, count, busy_from, busy_until = calendars
    busy_from, busy_until, used = with_room((at, count, busy_from, busy_until), room, used, arc)
    first, n = at[arc], count[arc]
    i = first + first_after(busy_until, first, n, stretch[0])
    count[arc] = n + put((busy_from, busy_until, first), i, first + n, stretch)
    return busy_from, busy_until, used


@compiled
def run(roads: Any, calendars: Any, stops: Any, request: Any, trace: Any) -> tuple[int, int, int]:
    """Return (departure, arrival, arcs looked at) of the first run that fits; `trace` has its entries.

    `request` is (path, earliest departure, work, latest arrival). A wait longer than its arc allows is moved
    to the origin: the run starts again that much later.
    """
    stop_start, stop_arc, stop_gap_s, rest_s, wait_max_s, tail_s = stops
    path, depart, work, by = request
    xs, waits = trace
    first, last = stop_start[path], stop_start[path + 1]
    probes = 0
    while True:
        t, later = depart, 0
        for i in range(first, last):
            arc = stop_arc[i]
            ready = t + stop_gap_s[i]
            second, x, travel_s = enter(roads, calendars, arc, ready, work)
            probes += 1
            if second == NEVER or second + rest_s[i] > by:
                return NEVER, NEVER, probes
            wait = second - ready
            if i == first:
                depart, wait = depart + wait, 0
            elif wait > wait_max_s[arc]:
                later = wait
                break
            xs[i - first], waits[i - first] = x, wait
            t = second + travel_s
        if not later:
            arrive = t + tail_s[path]
            return (depart, arrive, probes) if arrive <= by else (NEVER, NEVER, probes)
        depart += later


@compiled
def only_before(start: Any, arcs: Any, n_arcs: int) -> Any:
    """Return the arc before each arc on all paths, NEVER where there are several or it comes first."""
    before = np.full(n_arcs, -2)
    for path in range(len(start) - 1):
        for i in range(start[path], start[path + 1]):
            here = arcs[i - 1] if i > start[path] else NEVER
            arc = arcs[i]
            if before[arc] == -2:  # noqa: PLR2004 - not seen so far
                before[arc] = here
            elif before[arc] != here:
                before[arc] = NEVER
    return before


@compiled
def stops_of(start: Any, arcs: Any, checked: Any, least_s: Any) -> tuple[Any, Any, Any, Any, Any, Any]:
    """Return the checked arcs of all paths.

    (start, arc, position in the path, seconds since the stop before, least seconds from its entry to the end
    of the path, seconds after the last). Arcs that are not checked always take their least time.
    """
    n_paths = len(start) - 1
    total = 0
    for i in range(len(arcs)):
        total += checked[arcs[i]]
    stop_start = np.zeros(n_paths + 1, np.int64)
    arc, position = np.empty(total, np.int64), np.empty(total, np.int64)
    gap_s, rest_s = np.empty(total, np.int64), np.empty(total, np.int64)
    tail_s = np.zeros(n_paths, np.int64)
    k = 0
    for path in range(n_paths):
        gap = 0
        for i in range(start[path], start[path + 1]):
            if checked[arcs[i]]:
                arc[k], position[k], gap_s[k] = arcs[i], i - start[path], gap
                gap = 0
                k += 1
            else:
                gap += least_s[arcs[i]]
        tail_s[path] = gap
        stop_start[path + 1] = k
        rest = gap
        for j in range(k - 1, stop_start[path] - 1, -1):
            rest += least_s[arc[j]]
            rest_s[j] = rest
            rest += gap_s[j]
    return stop_start, arc, position, gap_s, rest_s, tail_s


@compiled
def soonest(paths: Any, low: int, high: int, bound: Any) -> tuple[int, int]:
    """Return the path of a list with the least bound, the first of equals, and the next least bound."""
    best, second = paths[low], 2**62
    for j in range(low + 1, high):
        path = paths[j]
        if bound[path] < bound[best]:
            best, second = path, bound[best]
        elif bound[path] < second:
            second = bound[path]
    return best, second


# One flat loop: its pools grow, and numba passes them on by name only.
@compiled
def book_in_turn(
    roads: Any, calendars: Any, room: Any, used: int, *, stops: Any, lists: Any, turns: Any, work: int
) -> tuple[Any, ...]:
    """Give each turn the path of its list that arrives first; see `booking.book`."""
    (list_start, list_path), (turn_list, turn_from_s) = lists, turns
    at, count, busy_from, busy_until = calendars
    start, end = stops[0], roads[6] + 1
    n, n_paths, longest = len(turn_list), len(start) - 1, np.max(np.diff(start))
    trace = (np.zeros(longest, np.int64), np.zeros(longest, np.int64))
    booked = np.full((n, 3), NEVER)
    # Calendars only fill: what a path could last offer is a lower bound for all later turns.
    next_depart, next_arrive = np.zeros(n_paths, np.int64), np.zeros(n_paths, np.int64)
    waits, n_waits, probes, turn = np.empty((n + longest, 3), np.int64), 0, 0, 0
    while turn < n:
        low, high = list_start[turn_list[turn]], list_start[turn_list[turn] + 1]
        path, second = soonest(list_path, low, high, next_arrive)
        if next_arrive[path] >= end:
            turn += 1
            continue
        since = max(turn_from_s[turn], next_depart[path])
        depart, arrive, looked = run(
            roads, (at, count, busy_from, busy_until), stops, (path, since, work, roads[6]), trace
        )
        probes += looked
        if depart == NEVER or arrive > second:
            next_arrive[path] = end if depart == NEVER else arrive
            next_depart[path] = max(depart, since)
            continue
        next_arrive[path], next_depart[path] = arrive, depart
        booked[turn, 0], booked[turn, 1], booked[turn, 2] = path, depart, arrive
        if n_waits + longest > len(waits):
            waits = np.concatenate((waits, np.empty_like(waits)))
        for k in range(start[path + 1] - start[path]):
            x, i = trace[0][k], start[path] + k
            busy_from, busy_until, used = reserve(
                (at, count, busy_from, busy_until), room, used, stops[1][i], (x, x + work)
            )
            if trace[1][k] > 0:
                waits[n_waits, 0], waits[n_waits, 1], waits[n_waits, 2] = turn, i, trace[1][k]
                n_waits += 1
        turn += 1
    return booked, waits[:n_waits].copy(), probes, busy_from, busy_until, used

"""Compiled loops: calendars of the arcs looked at, in windows of time, while cars are led round a closure.

What is put into a calendar of thousands of stretches moves half of them. In windows it moves those of some
minutes; arcs constant in time have theirs in windows until all is `joined` again. A stretch lies in the
window in which it begins. Window w of a row is number ``row * windows + w`` of (first stretch, how many, room
for).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.booking.booking_loops import first_after, put
from safepassage.kernels.booking.free_seconds import BEYOND
from safepassage.kernels.compiled import compiled, woven

WINDOW_BITS = 8
"""A window has 256 seconds."""
SPARE = 4
"""Room of a window beside that for half as many again."""


@woven
def in_windows(roads: Any, arc: int) -> bool:
    """Return whether an arc is constant in time, and open."""
    piece_start, rates = roads[0], roads[2]
    return bool(piece_start[arc + 1] - piece_start[arc] == 1 and rates[piece_start[arc]] > 0)


@compiled
def split(
    roads: Any, calendars: Any, arcs: Any, terms: Any, windows: Any, pools: Any
) -> tuple[Any, Any, int]:
    """Copy what is booked on some arcs into windows; return the (possibly larger) pools and how much is used.

    `terms` is (row of each arc, now, windows of a row), `windows` (first, how many, room), `pools`
    (begins, ends, how much is in use).
    """
    (at, count, busy_from, busy_until), (row_of, now_s, n_windows) = calendars, terms
    (w_at, w_count, w_room), (w_from, w_until, used) = windows, pools
    for arc in arcs:
        if not in_windows(roads, arc):
            continue
        rate, n = roads[2][roads[0][arc]], count[arc]
        i, end = at[arc] + first_after(busy_until, at[arc], n, rate * now_s), at[arc] + n
        needed = used + 2 * (end - i) + SPARE * n_windows
        if needed > len(w_from):
            w_from = np.concatenate((w_from, np.ones(needed, np.int64)))
            w_until = np.concatenate((w_until, np.ones(needed, np.int64)))
        for w in range(n_windows):
            window, limit = row_of[arc] * n_windows + w, rate * (now_s + ((w + 1) << WINDOW_BITS))
            w_at[window] = used
            while i < end and (busy_from[i] < limit or w == n_windows - 1):
                w_from[used], w_until[used] = busy_from[i], busy_until[i]
                used += 1
                i += 1
            w_count[window] = used - w_at[window]
            w_room[window] = w_count[window] + w_count[window] // 2 + SPARE
            used = w_at[window] + w_room[window]
    return w_from, w_until, used


@compiled
def joined(
    roads: Any, calendars: Any, stock: Any, arcs: Any, terms: Any, windows: Any
) -> tuple[Any, Any, int]:
    """Write what windows hold into the calendars of some arcs; return the pools, and how much is in use.

    `stock` is (room of each arc, how much of the pools is in use), `terms` as in `split`, `windows` (first,
    how many, begins, ends).
    """
    at, count, busy_from, busy_until = calendars
    (room, used), (row_of, now_s, n_windows) = stock, terms
    w_at, w_count, w_from, w_until = windows
    for arc in arcs:
        if not in_windows(roads, arc):
            continue
        kept = first_after(busy_until, at[arc], count[arc], roads[2][roads[0][arc]] * now_s)
        first = row_of[arc] * n_windows
        n = kept + w_count[first : first + n_windows].sum()
        if n > room[arc]:
            more = n + n // 4
            if used + more > len(busy_from):
                busy_from = np.concatenate((busy_from, np.empty(used + more, np.int64)))
                busy_until = np.concatenate((busy_until, np.empty(used + more, np.int64)))
            busy_from[used : used + kept] = busy_from[at[arc] : at[arc] + kept]
            busy_until[used : used + kept] = busy_until[at[arc] : at[arc] + kept]
            at[arc], room[arc] = used, more
            used += more
        into = at[arc] + kept
        for window in range(first, first + n_windows):
            for i in range(w_at[window], w_at[window] + w_count[window]):
                if into > at[arc] and busy_until[into - 1] == w_from[i]:
                    busy_until[into - 1] = w_until[i]
                else:
                    busy_from[into], busy_until[into] = w_from[i], w_until[i]
                    into += 1
        count[arc] = into - at[arc]
    return busy_from, busy_until, used


@woven
def place_in_window(windows: Any, row: Any, window: int, rate: int, span: Any) -> tuple[Any, ...]:
    """Return the first place from x on among the stretches of a window, and where it lies.

    `row` is (first of its windows, end of them, second in which they begin), `span` (x, work). Return (place,
    stretch after it, end of the stretch before it or 0, begin of that after or BEYOND where it is not near).
    Where those of later windows leave too little for the place, that begin says so.
    """
    (w_at, w_count, w_from, w_until), (x, work), (low, high, base_s) = windows, span, row
    first, last, opens = w_at[window], w_at[window] + w_count[window], 0
    i = first + first_after(w_until, first, w_count[window], x)
    if i > first:
        opens = w_until[i - 1]
    else:
        before = window - 1
        while before >= low and w_count[before] == 0:
            before -= 1
        if before >= low:
            opens = w_until[w_at[before] + w_count[before] - 1]
            x = max(x, opens)
    while i < last and w_from[i] - x < work:
        x = opens = w_until[i]
        i += 1
    closes = BEYOND
    if i < last:
        closes = w_from[i]
    else:
        after = window + 1
        near = min(high, low + 1 + (((x + 2 * work) // rate - base_s) >> WINDOW_BITS))
        while after < near and w_count[after] == 0:
            after += 1
        if after < near:
            closes = w_from[w_at[after]]
    return x, i, opens, closes


@woven
def put_into_window(windows: Any, row: Any, window: int, rate: int, span: Any) -> tuple[int, int, int]:
    """Take the first place at or after x, in a window that has room for one more stretch.

    Terms as of `place_in_window`. Return (place, end of the stretch before it, begin of that after).
    """
    w_at, w_count, w_from, w_until = windows
    x, i, opens, closes = place_in_window((w_at, w_count, w_from, w_until), row, window, rate, span)
    last = w_at[window] + w_count[window]
    w_count[window] += put((w_from, w_until, w_at[window]), i, last, (x, x + span[1]))
    return x, opens, closes


@woven
def full_second(windows: Any, row: Any, rate: int, t: int, work: int) -> bool:
    """Return whether no place begins in a second of an arc in windows."""
    w_at, w_count, w_from, w_until = windows
    window = row[0] + ((t - row[2]) >> WINDOW_BITS)
    x, _, _, closes = place_in_window((w_at, w_count, w_from, w_until), row, window, rate, (rate * t, work))
    return bool(x >= rate * (t + 1) or closes - x < work)

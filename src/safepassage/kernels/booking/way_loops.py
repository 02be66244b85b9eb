"""Compiled loops of `live_cars`: new bookings by the soonest of several ways, on the arcs that can bind.

Arcs that are always entered right after one and the same arc are left out where a car fits whenever it
fitted there (`goes_along`): on country roads that is most of a way.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.booking.booking_loops import (
    NEVER,
    enter,
    first_after,
    only_before,
    reserve,
    soonest,
    stops_of,
)
from safepassage.kernels.booking.free_seconds import (
    BEYOND,
    WORD,
    next_set,
    refresh,
    rows_of,
    second_of,
    steady_s,
    write_free,
)
from safepassage.kernels.booking.live_cars_loops import travel_in
from safepassage.kernels.compiled import compiled, woven

__all__ = ["WORD", "book_anew", "rows_of", "stops_of", "to_check"]


@compiled
def goes_along(roads: Any, calendars: Any, pair: Any, now_s: int, work: int) -> bool:
    """Return whether a car that enters an arc right after another fits whenever it fitted in that one.

    `pair` is (arc before, arc), both constant in time and of one capacity; new entries begin at `now_s`.
    Whatever gap of the arc before a car fits into must then be free on the arc, that much later.
    """
    before, arc = pair
    piece_start, _, rates, travel_s, _, _, _ = roads
    at, count, busy_from, busy_until = calendars
    if piece_start[before + 1] - piece_start[before] > 1 or piece_start[arc + 1] - piece_start[arc] > 1:
        return False
    rate = rates[piece_start[arc]]
    if rate <= 0 or rates[piece_start[before]] != rate:
        return False
    # Coordinates of the arc lie so much later.
    shift, low = rate * travel_s[piece_start[before]], rate * now_s
    j, last = at[before] + first_after(busy_until, at[before], count[before], low), at[before] + count[before]
    i, end = at[arc] + first_after(busy_until, at[arc], count[arc], low + shift), at[arc] + count[arc]
    while True:
        high = busy_from[j] if j < last else BEYOND
        if high - low >= work:
            while i < end and busy_until[i] <= low + shift:
                i += 1
            if i < end and busy_from[i] < high + shift:
                return False
        if j == last:
            return True
        low = busy_until[j]
        j += 1


@compiled
def to_check(roads: Any, calendars: Any, ways: Any, now_s: int, work: int) -> Any:
    """Return (n_arcs,) whether an arc of some ways is looked at for entries from `now_s` on.

    All of them are where less than half of all entries could be left out: it would cost more than it saves.
    """
    start, arcs = ways
    n_arcs = len(roads[0]) - 1
    before = only_before(start, arcs, n_arcs)
    checked = np.ones(n_arcs, np.bool_)
    for arc in range(n_arcs):
        if before[arc] >= 0:
            checked[arc] = not goes_along(roads, calendars, (before[arc], arc), now_s, work)
    looked_at = 0
    for i in range(len(arcs)):
        looked_at += checked[arcs[i]]
    return checked if 2 * looked_at <= len(arcs) else np.ones(n_arcs, np.bool_)


@compiled
def on_free_roads(lists: Any, turns: Any) -> Any:
    """Return (n_ways,) when the first turn of each way's list could arrive on free roads."""
    (list_start, list_path, least_s), (turn_list, turn_from_s) = lists, turns
    found = least_s.copy()
    for turn in range(len(turn_list) - 1, -1, -1):
        for j in range(list_start[turn_list[turn]], list_start[turn_list[turn] + 1]):
            found[list_path[j]] = turn_from_s[turn] + least_s[list_path[j]]
    return found


@compiled
def entries_of_run(roads: Any, way: Any, checked: Any, run_of: Any, found: Any) -> None:
    """Write (arc, second, place) of all entries of a run, arcs left out too.

    `way` holds its arcs, `run_of` (departure, places and seconds at the arcs that are looked at). An arc left
    out is entered at the place of the arc before, so much later as that takes.
    """
    piece_start, rate, travel_s = roads[0], roads[2], roads[3]
    (t, xs, at_s), (arcs, seconds, places) = run_of, found
    stop = 0
    for k in range(len(way)):
        arc = way[k]
        if checked[arc]:
            t, x = at_s[stop], xs[stop]
            stop += 1
        else:
            x = places[k - 1] + rate[piece_start[arc]] * travel_s[piece_start[way[k - 1]]]
        arcs[k], seconds[k], places[k] = arc, t, x
        t += travel_in(roads, arc, t)


@woven
def run_free(free: Any, stops: Any, request: Any, seconds: Any) -> tuple[int, int]:
    """Return (departure, arrival) of the first run that fits; as `booking_loops.run`, in rows of bits.

    `seconds` is filled with those of its entries.
    """
    bits, n_words, travels = free
    stop_start, stop_row, stop_base_s, stop_gap_s, rest_s, stop_wait_s, tail_s, stop_travel_s, stop_arc = (
        stops
    )
    path, depart, by = request
    first, last = stop_start[path], stop_start[path + 1]
    while True:
        t, later = depart, 0
        for i in range(first, last):
            ready = t + stop_gap_s[i]
            found = next_set(bits, stop_row[i], ready - stop_base_s[i], n_words)
            second = found + stop_base_s[i]
            if found == NEVER or second + rest_s[i] > by:
                return NEVER, NEVER
            wait = second - ready
            if i == first:
                depart += wait
            elif wait > stop_wait_s[i]:
                later = wait
                break
            seconds[i - first] = second
            t = second + stop_travel_s[i]
            if stop_travel_s[i] < 0:
                t = second + travel_in(travels, stop_arc[i], second)
        if not later:
            arrive = t + tail_s[path]
            return (depart, arrive) if arrive <= by else (NEVER, NEVER)
        depart += later


@compiled
def entered(
    roads: Any, calendars: Any, stock: Any, run_of: Any, free: Any, span: Any
) -> tuple[Any, Any, int]:
    """Take the places of a run and write its bits anew; return the pools.

    `stock` is (room of each arc, how much of the pools is in use), `run_of` (arcs, seconds, places to be
    written), `free` (row, first bit's second of each arc, bits), `span` (from, until, work) for the bits.
    """
    room, used = stock
    at, count, busy_from, busy_until = calendars
    (arcs, seconds, places), (row_of, base_of, bits), (from_s, until_s, work) = run_of, free, span
    for k in range(len(arcs)):
        arc = arcs[k]
        _, x, _ = enter(roads, (at, count, busy_from, busy_until), arc, seconds[k], work)
        places[k] = x
        busy_from, busy_until, used = reserve(
            (at, count, busy_from, busy_until), room, used, arc, (x, x + work)
        )
        low_s = max(from_s, second_of(roads, arc, max(0, x - work)))
        high_s = min(until_s, second_of(roads, arc, x + work - 1) + 1)
        refresh(
            roads, (at, count, busy_from, busy_until), arc, (low_s, high_s, work),
            (bits, row_of[arc], base_of[arc]),
        )  # fmt: skip
    return busy_from, busy_until, used


@compiled
def with_room(columns: Any, needed: int) -> tuple[Any, Any, Any]:
    """Return columns (arc, second, place) with room for so many entries."""
    arcs, seconds, places = columns
    while needed > len(seconds):
        arcs = np.concatenate((arcs, np.empty_like(arcs)))
        seconds = np.concatenate((seconds, np.empty_like(seconds)))
        places = np.concatenate((places, np.empty_like(places)))
    return arcs, seconds, places


# One flat loop: its pools grow, and numba passes them on by name only.
@compiled
def book_anew(
    roads: Any, calendars: Any, room: Any, used: int, *, columns: Any, ways: Any, turns: Any, request: Any
) -> tuple[Any, ...]:
    """Give each turn the way of its list that arrives first; return (way, arrival, position), columns, pools.

    `columns` are ((arc, second, place) of all entries, how many are in use). What has happened of a turn is
    copied from its old position, and its new entries follow; places on arcs left out are not taken. `ways`
    are (lists, seconds before which each offers nothing, (start, arcs, (n_arcs,) which are looked at), stops
    of those); lists end with the least seconds of each way. `turns` are (list, first second, old position,
    how many entries have happened), `request` ((last second of arrival, work, now), (row and first bit's
    second of each arc, bits)).
    """
    (list_start, list_path, least_s), nothing_before_s, (way_start, way_arcs, checked), stops = ways
    turn_list, turn_from_s, old_at, past = turns
    (by_s, work, now_s), (row_of, base_of, bits) = request
    at, count, busy_from, busy_until = calendars
    (arcs, seconds, places), filled = columns
    start, stop_arc, end, span = stops[0], stops[1], by_s + 1, (now_s, min(roads[6], by_s + 1), work)
    write_free(roads, calendars, (row_of, base_of), span, bits)
    looked = (
        start, row_of[stop_arc], base_of[stop_arc], stops[2], stops[3], stops[4][stop_arc], stops[5],
        steady_s(roads, stop_arc), stop_arc,
    )  # fmt: skip
    n, longest = len(turn_list), np.max(np.diff(start))
    xs, trace, booked = np.zeros(longest, np.int64), np.zeros(longest, np.int64), np.full((n, 3), NEVER)
    # Calendars only fill: what a way could last offer is a lower bound for all later turns of its list.
    next_depart = nothing_before_s.copy()
    next_arrive = on_free_roads((list_start, list_path, least_s), (turn_list, turn_from_s))
    turn = 0
    while turn < n:
        low, high = list_start[turn_list[turn]], list_start[turn_list[turn] + 1]
        path, second = soonest(list_path, low, high, next_arrive) if low < high else (NEVER, end)
        second = min(second, end)
        if path == NEVER or next_arrive[path] >= end:
            turn += 1
            continue
        since = max(turn_from_s[turn], next_depart[path])
        depart, arrive = run_free((bits, len(bits), roads), looked, (path, since, by_s), trace)
        if depart == NEVER or arrive > second:
            next_arrive[path] = end if depart == NEVER else arrive
            next_depart[path] = max(depart, since)
            continue
        next_arrive[path], next_depart[path] = arrive, depart
        booked[turn, 0], booked[turn, 1], booked[turn, 2] = path, arrive, filled
        way = way_arcs[way_start[path] : way_start[path + 1]]
        first, old = filled + past[turn], old_at[turn]
        arcs, seconds, places = with_room((arcs, seconds, places), first + len(way))
        for k in range(past[turn]):
            e = filled + k
            arcs[e], seconds[e], places[e] = arcs[old + k], seconds[old + k], places[old + k]
        busy_from, busy_until, used = entered(
            roads, (at, count, busy_from, busy_until), (room, used),
            (stop_arc[start[path] : start[path + 1]], trace, xs), (row_of, base_of, bits), span,
        )  # fmt: skip
        filled = first + len(way)
        entries_of_run(
            roads, way, checked, (depart, xs, trace),
            (arcs[first:filled], seconds[first:filled], places[first:filled]),
        )  # fmt: skip
        turn += 1
    return booked, (arcs, seconds, places), filled, busy_from, busy_until, used

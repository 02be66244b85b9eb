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
    reserve,
    soonest,
)
from safepassage.kernels.booking.booking_loops import with_room as more_room
from safepassage.kernels.booking.calendar_windows import (
    WINDOW_BITS,
    full_second,
    in_windows,
    joined,
    put_into_window,
    split,
)
from safepassage.kernels.booking.free_seconds import (
    BEYOND,
    WORD,
    is_set,
    mark,
    next_open,
    refresh,
    second_of,
    write_free,
)
from safepassage.kernels.booking.live_cars_loops import travel_in
from safepassage.kernels.booking.way_tree import (
    AFTER_S,
    ONTO,
    OPEN,
    REST_S,
    ROW,
    VARIES,
    WAIT_S,
)
from safepassage.kernels.compiled import compiled, woven

__all__ = ["WINDOW_BITS", "WORD", "book_anew", "in_windows", "joined", "split", "to_check", "write_free"]


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
def to_check(roads: Any, calendars: Any, arcs: Any, now_s: int, work: int) -> Any:
    """Return (n_arcs,) whether an arc of some ways is looked at for entries from `now_s` on.

    `arcs` are (n_arcs,): the only arc before each, NEVER or UNKNOWN; those looked at; those that go along.
    What goes along goes on doing so while room only shrinks and nobody comes from elsewhere.
    """
    before, checked, along = arcs
    found = checked.copy()
    for arc in range(len(before)):
        if before[arc] == NEVER:
            found[arc] = True
        elif before[arc] >= 0 and not checked[arc] and not along[arc]:
            found[arc] = not goes_along(roads, calendars, (before[arc], arc), now_s, work)
    return found


@compiled
def on_free_roads(lists: Any, turns: Any) -> Any:
    """Return (n_ways,) when the first turn of each list could arrive by it on free roads."""
    (list_start, least_s), (turn_list, turn_from_s) = lists, turns
    found = least_s.copy()
    for turn in range(len(turn_list) - 1, -1, -1):
        for j in range(list_start[turn_list[turn]], list_start[turn_list[turn] + 1]):
            found[j] = turn_from_s[turn] + least_s[j]
    return found


@compiled
def entries_of_run(roads: Any, ways: Any, checked: Any, run_of: Any, found: Any) -> None:
    """Write (arc, second, place) of all entries of a run, arcs left out too.

    `ways` are (arc, way behind), `run_of` (way, departure, places and seconds at the arcs looked at).
    An arc left out is entered at the place of the arc before, so much later as that takes.
    """
    piece_start, rate, travel_s = roads[0], roads[2], roads[3]
    (arc_of, behind), (way, t, xs, at_s), (arcs, seconds, places) = ways, run_of, found
    stop, last = 0, NEVER
    for k in range(len(arcs)):
        arc = arc_of[way]
        if checked[arc]:
            t, x = at_s[stop], xs[stop]
            stop += 1
        else:
            x = places[k - 1] + rate[piece_start[arc]] * travel_s[piece_start[last]]
        arcs[k], seconds[k], places[k] = arc, t, x
        t += travel_in(roads, arc, t)
        way, last = behind[way], arc


@woven
def copy_entries(columns: Any, old: int, into: int, n: int) -> None:
    """Copy n entries of a car to where it has its others."""
    arcs, seconds, places = columns
    for k in range(n):
        arcs[into + k], seconds[into + k], places[into + k] = arcs[old + k], seconds[old + k], places[old + k]


@woven
def entries_alike(columns: Any, checked: Any, run_of: Any, span: Any) -> None:
    """Write the entries of a run by a way that another car went just before: apart by as much as its stops.

    `span` is (first entry of that car's, first to be written, how many).
    """
    (arcs, seconds, places), (xs, at_s), (like, first, n) = columns, run_of, span
    stop, later, further = 0, 0, 0
    for k in range(n):
        arc = arcs[like + k]
        if checked[arc]:
            later, further = at_s[stop] - seconds[like + k], xs[stop] - places[like + k]
            stop += 1
        arcs[first + k] = arc
        seconds[first + k], places[first + k] = seconds[like + k] + later, places[like + k] + further


@woven
def write_entries(roads: Any, ways: Any, columns: Any, run_of: Any, span: Any) -> None:
    """Write the entries of a run, as those of the car before on the same way where there is one.

    `ways` are (arc, way behind, (n_arcs,) which are looked at), `run_of` as in `entries_of_run`, `span` as in
    `entries_alike`, NEVER without a car before.
    """
    (arc_of, behind, checked), (arcs, seconds, places), (like, first, n) = ways, columns, span
    if like == NEVER:
        found = arcs[first : first + n], seconds[first : first + n], places[first : first + n]
        entries_of_run(roads, (arc_of, behind), checked, run_of, found)
    else:
        entries_alike((arcs, seconds, places), checked, (run_of[2], run_of[3]), span)


@compiled
def count_entries(ways: Any, tried: Any, times: Any, pending: Any) -> None:
    """Add how many times each arc was entered, when ways were used so many times each."""
    arc_of, behind = ways
    for j in range(len(tried)):
        way = tried[j] if times[j] else NEVER
        while way != NEVER:
            pending[arc_of[way]] += times[j]
            way = behind[way]


@woven
def run_ahead(free: Any, roads: Any, ways: Any, request: Any, trace: Any) -> tuple[int, int, int]:
    """Return (departure, arrival, number of stops) of the first run that fits; NEVER without one.

    As `booking_loops.run`: a wait longer than its arc allows is moved to the origin. Then the entries of the
    run are shut at all stops before, and those behind them that would be too soon as well: room only shrinks
    while cars are led round one closure, so that nobody whose way goes on like this need try them.
    `free` are (bits of seconds with room by arc; by stop, bits of those not shut, past the last that is),
    `request` (way, earliest departure, latest arrival, second of the first bits); `trace` gets (seconds of
    entries, stops).
    """
    (arc_of, stops), (way, depart, by, base_s), (seconds, trail) = ways, request, trace
    bits, open_, shut_until = free
    i, ready, trail[0] = 0, depart - base_s, way
    while True:
        stop = trail[i]
        row, mine, last = bits[stops[stop, ROW]], open_[stops[stop, OPEN]], by - stops[stop, REST_S] - base_s
        until = shut_until[stops[stop, OPEN]]
        bit = next_open((row, mine if i == 0 and ready < until else row), ready, last)
        if bit == NEVER:
            return NEVER, NEVER, 0
        waits = bit - ready > stops[stop, WAIT_S]
        # Bits of stops lie far apart in memory: most are known without.
        if i > 0 and (waits or (bit < until and not is_set(mine, bit))):
            opens = next_open((row, mine), bit, last)
            if opens == NEVER:
                return NEVER, NEVER, 0
            later = opens - (ready if waits else bit)
            shut = max(1, later - stops[stop, WAIT_S])
            for k in range(i):
                since, shuts = seconds[k] - base_s, stops[trail[k], OPEN]
                end = min(since + shut, WORD * open_.shape[1])
                mark(open_, shuts, (since, end), False)
                shut_until[shuts] = max(shut_until[shuts], end)
            i, ready = 0, seconds[0] - base_s + later
            continue
        seconds[i] = second = bit + base_s
        second += stops[stop, AFTER_S]
        if stops[stop, VARIES]:
            second += travel_in(roads, arc_of[stop], seconds[i])
        if stops[stop, ONTO] == NEVER:
            return (seconds[0], second, i + 1) if second <= by else (NEVER, NEVER, 0)
        i, ready = i + 1, second - base_s
        trail[i] = stops[stop, ONTO]


@woven
def entered_steadily(windows: Any, row: int, rate: int, run_of: Any, into: Any) -> Any:
    """Take the first place in a second with one, of an arc in windows that has room for a stretch.

    Return the place. Only the gap that it lies in gets smaller: the bits of its seconds in which no car fits
    any more are cleared. `windows` are (those of `put_into_window`, how many a row has), `run_of` (window,
    second, work), `into` (bits, second of the first bit). Where in each second of the arc at most one car can
    begin and end, gaps share none; elsewhere the seconds around are looked up again.
    """
    (stretches, n_windows), (window, t, work), (bits, base_s) = windows, run_of, into
    of_row = row * n_windows, (row + 1) * n_windows, base_s
    x, opens, closes = put_into_window(stretches, of_row, window, rate, (rate * t, work))
    end = x + work
    if rate > 2 * work:
        first, last = (
            max(base_s, (x - work) // rate),
            min((end - 1) // rate, base_s + WORD * bits.shape[1] - 1),
        )
        for second in range(first, last + 1):
            if is_set(bits[row], second - base_s) and full_second(stretches, of_row, rate, second, work):
                mark(bits, row, (second - base_s, second - base_s + 1), False)
        return x
    low = (x - work) // rate + 1 if x - opens >= work else opens // rate
    high = end // rate if closes - end >= work else (closes - work) // rate + 1
    low, high = max(0, low - base_s), min(high - base_s, WORD * bits.shape[1])
    if low < high:
        mark(bits, row, (low, high), False)
    return x


@compiled
def entered(roads: Any, calendars: Any, stock: Any, run_of: Any, free: Any, span: Any) -> tuple[Any, ...]:
    """Take the places of a run and write its bits anew; return the pools of calendars and of windows.

    `stock` is (room of each arc, how much of the pools is in use, windows), these (first, how many, begins,
    ends, room, how much of their pools is in use, how many a row has); `run_of` (arcs of ways, stops, their
    columns, seconds, places to be written), `span` (from, until, work) for the bits.
    """
    piece_start, rates = roads[0], roads[2]
    room, used, windows = stock
    at, count, busy_from, busy_until = calendars
    w_at, w_count, w_from, w_until, w_room, w_used, n_windows = windows
    (arc_of, trail, stops, seconds, places), (from_s, until_s, work) = run_of, span
    for k in range(len(trail)):
        arc, row = arc_of[trail[k]], stops[trail[k], ROW]
        if in_windows(roads, arc):
            window = row * n_windows + ((seconds[k] - from_s) >> WINDOW_BITS)
            if w_count[window] == w_room[window]:
                w_from, w_until, w_used = more_room((w_at, w_count, w_from, w_until), w_room, w_used, window)
            places[k] = entered_steadily(
                ((w_at, w_count, w_from, w_until), n_windows), row, rates[piece_start[arc]],
                (window, seconds[k], work), (free, from_s),
            )  # fmt: skip
            continue
        _, x, _ = enter(roads, (at, count, busy_from, busy_until), arc, seconds[k], work)
        places[k] = x
        busy_from, busy_until, used = reserve(
            (at, count, busy_from, busy_until), room, used, arc, (x, x + work)
        )
        low_s = max(from_s, second_of(roads, arc, max(0, x - work)))
        high_s = min(until_s, second_of(roads, arc, x + work - 1) + 1)
        refresh(
            roads, (at, count, busy_from, busy_until), arc, (low_s, high_s, work), (free, row, from_s)
        )  # fmt: skip
    return busy_from, busy_until, used, w_from, w_until, w_used


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
    roads: Any, calendars: Any, stock: Any, windows: Any, *, columns: Any, ways: Any, turns: Any, request: Any
) -> tuple[Any, ...]:
    """Give each turn the way of its list that arrives first; return (way, arrival, position), columns, pools.

    `columns` are ((arc, second, place) of all entries, how many are in use). What has happened of a turn is
    copied from its old position, and its new entries follow; places on arcs left out are not taken but
    counted. `stock` and `windows` are as in `entered`.
    `ways` are ((first of each list, numbers, least seconds, how many arcs), (arc, way behind),
    stops, ((n_arcs,) which are looked at, counts)). `turns` are (list, first second, old position, how many
    entries have happened), `request` ((last second of arrival, work, now), (free bits, open bits,
    past the last shut)).
    """
    (list_start, way_of, least_s, length), (arc_of, behind), stops, (checked, pending) = ways
    turn_list, turn_from_s, old_at, past = turns
    (by_s, work, now_s), free = request
    (at, count, busy_from, busy_until), (room, used) = calendars, stock
    w_at, w_count, w_from, w_until, w_room, w_used, n_windows = windows
    (arcs, seconds, places), filled = columns
    end, span = by_s + 1, (now_s, roads[6], work)
    n, longest = len(turn_list), np.max(length)
    xs, booked = np.zeros(longest, np.int64), np.full((n, 3), NEVER)
    trace = np.zeros(longest, np.int64), np.zeros(longest, np.int64)
    # Calendars only fill: what a way could last offer is a lower bound for all later turns of its list.
    next_depart, choices = np.zeros(len(way_of), np.int64), np.arange(len(way_of))
    times, last_at = np.zeros(len(way_of), np.int64), np.full(len(way_of), NEVER)
    next_arrive = on_free_roads((list_start, least_s), (turn_list, turn_from_s))
    turn = 0
    while turn < n:
        low, high = list_start[turn_list[turn]], list_start[turn_list[turn] + 1]
        j, second = soonest(choices, low, high, next_arrive) if low < high else (NEVER, end)
        second = min(second, end)
        if j == NEVER or next_arrive[j] >= end:
            turn += 1
            continue
        since = max(turn_from_s[turn], next_depart[j])
        depart, arrive, n_stops = run_ahead(
            free, roads, (arc_of, stops), (way_of[j], since, by_s, now_s), trace
        )
        if depart == NEVER or arrive > second:
            next_arrive[j] = end if depart == NEVER else arrive
            next_depart[j] = max(depart, since)
            continue
        next_arrive[j], next_depart[j] = arrive, depart
        booked[turn, 0], booked[turn, 1], booked[turn, 2] = j, arrive, filled
        first = filled + past[turn]
        arcs, seconds, places = with_room((arcs, seconds, places), first + length[j])
        copy_entries((arcs, seconds, places), old_at[turn], filled, past[turn])
        busy_from, busy_until, used, w_from, w_until, w_used = entered(
            roads, (at, count, busy_from, busy_until),
            (room, used, (w_at, w_count, w_from, w_until, w_room, w_used, n_windows)),
            (arc_of, trace[1][:n_stops], stops, trace[0], xs), free[0], span,
        )  # fmt: skip
        filled = first + length[j]
        write_entries(
            roads, (arc_of, behind, checked), (arcs, seconds, places), (way_of[j], depart, xs, trace[0]),
            (last_at[j], first, length[j]),
        )  # fmt: skip
        times[j], last_at[j] = times[j] + 1, first
        turn += 1
    count_entries((arc_of, behind), way_of, times, pending)
    pools = (busy_from, busy_until, used), (w_from, w_until, w_used)
    return booked, (arcs, seconds, places), filled, *pools

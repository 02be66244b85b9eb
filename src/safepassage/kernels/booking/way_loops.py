"""Compiled loops of `live_cars`: new bookings by the soonest of several ways, on the arcs that can bind.

Arcs that are always entered right after one and the same arc are left out where a car fits whenever it
fitted there (`goes_along`): on country roads that is most of a way.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.booking.booking_loops import (
    NEVER,
    first_after,
    only_before,
    reserve,
    run,
    soonest,
    stops_of,
)
from safepassage.kernels.booking.live_cars_loops import travel_in
from safepassage.kernels.compiled import compiled

__all__ = ["book_anew", "stops_of", "to_check"]


@compiled
def goes_along(roads: Any, calendars: Any, pair: Any, now_s: int) -> bool:
    """Return whether a car that enters an arc right after another fits whenever it fitted in that one.

    `pair` is (arc before, arc), both constant in time and of one capacity; new entries begin at `now_s`.
    Every stretch taken on the arc must then be taken on the one before, that much earlier.
    """
    before, arc = pair
    piece_start, _, rates, travel_s, _, _, _ = roads
    at, count, busy_from, busy_until = calendars
    if piece_start[before + 1] - piece_start[before] > 1 or piece_start[arc + 1] - piece_start[arc] > 1:
        return False
    rate = rates[piece_start[arc]]
    if rate <= 0 or rates[piece_start[before]] != rate:
        return False
    # Coordinates of the arc before lie so much earlier.
    shift, first_x = rate * travel_s[piece_start[before]], rate * now_s
    last = at[before] + count[before]
    j = at[before] + first_after(busy_until, at[before], count[before], first_x)
    i = at[arc] + first_after(busy_until, at[arc], count[arc], first_x + shift)
    for k in range(i, at[arc] + count[arc]):
        low, high = max(busy_from[k] - shift, first_x), busy_until[k] - shift
        while j < last and busy_until[j] <= low:
            j += 1
        if j == last or busy_from[j] > low or busy_until[j] < high:
            return False
    return True


@compiled
def to_check(roads: Any, calendars: Any, ways: Any, now_s: int) -> Any:
    """Return (n_arcs,) whether an arc of some ways is looked at for entries from `now_s` on.

    All of them are where less than half of all entries could be left out: it would cost more than it saves.
    """
    start, arcs = ways
    n_arcs = len(roads[0]) - 1
    before = only_before(start, arcs, n_arcs)
    checked = np.ones(n_arcs, np.bool_)
    for arc in range(n_arcs):
        if before[arc] >= 0:
            checked[arc] = not goes_along(roads, calendars, (before[arc], arc), now_s)
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

    `way` holds its arcs, `run_of` (departure, places and waits at the arcs that are looked at). An arc left
    out is entered at the place of the arc before, so much later as that takes.
    """
    piece_start, rate, travel_s = roads[0], roads[2], roads[3]
    (t, xs, waits), (arcs, seconds, places) = run_of, found
    stop = 0
    for k in range(len(way)):
        arc = way[k]
        if checked[arc]:
            t, x = t + waits[stop], xs[stop]
            stop += 1
        else:
            x = places[k - 1] + rate[piece_start[arc]] * travel_s[piece_start[way[k - 1]]]
        arcs[k], seconds[k], places[k] = arc, t, x
        t += travel_in(roads, arc, t)


# One flat loop: its pools grow, and numba passes them on by name only.
@compiled
def book_anew(
    roads: Any, calendars: Any, room: Any, used: int, *, ways: Any, lists: Any, turns: Any, request: Any
) -> tuple[Any, ...]:
    """Give each turn the way of its list that arrives first; return (way, arrival, position), entries, pools.

    `ways` are (start, arcs, (n_arcs,) which are looked at, stops of those). `request` is (last second of
    arrival, work, (n_ways,) seconds before which a way offers nothing); `lists` end with (n_ways,) least
    seconds of each way. Entries are (arc, second, place); those of arcs left out are not in the calendars.
    """
    (list_start, list_path, _), (turn_list, turn_from_s) = lists, turns
    way_start, way_arcs, checked, stops = ways
    at, count, busy_from, busy_until = calendars
    start, end, work = stops[0], request[0] + 1, request[1]
    n, longest = len(turn_list), np.max(np.diff(start))
    trace = (np.zeros(longest, np.int64), np.zeros(longest, np.int64))
    booked = np.full((n, 3), NEVER)
    # Calendars only fill: what a way could last offer is a lower bound for all later turns of its list.
    next_depart, next_arrive = request[2].copy(), on_free_roads(lists, turns)
    arcs, seconds, places = np.empty(1024, np.int32), np.empty(1024, np.int64), np.empty(1024, np.int64)
    taken, turn = 0, 0
    while turn < n:
        low, high = list_start[turn_list[turn]], list_start[turn_list[turn] + 1]
        path, second = soonest(list_path, low, high, next_arrive) if low < high else (NEVER, end)
        second = min(second, end)
        if path == NEVER or next_arrive[path] >= end:
            turn += 1
            continue
        since = max(turn_from_s[turn], next_depart[path])
        depart, arrive, _ = run(
            roads, (at, count, busy_from, busy_until), stops, (path, since, work, end - 1), trace
        )
        if depart == NEVER or arrive > second:
            next_arrive[path] = end if depart == NEVER else arrive
            next_depart[path] = max(depart, since)
            continue
        next_arrive[path], next_depart[path] = arrive, depart
        booked[turn, 0], booked[turn, 1], booked[turn, 2] = path, arrive, taken
        way = way_arcs[way_start[path] : way_start[path + 1]]
        upto = taken + len(way)
        while upto > len(seconds):
            arcs = np.concatenate((arcs, np.empty_like(arcs)))
            seconds = np.concatenate((seconds, np.empty_like(seconds)))
            places = np.concatenate((places, np.empty_like(places)))
        entries_of_run(
            roads, way, checked, (depart, trace[0], trace[1]),
            (arcs[taken:upto], seconds[taken:upto], places[taken:upto]),
        )  # fmt: skip
        for k in range(start[path + 1] - start[path]):
            busy_from, busy_until, used = reserve(
                (at, count, busy_from, busy_until), room, used, stops[1][start[path] + k],
                (trace[0][k], trace[0][k] + work),
            )  # fmt: skip
        taken = upto
        turn += 1
    entries = arcs[:taken].copy(), seconds[:taken].copy(), places[:taken].copy()
    return booked, entries, busy_from, busy_until, used

"""Compiled loops of `live_cars`: entries of cars in the calendars, taken, given back and taken anew."""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.booking.booking_loops import (
    NEVER,
    first_after,
    piece_of,
)
from safepassage.kernels.compiled import compiled, inner

MOVES = 8
"""Places are put in order one by one until that has taken so many moves for each; then they are sorted."""


@compiled
def travel_in(roads: Any, arc: int, t: int) -> Any:
    """Return the travel time of an arc entered in second t."""
    return roads[3][piece_of(roads[1], roads[0][arc], roads[0][arc + 1], t)]


@compiled
def entries_of(roads: Any, paths: Any, cars: Any, waits: Any, at: Any) -> tuple[Any, Any, Any]:
    """Return (arc, entered) of all entries and (n_cars,) arrivals; `waits` are (car, position, s)."""
    path_start, path_arcs = paths
    car_path, depart_s = cars
    n = len(car_path)
    arc_of, t_of = np.empty(at[n], np.int32), np.empty(at[n], np.int64)
    arrive_s = np.empty(n, np.int64)
    k = 0
    for car in range(n):
        t, first = depart_s[car], path_start[car_path[car]]
        for i in range(path_start[car_path[car] + 1] - first):
            while k < len(waits) and waits[k, 0] == car and waits[k, 1] == i:
                t += waits[k, 2]
                k += 1
            arc = path_arcs[first + i]
            arc_of[at[car] + i], t_of[at[car] + i] = arc, t
            t += travel_in(roads, arc, t)
        arrive_s[car] = t
    return arc_of, t_of, arrive_s


@compiled
def pack(roads: Any, entries: Any, order: Any, work: int) -> tuple[Any, Any, Any, Any, int]:
    """Return (coordinate of each entry; first stretch and number per arc; stretches; first misfit or NEVER).

    `order` sorts entries by arc and second: each takes the first place left in its second.
    """
    piece_start, from_s, rate, _, _, cumulated, _ = roads
    arc_of, t_of = entries
    n_arcs = len(piece_start) - 1
    x_of = np.empty(len(arc_of), np.int64)
    first, count = np.zeros(n_arcs, np.int64), np.zeros(n_arcs, np.int64)
    stretches = np.empty((len(arc_of), 2), np.int64)
    used, last = 0, NEVER
    for e in order:
        arc, t = arc_of[e], t_of[e]
        k = piece_of(from_s, piece_start[arc], piece_start[arc + 1], t)
        low = cumulated[k] + rate[k] * (t - from_s[k])
        x = low
        if arc != last:
            first[arc], last = used, arc
        elif stretches[used - 1, 1] > x:
            x = stretches[used - 1, 1]
        if rate[k] <= 0 or x >= low + rate[k]:
            return x_of, first, count, stretches[:used], e
        x_of[e] = x
        if count[arc] and stretches[used - 1, 1] == x:
            stretches[used - 1, 1] = x + work
        else:
            stretches[used, 0], stretches[used, 1] = x, x + work
            used += 1
            count[arc] += 1
    return x_of, first, count, stretches[:used], NEVER


@compiled
def touched(entries: Any, spans: Any, closed: Any, now_s: int) -> tuple[Any, Any]:
    """Return the cars that are to enter a closed arc at or after `now_s`, and when they do first."""
    arc_of, t_of = entries
    at, size = spans
    found, second = np.empty(len(at), np.int64), np.empty(len(at), np.int64)
    n = 0
    for car in range(len(at)):
        for e in range(at[car], at[car] + size[car]):
            if closed[arc_of[e]] and t_of[e] >= now_s:
                found[n], second[n] = car, t_of[e]
                n += 1
                break
    return found[:n].copy(), second[:n].copy()


@compiled
def stands(roads: Any, head: Any, entries: Any, spans: Any, cars: Any, now_s: int) -> tuple[Any, Any, Any]:
    """Return (arcs entered before now, node, second) where each car can first be changed.

    A car that has passed its last arc stands at its end since it arrived; node is NEVER for those at home.
    """
    arc_of, t_of = entries
    at, size = spans
    n = len(cars)
    past, node, since = np.zeros(n, np.int64), np.full(n, NEVER), np.full(n, now_s)
    for i in range(n):
        car = cars[i]
        k = 0
        while k < size[car] and t_of[at[car] + k] < now_s:
            k += 1
        past[i] = k
        if k:
            e = at[car] + k - 1
            node[i] = head[arc_of[e]]
            left = t_of[e] + travel_in(roads, arc_of[e], t_of[e])
            since[i] = left if k == size[car] else max(now_s, left)
    return past, node, since


@compiled
def without(busy: Any, at: Any, given: Any, work: int, kept: Any) -> int:
    """Write the stretches of an arc without the places given back, which are in order; return how many."""
    (busy_from, busy_until), (first, n), (kept_from, kept_until) = busy, at, kept
    number, j = 0, 0
    for i in range(first, first + n):
        low = busy_from[i]
        while j < len(given) and given[j] < busy_until[i]:
            if given[j] > low:
                kept_from[number], kept_until[number] = low, given[j]
                number += 1
            low = given[j] + work
            j += 1
        if low < busy_until[i]:
            kept_from[number], kept_until[number] = low, busy_until[i]
            number += 1
    return number


@compiled
def together(busy: Any, at: Any, taken: Any, work: int, kept: Any) -> int:
    """Write the stretches of an arc and free places, both in order, as stretches; return how many."""
    (busy_from, busy_until), (first, n), (kept_from, kept_until) = busy, at, kept
    number, i, j = 0, first, 0
    while i < first + n or j < len(taken):
        if j == len(taken) or (i < first + n and busy_from[i] < taken[j]):
            low, high = busy_from[i], busy_until[i]
            i += 1
        else:
            low, high = taken[j], taken[j] + work
            j += 1
        if number and kept_until[number - 1] == low:
            kept_until[number - 1] = high
        else:
            kept_from[number], kept_until[number] = low, high
            number += 1
    return number


@inner
def put_in_order(places: Any, low: int, high: int) -> None:
    """Sort places [low, high), fast where they are nearly in order, as those of cars in a queue are."""
    moves = MOVES * (high - low)
    for i in range(low + 1, high):
        x, k = places[i], i
        while k > low and places[k - 1] > x:
            places[k] = places[k - 1]
            k -= 1
        places[k] = x
        moves -= i - k
        if moves < 0:
            places[low:high] = np.sort(places[low:high])
            return


@compiled
def places_by_arc(entries: Any, spans: Any, cars: Any, wanted: Any, places: Any) -> Any:
    """Write the places of cars on the arcs wanted, from their `past` entry on; return (n_arcs + 1,) starts.

    They lie by arc, in order within each.
    """
    (arc_of, x_of), (at, size, past) = entries, spans
    n_arcs = len(wanted)
    start = np.zeros(n_arcs + 1, np.int64)
    for i in range(len(cars)):
        for e in range(at[cars[i]] + past[i], at[cars[i]] + size[cars[i]]):
            start[arc_of[e] + 1] += wanted[arc_of[e]]
    start = np.cumsum(start)
    into = start[:-1].copy()
    for i in range(len(cars)):
        for e in range(at[cars[i]] + past[i], at[cars[i]] + size[cars[i]]):
            if wanted[arc_of[e]]:
                places[into[arc_of[e]]] = x_of[e]
                into[arc_of[e]] += 1
    for arc in range(n_arcs):
        put_in_order(places, start[arc], start[arc + 1])
    return start


@compiled
def changed(
    calendars: Any, room: Any, used: int, *, entries: Any, spans: Any, cars: Any, terms: Any
) -> tuple[Any, Any, int]:
    """Give back or take what cars hold from their `past` entry on, arc by arc; return the pools.

    `terms` is (work, whether to give back, (n_arcs,) arcs wanted, where to write places meanwhile).
    """
    at, count, busy_from, busy_until = calendars
    work, gives, wanted, places = terms
    start = places_by_arc(entries, spans, cars, wanted, places)
    most = 0
    for arc in range(len(at)):
        if start[arc + 1] > start[arc]:
            most = max(most, count[arc] + start[arc + 1] - start[arc])
    kept = np.empty(most, np.int64), np.empty(most, np.int64)
    for arc in range(len(at)):
        if start[arc + 1] == start[arc]:
            continue
        mine, busy = places[start[arc] : start[arc + 1]], (busy_from, busy_until)
        if gives:
            n = without(busy, (at[arc], count[arc]), mine, work, kept)
        else:
            n = together(busy, (at[arc], count[arc]), mine, work, kept)
        if n > room[arc]:
            more = n + n // 4
            if used + more > len(busy_from):
                busy_from = np.concatenate((busy_from, np.empty(used + more, np.int64)))
                busy_until = np.concatenate((busy_until, np.empty(used + more, np.int64)))
            at[arc], room[arc] = used, more
            used += more
        count[arc] = n
        busy_from[at[arc] : at[arc] + n], busy_until[at[arc] : at[arc] + n] = kept[0][:n], kept[1][:n]
    return busy_from, busy_until, used


@compiled
def tidied(calendars: Any, room: Any, order: Any) -> int:
    """Move the stretches of all arcs to the beginning of their pools, nothing between; return how many.

    `order` sorts arcs by where theirs lie.
    """
    at, count, busy_from, busy_until = calendars
    into = 0
    for arc in order:
        first, at[arc], room[arc] = at[arc], into, count[arc]
        for i in range(first, first + count[arc]):
            busy_from[into], busy_until[into] = busy_from[i], busy_until[i]
            into += 1
    return into


@compiled
def moved_together(columns: Any, spans: Any, order: Any) -> int:
    """Move what cars have in the columns to their beginning, nothing between; return how much is in use."""
    (arc_of, t_of, x_of), (at, size) = columns, spans
    into = 0
    for car in order:
        first, at[car] = at[car], into
        for e in range(first, first + size[car]):
            arc_of[into], t_of[into], x_of[into] = arc_of[e], t_of[e], x_of[e]
            into += 1
    return into


@compiled
def room_left(roads: Any, calendars: Any, terms: Any, so_far: Any, span: Any) -> Any:
    """Return (n_arcs,) the share of the capacity in [from, until) that is not booked; 0 when closed.

    `span` is (from, until, work), `terms` are (n_arcs,): arcs whose calendars change, and how many places are
    taken on others that are not in their calendars. `so_far` (n_arcs,) has (stretches looked at, NEVER at
    first, their sum) of those, for spans that begin at the same second and end later and later.
    """
    piece_start, from_s, rate, _, _, cumulated, _ = roads
    at, count, busy_from, busy_until = calendars
    (changes, pending), (looked_at, busy), (from_t, until_t, work) = terms, so_far, span
    n_arcs = len(piece_start) - 1
    share = np.zeros(n_arcs)
    for arc in range(n_arcs):
        low, high = piece_start[arc], piece_start[arc + 1]
        k, last = piece_of(from_s, low, high, from_t), piece_of(from_s, low, high, until_t)
        x = cumulated[k] + rate[k] * (from_t - from_s[k])
        end = cumulated[last] + rate[last] * (until_t - from_s[last])
        if end <= x:
            continue
        first, n = at[arc], count[arc]
        if changes[arc] or looked_at[arc] == NEVER:
            looked_at[arc], busy[arc] = first_after(busy_until, first, n, x), 0
        i, total = looked_at[arc], busy[arc]
        while i < n and busy_until[first + i] <= end:
            total += busy_until[first + i] - max(x, busy_from[first + i])
            i += 1
        looked_at[arc], busy[arc] = i, total
        if i < n and busy_from[first + i] < end:
            total += end - max(x, busy_from[first + i])
        if not changes[arc]:
            total += pending[arc] * work
        share[arc] = max(0, end - x - total) / (end - x)
    return share

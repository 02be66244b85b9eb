"""Compiled loops of `live_cars`: entries of cars in the calendars, taken, given back and taken anew."""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.booking.booking_loops import (
    NEVER,
    first_after,
    piece_of,
)
from safepassage.kernels.compiled import compiled


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
def touched(entries: Any, spans: Any, closed: Any, now_s: int) -> Any:
    """Return the cars that are to enter a closed arc at or after `now_s`."""
    arc_of, t_of = entries
    at, size = spans
    found = np.empty(len(at), np.int64)
    n = 0
    for car in range(len(at)):
        for e in range(at[car], at[car] + size[car]):
            if closed[arc_of[e]] and t_of[e] >= now_s:
                found[n] = car
                n += 1
                break
    return found[:n].copy()


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


@compiled
def without_small_gaps(calendars: Any, work: int) -> tuple[Any, Any, Any, Any]:
    """Return calendars as vehicles of one size see them: gaps that none of them fits into are taken."""
    at, count, busy_from, busy_until = calendars
    into, number = np.zeros_like(at), np.zeros_like(count)
    kept_from, kept_until = np.empty(count.sum(), np.int64), np.empty(count.sum(), np.int64)
    used = 0
    for arc in range(len(at)):
        into[arc] = used
        for i in range(at[arc], at[arc] + count[arc]):
            if used > into[arc] and busy_from[i] - kept_until[used - 1] < work:
                kept_until[used - 1] = busy_until[i]
            else:
                kept_from[used], kept_until[used] = busy_from[i], busy_until[i]
                used += 1
        number[arc] = used - into[arc]
    return into, number, kept_from[:used].copy(), kept_until[:used].copy()


@compiled
def places_by_arc(entries: Any, spans: Any, cars: Any, n_arcs: int) -> tuple[Any, Any]:
    """Return the places of cars from their `past` entry on, as (start by arc, places in order)."""
    (arc_of, x_of), (at, size, past) = entries, spans
    start = np.zeros(n_arcs + 1, np.int64)
    for i in range(len(cars)):
        for e in range(at[cars[i]] + past[i], at[cars[i]] + size[cars[i]]):
            start[arc_of[e] + 1] += 1
    start = np.cumsum(start)
    places, into = np.empty(start[n_arcs], np.int64), start[:-1].copy()
    for i in range(len(cars)):
        for e in range(at[cars[i]] + past[i], at[cars[i]] + size[cars[i]]):
            places[into[arc_of[e]]] = x_of[e]
            into[arc_of[e]] += 1
    for arc in range(n_arcs):
        if start[arc + 1] - start[arc] > 1:
            places[start[arc] : start[arc + 1]] = np.sort(places[start[arc] : start[arc + 1]])
    return start, places


@compiled
def changed(
    calendars: Any, room: Any, used: int, *, entries: Any, spans: Any, cars: Any, terms: Any
) -> tuple[Any, Any, int]:
    """Give back or take what cars hold from their `past` entry on, arc by arc; return the pools.

    `terms` is (work, whether to give back).
    """
    at, count, busy_from, busy_until = calendars
    work, gives = terms
    start, places = places_by_arc(entries, spans, cars, len(at))
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
            more = n + n // 2
            if used + more > len(busy_from):
                busy_from = np.concatenate((busy_from, np.empty(used + more, np.int64)))
                busy_until = np.concatenate((busy_until, np.empty(used + more, np.int64)))
            at[arc], room[arc] = used, more
            used += more
        count[arc] = n
        busy_from[at[arc] : at[arc] + n], busy_until[at[arc] : at[arc] + n] = kept[0][:n], kept[1][:n]
    return busy_from, busy_until, used


@compiled
def room_left(roads: Any, calendars: Any, from_t: int, until_t: int) -> Any:
    """Return (n_arcs,) the share of the capacity in [from_t, until_t) that is not booked; 0 when closed."""
    piece_start, from_s, rate, _, _, cumulated, _ = roads
    at, count, busy_from, busy_until = calendars
    n_arcs = len(piece_start) - 1
    share = np.zeros(n_arcs)
    for arc in range(n_arcs):
        low, high = piece_start[arc], piece_start[arc + 1]
        k, last = piece_of(from_s, low, high, from_t), piece_of(from_s, low, high, until_t)
        x = cumulated[k] + rate[k] * (from_t - from_s[k])
        end = cumulated[last] + rate[last] * (until_t - from_s[last])
        if end <= x:
            continue
        free, n = end - x, count[arc]
        i = first_after(busy_until, at[arc], n, x)
        while i < n and busy_from[at[arc] + i] < end:
            free -= min(end, busy_until[at[arc] + i]) - max(x, busy_from[at[arc] + i])
            i += 1
        share[arc] = free / (end - x)
    return share


@compiled
def walks(next_arc: Any, head: Any, nodes: Any) -> tuple[Any, Any, Any, Any]:
    """Return (start, arcs, whose, tree) of the ways from nodes along trees (n_trees, n_nodes) of next arcs.

    `whose` is the position of the node; a way that an earlier tree has shown already is left out, and so
    are empty ones.
    """
    n_trees, longest = next_arc.shape
    start = np.zeros(len(nodes) * n_trees + 1, np.int64)
    whose, shown_by = np.empty(len(nodes) * n_trees, np.int64), np.empty(len(nodes) * n_trees, np.int64)
    arcs = np.empty(1024, np.int64)
    n, used = 0, 0
    for i in range(len(nodes)):
        first = n
        for tree in range(n_trees):
            node, length = nodes[i], 0
            while next_arc[tree, node] >= 0 and length < longest:
                if used + length == len(arcs):
                    arcs = np.concatenate((arcs, np.empty(len(arcs), np.int64)))
                arcs[used + length] = next_arc[tree, node]
                node = head[next_arc[tree, node]]
                length += 1
            known = length == 0
            for earlier in range(first, n):
                if start[earlier + 1] - start[earlier] == length and not known:
                    known = bool(
                        (arcs[start[earlier] : start[earlier] + length] == arcs[used : used + length]).all()
                    )
            if not known:
                whose[n], shown_by[n] = i, tree
                n += 1
                used += length
                start[n] = used
    return start[: n + 1].copy(), arcs[:used].copy(), whose[:n].copy(), shown_by[:n].copy()


@compiled
def written(columns: Any, new: Any, spans: Any, into: Any) -> None:
    """Copy what has happened of each car, and behind it its new entries, to where `into` says.

    `columns` are (arc, second, place) of all entries, `new` those of new ones; `spans` are (old position, how
    many have happened, position among the new, how many new) of each car.
    """
    (arc, t, x), (new_arc, new_t, new_x), (at, past, new_at, new_size) = columns, new, spans
    for car in range(len(at)):
        e, old = into[car], at[car]
        for k in range(past[car]):
            arc[e + k], t[e + k], x[e + k] = arc[old + k], t[old + k], x[old + k]
        e, old = e + past[car], new_at[car]
        for k in range(new_size[car]):
            arc[e + k], t[e + k], x[e + k] = new_arc[old + k], new_t[old + k], new_x[old + k]

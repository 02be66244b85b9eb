"""Compiled loops of `slot_booking`: the next free slot, a run along a route, car after car."""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.compiled import compiled

NEVER = -1
LATE = 2**62


@compiled
def next_free(following: Any, slot: int) -> int:
    """Return the first free slot from `slot` on, halving the paths that are walked."""
    while following[slot] != slot:
        following[slot] = following[following[slot]]
        slot = following[slot]
    return slot


@compiled
def run(route: int, depart: int, steps: Any, slots: Any, limits: Any, trace: Any) -> tuple[int, int]:
    """Return (departure, arrival) of the first run from `depart` on; NEVER where the grid ends before.

    `trace` is filled with the slots of the steps and the seconds waited before them.
    """
    first, step_arc, gap_s, rest_s = steps
    rate, work, offset, following = slots
    horizon_s, wait_max_s = limits
    taken, waited = trace
    while depart < horizon_s:
        t, later = depart, 0
        for i in range(first[route], first[route + 1]):
            arc = step_arc[i]
            t += gap_s[i]
            slot, last = offset[arc] + (rate[arc] * t + work[arc] - 1) // work[arc], offset[arc + 1] - 1
            slot = next_free(following, slot) if slot < last else last
            if slot >= last:
                return NEVER, NEVER
            wait = max(0, (slot - offset[arc]) * work[arc] // rate[arc] - t)
            j = i - first[route]
            taken[j], waited[j] = slot, wait
            if j == 0:
                depart += wait
                waited[j] = 0
            elif wait > wait_max_s:
                later = wait
                break
            t += wait
        if not later:
            t += rest_s[route]
            return (depart, t) if t <= horizon_s else (NEVER, NEVER)
        depart += later
    return NEVER, NEVER


@compiled
def soonest(arrival: Any, choice: Any, low: int, high: int) -> tuple[int, int]:
    """Return the route of a group with the least known arrival, the first of equals, and the next arrival."""
    best, second = choice[low], LATE
    for k in range(low + 1, high):
        route = choice[k]
        if arrival[route] < arrival[best]:
            best, second = route, arrival[best]
        elif arrival[route] < second:
            second = arrival[route]
    return best, second


@compiled
def book_all(steps: Any, slots: Any, order: Any, choices: Any, limits: Any, got: Any) -> None:
    """Book cars in order; see `slot_booking.book`.

    Slots only fill: what a route could last offer is a lower bound for all later cars.
    """
    first, _, gap_s, rest_s = steps
    following, end = slots[3], limits[0] + 1
    route_of, depart_of, arrive_of, waits_of = got
    n_routes = len(first) - 1
    ready, arrival = np.zeros(n_routes, np.int64), np.zeros(n_routes, np.int64)
    for group in range(len(choices[2])):
        for route in choices[1][choices[0][group] : choices[0][group + 1]]:
            ready[route] = max(ready[route], choices[2][group])
    for route in range(n_routes):
        arrival[route] = ready[route] + rest_s[route] + gap_s[first[route] : first[route + 1]].sum()
    trace = (np.zeros(waits_of.shape[1], np.int64), np.zeros(waits_of.shape[1], np.int64))
    car = 0
    while car < len(order):
        group = order[car]
        route, second = soonest(arrival, choices[1], choices[0][group], choices[0][group + 1])
        if arrival[route] >= end:
            car += 1
            continue
        depart, arrive = run(route, ready[route], steps, slots, limits, trace)
        if depart == NEVER:
            arrival[route] = end
            continue
        ready[route], arrival[route] = depart, arrive
        if arrive > second:
            continue
        for j in range(first[route + 1] - first[route]):
            following[trace[0][j]] = trace[0][j] + 1
            waits_of[car, j] = trace[1][j]
        route_of[car], depart_of[car], arrive_of[car] = route, depart, arrive
        car += 1

"""Vehicles on their tours: who boards, what the calendars give, and how to take it all back."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import inner, woven
from safepassage.kernels.tours.tour_loops import (
    FAR,
    KINDS,
    MORE,
    PART,
    STOPS,
    drive,
    lighten,
    passage,
    put,
    whole,
)

Int64 = NDArray[np.int64]
FURTHER = 2
"""In place of the leg: an entry of a car after its first."""
SOONER_S = 60
"""People change to a trip that arrives at least so much sooner."""
PART_SOONER_S = 1_800
"""A part of a load goes where it arrives at least so much sooner than the whole."""


class Plan(NamedTuple):
    """Tours and what comes of them.

    `trips` (vehicles, most, WIDTH), `number` of them; by trip `loads` (stops, kinds), `arrive`,
    entries `rows` (arc, second, persons, leg) and how many (`used`); `start` (vehicles, most + 1, 3): node,
    ready, on duty since. `left` persons by stop and kind, `room` by site, `late` what the people of a stop
    lose. Cars by class: `hold`, `cars` left, their entries and how many, `spent` (arrivals, last arrival),
    `parked` persons by site. `sums` (1,): all arrivals in person-seconds.
    """

    trips: Int64
    number: Int64
    loads: Int64
    arrive: Int64
    rows: Int64
    used: Int64
    start: Int64
    left: Int64
    room: Int64
    late: Int64
    hold: Int64
    cars: Int64
    car_rows: Int64
    car_used: Int64
    spent: Int64
    parked: Int64
    sums: Int64


class Log(NamedTuple):
    """What a step changed: tours as they were, from where on, persons who changed trips."""

    vehicle: Int64
    first: Int64
    trips: Int64
    number: Int64
    loads: Int64
    arrive: Int64
    rows: Int64
    used: Int64
    start: Int64
    taken: Int64
    n_taken: Int64
    car: Int64
    car_rows: Int64
    parked: Int64


@inner
def _persons(plan: Any, v: int, i: int) -> int:
    total = 0
    for p in range(STOPS):
        for k in range(KINDS):
            total += plan.loads[v, i, p, k]
    return total


@inner
def withdraw(world: Any, book: Any, plan: Any, v: int, first: int) -> None:
    """Take back all trips of a vehicle from one on; they stay in its tour."""
    for i in range(first, plan.number[v]):
        put(world, book, plan.rows[v, i], plan.used[v, i], world.vehicle[v, 3], whole(1))
        plan.used[v, i] = 0
        persons = _persons(plan, v, i)
        plan.sums[0] -= persons * plan.arrive[v, i]
        plan.room[plan.trips[v, i, STOPS]] += persons
        for p in range(STOPS):
            for k in range(KINDS):
                if plan.loads[v, i, p, k]:
                    plan.left[plan.trips[v, i, p], k] += plan.loads[v, i, p, k]
                    plan.loads[v, i, p, k] = 0


@inner
def _late(world: Any, plan: Any, v: int, i: int) -> Any:
    """Return when a trip arrives, and what its place at a site is worth to others on top."""
    return plan.arrive[v, i] + world.site[plan.trips[v, i, STOPS], 3]


@inner
def _later(world: Any, plan: Any, stop: int, k: int, t: int) -> int:
    """Return how many of a stop ride on trips that arrive later than t, tolls counted."""
    total = 0
    for v in range(len(plan.number)):
        for i in range(plan.number[v]):
            for p in range(STOPS):
                if plan.trips[v, i, p] == stop and _late(world, plan, v, i) > t:
                    total += plan.loads[v, i, p, k]
    return total


@inner
def _change_over(world: Any, book: Any, plan: Any, log: Any, stop: int, k: int, t: int, wanted: int) -> int:  # noqa: PLR0917
    """Let up to `wanted` of a stop leave trips that arrive later than t, the latest first; say how many."""
    got = 0
    while got < wanted and log.n_taken[0] < len(log.taken):
        best, bv, bi, bp = t, whole(-1), whole(-1), whole(-1)
        for v in range(len(plan.number)):
            for i in range(plan.number[v]):
                for p in range(STOPS):
                    if plan.trips[v, i, p] == stop and plan.loads[v, i, p, k] > 0:
                        late = _late(world, plan, v, i)
                        if late > best:
                            best, bv, bi, bp = late, v, i, p
        if bv < 0:
            break
        persons = min(wanted - got, plan.loads[bv, bi, bp, k])
        _give_up(world, book, plan, bv, bi, bp, k, persons)
        row = log.taken[log.n_taken[0]]
        row[0], row[1], row[2], row[3], row[4] = bv, bi, bp, k, persons
        log.n_taken[0] += 1
        got += persons
    return got


@inner
def _give_up(world: Any, book: Any, plan: Any, v: int, i: int, p: int, k: int, persons: int) -> None:  # noqa: PLR0917
    """Let persons (negative: the other way) leave a trip for the stop they came from."""
    plan.loads[v, i, p, k] -= persons
    plan.left[plan.trips[v, i, p], k] += persons
    plan.room[plan.trips[v, i, STOPS]] += persons
    plan.sums[0] -= persons * plan.arrive[v, i]
    lighten(world, book, plan.rows[v, i], plan.used[v, i], 1 + p, persons)


@inner
def _legs(  # noqa: C901
    world: Any, book: Any, plan: Any, v: int, i: int, persons: Any
) -> tuple[int, int, int]:
    """Find the passages of a trip with `persons` by stop; return (arrival, node, on duty since).

    Columns of `persons` (stops, 3): how many, and the seconds more that they take to board and to get off.
    """
    trip, rules = plan.trips[v, i], world.rules
    units, empty = world.vehicle[v, 3], world.vehicle[v, 4]
    node, t, duty = plan.start[v, i, 0], plan.start[v, i, 1], plan.start[v, i, 2]
    rows, ready = plan.rows[v, i], t
    n, aboard, here, loaded, helped = whole(0), whole(0), whole(-1), whole(0), whole(0)
    for p in range(STOPS):
        if persons[p, 0] == 0:
            continue
        stop = trip[p]
        there = world.stop[stop, 0]
        if here < 0:
            depart, t, n = drive(world, book, empty, node, there, t, units, aboard, rows, n)
            if t >= FAR:
                return FAR, 0, 0
            if duty < 0 and node != there:
                duty = depart
            loaded = world.vehicle[v, 5] + world.stop[stop, 1] * world.vehicle[v, 6]
        elif there != here:
            ready = ready + rules[3] + rules[4] * aboard + helped
            helped = whole(0)
            e = n
            depart, t, n = drive(world, book, loaded, here, there, ready, units, aboard, rows, n)
            rows[e:n, 3] = p
            if t >= FAR:
                return FAR, 0, 0
            if duty < 0:
                duty = depart
            t += rules[5] + rules[6] * aboard
        ready = max(ready if there == here else t, world.stop[stop, 2])
        here = there
        aboard += persons[p, 0]
        helped += persons[p, 1]
    goal = world.site[trip[STOPS], 0]
    ready = ready + rules[3] + rules[4] * aboard + helped
    e = n
    depart, t, n = drive(world, book, loaded, here, goal, ready, units, aboard, rows, n)
    rows[e:n, 3] = STOPS
    if t >= FAR:
        return FAR, 0, 0
    if duty < 0:
        duty = depart
    if t > world.vehicle[v, 1] or (world.vehicle[v, 2] >= 0 and t - duty > world.vehicle[v, 2]):
        return FAR, 0, 0
    plan.used[v, i] = n
    return t, goal, duty


@woven
def _free_s(world: Any, plan: Any, v: int, i: int) -> Any:
    """Return a second before which the trip does not arrive."""
    trip, node = plan.trips[v, i], plan.start[v, i, 0]
    t = plan.start[v, i, 1]
    there, goal = world.stop[trip[0], 0], world.site[trip[STOPS], 0]
    if node != there:
        empty = world.vehicle[v, 4]
        if world.way_n[empty, node, there] == 0:
            return FAR
        t += world.length_s[world.way_at[empty, node, there]]
    t = max(t, world.stop[trip[0], 2]) + world.rules[3]
    if there != goal:
        loaded = world.vehicle[v, 5] + world.stop[trip[0], 1] * world.vehicle[v, 6]
        if world.way_n[loaded, there, goal] == 0:
            return FAR
        t += world.length_s[world.way_at[loaded, there, goal]]
    return t


@inner
def _first_of(persons: Any, most: int, few: Any) -> None:
    """Write the first so many of the persons by stop."""
    for p in range(STOPS):
        n = persons[p, 0]
        few[p, 0] = min(n, most)
        most -= few[p, 0]
        for c in range(1, 3):
            few[p, c] = persons[p, c] * few[p, 0] // max(n, 1)


@inner
def _sooner(world: Any, book: Any, plan: Any, v: int, i: int, persons: Any, t: int) -> int:  # noqa: PLR0917
    """Return how many of the persons arrive well before t if the others stay, 0 for nobody or everybody."""
    few, low, high = np.zeros((STOPS, 3), dtype=np.int64), 0, persons[:, 0].sum()
    while high - low > 1:
        middle = (low + high) // 2
        _first_of(persons, middle, few)
        if _legs(world, book, plan, v, i, few)[0] + PART_SOONER_S <= t:
            low = middle
        else:
            high = middle
    return int(low)


@woven
def _wanted(world: Any, plan: Any, v: int, i: int, soon: int, persons: Any) -> int:
    """Write who may come along by stop, when the trip arrives at `soon`; return how many."""
    trip, site = plan.trips[v, i], plan.trips[v, i, STOPS]
    free, room = world.places[v].copy(), plan.room[site]
    for p in range(STOPS):
        stop = trip[p]
        if stop < 0:
            break
        for k in range(KINDS):
            if free[k] and room and world.stop[stop, 3 + k]:
                there = plan.left[stop, k]
                if there < free[k]:
                    there += _later(world, plan, stop, k, soon + world.site[site, 3] + SOONER_S)
                some = min(free[k], there, room)
                free[k] -= some
                room -= some
                _count(world, persons, p, stop, k, some)
    return int(persons[:, 0].sum())


@inner
def _count(world: Any, persons: Any, p: int, stop: int, k: int, some: int) -> None:
    """Count persons who board at a stop of a trip, and the seconds more that they take."""
    persons[p, 0] += some
    persons[p, 1] += some * world.stop[stop, MORE + k]
    persons[p, 2] += some * world.stop[stop, MORE + KINDS + k]


@inner
def _give_back(plan: Any, v: int, i: int) -> None:
    """Let everybody leave a trip that does not go."""
    plan.used[v, i] = 0
    for p in range(STOPS):
        for k in range(KINDS):
            persons = plan.loads[v, i, p, k]
            if persons:
                plan.left[plan.trips[v, i, p], k] += persons
                plan.room[plan.trips[v, i, STOPS]] += persons
                plan.loads[v, i, p, k] = 0


@inner
def ride(world: Any, book: Any, plan: Any, log: Any, v: int, i: int) -> None:
    """Drive trip i of a vehicle with whoever waits or arrives later on another; for nobody it stays."""
    plan.start[v, i + 1] = plan.start[v, i]
    plan.arrive[v, i], plan.used[v, i] = 0, 0
    soon = _free_s(world, plan, v, i)
    persons = np.zeros((STOPS, 3), dtype=np.int64)
    if soon >= FAR or _wanted(world, plan, v, i, soon, persons) == 0:
        return
    wanted = persons[:, 0].sum()
    t, goal, duty = _legs(world, book, plan, v, i, persons)
    if plan.trips[v, i, PART]:
        few = _sooner(world, book, plan, v, i, persons, t)
        wanted = few or wanted
        _first_of(persons, wanted, persons)
        t, goal, duty = _legs(world, book, plan, v, i, persons)
    got = _board(world, book, plan, log, v, i, persons, t) if t < FAR else 0
    if 0 < got < wanted:
        # With fewer aboard than might have come the passages are sought once more.
        t, goal, duty = _legs(world, book, plan, v, i, persons)
    if t >= FAR or got == 0:
        _give_back(plan, v, i)
        return
    put(world, book, plan.rows[v, i], plan.used[v, i], world.vehicle[v, 3], whole(0))
    plan.arrive[v, i] = t
    plan.sums[0] += got * t
    plan.start[v, i + 1, 0] = goal
    plan.start[v, i + 1, 1] = t + world.rules[5] + world.rules[6] * got + persons[:, 2].sum()
    plan.start[v, i + 1, 2] = duty


@woven
def _board(world: Any, book: Any, plan: Any, log: Any, v: int, i: int, persons: Any, t: int) -> int:  # noqa: PLR0917
    """Let up to `persons` by stop board a trip that arrives at t; write how many do, and return their sum."""
    trip, site = plan.trips[v, i], plan.trips[v, i, STOPS]
    got, late = 0, t + world.site[site, 3] + SOONER_S
    free = world.places[v].copy()
    for p in range(STOPS):
        most = persons[p, 0]
        persons[p] = 0
        if trip[p] < 0:
            continue
        for k in range(KINDS):
            if world.stop[trip[p], 3 + k] == 0:
                continue
            wanted = min(free[k], plan.room[site], most - persons[p, 0])
            if wanted > plan.left[trip[p], k]:
                _change_over(world, book, plan, log, trip[p], k, late, wanted - plan.left[trip[p], k])
            some = min(wanted, plan.left[trip[p], k])
            plan.loads[v, i, p, k] = some
            plan.left[trip[p], k] -= some
            plan.room[site] -= some
            free[k] -= some
            _count(world, persons, p, trip[p], k, some)
            got += some
    return got


@inner
def withdraw_cars(world: Any, book: Any, plan: Any, c: int) -> None:
    """Take back all cars of a class."""
    put(world, book, plan.car_rows[c], plan.car_used[c], world.rules[8], whole(1))
    plan.car_used[c] = 0
    plan.sums[0] -= plan.spent[c, 0]
    plan.spent[c, 0], plan.spent[c, 1] = 0, 0
    plan.cars[c] = world.car[c, 0]
    for j in range(len(plan.room)):
        plan.room[j] += plan.parked[c, j]
        plan.parked[c, j] = 0


@inner
def ride_cars(world: Any, book: Any, plan: Any, c: int) -> None:
    """Send the cars of a class, one after the other, not before they are held."""
    rules, trial, n = world.rules, book.draft, 0
    ready = max(world.car[c, 1], plan.hold[c])
    while plan.cars[c] > 0:
        best, best_t, option, persons, then = FAR, FAR, -1, 0, ready
        group = -1
        for o in range(world.option_at[c], world.option_at[c + 1]):
            # Of options with the same arcs in the way only the first with room can be the best.
            if world.option[o, 3] == group:
                continue
            some = min(rules[7], plan.cars[c], plan.room[world.option[o, 1]])
            if some <= 0:
                continue
            group = world.option[o, 3]
            depart, t = passage(world, book, world.option[o, 0], ready, rules[8], some, trial)
            if t < FAR and t + world.option[o, 2] < best:
                best, best_t, option, persons, then = t + world.option[o, 2], t, o, some, depart
        if option < 0:
            return
        passage(world, book, world.option[option, 0], ready, rules[8], persons, trial)
        e = 0
        while trial[e, 0] >= 0:
            e += 1
        if n + e > len(plan.car_rows[c]):
            return
        plan.car_rows[c, n : n + e] = trial[:e]
        plan.car_rows[c, n + 1 : n + e, 3] = FURTHER
        put(world, book, trial, e, rules[8], whole(0))
        n += e
        plan.car_used[c] = n
        ready = then
        plan.cars[c] -= persons
        plan.room[world.option[option, 1]] -= persons
        plan.parked[c, world.option[option, 1]] += persons
        plan.sums[0] += persons * best_t
        plan.spent[c, 0] += persons * best_t
        plan.spent[c, 1] = max(plan.spent[c, 1], best_t)


@inner
def _copy(source: Any, to: Any, first: int, until: int) -> None:
    """Copy rows from one on; written out, it is compiled into far less than an assignment of slices."""
    for i in range(first, until):
        for j in range(source.shape[1]):
            to[i, j] = source[i, j]


@inner
def save(plan: Any, log: Any, slot: int, v: int, first: int) -> None:
    """Note the tour of a vehicle as it is, from a trip on."""
    n = plan.number[v]
    log.vehicle[slot], log.first[slot], log.number[slot] = v, first, n
    _copy(plan.trips[v], log.trips[slot], first, n)
    _copy(plan.start[v], log.start[slot], first, n + 1)
    for i in range(first, n):
        log.arrive[slot, i], log.used[slot, i] = plan.arrive[v, i], plan.used[v, i]
        _copy(plan.loads[v, i], log.loads[slot, i], 0, STOPS)
        _copy(plan.rows[v, i], log.rows[slot, i], 0, plan.used[v, i])


@inner
def undo(world: Any, book: Any, plan: Any, log: Any) -> None:
    """Put everything back as the log has it."""
    for slot in range(2):
        if log.vehicle[slot] >= 0:
            withdraw(world, book, plan, log.vehicle[slot], log.first[slot])
    if log.car[0] >= 0:
        withdraw_cars(world, book, plan, log.car[0])
    for entry in range(log.n_taken[0] - 1, -1, -1):
        row = log.taken[entry]
        if (row[0] == log.vehicle[0] and row[1] >= log.first[0]) or (
            row[0] == log.vehicle[1] and row[1] >= log.first[1]
        ):
            # Their whole tour is put back below.
            continue
        _give_up(world, book, plan, row[0], row[1], row[2], row[3], -row[4])
    for slot in range(2):
        if log.vehicle[slot] >= 0:
            _put_back(world, book, plan, log, slot)
    if log.car[0] >= 0:
        _put_cars_back(world, book, plan, log)


@inner
def _put_back(world: Any, book: Any, plan: Any, log: Any, slot: int) -> None:
    """Put the trips of a vehicle back from the first that changed on."""
    v, n = log.vehicle[slot], log.number[slot]
    plan.number[v] = n
    _copy(log.trips[slot], plan.trips[v], log.first[slot], n)
    _copy(log.start[slot], plan.start[v], log.first[slot], n + 1)
    for i in range(log.first[slot], n):
        plan.arrive[v, i] = log.arrive[slot, i]
        for p in range(STOPS):
            for k in range(KINDS):
                persons = log.loads[slot, i, p, k]
                plan.loads[v, i, p, k] = persons
                if persons:
                    plan.left[plan.trips[v, i, p], k] -= persons
                    plan.room[plan.trips[v, i, STOPS]] -= persons
                    plan.sums[0] += persons * plan.arrive[v, i]
        plan.used[v, i] = log.used[slot, i]
        _copy(log.rows[slot, i], plan.rows[v, i], 0, plan.used[v, i])
        put(world, book, plan.rows[v, i], plan.used[v, i], world.vehicle[v, 3], whole(0))


@inner
def _put_cars_back(world: Any, book: Any, plan: Any, log: Any) -> None:
    """Put the cars of a class back."""
    c = log.car[0]
    plan.hold[c], plan.cars[c], plan.car_used[c] = log.car[1], log.car[2], log.car[3]
    plan.spent[c, 0], plan.spent[c, 1] = log.car[4], log.car[5]
    plan.sums[0] += plan.spent[c, 0]
    _copy(log.car_rows, plan.car_rows[c], 0, log.car[3])
    put(world, book, plan.car_rows[c], plan.car_used[c], world.rules[8], whole(0))
    for j in range(len(plan.room)):
        plan.parked[c, j] = log.parked[j]
        plan.room[j] -= log.parked[j]


@inner
def save_cars(plan: Any, log: Any, c: int) -> None:
    """Note the cars of a class as they are."""
    log.car[0], log.car[1], log.car[2], log.car[3] = c, plan.hold[c], plan.cars[c], plan.car_used[c]
    log.car[4], log.car[5] = plan.spent[c, 0], plan.spent[c, 1]
    _copy(plan.car_rows[c], log.car_rows, 0, plan.car_used[c])
    log.parked[:] = plan.parked[c]


@inner
def left_of(plan: Any) -> Any:
    """Return how many persons nobody takes along."""
    return plan.left.sum() + plan.cars.sum()


@inner
def price_of(plan: Any, worth: Any) -> Any:
    """Return all arrivals, `worth[0]` for everybody left, `worth[1]` a second of the last one."""
    total, last = plan.sums[0], 0
    for v in range(len(plan.number)):
        for i in range(plan.number[v] - 1, -1, -1):
            if plan.used[v, i] or _persons(plan, v, i):
                last = max(last, plan.arrive[v, i])
                break
    for c in range(len(plan.cars)):
        last = max(last, plan.spent[c, 1])
    return total + left_of(plan) * worth[0] + worth[1] * last


@inner
def tolls_of(world: Any, plan: Any) -> Any:
    """Return what all places taken at sites are worth to others."""
    total = 0
    for j in range(len(plan.room)):
        total += world.site[j, 3] * (world.site[j, 1] - plan.room[j])
    return total

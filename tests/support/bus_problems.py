"""Small bus evacuation problems, and their optimum by trying everything."""

from __future__ import annotations

import itertools
from functools import cache

import numpy as np
from hypothesis import strategies as st

from safepassage.domain.bus_problem import BusFleet, BusProblem, Dwell


@st.composite
def problems(draw, *, most_seats=1, dwell=False):
    """Draw a problem small enough to try every plan."""
    pickups, sites, yards = draw(st.integers(1, 3)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    persons = draw(st.lists(st.integers(0, 2), min_size=pickups, max_size=pickups))
    capacity = draw(st.lists(st.sampled_from([-1, 0, 1, 2, 4]), min_size=sites, max_size=sites))
    capacity[0] = -1 if draw(st.booleans()) else max(sum(persons), 0)

    def matrix(rows, columns, least=1):
        entries = st.integers(least, 6) if least else st.integers(0, 6)
        return np.array([[draw(entries) for _ in range(columns)] for _ in range(rows)], np.int64)

    fleets = [
        BusFleet(
            yard=draw(st.integers(0, yards - 1)), buses=draw(st.integers(1, 2)),
            seats=draw(st.integers(1, most_seats)), available_from_s=draw(st.integers(0, 2)),
        )
        for _ in range(draw(st.integers(1, 2)))
    ]  # fmt: skip
    seconds = st.integers(0, 2)
    return BusProblem(
        fleets=tuple(fleets), persons=tuple(persons), capacity_persons=tuple(capacity),
        yard_to_pickup_s=matrix(yards, pickups, 0), pickup_to_site_s=matrix(pickups, sites),
        site_to_pickup_s=matrix(sites, pickups, 0) if draw(st.booleans()) else matrix(sites, pickups),
        dwell=Dwell(
            load_base_s=draw(seconds), load_per_person_s=draw(seconds), unload_base_s=draw(seconds),
            unload_per_person_s=draw(seconds),
        ) if dwell else Dwell(),
        through=draw(st.booleans()),
    )  # fmt: skip


def empty_drives(problem: BusProblem):
    """Return (from yards, from sites) to pick-ups, through other places where the problem allows it."""
    n, m = len(problem.persons), len(problem.capacity_persons)
    start, back = problem.yard_to_pickup_s.tolist(), problem.site_to_pickup_s.tolist()
    there = problem.pickup_to_site_s
    for _ in range(n + m if problem.through else 0):
        for row in (*start, *back):
            for q in range(n):
                ways = [row[p] + there[p, s] + back[s][q] for p in range(n) for s in range(m)]
                row[q] = int(min([row[q], *ways]))
    return start, back


def least_last_arrival_s(problem: BusProblem) -> int:
    """Return the optimum by trying every plan."""
    start, back = empty_drives(problem)
    there = problem.pickup_to_site_s.tolist()
    start, back = ([tuple(row) for row in rows] for rows in (start, back))
    d = problem.dwell
    capacity = [sum(problem.persons) if c < 0 else c for c in problem.capacity_persons]

    @cache
    def best(buses, left, room):
        """Return the least last arrival when buses (seats, free from, begin drives) serve who is left."""
        if not any(left):
            return 0
        found = 10**9
        for b, (seats, free_s, begin) in enumerate(buses):
            trips = itertools.product(range(len(left)), range(len(room)), range(1, seats + 1))
            for p, s, load in trips if b == 0 or buses[b - 1] != buses[b] else ():
                arrive = free_s + begin[p] + d.load_s(load) + there[p][s]
                if load > left[p] or load > room[s] or arrive >= found:
                    continue
                after = sorted([*buses[:b], *buses[b + 1 :], (seats, arrive + d.unload_s(load), back[s])])
                waiting, free = list(left), list(room)
                waiting[p], free[s] = left[p] - load, room[s] - load
                found = min(found, max(arrive, best(tuple(after), tuple(waiting), tuple(free))))
        return found

    buses = sorted(
        (f.seats, f.available_from_s, start[f.yard]) for f in problem.fleets for _ in range(f.buses)
    )
    return best(tuple(buses), problem.persons, tuple(capacity))

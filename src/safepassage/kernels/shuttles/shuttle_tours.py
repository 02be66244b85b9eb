"""Vehicles that shuttle between pick-up places and shelters: their tours as arrays, and what these cost.

A tour is a vehicle's trips in order. A trip calls at one or more places, loads parties there and ends at a
shelter, where the next trip begins. All times are milliseconds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled, inner

Int64 = NDArray[np.int64]

NEVER_MS = 2**40
"""Stands for no limit of time or room; far above any real one, its products far below the range of int64."""


class Case(NamedTuple):
    """What does not change: G groups at P places, V vehicles, D shelters, K kinds of vehicle places.

    A travel time of -1 means that there is no way.
    """

    place: Int64
    """(G,) where each group waits."""
    members: Int64
    """(G,) persons of one party: the person and the carers who never leave them."""
    board_ms: Int64
    """(G,) boarding one party; alighting takes as long."""
    need: Int64
    """(G, K) vehicle places one party takes."""
    seats: Int64
    """(V, K) places of each vehicle."""
    start_ms: Int64
    """(V, P) when a vehicle whose first trip begins at a place is there."""
    until_ms: Int64
    """(V,) latest last arrival at a shelter."""
    out_ms: Int64
    """(D, P) shelter to place."""
    between_ms: Int64
    """(P, P) place to place."""
    home_ms: Int64
    """(P, D) place to shelter."""
    room: Int64
    """(D,) persons a shelter has room for."""
    hard: Int64
    """(D,) 1 where nobody more may come, 0 where each person more has its price."""
    stop_ms: int
    """Each call at a place takes this much, however many board."""
    unload_ms: int
    """Each unloading takes this much, however many alight."""
    to_shelter: int
    """1 if persons wait until they arrive at a shelter, 0 if until the vehicle is at their place."""
    last_price: int
    """Price of a millisecond of the last arrival, in person-milliseconds."""
    over_price: int
    """Price of a person above the room of a shelter, in person-milliseconds."""
    left_price: int
    """Price of a person who is not fetched, in person-milliseconds."""


class Tours(NamedTuple):
    """What a search changes: at most M trips per vehicle, at most S stops per trip."""

    trips: Int64
    """(V,) number of trips."""
    stops: Int64
    """(V, M) number of stops of a trip."""
    group: Int64
    """(V, M, S) the group loaded at a stop."""
    parties: Int64
    """(V, M, S) how many parties of it."""
    end: Int64
    """(V, M) the shelter where a trip ends."""
    wait: Int64
    """(V,) person-milliseconds waited by those a vehicle fetches."""
    last_ms: Int64
    """(V,) last arrival at a shelter."""
    brought: Int64
    """(V, D) persons brought to a shelter."""
    left: Int64
    """(G,) parties that nobody fetches."""


def no_tours(case: Case, parties: Int64, max_trips: int, max_stops: int) -> Tours:
    """Return tours without a trip: all `parties` (G,) are left."""
    vehicles, shelters = len(case.seats), len(case.room)
    shape = (vehicles, max_trips)
    return Tours(
        trips=np.zeros(vehicles, np.int64),
        stops=np.zeros(shape, np.int64),
        group=np.zeros((*shape, max_stops), np.int64),
        parties=np.zeros((*shape, max_stops), np.int64),
        end=np.zeros(shape, np.int64),
        wait=np.zeros(vehicles, np.int64),
        last_ms=np.zeros(vehicles, np.int64),
        brought=np.zeros((vehicles, shelters), np.int64),
        left=parties.astype(np.int64),
    )


@compiled
def drive(case: Case, tours: Tours, vehicle: int) -> bool:
    """Drive one tour: set its wait, last arrival and persons brought; False if there is no way or time."""
    wait, now, shelter = 0, 0, -1
    tours.last_ms[vehicle] = 0
    for there in range(len(case.room)):
        tours.brought[vehicle, there] = 0
    for trip in range(tours.trips[vehicle]):
        at_place = -1
        arrived = now
        persons = 0
        handling = 0
        for stop in range(tours.stops[vehicle, trip]):
            group = tours.group[vehicle, trip, stop]
            place = case.place[group]
            if place != at_place:
                if at_place >= 0:
                    leg = case.between_ms[at_place, place]
                elif shelter >= 0:
                    leg = case.out_ms[shelter, place]
                else:
                    leg = case.start_ms[vehicle, place]
                if leg < 0:
                    return False
                arrived = now + leg
                now = arrived + case.stop_ms
                at_place = place
            count = tours.parties[vehicle, trip, stop]
            here = count * case.members[group]
            persons += here
            wait += here * arrived * (1 - case.to_shelter)
            now += count * case.board_ms[group]
            handling += count * case.board_ms[group]
        shelter = tours.end[vehicle, trip]
        leg = case.home_ms[at_place, shelter]
        if leg < 0:
            return False
        now += leg
        wait += persons * now * case.to_shelter
        tours.last_ms[vehicle] = now
        tours.brought[vehicle, shelter] += persons
        now += case.unload_ms + handling
    tours.wait[vehicle] = wait
    return bool(tours.last_ms[vehicle] <= case.until_ms[vehicle])


@compiled
def total(case: Case, tours: Tours) -> int:
    """Return the price of driven tours in person-milliseconds; -1 if a shelter takes more than it may."""
    price, last = 0, 0
    for vehicle in range(len(tours.trips)):
        price += tours.wait[vehicle]
        last = max(last, tours.last_ms[vehicle])
    for shelter in range(len(case.room)):
        over = -case.room[shelter]
        for vehicle in range(len(tours.trips)):
            over += tours.brought[vehicle, shelter]
        if over > 0:
            if case.hard[shelter] == 1:
                return -1
            price += over * case.over_price
    for group in range(len(case.place)):
        price += tours.left[group] * case.members[group] * case.left_price
    return price + last * case.last_price


@inner
def fits(case: Case, tours: Tours, vehicle: int, trip: int) -> bool:
    """Return whether everybody aboard a trip has a place."""
    for kind in range(case.seats.shape[1]):
        taken = 0
        for stop in range(tours.stops[vehicle, trip]):
            taken += tours.parties[vehicle, trip, stop] * case.need[tours.group[vehicle, trip, stop], kind]
        if taken > case.seats[vehicle, kind]:
            return False
    return True


@inner
def room_for(case: Case, tours: Tours, where: tuple[int, int], group: int) -> int:
    """Return how many more parties of a group a trip, given as (vehicle, trip), could carry."""
    vehicle, trip = where
    most = 2**40
    for kind in range(case.seats.shape[1]):
        if case.need[group, kind] > 0:
            free = case.seats[vehicle, kind]
            for stop in range(tours.stops[vehicle, trip]):
                free -= tours.parties[vehicle, trip, stop] * case.need[tours.group[vehicle, trip, stop], kind]
            most = min(most, free // case.need[group, kind])
    return most

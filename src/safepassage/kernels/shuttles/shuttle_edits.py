"""Small changes of shuttle tours in place, and the memory that takes them back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import inner
from safepassage.kernels.shuttles.shuttle_tours import Case, Int64, Tours, drive, fits, room_for

UInt64 = NDArray[np.uint64]


class Memory(NamedTuple):
    """Up to two tours as they were before a change; the arrays are those of `Tours` for two vehicles."""

    vehicle: Int64
    """(2,) whose tour each slot holds; -1 where none is held."""
    held: Tours


def memory(tours: Tours) -> Memory:
    """Return an empty memory that fits these tours."""
    _, trips, stops = tours.group.shape
    two = np.zeros((2, trips), np.int64)
    held = Tours(
        trips=np.zeros(2, np.int64),
        stops=two.copy(),
        group=np.zeros((2, trips, stops), np.int64),
        parties=np.zeros((2, trips, stops), np.int64),
        end=two.copy(),
        wait=np.zeros(2, np.int64),
        last_ms=np.zeros(2, np.int64),
        brought=np.zeros((2, tours.brought.shape[1]), np.int64),
        left=np.zeros_like(tours.left),
    )
    return Memory(vehicle=np.full(2, -1, np.int64), held=held)


@inner
def draw(rng: UInt64, below: int) -> int:
    """Return the next whole number in [0, below) of a xorshift64* generator.

    Marsaglia, "Xorshift RNGs" (2003), doi:10.18637/jss.v008.i14; multiplier of Vigna (2016),
    doi:10.1145/2845077. The state (1,) must not be 0; `below` is at most 2**31.
    """
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    return int(np.int64((x * np.uint64(2685821657736338717)) >> np.uint64(33)) % below)


@inner
def copy_trip(source: Tours, where: tuple[int, int], goal: Tours, there: tuple[int, int]) -> None:
    """Copy one trip, given as (vehicle, trip), over another."""
    stops = source.stops[where]
    goal.stops[there] = stops
    goal.end[there] = source.end[where]
    for stop in range(stops):
        goal.group[there[0], there[1], stop] = source.group[where[0], where[1], stop]
        goal.parties[there[0], there[1], stop] = source.parties[where[0], where[1], stop]


@inner
def copy_tour(source: Tours, vehicle: int, goal: Tours, slot: int) -> None:
    """Copy one whole tour, what it costs included, over another."""
    goal.trips[slot] = source.trips[vehicle]
    goal.wait[slot] = source.wait[vehicle]
    goal.last_ms[slot] = source.last_ms[vehicle]
    for shelter in range(source.brought.shape[1]):
        goal.brought[slot, shelter] = source.brought[vehicle, shelter]
    for trip in range(source.trips[vehicle]):
        copy_trip(source, (vehicle, trip), goal, (slot, trip))


@inner
def remember(tours: Tours, memo: Memory, first: int, second: int) -> None:
    """Hold the tours of two vehicles (or of one, named twice) and what is left."""
    memo.vehicle[0], memo.vehicle[1] = first, -1
    copy_tour(tours, first, memo.held, 0)
    if second != first:
        memo.vehicle[1] = second
        copy_tour(tours, second, memo.held, 1)
    for group in range(len(tours.left)):
        memo.held.left[group] = tours.left[group]


@inner
def take_back(tours: Tours, memo: Memory) -> None:
    """Put the held tours back, if any."""
    if memo.vehicle[0] < 0:
        return
    for slot in range(2):
        if memo.vehicle[slot] >= 0:
            copy_tour(memo.held, slot, tours, memo.vehicle[slot])
    for group in range(len(tours.left)):
        tours.left[group] = memo.held.left[group]


@inner
def drive_changed(case: Case, tours: Tours, memo: Memory) -> bool:
    """Drive the tours that are held in memory; False if one of them is impossible."""
    for slot in range(2):
        if memo.vehicle[slot] >= 0 and not drive(case, tours, memo.vehicle[slot]):
            return False
    return True


@inner
def remove_trip(tours: Tours, vehicle: int, trip: int) -> None:
    """Take a trip out of its tour."""
    for later in range(trip + 1, tours.trips[vehicle]):
        copy_trip(tours, (vehicle, later), tours, (vehicle, later - 1))
    tours.trips[vehicle] -= 1


@inner
def make_gap(tours: Tours, vehicle: int, trip: int) -> bool:
    """Make room for a trip at a position of a tour; False if the tour is full."""
    if tours.trips[vehicle] == tours.stops.shape[1]:
        return False
    for later in range(tours.trips[vehicle], trip, -1):
        copy_trip(tours, (vehicle, later - 1), tours, (vehicle, later))
    tours.stops[vehicle, trip] = 0
    tours.trips[vehicle] += 1
    return True


@inner
def load(tours: Tours, where: tuple[int, int], what: tuple[int, int], position: int) -> bool:
    """Load (group, parties) on a trip, at its stop for them or a new one; False if it has too many."""
    vehicle, trip = where
    group, parties = what
    stops = tours.stops[vehicle, trip]
    for stop in range(stops):
        if tours.group[vehicle, trip, stop] == group:
            tours.parties[vehicle, trip, stop] += parties
            return True
    if stops == tours.group.shape[2]:
        return False
    for stop in range(stops, position, -1):
        tours.group[vehicle, trip, stop] = tours.group[vehicle, trip, stop - 1]
        tours.parties[vehicle, trip, stop] = tours.parties[vehicle, trip, stop - 1]
    tours.group[vehicle, trip, position] = group
    tours.parties[vehicle, trip, position] = parties
    tours.stops[vehicle, trip] += 1
    return True


@inner
def unload(tours: Tours, where: tuple[int, int], stop: int, parties: int) -> None:
    """Take parties off a stop of a trip; a stop without parties goes, the trip stays."""
    vehicle, trip = where
    tours.parties[vehicle, trip, stop] -= parties
    if tours.parties[vehicle, trip, stop] == 0:
        for later in range(stop + 1, tours.stops[vehicle, trip]):
            tours.group[vehicle, trip, later - 1] = tours.group[vehicle, trip, later]
            tours.parties[vehicle, trip, later - 1] = tours.parties[vehicle, trip, later]
        tours.stops[vehicle, trip] -= 1


@inner
def stop_of(tours: Tours, where: tuple[int, int], group: int) -> int:
    """Return the stop at which a trip loads a group, or -1."""
    for stop in range(tours.stops[where]):
        if tours.group[where[0], where[1], stop] == group:
            return stop
    return -1


@inner
def new_trip(tours: Tours, where: tuple[int, int], what: tuple[int, int], end: int) -> bool:
    """Insert a trip that loads (group, parties) and ends at a shelter; False if the tour is full."""
    if not make_gap(tours, where[0], where[1]):
        return False
    tours.end[where] = end
    return load(tours, where, what, 0)


@inner
def tour_fits(case: Case, tours: Tours, vehicle: int, first: int) -> bool:
    """Return whether all trips of a tour from one on fit its vehicle."""
    ok = True
    for trip in range(first, tours.trips[vehicle]):
        ok = ok and fits(case, tours, vehicle, trip)
    return ok


@inner
def most_new(case: Case, tours: Tours, where: tuple[int, int], group: int) -> int:
    """Return how many parties of a group a trip can still load, 0 if it has no stop to spare."""
    if stop_of(tours, where, group) < 0 and tours.stops[where] == tours.group.shape[2]:
        return 0
    return room_for(case, tours, where, group)

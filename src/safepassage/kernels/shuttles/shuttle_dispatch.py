"""The plan of a dispatcher: whoever is free first fetches those nearest, for the nearest room."""

from __future__ import annotations

from safepassage.kernels.compiled import compiled, inner
from safepassage.kernels.shuttles.shuttle_edits import new_trip, remove_trip
from safepassage.kernels.shuttles.shuttle_tours import Case, Int64, Tours, drive, room_for


@inner
def _nearest_group(case: Case, tours: Tours, vehicle: int) -> int:
    """Return the group with parties left that a vehicle can be with first and carry, or -1."""
    trips = tours.trips[vehicle]
    least, found = 2**62, -1
    for group in range(len(tours.left)):
        place = case.place[group]
        if trips == 0:
            leg = case.start_ms[vehicle, place]
        else:
            leg = case.out_ms[tours.end[vehicle, trips - 1], place]
        able = True
        for kind in range(case.seats.shape[1]):
            able = able and case.need[group, kind] <= case.seats[vehicle, kind]
        if tours.left[group] > 0 and able and 0 <= leg < least:
            least, found = leg, group
    return found


@inner
def _nearest_room(case: Case, tours: Tours, group: int, parties: int) -> int:
    """Return the nearest shelter with room for parties of a group; if none has, the nearest soft one."""
    least, found = 2**62, -1
    for shelter in range(len(case.room)):
        leg = case.home_ms[case.place[group], shelter]
        there = parties * case.members[group]
        for vehicle in range(len(tours.trips)):
            there += tours.brought[vehicle, shelter]
        full = there > case.room[shelter]
        if leg < 0 or (full and case.hard[shelter] == 1):
            continue
        far = leg + 2**40 * full
        if far < least:
            least, found = far, shelter
    return found


@inner
def _send(case: Case, tours: Tours, vehicle: int) -> bool:
    """Add one trip to a tour, for people of one group; False if there is none that it can make."""
    group = _nearest_group(case, tours, vehicle)
    if group < 0 or tours.trips[vehicle] == tours.stops.shape[1]:
        return False
    trip = tours.trips[vehicle]
    tours.stops[vehicle, trip] = 0
    most = min(tours.left[group], room_for(case, tours, (vehicle, trip), group))
    shelter = _nearest_room(case, tours, group, most)
    if shelter < 0:
        return False
    new_trip(tours, (vehicle, trip), (group, most), shelter)
    if not drive(case, tours, vehicle):
        remove_trip(tours, vehicle, trip)
        drive(case, tours, vehicle)
        return False
    tours.left[group] -= most
    return True


@inner
def _next_free(tours: Tours, done: Int64) -> int:
    """Return the vehicle not done whose last arrival is earliest, the first of equals, or -1."""
    least, free = 2**62, -1
    for vehicle in range(len(tours.trips)):
        if done[vehicle] == 0 and tours.last_ms[vehicle] < least:
            least, free = tours.last_ms[vehicle], vehicle
    return free


@inner
def _somebody_left(tours: Tours) -> bool:
    """Return whether there are parties left."""
    left = 0
    for group in range(len(tours.left)):
        left += tours.left[group]
    return left > 0


@compiled
def dispatch(case: Case, tours: Tours, done: Int64) -> None:
    """Send vehicles until nobody is left or no vehicle can go; `done` (V,) are zeros to begin with."""
    free = _next_free(tours, done)
    while free >= 0 and _somebody_left(tours):
        if not _send(case, tours, free):
            done[free] = 1
        free = _next_free(tours, done)

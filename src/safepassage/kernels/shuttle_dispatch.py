"""The plan of a dispatcher: whoever is free first fetches those nearest, for the nearest room."""

from __future__ import annotations

from safepassage.kernels.compiled import compiled
from safepassage.kernels.shuttle_edits import new_trip, remove_trip
from safepassage.kernels.shuttle_tours import Case, Int64, Tours, drive, room_for


@compiled
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


@compiled
def _nearest_room(case: Case, tours: Tours, group: int, parties: int) -> int:
    """Return the nearest shelter with room for parties of a group; if none has, the nearest soft one."""
    least, found = 2**62, -1
    for shelter in range(len(case.room)):
        leg = case.home_ms[case.place[group], shelter]
        full = tours.brought[:, shelter].sum() + parties * case.members[group] > case.room[shelter]
        if leg < 0 or (full and case.hard[shelter] == 1):
            continue
        far = leg + 2**40 * full
        if far < least:
            least, found = far, shelter
    return found


@compiled
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


@compiled
def dispatch(case: Case, tours: Tours, done: Int64) -> None:
    """Send vehicles until nobody is left or no vehicle can go; `done` (V,) are zeros to begin with.

    The vehicle whose last arrival is earliest goes next, the first of equals.
    """
    while True:
        least, free = 2**62, -1
        for vehicle in range(len(tours.trips)):
            if done[vehicle] == 0 and tours.last_ms[vehicle] < least:
                least, free = tours.last_ms[vehicle], vehicle
        if free < 0 or tours.left.sum() == 0:
            return
        if not _send(case, tours, free):
            done[free] = 1

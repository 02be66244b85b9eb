"""A first plan: every load by the bus that has it at a site first, farthest pick-up first."""

from __future__ import annotations

import numpy as np

from safepassage.engines.buses.arrays import BusModel
from safepassage.kernels.buses.bus_anneal import BusTimes, TripLists
from safepassage.kernels.buses.bus_routes import NO_WAY_S


def times_of(model: BusModel) -> BusTimes:
    """Return the times of a model as the annealing reads them."""
    problem, unit = model.problem, model.unit_persons
    drive_s = np.where(problem.pickup_to_site_s < 0, NO_WAY_S, problem.pickup_to_site_s)
    dwell = problem.dwell
    return BusTimes(
        start_s=model.arrays.start_s, drive_s=drive_s, back_s=model.arrays.back_s,
        dwell_s=np.array([dwell.load_base_s, dwell.load_per_person_s * unit, dwell.unload_base_s,
                          dwell.unload_per_person_s * unit], np.int64),
    )  # fmt: skip


def bus_seats(model: BusModel) -> tuple[np.ndarray, np.ndarray]:
    """Return (buses,) the fleet and the seats, in units, of every single bus."""
    fleets = model.problem.fleets
    fleet = np.repeat(np.arange(len(fleets)), [f.buses for f in fleets])
    seats = np.array([f.seats // model.unit_persons for f in fleets], np.int64)[fleet]
    return fleet.astype(np.int64), seats


def first_plan(model: BusModel) -> TripLists | None:
    """Return trips for everybody, or None where this rule leaves people behind."""
    data, times = model.arrays, times_of(model)
    fleet, seats = bus_seats(model)
    if not len(fleet):
        return None
    total = int(data.need.sum())
    # Few people at each of many places fill no bus: what counts is trips, not seats.
    trips_in_all = int((-(-data.need // max(1, int(seats.min())))).sum())
    most = min(total, max(8, 4 * trips_in_all // len(fleet) + 8)) + 1
    trips = np.zeros((len(fleet), most, 3), np.int64)
    count, free_s = np.zeros(len(fleet), np.int64), np.zeros(len(fleet), np.int64)
    room, at = data.room.copy(), np.full(len(fleet), -1, np.int64)
    left = data.need.copy()
    reach = data.start_s.min(axis=0) + times.drive_s.min(axis=1)
    for p in np.argsort(-reach, kind="stable").tolist():
        while left[p]:
            begin = np.where(at < 0, data.start_s[fleet, p], free_s + data.back_s[at, p])
            begin = np.where(count < most, begin, NO_WAY_S)
            load = np.minimum(np.minimum(seats, left[p])[:, None], room[None, :])
            drive = begin[:, None] + times.drive_s[p][None, :] + times.dwell_s[0] + times.dwell_s[1] * load
            # A bus that takes less has to come again: count what it leaves behind.
            again = (np.minimum(seats.max(), left[p]) - load) * (times.drive_s[p].min() + 1)
            cost = np.where(load > 0, drive + again, 4 * NO_WAY_S)
            b, s = (int(i) for i in np.unravel_index(int(cost.argmin()), cost.shape))
            if drive[b, s] >= NO_WAY_S or load[b, s] <= 0:
                return None
            trips[b, count[b]] = (p, s, load[b, s])
            count[b] += 1
            free_s[b] = drive[b, s] + times.dwell_s[2] + times.dwell_s[3] * load[b, s]
            at[b] = s
            room[s] -= load[b, s]
            left[p] -= load[b, s]
    return TripLists(trips=trips, count=count)

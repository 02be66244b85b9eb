"""Trips that are driven anew on less way."""

from __future__ import annotations

import numpy as np

from safepassage.engines.distribution.best_trips import Stops, bettered, trip_of
from safepassage.kernels.tours.few_stops import MOST_STOPS, Limits

BASE_S = 100


def on_a_line(count, *, room=2, load_s=5):
    """Return stops in two far corners, one after the other in turn, each of a mass of one."""
    at = np.array([0, *((1 if k % 2 else -1) * (BASE_S + k) for k in range(count))])
    cost = np.abs(at[:, None] - at[None])
    loads = np.tile([1, 0, 10], (count, 1))
    return Stops(cost.astype(np.int64), loads.astype(np.int64), Limits(room, 0, 10**9), load_s)


def crossed(stops, count):
    return [trip_of(f"truck{k % 2}", [2 * k, 2 * k + 1], stops) for k in range(count // 2)]


def test_trips_that_cross_are_driven_each_on_its_side():
    stops = on_a_line(4)
    trips = crossed(stops, 4)
    found = bettered(trips, stops, {"truck0": 0, "truck1": 0})
    assert sorted(sorted(trip.stops) for trip in found) == [[0, 2], [1, 3]]
    assert {trip.truck for trip in found} == {"truck0", "truck1"}
    assert sum(trip.seconds for trip in found) < sum(trip.seconds for trip in trips)


def test_many_trips_are_looked_at_two_by_two_and_no_truck_is_late():
    count = MOST_STOPS + 5 - (MOST_STOPS + 5) % 4
    stops = on_a_line(count)
    trips = crossed(stops, count)
    left_s = {"truck0": 0, "truck1": 0}
    found = bettered(trips, stops, left_s)
    assert sorted(stop for trip in found for stop in trip.stops) == list(range(count))
    assert all(len({stop % 2 for stop in trip.stops}) == 1 for trip in found)
    assert min(left_s.values()) >= 0
    saved = sum(trip.seconds for trip in trips) - sum(trip.seconds for trip in found)
    assert sum(left_s.values()) == saved > 0


def test_trips_that_no_truck_has_time_for_stay_as_they_are():
    stops = on_a_line(4)
    trips = crossed(stops, 4)
    assert bettered(trips, stops, {"truck0": -10_000, "truck1": 0}) == trips
    best = bettered(trips, stops, {"truck0": 0, "truck1": 0})
    assert bettered(best, stops, {"truck0": 0, "truck1": 0}) == best

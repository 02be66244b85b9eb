"""Cars in slots keep every capacity in every interval, counted second by second."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.kernels.booking.slot_booking import book, slotted

HOUR_S = 3_600
CAR = HOUR_S * 1_000


def entries(routes, arcs_of, travel, booked):
    """Return the seconds in which cars enter each arc, following routes and waits."""
    found = {}
    for car, route in enumerate(booked.route.tolist()):
        if booked.depart_s[car] < 0:
            continue
        first = int(routes.first[route])
        waits = {int(routes.position[first + j]): int(w) for j, w in enumerate(booked.waits[car]) if w}
        t = int(booked.depart_s[car])
        for position, arc in enumerate(arcs_of[route]):
            t += waits.get(position, 0)
            found.setdefault(arc, []).append(t)
            t += int(travel[arc])
        assert t == booked.arrive_s[car]
    return found


def keeps_capacity(seconds, rate) -> bool:
    """Check the rule of the model between all pairs of entries."""
    times = sorted(seconds)
    return all(
        CAR * (j - i + 1) <= rate * (times[j] + 1 - times[i]) + CAR
        for i in range(len(times)) for j in range(i, len(times))
    )  # fmt: skip


def alone(n, from_s=0):
    return np.arange(n + 1), np.arange(n), np.full(n, from_s)


def test_cars_on_one_road_leave_one_headway_apart():
    travel, rate = np.asarray([60]), np.asarray([900_000])
    routes = slotted([(0,)], travel, rate, np.asarray([CAR]))
    booked = book(routes, np.zeros(4, dtype=np.int64), alone(1), horizon_s=1_000, wait_max_s=20)
    assert booked.depart_s.tolist() == [0, 4, 8, 12]
    assert booked.arrive_s.tolist() == [60, 64, 68, 72]


def test_nobody_leaves_before_their_first_second():
    routes = slotted([(0,)], np.asarray([60]), np.asarray([900_000]), np.asarray([CAR]))
    booked = book(routes, np.zeros(3, dtype=np.int64), alone(1, from_s=70), horizon_s=1_000, wait_max_s=20)
    assert booked.depart_s.tolist() == [72, 76, 80]


def test_an_arc_behind_a_narrower_one_needs_no_slots_but_a_merge_does():
    travel, rate, work = np.asarray([10, 10, 10]), np.asarray([500_000, 900_000, 600_000]), np.full(3, CAR)
    in_a_row = slotted([(0, 1)], travel, rate, work)
    assert in_a_row.rate.tolist() == [500_000]
    merging = slotted([(0, 1), (2, 1)], travel, rate, work)
    assert sorted(merging.rate.tolist()) == [500_000, 600_000, 900_000]


def test_a_car_takes_the_way_of_its_group_that_arrives_first():
    travel, rate = np.asarray([100, 130]), np.asarray([360_000, 360_000])
    routes = slotted([(0,), (1,)], travel, rate, np.full(2, CAR))
    both = (np.asarray([0, 2]), np.asarray([0, 1]), np.asarray([0]))
    booked = book(routes, np.zeros(6, dtype=np.int64), both, horizon_s=1_000, wait_max_s=20)
    assert booked.arrive_s.tolist() == [100, 110, 120, 130, 130, 140]


def test_cars_that_find_no_room_in_the_grid_stay():
    routes = slotted([(0,)], np.asarray([60]), np.asarray([900_000]), np.asarray([CAR]))
    booked = book(routes, np.zeros(9, dtype=np.int64), alone(1), horizon_s=70, wait_max_s=20)
    assert (booked.depart_s >= 0).sum() == 3
    assert booked.route.tolist()[-1] == -1


@settings(max_examples=60)
@given(st.data())
def test_every_capacity_holds_in_every_interval(data):
    n = data.draw(st.integers(2, 6))
    travel = np.asarray(data.draw(st.lists(st.integers(1, 40), min_size=n, max_size=n)))
    rate = np.asarray(data.draw(st.lists(st.integers(90_000, 2_000_000), min_size=n, max_size=n)))
    way = st.lists(st.integers(0, n - 1), min_size=1, max_size=4, unique=True).map(tuple)
    arcs_of = data.draw(st.lists(way, min_size=1, max_size=4))
    routes = slotted(arcs_of, travel, rate, np.full(n, CAR))
    choices = (np.asarray([0, *range(1, len(arcs_of) + 1), 2 * len(arcs_of)]),
               np.asarray([*range(len(arcs_of)), *range(len(arcs_of))]),
               np.zeros(len(arcs_of) + 1, dtype=np.int64))  # fmt: skip
    order = np.asarray(data.draw(st.lists(st.integers(0, len(arcs_of)), min_size=1, max_size=40)))
    wait_s = data.draw(st.integers(0, 30))
    booked = book(routes, order, choices, horizon_s=4_000, wait_max_s=wait_s)
    assert booked.waits.max(initial=0) <= wait_s
    for arc, seconds in entries(routes, arcs_of, travel, booked).items():
        assert keeps_capacity(seconds, int(rate[arc]))


@pytest.mark.parametrize("rate", [1, 999])
def test_very_narrow_roads_are_booked_too(rate):
    routes = slotted([(0,)], np.asarray([5]), np.asarray([rate]), np.asarray([CAR]))
    booked = book(routes, np.zeros(2, dtype=np.int64), alone(1), horizon_s=100, wait_max_s=20)
    assert booked.depart_s.tolist() == [0, -1]

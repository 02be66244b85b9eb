"""Groups go in turn, each as if evenly; whoever comes late goes earlier in the next pass."""

from __future__ import annotations

from itertools import islice

import numpy as np

from safepassage.kernels.booking.slot_booking import slotted
from safepassage.kernels.booking.slots_in_turn import lateness, passes

CAR = 3_600 * 1_000


def one_road(near, far, *, far_s=0, far_from_s=0, last=3, horizon_s=2_000):
    """Return passes of two groups that meet on one road of a car in 10 s; the far one drives to it first."""
    travel, rate = np.asarray([far_s + 1, 60, 1]), np.asarray([3_600_000, 360_000, 3_600_000])
    routes = slotted([(2, 1), (0, 1)], travel, rate, np.full(3, CAR))
    group = np.repeat([0, 1], [near, far])
    choices = np.arange(3), np.arange(2), np.asarray([0, far_from_s])
    return group, list(islice(passes(
        routes, group, choices, aim_s=10 * (near + far) + 60, horizon_s=horizon_s, wait_max_s=60
    ), last))  # fmt: skip


def last_of(group, passed, which):
    order, booked = passed
    return int(booked.arrive_s[group[order] == which].max())


def test_each_pass_books_every_car_once_and_those_of_a_group_in_their_order():
    group, found = one_road(20, 10)
    for order, booked in found:
        assert sorted(order.tolist()) == list(range(30))
        assert (np.diff(order[group[order] == 0]) > 0).all()
        assert (booked.depart_s >= 0).all()


def test_two_groups_alike_take_turns_from_the_first():
    group, found = one_road(10, 10)
    order, _ = found[0]
    assert group[order].tolist() == [0, 1] * 10


def test_the_group_that_comes_in_last_is_booked_earlier_pass_after_pass_and_comes_sooner():
    group, found = one_road(30, 5, far_from_s=120)
    assert last_of(group, found[0], 0) > last_of(group, found[0], 1)
    turns = [np.flatnonzero(group[order] == 0).mean() for order, _ in found]
    assert turns[0] > turns[1] > turns[2]
    assert last_of(group, found[2], 0) < last_of(group, found[0], 0)
    assert lateness(found[2][1]) <= lateness(found[0][1])


def test_nobody_left_out_is_best_then_the_last_arrival_then_their_sum():
    _, all_in = one_road(5, 5, last=1)
    _, some_out = one_road(5, 5, last=1, horizon_s=100)
    assert lateness(all_in[0][1])[0] == 0
    assert lateness(some_out[0][1])[0] > 0
    assert lateness(all_in[0][1]) < lateness(some_out[0][1])

"""Ways for many cars at once: everybody gets one as long as roads can carry all, and shares are kept."""

from __future__ import annotations

import numpy as np
import pytest

from safepassage.kernels.booking.stream_ways import by_turns, streams

# Two nodes on the left, a near and a far way to the exit: 0, 1 -> 2 -> 4 and 2 -> 3 -> 4.
TAIL, HEAD = np.array([0, 1, 2, 2, 3]), np.array([2, 2, 4, 3, 4])
TRAVEL_S = np.array([10, 10, 10, 30, 30])
CARS_A_SECOND = np.array([9, 9, 1, 1, 1])


def led(cars, first_s, most_s):
    def fits(window_s):
        return CARS_A_SECOND * window_s

    exits, node = np.array([4]), np.array(cars)
    return streams((TAIL, HEAD, TRAVEL_S, 5), exits, node, fits, first_s=first_s, most_s=most_s)


def ways_of(found):
    return [
        () if w < 0 else tuple(found.arcs[found.start[w] : found.start[w + 1]].tolist()) for w in found.way
    ]


def test_the_near_way_is_enough_where_there_is_time():
    found = led([0] * 5 + [1] * 5, 10, 100)
    assert ways_of(found) == [(0, 2)] * 5 + [(1, 2)] * 5


def test_what_the_near_way_does_not_carry_takes_the_far_one_in_turn():
    found = led([0] * 8, 4, 4)
    assert ways_of(found) == [(0, 2), (0, 3, 4)] * 4 or ways_of(found) == [(0, 3, 4), (0, 2)] * 4


@pytest.mark.parametrize(("most_s", "led_out"), [(100, 30), (8, 16)])
def test_time_is_added_until_everybody_has_a_way_or_there_is_no_more(most_s, led_out):
    found = led([0, 1] * 15, 2, most_s)
    carried = [way for way in ways_of(found) if way]
    assert len(carried) == 30
    on_far = sum(3 in way for way in carried)
    assert abs(on_far - 15) <= 1 or led_out < 30


def test_who_has_no_way_gets_none():
    assert ways_of(led([3, 3, 0], 0, 0)) == [(), (), ()]


def test_shares_are_given_by_turns():
    way = by_turns(np.array([0, 2]), np.array([3, 1]), np.zeros(8, np.int64))
    assert [int((way[:k] == 1).sum()) for k in (4, 8)] == [1, 2]

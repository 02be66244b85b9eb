"""Points of an arrival envelope lie closer where more people come in: that is where steps lose most."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.engines.bounds.certify import closer
from tests.support.effort import examples


def lost(times, people_by):
    """Return the person-seconds that steps between times lose, twice."""
    return sum((b - a) * (people_by(b) - people_by(a)) for a, b in pairwise(times))


def test_where_all_rise_alike_each_interval_is_halved():
    assert closer([0, 10, 20, 30], [0, 5, 10, 15], 3) == [0, 5, 10, 15, 20, 25, 30]


def test_where_nobody_comes_there_are_no_more_points():
    assert closer([0, 10, 20], [7, 7, 7], 5) == [0, 10, 20]


def test_no_second_is_named_twice():
    assert closer([0, 3], [0, 100], 50) == [0, 1, 2, 3]
    assert closer([4], [100], 3) == [4]


@pytest.mark.parametrize("end_s", [2_000, 9_000])
def test_a_long_tail_gets_fewer_points_and_less_is_lost_than_evenly(end_s):
    def people_by(t):
        return min(1_000 * t, 1_000_000)

    even = [end_s * k // 60 for k in range(61)]
    times = closer(even, [people_by(t) for t in even], 60)
    evenly = [end_s * k // 120 for k in range(121)]
    assert len(times) == len(evenly)
    assert lost(times, people_by) < 0.75 * lost(evenly, people_by)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(-5, 50)), min_size=1, max_size=8),
    st.integers(0, 40),
)
@settings(max_examples=examples(200))
def test_times_given_stay_and_no_more_are_added_than_asked_for(rows, more):
    times = sorted({t for t, _ in rows})
    found = closer(times, [n for _, n in rows[: len(times)]], more)
    assert set(times) <= set(found)
    assert found == sorted(set(found))
    assert len(found) <= len(times) + more

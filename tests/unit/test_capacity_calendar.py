"""Reservations keep the capacity rule of the model for every interval, and lose no more than a second."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.kernels.booking.capacity_calendar import NEVER, CapacityCalendar, OpenTimes

HORIZON_S = 40


def rates_per_second(starts, rates):
    pieces = list(zip(starts, rates, strict=True))
    return [[rate for start, rate in pieces if start <= t][-1] for t in range(HORIZON_S)]


def keeps_the_rule(entries, per_second, burst):
    """For all seconds a < b: the work entered in [a, b) is at most the capacity of [a, b) plus the burst."""
    for a in range(HORIZON_S):
        entered = allowed = 0
        for b in range(a, HORIZON_S):
            entered += sum(work for t, work in entries if t == b)
            allowed += per_second[b]
            if entered > allowed + burst:
                return False
    return True


@st.composite
def calendars(draw, *, constant=False):
    cuts = [] if constant else sorted(draw(st.sets(st.integers(1, HORIZON_S - 1), max_size=4)))
    starts = (0, *cuts)
    least = 1 if constant else 0
    return starts, tuple(draw(st.integers(least, 9)) for _ in starts)


class TestTheRule:
    @settings(max_examples=80)
    @given(
        calendars(),
        st.lists(st.tuples(st.integers(0, HORIZON_S + 2), st.integers(1, 12), st.booleans()), max_size=25),
    )
    def test_whatever_is_reserved_and_given_back_the_rule_holds(self, pieces, wishes):
        calendar = CapacityCalendar(*pieces, HORIZON_S)
        booked, per_second = [], rates_per_second(*pieces)
        for t, work, give_back in wishes:
            if give_back and booked:
                _, x, old = booked.pop(t % len(booked))
                calendar.release(x, old)
                continue
            second, x = calendar.find(t, work)
            if second == NEVER:
                continue
            assert second >= t
            assert per_second[second] > 0
            calendar.reserve(x, work)
            booked.append((second, x, work))
        entries = [(second, work) for second, _, work in booked]
        assert keeps_the_rule(entries, per_second, max((work for _, work in entries), default=0))
        stretches = sorted((x, x + work) for _, x, work in booked)
        assert all(a[1] <= b[0] for a, b in pairwise(stretches))

    @settings(max_examples=20)
    @given(calendars(constant=True), st.integers(1, 12), st.lists(st.integers(0, HORIZON_S - 1), max_size=12))
    def test_equal_vehicles_one_after_the_other_wait_no_second_more_than_they_must(
        self, pieces, work, wishes
    ):
        calendar, entries = CapacityCalendar(*pieces, HORIZON_S), []
        per_second = rates_per_second(*pieces)
        for t in sorted(wishes):
            second, x = calendar.find(t, work)
            allowed = [
                s
                for s in range(max([t, *(e[0] for e in entries)]), HORIZON_S)
                if keeps_the_rule([*entries, (s, work)], per_second, work)
            ]
            if second == NEVER:
                assert not allowed or allowed[0] >= HORIZON_S - 1
                continue
            assert allowed[0] <= second <= allowed[0] + 1
            calendar.reserve(x, work)
            entries.append((second, work))

    @given(calendars(), st.lists(st.tuples(st.integers(0, 39), st.integers(1, 12)), min_size=1, max_size=12))
    def test_what_is_given_back_is_as_if_it_had_never_been_taken(self, pieces, wishes):
        calendar, fresh = CapacityCalendar(*pieces, HORIZON_S), CapacityCalendar(*pieces, HORIZON_S)
        for k, (t, work) in enumerate(wishes):
            second, x = calendar.find(t, work)
            if second == NEVER:
                continue
            calendar.reserve(x, work)
            if k % 2:
                calendar.release(x, work)
            else:
                fresh.reserve(x, work)
        assert (calendar.busy_from, calendar.busy_until) == (fresh.busy_from, fresh.busy_until)


class TestPieces:
    def test_the_first_entry_is_at_once_and_the_next_when_the_first_has_made_room(self):
        calendar = CapacityCalendar((0,), (2,), 100)
        seconds = []
        for _ in range(4):
            second, x = calendar.find(0, 5)
            calendar.reserve(x, 5)
            seconds.append(second)
        assert seconds == [0, 2, 5, 7]

    def test_an_early_gap_is_used_when_it_is_long_enough(self):
        calendar = CapacityCalendar((0,), (1,), 100)
        calendar.reserve(10, 5)
        assert calendar.find(5, 5) == (5, 5)
        assert calendar.find(6, 5) == (15, 15)
        assert calendar.find(0, 11) == (15, 15)

    def test_closed_seconds_have_no_room(self):
        calendar = CapacityCalendar((0, 10, 20), (1, 0, 2), 30)
        assert calendar.find(9, 1) == (9, 9)
        assert calendar.find(10, 1) == (20, 10)
        assert calendar.find(15, 1) == (20, 10)
        calendar.reserve(10, 20)
        assert calendar.find(12, 1) == (NEVER, 0)

    def test_work_may_reach_over_a_closure_but_is_paid_for(self):
        """An entry just before a closure uses up seconds after it: no second burst when it opens again."""
        calendar = CapacityCalendar((0, 10, 20), (1, 0, 1), 40)
        assert calendar.find(9, 5) == (9, 9)
        calendar.reserve(9, 5)
        assert calendar.find(10, 5) == (24, 14)

    @pytest.mark.parametrize("rates", [(0,), (0, 0)])
    def test_what_never_opens_is_never_entered(self, rates):
        calendar = CapacityCalendar(tuple(range(len(rates))), rates, 30)
        assert calendar.find(0, 1) == (NEVER, 0)

    def test_nothing_enters_at_or_after_the_horizon(self):
        calendar = CapacityCalendar((0,), (1,), 30)
        assert calendar.find(29, 50) == (29, 29)
        assert calendar.find(30, 1) == (NEVER, 0)
        calendar.reserve(0, 30)
        assert calendar.find(0, 1) == (NEVER, 0)

    def test_releasing_the_middle_leaves_both_sides_taken(self):
        calendar = CapacityCalendar((0,), (1,), 100)
        calendar.reserve(0, 30)
        calendar.release(10, 10)
        assert (calendar.busy_from, calendar.busy_until) == ([0, 20], [10, 30])
        calendar.reserve(10, 10)
        assert (calendar.busy_from, calendar.busy_until) == ([0], [30])


def open_all_through(pieces, t):
    """The arc is open in all of [t, t + tau), tau being the time of the piece that holds t."""
    held = next((p for p in pieces if p[0] <= t < p[1]), None)
    if held is None:
        return False
    seconds = range(t, t + held[3])
    return all(any(p[0] <= s < p[1] and p[2] for p in pieces) for s in seconds)


class TestOpenTimes:
    @settings(max_examples=100)
    @given(st.data())
    def test_an_entry_is_the_first_from_which_the_arc_stays_open_until_it_is_left(self, data):
        cuts = sorted(data.draw(st.sets(st.integers(1, HORIZON_S - 1), max_size=5)))
        pieces = tuple(
            (a, b, data.draw(st.booleans()), data.draw(st.integers(1, 12)))
            for a, b in pairwise([0, *cuts, HORIZON_S])
        )
        times = OpenTimes(pieces)
        for t in range(HORIZON_S):
            first = next((s for s in range(t, HORIZON_S) if open_all_through(pieces, s)), NEVER)
            assert times.next_entry(t) == first
            assert times.travel_s(t) == next(p[3] for p in pieces if p[0] <= t < p[1])

    def test_it_may_be_left_in_the_second_it_closes(self):
        times = OpenTimes(((0, 10, True, 4), (10, 20, False, 4)))
        assert [times.next_entry(t) for t in (0, 6, 7)] == [0, 6, NEVER]

    def test_open_pieces_with_different_times_are_one_opening(self):
        times = OpenTimes(((0, 10, True, 4), (10, 20, True, 9), (20, 30, False, 1)))
        assert [times.next_entry(t) for t in (9, 11, 12)] == [9, 11, NEVER]

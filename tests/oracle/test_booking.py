"""Bulk bookings keep every capacity rule, and are those that a calendar an arc would give one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.kernels.booking.booking import Busy, RoadPieces, Turns, book
from safepassage.kernels.booking.capacity_calendar import NEVER, CapacityCalendar, OpenTimes
from safepassage.kernels.booking.drive_back import roads_back
from safepassage.kernels.booking.road_book import RoadBook

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow

HORIZON_S = 400
UNITS = 1000
WORK = UNITS * 3600
N_ARCS = 6


@st.composite
def cases(draw, *, steady=False):
    """Roads, paths in lists, turns, waits and stretches that others have booked."""
    pieces = []
    for _ in range(N_ARCS):
        cuts = [] if steady else draw(st.lists(st.integers(1, HORIZON_S - 1), max_size=2, unique=True))
        rates = st.sampled_from([400_000, 900_000, 1_700_000, 3_600_000] + ([] if steady else [0]))
        pieces.append([(t, draw(rates), draw(st.integers(1, 20))) for t in [0, *sorted(cuts)]])
    path = st.lists(st.integers(0, N_ARCS - 1), min_size=1, max_size=4, unique=True)
    lists = draw(st.lists(st.lists(path, min_size=1, max_size=2), min_size=1, max_size=3))
    turns = draw(st.lists(st.integers(0, len(lists) - 1), min_size=1, max_size=14))
    wait_s = draw(st.integers(0, 6))
    busy = (
        []
        if steady
        else draw(st.lists(st.tuples(st.integers(0, N_ARCS - 1), st.integers(0, 40)), max_size=3))
    )
    return pieces, lists, turns, wait_s, sorted(set(busy))


def arguments(case):
    """The case as the kernels take it: (paths, roads, turns, what others have booked)."""
    pieces, lists, turns, _, busy = case
    roads = RoadPieces(
        start=np.cumsum([0, *map(len, pieces)]),
        from_s=[p[0] for row in pieces for p in row],
        rate_mveh_h=[p[1] for row in pieces for p in row],
        travel_s=[p[2] for row in pieces for p in row],
        horizon_s=HORIZON_S,
    )
    paths = [path for row in lists for path in row]
    given_turns = Turns(
        start=np.cumsum([0, *map(len, paths)]),
        arcs=[arc for path in paths for arc in path],
        list_start=np.cumsum([0, *map(len, lists)]),
        list_path=np.arange(len(paths)),
        turn_list=turns,
        turn_from_s=[7 * turn for turn in range(len(turns))],
    )
    taken = Busy(
        arc=np.array([a for a, _ in busy], dtype=np.int64),
        from_x=np.array([x * WORK for _, x in busy], dtype=np.int64),
        until_x=np.array([(x + 1) * WORK for _, x in busy], dtype=np.int64),
    )
    return paths, roads, given_turns, taken


def kernel_answer(case):
    paths, roads, turns, taken = arguments(case)
    return paths, book(roads, turns, units_mveh=UNITS, wait_max_s=case[3], busy=taken)


def road_book(case):
    """A book in which every turn is to take the first path of its list, 3 s after its first second."""
    paths, roads, turns, taken = arguments(case)
    first = turns.list_path[turns.list_start[:-1]][turns.turn_list]
    made = RoadBook(
        roads, turns, first, turns.turn_from_s + 3, units_mveh=UNITS, wait_max_s=case[3], busy=taken
    )
    made.drive()
    return paths, made


def slow_run(case, calendars, opens, path, depart):
    _, _, _, wait_s, _ = case
    while True:
        t, entries = depart, []
        for position, arc in enumerate(path):
            ready, second = t, None
            while second != t:
                second = t
                t = opens[arc].next_entry(t) if t < HORIZON_S else NEVER
                if t == NEVER:
                    return None
                t, x = calendars[arc].find(t, WORK)
                if t == NEVER:
                    return None
            if position == 0:
                depart = t
            elif t - ready > wait_s:
                depart += t - ready
                break
            entries.append((arc, t, x, t - ready if position else 0))
            t += opens[arc].travel_s(t)
        else:
            return None if t > HORIZON_S else (depart, t, entries)


def slow_answer(case):
    """One calendar an arc; each turn takes the one path of its list, from where the last one left on."""
    pieces, lists, turns, _, busy = case
    calendars, opens = [], []
    for row in pieces:
        calendars.append(CapacityCalendar(tuple(p[0] for p in row), tuple(p[1] for p in row), HORIZON_S))
        ends = [*(p[0] for p in row[1:]), HORIZON_S]
        opens.append(OpenTimes(tuple((p[0], end, p[1] > 0, p[2]) for p, end in zip(row, ends, strict=True))))
    for arc, x in busy:
        calendars[arc].reserve(x * WORK, WORK)
    out, since = [], [0] * len(lists)
    for turn, number in enumerate(turns):
        (path,) = lists[number]
        run = slow_run(case, calendars, opens, path, max(7 * turn, since[number]))
        out.append(NEVER if run is None else run[1])
        since[number] = HORIZON_S if run is None else run[0]
        for arc, _, x, _ in () if run is None else run[2]:
            calendars[arc].reserve(x, WORK)
    return out


@given(cases())
@settings(max_examples=150, deadline=None)
def test_bookings_are_those_of_calendars_one_by_one(case):
    pieces, lists, turns, wait_s, busy = case
    # With a choice of paths both may take another of two equals; the first difference would grow.
    case = (pieces, [[row[0]] for row in lists], turns, wait_s, busy)
    _, booking = kernel_answer(case)
    assert booking.arrive_s.tolist() == slow_answer(case)


def entries_of(case, paths, booking):
    """Drive every booked car by its departure and waits; return its entries and check its arrival."""
    pieces, _, _, wait_s, _ = case
    waits = {(turn, position): s for turn, position, s in booking.waits.tolist()}
    assert all(0 < s <= wait_s for s in waits.values())
    out = {arc: [] for arc in range(N_ARCS)}
    for turn, path in enumerate(booking.path.tolist()):
        if path < 0:
            continue
        t = int(booking.depart_s[turn])
        assert t >= 7 * turn
        for position, arc in enumerate(paths[path]):
            t += waits.get((turn, position), 0)
            k = max(i for i, p in enumerate(pieces[arc]) if p[0] <= t)
            assert pieces[arc][k][1] > 0
            out[arc].append(t)
            t += pieces[arc][k][2]
        assert t == booking.arrive_s[turn] <= HORIZON_S
    return out


def keeps_capacity(case, paths, booking):
    """Assert the capacity rule for every interval of every arc, with what others have booked."""
    pieces, _, _, _, busy = case
    for arc, seconds in entries_of(case, paths, booking).items():
        row = pieces[arc]
        ends = [*(p[0] for p in row[1:]), HORIZON_S]
        rate = np.zeros(HORIZON_S, dtype=np.int64)
        for (start, capacity, _), end in zip(row, ends, strict=True):
            rate[start:end] = capacity
        before = np.concatenate([[0], np.cumsum(rate)])
        others = [int(np.searchsorted(before, x * WORK, side="right")) - 1 for a, x in busy if a == arc]
        everybody = sorted([*seconds, *(t for t in others if t < HORIZON_S)])
        for i in range(len(everybody)):
            for j in range(i, len(everybody)):
                units = (j - i + 1) * UNITS
                room = before[everybody[j] + 1] - before[everybody[i]]
                assert 3600 * units <= room + 3600 * UNITS


@given(st.one_of(cases(), cases(steady=True)))
@settings(max_examples=150, deadline=None)
def test_every_interval_of_every_arc_keeps_its_capacity(case):
    paths, booking = kernel_answer(case)
    keeps_capacity(case, paths, booking)


@given(st.one_of(cases(), cases(steady=True)), st.integers(0, 5))
@settings(max_examples=150, deadline=None)
def test_a_book_keeps_capacity_and_waits_through_drives_and_moves(case, seed):
    paths, made = road_book(case)
    # Driven as planned, waits may be too long, but capacities hold.
    late = (*case[:3], HORIZON_S, *case[4:])
    if (made.arrive_s >= 0).all():
        keeps_capacity(late, paths, made.booking())
        before_s = int(made.arrive_s.sum())
        made.drive_back(early_s=10)
        keeps_capacity(late, paths, made.booking())
        assert int(made.arrive_s.sum()) <= before_s
    made.hold(rounds=2, few=1)
    made.settle()
    keeps_capacity(case, paths, made.booking())
    before = made.arrive_s.copy()
    made.move(np.random.default_rng(seed).permutation(len(before)), window_s=60)
    keeps_capacity(case, paths, made.booking())
    assert ((before < 0) | ((made.arrive_s >= 0) & (made.arrive_s <= before))).all()


def test_first_come_first_served_loses_nothing_between_cars():
    """Three roads of 1200 vehicles/h lead into one of 3600: 90 cars set out at once, one a second gets in."""
    roads = RoadPieces.constant([10, 11, 12, 5], [1_200_000] * 3 + [3_600_000], 4000)
    turns = Turns(
        start=[0, 2, 4, 6], arcs=[0, 3, 1, 3, 2, 3], list_start=[0, 1, 2, 3], list_path=[0, 1, 2],
        turn_list=[0, 1, 2] * 30, turn_from_s=[0] * 90,
    )  # fmt: skip
    made = RoadBook(roads, turns, turns.turn_list, [0] * 90, units_mveh=UNITS, wait_max_s=20)
    made.drive()
    assert sorted(made.arrive_s.tolist()) == list(range(15, 105))
    assert made.waited_s.max() == 0


def test_paths_and_turns_that_make_no_sense_are_refused():
    good = {"start": [0, 1], "arcs": [0], "list_start": [0, 1], "list_path": [0], "turn_list": [0, 0]}
    with pytest.raises(ValueError, match="order of their first second"):
        Turns(**good, turn_from_s=[5, 4])
    with pytest.raises(ValueError, match="needs an arc"):
        Turns(**{**good, "start": [0, 0]}, turn_from_s=[0, 0])
    with pytest.raises(ValueError, match="two lists"):
        Turns(**{**good, "list_start": [0, 1, 2], "list_path": [0, 0]}, turn_from_s=[0, 0])
    with pytest.raises(ValueError, match="second 0"):
        RoadPieces(start=[0, 1], from_s=[3], rate_mveh_h=[1], travel_s=[1], horizon_s=9)


def test_the_same_turns_give_the_same_bytes():
    roads = RoadPieces.constant([5, 5, 5], [600_000, 900_000, 700_000], 4000)
    turns = Turns(
        start=[0, 2, 4], arcs=[0, 2, 1, 2], list_start=[0, 2], list_path=[0, 1], turn_list=[0] * 50,
        turn_from_s=[0] * 50,
    )  # fmt: skip
    first, second = (book(roads, turns, units_mveh=UNITS, wait_max_s=20) for _ in range(2))
    assert first.arrive_s.tobytes() == second.arrive_s.tobytes()
    # 50 cars through 700 an hour: one at once, one more every 36/7 s.
    assert first.arrive_s.max() == 10 + 49 * 36 // 7


def test_who_waits_later_anyway_lets_others_pass():
    """Two cars want arc 0 at once; beyond it the first has to wait for three others, the second has not."""
    roads = RoadPieces.constant([5, 5, 5], [360_000, 180_000, 3_600_000], 4000)
    turns = Turns(
        start=[0, 2, 4, 5], arcs=[0, 1, 0, 2, 1], list_start=[0, 1, 2, 3], list_path=[0, 1, 2],
        turn_list=[0, 1, 2, 2, 2], turn_from_s=[0] * 5,
    )  # fmt: skip
    made = RoadBook(
        roads, turns, turns.turn_list, [0] * 5, due_s=[0, 0, -9, -9, -9], units_mveh=UNITS, wait_max_s=99
    )
    made.drive()
    assert made.arrive_s.tolist() == [65, 20, 5, 25, 45]
    made.drive_back(early_s=60)
    assert made.arrive_s.tolist() == [65, 10, 5, 25, 45]


@given(cases(), st.integers(0, HORIZON_S - 1))
@settings(max_examples=50, deadline=None)
def test_roads_driven_back_carry_what_they_carry(case, last_s):
    _, roads, _, _ = arguments(case)
    back = roads_back(roads, last_s)
    for arc in range(N_ARCS):
        for t in range(0, last_s + 1, 7):
            assert rate_at(back, arc, last_s - t) == rate_at(roads, arc, t)


def rate_at(roads, arc, t):
    """Return the capacity of an arc in a second."""
    pieces = range(int(roads.start[arc]), int(roads.start[arc + 1]))
    return int(roads.rate_mveh_h[max(k for k in pieces if roads.from_s[k] <= t)])

"""Cars that go on after a closure: only those concerned change, and every capacity rule still holds."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from safepassage.kernels.booking import way_loops
from safepassage.kernels.booking.booking import RoadPieces, Turns, book
from safepassage.kernels.booking.booking_loops import enter, reserve
from safepassage.kernels.booking.free_seconds import write_free
from safepassage.kernels.booking.live_cars import LiveCars
from safepassage.kernels.booking.way_tree import UNKNOWN
from safepassage.kernels.graphs.shortest_paths import ArcGraph
from safepassage.testing.draws import Draws

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow

HORIZON_S, CAR = 20_000, 1_000


def grid(side, draws):
    """Return (tail, head, travel_s, capacity) of a two-way grid; the last node is the exit."""
    number = np.arange(side * side).reshape(side, side)
    pairs = [(number[:, :-1], number[:, 1:]), (number[:-1], number[1:])]
    tail = np.concatenate([x.ravel() for a, b in pairs for x in (a, b)])
    head = np.concatenate([x.ravel() for a, b in pairs for x in (b, a)])
    travel = np.array([draws.between(20, 90) for _ in tail])
    capacity = np.array([1_000 * draws.pick((300, 600, 900)) for _ in tail])
    return tail, head, travel, capacity


def in_pieces(roads, n, pieces):
    """Return roads each split into so many arcs of one capacity, one after the other, and all nodes."""
    tail, head, travel, capacity = roads
    inner = n + np.arange(len(tail) * (pieces - 1)).reshape(len(tail), pieces - 1)
    nodes = np.concatenate([tail[:, None], inner, head[:, None]], axis=1)
    split = (
        nodes[:, :-1].ravel(),
        nodes[:, 1:].ravel(),
        np.repeat(travel, pieces),
        np.repeat(capacity, pieces),
    )
    return split, n + inner.size


def booked(seed, cars=120, pieces=1):
    draws = Draws(seed)
    (tail, head, travel, capacity), n = in_pieces(grid(4, draws), 16, pieces)
    exit_node = 15
    roads = RoadPieces.constant(travel, capacity, HORIZON_S)
    tree = ArcGraph(tail, head, n, np.ones(len(tail), dtype=bool)).tree(travel, [exit_node], reverse=True)
    homes = draws.some(range(15), 4)
    paths = [np.array(tree.path(node)) for node in homes]
    start = np.concatenate([[0], np.cumsum([len(p) for p in paths])])
    turn_list = np.array([draws.below(4) for _ in range(cars)])
    turns = Turns(
        start=start, arcs=np.concatenate(paths), list_start=np.arange(5), list_path=np.arange(4),
        turn_list=turn_list, turn_from_s=np.zeros(cars, dtype=np.int64),
    )  # fmt: skip
    found = book(roads, turns, units_mveh=CAR, wait_max_s=20)
    waits = found.waits[np.lexsort((found.waits[:, 1], found.waits[:, 0]))].reshape(-1, 3)
    live = LiveCars(
        roads, (tail, head, n), np.array([exit_node]), paths=(turns.start, turns.arcs),
        cars=(found.path, found.depart_s, waits), home=(np.array(homes)[turn_list], np.zeros(cars, np.int64)),
        units_mveh=CAR, wait_max_s=20,
    )  # fmt: skip
    return live, found, capacity


def entries(live):
    """Yield (car, arc, second) of everything still planned."""
    for car in range(len(live.at)):
        for e in range(live.at[car], live.at[car] + live.size[car]):
            yield car, int(live.arc[e]), int(live.t[e])


def capacity_holds(live, capacity):
    """For all a < b: 3600 * units entered in [a, b) <= c (b - a) + 3600 * burst, counted by brute force."""
    by_arc = {}
    for _, arc, t in entries(live):
        by_arc.setdefault(arc, []).append(t)
    for arc, times in by_arc.items():
        times.sort()
        for i in range(len(times)):
            for k in range(i, len(times)):
                room = int(capacity[arc]) * (times[k] + 1 - times[i]) + 3_600 * CAR
                assert 3_600 * CAR * (k - i + 1) <= room, (arc, times[i], times[k])


def ways_hold_together(live):
    for car in range(len(live.at)):
        span = slice(live.at[car], live.at[car] + live.size[car])
        arcs, times = live.arc[span], live.t[span]
        if not len(arcs):
            continue
        assert live.tail[arcs[0]] == live.home[car]
        assert (live.head[arcs[:-1]] == live.tail[arcs[1:]]).all()
        travel = live.roads.travel_s[arcs]
        assert (np.diff(times) >= travel[:-1]).all()
        if live.arrive_s[car] >= 0:
            assert live.head[arcs[-1]] == live.exits[0]
            assert times[-1] + travel[-1] == live.arrive_s[car]


def calendars_hold_what_cars_do(live):
    """The stretches of each arc are the places of all entries: none given back, taken twice or left out."""
    live.settle()
    at, count, busy_from, busy_until = live._calendar
    places = {arc: [] for arc in range(len(at))}
    for car in range(len(live.at)):
        for e in range(live.at[car], live.at[car] + live.size[car]):
            places[int(live.arc[e])].append(int(live.x[e]))
    work = CAR * 3_600
    for arc, held in places.items():
        held.sort()
        assert all(b - a >= work for a, b in pairwise(held))
        span = slice(at[arc], at[arc] + count[arc])
        assert (busy_until[span] - busy_from[span]).sum() == work * len(held)
        inside = np.searchsorted(busy_from[span], held, side="right") - 1
        assert (busy_until[span][inside] >= np.array(held) + work).all()


def test_cars_are_taken_as_they_were_booked():
    live, found, capacity = booked(0)
    assert (live.arrive_s == found.arrive_s).all()
    capacity_holds(live, capacity)
    ways_hold_together(live)


def test_cars_that_do_not_fit_are_refused():
    roads = RoadPieces.constant([60], [600_000], HORIZON_S)
    with pytest.raises(ValueError, match="do not fit"):
        LiveCars(
            roads, (np.array([0]), np.array([1]), 2), np.array([1]), paths=(np.array([0, 1]), np.array([0])),
            cars=(np.zeros(5, np.int64), np.zeros(5, np.int64), np.zeros((0, 3), np.int64)),
            home=(np.zeros(5, np.int64), np.zeros(5, np.int64)), units_mveh=CAR, wait_max_s=0,
        )  # fmt: skip


@pytest.mark.parametrize("pieces", [1, 6])
@pytest.mark.parametrize("seed", range(8))
def test_closure_after_closure(seed, pieces):
    live, _, capacity = booked(seed, pieces=pieces)
    for now_s in (60, 200, 400, 700):
        ahead = live.still_to_pass(now_s)
        ahead[live.closed] = 0
        arc = int(np.argmax(ahead))
        before = {car: [(a, t) for c, a, t in entries(live) if c == car] for car in range(len(live.at))}
        touched = {c for c, a, t in entries(live) if a == arc and t >= now_s}
        repair = live.close(np.array([arc]), now_s)
        assert set(repair.touched.tolist()) == touched
        assert repair.led_round + repair.halted + repair.at_home == len(touched)
        after = {car: [(a, t) for c, a, t in entries(live) if c == car] for car in range(len(live.at))}
        for car, was in before.items():
            if car in touched:
                past = [row for row in was if row[1] < now_s]
                assert after[car][: len(past)] == past
                assert all(t >= now_s for _, t in after[car][len(past) :])
            else:
                assert after[car] == was
        assert not any(live.closed[a] and t >= now_s for _, a, t in entries(live))
        capacity_holds(live, capacity)
        ways_hold_together(live)
        calendars_hold_what_cars_do(live)


@pytest.mark.parametrize("seed", range(8))
def test_arcs_left_out_change_no_answer(seed, monkeypatch):
    """Looked at once or at each of their pieces, roads bring the same cars in at the same seconds."""
    answers, left_out = [], []
    for everywhere in (False, True):
        live, _, _ = booked(seed, pieces=6)
        found = way_loops.to_check

        def to_check(*terms, found=found, everywhere=everywhere):
            checked = found(*terms)
            on_ways = terms[2][0] != UNKNOWN
            left_out.append(int((on_ways & ~checked).sum()))
            return checked | (on_ways & everywhere)

        with monkeypatch.context() as patch:
            patch.setattr(way_loops, "to_check", to_check)
            for now_s in (60, 200, 400):
                ahead = live.still_to_pass(now_s)
                ahead[live.closed] = 0
                live.close(np.array([int(np.argmax(ahead))]), now_s)
        answers.append(live.arrive_s.tolist())
    assert max(left_out) > 0
    assert answers[0] == answers[1]


@pytest.mark.parametrize("seed", range(6))
def test_bits_say_where_an_entry_finds_a_place(seed):
    """In every second a bit is set exactly where the calendar has a place in that very second."""
    draws, horizon_s, work = Draws(seed), 700, CAR * 3_600
    rates = [1_000 * draws.pick((0, 300, 900, 9_000)) for _ in range(3)]
    starts = [0, draws.between(50, 300), draws.between(301, 650)]
    roads = RoadPieces(
        start=np.array([0, 3, 4]), from_s=np.array([*starts, 0]), rate_mveh_h=np.array([*rates, 600_000]),
        travel_s=np.array([30, 40, 20, 15]), horizon_s=horizon_s,
    )  # fmt: skip
    compiled, room = roads.compiled(), np.zeros(2, np.int64)
    at, count, busy_from, busy_until, used = room.copy(), room.copy(), *np.zeros((2, 0), np.int64), 0
    for _ in range(60):
        arc, t = draws.below(2), draws.below(horizon_s)
        second, x, _ = enter(compiled, (at, count, busy_from, busy_until), arc, t, work)
        if second >= 0:
            busy_from, busy_until, used = reserve(
                (at, count, busy_from, busy_until), room, used, arc, (x, x + work)
            )
    now_s = draws.below(100)
    bits = np.ones((2, 14), np.uint64)
    calendars = (at, count, busy_from, busy_until)
    row_of = np.array([1, 0])
    write_free(compiled, calendars, np.arange(2), row_of, (now_s, horizon_s, work), bits)
    answers = set()
    for arc in range(2):
        for second in range(now_s, horizon_s):
            place = second - now_s
            found = int(bits[row_of[arc], place >> 6]) >> (place & 63) & 1
            fits = enter(compiled, calendars, arc, second, work)[0] == second
            assert found == fits, (arc, second)
            answers.add(bool(fits))
    assert answers == {True, False}


def test_where_there_is_no_way_on_people_stay_or_end_on_the_road():
    live, _, _ = booked(3)
    into_exit = np.flatnonzero(live.head == 15)
    repair = live.close(into_exit, 150)
    assert repair.led_round == 0
    assert repair.halted + repair.at_home == len(repair.touched) > 0
    assert (live.arrive_s[repair.touched] < 0).all()


def test_the_same_closure_gives_the_same_cars():
    results = []
    for _ in range(2):
        live, _, _ = booked(5)
        live.close(np.array([int(np.argmax(live.still_to_pass(100)))]), 100)
        results.append((list(entries(live)), live.arrive_s.tolist()))
    assert results[0] == results[1]

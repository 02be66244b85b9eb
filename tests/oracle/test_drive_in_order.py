"""The compiled drive against one that looks at every arc in every second, and clocks in step against sums."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.kernels.booking.booking import RoadPieces, Turns
from safepassage.kernels.booking.road_book import RoadBook
from safepassage.kernels.flow_over_time import Most, Movers, in_step, slack_network, sweep

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow

HORIZON_S = 300
UNITS = 1000
N_ARCS = 5
HEADWAYS_S = (1, 2, 5)
"""Whole seconds between two cars, so that a second either has room for one or has none."""


@st.composite
def towns(draw):
    """Arcs as (headway, travel time), paths, and cars as (path, first second, second it is due)."""
    arcs = draw(
        st.lists(st.tuples(st.sampled_from(HEADWAYS_S), st.integers(1, 9)), min_size=N_ARCS, max_size=N_ARCS)
    )
    path = st.lists(st.integers(0, N_ARCS - 1), min_size=1, max_size=4, unique=True)
    paths = draw(st.lists(path, min_size=1, max_size=3))
    car = st.tuples(st.integers(0, len(paths) - 1), st.integers(0, 12), st.integers(0, 30))
    return arcs, paths, draw(st.lists(car, min_size=1, max_size=15))


def driven(town):
    """Arrivals by the compiled loop, which stops only where there can be a queue."""
    arcs, paths, cars = town
    roads = RoadPieces(
        start=np.arange(N_ARCS + 1), from_s=[0] * N_ARCS,
        rate_mveh_h=[3_600_000 // headway for headway, _ in arcs], travel_s=[t for _, t in arcs],
        horizon_s=HORIZON_S,
    )  # fmt: skip
    turns = Turns(
        start=np.cumsum([0, *map(len, paths)]), arcs=[arc for path in paths for arc in path],
        list_start=np.arange(len(paths) + 1), list_path=np.arange(len(paths)),
        turn_list=[path for path, _, _ in cars], turn_from_s=[0] * len(cars),
    )  # fmt: skip
    book = RoadBook(
        roads, turns, turns.turn_list, [first for _, first, _ in cars], due_s=[due for *_, due in cars],
        units_mveh=UNITS, wait_max_s=HORIZON_S,
    )  # fmt: skip
    book.drive()
    return book.arrive_s.tolist()


def watched(town):
    """Arrivals when in every second every free arc lets in who is due there first."""
    arcs, paths, cars = town
    place, ready = [0] * len(cars), [first for _, first, _ in cars]
    free, arrive = [0] * N_ARCS, [-1] * len(cars)
    for t in range(HORIZON_S):
        for arc, (headway, travel) in enumerate(arcs):
            waiting = []
            for car, (path, _, due) in enumerate(cars):
                way = paths[path]
                if arrive[car] < 0 and ready[car] <= t and way[place[car]] == arc:
                    waiting.append((due + sum(arcs[a][1] for a in way[: place[car]]), car))
            if not waiting or free[arc] > t:
                continue
            car = min(waiting)[1]
            way = paths[cars[car][0]]
            free[arc], ready[car] = t + headway, t + travel
            place[car] += 1
            if place[car] == len(way):
                arrive[car] = t + travel
    return arrive


@given(towns())
@settings(max_examples=150, deadline=None)
def test_whoever_is_due_first_enters_first(town):
    assert driven(town) == watched(town)


@st.composite
def loaded(draw):
    """A slack network of a few nodes, and loads of its arcs."""
    n, half = draw(st.integers(3, 7)), draw(st.integers(3, 20))
    arc = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), st.integers(1, 90))
    rows = [row for row in draw(st.lists(arc, min_size=3, max_size=14)) if row[0] != row[1]] or [
        (0, n - 1, 5)
    ]
    tail, head, travel = (np.array(column) for column in zip(*rows, strict=True))
    movers = Movers(node=[0, 1], release_s=[0, draw(st.integers(0, 50))], vehicles=[9, 9], exits=[n - 1])
    net = slack_network((tail, head, travel, np.full(len(rows), 3_600_000)), n, movers)
    load = np.array(draw(st.lists(st.integers(0, 5), min_size=len(rows), max_size=len(rows))), dtype=np.int64)
    return net, load, np.array([3, 0] + [0] * (n - 2)), 2 * half


@given(loaded())
@settings(max_examples=150, deadline=None)
def test_clocks_in_step_move_by_half_a_bin_and_make_the_heaviest_arc_exact(case):
    net, load, at_once, bin_s = case
    moved = in_step(net, load, at_once, bin_s)
    phase = moved.to_exit_s - net.to_exit_s
    assert (abs(phase) <= bin_s // 2).all()
    assert not phase[net.exits].any()
    np.testing.assert_array_equal(moved.first_s, net.first_s + phase[net.source_node])
    free = net.detour_s + phase[net.head] - phase[net.tail]
    np.testing.assert_array_equal(moved.detour_s, np.maximum(free, -(bin_s // 2)))
    carried = load[net.raw_arcs[net.raw_start[:-1]]] if len(net.tail) else load[:0]
    if carried.max(initial=0) > at_once.max():
        heaviest = int(np.argmax(carried))
        between_exits = {int(net.tail[heaviest]), int(net.head[heaviest])} <= set(net.exits.tolist())
        assert between_exits or free[heaviest] % bin_s == 0
    assert sweep(moved, bin_s, units_mveh=UNITS, most=Most(bins=4_000)).arrived.sum() == net.vehicles.sum()

"""Earliest-arrival flows against maximum flows on networks expanded in time, one horizon at a time."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.graph.python import max_flow

from safepassage.kernels.flow_over_time import KnownPaths, Most, Movers, flow_paths, slack_network, sweep
from safepassage.kernels.flow_over_time.contraction import contract

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow

HOUR = 3600
UNIT = 1000


def columns(rows):
    """(tail, head, travel_s, capacity_mveh_h) of (tail, head, travel_s, vehicles a second) rows."""
    tail, head, travel_s, per_s = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return tail, head, travel_s, per_s * HOUR * UNIT


@st.composite
def towns(draw):
    """A network of up to eight nodes: sources and one or two exits, whole vehicles a second."""
    n = draw(st.integers(3, 8))
    arc = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1), st.integers(1, 4), st.integers(1, 3))
    rows = draw(st.lists(arc, min_size=2, max_size=16).map(lambda found: [r for r in found if r[0] != r[1]]))
    exits = sorted({n - 1, draw(st.integers(n - 2, n - 1))})
    people = draw(st.dictionaries(st.integers(0, n - 3), st.integers(1, 12), min_size=1, max_size=3))
    release = {node: draw(st.integers(0, 4)) for node in people}
    nodes = sorted(people)
    return (
        rows or [(0, n - 1, 1, 1)],
        n,
        nodes,
        [release[v] for v in nodes],
        [people[v] for v in nodes],
        exits,
    )


def most_by(town, horizon_s):
    """The most vehicles that can have arrived by a second, waiting anywhere."""
    rows, n, nodes, release, people, exits = town
    solver, top = max_flow.SimpleMaxFlow(), horizon_s + 1
    source, sink, huge = n * top, n * top + 1, 10**6
    for tail, head, travel, per_s in rows:
        for t in range(top - travel):
            if tail not in exits:
                solver.add_arc_with_capacity(tail * top + t, head * top + t + travel, per_s)
    for v in range(n):
        for t in range(top - 1):
            solver.add_arc_with_capacity(v * top + t, v * top + t + 1, huge)
    for v in exits:
        solver.add_arc_with_capacity(v * top + top - 1, sink, huge)
    solver.add_arc_with_capacity(source, sink, 0)
    for v, r, count in zip(nodes, release, people, strict=True):
        if r <= horizon_s:
            solver.add_arc_with_capacity(source, v * top + r, count)
    assert solver.solve(source, sink) == solver.OPTIMAL
    return solver.optimal_flow()


def swept(town, bin_s=1, **more):
    rows, n, nodes, release, people, exits = town
    movers = Movers(node=nodes, release_s=release, vehicles=people, exits=exits)
    return sweep(slack_network(columns(rows), n, movers), bin_s, units_mveh=UNIT, **more)


@settings(max_examples=25, deadline=None)
@given(towns())
def test_by_every_second_as_many_as_possible_have_arrived(town):
    found = swept(town)
    for horizon_s in range(len(found.arrived) + 2):
        assert found.arrived[: horizon_s + 1].sum() == most_by(town, horizon_s)


@settings(max_examples=25, deadline=None)
@given(towns(), st.sampled_from([2, 3]))
def test_stages_of_several_bins_bring_as_many_as_possible_by_their_ends(town, bins_at_once):
    found = swept(town, bins_at_once=bins_at_once)
    for end_s in range(bins_at_once, len(found.arrived) + 1, bins_at_once):
        assert found.arrived[:end_s].sum() == most_by(town, end_s - 1)
    assert flow_paths(found).vehicles.sum() == found.arrived.sum()


@settings(max_examples=25, deadline=None)
@given(towns())
def test_paths_carry_everybody_within_the_capacity_of_every_second(town):
    rows, _, nodes, release, people, exits = town
    found = swept(town)
    paths = flow_paths(found)
    assert paths.vehicles.sum() == found.arrived.sum()
    entered = {}
    for p, source in enumerate(paths.source.tolist()):
        arcs = paths.arcs[paths.start[p] : paths.start[p + 1]].tolist()
        t, at = int(paths.depart_s[p]), nodes[source]
        assert t >= release[source]
        for arc in arcs:
            tail, head, travel, _ = rows[arc]
            assert tail == at
            entered[arc, t] = entered.get((arc, t), 0) + int(paths.vehicles[p])
            t, at = t + travel, head
        assert at in exits
    assert all(count <= rows[arc][3] for (arc, _), count in entered.items())
    for source, count in enumerate(people):
        assert paths.vehicles[paths.source == source].sum() <= count


@settings(max_examples=25, deadline=None)
@given(towns())
def test_a_guide_changes_nothing_of_what_arrives_when(town):
    """Paths of bins of two seconds go first in bins of one; the same number comes in by every second."""
    nodes = np.array(town[2])
    paths = flow_paths(swept(town, bin_s=2))
    known = KnownPaths(nodes[paths.source], paths.depart_s, paths.vehicles, paths.start, paths.arcs)
    guided, alone = swept(town, known=known), swept(town)
    np.testing.assert_array_equal(guided.arrived, alone.arrived)
    assert flow_paths(guided).vehicles.sum() == alone.arrived.sum()


def test_a_flow_that_is_known_needs_one_search_for_each_second():
    """Where the known paths are the best there are, all that is searched for is whether there are others."""
    town = ([(0, 2, 1, 9), (1, 2, 3, 9), (2, 3, 1, 1)], 4, [0, 1], [0, 0], [3, 2], [3])
    paths = flow_paths(swept(town))
    nodes = np.array(town[2])
    known = KnownPaths(nodes[paths.source], paths.depart_s, paths.vehicles, paths.start, paths.arcs)
    found = swept(town, known=known)
    assert found.arrived.tolist() == [0, 0, 1, 1, 1, 1, 1]
    assert found.phases <= len(found.arrived)


def test_roads_carry_one_more_at_once_from_the_first_who_can_come():
    """Three vehicles in ten seconds: in bins of five, two can go at once and one in the next."""
    tail, head, travel_s, _ = columns([(0, 1, 5, 1)])
    movers = Movers(node=[0], release_s=[50], vehicles=[6], exits=[1])
    net = slack_network((tail, head, travel_s, np.array([3 * HOUR * UNIT // 10])), 2, movers)
    assert sweep(net, 5, units_mveh=UNIT).arrived.tolist() == [0] * 11 + [2, 1, 2, 1]


def test_a_bridge_lets_one_vehicle_through_each_second():
    """Nearest by half a bin: the far town of two waits for the near one of three."""
    town = ([(0, 2, 1, 9), (1, 2, 3, 9), (2, 3, 1, 1)], 4, [0, 1], [0, 0], [3, 2], [3])
    found = swept(town)
    assert found.arrived.tolist() == [0, 0, 1, 1, 1, 1, 1]
    assert found.complete


def test_networks_of_more_arcs_than_a_short_number_counts_lose_nobody():
    """What comes in by bins drives along whole paths, however many arcs there are."""
    side = 95
    number = np.arange(side * side).reshape(side, side)
    pairs = [(number[:, :-1], number[:, 1:]), (number[:-1], number[1:])]
    tail = np.concatenate([x.ravel() for a, b in pairs for x in (a, b)])
    head = np.concatenate([x.ravel() for a, b in pairs for x in (b, a)])
    travel_s = 20 + (tail * 7 + head * 13) % 41
    movers = Movers(
        node=np.arange(0, side * side, 90), release_s=np.zeros(101), vehicles=np.full(101, 12),
        exits=[side * side - 1, side - 1],
    )  # fmt: skip
    capacity = np.full(len(tail), 300 * UNIT)
    net = slack_network((tail, head, travel_s, capacity), side * side, movers)
    assert len(net.tail) > 2**15
    found = sweep(net, 60, units_mveh=UNIT)
    assert found.complete
    assert flow_paths(found).vehicles.sum() == found.arrived.sum() == net.vehicles.sum()


def test_the_clock_ends_a_sweep():
    town = ([(0, 1, 1, 1)], 2, [0], [0], [100], [1])
    assert not swept(town, expired=lambda: True).complete
    assert swept(town, most=Most(bins=5)).arrived.sum() == 4


def test_people_without_a_way_are_left_out():
    town = ([(0, 1, 1, 1)], 3, [0, 2], [0, 0], [1, 5], [1])
    found = swept(town)
    assert (found.arrived.sum(), found.network.source.tolist()) == (1, [0])


def test_streets_without_a_choice_become_one_arc():
    """A chain of three with a dead end, driven both ways, is one arc each way with its least capacity."""
    rows = [(0, 1, 5, 3), (1, 2, 7, 2), (2, 1, 7, 2), (1, 0, 5, 3), (1, 3, 1, 1), (3, 1, 1, 1)]
    tail, head, travel_s, capacity = columns(rows)
    few = contract((tail, head, travel_s, capacity), np.array([True, False, True, False]))
    assert list(zip(few.tail.tolist(), few.head.tolist(), few.travel_s.tolist(), strict=True)) == [
        (0, 2, 12),
        (2, 0, 12),
    ]
    assert few.capacity.tolist() == [2 * HOUR * UNIT] * 2
    start, arcs = few.expanded()
    assert [arcs[a:b].tolist() for a, b in pairwise(start)] == [[0, 1], [2, 3]]


@pytest.mark.parametrize("bad", [{"bin_s": 0}, {"bin_s": -1}])
def test_bins_must_last(bad):
    with pytest.raises(ValueError, match="positive"):
        swept(([(0, 1, 1, 1)], 2, [0], [0], [1], [1]), **bad)


def test_movers_must_be_apart():
    with pytest.raises(ValueError, match="two sources"):
        Movers(node=[0, 0], release_s=[0, 0], vehicles=[1, 1], exits=[1])
    with pytest.raises(ValueError, match="exit"):
        Movers(node=[0], release_s=[0], vehicles=[1], exits=[0])

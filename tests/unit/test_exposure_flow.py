"""Clocks of the flow of least exposure: where a passage takes whole bins nothing is rounded."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from safepassage.engines.least_exposure.flows import CELLS_OF_A_SECOND, MOST_CELLS, bin_of
from safepassage.kernels.prices.exposure_flow import FAR, Clock, FlowNetwork, car_paths
from safepassage.kernels.prices.priced_journeys import HazardSteps, OpenPieces

SITE = 0


def network(arcs):
    """Arcs (tail, head, travel_s), always open; node 0 is the site, everybody lives on node 1."""
    tail, head, travel = (np.asarray(column, dtype=np.int64) for column in zip(*arcs, strict=True))
    n, nodes = len(arcs), int(max(tail.max(), head.max())) + 1
    none = np.zeros(n, dtype=np.int64)
    pi = np.full(nodes, FAR, dtype=np.int64)
    pi[SITE] = 0
    for _ in range(nodes):
        np.minimum.at(pi, tail, np.where(pi[head] < FAR, pi[head] + travel, FAR))
    return FlowNetwork(
        tail=tail, head=head,
        pieces=OpenPieces(first=np.arange(n + 1), from_s=none, travel_s=travel, close_s=none + 10_000),
        capacity_mveh_h=none + 600_000, units_mveh=1000,
        hazard=HazardSteps(breaks=np.asarray([0, 10_000]), ppm=np.ones((n, 1), dtype=np.int64)),
        potential_s=pi, first_s=np.zeros(nodes, dtype=np.int64), sites=np.asarray([SITE]),
        sources=(np.asarray([1]), np.asarray([0]), np.asarray([4])),
    )  # fmt: skip


def out_of_step(given_network, clock):
    """Arcs whose passage does not take one clock to the other in whole bins."""
    begins, travel = clock.phase_s, given_network.pieces.travel_s
    apart = begins[given_network.tail] + travel - begins[given_network.head]
    return np.flatnonzero(apart % clock.bin_s).tolist()


def bin_after(roads, clock, e):
    """The number of the bin of the head in which a car leaves that entered in bin 0 of the tail."""
    u, v = roads.tail[e], roads.head[e]
    return (clock.phase_s[u] + roads.pieces.travel_s[e] - clock.phase_s[v]) // clock.bin_s + clock.turn[v]


def test_on_shortest_ways_the_clock_of_slack_rounds_nothing():
    roads = network([(1, 0, 17), (2, 1, 8), (2, 0, 40), (3, 2, 5)])
    assert out_of_step(roads, Clock.of_slack(roads, 12)) == [2]


def test_only_the_lightest_road_of_a_circle_is_out_of_step():
    roads = network([(1, 0, 17), (2, 1, 8), (2, 0, 40)])
    weight = np.asarray([1.0, 5.0, 7.0])
    assert out_of_step(roads, Clock.in_step(roads, 12, weight)) == [0]


def test_roads_of_equal_weight_come_in_the_order_of_their_detour():
    roads = network([(2, 0, 40), (1, 0, 17), (2, 1, 8)])
    assert out_of_step(roads, Clock.in_step(roads, 12, np.zeros(3))) == [0]


@given(
    st.lists(st.tuples(st.integers(1, 7), st.integers(0, 6), st.integers(1, 90)), min_size=1, max_size=20),
    st.integers(1, 30),
    st.randoms(use_true_random=False),
)
def test_a_forest_of_the_heaviest_roads_is_in_step(arcs, bin_s, random):
    roads = network([arc for arc in arcs if arc[0] != arc[1]] or [(1, 0, 5)])
    weight = np.asarray(random.sample(range(len(roads.tail)), len(roads.tail)), dtype=np.float64)
    clock = Clock.in_step(roads, bin_s, weight)
    assert ((clock.phase_s >= 0) & (clock.phase_s < bin_s)).all()
    wrong = set(out_of_step(roads, clock))
    groups = [{v} for v in range(len(roads.potential_s))]
    for e in np.argsort(-weight, kind="stable").tolist():
        u, v = (next(g for g in groups if end in g) for end in (int(roads.tail[e]), int(roads.head[e])))
        if u is not v:
            assert e not in wrong
            assert bin_after(roads, clock, e) == clock.turn[roads.tail[e]]
            groups = [g for g in groups if g is not u and g is not v] + [u | v]


def test_who_finds_room_on_one_narrow_road_finds_it_on_the_next():
    nine = (np.asarray([1]), np.asarray([0]), np.asarray([9]))
    roads = network([(1, 2, 7), (2, 0, 4)])._replace(sources=nine)
    clock = Clock.of_slack(roads, 1)
    assert brought(roads, clock, by_s=65) == 9  # one car in six seconds: the last leaves in second 54
    assert brought(roads, clock._replace(turn=clock.turn * 0), by_s=65) == 8


def brought(roads, clock, *, by_s):
    return int(car_paths(roads, clock, by_s=by_s).cars.sum())


def test_bins_are_as_short_as_fit():
    assert bin_of(1_325, 811) == 1
    assert bin_of(7_533, 3_000) == 57


@given(st.integers(1, 30_000), st.integers(1, 20_000))
def test_bins_never_make_too_many_cells(n_arcs, by_s):
    bin_s = bin_of(n_arcs, by_s)
    assert n_arcs * by_s <= (CELLS_OF_A_SECOND if bin_s == 1 else MOST_CELLS * bin_s)

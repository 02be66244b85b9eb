"""Labels of steady flows against maximum flows on networks expanded in time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.graph.python import max_flow

from safepassage.kernels.flow_over_time import Movers, SteadyFlow, slack_network
from safepassage.kernels.flow_over_time.labels import CutArcs
from safepassage.kernels.graphs.shortest_paths import ArcGraph

HOUR, UNIT, ENDLESS = 3_600, 1_000, 10**6


def drawn(seed):
    """Arcs of a network of up to nine nodes, the last one the exit, and two or three sources."""
    rng = np.random.default_rng(seed)
    n, m = int(rng.integers(4, 10)), int(rng.integers(6, 26))
    tail, head = rng.integers(0, n, (2, m))
    source = np.sort(rng.choice(n - 1, min(3, n - 2), replace=False))
    movers = Movers(
        node=source, release_s=rng.integers(0, 5, len(source)), vehicles=np.ones(len(source)),
        exits=np.array([n - 1]),
    )  # fmt: skip
    return (tail, head, rng.integers(1, 6, m), rng.integers(1, 4, m)), n, movers, rng


def most_by(horizon_s, arcs, n, movers, waiting):
    """The most that can have arrived by a second if those waiting never end."""
    solver, top = max_flow.SimpleMaxFlow(), horizon_s + 1
    source, sink = n * top, n * top + 1
    for tail, head, travel_s, per_s in zip(*arcs, strict=True):
        for t in range(top - travel_s):
            if tail != head and tail != n - 1:
                solver.add_arc_with_capacity(tail * top + t, head * top + t + travel_s, per_s)
    for v in range(n):
        for t in range(top - 1):
            solver.add_arc_with_capacity(v * top + t, v * top + t + 1, ENDLESS)
    solver.add_arc_with_capacity(n * top - 1, sink, ENDLESS)
    solver.add_arc_with_capacity(source, sink, 0)
    for v, release_s in zip(movers.node[waiting], movers.release_s[waiting], strict=True):
        if release_s <= horizon_s:
            solver.add_arc_with_capacity(source, int(v) * top + int(release_s), ENDLESS)
    assert solver.solve(source, sink) == solver.OPTIMAL
    return solver.optimal_flow()


def cut_arcs(arcs, n, movers, network, *, per_s=None):
    graph = ArcGraph(arcs[0], arcs[1], n, arcs[0] != arcs[1])
    to_site = graph.tree(arcs[2], movers.exits.tolist(), reverse=True).cost
    reached = np.isfinite(graph.tree(arcs[2], movers.node.tolist()).cost)
    return CutArcs(
        tail=arcs[0], head=arcs[1], travel_s=arcs[2],
        slope=arcs[3].astype(float) if per_s is None else per_s, burst=np.ones(len(arcs[0])),
        origin=movers.node, release_s=movers.release_s, persons=movers.vehicles,
        to_site_s=np.where(np.isfinite(to_site), to_site, -1).astype(np.int64), reached=reached,
        horizon_s=10_000, network=network,
    )  # fmt: skip


def label_sum(arcs, alpha, site):
    """What arcs carry between the labels of their ends, arcs out of the site left out."""
    tail, head, travel_s, per_s = arcs
    inside = (tail != head) & (tail != site)
    return (np.maximum(0, alpha[head] - travel_s - np.maximum(alpha[tail], 0)) * per_s)[inside].sum()


@settings(max_examples=80, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_labels_let_through_what_the_largest_flow_brings(seed):
    """Horizon after horizon, in any order and with any sources waiting, on the tree of the last."""
    arcs, n, movers, rng = drawn(seed)
    given_arcs = (*arcs[:3], arcs[3] * HOUR * UNIT)
    network = slack_network(given_arcs, n, movers)
    if not len(network.source):
        return
    steady = SteadyFlow(network)
    cut = cut_arcs(arcs, n, movers, network)
    for horizon_s in (6, 12, 9, 25):
        chosen = rng.random(len(network.source)) < 0.7
        waiting = np.zeros(len(movers.node), dtype=bool)
        waiting[network.source] = chosen
        alpha = cut.spread(steady.labels(horizon_s, chosen), horizon_s)
        assert (alpha[movers.node[waiting]] <= movers.release_s[waiting]).all() or not chosen.any()
        assert label_sum(arcs, alpha, n - 1) == most_by(horizon_s, arcs, n, movers, waiting)


def laid(roads, sources, site):
    """A cut of roads (tail, head, seconds, persons a second) from sources to a site."""
    tail, head, travel_s, per_s = np.array(roads, dtype=object).T
    arcs = (tail.astype(np.int64), head.astype(np.int64), travel_s.astype(np.int64), per_s.astype(float))
    n = int(max(arcs[0].max(), arcs[1].max())) + 1
    none = np.zeros(len(sources), dtype=np.int64)
    movers = Movers(node=np.array(sources), release_s=none, vehicles=none + 90, exits=np.array([site]))
    columns = (*arcs[:3], (arcs[3] * HOUR * UNIT).astype(np.int64))
    return cut_arcs(arcs, n, movers, slack_network(columns, n, movers), per_s=arcs[3]), arcs


def test_polishing_closes_a_gap_that_costs_more_than_it_carries():
    """Two roads in a row are cut, and a third leads round: one label, moved, leaves one of the two bursts."""
    cut, _ = laid([(0, 1, 1, 0.5), (1, 2, 1, 0.5), (0, 2, 40, 0.5), (1, 3, 1, 0.5), (3, 2, 40, 0.5)], [0], 2)
    labels = np.full(cut.network.n_nodes, 21)
    number = {raw: i for i, raw in enumerate(cut.network.raw_node.tolist())}
    labels[number[0]], labels[number[1]] = 0, 10
    assert cut.polished(labels, 4)[number[1]] in {1, 20}


def test_a_road_without_a_choice_is_cut_where_it_carries_least():
    """0 to 3 by way of 1 and 2, both ways, 0.2 a second from 1 to 2; a dead end at 1 is not cut at all."""
    there = [(0, 1, 4, 0.9), (1, 2, 5, 0.2), (2, 3, 6, 0.9), (1, 4, 3, 0.9)]
    cut, arcs = laid([*there, *((b, a, t, s) for a, b, t, s in there)], [0], 3)
    assert len(cut.network.tail) == 1
    alpha = cut.spread(np.where(cut.network.raw_node == 3, 101, 0), 100)
    assert alpha[[0, 1, 2, 3, 4]].tolist() == [0, 4, 95, 101, 1]
    assert label_sum(arcs, alpha, 3) == pytest.approx((95 - 5 - 4) * 0.2)


def test_a_way_back_from_inside_a_road_is_not_cut():
    """1 lies on the only way from 0 to 2, far from the site; but one can turn there."""
    roads = [(0, 3, 9, 0.5), (0, 1, 1, 0.5), (1, 0, 1, 0.5), (1, 2, 1, 0.5), (2, 3, 100, 0.5)]
    cut, arcs = laid(roads, [0, 2], 3)
    assert 1 not in cut.network.raw_node
    last = cut.last_moments(199)
    alpha = cut.spread(last[cut.network.raw_node], 199)
    assert alpha.tolist() == [191, 190, 100, 200]
    assert label_sum(arcs, alpha, 3) == 0

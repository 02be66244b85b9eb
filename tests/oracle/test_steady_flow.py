"""Labels of steady flows against maximum flows on networks expanded in time."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.graph.python import max_flow

from safepassage.kernels.flow_over_time import Movers, SteadyFlow, slack_network
from safepassage.kernels.flow_over_time.labels import CutArcs

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


def cut_arcs(arcs, n, movers, network):
    to_site_s = np.full(n, -1)
    to_site_s[network.raw_node] = network.to_exit_s
    return CutArcs(
        n_nodes=n, tail=arcs[0], head=arcs[1], travel_s=arcs[2], slope=arcs[3].astype(float),
        burst=np.ones(len(arcs[0])), origin=movers.node, release_s=movers.release_s,
        persons=movers.vehicles, to_site_s=to_site_s, site=movers.exits, raw=np.arange(len(arcs[0])),
        horizon_s=10_000,
    )  # fmt: skip


def label_sum(arcs, alpha):
    """What arcs carry between the labels of their ends, arcs out of the exit left out."""
    tail, head, travel_s, per_s = arcs
    inside = (tail != head) & (tail != alpha.argmax())
    return int((np.maximum(0, alpha[head] - travel_s - np.maximum(alpha[tail], 0)) * per_s)[inside].sum())


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
        alpha = cut.spread(network, steady.labels(horizon_s, chosen), horizon_s)
        assert (alpha[movers.node[waiting]] <= movers.release_s[waiting]).all() or not chosen.any()
        assert label_sum(arcs, alpha) == most_by(horizon_s, arcs, n, movers, waiting)


def test_polishing_closes_a_gap_that_costs_more_than_it_carries():
    """Two roads in a row are cut: one label, moved by a second, leaves one of the two bursts."""
    arcs = CutArcs(
        n_nodes=3, tail=np.array([0, 1]), head=np.array([1, 2]), travel_s=np.ones(2, np.int64),
        slope=np.array([0.5, 0.5]), burst=np.ones(2), origin=np.array([0]), release_s=np.array([0]),
        persons=np.array([90]), to_site_s=np.array([2, 1, 0]), site=np.array([2]), raw=np.arange(2),
        horizon_s=100,
    )  # fmt: skip
    assert arcs.polished(np.array([0, 10, 21]), 4)[1] in {1, 20}

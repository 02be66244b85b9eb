"""Tables of least costs against scipy, and against plain rounds of improvement where roads open and close."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import dijkstra

from safepassage.kernels.graphs import travel_matrix
from safepassage.kernels.graphs.travel_matrix import NO_WAY, PieceOfArc, TravelGraph


def test_a_table_is_that_of_scipy_with_any_number_of_threads():
    rng = np.random.default_rng(3)
    n, arcs = 400, 1_500
    tail, head = rng.integers(0, n, arcs), rng.integers(0, n, arcs)
    cost = rng.integers(1, 40_000, arcs)
    usable = rng.random(arcs) < 0.9
    graph = TravelGraph(tail, head, n, cost, usable, beside=(cost, np.ones(arcs)))
    sources, targets = rng.choice(n, 30), rng.choice(n, 50)
    table = graph.table(sources, targets, threads=2)
    weights = np.full((n, n), np.inf)
    np.minimum.at(weights, (tail[usable], head[usable]), cost[usable])
    kept = np.isfinite(weights) & ~np.eye(n, dtype=bool)
    matrix = coo_matrix((weights[kept], np.nonzero(kept)), shape=(n, n)).tocsr()
    least = dijkstra(matrix, indices=sources)[:, targets]
    assert np.array_equal(table.cost, np.where(np.isfinite(least), least, NO_WAY))
    assert np.array_equal(table.first, table.cost)
    alone = graph.table(sources, targets, threads=1)
    assert np.array_equal(alone.cost, table.cost)
    assert np.array_equal(alone.second, table.second)


@st.composite
def timed(draw):
    n = draw(st.integers(2, 6))
    node = st.integers(0, n - 1)
    arcs = draw(st.lists(st.tuples(node, node, st.integers(0, 200)), min_size=1, max_size=14))
    pieces = {}
    for arc in draw(st.sets(st.integers(0, len(arcs) - 1))):
        cuts = sorted(draw(st.sets(st.integers(0, 300), min_size=2, max_size=6)))
        pieces[arc] = tuple(
            PieceOfArc(from_s=a, until_s=b, cost=draw(st.integers(0, 200)))
            for a, b in zip(cuts[::2], cuts[1::2], strict=False)
        )
    return n, arcs, pieces, draw(st.integers(0, 100))


def arrivals(n, arcs, pieces, begin, source):
    """Return when each node is reached, by improving until nothing changes."""
    at = {source: begin}
    for _ in range(n):
        for arc, (tail, head, cost) in enumerate(arcs):
            if tail not in at:
                continue
            ends = [at[tail] + cost]
            if arc in pieces:
                rows = pieces[arc]
                ends = [max(at[tail], p.from_s) + p.cost for p in rows if max(at[tail], p.from_s) < p.until_s]
            for end in ends:
                at[head] = min(at.get(head, end), end)
    return at


@settings(max_examples=150)
@given(timed())
def test_roads_that_open_and_close_are_waited_for(case):
    n, arcs, pieces, begin = case
    tail, head, cost = (np.array(column) for column in zip(*arcs, strict=True))
    graph = TravelGraph(tail, head, n, cost, np.ones(len(arcs), bool), pieces=pieces)
    table = graph.table(range(n), range(n), begin=begin)
    for source in range(n):
        at = arrivals(n, arcs, pieces, begin, source)
        assert table.cost[source].tolist() == [at[v] - begin if v in at else NO_WAY for v in range(n)]


def test_costs_longer_than_the_ring_of_buckets_wait_in_the_heap():
    long = 5 * travel_matrix.RING
    graph = TravelGraph([0, 0, 1, 2], [1, 2, 3, 3], 4, [long, 3, 1, long], np.ones(4, bool))
    assert graph.table([0], [3, 1]).cost.tolist() == [[long + 1, long]]
    assert graph.table([0], [3], most=long).cost.tolist() == [[NO_WAY]]


def test_ways_that_grow_too_long_beside_are_not_followed():
    graph = TravelGraph([0, 1], [1, 2], 3, [1, 1], np.ones(2, bool), beside=([5, 6],))
    assert graph.table([0], [1, 2], most_first=10).cost.tolist() == [[1, NO_WAY]]

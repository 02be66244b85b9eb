"""Least-cost paths, parallel arcs, zero costs and several roots included, against a plain search."""

from __future__ import annotations

import heapq

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.kernels.graphs.shortest_paths import ArcGraph


def least_costs(tail, head, cost, usable, n, starts):
    """Dijkstra as in the book: one dictionary, one heap."""
    best = {}
    heap = [(offset, node) for node, offset in starts]
    heapq.heapify(heap)
    while heap:
        so_far, node = heapq.heappop(heap)
        if node in best:
            continue
        best[node] = so_far
        for a in range(len(tail)):
            if usable[a] and tail[a] == node and np.isfinite(cost[a]):
                heapq.heappush(heap, (so_far + cost[a], head[a]))
    return [best.get(v, np.inf) for v in range(n)]


@st.composite
def graphs(draw):
    n = draw(st.integers(2, 7))
    node = st.integers(0, n - 1)
    arcs = draw(st.lists(st.tuples(node, node), max_size=18))
    cost = [draw(st.sampled_from([0, 1, 1, 2, 3, 7, np.inf])) for _ in arcs]
    usable = np.array([draw(st.integers(0, 9)) > 0 for _ in arcs], dtype=bool)
    roots = draw(st.lists(st.tuples(node, st.integers(0, 5)), max_size=3))
    return n, [a for a, _ in arcs], [b for _, b in arcs], cost, usable, roots


@settings(max_examples=120)
@given(graphs(), st.booleans())
def test_costs_and_paths_are_those_of_a_plain_search(graph, reverse):
    n, tail, head, cost, usable, roots = graph
    found = ArcGraph(tail, head, n, usable).tree(
        cost, [node for node, _ in roots], reverse=reverse, offsets=[offset for _, offset in roots]
    )
    ends = (head, tail) if reverse else (tail, head)
    expected = least_costs(*ends, cost, usable, n, roots)
    assert found.cost.tolist() == expected
    for v in range(n):
        path = found.path(v)
        assert (path is None) == np.isinf(expected[v])
        if path is not None:
            assert_is_a_path(path, v, graph, expected[v], reverse=reverse)


def assert_is_a_path(path, node, graph, total, *, reverse):
    """Usable arcs that follow one another between a root and the node, and cost what the tree says."""
    _, tail, head, cost, usable, roots = graph
    assert all(usable[a] for a in path)
    assert [head[a] for a in path[:-1]] == [tail[a] for a in path[1:]]
    near, far = (head[path[-1]], tail[path[0]]) if path else (node, node)
    root = near if reverse else far
    assert (far if reverse else near) == node
    assert total == sum(cost[a] for a in path) + min(offset for v, offset in roots if v == root)


def test_of_parallel_arcs_the_cheapest_is_taken_and_of_equal_ones_the_first():
    graph = ArcGraph([0, 0, 0], [1, 1, 1], 2, np.ones(3, bool))
    assert graph.tree([5.0, 2.0, 9.0], [0]).path(1) == (1,)
    assert graph.tree([5.0, 5.0, 5.0], [0]).path(1) == (0,)
    assert graph.tree([np.inf, np.inf, 9.0], [0]).path(1) == (2,)


def test_a_root_has_an_empty_path_and_an_unreached_node_none():
    tree = ArcGraph([0], [1], 3, np.ones(1, bool)).tree([4.0], [0])
    assert (tree.path(0), tree.path(1), tree.path(2)) == ((), (0,), None)
    assert tree.cost.tolist() == [0, 4, np.inf]


def test_reverse_paths_read_in_driving_order():
    tree = ArcGraph([0, 1], [1, 2], 3, np.ones(2, bool)).tree([1.0, 1.0], [2], reverse=True)
    assert tree.path(0) == (0, 1)


def test_large_costs_stay_exact_to_the_second():
    n = 2_000
    tree = ArcGraph(range(n - 1), range(1, n), n, np.ones(n - 1, bool)).tree([50_001.0] * (n - 1), [0])
    assert [round(float(c)) for c in tree.cost[-2:]] == [50_001 * (n - 2), 50_001 * (n - 1)]


def test_beyond_the_limit_nothing_is_reached():
    tree = ArcGraph([0, 1, 2], [1, 2, 3], 4, np.ones(3, bool)).tree([10.0, 10.0, 10.0], [0], limit=20)
    assert tree.cost.tolist() == [0, 10, 20, np.inf]


@pytest.mark.parametrize("roots", [[], [0]])
def test_a_graph_without_arcs(roots):
    tree = ArcGraph([], [], 2, np.zeros(0, bool)).tree([], roots)
    assert tree.cost.tolist() == ([0, np.inf] if roots else [np.inf, np.inf])


def test_of_a_root_named_twice_the_lower_offset_counts():
    tree = ArcGraph([0], [1], 2, np.ones(1, bool)).tree([3.0], [0, 0, 1], offsets=[9, 4, np.inf])
    assert tree.cost.tolist() == [4, 7]

"""Components are numbered from the largest, the same way every time."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from safepassage.kernels.graphs.components import component_labels


def labels(n_nodes, arcs, *, strong):
    tail, head = (np.array([arc[end] for arc in arcs], np.int32) for end in (0, 1))
    label, size = component_labels(n_nodes, tail, head, strong=strong)
    return label.tolist(), size.tolist()


def test_the_largest_comes_first():
    assert labels(5, [(0, 1), (2, 3), (3, 4)], strong=False) == ([1, 1, 0, 0, 0], [3, 2])


def test_strong_means_there_and_back():
    arcs = [(0, 1), (1, 2), (2, 1), (2, 3)]
    assert labels(4, arcs, strong=True) == ([1, 0, 0, 2], [2, 1, 1])
    assert labels(4, arcs, strong=False) == ([0, 0, 0, 0], [4])


def test_equal_sizes_are_ordered_by_their_first_node():
    assert labels(4, [(3, 1), (2, 0)], strong=False) == ([0, 1, 0, 1], [2, 2])


def test_no_arcs_and_no_nodes():
    assert labels(3, [], strong=True) == ([0, 1, 2], [1, 1, 1])
    assert labels(0, [], strong=True) == ([], [])


def test_parallel_arcs_and_loops_change_nothing():
    assert labels(2, [(0, 1)] * 300 + [(0, 0)], strong=False) == ([0, 0], [2])


@given(n=st.integers(1, 8), arcs=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20))
def test_against_plain_reachability(n, arcs):
    arcs = [(a, b) for a, b in arcs if a < n and b < n]
    reach = [{node} for node in range(n)]
    for _ in range(n):
        for a, b in arcs:
            for seen in reach:
                if a in seen:
                    seen.add(b)
    label, size = labels(n, arcs, strong=True)
    for a in range(n):
        for b in range(n):
            assert (label[a] == label[b]) == (b in reach[a] and a in reach[b])
    assert size == sorted(size, reverse=True)
    assert sum(size) == n

"""The least cut equals the largest flow that a second solver finds, and separates what it says."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_flow

from safepassage.kernels.graphs.static_cut import UNLIMITED, least_cut


def columns(rows, width):
    return tuple(np.array([row[k] for row in rows], dtype=np.int64) for k in range(width))


@st.composite
def networks(draw):
    n = draw(st.integers(2, 7))
    node, amount = st.integers(0, n - 1), st.integers(0, 20)
    arcs = draw(st.lists(st.tuples(node, node, amount), max_size=16))
    supplies = draw(st.lists(st.tuples(node, amount), max_size=4))
    sinks = draw(st.lists(st.tuples(node, amount), max_size=3))
    return n, arcs, supplies, sinks


def largest_flow(n, arcs, supplies, sinks):
    """The flow that scipy finds, from one source over all supplies to one sink behind all sinks."""
    capacity = np.zeros((n + 2, n + 2), dtype=np.int64)
    for tail, head, units in arcs:
        capacity[tail, head] += units if tail != head else 0
    for node, units in supplies:
        capacity[n, node] += units
    for node, units in sinks:
        capacity[node, n + 1] += units
    return maximum_flow(csr_matrix(capacity.astype(np.int32)), n, n + 1).flow_value


@settings(max_examples=150)
@given(networks())
def test_the_value_is_the_largest_flow_and_the_sides_prove_it(network):
    n, arcs, supplies, sinks = network
    value, side = least_cut(n, columns(arcs, 3), columns(supplies, 2), columns(sinks, 2))
    assert value == largest_flow(*network)
    crossing = sum(units for tail, head, units in arcs if side[tail] and not side[head])
    crossing += sum(units for node, units in supplies if not side[node])
    crossing += sum(units for node, units in sinks if side[node])
    assert crossing == value


def test_without_a_limit_the_cut_goes_elsewhere():
    arcs = [(0, 1, UNLIMITED), (1, 2, 7)]
    value, side = least_cut(3, columns(arcs, 3), columns([(0, 50)], 2), columns([(2, UNLIMITED)], 2))
    assert (value, side.tolist()) == (7, [True, True, False])


def test_larger_capacities_than_the_limit_count_as_the_limit():
    value, _ = least_cut(2, columns([(0, 1, 2**60)], 3), columns([(0, 2**60)], 2), columns([(1, 2**60)], 2))
    assert value == UNLIMITED

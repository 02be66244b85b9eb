"""Maximum flows of least cost, and the paths they run along."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from safepassage.kernels.graphs.cheapest_flow import cheapest_flow, flow_paths
from safepassage.kernels.graphs.static_cut import least_cut


def columns(*rows):
    return tuple(np.asarray(column, dtype=np.int64) for column in zip(*rows, strict=True))


def test_the_cheaper_of_two_ways_is_filled_first():
    arcs = columns((0, 1, 3, 5), (0, 2, 9, 7), (2, 1, 9, 1))
    flow = cheapest_flow(3, arcs, columns((0, 5)), columns((1, 99)))
    assert flow.value == 5
    assert flow.on_arcs.tolist() == [3, 2, 2]


def test_paths_carry_the_whole_flow_in_order_of_supplies():
    arcs = columns((0, 1, 3, 5), (0, 2, 9, 7), (2, 1, 9, 1))
    flow = cheapest_flow(3, arcs, columns((0, 5), (2, 1)), columns((1, 99)))
    paths = flow_paths(arcs[:2], flow, np.asarray([0, 2]), np.asarray([1]))
    assert sorted(paths) == [(0, (0,), 3), (0, (1, 2), 2), (1, (2,), 1)]


@given(st.data())
def test_it_is_as_large_as_the_least_cut_and_its_paths_add_up(data):
    n = data.draw(st.integers(3, 6))
    node, amount = st.integers(0, n - 1), st.integers(0, 6)
    arcs = columns(
        *data.draw(st.lists(st.tuples(node, node, amount, st.integers(1, 9)), min_size=1, max_size=14))
    )
    supplies = columns(*data.draw(st.lists(st.tuples(node, amount), min_size=1, max_size=3)))
    sinks = columns(*data.draw(st.lists(st.tuples(node, amount), min_size=1, max_size=3)))
    flow = cheapest_flow(n, arcs, supplies, sinks)
    value, _ = least_cut(n, arcs[:3], supplies, sinks)
    assert flow.value == value
    paths = flow_paths(arcs[:2], flow, supplies[0], sinks[0])
    assert sum(p.amount for p in paths) == value
    used = np.zeros(len(arcs[0]), dtype=np.int64)
    for path in paths:
        at = int(supplies[0][path.source])
        for arc in path.arcs:
            assert int(arcs[0][arc]) == at
            at = int(arcs[1][arc])
            used[arc] += path.amount
        assert at in sinks[0].tolist()
    assert (used <= arcs[2]).all()

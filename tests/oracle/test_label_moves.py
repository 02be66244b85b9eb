"""Moves of sets of nodes by a step against every set there is."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.kernels.flow_over_time.label_moves import _best_set, fused, label_sum, moved_together
from safepassage.kernels.flow_over_time.labels import CutArcs


def drawn(seed, *, burst):
    """Arcs of a network of seven nodes, the last one a site, and labels for them."""
    rng, n = np.random.default_rng(seed), 7
    tail, head = rng.integers(0, n, (2, 14))
    apart = (tail != head) & (tail != n - 1)
    m = int(apart.sum())
    arcs = CutArcs(
        n_nodes=n, tail=tail[apart], head=head[apart], travel_s=rng.integers(1, 5, m),
        slope=rng.integers(1, 4, m).astype(float), burst=np.full(m, float(burst)),
        origin=np.array([0, 1, 2]), release_s=rng.integers(8, 30, 3), persons=rng.integers(1, 20, 3),
        to_site_s=np.append(rng.integers(1, 9, n - 1), 0), site=np.array([n - 1]), raw=np.arange(m),
        horizon_s=100,
    )  # fmt: skip
    # Before second 0 and after the grid arcs carry nothing: there a sum is not convex.
    return arcs, np.append(rng.integers(10, 30, n - 1), 35)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([-4, -1, 1, 2, 8]))
def test_no_set_of_nodes_gains_more_by_a_move_than_the_least_cut(seed, move_s):
    arcs, alpha = drawn(seed, burst=0)
    free = np.arange(7) < 6
    moved = np.where(free, alpha + move_s, alpha)
    mine = label_sum(arcs, np.where(_best_set(arcs, alpha, moved), moved, alpha))
    every = [np.append((number >> np.arange(6)) & 1, 0) for number in range(64)]
    assert mine == min(label_sum(arcs, alpha + move_s * chosen) for chosen in every)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_choice_between_two_labels_of_each_node_beats_a_fusion(seed):
    arcs, alpha = drawn(seed, burst=0)
    later = alpha + np.append(np.random.default_rng(seed + 1).integers(0, 9, 6), 0)
    every = [np.append((number >> np.arange(6)) & 1, 0) for number in range(64)]
    least = min(label_sum(arcs, np.where(chosen == 1, later, alpha)) for chosen in every)
    assert label_sum(arcs, fused(arcs, alpha, [later])) == least
    assert label_sum(arcs, fused(arcs, later, [alpha])) == least


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_moves_never_make_a_sum_larger(seed):
    arcs, alpha = drawn(seed, burst=1)
    found = moved_together(arcs, alpha, (8, 2, 1))
    assert label_sum(arcs, found) <= label_sum(arcs, alpha)
    assert found[6] == alpha[6]


def test_two_nodes_that_hold_each_other_move_together():
    """Node by node each of the two only loses: the road between them is wide."""
    arcs = CutArcs(
        n_nodes=4, tail=np.array([0, 1, 2, 1]), head=np.array([1, 2, 3, 0]), travel_s=np.ones(4, np.int64),
        slope=np.array([5.0, 9.0, 1.0, 9.0]), burst=np.zeros(4), origin=np.array([0]),
        release_s=np.array([50]), persons=np.array([1]), to_site_s=np.array([3, 2, 1, 0]), site=np.array([3]),
        raw=np.arange(4), horizon_s=100,
    )  # fmt: skip
    alpha = np.array([0, 17, 18, 26])
    assert label_sum(arcs, arcs.polished(alpha, 9)) >= label_sum(
        arcs, moved_together(arcs, alpha, (16, 4, 1))
    )

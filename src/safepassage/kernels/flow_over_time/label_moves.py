"""Time labels made better all at once: which nodes should be later (or earlier) by a step is a least cut.

Apart from bursts and from who starts where, a label sum is a convex function of differences of labels. Such
functions (L-natural convex) are minimised by moving sets of nodes by one step, and the best set is a least
cut of the network itself: Murota, "Discrete Convex Analysis" (2003, doi:10.1137/1.9780898718508), and
Kolmogorov and Shioura, "New algorithms for convex cost tension problem" (2009,
doi:10.1016/j.disopt.2009.04.006). Nodes moved one by one stay where two must move together. Bursts make the
function a little less than convex: what a cut promises is summed again, and kept only if it is less.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.flow_over_time.labels import CutArcs
from safepassage.kernels.graphs.static_cut import least_cut

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
SCALE = 1_000
"""Capacities of a cut are thousandths of a person."""
TURNS = 3


def label_sum(arcs: CutArcs, alpha: Int64) -> float:
    """Return the part of a label sum that nodes other than sites decide, arcs as straight lines."""
    people = arcs.persons[alpha[arcs.origin] > arcs.release_s].sum()
    return float(_carried(arcs, alpha[arcs.tail], alpha[arcs.head]).sum() + people)


def moved_together(arcs: CutArcs, alpha: Int64, steps_s: tuple[int, ...]) -> Int64:
    """Return labels with a sum that is no larger, after moves of sets of nodes by each step in turn."""
    free = arcs.to_site_s >= 0
    free[arcs.site] = False
    best, least = alpha, label_sum(arcs, alpha)
    for step_s in steps_s:
        for _ in range(TURNS):
            before = least
            for move_s in (step_s, -step_s):
                moved = np.where(free, best + move_s, best)
                best, least = _better(arcs, (best, least), moved)
            if least >= before * (1 - 1e-4):
                break
    return best


def fused(arcs: CutArcs, alpha: Int64, others: list[Int64]) -> Int64:
    """Return labels, node by node those of `alpha` or of another, with a sum no larger than any of theirs.

    Which nodes take the later of two labels is a least cut, whatever the two: a fusion move (Lempitsky,
    Rother, Roth and Blake, "Fusion moves for Markov random field optimization", 2010,
    doi:10.1109/TPAMI.2009.143). It frees whole regions at once, which steps of single sets never do.
    """
    best, least = alpha, label_sum(arcs, alpha)
    for other in others:
        best, least = _better(arcs, (best, least), np.maximum(best, other))
        best, least = _better(arcs, (best, least), np.minimum(best, other))
        total = label_sum(arcs, other)
        if total < least:
            best, least = other, total
    return best


def _better(arcs: CutArcs, known: tuple[Int64, float], other: Int64) -> tuple[Int64, float]:
    """Return labels and sum after the best set of nodes has taken the labels of `other`, if that is less."""
    best, least = known
    if np.array_equal(best, other):
        return known
    trial = np.where(_best_set(arcs, best, other), other, best)
    total = label_sum(arcs, trial)
    return (trial, total) if total < least else known


def _carried(arcs: CutArcs, tail_label: Int64, head_label: Int64) -> Float64:
    """Return (n_arcs,) what arcs carry between two labels, as straight lines."""
    width = np.minimum(head_label - arcs.travel_s, arcs.horizon_s) - np.maximum(tail_label, 0)
    return np.where(width > 0, arcs.slope * width + arcs.burst, 0.0)


def _best_set(arcs: CutArcs, alpha: Int64, other: Int64) -> NDArray[np.bool_]:
    """Return (n_nodes,) the nodes that a least cut would have take the labels of `other`.

    All of these are later than those of `alpha`, or all earlier; equal ones stay.
    """
    free = other != alpha
    head_free, tail_free = free[arcs.head], free[arcs.tail]
    tail, head, new_tail, new_head = (x[e] for x in (alpha, other) for e in (arcs.tail, arcs.head))
    stays = _carried(arcs, tail, head)
    by_tail = _carried(arcs, new_tail, head) - stays
    by_head = _carried(arcs, tail, new_head) - stays
    by_both = _carried(arcs, new_tail, new_head) - stays
    # E(t, h) = stays + t·by_tail + h·(by_both − by_tail) + (1 − t)·h·apart, where both ends are free.
    both = tail_free & head_free
    apart = np.where(both, np.maximum(by_tail + by_head - by_both, 0), 0)
    alone = np.zeros(arcs.n_nodes)
    alone += np.bincount(arcs.tail[tail_free], by_tail[tail_free], minlength=arcs.n_nodes)
    alone += np.bincount(arcs.head[both], (by_both - by_tail)[both], minlength=arcs.n_nodes)
    only_head = head_free & ~tail_free
    alone += np.bincount(arcs.head[only_head], by_head[only_head], minlength=arcs.n_nodes)
    label, later = alpha[arcs.origin], other[arcs.origin]
    change = arcs.persons * ((later > arcs.release_s).astype(np.int64) - (label > arcs.release_s))
    alone += np.bincount(arcs.origin, change, minlength=arcs.n_nodes)
    return _least_side(arcs, apart, np.where(free, alone, 0.0))


def _least_side(arcs: CutArcs, apart: Float64, alone: Float64) -> NDArray[np.bool_]:
    """Return the nodes that gain by a move (`alone` < 0), with those that they must take along."""
    linked, gain, loss = np.flatnonzero(apart > 0), np.flatnonzero(alone < 0), np.flatnonzero(alone > 0)
    if not len(gain):
        return np.zeros(arcs.n_nodes, dtype=bool)

    def scaled(amount: Float64) -> Int64:
        return np.asarray(np.rint(amount * SCALE), dtype=np.int64)

    columns = (arcs.head[linked], arcs.tail[linked], scaled(apart[linked]))
    _, side = least_cut(arcs.n_nodes, columns, (gain, scaled(-alone[gain])), (loss, scaled(alone[loss])))
    return side

"""Shortest paths over arrays of arcs, parallel arcs included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]

UNREACHED = -1
"""Arc position and predecessor of a node that no path reaches."""


@dataclass(frozen=True, slots=True, eq=False)
class PathTree:
    """Least costs from (or, reversed, to) a set of roots.

    `cost` has shape (n_nodes,), infinite where unreached. `arc` is the last arc of the path to each node (if
    `reverse`: the first arc of the path from it), UNREACHED at roots and unreached nodes.
    """

    cost: Float64
    arc: NDArray[np.int64]
    tail: Int64
    head: Int64
    reverse: bool

    def path(self, node: int) -> tuple[int, ...] | None:
        """Return the arcs between `node` and its root in driving order, or None where there is no path."""
        if not np.isfinite(self.cost[node]):
            return None
        arcs: list[int] = []
        step = self.head if self.reverse else self.tail
        while (arc := int(self.arc[node])) != UNREACHED:
            arcs.append(arc)
            node = int(step[arc])
        return tuple(arcs if self.reverse else reversed(arcs))


class ArcGraph:
    """A directed graph of the arcs in `usable`, for repeated searches with changing costs.

    Parameters
    ----------
    tail, head
        (n_arcs,) node positions.
    n_nodes
        Number of nodes.
    usable
        (n_arcs,) bool; arcs left out are never used.
    """

    def __init__(self, tail: Any, head: Any, n_nodes: int, usable: NDArray[np.bool_]) -> None:
        self.tail = np.asarray(tail, dtype=np.int64)
        self.head = np.asarray(head, dtype=np.int64)
        self.n_nodes = n_nodes
        kept = np.flatnonzero(usable)
        pair = self.tail[kept] * n_nodes + self.head[kept]
        order = np.argsort(pair, kind="stable")
        self._usable: Int64 = kept[order]
        self._starts = _starts(pair[order])
        self._sizes = np.diff(np.append(self._starts, len(pair)))

    def _cheapest(self, cost: Float64) -> Int64:
        """Return one arc per (tail, head) pair, the cheapest (the first of equals), ordered by pair."""
        if len(self._starts) == len(self._usable):
            return self._usable
        weights = cost[self._usable]
        least = np.repeat(np.minimum.reduceat(weights, self._starts), self._sizes)
        hits = np.flatnonzero(weights == least)
        group = np.searchsorted(self._starts, hits, side="right")
        return self._usable[hits[_starts(group)]]

    def tree(self, cost: Any, roots: list[int], *, reverse: bool = False, offsets: Any = None) -> PathTree:
        """Return least costs from `roots` (to them if `reverse`), each starting at its offset.

        Parameters
        ----------
        cost
            (n_arcs,) non-negative; infinite costs are left out.
        offsets
            (len(roots),) starting costs; 0 when None.
        """
        from scipy.sparse import csr_matrix  # noqa: PLC0415 - scipy costs a second to import
        from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

        weights = np.asarray(cost, dtype=np.float64)
        arcs = self._cheapest(weights)
        arcs = arcs[np.isfinite(weights[arcs])]
        tail, head = (self.head, self.tail) if reverse else (self.tail, self.head)
        root_nodes, start = _least_offsets(roots, offsets)
        n = self.n_nodes
        rows = np.concatenate([tail[arcs], np.full(len(root_nodes), n)])
        columns = np.concatenate([head[arcs], root_nodes])
        # scipy drops explicit zeros, so every weight carries a grain that is taken off again
        grain = 2.0**-20
        data = np.concatenate([weights[arcs], start]) + grain
        matrix = csr_matrix((data, (rows, columns)), shape=(n + 1, n + 1))
        distance, parent = dijkstra(matrix, indices=n, return_predecessors=True)
        return self._read(arcs, distance[:n], parent[:n], reverse=reverse)

    def _read(self, arcs: Int64, distance: Float64, parent: NDArray[np.int32], *, reverse: bool) -> PathTree:
        n = self.n_nodes
        tail, head = (self.head, self.tail) if reverse else (self.tail, self.head)
        keys = tail[arcs] * n + head[arcs]
        order = np.argsort(keys, kind="stable")
        arc = np.full(n, UNREACHED, dtype=np.int64)
        inner = np.flatnonzero((parent >= 0) & (parent < n))
        wanted = parent[inner].astype(np.int64) * n + inner
        arc[inner] = arcs[order[np.searchsorted(keys[order], wanted)]]
        cost = np.where(np.isfinite(distance), np.round(distance * 2**10) / 2**10, np.inf)
        return PathTree(cost=cost, arc=arc, tail=self.tail, head=self.head, reverse=reverse)


def _starts(ordered: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the positions at which a run of equal values begins."""
    changed = np.ones(len(ordered), dtype=bool)
    changed[1:] = ordered[1:] != ordered[:-1]
    return np.flatnonzero(changed)


def _least_offsets(roots: list[int], offsets: Any) -> tuple[Int64, Float64]:
    """Return distinct roots, ascending, each with its least finite offset."""
    nodes = np.asarray(roots, dtype=np.int64)
    start = np.zeros(len(nodes)) if offsets is None else np.asarray(offsets, dtype=np.float64)
    order = np.lexsort((start, nodes))
    nodes, start = nodes[order], start[order]
    first = _starts(nodes)
    keep = first[np.isfinite(start[first])]
    return nodes[keep], start[keep]

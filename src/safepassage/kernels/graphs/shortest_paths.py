"""Shortest paths over arrays of arcs, parallel arcs included."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]


def load() -> None:
    """Load the library ahead; otherwise it is with the first tree."""
    import_module("scipy.sparse.csgraph")


@dataclass(frozen=True, slots=True, eq=False)
class _PairArcs:
    """The arc of each joined pair of nodes; `key` is ascending, start * n_nodes + end as the search runs."""

    key: Int64
    arc: Int64


@dataclass(frozen=True, slots=True, eq=False)
class _Layout:
    """Pairs of nodes as a sparse matrix: keys ascending, their order, end nodes, where each row begins."""

    key: Int64
    order: Int64
    columns: Int64
    rows: Int64


@dataclass(frozen=True, slots=True, eq=False)
class PathTree:
    """Least costs from (or, if `reverse`, to) a set of roots.

    `cost` has shape (n_nodes,), infinite where unreached; `parent` is the node before each on its path (if
    `reverse`: the node after it), negative at roots and unreached nodes.
    """

    cost: Float64
    parent: NDArray[np.int32]
    pairs: _PairArcs
    reverse: bool

    def path(self, node: int) -> tuple[int, ...] | None:
        """Return the arcs between `node` and its root in driving order, or None where there is no path."""
        if not np.isfinite(self.cost[node]):
            return None
        nodes = [node]
        while 0 <= (before := int(self.parent[nodes[-1]])) < len(self.cost):
            nodes.append(before)
        if len(nodes) == 1:
            return ()
        steps = np.asarray(nodes, dtype=np.int64)
        wanted = steps[1:] * len(self.cost) + steps[:-1]
        arcs = self.pairs.arc[np.searchsorted(self.pairs.key, wanted)].tolist()
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
        starts = _starts(pair[order])
        sizes = np.diff(np.append(starts, len(pair)))
        # One arc per pair of nodes; where several lie side by side, the cheapest is chosen for each cost.
        self._first: Int64 = self._usable[starts]
        self._parallel = np.flatnonzero(sizes > 1)
        self._parallel_arcs = [self._usable[starts[g] : starts[g] + sizes[g]] for g in self._parallel]
        self._layout: dict[bool, _Layout] = {}

    def _cheapest(self, cost: Float64) -> Int64:
        """Return one arc per (tail, head) pair, the cheapest (the first of equals), ordered by pair."""
        if not len(self._parallel):
            return self._first
        chosen = self._first.copy()
        for group, arcs in zip(self._parallel.tolist(), self._parallel_arcs, strict=True):
            chosen[group] = arcs[np.argmin(cost[arcs])]
        return chosen

    def _laid_out(self, *, reverse: bool) -> _Layout:
        """Return the pairs as rows of a sparse matrix; they are the same for every cost."""
        if reverse not in self._layout:
            start, end = (self.head, self.tail) if reverse else (self.tail, self.head)
            key = start[self._first] * self.n_nodes + end[self._first]
            order = np.argsort(key, kind="stable")
            key = key[order]
            rows = np.searchsorted(key, np.arange(self.n_nodes + 1, dtype=np.int64) * self.n_nodes)
            self._layout[reverse] = _Layout(key, order, key % self.n_nodes, rows)
        return self._layout[reverse]

    def tree(
        self,
        cost: Any,
        roots: list[int],
        *,
        reverse: bool = False,
        offsets: Any = None,
        limit: float = np.inf,
    ) -> PathTree:
        """Return least costs from `roots` (to them if `reverse`), each starting at its offset.

        Parameters
        ----------
        cost
            (n_arcs,) non-negative; infinite costs are left out.
        offsets
            (len(roots),) starting costs; 0 when None.
        limit
            Nodes that cost more are left unreached.
        """
        from scipy.sparse import csr_matrix  # noqa: PLC0415 - scipy costs a second to import
        from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

        weights = np.asarray(cost, dtype=np.float64)
        layout = self._laid_out(reverse=reverse)
        pairs = _PairArcs(layout.key, self._cheapest(weights)[layout.order])
        root_nodes, start = _least_offsets(roots, offsets)
        n = self.n_nodes
        # scipy drops explicit zeros, so every weight carries a grain that is taken off again
        grain = 2.0**-20
        data = np.concatenate([weights[pairs.arc], start]) + grain
        columns = np.concatenate([layout.columns, root_nodes])
        matrix = csr_matrix((data, columns, np.append(layout.rows, len(data))), shape=(n + 1, n + 1))
        distance, parent = dijkstra(matrix, indices=n, return_predecessors=True, limit=limit + 1)
        cost_of = np.where(np.isfinite(distance[:n]), np.round(distance[:n] * 2**10) / 2**10, np.inf)
        above = np.where(parent[:n] == n, -1, parent[:n]).astype(np.int32)
        return PathTree(cost=cost_of, parent=above, pairs=pairs, reverse=reverse)


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

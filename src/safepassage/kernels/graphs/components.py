"""Which nodes hang together: components of a directed graph, numbered from the largest."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
FEW_ARCS = 20_000
"""Up to so many arcs the strong components are found before the library would be loaded."""


def component_labels(n_nodes: int, tail: Int32, head: Int32, *, strong: bool) -> tuple[Int64, Int64]:
    """Return (label of each node, size of each component); 0 is the largest component.

    Equal sizes are ordered by their first node, so that the same graph always gives the same labels.

    Parameters
    ----------
    tail, head : (n_arcs,) positions of the ends of the arcs.
    strong : whether nodes must reach each other along the arcs (else: along arcs either way).

    References
    ----------
    Strong components: Pearce, "An improved algorithm for finding the strongly connected components of a
    directed graph" (2005), as implemented in SciPy; of few arcs Tarjan's "Depth-first search and linear graph
    algorithms" (1972).
    """
    if strong and len(tail) <= FEW_ARCS:
        raw: NDArray[np.integer] = _strong_of_few(n_nodes, tail, head)
    else:
        raw = _by_library(n_nodes, tail, head, strong=strong)
    _, first, inverse, size = np.unique(raw, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -size))
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank[inverse].astype(np.int64), size[order].astype(np.int64)


def _by_library(n_nodes: int, tail: Int32, head: Int32, *, strong: bool) -> Int32:
    from scipy.sparse import csr_array  # noqa: PLC0415 - a third of a second, and not every case asks
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    ones = np.ones(len(tail), np.int8)
    graph = csr_array((ones, (tail, head)), shape=(n_nodes, n_nodes))
    kind = "strong" if strong else "weak"
    _, raw = connected_components(graph, directed=True, connection=kind, return_labels=True)
    found: Int32 = raw
    return found


def _strong_of_few(n_nodes: int, tail: Int32, head: Int32) -> Int64:
    """Return a label for each node: that of the node from which its component was first entered."""
    after: list[list[int]] = [[] for _ in range(n_nodes)]
    for a, b in zip(tail.tolist(), head.tolist(), strict=True):
        after[a].append(b)
    seen, lowest = [-1] * n_nodes, [0] * n_nodes
    label, waiting, count = [-1] * n_nodes, list[int](), 0
    for root in range(n_nodes):
        way = [root] if seen[root] < 0 else []
        while way:
            node = way[-1]
            if seen[node] < 0:
                seen[node] = lowest[node] = count
                count += 1
                waiting.append(node)
            while after[node] and seen[after[node][-1]] >= 0:
                other = after[node].pop()
                if label[other] < 0:
                    lowest[node] = min(lowest[node], lowest[other])
            if after[node]:
                # Looked at again, with what it reaches, once that is done.
                way.append(after[node][-1])
                continue
            way.pop()
            if lowest[node] == seen[node]:
                while label[node] < 0:
                    label[waiting.pop()] = node
    return np.array(label, dtype=np.int64)

"""Least times to a set of nodes, in whole seconds."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heapify, heappop, heappush

import numpy as np

from safepassage_verify.roads import Int64, int64

UNREACHED = 2**62
"""The time from a node that has no way."""


class ReverseGraph:
    """Arcs by the node they lead to.

    Parameters
    ----------
    tail, head, cost
        (n_arcs,) nodes and whole seconds, none negative.
    """

    def __init__(self, n_nodes: int, tail: Int64, head: Int64, cost: Int64) -> None:
        order = np.argsort(head, kind="stable")
        bounds = np.searchsorted(head[order], np.arange(n_nodes + 1)).tolist()
        self._first = bounds
        self._tail = tail[order].tolist()
        self._cost = cost[order].tolist()
        self.n_nodes = n_nodes

    def times_to(self, ends: Iterable[tuple[int, int]]) -> Int64:
        """Return (n_nodes,) least times to any (node, seconds still to go there); UNREACHED without a way.

        Dijkstra's algorithm from the ends, against the arcs; whole numbers, so nothing is rounded.
        """
        best = [UNREACHED] * self.n_nodes
        heap: list[tuple[int, int]] = []
        for node, offset in ends:
            if offset < best[node]:
                best[node] = offset
                heap.append((offset, node))
        heapify(heap)
        first, tails, costs = self._first, self._tail, self._cost
        while heap:
            time, node = heappop(heap)
            if time > best[node]:
                continue
            for k in range(first[node], first[node + 1]):
                reached, tail = time + costs[k], tails[k]
                if reached < best[tail]:
                    best[tail] = reached
                    heappush(heap, (reached, tail))
        return int64(best)

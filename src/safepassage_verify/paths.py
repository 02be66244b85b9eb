"""Least times to a set of nodes, in whole seconds."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heapify, heappop, heappush

import numpy as np

from safepassage_verify.roads import Int64, Roads, int64

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
        heap = [(offset, node) for node, offset in ends]
        heapify(heap)
        for offset, node in heap:
            best[node] = min(best[node], offset)
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


class Paths:
    """Least times over arcs of one network; graphs and answers are kept, for many bounds ask the same."""

    def __init__(self, roads: Roads) -> None:
        self._roads = roads
        self._graphs: dict[tuple[bytes, bytes, bool], ReverseGraph] = {}
        self._times: dict[tuple[ReverseGraph, frozenset[tuple[int, int]]], Int64] = {}

    def times_to(self, arc: Int64, ends: Iterable[tuple[int, int]], *, links: Int64 | None = None) -> Int64:
        """Return (n_nodes,) least times to any (node, seconds to go) over `arc`, and `links` at no time."""
        return self._answer(self._graph(arc, int64([]) if links is None else links, against=False), ends)

    def times_from(self, arc: Int64, starts: Iterable[tuple[int, int]]) -> Int64:
        """Return (n_nodes,) least times at which a node is reached from any (node, second)."""
        return self._answer(self._graph(arc, int64([]), against=True), starts)

    def _answer(self, graph: ReverseGraph, ends: Iterable[tuple[int, int]]) -> Int64:
        question = (graph, frozenset(ends))
        if question not in self._times:
            self._times[question] = graph.times_to(sorted(question[1]))
        return self._times[question]

    def _graph(self, arc: Int64, links: Int64, *, against: bool) -> ReverseGraph:
        name = (arc.tobytes(), links.tobytes(), against)
        if name not in self._graphs:
            roads, both = self._roads, np.concatenate([arc, links])
            cost = np.concatenate([roads.least_travel_s[arc], np.zeros(len(links), dtype=np.int64)])
            tail, head = roads.tail[both], roads.head[both]
            self._graphs[name] = ReverseGraph(
                roads.n_nodes, *((head, tail) if against else (tail, head)), cost
            )
        return self._graphs[name]

"""Flows that run steadily and stop in time, and the labels of nodes that prove no other flow brings more.

If those who wait at some sources never end, a flow over time that brings as many as possible to the exits by
a horizon sends the same along the same ways all the time, each until its last useful moment: Ford and
Fulkerson, "Constructing maximal dynamic flows from static flows" (1958, doi:10.1287/opre.6.3.419). It is a
flow of least cost in the network itself, and its prices are the best labels there are for these sources. From
one horizon to the next little changes: a network simplex (Cunningham, "A network simplex method", 1976,
doi:10.1007/BF01580379) goes on from the tree of the last.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.flow_over_time.network import SlackNetwork

Int64 = NDArray[np.int64]
ENDLESS = 2**50
"""What runs on an arc without limit; sums of it stay far below the range of whole numbers."""
CLOSED_S = 2**32


class SteadyFlow:
    """The steady flows of one network, horizon after horizon; whoever waits nowhere is left out."""

    def __init__(self, network: SlackNetwork) -> None:
        from safepassage.kernels.flow_over_time import steady_loops as loops  # noqa: PLC0415 - numba is slow

        net, self._network = network, network
        inside = np.ones(net.n_nodes, dtype=bool)
        inside[net.exits] = False
        # All exits are the root, and all sources hang on one more node.
        node = np.where(inside, np.cumsum(inside), 0)
        self._node, everybody = node, int(inside.sum()) + 1
        sources = node[net.source_node]
        self._source_arcs = len(net.tail) + np.arange(len(sources))
        tail = np.concatenate([node[net.tail], np.full(len(sources), everybody), [0]])
        head = np.concatenate([node[net.head], sources, [everybody]])
        cost = np.concatenate([net.detour_s, net.first_s, [0]])
        capacity = np.concatenate([net.capacity_mveh_h, np.full(len(sources) + 1, ENDLESS)])
        self._arcs = tuple(np.ascontiguousarray(c, dtype=np.int64) for c in (tail, head, cost, capacity))
        self._run = np.zeros(len(tail), dtype=np.int64), np.full(len(tail), loops.LOWER, dtype=np.int64)
        n = everybody + 1
        none = [np.full(n, loops.NONE, dtype=np.int64) for _ in range(5)]
        self._tree = (
            none[0], none[1], np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.int64), none[2], none[3],
            none[4], np.zeros(n, dtype=np.int64),
        )  # fmt: skip
        self._fill_tree(everybody)

    def _fill_tree(self, everybody: int) -> None:
        from safepassage.kernels.flow_over_time import steady_loops as loops  # noqa: PLC0415

        to_root = np.array(self._arcs[2])
        to_root[self._source_arcs] = CLOSED_S
        columns = (*self._arcs[:2], to_root[:-1], self._arcs[3])
        loops.first_tree(tuple(c[: len(to_root) - 1] for c in columns), self._run, self._tree)
        arc = int(self._source_arcs[0])
        loops.hang(everybody, int(self._arcs[1][arc]), arc, True, self._tree)
        self._run[1][arc] = loops.IN_TREE

    def labels(self, horizon_s: int, waiting: NDArray[np.bool_]) -> Int64:
        """Return (n_nodes,) the last moments, in clock seconds, from which one more could come in in time.

        Parameters
        ----------
        waiting
            (n_sources,) at which sources people are still waiting by the horizon. The others count as in.
        """
        self._settle(horizon_s, waiting)
        price = self._tree[7][self._node]
        return np.asarray(horizon_s + 1 - price - self._network.to_exit_s, dtype=np.int64)

    def used(self, horizon_s: int, waiting: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return (n_arcs,) the arcs that the steady flow of a horizon runs on."""
        self._settle(horizon_s, waiting)
        return np.asarray(self._run[0][: len(self._network.tail)] > 0)

    def _settle(self, horizon_s: int, waiting: NDArray[np.bool_]) -> None:
        """Make the flow that of a horizon, from that of the last one."""
        from safepassage.kernels.flow_over_time import steady_loops as loops  # noqa: PLC0415

        cost = self._arcs[2]
        cost[self._source_arcs] = np.where(waiting, self._network.first_s, CLOSED_S)
        cost[-1] = -(horizon_s + 1)
        loops.solve(self._arcs, self._run, self._tree)

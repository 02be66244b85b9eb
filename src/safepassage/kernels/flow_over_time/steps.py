"""Nodes in step: clocks of nodes are shifted within a bin so that the roads most used need no rounding.

In slack time every arc off the fastest ways is rounded to whole bins, and a flow that is rounded again and
again meets at other seconds than the vehicles do. Any clock of a node may be moved: arcs then take what
they take plus the difference of their ends. The arcs of one spanning tree can be made exact that way, and
the tree of the largest loads is found as by Kruskal, "On the shortest spanning subtree of a graph and the
traveling salesman problem" (1956, doi:10.1090/S0002-9939-1956-0078686-7).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.flow_over_time.network import SlackNetwork

Int64 = NDArray[np.int64]


def in_step(network: SlackNetwork, load: Int64, at_once: Int64, bin_s: int) -> SlackNetwork:
    """Return the network with times to an exit moved by at most half a bin.

    Parameters
    ----------
    load
        Vehicles by arc as it was given, in a flow of wider bins.
    at_once
        Vehicles by node as it was given that left as soon as they might: their first bin begins when they do.
    """
    from safepassage.kernels.flow_over_time import step_loops as loops  # noqa: PLC0415 - numba is slow

    carried = load[network.raw_arcs[network.raw_start[:-1]]] if len(network.tail) else network.tail
    used = np.flatnonzero(carried > 0)
    waiting = at_once[network.raw_node[network.source_node]]
    first, root = np.flatnonzero(waiting > 0), network.n_nodes
    # The root is the clock itself: bins of exits are what stages are counted in.
    rows = (
        np.concatenate([network.exits, network.source_node[first], network.head[used]]),
        np.concatenate([np.full(len(network.exits) + len(first), root), network.tail[used]]),
        np.concatenate([np.zeros_like(network.exits), -network.first_s[first], -network.detour_s[used]]),
    )
    weight = np.concatenate(
        [np.full(len(network.exits), np.iinfo(np.int64).max), waiting[first], carried[used]]
    )
    order = np.argsort(-weight, kind="stable")
    phase = loops.phases(root + 1, tuple(np.ascontiguousarray(row[order]) for row in rows))
    half = bin_s // 2
    phase = (phase[:root] - phase[root] + half) % bin_s - half
    moved = network.detour_s + phase[network.head] - phase[network.tail]
    return replace(
        network, to_exit_s=network.to_exit_s + phase, detour_s=np.maximum(moved, -half),
        first_s=network.first_s + phase[network.source_node],
    )  # fmt: skip

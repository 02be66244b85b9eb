"""Paths of a flow over time: who drives where, and when they are to leave."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.flow_over_time.sweep import Sweep

Int64 = NDArray[np.int64]


class FlowPaths(NamedTuple):
    """Rows of vehicles that leave together: row p drives the given arcs `arcs[start[p]:start[p + 1]]`.

    `source` are positions in the movers, `depart_s` clock seconds, not before the release.
    """

    source: Int64
    start: Int64
    arcs: Int64
    depart_s: Int64
    vehicles: Int64


def flow_paths(found: Sweep) -> FlowPaths:
    """Return the flow as paths, circles taken out; whatever the sweep sent arrives on one of them."""
    from safepassage.kernels.flow_over_time import path_loops as loops  # noqa: PLC0415 - numba is slow

    net = found.network
    is_exit = np.zeros(net.n_nodes, dtype=np.bool_)
    is_exit[net.exits] = True
    out_start = np.searchsorted(net.tail, np.arange(net.n_nodes + 1))
    n_bins = len(found.arrived)
    rows, start, arcs = loops.decompose(
        (out_start, net.head, found.shift, is_exit), found.flow.copy(), found.left_at, net.source_node,
        n_bins * net.n_nodes + 1 if n_bins * net.n_nodes < 2**20 else 2**20,
    )  # fmt: skip
    lengths = np.diff(net.raw_start)[arcs]
    ends = np.concatenate([[0], np.cumsum(lengths)])
    within = np.arange(int(ends[-1])) - np.repeat(ends[:-1], lengths)
    raw = net.raw_arcs[np.repeat(net.raw_start[arcs], lengths) + within] if len(arcs) else arcs
    source = rows[:, 0]
    to_exit = net.to_exit_s[net.source_node[source]]
    release = net.first_s[source] - to_exit
    return FlowPaths(
        source=net.source[source], start=ends[start], arcs=raw,
        depart_s=np.maximum(release, rows[:, 1] * found.bin_s - to_exit), vehicles=rows[:, 2],
    )  # fmt: skip

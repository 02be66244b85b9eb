"""Compiled loops of `steps`: a forest whose nodes know how far their clock is from that of their root."""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.compiled import compiled


@compiled
def root_of(v: int, parent: Any, offset_s: Any) -> int:
    """Return the root of a node's tree, and let all nodes on the way point to it."""
    root, total = v, np.int64(0)
    while parent[root] != root:
        total += offset_s[root]
        root = parent[root]
    while parent[v] != v:
        above, own = parent[v], offset_s[v]
        parent[v], offset_s[v] = root, total
        total -= own
        v = above
    return root


@compiled
def phases(n_nodes: int, wishes: Any) -> Any:
    """Return clocks such that each wish clock[a] - clock[b] = apart holds unless earlier ones forbid it.

    `wishes` is (a, b, apart), the most important first.
    """
    parent, offset_s = np.arange(n_nodes), np.zeros(n_nodes, np.int64)
    later, sooner, apart = wishes
    for i in range(len(later)):
        a, b, apart_s = later[i], sooner[i], apart[i]
        over, under = root_of(b, parent, offset_s), root_of(a, parent, offset_s)
        if over != under:
            parent[under], offset_s[under] = over, offset_s[b] + apart_s - offset_s[a]
    clock = np.empty(n_nodes, np.int64)
    for v in range(n_nodes):
        root_of(v, parent, offset_s)
        clock[v] = offset_s[v]
    return clock

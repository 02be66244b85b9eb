"""The least cut between sources and sinks of a network with capacities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

UNLIMITED = 2**40
"""Capacity that stands for "no limit"; far above any number of persons, far below the solver's range."""


def least_cut(
    n_nodes: int, arcs: tuple[Int64, Int64, Int64], supplies: tuple[Int64, Int64], sinks: tuple[Int64, Int64]
) -> tuple[int, NDArray[np.bool_]]:
    """Return (value, (n_nodes,) bool: on the sources' side) of a least cut.

    Parameters
    ----------
    arcs
        (tail, head, capacity) columns; capacities at most UNLIMITED.
    supplies, sinks
        (node, amount) columns; a node may occur several times.

    The value is a claim of the flow solver; whoever needs it certain sums the cut again.
    """
    from ortools.graph.python import max_flow  # noqa: PLC0415 - solvers load when first used

    source, sink = n_nodes, n_nodes + 1
    # The last arc carries nothing: it makes source and sink known to the solver where nothing else does.
    tail = np.concatenate([arcs[0], np.full(len(supplies[0]), source), sinks[0], [source]]).astype(np.int32)
    head = np.concatenate([arcs[1], supplies[0], np.full(len(sinks[0]), sink), [sink]]).astype(np.int32)
    capacity = np.concatenate([arcs[2], supplies[1], sinks[1], [0]]).astype(np.int64)
    solver: Any = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(tail, head, np.minimum(capacity, UNLIMITED))
    if solver.solve(source, sink) != solver.OPTIMAL:
        raise ArithmeticError("the flow solver found no optimum")
    side = np.zeros(n_nodes + 2, dtype=bool)
    side[np.asarray(solver.get_source_side_min_cut(), dtype=np.int64)] = True
    return int(solver.optimal_flow()), side[:n_nodes]


def load() -> None:
    """Load the solver ahead; otherwise it is when a cut is first asked for."""
    import ortools.graph.python.max_flow  # noqa: F401, PLC0415 - as above

"""The cheapest of the largest flows of a network, and the paths it runs along."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.graphs.static_cut import UNLIMITED

Int64 = NDArray[np.int64]


class FlowPath(NamedTuple):
    """`amount` runs from supply `source` (a position) along `arcs` (positions)."""

    source: int
    arcs: tuple[int, ...]
    amount: int


class Flow(NamedTuple):
    """Amount that arrives, and what runs on each arc, from each supply and into each sink."""

    value: int
    on_arcs: Int64
    from_supplies: Int64
    into_sinks: Int64


def cheapest_flow(
    n_nodes: int,
    arcs: tuple[Int64, Int64, Int64, Int64],
    supplies: tuple[Int64, Int64],
    sinks: tuple[Int64, Int64],
) -> Flow:
    """Return a maximum flow of least cost.

    Parameters
    ----------
    arcs
        (tail, head, capacity, cost) columns of whole numbers; costs above 0, so that nothing circles.
    supplies, sinks
        (node, amount) columns.

    The flow is a proposal: whoever uses it books it again.

    References
    ----------
    Goldberg, "An efficient implementation of a scaling minimum-cost flow algorithm" (1997), as implemented in
    OR-Tools.
    """
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415 - solvers load when first used

    source, sink = n_nodes, n_nodes + 1
    n_arcs, n_supplies = len(arcs[0]), len(supplies[0])
    tail = np.concatenate([arcs[0], np.full(n_supplies, source), sinks[0]]).astype(np.int32)
    head = np.concatenate([arcs[1], supplies[0], np.full(len(sinks[0]), sink)]).astype(np.int32)
    total = int(supplies[1].sum())
    capacity = np.minimum(np.concatenate([arcs[2], supplies[1], sinks[1]]), min(total, UNLIMITED))
    cost = np.concatenate([arcs[3], np.zeros(n_supplies + len(sinks[0]), dtype=np.int64)])
    solver: Any = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(tail, head, capacity.astype(np.int64), cost.astype(np.int64))
    solver.set_nodes_supplies(np.asarray([source, sink]), np.asarray([total, -total]))
    if solver.solve_max_flow_with_min_cost() != solver.OPTIMAL:
        raise ArithmeticError("the flow solver found no optimum")
    flow = np.asarray(solver.flows(np.arange(len(tail))), dtype=np.int64)
    parts = np.split(flow, [n_arcs, n_arcs + n_supplies])
    return Flow(int(parts[1].sum()), parts[0], parts[1], parts[2])


def flow_paths(arcs: tuple[Int64, Int64], flow: Flow, supplies: Int64, sinks: Int64) -> list[FlowPath]:
    """Return paths that carry a flow without circles, those of the first supply first.

    Parameters
    ----------
    arcs
        (tail, head) columns.
    supplies, sinks
        Nodes.

    References
    ----------
    Ahuja, Magnanti, Orlin, "Network Flows" (1993), theorem 3.5: the flow decomposition.
    """
    head, left = arcs[1].tolist(), flow.on_arcs.tolist()
    leaving: dict[int, list[int]] = {}
    for arc in np.flatnonzero(flow.on_arcs > 0).tolist():
        leaving.setdefault(int(arcs[0][arc]), []).append(arc)
    ending: dict[int, int] = {}
    for node, amount in zip(sinks.tolist(), flow.into_sinks.tolist(), strict=True):
        ending[node] = ending.get(node, 0) + amount
    found = []
    for source, (start, amount) in enumerate(
        zip(supplies.tolist(), flow.from_supplies.tolist(), strict=True)
    ):
        waiting = amount
        while waiting:
            path, node, most = [], start, waiting
            while not ending.get(node, 0):
                arc = _next(leaving[node], left)
                path.append(arc)
                most, node = min(most, left[arc]), head[arc]
            most = min(most, ending[node])
            ending[node] -= most
            for arc in path:
                left[arc] -= most
            waiting -= most
            found.append(FlowPath(source, tuple(path), most))
    return found


def _next(arcs: list[int], left: list[int]) -> int:
    """Return the last arc that still carries something, dropping those behind it that do not."""
    while not left[arcs[-1]]:
        arcs.pop()
    return arcs[-1]

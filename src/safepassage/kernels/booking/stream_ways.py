"""Ways for many cars that stand anywhere on the roads: a cheapest flow of what roads can still carry.

All cars that were to pass a closed road need new ways at once. Taken one by one the first fill the near ways
and the last find none; a flow of least cost through what each road can carry until everybody is out shares
the ways out between all of them (a static flow for a quickest one: Fleischer and Tardos, "Efficient
continuous-time dynamic network flow algorithms", 1998, doi:10.1016/S0167-6377(98)00037-6).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.booking.booking_loops import NEVER
from safepassage.kernels.compiled import compiled
from safepassage.kernels.graphs.cheapest_flow import Flow, cheapest_flow

Int64 = NDArray[np.int64]
TRIALS = 4
"""Horizons tried: each as much longer as the last one was too short."""


class Streams(NamedTuple):
    """Ways as (start, arcs), and (n_cars,) the way of each car, NEVER without one."""

    start: Int64
    arcs: Int64
    way: Int64


def streams(
    network: tuple[Int64, Int64, Int64, int],
    exits: Int64,
    node: Int64,
    fits: Callable[[int], Int64],
    *,
    first_s: int,
    most_s: int,
) -> Streams:
    """Return ways for cars from the nodes where they stand to any exit.

    Parameters
    ----------
    network
        (tail, head, travel_s, n_nodes) of open arcs; travel times above 0.
    node
        (n_cars,) where each car stands, in the order in which they set out.
    fits
        (n_arcs,) cars that each arc can still take within so many seconds from now on.
    first_s, most_s
        Seconds tried first, and the most.
    """
    tail, head, travel_s, n_nodes = network
    inside = np.ones(n_nodes, dtype=bool)
    inside[exits] = False
    nodes, who, number = np.unique(node, return_inverse=True, return_counts=True)
    window_s, found = first_s, None
    for _ in range(TRIALS):
        found = cheapest_flow(
            n_nodes, (tail, head, np.where(inside[tail], fits(window_s), 0), np.maximum(1, travel_s)),
            (nodes, number), (exits, np.full(len(exits), len(node))),
        )  # fmt: skip
        if found.value == len(node) or window_s >= most_s:
            break
        window_s = min(most_s, window_s * len(node) // max(1, found.value) + 1)
    return _shared_out(found, (tail, head, inside), nodes, who) if found else Streams(nodes, nodes, node)


def _shared_out(found: Flow, network: tuple[Any, ...], nodes: Int64, who: Int64) -> Streams:
    """Return the ways of a flow, each car on one from its node; those of a node take them by turns."""
    tail, head, inside = network
    order = np.argsort(tail, kind="stable")
    out_start = np.searchsorted(tail[order], np.arange(len(inside) + 1))
    start, arcs, whose, amount = ways_of(
        (out_start, order, head, inside), found.on_arcs.copy(), nodes, found.from_supplies
    )
    first = np.searchsorted(whose, np.arange(len(nodes) + 1))
    return Streams(start, arcs, by_turns(first, amount, who))


@compiled
def ways_of(network: Any, left: Any, nodes: Any, amounts: Any) -> tuple[Any, Any, Any, Any]:
    """Return (start, arcs, position of the node, cars) of the ways along which a flow runs; uses it up."""
    out_start, out_arc, head, inside = network
    at = out_start[:-1].copy()
    start, whose, many = np.zeros(1025, np.int64), np.empty(1024, np.int64), np.empty(1024, np.int64)
    arcs, used, n = np.empty(1024, np.int64), 0, 0
    for i in range(len(nodes)):
        waiting = amounts[i]
        while waiting > 0:
            v, end, most = nodes[i], used, waiting
            while inside[v]:
                while at[v] < out_start[v + 1] and left[out_arc[at[v]]] == 0:
                    at[v] += 1
                if at[v] == out_start[v + 1]:
                    break
                arc = out_arc[at[v]]
                if end == len(arcs):
                    arcs = np.concatenate((arcs, np.empty(len(arcs), np.int64)))
                arcs[end] = arc
                end += 1
                most, v = min(most, left[arc]), head[arc]
            if inside[v]:
                break
            for j in range(used, end):
                left[arcs[j]] -= most
            if n == len(whose):
                whose = np.concatenate((whose, np.empty(n, np.int64)))
                many = np.concatenate((many, np.empty(n, np.int64)))
                start = np.concatenate((start, np.empty(n, np.int64)))
            whose[n], many[n] = i, most
            n, used, waiting = n + 1, end, waiting - most
            start[n] = used
    return start[: n + 1].copy(), arcs[:used].copy(), whose[:n].copy(), many[:n].copy()


@compiled
def by_turns(first: Any, amount: Any, who: Any) -> Any:
    """Return the way of each car of a list: the ways of its node in proportion to what they are to take."""
    way, given = np.full(len(who), NEVER), np.zeros(len(amount), np.int64)
    for car in range(len(who)):
        best = NEVER
        for j in range(first[who[car]], first[who[car] + 1]):
            # The least share given so far comes next: (given + 1) / amount, compared across.
            if best == NEVER or (given[j] + 1) * amount[best] < (given[best] + 1) * amount[j]:
                best = j
        if best != NEVER:
            way[car] = best
            given[best] += 1
    return way

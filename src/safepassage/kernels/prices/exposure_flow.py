"""The least-cost flow over time in slack coordinates: one commodity, costs and capacities by arc and bin.

A second t at node v is counted as t + potential(v), the potential being the least time from v to a site: on
shortest ways this sum does not change, so rounding to bins touches detours and queues only. Min-cost flow
on the
time-expanded network after Hamacher and Tjandra 2001 ("Mathematical modelling of evacuation problems"); the
prices are node potentials of its optimum and a claim of the solver until summed again.
"""

# mypy: allow-untyped-calls
# The loops take named tuples of arrays whose types numba infers.
from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled
from safepassage.kernels.prices.priced_journeys import HazardSteps, Prices

Int64 = NDArray[np.int64]

PARTS = 3
"""A vehicle is this many units of flow, so that usual capacities are whole numbers per minute."""
FAR = 2**60


class FlowNetwork(NamedTuple):
    """Arcs with travel time and capacity (vehicles/h, thousandths), hazard, potentials and where flow starts.

    `sources` are (node, release second, cars) columns; `potential_s` is FAR where no site is reached.
    """

    tail: Int64
    head: Int64
    travel_s: Int64
    capacity_mveh_h: Int64
    units_mveh: int
    hazard: HazardSteps
    potential_s: Int64
    first_s: Int64
    sites: Int64
    sources: tuple[Int64, Int64, Int64]
    wait_exposed: bool


class Flow(NamedTuple):
    """The flow: cars it carries, its cost, prices by (arc, interval), and paths.

    A path has a source, cars (perhaps a fraction) and arcs from `first[i]` on; `earliest_s` is the second
    before
    which an arc is not entered where the flow waited for it, -1 where it did not.
    """

    carried: float
    cost: float
    prices: Prices
    source: Int64
    cars: NDArray[np.float64]
    first: Int64
    arc: Int64
    earliest_s: Int64


class _Expanded(NamedTuple):
    """Arcs of the time-expanded network: ends, capacity, cost, arc of the road network (-1: none), bin."""

    a: Int64
    b: Int64
    capacity: Int64
    cost: Int64
    arc: Int64
    bin: Int64


def least_exposure_flow(network: FlowNetwork, *, by_s: int, bin_s: int) -> Flow:
    """Return a flow that carries as many cars as can arrive by `by_s`, at the least exposure for so many."""
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415 - solvers load when first used

    bins = by_s // bin_s
    n = len(network.potential_s)
    source, sink = n * bins, n * bins + 1
    wide = _expand(network, bins, bin_s)
    starts = _starts(network, bins, bin_s, source)
    a, b, capacity, cost = (
        np.concatenate([x, y])
        for x, y in zip((wide.a, wide.b, wide.capacity, wide.cost), starts, strict=True)
    )
    solver: Any = min_cost_flow.SimpleMinCostFlow()
    known, inverse = np.unique(np.concatenate([a, b, [source, sink]]), return_inverse=True)
    m = len(a)
    ends = inverse[:m].astype(np.int32), inverse[m : 2 * m].astype(np.int32)
    arcs = solver.add_arcs_with_capacity_and_unit_cost(*ends, capacity, cost)
    total = int(starts[2].sum())
    solver.set_nodes_supplies(
        np.asarray([inverse[-2], inverse[-1]], dtype=np.int32), np.asarray([total, -total], dtype=np.int64)
    )
    if solver.solve_max_flow_with_min_cost() != solver.OPTIMAL:
        raise ArithmeticError("the flow solver found no optimum")
    flow = np.asarray(solver.flows(arcs), dtype=np.int64)
    both = tuple(e.astype(np.int64) for e in ends)
    distance = _distances(len(known), both, (capacity, cost, flow), int(inverse[-1]))
    prices = _prices(network, wide, flow, distance, ends, bin_s)
    carried = int(flow[len(wide.a) :].sum()) / PARTS
    return Flow(carried, float(flow @ cost) / PARTS, prices, *_paths(network, wide, flow, bins, bin_s))


def _expand(network: FlowNetwork, bins: int, bin_s: int) -> _Expanded:
    """Return road arcs by bin, waits from bin to bin, and the ways from sites to the sink."""
    pi, n = network.potential_s, len(network.potential_s)
    near = np.flatnonzero((pi[network.tail] < FAR) & (pi[network.head] < FAR))
    u, v = network.tail[near], network.head[near]
    slack = network.travel_s[near] + pi[v] - pi[u]
    shift = (slack + bin_s // 2) // bin_s
    lo = np.maximum(0, (network.first_s[u] + pi[u]) // bin_s)
    count = np.maximum(0, bins - shift - lo)
    e = np.repeat(np.arange(len(near)), count)
    k = lo[e] + np.arange(len(e)) - np.repeat(np.cumsum(count) - count, count)
    room = network.capacity_mveh_h[near] * bin_s * PARTS // (3600 * network.units_mveh)
    enter = k * bin_s + bin_s // 2 - pi[u[e]]
    # Rounding up lends time: it is charged, or driving in circles would be cheaper than waiting.
    lent = np.maximum(0, shift * bin_s - slack)
    cost = _over(network.hazard, near[e], enter, enter + network.travel_s[near[e]] + lent[e])
    first = _Expanded(u[e] * bins + k, v[e] * bins + k + shift[e], room[e], cost + 1, near[e], k)
    nodes = np.flatnonzero((pi < FAR) & (network.first_s < FAR))
    nodes = nodes[~np.isin(nodes, network.sites)]
    lo = np.maximum(0, (network.first_s[nodes] + pi[nodes]) // bin_s)
    count = np.maximum(0, bins - 1 - lo)
    w = np.repeat(np.arange(len(nodes)), count)
    k = lo[w] + np.arange(len(w)) - np.repeat(np.cumsum(count) - count, count)
    held = _over(
        network.hazard, _calmest(network)[nodes[w]], k * bin_s - pi[nodes[w]], (k + 1) * bin_s - pi[nodes[w]]
    )
    free = np.zeros(n, dtype=bool)
    if not network.wait_exposed:
        free[network.sources[0]] = True
    held[free[nodes[w]]] = 0
    none = np.full(len(w), -1)
    big = np.full(len(w), int(network.sources[2].sum()) * PARTS)
    waits = _Expanded(nodes[w] * bins + k, nodes[w] * bins + k + 1, big, held, none, k)
    s = np.repeat(network.sites, bins)
    k = np.tile(np.arange(bins), len(network.sites))
    out = _Expanded(
        s * bins + k, np.full(len(s), n * bins + 1), np.full(len(s), int(network.sources[2].sum()) * PARTS),
        np.zeros(len(s), dtype=np.int64), np.full(len(s), -1), k,
    )  # fmt: skip
    return _Expanded(
        *(np.concatenate(columns).astype(np.int64) for columns in zip(first, waits, out, strict=True))
    )


def _starts(network: FlowNetwork, bins: int, bin_s: int, source: int) -> tuple[Int64, Int64, Int64, Int64]:
    node, _, cars = network.sources
    kept = _started(network, bins, bin_s)
    b = node[kept] * bins + _start_bin(network, bins, bin_s)[kept]
    return (
        np.full(len(b), source, dtype=np.int64), b, cars[kept] * PARTS, np.zeros(len(b), dtype=np.int64)
    )  # fmt: skip


def _start_bin(network: FlowNetwork, bins: int, bin_s: int) -> Int64:
    """Return the bin of each source's release, to the nearest; the last bin is not left by rounding."""
    sigma = network.sources[1] + network.potential_s[network.sources[0]]
    k = (sigma + bin_s // 2) // bin_s
    return np.where(k == bins, np.minimum(k, sigma // bin_s), k)


def _started(network: FlowNetwork, bins: int, bin_s: int) -> Int64:
    reached = network.potential_s[network.sources[0]] < FAR
    return np.flatnonzero(reached & (_start_bin(network, bins, bin_s) < bins)).astype(np.int64)


def _over(hazard: HazardSteps, arc: Int64, start: Int64, end: Int64) -> Int64:
    """Return the sum of hazard over [start, end), clipped to the steps."""
    base, breaks = hazard.cumulated(), hazard.breaks

    def before(t: Int64) -> Int64:
        t = np.clip(t, 0, breaks[-1] - 1)
        k = np.searchsorted(breaks, t, side="right") - 1
        out: Int64 = base[arc, k] + hazard.ppm[arc, k] * (t - breaks[k])
        return out

    return before(end) - before(start)


def _calmest(network: FlowNetwork) -> Int64:
    """Return for every node the outgoing arc with the least hazard overall (0 where there is none)."""
    order = np.lexsort((network.hazard.ppm.sum(axis=1), network.tail))
    nodes, at = np.unique(network.tail[order], return_index=True)
    out = np.zeros(len(network.potential_s), dtype=np.int64)
    out[nodes] = order[at]
    return out


def _prices(
    network: FlowNetwork, wide: _Expanded, flow: Int64, distance: Int64, ends: tuple[Any, Any], bin_s: int
) -> Prices:
    m = len(wide.a)
    d_a, d_b = distance[ends[0][:m]], distance[ends[1][:m]]
    fits = (wide.arc >= 0) & (flow[:m] >= wide.capacity) & (d_a < FAR) & (d_b < FAR)
    gain = np.where(fits, d_a - d_b - wide.cost, 0)
    kept = np.flatnonzero(gain > 0)
    e, k = wide.arc[kept], wide.bin[kept]
    start = k * bin_s - network.potential_s[network.tail[e]]
    order = np.lexsort((start, e))
    e, start, gain = e[order], start[order], gain[kept][order]
    lo, hi = np.maximum(start, 0), np.maximum(start + bin_s, 0)
    real = hi > lo
    return Prices(arc=e[real], from_s=lo[real], until_s=hi[real], price=gain[real])


@compiled
def _distances(n, ends, columns, sink):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, C901
    """Return least residual costs to the sink: label correcting with a queue; FAR where there is no way."""
    a, b = ends
    capacity, cost, flow = columns
    m = len(a)
    count = np.zeros(n + 1, dtype=np.int64)
    for i in range(m):
        if flow[i] < capacity[i]:
            count[b[i] + 1] += 1
        if flow[i] > 0:
            count[a[i] + 1] += 1
    first = np.cumsum(count)
    fill = first[:-1].copy()
    start = np.empty(first[-1], dtype=np.int64)
    price = np.empty(first[-1], dtype=np.int64)
    for i in range(m):
        if flow[i] < capacity[i]:
            start[fill[b[i]]], price[fill[b[i]]] = a[i], cost[i]
            fill[b[i]] += 1
        if flow[i] > 0:
            start[fill[a[i]]], price[fill[a[i]]] = b[i], -cost[i]
            fill[a[i]] += 1
    out = np.full(n, FAR, dtype=np.int64)
    out[sink] = 0
    queue = np.empty(n + 1, dtype=np.int64)
    waiting = np.zeros(n, dtype=np.bool_)
    queue[0], head, tail = sink, 0, 1
    while head != tail:
        x = queue[head]
        head = (head + 1) % (n + 1)
        waiting[x] = False
        for j in range(first[x], first[x + 1]):
            y, d = start[j], out[x] + price[j]
            if d < out[y]:
                out[y] = d
                if not waiting[y]:
                    waiting[y] = True
                    if head != tail and d < out[queue[head]]:
                        head = (head - 1) % (n + 1)
                        queue[head] = y
                    else:
                        queue[tail] = y
                        tail = (tail + 1) % (n + 1)
    return out


def _paths(network: FlowNetwork, wide: _Expanded, flow: Int64, bins: int, bin_s: int) -> Any:
    """Take the flow apart into paths from each source."""
    order = np.argsort(wide.a, kind="stable")
    first = np.searchsorted(wide.a[order], np.arange(len(network.potential_s) * bins + 1)).astype(np.int64)
    _, starts, _, _ = _starts(network, bins, bin_s, 0)
    kept = _started(network, bins, bin_s)
    begun = flow[len(wide.a) :]
    source, cars, begins, arcs, at = _take_apart(
        first,
        order,
        wide.b,
        wide.arc,
        wide.bin,
        flow[: len(wide.a)].copy(),
        starts,
        begun,
        len(network.potential_s) * bins + 1,
    )
    earliest = np.where(at >= 0, at * bin_s - network.potential_s[network.tail[arcs]], -1)
    return kept[source], cars / PARTS, begins, arcs, earliest


@compiled
def _take_apart(first, order, b, arc, bins, left, starts, begun, sink):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0913, PLR0917
    source = np.empty(len(left), dtype=np.int64)
    cars = np.empty(len(left), dtype=np.float64)
    begins = np.zeros(len(left) + 1, dtype=np.int64)
    arcs = np.empty(1024, dtype=np.int64)
    at = np.empty(1024, dtype=np.int64)
    steps = np.empty(1_000_000, dtype=np.int64)
    n_paths, size = 0, 0
    for i in range(len(starts)):
        rest = begun[i]
        while rest > 0:
            x, n_steps, amount = starts[i], 0, rest
            while x != sink:
                j = first[x]
                while left[order[j]] == 0:
                    j += 1
                steps[n_steps] = order[j]
                n_steps += 1
                amount = min(amount, left[order[j]])
                x = b[order[j]]
            for s in range(n_steps):
                left[steps[s]] -= amount
                if arc[steps[s]] >= 0:
                    if size == len(arcs):
                        arcs = np.concatenate((arcs, np.empty(size, dtype=np.int64)))
                        at = np.concatenate((at, np.empty(size, dtype=np.int64)))
                    arcs[size] = arc[steps[s]]
                    at[size] = bins[steps[s]] if s > 0 and arc[steps[s - 1]] < 0 else -1
                    size += 1
            rest -= amount
            source[n_paths], cars[n_paths] = i, amount
            n_paths += 1
            begins[n_paths] = size
    return source[:n_paths], cars[:n_paths], begins[: n_paths + 1], arcs[:size], at[:size]

"""The least-cost flow over time, one commodity: costs and capacities by arc and bin, every node with a clock.

Bin k of node v begins in second ``k * bin_s + phase_s[v]``. Where the passage of an arc takes one clock to
the other in whole bins nothing is rounded, and phases can be chosen so for every arc of a forest: of the arcs
that most use, after a first flow, as signals are set for a green wave. Min-cost flow on the time-expanded
network after Hamacher and Tjandra 2001 ("Mathematical modelling of evacuation problems"). Waiting at home
costs nothing in the models this serves, so nobody waits under way but for a road that does not take a whole
car in every bin. The prices are node potentials of the optimum, a claim of the solver until summed again.
"""

# mypy: allow-untyped-calls
# The loops take named tuples of arrays whose types numba infers.
from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled
from safepassage.kernels.prices.priced_journeys import HazardSteps, OpenPieces, Prices

Int64 = NDArray[np.int64]

PARTS = 36
"""For prices a car is this many units of flow: hundreds of cars an hour are whole numbers in a second."""
FAR = 2**60


class FlowNetwork(NamedTuple):
    """Arcs with pieces and their capacity (thousandths of vehicles/h), hazard, potentials, and sources.

    `potential_s` is the least time to a site, `first_s` when anybody can be at a node, both FAR where never;
    `sources` are (node, release second, cars) columns.
    """

    tail: Int64
    head: Int64
    pieces: OpenPieces
    capacity_mveh_h: Int64
    units_mveh: int
    hazard: HazardSteps
    potential_s: Int64
    first_s: Int64
    sites: Int64
    sources: tuple[Int64, Int64, Int64]

    @property
    def least_s(self) -> Int64:
        """(n_arcs,) least travel time in any open piece, FAR where an arc never opens."""
        travel = np.where(self.pieces.close_s > 0, self.pieces.travel_s, FAR)
        return np.asarray(np.minimum.reduceat(travel, self.pieces.first[:-1]), dtype=np.int64)


class Clock(NamedTuple):
    """Bins of `bin_s` seconds; those of node v begin at `phase_s[v]`, 0 <= phase < bin.

    On ways in step bin k of v is number `k + turn[v]` all along: roads that take a car in some bins only
    take it in bins of the same numbers, so that who found room on one finds it on the next without a wait.
    """

    bin_s: int
    phase_s: Int64
    turn: Int64

    @classmethod
    def of_offsets(cls, bin_s: int, offset_s: Int64) -> Clock:
        """Return the clock of which one bin of every node v begins in second `offset_s[v]`, all in step."""
        phase = offset_s % bin_s
        return cls(bin_s, phase, (phase - offset_s) // bin_s)

    @classmethod
    def of_slack(cls, network: FlowNetwork, bin_s: int) -> Clock:
        """Return the clock that rounds nothing on shortest ways to a site."""
        pi = np.where(network.potential_s < FAR, network.potential_s, 0)
        return cls.of_offsets(bin_s, -pi)

    @classmethod
    def in_step(cls, network: FlowNetwork, bin_s: int, weight: NDArray[np.float64]) -> Clock:
        """Return the clock that rounds nothing on a forest of arcs of the greatest weight (Kruskal 1956).

        Arcs of equal weight come in the order of the detour that they are.
        """
        travel, pi = network.least_s, network.potential_s
        detour = np.where(pi < FAR, pi, 0)[network.head] + travel - np.where(pi < FAR, pi, 0)[network.tail]
        n = len(pi)
        parent, size, after = list(range(n)), [1] * n, [0] * n

        def root(x: int) -> tuple[int, int]:
            seconds = 0
            while parent[x] != x:
                seconds += after[x]
                x = parent[x]
            return x, seconds

        for e in np.lexsort((detour, -weight)).tolist():
            (u, u_s), (v, v_s) = root(int(network.tail[e])), root(int(network.head[e]))
            if u == v or travel[e] >= FAR:
                continue
            apart = u_s + int(travel[e]) - v_s
            if size[u] < size[v]:
                u, v, apart = v, u, -apart
            parent[v], after[v] = u, apart
            size[u] += size[v]
        return cls.of_offsets(bin_s, np.asarray([root(x)[1] for x in range(n)], dtype=np.int64))


class CarPaths(NamedTuple):
    """Whole cars: path i takes `cars[i]` of source `source[i]` from `depart_s[i]` on along its arcs.

    The arcs stand from `first[i]` to `first[i + 1]`; `load` (n_arcs,) counts the cars of every arc.
    """

    source: Int64
    cars: Int64
    depart_s: Int64
    first: Int64
    arc: Int64
    load: Int64


class _Expanded(NamedTuple):
    """Arcs of the expanded network: ends, capacity, cost, arc of the roads (-1: none), entry, end of bin."""

    a: Int64
    b: Int64
    capacity: Int64
    cost: Int64
    arc: Int64
    enter_s: Int64
    until_s: Int64


class _Grid(NamedTuple):
    """Bins of all nodes up to the time limit; `whole`: of whole cars that are never late for a bin."""

    bin_s: int
    begins: Int64
    turn: Int64
    bins: int
    whole: bool

    @classmethod
    def of(cls, clock: Clock, by_s: int, *, whole: bool) -> _Grid:
        # Where times are rounded down, second 0 lies in a bin that began before.
        early = (clock.phase_s > 0) & (not whole)
        begins = np.where(early, clock.phase_s - clock.bin_s, clock.phase_s)
        return cls(clock.bin_s, begins, clock.turn, by_s // clock.bin_s + 2, whole)

    @property
    def sink(self) -> int:
        return len(self.begins) * self.bins

    def bin_of(self, node: Int64, second: Int64) -> Int64:
        since = second - self.begins[node]
        bins: Int64 = -(-since // self.bin_s) if self.whole else since // self.bin_s
        return np.maximum(0, bins)

    def cells(self, node: Int64, since: Int64, until: Int64) -> tuple[Int64, Int64]:
        """Return (i, k) for every row i and every bin k of its node that begins by `until`."""
        lo = self.bin_of(node, since)
        count = np.maximum(0, (until - self.begins[node]) // self.bin_s - lo + 1)
        i = np.repeat(np.arange(len(count)), count)
        return i, lo[i] + np.arange(len(i)) - np.repeat(np.cumsum(count) - count, count)


def car_paths(network: FlowNetwork, clock: Clock, *, by_s: int) -> CarPaths:
    """Return paths of least exposure for as many cars as can arrive by `by_s`, all in step with the clock.

    Times are rounded up: a car that keeps to the clock is never late for its next arc, and what it waits for
    the clock is charged.
    """
    wide, n = _expand(network, _Grid.of(clock, by_s, whole=True), by_s)
    flow, _, _ = _solved(wide, n, len(network.sources[0]))
    begun = flow[wide.a == n - 1]
    order = np.argsort(wide.a, kind="stable")
    first = np.searchsorted(wide.a[order], np.arange(n + 1)).astype(np.int64)
    homes = n - 1 - len(begun) + np.arange(len(begun))
    source, cars, depart, begins, arcs = _take_apart(
        first, order, (wide.b, wide.arc, wide.enter_s), flow.copy(), homes, begun
    )
    road = wide.arc >= 0
    load = np.bincount(wide.arc[road], weights=flow[road], minlength=len(network.tail))
    return CarPaths(source, cars, depart, begins, arcs, load.astype(np.int64))


def arc_prices(network: FlowNetwork, clock: Clock, *, by_s: int) -> Prices:
    """Return what an entry of each arc is worth, by bin, in the flow of least exposure.

    Times are rounded down and bins that people may enter in part count: nobody who gets through in truth is
    shut out, or seconds that only they can use would have no price.
    """
    wide, n = _expand(network, _Grid.of(clock, by_s, whole=False), by_s)
    flow, ends, known = _solved(wide, n, len(network.sources[0]))
    a, b = ends[0][:-1], ends[1][:-1]
    distance = _distances(known, (a, b), (wide.capacity, wide.cost, flow), int(ends[1][-1]))
    d_a, d_b = distance[a], distance[b]
    full = (wide.arc >= 0) & (flow >= wide.capacity) & (d_a < FAR) & (d_b < FAR)
    gain = np.where(full, d_a - d_b - wide.cost, 0)
    kept = np.flatnonzero(gain > 0)
    kept = kept[np.lexsort((wide.enter_s[kept], wide.arc[kept]))]
    return Prices(arc=wide.arc[kept], from_s=wide.enter_s[kept], until_s=wide.until_s[kept], price=gain[kept])


def _expand(network: FlowNetwork, grid: _Grid, by_s: int) -> tuple[_Expanded, int]:
    """Return the arcs of the expanded network and how many nodes there are.

    Nodes are those of the roads times bins, the sink, a home for every source, and where all flow begins.
    """
    node, release, cars = network.sources
    amount = cars if grid.whole else cars * PARTS
    homes = grid.sink + 1 + np.arange(len(node))
    source = grid.sink + 1 + len(node)
    leads_out = (network.potential_s[node] < FAR) & ~np.isin(node, network.sites)
    latest = np.where(leads_out, by_s - network.potential_s[node], -1)
    c, k = grid.cells(node, release, latest)
    parts = (
        _plain(homes[c], node[c] * grid.bins + k, amount[c]),
        _plain(np.full(len(node), source), homes, amount),
        _waits(network, grid, by_s),
        _roads(network, grid, by_s),
    )
    wide = _Expanded(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    return _Expanded(*(column[wide.capacity > 0] for column in wide)), source + 1


def _plain(a: Int64, b: Int64, capacity: Int64) -> _Expanded:
    """Return arcs that are no roads and cost nothing."""
    none = np.full(len(a), -1)
    return _Expanded(a, b, capacity, np.zeros(len(a), dtype=np.int64), none, none, none)


def _waits(network: FlowNetwork, grid: _Grid, by_s: int) -> _Expanded:
    """Return waits from bin to bin before roads so narrow that some bins take no car."""
    narrow = network.capacity_mveh_h * grid.bin_s < 3600 * network.units_mveh
    of_arc = np.repeat(np.arange(len(network.tail)), np.diff(network.pieces.first))
    pi = network.potential_s
    before = np.unique(network.tail[of_arc[narrow & grid.whole]])
    nodes = before[(pi[before] < FAR) & (network.first_s[before] < FAR) & ~np.isin(before, network.sites)]
    i, k = grid.cells(nodes, network.first_s[nodes], by_s - pi[nodes] - grid.bin_s)
    since = k * grid.bin_s + grid.begins[nodes[i]]
    cost = _over(network.hazard, _calmest(network)[nodes[i]], since, since + grid.bin_s)
    many = np.full(len(i), int(network.sources[2].sum()), dtype=np.int64)
    at = nodes[i] * grid.bins + k
    return _plain(at, at + 1, many)._replace(cost=cost + 1)


def _calmest(network: FlowNetwork) -> Int64:
    """Return for every node the outgoing arc with the least hazard overall (0 where there is none)."""
    order = np.lexsort((network.hazard.ppm.sum(axis=1), network.tail))
    nodes, at = np.unique(network.tail[order], return_index=True)
    out = np.zeros(len(network.potential_s), dtype=np.int64)
    out[nodes] = order[at]
    return out


def _roads(network: FlowNetwork, grid: _Grid, by_s: int) -> _Expanded:
    """Return road arcs by bin of entry; what ends at a site goes on to the sink."""
    pi, least = network.potential_s, network.least_s
    is_site = np.zeros(len(pi), dtype=bool)
    is_site[network.sites] = True
    near = (pi[network.tail] < FAR) & (pi[network.head] < FAR) & (network.first_s[network.tail] < FAR)
    arcs = np.flatnonzero(near & (least < FAR) & ~is_site[network.tail])
    u = network.tail[arcs]
    i, k = grid.cells(u, network.first_s[u], by_s - least[arcs] - pi[network.head[arcs]])
    e, u = arcs[i], u[i]
    v, end = network.head[e], (k + 1) * grid.bin_s + grid.begins[u]
    enter = np.maximum(end - grid.bin_s, 0)
    q = _piece_at(network.pieces, e, enter)
    leave = enter + network.pieces.travel_s[q]
    is_open = (leave <= network.pieces.close_s[q]) & (leave + pi[v] <= by_s)
    then = np.minimum(grid.bin_of(v, leave), grid.bins - 1)
    until = np.where(is_site[v], leave, np.maximum(leave, then * grid.bin_s + grid.begins[v]))
    room = _room(network.capacity_mveh_h[q], network.units_mveh, grid, k + grid.turn[u], end - enter)
    return _Expanded(
        u * grid.bins + k, np.where(is_site[v], grid.sink, v * grid.bins + then), np.where(is_open, room, 0),
        _over(network.hazard, e, enter, until) + 1, e, enter, end,
    )  # fmt: skip


def _piece_at(pieces: OpenPieces, arc: Int64, second: Int64) -> Int64:
    owner = np.repeat(np.arange(len(pieces.first) - 1), np.diff(pieces.first))
    found = np.searchsorted(owner * 2**32 + pieces.from_s, arc * 2**32 + second, side="right")
    return np.asarray(found - 1, dtype=np.int64)


def _room(rate_mveh_h: Int64, units_mveh: int, grid: _Grid, k: Int64, seconds: Int64) -> Int64:
    """Return what bins of these numbers take: whole cars, by the end less those by the start; or parts."""
    per = 3600 * units_mveh
    if not grid.whole:
        return seconds * rate_mveh_h * PARTS // per
    return (k + 1) * grid.bin_s * rate_mveh_h // per - k * grid.bin_s * rate_mveh_h // per


def _over(hazard: HazardSteps, arc: Int64, start: Int64, end: Int64) -> Int64:
    """Return the sum of hazard over [start, end), clipped to the steps."""
    base, breaks = hazard.cumulated(), hazard.breaks

    def before(t: Int64) -> Int64:
        t = np.clip(t, 0, breaks[-1] - 1)
        k = np.searchsorted(breaks, t, side="right") - 1
        out: Int64 = base[arc, k] + hazard.ppm[arc, k] * (t - breaks[k])
        return out

    return before(end) - before(start)


def _solved(wide: _Expanded, n: int, n_sources: int) -> tuple[Int64, tuple[Int64, Int64], int]:
    """Return the flow by arc, ends of arcs (last: source, sink) among the nodes used, and their number."""
    from ortools.graph.python import min_cost_flow  # noqa: PLC0415 - solvers load when first used

    source, sink = n - 1, n - 2 - n_sources
    used = np.zeros(n, dtype=bool)
    used[wide.a] = used[wide.b] = used[[source, sink]] = True
    number = np.cumsum(used) - 1
    a, b = number[np.append(wide.a, source)], number[np.append(wide.b, sink)]
    solver: Any = min_cost_flow.SimpleMinCostFlow()
    arcs = solver.add_arcs_with_capacity_and_unit_cost(
        a[:-1].astype(np.int32), b[:-1].astype(np.int32), wide.capacity, wide.cost
    )
    total = int(wide.capacity[wide.a == source].sum())
    solver.set_nodes_supplies(
        np.asarray([a[-1], b[-1]], dtype=np.int32), np.asarray([total, -total], dtype=np.int64)
    )
    if solver.solve_max_flow_with_min_cost() != solver.OPTIMAL:
        raise ArithmeticError("the flow solver found no optimum")
    return np.asarray(solver.flows(arcs), dtype=np.int64), (a, b), int(used.sum())


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


@compiled
def _take_apart(first, order, arcs_of, left, homes, begun):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Take the flow apart: (source, cars, departure, where its arcs begin) of every path, and the arcs."""
    b, road, enter_s = arcs_of
    n = len(left)
    source, cars, depart = (
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
        np.empty(n, dtype=np.int64),
    )
    begins = np.zeros(n + 1, dtype=np.int64)
    out = np.empty(1024, dtype=np.int64)
    steps = np.empty(n, dtype=np.int64)
    n_paths, size = 0, 0
    for i in range(len(homes)):
        rest = begun[i]
        while rest > 0:
            x, n_steps, amount = homes[i], 0, rest
            while first[x] < first[x + 1]:
                j = first[x]
                while left[order[j]] == 0:
                    j += 1
                steps[n_steps] = order[j]
                n_steps += 1
                amount = min(amount, left[order[j]])
                x = b[order[j]]
            while size + n_steps > len(out):
                out = np.concatenate((out, np.empty(len(out), dtype=np.int64)))
            depart[n_paths] = -1
            for s in range(n_steps):
                left[steps[s]] -= amount
                if road[steps[s]] >= 0:
                    if depart[n_paths] < 0:
                        depart[n_paths] = enter_s[steps[s]]
                    out[size] = road[steps[s]]
                    size += 1
            source[n_paths], cars[n_paths] = i, amount
            n_paths += 1
            begins[n_paths] = size
            rest -= amount
    return source[:n_paths], cars[:n_paths], depart[:n_paths], begins[: n_paths + 1], out[:size]

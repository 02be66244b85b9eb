"""Peers of the evacuation benchmark: what others would do on the same instance.

* `nearest_exit`: everybody drives the fastest way to the nearest exit and queues.
* `capacity_constrained`: the capacity constrained route planner of Lu, George and Shekhar, "Capacity
Constrained Routing
  Algorithms for Evacuation Planning: A Summary of Results", SSTD 2005, doi:10.1007/11535331_17: one route a
  time, the earliest arrival from any source given what is reserved, as many vehicles as fit. The search is
  guided by the least time to an exit, which changes nothing but the speed.
* `time_expanded_flow`: maximum flow on the plain time-expanded network (Ford and Fulkerson 1958) with
ortools, and a
  bisection over the horizon.
* `time_expanded_lp`: least total arrival time on the same network as a linear program with HiGHS.

All are replayed by the same exact booking. Each gives rows: a path, a planned departure, a number of
vehicles. Times are rounded up to bins and capacities carried over from bin to bin, as these methods do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from safepassage.kernels.graphs.shortest_paths import ArcGraph

Int64 = NDArray[np.int64]
MVEH_SECONDS = 3_600_000
MOST_TIME_EXPANDED_ARCS = 25_000_000
MOST_LP_COLUMNS = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arrays:
    """An instance: arcs, sources that reach an exit with their vehicles, exits, least seconds to an exit."""

    n_nodes: int
    tail: Int64
    head: Int64
    travel_s: Int64
    capacity_mveh_h: Int64
    sources: Int64
    vehicles: Int64
    exits: Int64
    to_exit_s: Int64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Paths with planned departures: path p drives `arcs[start[p]:start[p + 1]]`; `note` says how it went."""

    source: Int64
    start: Int64
    arcs: Int64
    depart_s: Int64
    vehicles: Int64
    note: str = ""


def rows_of(paths: list[tuple[int, list[int], int, int]], note: str = "") -> Rows:
    """Return rows from (source, arcs, departure, vehicles)."""
    lengths = [len(row[1]) for row in paths]
    return Rows(
        source=np.array([row[0] for row in paths], dtype=np.int64),
        start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        arcs=np.array([arc for row in paths for arc in row[1]], dtype=np.int64),
        depart_s=np.array([row[2] for row in paths], dtype=np.int64),
        vehicles=np.array([row[3] for row in paths], dtype=np.int64),
        note=note,
    )


def nearest_exit(given: Arrays) -> Rows:
    """Return the fastest way of every source to its nearest exit, all leaving at once."""
    graph = ArcGraph(given.tail, given.head, given.n_nodes, given.capacity_mveh_h > 0)
    tree = graph.tree(given.travel_s, given.exits.tolist(), reverse=True)
    found = [
        (i, list(tree.path(node) or ()), 0, int(given.vehicles[i]))
        for i, node in enumerate(given.sources.tolist())
    ]
    return rows_of([row for row in found if row[1]])


def nearest_exit_s(given: Arrays) -> int:
    """Return about how long it takes when everybody drives to the nearest exit: the fullest road, then on."""
    rows = nearest_exit(given)
    load = np.bincount(rows.arcs, np.repeat(rows.vehicles, np.diff(rows.start)), len(given.tail))
    used = load > 0
    full_s = load[used] * MVEH_SECONDS / given.capacity_mveh_h[used]
    return int(full_s.max(initial=0)) + int(given.to_exit_s[given.sources].max(initial=0))


def bin_capacity(capacity_mveh_h: Int64, bin_s: int, n_bins: int) -> NDArray[np.int32]:
    """Return (n_arcs, n_bins) whole vehicles that enter in each bin; fractions are carried over."""
    edges = np.arange(n_bins + 1, dtype=np.int64) * bin_s
    whole = capacity_mveh_h[:, None] * edges[None, :] // MVEH_SECONDS
    return np.diff(whole, axis=1).astype(np.int32)


@njit(cache=True)
def _push(keys: Any, values: Any, n: int, key: int, value: int) -> int:
    i = n
    while i > 0 and keys[(i - 1) >> 1] > key:
        keys[i], values[i] = keys[(i - 1) >> 1], values[(i - 1) >> 1]
        i = (i - 1) >> 1
    keys[i], values[i] = key, value
    return n + 1


@njit(cache=True)
def _pop(keys: Any, values: Any, n: int) -> tuple[int, int, int]:
    key, value, n = keys[0], values[0], n - 1
    last, item, i = keys[n], values[n], 0
    while 2 * i + 1 < n:
        child = 2 * i + 1
        if child + 1 < n and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= last:
            break
        keys[i], values[i] = keys[child], values[child]
        i = child
    keys[i], values[i] = last, item
    return key, value, n


@njit(cache=True)
def _free_bin(after: Any, arc: int, k: int) -> int:
    """Return the first bin >= k with room; full bins point to the next, with paths halved."""
    while after[arc, k] != k:
        after[arc, k] = after[arc, after[arc, k]]
        k = after[arc, k]
    return k


@njit(cache=True)
def _next_route(  # noqa: C901, PLR0913, PLR0917
    first: Any, head: Any, travel_s: Any, to_exit: Any, is_exit: Any, after: Any, bin_s: int,
    sources: Any, remaining: Any, time_at: Any, via: Any, via_bin: Any, seen: Any, done: Any, keys: Any,
    values: Any, round_: int,
) -> int:  # fmt: skip
    """Return the exit that is reached first from any source with vehicles left, -1 without one."""
    n, n_bins = 0, after.shape[1] - 1
    for j in range(len(sources)):
        if remaining[j] > 0:
            node = sources[j]
            seen[node], time_at[node], via[node] = round_, 0, -1
            n = _push(keys, values, n, to_exit[node], node)
    while n > 0:
        _, node, n = _pop(keys, values, n)
        if done[node] == round_:
            continue
        done[node] = round_
        if is_exit[node]:
            return node
        now = time_at[node]
        for arc in range(first[node], first[node + 1]):
            end = head[arc]
            if to_exit[end] < 0 or done[end] == round_:
                continue
            wanted = now // bin_s
            if wanted >= n_bins:
                continue
            k = _free_bin(after, arc, wanted)
            if k >= n_bins:
                continue
            arrival = max(now, k * bin_s) + travel_s[arc]
            if seen[end] != round_ or arrival < time_at[end]:
                seen[end], time_at[end], via[end], via_bin[end] = round_, arrival, arc, k
                n = _push(keys, values, n, arrival + to_exit[end], end)
    return -1


@njit(cache=True)
def _routes(  # noqa: PLR0913, PLR0917
    first: Any, tail: Any, head: Any, travel_s: Any, to_exit: Any, is_exit: Any, left: Any, after: Any,
    bin_s: int, sources: Any, source_of: Any, remaining: Any, state: Any, most: int, begun: int,
) -> tuple[Any, Any, bool]:  # fmt: skip
    """Reserve up to `most` routes; return (source, departure, vehicles, length), their arcs, whether all."""
    time_at, via, via_bin, seen, done = state
    keys, values = (
        np.empty(len(head) + len(sources) + 16, np.int64),
        np.empty(len(head) + len(sources) + 16, np.int64),
    )
    rows, arcs, n_arcs = np.empty((most, 4), np.int64), np.empty(4096, np.int64), 0
    for row in range(most):
        end = _next_route(
            first, head, travel_s, to_exit, is_exit, after, bin_s, sources, remaining, time_at, via,
            via_bin, seen, done, keys, values, begun + row,
        )  # fmt: skip
        if end < 0:
            return rows[:row], arcs[:n_arcs], True
        node, fits, length, depart = end, 2**40, 0, 0
        while via[node] >= 0:
            arc = via[node]
            fits = min(fits, left[arc, via_bin[node]])
            depart = max(time_at[tail[arc]], via_bin[node] * bin_s)
            node = tail[arc]
            length += 1
        j = source_of[node]
        fits = min(fits, remaining[j])
        if n_arcs + length > len(arcs):
            arcs = np.concatenate((arcs, np.empty(len(arcs) + length, np.int64)))
        node, at = end, n_arcs + length
        while via[node] >= 0:
            arc, k = via[node], via_bin[node]
            left[arc, k] -= fits
            if left[arc, k] == 0:
                after[arc, k] = k + 1
            at -= 1
            arcs[at] = arc
            node = tail[arc]
        n_arcs += length
        remaining[j] -= fits
        rows[row, 0], rows[row, 1], rows[row, 2], rows[row, 3] = j, depart, fits, length
    return rows, arcs[:n_arcs], False


def capacity_constrained(given: Arrays, *, bin_s: int, n_bins: int, expired: Callable[[], bool]) -> Rows:
    """Return the routes of the capacity constrained route planner, those reserved before time ran out."""
    order = np.argsort(given.tail, kind="stable")
    tail, head = given.tail[order].astype(np.int64), given.head[order].astype(np.int64)
    first = np.searchsorted(tail, np.arange(given.n_nodes + 1)).astype(np.int64)
    left = bin_capacity(given.capacity_mveh_h[order].astype(np.int64), bin_s, n_bins)
    after = np.empty((len(tail), n_bins + 1), dtype=np.int32)
    after[:] = np.arange(n_bins + 1, dtype=np.int32)
    # A bin without room points on from the start.
    empty = np.argwhere(left == 0)
    after[empty[:, 0], empty[:, 1]] = empty[:, 1] + 1
    is_exit, source_of = np.zeros(given.n_nodes, dtype=bool), np.full(given.n_nodes, -1, dtype=np.int64)
    is_exit[given.exits] = True
    source_of[given.sources] = np.arange(len(given.sources))
    remaining = given.vehicles.astype(np.int64).copy()
    state = tuple(np.zeros(given.n_nodes, dtype=np.int64) for _ in range(5))
    kept: list[NDArray[np.int64]] = []
    arcs: list[NDArray[np.int64]] = []
    finished, count = False, 0
    while not finished and not expired():
        rows, driven, finished = _routes(
            first, tail, head, given.travel_s[order].astype(np.int64), given.to_exit_s, is_exit, left, after,
            bin_s, given.sources, source_of, remaining, state, 100, count + 1,
        )  # fmt: skip
        kept.append(rows)
        arcs.append(order[driven])
        count += len(rows)
    table = np.concatenate(kept) if kept else np.empty((0, 4), dtype=np.int64)
    note = f"{count} routes" + (
        "" if finished else f", {int(remaining.sum())} vehicles left when time ran out"
    )
    return Rows(
        source=table[:, 0],
        start=np.concatenate([[0], np.cumsum(table[:, 3])]).astype(np.int64),
        arcs=np.concatenate(arcs).astype(np.int64) if arcs else np.empty(0, dtype=np.int64),
        depart_s=table[:, 1],
        vehicles=table[:, 2],
        note=note,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Expanded:
    """A time-expanded network: (node, bin) numbered node * (n_bins + 1) + bin, then a source and a sink."""

    tail: Int64
    head: Int64
    capacity: Int64
    arc: Int64
    source: int
    sink: int


def _expand(given: Arrays, bin_s: int, n_bins: int) -> _Expanded:
    """Return the plain time-expanded network; waiting at sources, arrivals by bin `n_bins`."""
    steps = -(-given.travel_s // bin_s)
    room = bin_capacity(given.capacity_mveh_h, bin_s, n_bins)
    arc, k = np.nonzero(room)
    fits = (given.to_exit_s[given.head[arc]] >= 0) & (k + steps[arc] <= n_bins)
    arc, k = arc[fits], k[fits]
    width = n_bins + 1
    source, sink = given.n_nodes * width, given.n_nodes * width + 1
    exits = np.repeat(given.exits, width) * width + np.tile(np.arange(width), len(given.exits))
    wait = np.repeat(given.sources, n_bins) * width + np.tile(np.arange(n_bins), len(given.sources))
    total = int(given.vehicles.sum())
    parts = [
        (given.tail[arc] * width + k, given.head[arc] * width + k + steps[arc], room[arc, k], arc),
        (wait, wait + 1, np.full(len(wait), total), np.full(len(wait), -1)),
        (
            np.full(len(given.sources), source),
            given.sources * width,
            given.vehicles,
            np.full(len(given.sources), -2),
        ),
        (exits, np.full(len(exits), sink), np.full(len(exits), total), np.full(len(exits), -3)),
    ]
    columns = [np.concatenate([part[i] for part in parts]).astype(np.int64) for i in range(4)]
    return _Expanded(
        tail=columns[0], head=columns[1], capacity=columns[2], arc=columns[3], source=source, sink=sink
    )


def _max_flow(expanded: _Expanded) -> tuple[int, Any]:
    from ortools.graph.python import max_flow  # noqa: PLC0415

    solver = max_flow.SimpleMaxFlow()
    solver.add_arcs_with_capacity(expanded.tail, expanded.head, expanded.capacity)
    solver.solve(expanded.source, expanded.sink)
    return int(solver.optimal_flow()), solver


def time_expanded_flow(
    given: Arrays, *, bin_s: int, upper_s: int, lower_s: int, expired: Callable[[], bool]
) -> Rows:
    """Return the maximum flow over the least horizon that takes everybody, in bins."""
    total = int(given.vehicles.sum())
    fits = MOST_TIME_EXPANDED_ARCS // len(given.tail)
    low, high = lower_s // bin_s, min(fits, upper_s // bin_s) + 1
    longer = "; longer ones do not fit" if fits < upper_s // bin_s else ""
    best: tuple[int, _Expanded, Any] | None = None
    while high - low > 1 and not expired():
        middle = (low + high) // 2
        expanded = _expand(given, bin_s, middle)
        flow, solver = _max_flow(expanded)
        if flow == total:
            high, best = middle, (middle, expanded, solver.flows(np.arange(len(expanded.tail))))
        else:
            low = middle
    if best is None:
        none = f"no horizon up to {(high - 1) * bin_s} s takes everybody{longer}"
        return rows_of([], none if high - low <= 1 else "time ran out")
    n_bins, expanded, flows = best
    note = f"{n_bins} bins, {len(expanded.tail):,} arcs" + (
        "" if high - low <= 1 else ", bisection cut short"
    )
    return _decomposed(given, expanded, np.asarray(flows, dtype=np.int64), bin_s, n_bins, note)


@njit(cache=True)
def _walks(  # noqa: C901
    first: Any, head: Any, flow: Any, arc: Any, starts: Any, sink: int
) -> tuple[Any, Any]:
    """Take walks from `starts` to the sink off a flow; return (start, wait, vehicles, length) and arcs."""
    rows, arcs, n_rows, n_arcs = np.empty((1024, 4), np.int64), np.empty(1 << 16, np.int64), 0, 0
    edge = first.copy()
    trail = np.empty(1 << 16, np.int64)
    for start in starts:
        while True:
            node, fits, length = start, 2**40, 0
            while node != sink:
                while edge[node] < first[node + 1] and flow[edge[node]] == 0:
                    edge[node] += 1
                if edge[node] == first[node + 1]:
                    break
                trail[length] = edge[node]
                fits = min(fits, flow[edge[node]])
                node = head[edge[node]]
                length += 1
            if node != sink:
                break
            if n_rows == len(rows):
                rows = np.concatenate((rows, np.empty_like(rows)))
            if n_arcs + length > len(arcs):
                arcs = np.concatenate((arcs, np.empty_like(arcs)))
            rows[n_rows, 0], rows[n_rows, 1], rows[n_rows, 2], rows[n_rows, 3] = start, 0, fits, 0
            for i in range(length):
                flow[trail[i]] -= fits
                real = arc[trail[i]]
                if real >= 0:
                    arcs[n_arcs] = real
                    n_arcs += 1
                    rows[n_rows, 3] += 1
                elif real == -1 and rows[n_rows, 3] == 0:
                    rows[n_rows, 1] += 1
            n_rows += 1
    return rows[:n_rows], arcs[:n_arcs]


def _decomposed(given: Arrays, expanded: _Expanded, flow: Int64, bin_s: int, n_bins: int, note: str) -> Rows:
    width = n_bins + 1
    used = np.flatnonzero(flow > 0)
    order = used[np.argsort(expanded.tail[used], kind="stable")]
    first = np.searchsorted(expanded.tail[order], np.arange(expanded.sink + 2))
    rows, arcs = _walks(
        first,
        expanded.head[order],
        flow[order].copy(),
        expanded.arc[order],
        given.sources * width,
        expanded.sink,
    )
    source_of = np.full(given.n_nodes, -1, dtype=np.int64)
    source_of[given.sources] = np.arange(len(given.sources))
    return Rows(
        source=source_of[rows[:, 0] // width],
        start=np.concatenate([[0], np.cumsum(rows[:, 3])]).astype(np.int64),
        arcs=arcs,
        depart_s=rows[:, 1] * bin_s,
        vehicles=rows[:, 2],
        note=note,
    )


def time_expanded_lp(given: Arrays, *, bin_s: int, horizon_s: int, limit_s: float) -> Rows:
    """Return a flow of least total arrival time within the horizon, by HiGHS."""
    import highspy  # noqa: PLC0415

    n_bins = -(-horizon_s // bin_s)
    expanded = _expand(given, bin_s, n_bins)
    n = len(expanded.tail)
    if n > MOST_LP_COLUMNS:
        return rows_of([], f"{n:,} columns do not fit")
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("time_limit", limit_s)
    cost = np.where(expanded.arc == -3, expanded.tail % (n_bins + 1), 0).astype(np.float64)
    lp = highspy.HighsLp()
    nodes, row = np.unique(np.concatenate([expanded.tail, expanded.head]), return_inverse=True)
    lp.num_col_, lp.num_row_ = n, len(nodes)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = cost, np.zeros(n), expanded.capacity.astype(np.float64)
    demand = np.zeros(len(nodes))
    total = float(given.vehicles.sum())
    demand[np.searchsorted(nodes, expanded.source)], demand[np.searchsorted(nodes, expanded.sink)] = (
        total,
        -total,
    )
    lp.row_lower_, lp.row_upper_ = demand, demand
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = 2 * np.arange(n + 1)
    lp.a_matrix_.index_ = np.stack([row[:n], row[n:]], axis=1).ravel()
    lp.a_matrix_.value_ = np.tile([1.0, -1.0], n)
    highs.passModel(lp)
    highs.run()
    status = highs.modelStatusToString(highs.getModelStatus())
    if status != "Optimal":
        return rows_of([], f"{n:,} columns: {status}")
    flow = np.rint(np.array(highs.getSolution().col_value)).astype(np.int64)
    return _decomposed(given, expanded, flow, bin_s, n_bins, f"{n:,} columns, {n_bins} bins")

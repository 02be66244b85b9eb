"""Least-exposed journeys over time, with prices on (arc, interval): one sweep back in time, in whole seconds.

The sweep is the dynamic programme of earliest-arrival routing run backwards (Chabini 1998, "Discrete dynamic
shortest path problems in transportation applications", doi:10.3141/1645-21) with an additive cost of arc and
second. It finds the cheapest journey of every origin at once, exactly.
"""

# mypy: allow-untyped-calls
# The loops take named tuples of arrays whose types numba infers.
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled

Int64 = NDArray[np.int64]

NO_WAY = 2**62
"""The cost of an origin from which no site is reached in time."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class OpenPieces:
    """When arcs may be entered: piece `first[e]` to `first[e + 1]` of arc e, in order, covering the grid.

    `from_s` is where a piece starts, `travel_s` (>= 1) how long a passage takes, `close_s` when the arc
    closes
    next (0: the piece is closed). An entry in second t needs t + travel_s <= close_s.
    """

    first: Int64
    from_s: Int64
    travel_s: Int64
    close_s: Int64


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class HazardSteps:
    """Hazard (ppm) of arcs on common steps of time: `ppm[e, k]` holds in [breaks[k], breaks[k + 1])."""

    breaks: Int64
    ppm: Int64

    def cumulated(self) -> Int64:
        """Return (n_arcs, steps) sums of hazard times seconds over [0, breaks[k])."""
        area = self.ppm * np.diff(self.breaks)[None, :]
        return np.concatenate(
            [np.zeros((len(area), 1), dtype=np.int64), np.cumsum(area, axis=1)[:, :-1]], axis=1
        )

    def step_of(self, until_s: int) -> Int64:
        """Return the step that holds each second of [0, until_s]."""
        inside = np.searchsorted(self.breaks, np.arange(until_s + 1), side="right") - 1
        return np.minimum(inside, len(self.breaks) - 2).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TimedGraph:
    """What every sweep over a network reads.

    `tail`, `head` have shape (n_arcs,); `wait_ok` says where people may wait for an arc under way; `sites`
    are
    the nodes where journeys end. `toll` is added to the cost of every entry: 1 keeps journeys from driving in
    circles where waiting costs as much.
    """

    n_nodes: int
    tail: Int64
    head: Int64
    pieces: OpenPieces
    hazard: HazardSteps
    wait_ok: NDArray[np.bool_]
    sites: Int64
    toll: int = 0


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Prices:
    """Prices (ppm·s per person) of entering an arc in [from_s, until_s); disjoint per arc, in order."""

    arc: Int64
    from_s: Int64
    until_s: Int64
    price: Int64

    @classmethod
    def none(cls) -> Prices:
        """Return no prices at all."""
        empty = np.zeros(0, dtype=np.int64)
        return cls(arc=empty, from_s=empty, until_s=empty, price=empty)


class Journeys(NamedTuple):
    """The cheapest journey of each origin: `cost` (prices included, NO_WAY without one) and departure.

    Its arcs and their entry seconds stand from `first[i]` to `first[i + 1]`.
    """

    cost: Int64
    depart_s: Int64
    first: Int64
    arc: Int64
    enter_s: Int64


def cheapest(
    graph: TimedGraph,
    origins: tuple[Int64, Int64],
    prices: Prices,
    *,
    by_s: int,
    wait_exposed: bool,
    wait_max_s: int | None = None,
    full: NDArray[np.bool_] | None = None,
) -> Journeys:
    """Return the cheapest journeys from `origins` (node, release second) that end at a site by `by_s`.

    The cost of a journey is hazard times seconds on its arcs and while waiting for them, plus the prices of
    its entries. Before the first arc people may wait without limit; the wait costs the hazard of that arc if
    `wait_exposed`, else nothing. Under way they wait where `graph.wait_ok` says so: without limit (None), or
    at most `wait_max_s`, in which case not every such journey is looked at and the costs are no lower
    bounds. Ties go to the earlier departure and the lower arc. `full` is (by_s + 1, n_arcs):
    seconds in which an arc is not entered because others have taken its room; None: none is.
    """
    node, release = (np.asarray(column, dtype=np.int64) for column in origins)
    order = np.argsort(-release, kind="stable")
    arrays = _arrays(graph, by_s)
    price_first = np.searchsorted(prices.arc, np.arange(len(graph.tail) + 1)).astype(np.int64)
    priced = (price_first, prices.from_s, prices.until_s, prices.price)
    out_order = np.argsort(graph.tail, kind="stable").astype(np.int64)
    out_first = np.searchsorted(graph.tail[out_order], np.arange(graph.n_nodes + 1)).astype(np.int64)
    full_s = np.zeros((0, 0), dtype=np.bool_) if full is None else full
    best, via, cost, depart, arc = _sweep(
        arrays, _events(prices, by_s), (out_first, out_order), (node[order], release[order]),
        full_s, by_s, wait_exposed, by_s + 1 if wait_max_s is None else wait_max_s,
    )  # fmt: skip
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    cost, depart, arc = cost[back], depart[back], arc[back]
    first, arcs, seconds = _follow(arrays, priced, (best, via), (cost, depart, arc), full_s, by_s)
    return Journeys(cost=cost, depart_s=depart, first=first, arc=arcs, enter_s=seconds)


def by_step(hazard: HazardSteps) -> tuple[Int64, Int64]:
    """Return hazard and its sums as (steps, n_arcs) tables: a sweep looks at one step at a time."""
    return np.ascontiguousarray(hazard.ppm.T), np.ascontiguousarray(hazard.cumulated().T)


def _arrays(graph: TimedGraph, by_s: int) -> Any:
    pieces, hazard = graph.pieces, graph.hazard
    site = np.zeros(graph.n_nodes, dtype=np.bool_)
    site[graph.sites] = True
    return (
        graph.tail, graph.head, pieces.first, pieces.from_s, pieces.travel_s, pieces.close_s,
        hazard.breaks, *by_step(hazard), hazard.step_of(by_s),
        graph.wait_ok, site, graph.toll,
    )  # fmt: skip


def _events(prices: Prices, by_s: int) -> tuple[Int64, Int64, Int64]:
    """Return (second, arc, change) of prices as the sweep meets them, latest first."""
    second = np.concatenate([np.minimum(prices.until_s - 1, by_s), prices.from_s - 1])
    arc = np.concatenate([prices.arc, prices.arc])
    change = np.concatenate([prices.price, -prices.price])
    # A price that begins after the last second never counts: both its events fall before the sweep's start.
    counts = np.concatenate([prices.from_s <= by_s, prices.from_s <= by_s])
    order = np.argsort(-second[counts], kind="stable")
    return second[counts][order], arc[counts][order], change[counts][order]


@compiled
def _begin(at_site, leaving, u, starting, start_s, t):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return (cost, departure, arc) of the cheapest start from node u in second t."""
    if at_site:
        return 0, t, -1
    cost, depart, chosen = NO_WAY, t, -1
    for i in range(leaving[0][u], leaving[0][u + 1]):
        e = leaving[1][i]
        if starting[e] < cost:
            cost, depart, chosen = starting[e], start_s[e], e
    return cost, depart, chosen


# One flat loop, compiled: millions of (arc, second) pairs pass through it.
@compiled
def _sweep(arrays, events, leaving, origins, full, by_s, wait_exposed, wait_max_s):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, C901, PLR0912, PLR0915, PLR0917
    tail, head, first, from_s, travel_s, close_s, breaks, ppm, base, step, wait_ok, site, toll = arrays
    event_s, event_arc, event_change = events
    node, release = origins
    n_nodes, n_arcs = len(leaving[0]) - 1, len(tail)
    best = np.full((by_s + 1, n_nodes), NO_WAY, dtype=np.int64)
    via = np.full((by_s + 1, n_nodes), -1, dtype=np.int32)
    rolling = np.full(n_arcs, NO_WAY, dtype=np.int64)
    rolling_s = np.zeros(n_arcs, dtype=np.int64)
    starting = np.full(n_arcs, NO_WAY, dtype=np.int64)
    start_s = np.zeros(n_arcs, dtype=np.int64)
    price = np.zeros(n_arcs, dtype=np.int64)
    piece = first[1:] - 1
    is_origin = np.zeros(n_nodes, dtype=np.bool_)
    is_origin[node] = True
    sites = np.flatnonzero(site)
    begun = np.full((len(node), 3), NO_WAY, dtype=np.int64)
    begun[:, 1:] = np.array([0, -1])
    event, origin, limited = 0, 0, len(full) > 0
    while origin < len(node) and release[origin] > by_s:
        origin += 1
    for t in range(by_s, -1, -1):
        while event < len(event_s) and event_s[event] >= t:
            price[event_arc[event]] += event_change[event]
            event += 1
        k, since = step[t], t - breaks[step[t]]
        best[t, sites] = 0
        for e in range(n_arcs):
            while from_s[piece[e]] > t:
                piece[e] -= 1
            enter = NO_WAY
            leave = t + travel_s[piece[e]]
            if leave <= by_s and leave <= close_s[piece[e]] and not (limited and full[t, e]):
                onward = best[leave, head[e]]
                if onward < NO_WAY:
                    j = step[leave]
                    enter = onward + toll + price[e] - base[k, e] - ppm[k, e] * since
                    enter += base[j, e] + ppm[j, e] * (leave - breaks[j])
            u = tail[e]
            if is_origin[u]:
                if starting[e] < NO_WAY and wait_exposed:
                    starting[e] += ppm[k, e]
                if enter <= starting[e]:
                    starting[e] = enter
                    start_s[e] = t
            if wait_ok[e]:
                if rolling[e] < NO_WAY:
                    rolling[e] += ppm[k, e]
                if enter <= rolling[e] or rolling_s[e] > t + wait_max_s:
                    rolling[e] = enter
                    rolling_s[e] = t
                enter = rolling[e]
            if enter < best[t, u]:
                best[t, u] = enter
                via[t, u] = e
        while origin < len(node) and release[origin] == t:
            begun[origin] = _begin(site[node[origin]], leaving, node[origin], starting, start_s, t)
            origin += 1
    return best, via, begun[:, 0], begun[:, 1], begun[:, 2]


@compiled
def _priced(priced, e, t):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    first, from_s, until_s, price = priced
    for i in range(first[e], first[e + 1]):
        if from_s[i] <= t < until_s[i]:
            return price[i]
    return 0


@compiled
def _enter_cost(arrays, priced, best, e, t, by_s):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return (cost of entering an arc in second t and going on, second of leaving it)."""
    first, from_s, travel_s, close_s, breaks, ppm, base, step = arrays[2:10]
    q = first[e + 1] - 1
    while from_s[q] > t:
        q -= 1
    leave = t + travel_s[q]
    if leave > by_s or leave > close_s[q] or best[leave, arrays[1][e]] >= NO_WAY:
        return NO_WAY, leave
    k, m = step[t], step[leave]
    there = base[m, e] + ppm[m, e] * (leave - breaks[m])
    here = base[k, e] + ppm[k, e] * (t - breaks[k])
    return best[leave, arrays[1][e]] + arrays[12] + _priced(priced, e, t) + there - here, leave


@compiled
def _follow(arrays, priced, found, starting, full, by_s):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    head, ppm, step, site = arrays[1], arrays[7], arrays[9], arrays[11]
    best, via = found
    cost, depart, chosen = starting
    limited = len(full) > 0
    n = len(cost)
    starts = np.zeros(n + 1, dtype=np.int64)
    arcs = np.empty(max(1024, 64 * n), dtype=np.int64)
    seconds = np.empty(len(arcs), dtype=np.int64)
    size = 0
    for i in range(n):
        e, t = chosen[i], depart[i]
        while e >= 0:
            if size == len(arcs):
                arcs = np.concatenate((arcs, np.empty(size, dtype=np.int64)))
                seconds = np.concatenate((seconds, np.empty(size, dtype=np.int64)))
            arcs[size], seconds[size] = e, t
            size += 1
            _, t = _enter_cost(arrays, priced, best, e, t, by_s)
            v = head[e]
            e = -1
            if not site[v]:
                e = via[t, v]
                left = best[t, v]
                while True:
                    onward, _ = _enter_cost(arrays, priced, best, e, t, by_s)
                    if onward == left and not (limited and full[t, e]):
                        break
                    left -= ppm[step[t], e]
                    t += 1
        starts[i + 1] = size
    return starts, arcs[:size], seconds[:size]

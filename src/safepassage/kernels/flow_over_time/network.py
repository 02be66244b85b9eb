"""The network of a flow over time: arcs that can carry somebody from a source to an exit, in slack time.

Slack time of a point is clock time plus the least time on to an exit. On a fastest way it stands still, so
bins of slack time need no rounding there; elsewhere an arc costs the detour it means. The potentials are
those of Johnson, "Efficient algorithms for shortest paths in sparse networks" (1977,
doi:10.1145/321992.321993).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.flow_over_time.contraction import Contracted, contract
from safepassage.kernels.graphs.shortest_paths import ArcGraph

Int64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Movers:
    """Who wants out: `vehicles` at `node` from second `release_s` on, by source; `exits` are nodes.

    A node has one source at most.
    """

    node: Int64
    release_s: Int64
    vehicles: Int64
    exits: Int64

    def __post_init__(self) -> None:
        for name in self.__slots__:
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=np.int64))
        if len(np.unique(self.node)) < len(self.node):
            raise ValueError("two sources stand at one node")
        if np.isin(self.node, self.exits).any():
            raise ValueError("a source is an exit")


class KnownPaths(NamedTuple):
    """Rows of a flow known already: node, second of departure, vehicles, and arcs as they were given.

    Row p drives the given arcs `arcs[start[p]:start[p + 1]]`.
    """

    node: Int64
    depart_s: Int64
    vehicles: Int64
    start: Int64
    arcs: Int64


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class SlackNetwork:
    """Contracted arcs between nodes numbered by their time to an exit.

    `to_exit_s` and `raw_node` have shape (n_nodes,); `tail`, `head`, `detour_s` (what an arc adds to slack
    time) and `capacity_mveh_h` (n_arcs,). `source` are positions in the movers that can reach an exit,
    `source_node` and `first_s` (slack time at their release) theirs here. `raw_start`, `raw_arcs` list the
    given arcs of each arc.
    """

    to_exit_s: Int64
    raw_node: Int64
    tail: Int64
    head: Int64
    detour_s: Int64
    capacity_mveh_h: Int64
    source: Int64
    source_node: Int64
    first_s: Int64
    vehicles: Int64
    exits: Int64
    raw_start: Int64
    raw_arcs: Int64

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.raw_node)


def slack_network(
    arcs: tuple[Any, Any, Any, Any], n_nodes: int, movers: Movers, *, steady: NDArray[np.bool_] | None = None
) -> SlackNetwork:
    """Return what a flow over time from the movers to the exits can use.

    Parameters
    ----------
    arcs
        (tail, head, travel_s, capacity_mveh_h) columns of shape (n_arcs,). Whoever comes to an exit is out:
        arcs that leave exits are not used.
    steady
        (n_arcs,) arcs that are constant in time; others keep their ends.
    """
    tail, head, travel_s, capacity = (np.asarray(column, dtype=np.int64) for column in arcs)
    is_exit = np.zeros(n_nodes, dtype=bool)
    is_exit[movers.exits] = True
    usable = (capacity > 0) & ~is_exit[tail] & (tail != head)
    graph = ArcGraph(tail, head, n_nodes, usable)
    to_exit = graph.tree(travel_s, movers.exits.tolist(), reverse=True).cost
    source = np.flatnonzero(np.isfinite(to_exit[movers.node]) & (movers.vehicles > 0))
    reached = graph.tree(travel_s, movers.node[source].tolist()).cost
    useful = np.isfinite(to_exit) & np.isfinite(reached)
    raw = np.flatnonzero(usable & useful[tail] & useful[head])
    keep = is_exit.copy()
    keep[movers.node[source]] = True
    if steady is not None:
        keep[tail[~steady]] = True
        keep[head[~steady]] = True
    few = contract((tail[raw], head[raw], travel_s[raw], capacity[raw]), keep)
    return _numbered(few, raw, np.where(useful, to_exit, 0).astype(np.int64), (movers, source))


def _numbered(few: Contracted, raw: Int64, to_exit_s: Int64, people: tuple[Movers, Int64]) -> SlackNetwork:
    """Number nodes by their time to an exit, so that what happens together lies together."""
    movers, source = people
    met = np.unique(np.concatenate([few.tail, few.head, movers.node[source]]))
    node = met[np.lexsort((met, to_exit_s[met]))]
    number = np.full(len(to_exit_s), -1, dtype=np.int64)
    number[node] = np.arange(len(node))
    order = np.lexsort((np.arange(len(few.tail)), number[few.head], number[few.tail]))
    start, expanded = few.expanded()
    lengths = np.diff(start)[order]
    begin = np.concatenate([[0], np.cumsum(lengths)])
    within = np.arange(int(begin[-1])) - np.repeat(begin[:-1], lengths)
    raw_arcs = raw[expanded[np.repeat(start[:-1][order], lengths) + within]] if len(expanded) else expanded
    tail, head = few.tail[order], few.head[order]
    exits = number[movers.exits]
    return SlackNetwork(
        to_exit_s=to_exit_s[node], raw_node=node, tail=number[tail], head=number[head],
        detour_s=few.travel_s[order] + to_exit_s[head] - to_exit_s[tail],
        capacity_mveh_h=few.capacity[order],
        source=source, source_node=number[movers.node[source]],
        first_s=movers.release_s[source] + to_exit_s[movers.node[source]],
        vehicles=movers.vehicles[source], exits=np.sort(exits[exits >= 0]),
        raw_start=begin, raw_arcs=raw_arcs,
    )  # fmt: skip

"""A tree of roads towards sites on which a crowd is out early: every node has one way on.

The choice is hard already with one site (Even, Pillac, Van Hentenryck, "Convergent Plans for Large-Scale
Evacuations", AAAI 2015). Small graphs are searched whole; others start from shortest path trees under growing
prices for crowded arcs, then move one branch at a time, away from the arc that finishes last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.graphs.shortest_paths import ArcGraph, PathTree

Int64 = NDArray[np.int64]
NONE = -1
FAR_S = 2**40
MOST_CHOICES = 20_000
"""Graphs with so many combinations of ways on are searched whole."""
PRICE_ROUNDS = 8
WORK = 6_000_000
"""Nodes looked at while branches are moved: the same on every machine."""
SMALL, STARTS = 400, 3
"""Up to so many nodes every branch is tried, from several trees."""
TRIED = 24
"""Branches tried at the arc that finishes last before the search ends."""


class Worth(NamedTuple):
    """What a tree is worth; smaller is better: heads without a way, heads without room, finishes.

    `last_s` is the last finish, `sum_s` the sum by head.
    """

    cut_off: int
    left: int
    last_s: int
    sum_s: int


@dataclass(slots=True, kw_only=True)
class TreeTask:
    """Arcs (n_arcs,); amounts on the road, heads and release at nodes (n_nodes,); room at sites in heads.

    `per_hour` is what an arc takes of the amounts in an hour; `room` is NONE where there is no site.
    """

    tail: Int64
    head: Int64
    travel_s: Int64
    per_hour: Int64
    amount: Int64
    heads: Int64
    release_s: Int64
    room: Int64
    leaving: list[list[int]] = field(init=False)

    def __post_init__(self) -> None:
        self.leaving = [[] for _ in range(len(self.amount))]
        for arc, (node, other) in enumerate(zip(self.tail.tolist(), self.head.tolist(), strict=True)):
            if node != other and self.per_hour[arc] > 0:
                self.leaving[node].append(arc)

    @property
    def n_nodes(self) -> int:
        """Number of nodes."""
        return len(self.amount)


def worth(task: TreeTask, out: Int64) -> Worth:
    """Return what a choice of one arc per node (NONE: none) is worth.

    On each arc the amounts behind it queue: they finish no earlier than the first of them can be there, plus
    the time the arc takes for all, plus the way on. The last of these moments is the finish of the tree.
    A site takes as many as it has room for; the others go on by its own arc, if it has one.
    """
    order, reached = _inwards(task, out)
    volume, heads = task.amount.tolist(), task.heads.tolist()
    first = np.where(task.amount > 0, task.release_s, FAR_S).tolist()
    rest, room, per_hour = _rest(task, out, order), task.room.tolist(), task.per_hour.tolist()
    last = total = left = 0
    for node in order:
        if room[node] > 0 and heads[node]:
            stay = min(heads[node], room[node])
            volume[node] -= volume[node] * stay // heads[node]
            heads[node] -= stay
        arc = int(out[node])
        if arc == NONE:
            left += heads[node]
        elif volume[node]:
            other, travel_s = int(task.head[arc]), int(task.travel_s[arc])
            finish = first[node] + volume[node] * 3_600 // per_hour[arc] + rest[node]
            last, total = max(last, finish), total + finish * int(task.heads[node])
            volume[other] += volume[node]
            heads[other] += heads[node]
            first[other] = min(first[other], first[node] + travel_s)
    return Worth(int(task.heads[~reached].sum()), left, last, total)


def _rest(task: TreeTask, out: Int64, order: list[int]) -> list[int]:
    """Return (n_nodes,) seconds from each node to the next site on its way."""
    rest = [0] * task.n_nodes
    for node in reversed(order):
        arc = int(out[node])
        if arc != NONE:
            other = int(task.head[arc])
            rest[node] = int(task.travel_s[arc]) + (0 if task.room[other] > 0 else rest[other])
    return rest


def _inwards(task: TreeTask, out: Int64) -> tuple[list[int], Any]:
    """Return nodes that reach a site where ways end, leaves first, and (n_nodes,) whether a node does."""
    behind: list[list[int]] = [[] for _ in range(task.n_nodes)]
    for node in np.flatnonzero(out != NONE).tolist():
        behind[int(task.head[out[node]])].append(node)
    order = np.flatnonzero((task.room != NONE) & (out == NONE)).tolist()
    for node in order:
        order.extend(behind[node])
    reached = np.zeros(task.n_nodes, dtype=np.bool_)
    reached[order] = True
    return order[::-1], reached


def best_tree(task: TreeTask) -> Int64:
    """Return the arc of each node (NONE at sites and where no site is reached) of a good tree."""
    choices = 1
    for arcs in task.leaving:
        choices = min(MOST_CHOICES + 1, choices * (len(arcs) + 1))
    if choices <= MOST_CHOICES:
        return _best_of_all(task)
    trees = _priced_trees(task)
    starts = sorted(trees, key=lambda out: worth(task, out))[: STARTS if task.n_nodes <= SMALL else 1]
    found = [_moved(task, _extended(task, _moved(task, _extended(task, out)))) for out in starts]
    return min(found, key=lambda out: worth(task, out))


def _extended(task: TreeTask, out: Int64) -> Int64:
    """Lead people beyond the room of a full site on to another one, while that leaves fewer of them."""
    best, value = out, worth(task, out)
    graph = ArcGraph(task.tail, task.head, task.n_nodes, _usable(task))
    sites = np.flatnonzero(task.room > 0).tolist()
    cost = task.travel_s.astype(np.float64)
    for _ in range(2 * len(sites)):
        if not value.left:
            break
        trials: list[tuple[Worth, int, Int64]] = []
        for site in (s for s in sites if best[s] == NONE):
            tree = graph.tree(cost, [site])
            for other in sites:
                trial = _led_on(task, best, tree.path(other)) if other != site else None
                if trial is not None:
                    trials.append((worth(task, trial), len(trials), trial))
        better = min(trials, default=None, key=lambda row: row[:2])
        if better is None or not better[0] < value:
            break
        value, _, best = better
    return best


def _led_on(task: TreeTask, out: Int64, path: tuple[int, ...] | None) -> Int64 | None:
    """Return the tree with a path in it, None where that would lead in a circle or there is no path."""
    if not path:
        return None
    trial = out.copy()
    for arc in path:
        trial[task.tail[arc]] = arc
    at, steps = int(task.head[path[-1]]), 0
    while trial[at] != NONE and steps <= task.n_nodes:
        at, steps = int(task.head[trial[at]]), steps + 1
    return trial if trial[at] == NONE and task.room[at] != NONE else None


def _usable(task: TreeTask) -> Any:
    usable = np.zeros(len(task.tail), dtype=np.bool_)
    usable[[arc for arcs in task.leaving for arc in arcs]] = True
    return usable


def _best_of_all(task: TreeTask) -> Int64:
    options = [
        [*arcs, NONE] if task.room[node] != NONE or not arcs else arcs
        for node, arcs in enumerate(task.leaving)
    ]
    trees = (np.asarray(choice, dtype=np.int64) for choice in product(*options))
    out = min(trees, key=lambda tree: worth(task, tree))
    _, reached = _inwards(task, out)
    return np.where(reached, out, NONE)


def _priced_trees(task: TreeTask) -> list[Int64]:
    """Return shortest path trees, each with a price on arcs by how long the crowd of the last one takes."""
    graph = ArcGraph(task.tail, task.head, task.n_nodes, _usable(task))
    sites = np.flatnonzero(task.room != NONE).tolist()
    cost = task.travel_s.astype(np.float64)
    found = []
    for number in range(PRICE_ROUNDS):
        tree = graph.tree(cost, sites, reverse=True)
        out = np.full(task.n_nodes, NONE, dtype=np.int64)
        for node in range(task.n_nodes):
            if np.isfinite(tree.cost[node]) and task.room[node] == NONE:
                out[node] = _step(tree, node)
        found.append(out)
        crowd = _volumes(task, out) * 3_600 / np.maximum(task.per_hour, 1)
        share = 1 / (number + 2)
        cost = (1 - share) * cost + share * (task.travel_s + crowd)
    return found


def _step(tree: Any, node: int) -> int:
    key = int(tree.parent[node]) * len(tree.cost) + node
    return int(tree.pairs.arc[np.searchsorted(tree.pairs.key, key)])


def _volumes(task: TreeTask, out: Int64) -> Any:
    """Return (n_arcs,) amounts that cross each arc of a tree."""
    order, _ = _inwards(task, out)
    volume, crossing = task.amount.copy(), np.zeros(len(task.tail), dtype=np.int64)
    for node in order:
        arc = int(out[node])
        if arc != NONE:
            crossing[arc] = volume[node]
            volume[task.head[arc]] += volume[node]
    return crossing


def _moved(task: TreeTask, out: Int64) -> Int64:
    """Move branches behind the arc that finishes last, or a full site, while that makes the tree better."""
    best, value, work, going = out, worth(task, out), 0, True
    graph = ArcGraph(task.tail, task.head, task.n_nodes, _usable(task))
    sites = np.flatnonzero(task.room > 0).tolist() if task.n_nodes <= SMALL else []
    to_sites = [graph.tree(task.travel_s.astype(np.float64), [site], reverse=True) for site in sites]
    while going and work < WORK:
        going = False
        for trial in _trials(task, best, to_sites):
            work += task.n_nodes
            if worth(task, trial) < value:
                best, value, going = trial, worth(task, trial), True
                break
    return best


def _trials(task: TreeTask, out: Int64, to_sites: list[PathTree]) -> Iterator[Int64]:
    """Yield trees in which one branch leads elsewhere; a site may also keep everybody.

    A branch is moved by one arc, or led to a site on the shortest path, which turns the nodes there along.
    """
    for node in _branches(task, out):
        for tree in to_sites:
            led = _led_on(task, out, tree.path(node))
            if led is not None:
                yield led
        ends = [NONE] if task.room[node] != NONE else []
        for arc in [*task.leaving[node], *ends]:
            if arc == out[node]:
                continue
            trial = out.copy()
            trial[node] = arc
            if arc == NONE or not _circles(task, trial, node):
                yield trial


def _circles(task: TreeTask, out: Int64, node: int) -> bool:
    at = int(task.head[out[node]])
    while out[at] != NONE:
        if at == node:
            return True
        at = int(task.head[out[at]])
    return bool(task.room[at] == NONE)


def _branches(task: TreeTask, out: Int64) -> list[int]:
    """Return nodes with other ways on behind the arc that finishes last, the most crowded first."""
    order, _ = _inwards(task, out)
    crossing, rest = _volumes(task, out), _rest(task, out, order)
    late, worst = NONE, -1
    for node in reversed(order):
        arc = int(out[node])
        if arc != NONE and crossing[arc]:
            finish = int(crossing[arc]) * 3_600 // int(task.per_hour[arc]) + rest[node]
            if finish > worst:
                late, worst = node, finish
    if task.n_nodes <= SMALL:
        behind: Iterable[int] = range(task.n_nodes)
    else:
        behind = [*_behind(task, out, _fullest(task, out, order)), *_behind(task, out, late)]
    there = crossing[np.maximum(out, 0)] * (out != NONE)
    free = [n for n in dict.fromkeys(behind) if len(task.leaving[n]) > (task.room[n] == NONE)]
    ranked = sorted(free, key=lambda n: (-int(there[n]), n))
    return ranked if task.n_nodes <= SMALL else ranked[:TRIED]


def _fullest(task: TreeTask, out: Int64, order: list[int]) -> int:
    """Return the site where most people find no room and no way on, NONE where all have room."""
    heads, full, most = task.heads.tolist(), NONE, 0
    for node in order:
        beyond = heads[node] - max(0, int(task.room[node]))
        if out[node] != NONE:
            heads[int(task.head[out[node]])] += max(0, beyond)
        elif beyond > most:
            full, most = node, beyond
    return full


def _behind(task: TreeTask, out: Int64, root: int) -> list[int]:
    behind: list[list[int]] = [[] for _ in range(task.n_nodes)]
    for node in np.flatnonzero(out != NONE).tolist():
        behind[int(task.head[out[node]])].append(node)
    found = [root] if root != NONE else []
    for node in found:
        found.extend(behind[node])
    return found

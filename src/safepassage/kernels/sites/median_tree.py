"""The best p sites, proved: branch and bound with priced bounds.

A node of the tree fixes some sites in and some out. Its bound comes from prices (`median_bound`); sites whose
change of fate would lift the bound over the best answer known are fixed at once (reduced-cost fixing, as in
Briant and Naddef, "The optimal diversity management problem", 2004, doi:10.1287/opre.1030.0108). Every closed
node keeps its prices, so the proof can be added up again.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.sites.median_bound import (
    FREE,
    IN,
    OUT,
    PRICE_SCALE,
    Ascent,
    Int8,
    Int64,
    ascend,
    clients_of,
    value_of,
)
from safepassage.kernels.sites.median_program import Hint, Priced, left_to_choose
from safepassage.kernels.sites.median_search import interchange, search

ROOT_ROUNDS, NODE_ROUNDS, POLISH_ROUNDS = 2_000, 150, 10
KICKS, MOST_KICKS, WORK = 30, 300, 15_000_000
"""How often a first choice is kicked; and one that prices did not prove at once."""


NO_BOUND = -(2**62)
NO_PRICES = np.zeros(0, np.int64)


Relax = Callable[[Int8], tuple[Int64, NDArray[np.float64]]]
"""From the decisions on sites to prices of clients, scaled, and how much of each site is used."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Start:
    """Sites to begin with, and where prices come from: None for an ascent from those of the node above.

    Neither is believed: sites are valued and prices are added up again.
    """

    chosen: tuple[int, ...] = ()
    relax: Relax | None = None


NOTHING = Start()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Leaf:
    """A closed part of the tree: the decisions that lead to it, and the prices that close it.

    `decisions` are (site, IN or OUT) in order; a part without prices is closed because it holds too many or
    too few sites.
    """

    decisions: tuple[tuple[int, int], ...]
    prices: Int64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MedianAnswer:
    """The sites found, their cost, and a bound on the cost of any choice; `leaves` prove the bound."""

    chosen: tuple[int, ...]
    value: int
    bound: int
    leaves: tuple[Leaf, ...]

    @property
    def proved(self) -> bool:
        """Whether no choice is better."""
        return self.bound >= self.value


@dataclass(slots=True)
class _Node:
    fixed: Int8
    decisions: tuple[tuple[int, int], ...]
    prices: Int64
    bound: int


class Service(Protocol):
    """What serving costs: how a choice is valued and made better, and what prices prove."""

    @property
    def sites(self) -> int:
        """Number of sites."""

    @property
    def first_prices(self) -> Int64:
        """(n,) prices of clients to begin with, scaled."""

    def value(self, chosen: Int8) -> int:
        """Return the cost of serving everybody from the chosen sites."""

    def first(self, must: Int8, count: int, seed: int) -> tuple[Int8, int]:
        """Return a good choice with its cost."""

    def deeper(self, chosen: Int8, must: Int8, seed: int) -> int:
        """Look longer for a better choice, in place; return its cost."""

    def left(self, priced: Priced, count: int, most: int) -> Hint:
        """Look at what prices left to choose for sites that cost less than `most`."""

    def better(self, chosen: Int8, fixed: Int8, must: Int8) -> int:
        """Improve a choice in place, without sites that are out; return its cost."""

    def ascend(self, prices: Int64, fixed: Int8, count: int, most: int, rounds: int) -> Ascent:
        """Raise the bound from the given prices."""


class NearestService:
    """Everybody goes to the nearest chosen site, which has room for all.

    Parameters
    ----------
    costs : (n, m) whole costs of serving each client from each site.
    """

    def __init__(self, costs: Int64) -> None:
        self._costs = np.ascontiguousarray(costs, np.int64)
        self._clients = clients_of(self._costs)
        self.sites = costs.shape[1]
        self.first_prices: Int64 = self._clients.cost[:, min(1, self.sites - 1)] * PRICE_SCALE

    def value(self, chosen: Int8) -> int:
        """Return the cost of serving everybody from the nearest chosen site."""
        return int(value_of(self._clients, chosen))

    def first(self, must: Int8, count: int, seed: int) -> tuple[Int8, int]:
        """Return a choice made by interchange with kicks, begun with one site after the other."""
        chosen = one_after_the_other(self._costs, must, count)
        return chosen, int(search(self._costs, chosen, must, KICKS, seed))

    def deeper(self, chosen: Int8, must: Int8, seed: int) -> int:
        """Improve a choice by as many kicks as take a second or so."""
        kicks = min(MOST_KICKS, WORK // self._costs.size)
        return int(search(self._costs, chosen, must, kicks, seed))

    def left(self, priced: Priced, count: int, most: int) -> Hint:
        """Look at what prices left to choose by a small integer program."""
        return left_to_choose(self._clients, priced, count, most)

    def better(self, chosen: Int8, fixed: Int8, must: Int8) -> int:
        """Improve a choice by interchange."""
        costs = self._costs
        if (fixed == OUT).any():
            costs = costs.copy()
            costs[:, fixed == OUT] = 2**40
        return int(interchange(costs, chosen, must))

    def ascend(self, prices: Int64, fixed: Int8, count: int, most: int, rounds: int) -> Ascent:
        """Raise the bound from the given prices."""
        return ascend(self._clients, prices, fixed, count, most, rounds)


def one_after_the_other(costs: Int64, must: Int8, count: int) -> Int8:
    """Return the sites that must be, then one after the other that helps most."""
    chosen = must.copy()
    now = costs[:, chosen == 1].min(axis=1) if chosen.any() else np.full(len(costs), 2**40)
    while chosen.sum() < count:
        gains = np.maximum(now[:, None] - costs, 0).sum(axis=0)
        gains[chosen == 1] = -1
        best = int(np.argmax(gains))
        chosen[best] = 1
        now = np.minimum(now, costs[:, best])
    return chosen


class _Tree:
    def __init__(
        self, service: Service, count: int, fixed: Int8, seed: int, start: Start, enough: int
    ) -> None:
        self.service, self.count = service, count
        self.must = (fixed == IN).astype(np.int8)
        self.best, self.value = service.first(self.must, count, seed)
        self._take(start.chosen)
        self.relax, self.enough = start.relax, enough
        self.leaves: list[Leaf] = []
        self.heap: list[tuple[int, int, _Node]] = []
        self.made = 0
        self.priced: Priced | None = None
        self.settled, self.looked_below = False, 2**62

    def _take(self, hint: tuple[int, ...]) -> None:
        """Begin with the sites somebody else found, if they are allowed and better."""
        chosen = np.zeros(self.service.sites, np.int8)
        chosen[list(hint)] = 1
        if chosen.sum() == self.count and not (self.must > chosen).any():
            self._keep(chosen, self.service.value(chosen))

    def _keep(self, chosen: Int8, value: int) -> None:
        if value < self.value:
            self.value, self.best = value, chosen

    def deepen(self, seed: int) -> None:
        """Look longer for a better choice, where the first prices did not prove the one there is.

        Where they left little to choose, that is looked at first: nothing better may be left then.
        """
        while self.priced is not None and not self.settled and self.goal < self.looked_below:
            self.looked_below = self.goal
            hint = self.service.left(self.priced, self.count, self.goal)
            self._take(hint.sites)
            self.settled = hint.settled
        if self.settled or self.bound() >= self.goal:
            return
        chosen = self.best.copy()
        self._keep(chosen, self.service.deeper(chosen, self.must, seed))

    def push(self, node: _Node) -> None:
        self.made += 1
        heapq.heappush(self.heap, (node.bound, self.made, node))

    def close(self, node: _Node, prices: Int64 | None) -> None:
        kept = NO_PRICES if prices is None else prices
        self.leaves.append(Leaf(decisions=node.decisions, prices=kept))

    def bound(self) -> int:
        """Return what no choice goes below: the least bound of the parts still open."""
        least = -(-self.heap[0][0] // PRICE_SCALE) if self.heap else self.goal
        return min(self.goal, least)

    @property
    def goal(self) -> int:
        """The bound at which a part of the tree is closed."""
        return min(self.value, self.enough)

    def look(self, node: _Node, rounds: int) -> None:
        """Raise the bound of a node; close it, or fix what is decided by it and split it."""
        inside = int((node.fixed == IN).sum())
        if inside > self.count or inside + int((node.fixed == FREE).sum()) < self.count:
            self.close(node, None)
            return
        prices, used = node.prices, None
        if self.relax is not None:
            (prices, used), rounds = self.relax(node.fixed), POLISH_ROUNDS
        found: Ascent = self.service.ascend(prices, node.fixed, self.count, self.goal, rounds)
        if self.relax is not None and found.bound < node.bound:
            # A solver that gave up gives poor prices; those of the node above are no worse.
            found = self.service.ascend(node.prices, node.fixed, self.count, self.goal, NODE_ROUNDS)
        if used is not None:
            found = found._replace(usage=used)
        self._improve(found, node)
        if found.bound > (self.goal - 1) * PRICE_SCALE:
            self.close(node, found.prices)
            return
        free = np.flatnonzero(node.fixed == FREE)
        if inside == self.count or not len(free):
            # All is decided: the only choice left has been valued, and prices need not reach its cost.
            self._settle(node)
            return
        self._split(node, found, free)

    def _settle(self, node: _Node) -> None:
        chosen = (node.fixed == IN).astype(np.int8)
        self._keep(chosen, self.service.value(chosen))
        self.close(node, None)

    def _improve(self, found: Ascent, node: _Node) -> None:
        """Try the sites that the prices favour, made better by interchange."""
        order = np.lexsort((np.arange(len(found.gains)), found.gains))
        rank = [j for j in order if node.fixed[j] == FREE]
        chosen = (node.fixed == IN).astype(np.int8)
        chosen[rank[: self.count - int(chosen.sum())]] = 1
        if chosen.sum() != self.count:
            return
        if self.service.value(chosen) * 100 < self.value * 102:
            self._keep(chosen, self.service.better(chosen, node.fixed, self.must))

    def _split(self, node: _Node, found: Ascent, free: Int64) -> None:
        """Branch on the site that the ascent was least sure of, those decided by reduced cost first."""
        gains = found.gains[free]
        order = np.argsort(gains, kind="stable")
        need = self.count - int((node.fixed == IN).sum())
        last_in, first_out = gains[order[need - 1]], (gains[order[need]] if need < len(free) else None)
        limit = (self.goal - 1) * PRICE_SCALE
        decided = node
        for rank, position in enumerate(order):
            if rank < need:
                over = None if first_out is None else found.bound - gains[position] + first_out
                word = OUT
            else:
                over, word = found.bound - last_in + gains[position], IN
            if over is not None and over > limit:
                decided = self._fix(decided, int(free[position]), word, found)
        if self.priced is None:
            self.priced = Priced(decided.fixed, found.prices, found.bound)
        free = np.flatnonzero(decided.fixed == FREE)
        if not len(free):
            self._settle(decided)
            return
        unsure = int(free[np.argmin(np.abs(found.usage[free] - 0.5))])
        for word in (IN, OUT):
            self.push(self._child(decided, unsure, word, found))

    def _fix(self, node: _Node, site: int, word: int, found: Ascent) -> _Node:
        """Close the branch in which a site has the given fate, at known prices; return the other one."""
        self.close(self._child(node, site, word, found), found.prices)
        return self._child(node, site, IN + OUT - word, found)

    @staticmethod
    def _child(node: _Node, site: int, word: int, found: Ascent) -> _Node:
        fixed = node.fixed.copy()
        fixed[site] = word
        return _Node(fixed, (*node.decisions, (site, word)), found.prices, found.bound)


def best_sites(
    service: Service,
    count: int,
    *,
    must: tuple[int, ...] = (),
    start: Start = NOTHING,
    enough: int = 2**62,
    seed: int = 0,
    stop: Callable[[], bool] = lambda: False,
) -> MedianAnswer:
    """Return the `count` sites that serve all clients at least cost, with a proved bound.

    Parameters
    ----------
    service : what serving costs.
    must : sites that are there already and count among `count`.
    start : sites to begin with and where prices come from; neither is believed.
    enough : the search ends once the bound is proved to be at least this.
    stop : asked after every part; True ends the search with the bound reached.
    """
    fixed = np.zeros(service.sites, np.int8)
    fixed[list(must)] = IN
    tree = _Tree(service, count, fixed, seed, start, enough)
    tree.push(_Node(fixed, (), service.first_prices, NO_BOUND))
    looked = 0
    while tree.heap and not (looked and stop()) and tree.bound() < tree.goal:
        _, _, node = heapq.heappop(tree.heap)
        tree.look(node, NODE_ROUNDS if looked else ROOT_ROUNDS)
        looked += 1
        # After 1, 4, 16, … parts that did not end it a longer search pays.
        if looked.bit_count() == 1 and looked.bit_length() % 2 and tree.bound() < tree.goal and not stop():
            tree.deepen(seed + looked)
    bound = tree.bound()
    for _, _, node in sorted(tree.heap, key=lambda row: row[1]):
        tree.close(node, node.prices)
    return MedianAnswer(
        chosen=tuple(int(j) for j in np.flatnonzero(tree.best)), value=tree.value, bound=bound,
        leaves=tuple(tree.leaves),
    )  # fmt: skip


__all__ = ["NOTHING", "Leaf", "MedianAnswer", "NearestService", "Service", "Start", "best_sites"]

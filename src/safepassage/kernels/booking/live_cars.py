"""Cars that are booked and under way, kept so that a closure touches only those it concerns.

The calendars of all arcs, and of each car every entry with its second and its place in the calendar. A
closure gives back what the cars that were to pass still hold, finds ways round from where each stands, and
books them anew between all others, who stay as they are: the serial schedule of `booking`, resumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.booking.booking import SECONDS_PER_HOUR, RoadPieces
from safepassage.kernels.graphs.shortest_paths import ArcGraph, PathTree

Int64 = NDArray[np.int64]
NOWHERE = -1
FULL_BELOW = (0.6, 0.9)
"""Arcs with less than such a share of their room left are avoided, the more the fuller they are."""
LATEST = 10
"""Only the ways of so many latest searches are tried: what is full then was found full before."""
WAITED_S = 300
"""So much is waited on the way at most, it is taken, where a way was looked at in the round before."""
ROUNDS = 10
"""Ways round are looked for anew, on roads as they then are, after each such part of the time left."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Repair:
    """What a closure did: cars that were to pass, cars led round, ended on the road, and left at home."""

    touched: Int64
    led_round: int
    halted: int
    at_home: int


@dataclass(slots=True, eq=False)
class _Anew:
    """New bookings by turn: arrival (negative: none), where its entries lie in the parts, and how many."""

    arrive_s: Int64
    at: Int64
    size: Int64
    parts: list[tuple[Int64, Int64, Int64]]
    filled: int = 0

    @classmethod
    def of(cls, n: int) -> _Anew:
        """Return nothing booked for n turns."""
        return cls(np.full(n, NOWHERE), np.zeros(n, np.int64), np.zeros(n, np.int64), [])

    def add(self, turns: Int64, booked: Int64, sizes: Int64, entries: tuple[Int64, Int64, Int64]) -> None:
        """Note what a round has booked for some turns: (arc, second, place) of all entries."""
        done = np.flatnonzero(booked[:, 0] >= 0)
        self.arrive_s[turns[done]] = booked[done, 1]
        self.at[turns[done]] = self.filled + booked[done, 2]
        self.size[turns[done]] = sizes[booked[done, 0]]
        self.parts.append(entries)
        self.filled += len(entries[0])

    def columns(self) -> tuple[Int64, Int64, Int64]:
        """Return (arc, second, place) of all new entries."""
        nothing = np.zeros(0, dtype=np.int64)
        parts = [(np.zeros(0, dtype=np.int32), nothing, nothing), *self.parts]
        arc, second, place = (np.concatenate(column) for column in zip(*parts, strict=True))
        return arc, second, place


@dataclass(slots=True, eq=False)
class _Usable:
    """Calendars that new bookings are made in, the room of each arc, and how much of the pools is in use."""

    calendars: tuple[Any, ...]
    room: Int64
    used: int


class LiveCars:
    """Booked cars of one direction that can be led round closures.

    Parameters
    ----------
    tail, head
        (n_arcs,) nodes.
    exits
        Nodes where journeys may end.
    paths
        (start, arcs) of all paths in use; each car drives `path` from `depart_s` on, with `waits` rows (car,
        position, seconds), ordered.
    home
        (n_cars,) node where each car starts.
    release_s
        (n_cars,) first second in which it may.

    Raises
    ------
    ValueError
        When the cars do not fit on the roads as they are booked.
    """

    def __init__(
        self, roads: RoadPieces, ends: tuple[Int64, Int64, int], exits: Int64, *, paths: tuple[Int64, Int64],
        cars: tuple[Int64, Int64, Int64], home: tuple[Int64, Int64], units_mveh: int, wait_max_s: Any,
    ) -> None:  # fmt: skip
        # numba costs a second
        from safepassage.kernels.booking import live_cars_loops as loops  # noqa: PLC0415
        from safepassage.kernels.booking import way_loops  # noqa: PLC0415

        self._loops, self._ways, self.roads = loops, way_loops, roads
        self._compiled = roads.compiled()
        self.tail, self.head, self.n_nodes = ends
        self.exits = np.asarray(exits, dtype=np.int64)
        self._work = units_mveh * SECONDS_PER_HOUR
        self._wait_s = np.ascontiguousarray(np.broadcast_to(wait_max_s, roads.n_arcs), dtype=np.int64)
        self.closed = np.zeros(roads.n_arcs, dtype=np.bool_)
        self._steady_s = roads.travel_s[roads.start[:-1]]
        self._least_s = np.minimum.reduceat(roads.travel_s, roads.start[:-1])
        open_s = roads.rate_mveh_h[roads.start[:-1]] > 0
        self._graph = ArcGraph(self.tail, self.head, self.n_nodes, open_s | ~roads.steady)
        self.home, self.release_s = home
        self._load(paths, *cars)

    def _load(self, paths: tuple[Int64, Int64], path: Int64, depart_s: Int64, waits: Int64) -> None:
        loops = self._loops
        self.size = np.diff(paths[0])[path]
        self.at = np.concatenate([[0], np.cumsum(self.size)])
        self.arc, self.t, self.arrive_s = loops.entries_of(
            self._compiled, paths, (path, depart_s), waits, self.at
        )
        self.at = self.at[:-1].copy()
        order = np.lexsort((self.t, self.arc))
        self.x, first, count, stretches, misfit = loops.pack(
            self._compiled, (self.arc, self.t), order, self._work
        )
        if misfit != NOWHERE:
            raise ValueError(f"the cars do not fit: arc {self.arc[misfit]} in second {self.t[misfit]}")
        self._calendar = (first, count, stretches[:, 0].copy(), stretches[:, 1].copy())
        self._room, self._used = count.copy(), len(stretches)
        self._filled = len(self.arc)

    def close(self, arcs: Int64, now_s: int) -> Repair:
        """Close arcs from `now_s` on and lead round whoever was to pass; all others stay as they are."""
        self.closed[arcs] = True
        mine = np.zeros_like(self.closed)
        mine[arcs] = True
        cars = self._loops.touched((self.arc, self.t), (self.at, self.size), mine, now_s)
        if not len(cars):
            return Repair(touched=cars, led_round=0, halted=0, at_home=0)
        past, node, since = self.standing(cars, now_s)
        self._change((self.arc, self.x), (self.at, self.size, past), cars, gives=True)
        order = np.lexsort((cars, since))
        cars, past, node, since = cars[order], past[order], node[order], since[order]
        return self._record(cars, past, self._book(node, since, now_s))

    def standing(self, cars: Int64, now_s: int) -> tuple[Int64, Int64, Int64]:
        """Return (arcs entered before now, node, second) where each car can first be changed."""
        past, node, since = self._loops.stands(
            self._compiled, self.head, (self.arc, self.t), (self.at, self.size), cars, now_s
        )
        at_home = past == 0
        node = np.where(at_home, self.home[cars], node)
        return past, node, np.where(at_home, np.maximum(since, self.release_s[cars]), since)

    def _change(
        self, entries: tuple[Int64, Int64], spans: tuple[Int64, Int64, Int64], cars: Int64, *, gives: bool
    ) -> None:
        """Give back or take in the calendars what cars hold from the last of `spans` on."""
        busy_from, busy_until, self._used = self._loops.changed(
            self._calendar, self._room, self._used, entries=entries, spans=spans, cars=cars,
            terms=(self._work, gives),
        )  # fmt: skip
        self._calendar = (*self._calendar[:2], busy_from, busy_until)

    def _book(self, node: Int64, since: Int64, now_s: int) -> _Anew:
        """Book turns from nodes, each by the way that arrives first.

        In rounds: whoever does not arrive by the end of a round is led by the roads as they are then.
        """
        anew, roads = _Anew.of(len(node)), self._usable()
        end_s = self.roads.horizon_s
        trees = [self._next_arcs(self._tree(np.zeros(self.roads.n_arcs)))]
        for number in range(1, ROUNDS + 1):
            rest = np.flatnonzero((anew.arrive_s < 0) & (trees[0][node] >= 0))
            if not len(rest):
                break
            until_s = now_s + (end_s - now_s) * number // ROUNDS
            looked_s = now_s + (end_s - now_s) * (number - 1) // ROUNDS
            self._round(anew, roads, rest, (node[rest], since[rest]), trees[-LATEST:], (looked_s, until_s))
            if number < ROUNDS:
                # Behind a full arc one waits for the end of the round; behind one with room, hardly.
                left = self._loops.room_left(self._compiled, roads.calendars, now_s, until_s)
                for full in FULL_BELOW:
                    held_s = (until_s - now_s) * np.clip(1 - left / full, 0, 1)
                    trees.append(self._next_arcs(self._tree(held_s)))
        arc, _, place = anew.columns()
        turns = np.flatnonzero(anew.arrive_s >= 0)
        self._change((arc, place), (anew.at, anew.size, np.zeros_like(anew.at)), turns, gives=False)
        return anew

    def _usable(self) -> _Usable:
        """Return the calendars without the gaps that no car fits into: whoever looks for room passes them."""
        found = self._loops.without_small_gaps(self._calendar, self._work)
        return _Usable(calendars=found, room=found[1].copy(), used=len(found[2]))

    def _round(
        self, anew: _Anew, roads: _Usable, rest: Int64, turns: tuple[Int64, Int64], trees: list[Int64],
        by_s: tuple[int, int],
    ) -> None:  # fmt: skip
        """Book what arrives by the second of `by_s`; known ways were looked at for arrivals by the first."""
        (node, since), (looked_s, until_s) = turns, by_s
        nodes, turn_list = np.unique(node, return_inverse=True)
        start, arcs, whose, shown_by = self._loops.walks(np.stack(trees), self.head, nodes)
        if not len(whose):
            return
        list_start = np.searchsorted(whose, np.arange(len(nodes) + 1))
        least_s = np.add.reduceat(self._least_s[arcs], start[:-1])
        known = shown_by < len(trees) - len(FULL_BELOW)
        from_s = np.where(known, np.maximum(0, looked_s - least_s - WAITED_S), 0)
        loops, now_s = self._ways, int(since.min())
        checked = loops.to_check(self._compiled, roads.calendars, (start, arcs), now_s)
        stop_start, stop_arc, _, gap_s, rest_s, tail_s = loops.stops_of(start, arcs, checked, self._least_s)
        booked, entries, busy_from, busy_until, roads.used = loops.book_anew(
            self._compiled, roads.calendars, roads.room, roads.used,
            ways=(start, arcs, checked, (stop_start, stop_arc, gap_s, rest_s, self._wait_s, tail_s)),
            lists=(list_start, np.arange(len(whose)), least_s),
            turns=(turn_list.astype(np.int64), since), request=(until_s, self._work, from_s),
        )  # fmt: skip
        roads.calendars = (*roads.calendars[:2], busy_from, busy_until)
        anew.add(rest, booked, np.diff(start), entries)
        self._follow(roads, entries[0], entries[2], checked)

    def _follow(self, roads: _Usable, arc: Int64, place: Int64, checked: NDArray[np.bool_]) -> None:
        """Take the places of arcs that were left out in a round."""
        left_out = ~checked[arc]
        arc, place = arc[left_out], place[left_out]
        one = np.zeros(1, dtype=np.int64)
        busy_from, busy_until, roads.used = self._loops.changed(
            roads.calendars, roads.room, roads.used, entries=(arc, place),
            spans=(one, one + len(arc), one), cars=one, terms=(self._work, False),
        )  # fmt: skip
        roads.calendars = (*roads.calendars[:2], busy_from, busy_until)

    def _tree(self, held_s: Any) -> PathTree:
        """Return least ways to the exits on open roads that are held up for some seconds."""
        cost = np.where(self.closed, np.inf, self._steady_s + held_s)
        return self._graph.tree(cost, self.exits.tolist(), reverse=True)

    def _next_arcs(self, tree: PathTree) -> Int64:
        """Return (n_nodes,) the arc by which each node's way to an exit begins, negative without one."""
        found = np.full(self.n_nodes, NOWHERE, dtype=np.int64)
        nodes = np.flatnonzero(tree.parent >= 0)
        wanted = tree.parent[nodes].astype(np.int64) * self.n_nodes + nodes
        found[nodes] = tree.pairs.arc[np.searchsorted(tree.pairs.key, wanted)]
        return found

    def _record(self, cars: Int64, past: Int64, anew: _Anew) -> Repair:
        """Write the new entries behind the old ones; what has happened is copied."""
        fits = anew.arrive_s >= 0
        sizes = past + anew.size
        into = self._filled + np.concatenate([[0], np.cumsum(sizes)])
        self._grow(int(into[-1]))
        spans = (self.at[cars], past, anew.at, anew.size)
        self._loops.written((self.arc, self.t, self.x), anew.columns(), spans, into[:-1])
        self.at[cars], self.size[cars], self._filled = into[:-1], sizes, int(into[-1])
        self.arrive_s[cars] = anew.arrive_s
        return Repair(
            touched=cars, led_round=int(fits.sum()), halted=int((~fits & (past > 0)).sum()),
            at_home=int((~fits & (past == 0)).sum()),
        )  # fmt: skip

    def _grow(self, filled: int) -> None:
        if filled > len(self.arc):
            more = max(filled, len(self.arc) + len(self.arc) // 2) - len(self.arc)
            self.arc, self.t, self.x = (
                np.concatenate([column, np.empty(more, column.dtype)])
                for column in (self.arc, self.t, self.x)
            )

    def still_to_pass(self, now_s: int) -> Int64:
        """Return (n_arcs,) how many cars enter each arc at or after a second."""
        owner = np.repeat(np.arange(len(self.at)), self.size)
        position = np.arange(len(owner)) - np.repeat(np.cumsum(self.size) - self.size, self.size)
        entry = self.at[owner] + position
        ahead = entry[self.t[entry] >= now_s]
        return np.bincount(self.arc[ahead], minlength=self.roads.n_arcs)

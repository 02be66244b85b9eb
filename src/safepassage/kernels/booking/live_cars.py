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
from safepassage.kernels.booking.ways_ahead import Bits, WaysAhead, Windows
from safepassage.kernels.graphs.shortest_paths import ArcGraph, PathTree

Int64 = NDArray[np.int64]
NOWHERE = -1
FULL_BELOW = (0.6, 0.9)
"""Arcs with less than such a share of their room left are avoided, the more the fuller they are."""
ROUNDS = 10
"""Ways round are looked for anew, on roads as they then are, after each such part of the time left."""
WINDOWS_SHARE = 2
"""One stretch of windows is kept ready for so many stretches of calendars."""
WORDS_SHARE = 3
"""One word of bits for ways is kept ready for so many entries: pages never written to cost a closure most."""
FULL_POOL = 0.6
"""Stretches are moved together where such a share of their pools is in use or lost between them."""
SPARE = 1.75
"""Columns of cars have room for so many times what they hold: that is not moved while people wait."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Repair:
    """What a closure did: cars that were to pass, cars led round, ended on the road, and left at home."""

    touched: Int64
    led_round: int
    halted: int
    at_home: int


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Turns:
    """Cars to be led on, in their order: entries that have happened, where each stands, since when."""

    cars: Int64
    past: Int64
    node: Int64
    since_s: Int64

    def only(self, which: Int64) -> _Turns:
        """Return some of the turns."""
        return _Turns(
            cars=self.cars[which], past=self.past[which], node=self.node[which], since_s=self.since_s[which]
        )


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
        self._travel_s = np.where(roads.steady, self._steady_s, NOWHERE)
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
        self._filled = len(self.arc)
        order = np.lexsort((self.t, self.arc))
        self.x, first, count, stretches, misfit = loops.pack(
            self._compiled, (self.arc, self.t), order, self._work
        )
        if misfit != NOWHERE:
            raise ValueError(f"the cars do not fit: arc {self.arc[misfit]} in second {self.t[misfit]}")
        # A page that is written to for the first time costs a closure more than what is written there.
        self.arc, self.t, self.x = (_with_spare(column, SPARE) for column in (self.arc, self.t, self.x))
        self._calendar = (first, count, _with_spare(stretches[:, 0], 3), _with_spare(stretches[:, 1], 3))
        self._room, self._used = count.copy(), len(stretches)
        self._due: tuple[list[tuple[Int64, Int64]], WaysAhead] | None = None
        self._windows = Windows(*np.ones((2, len(stretches) // WINDOWS_SHARE), dtype=np.int64))
        self._bits = Bits(open=np.ones((1, len(self.arc) // WORDS_SHARE), dtype=np.uint64))

    def close(self, arcs: Int64, now_s: int) -> Repair:
        """Close arcs from `now_s` on and lead round whoever was to pass; all others stay as they are.

        The answer is complete then; what only the next closure needs is left to `settle`.
        """
        self.settle()
        self.closed[arcs] = True
        mine = self._mask(arcs)
        cars, second = self._loops.touched((self.arc, self.t), (self.at, self.size), mine, now_s)
        if not len(cars):
            return Repair(touched=cars, led_round=0, halted=0, at_home=0)
        past, node, since = self.standing(cars, now_s)
        entries = int((self.size[cars] - past).sum())
        self._make_room(entries)
        self._tidy()
        # In this order their places come nearly in order on every arc: few overtake.
        queue = np.argsort(second, kind="stable")
        self._change(cars[queue], past[queue], np.ones_like(self.closed), gives=True)
        self.size[cars], self.arrive_s[cars] = past, NOWHERE
        self._make_room(entries)
        order = np.lexsort((cars, since))
        turns = _Turns(cars=cars, past=past, node=node, since_s=since).only(order)
        self._lead_on(turns, now_s)
        arrives = self.arrive_s[cars] >= 0
        return Repair(
            touched=turns.cars, led_round=int(arrives.sum()), halted=int((~arrives & (past > 0)).sum()),
            at_home=int((~arrives & (past == 0)).sum()),
        )  # fmt: skip

    def settle(self) -> None:
        """Write into the calendars what is on arcs that were not looked at, and close holes in memory.

        Nothing that can be asked of the cars depends on it: it is due before the next closure.
        """
        if self._due is None:
            return
        done, ways = self._due
        self._due = None
        self._tidy(0)
        self._join(ways, np.flatnonzero(ways.checked))
        self._enter(done, ~ways.checked & (ways.pending > 0))
        self._tidy(0)
        self._make_room(int(self.size.sum()) // 2)

    def standing(self, cars: Int64, now_s: int) -> tuple[Int64, Int64, Int64]:
        """Return (arcs entered before now, node, second) where each car can first be changed."""
        past, node, since = self._loops.stands(
            self._compiled, self.head, (self.arc, self.t), (self.at, self.size), cars, now_s
        )
        at_home = past == 0
        node = np.where(at_home, self.home[cars], node)
        return past, node, np.where(at_home, np.maximum(since, self.release_s[cars]), since)

    def _make_room(self, entries: int) -> None:
        """Move what cars hold together where there is no room for so many new entries and half more."""
        if self._filled + entries + entries // 2 > len(self.arc):
            order = np.argsort(self.at, kind="stable")
            self._filled = self._loops.moved_together((self.arc, self.t, self.x), (self.at, self.size), order)

    def _tidy(self, share: float = FULL_POOL) -> None:
        """Close the holes in the pools of stretches before they fill up: growing them would take longer."""
        if self._used > share * len(self._calendar[2]):
            order = np.argsort(self._calendar[0], kind="stable")
            self._used = self._loops.tidied(self._calendar, self._room, order)

    def _change(self, cars: Int64, past: Int64, wanted: NDArray[np.bool_], *, gives: bool) -> None:
        """Give back or take in the calendars what cars hold from the entry `past` on, on the arcs wanted."""
        # Places are put in order in what is not in use of their own column.
        needed, places = int((self.size[cars] - past).sum()), self.x[self._filled :]
        if needed > len(places):
            places = np.empty(needed, dtype=np.int64)
        busy_from, busy_until, self._used = self._loops.changed(
            self._calendar, self._room, self._used, entries=(self.arc, self.x),
            spans=(self.at, self.size, past), cars=cars, terms=(self._work, gives, wanted, places),
        )  # fmt: skip
        self._calendar = (*self._calendar[:2], busy_from, busy_until)

    def _lead_on(self, turns: _Turns, now_s: int) -> None:
        """Book turns from where they stand, each by the way that arrives first.

        In rounds: whoever does not arrive by the end of a round is led by the roads as they are then.
        """
        end_s, n_arcs = self.roads.horizon_s, self.roads.n_arcs
        ways = WaysAhead(self.head, n_arcs, self._bits, (now_s, end_s))
        self._windows.restart(end_s - now_s, 1 << self._ways.WINDOW_BITS)
        new = [self._next_arcs(self._tree(np.zeros(n_arcs)))]
        done: list[tuple[Int64, Int64]] = []
        has_way = new[0] >= 0
        in_windows = self.roads.steady & (self.roads.rate_mveh_h[self.roads.start[:-1]] > 0)
        for number in range(1, ROUNDS + 1):
            rest = turns.only(np.flatnonzero((self.arrive_s[turns.cars] < 0) & has_way[turns.node]))
            if not len(rest.cars):
                break
            until_s = now_s + (end_s - now_s) * number // ROUNDS
            self._look_at(ways, np.unique(rest.node), new, done)
            done.append(self._round(rest, ways, until_s))
            new = []
            if number < ROUNDS:
                left = self._loops.room_left(
                    self._compiled, self._calendar, (ways.checked & ~in_windows, ways.pending), ways.summed,
                    (now_s, until_s, self._work),
                )  # fmt: skip
                # Behind a full arc one waits for the end of the round; behind one with room, hardly.
                for full in FULL_BELOW:
                    held_s = (until_s - now_s) * np.clip(1 - left / full, 0, 1)
                    new.append(self._next_arcs(self._tree(held_s)))
        self._due = done, ways

    def _look_at(self, ways: WaysAhead, nodes: Int64, new: list[Any], done: list[Any]) -> None:
        """Add the ways of new trees, and look from now on at the arcs that they make binding."""
        ways.add(nodes, new)
        self._join(ways, ways.befores())
        found = self._ways.to_check(
            self._compiled, self._calendar, (ways.before, ways.checked, ways.along), ways.now_s, self._work
        )
        arcs = ways.look_at(found)
        self._enter(done, self._mask(arcs[ways.pending[arcs] > 0]))
        ways.written(arcs)
        self._split(ways, arcs)
        self._ways.write_free(
            self._compiled, self._calendar, arcs, ways.row_of, (ways.now_s, self.roads.horizon_s, self._work),
            self._bits.free,
        )  # fmt: skip
        ways.stop((self._travel_s, self._least_s, self._wait_s))

    def _split(self, ways: WaysAhead, arcs: Int64) -> None:
        """Keep what is booked on some arcs in windows until it is joined for the last time."""
        kept = self._windows
        kept.grow(int(ways.row_of.max()) + 1)
        kept.busy_from, kept.busy_until, kept.used = self._ways.split(
            self._compiled, self._calendar, arcs, (ways.row_of, ways.now_s, kept.in_row),
            (kept.first, kept.count, kept.room), (kept.busy_from, kept.busy_until, kept.used),
        )  # fmt: skip

    def _join(self, ways: WaysAhead, arcs: Int64) -> None:
        """Write what is booked in windows into the calendars of some arcs."""
        if not len(arcs):
            return
        kept = self._windows
        busy_from, busy_until, self._used = self._ways.joined(
            self._compiled, self._calendar, (self._room, self._used), arcs,
            (ways.row_of, ways.now_s, kept.in_row),
            (kept.first, kept.count, kept.busy_from, kept.busy_until),
        )  # fmt: skip
        self._calendar = (*self._calendar[:2], busy_from, busy_until)
        ways.written(arcs)

    def _mask(self, arcs: Int64) -> NDArray[np.bool_]:
        """Return (n_arcs,) which arcs are among some."""
        found = np.zeros_like(self.closed)
        found[arcs] = True
        return found

    def _enter(self, done: list[tuple[Int64, Int64]], wanted: NDArray[np.bool_]) -> None:
        """Take the places of cars led round on arcs that were not looked at."""
        if done and wanted.any():
            self._tidy()
            cars, past = (np.concatenate(column) for column in zip(*done, strict=True))
            self._change(cars, past, wanted, gives=False)

    def _round(self, turns: _Turns, ways: WaysAhead, until_s: int) -> tuple[Int64, Int64]:
        """Book what arrives by a second; return (cars, how many of their entries have happened)."""
        nodes, turn_list = np.unique(turns.node, return_inverse=True)
        list_start = np.searchsorted(ways.node, np.append(nodes, self.n_nodes))
        kept = self._windows
        booked, columns, self._filled, pools, pools_of_windows = self._ways.book_anew(
            self._compiled, self._calendar, (self._room, self._used),
            (kept.first, kept.count, kept.busy_from, kept.busy_until, kept.room, kept.used, kept.in_row),
            columns=((self.arc, self.t, self.x), self._filled),
            ways=(
                (list_start, ways.way, ways.least_s, ways.length), (ways.arc, ways.behind), ways.stops,
                (ways.checked, ways.pending),
            ),
            turns=(turn_list.astype(np.int64), turns.since_s, self.at[turns.cars], turns.past),
            request=(
                (until_s, self._work, ways.now_s),
                (self._bits.free, self._bits.open, self._bits.shut_until),
            ),
        )  # fmt: skip
        self.arc, self.t, self.x = columns
        self._calendar, self._used = (*self._calendar[:2], *pools[:2]), pools[2]
        kept.busy_from, kept.busy_until, kept.used = pools_of_windows
        done = np.flatnonzero(booked[:, 0] >= 0)
        cars, past = turns.cars[done], turns.past[done]
        self.arrive_s[cars], self.at[cars] = booked[done, 1], booked[done, 2]
        self.size[cars] = past + ways.length[booked[done, 0]]
        return cars, past

    def _tree(self, held_s: Any) -> PathTree:
        """Return least ways to the exits on open roads that are held up for some seconds."""
        cost = np.where(self.closed, np.inf, self._steady_s + held_s)
        return self._graph.tree(cost, self.exits.tolist(), reverse=True)

    def _next_arcs(self, tree: PathTree) -> NDArray[np.int32]:
        """Return (n_nodes,) the arc by which each node's way to an exit begins, negative without one."""
        found = np.full(self.n_nodes, NOWHERE, dtype=np.int32)
        onto, node = np.divmod(tree.pairs.key, self.n_nodes)
        taken = tree.parent[node] == onto
        found[node[taken]] = tree.pairs.arc[taken]
        return found

    @property
    def work(self) -> int:
        """What one entry takes up in a calendar."""
        return self._work

    def reaches(self) -> NDArray[np.bool_]:
        """Return (n_nodes,) whence open roads lead to an exit."""
        return np.asarray(np.isfinite(self._tree(np.zeros(self.roads.n_arcs)).cost))

    def still_to_pass(self, now_s: int) -> Int64:
        """Return (n_arcs,) how many cars enter each arc at or after a second."""
        owner = np.repeat(np.arange(len(self.at)), self.size)
        position = np.arange(len(owner)) - np.repeat(np.cumsum(self.size) - self.size, self.size)
        entry = self.at[owner] + position
        ahead = entry[self.t[entry] >= now_s]
        return np.bincount(self.arc[ahead], minlength=self.roads.n_arcs)


def _with_spare(column: Any, times: float) -> Any:
    """Return a column with room for so many times as much, written to once."""
    spacious = np.ones(int(len(column) * times), column.dtype)
    spacious[: len(column)] = column
    return spacious

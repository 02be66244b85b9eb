"""A book of all passages of many equal vehicles: drive them as planned, then move those that come late.

`drive` lets everybody set out and serves those who wait for an arc in the order in which they are due there
(parallel schedule generation: Kolisch 1996, doi:10.1016/0377-2217(95)00357-6): no capacity is lost between
vehicles, as it is when they are fitted in one by one. `drive_back` finds out who is due where when, from the
arrivals, and drives again. `hold` lets those wait at the origin who would wait too long on the way, `settle`
books the last of them anew. `move` takes vehicles off the roads and books them anew on the path of their list
that brings them in first. Nothing that was booked is ever broken, and nobody arrives later by a move.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.booking.booking import (
    SECONDS_PER_HOUR,
    Booking,
    Busy,
    Pool,
    RoadPieces,
    Turns,
    compiled_stops,
)

NEVER = -1
NO_WINDOW = 2**40


class RoadBook:
    """Passages of all turns on all arcs.

    Parameters
    ----------
    path, depart_s
        (n_turns,) planned path of each turn and the second from which it may leave.
    due_s
        (n_turns,) second in which each turn is due to leave: who is due first goes first. None: `depart_s`.
    units_mveh, wait_max_s, busy
        As in `booking.book`.

    `arrive_s` (n_turns,) is NEVER where nothing is booked; `excess_s` by how much a turn waits too long
    somewhere; `probes` counts the arcs looked at.
    """

    def __init__(
        self, roads: RoadPieces, turns: Turns, path: Any, depart_s: Any, *, units_mveh: int, wait_max_s: Any,
        due_s: Any = None, busy: Busy | None = None,
    ) -> None:  # fmt: skip
        self.turns, self.probes = turns, 0
        self._n_arcs, self._busy, self._work = roads.n_arcs, busy, units_mveh * SECONDS_PER_HOUR
        self._pieces, self._roads = roads, roads.compiled()
        self._stops, self._position = compiled_stops(roads, turns, wait_max_s, busy)
        self._least_s = np.add.reduceat(roads.least_s[turns.arcs], turns.start[:-1])
        stops_of_path = np.diff(self._stops[0])[turns.list_path]
        widest = np.maximum.reduceat(stops_of_path, turns.list_start[:-1])
        self._slot = np.concatenate([[0], np.cumsum(widest[turns.turn_list])]).astype(np.int64)
        self._planned = np.array(path, dtype=np.int64)
        self._first_s = np.maximum(np.array(depart_s, dtype=np.int64), turns.turn_from_s)
        self._due_s = self._due_as_planned(self._first_s if due_s is None else due_s)
        self.path = self._planned.copy()
        self.arrive_s = np.full(len(self.path), NEVER, dtype=np.int64)
        self.depart_s, self.excess_s = self.arrive_s.copy(), np.zeros_like(self.arrive_s)
        self.waited_s = np.zeros_like(self.arrive_s)
        self._entries = np.full(int(self._slot[-1]), NEVER, dtype=np.int64)
        self._pool = Pool.of(self._n_arcs, busy)

    def _due_as_planned(self, due_s: Any) -> Any:
        from safepassage.kernels.booking import drive_in_order as loops  # noqa: PLC0415 - numba costs a second

        depart_s = np.array(due_s, dtype=np.int64)
        return loops.due_as_planned(self._roads, self._stops, self._planned, self._slot, depart_s)

    def drive(self) -> None:
        """Book everybody anew, as planned, in the order in which they are due at each arc."""
        from safepassage.kernels.booking.drive_in_order import drive_in_order  # noqa: PLC0415 - numba costs a second

        self._pool = pool = Pool.of(self._n_arcs, self._busy)
        self.path = self._planned.copy()
        self._entries, pool.busy_from, pool.busy_until, pool.used = drive_in_order(
            self._roads,
            (pool.at, pool.count, pool.busy_from, pool.busy_until),
            pool.room,
            pool.used,
            stops=self._stops,
            turns=(self.path, self._first_s, self._due_s, self._slot),
            work=self._work,
        )
        self._read_times()

    def drive_back(self, *, early_s: int) -> bool:
        """Drive back from the arrivals, as late as roads allow, then anew in the order in which that enters.

        Nobody leaves more than `early_s` before that. What comes of it is kept only if it is better: no fewer
        arrive, and they sooner in the mean. Return whether it is.
        """
        if not (self.arrive_s != NEVER).any():
            return False
        before = self._entries, self._pool, self._first_s, self._due_s, self._cost()
        self._due_s = self._latest_s()
        leaves_s = self._due_s[self._slot[:-1]] - early_s
        self._first_s = np.maximum(self.turns.turn_from_s, leaves_s)
        self.drive()
        better = self._cost() < before[-1]
        if not better:
            self._entries, self._pool, self._first_s, self._due_s, _ = before
            self._read_times()
        return better

    def _cost(self) -> tuple[int, int]:
        """Return (turns that never arrive, sum of the other arrivals)."""
        there = self.arrive_s != NEVER
        return int((~there).sum()), int(self.arrive_s[there].sum())

    def _latest_s(self) -> NDArray[np.int64]:
        """Return by entry the latest second that the arrivals allow; where nobody arrives, what was due."""
        from safepassage.kernels.booking import drive_back as back  # noqa: PLC0415 - numba costs a second to import
        from safepassage.kernels.booking.drive_in_order import drive_in_order  # noqa: PLC0415

        path, slot, start = self._planned, self._slot, self._stops[0]
        entered_s = back.entered_s(self._roads, self._stops, path, slot, self._entries)
        last_s = int(entered_s.max())
        turned = back.roads_back(self._pieces, last_s).compiled()
        stops = back.stops_back(self._stops, self._pieces.least_s)
        due_s = back.turned(entered_s, start, path, slot, (last_s, np.full_like(entered_s, turned[-1])))
        first_s = np.where(self.arrive_s == NEVER, turned[-1], due_s[slot[:-1]])
        pool = Pool.of(self._n_arcs, None)
        entries, *_ = drive_in_order(
            turned, (pool.at, pool.count, pool.busy_from, pool.busy_until), pool.room, pool.used,
            stops=stops, turns=(path, first_s, due_s, slot), work=self._work,
        )  # fmt: skip
        left_s = back.entered_s(turned, stops, path, slot, entries)
        latest_s: NDArray[np.int64] = back.turned(left_s, start, path, slot, (last_s, self._due_s))
        return latest_s

    def _read_times(self) -> None:
        from safepassage.kernels.booking import booking_rounds as rounds  # noqa: PLC0415

        self.depart_s, self.arrive_s, self.excess_s, self.waited_s = rounds.timetable(
            self._roads, self._stops, self.path, self._slot, self._entries
        )

    def hold(self, *, rounds: int, few: int, spare_s: int = 0) -> None:
        """Drive again, until `few` wait too long but at most `rounds` times, with long waits moved home.

        They keep their turn, so by what is waited at home nobody comes later. `spare_s` is held back besides:
        part of what is held would have been waited before the long wait, and does not shorten it.
        """
        for _ in range(rounds):
            late = self.excess_s > 0
            if int(late.sum()) <= few:
                break
            # Who gets through nowhere has no departure to add to.
            later_s = self.depart_s + self.excess_s + spare_s
            self._first_s = np.maximum(self._first_s, np.where(late, later_s, 0))
            self.drive()

    def settle(self) -> None:
        """Book those anew who still wait too long somewhere, or get through nowhere."""
        broken = np.flatnonzero((self.excess_s > 0) | (self.arrive_s == NEVER))
        self.arrive_s[broken] = NEVER
        # Roads are full until about then; a search from the first second on would look at every gap.
        self._book_anew(broken, self._first_s, NO_WINDOW)

    def move(self, order: NDArray[np.int64], *, window_s: int = NO_WINDOW) -> int:
        """Book turns anew in the given order, none later than before; return how many arrive earlier.

        Departures that would save more than `window_s` are not looked for.
        """
        return self._book_anew(order, self.turns.turn_from_s, window_s)

    def _book_anew(self, order: Any, from_s: Any, window_s: int) -> int:
        if not len(order):
            return 0
        from safepassage.kernels.booking import booking_rounds as rounds  # noqa: PLC0415

        pool, turns = self._pool, self.turns
        pool.busy_from, pool.busy_until, pool.used, probes, moved = rounds.move(
            self._roads,
            (pool.at, pool.count, pool.busy_from, pool.busy_until),
            pool.room,
            pool.used,
            stops=self._stops,
            lists=(turns.list_start, turns.list_path, self._least_s),
            turns=(
                np.ascontiguousarray(order, dtype=np.int64), turns.turn_list, from_s, self._slot,
                self.path, self._entries, self.arrive_s,
            ),
            terms=(self._work, window_s),
        )  # fmt: skip
        self.probes += int(probes)
        self._read_times()
        return int(moved)

    def booking(self) -> Booking:
        """Return what is booked."""
        from safepassage.kernels.booking import booking_rounds as rounds  # noqa: PLC0415

        waits = rounds.waits_of(self._roads, self._stops, self.path, self._slot, self._entries)
        waits[:, 1] = self._position[waits[:, 1]]
        return Booking(
            path=self.path, depart_s=self.depart_s, arrive_s=self.arrive_s, waits=waits, probes=self.probes
        )

"""Books passages of many equal vehicles in whole seconds, so that every capacity rule holds exactly.

A serial schedule: vehicles take their turns, and each gets the first run along one of its paths that fits
between what is booked already, gaps included (serial schedule generation of project scheduling: Kolisch,
"Serial and parallel resource-constrained project scheduling methods revisited", 1996,
doi:10.1016/0377-2217(95)00357-6). The calendars are those of `capacity_calendar`, all arcs in one pool.
Waits longer than an arc allows are moved to the origin. Only arcs where the rule could be broken are looked
at: an arc that is always entered from one and the same arc, of no larger capacity and constant in time, is
kept by that one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

SECONDS_PER_HOUR = 3600
MOST = 2**62


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RoadPieces:
    """Capacity and travel time of arcs over time.

    Arc i has the pieces `start[i]:start[i + 1]`, ascending, the first from second 0. `from_s`, `rate_mveh_h`,
    `travel_s` have shape (n_pieces,); rate 0 is closed. An arc must be left before it closes.
    """

    start: Int64
    from_s: Int64
    rate_mveh_h: Int64
    travel_s: Int64
    horizon_s: int

    @classmethod
    def constant(cls, travel_s: Any, capacity_mveh_h: Any, horizon_s: int) -> RoadPieces:
        """Return arcs that are the same at all times."""
        travel = np.asarray(travel_s, dtype=np.int64)
        return cls(
            start=np.arange(len(travel) + 1),
            from_s=np.zeros(len(travel), dtype=np.int64),
            rate_mveh_h=np.asarray(capacity_mveh_h, dtype=np.int64),
            travel_s=travel,
            horizon_s=horizon_s,
        )

    def __post_init__(self) -> None:
        for name in ("start", "from_s", "rate_mveh_h", "travel_s"):
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=np.int64))
        first = self.start[:-1]
        if (np.diff(self.start) < 1).any() or (len(first) and self.from_s[first].any()):
            raise ValueError("every arc needs a piece from second 0 on")

    @property
    def n_arcs(self) -> int:
        """Number of arcs."""
        return len(self.start) - 1

    @property
    def steady(self) -> NDArray[np.bool_]:
        """(n_arcs,) whether an arc has one piece only."""
        return np.asarray(np.diff(self.start) == 1)

    @property
    def least_s(self) -> Int64:
        """(n_arcs,) least travel time in any piece."""
        return np.minimum.reduceat(self.travel_s, self.start[:-1]) if self.n_arcs else self.travel_s

    def compiled(self) -> tuple[Any, ...]:
        """Return the columns for the loops: also when each piece's open stretch ends, and its coordinate."""
        until_s = np.append(self.from_s[1:], self.horizon_s)
        until_s[self.start[1:] - 1] = self.horizon_s
        close_s = np.where(self.rate_mveh_h > 0, until_s, 0)
        for k in np.flatnonzero(np.repeat(~self.steady, np.diff(self.start)))[::-1].tolist():
            if close_s[k] and until_s[k] < self.horizon_s and close_s[k + 1]:
                close_s[k] = close_s[k + 1]
        cumulated = np.zeros_like(self.from_s)
        cumulated[1:] = np.cumsum(self.rate_mveh_h * (until_s - self.from_s))[:-1]
        cumulated -= np.repeat(cumulated[self.start[:-1]], np.diff(self.start))
        return (
            self.start,
            self.from_s,
            self.rate_mveh_h,
            self.travel_s,
            close_s,
            cumulated,
            np.int64(self.horizon_s),
        )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Turns:
    """Who goes when: paths as rows of arcs, lists of paths, and turns that each take a path of their list.

    Path p drives `arcs[start[p]:start[p + 1]]` (at least one). List l holds the paths
    `list_path[list_start[l]:list_start[l + 1]]`; a path stands in one list only. Turn i takes a path of list
    `turn_list[i]`, not before second `turn_from_s[i]`, which never falls from turn to turn of the same list.
    """

    start: Int64
    arcs: Int64
    list_start: Int64
    list_path: Int64
    turn_list: Int64
    turn_from_s: Int64

    def __post_init__(self) -> None:
        for name in self.__slots__:
            object.__setattr__(self, name, np.ascontiguousarray(getattr(self, name), dtype=np.int64))
        if (np.diff(self.start) < 1).any():
            raise ValueError("a path needs an arc")
        if len(np.unique(self.list_path)) < len(self.list_path):
            raise ValueError("a path stands in two lists")
        order = np.argsort(self.turn_list, kind="stable")
        falls = np.diff(self.turn_from_s[order]) < 0
        if (falls & (np.diff(self.turn_list[order]) == 0)).any():
            raise ValueError("the turns of a list must be in order of their first second")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Busy:
    """Stretches booked by others: coordinates [from_x, until_x) of arcs, in any order, apart."""

    arc: Int64
    from_x: Int64
    until_x: Int64


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Booking:
    """What was booked, by turn: path (-1: none fits before the horizon), departure and arrival in seconds.

    `waits` has rows (turn, position in the path, seconds). `probes` counts the arcs looked at.
    """

    path: Int64
    depart_s: Int64
    arrive_s: Int64
    waits: Int64
    probes: int


@dataclass(slots=True, eq=False)
class Pool:
    """Busy stretches of all arcs in one store."""

    at: Int64
    count: Int64
    room: Int64
    busy_from: Int64
    busy_until: Int64
    used: int = field(default=0)

    @classmethod
    def of(cls, n_arcs: int, busy: Busy | None) -> Pool:
        """Return the stretches that are taken at the beginning."""
        at, count = np.zeros(n_arcs, np.int64), np.zeros(n_arcs, np.int64)
        if busy is None or not len(busy.arc):
            empty = np.empty(1024, np.int64)
            return cls(at, count, count.copy(), empty, empty.copy())
        order = np.lexsort((busy.from_x, busy.arc))
        count = np.bincount(busy.arc, minlength=n_arcs).astype(np.int64)
        at[1:] = np.cumsum(count)[:-1]
        taken = [np.ascontiguousarray(column[order], np.int64) for column in (busy.from_x, busy.until_x)]
        return cls(at, count, count.copy(), taken[0], taken[1], len(order))


def checked_arcs(
    roads: RoadPieces, start: Int64, arcs: Int64, *, busy: Busy | None = None
) -> NDArray[np.bool_]:
    """Return (n_arcs,) whether the capacity of an arc has to be looked at on these paths."""
    from safepassage.kernels.booking import booking_loops as loops  # noqa: PLC0415 - numba costs a second to import

    steady, first = roads.steady, roads.start[:-1]
    before = loops.only_before(start, arcs, roads.n_arcs)
    rate = roads.rate_mveh_h[first]
    kept = (before >= 0) & steady & steady[before] & (rate >= rate[before]) & (rate > 0)
    if busy is not None:
        kept[busy.arc] = False
    return np.asarray(~kept)


def compiled_stops(
    roads: RoadPieces, turns: Turns, wait_max_s: Any, busy: Busy | None
) -> tuple[tuple[Any, ...], Int64]:
    """Return the stops of all paths as the loops read them, and the position of each in its path."""
    from safepassage.kernels.booking import booking_loops as loops  # noqa: PLC0415 - numba costs a second to import

    checked = checked_arcs(roads, turns.start, turns.arcs, busy=busy)
    start, arc, position, gap_s, rest_s, tail_s = loops.stops_of(
        turns.start, turns.arcs, checked, roads.least_s
    )
    waits_s = np.ascontiguousarray(np.broadcast_to(wait_max_s, roads.n_arcs), dtype=np.int64)
    return (start, arc, gap_s, rest_s, waits_s, tail_s), position


def book(
    roads: RoadPieces,
    turns: Turns,
    *,
    units_mveh: int,
    wait_max_s: Any,
    busy: Busy | None = None,
) -> Booking:
    """Return passages for all turns, one after the other, each as early as the search finds room.

    Parameters
    ----------
    units_mveh
        What a vehicle takes; the burst of every arc must be at least that.
    wait_max_s
        (n_arcs,) longest wait before an arc that is not the first of a path.
    busy
        What others have booked.
    """
    from safepassage.kernels.booking import booking_loops as loops  # noqa: PLC0415 - numba costs a second to import

    stops, position = compiled_stops(roads, turns, wait_max_s, busy)
    pool = Pool.of(roads.n_arcs, busy)
    booked, waits, probes, *_ = loops.book_in_turn(
        roads.compiled(),
        (pool.at, pool.count, pool.busy_from, pool.busy_until),
        pool.room,
        pool.used,
        stops=stops,
        lists=(turns.list_start, turns.list_path),
        turns=(turns.turn_list, turns.turn_from_s),
        work=units_mveh * SECONDS_PER_HOUR,
    )
    waits[:, 1] = position[waits[:, 1]]
    path, depart_s, arrive_s = (np.ascontiguousarray(column) for column in booked.T)
    return Booking(path=path, depart_s=depart_s, arrive_s=arrive_s, waits=waits, probes=int(probes))

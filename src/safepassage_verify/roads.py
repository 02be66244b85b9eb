"""The network over time: what an arc allows in a second, and exact sums over whole seconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

CAR, BUS, FOOT, TRAIN, BOAT = 1, 2, 4, 8, 16
LINK = FOOT | TRAIN | BOAT
NO_LIMIT = -1

# Rows of one arc share a rank; rank * _RANK + second is ascending, so one binary search finds arc and piece.
_RANK = 2**32


def int64(values: object) -> Int64:
    """Return a read-only copy as 64-bit integers."""
    array = np.array(values, dtype=np.int64)
    array.setflags(write=False)
    return array


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Hours:
    """Seconds of `[0, horizon_s)` in which movement is allowed: all of them, or those in windows.

    `starts`, `ends` are clipped to the grid; empty with `always`.
    """

    horizon_s: int
    always: bool
    starts: Int64
    ends: Int64

    @classmethod
    def of(cls, horizon_s: int, windows: Sequence[Sequence[int]]) -> Hours:
        """Return the hours of disjoint windows in order; no windows mean always."""
        clipped = [(min(a, horizon_s), min(b, horizon_s)) for a, b in windows]
        starts, ends = (int64([pair[k] for pair in clipped]) for k in (0, 1))
        return cls(horizon_s=horizon_s, always=not windows, starts=starts, ends=ends)

    def before(self, t: Int64) -> Int64:
        """Return the number of allowed seconds in [0, t)."""
        t = np.clip(t, 0, self.horizon_s)
        if self.always:
            return t
        lengths = np.concatenate([[0], np.cumsum(self.ends - self.starts)])
        k = np.searchsorted(self.starts, t, side="right")
        last_end = np.concatenate([[0], self.ends])[k]
        return lengths[k] - np.maximum(0, last_end - t)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Steps:
    """A whole number per arc and second: `constant` per arc, or piecewise where `rank` >= 0.

    `key` has an entry per piece, ascending; piece k starts at `start[k]` and has `value[k]`; `total[k]` is
    the sum over [0, start[k]) of the same arc. Sums count allowed hours only.
    """

    constant: Int64
    rank: Int64
    key: Int64
    start: Int64
    value: Int64
    total: Int64
    hours: Hours

    @classmethod
    def of(
        cls, constant: Int64, arcs: Sequence[int], breaks: Sequence[tuple[Int64, Int64]], hours: Hours
    ) -> Steps:
        """Return steps from (starts, values) per arc; every arc's first start is 0."""
        rank = np.full(len(constant), -1, dtype=np.int64)
        rank[int64(arcs)] = np.arange(len(arcs))
        sizes = int64([len(starts) for starts, _ in breaks])
        owner = np.repeat(np.arange(len(arcs)), sizes)
        start = np.concatenate([int64([]), *(starts for starts, _ in breaks)])
        value = np.concatenate([int64([]), *(values for _, values in breaks)])
        begins = hours.before(start)
        # This sum runs over all arcs, as if the next one went on from the last piece of the one before. That
        # and a sum that wraps around change nothing within an arc: differences are still exact.
        area = value * np.diff(begins, append=0)
        running: Int64 = np.cumsum(area) - area
        first = np.cumsum(sizes) - sizes
        total = running - np.repeat(running[first], sizes) if len(owner) else running
        return cls(
            constant=constant,
            rank=rank,
            key=owner * _RANK + start,
            start=start,
            value=value,
            total=total,
            hours=hours,
        )

    def piece(self, arc: Int64, t: Int64) -> Int64:
        """Return the piece that holds second t; only for arcs with pieces."""
        inside = np.clip(t, 0, self.hours.horizon_s - 1)
        return np.searchsorted(self.key, self.rank[arc] * _RANK + inside, side="right") - 1

    def at(self, arc: Int64, t: Int64) -> Int64:
        """Return the value in second t (past the grid: in its last second)."""
        out = self.constant[arc]
        stepped = self.rank[arc] >= 0
        if stepped.any():
            out[stepped] = self.value[self.piece(arc[stepped], t[stepped])]
        return out

    def before(self, arc: Int64, t: Int64) -> Int64:
        """Return the sum of values over the allowed seconds of [0, t)."""
        allowed = self.hours.before(t)
        out = self.constant[arc] * allowed
        stepped = self.rank[arc] >= 0
        if stepped.any():
            k = self.piece(arc[stepped], t[stepped])
            out[stepped] = self.total[k] + self.value[k] * (
                allowed[stepped] - self.hours.before(self.start[k])
            )
        return out

    def extreme(self, *, largest: bool) -> Int64:
        """Return each arc's largest (or least) value over the grid."""
        out = self.constant.copy()
        arcs = np.flatnonzero(self.rank >= 0)
        if len(arcs):
            firsts = np.searchsorted(self.key, self.rank[arcs] * _RANK)
            order = np.argsort(firsts)
            reduce = np.maximum.reduceat if largest else np.minimum.reduceat
            out[arcs[order]] = reduce(self.value, firsts[order])
        return out


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Roads:
    """Arcs with everything that changes on them within `[0, horizon_s)`.

    Columns have shape (n_arcs,). `capacity` (mveh/h) and `persons` (persons/h, 0 where unlimited) are summed
    over allowed hours, `unlimited` (1 without a person capacity) and `hazard` (ppm) over all of them.
    `run_end` says per piece of `travel` when the arc closes next; `limited_run` numbers, per piece, the
    stretches of time with a person limit (-1 without). `waiting` maps waiting places to mveh.
    """

    horizon_s: int
    n_nodes: int
    tail: Int64
    head: Int64
    length_m: Int64
    modes: Int64
    directions: Int64
    empty_ok: NDArray[np.bool_]
    max_weight_kg: Int64
    hours: Hours
    travel: Steps
    capacity: Steps
    persons: Steps
    unlimited: Steps
    hazard: Steps
    run_end: Int64
    limited_run: Int64
    timetable: Timetable
    waiting: dict[int, int]
    least_travel_s: Int64 = field(init=False)
    ever_open: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        least = Steps(
            constant=self.travel.constant,
            rank=self.travel.rank,
            key=self.travel.key,
            start=self.travel.start,
            value=np.where(self.capacity.value > 0, self.travel.value, np.iinfo(np.int64).max),
            total=self.travel.total,
            hours=self.travel.hours,
        )
        object.__setattr__(self, "least_travel_s", least.extreme(largest=False))
        object.__setattr__(self, "ever_open", self.capacity.extreme(largest=True) > 0)

    def __len__(self) -> int:
        return len(self.tail)

    def stays_open(self, arc: Int64, t: Int64, leave: Int64) -> NDArray[np.bool_]:
        """Return whether arcs are open in all of [t, leave), as far as that lies within the grid."""
        fits = self.capacity.constant[arc] > 0
        stepped = self.travel.rank[arc] >= 0
        if stepped.any():
            k = self.travel.piece(arc[stepped], t[stepped])
            fits[stepped] = np.minimum(leave[stepped], self.horizon_s) <= self.run_end[k]
        return fits | (t >= self.horizon_s)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Timetable:
    """Departures of arcs with a timetable: `rank` per arc (-1 none), rows ascending by rank and second."""

    rank: Int64
    key: Int64
    places: Int64

    @classmethod
    def of(cls, n_arcs: int, rows: Iterable[tuple[int, Sequence[Sequence[int]]]]) -> Timetable:
        """Return the timetable of (arc, [(second, places), ...]) rows."""
        rank = np.full(n_arcs, -1, dtype=np.int64)
        key: list[int] = []
        places: list[int] = []
        for k, (arc, departures) in enumerate(rows):
            rank[arc] = k
            key += [k * _RANK + row[0] for row in departures]
            places += [row[1] for row in departures]
        return cls(rank=rank, key=int64(key), places=int64(places))

    def places_at(self, arc: Int64, t: Int64) -> Int64:
        """Return the places of the departure in second t, -1 for none (arcs with a timetable only)."""
        wanted = self.rank[arc] * _RANK + np.clip(t, 0, _RANK - 1)
        if not len(self.key):
            return np.full(len(arc), -1, dtype=np.int64)
        k = np.minimum(np.searchsorted(self.key, wanted), len(self.key) - 1)
        return np.where(self.key[k] == wanted, self.places[k], -1)

    def places_between(self, arc: Int64, a: Int64, b: Int64) -> Int64:
        """Return the places of departures in [a, b), 0 <= a; only for arcs with a timetable."""
        total: Int64 = np.concatenate([int64([0]), np.cumsum(self.places)])
        first, last = (np.searchsorted(self.key, self.rank[arc] * _RANK + t) for t in (a, np.maximum(a, b)))
        return total[last] - total[first]

"""Ways round a closure as they are found, search after search, and what is known of the arcs on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Words = NDArray[np.uint64]
LATEST = 10
"""Only the first ways and those of so many latest searches are tried: others were found full before."""
FIRST_ROOM = 4096
"""Ways that there is room for at first; doubled whenever it is full."""
NEVER = -1
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@dataclass(slots=True, eq=False)
class Bits:
    """Rows of one bit for each second from a closure on, kept from closure to closure.

    `free` (n arcs, words): where an arc has a place. `open` (n stops, words): from where it is not known that
    nobody gets to the end of a way by it; `shut_until` (n stops,): past the last bit known to be shut there.
    """

    free: Words = field(default_factory=lambda: np.zeros((0, 0), dtype=np.uint64))
    open: Words = field(default_factory=lambda: np.zeros((0, 0), dtype=np.uint64))
    shut_until: Int64 = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def restart(self, n_words: int) -> None:
        """Begin rows of another length, in the memory of those before."""
        for name in ("free", "open"):
            flat = getattr(self, name).reshape(-1)
            setattr(self, name, flat[: len(flat) // n_words * n_words].reshape(-1, n_words))

    def grow(self, name: str, n_rows: int) -> None:
        """Make room for so many rows."""
        rows = getattr(self, name)
        if n_rows > len(rows):
            wider = np.empty((n_rows + n_rows // 2, rows.shape[1]), dtype=np.uint64)
            wider[: len(rows)] = rows
            setattr(self, name, wider)


@dataclass(slots=True, eq=False)
class Windows:
    """Calendars of arcs looked at, in windows (see `calendar_windows`), in memory kept between closures.

    `first`, `count`, `room` (n rows * `in_row`,) of each window; the pools have `used` in use.
    """

    busy_from: Int64
    busy_until: Int64
    first: Int64 = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    count: Int64 = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    room: Int64 = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    used: int = 0
    in_row: int = 0

    def restart(self, seconds: int, window_s: int) -> None:
        """Begin with rows of windows for so many seconds, all empty."""
        self.used, self.in_row = 0, seconds // window_s + 1

    def grow(self, n_rows: int) -> None:
        """Make room for so many rows."""
        needed = n_rows * self.in_row
        if needed > len(self.first):
            spare = np.zeros((3, needed + needed // 2 - len(self.first)), dtype=np.int64)
            self.first, self.count, self.room = (
                np.append(column, more)
                for column, more in zip((self.first, self.count, self.room), spare, strict=True)
            )


class WaysAhead:
    """Ways from where people stand to the exits, for one closure.

    Parameters
    ----------
    head
        (n_arcs,) nodes.
    n_arcs
        Number of arcs.
    bits
        Rows to be written for arcs and stops.
    span
        (second of the closure, end of the hours planned).

    `arc`, `behind` of all ways (see `way_tree`); `node`, `way`, `least_s`, `length` of those that are tried,
    by node. (n_arcs,) `checked`: which are looked at, `along`: which go along with the one before, `pending`:
    how many entries are new on each since its calendar was last written, `summed`: what of that has been
    summed. `stops` as in `way_tree`.
    """

    def __init__(self, head: Int64, n_arcs: int, bits: Bits, span: tuple[int, int]) -> None:
        from safepassage.kernels.booking import way_tree  # noqa: PLC0415 - numba costs a second

        self._tree, self._head, self._bits, self.now_s = way_tree, head, bits, span[0]
        bits.restart((span[1] - span[0]) // 64 + 2)
        self.arc, self.behind, self._alike = np.empty((3, FIRST_ROOM), dtype=np.int64)
        self._latest = np.full(n_arcs, NEVER)
        self._n, self._n_searches, self._n_rows, self._n_open = 0, 0, 0, 0
        self.before = np.full(n_arcs, way_tree.UNKNOWN)
        self.checked, self.along = np.zeros((2, n_arcs), dtype=np.bool_)
        self.pending = np.zeros(n_arcs, dtype=np.int64)
        self.summed = np.full(n_arcs, NEVER), np.zeros(n_arcs, dtype=np.int64)
        self.row_of = np.full(n_arcs, NEVER)
        self.node, self.way, self._shown_by = np.empty((3, 0), dtype=np.int64)
        self.least_s, self.length = np.empty((2, 0), dtype=np.int64)
        self._open_of = np.empty(0, dtype=np.int64)
        self.stops = np.empty((0, way_tree.COLUMNS), dtype=np.int64)
        self._everywhere = False

    def add(self, nodes: Int64, searches: list[NDArray[np.int32]]) -> None:
        """Add the ways of some nodes by new searches; ways of others, and of old searches, are dropped."""
        known = self._n
        kept = np.isin(self.node, nodes)
        kept &= (self._shown_by == 0) | (self._shown_by >= self._n_searches + len(searches) - LATEST)
        columns = [np.stack([self.node[kept], self.way[kept], self._shown_by[kept]])]
        for next_arc in searches:
            (self.arc, self.behind, self._alike, self._latest), self._n, way = self._tree.grown(
                (self.arc, self.behind, self._alike, self._latest), self._n, next_arc, self._head, nodes
            )
            columns.append(np.stack([nodes, way, np.full(len(nodes), self._n_searches)]))
            self._n_searches += 1
        node, way, shown_by = np.concatenate(columns, axis=1)
        key, first, of = np.unique(node * (self._n + 1) + way, return_index=True, return_inverse=True)
        latest = np.zeros(len(key), dtype=np.int64)
        np.maximum.at(latest, of, shown_by)
        latest[shown_by[first] == 0] = 0
        order = np.lexsort((first, node[first]))
        first = first[order]
        self.node, self.way, self._shown_by = node[first], way[first], latest[order]
        self._tree.befores((self.arc, self.behind), (known, self._n), self.way, self.before)

    def look_at(self, found: NDArray[np.bool_]) -> Int64:
        """Look at more arcs from now on; return those that were not looked at before.

        At all that are on ways, where less than half of all entries could be left out: that would cost more
        than it saves.
        """
        seen = self.before != self._tree.UNKNOWN
        ways = self.arc, self.behind
        looked_at = self._tree.lengths(ways, self._n, found.astype(np.int64))[self.way].sum()
        self.length = self._tree.lengths(ways, self._n, np.ones(len(found), dtype=np.int64))[self.way]
        self._everywhere |= bool(2 * looked_at > self.length.sum())
        if self._everywhere:
            found = found | seen
        arcs = np.flatnonzero(found & ~self.checked)
        self.checked, self.along = found, seen & ~found
        self.row_of[arcs] = np.arange(self._n_rows, self._n_rows + len(arcs))
        self._n_rows += len(arcs)
        self._bits.grow("free", self._n_rows)
        return arcs

    def written(self, arcs: Int64) -> None:
        """Take note that all entries so far are in the calendars of some arcs."""
        self.pending[arcs], self.summed[0][arcs] = 0, NEVER

    def befores(self) -> Int64:
        """Return the arcs right before those that are seen for the first time, where they are looked at."""
        new = (self.before >= 0) & ~self.checked & ~self.along
        found = np.unique(self.before[new])
        looked_at: Int64 = found[self.checked[found]]
        return looked_at

    def stop(self, arcs: tuple[Any, ...]) -> None:
        """Find the stops of all ways; `arcs` are (n_arcs,) steady, least seconds and longest wait of each."""
        known, ways = self._n_open, (self.arc, self.behind)
        self.stops, self._open_of, self._n_open = self._tree.stops_of_ways(
            ways, self._n, (self.checked, self.row_of, *arcs), (self._open_of, known)
        )
        self.least_s = self._tree.lengths(ways, self._n, arcs[1])[self.way]
        self._bits.grow("open", self._n_open)
        self._bits.open[known : self._n_open] = ALL
        if self._n_open > len(self._bits.shut_until):
            self._bits.shut_until = np.resize(self._bits.shut_until, 2 * self._n_open)
        self._bits.shut_until[known : self._n_open] = 0

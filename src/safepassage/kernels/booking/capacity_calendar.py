"""When may one more vehicle enter an arc? Reservations in capacity coordinates.

Second t of an arc is mapped to x = the sum of its capacity over [0, t). An entry of work w takes [x, x + w)
for some x that lies within its second; reservations do not overlap. Units entered in any [a, b) then number
at most the capacity of [a, b) plus the last entry: the capacity rule of the model with one vehicle of burst,
with nothing lost to rounding. Capacities may change with time; a closed piece has no coordinates at all.
"""

from __future__ import annotations

from bisect import bisect_right

import numpy as np

from safepassage.kernels.booking.burst_loops import FAR, LEAST, MOST, ROWS, enter, find_room, leave

NEVER = -1
"""Returned where no entry is possible within the grid."""
FIRST_ROOM = 64
"""Columns for entries of a calendar with a burst; doubled whenever they are full."""


class CapacityCalendar:
    """Reservations on one resource whose rate is piecewise constant.

    Parameters
    ----------
    starts_s, rates
        Piece k has rate ``rates[k]`` (work units per second, a whole number) from ``starts_s[k]`` on; the
        first starts at 0.
    horizon_s
        End of the grid.

    `busy_from`, `busy_until` are the ends of reserved stretches, ascending and apart; `rate` is the rate of a
    calendar with a single piece, else 0. Inner loops may read them; only `reserve` and `release` change them.
    """

    __slots__ = ("_cumulated", "_horizon_s", "_rates", "_starts_s", "busy_from", "busy_until", "rate")

    def __init__(self, starts_s: tuple[int, ...], rates: tuple[int, ...], horizon_s: int) -> None:
        self._starts_s = starts_s
        self._rates = rates
        self._horizon_s = horizon_s
        self.rate = rates[0] if len(rates) == 1 else 0
        self.busy_from: list[int] = []
        self.busy_until: list[int] = []
        cumulated = [0]
        for k in range(1, len(starts_s)):
            cumulated.append(cumulated[-1] + rates[k - 1] * (starts_s[k] - starts_s[k - 1]))
        self._cumulated = tuple(cumulated)

    def _coordinate(self, t: int) -> int:
        k = bisect_right(self._starts_s, t) - 1
        return self._cumulated[k] + self._rates[k] * (t - self._starts_s[k])

    def _second(self, x: int) -> int:
        """Return the second that holds coordinate x, or NEVER past the grid."""
        k = bisect_right(self._cumulated, x) - 1
        rate = self._rates[k]
        if rate <= 0:
            return NEVER
        t = self._starts_s[k] + (x - self._cumulated[k]) // rate
        return t if t < self._horizon_s else NEVER

    def find(self, t: int, work: int) -> tuple[int, int]:
        """Return (earliest second >= t with room for `work`, its coordinate), or (NEVER, 0)."""
        if t >= self._horizon_s:
            return NEVER, 0
        if len(self._rates) == 1:
            rate = self._rates[0]
            if rate <= 0:
                return NEVER, 0
            x = self._gap(rate * t, work)
            second = x // rate
            return (max(t, second), x) if second < self._horizon_s else (NEVER, 0)
        x = self._gap(self._coordinate(t), work)
        second = self._second(x)
        return (NEVER, 0) if second == NEVER else (max(second, t), x)

    def _gap(self, x: int, work: int) -> int:
        """Return the start of the first free stretch of length `work` at or after x."""
        i = bisect_right(self.busy_until, x)
        busy_from, n = self.busy_from, len(self.busy_from)
        while i < n and busy_from[i] - x < work:
            x = self.busy_until[i]
            i += 1
        return x

    def reserve(self, x: int, work: int) -> None:
        """Take [x, x + work), which `find` returned free."""
        end = x + work
        i = bisect_right(self.busy_from, x)
        joins_left = i > 0 and self.busy_until[i - 1] == x
        joins_right = i < len(self.busy_from) and self.busy_from[i] == end
        if joins_left and joins_right:
            self.busy_until[i - 1] = self.busy_until.pop(i)
            self.busy_from.pop(i)
        elif joins_left:
            self.busy_until[i - 1] = end
        elif joins_right:
            self.busy_from[i] = x
        else:
            self.busy_from.insert(i, x)
            self.busy_until.insert(i, end)

    def release(self, x: int, work: int) -> None:
        """Give back [x, x + work), which was reserved."""
        end = x + work
        i = bisect_right(self.busy_from, x) - 1
        start, stop = self.busy_from.pop(i), self.busy_until.pop(i)
        for left, right in ((end, stop), (start, x)):
            if left < right:
                self.busy_from.insert(i, left)
                self.busy_until.insert(i, right)


class BurstCalendar:
    """Reservations on one resource by the capacity rule itself, for arcs with few entries.

    For all seconds a < b, the work entered in [a, b) is at most the capacity of [a, b) plus `burst`. Small
    entries may then share a burst that a large one would take alone, which stretches of capacity cannot say.
    Entries are checked against those before and after them, so they may be added in any order.

    Parameters
    ----------
    starts_s, rates, horizon_s
        As in `CapacityCalendar`.
    burst
        Work units (of second times rate) that may enter at once.
    """

    __slots__ = ("_burst", "_capacity", "_entries", "_horizon_s", "_sums")

    def __init__(self, starts_s: tuple[int, ...], rates: tuple[int, ...], horizon_s: int, burst: int) -> None:
        rate = np.zeros(horizon_s, dtype=np.int64)
        for k, start in enumerate(starts_s):
            rate[start : starts_s[k + 1] if k + 1 < len(starts_s) else horizon_s] = rates[k]
        self._capacity = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(rate)])
        self._horizon_s, self._burst = horizon_s, burst
        self._sums, self._entries = np.zeros((ROWS, FIRST_ROOM), dtype=np.int64), 0
        self._sums[LEAST, 0], self._sums[MOST, 0] = FAR, -FAR

    def find(self, t: int, work: int) -> tuple[int, int]:
        """Return (earliest second >= t with room for `work`, the same again), or (NEVER, 0)."""
        if t >= self._horizon_s:
            return NEVER, 0
        second = find_room(self._capacity, self._sums, self._entries, t, work, self._burst)
        return (NEVER, 0) if second < 0 else (second, second)

    def reserve(self, x: int, work: int) -> None:
        """Enter `work` in second x, which `find` returned."""
        if self._entries + 1 == self._sums.shape[1]:
            self._sums = np.concatenate([self._sums, np.zeros_like(self._sums)], axis=1)
        self._entries = enter(self._capacity, self._sums, self._entries, x, work)

    def release(self, x: int, work: int) -> None:
        """Take back what was entered in second x."""
        self._entries = leave(self._sums, self._entries, x, work)


class OpenTimes:
    """When an arc may be entered so that it is left before it closes, and how long it then takes.

    Parameters
    ----------
    pieces
        (from_s, until_s, open, travel_s) rows that cover the grid without gap.
    """

    __slots__ = ("_close_s", "_open", "_starts_s", "_travel_s", "_until_s")

    def __init__(self, pieces: tuple[tuple[int, int, bool, int], ...]) -> None:
        self._starts_s = tuple(piece[0] for piece in pieces)
        self._until_s = tuple(piece[1] for piece in pieces)
        self._open = tuple(piece[2] for piece in pieces)
        self._travel_s = tuple(piece[3] for piece in pieces)
        close, closes = 0, []
        for _from_s, until_s, is_open, _travel in reversed(pieces):
            close = (close or until_s) if is_open else 0
            closes.append(close)
        self._close_s = tuple(reversed(closes))

    def travel_s(self, t: int) -> int:
        """Return the travel time of an entry in second t."""
        return self._travel_s[bisect_right(self._starts_s, t) - 1]

    def next_entry(self, t: int) -> int:
        """Return the first second >= t in which the arc may be entered, or NEVER."""
        k = bisect_right(self._starts_s, t) - 1
        while k < len(self._starts_s):
            start = max(t, self._starts_s[k])
            if self._open[k] and start + self._travel_s[k] <= self._close_s[k] and start < self._until_s[k]:
                return start
            k += 1
        return NEVER

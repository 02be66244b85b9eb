"""What a traveller can still gain from each station on, in steps of a clock.

A station is a place in a journey; an option leads from it to the next one. Times are floored to steps,
so every value is at least what is true in whole seconds: the tables prove upper limits. All are whole
numbers.
Backward induction over a time-expanded network (Ahuja, Magnanti, Orlin, Network Flows, 1993, ch. 19.6).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
NOTHING = -(2**50)
"""Value of a station from which nothing can be reached."""
NO_WAY_S = 2**40
"""Seconds between places without a way."""
MOST_LEGS = 2_000


class Options(NamedTuple):
    """Columns of shape (n_options,), ordered by station.

    From `station`, not before `ready_s`, after `before_s` at rest and `move_s` in motion, `after_s` later at
    `target` (-1: the end); the gain of the arrival second counts where `arrives`. With ``passes >= 0`` that
    passage is entered instead.
    """

    station: Int64
    target: Int64
    ready_s: Int64
    before_s: Int64
    move_s: Int64
    after_s: Int64
    arrives: NDArray[np.bool_]
    passes: Int64

    def part(self, columns: slice) -> Options:
        """Return some of the options."""
        return Options(
            self.station[columns], self.target[columns], self.ready_s[columns], self.before_s[columns],
            self.move_s[columns], self.after_s[columns], self.arrives[columns], self.passes[columns],
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Clock:
    """Steps of `step_s` over [0, horizon_s], and the seconds in which movement is allowed.

    `moving` (horizon_s + 2,) counts those seconds before each second; `second` is its inverse: the least
    second before which so many lie.
    """

    step_s: int
    horizon_s: int
    moving: Int64
    second: Int64

    @property
    def steps(self) -> int:
        """Number of steps; step k begins in second ``k * step_s``."""
        return self.horizon_s // self.step_s + 1

    @classmethod
    def of(cls, step_s: int, horizon_s: int, windows: tuple[tuple[int, int], ...]) -> Clock:
        """Return the clock of a grid with movement windows (none: always)."""
        allowed = np.zeros(horizon_s + 1, dtype=np.int64)
        for start, end in windows or ((0, horizon_s),):
            allowed[start:end] = 1
        moving = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(allowed)])
        second = np.searchsorted(moving, np.arange(int(moving[-1]) + 1), side="left").astype(np.int64)
        return cls(step_s, horizon_s, moving, second)


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """Options on a clock, columns of shape (steps, n_options).

    `second` of arrival (-1 where of no use); `gains` of it, where it counts; `leads`, the place in the table
    of values to which it leads: step * n_stations + target, the first past the table at the end, the second
    where it is of no use. `first` bounds the options of each station, (n_stations + 1,); `near` are stations
    with options that end in their step. The search for prices reads all of it hundreds of times: half as
    wide, it takes half as long.
    """

    options: Options
    first: Int64
    near: Int64
    second: NDArray[np.int32]
    gains: NDArray[np.int32]
    leads: NDArray[np.int32]


def timed(clock: Clock, options: Options, n_stations: int, passing: tuple[Any, Int64], gain: Int64) -> Timed:
    """Return when each option, chosen in each step, ends, and what it brings by itself.

    Parameters
    ----------
    passing
        ((n_passages, steps) bool open in some second of the step, (n_passages,) seconds of the passage).
    gain
        (n_seconds,) by arrival second; later arrivals do not count.
    """
    steps, n = clock.steps, len(options.station)
    second = np.empty((steps, n), dtype=np.int32)
    gains, leads = np.empty((steps, n), dtype=np.int32), np.empty((steps, n), dtype=np.int32)
    stays = np.zeros(n, dtype=np.bool_)
    _compiled()[3](
        (clock.step_s, clock.horizon_s, n_stations), clock.moving, clock.second, options, *passing, gain,
        second, gains, leads, stays,
    )  # fmt: skip
    first = np.searchsorted(options.station, np.arange(n_stations + 1)).astype(np.int64)
    return Timed(options, first, np.unique(options.station[stays]), second, gains, leads)


NO_MIXES = np.zeros((0, 7), dtype=np.int64)


def value_table(
    timed_options: Timed, reward: Int64, price: Int64, stops: NDArray[np.bool_], mixes: Int64 = NO_MIXES
) -> Int64:
    """Return (steps + 1, n_stations) the most that can be gained from each station and step on.

    Raises
    ------
    ArithmeticError
        When a journey within one step gains without end.

    Parameters
    ----------
    reward
        (n_options,) added when an option is chosen.
    price
        (steps, n_passages + 1), paid on entry; 0 in the last column.
    stops
        (n_stations,) bool: the journey may end here, with nothing further.
    mixes
        (n, 7) rows (station, this, that, part, whole, since, later): a station is worth at least `part` of
        this one and `whole` - `part` of that one, in parts of `whole` and rounded up, both so many steps
        `later`, counted from the step `since` on if it is before that. No option of the two ends in its step.
    """
    steps = len(timed_options.leads)
    # Two places more than the table: where journeys end nothing is added; what is of no use stays so.
    value = np.full((steps + 1) * len(stops) + 2, NOTHING, dtype=np.int64)
    value[-2] = 0
    table = value[:-2].reshape(steps + 1, len(stops))
    table[:, stops] = 0
    t = timed_options
    if not _compiled()[0](t.first, t.near, t.options.passes, t.gains, t.leads, reward, price, mixes, value):
        raise ArithmeticError("there is no most: going round within one step gains without end")
    return table


def best_journey(
    timed_options: Timed, reward: Int64, price: Int64, value: Int64, start: tuple[int, int]
) -> Int64:
    """Return (n, 3) rows (option, step, arrival second) of a journey worth `value` from (station, step) on.

    Each option is taken as late as its value allows.
    """
    rows = np.zeros((MOST_LEGS, 3), dtype=np.int64)
    t = timed_options
    count = _compiled()[1](
        t.first, t.options.passes, t.gains, t.leads, t.second, reward, price, value, *start, rows
    )
    return rows[:count]


def first_arrivals(
    timed_options: Timed, reward: Int64, price: Int64, value: Int64, starts: Int64
) -> tuple[Int64, Int64]:
    """Return ((steps, n_starts) option with which the best journey first arrives, -1 without; the second)."""
    t = timed_options
    base = len(t.options.station) + 1
    first = np.full(value.shape, -1, dtype=np.int64)
    _compiled()[2](
        t.first, t.options.arrives, t.options.passes, t.gains, t.leads, t.second, reward, price, value, first
    )
    noted = first[:-1, starts]
    return np.where(noted >= 0, noted % base - 1, -1), np.where(noted >= 0, noted // base, -1)


def retimed(clock_ratio: int, timed_options: Timed, journey: Int64) -> list[tuple[int, int, int]] | None:
    """Return a journey found in steps `clock_ratio` times as long, in these; None where it does not fit."""
    rows: list[tuple[int, int, int]] = []
    step = 0
    for option, coarse, _ in journey.tolist():
        step = max(step, coarse * clock_ratio)
        if step >= len(timed_options.leads) or timed_options.second[step, option] < 0:
            return None
        rows.append((option, step, int(timed_options.second[step, option])))
        step = int(timed_options.leads[step, option]) // (len(timed_options.first) - 1)
    return rows


def load() -> None:
    """Load the loops ahead."""
    from safepassage.kernels import compiled  # noqa: PLC0415 - as below

    compiled.load(*_compiled())


@cache
def _compiled() -> tuple[Callable[..., Any], ...]:
    """Compile on first use: numba takes a second to load."""
    from safepassage.kernels.compiled import compiled, unlocked  # noqa: PLC0415

    # Tables are filled beside each other.
    return unlocked(_fill), compiled(_follow), compiled(_first), compiled(_time)


# Flat loops: calls and tuples in them would cost more than the work itself.
def _time(  # noqa: PLR0913, PLR0917
    sizes: Any, moving: Any, inverse: Any, options: Any, is_open: Any, tau_s: Any, gain: Any, second: Any,
    gains: Any, leads: Any, stays: Any,
) -> None:  # fmt: skip
    """Write down when each option, chosen in each step, ends; what is of no use ends in second -1."""
    step_s, horizon_s, n_stations = sizes
    steps = len(second)
    past = (steps + 1) * n_stations
    for k in range(steps):
        for o in range(len(options.station)):
            after_s, row, move_s = options.after_s[o], options.passes[o], options.move_s[o]
            t = max(k * step_s, options.ready_s[o]) + options.before_s[o]
            if row >= 0:
                t, after_s = k * step_s + tau_s[row] if is_open[row, k] else -1, 0
            elif t > horizon_s or moving[t] + move_s >= len(inverse):
                t = -1
            elif move_s > 0:
                t = max(inverse[moving[t] + move_s], t + move_s)
                t = t if t <= horizon_s else -1
            step = (t + after_s) // step_s
            inside = step < steps and options.target[o] >= 0
            arrives = options.arrives[o]
            if t < 0 or (arrives and t >= len(gain)) or not (arrives or inside):
                second[k, o], gains[k, o], leads[k, o] = -1, 0, past + 1
                continue
            second[k, o], gains[k, o] = t, gain[t] if arrives else 0
            leads[k, o] = step * n_stations + options.target[o] if inside else past
            stays[o] |= inside and step == k


def _fill(  # noqa: PLR0913, PLR0917
    first: Any, near: Any, passes: Any, gains: Any, leads: Any, reward: Any, price: Any, mixes: Any,
    value: Any,
) -> bool:  # fmt: skip
    """Fill the table from the last step back; within a step until nothing changes.

    Returns False where going round within one step gains without end: then there is no most.
    """
    steps, n = len(leads), len(first) - 1
    for k in range(steps - 1, -1, -1):
        row = k * n
        for x in range(n):
            best = max(value[row + x], value[row + n + x])
            for o in range(first[x], first[x + 1]):
                best = max(best, gains[k, o] + reward[o] - price[k, passes[o]] + value[leads[k, o]])
            value[row + x] = best
        for i in range(len(mixes)):
            part, whole = mixes[i, 3], mixes[i, 4]
            then = min(max(k, mixes[i, 5]) + mixes[i, 6], steps) * n
            mixed = part * value[then + mixes[i, 1]] + (whole - part) * value[then + mixes[i, 2]]
            x = mixes[i, 0]
            value[row + x] = max(value[row + x], -(-mixed // whole))
        again, rounds = len(near) > 0, 0
        while again:
            if rounds > len(near):
                return False
            again, rounds = False, rounds + 1
            for x in near:
                best = value[row + x]
                for o in range(first[x], first[x + 1]):
                    best = max(best, gains[k, o] + reward[o] - price[k, passes[o]] + value[leads[k, o]])
                if best > value[row + x]:
                    value[row + x] = best
                    again = True
    return True


def _follow(  # noqa: PLR0913, PLR0917
    first: Any, passes: Any, gains: Any, leads: Any, second: Any, reward: Any, price: Any, value: Any, x: int,
    k: int, rows: Any,
) -> int:  # fmt: skip
    """Follow the options that make up a value; return how many there are."""
    steps, n, count = len(leads), len(first) - 1, 0
    while count < len(rows) and value[k, x] > 0:
        while k < steps - 1 and value[k + 1, x] == value[k, x]:
            k += 1
        found = -1
        for o in range(first[x], first[x + 1]):
            there = leads[k, o]
            then = value[there // n, there % n] if there < (steps + 1) * n else 0
            if second[k, o] >= 0 and gains[k, o] + reward[o] - price[k, passes[o]] + then == value[k, x]:
                found = o
                break
        if found < 0:
            break
        rows[count, 0], rows[count, 1], rows[count, 2] = found, k, second[k, found]
        count += 1
        there = leads[k, found]
        if there >= (steps + 1) * n:
            break
        k, x = there // n, there % n
    return count


def _first(  # noqa: PLR0913, PLR0917
    first: Any, arrives: Any, passes: Any, gains: Any, leads: Any, second: Any, reward: Any, price: Any,
    value: Any, found: Any,
) -> None:  # fmt: skip
    """Note the first arrival of the best journey from each step and station: second and option at once."""
    steps, n = len(leads), len(first) - 1
    base = len(arrives) + 1
    for k in range(steps - 1, -1, -1):
        # Twice, for options that lead to another station within the step.
        for _ in range(2):
            for x in range(n):
                if value[k, x] == value[k + 1, x]:
                    found[k, x] = found[k + 1, x]
                    continue
                for o in range(first[x], first[x + 1]):
                    there = leads[k, o]
                    ends = there >= (steps + 1) * n
                    then = 0 if ends else value[there // n, there % n]
                    if (
                        second[k, o] < 0
                        or gains[k, o] + reward[o] - price[k, passes[o]] + then != value[k, x]
                    ):
                        continue
                    if arrives[o]:
                        found[k, x] = second[k, o] * base + o + 1
                    elif not ends:
                        found[k, x] = found[there // n, there % n]
                    break

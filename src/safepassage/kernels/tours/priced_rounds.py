"""A bound on the driving of rounds that bring loads, from ways that remember the stops near them.

Each stop has a price; where no round that a truck holds costs less than the prices of its stops, all rounds
cost at least all prices. Ways from the depot are made longer stop by stop, in the order of their loads, which
are counted to the last unit. A way remembers of its stops the two last ones and those near each stop that
followed (Baldacci, Mingozzi and Roberti, "New route relaxation and pricing strategies for the vehicle routing
problem", 2011, doi:10.1287/opre.1110.0975), calls at none of these again, and gives way to one to the same
stop that costs and holds no more and remembers nothing else. Ways that cannot come home for less than their
prices are left: walks home that gather load in rounded parts tell (`load_paths`). Prices come from a linear
program over the ways that are known, rounded to whole numbers, and the bound is a whole number that they
prove.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled, inner
from safepassage.kernels.compiled import load as load_loops
from safepassage.kernels.tours.load_paths import walks_by_load
from safepassage.kernels.tours.walk_program import WalkProgram

Int64 = NDArray[np.int64]
MOST_STOPS = 62
"""As many as one word of bits holds."""
NEAR = 10
PARTS = 400
"""Into so many parts the room is parted for walks home, each load rounded down."""
SETTINGS, FIRST_WAYS, MOST_WAYS, MOST_LOOKS = 200, 4_000, 60_000, 600_000_000
"""So often prices are set; so many ways are made each time, first and where nothing is left out; and so many
others are looked at beside them, all times together: some seconds."""
JOIN = 60
"""So many of the best ways join the program at once, and the best to each last stop."""
CLASSES, QUEUES = 32, 256
"""Ways to a stop are kept in so many classes of load, and made longer in so many."""
NONE = -1


class _Home(NamedTuple):
    """Least costs of walks home with at most so many parts (parts + 1, n, 2) and where they go first."""

    cost: Int64
    after: Int64


class _Ways(NamedTuple):
    """Ways from the depot: last stop, load, cost less prices, stops remembered, the way before.

    Of each the next that waits to be made longer, and the next in its class, are told as well.
    """

    stop: Int64
    load: Int64
    cost: Int64
    seen: Int64
    before: Int64
    waits: Int64
    alike: Int64


class _Look(NamedTuple):
    """Whether ways give way only to those that remember nothing else, how many are made, and looked at."""

    whole: bool
    most: int
    looks: int


class _Stops(NamedTuple):
    """What each stop gets, how much a truck holds, prices, stops near each as bits, parts beyond the room."""

    loads: Int64
    room: int
    prices: Int64
    near: Int64
    beyond: int


def load() -> None:
    """Load the loops ahead; otherwise they are on their first call."""
    load_loops(_home, _all_ways)


def least_by_prices(cost: Int64, loads: Int64, room: int, *, at_most: int) -> int:
    """Return what all rounds that bring so much to each stop cost at least, 0 where that takes too long.

    Parameters
    ----------
    cost : (n + 1, n + 1) whole costs; 0 is the depot. They keep the triangle inequality.
    loads : (n,) whole loads up to `room`, what a truck holds.
    at_most : the cost of rounds that are known: only as many rounds as can cost less are counted.
    """
    n = len(loads)
    if not 0 < n <= MOST_STOPS:
        return 0
    # A round has no more than n stops: with one unit more for each, every stop of a way adds to its load.
    loads, room = loads + 1, room + n
    parts = loads * PARTS // room
    beyond = int((parts == 0).sum())
    single, back = cost[0, 1:] + cost[1:, 0], cost.T.copy()
    most_rounds = min(n, at_most // max(1, int(single.min())))
    program, near, looks = WalkProgram(single), _near(cost), MOST_LOOKS
    for _ in range(SETTINGS):
        prices = program.prices()
        walks = walks_by_load(back, np.maximum(1, parts), PARTS + beyond, prices)
        home, stops = _home(walks.cost, walks.before), _Stops(loads, room, prices, near, beyond)
        ways, over, looks, _ = _priced(cost, stops, home, _Look(whole=False, most=FIRST_WAYS, looks=looks))
        if over.min(initial=0) >= -1:
            look = _Look(whole=True, most=MOST_WAYS, looks=looks)
            ways, over, looks, ended = _priced(cost, stops, home, look)
            if not ended:
                return 0
            if over.min(initial=0) >= -1:
                # Prices rounded down may leave a second.
                return int(prices.sum()) + most_rounds * int(over.min(initial=0))
        for k in _to_join(over, ways.stop[: len(over)]):
            program.add(*_round(ways, cost, k))
    return 0


def _priced(cost: Int64, stops: _Stops, home: _Home, look: _Look) -> tuple[_Ways, Int64, int, bool]:
    """Return ways, what each costs with the way home less its prices, looks left, whether these are all."""
    ways, count, looks, ended = _all_ways(cost, stops, home, look)
    return ways, ways.cost[:count] + cost[ways.stop[:count] + 1, 0], look.looks - looks, ended


def _near(cost: Int64) -> Int64:
    """Return the stops nearest to each, and the stop itself, as bits."""
    between = cost[1:, 1:].copy()
    np.fill_diagonal(between, -1)
    rows = np.argsort(between, axis=1, kind="stable")[:, :NEAR]
    return np.array([sum(1 << k for k in row) for row in rows.tolist()], dtype=np.int64)


def _to_join(over: Int64, last: Int64) -> list[int]:
    """Return the ways that cost least beside their prices, and the best to each last stop."""
    rows = np.flatnonzero(over < 0)
    rows = rows[np.argsort(over[rows], kind="stable")]
    _, first = np.unique(last[rows], return_index=True)
    found: list[int] = np.union1d(rows[:JOIN], rows[first]).tolist()
    return found


def _round(ways: _Ways, cost: Int64, at: int) -> tuple[list[int], int]:
    """Return the stops of a way, backwards, and what it costs with the way home."""
    found, seconds, after = list[int](), 0, 0
    while at != NONE:
        found.append(int(ways.stop[at]))
        seconds += int(cost[found[-1] + 1, after])
        after, at = found[-1] + 1, int(ways.before[at])
    return found, seconds + int(cost[0, after])


@compiled
def _home(cost: Int64, after: Int64) -> _Home:
    """Return the two best walks of different first stops with at most, not just, so much load."""
    home = _Home(cost.copy(), after.copy())
    for q in range(1, len(cost)):
        for i in range(cost.shape[1]):
            home.cost[q, i], home.after[q, i] = home.cost[q - 1, i], home.after[q - 1, i]
            for which in range(2):
                there, stop = cost[q, i, which], after[q, i, which]
                if there < home.cost[q, i, 0]:
                    if home.after[q, i, 0] != stop:
                        home.cost[q, i, 1], home.after[q, i, 1] = home.cost[q, i, 0], home.after[q, i, 0]
                    home.cost[q, i, 0], home.after[q, i, 0] = there, stop
                elif there < home.cost[q, i, 1] and home.after[q, i, 0] != stop:
                    home.cost[q, i, 1], home.after[q, i, 1] = there, stop
    return home


@inner
def _least_home(home: _Home, stops: _Stops, stop: int, before: int, load: int) -> int:
    """Return the least cost from a stop home, less prices, without a way straight back."""
    left = stops.room - load + stops.loads[stop]
    q = min(len(home.cost) - 1, left * PARTS // stops.room + stops.beyond)
    which = 1 if before != NONE and home.after[q, stop, 0] == before else 0
    return int(home.cost[q, stop, which] + stops.prices[stop])


@inner
def _beaten(ways: _Ways, kept: Int64, way: tuple[int, int, int], look: _Look, last: int) -> tuple[bool, int]:
    """Tell whether a way to the stop of `kept` does what this one does, and how many were looked at.

    `way` is its load, cost and memory; memories are compared only for the whole.
    """
    load, cost, seen = way
    looks = 0
    for k in range(last + 1):
        at = kept[k]
        while at != NONE:
            looks += 1
            if (
                ways.cost[at] <= cost
                and ways.load[at] <= load
                and (not look.whole or ways.seen[at] & ~seen == 0)
            ):
                return True, looks
            at = ways.alike[at]
    return False, looks


@compiled
def _all_ways(cost: Int64, stops: _Stops, home: _Home, look: _Look) -> tuple[_Ways, int, int, bool]:
    """Return ways that may come home for less than their prices.

    With them their number, how many others were looked at, and whether these are all.
    """
    n = len(stops.loads)
    one = np.full(look.most, NONE, np.int64)
    ways = _Ways(one, one.copy(), one.copy(), one.copy(), one.copy(), one.copy(), one.copy())
    kept = np.full((n, CLASSES + 1), NONE, np.int64)
    first, last = np.full(QUEUES + 1, NONE, np.int64), np.full(QUEUES + 1, NONE, np.int64)
    count, looks, queue, at = 0, 0, 0, NONE
    while queue <= QUEUES:
        i = NONE if at == NONE else ways.stop[at]
        spent, held, seen = (0, 0, 0) if at == NONE else (ways.cost[at], ways.load[at], ways.seen[at])
        for j in range(n):
            load, paid = held + stops.loads[j], spent + cost[i + 1, j + 1] - stops.prices[j]
            if seen >> j & 1 or load > stops.room or paid + _least_home(home, stops, j, i, load) >= 0:
                continue
            mark = 1 << j if i == NONE else 1 << j | 1 << i | seen & stops.near[j]
            place = load * CLASSES // stops.room
            beaten, looked = _beaten(ways, kept[j], (load, paid, mark), look, place)
            looks += looked
            if beaten:
                continue
            if count == look.most or looks > look.looks:
                return ways, count, looks, False
            ways.stop[count], ways.load[count], ways.cost[count] = j, load, paid
            ways.seen[count], ways.before[count], ways.alike[count] = mark, at, kept[j, place]
            kept[j, place] = count
            place = load * QUEUES // stops.room
            if last[place] == NONE:
                first[place] = count
            else:
                ways.waits[last[place]] = count
            last[place] = count
            count += 1
        at = first[0] if at == NONE else ways.waits[at]
        while at == NONE and queue <= QUEUES:
            queue += 1
            at = first[queue] if queue <= QUEUES else NONE
    return ways, count, looks, True

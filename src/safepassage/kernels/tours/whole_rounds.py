"""A bound on the driving of rounds from all rounds that hold: whole prices that none of them outweighs.

Every set of stops that one round holds is looked at, with its best round (Held and Karp, 1962,
doi:10.1137/0110015). Each stop has a price, and three stops together may have a toll, paid by rounds that
call at two of them or more; as no two rounds of a plan do, each toll is paid once at most (Jepsen, Petersen,
Spoorendonk and Pisinger, "Subset-row inequalities applied to the vehicle-routing problem with time windows",
2008, doi:10.1287/opre.1070.0449). Where no round costs less than its prices less its tolls, all rounds cost
at least all prices less all tolls. Both come from a linear program over the rounds that matter and are
rounded to whole numbers, with which the bound is proved. Rounds that no plan under a known cost can have, by
the prices without tolls, are then left out: the bound goes up to that cost at most.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled, inner
from safepassage.kernels.compiled import load as load_loops
from safepassage.kernels.tours import few_stops
from safepassage.kernels.tours.few_stops import FAR, Limits, with_breaks

Float = NDArray[np.float64]
Int64 = NDArray[np.int64]
BITS = 12
"""Prices are added up for so many stops at once."""
WORD = 62
"""The most stops that one word of bits holds."""
MOST_ROUNDS = 300
"""So many rounds join the program at once."""
TOLLS, TIMES, LEAST_EXCESS = 20, 6, 0.02
"""So many tolls are asked for at once and so often, each for so much more than one call at two of three."""


class _Level(NamedTuple):
    """Sets of so many stops as bits, in order; least costs of ways through them by last stop; of rounds."""

    sets: Int64
    ways: Int64
    best: Int64


class _Rounds(NamedTuple):
    """Sets of stops that one round holds, as bits, and what the best one costs."""

    sets: Int64
    cost: Int64


@inner
def _load(loads: Int64, stops: int, which: int) -> int:
    """Return what the stops of a set get of a kind."""
    total = 0
    for j in range(len(loads)):
        if stops >> j & 1:
            total += loads[j, which]
    return total


@inner
def _place(sets: Int64, stops: int) -> int:
    """Return where a set stands among sets in order, -1 where it does not."""
    low, high = 0, len(sets)
    while low < high:
        middle = (low + high) // 2
        if sets[middle] < stops:
            low = middle + 1
        else:
            high = middle
    return low if low < len(sets) and sets[low] == stops else -1


@compiled
def _larger(sets: Int64, loads: Int64, limits: Int64, most: int) -> Int64:
    """Return the sets with one more stop, after the last of each, that a truck holds; at most one over."""
    found = np.empty(most + 1, np.int64)
    count = 0
    for stops in sets:
        mass, volume = _load(loads, stops, 0), _load(loads, stops, 1)
        for k in range(len(loads) - 1, -1, -1):
            if stops >> k:
                break
            if mass + loads[k, 0] <= limits[0] and volume + loads[k, 1] <= limits[1]:
                found[count] = stops | 1 << k
                count += 1
                if count > most:
                    return found
    return found[:count]


@compiled
def _level(cost: Int64, loads: Int64, limits: Int64, sets: Int64, before: _Level) -> _Level:
    """Return least costs of larger sets from those of sets with a stop less; FAR where hours end first."""
    n = len(loads)
    level = _Level(sets, np.full((len(sets), n), FAR, np.int64), np.full(len(sets), FAR, np.int64))
    for row in range(len(sets)):
        stops = sets[row]
        for k in range(n):
            if not stops >> k & 1:
                continue
            rest = stops ^ 1 << k
            at = _place(before.sets, rest)
            if at < 0:
                # What hours end for fewer stops they end for more.
                continue
            for j in range(n):
                if rest >> j & 1:
                    there = before.ways[at, j] + cost[j + 1, k + 1]
                    level.ways[row, k] = min(level.ways[row, k], there)
            level.best[row] = min(level.best[row], level.ways[row, k] + cost[k + 1, 0])
        if with_breaks(level.best[row], limits) + _load(loads, stops, 2) > limits[2]:
            level.best[row] = FAR
    return level


@compiled
def _outweighs(rounds: _Rounds, prices: Int64, triples: Int64, tolls: Int64) -> Int64:
    """Return what each round costs more than the prices of its stops less the tolls that it pays."""
    parts = -(-len(prices) // BITS)
    # The prices of all sets of the first stops, of the next ones, and so on, are added up once.
    sums = np.zeros((parts, 1 << BITS), np.int64)
    for k in range(len(prices)):
        part, bit = k // BITS, 1 << k % BITS
        for some in range(bit):
            sums[part, bit + some] = sums[part, some] + prices[k]
    over = rounds.cost.copy()
    for row in range(len(over)):
        stops = rounds.sets[row]
        for part in range(parts):
            over[row] -= sums[part, stops >> part * BITS & (1 << BITS) - 1]
        for k in range(len(triples)):
            both = stops & triples[k]
            if both & (both - 1):
                over[row] += tolls[k]
    return over


class Proved(NamedTuple):
    """What rounds cost at least, 0 where they were too many to look at, and how many cells were looked at."""

    bound: int
    cells: int


def least_of_all_rounds(cost: Int64, loads: Int64, limits: Limits, *, at_most: int, cells: int) -> Proved:
    """Return what rounds that bring each stop its load in one piece cost at least.

    Parameters
    ----------
    cost : (n + 1, n + 1) whole costs; 0 is the depot. They keep the triangle inequality.
    loads : (n, 3) mass and volume of each stop, none of more than a truck holds, and seconds of handling.
    limits : what a truck holds, and the most that a round costs with handling and breaks; costs are seconds
        of driving.
    at_most : the cost of rounds that are known; nothing beyond it is proved.
    cells : so many sets times stops are looked at, at most.
    """
    if not 0 < len(loads) <= WORD:
        return Proved(0, 0)
    rounds, looked = _all_rounds(cost, loads, limits, cells // len(loads))
    if rounds is None:
        return Proved(0, looked * len(loads))
    program, best = _Program(len(loads)), 0
    program.add(rounds.sets[: len(loads)], rounds.cost[: len(loads)])
    for time in range(TIMES + 1):
        bound, over = _proved(program, rounds)
        best = max(best, bound)
        if best >= at_most:
            break
        if not time:
            kept = over <= at_most - bound
            rounds = _Rounds(rounds.sets[kept], rounds.cost[kept])
        if not program.ask_tolls():
            break
    return Proved(min(best, at_most), looked * len(loads))


def load() -> None:
    """Load the loops for few stops and for whole rounds ahead; otherwise they are on their first call."""
    few_stops.load()
    load_loops(_larger, _level, _outweighs)


def _all_rounds(cost: Int64, loads: Int64, limits: Limits, most: int) -> tuple[_Rounds | None, int]:
    """Return all rounds that hold, single stops first, and how many were looked at; None for too many."""
    n = len(loads)
    if n > most:
        return None, 0
    one = np.arange(n)
    level = _Level(1 << one, np.full((n, n), FAR), cost[0, 1:] + cost[1:, 0])
    level.ways[one, one] = cost[0, 1:]
    levels, room = [level], most - n
    bounds = np.array(limits, dtype=np.int64)
    while len(level.sets) and room >= 0:
        sets = np.sort(_larger(level.sets, loads, bounds, room))
        room -= len(sets)
        if room < 0:
            return None, most
        level = _level(cost, loads, bounds, sets, level)
        within = level.best < FAR
        level = _Level(level.sets[within], level.ways[within], level.best[within])
        levels.append(level)
    rounds = _Rounds(*(np.concatenate([getattr(row, name) for row in levels]) for name in ("sets", "best")))
    return rounds, most - room


def _proved(program: _Program, rounds: _Rounds) -> tuple[int, Int64]:
    """Let all rounds join that the prices outweigh; return the bound by prices, and what rounds cost more."""
    while True:
        prices, tolls = program.prices()
        asked = tolls > 0
        over = _outweighs(rounds, prices, program.triples[asked], tolls[asked])
        if int(over.min(initial=0)) >= 0:
            return int(prices.sum() - tolls.sum()), over
        rows = np.argpartition(over, min(MOST_ROUNDS, len(over) - 1))[:MOST_ROUNDS]
        rows = np.sort(rows[over[rows] < 0])
        program.add(rounds.sets[rows], rounds.cost[rows])


class _Program:
    """Which rounds call at all stops at least cost, in parts; its duals are prices of stops and tolls."""

    def __init__(self, stops: int) -> None:
        import highspy  # noqa: PLC0415 - solvers load when first used

        self._infinity = highspy.kHighsInf
        self._stops, self._sets = stops, np.zeros(0, dtype=np.int64)
        self.triples = np.zeros(0, dtype=np.int64)
        self._model: Any = highspy.Highs()
        self._model.setOptionValue("output_flag", False)
        self._model.setOptionValue("threads", 1)
        for _ in range(stops):
            self._model.addRow(1.0, self._infinity, 0, np.zeros(0, np.int32), np.zeros(0))

    def add(self, sets: Int64, cost: Int64) -> None:
        """Add rounds."""
        for stops, seconds in zip(sets.tolist(), cost.tolist(), strict=True):
            calls = np.flatnonzero([stops >> j & 1 for j in range(self._stops)])
            tolls = self._stops + np.flatnonzero(_two_of(np.array([stops]), self.triples)[0])
            rows = np.concatenate([calls, tolls]).astype(np.int32)
            self._model.addCol(float(seconds), 0.0, self._infinity, len(rows), rows, np.ones(len(rows)))
        self._sets = np.concatenate([self._sets, sets])

    def prices(self) -> tuple[Int64, Int64]:
        """Return whole prices of the stops, rounded down, and tolls, rounded up."""
        self._model.run()
        duals = np.asarray(self._model.getSolution().row_dual, dtype=np.float64)
        prices: Int64 = np.floor(np.maximum(0.0, duals[: self._stops]) + 1e-6).astype(np.int64)
        tolls: Int64 = np.ceil(np.maximum(0.0, -duals[self._stops :]) - 1e-6).astype(np.int64)
        return prices, tolls

    def ask_tolls(self) -> bool:
        """Ask tolls of the three stops of which rounds call at two most too often; tell whether of any."""
        parts: Float = np.asarray(self._model.getSolution().col_value, dtype=np.float64)
        some = np.flatnonzero(parts > 1e-6)
        threes = np.array(
            [1 << a | 1 << b | 1 << c for a, b, c in combinations(range(self._stops), 3)], dtype=np.int64
        )
        excess = parts[some] @ _two_of(self._sets[some], threes) - 1.0
        worst = np.argsort(-excess, kind="stable")[:TOLLS]
        worst = worst[excess[worst] > LEAST_EXCESS]
        for triple in threes[worst]:
            columns = np.flatnonzero(_two_of(self._sets, np.array([triple]))[:, 0]).astype(np.int32)
            self._model.addRow(-self._infinity, 1.0, len(columns), columns, np.ones(len(columns)))
        self.triples = np.concatenate([self.triples, threes[worst]])
        return bool(len(worst))


def _two_of(sets: Int64, triples: Int64) -> NDArray[np.bool_]:
    """Tell which sets hold two stops or more of each three."""
    both = sets[:, None] & triples
    found: NDArray[np.bool_] = (both & (both - 1)) != 0
    return found

"""How well all places can be served at most: each at the least cost, whole pieces in pieces.

At whole prices, all that a plan delivers costs no more than what all trucks and lots are worth
(`costs.cheapest_nano`). A place reaches a share of its worth at a least cost: a fractional knapsack over its
needs (Dantzig, "Discrete-variable extremum problems", 1957, doi:10.1287/opre.5.2.266), once for every number
of pieces of those goods of which one piece matters. Where these costs add up to more than there is, no plan
serves every place by that share.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product
from typing import overload

from safepassage.domain.aid.distribution import NANO, AidBound, AidProblem, LotPrice, TruckPrice
from safepassage.engines.distribution.costs import budget_nano, cheapest_nano
from safepassage.engines.distribution.options import Options

PPM = 10**6
LUMP_PERCENT = 2
"""A piece that is more of its place's worth is counted whole."""
MOST_CASES = 64
"""Numbers of pieces of several goods are looked at together up to so many cases for a place."""
PARTS = 4
"""Prices of scarce pieces are mixed with those of the program in so many parts."""


@dataclass(frozen=True, slots=True)
class Priced:
    """A need that can be met: the least cost and the worth of all of it, and in how many pieces it comes."""

    cost: int
    worth: int
    pieces: int


@dataclass(frozen=True, slots=True)
class PlaceCosts:
    """What the needs of a place cost: those in whole pieces, and the others by cost for their worth.

    `met_ppm` is the worth, in millionths, that was met before; it costs nothing more.
    """

    whole_worth: int
    lumps: tuple[Priced, ...]
    parts: tuple[Priced, ...]
    met_ppm: int = 0

    def least(self, share_ppm: int) -> int | None:
        """Return the least cost of a share, rounded down; None where the place cannot reach it."""
        found = None
        for counts in product(*(range(row.pieces + 1) for row in self.lumps)):
            both = list(zip(self.lumps, counts, strict=True))
            left = (
                share_ppm * self.whole_worth
                - self.met_ppm
                - sum(
                    PPM * row.worth * n // row.pieces + (PPM * row.worth * n % row.pieces > 0)
                    for row, n in both
                )
            )
            cost = self._of_parts(left)
            if cost is not None:
                cost += sum(row.cost * n // row.pieces for row, n in both)
                found = cost if found is None else min(found, cost)
        return found

    def _of_parts(self, left: int) -> int | None:
        """Return the least cost of so much worth (in millionths) of needs that are met in parts."""
        cost = 0
        for row in self.parts:
            if left <= 0:
                break
            taken = min(left, PPM * row.worth)
            cost += row.cost * taken // (PPM * row.worth)
            left -= taken
        return cost if left <= 0 else None


def place_costs(rows: Sequence[Priced], whole_worth: int, met_nano: int = 0) -> PlaceCosts:
    """Return the costs of a place of so much worth in all, of which so much was met before."""
    order = sorted(
        (k for k, row in enumerate(rows)
         if row.pieces and row.worth * 100 > LUMP_PERCENT * whole_worth * row.pieces),
        key=lambda k: (Fraction(-rows[k].worth, rows[k].pieces), k),
    )  # fmt: skip
    lumps: list[int] = []
    cases = 1
    for k in order:
        cases *= rows[k].pieces + 1
        if cases > MOST_CASES:
            break
        lumps.append(k)
    parts = [row for k, row in enumerate(rows) if k not in lumps]
    return PlaceCosts(
        whole_worth, tuple(rows[k] for k in lumps),
        tuple(sorted(parts, key=lambda row: Fraction(row.cost, row.worth))), -(-met_nano * PPM // NANO),
    )  # fmt: skip


@overload
def shared_at_most(problem: AidProblem, options: Options, prices: AidBound) -> AidBound: ...


@overload
def shared_at_most(
    problem: AidProblem, options: Options, prices: AidBound, below: AidBound
) -> AidBound | None: ...


def shared_at_most(
    problem: AidProblem, options: Options, prices: AidBound, below: AidBound | None = None
) -> AidBound | None:
    """Return a bound with the least share that its prices leave room for, None where it is not `below`."""
    budget, places = budget_nano(prices, problem, options), _places(problem, options, prices)

    def fits(share_ppm: int) -> bool:
        costs = [place.least(share_ppm) for place in places]
        return all(cost is not None for cost in costs) and sum(cost or 0 for cost in costs) <= budget

    low, high = 0, PPM
    if below is not None:
        if fits(below.least_share_ppm):
            return None
        high = below.least_share_ppm - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return replace(prices, limit_nano=budget, least_share_ppm=low)


def _places(problem: AidProblem, options: Options, prices: AidBound) -> list[PlaceCosts]:
    """Return the costs of all places in reach."""
    step = {good.id: good.step_milli for good in problem.goods}
    whole = Counter({row.place: row.worth for row in problem.behind})
    met = {row.place: row.met_nano for row in problem.behind}
    for need in problem.needs:
        whole[need.place] += need.worth
    rows: defaultdict[str, list[Priced]] = defaultdict(list)
    for i, cost in sorted(cheapest_nano(prices, problem, options).items()):
        need = problem.needs[i]
        size = step[need.commodity]
        pieces = need.amount_milli // size if size > 1 and need.amount_milli % size == 0 else 0
        rows[need.place].append(Priced(cost, need.worth, pieces))
    return [place_costs(row, whole[name], met.get(name, 0)) for name, row in sorted(rows.items())]


def with_scarce_pieces(problem: AidProblem, options: Options, prices: AidBound) -> Iterator[AidBound]:
    """Yield prices in which a good in pieces that is scarce counts more, up to nothing but this good."""
    budget = max(1, budget_nano(prices, problem, options))
    for lots in _scarce_pieces(problem, options).values():
        each = budget // sum(lots.values()) + 1
        for part in range(PARTS):
            yield _mixed(prices, part, dict.fromkeys(lots, each * (PARTS - part)))


def _scarce_pieces(problem: AidProblem, options: Options) -> dict[str, dict[str, int]]:
    """Return by good in pieces of which there is less than is needed what its lots hold."""
    step = {good.id: good.step_milli for good in problem.goods}
    asked: Counter[str] = Counter()
    for i in sorted(set(options.need.tolist())):
        asked[problem.needs[i].commodity] += problem.needs[i].amount_milli
    found: dict[str, dict[str, int]] = {}
    for lot in problem.lots:
        if step[lot.commodity] > 1:
            found.setdefault(lot.commodity, {})[lot.id] = lot.quantity_milli
    return {name: lots for name, lots in sorted(found.items()) if sum(lots.values()) < asked[name]}


def _mixed(prices: AidBound, times: int, more: Mapping[str, int]) -> AidBound:
    """Return so many times the prices of a bound, and more for a thousandth of a unit of some lots."""
    lots = Counter({row.lot: row.nano_milli * times for row in prices.lots})
    lots.update(more)
    return replace(
        prices,
        trucks=tuple(
            TruckPrice(type=row.type, day=row.day, mass_nano_s=times * row.mass_nano_s,
                       volume_nano_s=times * row.volume_nano_s)
            for row in prices.trucks if times
        ),
        lots=tuple(LotPrice(lot=name, nano_milli=nano) for name, nano in sorted(lots.items()) if nano),
        stops=tuple(
            replace(
                row, mass_nano=times * row.mass_nano, volume_nano=times * row.volume_nano,
                needs=tuple(replace(need, nano=times * need.nano) for need in row.needs),
            )
            for row in prices.stops if times
        ),
    )  # fmt: skip

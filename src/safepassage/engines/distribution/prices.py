"""Shares by a linear program, and bounds that its prices prove in whole numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.aid.distribution import (
    G_PER_T,
    NANO,
    AidBound,
    AidProblem,
    LotPrice,
    Remedy,
    TruckPrice,
)
from safepassage.engines.distribution.costs import budget_nano, cheapest_nano
from safepassage.engines.distribution.least_share import shared_at_most, with_scarce_pieces
from safepassage.engines.distribution.options import MG_PER_KG, UL_PER_L, Options, behind_of
from safepassage.engines.distribution.stops import Stops, calls_of, stop_prices, stops_of
from safepassage.kernels.aid_program import (
    Distribution,
    Resource,
    Shared,
    fair_and_most,
    largest_least_share,
    most_worth,
)

SHARE_SCALE = 10**15
"""Prices in a bound of the least share add up to about this over all that there is."""
Float = NDArray[np.float64]
Int64 = NDArray[np.int64]
Bools = NDArray[np.bool_]
EASE = 0.995
"""The least share asked for beside the most worth: a little below the largest, so that both can be had."""
SHOWN_REMEDIES = 5
MANY_OPTIONS = 20_000
"""From so many options on not all are looked at at once."""
HOURS = 2
"""The first resources of a program are hours of trucks, by mass and by volume."""
SCARCE_HOURS = 0.01
"""Hours are scarce where they make up more than this part of what all that there is is worth."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Best:
    """The best that could be brought if trips took no more time than their bound, places in reach considered.

    `shares` (m,) is what each option brings of its need: the least served place is served as well as can be,
    then worth is as much as can be. `fair` is what a program said of the least share alone, where it was
    asked; `begun` (m,) are the options to begin with where not all are looked at at once.
    """

    places: tuple[str, ...]
    least_share: float
    shares: Int64
    fair: Shared | None = None
    begun: Bools | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Proof:
    """What no plan betters, and what would help at the margin."""

    bounds: tuple[AidBound, ...] = ()
    remedies: tuple[Remedy, ...] = ()


def best_of(given: tuple[AidProblem, Options]) -> Best:
    """Return the best that could be brought by options."""
    problem, options = given
    reached = sorted({problem.needs[i].place for i in options.need.tolist()})
    if not reached:
        return Best(places=(), least_share=0.0, shares=np.zeros(0, dtype=np.int64))
    first = _first(problem, options)
    if first is None:
        program = _program(problem, options, stops_of(problem, options))
        fair = largest_least_share(program)
        both = most_worth(program, fair.least_share * EASE)
    else:
        fair, both = None, fair_and_most(_program(problem, options), EASE, first)
        first |= both.parts > 0
    return Best(
        places=tuple(reached), least_share=both.least_share if fair is None else fair.least_share,
        shares=_milli(problem, options, both.parts), fair=fair, begun=first,
    )  # fmt: skip


def by_hand(problem: AidProblem, options: Options) -> Best:
    """Return what to aim at where no program was solved: all of each need, on the last day it may come."""
    reached = sorted({problem.needs[i].place for i in options.need.tolist()})
    day = np.array([crew.day for crew in options.crews], dtype=np.int64)[options.crew]
    order = np.lexsort((day, options.need))
    last = order[np.flatnonzero(np.diff(options.need[order], append=-1))]
    shares = np.zeros(len(options.need), dtype=np.int64)
    shares[last] = np.array([need.amount_milli for need in problem.needs], dtype=np.int64)[options.need[last]]
    return Best(
        places=tuple(reached), least_share=0.0, shares=shares, begun=_first(problem, options)
    )  # fmt: skip


def most_beside(options: Options) -> bool:
    """Tell whether the most worth is looked for beside `best_of`; of many it begins with what that finds."""
    return 0 < len(options.need) <= MANY_OPTIONS


def most_of(given: tuple[AidProblem, Options]) -> Shared:
    """Return the most worth that could be brought."""
    problem, options = given
    return most_worth(_program(problem, options, stops_of(problem, options)))


def proved(given: tuple[AidProblem, Options, Best, Shared | None]) -> Proof:
    """Return bounds on worth and on the least share, and what the prices say would help.

    The most worth is looked for where it is not known.
    """
    problem, options, best, most = given
    if not best.places:
        return Proof()
    stops = stops_of(problem, options)
    most = most or _asked(_most_worth, problem, options, best.begun)
    fair = best.fair or _asked(largest_least_share, problem, options, best.begun)
    bounds = (_worth_bound(problem, options, stops, most), _share_bound(problem, options, stops, fair))
    return Proof(bounds=bounds, remedies=_remedies(problem, options, most))


def dense(problem: AidProblem) -> list[bool]:
    """Return for each need whether its good is among those worth most a kilogram, up to half of all mass.

    What is light and urgent goes to everybody before what is heavy and less so goes to anybody.
    """
    goods = {good.id: good for good in problem.goods}
    worth: dict[str, int] = {}
    mass: dict[str, int] = {}
    for need in problem.needs:
        name = need.commodity
        worth[name] = worth.get(name, 0) + need.worth
        mass[name] = mass.get(name, 0) + need.amount_milli * goods[name].mass_g
    half, found = sum(mass.values()) / 2, set()
    for name in sorted(worth, key=lambda name: (-worth[name] / mass[name], name)):
        half -= mass[name]
        if half < 0:
            break
        found.add(name)
    return [need.commodity in found for need in problem.needs]


def _milli(problem: AidProblem, options: Options, parts: Float) -> Int64:
    amount = np.array([need.amount_milli for need in problem.needs], dtype=np.int64)
    return np.floor(np.clip(parts, 0, 1) * amount[options.need] + 1e-6).astype(np.int64)


def _places(problem: AidProblem) -> list[str]:
    return sorted({need.place for need in problem.needs})


def _most_worth(program: Distribution, begun: Bools | None) -> Shared:
    return most_worth(program, first=begun)


def _asked(
    solving: Callable[[Distribution, Bools | None], Shared], problem: AidProblem, options: Options,
    begun: Bools | None,
) -> Shared:  # fmt: skip
    """Return what a program proves; of many options stops have rows of their own only where hours are scarce.

    With these rows it takes five to fifty times as long. Without them the base of unloading is paid by what
    a stop unloads, which proves as much where hours have hardly a price.
    """
    if begun is not None:
        program = _program(problem, options)
        found = solving(program, begun)
        worth = [float(p @ row.there_is) for p, row in zip(found.prices, program.resources, strict=True)]
        if sum(worth[:HOURS]) <= SCARCE_HOURS * sum(worth):
            return found
        begun = begun | (found.parts > 0)
    return solving(_program(problem, options, stops_of(problem, options)), begun)


def _program(problem: AidProblem, options: Options, stops: Stops | None = None) -> Distribution:
    """Return the program of all options; without stops, each pays of their base by what it unloads."""
    at = {name: i for i, name in enumerate(_places(problem))}
    goods = {good.id: good for good in problem.goods}
    rules = problem.rules
    amount = np.array([need.amount_milli for need in problem.needs], dtype=np.float64)
    mass_mg = (amount * [goods[need.commodity].mass_g for need in problem.needs])[options.need]
    volume_ul = (amount * [goods[need.commodity].volume_ml for need in problem.needs])[options.need]
    payload = np.array([crew.truck.payload_kg * MG_PER_KG for crew in options.crews], dtype=np.float64)
    room = np.array([crew.truck.volume_l * UL_PER_L for crew in options.crews], dtype=np.float64)
    handling = mass_mg / (G_PER_T * 1_000) * (rules.load_s_per_t + rules.unload_s_per_t)
    trip = options.trip_s.astype(np.float64)
    seconds = np.array([crew.seconds for crew in options.crews], dtype=np.float64)
    by_mass_s = mass_mg * trip / payload[options.crew] + handling
    by_volume_s = volume_ul * trip / room[options.crew] + handling
    stock = np.array([lot.quantity_milli for lot in problem.lots], dtype=np.float64)
    parts = mass_mg / options.most_mg, volume_ul / options.most_ul
    if stops is None:
        by_mass_s += rules.unload_base_s * parts[0]
        by_volume_s += rules.unload_base_s * parts[1]
    return Distribution(
        worth=np.array([need.worth for need in problem.needs], dtype=np.float64),
        place=np.array([at[need.place] for need in problem.needs], dtype=np.int64), need=options.need,
        behind=behind_of(problem, at),
        resources=(
            Resource(which=options.crew, takes=by_mass_s, there_is=seconds),
            Resource(which=options.crew, takes=by_volume_s, there_is=seconds),
            Resource(which=options.lot, takes=amount[options.need], there_is=stock),
        ),
        calls=None if stops is None else calls_of(problem, options, stops, parts),
    )  # fmt: skip


def _first(problem: AidProblem, options: Options) -> Bools | None:
    """Return where to begin when options are many: on the day on which a need is due, by the quickest.

    That is the quickest lot for each crew, and the quickest crew for each lot: a depot may have less than
    places near it need. What is needed once may come on any day from the beginning.
    """
    if len(options.need) <= MANY_OPTIONS:
        return None
    calls = Counter((need.place, need.commodity) for need in problem.needs)
    once = np.array([calls[need.place, need.commodity] == 1 for need in problem.needs])[options.need]
    due = np.array([need.due for need in problem.needs])[options.need]
    day = np.array([crew.day for crew in options.crews])[options.crew]
    by_crew = _quickest(options, options.crew, np.arange(len(due)))
    by_lot = _quickest(options, options.lot, np.flatnonzero(due == day))
    begun: Bools = (by_crew & (once | (due == day))) | by_lot
    return begun


def _quickest(options: Options, which: Int64, rows: Int64) -> Bools:
    """Return (m,) the quickest of some options for each need and each crew, or each lot."""
    pair = (options.need * (1 + which.max()) + which)[rows]
    order = np.lexsort((options.trip_s[rows], pair))
    found = np.zeros(len(options.need), dtype=np.bool_)
    found[rows[order[np.flatnonzero(np.diff(pair[order], prepend=-1))]]] = True
    return found


def _worth_bound(problem: AidProblem, options: Options, stops: Stops, prices: Shared) -> AidBound:
    """Return the bound that no plan delivers more worth than the prices prove (weak duality)."""
    bound = _rounded("worth", prices, (problem, options, stops), NANO)
    limit = budget_nano(bound, problem, options) + sum(
        max(0, NANO * problem.needs[i].worth - cost)
        for i, cost in cheapest_nano(bound, problem, options).items()
    )
    return replace(bound, limit_nano=limit)


def _share_bound(problem: AidProblem, options: Options, stops: Stops, prices: Shared) -> AidBound:
    """Return the least bound on the least share: by all prices, by those of scarce pieces, or by both."""
    found = _rounded("least_share", prices, (problem, options, stops), SHARE_SCALE)
    best = shared_at_most(problem, options, found)
    for one in with_scarce_pieces(problem, options, found):
        best = shared_at_most(problem, options, one, best) or best
    return best


def _rounded(kind: str, prices: Shared, given: tuple[AidProblem, Options, Stops], scale: int) -> AidBound:
    """Round prices to whole numbers; nothing is proved by them yet."""
    problem, options, stops = given
    rates = [
        (round(m * scale), round(v * scale))
        for m, v in zip(*(row.tolist() for row in prices.prices[:2]), strict=True)
    ]
    bases = [sum(rate) * problem.rules.unload_base_s for rate in rates]
    return AidBound(
        kind=kind,
        trucks=tuple(
            TruckPrice(type=crew.type, day=crew.day, mass_nano_s=mass, volume_nano_s=volume)
            for crew, (mass, volume) in zip(options.crews, rates, strict=True) if mass or volume
        ),
        lots=tuple(
            LotPrice(lot=lot.id, nano_milli=nano)
            for lot, price in zip(problem.lots, prices.prices[2].tolist(), strict=True)
            if (nano := round(price * scale))
        ),
        stops=stop_prices(problem, options, stops, prices.calls * scale, bases) if len(prices.calls) else (),
        limit_nano=0, least_share_ppm=-1,
    )  # fmt: skip


def _remedies(problem: AidProblem, options: Options, prices: Shared) -> tuple[Remedy, ...]:
    """Return what one more truck, or one more tonne of a good, would be worth at the margin."""
    found: list[Remedy] = []
    for crew, m, v in zip(options.crews, *(row.tolist() for row in prices.prices[:2]), strict=True):
        worth = int((m + v) * crew.seconds / crew.count)
        found.append(
            Remedy(
                what=f"one more truck like {crew.type}", worth=worth, depot=crew.truck.depot,
                when=f" on {problem.days[crew.day].date}",
            )
        )  # fmt: skip
    goods = {good.id: good for good in problem.goods}
    met = np.bincount(options.need, weights=prices.parts, minlength=len(problem.needs))
    lacking: dict[str, float] = {}
    for need, part in zip(problem.needs, met.tolist(), strict=True):
        lacking[need.commodity] = lacking.get(need.commodity, 0.0) + need.worth * max(0.0, 1 - part)
    for lot, price in zip(problem.lots, prices.prices[2].tolist(), strict=True):
        worth = int(
            min(price * 1_000 * G_PER_T / goods[lot.commodity].mass_g, lacking.get(lot.commodity, 0.0))
        )
        what = f"one more tonne of “{goods[lot.commodity].name}”"
        found.append(Remedy(what=what, worth=worth, depot=lot.depot))
    best = {
        (row.what, row.depot, row.when): row
        for row in sorted(found, key=lambda row: row.worth) if row.worth > 0
    }  # fmt: skip
    order = sorted(best.values(), key=lambda row: (-row.worth, row.what, row.depot, row.when))
    return tuple(order[:SHOWN_REMEDIES])

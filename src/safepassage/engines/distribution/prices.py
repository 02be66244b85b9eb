"""Shares by a linear program, and bounds summed from its prices in whole numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from safepassage.domain.aid.distribution import (
    G_PER_T,
    NANO,
    AidBound,
    AidProblem,
    LotPrice,
    Need,
    PlaceWeight,
    Remedy,
    TruckPrice,
)
from safepassage.engines.distribution.options import MG_PER_KG, UL_PER_L, Options
from safepassage.kernels.aid_program import Distribution, Resource, Shared, largest_least_share, most_worth

PPM = 10**6
EASE = 0.995
"""The least share asked for beside the most worth: a little below the largest, so that both can be had."""
SHOWN_REMEDIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What no plan betters: the places in reach, bounds, and what would help at the margin."""

    places: tuple[str, ...]
    bounds: tuple[AidBound, ...]
    remedies: tuple[Remedy, ...]
    least_share: float


def proved(problem: AidProblem, options: Options) -> Proof:
    """Return bounds on worth and on the least share, and what the prices say would help."""
    reached = sorted({problem.needs[i].place for i in options.need.tolist()})
    if not reached:
        return Proof(places=(), bounds=(), remedies=(), least_share=0.0)
    given = _program(problem, options)
    most, fair = most_worth(given), largest_least_share(given)
    alike = tuple(PlaceWeight(place=name, nano=NANO) for name in reached)
    weighted = tuple(
        PlaceWeight(place=name, nano=nano)
        for name, price in zip(_places(problem), fair.places.tolist(), strict=True)
        if (nano := round(price * SHARE_SCALE)) > 0 and name in set(reached)
    )
    bounds = [_bound("worth", alike, most, problem, options, NANO)]
    if weighted:
        bounds.append(_bound("least_share", weighted, fair, problem, options, SHARE_SCALE))
    remedies = _remedies(problem, options, most)
    return Proof(places=tuple(reached), bounds=tuple(bounds), remedies=remedies, least_share=fair.least_share)


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


def shares_of(problem: AidProblem, options: Options, least_share: float) -> np.ndarray:
    """Return what each option brings of its need when trips take no more time than their bound.

    The least served place is served as well as can be, then worth is as much as can be.
    """
    if not len(options.need):
        return np.zeros(0, dtype=np.int64)
    both = most_worth(_program(problem, options), least_share * EASE)
    amount = np.array([need.amount_milli for need in problem.needs], dtype=np.int64)
    return np.floor(np.clip(both.parts, 0, 1) * amount[options.need] + 1e-6).astype(np.int64)


SHARE_SCALE = 10**15
"""Weights of places in a bound of the least share add up to about this over all worth."""


def _places(problem: AidProblem) -> list[str]:
    return sorted({need.place for need in problem.needs})


def _program(problem: AidProblem, options: Options) -> Distribution:
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
    by_mass_s = mass_mg * (trip / payload[options.crew] + rules.unload_base_s / options.most_mg) + handling
    by_volume_s = volume_ul * (trip / room[options.crew] + rules.unload_base_s / options.most_ul) + handling
    stock = np.array([lot.quantity_milli for lot in problem.lots], dtype=np.float64)
    return Distribution(
        worth=np.array([need.worth for need in problem.needs], dtype=np.float64),
        place=np.array([at[need.place] for need in problem.needs], dtype=np.int64), need=options.need,
        resources=(
            Resource(which=options.crew, takes=by_mass_s, there_is=seconds),
            Resource(which=options.crew, takes=by_volume_s, there_is=seconds),
            Resource(which=options.lot, takes=amount[options.need], there_is=stock),
        ),
    )  # fmt: skip


def _bound(
    kind: str,
    weights: tuple[PlaceWeight, ...],
    prices: Shared,
    problem: AidProblem,
    options: Options,
    scale: int,
) -> AidBound:
    """Round prices to whole numbers and sum the bound that they prove."""
    trucks = tuple(
        TruckPrice(type=crew.type, day=crew.day, mass_nano_s=round(m * scale), volume_nano_s=round(v * scale))
        for crew, m, v in zip(options.crews, *(row.tolist() for row in prices.prices[:2]), strict=True)
        if round(m * scale) or round(v * scale)
    )
    lots = tuple(
        LotPrice(lot=lot.id, nano_milli=round(price * scale))
        for lot, price in zip(problem.lots, prices.prices[2].tolist(), strict=True)
        if round(price * scale)
    )
    bound = AidBound(kind=kind, weights=weights, trucks=trucks, lots=lots, limit_nano=0, least_share_ppm=-1)
    limit = limit_nano(bound, problem, options)
    share = -1
    if kind == "least_share":
        weight = {row.place: row.nano for row in weights}
        whole = sum(weight.get(need.place, 0) * need.worth for need in problem.needs)
        share = min(PPM, limit * PPM // whole)
    return AidBound(
        kind=kind, weights=weights, trucks=trucks, lots=lots, limit_nano=limit, least_share_ppm=share
    )


def limit_nano(bound: AidBound, problem: AidProblem, options: Options) -> int:
    """Return the most weighted worth that any plan delivers, by the prices of a bound (weak duality).

    A trip carries at most its payload, so it takes at least the weighted mean of the least round trips to its
    stops, weighted by their shares of the payload; a stop unloads at most what its place needs from that day
    on, so its base is spread over no more; the same by volume. Whoever pays the prices of time and
    goods for each delivery gains on each need no more than its worth less the cheapest option.
    """
    mass = {(row.type, row.day): row.mass_nano_s for row in bound.trucks}
    volume = {(row.type, row.day): row.volume_nano_s for row in bound.trucks}
    lot_price = {row.lot: row.nano_milli for row in bound.lots}
    weight = {row.place: row.nano for row in bound.weights}
    limit = sum(
        (mass.get((c.type, c.day), 0) + volume.get((c.type, c.day), 0)) * c.seconds for c in options.crews
    )
    limit += sum(lot_price.get(lot.id, 0) * lot.quantity_milli for lot in problem.lots)
    cheapest: dict[int, int] = {}
    rates = [(mass.get((c.type, c.day), 0), volume.get((c.type, c.day), 0)) for c in options.crews]
    goods = {good.id: good for good in problem.goods}
    columns = (options.need, options.crew, options.lot, options.trip_s, options.most_mg, options.most_ul)
    base_s = problem.rules.unload_base_s
    for i, k, lot, trip_s, most_mg, most_ul in zip(*(column.tolist() for column in columns), strict=True):
        need, truck = problem.needs[i], options.crews[k].truck
        cost = lot_price.get(problem.lots[lot].id, 0) * need.amount_milli
        if rates[k] != (0, 0):
            good = goods[need.commodity]
            mg, ul = need.amount_milli * good.mass_g, need.amount_milli * good.volume_ml
            handling = mg * (problem.rules.load_s_per_t + problem.rules.unload_s_per_t)
            both = rates[k][0] + rates[k][1]
            cost += rates[k][0] * trip_s * mg // (truck.payload_kg * MG_PER_KG)
            cost += rates[k][1] * trip_s * ul // (truck.volume_l * UL_PER_L)
            cost += rates[k][0] * base_s * mg // most_mg + rates[k][1] * base_s * ul // most_ul
            cost += both * handling // (G_PER_T * 1_000)
        if cost < cheapest.get(i, cost + 1):
            cheapest[i] = cost
    for i, cost in cheapest.items():
        limit += max(0, weight.get(problem.needs[i].place, 0) * problem.needs[i].worth - cost)
    return limit


def _remedies(problem: AidProblem, options: Options, prices: Shared) -> tuple[Remedy, ...]:
    """Return what one more truck, or one more tonne of a good, would be worth at the margin."""
    found: list[Remedy] = []
    for crew, m, v in zip(options.crews, *(row.tolist() for row in prices.prices[:2]), strict=True):
        worth = int((m + v) * crew.seconds / crew.count)
        where = f"one more truck like {crew.type} at {crew.truck.depot} on {problem.days[crew.day].date}"
        found.append(Remedy(what=where, worth=worth))
    goods = {good.id: good for good in problem.goods}
    met = np.bincount(options.need, weights=prices.parts, minlength=len(problem.needs))
    lacking: dict[str, float] = {}
    for need, part in zip(problem.needs, met.tolist(), strict=True):
        lacking[need.commodity] = lacking.get(need.commodity, 0.0) + need.worth * max(0.0, 1 - part)
    for lot, price in zip(problem.lots, prices.prices[2].tolist(), strict=True):
        worth = int(
            min(price * 1_000 * G_PER_T / goods[lot.commodity].mass_g, lacking.get(lot.commodity, 0.0))
        )
        found.append(Remedy(what=f"one more tonne of {lot.commodity} at {lot.depot}", worth=worth))
    best = {row.what: row for row in sorted(found, key=lambda row: row.worth) if row.worth > 0}
    return tuple(sorted(best.values(), key=lambda row: (-row.worth, row.what))[:SHOWN_REMEDIES])


def short_worth(need: Need, milli: int) -> int:
    """Return the worth of what is missing of a need, in billionths."""
    return need.worth * NANO - need.worth_nano(need.amount_milli - milli)

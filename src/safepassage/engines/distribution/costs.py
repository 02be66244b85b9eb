"""What it costs to bring needs at whole prices for seconds of trucks, goods of lots and stops."""

from __future__ import annotations

from safepassage.domain.aid.distribution import (
    G_PER_T,
    AidBound,
    AidProblem,
    AidRules,
    Need,
    StopPrice,
    TruckDay,
)
from safepassage.engines.distribution.options import MG_PER_KG, UL_PER_L, Options


def budget_nano(bound: AidBound, problem: AidProblem, options: Options) -> int:
    """Return what all seconds of trucks and all goods in lots are worth at the prices of a bound."""
    lot_price = {row.lot: row.nano_milli for row in bound.lots}
    rate = {(row.type, row.day): row.mass_nano_s + row.volume_nano_s for row in bound.trucks}
    seconds = sum(rate.get((crew.type, crew.day), 0) * crew.seconds for crew in options.crews)
    return seconds + sum(lot_price.get(lot.id, 0) * lot.quantity_milli for lot in problem.lots)


def cheapest_nano(bound: AidBound, problem: AidProblem, options: Options) -> dict[int, int]:
    """Return by need (position) that can be met the least that bringing all of it costs, rounded down.

    A trip carries at most its payload, so it takes at least the weighted mean of the least round trips to its
    stops, weighted by their shares of the payload; the same by volume. A stop takes its base, which is parted
    among what it unloads by the prices of the stop, or by its load where it has none. So all that a plan
    delivers costs no more, at these prices, than what there is.
    """
    lot_price = {row.lot: row.nano_milli for row in bound.lots}
    prices = [lot_price.get(lot.id, 0) for lot in problem.lots]
    truck = {(row.type, row.day): (row.mass_nano_s, row.volume_nano_s) for row in bound.trucks}
    rates = [truck.get((c.type, c.day), (0, 0)) for c in options.crews]
    stops = {(row.place, row.type, row.day): row for row in bound.stops}
    goods = {good.id: good for good in problem.goods}
    cheapest: dict[int, int] = {}
    columns = (options.need, options.crew, options.lot, options.trip_s, options.most_mg, options.most_ul)
    for i, k, lot, trip_s, most_mg, most_ul in zip(*(column.tolist() for column in columns), strict=True):
        need, crew = problem.needs[i], options.crews[k]
        cost = prices[lot] * need.amount_milli
        if rates[k] != (0, 0):
            good = goods[need.commodity]
            load = (need.amount_milli * good.mass_g, need.amount_milli * good.volume_ml)
            cost += _trip_nano(problem.rules, crew.truck, rates[k], load, trip_s)
            cost += _base_nano(
                stops.get((need.place, crew.type, crew.day)), need, load, (most_mg, most_ul),
                (rates[k][0] * problem.rules.unload_base_s, rates[k][1] * problem.rules.unload_base_s),
            )  # fmt: skip
        if cost < cheapest.get(i, cost + 1):
            cheapest[i] = cost
    return cheapest


def _trip_nano(
    rules: AidRules, truck: TruckDay, rate: tuple[int, int], load: tuple[int, int], trip_s: int
) -> int:
    """Return what a load (mg, ul) takes of the way and of handling, at the prices of a second."""
    cost = rate[0] * trip_s * load[0] // (truck.payload_kg * MG_PER_KG)
    cost += rate[1] * trip_s * load[1] // (truck.volume_l * UL_PER_L)
    handling = load[0] * (rules.load_s_per_t + rules.unload_s_per_t)
    return cost + sum(rate) * handling // (G_PER_T * 1_000)


def _base_nano(
    stop: StopPrice | None,
    need: Need,
    load: tuple[int, int],
    most: tuple[int, int],
    bases: tuple[int, int],
) -> int:
    """Return what a load pays of the base of its stop."""
    by_mass, by_volume = bases if stop is None else (stop.mass_nano, stop.volume_nano)
    cost = by_mass * load[0] // most[0] + by_volume * load[1] // most[1]
    if stop is not None:
        key = (need.commodity, need.due)
        cost += sum(row.nano for row in stop.needs if (row.commodity, row.due) == key)
    return cost

"""Going on from a distribution that is under way: what has left, what is left, and for whom it changes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from safepassage.domain.aid.distribution import AidPlan, AidProblem, DriverChange, Since, TruckDay
from safepassage.domain.plan import Leg


@dataclass(slots=True)
class Gone:
    """What left before now: trips by truck (their legs), and what they bring by need and by lot."""

    now_s: int
    legs: dict[str, tuple[Leg, ...]] = field(default_factory=dict)
    needs: dict[tuple[str, str, int], int] = field(default_factory=dict)
    lots: dict[str, int] = field(default_factory=dict)


def gone(earlier: AidPlan, now_s: int) -> Gone:
    """Return the trips that left their depot before now; they are driven to their end as announced."""
    found = Gone(now_s)
    base = {truck.id: truck.base_node for truck in earlier.problem.trucks}
    for chain in earlier.trucks:
        kept: list[Leg] = []
        trip: list[Leg] = []
        for leg in chain.legs:
            trip.append(leg)
            if earlier.routes[leg.route].to_node == base[chain.id]:
                kept += trip if trip[0].depart_s < now_s else []
                trip = []
        found.legs[chain.id] = tuple(kept)
    left = {leg.id for legs in found.legs.values() for leg in legs}
    for row in earlier.deliveries:
        if row.leg in left:
            key = (row.place, row.commodity, row.due)
            found.needs[key] = found.needs.get(key, 0) + row.milli
            found.lots[row.lot] = found.lots.get(row.lot, 0) + row.milli
    return found


def onward(problem: AidProblem, past: Gone) -> AidProblem:
    """Return what is left of a problem from now on.

    The stock is taken as it was before: what has left is taken off. A truck is free when its trip is over,
    for what is left of its hours of duty.
    """
    needs = []
    for need in problem.needs:
        milli = need.amount_milli - past.needs.get((need.place, need.commodity, need.due), 0)
        if milli > 0 and problem.days[need.due].until_s > past.now_s:
            worth = max(1, need.worth * milli // need.amount_milli)
            needs.append(replace(need, amount_milli=milli, worth=worth))
    lots = [
        replace(lot, quantity_milli=milli) for lot in problem.lots
        if (milli := lot.quantity_milli - past.lots.get(lot.id, 0)) > 0
    ]  # fmt: skip
    trucks = [left for truck in problem.trucks if (left := _left(truck, past)) is not None]
    return replace(problem, needs=tuple(needs), lots=tuple(lots), trucks=tuple(trucks))


def _left(truck: TruckDay, past: Gone) -> TruckDay | None:
    legs = past.legs.get(truck.id, ())
    free_s = max([truck.available_from_s, past.now_s, *(leg.arrive_s for leg in legs)])
    duty_s = truck.max_duty_s
    if duty_s >= 0 and legs:
        duty_s -= free_s - legs[0].depart_s
    if free_s >= truck.available_until_s or (truck.max_duty_s >= 0 and duty_s <= 0):
        return None
    return replace(truck, available_from_s=free_s, max_duty_s=duty_s)


def since(earlier: AidPlan, later: AidPlan, past: Gone) -> Since:
    """Return for which drivers what lies ahead is no longer as announced."""
    before, after = _ahead(earlier, past), _ahead(later, Gone(past.now_s))
    drivers = tuple(
        DriverChange(truck=name, before=before.get(name, ()), after=after.get(name, ()))
        for name in sorted({*before, *after})
        if before.get(name, ()) != after.get(name, ())
    )
    same = sum(before[name] == after.get(name) for name in before)
    return Since(now_s=past.now_s, under_way=sum(map(len, past.legs.values())), same=same, drivers=drivers)


def _ahead(plan: AidPlan, past: Gone) -> dict[str, tuple[tuple[int, str, str, int], ...]]:
    """Return by truck (arrival, place, good, amount) of what is still to be unloaded."""
    left = {leg.id for legs in past.legs.values() for leg in legs}
    arrive_s = {leg.id: leg.arrive_s for chain in plan.trucks for leg in chain.legs}
    found: dict[str, dict[tuple[int, str, str], int]] = {}
    for row in plan.deliveries:
        if row.leg not in left:
            stops = found.setdefault(row.truck, {})
            key = (arrive_s[row.leg], row.place, row.commodity)
            stops[key] = stops.get(key, 0) + row.milli
    return {
        name: tuple((*key, milli) for key, milli in sorted(stops.items())) for name, stops in found.items()
    }

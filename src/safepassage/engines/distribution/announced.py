"""Trips that were announced and have not left: as much of them as is still asked for and still there."""

from __future__ import annotations

from safepassage.domain.aid.distribution import AidPlan, AidProblem, Delivery
from safepassage.domain.plan import Leg
from safepassage.engines.distribution.dispatch import Dispatcher
from safepassage.engines.distribution.onward import Gone, line_of, loads_s, trips_of
from safepassage.engines.distribution.standing import Planned, Stop
from safepassage.engines.distribution.store import Item


def as_announced(begun: Dispatcher, earlier: AidPlan, past: Gone) -> Dispatcher:
    """Return a distribution in which drivers go on as announced, and free hours are used as ever."""
    problem, done = begun.problem, begun.anew()
    for name, trips in _ahead(problem, earlier, past).items():
        done.planned[name] = trips
        for trip in trips:
            for stop in trip.stops:
                done.left.hold(stop.items)
    for day in range(len(problem.days)):
        done.day(day)
    return done


def _ahead(problem: AidProblem, earlier: AidPlan, past: Gone) -> dict[str, list[Planned]]:
    """Return what is planned for each truck of a day: trips as they were, without what is met or gone."""
    needs = {(need.place, need.commodity, need.due): i for i, need in enumerate(problem.needs)}
    lots = {lot.id: k for k, lot in enumerate(problem.lots)}
    asked = [need.amount_milli for need in problem.needs]
    there = [lot.quantity_milli for lot in problem.lots]
    rows: dict[str, list[Delivery]] = {}
    for row in earlier.deliveries:
        rows.setdefault(row.leg, []).append(row)

    def item(row: Delivery) -> Item | None:
        need, lot = needs.get((row.place, row.commodity, row.due)), lots.get(row.lot)
        if need is None or lot is None:
            return None
        milli = min(row.milli, asked[need], there[lot])
        asked[need], there[lot] = asked[need] - milli, there[lot] - milli
        return Item(need, lot, milli) if milli else None

    def stop(legs: tuple[Leg, ...]) -> Stop | None:
        lines = [row for leg in legs for row in rows.get(leg.id, ())]
        items = [one for row in lines if (one := item(row)) is not None]
        return Stop(earlier.routes[legs[0].route].to_node, lines[0].place, items) if items else None

    found: dict[str, list[Planned]] = {}
    trucks = {one.id: truck.id for truck in problem.trucks for one in truck.line}
    for chain in earlier.trucks:
        line = line_of(chain, earlier)
        if chain.id not in trucks or chain is not line[0]:
            continue
        left = set(past.legs.get(chain.id, ()))
        for trips in zip(*(trips_of(one, earlier) for one in line), strict=True):
            if trips[0][0] in left:
                continue
            stops = [one for legs in zip(*trips, strict=True) if (one := stop(legs)) is not None]
            if stops:
                depot = problem.lots[stops[0].items[0].lot].node
                # A crew that is to set out late would be on duty too long if it set out as soon as it can.
                from_s = min(loads_s(earlier.problem, trip, rows) for trip in trips)
                found.setdefault(trucks[chain.id], []).append(Planned(depot, tuple(stops), from_s))
    return found

"""Aid beside an evacuation: who needs what on which day, and which truck brings it on the roads left over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from safepassage.domain.aid.case_rules import rules_of
from safepassage.domain.aid.catalogue import catalogue, norms
from safepassage.domain.aid.commodity import MILLI, Norm, Rhythm, Unit
from safepassage.domain.aid.distribution import (
    DAY_S,
    AidDay,
    AidPlan,
    AidProblem,
    AidRules,
    Delivered,
    Good,
    Lot,
    Need,
    TruckDay,
    truck_day_id,
)
from safepassage.domain.aid.needs import NeedsTable, group_words
from safepassage.domain.aid.stock import StockState
from safepassage.domain.aid.supplies import Past
from safepassage.domain.case import Case
from safepassage.domain.crew import Beside, at_once
from safepassage.domain.history import entries
from safepassage.domain.local_days import day_dates, day_ends
from safepassage.domain.plan import Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.distribution import (
    Gone,
    Scene,
    delivered,
    distribute,
    gone,
    led_round,
    onward,
    since,
    with_exposure,
)
from safepassage.engines.evacuate.trucks import TruckRoads
from safepassage.engines.needs import Moved, needs_of, presence_of
from safepassage.engines.unmet import fixes_of

NO_LIMIT = -1
FARTHEST_S = 10**8
"""Three years from the start: goods that keep longer keep for every plan."""


def provide(
    case: Case,
    problem: PlanningProblem,
    schedule: Schedule,
    earlier: AidPlan | None = None,
    *,
    beside: Beside = at_once,
) -> AidPlan | None:
    """Return the distribution of aid beside a schedule; None where the case has neither stock nor trucks.

    Everything is planned on the roads that the schedule leaves: nothing that was booked for people moves.
    Where the problem has a history, only what lies ahead is planned; trips of an `earlier` distribution that
    have left go on as announced, round roads that have closed since. What they bring is taken off needs and
    stock: as receivers counted it where the case's consignments say so, else as planned. `beside` solves
    programs meanwhile.
    """
    if not case.stock and not case.trucks:
        return None
    given = aid_problem(case, problem, schedule)
    roads = TruckRoads(problem, schedule, case.settings.exposure_weight, given.rules)
    past: Gone | None = None
    met: tuple[Delivered, ...] = ()
    if problem.history is not None:
        now_s = problem.history.now_s
        past = Gone(now_s) if earlier is None else _gone(case, problem, earlier)
        scene = Scene(
            problem=given, network=problem.network, roads=roads,
            wait_max_s=problem.rules.junction_wait_max_s, cap_ppm_s=problem.rules.exposure_cap_ppm_s,
            windows=problem.rules.movement_windows,
        )  # fmt: skip
        past = led_round(past, scene)
        met = delivered(given, past)
        given = onward(given, past)
    found = distribute(
        given, roads, windows=problem.rules.movement_windows,
        exposure_cap_ppm_s=problem.rules.exposure_cap_ppm_s,
        announced=None if earlier is None or past is None else (earlier, past), beside=beside,
    )  # fmt: skip
    found = _said(found, problem, roads)
    if earlier is None or past is None:
        return found
    return replace(found, since=since(earlier, found, past, met))


def with_past(
    problem: PlanningProblem, case: Case, earlier: AidPlan | None, sha256: str = ""
) -> PlanningProblem:
    """Return a problem whose inputs say what had left the depots before now by an `earlier` distribution.

    `sha256` is the hash of its file.
    """
    if earlier is None or problem.history is None or problem.supplies is None:
        return problem
    found = _gone(case, problem, earlier)
    trucks = tuple(found.trucks[name] for name in sorted(found.trucks))
    past = Past(brought=found.brought, trucks=trucks, trips=found.trips, aid_sha256=sha256)
    return replace(problem, supplies=replace(problem.supplies, past=past))


def _gone(case: Case, problem: PlanningProblem, earlier: AidPlan) -> Gone:
    """Return what of an earlier distribution had left before a problem with a history begins."""
    assert problem.history is not None  # noqa: S101 - asked by the callers
    found = gone(earlier, problem.history.now_s, case.consignments)
    return with_exposure(found, earlier, problem.network)


def _said(aid: AidPlan, problem: PlanningProblem, roads: TruckRoads) -> AidPlan:
    """Return a distribution with what would bring all that is short, depots called by their names."""
    names = {place.id: place.name for place in problem.places}
    remedies = tuple(replace(row, depot=names.get(row.depot, row.depot)) for row in aid.remedies)
    return replace(aid, remedies=remedies, fixes=fixes_of(problem, aid, roads.least_s))


def aid_problem(case: Case, problem: PlanningProblem, schedule: Schedule) -> AidProblem:
    """Return needs, lots and trucks by day on the network of a planning problem."""
    days = _days(case, problem)
    goods = catalogue(case.commodities)
    rules = rules_of(case)
    needs = needs_of(
        presence_of(case, arrivals(problem, schedule), ends_s=day_ends(case, len(days))),
        norms(
            case.norms, water_l_person_day=case.settings.water_l_person_day,
            food_g_person_day=case.settings.food_g_person_day,
        ),
        goods, cold=case.settings.cold_season,
    )  # fmt: skip
    node = {place.id: place.node for place in problem.places}
    return AidProblem(
        days=days,
        goods=tuple(
            Good(
                id=c.id, name=c.name, unit=c.unit, mass_g=c.mass_g, volume_ml=c.volume_ml,
                cold_chain=c.cold_chain, step_milli=MILLI if c.unit is Unit.PIECE else 1,
                shelf_days=c.shelf_days,
            )
            for c in goods
        ),
        needs=tuple(_needs(needs, node, rules)),
        lots=tuple(
            Lot(
                id=lot.id, depot=lot.depot, node=node.get(lot.depot, NO_LIMIT), commodity=lot.commodity,
                quantity_milli=lot.quantity_milli, available_from_s=max(0, lot.available_from_s),
                expires_s=NO_LIMIT if lot.expires_s is None else min(max(0, lot.expires_s), FARTHEST_S),
            )
            for lot in sorted(case.stock, key=lambda lot: lot.id)
            if lot.state is not StockState.PLEDGED and lot.quantity_milli > 0
        ),
        trucks=tuple(_trucks(case, node, days)),
        rules=rules,
    )  # fmt: skip


def arrivals(problem: PlanningProblem, schedule: Schedule) -> Iterator[Moved]:
    """Yield the persons who reach a site, decided ones only."""
    network = problem.network
    for stream in schedule.cars:
        if stream.reserve or not stream.site:
            continue
        arcs = schedule.routes[stream.route].arcs
        for car in stream.departures:
            run = entries(network, arcs, car.depart_s, car.waits)
            arrive_s = max((left for _, left in run), default=car.depart_s)
            yield Moved(place=stream.place, site=stream.site, persons=car.persons, arrive_s=arrive_s)
    rides = [(leg.arrive_s, leg.load) for chain in schedule.vehicles for leg in chain.legs]
    rides += [
        (ride.depart_s + network.travel_in(ride.arc, ride.depart_s), ride.load)
        for ride in schedule.link_rides
    ]
    for arrive_s, load in rides:
        for item in load:
            if item.site and not item.reserve:
                yield Moved(place=item.place, site=item.site, persons=item.persons, arrive_s=arrive_s)


def _days(case: Case, problem: PlanningProblem) -> tuple[AidDay, ...]:
    """Return the local days within the grid, the first and the last in part."""
    horizon_s = problem.network.horizon_s
    most = horizon_s // DAY_S + 2
    ends = [*(end for end in day_ends(case, most) if end < horizon_s), horizon_s]
    starts = [0, *ends[:-1]]
    return tuple(
        AidDay(from_s=a, until_s=b, date=date)
        for a, b, date in zip(starts, ends, day_dates(case, len(ends)), strict=True)
    )


def _needs(table: NeedsTable, node: dict[str, int], rules: AidRules) -> Iterator[Need]:
    """Yield needs by place, day and commodity; what falls due once may come until the last day."""
    days = table.presence.persons.shape[1]
    heads = [table.heads(column) for column in range(len(table.norms))]
    for row, place in enumerate(table.presence.places):
        found: dict[tuple[int, str], list[tuple[Norm, int, int]]] = {}
        most: dict[tuple[int, str], int] = {}
        for column, norm in enumerate(table.norms):
            counted: dict[tuple[int, str], int] = {}
            for day in np.flatnonzero(table.amount_milli[row, :, column]).tolist():
                key = (days - 1 if norm.rhythm is Rhythm.ONCE else day, norm.commodity)
                persons = int(heads[column][row, day])
                found.setdefault(key, []).append((norm, int(table.amount_milli[row, day, column]), persons))
                counted[key] = counted.get(key, 0) + persons
            most.update({key: max(persons, most.get(key, 0)) for key, persons in counted.items()})
        for (due, commodity), rows in sorted(found.items()):
            yield Need(
                place=place, node=node.get(place, NO_LIMIT), commodity=commodity, due=due,
                priority=min(norm.priority for norm, _, _ in rows),
                amount_milli=sum(amount for _, amount, _ in rows), persons=most[due, commodity],
                worth=max(1, sum(n * rules.weights[norm.priority - 1] for norm, _, n in rows)),
                groups=group_words(frozenset(norm.for_group for norm, _, _ in rows)),
            )  # fmt: skip


def _trucks(case: Case, node: dict[str, int], days: tuple[AidDay, ...]) -> Iterator[TruckDay]:
    """Yield every truck on every day on which it is available."""
    for row in sorted(case.trucks, key=lambda row: row.id):
        base = node.get(row.depot, NO_LIMIT)
        until_s = days[-1].until_s if row.available_until_s is None else row.available_until_s
        for day, span in enumerate(days):
            first_s, last_s = max(span.from_s, row.available_from_s), min(span.until_s, until_s)
            if base < 0 or first_s >= last_s:
                continue
            for number in range(1, row.count + 1):
                truck = f"{row.id}-{number:03d}"
                yield TruckDay(
                    id=truck_day_id(truck, day), truck=truck, type=row.id, depot=row.depot, day=day,
                    base_node=base, payload_kg=row.payload_kg, volume_l=row.volume_l, weight_kg=row.weight_kg,
                    units_mveh=row.units_mveh, cold_chain=row.cold_chain, available_from_s=first_s,
                    available_until_s=last_s,
                    max_duty_s=NO_LIMIT if row.max_duty_s is None else row.max_duty_s,
                    max_drive_s=row.max_drive_s, break_after_s=row.break_after_s, break_s=row.break_s,
                    work_s=DAY_S - row.rest_s, rest_s=row.rest_s,
                    organisation=row.organisation, convoy=row.convoy,
                )  # fmt: skip

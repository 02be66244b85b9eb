"""The canonical flow: overlay → prices → schedule → corridors → bounds → plan; where engines meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import product
from typing import NamedTuple

from safepassage import __version__
from safepassage.domain.case import Settings
from safepassage.domain.crew import Each, alone
from safepassage.domain.frontier import Leaning
from safepassage.domain.history import departed
from safepassage.domain.network import RoadNetwork
from safepassage.domain.observer import Observer
from safepassage.domain.plan import Certificate, Corridor, MadeWith, Modification, Plan, Schedule
from safepassage.domain.plan_change import DirectionChange, Movement, MovementChange, PlanChange, Price
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.price_sheet import Guide
from safepassage.domain.problem import Problem
from safepassage.domain.situation import Situation
from safepassage.engines.bounds.certify import Behind, Served
from safepassage.engines.car_streams import (
    arrives_as_can,
    by_car,
    by_car_alone,
    drive_all,
    lead_cars,
    lead_on,
)
from safepassage.engines.changes import (
    cheapest,
    compared,
    last_to_come,
    movements,
    named_as_before,
    of_places,
    of_vehicles_changed,
    person_seconds,
    places_changed,
    served,
)
from safepassage.engines.corridors import corridors
from safepassage.engines.evacuate import Earlier, evacuate, last_arrival_share
from safepassage.engines.evacuate.schedule import Limits
from safepassage.engines.overlay import onward
from safepassage.engines.pricing import Priced
from safepassage.engines.summary import (
    Totals,
    basis,
    binding,
    direction_summaries,
    hold,
    joint_summary,
    not_assessed,
    totals,
)
from safepassage.ground import Ground, StoppingRule, prepare, problem_of

__all__ = [
    "Announced", "Begun", "Ground", "Making", "Planned", "StoppingRule", "anew", "answered", "begin_plan",
    "concluded", "make_plan", "prepare", "problem_of", "scheduled", "with_prices",
]  # fmt: skip

MINUTE_S = 60
MOST_LAST = 3
"""So many trips, the last to arrive, are planned anew one after the other while that helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """How plans side by side are made: until when, from which seed, told to whom, by whom."""

    stop: StoppingRule | None = None
    seed: int = 0
    observer: Observer | None = None
    each: Each = alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan with the problem it answers; `problems` are warnings about the case found on the way.

    `guide` is what prices said about vehicles, for variants of the same problem.
    """

    problem: PlanningProblem
    plan: Plan
    modifications: tuple[Modification, ...]
    problems: tuple[Problem, ...]
    baseline_arcs: int
    change: PlanChange | None = None
    guide: Guide | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A problem with a schedule that answers it, and what waits for its bounds and makes the plan."""

    problem: PlanningProblem
    schedule: Schedule
    planned: Callable[[], Planned]


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """A plan that was announced, with the problem it answers, and the second that it is now."""

    problem: PlanningProblem
    schedule: Schedule
    now_s: int


def make_plan(
    network: RoadNetwork,
    situation: Situation,
    *,
    stop: StoppingRule | None = None,
    seed: int = 0,
    announced: Announced | None = None,
    observer: Observer | None = None,
    ground: Ground | None = None,
) -> Planned:
    """Plan corridors and schedule both ways for a situation, with bounds.

    With an `announced` plan, go on from it: what has departed before its `now_s` is history, the rest stays
    as it was announced where it can, unless a change is worth more than the price of telling people anew.

    The same network, situation, seed and work limit give the same plan, in whatever order the rows of the
    case stand. Nothing here reads a clock, a file or a socket. People who cannot be served are numbers with a
    reason, never an exception. The plan still has to pass the independent verifier before it may be written.
    `ground` is what `prepare` made of the same, if that was done before.

    Raises
    ------
    HistoryError
        When the situation does not go on from the announced plan, or a vehicle was lost that there is not.
    """
    return begin_plan(
        network, situation, stop=stop, seed=seed, announced=announced, observer=observer, ground=ground
    ).planned()


def begin_plan(
    network: RoadNetwork,
    situation: Situation,
    *,
    stop: StoppingRule | None = None,
    seed: int = 0,
    announced: Announced | None = None,
    observer: Observer | None = None,
    ground: Ground | None = None,
) -> Begun:
    """Return the schedule of the plan that `make_plan` makes; whoever needs its bounds asks for it later."""
    ground = ground or prepare(network, situation, stop=stop, seed=seed, anew=announced is None)
    if announced is None:
        return _begun(ground, scheduled(ground, observer=observer), observer=observer)
    problem = onward(announced.problem, ground.problem, departed(announced.schedule, announced.now_s))
    # These prices bound every plan that goes on; vehicles follow what was announced, not them.
    ground = replace(ground, problem=problem, priced=ground.stop.prices(problem))
    schedule, change, emptied_s = _go_on(announced, problem, ground.case.settings, ground.limits, observer)
    return _begun(ground, schedule, change=change, emptied_s=emptied_s, observer=observer)


def answered(
    network: RoadNetwork, situation: Situation, *, stop: StoppingRule, seed: int
) -> tuple[PlanningProblem, Schedule]:
    """Return the problem of a situation and the schedule that `make_plan` has for it, without bounds."""
    ground = prepare(network, situation, stop=stop, seed=seed)
    return ground.problem, scheduled(ground)


def scheduled(
    ground: Ground, leaning: Leaning | None = None, *, observer: Observer | None = None
) -> Schedule:
    """Return a schedule made anew; with a `leaning`, exposure weighs as it says."""
    settings, problem = ground.case.settings, ground.problem
    if leaning is None:
        return anew(
            problem, ground.limits, exposure_weight=settings.exposure_weight,
            reserves=settings.plan_reserves, guide=ground.guide, observer=observer,
        )  # fmt: skip
    if leaning.cap_ppm_s is not None:
        problem = _capped(problem, leaning.cap_ppm_s)
    return evacuate(
        problem, exposure_weight=leaning.weight, exposure_price=leaning.price, limits=ground.limits,
        reserves=settings.plan_reserves, guide=ground.guide, observer=observer,
    )  # fmt: skip


def _capped(problem: PlanningProblem, cap_ppm_s: int) -> PlanningProblem:
    """Return a problem in which nobody's journey may exceed a cap; places with a tighter one keep it."""
    places = tuple(
        place if place.exposure_cap_ppm_s is None
        else replace(place, exposure_cap_ppm_s=min(place.exposure_cap_ppm_s, cap_ppm_s))
        for place in problem.places
    )  # fmt: skip
    return replace(problem, places=places, rules=replace(problem.rules, exposure_cap_ppm_s=cap_ppm_s))


def anew(
    problem: PlanningProblem,
    limits: Limits,
    *,
    exposure_weight: int,
    reserves: bool,
    guide: Guide | None,
    fair: bool = True,
    observer: Observer | None = None,
) -> Schedule:
    """Return the schedule of a problem; where many drive, flows lead their cars, alone or before all others.

    Flows serve as many as possible, which is `fair` only where that is everybody. Where no road is exposed,
    plans without the guide and with cars led first are made beside, and taken where nobody is left that would
    not be left otherwise: prices know roads by half hours, and their tours come late where many meet.
    """
    alone = by_car_alone(problem, reserves=reserves)
    driven = drive_all(problem, alone, expired=limits.expired) if alone else None
    if driven is not None and (arrives_as_can(driven) or not fair):
        return driven
    book = partial(
        evacuate, problem, exposure_weight=exposure_weight, limits=limits, reserves=reserves,
        observer=observer,
    )  # fmt: skip
    best = book(guide=guide)
    if problem.network.hazard or problem.is_capped:
        return best
    ways = () if alone else by_car(problem)
    ahead = lead_cars(problem, ways, expired=limits.expired) if ways else None
    starts = [None] if ahead is None else [None, Earlier(schedule=ahead)]
    guides = [None] if guide is None else [None, guide]
    for earlier, guided in product(starts, guides):
        first = earlier is None and guided is guide
        if first or (limits.expired is not None and limits.expired()):
            continue
        other = book(earlier=earlier, guide=guided)
        best = other if _betters(problem, other, best) else best
    return best


def _betters(problem: PlanningProblem, one: Schedule, other: Schedule) -> bool:
    """Tell whether all come earlier in sum, and nobody is left, or has no place kept, who is not already."""
    gone, left = _missing(other), _missing(one)
    sooner = sum(person_seconds(problem, one).values()) < sum(person_seconds(problem, other).values())
    return sooner and all(persons <= gone.get(key, 0) for key, persons in left.items())


def _missing(schedule: Schedule) -> dict[tuple[str, str, str, bool], int]:
    """Return by place, direction and group who is not served, and for whom of a reserve no place is kept."""
    found: dict[tuple[str, str, str, bool], int] = {}
    for row in schedule.unserved:
        key = (row.place, row.direction, row.group, False)
        found[key] = found.get(key, 0) + row.persons
    for kept in schedule.reserves:
        found[kept.place, kept.direction, kept.group, True] = kept.persons - kept.reserved
    return found


def concluded(
    ground: Ground,
    schedule: Schedule,
    *,
    change: PlanChange | None = None,
    emptied_s: Sequence[Mapping[str, int]] = (),
    observer: Observer | None = None,
) -> Planned:
    """Return a schedule with corridors, bounds and what it rests on: a plan.

    `emptied_s` says by place when the last have left, in flows like the one behind the schedule.
    """
    return _begun(ground, schedule, change=change, emptied_s=emptied_s, observer=observer).planned()


def _begun(
    ground: Ground,
    schedule: Schedule,
    *,
    change: PlanChange | None = None,
    emptied_s: Sequence[Mapping[str, int]] = (),
    observer: Observer | None = None,
) -> Begun:
    """Find corridors and ask for bounds; return what waits for these and makes the plan."""
    problem = ground.problem
    ways, routes = corridors(problem, schedule, exposure_weight=ground.case.settings.exposure_weight)
    schedule = replace(schedule, routes=routes)
    found = totals(problem, schedule)
    if observer is not None:
        for name, total in found.items():
            observer.best(name, total.clearance_s)
    bounds = ground.stop.begin_bounds(problem, _served(found), emptied_s)

    @cache
    def planned() -> Planned:
        return _bounded(ground, _Made(schedule, ways, found, change), bounds(), observer)

    return Begun(problem=problem, schedule=schedule, planned=planned)


class _Made(NamedTuple):
    """A schedule with its corridors and totals, and what it changes of the plan it goes on from."""

    schedule: Schedule
    ways: tuple[Corridor, ...]
    found: dict[str, Totals]
    change: PlanChange | None


def _bounded(
    ground: Ground, made: _Made, bounds: tuple[Certificate, Behind], observer: Observer | None
) -> Planned:
    case, laid, problem = ground.case, ground.laid, ground.problem
    settings, stop, priced = case.settings, ground.stop, ground.priced
    schedule, ways, found, change = made
    certificate, behind = bounds
    if observer is not None:
        for name in found:
            own = (bound.clearance_s for bound in certificate.bounds if bound.direction == name)
            observer.bound(name, max(own, default=None))
    certificate = replace(certificate, priced=() if priced is None else priced.prove())
    directions = direction_summaries(problem, schedule, found, certificate)
    plan = Plan(
        case_id=case.id, title=case.title, exercise=case.exercise, epoch=case.epoch, as_of=case.as_of,
        horizon_s=settings.horizon_s, complete=not schedule.unserved,
        made_with=MadeWith(
            version=__version__, seed=ground.seed, work_limit=stop.work, time_limit_s=stop.time_limit_s
        ),
        schedule=schedule, directions=directions,
        joint=joint_summary(problem, schedule, found, certificate, directions),
        corridors=ways, hold=hold(case.demand, settings), basis=basis(case, laid.modifications),
        modifications=laid.modifications,
        not_assessed=not_assessed(case, problem, schedule, laid.modifications),
        binding=binding(problem, certificate, behind), certificate=certificate,
    )  # fmt: skip
    return Planned(
        problem=problem, plan=plan, modifications=laid.modifications, problems=laid.problems,
        baseline_arcs=laid.baseline_arcs, change=change,
        guide=ground.guide if problem.history is None else None,
    )  # fmt: skip


def with_prices(planned: Planned, priced: Priced) -> Planned:
    """Return a plan that was made without prices with what they prove of all directions together."""
    problem, plan = planned.problem, planned.plan
    certificate = replace(plan.certificate, priced=priced.prove())
    joint = joint_summary(
        problem, plan.schedule, totals(problem, plan.schedule), certificate, plan.directions
    )
    return replace(planned, plan=replace(plan, certificate=certificate, joint=joint))


def _go_on(
    announced: Announced,
    problem: PlanningProblem,
    settings: Settings,
    limits: Limits,
    observer: Observer | None,
) -> tuple[Schedule, PlanChange, list[dict[str, int]]]:
    """Keep what was announced, plan the rest afresh too, and take what costs less with its notices.

    With it comes, where cars are led as flows, when the last leave each place in either plan.
    """
    before = movements(announced.problem, announced.schedule)
    led = _led_on(announced, problem, settings, limits)
    weigh = partial(_weighed, announced, problem, settings, before)
    plans = led or _planned_on(announced, problem, settings, limits, before, weigh, observer=observer)
    found = weigh(plans)
    chosen, told, seconds = found.chosen, found.told, found.person_s
    price = Price(
        per_movement_s=settings.renotify_price_person_min * MINUTE_S,
        kept_person_s=seconds["kept"], kept_renotified=told["kept"],
        fresh_person_s=seconds["fresh"], fresh_renotified=told["fresh"], chosen=chosen,
        chosen_person_s=seconds[chosen], chosen_renotified=told[chosen],
    )  # fmt: skip
    rows = found.changes[chosen]
    return plans[chosen], PlanChange(
        now_s=announced.now_s, movements=rows, kept=len(before) - sum(c.before is not None for c in rows),
        directions=_directions_changed(announced, problem, plans[chosen]),
        places=places_changed(served(announced.schedule), served(plans[chosen])), price=price,
    ), [_emptied(plan) for plan in led.values()]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Weighed:
    """Plans beside each other, by name: what changes, movements told anew, person-seconds; which to take."""

    changes: dict[str, tuple[MovementChange, ...]]
    told: dict[str, int]
    person_s: dict[str, int]
    chosen: str


def _weighed(
    announced: Announced, problem: PlanningProblem, settings: Settings, before: tuple[Movement, ...],
    plans: Mapping[str, Schedule],
) -> _Weighed:  # fmt: skip
    """Return what plans cost: arrivals, notices, and the last arrival as the search for tours weighs it."""
    changes = {
        name: compared(before, movements(problem, plan), announced.now_s) for name, plan in plans.items()
    }
    per_movement_s = settings.renotify_price_person_min * MINUTE_S
    told = {name: sum(change.notify for change in rows) for name, rows in changes.items()}
    seconds = {name: sum(person_seconds(problem, plan).values()) for name, plan in plans.items()}
    share = last_arrival_share(problem)
    chosen = cheapest(
        {name: _left(plan) for name, plan in plans.items()},
        {name: seconds[name] + per_movement_s * told[name] for name in plans},
        {name: share * _last_s(problem, plan) for name, plan in plans.items()},
    )  # fmt: skip
    return _Weighed(changes=changes, told=told, person_s=seconds, chosen=chosen)


def _led_on(
    announced: Announced, problem: PlanningProblem, settings: Settings, limits: Limits
) -> dict[str, Schedule]:
    """Return plans in which cars are led on as flows; none where flows do not plan the case."""
    led = lead_on(
        announced.problem, announced.schedule, problem, reserves=settings.plan_reserves,
        expired=limits.expired,
    )  # fmt: skip
    found = {} if led is None else {"fresh": led.fresh or led.kept, "kept": led.kept}
    return {name: named_as_before(announced.schedule, plan) for name, plan in found.items()}


def _planned_on(
    announced: Announced, problem: PlanningProblem, settings: Settings, limits: Limits,
    before: tuple[Movement, ...], weigh: Callable[[Mapping[str, Schedule]], _Weighed], *,
    observer: Observer | None,
) -> dict[str, Schedule]:  # fmt: skip
    """Return plans that keep all of what was announced, or some of it, or nothing.

    Where keeping all leaves more people than were left, plans stand beside that free whatever the vehicles
    concerned were to do, or whoever is to move from places where people are left: neither moves everybody.
    Who is left leaves places behind, too: at last those who come latest are offered them, trip by trip.
    """

    def go_on(free: frozenset[str]) -> Schedule:
        schedule = evacuate(
            problem, exposure_weight=settings.exposure_weight, limits=limits,
            reserves=settings.plan_reserves, earlier=Earlier(schedule=announced.schedule, freed=free),
            observer=observer,
        )  # fmt: skip
        return named_as_before(announced.schedule, schedule)

    every, held = frozenset(m.id for m in before), frozenset(m.id for m in before if m.for_reserve)
    freed = {"kept": frozenset[str](), "fresh": every}
    plans = {name: go_on(free) for name, free in freed.items()}
    if plans["kept"].unserved:
        freed["reserves"] = held
        for direction, _ in problem.directions:
            freed[direction] = frozenset(m.id for m in before if direction in m.directions)
        plans |= {name: go_on(free) for name, free in freed.items() if name not in plans}
    if _left(plans["kept"]) <= _left(announced.schedule):
        return plans
    changed = compared(before, movements(problem, plans["kept"]), announced.now_s)
    freed["vehicles"] = held | of_vehicles_changed(before, changed)
    plans["vehicles"] = go_on(freed["vehicles"])
    least = min(plans.values(), key=_left)
    freed["places"] = held | of_places(before, {row.place for row in least.unserved})
    plans["places"] = go_on(freed["places"])
    best = weigh(plans).chosen
    best = "kept" if freed[best] == every else best
    for _ in range(MOST_LAST):
        free = freed[best] | held | (last_to_come(plans[best]) & every)
        if free == freed[best] | held:
            break
        later = go_on(free)
        if weigh({**plans, "later": later}).chosen != "later":
            break
        best, plans["latest"], freed["latest"] = "latest", later, free
    return plans


def _last_s(problem: PlanningProblem, schedule: Schedule) -> int:
    return max((total.clearance_s or 0 for total in totals(problem, schedule).values()), default=0)


def _left(schedule: Schedule) -> int:
    return sum(_unserved_of(schedule).values())


def _emptied(schedule: Schedule) -> dict[str, int]:
    """Return by place when the last cars leave it."""
    found: dict[str, int] = {}
    for stream in schedule.cars:
        found[stream.place] = max(found.get(stream.place, 0), stream.departures[-1].depart_s)
    return found


def _directions_changed(
    announced: Announced, problem: PlanningProblem, schedule: Schedule
) -> tuple[DirectionChange, ...]:
    then, now = totals(announced.problem, announced.schedule), totals(problem, schedule)
    unserved = [_unserved_of(plan) for plan in (announced.schedule, schedule)]
    seconds = (
        person_seconds(announced.problem, announced.schedule), person_seconds(problem, schedule)
    )  # fmt: skip
    return tuple(
        DirectionChange(
            direction=name, served=(then[name].served, now[name].served),
            unserved=(unserved[0].get(name, 0), unserved[1].get(name, 0)),
            clearance_s=(then[name].clearance_s, now[name].clearance_s),
            person_s=(seconds[0][name], seconds[1][name]),
        )
        for name, _ in problem.directions
    )  # fmt: skip


def _unserved_of(schedule: Schedule) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in schedule.unserved:
        found[row.direction] = found.get(row.direction, 0) + row.persons
    return found


def _served(found: dict[str, Totals]) -> dict[str, Served]:
    """Return what is served by direction and commodity: groups that take the same kind of place together."""
    return {name: Served.of_groups(total.by_group) for name, total in found.items()}

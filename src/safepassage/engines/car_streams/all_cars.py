"""Cars led as flows where many share the roads: a whole case, or those of a direction before all others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice

import numpy as np

from safepassage.domain.network import Mode
from safepassage.domain.plan import CarStream, Route, Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.car_streams.book_flows import Effort
from safepassage.engines.car_streams.refine import refined
from safepassage.engines.car_streams.streams import GROUP, schedule_of

MANY_PERSONS = 1_000
"""From so many persons of a direction on flows come sooner than cars led one by one, and cost no more."""
BINS, LEAST_BIN_S = 27, 30
HOUR_S = 3_600
OUT_OF_TIME, ASSUMPTION = "UNSERVED_ROAD_TIME", "assumption"


def by_car(problem: PlanningProblem) -> tuple[str, ...]:
    """Return the directions whose own vehicles flows can lead.

    Many decided persons drive to sites with room for all, whoever else comes there; no road that cars use
    counts persons, is a gate or is exposed; nothing has departed.
    """
    arcs = problem.network.arcs
    cars = (arcs.modes & int(Mode.CAR)) != 0
    plain = not (arcs.gate & cars).any() and not ((arcs.persons_h >= 0) & cars).any()
    exposed = bool(problem.network.hazard) or problem.is_capped
    if not plain or exposed or problem.history is not None:
        return ()
    return tuple(d for d, _ in problem.directions if _driving(problem, d) and _room_for_all(problem, d))


def _driving(problem: PlanningProblem, direction: str) -> bool:
    rows = (r for r in problem.demand if r.direction == direction and r.basis != ASSUMPTION)
    return sum(row.persons for row in rows if row.group == GROUP) >= MANY_PERSONS


def _room_for_all(problem: PlanningProblem, direction: str) -> bool:
    """Tell whether each site of a direction takes everybody who may come, the undecided included."""
    coming = sum(row.persons for row in problem.demand if row.direction not in _others(problem, direction))
    sites = problem.sites(direction)
    return bool(sites) and all(s.capacity_persons < 0 or s.capacity_persons >= coming for s in sites)


def _others(problem: PlanningProblem, direction: str) -> set[str]:
    return {"stays", *(name for name, _ in problem.directions if name != direction)}


def by_car_alone(problem: PlanningProblem, *, reserves: bool) -> str | None:
    """Return the direction of a case that flows can plan whole, None for any other.

    All decided persons drive that way, and nobody undecided has places kept.
    """
    ways = dict(problem.directions)
    rows = [row for row in problem.demand if row.persons]
    moving = [row for row in rows if row.direction in ways and row.basis != ASSUMPTION]
    kept = [row for row in rows if row.direction != "stays" and row.basis == ASSUMPTION]
    found = by_car(problem)
    alone = {(row.direction, row.group) for row in moving} == {(d, GROUP) for d in found}
    return found[0] if len(found) == 1 and alone and not (reserves and kept) else None


def lead_cars(
    problem: PlanningProblem, directions: tuple[str, ...], *, expired: Callable[[], bool] | None = None
) -> Schedule | None:
    """Return the cars of some directions led as flows, one direction as if the others were not there.

    None where in no direction all can arrive who have a way: whom flows leave is nobody's choice.
    """
    found = [drive_all(problem, direction, expired=expired) for direction in directions]
    plans = [plan for plan in found if plan is not None and arrives_as_can(plan)]
    cars: list[CarStream] = []
    routes: list[Route] = []
    for plan in plans:
        first = len(cars)
        cars += [
            replace(stream, id=f"c{first + k}", route=stream.route + len(routes))
            for k, stream in enumerate(plan.cars)
        ]
        routes += plan.routes
    nobody = Schedule(routes=tuple(routes), cars=(), vehicles=(), link_rides=(), unserved=(), reserves=())
    return replace(nobody, cars=tuple(cars)) if cars else None


def drive_all(
    problem: PlanningProblem, direction: str, *, expired: Callable[[], bool] | None = None
) -> Schedule | None:
    """Return the schedule of a case in which everybody drives; None where nobody gets anywhere.

    It is that of the second flow on ever smaller bins, or of the first if the clock has `expired` by then.
    Flows serve as many as possible, whoever that is.
    """
    flows = list(
        islice(refined(problem, direction, bin_s=first_bin_s(problem, direction), expired=expired), 2)
    )
    if not flows:
        return None
    return schedule_of(problem, flows[-1].booked(problem, direction, Effort(expired=expired)))


def arrives_as_can(schedule: Schedule) -> bool:
    """Tell whether all arrive who have a way."""
    return all(row.reason != OUT_OF_TIME for row in schedule.unserved)


def led_as_flows(problem: PlanningProblem, schedule: Schedule, *, reserves: bool) -> str | None:
    """Return the direction in which flows led the cars of a plan, None where they did not."""
    direction = by_car_alone(problem, reserves=reserves)
    return direction if arrives_as_can(schedule) else None


def first_bin_s(problem: PlanningProblem, direction: str) -> int:
    """Return bins to begin with: so many in the time that the roads into sites take for all cars."""
    arcs, rules = problem.network.arcs, problem.rules
    sites = [site.node for site in problem.sites(direction)]
    cars = ((arcs.modes & int(Mode.CAR)) != 0) & ((arcs.directions & problem.direction_bit(direction)) != 0)
    into_mveh_h = int(arcs.capacity_mveh_h[cars & np.isin(arcs.head, sites)].sum())
    persons = sum(row.persons for row in problem.demand if row.direction == direction)
    units_mveh = -(-persons // rules.persons_per_car) * rules.car_units_mveh
    return max(LEAST_BIN_S, units_mveh * HOUR_S // max(1, into_mveh_h) // BINS)

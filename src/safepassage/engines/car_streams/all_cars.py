"""A case in which everybody drives: one schedule from flows, where thousands of cars share the roads."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import numpy as np

from safepassage.domain.network import Mode
from safepassage.domain.plan import Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.car_streams.book_flows import Effort
from safepassage.engines.car_streams.refine import refined
from safepassage.engines.car_streams.streams import GROUP, schedule_of

MANY_PERSONS = 20_000
"""From so many persons on flows are worth their time, as for bounds; below that cars are led one by one."""
BINS, LEAST_BIN_S = 27, 30
HOUR_S = 3_600
OUT_OF_TIME = "UNSERVED_ROAD_TIME"


def by_car_alone(problem: PlanningProblem, *, reserves: bool) -> str | None:
    """Return the direction of a case that flows can plan whole, None for any other.

    Many decided persons all drive one way to sites with room for all of them; no road counts persons, is a
    gate or is exposed; nothing has departed, and nobody undecided has places kept.
    """
    arcs, rows = problem.network.arcs, [row for row in problem.demand if row.persons]
    ways = dict(problem.directions)
    moving = [row for row in rows if row.direction in ways and row.basis != "assumption"]
    kept = [row for row in rows if row.direction != "stays" and row.basis == "assumption"]
    directions = sorted({row.direction for row in moving})
    persons = sum(row.persons for row in moving)
    if len(directions) != 1 or persons < MANY_PERSONS or (reserves and kept):
        return None
    everybody_drives = all(row.group == GROUP for row in moving)
    sites = problem.sites(directions[0])
    room = all(site.capacity_persons < 0 or site.capacity_persons >= persons for site in sites)
    cars = (arcs.modes & int(Mode.CAR)) != 0
    plain = not (arcs.gate & cars).any() and not ((arcs.persons_h >= 0) & cars).any()
    exposed = bool(problem.network.hazard) or problem.rules.exposure_cap_ppm_s >= 0
    fits = everybody_drives and sites and room and plain and not exposed and problem.history is None
    return directions[0] if fits else None


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

"""The canonical flow: overlay → schedule → corridors → bounds → plan. The only place where engines meet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from safepassage import __version__
from safepassage.domain.case import Area, Arrangement, Case, Place, RoadStatus, TransitLink, VehicleType
from safepassage.domain.network import RoadNetwork
from safepassage.domain.observer import Observer
from safepassage.domain.plan import MadeWith, Modification, Plan
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.problem import Problem
from safepassage.domain.situation import Situation
from safepassage.engines.bounds import certify
from safepassage.engines.bounds.certify import Served
from safepassage.engines.bounds.commodity import COMMODITY
from safepassage.engines.corridors import corridors
from safepassage.engines.evacuate import evacuate
from safepassage.engines.evacuate.schedule import Limits
from safepassage.engines.overlay import overlay
from safepassage.engines.summary import (
    Totals,
    basis,
    binding,
    direction_summaries,
    hold,
    not_assessed,
    totals,
)

__all__ = ["Planned", "StoppingRule", "make_plan"]

Row = TypeVar("Row", Place, VehicleType, Arrangement, RoadStatus, Area, TransitLink)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppingRule:
    """When to stop looking: `work` arcs looked at, the same on every machine; a clock only if one is brought.

    `time_limit_s` is what the clock was set to, recorded in the plan.
    """

    work: int
    expired: Callable[[], bool] | None = None
    time_limit_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan with the problem it answers; `problems` are warnings about the case found on the way."""

    problem: PlanningProblem
    plan: Plan
    modifications: tuple[Modification, ...]
    problems: tuple[Problem, ...]
    baseline_arcs: int


def make_plan(
    network: RoadNetwork,
    situation: Situation,
    *,
    stop: StoppingRule | None = None,
    seed: int = 0,
    observer: Observer | None = None,
) -> Planned:
    """Plan corridors and schedule both ways for a situation, with bounds.

    The same network, situation, seed and work limit give the same plan, in whatever order the rows of the
    case stand. Nothing here reads a clock, a file or a socket. People who cannot be served are numbers with a
    reason, never an exception. The plan still has to pass the independent verifier before it may be written.
    """
    case = _in_order(situation.current())
    settings = case.settings
    stop = stop or StoppingRule(work=settings.work_limit)
    laid = overlay(network, case)
    problem = laid.problem
    limits = Limits(work=stop.work, expired=stop.expired)
    weight = settings.exposure_weight
    schedule = evacuate(
        problem, exposure_weight=weight, limits=limits, reserves=settings.plan_reserves, observer=observer
    )
    ways, routes = corridors(problem, schedule, exposure_weight=weight)
    schedule = replace(schedule, routes=routes)
    found = totals(problem, schedule)
    if observer is not None:
        for name, total in found.items():
            observer.best(name, total.clearance_s)
    certificate, behind = certify(problem, _served(found), observer=observer)
    plan = Plan(
        case_id=case.id, title=case.title, exercise=case.exercise, epoch=case.epoch, as_of=case.as_of,
        horizon_s=settings.horizon_s, complete=not schedule.unserved,
        made_with=MadeWith(
            version=__version__, seed=seed, work_limit=stop.work, time_limit_s=stop.time_limit_s
        ),
        schedule=schedule, directions=direction_summaries(problem, schedule, found, certificate),
        corridors=ways, hold=hold(case), basis=basis(case, laid.modifications),
        modifications=laid.modifications,
        not_assessed=not_assessed(case, problem, schedule, laid.modifications),
        binding=binding(problem, certificate, behind), certificate=certificate,
    )  # fmt: skip
    return Planned(
        problem=problem, plan=plan, modifications=laid.modifications, problems=laid.problems,
        baseline_arcs=laid.baseline_arcs,
    )  # fmt: skip


def _in_order(case: Case) -> Case:
    """Return the case with its rows ordered by id and its reports by time; directions keep their order.

    Who stands first in a table must not be first on the road, and re-sorting a sheet must not change a plan.
    """
    return replace(
        case,
        places=_by_id(case.places),
        fleet=_by_id(case.fleet),
        arrangements=_by_id(case.arrangements),
        road_statuses=_by_id(case.road_statuses),
        areas=_by_id(case.areas),
        transit_links=_by_id(case.transit_links),
        reports=tuple(sorted(case.reports, key=lambda row: (row.published, row.id))),
    )


def _by_id(rows: tuple[Row, ...]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda row: row.id))


def _served(found: dict[str, Totals]) -> dict[str, Served]:
    """Return what is served by direction and commodity: groups that take the same kind of place together."""
    served = {}
    for name, total in found.items():
        rows: dict[str, tuple[int, int]] = {}
        for group, (persons, last_s) in total.by_group.items():
            n, t = rows.get(COMMODITY[group], (0, 0))
            rows[COMMODITY[group]] = (n + persons, max(t, last_s))
        served[name] = Served(rows)
    return served

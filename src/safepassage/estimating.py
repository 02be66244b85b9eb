"""The quick look's flow: area and people → a case → bound → schedule → bottleneck. Where its engines meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from safepassage import __version__
from safepassage.domain.crew import Begin, begun_here
from safepassage.domain.estimate_sheet import EstimateSheet
from safepassage.domain.network import RoadNetwork
from safepassage.domain.observer import Observer
from safepassage.domain.plan import Certificate, MadeWith, Plan, Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.problem import Problem
from safepassage.domain.quick_look import QuickLook
from safepassage.engines.bounds import certify, load_cuts, load_labels
from safepassage.engines.bounds.certify import BEST_CUTS, Served
from safepassage.engines.bounds.commodity import PERSONS
from safepassage.engines.bounds.label_cut import LabelCuts
from safepassage.engines.estimate import Prepared, prepare
from safepassage.engines.estimate.bottleneck import bottleneck
from safepassage.engines.estimate.sheet import sheet
from safepassage.engines.overlay import overlay
from safepassage.engines.quickest import LinkFlow, link_flow, load_loops, quickest
from safepassage.engines.summary import (
    Totals,
    basis,
    binding,
    direction_summaries,
    hold,
    not_assessed,
    totals,
)

__all__ = ["Estimated", "load_cuts", "make_estimate"]

WAYS = "the best ways over links"
Load = Callable[[Callable[[], object]], None]
"""Has another process load something, while nothing is asked of it."""
POINTS = 24
"""Points of the arrival envelope: a page has room for hardly more."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Estimated:
    """A plan of an area, the problem it answers, the sheet that says it, and warnings."""

    problem: PlanningProblem
    plan: Plan
    sheet: EstimateSheet
    problems: tuple[Problem, ...]


def make_estimate(
    network: RoadNetwork, look: QuickLook, *, begin: Begin = begun_here, have_loaded: Load | None = None,
    observer: Observer | None = None,
) -> Estimated | tuple[Problem, ...]:  # fmt: skip
    """Return a plan for everybody in an area with its bound, or the problems that forbid one.

    Solvers are run by whom `begin` has do it, while the loops that make the plan are loaded here. What they
    are asked for may be lost: then the nearest ways out and weaker bounds stand in for it, found without a
    solver. Whoever runs them is told by `have_loaded` what to load meanwhile; nothing is missing where that
    comes to no end.

    The same network and question give the same estimate. The plan still has to pass the independent verifier.
    """
    prepared = prepare(network, look)
    if not isinstance(prepared, Prepared):
        return prepared
    laid = overlay(prepared.network, prepared.case)
    direction = prepared.case.directions[0].id
    ahead = begin(WAYS, _ahead, laid.problem, direction)
    load_loops()
    least_s, flow = ahead() or (_least_s(laid.problem, direction, solver=False), None)
    if have_loaded is not None:
        have_loaded(load_labels)
    found = quickest(laid.problem, direction, horizon_s=least_s, flow=flow)
    problem, schedule = found.problem, found.schedule
    sums = totals(problem, schedule)
    # Who takes a link was chosen here: what holds for those who drive would hold for this choice alone.
    chosen = bool(schedule.link_rides)
    bounds = partial(
        certify, problem, _served(sums), points=POINTS, emptied_s=[found.emptied_s], all_only=chosen
    )
    certificate, behind = begin(BEST_CUTS, bounds, static=True)() or bounds(solver=False)
    if observer is not None:
        observer.bound(direction, max((bound.clearance_s for bound in certificate.bounds), default=None))
    plan = _plan(prepared, problem, schedule, sums, (certificate, behind))
    limit = bottleneck(problem, schedule, direction, behind, certificate)
    problems = (*prepared.problems, *laid.problems)
    said = sheet(look, network, prepared, problem, plan, limit=limit, problems=problems)
    return Estimated(problem=problem, plan=plan, sheet=said, problems=problems)


def _ahead(problem: PlanningProblem, direction: str) -> tuple[int, LinkFlow]:
    """Return the time that is needed in any case, and the ways of those who take links."""
    least_s = _least_s(problem, direction)
    return least_s, link_flow(problem, direction, horizon_s=least_s)


def _least_s(problem: PlanningProblem, direction: str, *, solver: bool = True) -> int:
    """Return the time that a cut proves to be needed, whoever drives and whoever takes a link."""
    cuts = LabelCuts(problem, direction, PERSONS, solver=solver)
    persons = sum(o.persons for o in cuts.origins if cuts.distance_s(o.node) < problem.network.horizon_s)
    cut = cuts.latest_short_of(persons, low_s=0, high_s=problem.network.horizon_s) if persons else None
    return 0 if cut is None else cut.horizon_s + 1


def _served(sums: Mapping[str, Totals]) -> dict[str, Served]:
    return {name: Served.of_groups(total.by_group) for name, total in sums.items()}


def _plan(
    prepared: Prepared, problem: PlanningProblem, schedule: Schedule, sums: dict[str, Totals],
    proof: tuple[Certificate, dict[str, tuple[tuple[int, ...], tuple[str, ...]]]],
) -> Plan:  # fmt: skip
    case, (certificate, behind) = prepared.case, proof
    return Plan(
        case_id=case.id, title=case.title, exercise=case.exercise, epoch=case.epoch, as_of=case.as_of,
        horizon_s=case.settings.horizon_s, complete=not schedule.unserved,
        made_with=MadeWith(version=__version__, seed=0, work_limit=case.settings.work_limit),
        schedule=schedule, directions=direction_summaries(problem, schedule, sums, certificate),
        corridors=(), hold=hold(case.demand, case.settings), basis=basis(case, ()), modifications=(),
        not_assessed=not_assessed(case, problem, schedule, ()),
        binding=binding(problem, certificate, behind), certificate=certificate,
    )  # fmt: skip

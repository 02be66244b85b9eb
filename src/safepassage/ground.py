"""What plans of one situation are made on: overlay → problem → prices, all before what plans is loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from safepassage.domain.case import Area, Arrangement, Case, Place, RoadStatus, TransitLink, VehicleType
from safepassage.domain.crew import Beside, at_once
from safepassage.domain.network import RoadNetwork
from safepassage.domain.plan import Certificate
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.price_sheet import Guide
from safepassage.domain.situation import Situation
from safepassage.engines.bounds.certify import BeginCertify, Behind, Certify, Served, certify
from safepassage.engines.overlay import Overlaid, overlay, without
from safepassage.engines.pricing import Priced, price

if TYPE_CHECKING:
    from safepassage.engines.evacuate.schedule import Limits

Row = TypeVar("Row", Place, VehicleType, Arrangement, RoadStatus, Area, TransitLink)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoppingRule:
    """When to stop looking: `work` arcs looked at, the same on every machine; a clock only if one is brought.

    `time_limit_s` is what the clock was set to, recorded in the plan. `prices` finds the prices of a problem
    and `bounds` its certificate; those that are brought may end their solver, and then there are no prices
    and weaker bounds. `bounds_beside` begins with the certificate while this process goes on. `beside` is
    who times tours a second time: a copy of this process, which holds all. Trips `improve` once all are
    booked, except for a first look.
    """

    work: int
    expired: Callable[[], bool] | None = None
    time_limit_s: int | None = None
    prices: Callable[[PlanningProblem], Priced | None] = price
    bounds: Certify = certify
    bounds_beside: BeginCertify | None = None
    beside: Beside = at_once
    improve: bool = True

    def begin_bounds(
        self, problem: PlanningProblem, served: Mapping[str, Served], emptied_s: Sequence[Mapping[str, int]]
    ) -> Callable[[], tuple[Certificate, Behind]]:
        """Begin to look for the certificate of a schedule, beside what comes next where that was brought."""
        if self.bounds_beside is not None:
            return self.bounds_beside(problem, served, emptied_s=emptied_s)
        found = self.bounds(problem, served, emptied_s=emptied_s)
        return lambda: found


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What plans of one situation are made on."""

    case: Case
    laid: Overlaid
    problem: PlanningProblem
    priced: Priced | None
    stop: StoppingRule
    seed: int

    @property
    def limits(self) -> Limits:
        """When to stop, as the engine has it."""
        from safepassage.engines.evacuate.schedule import Limits  # noqa: PLC0415 - loaded while prices are asked for

        stop = self.stop
        return Limits(work=stop.work, expired=stop.expired, beside=stop.beside, improve=stop.improve)

    @property
    def guide(self) -> Guide | None:
        """What prices say about vehicles."""
        return None if self.priced is None else self.priced.guide


def problem_of(network: RoadNetwork, situation: Situation) -> PlanningProblem:
    """Return the problem that `make_plan` answers for a situation, without answering it."""
    return prepare(network, situation, anew=False).problem


def prepare(
    network: RoadNetwork,
    situation: Situation,
    *,
    stop: StoppingRule | None = None,
    seed: int = 0,
    anew: bool = True,
    within: Callable[[PlanningProblem], PlanningProblem] | None = None,
) -> Ground:
    """Return what plans of a situation are made on: the problem and, for plans made `anew`, its prices.

    `within` narrows the problem to what the plans may use of it.
    """
    case = _in_order(situation.current())
    laid = overlay(network, case)
    problem = without(laid.problem, situation.lost())
    problem = problem if within is None else within(problem)
    stop = stop or StoppingRule(work=case.settings.work_limit)
    # A plan that goes on has prices of its own, once its history is known.
    return Ground(
        case=case, laid=laid, problem=problem, priced=stop.prices(problem) if anew else None,
        stop=stop, seed=seed,
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

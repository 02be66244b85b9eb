"""What `safepassage plan` asks for before it loads what plans: claims on the roads, and prices."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module

from safepassage.casework.claims_seen import ClaimsInput
from safepassage.casework.many_workers import Crew
from safepassage.casework.reading import CaseInput
from safepassage.casework.solver_room import SolverRoom
from safepassage.cli.claims.claims_input import claims_input
from safepassage.domain.case import Case
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.situation import Situation
from safepassage.engines.pricing import Priced
from safepassage.ground import Ground, StoppingRule, prepare

OUTPUTS = "safepassage.cli.outputs"
"""What makes documents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ahead:
    """A case with its claims, when to stop, and what a plan made anew is made on, once it is asked for."""

    case: Case
    claims: ClaimsInput | None
    stop: StoppingRule
    ground: Callable[[], Ground] | None


def ask_ahead(given: CaseInput, options: argparse.Namespace, room: SolverRoom) -> Ahead:
    """See the claims on the roads; begin to look for prices where the case is planned anew, and once."""
    assert given.case is not None and given.network is not None  # noqa: S101, PT018 - checked by the caller
    network = given.network.network
    claims = claims_input(options, given.case, network)
    case = given.case if claims is None else claims.case
    stop = _stopping(options, case, room)
    beside = options.frontier is not None or options.pick is not None or options.by or options.under_worlds
    if options.previous is not None or beside:
        return Ahead(case=case, claims=claims, stop=stop, ground=None)
    ground = prepare(network, Situation(case=case), stop=stop, seed=options.seed, anew=False)
    priced = room.begin_prices(ground.problem, after=(OUTPUTS,))

    def with_prices() -> Ground:
        load_plans()
        return replace(ground, priced=priced())

    return Ahead(case=case, claims=claims, stop=stop, ground=with_prices)


def load_plans() -> None:
    """Load what is needed to make a plan and its documents, while prices are looked for."""
    from safepassage.engines import distribution, evacuate  # noqa: PLC0415 - loops take half a second

    evacuate.load()
    distribution.load()
    import_module(OUTPUTS)


def _stopping(options: argparse.Namespace, case: Case, room: SolverRoom) -> StoppingRule:
    limit: int | None = options.time_limit
    expired: Callable[[], bool] | None = None
    if limit is not None:
        end = time.monotonic() + limit

        def expired() -> bool:
            return time.monotonic() > end

    work = case.settings.work_limit if options.work_limit is None else options.work_limit
    return StoppingRule(
        work=work, expired=expired, time_limit_s=limit, prices=partial(_prices, room), bounds=room.bounds,
        bounds_beside=room.begin_bounds, beside=Crew(workers=2).beside,
    )  # fmt: skip


def _prices(room: SolverRoom, problem: PlanningProblem) -> Priced | None:
    """Return prices; load meanwhile what is needed later, there what is asked next."""
    return room.prices(load_plans, problem, after=(OUTPUTS,))

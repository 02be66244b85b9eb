"""Aid beside a plan, planned in a process of its own: lost there, the plan goes without it and says so."""

from __future__ import annotations

from collections.abc import Callable

from safepassage.casework.solver_room import SolverRoom
from safepassage.domain.aid.distribution import AidPlan
from safepassage.domain.case import Case
from safepassage.domain.plan import Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.distribution import load_programs
from safepassage.provisioning import provide

AID = "aid"


def begin_aid(
    room: SolverRoom, case: Case, problem: PlanningProblem, schedule: Schedule, earlier: AidPlan | None = None
) -> Callable[[], AidPlan | None]:
    """Begin to plan aid beside a schedule (`provide`); return what waits for it.

    None where the case has neither stock nor trucks, and where it was lost, as the faults of the room say.
    """
    return room.begin_whole(AID, provide, case, problem, schedule, earlier, loading=load_programs)

"""A drawn district as a distribution sees it: the problem, roads with nobody on them, hours of movement."""

from __future__ import annotations

from safepassage.domain.aid.distribution import AidProblem
from safepassage.domain.plan import Schedule
from safepassage.domain.situation import Situation
from safepassage.engines.evacuate.trucks import TruckRoads
from safepassage.planning import problem_of
from safepassage.provisioning import aid_problem
from safepassage.testing.aid_district import aid_district


def district_roads(
    *, settlements: int, trucks: int, days: int, persons: int, arcs: int = 400
) -> tuple[AidProblem, TruckRoads, tuple[tuple[int, int], ...]]:
    """Return a district on a small grid."""
    case, network = aid_district(settlements, trucks, days, persons=persons, arcs=arcs)
    problem = problem_of(network, Situation(case=case))
    nobody = Schedule(routes=(), cars=(), vehicles=(), link_rides=(), unserved=(), reserves=())
    roads = TruckRoads(problem, nobody, case.settings.exposure_weight)
    return aid_problem(case, problem, nobody), roads, problem.rules.movement_windows

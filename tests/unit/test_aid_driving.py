"""What is driven, beside what bringing each stop its load takes at least."""

from __future__ import annotations

from safepassage.domain.plan import Schedule
from safepassage.domain.situation import Situation
from safepassage.engines.distribution.driving import driving
from safepassage.engines.evacuate.trucks import TruckRoads
from safepassage.planning import problem_of
from safepassage.provisioning import provide
from safepassage.testing.aid_district import aid_district


def test_nobody_drives_less_than_at_least_and_a_single_stop_is_a_round_trip():
    case, network = aid_district(5, 3, 1, persons=8_000, arcs=400)
    problem = problem_of(network, Situation(case=case))
    nobody = Schedule(routes=(), cars=(), vehicles=(), link_rides=(), unserved=(), reserves=())
    plan = provide(case, problem, nobody)
    rows = driving(plan, TruckRoads(problem, nobody, case.settings.exposure_weight))
    assert sum(row.stops for row in rows) == len({(row.leg, row.place) for row in plan.deliveries})
    assert sum(row.driven_s for row in rows) == plan.totals.driven_s
    assert all(0 < row.at_least_s <= row.driven_s for row in rows)
    assert any(row.at_least_s > row.driven_s * 0.9 for row in rows)

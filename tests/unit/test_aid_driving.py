"""What is driven, beside what bringing each stop its load takes at least."""

from __future__ import annotations

from dataclasses import replace

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


def test_crews_that_may_drive_for_less_at_a_time_are_not_bounded_by_longer_rounds():
    case, network = aid_district(5, 3, 1, persons=8_000, arcs=400)
    problem = problem_of(network, Situation(case=case))
    nobody = Schedule(routes=(), cars=(), vehicles=(), link_rides=(), unserved=(), reserves=())
    plan = provide(case, problem, nobody)
    roads = TruckRoads(problem, nobody, case.settings.exposure_weight)
    free_s = sum(row.at_least_s for row in driving(plan, roads))
    # Nobody drives any further than to the farthest place and back.
    node = {need.place: need.node for need in plan.problem.needs}
    base = plan.problem.trucks[0].base_node
    farthest_s = max(2 * int(roads.least_s(3_500, base)[node[row.place]]) for row in plan.deliveries)
    for changed in ({"max_drive_s": farthest_s}, {"break_after_s": farthest_s, "break_s": 80_000}):
        trucks = tuple(replace(truck, **changed) for truck in plan.problem.trucks)
        tired = replace(plan, problem=replace(plan.problem, trucks=trucks))
        assert free_s < sum(row.at_least_s for row in driving(tired, roads))

"""Stretches that can be lost, lanes that can be borrowed, and what is said of both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from safepassage.domain.situation import Situation
from safepassage.engines.what_if import closed, in_use
from safepassage.engines.what_if.arrivals import arrivals
from safepassage.engines.what_if.lanes import borrowed
from safepassage.formats.case import case_reading
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import inputs_json, plan_json
from safepassage.planning import StoppingRule, make_plan
from safepassage.what_if import Scales, weigh_contraflow, weigh_losses
from safepassage_verify import verify
from tests.support.folders import write_case


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """The case of the ford: everybody gets out over two roads in a row."""
    found = case_reading.read_case(write_case(tmp_path_factory.mktemp("what") / "case"), network_given=False)
    return make_plan(found.network.network, Situation(case=found.case))


def check(problem, plan):
    inputs = canonical_json.encode(inputs_json.document(problem))
    digest = canonical_json.sha256(inputs)
    made = plan_json.plan_document(plan, inputs_sha256=digest)
    proof = plan_json.certificate_document(plan.certificate, inputs_sha256=digest)
    documents = [canonical_json.decode(canonical_json.encode(d)) for d in (made, proof)]
    verdict = verify(canonical_json.decode(inputs), *documents, inputs_bytes=inputs)
    assert verdict.verified, verdict.violations[:3]


@pytest.fixture
def scales(planned):
    return Scales(planned, exposure_weight=20, stop=StoppingRule(work=10**8), reserves=True, check=check)


def test_stretches_are_both_ways_of_a_road_and_bridges_come_first(planned):
    columns = planned.problem.network.arcs
    bridge = frozenset(np.flatnonzero(columns.label == "l2").tolist())
    found, unused = in_use(planned.problem, planned.plan.schedule, bridge, most=10)
    assert [(s.kind, s.name, s.persons) for s in found] == [("bridge", "l2", 52), ("link", "l1", 52)]
    assert unused == 0
    assert len(found[0].arcs) == 2


def test_a_bridge_that_nobody_uses_is_only_counted(planned):
    problem = planned.problem
    schedule = replace(planned.plan.schedule, cars=(), vehicles=())
    found, unused = in_use(problem, schedule, frozenset({0, 1}), most=10)
    assert (found, unused) == ((), 1)


def test_without_the_only_road_nobody_who_needs_it_is_served(planned, scales):
    losses = weigh_losses(scales, frozenset())
    for loss in losses.singles:
        assert sum(o.unserved for o in loss.outcomes) == 52
        assert sum(o.unserved_bound for o in loss.outcomes) == 52
    assert losses.singles[0].harm >= losses.singles[-1].harm


def test_a_closed_road_is_closed_throughout_and_nothing_else_changes(planned):
    after = closed(planned.problem, [0])
    changed = after.network.arcs.capacity_mveh_h != planned.problem.network.arcs.capacity_mveh_h
    assert np.flatnonzero(changed).tolist() == [0]
    assert 0 not in after.network.profiles


def test_arrivals_add_up_to_those_served(planned):
    for (key, _), row in zip(planned.problem.directions, planned.plan.directions, strict=True):
        came = arrivals(planned.problem, planned.plan.schedule, key)
        assert sum(n for _, n in came) == row.persons_served
        assert came[-1][0] == row.clearance_s


def test_a_borrowed_lane_adds_its_capacity_outwards_and_closes_the_way_in(planned):
    one_way = replace(planned.plan.schedule, cars=planned.plan.schedule.cars[:1], vehicles=())
    after, lanes, aid = borrowed(planned.problem, one_way, "l1")
    (lane,) = lanes
    before = planned.problem.network.arcs.capacity_mveh_h
    assert after.network.arcs.capacity_mveh_h[lane.arc] == before[lane.arc] + before[lane.twin]
    assert after.network.arcs.capacity_mveh_h[lane.twin] == 0
    assert aid
    assert all(way.after_s < 0 for way in aid)


def test_a_road_that_the_plan_does_not_use_has_no_lane_to_borrow(scales):
    found, weighed = weigh_contraflow(scales, "no such road")
    assert found.lanes == ()
    assert weighed is None

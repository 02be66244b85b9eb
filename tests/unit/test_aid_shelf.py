"""Goods are handed out only while they keep: in plans, in what no plan betters, and for the verifier."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import pytest

from safepassage.domain.plan import Schedule
from safepassage.domain.situation import Situation
from safepassage.engines.distribution import distribute
from safepassage.engines.evacuate.trucks import TruckRoads
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import aid_json, inputs_json
from safepassage.planning import problem_of
from safepassage.provisioning import aid_problem
from safepassage.testing.aid_district import aid_district
from safepassage_verify.aid import check_aid
from safepassage_verify.planfile import movements_of
from safepassage_verify.snapshot import read_snapshot
from safepassage_verify.verdict import Findings


class District:
    """A small district of three days without trucks on the last, and what a verifier says of plans."""

    def __init__(self):
        case, network = aid_district(6, 2, 3, persons=4_000, arcs=400)
        self.problem = problem_of(network, Situation(case=case))
        nobody = Schedule(routes=(), cars=(), vehicles=(), link_rides=(), unserved=(), reserves=())
        self.roads = TruckRoads(self.problem, nobody, case.settings.exposure_weight)
        aid = aid_problem(case, self.problem, nobody)
        self.aid = replace(aid, trucks=tuple(truck for truck in aid.trucks if truck.day < 2))

    def planned(self, shelf_days):
        """Return the plan where food and water keep so many days, as value and as document."""
        goods = tuple(replace(good, shelf_days=shelf_days) for good in self.aid.goods)
        plan = distribute(
            replace(self.aid, goods=goods), self.roads, windows=self.problem.rules.movement_windows
        )
        tree = aid_json.document(plan, inputs_sha256="i", plan_sha256="p")
        return plan, json.loads(canonical_json.encode(tree))

    def codes(self, document):
        findings = Findings()
        inputs = canonical_json.decode(canonical_json.encode(inputs_json.document(self.problem)))
        empty = movements_of({"routes": [], "cars": [], "vehicles": [], "link_rides": []})
        check_aid(document, empty, read_snapshot(inputs, findings), ("i", "p"), findings)
        return {row.code for row in findings.verdict(recomputed={}, hashes={}).violations}


@pytest.fixture(scope="module")
def district():
    return District()


@pytest.fixture(scope="module")
def unlimited(district):
    return district.planned(0)


def kept_days(plan):
    day = {truck.id: truck.day for truck in plan.problem.trucks}
    return [row.due - day[row.truck] + 1 for row in plan.deliveries]


def test_nothing_is_brought_for_a_day_on_which_it_no_longer_keeps(district, unlimited):
    assert max(kept_days(unlimited[0])) == 3
    for shelf_days in (1, 2):
        plan, document = district.planned(shelf_days)
        assert max(kept_days(plan)) == shelf_days
        assert district.codes(document) == set()


def test_what_does_not_keep_lowers_what_no_plan_betters(district, unlimited):
    plan, document = district.planned(1)
    assert plan.totals.worth_bound_nano < unlimited[0].totals.worth_bound_nano
    assert plan.totals.worth_nano <= plan.totals.worth_bound_nano
    # The same prices prove less where the goods keep: the verifier counts the options that are gone.
    longer = copy.deepcopy(document)
    for good in longer["given"]["goods"]:
        good["shelf_days"] = 0
    assert "AID_BOUND" in district.codes(longer)


def test_goods_that_are_handed_out_too_late_are_found(district, unlimited):
    document = copy.deepcopy(unlimited[1])
    assert district.codes(document) == set()
    for good in document["given"]["goods"]:
        good["shelf_days"] = 3
    assert "AID_EXPIRED" not in district.codes(document)
    for good in document["given"]["goods"]:
        good["shelf_days"] = 2
    assert "AID_EXPIRED" in district.codes(document)

"""Crews drive, work and rest as their hours say: in plans, when plans go on, and for the verifier."""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import pairwise

import pytest

from safepassage.domain.aid.stock import Truck
from safepassage.engines.distribution import distribute, gone, onward
from safepassage.engines.distribution.options import most_seconds
from safepassage_verify.aid_hours import Worked, check_rest, worked_before
from safepassage_verify.verdict import Findings
from tests.support.small_district import District

SHORT = {"max_drive_s": 4_200, "break_after_s": 2_400, "break_s": 2_700, "work_s": 32_400, "rest_s": 54_000}
"""Hours so short that each of them binds in the district."""
CODES = {"AID_DRIVING", "AID_BREAK", "AID_REST"}


@pytest.fixture(scope="module")
def district():
    return District(2, persons=16_000)


def with_hours(district, **hours):
    return replace(district.aid, trucks=tuple(replace(truck, **hours) for truck in district.aid.trucks))


@pytest.fixture(scope="module")
def short(district):
    return district.planned(with_hours(district, **SHORT))


@pytest.fixture(scope="module")
def free(district):
    limits = {"max_drive_s": 86_400, "break_s": 0, "work_s": 86_400, "rest_s": 0}
    return district.planned(with_hours(district, **limits))


def driven_s(legs):
    return sum(leg.arrive_s - leg.depart_s for leg in legs)


def test_crews_keep_to_their_hours(district, short):
    plan, document = short
    assert district.codes(document) == set()
    assert plan.totals.worth_nano > 0
    longest = max(driven_s(chain.legs) for chain in plan.trucks)
    assert SHORT["break_after_s"] < longest <= SHORT["max_drive_s"]
    for chain in plan.trucks:
        if driven_s(chain.legs) > SHORT["break_after_s"]:
            gaps = [after.depart_s - before.arrive_s for before, after in pairwise(chain.legs)]
            assert max(gaps) >= SHORT["break_s"]


def test_without_such_hours_each_of_them_is_exceeded(district, free):
    for name, code in (("max_drive_s", "AID_DRIVING"), ("work_s", "AID_REST"), ("rest_s", "AID_REST")):
        document = copy.deepcopy(free[1])
        for truck in document["given"]["trucks"]:
            truck[name] = SHORT[name]
        assert code in district.codes(document)
    document = copy.deepcopy(free[1])
    for truck in document["given"]["trucks"]:
        truck.update(break_after_s=SHORT["break_after_s"], break_s=SHORT["break_s"])
    assert "AID_BREAK" in district.codes(document)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"max_drive_s": -1}, "AID_DRIVING"),
        ({"break_after_s": -1}, "AID_BREAK"),
        ({"work_s": -1}, "AID_REST"),
    ],
)
def test_hours_count_to_the_second(district, short, change, code):
    """Limits as they are reached hold, a second less does not."""
    plan, document = short
    document = copy.deepcopy(document)
    chain = max(plan.trucks, key=lambda chain: driven_s(chain.legs))
    day = next(row for row in document["given"]["trucks"] if row["id"] == chain.id)
    loads = [row for row in plan.deliveries if row.truck == chain.id and not row.loaded]
    grams = sum(row.milli * good.mass_g for row in loads for good in plan.problem.goods
                if good.id == row.commodity)  # fmt: skip
    loading_s = plan.problem.rules.loading_s(-(-grams // 1_000))
    exact = {
        "max_drive_s": driven_s(chain.legs), "break_after_s": driven_s(chain.legs),
        "work_s": chain.legs[-1].arrive_s - chain.legs[0].depart_s + loading_s,
    }  # fmt: skip
    name, more = next(iter(change.items()))
    day["break_s"] = 80_000 if name == "break_after_s" else day["break_s"]
    day[name] = exact[name]
    # Nobody starts before the day begins: loading at midnight is no break.
    day["available_from_s"] = chain.legs[0].depart_s - loading_s
    assert code not in district.codes(document)
    day[name] += more
    assert code in district.codes(document)


def test_a_crew_rests_before_its_next_day(short):
    plan, _ = short
    truck = {row.id: row for row in plan.problem.trucks}
    ends = {(truck[chain.id].truck, truck[chain.id].day): chain.legs for chain in plan.trucks}
    both = [(legs, ends[name, day + 1]) for (name, day), legs in ends.items() if (name, day + 1) in ends]
    assert both
    assert all(after[0].depart_s - before[-1].arrive_s >= SHORT["rest_s"] for before, after in both)


def test_hours_of_work_bound_what_no_plan_betters(district, short, free):
    assert short[0].totals.worth_bound_nano < free[0].totals.worth_bound_nano
    truck = short[0].problem.trucks[0]
    assert most_seconds(short[0].problem, truck, ()) == SHORT["work_s"]


def test_what_a_crew_has_driven_counts_when_a_plan_goes_on(district, short):
    plan, _ = short
    times = sorted(leg.depart_s for chain in plan.trucks for leg in chain.legs)
    past = gone(plan, times[len(times) // 3])
    left = onward(plan.problem, past)
    later = distribute(
        left, district.roads, windows=district.problem.rules.movement_windows, announced=(plan, past)
    )
    assert district.codes(district.document(later)) & CODES == set()
    legs = {chain.id: chain.legs for chain in later.trucks}
    both = [(past.legs[name], legs[name]) for name in legs if past.legs.get(name)]
    assert both
    for before, after in both:
        assert driven_s(before) + driven_s(after) <= SHORT["max_drive_s"]
        assert after[-1].arrive_s - before[0].depart_s <= SHORT["work_s"]


def test_one_driver_is_what_a_case_has_that_says_nothing():
    truck = Truck(id="t", count=1, depot="d", payload_kg=1, volume_l=1, weight_kg=1)
    assert (truck.max_drive_s, truck.break_after_s, truck.break_s, truck.rest_s) == (
        9 * 3_600, 4.5 * 3_600, 45 * 60, 11 * 3_600,
    )  # fmt: skip


def rests(free_s, *, second):
    """Return what is said of a day that begins in a second, after one that had begun before now."""
    first = {"id": "lorry-001-day1", "works_from_s": 0, "free_s": free_s}
    later = Worked("lorry-001", second, second + 9_000, 39_600, "aid.trucks lorry-001-day2")
    findings = Findings()
    check_rest([*worked_before({"trucks": [first]}), later], findings)
    return [row.code for row in findings.verdict(recomputed={}, hashes={}).violations]


def test_crews_rest_after_what_had_left():
    assert rests(36_000, second=75_600) == []
    assert rests(36_001, second=75_600) == ["AID_REST"]


def test_of_days_of_the_past_no_rest_is_asked():
    never = {"id": "lorry-001-day2", "works_from_s": 30_000, "free_s": 10**8}
    findings = Findings()
    check_rest(
        [*worked_before({"trucks": [{"id": "lorry-001-day1", "works_from_s": 0, "free_s": 10**8}, never]})],
        findings,
    )
    assert findings.total == 0

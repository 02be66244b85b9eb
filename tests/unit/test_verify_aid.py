"""A distribution that breaks a rule is found out by the verifier, by the code of that rule."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import pytest

from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import aid_json
from safepassage.testing.aid_cases import random_aid_case
from tests.support.aids import gone_on, provided

SEED = 5
"""A case whose trucks make several trips with several goods."""


@pytest.fixture(scope="module")
def whole():
    return provided(*random_aid_case(SEED))


@pytest.fixture
def broken(whole):
    return copy.deepcopy(whole)


def test_the_whole_plan_is_verified_and_says_what_it_delivers(whole):
    verdict = whole.verdict()
    assert verdict.violations == ()
    assert len(whole.aid["deliveries"]) > 3
    row = verdict.record()["recomputed"]["aid"][0]
    assert row["worth_nano"] == whole.aid["totals"]["worth_nano"] > 0


def test_the_file_is_read_as_it_was_written(whole):
    assert aid_json.parsed(whole.aid) == whole.value
    with pytest.raises(ValueError, match="no distribution"):
        aid_json.parsed({"schema": "other"})


def test_who_runs_a_truck_is_text_that_may_be_left_out(broken):
    kind = broken.value.problem.trucks[0].type
    trucks = tuple(
        replace(row, organisation="Red Cross society" if row.type == kind else "")
        for row in broken.value.problem.trucks
    )
    named = replace(broken.value, problem=replace(broken.value.problem, trucks=trucks))
    tree = aid_json.document(named, inputs_sha256="", plan_sha256="")
    written = json.loads(canonical_json.encode(tree))
    told = [row.get("organisation") for row in written["given"]["trucks"]]
    assert told == ["Red Cross society" if row.type == kind else None for row in trucks]
    assert aid_json.parsed(written) == named
    broken.aid = written
    assert broken.codes() == {"AID_GIVEN"}, "the case names nobody"
    for row in broken.inputs["aid"]["trucks"]:
        row["organisation"] = "Red Cross society" if row["id"] == kind else ""
    assert broken.codes() == {"HASH"}, "the plan was made from other inputs"
    written["given"]["trucks"][0]["organisation"] = 7
    assert broken.codes() == {"HASH", "SCHEMA"}


def more_than_the_lot_has(aid):
    for lot in aid["given"]["lots"]:
        lot["quantity_milli"] = 1


def a_smaller_truck(aid):
    for truck in aid["given"]["trucks"]:
        truck["payload_kg"] = 1


def a_truck_with_less_room(aid):
    for truck in aid["given"]["trucks"]:
        truck["volume_l"] = 1


def uncooled(aid):
    for good in aid["given"]["goods"]:
        good["cold_chain"] = True


def expired(aid):
    for lot in aid["given"]["lots"]:
        lot["expires_s"] = 0


def not_there_yet(aid):
    for lot in aid["given"]["lots"]:
        lot["available_from_s"] = 10**6


def loaded_after_it_was_unloaded(aid):
    row = aid["deliveries"][0]
    row["loaded"] = row["leg"]


def unloaded_on_the_way_home(aid):
    row = aid["deliveries"][0]
    row["leg"] = next(t for t in aid["trucks"] if t["id"] == row["truck"])["legs"][-1]["id"]


def more_than_is_needed(aid):
    aid["deliveries"].append(dict(aid["deliveries"][0], milli=10**9))


def a_need_forgotten(aid):
    aid["short"].pop()


def no_reason(aid):
    aid["short"][0]["reason"] = ""


def loading_takes_longer(aid):
    aid["given"]["rules"]["load_base_s"] += 7_200


def convoys_far_apart(aid):
    aid["given"]["rules"]["headway_s"] = 14_400


def never_home(aid):
    for truck in aid["trucks"]:
        truck["legs"].pop()


def too_good_a_bound(aid):
    aid["bounds"][0]["limit_nano"] -= 1


def a_stop_dearer_than_it_is(aid):
    row = {"place": aid["given"]["needs"][0]["place"], "type": aid["given"]["trucks"][0]["type"], "day": 0,
           "mass_nano": 10**20, "volume_nano": 0, "needs": []}  # fmt: skip
    aid["bounds"][0]["stops"].append(row)


def a_stop_priced_twice(aid):
    row = {"place": aid["given"]["needs"][0]["place"], "type": "t", "day": 0, "mass_nano": 0,
           "volume_nano": 0, "needs": []}  # fmt: skip
    aid["bounds"][0]["stops"] += [row, row]


def prices_that_prove_less(aid):
    for row in (*aid["bounds"][0]["lots"], *aid["bounds"][0]["trucks"]):
        row.update({name: 0 for name, value in row.items() if name.endswith(("nano_milli", "nano_s"))})


def a_least_share_that_is_not_ruled_out(aid):
    bound = next(row for row in aid["bounds"] if row["kind"] == "least_share")
    bound["least_share_ppm"] -= 1
    aid["totals"]["least_share_bound_ppm"] -= 1


def nothing_can_be_better(aid):
    aid["totals"]["worth_bound_nano"] = aid["totals"]["worth_nano"] - 1


def places_out_of_reach(aid):
    aid["totals"]["reached"] = []


def served_more_than_it_is(aid):
    aid["totals"]["worth_nano"] += 1


def another_plan(aid):
    aid["given"]["days"] = []


def duty(aid):
    for truck in aid["given"]["trucks"]:
        truck["max_duty_s"] = 1


def too_heavy_for_the_roads(aid):
    aid["trucks"][0]["legs"][0]["depart_s"] += 1


@pytest.mark.parametrize(
    ("breaks", "code"),
    [
        (more_than_the_lot_has, "AID_LOT"),
        (not_there_yet, "AID_LOT"),
        (a_smaller_truck, "AID_LOAD"),
        (a_truck_with_less_room, "AID_LOAD"),
        (uncooled, "AID_LOAD"),
        (expired, "AID_EXPIRED"),
        (loaded_after_it_was_unloaded, "AID_STOP"),
        (unloaded_on_the_way_home, "AID_STOP"),
        (more_than_is_needed, "AID_NEED"),
        (a_need_forgotten, "AID_SHORT"),
        (no_reason, "AID_SHORT"),
        (loading_takes_longer, "AID_HANDLING"),
        (convoys_far_apart, "AID_HEADWAY"),
        (never_home, "AID_RETURN"),
        (too_good_a_bound, "AID_BOUND"),
        (a_stop_dearer_than_it_is, "AID_BOUND"),
        (a_stop_priced_twice, "AID_BOUND"),
        (prices_that_prove_less, "AID_BOUND"),
        (a_least_share_that_is_not_ruled_out, "AID_BOUND"),
        (nothing_can_be_better, "AID_BOUND"),
        (places_out_of_reach, "AID_TOTALS"),
        (served_more_than_it_is, "AID_TOTALS"),
        (another_plan, "REFERENCE"),
        (duty, "DUTY"),
        (too_heavy_for_the_roads, "ARRIVAL"),
    ],
)
def test_what_breaks_a_rule_is_found(broken, breaks, code):
    breaks(broken.aid)
    assert code in broken.codes()


def test_trucks_count_on_the_road_beside_everybody_else(broken):
    """A hundred copies of the first run do not fit on a road that one and one burst fill."""
    given, trucks = broken.aid["given"], broken.aid["trucks"]
    first = next(row for row in given["trucks"] if row["id"] == trucks[0]["id"])
    for n in range(100):
        given["trucks"].append(dict(first, id=f"copy{n}", units_mveh=100_000))
        trucks.append(
            {"id": f"copy{n}", "legs": [dict(leg, id=f"copy{n}.{leg['id']}") for leg in trucks[0]["legs"]]}
        )
    assert "CAPACITY" in broken.codes()


def most_aboard(aid, truck, per_unit):
    """Return the most that a truck has aboard on a leg, by what a thousandth of a unit of each good takes."""
    legs = [leg["id"] for leg in next(t for t in aid["trucks"] if t["id"] == truck)["legs"]]
    held = [0] * len(legs)
    for row in (one for one in aid["deliveries"] if one["truck"] == truck):
        first = legs.index(row["loaded"]) + 1 if row["loaded"] else 0
        for k in range(first, legs.index(row["leg"]) + 1):
            held[k] += row["milli"] * per_unit[row["commodity"]]
    return max(held)


@pytest.mark.parametrize(("limit", "takes"), [("payload_kg", "mass_g"), ("volume_l", "volume_ml")])
def test_a_truck_is_full_to_the_last_unit_and_not_beyond(broken, limit, takes):
    given = broken.aid["given"]
    for good in given["goods"]:
        good[takes] = 1_000_000
    units = {good["id"]: 1 for good in given["goods"]}
    most = max(most_aboard(broken.aid, truck["id"], units) for truck in broken.aid["trucks"])
    assert most > 0
    for truck in given["trucks"]:
        truck[limit] = most
    assert "AID_LOAD" not in broken.codes()
    for truck in given["trucks"]:
        truck[limit] = most - 1
    assert "AID_LOAD" in broken.codes()


@pytest.mark.parametrize(
    "change",
    [{"node": 10**5}, {"commodity": "luck"}, {"due": 10**4}, {"place": "nowhere"}],
    ids=str,
)
def test_a_need_is_of_a_good_a_day_and_a_place_that_are_there(broken, change):
    broken.aid["given"]["needs"][0].update(change)
    assert "REFERENCE" in broken.codes()


def test_a_need_stands_once(broken):
    broken.aid["given"]["needs"].append(dict(broken.aid["given"]["needs"][0]))
    assert "REFERENCE" in broken.codes()


@pytest.mark.parametrize("wrong", [None, 1, [], {}, {"schema": "safepassage.aid/1"}, "text"])
def test_any_file_gets_an_answer(whole, wrong):
    from safepassage_verify import verify

    verdict = verify(whole.inputs, whole.plan, whole.certificate, wrong)
    assert verdict.verified is False or wrong is None
    assert "INTERNAL" not in {violation.code for violation in verdict.violations}


@pytest.fixture(scope="module")
def begun(whole):
    """Return what is left of the distribution when most of it is under way, planned on the same roads."""
    times = sorted(leg.depart_s for chain in whole.value.trucks for leg in chain.legs)
    return gone_on(*random_aid_case(SEED), times[len(times) // 2])[1]


def test_the_share_since_the_first_plan_is_summed_and_bounded_again(begun):
    assert begun.aid["given"]["behind"]
    assert aid_json.parsed(begun.aid) == begun.value
    assert begun.verdict().violations == ()


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda rows: rows.clear(), "AID_TOTALS"),
        (lambda rows: [row.update(met_nano=0) for row in rows], "AID_TOTALS"),
        (lambda rows: rows[0].update(met_nano=rows[0]["worth"] * 10**9 + 1), "REFERENCE"),
        (lambda rows: rows[0].update(place="nowhere"), "REFERENCE"),
        (lambda rows: rows.append(rows[0]), "REFERENCE"),
        (lambda rows: rows[0].pop("worth"), "SCHEMA"),
    ],
)
def test_what_lies_behind_is_what_it_says(begun, change, code):
    broken = copy.deepcopy(begun)
    change(broken.aid["given"]["behind"])
    assert code in broken.codes()

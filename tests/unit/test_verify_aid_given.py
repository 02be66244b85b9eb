"""A distribution is bound to its inputs: what it says it was given is what the tables of the case give."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from safepassage.domain.aid.stock import Consignment
from safepassage.testing.aid_cases import random_aid_case
from tests.support.aids import gone_on, provided

SEED = 5


def middle(aid):
    times = sorted(leg["depart_s"] for truck in aid["trucks"] for leg in truck["legs"])
    return times[len(times) // 2] + 1


@pytest.fixture(scope="module")
def both():
    case, network = random_aid_case(SEED)
    first = provided(case, network)
    now_s = middle(first.aid)
    line = gone_on(case, network, now_s)[1].aid["since"]["brought"][0]
    counted = Consignment(
        waybill=line["waybill"], depot=case.stock[0].depot, place=line["place"], commodity=line["commodity"],
        lot=line["lot"], dispatched_milli=line["dispatched_milli"], received_s=now_s - 1,
        received_milli=line["received_milli"] // 2,
    )  # fmt: skip
    return gone_on(case, network, now_s, later=replace(case, consignments=(counted,)))


@pytest.fixture
def first(both):
    return copy.deepcopy(both[0])


@pytest.fixture
def second(both):
    return copy.deepcopy(both[1])


def test_what_a_plan_was_given_follows_from_the_case(first, second):
    for plan in (first, second):
        verdict = plan.verdict()
        assert verdict.violations == ()
        assert [row.code for row in verdict.not_assessed] == ([] if plan is first else ["AID_BEFORE"])
        assert ("not_assessed" in verdict.record()) is (plan is second)
        assert verdict.checks["AID_GIVEN"] > len(plan.aid["given"]["needs"])
    assert second.aid["since"]["brought"]
    assert second.aid["given"]["behind"]
    assert any(row["counted"] for row in second.aid["since"]["brought"])


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(n, marks=pytest.mark.slow) for n in range(2, 20))])
def test_no_plan_is_refused_wrongly(seed):
    found = provided(*random_aid_case(seed))
    assert found.verdict().violations == ()


WAITS = 33
"""A case in which a truck that is free before a lot is there waits for it at its base."""


@pytest.mark.parametrize("seed", [WAITS, *(pytest.param(n, marks=pytest.mark.slow) for n in range(10))])
def test_no_plan_that_goes_on_is_refused_wrongly(seed):
    case, network = random_aid_case(seed)
    for part in (1,) if seed == WAITS else (1, 3, 6):
        _, later = gone_on(case, network, case.settings.horizon_s * part // 8)
        assert later.verdict().violations == (), part


def stock_times_a_thousand(aid):
    for lot in aid["given"]["lots"]:
        lot["quantity_milli"] *= 1_000


def one_unit_more(aid):
    aid["given"]["lots"][0]["quantity_milli"] += 1


def a_lot_that_nobody_has(aid):
    aid["given"]["lots"].append(dict(aid["given"]["lots"][0], id="from nowhere"))


def a_lot_left_out(aid):
    used = {row["lot"] for row in aid["deliveries"]}
    aid["given"]["lots"] = [row for row in aid["given"]["lots"] if row["id"] in used][1:]


def a_pledge_as_stock(aid):
    aid["given"]["lots"][-1]["available_from_s"] = 7


def keeps_longer(aid):
    aid["given"]["lots"][0]["expires_s"] = 10**8 - 1


def a_heavier_truck(aid):
    for row in aid["given"]["trucks"]:
        row["payload_kg"] *= 10


def a_truck_light_on_bridges(aid):
    for row in aid["given"]["trucks"]:
        row["weight_kg"] = 1


def more_room(aid):
    for row in aid["given"]["trucks"]:
        row["volume_l"] += 1


def a_truck_too_many(aid):
    row = aid["given"]["trucks"][0]
    aid["given"]["trucks"].append(dict(row, id="truck0-999-day1", truck="truck0-999"))


def longer_hours(aid):
    aid["given"]["trucks"][0]["max_duty_s"] = 10**6


def half_the_need(aid):
    for row in aid["given"]["needs"]:
        row["amount_milli"] = max(1, row["amount_milli"] // 2)


def a_need_forgotten(aid):
    short = {(row["place"], row["commodity"], row["due"]) for row in aid["short"]}
    brought = {(row["place"], row["commodity"], row["due"]) for row in aid["deliveries"]}
    key = min(short - brought)
    for name in ("short",):
        aid[name] = [r for r in aid[name] if (r["place"], r["commodity"], r["due"]) != key]
    needs = aid["given"]["needs"]
    aid["given"]["needs"] = [r for r in needs if (r["place"], r["commodity"], r["due"]) != key]


def worth_more(aid):
    aid["given"]["needs"][0]["worth"] += 1


def fewer_persons(aid):
    aid["given"]["needs"][0]["persons"] += 1


def lighter_goods(aid):
    for row in aid["given"]["goods"]:
        row["mass_g"] = 1


def quicker_loading(aid):
    aid["given"]["rules"]["load_base_s"] = 0


def other_weights(aid):
    aid["given"]["rules"]["weights"] = [1, 1, 1, 1]


def a_day_longer(aid):
    aid["given"]["days"][-1]["date"] = "2031-01-01"


def a_past_in_a_first_plan(aid):
    aid["since"] = {
        "now_s": 0, "under_way": 0, "same": 0, "drivers": [], "brought": [], "delivered": [], "trucks": [],
    }  # fmt: skip


FIRST = [
    stock_times_a_thousand, one_unit_more, a_lot_that_nobody_has, a_lot_left_out, a_pledge_as_stock,
    keeps_longer, a_heavier_truck, a_truck_light_on_bridges, more_room, a_truck_too_many, longer_hours,
    half_the_need, a_need_forgotten, worth_more, fewer_persons, lighter_goods, quicker_loading, other_weights,
    a_day_longer,
]  # fmt: skip


@pytest.mark.parametrize("breaks", FIRST)
def test_what_does_not_follow_from_the_case_is_found(first, breaks):
    breaks(first.aid)
    assert "AID_GIVEN" in first.codes()


@pytest.mark.parametrize("breaks", [stock_times_a_thousand, a_heavier_truck, half_the_need, longer_hours])
def test_so_it_is_where_a_plan_goes_on(second, breaks):
    breaks(second.aid)
    assert "AID_GIVEN" in second.codes()


def a_delivery_of_yesterday_left_out(aid):
    aid["since"]["brought"].pop(0)


def more_received(aid):
    next(row for row in aid["since"]["brought"] if row["counted"])["received_milli"] += 1


def less_dispatched(aid):
    aid["since"]["brought"][0]["dispatched_milli"] -= 1


def a_truck_that_never_left(aid):
    aid["since"]["trucks"].pop()


def home_sooner(aid):
    aid["since"]["trucks"][0]["free_s"] -= 1


def another_now(aid):
    aid["since"]["now_s"] += 1


def met_more(aid):
    aid["since"]["delivered"][0]["milli"] += 1


def nothing_before(aid):
    del aid["since"]


def told_otherwise(aid):
    truck = aid["deliveries"][0]["truck"] if aid["deliveries"] else aid["given"]["trucks"][0]["id"]
    aid["since"]["drivers"] = [{"truck": truck, "before": [], "after": [[1, "x", "y", 1]]}]


PAST = [
    a_delivery_of_yesterday_left_out, more_received, less_dispatched, a_truck_that_never_left, home_sooner,
    another_now, met_more, nothing_before, told_otherwise,
]  # fmt: skip


@pytest.mark.parametrize("breaks", PAST)
def test_what_had_left_is_what_the_inputs_say(second, breaks):
    breaks(second.aid)
    assert "AID_SINCE" in second.codes()


def test_a_past_that_nothing_speaks_of_is_found(first):
    a_past_in_a_first_plan(first.aid)
    assert "AID_SINCE" in first.codes()


def test_a_count_at_the_receiver_is_in_the_inputs(second):
    """Who doctors the lines in the inputs, too, still has the count at the receiver against him."""
    second.inputs["aid"]["consignments"][0]["received_milli"] -= 1
    assert {"HASH", "AID_SINCE"} <= second.codes()


@pytest.mark.parametrize("name", ["since", "goods", "stock", "trucks", "norms"])
def test_what_is_no_table_is_no_table(second, name):
    if name == "since":
        second.aid["since"]["brought"] = 7
    else:
        second.inputs["aid"]["commodities" if name == "goods" else name] = [{}]
    assert "SCHEMA" in second.codes()


def test_stock_of_an_unknown_good_and_a_thing_twice_are_found(first):
    table = first.inputs["aid"]
    table["stock"][0]["commodity"] = "luck"
    table["trucks"].append(table["trucks"][0])
    assert "REFERENCE" in first.codes()


def test_without_the_tables_nothing_of_it_is_said_to_hold(first):
    """A plan of before: the rest is checked, and what cannot be is said in words."""
    del first.inputs["aid"]
    stock_times_a_thousand(first.aid)
    verdict = first.verdict()
    assert {row.code for row in verdict.not_assessed} == {"AID_GIVEN", "AID_SINCE", "AID_UNDER_WAY"}
    assert "AID_GIVEN" not in verdict.checks
    assert "AID_SINCE" not in verdict.checks
    said = verdict.record()["not_assessed"]
    assert all("without the tables of the case" in row["text"] for row in said)

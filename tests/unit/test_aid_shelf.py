"""Goods are handed out only while they keep: in plans, in what no plan betters, and for the verifier."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from safepassage.domain.aid.distribution import Brought
from safepassage.engines.distribution import Gone, delivered
from tests.support.small_district import District


@pytest.fixture(scope="module")
def district():
    return District(3)


def planned(district, shelf_days):
    """Return the plan where all goods keep so many days and nobody drives on the last day."""
    return district.planned(
        replace(
            district.aid,
            goods=tuple(replace(good, shelf_days=shelf_days) for good in district.aid.goods),
            trucks=tuple(truck for truck in district.aid.trucks if truck.day < 2),
        )
    )


@pytest.fixture(scope="module")
def unlimited(district):
    return planned(district, 0)


def kept_days(plan):
    day = {truck.id: truck.day for truck in plan.problem.trucks}
    return [row.due - day[row.truck] + 1 for row in plan.deliveries]


def test_nothing_is_brought_for_a_day_on_which_it_no_longer_keeps(district, unlimited):
    assert max(kept_days(unlimited[0])) == 3
    for shelf_days in (1, 2):
        plan, document = planned(district, shelf_days)
        assert max(kept_days(plan)) == shelf_days
        assert district.codes(document) == set()


def test_what_does_not_keep_lowers_what_no_plan_betters(district, unlimited):
    plan, document = planned(district, 1)
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


@pytest.mark.parametrize(("shelf_days", "days"), [(0, [0, 1, 2]), (1, [0]), (2, [0, 1])])
def test_what_is_over_serves_later_days_only_while_it_keeps(district, shelf_days, days):
    """Far more than was announced came on a truck of the first day."""
    aid = replace(
        district.aid, goods=tuple(replace(good, shelf_days=shelf_days) for good in district.aid.goods)
    )
    need = next(n for n in aid.needs if n.due == 0)
    truck = next(t for t in aid.trucks if t.day == 0)
    line = Brought(
        waybill=f"WB-{truck.id}-1", place=need.place, commodity=need.commodity, lot="", due=0,
        dispatched_milli=10**12, received_milli=10**12, counted=True,
    )  # fmt: skip
    met = delivered(aid, Gone(1, brought=(line,)))
    mine = [row for row in met if (row.place, row.commodity) == (need.place, need.commodity)]
    assert [row.due for row in mine if row.milli == row.needed_milli] == days
    # For a later day it was brought ahead, and is as old as the truck's day says.
    ahead = delivered(aid, Gone(1, brought=(replace(line, due=days[-1]),)))
    assert [row.due for row in ahead if row.milli and row.commodity == need.commodity] == days[-1:]

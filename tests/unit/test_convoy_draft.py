"""A convoy of aid is notified as one movement: how many trucks, with what, and when lead and tail pass."""

from __future__ import annotations

from functools import cache

import pytest

from safepassage.domain.movement.particulars import Particulars
from safepassage.domain.release import Audience
from safepassage.engines.release import release, with_aid
from safepassage.formats.facts.local_clock import instant
from safepassage.formats.movement import movement_file
from safepassage.formats.movement.convoy_draft import facts_of_aid_convoy
from safepassage.testing.aid_cases import random_convoy_case
from tests.support.aids import provided

SEED = 24
OWN = {"org": "red", "kind": "notified", "shape": "overland"}


@cache
def team():
    found = provided(*random_convoy_case(SEED))
    record = found.verdict().record()
    cut = release(found.inputs, found.plan, found.certificate, record, Audience.PLANNING_TEAM)
    return with_aid(cut, {**found.aid, "plan_sha256": cut.stamp["plan_sha256"]})


def draft() -> Particulars:
    return movement_file.particulars(OWN, facts_of_aid_convoy(team(), "kilo", 1), file="plan")


def of_convoy(rows):
    return [row for row in rows if row["id"].startswith("line")]


def test_a_convoy_is_one_movement_with_the_number_of_its_trucks_and_all_that_they_carry():
    aid, drafted = team().aid, draft()
    line = of_convoy(aid["trucks"])
    assert drafted.purpose == "aid"
    assert sum(row.count for row in drafted.vehicles) == len(line) > 1
    grams = {row["id"]: row["mass_g"] for row in aid["given"]["goods"]}
    rows = [row for row in aid["deliveries"] if row["truck"].startswith("line")]
    kg = sum(row["milli"] * grams[row["commodity"]] for row in rows) / 10**6
    assert kg <= sum(row.weight_kg for row in drafted.cargo) <= kg + len(drafted.cargo)


def test_it_lasts_from_the_lead_setting_out_until_the_tail_is_back_and_calls_at_every_stop():
    aid, drafted = team().aid, draft()
    line, epoch_s = of_convoy(aid["trucks"]), round(instant(team().inputs["epoch"]).timestamp())
    lead, tail = line[0]["legs"], line[-1]["legs"]
    assert drafted.start_utc_s == epoch_s + lead[0]["depart_s"]
    assert drafted.end_utc_s == epoch_s + tail[-1]["arrive_s"]
    windows = {(point.from_utc_s - epoch_s, point.until_utc_s - epoch_s) for point in drafted.route}
    for k, leg in enumerate(lead[:-1]):
        assert (leg["arrive_s"], tail[k + 1]["depart_s"]) in windows
    assert drafted.route[0].place == drafted.route[-1].place == drafted.origin


@pytest.mark.parametrize(("name", "day"), [("kilo", 9), ("lima", 1), ("", 1)])
def test_a_convoy_that_does_not_drive_is_refused_with_those_that_do(name, day):
    with pytest.raises(ValueError, match="those that drive: kilo on day 1"):
        facts_of_aid_convoy(team(), name, day)

"""A road gets slower before a truck that is loaded: its times are others, or it is led round or held."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest

from safepassage.domain.release import Audience
from safepassage.engines.release import release, with_aid
from safepassage.formats.facts.held_facts import held_trucks, said
from safepassage.formats.plan import aid_json
from tests.support.aid_office import LORRY, ROUND, SHORT, STRAIGHT, Office, arcs_of, held_of, slowed
from tests.support.aids import in_steps

TIRED = "id,count,depot,payload_t,volume_m3,weight_t,max_duty_h\nlorry,1,store,5,30,9,{}\n"


def on_slower_roads(office, kmh, *links):
    now_s = office.legs()[0]["depart_s"] + 60
    return in_steps(office.case, office.network, (now_s, (slowed(now_s, *links, kmh=kmh),)))[-1]


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("slower"), STRAIGHT, LORRY)


@pytest.fixture(scope="module")
def made(office):
    return on_slower_roads(office, 20, "l2")


@pytest.fixture
def later(made):
    return copy.deepcopy(made)


def told(found):
    record = found.verdict().record()
    team = release(found.inputs, found.plan, found.certificate, record, Audience.PLANNING_TEAM)
    return "\n".join(line for row in held_trucks(with_aid(team, found.aid)) for line in said(row))


def test_a_trip_keeps_its_way_and_gets_the_times_that_it_takes_now(office, later):
    assert later.verdict().violations == ()
    row, trip = held_of(later)
    [before] = later.inputs["aid"]["past"]["trips"]
    assert (row["met"], row["arc"], row["stuck"]) == ("times", -1, False)
    assert [leg["arcs"] for leg in trip["legs"]] == [leg["arcs"] for leg in before["legs"]]
    assert trip["goods"] == before["goods"]
    assert trip["legs"][0] == before["legs"][0], "the slower road lies behind the first stop"
    late_s = [a["arrive_s"] - b["arrive_s"] for a, b in zip(trip["legs"], before["legs"], strict=True)]
    assert 0 == late_s[0] < 900 < late_s[1] < late_s[2]
    assert row["leg"] == before["legs"][1]["id"]
    assert row["at_s"] == trip["legs"][1]["arrive_s"]
    since = {row["id"]: row for row in later.aid["since"]["trucks"]}
    past = {row["id"]: row for row in later.inputs["aid"]["past"]["trucks"]}
    assert since["lorry-001-day1"]["free_s"] == trip["legs"][-1]["arrive_s"]
    assert since["lorry-001-day1"]["driven_s"] - past["lorry-001-day1"]["driven_s"] == late_s[2]


def test_what_takes_other_times_is_written_read_and_told(later):
    assert aid_json.parsed(later.aid).since.held[0].met == "times"
    text = told(later)
    assert "TELL those who wait for lorry-001-day1" in text
    assert "Vale" in text
    assert "CALL" not in text


def as_announced(found):
    found.aid["since"]["trips"] = copy.deepcopy(found.inputs["aid"]["past"]["trips"])


def unsaid(found):
    as_announced(found)
    found.aid["since"]["held"] = []


def another_second(found):
    found.aid["since"]["held"][0]["at_s"] += 1


def said_to_be_closed(found):
    del found.aid["since"]["held"][0]["met"]


def sooner_than_it_can(found):
    found.aid["since"]["trips"][0]["legs"][1]["arrive_s"] -= 300


@pytest.mark.parametrize(
    "breaks", [as_announced, unsaid, another_second, said_to_be_closed, sooner_than_it_can]
)
def test_who_keeps_the_old_times_is_found(later, breaks):
    breaks(later)
    assert {"AID_UNDER_WAY", "ARRIVAL"} & later.codes()


def test_who_would_come_home_too_late_on_the_slow_road_is_led_round(tmp_path):
    office = Office(tmp_path, ROUND, TIRED.format(2.6))
    found = on_slower_roads(office, 8, "l2")
    assert found.verdict().violations == ()
    row, trip = held_of(found)
    assert row["met"] == "times"
    assert {good["place"] for good in trip["goods"]} == {"upper", "vale"}
    assert not any(arcs_of(found, "H2") & set(leg["arcs"]) for leg in trip["legs"])
    assert "CALL lorry-001-day1" in told(found)


def test_who_has_no_hours_left_for_it_leaves_out_a_stop(tmp_path):
    office = Office(tmp_path, STRAIGHT, TIRED.format(1.8))
    found = on_slower_roads(office, 8, "l2")
    assert found.verdict().violations == ()
    _, trip = held_of(found)
    assert {good["place"] for good in trip["goods"]} == {"upper"}
    lost = [row for row in found.aid["since"]["brought"] if row["place"] == "vale"]
    assert lost
    assert all(row["received_milli"] == 0 for row in lost)


def test_trips_that_have_not_left_get_the_times_of_the_slower_road(office):
    [first, found] = in_steps(office.case, office.network, (0, (slowed(0, "l2", kmh=20),)))
    assert found.verdict().violations == ()
    was, now = (
        {
            row["place"]: leg["arrive_s"]
            for truck in plan.aid["trucks"]
            for leg in truck["legs"]
            for row in plan.aid["deliveries"]
            if row["leg"] == leg["id"]
        }
        for plan in (first, found)
    )
    assert now["vale"] - was["vale"] > 900
    assert [row["truck"] for row in found.aid["since"]["drivers"]] == ["lorry-001-day1"]


# -- what a crew may bear on a day ------------------------------------------------------------------

ZONE = (
    "id,kind,name,geometry,hazard_p_low,hazard_p,hazard_p_high\nzone,reported_hazard,Zone,"
    '"POLYGON ((35.25 49.99, 35.35 49.99, 35.35 50.01, 35.25 50.01, 35.25 49.99))",0.05,0.05,0.05\n'
)


def test_what_a_crew_was_exposed_to_before_counts_on_its_day(tmp_path):
    """One truck brings water in several trips: the cap is one of the day, not of each plan."""
    small = LORRY.replace(",5,30,9", ",0.5,30,9")
    office = Office(tmp_path, STRAIGHT, small, SHORT.replace("= 4", "= 6"), areas=ZONE)
    zone = arcs_of(office.first, "H2")
    _, over_s, *later = [leg["arrive_s"] for leg in office.legs() if zone & on(office.first, leg)]
    assert later, "it goes there once more"
    found = in_steps(office.case, office.network, (over_s, ()))[-1]
    assert found.verdict().violations == ()
    [before] = [row["exposure_ppm_s"] for row in found.aid["since"]["trucks"]]
    assert before > 0
    assert any(zone & on(found, leg) for truck in found.aid["trucks"] for leg in truck["legs"])
    found.inputs["rules"]["exposure_cap_ppm_s"] = before
    assert any(f"{before} before" in one.message for one in found.verdict().violations)
    capped = replace(office.case, settings=replace(office.case.settings, exposure_cap_ppm_s=before))
    again = in_steps(office.case, office.network, (over_s, ()), later=capped)[-1]
    assert again.verdict().violations == ()
    [later] = [row["exposure_ppm_s"] for row in again.aid["since"]["trucks"]]
    assert later == before, "its crew may be exposed as much on one trip"
    assert not any(zone & on(again, leg) for truck in again.aid["trucks"] for leg in truck["legs"])


def on(found, leg):
    return set(found.aid["routes"][leg["route"]]["arcs"])

"""A road closes before a truck that is loaded: it is led round or held, and somebody is told to call."""

from __future__ import annotations

import copy
import json

import pytest

from safepassage.domain.case import Interval, Provenance, RoadStatus, RoadStatusWord
from safepassage.domain.release import Audience
from safepassage.domain.situation import Event, RoadStatusReported
from safepassage.engines.release import release, with_aid
from safepassage.formats.facts.held_facts import amount, held_trucks, said
from safepassage.formats.pages import report_html
from safepassage.formats.plan import aid_json
from safepassage_verify import aid
from tests.support.aid_office import HEAD, LORRY, ROUND, SHORT, STRAIGHT, VAN, Office, arcs_of, held_of
from tests.support.aids import in_steps
from tests.support.sketch import link


@pytest.fixture(scope="module")
def offices(tmp_path_factory):
    """Return what is made of three cases: a way round, another truck beyond, no way home."""
    found = {}
    for name, links, trucks, closed in (
        ("round", ROUND, LORRY, "l2"), ("beyond", STRAIGHT, VAN, "l2"), ("stuck", STRAIGHT, LORRY, "l1"),
    ):  # fmt: skip
        office = Office(tmp_path_factory.mktemp(name), links, trucks)
        legs = office.legs()
        at_s = legs[0]["depart_s"] + 60 if closed == "l2" else legs[1]["depart_s"] + 60
        found[name] = office, office.go_on((at_s, closed))
    return found


@pytest.fixture
def led_round(offices):
    return copy.deepcopy(offices["round"][1])


@pytest.fixture
def stuck(offices):
    return copy.deepcopy(offices["stuck"][1])


@pytest.fixture
def beyond(offices):
    return copy.deepcopy(offices["beyond"][1])


@pytest.mark.parametrize("name", ["round", "beyond", "stuck"])
def test_what_was_made_is_verified_and_read_as_it_was_written(offices, name):
    office, later = offices[name]
    assert office.first.verdict().violations == ()
    verdict = later.verdict()
    assert verdict.violations == ()
    assert verdict.checks["AID_UNDER_WAY"] > 5
    value = aid_json.parsed(later.aid)
    assert (
        json.loads(json.dumps(aid_json.document(value, inputs_sha256="", plan_sha256="")))["since"]
        == later.aid["since"]
    )


def test_a_loaded_truck_is_led_round(led_round):
    row, trip = held_of(led_round)
    closed = arcs_of(led_round, "H2")
    announced = led_round.inputs["aid"]["past"]["trips"][0]
    assert any(closed & set(leg["arcs"]) for leg in announced["legs"])
    assert not any(closed & set(leg["arcs"]) for leg in trip["legs"])
    assert row["arc"] in closed
    assert not row["stuck"]
    assert trip["goods"] == announced["goods"]
    assert trip["legs"][-1]["to_node"] == announced["legs"][-1]["to_node"]
    assert [r["received_milli"] for r in led_round.aid["since"]["brought"]].count(0) == 0
    [truck] = [r for r in led_round.aid["since"]["trucks"] if r["id"] == trip["truck"]]
    assert truck["free_s"] == trip["legs"][-1]["arrive_s"] > announced["legs"][-1]["arrive_s"]


def test_what_it_cannot_bring_another_brings(beyond):
    row, trip = held_of(beyond)
    assert not row["stuck"]
    assert {good["place"] for good in row["aboard"]} == {"upper", "vale"}
    assert {good["place"] for good in trip["goods"]} == {"upper"}
    assert {(d["truck"], d["place"]) for d in beyond.aid["deliveries"]} == {("van-001-day1", "vale")}
    lost = [r for r in beyond.aid["since"]["brought"] if r["place"] == "vale"]
    assert all(r["received_milli"] == 0 < r["dispatched_milli"] for r in lost)


def test_a_truck_without_a_way_home_stands_and_is_planned_with_no_more(stuck):
    row, trip = held_of(stuck)
    assert row["stuck"]
    assert row["node"] == trip["legs"][-1]["to_node"]
    assert {good["place"] for good in trip["goods"]} == {"upper", "vale"}
    assert stuck.aid["given"]["trucks"] == []


def test_the_person_at_the_desk_is_told_whom_to_call(beyond, stuck):
    for found, lines in (
        (beyond, ["CALL lorry-001-day1: it is under way, and H2", "Next stop as announced: Upper at",
                  "Aboard: ", "It goes on by H1", "counted as not delivered: all for Vale."]),
        (stuck, ["CALL lorry-001-day1: it is under way, and H1", "No way home: let it stop at Vale",
                 "No plan uses this truck"]),
    ):  # fmt: skip
        record = found.verdict().record()
        team = release(found.inputs, found.plan, found.certificate, record, Audience.PLANNING_TEAM)
        team = with_aid(team, found.aid)
        text = "\n".join(line for truck in held_trucks(team) for line in said(truck))
        assert [line for line in lines if line not in text] == []
        assert "CALL lorry-001-day1" in "".join(report_html._aid(team)["calls"][0])


def test_nobody_is_called_where_the_closed_road_lies_elsewhere(offices):
    office, _ = offices["round"]
    later = office.go_on((office.legs()[-1]["depart_s"] + 60, "l5"))
    assert later.verdict().violations == ()
    assert later.aid["since"]["held"] == []
    assert later.aid["since"]["trips"] == later.inputs["aid"]["past"]["trips"] != []


def test_a_second_closure_finds_the_trip_on_its_new_way(offices, led_round):
    office, _ = offices["round"]
    first_s = office.legs()[0]["depart_s"] + 60
    _, trip = held_of(led_round)
    later = office.go_on((first_s, "l2"), (trip["legs"][0]["arrive_s"] + 60, "l4"))
    assert later.verdict().violations == ()
    row, again = held_of(later)
    assert row["arc"] in arcs_of(later, "T1")
    assert {good["place"] for good in again["goods"]} == {"upper"}


@pytest.mark.slow
def test_a_stuck_truck_is_in_no_plan_of_the_next_day(tmp_path):
    office = Office(tmp_path, STRAIGHT, LORRY, head=HEAD)
    later = office.go_on((office.legs()[1]["depart_s"] + 60, "l1"))
    assert later.verdict().violations == ()
    assert held_of(later)[0]["stuck"]
    assert later.aid["given"]["trucks"] == []
    assert {row["id"] for row in later.aid["since"]["trucks"]} == {"lorry-001-day1", "lorry-001-day2"}


TIRED = "id,count,depot,payload_t,volume_m3,weight_t,max_duty_h\nlorry,1,store,5,30,9,{}\n"
ZONE = (
    "id,kind,name,geometry,hazard_p_low,hazard_p,hazard_p_high\nzone,reported_hazard,Zone,"
    '"POLYGON ((35.1 50.05, 35.3 50.05, 35.3 50.15, 35.1 50.15, 35.1 50.05))",0.05,0.05,0.05\n'
)
CAPPED = SHORT + "exposure_cap_p_min = 0.01\n"


def told(found):
    team = release(
        found.inputs, found.plan, found.certificate, found.verdict().record(), Audience.PLANNING_TEAM
    )
    return " ".join(line for row in held_trucks(with_aid(team, found.aid)) for line in said(row))


@pytest.mark.parametrize(("hours", "served"), [(2.2, {"upper"}), (2.6, {"upper", "vale"})])
def test_a_crew_that_is_led_round_leaves_out_a_stop_rather_than_be_home_too_late(tmp_path, hours, served):
    office = Office(tmp_path, ROUND, TIRED.format(hours))
    later = office.go_on((office.legs()[0]["depart_s"] + 60, "l2"))
    assert later.verdict().violations == ()
    row, trip = held_of(later)
    assert {good["place"] for good in trip["goods"]} == served
    assert not row["stuck"]
    assert trip["legs"][-1]["arrive_s"] - trip["legs"][0]["depart_s"] <= hours * 3_600


def test_a_crew_with_no_way_home_in_its_hours_stands_and_somebody_is_told_why(tmp_path):
    office = Office(tmp_path, ROUND, TIRED.format(1.6))
    later = office.go_on((office.legs()[1]["depart_s"] + 60, "l1"))
    assert later.verdict().violations == ()
    row, _ = held_of(later)
    assert (row["stuck"], row["why"]) == (True, "hours")
    assert "No way home in the hours of its crew: let it stop at Upper" in told(later)
    row["why"] = "nothing"
    assert "AID_UNDER_WAY" in later.codes()


def test_a_crew_is_not_led_where_it_would_be_exposed_too_much(tmp_path):
    free, capped = (
        Office(tmp_path / name, ROUND, LORRY, head, areas=ZONE)
        for name, head in (("free", SHORT), ("capped", CAPPED))
    )
    later = free.go_on((free.legs()[0]["depart_s"] + 60, "l2"))
    assert {good["place"] for good in held_of(later)[1]["goods"]} == {"upper", "vale"}
    later.inputs["rules"]["exposure_cap_ppm_s"] = 600_000
    assert any("is exposed to" in one.message for one in later.verdict().violations)
    later = capped.go_on((capped.legs()[0]["depart_s"] + 60, "l2"))
    assert later.verdict().violations == ()
    assert {good["place"] for good in held_of(later)[1]["goods"]} == {"upper"}
    stands = capped.go_on((capped.legs()[1]["depart_s"] + 60, "l2"))
    assert stands.verdict().violations == ()
    assert held_of(stands)[0]["why"] == "exposure"


@pytest.mark.parametrize(
    ("hours", "most_s"),
    [("max_drive_s", 4_000), ("rest_s", 80_000), ("max_duty_s", 4_000), ("break_after_s", 2_000)],
)
def test_hours_that_a_crew_does_not_keep_when_led_round_are_found(led_round, hours, most_s):
    assert not any("crew" in one.message or "under way until" in one.message
                   for one in led_round.verdict().violations)  # fmt: skip
    led_round.inputs["aid"]["trucks"][0][hours] = most_s
    found = [one.message for one in led_round.verdict().violations if one.code == "AID_UNDER_WAY"]
    assert any("its crew" in text or "under way until" in text for text in found)


def test_a_road_that_is_too_weak_now_is_closed_to_a_truck(tmp_path):
    office = Office(tmp_path, ROUND, LORRY)
    at_s = office.legs()[0]["depart_s"] + 60
    for limit_kg, calls in ((9_000, 0), (8_999, 1)):
        [_, later] = in_steps(office.case, office.network, (at_s, (weakened(at_s, limit_kg),)))
        assert later.verdict().violations == ()
        met = [row.get("met", "") for row in later.aid["since"]["held"]]
        assert met == [["times"], [""]][calls], "who may pass still drives there more slowly"
    assert held_of(later)[0]["arc"] in arcs_of(later, "H2")
    unsaid(later)
    as_announced(later)
    assert "AID_UNDER_WAY" in later.codes()


def weakened(now_s, limit_kg):
    """The report that a road bears less from now on."""
    status = RoadStatus(
        id="weak", roads=link("l2"), status=RoadStatusWord.RESTRICTED, max_weight_kg=limit_kg,
        interval=Interval(from_s=now_s, until_s=4 * 3_600), provenance=Provenance(source="duty desk"),
    )  # fmt: skip
    return Event(at="2024-05-01T03:00:00Z", by="duty desk", change=RoadStatusReported(status=status))


def as_announced(found):
    found.aid["since"]["trips"] = copy.deepcopy(found.inputs["aid"]["past"]["trips"])


def unsaid(found):
    as_announced(found)
    found.aid["since"]["held"] = []


def unsaid_though_led_round(found):
    found.aid["since"]["held"] = []


def another_arrival(found):
    found.aid["since"]["trips"][0]["legs"][-1]["arrive_s"] += 1


def sooner_from_a_stop(found):
    found.aid["since"]["trips"][0]["legs"][1]["depart_s"] -= 60
    found.aid["since"]["trips"][0]["legs"][1]["arrive_s"] -= 60


def another_start(found):
    found.aid["since"]["trips"][0]["legs"][0]["depart_s"] -= 1


def said_stuck(found):
    row = found.aid["since"]["held"][0]
    row["stuck"] = not row["stuck"]


def another_road(found):
    found.aid["since"]["held"][0]["at_s"] += 1


def another_place(found):
    found.aid["since"]["held"][0]["node"] += 1


def less_aboard(found):
    found.aid["since"]["held"][0]["aboard"].pop()


def another_next_stop(found):
    found.aid["since"]["held"][0]["next_place"] = "camp"


def a_leg_left_out(found):
    found.aid["since"]["trips"][0]["legs"].pop(0)


def nothing_under_way(found):
    found.aid["since"]["trips"] = []


def goods_that_fall_off(found):
    found.aid["since"]["trips"][0]["goods"].pop()


def through_the_air(found):
    found.aid["since"]["trips"][0]["legs"][-1]["arcs"] = []


BREAKS = [
    as_announced, unsaid, unsaid_though_led_round, another_arrival, sooner_from_a_stop, another_start,
    said_stuck, another_road, another_place, less_aboard, another_next_stop, a_leg_left_out,
    nothing_under_way, goods_that_fall_off, through_the_air,
]  # fmt: skip
CODES = {"AID_UNDER_WAY", "CLOSED", "ARRIVAL", "ROUTE", "CHAIN", "REFERENCE"}


@pytest.mark.parametrize("breaks", BREAKS)
def test_a_trip_that_cannot_go_on_so_is_found(led_round, breaks):
    breaks(led_round)
    assert CODES & led_round.codes()


@pytest.mark.parametrize("breaks", [unsaid, said_stuck, another_place, less_aboard, goods_that_fall_off])
def test_so_it_is_with_a_truck_that_is_stuck(stuck, breaks):
    breaks(stuck)
    assert "AID_UNDER_WAY" in stuck.codes()


def test_who_drives_into_a_closed_road_is_refused_by_the_road(led_round):
    """Said to be led round, and driven through."""
    as_announced(led_round)
    assert {"CLOSED", "AID_SINCE"} <= led_round.codes()


def test_what_was_not_handed_out_is_not_received(beyond):
    row = next(r for r in beyond.aid["since"]["brought"] if r["place"] == "vale")
    row["received_milli"] = row["dispatched_milli"]
    assert "AID_SINCE" in beyond.codes()


def test_a_stuck_truck_is_not_free(stuck):
    stuck.aid["since"]["trucks"][0]["free_s"] = 0
    assert "AID_SINCE" in stuck.codes()


@pytest.mark.parametrize("part", ["trips", "held"])
def test_what_is_no_trip_is_no_trip(led_round, part):
    led_round.aid["since"][part] = [{}]
    assert "SCHEMA" in led_round.codes()


def test_a_truck_that_is_loaded_and_has_not_left_goes_from_its_depot_to_the_stops_that_it_can_reach(tmp_path):
    office = Office(tmp_path, ROUND, LORRY)
    first = office.legs()[0]
    later = office.go_on((first["depart_s"] - 60, "l1", "l2"))
    assert later.verdict().violations == ()
    row, trip = held_of(later)
    assert not row["stuck"]
    announced = later.inputs["aid"]["past"]["trips"][0]["legs"][0]
    assert trip["legs"][0]["from_node"] == announced["from_node"]
    assert trip["legs"][0]["id"] != announced["id"]
    assert {good["place"] for good in trip["goods"]} == {"vale"}


def test_rest_is_counted_from_when_a_truck_that_is_led_round_is_back(offices, monkeypatch):
    asked = []
    monkeypatch.setattr(aid, "worked_before", lambda past: asked.append(past) or ())
    later = offices["round"][1]
    assert later.verdict().violations == ()
    announced, led = later.inputs["aid"]["past"]["trips"][0], held_of(later)[1]
    assert led["legs"][-1]["arrive_s"] != announced["legs"][-1]["arrive_s"]
    assert [row["free_s"] for row in asked[0]["trucks"]] == [led["legs"][-1]["arrive_s"]]


def test_a_loaded_truck_whose_stops_nobody_reaches_stays_where_it_is(tmp_path):
    office = Office(tmp_path, STRAIGHT, LORRY)
    later = office.go_on((office.legs()[0]["depart_s"] - 60, "l1"))
    assert later.verdict().violations == ()
    record = later.verdict().record()
    team = release(later.inputs, later.plan, later.certificate, record, Audience.PLANNING_TEAM)
    [truck] = held_trucks(with_aid(team, later.aid))
    assert (truck.left, truck.stays, truck.missed_places) == (False, True, ("Upper", "Vale"))
    lines = " ".join(said(truck))
    assert "it is loaded and has not left, and H1" in lines
    assert "Let it stay at its depot: no way leads to any of its stops in time." in lines
    assert "counted as not delivered: all for Upper, Vale." in lines


@pytest.mark.parametrize(
    ("quantity", "text"), [(0.04, "0.1"), (0.4, "0.4"), (7.0, "7"), (9.96, "10"), (1_234.4, "1,234")]
)
def test_nothing_that_is_aboard_is_said_to_be_none(quantity, text):
    assert amount(quantity) == text

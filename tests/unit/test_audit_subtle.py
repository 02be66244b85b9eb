# ruff: noqa: E501 - the table of cases is read line by line
"""Violations that look like rules kept: one for each rule that a careless reading would pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safepassage.audit import RULES, audit
from safepassage.audit.daylight import twilight_s
from safepassage.audit.trips import trips
from safepassage.domain.case import ArrangementKind, ArrangementStatus
from tests.support.audits import HOUR, World, group
from tests.unit.test_audit_rules import (
    FAIL,
    NOTIFIED,
    PASS,
    SAME_BUS,
    UNKNOWN,
    WARN,
    added,
    also,
    arranged,
    both,
    cased,
    count,
    counted,
    goods,
    grouped,
    limited,
    planned,
    rows,
    without,
    zoned,
)

BUS = "plan.vehicles.0.legs.0"
NO_GOODS = cased(consignments=())
OBJECTION = both(rows(ack__b={"answer": "objection"}), NOTIFIED)
LONG = planned(f"{BUS}.arrive_s", 7_200 + 7 * HOUR)
STOPS = added("rest_stops_min", number=60)
ARCS = {"tail": [0, 1, 0, 3, 2, 2], "head": [1, 2, 3, 2, 3, 1], "length_m": [10_000] * 6,
        "travel_s": [600, 600, 700, 700, 100, 600], "label": ["R1", "R1", "R2", "R2", "R3", "R1"]}  # fmt: skip


def fed(*, meals="yes", water=500, night="yes"):
    return both(
        lambda w: w.add("meals", "meals", answer=meals),
        lambda w: w.add("way_station", "night", answer=night),
        lambda w: w.add("water_ml_person_h", "water", number=water),
    )


def cold(world):
    world.case = replace(world.case, settings=replace(world.case.settings, cold_season=True))


def changes(*sources):
    found = [{"id": f"m{n}", "used": True, "source": source, "arcs": [1]} for n, source in enumerate(sources)]
    return both(planned("plan.modifications", found), planned("plan.corridors.0.bottleneck_arc", 1))


def said(text):
    return lambda world: world.public.update(notice=text)


RIDE = {"id": "l1", "arc": 2, "depart_s": 3_600, "load": [
    {"place": "a", "direction": "east", "group": "wheelchair", "persons": 1, "site": "t", "after": "",
     "reserve": False}]}  # fmt: skip
WEST = {"place": "home", "direction": "east", "group": "assisted", "persons": 2, "basis": "tally"}

CASES = {
    "one place's answer is not moved though others go that way": ("SP-01", WARN, lambda w: w.inputs["demand"].append(WEST)),
    "aid goes on, and an order names no law": ("SP-02", FAIL, also(ArrangementKind.ORDERED_EVACUATION, ArrangementStatus.IN_FORCE, legal_basis="")),
    "told in time, twice by the same way": ("SP-03", FAIL, rows(notice={"channels": ("radio", "Radio")})),
    "two parties in time, a third an hour before": ("SP-04", FAIL, added("notification", party="C", at_s=0)),
    "agreed a second before the change": ("SP-05", FAIL, rows(ack__b={"at_s": -40 * HOUR - 1})),
    "an objection that nobody dated beside an agreement": ("SP-05", FAIL, added("acknowledgement", party="B", answer="objection")),
    "units were told a second before the change": ("SP-06", WARN, rows(relayed_to_units={"at_s": -40 * HOUR - 1})),
    "no rule against men, and fewer of them aboard": ("SP-07", WARN, counted(boarded_men=19)),
    "one bus for the family, two sites": ("SP-08", FAIL, grouped(group(rides=SAME_BUS))),
    "two children, one consent written twice": ("SP-09", FAIL, grouped(group(unaccompanied=2, consents=("c", "c"), cards=("k", "l")))),
    "all have arrived but one, and the list is closed": ("SP-10", FAIL, count(arrived=7)),
    "asked three days and a second ago": ("SP-11", WARN, rows(access_request={"at_s": -73 * HOUR - 1})),
    "room for the wheelchair, no seat for who pushes it": ("SP-12", FAIL, both(planned("inputs.fleet.0.seats", 7), planned(f"{BUS}.load.0.persons", 0))),
    "one more is announced than a tenth above the seats": ("SP-13", FAIL, rows(call__a={"number": 131})),
    "a bed for all but one": ("SP-14", FAIL, rows(beds={"number": 108})),
    "a bus that arrives a second after dusk": ("SP-16", FAIL, planned(f"{BUS}.arrive_s", 52_602 - 1_799)),
    "surveyed a second too long ago": ("SP-19", WARN, rows(explosive_hazard={"at_s": -73 * HOUR - 1})),
    "nothing near the villages, something beside a home": ("SP-20", FAIL, added("military_use", answer="yes", place="home")),
    "an escort with a signed decision, one criterion short": ("SP-21", FAIL, rows(armed_escort={"answer": "yes", "number": 3, "document": "d"})),
    "the emblem on a hired lorry": ("SP-22", FAIL, added("emblem_use", answer="no", party="a carrier")),
    "one person more than goes without a medic": ("SP-23", FAIL, both(limited("convoy_medic_persons", 97), rows(medics={"number": 0}))),
    "enough in all, too little in one village": ("SP-24", FAIL, rows(met__a={"number": 69})),
    "goods are on the way, and the agreement lets none in": ("SP-25", WARN, rows(aid_in={"answer": "no"})),
    "in all as much arrived, one load short": ("SP-26", FAIL, goods((1000, 1010, ""), (1000, 970, ""))),
    "a zone whose document is only proposed": ("SP-27", FAIL, zoned(status=ArrangementStatus.PROPOSED)),
    "a way back, and nobody knows until when": ("SP-28", WARN, rows(return_record={"until_s": None})),
    "told what waits at one site of two": ("SP-31", WARN, added("info_sheet", answer="no", place="t")),
    "one recipient of many is a unit": ("SP-32", FAIL, added("recipient", answer="no", party="unit")),
    "coercion was asked for, and the exit is an order": ("SP-33", FAIL, rows(exit_on_order={"answer": "yes"}, occupied_territory={"answer": "yes"})),
    "vehicles vetted, one driver not": ("SP-35", FAIL, added("vetting", answer="no")),
    "one home without its guardian": ("SP-36", FAIL, added("guardian_and_staff", answer="no", place="home")),
    "a party, not the team, closed a direction": ("SP-01", WARN, added("direction_closed", answer="yes", party="A")),
    "the team's own closure counts more than a party's": ("SP-01", FAIL, both(added("direction_closed", answer="yes", party="A"), lambda w: w.add("direction_closed", "own", answer="yes"))),
    "aid is said to go on and nothing is on its way": ("SP-02", FAIL, both(rows(met__a={"number": 0}), NO_GOODS)),
    "nothing met yet and goods on their way": ("SP-02", PASS, rows(met__a={"number": 0})),
    "something met and nothing on its way": ("SP-02", PASS, both(rows(met__a={"number": 1}), NO_GOODS)),
    "an announced zone calls leaving mandatory": ("SP-02", FAIL, also(ArrangementKind.ANNOUNCED_ZONE, ArrangementStatus.PROPOSED, stated_purposes="Mandatory evacuation")),
    "the notice itself says so, in Ukrainian": ("SP-02", FAIL, said("обов'язкова евакуація")),
    "the notice itself says so, in Russian": ("SP-02", FAIL, said("Эвакуация обязательна")),
    "the title says so": ("SP-02", FAIL, cased(title="Compulsory departure")),
    "an order with its legal basis may say so": ("SP-02", PASS, both(said("mandatory"), also(ArrangementKind.ORDERED_EVACUATION, ArrangementStatus.IN_FORCE, legal_basis="law 5"))),
    "an order without a basis may not, whatever it is called": ("SP-02", FAIL, also(ArrangementKind.ORDERED_EVACUATION, ArrangementStatus.IN_FORCE)),
    "a corridor with a legal basis is no order": ("SP-02", FAIL, both(said("mandatory"), arranged(legal_basis="GC IV 17"))),
    "told in one language where nobody knows which are spoken": ("SP-03", UNKNOWN, cased(notice_languages=())),
    "too late even so": ("SP-03", FAIL, both(cased(notice_languages=()), rows(notice={"at_s": 0}))),
    "an answer after the change, to the revision before it": ("SP-05", FAIL, rows(ack__b={"at_s": -1 * HOUR, "number": 1})),
    "an answer to this revision that came before it was dated": ("SP-05", PASS, rows(ack__b={"at_s": -50 * HOUR, "number": 2})),
    "a comment is no agreement": ("SP-05", FAIL, rows(ack__b={"answer": "comment"})),
    "a comment is a reply": ("SP-05", PASS, both(rows(ack__b={"answer": "comment"}), NOTIFIED)),
    "a plain no": ("SP-05", FAIL, both(rows(ack__b={"answer": "no"}), NOTIFIED)),
    "a decision about another party": ("SP-05", FAIL, both(OBJECTION, added("lead_decision", answer="yes", party="A", text="r", at_s=0))),
    "a decision from before the objection": ("SP-05", FAIL, both(OBJECTION, added("lead_decision", answer="yes", party="B", text="r", at_s=-41 * HOUR))),
    "a decision without its time": ("SP-05", FAIL, both(OBJECTION, added("lead_decision", answer="yes", party="B", text="r"))),
    "a decision not to go": ("SP-05", FAIL, both(OBJECTION, added("lead_decision", answer="no", party="B", text="r", at_s=0))),
    "a decision to go in spite of it": ("SP-05", WARN, both(OBJECTION, added("lead_decision", answer="yes", party="B", text="r", at_s=-40 * HOUR))),
    "a wheelchair on a train nobody described": ("SP-12", UNKNOWN, planned("plan.link_rides", [RIDE])),
    "somebody on foot who needs no help": ("SP-12", PASS, planned("plan.link_rides", [{**RIDE, "load": [{**RIDE["load"][0], "group": "needs_transport"}]}])),
    "stops and no meal": ("SP-15", FAIL, both(LONG, STOPS, fed(meals="no"))),
    "stops, and nobody knows of meals": ("SP-15", UNKNOWN, both(LONG, STOPS, fed(meals="unknown"))),
    "six hours are no seven": ("SP-15", PASS, both(planned(f"{BUS}.arrive_s", 7_200 + 6 * HOUR), STOPS, fed(meals="no"))),
    "a second above six hours": ("SP-15", FAIL, both(planned(f"{BUS}.arrive_s", 7_201 + 6 * HOUR), STOPS, fed(meals="no"))),
    "eleven hours and no place for the night": ("SP-15", FAIL, both(planned(f"{BUS}.arrive_s", 7_200 + 11 * HOUR), STOPS, fed(night="no"))),
    "ten hours need none": ("SP-15", PASS, both(planned(f"{BUS}.arrive_s", 7_200 + 10 * HOUR), STOPS, fed(night="no"))),
    "a drop too little water": ("SP-15", FAIL, both(LONG, STOPS, fed(water=499))),
    "just enough of everything": ("SP-15", PASS, both(LONG, STOPS, fed())),
    "water nobody counted": ("SP-15", UNKNOWN, both(LONG, STOPS, fed(), without("water"))),
    "water in the cold season": ("SP-15", PASS, both(LONG, STOPS, fed(), without("water"), cold)),
    "the cap holds only in the layer that was planned with": ("SP-17", WARN, planned("inputs.network.hazard_events.0.4", 0)),
    "the high layer of later is no exposure now": ("SP-17", PASS, planned("inputs.network.hazard_events.0.4", 8_460)),
    "the alternative crosses the same bridge the other way": ("SP-18", WARN, both(planned("inputs.network.arcs", ARCS), planned("plan.routes.2.arcs", [2, 3, 5]))),
    "a time of departure in the notice": ("SP-29", FAIL, said("Buses at 6:30")),
    "a time with the hotline's digits around it": ("SP-29", FAIL, said("Call 000 at 16:30")),
    "the assembly point to ten metres": ("SP-29", FAIL, said("Meet at 50.1234, 25.1")),
    "the settlement to a kilometre": ("SP-29", PASS, said("Near 50.12, 25.10")),
    "the road that is used": ("SP-29", FAIL, said("Keep to R1.")),
    "a road nobody uses": ("SP-29", PASS, said("R3 is closed")),
    "the corridor by its name": ("SP-29", FAIL, said("corridor k1")),
    "few people in another language": ("SP-29", FAIL, said("9 людей")),
    "a hotline that looks like a time": ("SP-29", PASS, both(cased(hotline="12:30"), said("Call 12:30"))),
    "the way that limits it, on one word": ("SP-30", WARN, changes("A")),
    "the same word twice": ("SP-30", WARN, changes("A", "A")),
    "two words": ("SP-30", PASS, changes("A", "B")),
    "a limit that no change concerns": ("SP-30", PASS, both(changes("A"), planned("plan.corridors.0.bottleneck_arc", 0))),
    "one word, for a stretch no way can do without": ("SP-30", WARN, both(changes("A"), planned("plan.corridors.0.bottleneck_arc", 0), planned("plan.corridors.0.cut_arcs", [1]))),
    "one word, for what binds": ("SP-30", WARN, both(changes("A"), planned("plan.corridors.0.bottleneck_arc", 0), planned("plan.binding", [{"arcs": [1]}]))),
    "a rush across the hour of the clock": ("SP-34", FAIL, rows(crossing_persons_h={"number": 104})),
    "an hour and a second apart": ("SP-34", PASS, both(planned("plan.cars.0.departures", [[3_600, 6, []]]), rows(crossing_persons_h={"number": 115}))),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_looks_kept_is_not(name):
    rule, verdict, change = CASES[name]
    world = World()
    change(world)
    found = world.ask(rule)
    assert found.verdict == verdict, found.measured


def test_each_rule_has_a_violation_that_looks_kept():
    assert {rule for rule, verdict, _ in CASES.values() if verdict in {WARN, FAIL}} == {r.id for r in RULES}


def test_a_direction_in_which_nobody_of_a_place_moves_is_said_with_its_cause():
    world = World()
    world.inputs["demand"].append(WEST)
    world.plan["unserved"] = [{**WEST, "reason": "UNSERVED_FLEET_TIME"}]
    found = world.ask("SP-01")
    assert (
        found.measured.endswith("move: 1; cause: UNSERVED_FLEET_TIME")
        or "cause: UNSERVED_FLEET_TIME" in found.measured
    )
    assert found.objects == ("home: east",)


def test_the_sheet_lists_what_the_plan_rests_on_and_not_what_it_only_shows():
    world = World()
    world.plan["basis"] += [
        {"kind": "assumption", "id": "s", "grade": "", "as_of": ""},
        {"kind": "area_shown_only", "id": "t", "grade": "", "as_of": ""},
    ]
    arranged(legal_basis="GC IV 17", announced_by="A")(world)
    limited("notice_warn_h", 24)(world)
    found = {row.id: row for row in audit(world.source()).basis}
    assert set(found) == {"r1", "pause", "zone", "occupied_territory"}
    assert (found["pause"].legal_basis, found["pause"].source) == ("GC IV 17", "A")
    assert (found["zone"].document, found["occupied_territory"].document) == ("letters", "note 7")
    assert (found["r1"].kind, found["r1"].grade) == ("report", "C3")


def test_what_is_missing_of_a_site_is_named():
    world = World()
    del world.rows["toilets"]
    found = world.ask("SP-14")
    assert (found.verdict, found.objects) == (UNKNOWN, ("s: toilets not assessed",))


def test_a_journey_that_is_far_too_long_counts_once():
    world = World()
    world.plan["vehicles"][0]["legs"][0]["arrive_s"] = 7_200 + 5 * HOUR
    assert "journeys above: 1" in world.ask("SP-15").measured


def test_inequity_is_the_mean_of_a_person_of_the_worst_settlement_to_that_of_the_median():
    world = World()
    world.inputs["network"]["hazard"] = [[0, [[0, 86_400, 1000]]], [2, [[0, 86_400, 400]]]]
    world.plan["vehicles"][1]["legs"][0]["load"][0]["place"] = "b"
    found = world.ask("SP-17").measured
    # a and home: 600,000 each, b: 700 s of 400 ppm; the median of three is 600,000.
    assert found.endswith("largest to median settlement: 1.0")
    world.plan["vehicles"][0]["legs"][0]["load"] = world.plan["vehicles"][0]["legs"][0]["load"][:1]
    world.plan["cars"] = []
    world.inputs["network"]["hazard"] = [[0, [[0, 86_400, 1400]]], [2, [[0, 86_400, 400]]]]
    # two settlements: 840,000 and 280,000; of an even number the upper one is the median.
    assert world.ask("SP-17").measured.endswith("largest to median settlement: 1.0")
    world.plan["vehicles"][1]["legs"].append(
        {**world.plan["vehicles"][1]["legs"][0], "id": "bus-2/2", "load": [
            {**world.plan["vehicles"][1]["legs"][0]["load"][0], "place": "c"}]}
    )  # fmt: skip
    assert world.ask("SP-17").measured.endswith("largest to median settlement: 3.0")


@pytest.mark.parametrize(("ppm", "verdict"), [(200_000, PASS), (200_001, FAIL)])
def test_without_events_the_highest_piece_of_a_stretch_counts(ppm, verdict):
    world = World()
    del world.inputs["network"]["hazard_events"]
    world.inputs["network"]["hazard"] = [[0, [[0, 10, 5], [20, 30, ppm]]]]
    assert world.ask("SP-17").verdict == verdict


def test_no_hazard_at_all_is_below_any_limit():
    world = World()
    world.inputs["network"]["hazard_events"] = []
    world.inputs["network"]["hazard"] = []
    limited("edge_hazard_ppm", 0)(world)
    assert world.ask("SP-17").verdict == PASS


def test_of_two_answers_the_later_counts_from_the_first_second_on():
    world = World()
    del world.rows["ack-b"]
    world.add("acknowledgement", "z-first", party="B", at_s=0, answer="objection")
    world.add("acknowledgement", "a-second", party="B", at_s=1, answer="yes")
    assert world.ask("SP-05").verdict == PASS


@pytest.mark.parametrize("kind", ["who_may_leave", "aid_in"])
def test_an_agreement_that_says_no_says_something(kind):
    world = World()
    world.set(kind, answer="no")
    assert world.ask("SP-06").verdict == PASS


def test_rules_are_numbered_and_stated_as_sentences():
    assert [rule.id for rule in RULES] == [f"SP-{number:02d}" for number in range(1, 37)]
    assert RULES[0].statement == "Nobody closes a direction, and the directions are people's own answers."
    assert all(rule.statement[:1].isupper() and rule.statement.endswith(".") for rule in RULES)


@pytest.mark.parametrize("lon", [-150, -30, 36, 150])
@pytest.mark.parametrize("hour", [0, 6, 12, 18, 23])
def test_twilight_is_that_of_the_day_at_the_place(lon, hour):
    at_s = hour * HOUR
    begin, end = twilight_s("2030-05-14T00:00:00Z", at_s, lon, 50)
    # The solar day around the moment: its noon is at most half a day away.
    assert abs((begin + end) // 2 - at_s) <= 12 * HOUR + 600
    shifted = twilight_s("2030-05-14T00:00:00Z", at_s + lon * 240, 0, 50)
    assert abs(begin + lon * 240 - shifted[0]) <= 60


def test_where_the_sun_does_not_set_the_day_is_whole():
    begin, end = twilight_s("2030-06-21T00:00:00Z", 12 * HOUR, 0, 80)
    assert 24 * HOUR - 2 <= end - begin <= 24 * HOUR
    assert twilight_s("2030-12-21T00:00:00Z", 12 * HOUR, 0, 85) is None
    # A minute before the midnight of the sun at this longitude, the day that counts is the one that ends.
    begin, end = twilight_s("2030-05-14T17:59:00Z", 0, 90, 50)
    assert begin < end < 0
    begin, end = twilight_s("2030-05-14T18:01:00Z", 0, 90, 50)
    assert 0 < begin < end
    # Cosines of 1.2 and -1.5: beyond 1, and short of 2.
    assert twilight_s("2030-12-21T00:00:00Z", 12 * HOUR, 0, 75) is None
    begin, end = twilight_s("2030-06-21T00:00:00Z", 12 * HOUR, 0, 70)
    assert 86_398 <= end - begin <= 86_400


def test_what_is_held_in_reserve_does_not_travel_and_a_car_arrives_at_the_end_of_its_way():
    world = World()
    world.plan["cars"][0] |= {"route": 3}
    world.plan["cars"].append({**world.plan["cars"][0], "id": "c2", "reserve": True})
    found = {trip.id: trip for trip in trips(world.inputs, world.plan)}
    assert "c2/1" not in found
    assert (found["c1/1"].arrive_s, len(found["c1/1"].steps)) == (4_960, 3)
    world.plan["routes"].append({"arcs": []})
    world.plan["cars"][0] |= {"route": 4}
    assert {trip.id: trip.arrive_s for trip in trips(world.inputs, world.plan)}["c1/1"] == 3_600


def test_the_sheet_says_whether_the_case_was_read():
    world = World()
    assert audit(world.source()).with_case
    world.case = None
    sheet = audit(world.source())
    assert not sheet.with_case
    assert (sheet.case_id, sheet.as_of) == ("valley", world.inputs["as_of"])

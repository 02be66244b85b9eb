# ruff: noqa: E501 - the table of cases is read line by line
"""Violations that look like rules kept: one for each rule that a careless reading would pass."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safepassage.domain.case import ArrangementKind, ArrangementStatus
from tests.support.audits import HOUR, World
from tests.unit.test_audit_rules import (
    FAIL,
    NOTIFIED,
    PASS,
    UNKNOWN,
    WARN,
    added,
    also,
    arranged,
    both,
    cased,
    limited,
    planned,
    rows,
    without,
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
    from safepassage.audit import audit

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

"""The built-in example is read without a complaint, and its plan tells what it is meant to tell."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256

import pytest

from safepassage import example
from safepassage.domain.case import STAYS, UNDECIDED, DirectionBasis
from safepassage.domain.problem import Severity
from safepassage.domain.situation import Situation
from safepassage.engines.overlay import overlay
from safepassage.formats.case.case_reading import read_case
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import inputs_json, plan_json
from safepassage.planning import make_plan
from safepassage_verify import verify

# Plans the built-in example.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def reading():
    return read_case(example.path())


@pytest.fixture(scope="module")
def planned(reading):
    return make_plan(reading.network.network, Situation(case=reading.case))


@pytest.fixture(scope="module")
def summaries(planned):
    return {summary.name: summary for summary in planned.plan.directions}


def unserved(planned, direction):
    return [row for row in planned.plan.schedule.unserved if row.direction == direction]


def binding(planned, direction):
    return [row.text for row in planned.plan.binding if row.direction == direction]


def test_it_is_read_with_one_warning_which_it_says_it_shows(reading, planned):
    assert [(p.code, p.severity) for p in reading.problems] == [("SPARE_SEATS_FEW", Severity.WARNING)]
    assert "the example shows the warning" in (example.path() / "case.toml").read_text("utf-8")
    assert planned.problems == ()


def test_it_is_an_exercise_on_schematic_roads(reading):
    assert reading.case.exercise
    assert reading.network.network.source.schematic
    assert "not for navigation" in reading.case.title


def test_it_starts_at_six_with_roads_as_reported_at_0541(reading):
    assert (reading.case.epoch, reading.case.as_of) == ("2024-08-16T03:00:00Z", "2024-08-16T02:41:00Z")
    assert reading.case.time_zones == (("Sumy", 10_800), ("Kursk", 10_800))


def test_every_place_is_on_the_network(planned):
    assert [place.id for place in planned.problem.places if place.node < 0] == []


def test_the_plan_is_verified(planned):
    inputs = canonical_json.encode(inputs_json.document(planned.problem))
    digest = sha256(inputs).hexdigest()
    plan = canonical_json.encode(plan_json.plan_document(planned.plan, inputs_sha256=digest))
    certificate = plan_json.certificate_document(planned.plan.certificate, inputs_sha256=digest)
    verdict = verify(
        json.loads(inputs), json.loads(plan), json.loads(canonical_json.encode(certificate)),
        inputs_bytes=inputs, plan_bytes=plan,
    )  # fmt: skip
    assert verdict.violations == ()
    assert verdict.verified


@pytest.mark.parametrize("name", ["Towards Sumy", "Towards Kursk"])
def test_most_people_get_out_in_either_direction_but_late(summaries, name):
    summary = summaries[name]
    assert summary.persons_demand > 4_000
    assert 0.9 <= summary.persons_served / summary.persons_demand <= 1
    assert summary.clearance_s > 86_400
    assert summary.clearance_bound_s <= summary.clearance_s


def test_towards_sumy_the_crossing_is_the_limit(planned, summaries):
    assert any("Yunakivka–Sudzha crossing" in text for text in binding(planned, "to_sumy"))
    # 41 of the pocket have no way; through the crossing pass 40 persons an hour in twelve hours.
    assert summaries["Towards Sumy"].unserved_bound >= 100


def test_towards_kursk_it_is_the_contact_point_on_r200(planned):
    assert any("Martynovka" in text for text in binding(planned, "to_kursk"))


def test_nobody_gets_from_the_glushkovo_pocket_to_sumy(planned):
    pocket = {"glushkovo", "glushkovo-landing", "tetkino", "popovo-lezhachi", "zvannoye", "karyzh"}
    stuck = [row for row in unserved(planned, "to_sumy") if row.place in pocket]
    assert sum(row.persons for row in stuck) == 41
    assert {row.reason for row in stuck} == {"UNSERVED_UNREACHABLE"}


def test_people_from_kursk_oblast_who_are_in_basivka_may_choose_kursk(planned):
    claimed = [row for row in planned.problem.demand if (row.place, row.direction) == ("basivka", "to_kursk")]
    assert sum(row.persons for row in claimed) == 8


def test_assumed_answers_are_planned_as_undecided(reading, planned):
    presumed = sum(row.persons for row in reading.case.demand if row.basis is DirectionBasis.ASSUMPTION)
    said = sum(row.persons for row in reading.case.demand if row.direction == UNDECIDED)
    held_back = sum(row.persons for row in planned.problem.demand if row.direction == UNDECIDED)
    assert presumed > 0
    assert held_back == said + presumed


def test_part_of_the_undecided_finds_no_reserve(planned):
    for direction in ("to_sumy", "to_kursk"):
        rows = [row for row in planned.plan.schedule.reserves if row.direction == direction]
        assert 0 < sum(row.reserved for row in rows) < sum(row.persons for row in rows)


def test_those_who_stay_are_counted_with_what_they_need(reading, planned):
    stay = sum(row.persons for row in reading.case.demand if row.direction == STAYS)
    assert stay > 1_000
    assert sum(row.persons for row in planned.plan.hold) >= stay


def test_hours_offered_by_one_side_are_shown_and_not_used(planned):
    offer = next(row for row in planned.modifications if row.id == "lgov-road-offer")
    assert not offer.used
    assert "shown, not used" in offer.text


def test_the_policy_decides_whether_one_side_is_enough(reading):
    """With the setting on, the gate on the Lgov road is open in the hours offered, and only then."""
    network, case = reading.network.network, reading.case
    bold = replace(case, settings=replace(case.settings, use_unilateral_windows=True))

    def open_hours(case):
        laid = overlay(network, case)
        offer = next(row for row in laid.modifications if row.id == "lgov-road-offer")
        timed, gate = laid.problem.network, offer.arcs[0]
        pieces = timed.profiles.get(gate, ())
        return [(piece.from_s, piece.until_s) for piece in pieces if piece.capacity_mveh_h > 0]

    assert open_hours(case) == []
    assert open_hours(bold) == [(0, 21_600)]


def test_a_destroyed_bridge_carries_nobody(planned):
    timed = planned.problem.network
    gone = [arc for arc, label in enumerate(timed.arcs.label) if label == "Seym bridge at Glushkovo"]
    used = {arc for route in planned.plan.schedule.routes for arc in route.arcs}
    assert len(gone) == 2
    assert not used & set(gone)


def test_nothing_heavier_than_the_limit_crosses_at_zvannoye(planned):
    timed = planned.problem.network
    bridge = {arc for arc, label in enumerate(timed.arcs.label) if label == "Seym bridge at Zvannoye"}
    weight_kg = {vehicle.id: vehicle.weight_kg for vehicle in planned.problem.fleet}
    crossing = [
        weight_kg[vehicle.id]
        for vehicle in planned.plan.schedule.vehicles
        for leg in vehicle.legs
        if bridge & set(planned.plan.schedule.routes[leg.route].arcs)
    ]
    assert crossing
    assert max(crossing) <= 7_500


def test_the_plan_rests_on_reports_and_says_which_are_injects(planned):
    sources = {row.id: row.source for row in planned.plan.basis}
    assert "TASS" in sources["seym-glushkovo-out"]
    assert "EXERCISE INJECT, not history" in sources["pause-yunakivka"]


def test_the_attribution_goes_with_the_network(planned):
    assert "GeoNames" in planned.problem.network.attribution


def test_its_joint_bound_is_proved_in_shorter_steps_than_guide_vehicles(planned):
    (bound,) = planned.plan.certificate.priced
    assert bound.sheet.step_s * 2 == planned.guide.sheet.step_s

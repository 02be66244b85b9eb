"""Edges of the verifier that no plan of a planner comes near: drives of no time, full lists, odd values."""

from __future__ import annotations

import hashlib
import json
import math
import os
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest

from safepassage.testing.tiny_plans import FOOT, TRAIN, TinyCase, TinyPlan, item
from safepassage_verify import UnreadableError, verify, verify_files
from safepassage_verify.buses import check_plan, check_proof
from safepassage_verify.canonical import canonical_bytes
from safepassage_verify.files import MOST_BYTES
from safepassage_verify.flows import _note
from safepassage_verify.shuttle import check_shuttle
from safepassage_verify.verdict import MOST_PER_CODE, Findings
from tests.support.shuttles import document, two_homes
from tests.support.variants import chosen
from tests.unit.test_verify_breaks import corridor

BUSY = Path(__file__).parents[1] / "golden" / "verdicts"


def value_at(document, path):
    for step in path:
        document = document[step]
    return document


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, {1, 2}, b"x", object()])
def test_what_has_no_canonical_form_has_none(value):
    assert canonical_bytes({"x": value}) is None


def test_a_read_only_mapping_is_written_as_what_it_holds():
    assert canonical_bytes({"a": MappingProxyType({"c": 1, "b": [2]})}) == b'{"a":{"b":[2],"c":1}}'


@pytest.mark.parametrize("over", [0, 1, 2, 30])
def test_of_many_violations_some_are_listed_and_all_are_counted(over):
    findings = Findings()
    bad = np.ones(MOST_PER_CODE + over, bool)
    bad[0] = False
    _note(bad, "CAPACITY", str, str, findings)
    verdict = findings.verdict(recomputed={}, hashes={})
    assert verdict.counts == {"CAPACITY": MOST_PER_CODE + over - 1}
    more = over - 1
    assert len(verdict.violations) == min(MOST_PER_CODE, MOST_PER_CODE + more) + (more > 0)
    assert [v.message for v in verdict.violations if not v.where] == (
        [f"and {more} more of this kind"] if more > 0 else []
    )


@pytest.mark.parametrize(("places", "good"), [(0, False), (2, False), (3, True)])
def test_a_departure_takes_as_many_as_it_has_places_and_none_if_none(places, good):
    case = TinyCase(2)
    arc = case.arc(0, 1, 30, modes=TRAIN)
    case.timetables.append([arc, [[60, places]]])
    case.place("V", 0)
    case.site("S", 1)
    case.demand("V", 3, group="needs_transport")
    plan = TinyPlan(case.inputs())
    plan.ride(arc, 60, item("V", 3, site="S"))
    found = {v.code for v in verify(case.inputs(), plan.plan()).violations}
    assert ("TIMETABLE" not in found) is good


def test_a_walk_of_no_time_limit_at_the_last_second_is_followed():
    case = TinyCase(2, horizon_s=100)
    arc = case.arc(0, 1, 30, modes=FOOT)
    case.place("V", 0)
    case.site("S", 1)
    case.demand("V", 3, group="needs_transport")
    for depart_s, good in ((70, True), (71, False)):
        plan = TinyPlan(case.inputs())
        plan.ride(arc, depart_s, item("V", 3, site="S"))
        assert verify(case.inputs(), plan.plan()).verified is good


def buses(**changes):
    """Return a problem of one bus, one pick-up and one site, each beside the other."""
    return {
        "persons": [4], "capacity_persons": [-1], "through": True,
        "fleets": [{"yard": 0, "seats": 2, "buses": 1, "available_from_s": 0}],
        "yard_to_pickup_s": [[0]], "pickup_to_site_s": [[5]], "site_to_pickup_s": [[5]],
        "load_base_s": 0, "load_per_person_s": 0, "unload_base_s": 0, "unload_per_person_s": 0,
    } | changes  # fmt: skip


def leaf(units=1, kind="people"):
    return {"prices": [[kind, 0, -1, 0, units]]}


def refutes(problem, horizon_s, *nodes):
    return check_proof(problem, {"horizon_s": horizon_s, "nodes": list(nodes) or [leaf()]}) == []


def test_a_drive_of_no_time_is_a_drive():
    """Two loads: there, back and there again; in by 15, or by 10 where the way back takes nothing."""
    assert refutes(buses(), 14)
    assert not refutes(buses(), 15)
    near = buses(site_to_pickup_s=[[0]])
    assert refutes(near, 9)
    assert not refutes(near, 10)


def test_where_a_trip_takes_no_time_no_proof_is_believed():
    beside = buses(pickup_to_site_s=[[0]])
    found = check_proof(beside, {"horizon_s": 4, "nodes": [leaf()]})
    assert found == ["node 0: a trip takes no time, so that nothing limits how many there are"]


def test_a_plan_with_drives_of_no_time_is_followed():
    stops = [["pickup", 0, 0, 2], ["site", 0, 0, 2], ["pickup", 0, 0, 2], ["site", 0, 0, 2]]
    problem = buses(pickup_to_site_s=[[0]], site_to_pickup_s=[[0]])
    assert check_plan(problem, {"runs": [{"fleet": 0, "stops": stops}]}) == (0, [])


@pytest.mark.parametrize(("units", "good"), [(1, True), (0, False), (-1, False)])
def test_people_are_owed_what_their_price_says(units, good):
    assert refutes(buses(), 14, leaf(units)) is good


@pytest.mark.parametrize(("units", "good"), [(2**59 - 1, True), (2**59, False)])
def test_prices_are_refused_exactly_where_they_could_not_be_summed(units, good):
    """A bus makes one trip and half of another by second 9; each is one unit of load."""
    found = check_proof(buses(), {"horizon_s": 9, "nodes": [leaf(units)]})
    assert (found != ["node 0: the prices are too large to be summed"]) is good


def beside_the_site(depart_s, **rules):
    """Return a case whose people start where the site is, and a plan of their one car."""
    case = TinyCase(2, **rules)
    case.arc(0, 1)
    case.arc(1, 0)
    case.place("V", 0)
    case.site("S", 0)
    case.demand("V", 4)
    plan = TinyPlan(case.inputs())
    plan.cars("V", "S", plan.route(at=0), [(depart_s, 4)])
    return case.inputs(), plan


@pytest.mark.parametrize(("depart_s", "good"), [(99, False), (100, True), (199, True), (200, False)])
def test_who_needs_no_time_starts_before_the_window_has_ended(depart_s, good):
    inputs, plan = beside_the_site(depart_s, movement_windows=[[100, 200], [300, 400]])
    assert set(verify(inputs, plan.plan()).counts) == (set() if good else {"MOVEMENT_WINDOW"})


@pytest.mark.parametrize(("bottleneck", "good"), [(-1, True), (0, False), (1, False)])
def test_a_corridor_without_arcs_has_no_bottleneck(bottleneck, good):
    inputs, plan = beside_the_site(0)
    plan.corridors.append(corridor(0) | {
        "length_m": 0, "travel_s": 0, "exposure_ppm_s": 0, "bottleneck_arc": bottleneck, "alternative": -1,
        "alternative_shared_ppm": -1, "no_alternative": "at the site already",
    })  # fmt: skip
    assert set(verify(inputs, plan.plan()).counts) == (set() if good else {"CORRIDOR"})


@pytest.mark.parametrize(("now_s", "good"), [(3, False), (4, True), (5, True)])
def test_whoever_had_left_before_now_may_have_left_early(now_s, good):
    case = TinyCase(2)
    case.arc(0, 1)
    case.place("V", 0, release_s=9)
    case.site("S", 1)
    case.demand("V", 4)
    plan = TinyPlan(case.inputs())
    plan.cars("V", "S", plan.route(0), [(3, 4)])
    moves = {name: plan.plan()[name] for name in ("routes", "cars", "vehicles", "link_rides")}
    if now_s == 3:
        moves["cars"] = []
    inputs = case.inputs() | {"history": {"now_s": now_s, **moves}}
    document = plan.plan()
    document["inputs_sha256"] = hashlib.sha256(canonical_bytes(inputs)).hexdigest()
    assert set(verify(inputs, document).counts) == (set() if good else {"RELEASE"})


@pytest.mark.parametrize(("now_s", "good"), [(3, False), (4, True)])
def test_only_who_had_left_before_now_may_end_on_the_way(now_s, good):
    case = TinyCase(3)
    case.arc(0, 1)
    case.place("V", 0)
    case.site("S", 2)
    case.demand("V", 4)
    plan = TinyPlan(case.inputs())
    plan.cars("V", "", plan.route(0), [(3, 4)])
    moves = {name: plan.plan()[name] for name in ("routes", "cars", "vehicles", "link_rides")}
    if now_s == 3:
        moves["cars"] = []
    inputs = case.inputs() | {"history": {"now_s": now_s, **moves}}
    assert ("ENDS" not in verify(inputs, plan.plan()).counts) is good


@pytest.mark.parametrize("arcs", [(1, 0), (0, 1)])
def test_who_waits_between_two_walks_is_exposed_where_the_second_begins(arcs):
    """Also where that is the first arc of all: ten seconds beside a hazard of 7, then ten on its way."""
    case = TinyCase(3)
    case.arc(*((1, 2) if arcs == (1, 0) else (0, 1)), modes=FOOT)
    case.arc(*((0, 1) if arcs == (1, 0) else (1, 2)), modes=FOOT)
    case.hazard.append([arcs[1], [[0, 3600, 7]]])
    case.place("V", 0)
    case.site("S", 2)
    case.demand("V", 3, group="needs_transport")
    plan = TinyPlan(case.inputs())
    first = plan.ride(arcs[0], 0, item("V", 3))
    plan.ride(arcs[1], 20, item("V", 3, after=first, site="S"))
    verdict = verify(case.inputs(), plan.plan())
    assert verdict.violations == ()
    assert verdict.recomputed["directions"][0]["exposure_person_ppm_s"] == 3 * 7 * (10 + 10)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("sites", lambda rows: [{"site": "nowhere", "price": 0}]),
        ("sites", lambda rows: [{"site": "s0", "price": 0}] * 2),
        ("arcs", lambda rows: [{"arc": 0, "persons": [], "road": []}] * 2),
        ("arcs", lambda rows: [{"arc": 10**6, "persons": [], "road": []}]),
        ("arcs", lambda rows: [{"arc": 0, "persons": [[1, 2], [1, 3]], "road": []}]),
        ("arcs", lambda rows: [{"arc": 0, "persons": [], "road": [[2, 2], [1, 3]]}]),
        ("people", lambda rows: [*rows, rows[0]]),
    ],
)
def test_prices_of_what_is_not_there_or_there_twice_prove_nothing(name, change):
    documents = json.loads((BUSY / "mixed.json").read_text(encoding="utf-8"))
    row = documents["certificate"]["priced"][0]
    row["people"] = row["people"] or [
        {"direction": "west", "commodity": "seated", "node": 0, "release_s": 0, "price": 0}
    ]
    row[name] = change(row[name])
    inputs, plan, certificate = (documents[noun] for noun in ("inputs", "plan", "certificate"))
    digest = hashlib.sha256(canonical_bytes(inputs)).hexdigest()
    plan["inputs_sha256"] = certificate["inputs_sha256"] = digest
    found = {(v.code, v.where) for v in verify(inputs, plan, certificate).violations}
    assert ("REFERENCE", "certificate.priced[0]") in found


def test_nothing_more_of_a_kind_is_no_finding():
    findings = Findings()
    findings.add_uncounted("CAPACITY", 0)
    assert findings.verdict(recomputed={}, hashes={}).counts == {}


@pytest.mark.parametrize(("until_ms", "good"), [(140_000, True), (139_999, False)])
def test_a_shuttle_may_arrive_in_its_last_moment(until_ms, good):
    """Ten seconds there, thirty to stop, two parties of twenty to board, sixty home."""
    problem = document(two_homes())
    problem["vehicles"][0]["until_ms"] = until_ms
    tours = [[{"pickups": [{"group": 0, "parties": 2}], "shelter": 0}], []]
    found = check_shuttle(problem, {"tours": tours, "left": [1, 2]})
    assert found.last_ms == 140_000
    assert (found.violations == ()) is good


@pytest.mark.parametrize(("most", "good"), [(3, True), (2, False)])
def test_a_plan_is_too_large_by_one_entry(monkeypatch, most, good):
    """Two arcs of a car and a ride are three entries."""
    monkeypatch.setattr("safepassage_verify.trips.MOST_ENTRIES", most)
    case = TinyCase(3)
    case.arc(0, 1)
    case.arc(1, 2)
    case.arc(0, 2, modes=FOOT)
    case.place("V", 0)
    case.site("S", 2)
    case.demand("V", 1)
    case.demand("V", 2, group="needs_transport")
    plan = TinyPlan(case.inputs())
    plan.cars("V", "S", plan.route(0, 1), [0])
    plan.ride(2, 0, item("V", 2, site="S"))
    verdict = verify(case.inputs(), plan.plan())
    assert ("SIZE" not in verdict.counts) is good
    assert good or verdict.violations[0].message == "3 arc entries are more than 2"


def test_a_file_that_is_too_large_is_not_read(tmp_path):
    (tmp_path / "inputs.json").write_bytes(b"{}")
    with (tmp_path / "plan.json").open("wb") as out:
        os.truncate(out.fileno(), MOST_BYTES + 1)
    with pytest.raises(UnreadableError, match="larger than 2000000000 bytes"):
        verify_files(tmp_path)


def test_a_file_of_exactly_the_most_bytes_is_read(tmp_path, monkeypatch):
    case = TinyCase(1)
    for name, value in (("inputs", case.inputs()), ("plan", TinyPlan(case.inputs()).plan())):
        (tmp_path / f"{name}.json").write_bytes(canonical_bytes(value))
    sizes = [path.stat().st_size for path in tmp_path.iterdir()]
    monkeypatch.setattr("safepassage_verify.files.MOST_BYTES", max(sizes))
    verify_files(tmp_path)
    monkeypatch.setattr("safepassage_verify.files.MOST_BYTES", max(sizes) - 1)
    with pytest.raises(UnreadableError, match="larger than"):
        verify_files(tmp_path)


@pytest.mark.parametrize(
    "row",
    [[0, 4, [], 1], [0, 4], [0, 4, [[1]]], [0, 4, [[1, 2, 3]]], [0, 4, [[1, 2], [1, 2, 3]]], [0, 4, [5]],
     [0, 4, {}], "0", [0, True, []], [0, 4, [[1, -1]]], [-1, 4, []], [0, 4.0, []]],
)  # fmt: skip
def test_a_departure_of_another_form_is_named_and_stops_nothing(row):
    case = TinyCase(2)
    case.arc(0, 1)
    case.place("V", 0)
    case.site("S", 1)
    case.demand("V", 8)
    plan = TinyPlan(case.inputs())
    plan.cars("V", "S", plan.route(0), [(0, 4), (10, 4)])
    document = plan.plan()
    assert verify(case.inputs(), document).verified
    document["cars"][0]["departures"][1] = row
    found = verify(case.inputs(), document)
    assert set(found.counts) == {"SCHEMA"}
    assert all(v.where.startswith("plan.cars[0].departures[1]") for v in found.violations)


def lists_of(which):
    """Return the path of the first list of each kind in the inputs or the plan of the busy case."""
    document = json.loads((BUSY / "busy.json").read_text(encoding="utf-8"))[which]
    return [p for p in chosen(document) if isinstance(value_at(document, p), list)]


@pytest.mark.parametrize("odd", ["x", {}, None, 7])
@pytest.mark.parametrize("which", ["inputs", "plan"])
def test_what_stands_where_a_list_should_is_named_and_nothing_else_is_read(which, odd):
    for path in lists_of(which):
        found = json.loads((BUSY / "busy.json").read_text(encoding="utf-8"))
        value_at(found[which], path[:-1])[path[-1]] = odd
        found["plan"]["inputs_sha256"] = hashlib.sha256(canonical_bytes(found["inputs"])).hexdigest()
        counts = verify(found["inputs"], found["plan"]).counts
        optional = odd is None and path[-1] == "hazard_events"
        assert optional or set(counts) == {"SCHEMA"}, (path, odd, dict(counts))

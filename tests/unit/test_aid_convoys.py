"""Trucks of a convoy leave one depot together, keep their distance, serve the same stops, come back so."""

from __future__ import annotations

import copy
from dataclasses import replace
from itertools import pairwise

import pytest

from safepassage.domain.aid.commodity import Unit
from safepassage.domain.aid.distribution import Good, TruckDay
from safepassage.engines.distribution.convoys import Parts, in_convoys, on_roads_for_all
from safepassage.engines.distribution.store import Item
from safepassage.formats.plan import aid_json, inputs_json
from safepassage.testing.aid_cases import random_aid_case, random_convoy_case
from tests.support.aids import gone_on, provided

SEED = 24
"""A case whose convoy makes more than one trip, with a truck that drives alone."""
LINE = ("line0-001", "line1-001")


@pytest.fixture(scope="module")
def whole():
    return provided(*random_convoy_case(SEED))


@pytest.fixture
def broken(whole):
    return copy.deepcopy(whole)


def in_line(found):
    """Return the trucks of convoys that drive, by day, in line."""
    convoy = {row["id"]: row["day"] for row in found.aid["given"]["trucks"] if row.get("convoy")}
    lines = {}
    for row in sorted(found.aid["trucks"], key=lambda row: row["id"]):
        if row["id"] in convoy and row["legs"]:
            lines.setdefault(convoy[row["id"]], []).append(row)
    return lines


@pytest.mark.parametrize("seed", [3, 5, 9, 20, SEED, 28, 33])
def test_trucks_of_a_convoy_drive_together_and_everything_is_verified(seed):
    found = provided(*random_convoy_case(seed))
    assert found.verdict().violations == ()
    given = [row for row in found.aid["given"]["trucks"] if row.get("convoy")]
    lines, routes = in_line(found), found.aid["routes"]
    assert lines
    for day, line in lines.items():
        assert len(line) == sum(row["day"] == day for row in given)
        headway_s = found.aid["given"]["rules"]["headway_s"]
        for front, behind in pairwise(line):
            assert [leg["route"] for leg in front["legs"]] == [leg["route"] for leg in behind["legs"]]
            for a, b in zip(front["legs"], behind["legs"], strict=True):
                if routes[a["route"]]["arcs"]:
                    assert b["depart_s"] >= a["depart_s"] + headway_s
    unloading = {row["truck"] for row in found.aid["deliveries"]}
    assert len(unloading & {row["id"] for line in lines.values() for row in line}) > 1


def test_what_trucks_do_in_convoy_each_may_do_alone(whole):
    alone = copy.deepcopy(whole)
    for row in (*alone.aid["given"]["trucks"], *alone.inputs["aid"]["trucks"]):
        row.pop("convoy", None)
    assert alone.codes() <= {"HASH", "AID_BOUND", "AID_GIVEN"}


def one_stays_at_home(aid):
    gone = next(row for row in aid["trucks"] if row["id"].startswith(LINE[1]))
    gone["legs"] = []


def one_drives_far_behind(aid):
    for leg in next(row for row in aid["trucks"] if row["id"].startswith(LINE[1]))["legs"]:
        leg["depart_s"], leg["arrive_s"] = leg["depart_s"] + 700, leg["arrive_s"] + 700


def the_lead_comes_last(aid):
    first, second = (next(row for row in aid["trucks"] if row["id"].startswith(name)) for name in LINE)
    first["legs"], second["legs"] = second["legs"], first["legs"]


def one_drives_another_way(aid):
    legs = next(row for row in aid["trucks"] if row["id"].startswith(LINE[1]))["legs"]
    leg = next(leg for leg in legs if aid["routes"][leg["route"]]["arcs"])
    aid["routes"].append(copy.deepcopy(aid["routes"][leg["route"]]))
    aid["routes"][-1]["arcs"].pop()
    leg["route"] = len(aid["routes"]) - 1


def they_may_be_less_far_apart(aid):
    aid["given"]["rules"]["convoy_slack_s"] = 0
    aid["given"]["rules"]["headway_s"] = 1


def another_one_is_in_it(aid):
    for row in aid["given"]["trucks"]:
        row["convoy"] = "kilo"


@pytest.mark.parametrize(
    "breaks",
    [
        one_stays_at_home, one_drives_far_behind, the_lead_comes_last, one_drives_another_way,
        they_may_be_less_far_apart, another_one_is_in_it,
    ],
)  # fmt: skip
def test_a_convoy_that_falls_apart_is_found(broken, breaks):
    assert "AID_CONVOY" not in broken.codes()
    breaks(broken.aid)
    assert "AID_CONVOY" in broken.codes()


def test_who_drives_in_convoy_is_what_the_case_says(broken):
    for row in broken.aid["given"]["trucks"]:
        row.pop("convoy", None)
    assert "AID_GIVEN" in broken.codes()
    broken.aid["given"]["trucks"][0]["convoy"] = 7
    assert "SCHEMA" in broken.codes()


def test_convoys_are_written_and_read(whole):
    assert aid_json.parsed(whole.aid) == whole.value
    assert any(truck.convoy == "kilo" for truck in whole.value.problem.trucks)
    supplies = inputs_json.parse(whole.inputs).supplies
    assert inputs_json.document(inputs_json.parse(whole.inputs))["aid"] == whole.inputs["aid"]
    assert {row.convoy for row in supplies.trucks} == {"", "kilo"}
    assert supplies.rules == whole.value.problem.rules


def test_nothing_is_said_of_convoys_where_there_are_none():
    found = provided(*random_aid_case(5))
    assert "convoy_slack_s" not in found.aid["given"]["rules"]
    assert "convoy_slack_s" not in found.inputs["aid"]["rules"]
    assert not any("convoy" in row for row in found.inputs["aid"]["trucks"])


@pytest.mark.parametrize("part", [0.0, 0.4, 0.7])
def test_all_trucks_of_a_convoy_have_left_once_one_is_loaded(whole, part):
    case, network = random_convoy_case(SEED)
    departures = sorted(leg["depart_s"] for row in in_line(whole)[0] for leg in row["legs"])
    first, second = gone_on(case, network, departures[int(part * len(departures))] + 1)
    assert second.verdict().violations == ()
    left = {row["id"]: row["legs"] for row in second.aid["since"]["trucks"]}
    away = [left.get(row["id"], 0) for row in in_line(first)[0]]
    assert min(away) == max(away) > 0
    assert not in_line(second) or len(in_line(second)[0]) == len(away)


# -- what each of them carries ----------------------------------------------------------------------


def truck(name="a", payload_kg=100, **more):
    return TruckDay(**(
        {
            "id": name, "truck": name, "type": name, "depot": "d", "day": 0, "base_node": 0,
            "payload_kg": payload_kg, "volume_l": 1_000, "weight_kg": 3_000, "units_mveh": 1_000,
            "cold_chain": False, "available_from_s": 0, "available_until_s": 80_000, "max_duty_s": -1,
            "convoy": "kilo",
        } | more
    ))  # fmt: skip


def good(mass_g=1_000, volume_ml=1_000, *, step=1, cold=False):
    return Good(
        id="g", name="G", unit=Unit.KILOGRAM, mass_g=mass_g, volume_ml=volume_ml, cold_chain=cold,
        step_milli=step,
    )  # fmt: skip


def together(*trucks):
    return replace(trucks[0], payload_kg=sum(t.payload_kg for t in trucks), members=trucks)


def test_a_load_is_shared_out_by_the_room_of_each_truck():
    line = together(truck("a", 100), truck("b", 300))
    parts = Parts(line, [[Item(0, 0, 200_000)], [Item(0, 1, 40_000)]], [good()])
    assert parts.of == [
        [[Item(0, 0, 50_000)], [Item(0, 0, 150_000)]], [[Item(0, 1, 10_000)], [Item(0, 1, 30_000)]],
    ]  # fmt: skip
    assert parts.loads == [[Item(0, 0, 200_000)], [Item(0, 1, 40_000)]]
    assert line.share(400) == 300
    assert truck().share(400) == 400


def test_pieces_stay_whole_and_what_fits_on_no_truck_is_left_out():
    # Each takes one piece of 60 kg; together they could carry three by weight.
    line = together(truck("a", 100), truck("b", 100))
    parts = Parts(line, [[Item(0, 0, 3_000)]], [good(60_000, step=1_000)])
    assert parts.of == [[[Item(0, 0, 1_000)], [Item(0, 0, 1_000)]]]
    assert parts.loads == [[Item(0, 0, 2_000)]]


def test_cold_goods_go_on_cooled_trucks_and_leave_the_others_for_the_rest():
    line = together(truck("a", 100, cold_chain=True), truck("b", 100))
    loads = [[Item(0, 0, 150_000), Item(1, 1, 50_000)]]
    parts = Parts(line, loads, [good(), good(cold=True)])
    assert parts.of == [[[Item(1, 1, 50_000), Item(0, 0, 50_000)], [Item(0, 0, 100_000)]]]


def test_a_convoy_keeps_to_the_hours_that_all_have(whole):
    line = (
        truck("a", 100, available_from_s=10, max_duty_s=900, break_s=60, break_after_s=500, rest_s=5),
        truck("b", 100, available_until_s=2_000, max_drive_s=700, weight_kg=9_000, cold_chain=True),
    )
    problem = replace(whole.value.problem, trucks=(*line, truck("c", convoy="")), needs=(), lots=())
    one, alone = sorted(in_convoys(problem).trucks, key=lambda row: not row.members)
    assert one.members == line
    assert (one.available_from_s, one.available_until_s) == (10, 2_000)
    assert (one.max_duty_s, one.max_drive_s) == (900, 700)
    assert (one.break_s, one.break_after_s, one.rest_s) == (60, 500, 5)
    assert (one.weight_kg, one.cold_chain) == (9_000, True)
    assert alone.id == "c"
    heavy = {row.id: row.weight_kg for row in on_roads_for_all(problem).trucks}
    assert heavy == {"a": 9_000, "b": 9_000, "c": 3_000}
    assert in_convoys(replace(problem, trucks=line[:1])).trucks == ()

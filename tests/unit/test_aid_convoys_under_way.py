"""A road closes, or gets slower, before a convoy: its trucks go on together, or stand together."""

from __future__ import annotations

import copy
from itertools import pairwise

import pytest

from safepassage.domain.release import Audience
from safepassage.engines.release import release, with_aid
from safepassage.formats.facts.held_facts import held_trucks, said
from tests.support.aid_office import ROUND, SHORT, STRAIGHT, Office, arcs_of, closure, slowed
from tests.support.aids import in_steps

CONVOY = "id,count,depot,payload_t,volume_m3,weight_t,convoy\nlorry,3,store,1.5,30,9,kilo\n"
HEAD = SHORT + "truck_headway_s = 60\nconvoy_slack_s = 60\n"
NAMES = ("lorry-001-day1", "lorry-002-day1", "lorry-003-day1")


def legs_of(found, name=NAMES[0]):
    return next(row["legs"] for row in found.aid["trucks"] if row["id"] == name)


def went(office, after_s, *events, leg=0, truck=NAMES[0]):
    now_s = legs_of(office.first, truck)[leg]["depart_s"] + after_s
    return in_steps(office.case, office.network, (now_s, tuple(event(now_s) for event in events)))[-1]


def closed(*links):
    return lambda now_s: closure(now_s, *links, horizon_s=4 * 3_600)


@pytest.fixture(scope="module")
def offices(tmp_path_factory):
    return {
        name: Office(tmp_path_factory.mktemp(name), links, CONVOY, HEAD)
        for name, links in (("round", ROUND), ("straight", STRAIGHT))
    }


@pytest.fixture(scope="module")
def made(offices):
    return {
        "closed": went(offices["round"], 200, closed("l2")),
        "slower": went(offices["straight"], 200, lambda now_s: slowed(now_s, "l2", kmh=20)),
        "stuck": went(offices["straight"], 200, closed("l1"), leg=1),
        "torn": went(offices["straight"], 30, closed("l2"), leg=1),
    }


@pytest.fixture
def found(made):
    return copy.deepcopy(made)


def trips(found):
    rows = {row["truck"]: row for row in found.aid["since"]["trips"]}
    return [rows[name] for name in NAMES]


def held(found):
    rows = {row["truck"]: row for row in found.aid["since"]["held"]}
    return [rows.get(name) for name in NAMES]


@pytest.mark.parametrize("name", ["closed", "slower", "stuck", "torn"])
def test_everything_is_verified(offices, found, name):
    assert all(office.first.verdict().violations == () for office in offices.values())
    verdict = found[name].verdict()
    assert verdict.violations == ()
    assert verdict.checks["AID_CONVOY"] > 1


def test_all_are_led_round_together(found):
    later = found["closed"]
    assert all(row is not None and not row["stuck"] for row in held(later))
    assert not any(arcs_of(later, "H2") & set(leg["arcs"]) for row in trips(later) for leg in row["legs"])
    assert all({good["place"] for good in row["goods"]} == {"upper", "vale"} for row in trips(later))
    for front, behind in pairwise(trips(later)):
        assert [leg["arcs"] for leg in front["legs"]] == [leg["arcs"] for leg in behind["legs"]]
        apart_s = [b["arrive_s"] - a["arrive_s"] for a, b in zip(front["legs"], behind["legs"], strict=True)]
        assert all(60 <= gap_s <= 120 for gap_s in apart_s)


def test_all_take_the_times_of_a_slower_road_in_line(found):
    later = found["slower"]
    assert [row["met"] for row in held(later)] == ["times"] * 3
    before = {row["truck"]: row for row in later.inputs["aid"]["past"]["trips"]}
    for row in trips(later):
        assert [leg["arcs"] for leg in row["legs"]] == [leg["arcs"] for leg in before[row["truck"]]["legs"]]
        assert row["goods"] == before[row["truck"]]["goods"]


def test_all_stand_together_where_no_way_leads_home(found):
    stands = [(row["stuck"], row["node"]) for row in held(found["stuck"])]
    assert stands == [(True, stands[0][1])] * 3


def test_where_the_road_closes_between_trucks_those_behind_are_a_line_of_their_own(found):
    """The lead is on the road that closes; the others are still at the stop before it."""
    lead, *others = held(found["torn"])
    assert lead is None or lead["at_s"] != others[0]["at_s"]
    assert all(row is not None for row in others)
    ends = [row["legs"][1]["to_node"] for row in trips(found["torn"])]
    assert ends[0] != ends[1] == ends[2]


def test_the_desk_is_told_which_convoy_it_is(found):
    later = found["closed"]
    record = later.verdict().record()
    team = with_aid(
        release(later.inputs, later.plan, later.certificate, record, Audience.PLANNING_TEAM), later.aid
    )
    lines = [next(said(row)) for row in held_trucks(team)]
    assert len(lines) == 3
    assert all(", in convoy kilo: it is under way" in line for line in lines)


def one_is_left_out(later):
    later.aid["since"]["held"].pop()
    later.aid["since"]["trips"][-1] = copy.deepcopy(later.inputs["aid"]["past"]["trips"][-1])


def one_falls_behind(later):
    for leg in trips(later)[-1]["legs"][-1:]:
        leg["depart_s"], leg["arrive_s"] = leg["depart_s"] + 300, leg["arrive_s"] + 300


def one_stands(later):
    trips(later)[1]["legs"].pop()
    row = held(later)[1]
    row["stuck"], row["node"] = True, trips(later)[1]["legs"][-1]["to_node"]


@pytest.mark.parametrize(
    ("breaks", "code"),
    [(one_is_left_out, "AID_UNDER_WAY"), (one_falls_behind, "AID_CONVOY"), (one_stands, "AID_CONVOY")],
)
def test_a_convoy_that_is_led_round_and_falls_apart_is_found(found, breaks, code):
    breaks(found["closed"])
    assert code in found["closed"].codes()

"""A draft holds what the plan says of one corridor: times, points in order, people who decided, vehicles."""

from __future__ import annotations

import copy
from functools import cache

import pytest

from safepassage.domain.movement.particulars import Particulars
from safepassage.domain.release import Audience
from safepassage.engines.release import release
from safepassage.formats.facts.local_clock import instant
from safepassage.formats.movement import movement_draft, movement_file
from safepassage.testing.sample_documents import sample_documents, sealed

RELEASE = release(*sample_documents(), Audience.PLANNING_TEAM)
CORRIDORS = [row["id"] for row in RELEASE.plan["corridors"]]
OWN = {"org": "red", "kind": "notified", "shape": "overland"}


@cache
def draft(corridor: str) -> Particulars:
    return movement_file.particulars(OWN, movement_draft.facts_of(RELEASE, corridor), file="plan")


def moving() -> list[str]:
    """The corridors that a traveller or a vehicle's load names."""
    plan = RELEASE.plan
    loads = [
        (item["place"], item["direction"], leg["route"])
        for vehicle in plan["vehicles"]
        for leg in vehicle["legs"]
        for item in leg["load"]
    ]
    used = {*loads, *((row["place"], row["direction"], row["route"]) for row in plan["cars"])}
    rows = [row for row in plan["corridors"] if (row["place"], row["direction"], row["route"]) in used]
    return [row["id"] for row in rows]


@pytest.mark.parametrize("corridor", sorted(set(CORRIDORS) - set(moving())))
def test_a_corridor_on_which_nobody_moves_is_refused(corridor):
    with pytest.raises(ValueError, match="nobody moves on corridor"):
        movement_draft.facts_of(RELEASE, corridor)


def test_most_corridors_can_be_drafted():
    assert len(moving()) >= len(CORRIDORS) // 2


@pytest.mark.parametrize("corridor", moving())
def test_a_draft_agrees_with_the_plan(corridor):
    drafted = draft(corridor)
    row = next(row for row in RELEASE.plan["corridors"] if row["id"] == corridor)
    epoch_s = round(instant(RELEASE.inputs["epoch"]).timestamp())
    horizon_s = RELEASE.inputs["horizon_s"]
    assert epoch_s <= drafted.start_utc_s < drafted.end_utc_s <= epoch_s + horizon_s
    assert drafted.route[0].id == row["place"]
    assert drafted.route[-1].place.name == drafted.destination.name
    assert (drafted.start_utc_s, drafted.end_utc_s) == (
        drafted.route[0].from_utc_s,
        drafted.route[-1].until_utc_s,
    )
    assert drafted.exercise is bool(RELEASE.inputs["exercise"])
    cars = [c for c in RELEASE.plan["cars"] if (c["place"], c["route"]) == (row["place"], row["route"])]
    own = next((line.persons for line in drafted.persons if line.category == "own_vehicle"), 0)
    same = [c for c in cars if c["direction"] == row["direction"] and not c["reserve"]]
    assert own == sum(d[1] for c in same for d in c["departures"])


def test_the_places_of_a_draft_have_the_codes_that_the_case_states():
    corridor = moving()[0]
    documents = [*sample_documents()]
    row = next(row for row in documents[1]["corridors"] if row["id"] == corridor)
    inputs = copy.deepcopy(documents[0])
    for place in inputs["places"]:
        if place["id"] == row["place"]:
            place["admin"] = {"pcode": "UA5908", "adm1_pcode": "UA59"}
    team = release(*sealed(inputs, *documents[1:3]), Audience.PLANNING_TEAM)
    drafted = movement_file.particulars(OWN, movement_draft.facts_of(team, corridor), file="plan")
    assert (drafted.origin.pcode, drafted.route[0].place.pcode) == ("UA5908", "UA5908")
    assert drafted.destination.pcode == ""


def test_crossings_and_checkpoints_on_the_way_are_named_as_such():
    gates = {
        r["node"]: r["name"]
        for r in RELEASE.inputs["places"]
        if r["kind"] in {"checkpoint", "border_crossing"}
    }
    heads = RELEASE.inputs["network"]["arcs"]["head"]
    for corridor in moving():
        row = next(row for row in RELEASE.plan["corridors"] if row["id"] == corridor)
        passed = {heads[arc] for arc in RELEASE.plan["routes"][row["route"]]["arcs"][:-1]}
        named = {p.place.name for p in draft(corridor).route if p.kind in {"checkpoint", "crossing"}}
        assert {gates[node] for node in passed & set(gates)} == named


def test_a_convoy_is_the_legs_that_were_named():
    legs = [leg for vehicle in RELEASE.plan["vehicles"] for leg in vehicle["legs"]]
    loaded = next(leg for leg in legs if leg["load"] and any(not item["reserve"] for item in leg["load"]))
    facts = movement_draft.facts_of_convoy(RELEASE, [loaded["id"]])
    drafted = movement_file.particulars(OWN, facts, file="plan")
    epoch_s = round(instant(RELEASE.inputs["epoch"]).timestamp())
    assert (drafted.start_utc_s, drafted.end_utc_s) == (
        epoch_s + loaded["depart_s"], epoch_s + loaded["arrive_s"],
    )  # fmt: skip
    assert drafted.persons_total == sum(i["persons"] for i in loaded["load"] if not i["reserve"])
    assert [one.count for one in drafted.vehicles] == [1]


def test_a_convoy_goes_one_way_with_people():
    legs = [leg for vehicle in RELEASE.plan["vehicles"] for leg in vehicle["legs"]]
    empty = next((leg["id"] for leg in legs if not leg["load"]), None)
    routes = {leg["route"]: leg["id"] for leg in legs if leg["load"]}
    for names in (["nobody/1"], [], [empty] if empty else ["nobody/1"], list(routes.values())[:2]):
        if len(names) != 2 or len(routes) > 1:
            with pytest.raises(ValueError, match=r"no leg|one route"):
                movement_draft.facts_of_convoy(RELEASE, names)


def test_what_the_plan_does_not_have_is_said():
    with pytest.raises(ValueError, match="no corridor 'k999'; people move on W1, ") as said:
        movement_draft.facts_of(RELEASE, "k999")
    first = ", ".join(moving()[:12])
    assert str(said.value).endswith(f" on {first} and {len(moving()) - 12} more")
    for name in set(CORRIDORS) - set(moving()):
        with pytest.raises(ValueError, match=f"nobody moves on corridor {name} "):
            movement_draft.facts_of(RELEASE, name)


def test_a_file_wins_over_the_plan():
    written = movement_file.read(b'title = "Ours"\nvalid_until = "2100-01-01T00:00Z"', file="f")
    drafted = movement_file.particulars(OWN, movement_draft.facts_of(RELEASE, moving()[0]), written, file="f")
    assert (drafted.title, drafted.valid_until_utc_s) == ("Ours", 4_102_444_800)


@pytest.mark.parametrize("text", ["2030-03-19", "2030-03-19T10:00", "noon"])
def test_a_time_says_its_offset(text):
    with pytest.raises(ValueError, match=r"offset|is no time: write 2026"):
        movement_file.utc_s(text)

"""Plans to choose from, aid, what differs between states and plans, and bundles, as the pages show them."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from safepassage.domain.frontier import Frontier, FrontierPoint, Leaning, Worths
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import frontier_json, plan_json
from safepassage.store import exchange, keys
from safepassage.web.desk.planner import Beside, MadePlan
from safepassage.web.feeds.map_routes import scene_of
from safepassage.web.maps.map_flows import differing, persons_by_arc
from safepassage.web.words import words
from safepassage.web.words.changes_said import entered
from tests.support.desks import example_browser, sign_in, with_plan


@pytest.fixture(scope="module")
def planner():
    with example_browser("planner") as found:
        with_plan(found.desk)
        yield found


def with_fewer(made):
    """Return the plan again, in which the last car stream stays."""
    plan = made.document("plan")
    plan = json.loads(json.dumps(plan))
    for stream in plan["cars"][-2:]:
        stream["departures"] = stream["departures"][:1]
    documents = {**made.documents, "plan": canonical_json.encode(plan)}
    return MadePlan(
        sha256=canonical_json.sha256(documents["plan"]), revision=0, stage="whole", documents=documents,
        seconds=1.0,
    )  # fmt: skip


def test_the_map_of_two_plans_shows_only_what_moves_differently(planner):
    made = planner.desk.planner.latest
    other = with_fewer(made)
    planner.desk.planner.take(other)
    planner.desk.planner.take(made)
    found = planner.get(f"/map/differences?a={made.sha256}&b={other.sha256}").json()
    rows = [f["properties"] for f in found["features"] if f["properties"]["layer"] == "corridors"]
    assert rows
    assert {row["role"] for row in rows} == {"fewer"}
    assert all(row["label"].startswith("−") for row in rows)
    assert planner.get("/map/differences?a=none&b=none").status_code == 404


def test_the_differences_of_flows_add_up(planner):
    made = planner.desk.planner.latest
    first, second = (plan_json.parsed_schedule(p.document("plan")) for p in (made, with_fewer(made)))
    arcs = scene_of(planner.desk).problem.network.arcs
    ends = {
        a: (int(arcs.tail[a]), int(arcs.head[a])) for s in (first, second) for r in s.routes for a in r.arcs
    }
    change = {(f.direction, arc): f.persons for f in differing(first, second, ends) for arc in f.arcs}
    one, two = persons_by_arc(first), persons_by_arc(second)
    for direction in one:
        for arc, persons in one[direction].items():
            now = two[direction].get(arc, 0)
            assert now - persons == change.get((direction, arc), 0)
    assert sum(change.values()) < 0


def vouched_for(made):
    """Return the plan with the word of a verifier that read it."""
    record = {**made.document("verification"), "plan_sha256": made.sha256}
    documents = {**made.documents, "verification": canonical_json.encode(record)}
    return replace(made, documents=documents, parsed={})


def test_numbers_and_words_of_two_plans_are_in_the_language_of_the_page(planner):
    made = planner.desk.planner.latest
    planner.desk.planner.take(vouched_for(with_fewer(made)))
    planner.desk.planner.take(made)
    planner.cookies.set("language", "uk")
    try:
        page = planner.get("/compare").text
    finally:
        planner.cookies.delete("language")
    table = page.split('class="rows"', 1)[1].split("</table>", 1)[0]
    assert "\u202f" in table
    assert not re.search(r"\d,\d{3}", table)
    assert "more" not in table
    assert "і ще" in table


def worth(clearance_s, exposure):
    return Worths(
        unserved=0, clearance_s=clearance_s, person_s=10**6, exposure=exposure, layers=None,
        expected=exposure, tail=exposure, least=exposure // 2,
    )  # fmt: skip


def test_plans_to_choose_from_stand_in_a_strip_and_lead_to_their_pages(planner):
    made = planner.desk.planner.latest
    points = tuple(
        FrontierPoint(number=n, leaning=Leaning(weight=n), worth=worth(3600 * n, 10**12 // n)) for n in (1, 2)
    )
    frontier = Frontier(
        points=points, tried=4, fewer=0, worlds=10, seed=0, picked=1, narrow=(1, 2), order=(), slack_percent=0
    )
    document = frontier_json.document(frontier, inputs_sha256="0" * 64, plan_sha256=made.sha256)
    assert "to choose from" in planner.get("/plan").text
    planner.desk.planner.beside = Beside(revision=0, document=document, plans=(made.sha256, "f" * 64))
    text = planner.get("/plan").text
    assert f'href="/plan/versions/{made.sha256}" aria-current="true"' in text
    assert f"/compare?a={made.sha256}&amp;b={'f' * 64}" in text


def closed(name):
    """Return the form that closes a bridge."""
    return {"id": name, "roads": "link:seym-karyzh", "status": "NOT_PASSABLE", "why": "seen"}


def test_what_differs_between_two_states_is_said_and_what_was_taken_back_is_not():
    with example_browser("planner") as found:
        before = found.desk.folding.size
        sent = found.post("/situation/roads", closed("close-1"))
        assert sent.status_code == 200
        after = found.desk.folding.size
        page = found.get(f"/changes/diff?a={before}&b={after}").text
        assert "link:seym-karyzh reported" in page
        assert "Nothing differs" in found.get(f"/changes/diff?a={after}&b={after}").text
        found.desk.take_back(found.desk.office().persons["planner"], "close-1-1", "a mistake")
        again = found.get(f"/changes/diff?a={before}&b={after + 1}").text
        assert "Nothing differs" in again
        assert found.get("/changes/diff?a=x&b=99999999999999999999").status_code == 200


def test_a_bundle_of_one_office_is_taken_in_by_another():
    key = keys.new_key_file().encode()
    with example_browser("planner") as one, example_browser("approver") as two:
        one.post("/situation/roads", closed("there-1"))
        sign_in(one, "approver")
        sealed = one.post("/settings/bundle/send", files={"key": ("key", key)})
        assert sealed.content.startswith(exchange.MAGIC)
        assert b"seym" not in sealed.content
        events = len(two.desk.state().events)
        files = [("bundle", ("b.bundle", sealed.content)), ("key", ("key", key))]
        taken = two.post("/settings/bundle/take", files=files)
        assert "new entries" in taken.text
        assert len(two.desk.state().events) == events + 1
        wrong = two.post(
            "/settings/bundle/take", files=[files[0], ("key", ("key", keys.new_key_file().encode()))]
        )
        assert wrong.status_code == 422
        assert two.post("/settings/bundle/take", files=files[1:]).status_code == 422


def test_those_who_may_not_exchange_get_no_bundle():
    with example_browser("viewer") as found:
        answer = found.post("/settings/bundle/send", files={"key": ("key", keys.new_key_file().encode())})
        assert answer.status_code == 403


@pytest.mark.parametrize("locale", ["uk", "ru"])
def test_entries_are_said_in_other_languages_and_quoted_words_stay(locale):
    said = words(locale)
    told = entered("link:seym-karyzh reported not passable (district administration)", said)
    assert told.endswith("(district administration)")
    assert "reported" not in told
    assert "not passable" not in told
    plan = entered("abc123 · Towards Sumy: 4,422 served; Towards Kursk: 12 served", said)
    assert plan.startswith("abc123 · Towards Sumy: ")
    assert plan.count("Towards") == plan.count("; ") + 1 == 2
    assert "served" not in plan
    assert "4\u202f422" in plan
    quoted = "“the mayor reported losses (many)” (c-1)"
    assert entered(quoted, said) == quoted
    assert entered(f"claim proposed: {quoted}", said).endswith(quoted)
    assert entered("planner: planner (ended)", said).startswith("planner: ")
    assert "ended" not in entered("planner: planner (ended)", said)


def test_a_plan_says_which_answers_of_a_solver_it_was_made_without(planner):
    made = planner.desk.planner.latest
    planner.desk.planner.take(replace(made, faults=("the best cuts: no answer within 900 s",)))
    assert "Made without the best cuts." in planner.get("/plan").text
    planner.desk.planner.take(made)
    assert "Made without" not in planner.get("/plan").text

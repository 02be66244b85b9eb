"""OGC API – Features: each reader finds the collections of their class, by box, time and number."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.domain.release import Audience
from safepassage.formats.facts.local_clock import instant
from safepassage.store.exports import EXPORT_MADE
from safepassage.web.desk.folding import PLAN_ACCEPTED
from safepassage.web.doors import CLASS
from safepassage.web.feeds.ogc import COLLECTIONS, CONFORMS_TO
from safepassage.web.feeds.ogc_query import Query, QueryError
from safepassage.web.screens import paper
from tests.support.browsing import browsing
from tests.support.desks import desk_and_app, sign_in, with_plan

FOR_PARTNERS = {"crossings", "road-states", "borders"}
EPOCH = instant("2024-08-16T03:00:00Z")


@pytest.fixture(scope="module")
def desk_and_browser():
    with desk_and_app() as (desk, app), browsing(app) as browser:
        with_plan(desk)
        yield desk, browser


def names(browser):
    return {row["id"] for row in browser.get("/ogc/collections").json()["collections"]}


def features(browser, collection, query=""):
    answer = browser.get(f"/ogc/collections/{collection}/items{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/geo+json"
    return answer.json()


@pytest.fixture
def team(desk_and_browser):
    _, browser = desk_and_browser
    sign_in(browser, "planner")
    yield browser
    browser.cookies.clear()


def test_what_there_is_is_found_from_the_landing_page(team):
    links = {link["rel"]: link for link in team.get("/ogc").json()["links"]}
    assert set(links) == {"self", "service-desc", "conformance", "data"}
    assert team.get(links["conformance"]["href"]).json() == {"conformsTo": CONFORMS_TO}
    described = team.get(links["service-desc"]["href"])
    assert described.headers["content-type"] == links["service-desc"]["type"]
    assert "/collections/{collection}/items" in described.json()["paths"]
    for row in team.get(links["data"]["href"]).json()["collections"]:
        there = {link["rel"]: link["href"] for link in row["links"]}
        assert team.get(there["self"]).json()["id"] == row["id"]
        assert team.get(there["items"]).status_code == 200


@pytest.mark.parametrize(("role", "found"), [
    ("", set()), ("viewer", FOR_PARTNERS), ("partner", FOR_PARTNERS), ("field", FOR_PARTNERS),
    ("liaison", FOR_PARTNERS), ("planner", {c.id for c in COLLECTIONS} - {"directions"}),
])  # fmt: skip
def test_each_reader_finds_the_collections_of_their_class_and_no_trace_of_others(
    desk_and_browser, role, found
):
    _, browser = desk_and_browser
    browser.cookies.clear()
    if role:
        sign_in(browser, role)
    assert names(browser) == found
    for collection in COLLECTIONS:
        for path in ("", "/items", "/items/area:1"):
            answer = browser.get(f"/ogc/collections/{collection.id}{path}")
            if collection.id not in found:
                assert answer.status_code == 404
                assert collection.title not in answer.text
            elif path == "/items":
                assert answer.headers[CLASS] == collection.sensitivity.name
    browser.cookies.clear()


def test_features_say_what_they_are_and_not_how_they_are_drawn(team):
    found = features(team, "areas")
    assert found["numberMatched"] == found["numberReturned"] == len(found["features"]) > 0
    for feature in found["features"]:
        assert {"kind", "said"} <= set(feature["properties"])
        assert not {"layer", "number", "source_number", "short", "from_s"} & set(feature["properties"])
    one = found["features"][0]
    alone = team.get(f"/ogc/collections/areas/items/{one['id']}").json()
    assert alone["properties"] == one["properties"]
    assert alone["geometry"] == one["geometry"]


def test_pages_follow_one_another_until_all_are_seen(team):
    every = [f["id"] for f in features(team, "places", "?limit=10000")["features"]]
    seen, query = [], "?limit=7"
    while query:
        page = features(team, "places", query)
        assert page["numberReturned"] == len(page["features"]) <= 7
        seen += [f["id"] for f in page["features"]]
        after = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")
        query = after.rpartition("?")[2] and f"?{after.rpartition('?')[2]}" if after else ""
    assert seen == every


def test_a_box_holds_what_lies_in_it(team):
    every = features(team, "places", "?limit=10000")["features"]
    lon, lat = every[0]["geometry"]["coordinates"]
    near = features(team, "places", f"?bbox={lon - 0.01},{lat - 0.01},{lon + 0.01},{lat + 0.01}")["features"]
    assert every[0]["id"] in {f["id"] for f in near}
    assert len(near) < len(every)
    assert features(team, "places", "?bbox=-10,-10,-9,-9")["numberMatched"] == 0


@pytest.mark.parametrize("query", [
    "?bbox=1,2,3", "?bbox=a,b,c,d", "?bbox=1,9,2,3", "?bbox=nan,0,1,1", "?limit=0", "?limit=-1", "?limit=x",
    "?datetime=yesterday", "?datetime=..", "?datetime=2024-08-18/2024-08-17", "?colour=red", "?offset=1.5",
])  # fmt: skip
def test_parameters_that_are_none_are_refused(team, query):
    answer = team.get(f"/ogc/collections/areas/items{query}")
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "description"}


def test_nobody_can_ask_for_a_page_of_any_size(team):
    assert features(team, "places", "?limit=999999999")["numberReturned"] <= 10_000


@pytest.mark.parametrize(("asked", "takes"), [
    ("2024-08-16T03:30:00Z", True), ("2024-08-16T05:00:00Z", False), ("../2024-08-16T02:00:00Z", False),
    ("2024-08-16T03:59:59Z/..", True), ("2024-08-16T04:00:00Z/..", False),
    ("2024-08-15/2024-08-17", True),
])  # fmt: skip
def test_what_holds_in_an_interval_is_found_by_its_times(asked, takes):
    feature = {"geometry": None, "properties": {"from_s": 0, "until_s": 3600}}
    assert Query.of({"datetime": asked}, EPOCH).takes(feature) is takes


def test_a_box_over_the_date_line_has_two_sides():
    query = Query.of({"bbox": "170,-10,-170,10"}, EPOCH)
    points = {lon: {"geometry": {"coordinates": [lon, 0]}, "properties": {}} for lon in (175, -175, 0)}
    assert [lon for lon, feature in points.items() if query.takes(feature)] == [175, -175]


@given(st.dictionaries(st.sampled_from(["bbox", "datetime", "limit", "offset", "x"]), st.text(max_size=40)))
def test_any_parameters_are_read_or_refused(given_parameters):
    with contextlib.suppress(QueryError):
        assert 1 <= Query.of(given_parameters, EPOCH).limit <= 10_000


def test_directions_are_public_once_the_notice_went_out(desk_and_browser):
    desk, browser = desk_and_browser
    made = desk.planner.latest
    person = desk.office().persons["approver"]
    accepted = desk.draft(
        person, kind=PLAN_ACCEPTED, body={"plan_sha256": made.sha256}, why="a test", id="accept-1",
    )  # fmt: skip
    desk.journal.record(accepted).result(10)
    browser.cookies.clear()
    assert names(browser) == set()
    body = {"audience": Audience.PUBLIC.word, "plan_sha256": made.sha256, "class": "PUBLIC", "files": {}}
    desk.journal.record(desk.draft(person, kind=EXPORT_MADE, body=body, why="a test", id="export-1")).result(
        10
    )
    assert names(browser) == {"directions"}
    found = features(browser, "directions")
    assert [f["properties"]["label"] for f in found["features"]] == [d.name for d in desk.entered.directions]
    assert {f["geometry"] for f in found["features"]} == {None}
    text = str(found)
    public = paper.public_release(made)
    assert public.inputs["notice"]["hotline"] in text
    for direction in desk.entered.directions:
        text = text.replace(direction.name, "")
    assert [p.name for p in desk.entered.places if p.name and p.name in text] == []

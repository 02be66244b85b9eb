"""Every address has a door; each role of each organisation passes its own and no other; forms are our own."""

from __future__ import annotations

import re

import pytest

from safepassage.domain.access import Operation, Person, Role, may
from safepassage.domain.release import SensitivityClass
from safepassage.web.application import routes
from safepassage.web.doors import BY_ITSELF, CLASS, COOKIE, Way
from safepassage.web.feeds import ogc
from safepassage.web.guard import LARGEST_BODY
from safepassage.web.rights import Door
from tests.support.browsing import ORIGIN, browsing
from tests.support.desks import Clock, desk_and_app, sign_in, with_plan

OWN, OTHER = "exercise-office", "partner-office"
OPEN = {
    ("GET", "/"), ("GET", "/sign-in"), ("POST", "/sign-in"), ("POST", "/sign-in/recover"),
    ("POST", "/settings/language"), ("POST", "/api/session"), ("GET", "/api/openapi.json"),
    *(("GET", way.path) for way in ogc.WAYS),
}  # fmt: skip
REACHES = {
    "planner": "RESTRICTED", "approver": "RESTRICTED", "liaison": "PARTIES", "field": "PARTNERS",
    "viewer": "PARTNERS", "partner": "PARTNERS",
}  # fmt: skip
"""Role to the highest class that anything it is answered may hold."""
WAYS = [route for route in routes() if isinstance(route, Way)]
ADDRESSES = sorted({(method, way.path) for way in WAYS for method in way.methods - {"HEAD"}})


@pytest.fixture(scope="module")
def at_desk():
    with desk_and_app() as (desk, app):
        with_plan(desk)
        yield desk, app


def door_of(method, path) -> Door:
    return next(way.door for way in WAYS if way.path == path and method in way.methods)


def filled(path):
    names = {
        "{zoom}": "8", "{column}": "1", "{row}": "1", "{movement}": "n-1", "{recipient}": "own",
        "{word}": "go", "{corridor}": "k1", "{sha256}": "abc", "{claim}": "c-1",
        "{name}": "vehicle-001-x.uk.pdf",
    }  # fmt: skip
    for name, value in names.items():
        path = path.replace(name, value)
    return re.sub(r"\{\w+\}", "nothing", path)


def ask(browser, method, path):
    if method == "GET":
        return browser.get(path, follow_redirects=False)
    json = {} if path.startswith("/api/") else None
    return browser.request(method, path, json=json, data=None if json is not None else {})


def test_only_named_addresses_are_open_to_everybody():
    assert {(m, p) for m, p in ADDRESSES if door_of(m, p).open} == OPEN


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_nobody_signed_in_passes_no_door_but_the_open_ones(at_desk, method, path):
    desk, app = at_desk
    if path == "/events" or (method, path) in OPEN:
        return
    size = desk.folding.size
    with browsing(app) as browser:
        answer = ask(browser, method, filled(path))
    refused = 401 if path.startswith("/api/") else 303 if method == "GET" else 403
    assert answer.status_code == refused
    if refused == 303:
        assert answer.headers["location"] == "/sign-in"
    assert desk.folding.size == size


@pytest.mark.parametrize("role", ["planner", "approver", "liaison", "field", "viewer", "partner"])
def test_each_role_passes_exactly_the_doors_that_its_rights_open(at_desk, role):
    desk, app = at_desk
    person = desk.office().persons[role]
    with browsing(app) as browser:
        sign_in(browser, role)
        for method, path in ADDRESSES:
            door = door_of(method, path)
            if path in {"/events", "/sign-out", "/api/session", "/api/planner", "/plan/start"} or door.open:
                continue
            limit = door.operation is None or may(
                person, door.operation, org=desk.org, sensitivity=door.sensitivity
            )
            answer = ask(browser, method, filled(path))
            assert answer.status_code < 500, (method, path)
            assert answer.headers[CLASS] == REACHES[role], (method, path)
            if not limit:
                assert answer.status_code == 403, (method, path)
            elif door.operation is not None:
                assert answer.status_code != 403, (method, path, answer.text[:200])


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("org", [OWN, OTHER])
def test_another_organisation_reads_what_partners_share_and_does_nothing(role, org):
    person = Person(id="somebody", org=org, role=role)
    for operation in Operation:
        for limit in SensitivityClass:
            lets = Door(operation=operation, sensitivity=limit).lets(person, OWN)
            if org == OTHER:
                shared = operation is Operation.READ and limit <= SensitivityClass.PARTNERS
                assert lets <= shared


def test_fields_of_the_log_are_cut_to_the_class_of_the_reader(at_desk):
    _, app = at_desk
    with browsing(app) as browser:
        sign_in(browser, "planner")
        form = {"id": "secret-road", "roads": "ref:H07", "status": "RESTRICTED", "why": "CANARY-WHY"}
        browser.post("/situation/roads", form)
        assert "CANARY-WHY" in browser.get("/changes").text
    for role in ("viewer", "field", "liaison", "partner"):
        with browsing(app) as browser:
            sign_in(browser, role)
            for path in (
                "/changes",
                "/api/log?after=0&limit=500",
                "/map/features",
                "/movements",
                "/settings",
            ):
                assert "CANARY-WHY" not in browser.get(path).text, (role, path)
            rows = browser.get("/api/log?after=0&limit=500").json()
            assert all(not row["body"].get("line") for row in rows), role
            assert all("role" not in row["body"] for row in rows), role


def test_lower_roles_see_no_claims_no_plan_no_hazard(at_desk):
    desk, app = at_desk
    words = next(iter(desk.state().ledger.claims.values())).claim.span.text
    for role in ("viewer", "field", "liaison", "partner"):
        with browsing(app) as browser:
            sign_in(browser, role)
            page = browser.get("/situation").text
            assert words not in page
            assert "Reported hazard" not in page
            layers = {f["properties"]["layer"] for f in browser.get("/map/features").json()["features"]}
            assert layers <= {"states", "crossings", "lines"}


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "none"},
        {"sec-fetch-site": None, "origin": "https://example.org"}, {"sec-fetch-site": None, "origin": "null"},
        {"sec-fetch-site": None, "origin": None},
    ],
)  # fmt: skip
def test_a_form_of_another_page_is_refused(at_desk, headers):
    desk, app = at_desk
    size = desk.folding.size
    with browsing(app) as browser:
        sign_in(browser, "planner")
        answer = browser.post("/situation/roads", {"id": "x", "roads": "ref:H07"}, headers=headers)
    assert answer.status_code == 403
    assert desk.folding.size == size


def test_a_form_of_an_older_browser_is_taken_by_its_origin(at_desk):
    _, app = at_desk
    with browsing(app) as browser:
        answer = browser.post(
            "/sign-in", {"role": "planner"}, headers={"sec-fetch-site": None, "origin": ORIGIN}
        )
    assert answer.status_code == 200


def test_what_is_larger_than_any_form_is_not_read(at_desk):
    _, app = at_desk
    with browsing(app) as browser:
        sign_in(browser, "planner")
        answer = browser.post("/situation/files", content=b"x" * (LARGEST_BODY + 1))
        assert answer.status_code == 413

        async def chunks():
            for _ in range(LARGEST_BODY // 2**20 + 2):
                yield b"x" * 2**20

        answer = browser.post("/api/reports", content=chunks())
        assert answer.status_code == 413


def test_the_session_cookie_is_kept_from_scripts_and_other_pages(at_desk):
    _, app = at_desk
    with browsing(app) as browser:
        answer = browser.post("/sign-in", {"role": "planner"}, follow_redirects=False)
        said = answer.headers["set-cookie"]
        assert "HttpOnly" in said
        assert "SameSite=strict" in said
        assert browser.cookies[COOKIE] not in answer.headers["location"]
        assert len(browser.cookies[COOKIE]) >= 43, "256 random bits"


def test_a_session_ends_when_idle_after_its_longest_and_at_sign_out():
    clock = Clock()
    with desk_and_app(clock) as (_, app), browsing(app) as browser:
        sign_in(browser, "planner")
        for _ in range(25):
            clock.move(29 * 60)
            signed_in = browser.get("/api/session").status_code == 200
        assert not signed_in, "twelve hours are the longest"
        sign_in(browser, "planner")
        clock.move(31 * 60)
        assert browser.get("/api/session").status_code == 401
        sign_in(browser, "planner")
        token = browser.cookies[COOKIE]
        browser.post("/sign-out", {})
        assert browser.get("/api/session", headers={"authorization": f"Bearer {token}"}).status_code == 401


def test_what_a_page_asks_by_itself_keeps_no_session_going():
    clock = Clock()
    with desk_and_app(clock) as (_, app), browsing(app) as browser:
        sign_in(browser, "planner")
        for _ in range(3):
            clock.move(11 * 60)
            last = browser.get("/situation", headers={BY_ITSELF: "1"}, follow_redirects=False)
        assert last.status_code == 303, "33 minutes after somebody last did something"


def test_a_person_who_was_ended_passes_no_door_at_once(at_desk):
    _, app = at_desk
    with browsing(app) as theirs, browsing(app) as ours:
        sign_in(theirs, "planner-2")
        sign_in(ours, "approver")
        form = {"person": "planner-2", "role": "planner", "active": "no", "why": "left"}
        assert ours.post("/settings/people", form).status_code == 200
        assert theirs.get("/api/session").status_code == 401
        own = ours.post("/settings/people", {"person": "approver", "role": "planner"})
        assert own.status_code == 422
        assert "Nobody changes their own role" in own.text


def test_refusals_are_noted_for_those_who_manage_people(at_desk):
    desk, app = at_desk
    with browsing(app) as browser:
        sign_in(browser, "viewer")
        browser.get("/plan")
    assert desk.refusals.last[-1].person == "viewer"
    with browsing(app) as browser:
        sign_in(browser, "approver")
        assert "viewer: GET /plan" in browser.get("/settings").text


def test_nobody_takes_back_what_they_could_not_have_recorded(at_desk):
    desk, app = at_desk
    ended = [e for e in desk.folding.entries if e.kind == "access.person_set"][-1]
    body = {"entry": ended.id, "why": "let them in again"}
    size = desk.folding.size
    for role in ("planner", "approver", "liaison", "field", "viewer", "partner"):
        with browsing(app) as browser:
            sign_in(browser, role)
            assert browser.post("/changes/undo", body).status_code == 403
            assert browser.request("POST", "/api/log/undo", json=body).status_code == 403
            assert f'value="{ended.id}"' not in browser.get("/changes").text
    assert desk.folding.size == size

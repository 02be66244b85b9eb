"""The API does what the pages do, once for each id, and is described by what it takes and gives."""

from __future__ import annotations

import jsonschema
import pytest

from safepassage.web.api.endpoints import ENDPOINTS
from safepassage.web.api.openapi import document
from tests.support.browsing import browsing
from tests.support.desks import desk_and_app, with_plan


class Program:
    """Asks with a token, as a program does."""

    def __init__(self, browser, role):
        self._browser = browser
        self._token = browser.post("/api/session", json={"role": role}).json()["token"]
        browser.cookies.clear()

    def ask(self, method, path, body=None):
        headers = {"authorization": f"Bearer {self._token}", "origin": None, "sec-fetch-site": None}
        return self._browser.request(method, path, json=body, headers=headers)


@pytest.fixture(scope="module")
def desk_and_browser():
    with desk_and_app() as (desk, app), browsing(app) as browser:
        with_plan(desk)
        yield desk, browser


@pytest.fixture
def planner(desk_and_browser):
    return Program(desk_and_browser[1], "planner")


def test_a_report_is_recorded_once_for_its_id(desk_and_browser, planner):
    desk, _ = desk_and_browser
    body = {
        "id": "r-1",
        "event": "shelling",
        "place": "Sudzha",
        "words": "heard at noon",
        "source": "a resident",
    }
    first = planner.ask("POST", "/api/reports", body)
    size = desk.folding.size
    again = planner.ask("POST", "/api/reports", body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json()["repeated"]
    assert (again.json()["seq"], again.json()["hash"]) == (first.json()["seq"], first.json()["hash"])
    assert desk.folding.size == size
    claim = first.json()["claims"][0]
    assert any(row["id"] == claim and row["decision"] == "proposed" for row in all_claims(planner))
    done = planner.ask("POST", f"/api/claims/{claim}/decision", {"decision": "accepted", "why": "seen"})
    assert done.status_code == 201
    assert any(row["id"] == claim and row["decision"] == "accepted" for row in all_claims(planner))


def all_claims(program):
    return program.ask("GET", "/api/claims").json()


def test_a_closed_road_is_listed_and_taken_back(planner):
    body = {"id": "c-1", "roads": "ref:R200", "why": "bridge down"}
    receipt = planner.ask("POST", "/api/roads", body).json()
    assert planner.ask("GET", "/api/roads").json()[0]["roads"] == "ref:R200"
    undone = planner.ask("POST", "/api/log/undo", {"entry": receipt["id"], "why": "a mistake"})
    assert undone.status_code == 201
    assert all(row["roads"] != "ref:R200" for row in planner.ask("GET", "/api/roads").json())


def test_a_plan_with_failed_rules_is_accepted_only_in_words(desk_and_browser, planner):
    desk, browser = desk_and_browser
    plan = planner.ask("GET", "/api/plan").json()
    assert plan["verified"]
    approver = Program(browser, "approver")
    body = {"id": "a-1", "plan_sha256": plan["sha256"], "why": "the best there is"}
    failed = [r for r in desk.planner.latest.document("audit")["findings"] if r["verdict"] == "FAIL"]
    if failed:
        assert approver.ask("POST", "/api/plan/acceptance", body).status_code == 422
    assert approver.ask("POST", "/api/plan/acceptance", body | {"although": True}).status_code == 201
    assert planner.ask("GET", "/api/plan").json()["accepted"]
    assert planner.ask("POST", "/api/plan/acceptance", body).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/api/reports", {"id": "x", "event": "shelling"}, 422),
        ("POST", "/api/reports", {"id": "x", "event": "shelling", "words": "w", "more": 1}, 422),
        ("POST", "/api/reports", {"id": "a b", "event": "shelling", "words": "w"}, 422),
        ("POST", "/api/roads", {"id": "y", "roads": "ref:NOWHERE"}, 422),
        ("POST", "/api/claims/c-none/decision", {"decision": "accepted"}, 404),
        ("POST", "/api/log/undo", {"entry": "nothing", "why": "w"}, 404),
        ("GET", "/api/log?after=minus", None, 422),
        ("GET", "/api/nowhere", None, 404),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_one_sentence(planner, method, path, body, status):
    answer = planner.ask(method, path, body)
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")


def test_the_document_describes_every_address_and_answers_fit_it(planner):
    described = document()
    assert described["openapi"].startswith("3.1")
    for endpoint in ENDPOINTS:
        operation = described["paths"][endpoint.path][endpoint.method.lower()]
        assert operation["summary"].endswith(".")
        assert str(endpoint.status) in operation["responses"]
    for path in ("/api/case", "/api/roads", "/api/claims", "/api/plan", "/api/log", "/api/movements"):
        operation = described["paths"][path]["get"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        whole = {**schema, "components": described["components"]}
        jsonschema.validate(planner.ask("GET", path).json(), whole)

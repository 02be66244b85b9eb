"""Settings: what the office decides changes the plan asked for; what a reader wants, only the page."""

from __future__ import annotations

import pytest

from safepassage.web.desk.folding import SETTING_SET
from safepassage.web.reader_view import CHOICES, VIEW, kept
from tests.support.browsing import browsing
from tests.support.desks import desk_and_app, sign_in


@pytest.fixture
def at_desk():
    with desk_and_app() as (desk, app), browsing(app) as browser:
        sign_in(browser, "planner")
        yield desk, browser


def decide(browser, name, value):
    return browser.post(
        "/settings/policy", {"name": name, "value": value, "id": f"setting-{name}-{len(value)}"}
    )


@pytest.mark.parametrize("layer", ["low", "high"])
def test_the_figures_of_hazard_to_plan_with_are_what_the_office_sets(at_desk, layer):
    desk, browser = at_desk
    before = desk.weighed()
    assert before.case.settings.hazard_layer == "central"
    assert decide(browser, "layer", layer).status_code == 200
    after = desk.weighed()
    assert after.case.settings.hazard_layer == layer
    assert after.revision > before.revision, "a plan that is asked for now is another one"
    decide(browser, "layer", "as in the case")
    assert desk.weighed().case.settings.hazard_layer == "central"


def test_what_is_left_out_of_plans_is_left_out_at_once(at_desk):
    desk, browser = at_desk
    source = desk.weighed().picture.events[0].origins[0]
    decide(browser, "without", source)
    assert source not in {name for event in desk.weighed().picture.events for name in event.origins}


def test_how_often_a_plan_is_made_changes_no_plan(at_desk):
    desk, browser = at_desk
    before = desk.state().revision
    decide(browser, "replan", "by hand")
    assert desk.state().revision == before


@pytest.mark.parametrize(("name", "value"), [("layer", "lowest"), ("colour", "red"), ("replan", "never")])
def test_what_cannot_be_set_is_refused(at_desk, name, value):
    desk, browser = at_desk
    assert decide(browser, name, value).status_code == 422
    assert all(entry.kind != SETTING_SET for entry in desk.folding.entries)


def test_a_page_looks_as_its_reader_wants_it_and_nobody_elses_does(at_desk):
    desk, browser = at_desk
    size = desk.folding.size
    chosen = {"text": "larger text", "contrast": "high contrast", "motion": "no motion"}
    page = browser.post("/settings/view", chosen).text
    assert 'class="larger contrast still"' in page
    assert page.count(" selected>") >= 3
    assert browser.cookies.get(VIEW) == "larger.contrast.still"
    assert 'class="larger contrast still"' in browser.get("/situation").text
    assert desk.folding.size == size, "it is the reader's own, and stands in no log"
    browser.post("/settings/view", {name: values[0] for name, values in CHOICES.items()})
    assert '<html lang="en" dir="ltr">' in browser.get("/situation").text


@pytest.mark.parametrize("cookie", ["", "x" * 500, '"><script>', "contrast.contrast.evil"])
def test_a_cookie_adds_no_class_but_those_there_are(at_desk, cookie):
    _, browser = at_desk
    browser.cookies.set(VIEW, cookie, domain="127.0.0.1")
    page = browser.get("/settings").text
    assert "evil" not in page
    assert "<script>" not in page.partition("<body")[0]
    assert kept({"text": cookie}) == ""


def test_both_sides_times_stand_on_the_page(at_desk):
    _, browser = at_desk
    page = browser.get("/settings").text
    assert "UTC+3" in page
    assert "<th>UTC</th>" in page

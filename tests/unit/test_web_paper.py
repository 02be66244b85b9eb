"""Paper comes from an accepted plan only."""

from __future__ import annotations

import pytest

from tests.support.browsing import browsing
from tests.support.desks import desk_and_app, sign_in, with_plan


@pytest.fixture
def at_desk():
    with desk_and_app() as (desk, app), browsing(app) as browser:
        sign_in(browser, "planner")
        yield desk, browser


def exports(desk):
    return [entry for entry in desk.folding.entries if entry.kind == "export.made"]


def test_without_an_accepted_plan_nothing_is_printed(at_desk):
    desk, browser = at_desk
    with_plan(desk)
    assert "accept one first" in browser.get("/paper").text
    for path, form in (
        ("/paper/sheets", {"language": "uk", "vehicle:x": "yes"}),
        ("/paper/notice", {"why": "x"}),
    ):
        assert browser.post(path, form).status_code == 422
    assert browser.get("/paper/notice/PUBLIC-notice.txt").status_code == 404
    assert exports(desk) == []

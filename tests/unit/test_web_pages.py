"""Pages answer without scripts, only under their own name, and may load nothing from elsewhere."""

from __future__ import annotations

import pytest

from safepassage.web.pages import TABS
from tests.support.desks import example_browser


@pytest.fixture(scope="module")
def client():
    with example_browser("planner") as found:
        yield found


@pytest.mark.parametrize("path", [*(path for path, _ in TABS), "compare"])
def test_every_screen_is_a_page_with_its_title(client, path):
    answer = client.get(f"/{path}")
    assert answer.status_code == 200
    assert f"<title>{path.capitalize()}" in answer.text
    assert "EXERCISE" in answer.text


def test_another_name_is_refused(client):
    answer = client.get("/situation", headers={"host": "example.org"})
    assert answer.status_code == 421
    assert "Sudzha" not in answer.text


def test_every_answer_says_that_nothing_inline_and_nothing_from_elsewhere_is_loaded(client):
    for path in ("/situation", "/static/pages.css", "/nowhere"):
        policy = client.get(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy

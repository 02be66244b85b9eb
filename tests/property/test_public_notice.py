"""Whatever a case holds, the public notice gives away nothing but directions and the hotline."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.domain.release import Audience
from safepassage.engines.release import release
from safepassage.formats.paper.notice_texts import notice_texts
from safepassage.formats.sheets import public_notice
from safepassage.testing.sample_documents import sample_documents, sealed

INPUTS, WHOLE_PLAN, CERTIFICATE, _ = sample_documents()
PLAN = {
    key: WHOLE_PLAN[key] for key in ("title", "basis", "binding", "corridors", "directions", "inputs_sha256")
}
EXAMPLES = settings(max_examples=40)
PUBLIC_FIELDS = {("inputs", "directions"), ("inputs", "notice"), ("inputs", "exercise")}
STRUCTURE = {"schema", "class", "inputs_sha256"}


class Words(HTMLParser):
    """Collects what a reader of a page sees."""

    def __init__(self):
        super().__init__()
        self.text, self.hidden = [], 0

    def handle_starttag(self, tag, attrs):
        self.hidden += tag in {"style", "script"}

    def handle_endtag(self, tag):
        self.hidden -= tag in {"style", "script"}

    def handle_data(self, data):
        if not self.hidden:
            self.text.append(data)


def visible(page: bytes) -> str:
    words = Words()
    words.feed(page.decode())
    return " ".join(words.text)


def marked(tree, tag, path=()):
    """Replace every text that is not public by a word that occurs nowhere else, and every number too."""
    if isinstance(tree, dict):
        return {key: marked(value, tag, (*path, key)) for key, value in tree.items()}
    if isinstance(tree, list):
        return [marked(value, tag, path) for value in tree]
    public = path[:2] in PUBLIC_FIELDS or path[-1] in STRUCTURE
    if isinstance(tree, str) and not public:
        return f"{tag}{tree}{tag}"
    return tree


@EXAMPLES
@given(tag=st.text("qxzjQXZJ", min_size=4, max_size=8), exercise=st.booleans())
def test_no_restricted_text_occurs_in_the_notice(tag, exercise):
    inputs = marked(
        INPUTS | {"exercise": exercise, "places": INPUTS["places"][:3], "demand": []}, tag, ("inputs",)
    )
    plan = marked(PLAN, tag, ("plan",))
    documents = sealed(inputs, plan, {"schema": "x", "envelope": []})
    given_release = release(*documents, Audience.PUBLIC)
    for page in (public_notice.write_html(given_release), public_notice.write_text(given_release)):
        assert tag not in page.decode()


@EXAMPLES
@given(
    hotline=st.text("0123456789+ ", min_size=1, max_size=14), name=st.text("AbЯї «", min_size=1, max_size=9)
)
def test_no_figure_occurs_but_the_hotline(hotline, name):
    """No time, route or count can stand there, for no digit does."""
    inputs = INPUTS | {
        "notice": {"hotline": hotline, "languages": ["en", "uk", "ru"]},
        "directions": [{"id": "a", "name": f"To {name}"}, {"id": "b", "name": f"Towards {name}"}],
    }
    given_release = release(*sealed(inputs, PLAN, CERTIFICATE), Audience.PUBLIC)
    for text in (
        visible(public_notice.write_html(given_release)),
        public_notice.write_text(given_release).decode(),
    ):
        assert text.count(hotline) >= 3
        assert not re.search(r"\d", text.replace(hotline, ""))
        assert text.count(f"To {name}") == text.count(f"Towards {name}") == 3


def test_what_it_says_in_every_language():
    given_release = release(*sealed(INPUTS, PLAN, CERTIFICATE), Audience.PUBLIC)
    page, plain = (
        visible(public_notice.write_html(given_release)),
        public_notice.write_text(given_release).decode(),
    )
    assert len(notice_texts()) == 3
    for text in notice_texts().values():
        for part in (text.exercise, text.heading, text.lead, text.stay, text.wait, text.call, *text.rights):
            assert part in page
            assert part in plain
    assert "PUBLIC" in page
    assert "PUBLIC" in plain


@pytest.mark.parametrize(
    ("languages", "expected"), [([], ["en"]), (["xx"], ["en"]), (["ru", "xx", "en", "ru"], ["ru", "en"])]
)
def test_languages_are_those_of_the_case_that_exist(languages, expected):
    inputs = INPUTS | {"notice": {"hotline": "", "languages": languages}, "exercise": False}
    plain = public_notice.write_text(release(*sealed(inputs, PLAN, CERTIFICATE), Audience.PUBLIC)).decode()
    headings = {code: plain.find(text.heading) for code, text in notice_texts().items()}
    found = sorted((at, code) for code, at in headings.items() if at >= 0)
    assert [code for _, code in found] == expected
    assert all(notice_texts()[code].no_number in plain for code in expected)
    assert notice_texts()["en"].exercise not in plain


def test_hostile_names_of_directions_stay_text():
    inputs = INPUTS | {
        "directions": [{"id": "a", "name": "<script>alert(1)</script>"}, {"id": "b", "name": "\u202eB"}]
    }
    page = public_notice.write_html(release(*sealed(inputs, PLAN, CERTIFICATE), Audience.PUBLIC))
    assert b"<script" not in page
    assert "<script>alert(1)</script>" in visible(page)
    assert "\u202e" not in page.decode()

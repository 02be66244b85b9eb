"""Why a form was not taken is said in Ukrainian and Russian: every sentence of the pages themselves."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from safepassage.web import pages
from safepassage.web.words import words
from safepassage.web.words.refusal_words import SENTENCES, refused
from tests.support.browsing import browsing
from tests.support.desks import desk_and_app, sign_in
from tests.support.words_used import skeleton

FIELD = re.compile(r"\{[a-z]*\}")
SAYS = {"FormError": 1, "needed": 1, "DeniedError": 0}
"""What is called with a sentence, and in which place it stands."""


def written():
    """Return each sentence that the code of the pages refuses with, fields left open."""
    found = set()
    # What programs ask is answered in English.
    files = [path for path in Path(pages.__file__).parent.rglob("*.py") if path.parent.name != "api"]
    for path in sorted(files):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                at = SAYS.get(name)
                found |= {skeleton(node.args[at])} if at is not None and len(node.args) > at else set()
                found |= {skeleton(k.value) for k in node.keywords if k.arg == "problem"}
    # What is nothing but fields is said by the domain or a reader of files.
    return {text for text in found if text and re.search("[a-z]{2}", text)}


def test_every_sentence_of_the_pages_is_one_that_they_can_say():
    known = {FIELD.sub("{}", text) for text in SENTENCES}
    assert sorted(text for text in written() if f"{text.rstrip('.')}." not in known) == []


@pytest.mark.parametrize("locale", ["uk", "ru"])
def test_a_form_is_refused_in_the_language_of_the_reader(locale):
    with desk_and_app() as (_, app), browsing(app) as browser:
        sign_in(browser, "planner")
        browser.post("/settings/language", {"language": locale, "back": "/situation"})
        text = browser.post("/situation/roads", {"id": "r-1", "roads": "ref:NOWHERE"}).text
        [told] = re.findall(r'id="problem">([^<]*)', text)
        assert "NOWHERE" in told
        assert told == refused("No road or crossing of this case is ref:NOWHERE.", words(locale))
        assert "No road" not in told

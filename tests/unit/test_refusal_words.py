"""Why a form was not taken is said in Ukrainian and Russian: every sentence of the pages themselves."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from safepassage.domain.errors import FormatError, TransitionError
from safepassage.formats.claims import field_rows
from safepassage.web import pages
from safepassage.web.words import words
from safepassage.web.words.clause_words import CLAUSES
from safepassage.web.words.refusal_words import SENTENCES, refused
from tests.support.browsing import browsing
from tests.support.desks import desk_and_app, sign_in
from tests.support.refusals_written import clauses
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


def test_every_clause_of_domain_store_and_readers_is_one_that_the_pages_can_say():
    known = {FIELD.sub("{}", text).rstrip(".") for text in (*CLAUSES, *SENTENCES)}
    assert {text: where for text, where in clauses().items() if text not in known} == {}


def test_every_clause_stands_somewhere_in_the_code():
    written = set(clauses())
    assert [text for text in CLAUSES if FIELD.sub("{}", text) not in written] == []


def lines_read(data, name):
    _, problems = field_rows.read(data, file=name, outlet="o", received="2024-08-16T06:00:00+03:00")
    return "; ".join(map(str, problems))


def refusals():
    """Yield texts that domain, store and readers really refuse with, and the words in them that stay."""
    yield lines_read(b"a,b\n1,2\n", "x.csv"), "source"
    yield lines_read('source,statement,date\nфонд,"open'.encode(), "x.csv"), ""
    yield lines_read(b"PK\x03\x04zzzz", "x.xlsx"), "File is not a zip file"
    yield str(TransitionError("go", "nobody decided to go; it is not decided", "let the lead decide")), ""
    yield (
        str(FormatError(file="m.kml", what="the file holds no polygon", remedy="draw the area as a polygon")),
        "",
    )
    yield "Nothing was recorded: the disk is full.", "the disk is full"


@pytest.mark.parametrize("locale", ["uk", "ru"])
def test_what_is_really_refused_has_no_english_clause_left(locale):
    for text, stays in refusals():
        told = refused(text, words(locale))
        # What a library says stands in brackets, as it says it.
        rest = re.sub(r"[A-Z_]{5,}|[\w.]+\.(csv|xlsx|kml)|\([^)]*\)", "", told)
        rest = rest.replace(stays or "\0", "")
        assert not re.search(r"[a-z]{3,} [a-z]{3,}", rest), (text, told)
        assert refused(text, words("en")).removeprefix("fault") == text.removeprefix("ERROR")


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

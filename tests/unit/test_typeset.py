"""A page is set from data alone: text stays text, and the same data give the same bytes."""

from __future__ import annotations

import io
import re
import time
from importlib import resources

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.formats.paper.typeset import typeset, typeset_with_warnings

HOSTILE = (
    '#eval("1+1")', '#read("/page.typ")', "\\ #pagebreak()", "$x^2$", "[a](b)", "*bold* _it_", "= heading",
    "<label> @label", "`raw`", "// gone", "/* gone */", "~", "--", "'\"",
)  # fmt: skip
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10"/></svg>'


def facts(lines=(), **changed):
    return {"heading": "Sheet", "lines": list(lines), "heads": ["a", "b", "n"], "rows": [], "svg": None,
            "alt": ""} | changed  # fmt: skip


def specimen(lines=(), language="en", **changed):
    return typeset("specimen", facts(lines, **changed), title="Sheet", language=language)


def text_of(pdf):
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "\n".join(page.extract_text() for page in pages).replace("\u200b", "")


def closed(text):
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_is_shown_as_it_is_and_never_read_as_markup(hostile):
    pdf = specimen([hostile], rows=[[hostile, "x", "1"]], heading=hostile)
    assert closed(text_of(pdf)).count(closed(hostile)) == 3


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=1, max_size=20))
def test_any_text_comes_through(text):
    assert closed(text) in closed(text_of(specimen([f"{text}"])))


def test_numbers_behind_a_name_in_hebrew_letters_are_drawn_behind_it():
    drawn = closed(text_of(specimen(["at \u05de\u05d7\u05e1\u05df: 2,564"])))  # glyphs from the left
    assert drawn.index("\u05df") < drawn.index(":2,564")


def test_the_same_data_give_the_same_bytes_and_no_moment_of_making():
    first, second = specimen(["Балка", "x"], svg=SQUARE), specimen(["Балка", "x"], svg=SQUARE)
    assert first == second
    assert not {"/CreationDate", "/ModDate"} & set(pypdf.PdfReader(io.BytesIO(first)).metadata)


def test_every_letter_of_three_languages_has_a_glyph():
    letters = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяёъыэ АБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯЁЪЫЭ «» — – → ← № ° ≤ ’"
    assert closed(letters[:33]) in closed(text_of(specimen([letters], language="uk")))
    _, warnings = typeset_with_warnings(
        "specimen", facts([letters], title="t", language="uk", stamp=["A"], running="", foot="")
    )
    assert warnings == ()


def test_a_long_word_breaks_instead_of_leaving_the_page():
    pdf = specimen(rows=[["W" * 200, "x" * 90, "1"]])
    lines = text_of(pdf).splitlines()
    assert closed(text_of(pdf)).count("W") == 200
    assert max(line.count("W") for line in lines) < 60


def test_text_from_right_to_left_is_kept_and_marks_that_reorder_are_dropped():
    text = text_of(specimen(["שלום", "a\u202eb"], language="he"))
    assert "ab" in text
    assert "שלום" in text or "םולש" in text


def test_pages_carry_their_stamp_title_language_and_count():
    pdf = typeset(
        "specimen", facts([f"line {n}" for n in range(200)]), title="Sheet 7", language="uk",
        stamp=["RESTRICTED", "НАВЧАННЯ"], running="plan 1a2b", foot="foot",
    )  # fmt: skip
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    assert reader.metadata.title == "Sheet 7"
    assert reader.trailer["/Root"]["/Lang"] == "uk"
    assert len(reader.pages) > 2
    for number, page in enumerate(reader.pages, start=1):
        text = page.extract_text()
        assert all(word in text for word in ("RESTRICTED", "НАВЧАННЯ", "plan 1a2b"))
        assert f"{number} / {len(reader.pages)}" in text


def test_no_template_reaches_beyond_the_page():
    folder = resources.files("safepassage.formats") / "templates" / "paper"
    for template in folder.iterdir():
        source = template.read_text(encoding="utf-8")
        code = "\n".join(line for line in source.splitlines() if not line.startswith("//"))
        reaching = r"\beval\b|\bread\(|\bplugin\b|@preview|@local|\binclude\b|https?:"
        assert not re.search(reaching, code), template.name


@pytest.mark.parametrize("name", ["nothing", "../typeset", "Page", ""])
def test_an_unknown_template_is_refused(name):
    with pytest.raises(ValueError, match="no page template"):
        typeset(name, {}, title="t")


def test_missing_facts_and_values_that_cannot_be_shown_are_refused():
    with pytest.raises(ValueError, match="specimen"):
        typeset("specimen", {}, title="t")
    with pytest.raises(ValueError, match="cannot show"):
        typeset("specimen", facts([object()]), title="t")


def test_a_page_takes_well_under_two_seconds():
    started = time.process_time()
    specimen([f"рядок {n}" for n in range(300)], svg=SQUARE)
    assert time.process_time() - started < 2

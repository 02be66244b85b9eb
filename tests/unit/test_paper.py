"""A document is described once: what stands in it is on the page and in the PDF, and stays text on both."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.formats.containers.markup import Markup
from safepassage.formats.paper import paper_html, paper_pdf, qr_code
from safepassage.formats.paper.paper import (
    Beside,
    Heading,
    Items,
    Key,
    NewPage,
    Pairs,
    Paper,
    Picture,
    Rows,
    Words,
    drawing_rules,
    with_style,
)  # fmt: skip
from tests.support.paper import closed, lost, page_text, pdf_text

SQUARE = Markup(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
)
HOSTILE = '<b>&amp;#eval("x") $y$ [z](w) \\ *bold* _it_ `raw` </style>'


def paper(word="слово", **changed):
    blocks = (
        Heading(text=f"Part {word}"), Words(text=f"first {word}", tone="lead"), Words(text=f"plain {word}"),
        Words(text=f"mind {word}", tone="loud"), Words(text=f"small {word}", tone="note"),
        Pairs(rows=((f"name {word}", f"value {word}"),), large=True), Pairs(rows=(("a", f"b {word}"),)),
        Items(rows=(f"one {word}", f"two {word}")), Heading(text=f"Sub {word}", level=3),
        Rows(
            heads=("h", f"head {word}", "n"), rows=((f"cell {word}", "x", "12"),) * 3, numbers=(2,),
            strong=(0,),
        ),
        Picture(svg=SQUARE, alt="square", caption=f"caption {word}", percent=30), NewPage(),
        Key(rows=((SQUARE, f"key {word}"),)),
        Beside(parts=((Words(text=f"left {word}"),), (Items(rows=(f"right {word}",)),)), framed=True),
        Words(text=f"last {word}"),
    )  # fmt: skip
    given = {"title": f"Title {word}", "language": "uk", "stamp": ("RESTRICTED", f"stamp {word}"),
             "blocks": blocks, "subtitle": f"sub {word}", "running": f"run {word}", "foot": f"foot {word}",
             "code": qr_code.drawing("A"), "code_text": f"code {word}"}  # fmt: skip
    return Paper(**given | changed)


@pytest.mark.parametrize("word", ["слово", HOSTILE, "W" * 120, "ends (here)"])
@pytest.mark.parametrize("wide", [False, True])
def test_every_text_is_on_the_page_and_in_the_pdf(word, wide):
    made = paper(word, wide=wide)
    assert lost(made, page_text(paper_html.write(made))) == []
    assert lost(made, pdf_text(paper_pdf.write(made))) == []


@settings(max_examples=8, deadline=None)
@given(st.text(st.characters(codec="ascii", categories=("L", "N", "P", "S")), min_size=1, max_size=30))
def test_any_text_comes_through_both_ways(text):
    made = paper(text)
    assert lost(made, page_text(paper_html.write(made))) == []
    assert lost(made, pdf_text(paper_pdf.write(made))) == []


def test_a_lost_text_would_be_noticed():
    made = paper()
    assert lost(replace(made, title="Another"), pdf_text(paper_pdf.write(made))) == ["Another"]


def test_both_are_the_same_bytes_again():
    assert paper_html.write(paper()) == paper_html.write(paper())
    assert paper_pdf.write(paper()) == paper_pdf.write(paper())


def test_a_text_becomes_no_tag_and_the_page_loads_nothing():
    page = paper_html.write(paper(HOSTILE)).decode()
    assert "<b>&amp;amp;" not in page
    assert page.count("</style>") == 1
    assert not re.search(r"<script|<link|<img|\bsrc=|\bhref=|url\(|@import", page)
    assert "default-src 'none'" in html.unescape(page)


def test_language_and_class_are_said_to_programs_too(tmp_path):
    page = paper_html.write(paper()).decode()
    assert '<html lang="uk">' in page
    assert '<meta name="classification" content="RESTRICTED">' in page
    (tmp_path / "a.pdf").write_bytes(paper_pdf.write(paper()))
    assert pypdf.PdfReader(tmp_path / "a.pdf").trailer["/Root"]["/Lang"] == "uk"


def test_the_stamp_stands_on_every_page(tmp_path):
    rows = Rows(heads=("a", "b"), rows=tuple((str(n), "x") for n in range(200)))
    (tmp_path / "a.pdf").write_bytes(paper_pdf.write(paper(blocks=(rows,))))
    pages = pypdf.PdfReader(tmp_path / "a.pdf").pages
    assert len(pages) > 2
    assert all("RESTRICTED" in page.extract_text() for page in pages)
    assert all(re.search(r"\ba\s+b\b", page.extract_text()) for page in pages), (
        "the head of a table is repeated"
    )


@pytest.mark.parametrize(
    "make",
    [
        lambda: Heading(text="x", level=1),
        lambda: Words(text="x", tone="shrill"),
        lambda: Rows(heads=("a",), rows=(("b", "c"),)),
        lambda: Rows(heads=("a",), rows=(), widths=(1, 2)),
        lambda: Picture(svg=SQUARE, alt=""),
        lambda: Picture(svg=SQUARE, alt="x", percent=101),
    ],
)
def test_nonsense_is_refused(make):
    with pytest.raises(ValueError, match=r"\w"):
        make()


def test_a_drawing_takes_its_rules_along_with_variables_filled_in():
    style = ":root { --d0: #0b5fa5; } .map .x, .y { fill: var(--d0); } p { margin: 0 } @media print { }"
    rules = drawing_rules(style, frozenset({"y"}))
    assert rules == ".y{fill: #0b5fa5;}"
    assert "<style>" in with_style(SQUARE, rules)


def test_a_code_has_its_quiet_border_and_reads_as_squares():
    svg = qr_code.drawing("SAFEPASSAGE PLAN 1 SHEET 2")
    size = int(re.search(r'viewBox="0 0 (\d+) ', svg)[1])
    modules = {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1", svg)}
    assert min(min(m) for m in modules) == 4
    assert max(max(m) for m in modules) == size - 5
    # The three finder patterns of ISO/IEC 18004: a frame of seven dark modules with a light ring inside.
    for x0, y0 in ((4, 4), (size - 11, 4), (4, size - 11)):
        assert all((x0 + i, y0) in modules for i in range(7))
        assert all((x0 + 1 + i, y0 + 1) not in modules for i in range(5))
    assert closed(svg) != closed(qr_code.drawing("SAFEPASSAGE PLAN 1 SHEET 3"))

"""The text of a PDF file is read where that takes little; what draws for long is refused at once."""

from __future__ import annotations

import time

import pytest

pytest.importorskip("pypdf")

from safepassage.formats.claims import report_text
from safepassage.formats.claims.pdf_text import MOST_DRAWN, MOST_PAGES, TooMuchDrawnError, text_of_pdf
from tests.support.pdfs import pdf

WORD = b"BT /F1 12 Tf (The bridge is closed.) Tj ET\n"
MANY = {
    "one page that draws much": pdf(WORD * (MOST_DRAWN // len(WORD) + 1)),
    "pages that draw much together": pdf(WORD * 5_000, pages=50),
    "too many pages": pdf(WORD, pages=MOST_PAGES + 1),
    "a form drawn often": pdf(b"/Fm0 Do " * 20_000, forms={"Fm0": WORD * 100}),
    "a form drawn often by another spelling": pdf(b"/F#6d0 Do " * 20_000, forms={"Fm0": WORD * 100}),
    "forms that draw each other": pdf(
        b"/A Do", forms={"A": b"/B Do " * 900, "B": b"/C Do " * 900, "C": WORD}
    ),
    "a form that draws itself": pdf(b"/A Do", forms={"A": b"/A Do"}),
}


def test_words_on_pages_and_in_forms_are_read():
    text = text_of_pdf(
        pdf(WORD + b"/Fm0 Do", pages=2, forms={"Fm0": b"BT /F1 12 Tf (It is open.) Tj ET"}), 1000
    )
    assert text.count("The bridge is closed.") == 2
    assert "It is open." in text


@pytest.mark.parametrize("name", MANY)
def test_what_would_draw_for_long_is_refused_at_once(name):
    began = time.process_time()
    with pytest.raises(TooMuchDrawnError):
        text_of_pdf(MANY[name], 1_000_000)
    assert time.process_time() - began < 5


def test_a_report_that_draws_too_much_is_answered_in_words():
    texts, (problem,) = report_text.read(MANY["a form drawn often"], file="a.pdf")
    assert texts == ()
    assert (problem.code, "hand in the pages that matter" in problem.hint) == ("REPORT_TOO_LONG", True)


def test_no_more_pages_are_read_than_characters_are_wanted():
    assert len(text_of_pdf(pdf(WORD, pages=9), 30)) == 31

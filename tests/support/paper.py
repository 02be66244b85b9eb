"""Reads documents for paper as a reader would: the words of a page and the words of a PDF."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import pypdf


class _Words(HTMLParser):
    def __init__(self, page: bytes):
        super().__init__()
        self.words, self._quiet = [], 0
        self.feed(page.decode())

    def handle_starttag(self, tag, attrs):
        self._quiet += tag in {"style", "script", "title"}

    def handle_endtag(self, tag):
        self._quiet -= tag in {"style", "script", "title"}

    def handle_data(self, data):
        if not self._quiet:
            self.words.append(data)


def closed(text: str) -> str:
    """Return text without spaces and breaks, its letters apart: forms of a document differ in these."""
    return re.sub(r"[\s\u200b\u00ad]+", "", text.replace("\ufb01", "fi").replace("\ufb02", "fl"))


def page_text(page: bytes) -> str:
    """Return the words of a page, closed."""
    return closed("".join(_Words(page).words))


def pdf_text(pdf: bytes) -> str:
    """Return the words of a PDF, closed, pages in order."""
    return closed("".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(pdf)).pages))


def lost(paper, text: str) -> list[str]:
    """Return the texts of a document that a reader of `text` does not find."""
    return [wanted for wanted in paper.texts() if closed(wanted) not in text]

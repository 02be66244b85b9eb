"""The text of a PDF file, unless it would take long to read: a few kilobytes can draw for hours.

What a page costs is what its content draws, decoded, and once more each time it draws a form, which may
draw others (ISO 32000-2:2020, 8.10).
"""

from __future__ import annotations

import io
import logging
import re
from typing import Any

MOST_DRAWN = 1_000_000
"""Bytes of decoded content: two seconds of the reader, some thirty pages of text."""
MOST_PAGES = 200
_DEEPEST = 8
_SIGN = re.compile(rb"#([0-9A-Fa-f]{2})")
_DRAWS = re.compile(rb"/([^\s/<>\[\]()%]+)\s+Do\b")


class TooMuchDrawnError(Exception):
    """A file draws more than is read."""


def text_of_pdf(data: bytes, most_characters: int) -> str:
    """Return the text of a PDF file, pages apart, up to one character more than asked for.

    Raises
    ------
    ImportError
        When its reader is not installed.
    TooMuchDrawnError
        When it has too many pages, or they draw too much.
    Exception
        Whatever the reader fails with on a damaged file.
    """
    import pypdf  # noqa: PLC0415 - optional

    # What it finds wrong is one message of ours, not lines of its own.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    if len(pages) > MOST_PAGES:
        raise TooMuchDrawnError
    drawn, found, known = 0, "", dict[int, int]()
    for page in pages:
        content = page.get_contents()
        drawn += 0 if content is None else _cost(content.get_data(), page, known)
        if drawn > MOST_DRAWN:
            raise TooMuchDrawnError
        found += f"{page.extract_text()}\n\n"
        if len(found) > most_characters:
            break
    return found.strip()[: most_characters + 1]


def _cost(data: bytes, owner: Any, known: dict[int, int], depth: int = 0) -> int:
    """Return what a content draws in bytes, forms included; `known` is what forms cost, by identity."""
    if depth > _DEEPEST:
        raise TooMuchDrawnError
    cost, forms = len(data), _forms(owner)
    for spelled in _DRAWS.findall(data):
        form = forms.get(f"/{_SIGN.sub(_sign, spelled).decode('latin-1')}")
        if form is not None:
            if id(form) not in known:
                known[id(form)] = _cost(form.get_data(), form, known, depth + 1)
            cost += known[id(form)]
        if cost > MOST_DRAWN:
            raise TooMuchDrawnError
    return cost


def _sign(written: re.Match[bytes]) -> bytes:
    return bytes([int(written[1], 16)])


def _forms(owner: Any) -> dict[str, Any]:
    """Return the forms that a page or form may draw, by name."""
    resources = owner.get("/Resources")
    listed = resources.get_object().get("/XObject") if resources is not None else None
    drawn = {} if listed is None else listed.get_object()
    found = {str(name): one.get_object() for name, one in drawn.items()}
    return {name: one for name, one in found.items() if one.get("/Subtype") == "/Form"}

"""What stands in drawings of plans, in the reader's language."""

from __future__ import annotations

import re
from html import unescape

from safepassage.formats.containers.markup import Markup, escaped
from safepassage.web.words import Words
from safepassage.web.words.dates import dated
from safepassage.web.words.planner_words import in_field
from safepassage.web.words.sentences import fitted

TEXTS = (
    "{persons} want to go",
    "plan: {persons} by {when}",
    "no plan before {when}",
    "no plan of this model can be up here",
    "persons arrived, by {who} time",
    "{way}, {persons} aboard",
)
"""The first that fits is taken."""
_TEXT = re.compile(r"(?<=>)[^<>]*[a-z][^<>]*(?=<)")


def charted(drawing: Markup, said: Words) -> Markup:
    """Return a drawing with its texts in the reader's language."""

    def told(found: re.Match[str]) -> str:
        text = unescape(found[0])
        known = fitted(text, said, TEXTS, in_field)
        return escaped(dated(text, said) if known == text else known)

    return Markup(_TEXT.sub(told, drawing))

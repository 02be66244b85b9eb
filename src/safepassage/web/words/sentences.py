"""Sentences with fields, as facts write them in English, said in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache

from safepassage.web.words import Words

NUMBERS = frozenset({"count", "places", "vehicles", "persons", "roads", "minutes"})
"""Fields that hold whole numbers."""
SHAPES = dict.fromkeys(NUMBERS, r"[\d,]+") | {
    "state": "[a-z ]{2,20}",
    **dict.fromkeys(("one", "other", "third"), "(?:(?!; |: | → ).)+"),
    "rest": "(?:(?!; | → ).)*",
}
"""What fields hold that do not hold just anything."""
_FIELD = re.compile(r"\{([a-z]+)\}")
Field = Callable[[str, str, Words], str]
"""Says what stands in a field: its name, its words, the reader's language."""


_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")


def spaced(text: str) -> str:
    """Return a text with its thousands apart by narrow spaces: a comma is a decimal sign to many readers."""
    return _THOUSANDS.sub("\u202f", text)


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    """Return what recognises a sentence, whatever stands in its fields."""
    parts = _FIELD.split(sentence)
    made = "".join(
        f"(?P<{part}>{SHAPES.get(part, '.+')})" if at % 2 else re.escape(part)
        for at, part in enumerate(parts)
    )
    return re.compile(made)


def fitted(text: str, said: Words, among: Iterable[str], field: Field) -> str:
    """Return a text in the reader's language by the first sentence that it fits; else as it is."""
    for sentence in among:
        found = _pattern(sentence).fullmatch(text)
        if found:
            fields = {name: field(name, value, said) for name, value in found.groupdict().items()}
            return said(sentence).format(**fields)
    return text

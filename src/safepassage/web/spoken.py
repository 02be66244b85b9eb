"""Sentences that the facts of claims are made of, in the reader's language: ages, grades, what stands."""

from __future__ import annotations

import re

from safepassage.web.words import Words

PHRASES = (
    "age not known", "of the same day", "less than an hour old",
    "completely reliable source", "usually reliable source", "fairly reliable source",
    "not usually reliable source", "unreliable source", "reliability of source cannot be judged",
    "confirmed by other sources", "probably true", "possibly true", "doubtful", "improbable",
    "truth cannot be judged", "said to be so", "said not to be so", "accepted by a person",
    "nobody has reviewed it", "held to be unverifiable", "rejected", "not reviewed: precautionary layer only",
    "contested",
)  # fmt: skip
"""Whole sentences, in English as the facts write them."""

PATTERNS = (
    (re.compile(r"(?P<days>\d+) days? old"), "{days} d old"),
    (re.compile(r"(?P<hours>\d+) h old"), "{hours} h old"),
)
"""Sentences with a number, and how they are handed to a translator."""

_KNOWN = frozenset(PHRASES)


def spoken(text: str, said: Words) -> str:
    """Return a text of such sentences, joined by semicolons; what is not one of them stays as it is."""
    return "; ".join(_one(part, said) for part in text.split("; "))


def _one(part: str, said: Words) -> str:
    if part in _KNOWN:
        return said(part)
    for pattern, sentence in PATTERNS:
        found = pattern.fullmatch(part)
        if found:
            return said(sentence).format(**found.groupdict())
    return part

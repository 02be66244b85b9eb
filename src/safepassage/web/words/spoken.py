"""Sentences that the facts of claims are made of, in the reader's language: ages, grades, what stands."""

from __future__ import annotations

import re

from safepassage.domain.case import RoadStatusWord
from safepassage.web.words import Words
from safepassage.web.words.sentences import spaced

PHRASES = (
    "age not known", "of the same day", "less than an hour old",
    "completely reliable source", "usually reliable source", "fairly reliable source",
    "not usually reliable source", "unreliable source", "reliability of source cannot be judged",
    "confirmed by other sources", "probably true", "possibly true", "doubtful", "improbable",
    "truth cannot be judged", "said to be so", "said not to be so", "accepted by a person",
    "nobody has reviewed it", "held to be unverifiable", "rejected", "not reviewed: precautionary layer only",
    "contested", "over 99 %", "raises hazard", "raises the precautionary layer only", "closes a road",
    "no effect: no claim opens a road", "the plan was made again without it", "shown only",
    "shown only: about forces, never on a map", "not assessed: no position",
    "not assessed: named too roughly for a map",
    "not assessed: a denial that nobody reviewed lowers nothing",
    "not assessed: not reviewed, and this source has raised enough today",
    "not assessed: not reviewed, and this source has raised enough roads today",
    "not assessed: faded, or spread over too wide a place to count",
)  # fmt: skip
"""Whole sentences, in English as the facts write them."""

UNITS = ("persons", "settlements", "households", "vehicles", "shells", "tonnes", "days", "hours", "km", "km²")
"""Units of stated numbers that are words; others are shown as they are."""

NUMBER_AND_UNIT = "{number} {unit}"
PATTERNS = (
    (re.compile(r"(?P<days>\d+) days? old"), "{days} d old"),
    (re.compile(r"(?P<hours>\d+) h old"), "{hours} h old"),
    (re.compile(r"not weighed, taken as (?P<part>.+) at most"), "not weighed, taken as {part} at most"),
    (re.compile(r"at least (?P<number>[\d,.]+) (?P<unit>[a-z]+²?)"), "at least {number} {unit}"),
    (re.compile(r"at most (?P<number>[\d,.]+) (?P<unit>[a-z]+²?)"), "at most {number} {unit}"),
    (re.compile(r"(?P<number>[\d,.–]+) (?P<unit>[a-z]+²?)"), NUMBER_AND_UNIT),
)
"""Sentences with fields, and how they are handed to a translator."""

_KNOWN = frozenset({*PHRASES, *UNITS, *(str(word).replace("_", " ").lower() for word in RoadStatusWord)})
_JOINT = re.compile("(; | – )")


def spoken(text: str, said: Words) -> str:
    """Return a text of such sentences, joined by semicolons or dashes; others stay as they are."""
    return "".join(part if _JOINT.fullmatch(part) else _one(part, said) for part in _JOINT.split(text))


def _one(part: str, said: Words) -> str:
    if part in _KNOWN:
        return said(part)
    for pattern, sentence in PATTERNS:
        found = pattern.fullmatch(part)
        if found:
            fields = {
                name: said(value) if value in UNITS else spaced(value)
                for name, value in found.groupdict().items()
            }
            return (sentence if sentence == NUMBER_AND_UNIT else said(sentence)).format(**fields)
    return part

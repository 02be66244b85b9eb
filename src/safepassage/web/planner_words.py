"""Sentences that the planner writes, in the reader's language: limits, reasons, what was not assessed."""

from __future__ import annotations

import re
from functools import cache

from safepassage.domain.aid.distribution import REASONS as AID_REASONS
from safepassage.domain.claims.words import ForcesPredicate, Predicate
from safepassage.formats.facts.people_facts import REASONS
from safepassage.web.words import Words

SENTENCES = (
    *REASONS.values(),
    *AID_REASONS.values(),
    "{places} places ({who}) share {what}: {rate}",
    "1 place ({who}) has {what}: {rate}",
    "travel time alone: {who} need that long on free roads",
    "travel time alone: {who} needs that long on free roads",
    (
        "the fleet: {vehicles} vehicles with {places} {kind} in all, for {persons} {people}, "
        "have to make round trips"
    ),
    "seats", "wheelchair places", "stretcher places",
    "people who need a seat", "wheelchair users", "people on stretchers",
    "crossing or checkpoint {name}: {rate}", "road {name}: {rate}",
    "{vehicles} vehicles/h and {persons} persons/h while open",
    "{vehicles} vehicles/h and {persons} persons/h",
    "{vehicles} vehicles/h while open", "{vehicles} vehicles/h",
    "{persons} persons/h while open", "{persons} persons/h",
    "{names} and {count} more",
    "The plan has not been audited against law and standards.",
    (
        "The routes use {roads} roads; road statuses entered: {count}. For all other stretches: no report of "
        "an obstacle as of the time this plan states, which is not a report that they are open."
    ),
    "Road statuses that fit no road of the network and have no effect: {names}.",
    (
        "No statement that any road is free of mines or unexploded ordnance is part of this plan; ask the "
        "mine-action authority."
    ),
    "No reported hazard was entered: exposure is 0 by lack of data.",
    "Hazard along trains, boats and paths: only the places where they begin and end are known.",
    "Capacity not stated: {names}.",
    "Throughput not stated, taken as not limiting: {names}.",
    "Movement hours are not limited: the plan may move at night.",
    "No direction was counted by tally or survey; the numbers per direction prove no choice.",
)  # fmt: skip
"""In English as the planner writes them; what stands in braces is handed on, or said where it is one itself.

The first that fits is taken: the more exact one stands first.
"""
NAMES = frozenset({"who", "what", "name", "names"})
"""Fields that hold names: only “and so many more” is said in them."""
NUMBERS = frozenset({"count", "places", "vehicles", "persons", "roads"})
_AND_MORE = "{names} and {count} more"
_CLAIMED = ", as claimed"
_FIELD = re.compile(r"\{([a-z]+)\}")
_TITLES = {str(word).replace("_", " ").lower() for kind in (Predicate, ForcesPredicate) for word in kind}


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    """Return what recognises a sentence, whatever stands in its fields."""
    parts = _FIELD.split(sentence)
    made = "".join(
        (rf"(?P<{part}>[\d,]+)" if part in NUMBERS else f"(?P<{part}>.+)") if at % 2 else re.escape(part)
        for at, part in enumerate(parts)
    )
    return re.compile(made)


def planned(text: str, said: Words) -> str:
    """Return a sentence of the planner, or several, in the reader's language; others stay as they are."""
    whole = _said(text, said, SENTENCES)
    if whole != text or "; " not in text:
        return whole
    return "; ".join(_said(part, said, SENTENCES) for part in text.split("; "))


def _said(text: str, said: Words, among: tuple[str, ...]) -> str:
    for sentence in among:
        found = _pattern(sentence).fullmatch(text)
        if found:
            fields = {name: _field(name, value, said) for name, value in found.groupdict().items()}
            return said(sentence).format(**fields)
    return text


def _field(name: str, value: str, said: Words) -> str:
    if name in NUMBERS:
        return value
    return _said(value, said, (_AND_MORE,) if name in NAMES else SENTENCES)


def titled(text: str, said: Words) -> str:
    """Return the title of a conflict: its word in the reader's language, the place as it is."""
    head, sign, place = text.partition(": ")
    word, claimed, _ = head.partition(_CLAIMED)
    if word.lower() not in _TITLES:
        return text
    spoken = said(word.lower())
    added = f", {said('as claimed')}" if claimed else ""
    return f"{spoken[:1].upper()}{spoken[1:]}{added}{sign}{place}"

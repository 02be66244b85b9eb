"""Sentences that the planner writes, in the reader's language: limits, reasons, what was not assessed."""

from __future__ import annotations

from safepassage.domain.aid.distribution import REASONS as AID_REASONS
from safepassage.domain.claims.conflict import DISPUTED
from safepassage.domain.claims.words import ForcesPredicate, Predicate
from safepassage.formats.facts.people_facts import REASONS
from safepassage.web.words import Words
from safepassage.web.words.dates import dated
from safepassage.web.words.sentences import fitted, spaced

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
    "every way to a site shares at least {part} % of this one, over {names}",
    "a reception site of the direction stands at the place itself",
    "the reception site is where people start",
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
    (
        "{count} of the {places} seats of the vehicles are kept free for people who come without having been "
        "counted."
    ),
    "No seat is kept free for people who come without having been counted, and {persons} are undecided.",
)  # fmt: skip
"""In English as the planner writes them; what stands in braces is handed on, or said where it is one itself.

The first that fits is taken: the more exact one stands first.
"""
NAMES = frozenset({"who", "what", "name", "names"})
"""Fields that hold names: only “and so many more” is said in them."""
TIMES = frozenset({"when", "way"})
"""Fields that hold times of the clock, perhaps beside names."""
_AND_MORE = "{names} and {count} more"
_CLAIMED = ", as claimed"
_NEAR = " near "
_TITLES = {str(word).replace("_", " ").lower() for kind in (Predicate, ForcesPredicate) for word in kind}


def planned(text: str, said: Words) -> str:
    """Return a sentence of the planner, or several, in the reader's language; others stay as they are."""
    whole = fitted(text, said, SENTENCES, in_field)
    if whole != text or "; " not in text:
        return whole
    return "; ".join(fitted(part, said, SENTENCES, in_field) for part in text.split("; "))


def in_field(name: str, value: str, said: Words) -> str:
    """Return what stands in a field of a sentence: numbers and names as they are, days in other words."""
    if name in TIMES:
        return dated(value, said)
    return spaced(fitted(value, said, (_AND_MORE,) if name in NAMES else SENTENCES, in_field))


def titled(text: str, said: Words) -> str:
    """Return the title of a conflict or a hazard: its word in the reader's language, the place as it is."""
    joint = _NEAR if _NEAR in text and ": " not in text else ": "
    head, found, place = text.partition(joint)
    word, claimed, _ = head.partition(_CLAIMED)
    known = said(DISPUTED) if word == DISPUTED else said(word.lower()) if word.lower() in _TITLES else ""
    if not known:
        return text
    added = f", {said('as claimed')}" if claimed else ""
    between = f" {said('near')} " if found == _NEAR else found
    return f"{known[:1].upper()}{known[1:]}{added}{between}{place}"

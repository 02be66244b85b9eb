"""Why a corridor is what it is, line by line, in the reader's language."""

from __future__ import annotations

from safepassage.web.words import Words
from safepassage.web.words.dates import dated
from safepassage.web.words.planner_words import planned
from safepassage.web.words.sentences import NUMBERS, fitted

LINES = (
    "Corridor {name}: {way} ({what})",
    "{km} km, {lasting} on free roads, exposure {part} %·h, up to {vehicles} vehicles/h",
    "tightest: {list}",
    "reported hazard: {list}",
    "binding constraint: {limit}",
    "what limits the direction: {limit}",
    "What would change it:",
    "Your way:",
    "there is no road along these points",
    "needs: {what} to be otherwise",
    "alternative: none; {limit}",
    "alternative: {km} km, {lasting}, shares {part} % of the length, up to {vehicles} vehicles/h",
    "{way}: the same way",
    ("{way}: {km} km, {lasting} ({more} min), exposure {part} %·h ({less}), up to {vehicles} vehicles/h"),
)
"""The first that fits is taken; lines are indented by what they belong to."""
WAYS = ("this corridor", "if nothing were closed", "least exposed way", "your way", "none")
"""What ways are called, and what stands where nothing limits."""


def explained(line: str, said: Words) -> str:
    """Return a line in the reader's language; one that is not known stays as it is."""
    text = line.lstrip(" ")
    return line[: len(line) - len(text)] + fitted(text, said, LINES, _field)


def _field(name: str, value: str, said: Words) -> str:
    if name in NUMBERS:
        return value
    if name == "limit":
        return said(value) if value in WAYS else planned(value, said)
    if name == "list":
        return value.replace("vehicles/h", said("vehicles/h"))
    return said(value) if value in WAYS else dated(value, said)

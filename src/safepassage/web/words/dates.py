"""Times of the clock and durations, in the reader's language."""

from __future__ import annotations

import re

from safepassage.web.words import Words

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
HOURS, MINUTES = "h", "min"
_PARTS = (
    re.compile(rf"\b({'|'.join(DAYS)})(?= \d)"),
    re.compile(rf"(?<=\d )({'|'.join(MONTHS)})\b"),
    re.compile(rf"(?<=\d )({HOURS}|{MINUTES})\b"),
)


def dated(text: str, said: Words) -> str:
    """Return a time or duration (`Sat 17 Aug 16:17`, `1 h 18 min`) in the reader's words."""
    for part in _PARTS:
        text = part.sub(lambda found: said(found[0]), text)
    return text

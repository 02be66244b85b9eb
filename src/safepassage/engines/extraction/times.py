"""When a text says something was so, resolved against its publication: vague words become wide intervals."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from safepassage.domain.claims.values import TimeSpan
from safepassage.domain.claims.words import TimePrecision

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
_MONTH_NAMES = "january february march april may june july august september october november december"
MONTHS = {name: n for n, name in enumerate(_MONTH_NAMES.split(), start=1)}
WEEKDAYS = {
    name: n
    for n, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"))
}
PARTS = {"morning": (5, 12), "afternoon": (12, 18), "evening": (18, 23), "night": (21, 30)}
"""Parts of a day as hours from its midnight; a night ends in the next morning."""
SMALL = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "couple": 2,
    "three": 3,
    "few": 4,
    "several": 5,
    "four": 4,
    "five": 5,
}
SMALL |= {"six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "24": 24, "48": 48}
VAGUE_ENDS = frozenset({"few", "several", "couple", "of"})
UNITS = {"hour": HOUR, "day": DAY, "week": 7 * DAY, "month": 30 * DAY}
SLACK = 0.5
"""A vague stretch ("the last couple of days") may reach half as far back again (practice)."""
LONG_AGO_DAYS = 200
"""A day and month without a year lies in the year that is nearest, at most so far ahead (practice)."""

_MONTH = "|".join(f"{name}|{name[:3]}\\.?" for name in MONTHS)
_WEEKDAY = "|".join(WEEKDAYS)
_PART = "|".join(PARTS)
_DAY_MONTH = rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<m>{_MONTH})(?:,?\s+(?P<y>\d{{4}}))?"
_MONTH_DAY = rf"(?P<m>{_MONTH})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s+(?P<y>\d{{4}}))?"


class Found(NamedTuple):
    """A time and where it stands: [start, end) in the text it was read from."""

    start: int
    end: int
    time: TimeSpan


class Clock(NamedTuple):
    """When and where a text was published: its local time, and what local time is ahead of UTC."""

    published: datetime
    offset: timedelta

    def span(
        self, start: datetime | None, end: datetime | None, precision: TimePrecision, text: str
    ) -> TimeSpan:
        """Return a time span of two local times."""
        return TimeSpan(
            from_utc_s=None if start is None else self._utc_s(start),
            until_utc_s=None if end is None else self._utc_s(end),
            precision=precision,
            text=text,
        )

    def _utc_s(self, local: datetime) -> int:
        return int((local - self.offset).replace(tzinfo=UTC).timestamp())

    def day(self, day: date) -> tuple[datetime, datetime]:
        """Return the midnights around a day."""
        start = datetime.combine(day, time())
        return start, start + DAY


def clock(published: str, offset_s: int = 0) -> Clock:
    """Return the clock of a publication; a day without a time counts as its last minute.

    Raises
    ------
    ValueError
        When `published` is no ISO 8601 date or time.
    """
    if len(published) == len("2024-08-14"):
        at = datetime.combine(date.fromisoformat(published), time(23, 59))
    else:
        at = datetime.fromisoformat(published)
        if at.tzinfo is not None:
            at = at.astimezone(UTC).replace(tzinfo=None) + timedelta(seconds=offset_s)
    return Clock(at, timedelta(seconds=offset_s))


def times(text: str, at: Clock) -> tuple[Found, ...]:
    """Return the times that a text names, in order; of readings that overlap the longest counts."""
    found: list[Found] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            span = read(match, at)
            if span is not None:
                found.append(Found(match.start(), match.end(), span))
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (f.start - f.end, f.start)):
        if all(one.end <= other.start or one.start >= other.end for other in kept):
            kept.append(one)
    return tuple(sorted(kept))


def _date_of(match: re.Match[str], at: Clock, suffix: str = "") -> date | None:
    """Return the date that day and month mean: without a year, the one nearest to the publication."""
    month = MONTHS[
        next(name for name in MONTHS if name.startswith(match[f"m{suffix}"].lower().rstrip(".")[:3]))
    ]
    day, year = int(match[f"d{suffix}"]), match[f"y{suffix}"]
    try:
        if year:
            return date(int(year), month, day)
        here = date(at.published.year, month, day)
        if here - at.published.date() > timedelta(days=LONG_AGO_DAYS):
            here = here.replace(year=here.year - 1)
    except ValueError:
        return None
    return here


def _dated(match: re.Match[str], at: Clock) -> TimeSpan | None:
    day = _date_of(match, at)
    if day is None:
        return None
    start, end = at.day(day)
    word = (match["how"] or "").lower().strip()
    if word.startswith("since"):
        return at.span(start, at.published, TimePrecision.DAY, match[0])
    if word in {"until", "till", "by", "before"}:
        return at.span(None, end, TimePrecision.DAY, match[0])
    return at.span(start, end, TimePrecision.DAY, match[0])


def _iso(match: re.Match[str], at: Clock) -> TimeSpan | None:
    try:
        start, end = at.day(date.fromisoformat(match[0]))
    except ValueError:
        return None
    return at.span(start, end, TimePrecision.DAY, match[0])


def _weekday(match: re.Match[str], at: Clock) -> TimeSpan:
    today = at.published.date()
    back = (today.weekday() - WEEKDAYS[match["weekday"].lower()]) % 7
    back = back or (7 if (match["last"] or "").lower() == "last" else 0)
    return _part_of(today - timedelta(days=back), match["part"], match[0], at)


def _relative_day(match: re.Match[str], at: Clock) -> TimeSpan:
    word = match["word"].lower()
    days = {
        "today": 0,
        "yesterday": 1,
        "tomorrow": -1,
        "tonight": 0,
        "last": 1,
        "this": 0,
        "earlier today": 0,
    }
    back = days.get(word, 2 if word.startswith("the day") else 0)
    part = match["part"] or ("night" if word == "tonight" else None)
    return _part_of(at.published.date() - timedelta(days=back), part, match[0], at)


def _part_of(day: date, part: str | None, text: str, at: Clock) -> TimeSpan:
    start, end = at.day(day)
    if part is None:
        return at.span(start, end, TimePrecision.DAY, text)
    first, last = PARTS[part.lower()]
    return at.span(start + first * HOUR, start + last * HOUR, TimePrecision.HOUR, text)


def _stretch(match: re.Match[str], at: Clock) -> TimeSpan:
    """The last two days, the past day or so: back from publication, further where the words are vague."""
    words = (match["n"] or "one").lower()
    number = next(
        (int(w) if w.isdigit() else SMALL[w] for w in words.split() if w.isdigit() or w in SMALL), 1
    )
    vague = (
        words.split()[-1] in {"few", "several", "couple", "of"} or match["so"] is not None or not match["n"]
    )
    length = number * UNITS[match["unit"].lower()]
    precision = TimePrecision.VAGUE if vague else TimePrecision.HOUR
    back = length * (1 + SLACK) if vague else length
    return at.span(at.published - back, at.published, precision, match[0])


def _small(word: str) -> int:
    return int(word) if word.isdigit() else SMALL.get(word, 0)


def _ago(match: re.Match[str], at: Clock) -> TimeSpan:
    number = _small(match["n"].lower().split()[0]) or 1
    unit = UNITS[match["unit"].lower()]
    middle = at.published - number * unit
    if unit == HOUR:
        return at.span(middle - HOUR / 2, middle + HOUR / 2, TimePrecision.HOUR, match[0])
    start, end = at.day(middle.date())
    wide = timedelta(0) if unit == DAY else unit / 2
    return at.span(
        start - wide, end + wide, TimePrecision.DAY if unit == DAY else TimePrecision.WEEK, match[0]
    )


def _between(match: re.Match[str], at: Clock) -> TimeSpan | None:
    """From 6 to 8 August: the month may stand once."""
    last = _date_of(match, at, "2")
    if last is None:
        return None
    try:
        first = last.replace(day=int(match["d1"]))
    except ValueError:
        return None
    if first > last:
        return None
    return at.span(at.day(first)[0], at.day(last)[1], TimePrecision.DAY, match[0])


def _recently(match: re.Match[str], at: Clock) -> TimeSpan:
    return at.span(at.published - 7 * DAY, at.published, TimePrecision.VAGUE, match[0])


_HOW = r"(?:(?P<how>since|until|till|by|before|on|from)\s+)?"
_FROM_TO = (
    rf"\b(?:from|between)\s+(?P<d1>\d{{1,2}})\s*(?:to|and|[-–])\s*(?P<d2>\d{{1,2}})\s+(?P<m2>{_MONTH})"
    rf"(?:,?\s+(?P<y2>\d{{4}}))?"
)
_NAMED_DAY = (
    rf"\b(?P<word>yesterday|today|tomorrow|tonight|last(?=\s+night)|this(?=\s+(?:{_PART}))|"
    rf"the\s+day\s+before\s+yesterday)(?:\s+(?P<part>{_PART}))?\b"
)
_DAY_OF_WEEK = rf"\b(?:on\s+)?(?P<last>last|this)?\s*(?P<weekday>{_WEEKDAY})(?:\s+(?P<part>{_PART}))?\b"
_BACK_FROM_NOW = (
    r"\b(?:in|over|during|within)\s+the\s+(?:last|past|previous)\s+"
    r"(?:(?P<n>\d+|(?:a\s+)?couple(?:\s+of)?|(?:a\s+)?few|[a-z]+)\s+)?"
    r"(?P<unit>hour|day|week|month)s?(?P<so>\s+or\s+so)?\b"
)
_SO_LONG_AGO = (
    r"\b(?P<n>\d+|an?|a\s+few|a\s+couple\s+of|[a-z]+)\s+(?P<unit>hour|day|week|month)s?\s+(?:ago|earlier)\b"
)
_LATELY = r"\b(?:recently|in\s+recent\s+days|lately|these\s+days)\b"
Reader = Callable[[re.Match[str], Clock], TimeSpan | None]
_PATTERNS: tuple[tuple[str, Reader], ...] = (
    (rf"\b{_HOW}{_DAY_MONTH}", _dated),
    (rf"\b{_HOW}{_MONTH_DAY}", _dated),
    (_FROM_TO, _between),
    (r"\b\d{4}-\d{2}-\d{2}\b", _iso),
    (_DAY_OF_WEEK, _weekday),
    (_NAMED_DAY, _relative_day),
    (_BACK_FROM_NOW, _stretch),
    (_SO_LONG_AGO, _ago),
    (_LATELY, _recently),
)
_READERS = tuple((re.compile(pattern, re.IGNORECASE), read) for pattern, read in _PATTERNS)

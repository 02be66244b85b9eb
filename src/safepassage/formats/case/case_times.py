"""Times as people write them, and as whole seconds from the start of the case.

In a file a time is ISO 8601 with an offset, a local `YYYY-MM-DD HH:MM`, or `HH:MM` on the day the case
starts; local means the first time zone of the case. Hours are `HH:MM-HH:MM` of every day, or two times with
a / between.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from safepassage.domain.case import Interval
from safepassage.formats.containers.tabular import shown, text_of

DAY_S = 86_400
YEAR_S = 366 * DAY_S
FIRST_YEAR, LAST_YEAR = 1950, 2200
TIME_HINT = "write HH:MM, YYYY-MM-DD HH:MM (both local), or YYYY-MM-DDTHH:MM+03:00"
HOURS_HINT = "write 06:00-20:00, several separated by ;"
_DAY_ZERO = date(1899, 12, 30)
"""Spreadsheets count days from here; a cell that is not formatted as a date shows their number."""
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_SLASHED = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?:[ T,]+(\d{1,2}:\d{2}))?")
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+\-−])\s*(\d{1,2})(?::?(\d{2}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Why a cell does not mean what its column needs: code, what is wrong, how to mend it."""

    code: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The start of a case and its first time zone; `known` is false where the start could not be read.

    `changing` is that zone where its clocks are changed within the horizon: local times are what they show.
    """

    epoch: datetime
    offset_s: int
    horizon_s: int
    known: bool = True
    changing: tzinfo | None = None

    @property
    def zone(self) -> tzinfo:
        """The first time zone of the case, as a fixed offset unless its clocks are changed."""
        return self.changing or timezone(timedelta(seconds=self.offset_s))

    @property
    def start_day(self) -> date:
        """The local day on which the case starts."""
        return self.epoch.astimezone(self.zone).date()

    def seconds(self, cell: Any, *, years: int = 1, ends_day: bool = False) -> int | Fault:
        """Return the seconds from the start that a cell means, at most so many years before or after it.

        A date without a time is the beginning of its day, or its end where `ends_day` holds.
        """
        moment = self.moment(cell)
        if isinstance(moment, Fault):
            return moment
        seconds = (moment - self.epoch) // timedelta(seconds=1)
        if ends_day and _is_date_alone(cell):
            seconds += DAY_S
        if self.known and abs(seconds) > years * YEAR_S:
            message = f"{shown(cell)} is more than a year from the start of the case"
            if years > 1:
                message = f"{shown(cell)} is more than {years} years from the start of the case"
            hint = "check the year and the order of day and month"
            return Fault(code="TIME_FAR", message=message, hint=hint)
        return seconds

    def moment(self, cell: Any) -> datetime | Fault:
        """Return the moment in UTC that a cell means."""
        if isinstance(cell, datetime):
            return self._utc(cell)
        if isinstance(cell, date):
            return self._utc(datetime.combine(cell, time(0)))
        if isinstance(cell, time):
            return self._on_day(cell.hour * 3600 + cell.minute * 60 + cell.second)
        text = text_of(cell)
        found = _CLOCK.fullmatch(text)
        if found:
            seconds = clock_s(text)
            return _no_time(text) if seconds is None else self._on_day(seconds)
        return self._iso(text)

    def _iso(self, text: str) -> datetime | Fault:
        plain = text.replace("−", "-").replace("Z", "+00:00") if text.endswith("Z") else text
        if re.match(r"\d{4}-\d{2}-\d{2}", plain) is None:
            return _no_time(text)
        try:
            moment = datetime.fromisoformat(plain)
        except ValueError:
            return _no_time(text)
        return self._utc(moment)

    def _utc(self, moment: datetime) -> datetime | Fault:
        try:
            local = moment if moment.tzinfo else moment.replace(tzinfo=self.zone)
            return local.astimezone(UTC).replace(microsecond=0)
        except (OverflowError, ValueError):
            return _no_time(str(moment))

    def _on_day(self, seconds: int) -> datetime:
        start = datetime.combine(self.start_day, time(0), tzinfo=self.zone)
        return (start + timedelta(seconds=seconds)).astimezone(UTC)

    def iso(self, seconds: int) -> str:
        """Return seconds from the start as ISO 8601 UTC."""
        return iso_utc(self.epoch + timedelta(seconds=seconds))

    def text(self, cell: Any) -> str | Fault:
        """Return a date as it is, and a date with a time as ISO 8601 UTC: for times that are only printed."""
        if isinstance(cell, date) and not isinstance(cell, datetime):
            return cell.isoformat()
        plain = text_of(cell)
        if isinstance(cell, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", plain):
            moment = self.moment(plain)
            return moment if isinstance(moment, Fault) else plain
        moment = self.moment(cell)
        return moment if isinstance(moment, Fault) else iso_utc(moment)

    def windows(self, text: str) -> tuple[Interval, ...] | Fault:
        """Return the intervals that hours mean within the horizon, in order, disjoint.

        Hours that never fall within the horizon give intervals beyond it: never open, not always open.
        """
        intervals: list[Interval] = []
        for part in filter(None, (piece.strip() for piece in text.split(";"))):
            found = self._absolute(part) if "/" in part else self._daily(part)
            if isinstance(found, Fault):
                return found
            intervals += found
        return joined(intervals) if intervals else no_hours(text)

    def _absolute(self, part: str) -> list[Interval] | Fault:
        ends = [self.seconds(end.strip()) for end in part.split("/")]
        bad = next((end for end in ends if isinstance(end, Fault)), None)
        if bad is not None:
            return bad
        if len(ends) != 2:  # noqa: PLR2004 - from and until
            return no_hours(part)
        first, last = (end for end in ends if isinstance(end, int))
        return reversed_window(part) if last <= first else [Interval(from_s=first, until_s=last)]

    def _daily(self, part: str) -> list[Interval] | Fault:
        ends = [clock_s(end) for end in re.split(r"\s*[-–—]\s*", part.strip())]
        if len(ends) != 2 or None in ends:  # noqa: PLR2004
            return no_hours(part)
        first, last = (end for end in ends if end is not None)
        if first == last:
            return reversed_window(part)
        if last < first:
            last += DAY_S
        return self.every_day(lambda _: (first, last))

    def every_day(self, hours: Callable[[date], tuple[int, int] | None]) -> list[Interval]:
        """Return the intervals that the local seconds `hours(day)` make of the days of the horizon."""
        intervals = []
        for number in range(-1, self.horizon_s // DAY_S + 3):
            span = hours(self.start_day + timedelta(days=number))
            if span is None:
                continue
            # By the clocks of each day: one on which they are changed has another length.
            first, last = (
                (self._on_day(number * DAY_S + end) - self.epoch) // timedelta(seconds=1) for end in span
            )
            if last > 0:
                intervals.append(Interval(from_s=max(0, first), until_s=last))
        within = [interval for interval in intervals if interval.from_s < self.horizon_s]
        return within or intervals[:1] or [self.never]

    @property
    def never(self) -> Interval:
        """An interval that lies beyond the horizon."""
        return Interval(from_s=self.horizon_s, until_s=self.horizon_s + 1)


def joined(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return intervals in order, with those that overlap or touch made one."""
    found: list[Interval] = []
    for interval in sorted(intervals, key=lambda one: (one.from_s, one.until_s)):
        if found and interval.from_s <= found[-1].until_s:
            found[-1] = Interval(from_s=found[-1].from_s, until_s=max(found[-1].until_s, interval.until_s))
        else:
            found.append(interval)
    return tuple(found)


def clock_s(text: str) -> int | None:
    """Return the seconds from midnight of `HH:MM` or `HH:MM:SS`, up to 24:00, or None."""
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        return None
    hours, minutes, seconds = int(found[1]), int(found[2]), int(found[3] or 0)
    total = hours * 3600 + minutes * 60 + seconds
    return total if minutes < 60 and seconds < 60 and total <= DAY_S else None  # noqa: PLR2004


def _is_date_alone(cell: Any) -> bool:
    if isinstance(cell, date):
        return not isinstance(cell, datetime)
    return re.fullmatch(r"\d{4}-\d{2}-\d{2}", text_of(cell)) is not None


def iso_utc(moment: datetime) -> str:
    """Return a moment as ISO 8601 UTC with Z, whole seconds."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def start_of_case(cell: Any) -> datetime | Fault:
    """Return the start with its offset from UTC; a local time alone does not say when that is."""
    hint = "write date, time and offset from UTC: 2024-08-16T06:00+03:00"
    text = cell.isoformat() if isinstance(cell, datetime) else text_of(cell)
    try:
        moment = datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    except ValueError:
        return Fault(code="TIME_FORMAT", message=f"{shown(cell)} is not a date and time", hint=hint)
    if moment.tzinfo is None:
        return Fault(code="TIME_OFFSET", message=f"{shown(cell)} has no offset from UTC", hint=hint)
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        return Fault(code="TIME_FAR", message=f"{shown(cell)} is too far from now", hint="check the year")
    return moment.replace(microsecond=0)


_OF_THIS_COMPUTER = ("localtime", "posix", "right/", "factory")
"""Files beside the time zones that mean another time on another computer, or count leap seconds."""


def zones(text: str, start: datetime, end: datetime | None = None) -> tuple[tuple[str, int], ...] | Fault:
    """Return (label, seconds east of UTC) of time zones written as `label=zone; label=zone`.

    A zone whose clocks are changed before `end` is there twice, with when it holds in its label: before the
    change and, after all others, from it on.
    """
    found: list[tuple[str, int]] = []
    later: list[tuple[str, int]] = []
    for part in filter(None, (piece.strip() for piece in text.split(";"))):
        label, name = _zone_part(part)
        offset = offset_s(name, start)
        if isinstance(offset, Fault):
            return offset
        change = None if end is None else changed_at(name, start, end)
        after = offset if change is None else offset_s(name, change)
        if change is None or isinstance(after, Fault):
            found.append((label, offset))
            continue
        found.append((f"{label} (–{_shown_at(change, offset)})", offset))
        later.append((f"{label} ({_shown_at(change, after)}–)", after))
    return (*found, *later)


def _shown_at(moment: datetime, offset: int) -> str:
    return f"{moment + timedelta(seconds=offset):%d.%m. %H:%M}"


def _zone_part(part: str) -> tuple[str, str]:
    label, separator, zone = (piece.strip() for piece in part.partition("="))
    return label, zone if separator else label


def changed_at(zone: str, start: datetime, end: datetime) -> datetime | None:
    """Return the minute, in UTC, from which the clocks of a zone show another offset than at the start.

    None where they do not until `end`. Clocks that are changed twice until then count by what they end with.
    """
    before = offset_s(zone, start)
    if offset_s(zone, end) == before:
        return None
    first, minutes = start.astimezone(UTC), int((end - start).total_seconds()) // 60 + 1
    at = bisect_left(
        range(minutes), 1, key=lambda minute: int(offset_s(zone, first + timedelta(minutes=minute)) != before)
    )
    return first + timedelta(minutes=at)


def first_zone(text: str, start: datetime, end: datetime) -> tzinfo | None:
    """Return the first of zones where its clocks are changed between two moments."""
    _, name = _zone_part(text.split(";", maxsplit=1)[0].strip())
    return ZoneInfo(name) if changed_at(name, start, end) is not None else None


def first_changed_at(text: str, start: datetime, end: datetime) -> datetime | None:
    """Return when clocks of the first of zones are changed between two moments."""
    _, name = _zone_part(text.split(";", maxsplit=1)[0].strip())
    return changed_at(name, start, end)


def offset_s(zone: str, moment: datetime) -> int | Fault:
    """Return the seconds east of UTC of a zone name or a fixed offset, at a moment."""
    fixed = _OFFSET.fullmatch(zone)
    if zone.upper() in {"UTC", "GMT", "Z"}:
        return 0
    if fixed:
        seconds = int(fixed[2]) * 3600 + int(fixed[3] or 0) * 60
        if seconds > 14 * 3600 or int(fixed[3] or 0) >= 60:  # noqa: PLR2004 - the farthest zone in use
            return _no_zone(zone)
        return seconds if fixed[1] == "+" else -seconds
    name = re.fullmatch(r"[A-Za-z][A-Za-z0-9_+\-]*(/[A-Za-z0-9_+\-]+){0,2}", zone)
    if name is None or zone.casefold().startswith(_OF_THIS_COMPUTER):
        return _no_zone(zone)
    try:
        offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    except (KeyError, ValueError, OSError):
        return _no_zone(zone)
    return 0 if offset is None else int(offset.total_seconds())


def _no_zone(zone: str) -> Fault:
    return Fault(
        code="TIME_ZONE",
        message=f"{shown(zone)} is not a time zone known on this computer",
        hint="write a name such as Kursk=Europe/Moscow, or the offset, which always works: Kursk=+03:00",
    )


def _no_time(text: Any) -> Fault:
    days = _readings(str(text).strip()) or _counted(str(text).strip())
    hint = f"write {' or '.join(days)}, if that day is meant" if days else TIME_HINT
    return Fault(code="TIME_FORMAT", message=f"{shown(text)} is not a time", hint=hint)


def _readings(text: str) -> list[str]:
    """Return the dates that 8/9/24 may be, day first and month first; none where it is no date."""
    found = _SLASHED.fullmatch(text)
    if found is None:
        return []
    first, second, year = (int(part) for part in found.groups()[:3])
    year += 2_000 if year < 100 else 0  # noqa: PLR2004 - written with two digits
    days = []
    for month, day in ((second, first), (first, second)):
        try:
            days.append(f"{date(year, month, day)} {found[4] or ''}".strip())
        except ValueError:
            continue
    return list(dict.fromkeys(days))


def _counted(text: str) -> list[str]:
    """Return the date that a spreadsheet counts as so many days; none where that is no year of our time."""
    if re.fullmatch(r"\d{5}(\.\d{1,12})?", text) is None:
        return []
    day = _DAY_ZERO + timedelta(days=int(text.partition(".")[0]))
    return [day.isoformat()] if FIRST_YEAR <= day.year <= LAST_YEAR else []


def no_hours(text: str) -> Fault:
    """Return the fault of hours that cannot be read."""
    return Fault(code="HOURS_FORMAT", message=f"{shown(text)} are no hours", hint=HOURS_HINT)


def reversed_window(text: str) -> Fault:
    """Return the fault of a window without a duration."""
    return Fault(
        code="WINDOW_REVERSED",
        message=f"{shown(text)} ends before it starts, or at once",
        hint="put the earlier time first; hours over midnight are written 20:00-06:00",
    )


def reversed_times(first_s: int, last_s: int, clock: Clock) -> Fault:
    """Return the fault of two times of a row, in seconds from the start, of which the second is no later."""
    text = f"from {clock.iso(first_s)} until {clock.iso(last_s)}"
    hint = "put the earlier time first"
    if first_s - DAY_S < last_s:
        next_day = (clock.epoch + timedelta(seconds=last_s + DAY_S)).astimezone(clock.zone)
        hint += f", or write {next_day:%Y-%m-%d %H:%M} if it is on the next day"
    return replace(reversed_window(text), hint=hint)

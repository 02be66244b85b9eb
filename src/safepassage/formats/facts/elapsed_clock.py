"""Time counted from the start, for plans without a date."""

from __future__ import annotations

from datetime import UTC, datetime

from safepassage.formats.facts.local_clock import LocalClock, Zone

HOUR_S = 3_600


class ElapsedClock(LocalClock):
    """Writes grid seconds as hours and minutes since people started: ``2:05``, also beyond a day."""

    __slots__ = ()

    @classmethod
    def new(cls) -> ElapsedClock:
        """Return the clock; it needs no case."""
        zone = Zone(label="hours after the start", offset_s=0)
        return cls(epoch=datetime(2000, 1, 1, tzinfo=UTC), zones=(zone,))

    def moment(self, seconds: int, zone: Zone | None = None, *, dated: bool = False) -> str:
        """Return ``2:05``; there is no zone and no date."""
        del zone, dated
        return elapsed(seconds)


def elapsed(seconds: int) -> str:
    """Return hours and minutes, the minutes rounded up: nobody is told an earlier time than the plan's."""
    minutes = -(-seconds // 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def in_words(seconds: int) -> str:
    """Return ``1 h 23 min``, or ``45 min``; minutes rounded up."""
    minutes = -(-seconds // 60)
    return f"{minutes // 60} h {minutes % 60:02d} min" if minutes >= 60 else f"{minutes} min"  # noqa: PLR2004

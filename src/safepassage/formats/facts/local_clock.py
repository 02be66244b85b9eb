"""Grid seconds as people say them: in the local times of both sides, never in the reader's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEK, _HOUR_S = 7, 3600
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A local time: the labels of all who live by it, and its seconds east of UTC."""

    label: str
    offset_s: int

    @property
    def time(self) -> str:
        """Whose time it is: ``Kyiv time``, or ``UTC``."""
        return "UTC" if self.label == "UTC" else f"{self.label} time"

    @property
    def utc_text(self) -> str:
        """The offset as ``UTC+3`` or ``UTC+5:30``."""
        sign, rest = ("+" if self.offset_s >= 0 else "−"), abs(self.offset_s)
        hours, minutes = divmod(rest // 60, 60)
        return "UTC" if not rest else f"UTC{sign}{hours}" + (f":{minutes:02d}" if minutes else "")


def _zones(rows: Iterable[Mapping[str, Any]]) -> tuple[Zone, ...]:
    labels: dict[int, list[str]] = {}
    for row in rows:
        labels.setdefault(int(row["offset_s"]), []).append(str(row["label"]))
    zones = tuple(Zone(label=" and ".join(names), offset_s=offset) for offset, names in labels.items())
    return zones or (Zone(label="UTC", offset_s=0),)


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalClock:
    """Writes grid seconds in the case's time zones; places with one and the same time share a zone."""

    epoch: datetime
    zones: tuple[Zone, ...]

    @classmethod
    def of(cls, inputs: Mapping[str, Any]) -> LocalClock:
        """Read epoch and time zones from the inputs of a release."""
        return cls(epoch=instant(inputs["epoch"]), zones=_zones(inputs.get("time_zones", ())))

    def at(self, seconds: int, zone: Zone | None = None) -> datetime:
        """Return the naive local date and time of a grid second."""
        offset = (zone or self.zones[0]).offset_s
        return (self.epoch + timedelta(seconds=int(seconds) + offset)).replace(tzinfo=None)

    def seconds(self, iso: str) -> int:
        """Return the grid second of an ISO time."""
        return round((instant(iso) - self.epoch).total_seconds())

    def moment(self, seconds: int, zone: Zone | None = None, *, dated: bool = False) -> str:
        """Return ``17:40``, with the day in front when it is not the day the grid starts.

        The day is ``Sat`` within a week, ``Sat 17 Aug`` beyond it or when `dated`.
        """
        local, start = self.at(seconds, zone), self.at(0, zone)
        text, days = f"{local.hour:02d}:{local.minute:02d}", (local.date() - start.date()).days
        if days == 0:
            return text
        if 0 < days < _WEEK and not dated:
            return f"{_DAYS[local.weekday()]} {text}"
        return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {text}"

    def moments(self, seconds: int, *, dated: bool = False) -> str:
        """Return the time in every zone, ``17:40 / 18:40``, in the order of the legend."""
        return " / ".join(self.moment(seconds, zone, dated=dated) for zone in self.zones)

    def named(self, seconds: int) -> str:
        """Return the dated time, named where there are several: ``17:40 Kyiv / 18:40 Moscow``."""
        if len(self.zones) == 1:
            return self.moment(seconds, dated=True)
        return " / ".join(f"{self.moment(seconds, zone, dated=True)} {zone.label}" for zone in self.zones)

    def hour(self, seconds: int) -> str:
        """Return the hour that begins in a second, in every zone: ``Sat 15:00–16:00``."""
        end = {zone: self.at(seconds + _HOUR_S, zone) for zone in self.zones}
        return " / ".join(
            f"{self.moment(seconds, zone)}–{end[zone].hour:02d}:{end[zone].minute:02d}" for zone in self.zones
        )

    def day(self, seconds: int) -> str:
        """Return the local date, ``Fri 16 Aug 2024``."""
        local = self.at(seconds)
        return f"{_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} {local.year}"

    def local_text(self, seconds: int, zone: Zone) -> str:
        """Return ``2024-08-16 17:40`` for tables."""
        return self.at(seconds, zone).strftime("%Y-%m-%d %H:%M")

    def told(self, seconds: int) -> str:
        """Return ``2024-10-27 05:30`` in the first zone, where there are several ``2024-10-27 05:30+03:00``.

        Where clocks are changed within the plan the first zone is that of before: without its offset the time
        would be read as what clocks show after the change.
        """
        local = self.at(seconds).replace(tzinfo=timezone(timedelta(seconds=self.zones[0].offset_s)))
        text = local.isoformat(" ", "minutes")
        return text if len(self.zones) > 1 else text[: len("2024-10-27 05:30")]

    def utc_text(self, seconds: int) -> str:
        """Return ``2024-08-16T14:40:00Z``."""
        return self.at(seconds, Zone(label="UTC", offset_s=0)).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def legend(self) -> str:
        """Whose time is printed: one sentence without a full stop."""
        parts = [zone.time if zone.time == "UTC" else f"{zone.time} ({zone.utc_text})" for zone in self.zones]
        return "Times are " + " / ".join(parts)


def instant(iso: str) -> datetime:
    """Return the instant of an ISO time; one without an offset is UTC."""
    moment = datetime.fromisoformat(iso)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

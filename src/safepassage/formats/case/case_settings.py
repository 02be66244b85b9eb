"""The settings of a case: what it is, when it starts, and the policy it is planned with."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import Any

from safepassage.domain.case import Interval, Settings
from safepassage.domain.dictionary.dictionary import Column, ValueType, table
from safepassage.domain.dictionary.dictionary_settings import EXTRA_PREFIX
from safepassage.domain.local_days import ClockChange
from safepassage.domain.problem import Problem, Where
from safepassage.domain.suggestions import nearest
from safepassage.formats.case.case_rows import keyed_row, problem_of
from safepassage.formats.case.case_times import (
    Clock,
    Fault,
    first_changed_at,
    first_zone,
    iso_utc,
    joined,
    start_of_case,
    zones,
)
from safepassage.formats.case.case_values import read_cell
from safepassage.formats.containers.tabular import (
    RawTable,
    error,
    is_blank,
    normal_name,
    shown,
    text_of,
    warning,
)
from safepassage.kernels.daylight import DAY_S, civil_daylight_s

DAYLIGHT = "daylight"
TWILIGHT_MARGIN_S = 32 * 60
"""Daylight begins so long after civil twilight does and ends so long before it.

Rule SP-16 fails what is nearer than 30 minutes by its own formula, which differs by up to 89 seconds below
60 degrees of latitude (20,000 days and places drawn).
"""
_NO_START = datetime(2000, 1, 1, tzinfo=UTC)
_LATER = {"start", "time_zones", "movement_hours"}
"""Keys that are read in an order of their own: each needs what the one before says."""


@dataclass(slots=True, kw_only=True)
class SettingsReading:
    """What the settings say, by field of the case or of `Settings`, and where each key stands."""

    clock: Clock
    case: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    zone_pairs: tuple[tuple[str, int], ...] = ()
    movement: str = ""
    where: dict[str, Where] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def windows(
        self, lon_lat_deg: Sequence[tuple[float, float]], *, placed: bool = True
    ) -> tuple[Interval, ...]:
        """Return the hours of movement; daylight is when it is light at all these points.

        `placed` is false where no place could be read: that is said of the table, not of the hours.
        """
        if not self.movement:
            return ()
        if self.movement.casefold() != DAYLIGHT:
            found = self.clock.windows(self.movement)
            if isinstance(found, Fault):
                self.problems.append(problem_of(found, self.where["movement_hours"]))
                return ()
            return found
        if not lon_lat_deg and not placed:
            return ()
        if not lon_lat_deg:
            message = "daylight cannot be computed: no place has coordinates"
            hint = "give the hours (06:00-20:00), or coordinates for the places"
            self.problems.append(error("HOURS_FORMAT", self.where["movement_hours"], message, hint))
            return ()
        return daylight_windows(self.clock, lon_lat_deg)


def daylight_windows(clock: Clock, lon_lat_deg: Sequence[tuple[float, float]]) -> tuple[Interval, ...]:
    """Return when it is light everywhere, with a margin, within the horizon and from the start of the case.

    Everywhere are the corners of the box around the points: no place in it has less light than all of them.
    """
    lon, lat = zip(*lon_lat_deg, strict=True)
    corners = sorted({(x, y) for x in (min(lon), max(lon)) for y in (min(lat), max(lat))})
    found = []
    for number in range(-2, clock.horizon_s // 86_400 + 3):
        day = clock.epoch.date() + timedelta(days=number)
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        light = _light_at_all_s(day.toordinal(), corners)
        base = (midnight - clock.epoch) // timedelta(seconds=1)
        if light is not None and base + light[1] > 0 and base + light[0] < clock.horizon_s:
            found.append(Interval(from_s=max(0, base + light[0]), until_s=base + light[1]))
    return joined(found) or (clock.never,)


def _light_at_all_s(day: int, lon_lat_deg: Sequence[tuple[float, float]]) -> tuple[int, int] | None:
    """Return begin and end of the light that all points share on a day, in seconds of it; None without."""
    begin, end = -DAY_S, 2 * DAY_S
    for lon_deg, lat_deg in lon_lat_deg:
        light = civil_daylight_s(day, lat_deg, lon_deg)
        if light is None:
            return None
        margin_s = TWILIGHT_MARGIN_S if light[1] - light[0] < DAY_S else 0
        begin, end = max(begin, light[0] + margin_s), min(end, light[1] - margin_s)
    return (begin, end) if begin < end else None


def read_settings(raw: RawTable | None, file: str, *, unread: bool = False) -> SettingsReading:
    """Read the settings; with a fault in the start the rest is read as if the case began in 2000.

    `unread` says that there are settings whose file could not be read, which has been reported.
    """
    reading = SettingsReading(clock=Clock(epoch=_NO_START, offset_s=0, horizon_s=86_400, known=False))
    if unread:
        return reading
    if raw is None or not raw.header:
        message = "there are no settings" if raw is None else "the settings are empty"
        hint = "write case.toml with id, title, exercise and start (safepassage init shows how)"
        reading.problems.append(error("TABLE_MISSING", Where(file=file, sheet="settings"), message, hint))
        return reading
    for name in ("key", "value"):
        if name not in raw.header:
            message = f"the required column {name} is missing"
            where = raw.where(raw.header_row, name)
            reading.problems.append(error("COLUMN_MISSING", where, message, "name the columns key and value"))
            return reading
    cells = keyed_row(raw)
    _check_keys(raw, cells, reading)
    known = {column.name: column for column in table("settings").columns}
    for key, (_, row) in cells.items():
        reading.where[key] = raw.where(row.number, key)
    _plain_keys(cells, known, reading)
    _read_start(cells, reading)
    _read_rest(cells, reading)
    return reading


def _check_keys(raw: RawTable, cells: Mapping[str, Any], reading: SettingsReading) -> None:
    known = tuple(column.name for column in table("settings").columns)
    position = raw.header.index("key")
    counts = Counter(
        normal_name(row.cells[position])
        for row in raw.rows
        if position < len(row.cells) and row.cells[position]
    )
    for key, (_, row) in cells.items():
        where = raw.where(row.number, key)
        if counts[key] > 1:
            message = f"the setting {key} stands there {counts[key]} times"
            reading.problems.append(error("SETTING_TWICE", where, message, "keep one of them"))
        if key not in known and not key.startswith(EXTRA_PREFIX):
            near = nearest(key, known)
            hint = f"did you mean {near}? " if near else ""
            reading.problems.append(
                warning(
                    "SETTING_UNKNOWN",
                    where,
                    f"there is no setting {shown(key)}; it was left out",
                    f"{hint}settings of your own begin with {EXTRA_PREFIX}",
                )
            )


def _plain_keys(
    cells: Mapping[str, tuple[Any, Any]], known: Mapping[str, Column], reading: SettingsReading
) -> None:
    """Read what needs no clock, the horizon among it."""
    for name, column in known.items():
        if name in _LATER or column.type is ValueType.MOMENT:
            continue
        cell = cells[name][0] if name in cells else None
        if is_blank(cell):
            if column.required:
                _missing(name, column, reading, cells)
            continue
        value = read_cell(cell, column, reading.clock)
        if isinstance(value, Fault):
            reading.problems.append(problem_of(value, reading.where[name]))
            continue
        place, _, fieldname = column.field.rpartition(".")
        if place == "case":
            reading.case[fieldname] = value
        elif not place:
            reading.settings[fieldname] = value
    extra = {key: text_of(cell) for key, (cell, _) in cells.items() if key.startswith(EXTRA_PREFIX)}
    if extra:
        reading.settings["extra"] = MappingProxyType(extra)
    _check_country(reading)
    if reading.settings.get("horizon_s", 1) < 1:
        message, hint = "nothing can be planned in no time", "write how many hours are planned: 24"
        reading.problems.append(error("NUMBER_TOO_SMALL", reading.where["horizon_h"], message, hint))
        del reading.settings["horizon_s"]


def _check_country(reading: SettingsReading) -> None:
    country = reading.settings.get("country", "")
    if country and not re.fullmatch(r"[A-Za-z]{2}", country):
        message = f"{shown(country)} is not a two-letter country code"
        hint = "write UA, RU, or the code of your country"
        reading.problems.append(error("COUNTRY_FORMAT", reading.where["country"], message, hint))
    reading.settings["country"] = country.upper()


def _missing(
    name: str, column: Column, reading: SettingsReading, cells: Mapping[str, tuple[Any, Any]]
) -> None:
    file = next(iter(reading.where.values()), Where(file="case.toml", sheet="settings"))
    known = {one.name for one in table("settings").columns}
    near = nearest(name, [key for key in cells if key not in known])
    where = reading.where.get(name, Where(file=file.file, sheet=file.sheet, column=name))
    quotes = where.file.endswith(".toml") and column.type not in {ValueType.WHOLE, ValueType.NUMBER}
    example = f'"{column.example}"' if quotes else column.example
    hint = f"rename {near} to {name}" if near else f"add it, for example {name} = {example}"
    reading.problems.append(
        error("SETTING_MISSING", where, f"the setting {name} is missing: {column.meaning}", hint)
    )


def _read_start(cells: Mapping[str, tuple[Any, Any]], reading: SettingsReading) -> None:
    horizon_s = reading.settings.get("horizon_s", Settings().horizon_s)
    reading.clock = Clock(epoch=_NO_START, offset_s=0, horizon_s=horizon_s, known=False)
    cell = cells["start"][0] if "start" in cells else None
    if is_blank(cell):
        _missing("start", table("settings").column("start"), reading, cells)
        return
    start = start_of_case(cell)
    if isinstance(start, Fault):
        reading.problems.append(problem_of(start, reading.where["start"]))
        return
    offset = start.utcoffset() or timedelta(0)
    reading.zone_pairs = _zones(cells, start, reading) or ((_label(offset), round(offset.total_seconds())),)
    reading.clock = Clock(
        epoch=start.astimezone(UTC), offset_s=reading.zone_pairs[0][1], horizon_s=horizon_s,
        changing=_changing(cells, start, horizon_s),
    )  # fmt: skip


def _label(offset: timedelta) -> str:
    minutes = round(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _zones(
    cells: Mapping[str, tuple[Any, Any]], start: datetime, reading: SettingsReading
) -> tuple[tuple[str, int], ...]:
    cell = cells["time_zones"][0] if "time_zones" in cells else None
    if is_blank(cell):
        return ()
    end = start + timedelta(seconds=reading.settings.get("horizon_s", Settings().horizon_s))
    found = zones(text_of(cell), start, end)
    if isinstance(found, Fault):
        reading.problems.append(problem_of(found, reading.where["time_zones"]))
        return ()
    if found != zones(text_of(cell), start):
        reading.problems.append(
            warning(
                "TIME_CHANGES",
                reading.where["time_zones"],
                f"clocks are changed within the hours that are planned; all times are printed in each of: "
                f"{'; '.join(label for label, _ in found)}",
                "hours and local times are read as clocks show them then; write the offset into a time that "
                "comes twice, and tell everybody that the first time printed is the one before the change",
            )
        )
    return found


def _changing(cells: Mapping[str, tuple[Any, Any]], start: datetime, horizon_s: int) -> tzinfo | None:
    """Return the first time zone where its clocks are changed within the hours that are planned."""
    cell = cells["time_zones"][0] if "time_zones" in cells else None
    end = start + timedelta(seconds=horizon_s)
    if is_blank(cell) or isinstance(zones(text_of(cell), start), Fault):
        return None
    return first_zone(text_of(cell), start, end)


def _clock_change(cells: Mapping[str, tuple[Any, Any]], clock: Clock) -> ClockChange | None:
    """Return when clocks of the first time zone are changed; zones change on whole minutes of UTC."""
    end = clock.epoch + timedelta(seconds=clock.horizon_s)
    change = first_changed_at(text_of(cells["time_zones"][0]), clock.epoch, end)
    if change is None:
        return None
    at_s = (change.replace(second=0) - clock.epoch) // timedelta(seconds=1)
    after = change.astimezone(clock.zone).utcoffset() or timedelta(0)
    return ClockChange(at_s=max(0, at_s), offset_s=after // timedelta(seconds=1))


def _read_rest(cells: Mapping[str, tuple[Any, Any]], reading: SettingsReading) -> None:
    if "movement_hours" in cells and not is_blank(cells["movement_hours"][0]):
        reading.movement = text_of(cells["movement_hours"][0])
    reading.case["epoch"] = iso_utc(reading.clock.epoch)
    reading.case["as_of"] = reading.case["epoch"]
    reading.case["time_zones"] = reading.zone_pairs
    if reading.clock.changing is not None:
        reading.case["clock_change"] = _clock_change(cells, reading.clock)
    if "as_of" in cells and not is_blank(cells["as_of"][0]):
        moment = reading.clock.moment(cells["as_of"][0])
        if not isinstance(moment, Fault) and _after_all(moment, reading.clock):
            message = f"{shown(cells['as_of'][0])} is after the last hour that is planned"
            hint = "as_of is when reports were as they stand here: check its year, and that of start"
            moment = Fault(code="TIME_FAR", message=message, hint=hint)
        if isinstance(moment, Fault):
            reading.problems.append(problem_of(moment, reading.where["as_of"]))
        else:
            reading.case["as_of"] = iso_utc(moment)


def _after_all(moment: datetime, clock: Clock) -> bool:
    """Whether reports would be from after the plan: a year is wrong, and their age could not be judged."""
    return clock.known and moment - clock.epoch > timedelta(seconds=clock.horizon_s)

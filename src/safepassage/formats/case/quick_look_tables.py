"""The small tables of a quick look: exits, links that are not roads, checkpoints."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from safepassage.domain.errors import FormatError, TableError
from safepassage.domain.problem import Problem, Where
from safepassage.domain.quick_look import Checkpoint, OffRoadLink
from safepassage.formats.containers.tabular import RawTable, error, read_csv, shown
from safepassage.formats.geometry.geometry import Point, point_e7
from safepassage.formats.geometry.geometry_in import GEOMETRY_SUFFIXES, read_features

MINUTE_S, HOUR_S = 60, 3_600
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)")
_NUMBER = re.compile(r"\d{1,9}(\.\d+)?")
Row = dict[str, str]
Made = TypeVar("Made")


def read_exits(text: str) -> tuple[Point, ...]:
    """Return the points of ``LAT,LON;LAT,LON``, of a map file or of a CSV with lat and lon.

    Raises
    ------
    FormatError
        When there is no point, or one cannot be read.
    """
    if not text.lower().endswith((*GEOMETRY_SUFFIXES, ".csv")):
        pairs = [part.split(",") for part in text.split(";") if part.strip()]
        if not pairs or any(len(pair) != 2 for pair in pairs):  # noqa: PLR2004 - latitude and longitude
            what = f"{shown(text)} is neither LAT,LON;LAT,LON nor a file of points"
            raise FormatError(file="--exits", what=what, remedy="write for example 41.15,-8.61;41.18,-8.60")
        return tuple(_point({"lat": lat, "lon": lon}, Where(file="--exits")) for lat, lon in pairs)
    path = Path(text)
    if text.lower().endswith(".csv"):
        return tuple(_rows(path, _point))
    features = read_features(_bytes(path), str(path))
    if isinstance(features, Problem):
        raise TableError((features,))
    found = tuple(f.point for f in features if f.point is not None)
    if not found:
        raise FormatError(file=str(path), what="the file holds no point", remedy="mark each exit as a point")
    return found


def read_links(path: Path) -> tuple[OffRoadLink, ...]:
    """Return links from a CSV: name, mode, lat, lon, travel_min; departures and persons, or persons_h."""
    return tuple(_rows(path, _link))


def read_checkpoints(path: Path) -> tuple[Checkpoint, ...]:
    """Return checkpoints from a CSV with name, lat, lon and vehicles_h or persons_h."""
    return tuple(_rows(path, _checkpoint))


def _bytes(path: Path) -> bytes:
    if not path.is_file():
        raise FormatError(file=str(path), what="there is no such file", remedy="check its name")
    return path.read_bytes()


def _rows(path: Path, make: Callable[[Row, Where], Made]) -> list[Made]:
    table: RawTable | Problem = read_csv(path.stem, str(path), _bytes(path))
    if isinstance(table, Problem):
        raise TableError((table,))
    found = [
        make(record, table.where(row.number)) for record, row in zip(table.records(), table.rows, strict=True)
    ]
    if not found:
        raise FormatError(
            file=str(path), what="the table has no rows", remedy="give a header and one row each"
        )
    return found


def _fail(where: Where, column: str, what: str, hint: str) -> TableError:
    place = Where(file=where.file, row=where.row, column=column)
    return TableError((error("TABLE_VALUE", place, what, hint),))


def _point(row: Row, where: Where) -> Point:
    for column in ("lat", "lon"):
        if not row.get(column):
            raise _fail(where, column, f"{column} is missing", "write it in degrees, for example 41.15")
    found = point_e7(row["lon"], row["lat"], where)
    if isinstance(found, Problem):
        raise TableError((found,))
    return found


def _whole(row: Row, where: Where, column: str) -> int | None:
    text = row.get(column, "")
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise _fail(
            where, column, f"{column} is {shown(text)}, not a number", "write a number without a unit"
        )
    return round(float(text))


def _checkpoint(row: Row, where: Where) -> Checkpoint:
    lon, lat = _point(row, where)
    vehicles, persons = _whole(row, where, "vehicles_h"), _whole(row, where, "persons_h")
    if vehicles is None and persons is None:
        raise _fail(where, "vehicles_h", "nothing says how many may pass", "give vehicles_h or persons_h")
    return Checkpoint(
        name=row.get("name") or f"checkpoint {where.row}", lon_e7=lon, lat_e7=lat, vehicles_h=vehicles,
        persons_h=persons,
    )  # fmt: skip


def _link(row: Row, where: Where) -> OffRoadLink:
    lon, lat = _point(row, where)
    mode = row.get("mode", "").casefold()
    if mode not in {"train", "boat", "foot"}:
        raise _fail(where, "mode", f"mode is {shown(mode)}", "write train, boat or foot")
    persons_h, travel = _whole(row, where, "persons_h"), _whole(row, where, "travel_min")
    departures = _departures(row, where)
    if persons_h is None and not departures:
        hint = "give departures and persons (per departure), or persons_h"
        raise _fail(where, "departures", "nothing says how many may go when", hint)
    return OffRoadLink(
        name=row.get("name") or f"{mode} {where.row}", mode=mode, lon_e7=lon, lat_e7=lat,
        travel_s=max(1, (travel or 0) * MINUTE_S), persons_h=persons_h, departures=departures,
    )  # fmt: skip


def _departures(row: Row, where: Where) -> tuple[tuple[int, int], ...]:
    """Return (seconds after the start, persons) of ``0:30; 12:00``: hours and minutes after the start."""
    text = row.get("departures", "")
    if not text:
        return ()
    persons = _whole(row, where, "persons")
    if not persons:
        raise _fail(
            where, "persons", "a departure carries nobody", "give the persons that each departure takes"
        )
    found = []
    for part in text.split(";"):
        clock = _CLOCK.fullmatch(part.strip())
        if clock is None:
            hint = "write hours and minutes after the start, for example 0:30; 12:00"
            raise _fail(where, "departures", f"{shown(part)} is no departure", hint)
        found.append((int(clock[1]) * HOUR_S + int(clock[2]) * MINUTE_S, persons))
    return tuple(sorted(found))

"""Which features somebody asks for: the parameters of OGC API – Features, Part 1: Core, §7.15."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Any

from safepassage.formats.facts.local_clock import instant

LIMIT, MOST = 100, 10_000
MOST_OFFSET, BOX, CUBE, LONGEST = 10**9, 4, 6, 100
PARAMETERS = ("bbox", "datetime", "limit", "offset")
Feature = dict[str, Any]


class QueryError(ValueError):
    """A parameter is unknown or cannot be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """Which features are asked for: a box in degrees, a stretch of grid seconds, and which part of them."""

    box: tuple[float, float, float, float] | None = None
    from_s: float = -inf
    until_s: float = inf
    limit: int = LIMIT
    offset: int = 0

    @classmethod
    def of(cls, given: Mapping[str, str], epoch: datetime) -> Query:
        """Read the parameters of a request.

        Raises
        ------
        QueryError
            When one is unknown or cannot be used.
        """
        strange = sorted(set(given) - set(PARAMETERS))
        if strange:
            raise QueryError(f"{strange[0][:LONGEST]} is no parameter here: use {', '.join(PARAMETERS)}")
        from_s, until_s = _span(given["datetime"], epoch) if "datetime" in given else (-inf, inf)
        return cls(
            box=_box(given["bbox"]) if "bbox" in given else None, from_s=from_s, until_s=until_s,
            limit=min(_whole(given, "limit", LIMIT, least=1, most=MOST_OFFSET), MOST),
            offset=_whole(given, "offset", 0, least=0, most=MOST_OFFSET),
        )  # fmt: skip

    def takes(self, feature: Feature) -> bool:
        """Tell whether a feature lies in the box and holds at some time of the stretch."""
        properties = feature["properties"]
        from_s, until_s = properties.get("from_s"), properties.get("until_s")
        if (from_s is not None and from_s > self.until_s) or (until_s is not None and until_s <= self.from_s):
            return False
        if self.box is None or feature["geometry"] is None:
            return True
        west, south, east, north = self.box
        xs, ys = zip(*_points(feature["geometry"]["coordinates"]), strict=True)
        inside = min(xs) <= east and max(xs) >= west
        over_date_line = west > east and (min(xs) <= east or max(xs) >= west)
        return (inside or over_date_line) and min(ys) <= north and max(ys) >= south


def _whole(given: Mapping[str, str], name: str, default: int, *, least: int, most: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < LONGEST and least <= int(text) <= most):
        raise QueryError(f"{name} is a whole number from {least} on")
    return int(text)


def _box(text: str) -> tuple[float, float, float, float]:
    try:
        found = [float(part) for part in text[: LONGEST * CUBE].split(",")]
    except ValueError:
        found = []
    if len(found) == CUBE:
        found = [*found[:2], *found[3:5]]
    if len(found) != BOX or not all(abs(number) <= 360 for number in found) or found[1] > found[3]:  # noqa: PLR2004
        raise QueryError("bbox is west,south,east,north in degrees")
    return found[0], found[1], found[2], found[3]


def _span(text: str, epoch: datetime) -> tuple[float, float]:
    """Return the grid seconds of an RFC 3339 time or of an interval of two, open where `..` stands."""
    parts = text[:LONGEST].split("/")
    try:
        ends = [None if part in {"", ".."} else (instant(part) - epoch).total_seconds() for part in parts]
    except ValueError:
        ends = []
    if not ends or len(ends) > 2 or ends == [None]:  # noqa: PLR2004
        raise QueryError("datetime is a time as in RFC 3339, or two with / between")
    first, last = ends[0], ends[-1]
    found = (-inf if first is None else first, inf if last is None else last)
    if found[0] > found[1]:
        raise QueryError("datetime ends before it begins")
    return found


def _points(part: Sequence[Any]) -> Iterator[tuple[float, float]]:
    if isinstance(part[0], (int, float)):
        yield part[0], part[1]
        return
    for inner in part:
        yield from _points(inner)

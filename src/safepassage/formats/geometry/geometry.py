"""Points and polygons as whole 1e-7 degrees, and what is wrong with those that are not.

A polygon is a tuple of rings, the outer one first, of (lon_e7, lat_e7) points, closed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from safepassage.domain.problem import Problem, Where
from safepassage.formats.containers.tabular import error, shown

MAX_POINTS = 200_000

Point = tuple[int, int]
Ring = tuple[Point, ...]
Polygon = tuple[Ring, ...]
Polygons = tuple[Polygon, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One feature of a map file: `number` counts from 1, `point` or `polygons` is set, lines have neither."""

    number: int
    name: str = ""
    kind: str = ""
    properties: dict[str, Any] = field(default_factory=dict)
    point: Point | None = None
    polygons: Polygons = ()
    problems: tuple[Problem, ...] = ()


def point_e7(lon: Any, lat: Any, where: Where) -> Point | Problem:
    """Return a point from two numbers in degrees, or a problem: no number, out of range, swapped."""
    try:
        x, y = Decimal(str(lon).strip()), Decimal(str(lat).strip())
    except InvalidOperation:
        return _format(where, f"{shown(lon)} {shown(lat)} is not a longitude and a latitude")
    # Compared as they are: arithmetic on 1e999999999 would overflow.
    if not (x.is_finite() and y.is_finite() and -180 <= x <= 180 and -180 <= y <= 180):  # noqa: PLR2004
        return _format(where, f"{shown(lon)} {shown(lat)} is not a longitude and a latitude in degrees")
    if abs(y) > 90:  # noqa: PLR2004 - degrees from the equator to a pole
        return error(
            "GEOMETRY_SWAPPED",
            where,
            f"latitude {shown(lat)} does not exist; latitude and longitude seem to be swapped",
            "write longitude first, then latitude: that is the order of WKT, GeoJSON and KML",
        )
    scale = 10**7
    return round(x * scale), round(y * scale)


def closed_ring(points: list[Point], where: Where) -> Ring | Problem:
    """Return a ring, or a problem: too few points, or the last is not the first."""
    if len(points) < 3 or len(set(points)) < 3:  # noqa: PLR2004 - a triangle is the least that has an inside
        return error(
            "GEOMETRY_FORMAT",
            where,
            f"a ring of the polygon has only {len(set(points))} different points",
            "give at least three corners, then the first again",
        )
    if points[0] != points[-1]:
        return error(
            "GEOMETRY_NOT_CLOSED",
            where,
            "a ring of the polygon does not end where it begins",
            f"repeat its first point {_degrees(points[0])} at the end",
        )
    return tuple(points)


def checked_polygons(polygons: Polygons, where: Where) -> Polygons | Problem:
    """Return polygons that are simple and have an inside, or a problem that says where they are not."""
    import shapely  # noqa: PLC0415 - costs a tenth of a second, and most cases have few areas

    if sum(len(ring) for polygon in polygons for ring in polygon) > MAX_POINTS:
        return error(
            "GEOMETRY_TOO_LARGE",
            where,
            f"the polygon has more than {MAX_POINTS:,} points",
            "simplify it in your mapping program",
        )
    scale = 1e-7
    parts = [
        shapely.Polygon(
            [(x * scale, y * scale) for x, y in polygon[0]],
            [[(x * scale, y * scale) for x, y in hole] for hole in polygon[1:]],
        )
        for polygon in polygons
    ]
    for part in parts:
        if not shapely.is_valid(part):
            return _invalid(shapely.is_valid_reason(part), where)
        if part.area <= 0.0:
            return error("GEOMETRY_FORMAT", where, "the polygon has no inside", "draw it again as an area")
    if len(parts) > 1 and not shapely.is_valid(shapely.MultiPolygon(parts)):
        return _invalid(shapely.is_valid_reason(shapely.MultiPolygon(parts)), where)
    return polygons


def _invalid(reason: str, where: Where) -> Problem:
    """Return the problem of a polygon that crosses itself; `reason` ends with [lon lat]."""
    what, _, place = reason.partition("[")
    spot = ", ".join(reversed(place.rstrip("]").split()))
    near = f" near latitude, longitude {spot}" if spot else ""
    crossing = "self-intersection" in what.lower()
    return error(
        "GEOMETRY_CROSSES_ITSELF" if crossing else "GEOMETRY_FORMAT",
        where,
        f"the outline crosses or touches itself{near}"
        if crossing
        else f"the polygon is not valid ({what.strip().lower()}){near}",
        "put the corners in order around the area, or split it into two areas where it crosses",
    )


def unreadable(where: Where, what: str) -> Problem:
    """Return the problem of a geometry that is not written as it should be."""
    return _format(where, what)


def _format(where: Where, what: str) -> Problem:
    return error(
        "GEOMETRY_FORMAT",
        where,
        what,
        "write POLYGON ((lon lat, lon lat, lon lat, first again)), or name a file such as zone.geojson",
    )


def _degrees(point: Point) -> str:
    return f"{Decimal(point[0]).scaleb(-7).normalize():f} {Decimal(point[1]).scaleb(-7).normalize():f}"


def feature_named(features: tuple[Feature, ...], name: str, where: Where) -> Polygons | Problem:
    """Return the polygons of the feature of that name; with no name, those of all features together."""
    from difflib import get_close_matches  # noqa: PLC0415

    having = [feature for feature in features if feature.polygons or feature.problems]
    chosen = [f for f in having if not name or name in {f.name, str(f.properties.get("id", ""))}]
    for feature in chosen:
        if feature.problems:
            return replace(feature.problems[0], where=where)
    if chosen:
        return tuple(polygon for feature in chosen for polygon in feature.polygons)
    names = [feature.name for feature in having if feature.name]
    if not having:
        return error("GEOMETRY_KIND", where, "the file holds no polygon", "draw the area as a polygon")
    near = get_close_matches(name, names, n=1, cutoff=0.0) if names else []
    return error(
        "GEOMETRY_FEATURE",
        where,
        f"the file holds no polygon named {shown(name)}",
        f"write {shown(near[0])}"
        if near
        else "leave out the # and the name to take all polygons of the file",
    )

"""Polygons written as well-known text (WKT), the form for a cell of a table."""

from __future__ import annotations

import json
import re
from typing import Any

import shapely

from safepassage.domain.problem import Problem, Where
from safepassage.formats.containers.tabular import error, shown
from safepassage.formats.geometry.geometry import Point, Polygon, Polygons, closed_ring, point_e7, unreadable

_HEAD = re.compile(r"\s*(?:SRID\s*=\s*(\d+)\s*;)?\s*([A-Za-z]+)\s*(?:ZM|Z|M)?\s*(\(.*\))\s*", re.DOTALL)
_RING = re.compile(r"\(([^()]*)\)")


def read(text: str, where: Where) -> Polygons | Problem:
    """Return the polygons of a POLYGON or MULTIPOLYGON text, longitude first, or what is wrong with it."""
    found = _HEAD.fullmatch(text)
    if found is None:
        return unreadable(where, f"{shown(text)} is not a polygon")
    if found[1] not in {None, "4326"}:
        return error(
            "GEOMETRY_REFERENCE",
            where,
            f"the polygon is in reference system {found[1]}",
            "give it in longitude and latitude, WGS 84 (SRID 4326)",
        )
    kind, body = found[2].upper(), found[3]
    if kind == "POLYGON":
        bodies = [body]
    elif kind == "MULTIPOLYGON":
        bodies = [f"({part})" for part in re.findall(r"\(\s*(\([^()]*\)(?:\s*,\s*\([^()]*\))*)\s*\)", body)]
        if re.sub(r"[\s,]", "", body) != "(" + "".join(re.sub(r"[\s,]", "", part) for part in bodies) + ")":
            return unreadable(where, "the brackets of the MULTIPOLYGON do not match")
    else:
        return error(
            "GEOMETRY_KIND", where, f"{kind} is not an area", "draw the area as a polygon: POLYGON ((…))"
        )
    polygons = []
    for part in bodies:
        polygon = _polygon(part, where)
        if isinstance(polygon, Problem):
            return polygon
        polygons.append(polygon)
    return tuple(polygons) or unreadable(where, "the MULTIPOLYGON is empty")


def _polygon(body: str, where: Where) -> Polygon | Problem:
    rings = []
    rest = _RING.sub("", body)
    if re.sub(r"[\s,]", "", rest) != "()":
        return unreadable(where, "the brackets of the POLYGON do not match")
    for ring in _RING.findall(body):
        points: list[Point] = []
        for pair in ring.split(","):
            numbers = pair.split()
            if len(numbers) not in {2, 3, 4}:
                return unreadable(where, f"{shown(pair)} is not a longitude and a latitude")
            point = point_e7(numbers[0], numbers[1], where)
            if isinstance(point, Problem):
                return point
            points.append(point)
        closed = closed_ring(points, where)
        if isinstance(closed, Problem):
            return closed
        rings.append(closed)
    return tuple(rings) or unreadable(where, "the POLYGON is empty")


def write(polygons: Polygons) -> str:
    """Return polygons as text; `read` gives back the same points."""
    bodies = ["(" + ", ".join(_ring(ring) for ring in polygon) + ")" for polygon in polygons]
    return f"POLYGON {bodies[0]}" if len(bodies) == 1 else f"MULTIPOLYGON ({', '.join(bodies)})"


def as_geojson(text: str) -> dict[str, Any]:
    """Return a geometry of any type, as a database writes it, as GeoJSON (RFC 7946).

    Raises
    ------
    ValueError
        When the text is no geometry.
    """
    try:
        geometry: dict[str, Any] = json.loads(shapely.to_geojson(shapely.from_wkt(text)))
    except shapely.errors.ShapelyError as fault:
        raise ValueError(f"no geometry: {fault}") from fault
    return geometry


def _ring(ring: tuple[Point, ...]) -> str:
    return "(" + ", ".join(f"{degrees(x)} {degrees(y)}" for x, y in ring) + ")"


def degrees(value_e7: int) -> str:
    """Return whole 1e-7 degrees as the shortest decimal degrees: 512345000 as 51.2345."""
    whole, part = divmod(abs(value_e7), 10**7)
    fraction = f"{part:07d}".rstrip("0")
    return ("-" if value_e7 < 0 else "") + str(whole) + (f".{fraction}" if fraction else "")

"""GeoJSON (RFC 7946) as input: features with points and polygons."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

from safepassage.domain.problem import Problem, Where
from safepassage.formats.containers.tabular import decode, error, shown
from safepassage.formats.geometry.geometry import (
    Feature,
    Polygon,
    Polygons,
    checked_polygons,
    closed_ring,
    point_e7,
    unreadable,
)

_DEPTH = {"Point": 1, "MultiPoint": 2, "LineString": 2, "MultiLineString": 3, "Polygon": 3, "MultiPolygon": 4}
_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326")


def read(data: bytes, where: Where) -> tuple[Feature, ...] | Problem:
    """Return the features of a GeoJSON document, or what is wrong with the document as a whole."""
    text = decode(data, where)
    if isinstance(text, Problem):
        return text
    try:
        root = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError, ArithmeticError) as fault:
        return error(
            "FILE_DAMAGED",
            where,
            f"the file is not JSON ({fault})",
            "export it again from your mapping program",
        )
    if not isinstance(root, dict):
        return unreadable(where, "the file is JSON but not GeoJSON")
    reference = (
        str(((root.get("crs") or {}).get("properties") or {}).get("name", "")) if _has_crs(root) else ""
    )
    if reference and not reference.endswith(_WGS84):
        return error(
            "GEOMETRY_REFERENCE",
            where,
            f"the file is in reference system {shown(reference)}",
            "export it again in longitude and latitude, WGS 84 (EPSG:4326)",
        )
    return _features(root, where)


def _has_crs(root: dict[str, Any]) -> bool:
    crs = root.get("crs")
    return isinstance(crs, dict) and isinstance(crs.get("properties"), dict)


def _features(root: dict[str, Any], where: Where) -> tuple[Feature, ...] | Problem:
    kind = root.get("type")
    if kind == "FeatureCollection":
        members = root.get("features")
        if not isinstance(members, list):
            return unreadable(where, "the collection has no list of features")
    elif kind == "Feature":
        members = [root]
    elif kind in _DEPTH or kind == "GeometryCollection":
        members = [{"type": "Feature", "geometry": root, "properties": {}}]
    else:
        return unreadable(where, f"the file is JSON but not GeoJSON: its type is {shown(kind)}")
    return tuple(_feature(member, number, where) for number, member in enumerate(members, start=1))


def _feature(member: Any, number: int, where: Where) -> Feature:
    here = Where(file=where.file, row=number)
    if not isinstance(member, dict):
        return Feature(number=number, problems=(unreadable(here, f"feature {number} is no feature"),))
    properties = member.get("properties")
    named = (
        {str(key): _plain(value) for key, value in properties.items()} if isinstance(properties, dict) else {}
    )
    if "id" not in named and isinstance(member.get("id"), str | int):
        named["id"] = str(member["id"])
    name = next((str(value) for key, value in named.items() if key.casefold() == "name"), "")
    plain = Feature(number=number, name=name, properties=named)
    geometry = member.get("geometry")
    if geometry is None:
        return plain
    return _with_geometry(plain, geometry, here)


def _plain(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(part, str | int | Decimal) for part in value):
        return "; ".join(str(part) for part in value)
    return str(value) if isinstance(value, Decimal | dict | list) else value


def _with_geometry(feature: Feature, geometry: Any, where: Where) -> Feature:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates: Any = geometry.get("coordinates") if isinstance(geometry, dict) else None
    found: Any = None
    if kind in _DEPTH and _nesting(coordinates) != _DEPTH[kind]:
        found = unreadable(where, f"the coordinates of a {kind} are nested to the wrong depth")
    elif kind == "Point":
        found = _position(coordinates, where)
    elif kind == "Polygon":
        found = _polygons([coordinates], where)
    elif kind == "MultiPolygon":
        found = _polygons(coordinates, where)
    elif kind not in _DEPTH and kind != "GeometryCollection":
        found = unreadable(where, f"there is no geometry {shown(kind)}")
    if isinstance(found, Problem):
        return replace(feature, kind=str(kind), problems=(found,))
    if kind == "Point":
        return replace(feature, kind=kind, point=found)
    return replace(feature, kind=str(kind), polygons=found or ())


def _nesting(coordinates: Any) -> int:
    depth = 0
    while isinstance(coordinates, list):
        depth += 1
        if not coordinates:
            return -1
        coordinates = coordinates[0]
    return depth


def _position(position: Any, where: Where) -> Any:
    pair = position[:2] if isinstance(position, list) else []
    if len(pair) < 2 or not all(_is_number(number) for number in pair):  # noqa: PLR2004
        return unreadable(where, f"{shown(position)} is not a longitude and a latitude")
    return point_e7(pair[0], pair[1], where)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _polygons(members: list[Any], where: Where) -> Polygons | Problem:
    polygons: list[Polygon] = []
    for member in members:
        rings = []
        if _nesting(member) != _DEPTH["Polygon"]:
            return unreadable(where, "the coordinates of a polygon are nested to the wrong depth")
        for ring in member:
            points = [_position(position, where) for position in ring] if isinstance(ring, list) else []
            bad = next((point for point in points if isinstance(point, Problem)), None)
            closed = bad or closed_ring(points, where)
            if isinstance(closed, Problem):
                return closed
            rings.append(closed)
        polygons.append(tuple(rings))
    return checked_polygons(tuple(polygons), where)

"""KML, KMZ and GPX as input: named points and polygons, with the data attached to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from xml.etree.ElementTree import Element

from safepassage.domain.problem import Problem, Where
from safepassage.formats.containers.safe_xml import local, parse
from safepassage.formats.containers.safe_zip import damaged, open_zip
from safepassage.formats.geometry.geometry import (
    Feature,
    Point,
    Polygon,
    checked_polygons,
    closed_ring,
    point_e7,
    unreadable,
)

_BOUNDARIES = {"outerBoundaryIs", "innerBoundaryIs"}


def read_kmz(data: bytes, where: Where) -> tuple[Feature, ...] | Problem:
    """Return the features of the first KML document in a KMZ archive (doc.kml where there is one)."""
    archive = open_zip(data, where)
    if isinstance(archive, Problem):
        return archive
    names = [name for name in archive.names if name.lower().endswith(".kml")]
    if not names:
        return damaged(where, "it holds no KML document")
    document = archive.read("doc.kml" if "doc.kml" in names else names[0])
    return document if isinstance(document, Problem) else read_kml(document, where)


def read_kml(data: bytes, where: Where) -> tuple[Feature, ...] | Problem:
    """Return the placemarks of a KML document."""
    root = parse(data, where, where.file)
    if isinstance(root, Problem):
        return root
    if local(root.tag) not in {"kml", "Document", "Folder", "Placemark"}:
        return unreadable(where, f"the file is XML but not KML: its root is {local(root.tag)}")
    marks = (element for element in root.iter() if local(element.tag) == "Placemark")
    return tuple(_placemark(mark, number, where) for number, mark in enumerate(marks, start=1))


def _placemark(mark: Element, number: int, where: Where) -> Feature:
    here = Where(file=where.file, row=number)
    properties: dict[str, Any] = {}
    for element in mark.iter():
        kind = local(element.tag)
        if kind == "Data":
            properties[element.get("name", "")] = _child_text(element, "value")
        elif kind == "SimpleData":
            properties[element.get("name", "")] = (element.text or "").strip()
    name = _child_text(mark, "name")
    if mark.get("id") and "id" not in properties:
        properties["id"] = mark.get("id")
    plain = Feature(number=number, name=name, properties=properties)
    polygons: list[Polygon] = []
    for element in mark.iter():
        if local(element.tag) == "Polygon":
            polygon = _kml_polygon(element, here)
            if isinstance(polygon, Problem):
                return replace(plain, kind="Polygon", problems=(polygon,))
            polygons.append(polygon)
    if polygons:
        checked = checked_polygons(tuple(polygons), here)
        if isinstance(checked, Problem):
            return replace(plain, kind="Polygon", problems=(checked,))
        return replace(plain, kind="Polygon", polygons=checked)
    return _kml_point(mark, plain, here)


def _kml_point(mark: Element, plain: Feature, where: Where) -> Feature:
    for element in mark.iter():
        if local(element.tag) == "Point":
            points = _kml_points(element, where)
            if isinstance(points, Problem):
                return replace(plain, kind="Point", problems=(points,))
            return replace(plain, kind="Point", point=points[0])
    return plain


def _child_text(parent: Element, name: str) -> str:
    for child in parent:
        if local(child.tag) == name:
            return "".join(child.itertext()).strip()
    return ""


def _kml_polygon(polygon: Element, where: Where) -> Polygon | Problem:
    rings = []
    # The outer boundary may stand after the inner ones.
    boundaries = sorted(
        (child for child in polygon if local(child.tag) in _BOUNDARIES),
        key=lambda child: local(child.tag) != "outerBoundaryIs",
    )
    for boundary in boundaries:
        points = _kml_points(boundary, where)
        ring = points if isinstance(points, Problem) else closed_ring(points, where)
        if isinstance(ring, Problem):
            return ring
        rings.append(ring)
    return tuple(rings) or unreadable(where, "a polygon has no outline")


def _kml_points(parent: Element, where: Where) -> list[Point] | Problem:
    points = []
    for triple in _coordinate_texts(parent):
        numbers = triple.split(",")
        if len(numbers) not in {2, 3}:
            return unreadable(where, f"“{triple[:60]}” is not a longitude, a latitude and a height")
        point = point_e7(numbers[0], numbers[1], where)
        if isinstance(point, Problem):
            return point
        points.append(point)
    return points or unreadable(where, "a geometry has no coordinates")


def _coordinate_texts(parent: Element) -> Iterator[str]:
    for element in parent.iter():
        if local(element.tag) == "coordinates":
            yield from (element.text or "").split()


def read_gpx(data: bytes, where: Where) -> tuple[Feature, ...] | Problem:
    """Return the waypoints of a GPX document as points; tracks and routes have no place in a case."""
    root = parse(data, where, where.file)
    if isinstance(root, Problem):
        return root
    if local(root.tag) != "gpx":
        return unreadable(where, f"the file is XML but not GPX: its root is {local(root.tag)}")
    points = (element for element in root if local(element.tag) == "wpt")
    return tuple(_waypoint(point, number, where) for number, point in enumerate(points, start=1))


def _waypoint(element: Element, number: int, where: Where) -> Feature:
    here = Where(file=where.file, row=number)
    properties: dict[str, Any] = {}
    for name, column in (("type", "kind"), ("desc", "note"), ("src", "source"), ("time", "as_of")):
        text = _child_text(element, name)
        if text:
            properties[column] = text
    extensions = (child for child in element if local(child.tag) == "extensions")
    for extension in extensions:
        properties |= {local(child.tag): (child.text or "").strip() for child in extension}
    point = point_e7(element.get("lon", ""), element.get("lat", ""), here)
    name = _child_text(element, "name")
    if isinstance(point, Problem):
        return Feature(number=number, name=name, kind="Point", properties=properties, problems=(point,))
    return Feature(number=number, name=name, kind="Point", properties=properties, point=point)

"""One route of a released plan as GPX 1.1: a planned way (rte), never a recorded track."""

from __future__ import annotations

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Release
from safepassage.formats.containers.markup import Markup, element, joined
from safepassage.formats.gis.device_routes import DeviceRoute, Stop, device_route

_NAMESPACE = "http://www.topografix.com/GPX/1/1"
_LICENCE = "https://opendatacommons.org/licenses/odbl/1-0/"


def write(release: Release, layers: MapLayers, route: int) -> bytes:
    """Return one route with its line and stops; no times, no counts, no other ways.

    Elements stand in the order of the GPX 1.1 schema (rteType: name, cmt, desc, src, …, type, rtept).
    """
    way = device_route(release, layers, route)
    attributes = {"version": "1.1", "creator": "safepassage", "xmlns": _NAMESPACE}
    document = element("gpx", attributes, _metadata(way), *map(_waypoint, way.stops), _route(way))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}\n'.encode()


def _heading(way: DeviceRoute) -> str:
    return f"EXERCISE · {way.name}" if way.exercise else way.name


def _metadata(way: DeviceRoute) -> Markup:
    parts = [element("name", {}, _heading(way)), element("desc", {}, f"{way.sensitivity}. {way.attribution}")]
    if "openstreetmap" in way.attribution.lower():
        parts.append(
            element("copyright", {"author": "OpenStreetMap contributors"}, element("license", {}, _LICENCE))
        )
    parts.append(element("keywords", {}, way.sensitivity))
    return element("metadata", {}, *parts)


def _waypoint(stop: Stop) -> Markup:
    return _point("wpt", stop.point, stop.name)


def _point(tag: str, point: tuple[int, int], name: str = "") -> Markup:
    attributes = {"lat": _degrees(point[1]), "lon": _degrees(point[0])}
    return element(tag, attributes, *([element("name", {}, name)] if name else []))


def _degrees(value_e7: int) -> str:
    return f"{value_e7 / 1e7:.7f}"


def _route(way: DeviceRoute) -> Markup:
    named = {0: way.stops[0].name, len(way.line) - 1: way.stops[-1].name}
    points = joined(_point("rtept", point, named.get(i, "")) for i, point in enumerate(way.line))
    facts = (element("name", {}, _heading(way)), element("desc", {}, way.sensitivity))
    return element("rte", {}, *facts, element("src", {}, way.attribution), points)

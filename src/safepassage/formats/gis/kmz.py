"""One route of a released plan as KMZ: KML 2.2 in a zip archive with fixed times."""

from __future__ import annotations

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Release
from safepassage.formats.containers.fixed_archive import archive
from safepassage.formats.containers.markup import Markup, element
from safepassage.formats.gis.device_routes import DeviceRoute, device_route

_NAMESPACE = "http://www.opengis.net/kml/2.2"
# KML colours are aabbggrr: a strong blue that stands out on satellite pictures.
_COLOUR = "ffb27200"


def write(release: Release, layers: MapLayers, route: int) -> bytes:
    """Return one route with its line and stops; no times, no counts, no other ways."""
    return archive({"doc.kml": _kml(device_route(release, layers, route))})


def _kml(way: DeviceRoute) -> bytes:
    heading = f"EXERCISE · {way.name}" if way.exercise else way.name
    line = element(
        "LineString",
        {},
        element("tessellate", {}, "1"),
        element("coordinates", {}, " ".join(map(_position, way.line))),
    )
    style = element("LineStyle", {}, element("color", {}, _COLOUR), element("width", {}, "5"))
    document = element(
        "Document",
        {},
        element("name", {}, heading),
        element("description", {}, f"{way.sensitivity}. {way.attribution}"),
        element("Style", {"id": "way"}, style),
        _placemark(way.name, line, style="#way"),
        *(
            _placemark(stop.name, element("Point", {}, element("coordinates", {}, _position(stop.point))))
            for stop in way.stops
        ),
    )
    root = element("kml", {"xmlns": _NAMESPACE}, document)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{root}\n'.encode()


def _position(point: tuple[int, int]) -> str:
    return f"{point[0] / 1e7:.7f},{point[1] / 1e7:.7f}"


def _placemark(name: str, geometry: Markup, style: str = "") -> Markup:
    parts = [element("name", {}, name)]
    if style:
        parts.append(element("styleUrl", {}, style))
    return element("Placemark", {}, *parts, geometry)

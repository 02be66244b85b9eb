"""Features of a map file: GeoJSON, KML, KMZ or GPX.

Every reader gives the same plain features; what they mean (a place, an area) is decided by the case reader.
"""

from __future__ import annotations

from safepassage.domain.problem import Problem, Where
from safepassage.formats.containers.tabular import error
from safepassage.formats.geometry import geometry_geojson, geometry_xml
from safepassage.formats.geometry.geometry import Feature

MAX_GEOMETRY_BYTES = 64 * 1024 * 1024
GEOMETRY_SUFFIXES = (".geojson", ".json", ".kml", ".kmz", ".gpx")


def read_features(data: bytes, file: str) -> tuple[Feature, ...] | Problem:
    """Read all features of a map file, by the ending of its name; or say in one problem why not."""
    where = Where(file=file)
    lower = file.lower()
    if len(data) > MAX_GEOMETRY_BYTES:
        return error(
            "FILE_TOO_LARGE",
            where,
            f"the file has {len(data):,} bytes, more than {MAX_GEOMETRY_BYTES:,}",
            "export only the areas that are planned with",
        )
    if lower.endswith((".geojson", ".json")):
        return geometry_geojson.read(data, where)
    if lower.endswith(".kml"):
        return geometry_xml.read_kml(data, where)
    if lower.endswith(".kmz"):
        return geometry_xml.read_kmz(data, where)
    if lower.endswith(".gpx"):
        return geometry_xml.read_gpx(data, where)
    return error(
        "FILE_KIND",
        where,
        "the file is no map file that can be read",
        f"give one of {', '.join(GEOMETRY_SUFFIXES)}",
    )

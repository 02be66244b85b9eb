"""An area as people name it: well-known text, a map file, or the name of a place on the map extract."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from safepassage.domain.errors import FormatError, TableError
from safepassage.domain.problem import Problem, Where
from safepassage.domain.suggestions import nearest, quoted
from safepassage.formats.geometry import geometry_wkt
from safepassage.formats.geometry.geometry import Point, Polygons, checked_polygons, feature_named
from safepassage.formats.geometry.geometry_in import GEOMETRY_SUFFIXES, read_features

_WKT = re.compile(r"\s*(SRID\s*=|[A-Za-z]+\s*(Z|M|ZM)?\s*\()", re.IGNORECASE)
WKT_SUFFIXES = (".wkt", ".txt")
_E7 = 10_000_000


def read_area(text: str, network: Path) -> tuple[str, Polygons]:
    """Return (name, polygons) of an area.

    Parameters
    ----------
    text
        ``POLYGON ((lon lat, …))`` or a file that holds it (.wkt, .txt), a GeoJSON, KML or KMZ file
        (``file#name`` takes one feature), or the name of a boundary in the map extract.
    network
        The map extract in which a name is looked up.

    Raises
    ------
    FormatError
        When there is no such area, or its outline crosses itself; one sentence says what and where.
    """
    if _WKT.match(text):
        return "The area", _from_wkt(text, "--area")
    file, _, name = text.partition("#")
    if file.strip().lower().endswith(GEOMETRY_SUFFIXES):
        return _from_file(Path(file.strip()), name.strip())
    path = Path(text.strip())
    if path.suffix.lower() in WKT_SUFFIXES and path.is_file():
        return path.stem, _from_wkt(path.read_text(encoding="utf-8", errors="replace"), str(path))
    return text.strip(), _from_map(text.strip(), network)


def _from_wkt(text: str, source: str) -> Polygons:
    found = geometry_wkt.read(text, Where(file=source))
    return _or_raise(found if isinstance(found, Problem) else checked_polygons(found, Where(file=source)))


def _or_raise(found: Polygons | Problem) -> Polygons:
    if isinstance(found, Problem):
        raise TableError((found,))
    return found


def _from_file(path: Path, name: str) -> tuple[str, Polygons]:
    if not path.exists():
        raise FormatError(file=str(path), what="there is no such file", remedy="check the name of the area")
    features = read_features(path.read_bytes(), str(path))
    if isinstance(features, Problem):
        raise TableError((features,))
    polygons = _or_raise(feature_named(features, name, Where(file=str(path))))
    named = [f.name for f in features if f.polygons and f.name]
    return name or (named[0] if len(named) == 1 else path.stem), polygons


def _from_map(name: str, network: Path) -> Polygons:
    """Return the boundary of that name in a map extract, read with osmium."""
    if not network.exists():
        raise FormatError(file=str(network), what="there is no such file", remedy="check its name")
    if not network.is_file():
        what = f"{quoted(name)} is neither a polygon nor a map file, and this network knows no places"
        raise FormatError(file="--area", what=what, remedy="give POLYGON ((lon lat, …)) or a GeoJSON file")
    known, found = _boundaries(network, name)
    if found:
        return _or_raise(checked_polygons(found, Where(file=str(network))))
    close = nearest(name, sorted(known))
    hint = f"write {quoted(close)}" if close else "draw it as a polygon in a GeoJSON file"
    raise FormatError(file=str(network), what=f"the map has no boundary named {quoted(name)}", remedy=hint)


def _boundaries(path: Path, name: str) -> tuple[set[str], Polygons]:
    """Return the names of all boundaries that are whole, and the outline of the one wanted."""
    import osmium  # noqa: PLC0415 - loads when a name is looked up
    import shapely  # noqa: PLC0415

    shapes: Any = osmium.geom.WKBFactory()
    known: set[str] = set()
    best: tuple[int, Any] | None = None
    wanted = name.casefold()
    key = osmium.filter.KeyFilter("boundary", "place")
    reader = osmium.FileProcessor(str(path)).with_areas(key).with_filter(key)
    for item in reader.with_filter(osmium.filter.EntityFilter(osmium.osm.AREA)):
        names = {str(item.tags[k]) for k in ("name", "name:en", "int_name") if k in item.tags}
        known |= names
        if wanted in {n.casefold() for n in names}:
            shape = shapely.from_wkb(shapes.create_multipolygon(item))
            if best is None or shape.area > best[1].area:
                best = (int(item.id), shape)
    return known, () if best is None else _polygons(best[1])


def _polygons(shape: Any) -> Polygons:
    return tuple(
        tuple(_ring(ring) for ring in (part.exterior, *part.interiors))
        for part in getattr(shape, "geoms", (shape,))
    )


def _ring(ring: Any) -> tuple[Point, ...]:
    return tuple((round(x * _E7), round(y * _E7)) for x, y in ring.coords)

"""Corridors, places, changes and areas of a released plan as one GeoPackage, with a style for QGIS in it.

OGC 12-128r18 (GeoPackage 1.3.1). The features are those of the GeoJSON files.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Release
from safepassage.formats.containers.sqlite_file import Table, Value, database
from safepassage.formats.facts.local_clock import instant
from safepassage.formats.gis import plan_geojson, qgis_style

APPLICATION_ID, USER_VERSION = 0x47504B47, 10_301
"""“GPKG”, and version 1.3.1 (requirement 2)."""
WGS_84 = 4326
_WKT = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",'
    '0.0174532925199433,AUTHORITY["EPSG","9122"]],AXIS["Latitude",NORTH],AXIS["Longitude",EAST],'
    'AUTHORITY["EPSG","4326"]]'
)
_WKB = {
    "Point": 1, "LineString": 2, "Polygon": 3, "MultiPoint": 4, "MultiLineString": 5, "MultiPolygon": 6,
}  # fmt: skip
_TYPES = {"corridors": "LineString", "places": "Point", "modifications": "MultiLineString",
          "areas": "MultiPolygon"}  # fmt: skip
_SRS = """CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER NOT NULL PRIMARY KEY,
 organization TEXT NOT NULL, organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL,
 description TEXT)"""
_CONTENTS = """CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL,
 identifier TEXT UNIQUE, description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT
 (strftime('%Y-%m-%dT%H:%M:%fZ','now')), min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE,
 srs_id INTEGER,
 CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id))"""
_GEOMETRY = """CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL,
 geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
 CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
 CONSTRAINT uk_gc_table_name UNIQUE (table_name),
 CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
 CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id))"""
_STYLES = """CREATE TABLE layer_styles (id INTEGER PRIMARY KEY NOT NULL, f_table_catalog TEXT,
 f_table_schema TEXT, f_table_name TEXT, f_geometry_column TEXT, styleName TEXT, styleQML TEXT, styleSLD TEXT,
 useAsDefault BOOLEAN, description TEXT, owner TEXT, ui TEXT, update_time DATETIME)"""
_ABOUT = "CREATE TABLE about (id INTEGER PRIMARY KEY NOT NULL, name TEXT, value TEXT)"

Box = tuple[float, float, float, float]
"""west, south, east, north"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """A layer as it will be a table: its features' ids, geometries and properties by column."""

    name: str
    geometry: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Value, ...], ...]
    box: Box | None


def write(release: Release, layers: MapLayers) -> bytes:
    """Return the GeoPackage of a plan.

    Raises
    ------
    ValueError
        When the release was made for another audience.
    """
    collections = {
        "corridors": plan_geojson.write_corridors(release, layers),
        "places": plan_geojson.write_places(release),
        "modifications": plan_geojson.write_modifications(release, layers),
        "areas": plan_geojson.write_areas(release, layers),
    }
    parsed = {name: json.loads(data) for name, data in collections.items()}
    made = [_layer(name, parsed[name]["features"]) for name in collections]
    changed = instant(release.plan["as_of"]).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return database(
        [_systems(), *_registers(made, changed), *map(_table, made), _about(parsed["places"]),
         _styles(made, changed)],
        application_id=APPLICATION_ID, user_version=USER_VERSION,
    )  # fmt: skip


def _layer(name: str, features: Sequence[Mapping[str, Any]]) -> _Layer:
    keys = dict.fromkeys(key for feature in features for key in feature["properties"])
    columns = tuple((key, _sql_type(feature["properties"].get(key) for feature in features)) for key in keys)
    rows = tuple(
        (None, geometry(feature["geometry"]), str(feature["id"]),
         *(_value(feature["properties"].get(key)) for key in keys))
        for feature in features
    )  # fmt: skip
    boxes = [box(feature["geometry"]) for feature in features if feature["geometry"]]
    whole = None
    if boxes:
        west, south, east, north = zip(*boxes, strict=True)
        whole = (min(west), min(south), max(east), max(north))
    return _Layer(name=name, geometry=_TYPES[name].upper(), columns=columns, rows=rows, box=whole)


def _value(value: Any) -> Value:
    return int(value) if isinstance(value, bool) else value


def _sql_type(values: Iterable[Any]) -> str:
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, bool) for value in known):
        return "BOOLEAN"
    return "INTEGER" if known and all(isinstance(value, int) for value in known) else "TEXT"


def _positions(coordinates: Any) -> Iterable[Sequence[float]]:
    if isinstance(coordinates[0], float | int):
        yield coordinates
    else:
        for part in coordinates:
            yield from _positions(part)


def box(shape: Mapping[str, Any]) -> Box:
    """Return the box around a geometry of GeoJSON."""
    lon, lat = zip(*_positions(shape["coordinates"]), strict=True)
    return min(lon), min(lat), max(lon), max(lat)


def geometry(shape: Mapping[str, Any] | None) -> bytes | None:
    """Return a geometry of GeoJSON as GeoPackage binary: its box, then well-known binary, little-endian."""
    if shape is None:
        return None
    west, south, east, north = box(shape)
    head = struct.pack("<2sBBi4d", b"GP", 0, 0b011, WGS_84, west, east, south, north)
    return head + _wkb(shape["type"], shape["coordinates"])


def _wkb(kind: str, coordinates: Any) -> bytes:
    head = struct.pack("<BI", 1, _WKB[kind])
    if kind == "Point":
        return head + struct.pack("<2d", *coordinates)
    head += struct.pack("<I", len(coordinates))
    if kind == "LineString":
        return head + b"".join(struct.pack("<2d", *point) for point in coordinates)
    if kind == "Polygon":
        rings = (
            struct.pack("<I", len(ring)) + b"".join(struct.pack("<2d", *point) for point in ring)
            for ring in coordinates
        )
        return head + b"".join(rings)
    return head + b"".join(_wkb(kind.removeprefix("Multi"), part) for part in coordinates)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _table(layer: _Layer) -> Table:
    columns = "".join(f", {_quoted(name)} {kind}" for name, kind in layer.columns)
    own = f"fid INTEGER PRIMARY KEY NOT NULL, geom {layer.geometry}, id TEXT"
    sql = f"CREATE TABLE {layer.name} ({own}{columns})"
    return Table(name=layer.name, sql=sql, rows=tuple(enumerate(layer.rows, start=1)))


def _systems() -> Table:
    rows: tuple[tuple[int, tuple[Value, ...]], ...] = (
        (-1, ("Undefined Cartesian SRS", None, "NONE", -1, "undefined", None)),
        (0, ("Undefined geographic SRS", None, "NONE", 0, "undefined", None)),
        (WGS_84, ("WGS 84 geodetic", None, "EPSG", WGS_84, _WKT, "longitude and latitude in degrees")),
    )
    return Table(name="gpkg_spatial_ref_sys", sql=_SRS, rows=rows)


def _registers(made: Sequence[_Layer], changed: str) -> tuple[Table, Table]:
    contents: list[tuple[Value, ...]] = [
        (layer.name, "features", layer.name, "", changed, *(layer.box or (None,) * 4), WGS_84)
        for layer in made
    ]
    contents += [
        (name, "attributes", name, "", changed, None, None, None, None, None)
        for name in ("about", "layer_styles")
    ]
    columns: list[tuple[Value, ...]] = [
        (layer.name, "geom", layer.geometry, WGS_84, 0, 0) for layer in made
    ]  # fmt: skip
    return (
        Table(name="gpkg_contents", sql=_CONTENTS, rows=tuple(enumerate(contents, 1)), unique=((0,), (2,))),
        Table(name="gpkg_geometry_columns", sql=_GEOMETRY, rows=tuple(enumerate(columns, 1)),
              unique=((0, 1), (0,))),
    )  # fmt: skip


def _about(collection: Mapping[str, Any]) -> Table:
    """Return whose eyes the file is for and what it rests on, as a table of names and values."""
    facts = {key: value for key, value in collection.items() if key not in {"type", "features"}}
    words = {key: str(value) for key, value in facts.items() if not isinstance(value, Mapping)}
    words |= {f"{key} {name}": str(v) for key, inner in facts.items() if isinstance(inner, Mapping)
              for name, v in inner.items()}  # fmt: skip
    rows = tuple((at, (None, key, value)) for at, (key, value) in enumerate(words.items(), start=1))
    return Table(name="about", sql=_ABOUT, rows=rows)


def _styles(made: Sequence[_Layer], changed: str) -> Table:
    rows: list[tuple[int, tuple[Value, ...]]] = []
    for number, layer in enumerate(made, start=1):
        values = (None, "", "", layer.name, "geom", "safepassage", qgis_style.qml(layer.name), "", 1,
                  "as drawn in the report", "", "", changed)  # fmt: skip
        rows.append((number, values))
    return Table(name="layer_styles", sql=_STYLES, rows=tuple(rows))

"""The map files of a case: polygons named by cells of the table areas, and tables made of map features."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from safepassage.domain.problem import Problem, Where
from safepassage.domain.suggestions import plain_line
from safepassage.formats.containers.tabular import RawRow, RawTable, error, normal_name, shown, text_of
from safepassage.formats.geometry import geometry_wkt
from safepassage.formats.geometry.geometry import (
    Feature,
    Polygons,
    checked_polygons,
    feature_named,
    unreadable,
)
from safepassage.formats.geometry.geometry_in import GEOMETRY_SUFFIXES, read_features

_WKT = re.compile(r"\s*(SRID\s*=|[A-Za-z]+\s*(Z|M|ZM)?\s*\()", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class GeometryFiles:
    """Reads map files that lie beside the case, each once; a cell can never name a file elsewhere."""

    folder: Path
    _read: dict[str, tuple[Feature, ...] | Problem] = field(default_factory=dict)

    def polygons(self, cell: Any, where: Where) -> Polygons | Problem:
        """Return the polygons a cell means: a feature already read, WKT, or a file with or without #name."""
        if isinstance(cell, Feature):
            if cell.problems:
                return replace(cell.problems[0], where=where)
            return cell.polygons or unreadable(where, "the feature is not a polygon")
        text = text_of(cell)
        if _WKT.match(text):
            polygons = geometry_wkt.read(text, where)
            return polygons if isinstance(polygons, Problem) else checked_polygons(polygons, where)
        name, _, feature = text.partition("#")
        if not name.strip().lower().endswith(GEOMETRY_SUFFIXES):
            return unreadable(where, f"{shown(text)} is neither a polygon nor a map file")
        features = self.features(name.strip(), where)
        return features if isinstance(features, Problem) else feature_named(features, feature.strip(), where)

    def features(self, name: str, where: Where) -> tuple[Feature, ...] | Problem:
        """Return the features of a map file beside the case."""
        if name not in self._read:
            self._read[name] = self._open(name, where)
        found = self._read[name]
        return replace(found, where=where) if isinstance(found, Problem) else found

    def _open(self, name: str, where: Where) -> tuple[Feature, ...] | Problem:
        parts = {*PurePosixPath(name).parts, *PureWindowsPath(name).parts}
        if ".." in parts or PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive:
            return error(
                "FILE_OUTSIDE",
                where,
                f"{shown(name)} lies outside the case",
                "put the map file beside the case and write its name only",
            )
        try:
            data = (self.folder / name).read_bytes()
        except (OSError, ValueError) as fault:
            what = getattr(fault, "strerror", None) or type(fault).__name__
            return error(
                "FILE_MISSING",
                where,
                f"the map file {shown(name)} cannot be opened ({what})",
                "put it beside the case, or mend the name",
            )
        return read_features(data, name)


def table_of_features(name: str, file: str, features: tuple[Feature, ...]) -> RawTable:
    """Return map features as rows of the table places (points) or areas (polygons); rows count features."""
    columns = ("lat", "lon") if name == "places" else ("geometry",)
    names = dict.fromkeys(("id", "name", *columns))
    rows: list[dict[str, Any]] = []
    for feature in features:
        row = {normal_name(key): value for key, value in feature.properties.items()}
        row.setdefault("name", feature.name)
        row.setdefault("id", feature.name)
        row |= dict(zip(columns, _cells(name, feature), strict=True))
        rows.append(row)
        names |= dict.fromkeys(row)
    return RawTable(
        name=name,
        file=file,
        sheet="features",
        header_row=0,
        header=tuple(names),
        titles=tuple(plain_line(name) for name in names),
        rows=tuple(
            RawRow(number=feature.number, cells=tuple(row.get(key) for key in names))
            for feature, row in zip(features, rows, strict=True)
        ),
    )


def _cells(name: str, feature: Feature) -> tuple[Any, ...]:
    if name != "places":
        return (feature if feature.polygons or feature.problems else None,)
    if feature.point is None:
        return (None, None)
    lon, lat = feature.point
    return geometry_wkt.degrees(lat), geometry_wkt.degrees(lon)


def matching_cells(
    raw: RawTable, features: tuple[Feature, ...]
) -> tuple[dict[int, tuple[Any, ...]], set[int]]:
    """Return, by row number, the geometry of the feature with a row's id or name; and the features used."""
    by_name: dict[str, Feature] = {}
    for feature in features:
        for key in (text_of(feature.properties.get("id")), feature.name):
            if key:
                by_name.setdefault(key.casefold(), feature)
    found: dict[int, tuple[Any, ...]] = {}
    used = set()
    for row in raw.rows:
        cells = dict(zip(raw.header, row.cells, strict=False))
        feature_of_row = _first(by_name, cells)
        if feature_of_row is not None:
            found[row.number] = _cells(raw.name, feature_of_row)
            used.add(feature_of_row.number)
    return found, used


def _first(by_name: Mapping[str, Feature], cells: Mapping[str, Any]) -> Feature | None:
    for key in ("id", "name"):
        feature = by_name.get(text_of(cells.get(key)).casefold())
        if feature is not None:
            return feature
    return None

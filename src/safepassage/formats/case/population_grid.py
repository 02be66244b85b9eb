"""A population grid: cells with a number of persons, from GeoPackage, shapefile, GeoJSON or CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from safepassage.domain.errors import FormatError, TableError
from safepassage.domain.problem import Problem, Where
from safepassage.domain.quick_look import PopulationCell
from safepassage.domain.suggestions import quoted
from safepassage.formats.containers.tabular import normal_name, read_csv, text_of
from safepassage.formats.geometry.geometry import Feature, Point, point_e7
from safepassage.formats.geometry.geometry_in import read_features

COLUMNS = ("population", "persons", "pop", "people", "pop_total", "total", "value")
"""Columns that may hold the persons of a cell; the first of these that a file has is taken."""
_GIS = (".gpkg", ".shp", ".fgb")
_E7 = 10_000_000
_MOST_PERSONS = 10**8


def read_grid(path: Path) -> tuple[PopulationCell, ...]:
    """Return the cells of a grid that hold somebody.

    Raises
    ------
    FormatError
        When the file cannot be read, or no column says how many persons a cell holds.
    """
    if not path.is_file():
        raise FormatError(file=str(path), what="there is no such file", remedy="check its name")
    name = path.name.casefold()
    if name.endswith(_GIS):
        cells = _from_gis(path)
    elif name.endswith(".csv"):
        cells = _from_csv(path)
    else:
        cells = _from_features(path)
    if not cells:
        raise FormatError(
            file=str(path), what="no cell of the grid holds anybody", remedy="check the column of persons"
        )
    return tuple(cells)


def _column(names: list[str], path: Path) -> str:
    plain = {normal_name(name): name for name in names}
    found = next((plain[c] for c in COLUMNS if c in plain), None)
    if found is None:
        what = f"no column says how many persons a cell holds (columns: {', '.join(names) or 'none'})"
        raise FormatError(file=str(path), what=what, remedy="name the column population")
    return found


def _persons(value: Any, path: Path, where: str) -> int:
    """Return whole persons; a cell without a number holds nobody."""
    text = text_of(value)
    if not text or text.casefold() in {"nan", "none", "null"}:
        return 0
    try:
        number = float(text)
    except ValueError:
        what = f"{quoted(text)} is no number of persons"
        raise FormatError(file=str(path), where=where, what=what, remedy="write a number") from None
    if not 0 <= number <= _MOST_PERSONS:
        what = f"{quoted(text)} is no possible number of persons"
        raise FormatError(
            file=str(path), where=where, what=what, remedy="write 0 or more; leave unknown cells empty"
        )
    return round(number)


def _from_csv(path: Path) -> list[PopulationCell]:
    table = read_csv(path.stem, str(path), path.read_bytes())
    if isinstance(table, Problem):
        raise TableError((table,))
    column = _column([n for n in table.header if n], path)
    found = []
    for row, record in zip(table.rows, table.records(), strict=True):
        persons = _persons(record.get(column, ""), path, f"row {row.number}")
        point = point_e7(record.get("lon", ""), record.get("lat", ""), table.where(row.number, "lat"))
        if isinstance(point, Problem):
            raise TableError((point,))
        if persons:
            found.append(PopulationCell(lon_e7=point[0], lat_e7=point[1], persons=persons))
    return found


def _from_features(path: Path) -> list[PopulationCell]:
    features = read_features(path.read_bytes(), str(path))
    if isinstance(features, Problem):
        raise TableError((features,))
    names = list(dict.fromkeys(key for feature in features for key in feature.properties))
    column = _column(names, path)
    found = []
    for feature in features:
        if feature.problems:
            raise TableError(feature.problems)
        persons = _persons(feature.properties.get(column), path, f"feature {feature.number}")
        if persons:
            found.extend(_feature_cells(feature, persons))
    return found


def _feature_cells(feature: Feature, persons: int) -> list[PopulationCell]:
    if feature.point is not None:
        return [PopulationCell(lon_e7=feature.point[0], lat_e7=feature.point[1], persons=persons)]
    if not feature.polygons:
        return []
    largest = max(feature.polygons, key=lambda rings: len(rings[0]))
    return [_cell(largest, persons)]


def _cell(rings: tuple[tuple[Point, ...], ...], persons: int) -> PopulationCell:
    corners = rings[0][:-1]
    lon, lat = (sum(p[axis] for p in corners) // len(corners) for axis in (0, 1))
    return PopulationCell(lon_e7=lon, lat_e7=lat, persons=persons, rings=rings)


def _from_gis(path: Path) -> list[PopulationCell]:
    """Read a file of a geographic information system, in longitude and latitude."""
    try:
        import pyogrio.raw  # noqa: PLC0415 - an optional extra
        import shapely  # noqa: PLC0415
        from pyogrio.errors import DataSourceError  # noqa: PLC0415
    except ImportError:
        what = "reading this kind of grid needs pyogrio, which is not installed"
        raise FormatError(
            file=str(path), what=what, remedy="install safepassage[gis], or save the grid as GeoJSON or CSV"
        ) from None
    try:
        meta, _, shapes, fields = pyogrio.raw.read(str(path))
    except DataSourceError as fault:
        what = f"the grid cannot be opened ({' '.join(str(fault).split())[:80]})"
        raise FormatError(file=str(path), what=what, remedy="copy it again, or save it as GeoJSON") from None
    if meta["crs"] not in {"EPSG:4326", "OGC:CRS84", None}:
        what = f"the grid is in reference system {meta['crs']}"
        raise FormatError(
            file=str(path), what=what, remedy="save it in longitude and latitude, WGS 84 (EPSG:4326)"
        )
    names = [str(name) for name in meta["fields"]]
    values = fields[names.index(_column(names, path))]
    found = []
    for number, (value, shape) in enumerate(zip(values, shapely.from_wkb(shapes), strict=True), start=1):
        persons = _persons(value, path, f"feature {number}")
        where = Where(file=str(path), row=number)
        if persons and shape is not None and not shape.is_empty:
            found.append(_shaped(shape, persons, where))
    return found


def _shaped(shape: Any, persons: int, where: Where) -> PopulationCell:
    if shape.geom_type == "Point":
        return PopulationCell(lon_e7=round(shape.x * _E7), lat_e7=round(shape.y * _E7), persons=persons)
    part = max(getattr(shape, "geoms", (shape,)), key=lambda p: p.area)
    if part.geom_type != "Polygon":
        what = f"a cell is a {part.geom_type}"
        raise FormatError(
            file=where.file, where=f"feature {where.row}", what=what, remedy="make cells polygons or points"
        )
    rings = tuple(
        tuple((round(x * _E7), round(y * _E7)) for x, y in ring.coords)
        for ring in (part.exterior, *part.interiors)
    )
    return _cell(rings, persons)

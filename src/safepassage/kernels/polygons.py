"""Which lines run through a polygon, and for how much of their length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ring = Sequence[tuple[int, int]]
Polygon = Sequence[Ring]


def shares_inside(
    polygons: Sequence[Polygon],
    boxes_e7: tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]],
    line_e7: Callable[[int], Sequence[tuple[int, int]]],
) -> dict[int, int]:
    """Return the share (ppm, at least 1) of each line inside any polygon; lines outside are left out.

    Parameters
    ----------
    polygons
        Rings of (lon_e7, lat_e7) points, outer ring first, then holes.
    boxes_e7
        (west, south, east, north) columns, each (n_lines,), that contain the lines.
    line_e7
        Returns the points of line i.
    """
    import shapely  # noqa: PLC0415 - loads when needed

    area = _prepared(polygons)
    if area.is_empty:
        return {}
    west, south, east, north = area.bounds
    near = (boxes_e7[0] <= east) & (boxes_e7[2] >= west) & (boxes_e7[1] <= north) & (boxes_e7[3] >= south)
    shares: dict[int, int] = {}
    for i in np.flatnonzero(near):
        line = shapely.LineString(line_e7(int(i)))
        if area.intersects(line):
            whole = line.length == 0 or area.contains(line)
            share = 1.0 if whole else area.intersection(line).length / line.length
            shares[int(i)] = max(1, round(share * 1_000_000))
    return shares


def points_inside(polygons: Sequence[Polygon], points_e7: Sequence[tuple[int, int]]) -> list[bool]:
    """Return for each point whether it lies in any polygon or on its edge."""
    import shapely  # noqa: PLC0415 - loads when needed

    area = _prepared(polygons)
    return [bool(area.intersects(shapely.Point(point))) for point in points_e7]


def _prepared(polygons: Sequence[Polygon]) -> Any:
    """Return one shape of all polygons, made valid, ready for many questions."""
    import shapely  # noqa: PLC0415 - loads when needed

    area = shapely.MultiPolygon([(rings[0], rings[1:]) for rings in polygons]).buffer(0)
    shapely.prepare(area)
    return area


def inside_mask(polygons: Sequence[Polygon], lon_e7: NDArray[Any], lat_e7: NDArray[Any]) -> NDArray[np.bool_]:
    """Return (n_points,) bool: points in any polygon or on its edge."""
    import shapely  # noqa: PLC0415 - loads when needed

    area = _prepared(polygons)
    west, south, east, north = area.bounds
    found = (lon_e7 >= west) & (lon_e7 <= east) & (lat_e7 >= south) & (lat_e7 <= north)
    near = np.flatnonzero(found)
    points = shapely.points(lon_e7[near].astype(np.float64), lat_e7[near].astype(np.float64))
    found[near] = shapely.intersects(area, points)
    return np.asarray(found, dtype=np.bool_)


def cell_shares(polygons: Sequence[Polygon], cells: Sequence[Polygon]) -> NDArray[np.float64]:
    """Return (n_cells,) the share of each cell (rings, outer one first) that lies in any polygon."""
    import shapely  # noqa: PLC0415 - loads when needed

    area = _prepared(polygons)
    shapes = np.asarray([shapely.Polygon(rings[0], rings[1:]) for rings in cells], dtype=object)
    whole = shapely.contains_properly(area, shapes)
    shares = np.asarray(whole, dtype=np.float64)
    part = np.flatnonzero(~whole & shapely.intersects(area, shapes))
    if len(part):
        inside = shapely.area(shapely.intersection(area, shapes[part]))
        shares[part] = inside / np.maximum(shapely.area(shapes[part]), 1e-300)
    return shares


def points_by_cell(
    cells: Sequence[Polygon], lon_e7: NDArray[Any], lat_e7: NDArray[Any]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return (cell, point) pairs of points that lie in cells, in order of both."""
    import shapely  # noqa: PLC0415 - loads when needed

    shapes = [shapely.Polygon(rings[0], rings[1:]) for rings in cells]
    points = shapely.points(lon_e7.astype(np.float64), lat_e7.astype(np.float64))
    cell, point = shapely.STRtree(points).query(shapes, predicate="intersects")
    order = np.lexsort((point, cell))
    return cell[order].astype(np.int64), point[order].astype(np.int64)

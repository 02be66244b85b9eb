"""Which lines run through a polygon, and for how much of their length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

PPM = 1_000_000
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
    candidates = np.flatnonzero(near)
    # Most lines in a large area lie wholly in it, and their boxes say so for all of them at once.
    boxes = shapely.box(*(np.asarray(side, dtype=np.float64)[candidates] for side in boxes_e7))
    within = shapely.contains_properly(area, boxes)
    shares = dict.fromkeys(candidates[within].tolist(), PPM)
    rest = candidates[~within]
    rest = rest[shapely.intersects(area, boxes[~within])]
    if len(rest):
        shares |= _parts_inside(area, rest, line_e7)
    return dict(sorted(shares.items()))


def _parts_inside(
    area: Any, candidates: NDArray[Any], line_e7: Callable[[int], Sequence[tuple[int, int]]]
) -> dict[int, int]:
    """Return the share (ppm, at least 1) of each candidate that touches a prepared area."""
    import shapely  # noqa: PLC0415 - loads when needed

    rest = candidates
    points = [line_e7(i) for i in rest.tolist()]
    owner = np.repeat(np.arange(len(rest)), [len(line) for line in points])
    lines = shapely.linestrings([point for line in points for point in line], indices=owner)
    touching = shapely.intersects(area, lines)
    rest, lines = rest[touching], lines[touching]
    length = shapely.length(lines)
    whole = (length == 0) | shapely.contains(area, lines)
    inside = shapely.length(shapely.intersection(area, lines))
    share = np.where(whole, 1.0, inside / np.where(length == 0, 1.0, length))
    return dict(zip(rest.tolist(), np.maximum(1, np.rint(share * PPM)).astype(int).tolist(), strict=True))


def line_boxes(
    ends_e7: tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]],
    start: NDArray[Any],
    inner_e7: tuple[NDArray[Any], NDArray[Any]],
) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Return (west, south, east, north) columns, each (n_lines,) int64, that contain lines.

    Parameters
    ----------
    ends_e7
        (lon, lat) of the first points and (lon, lat) of the last ones, each (n_lines,).
    start
        (n_lines + 1,): line i has the inner points start[i]:start[i + 1].
    inner_e7
        (lon, lat) of the inner points.
    """
    columns = []
    owner = np.repeat(np.arange(len(start) - 1), np.diff(start))
    for first, last, inner in zip(ends_e7[:2], ends_e7[2:], inner_e7, strict=True):
        ends = np.stack([first, last])
        low, high = ends.min(axis=0).astype(np.int64), ends.max(axis=0).astype(np.int64)
        np.minimum.at(low, owner, inner)
        np.maximum.at(high, owner, inner)
        columns.append((low, high))
    (west, east), (south, north) = columns
    return west, south, east, north


def metres_to_boxes(
    boxes_e7: tuple[NDArray[Any], NDArray[Any], NDArray[Any], NDArray[Any]],
    point_e7: tuple[int, int],
    metres_per_e7: float,
) -> NDArray[np.float64]:
    """Return (n_boxes,) metres from a (lon_e7, lat_e7) point to the closest point of each box, 0 inside."""
    west, south, east, north = boxes_e7
    lon, lat = point_e7
    squeeze = max(0.01, float(np.cos(np.radians(lat / 10_000_000))))
    across = np.maximum(0, np.maximum(west - lon, lon - east)) * squeeze
    along = np.maximum(0, np.maximum(south - lat, lat - north))
    return np.asarray(np.hypot(across, along) * metres_per_e7)


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


def common_and_all(
    areas: Sequence[Sequence[Polygon]],
) -> tuple[list[list[list[tuple[int, int]]]], list[list[list[tuple[int, int]]]]]:
    """Return what lies in all areas, and what lies in any, as polygons of closed rings on whole units.

    Slivers and lines that are left where areas only touch are dropped; either may be empty.
    """
    import shapely  # noqa: PLC0415 - loads when needed

    shapes = [_prepared(area) for area in areas]
    return _rings(shapely.intersection_all(shapes)), _rings(shapely.union_all(shapes))


def _rings(shape: Any) -> list[list[list[tuple[int, int]]]]:
    import shapely  # noqa: PLC0415 - loads when needed

    snapped = shapely.set_precision(shape, 1.0)
    parts = [p for p in shapely.get_parts(snapped) if p.geom_type == "Polygon" and p.area > 0]
    found = [
        [[(round(x), round(y)) for x, y in ring.coords] for ring in (part.exterior, *part.interiors)]
        for part in shapely.normalize(np.asarray(parts, dtype=object))
    ]
    return sorted(found)


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

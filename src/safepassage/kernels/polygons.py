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

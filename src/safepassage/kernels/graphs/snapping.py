"""The node or stretch of road nearest to a point, with the distance in metres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (International Union of Geodesy and Geophysics)."""


def unit_vectors(lon_e7: Int32 | Int64, lat_e7: Int32 | Int64) -> Float:
    """Return points on the unit sphere, shape (n, 3); distances there know no date line and no poles."""
    lon, lat = np.radians(lon_e7 / 1e7), np.radians(lat_e7 / 1e7)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=-1)


def chord_to_metres(chord: Float) -> Float:
    """Return great-circle metres of straight distances between points of the unit sphere."""
    metres: Float = 2 * EARTH_RADIUS_M * np.arcsin(np.clip(chord / 2, 0.0, 1.0))
    return metres


def nearest_nodes(
    lon_e7: Int32, lat_e7: Int32, node_lon_e7: Int32, node_lat_e7: Int32, candidate: Bool
) -> tuple[Int64, Float]:
    """Return (position of the nearest candidate node, metres to it) for every point.

    Among equally near nodes the first wins. Without a candidate the position is -1, the distance infinite.

    Parameters
    ----------
    lon_e7, lat_e7 : (n_points,) degrees times 10**7.
    node_lon_e7, node_lat_e7, candidate : (n_nodes,).
    """
    places = np.flatnonzero(candidate)
    if not len(places) or not len(lon_e7):
        return np.full(len(lon_e7), -1, np.int64), np.full(len(lon_e7), np.inf)
    tree = cKDTree(unit_vectors(node_lon_e7[places], node_lat_e7[places]))
    vectors = unit_vectors(lon_e7, lat_e7)
    chord, found = tree.query(vectors)
    # Nodes at the very same place tie: ask again for all within the distance and take the first.
    tied = tree.query_ball_point(vectors, chord * (1 + 1e-12), return_sorted=True)
    found = np.array([ties[0] if ties else at for ties, at in zip(tied, found, strict=True)], np.int64)
    return places[found], chord_to_metres(chord)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Footpoints:
    """For every point: the nearest stretch, the foot of the perpendicular on it, and the distance."""

    stretch: Int64
    lon_e7: Int64
    lat_e7: Int64
    distance_m: Float


def nearest_stretches(
    lon_e7: Int32, lat_e7: Int32, start: Int64, line_lon_e7: Int32, line_lat_e7: Int32
) -> Footpoints:
    """Return the stretch nearest to every point, and where on it.

    Stretch i is the line through the points `start[i]:start[i + 1]`, both ends included, at least two points.
    Lines are straight on the Mercator projection, which is true to angles: near a point it only scales, so
    the nearest line on it is the nearest on the ground. Among equally near stretches the first wins. No line
    may cross the date line.

    Parameters
    ----------
    lon_e7, lat_e7 : (n_points,) degrees times 10**7.
    start : (n_stretches + 1,) positions in the columns of line points.
    """
    count = len(lon_e7)
    if len(start) == 1 or not count:
        nowhere = np.zeros(count, np.int64)
        return Footpoints(
            stretch=nowhere - 1, lon_e7=nowhere, lat_e7=nowhere, distance_m=np.full(count, np.inf)
        )
    owner = np.repeat(np.arange(len(start) - 1), np.diff(start))
    lines = shapely.linestrings(_mercator(line_lon_e7, line_lat_e7), indices=owner)
    points = shapely.points(_mercator(lon_e7, lat_e7))
    asked, found = shapely.STRtree(lines).query_nearest(points, all_matches=True)
    order = np.lexsort((found, asked))
    stretch = found[order][np.append(True, np.diff(asked[order]) > 0)]
    foot = shapely.line_interpolate_point(lines[stretch], shapely.line_locate_point(lines[stretch], points))
    lon, lat = _from_mercator(shapely.get_coordinates(foot))
    chord = np.linalg.norm(unit_vectors(lon_e7, lat_e7) - unit_vectors(lon, lat), axis=1)
    return Footpoints(stretch=stretch, lon_e7=lon, lat_e7=lat, distance_m=chord_to_metres(chord))


def _mercator(lon_e7: Int32, lat_e7: Int32) -> Float:
    """Return x, y in radians of the equator, shape (n, 2)."""
    lon, lat = np.radians(lon_e7 / 1e7), np.radians(lat_e7 / 1e7)
    return np.stack([lon, np.arctanh(np.sin(lat))], axis=-1)


def _from_mercator(xy: Float) -> tuple[Int64, Int64]:
    lon, lat = np.degrees(xy[:, 0]), np.degrees(np.arctan(np.sinh(xy[:, 1])))
    return np.rint(lon * 1e7).astype(np.int64), np.rint(lat * 1e7).astype(np.int64)

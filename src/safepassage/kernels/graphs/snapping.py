"""The node nearest to a point, with the distance in metres."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

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
    from scipy.spatial import cKDTree  # noqa: PLC0415 - a tenth of a second, and not every case asks

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

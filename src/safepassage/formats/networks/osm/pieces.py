"""Ways cut at junctions: arrays in, arrays out.

A *piece* runs along one way from one junction, way end or barrier to the next; the points between give its
shape. Pieces never join two ways: a report about ``way/123`` must find the arcs of way 123 and no others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]
Bool = NDArray[np.bool_]

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth (International Union of Geodesy and Geophysics)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Points:
    """The located points of all ways, in order: way, node number, node position, coordinates.

    `node` is a position in `number`, the sorted node numbers. `leads` says that the next point belongs to the
    same unbroken line.
    """

    way: Int64
    node: Int64
    number: Int64
    lon_e7: Int64
    lat_e7: Int64
    leads: Bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pieces:
    """Lines between cuts: the first and last point of each, the way it belongs to, its length in metres."""

    first: Int64
    last: Int64
    way: Int64
    length_m: NDArray[np.float64]


def join_points(first: Int64, ref: Int64, lon_e7: Int64, lat_e7: Int64, absent: int) -> Points:
    """Drop points without a place, repeated points and points left alone; a gap ends a line.

    `first` has shape (n_ways + 1,); the others are columns of points. Nothing is drawn across a gap.
    """
    way = np.repeat(np.arange(len(first) - 1), np.diff(first))
    located = lon_e7 != absent
    same_way = way[1:] == way[:-1]
    repeated = np.zeros(len(ref), bool)
    repeated[1:] = same_way & (ref[1:] == ref[:-1]) & located[:-1]
    keep = located & ~repeated
    gap = np.cumsum(~located)[keep]
    way = way[keep]
    leads = np.zeros(len(way), bool)
    leads[:-1] = (way[1:] == way[:-1]) & (gap[1:] == gap[:-1])
    follows = np.zeros(len(way), bool)
    follows[1:] = leads[:-1]
    lively = leads | follows
    number, node = np.unique(ref[keep][lively], return_inverse=True)
    return Points(
        way=way[lively],
        node=node.astype(np.int64),
        number=number,
        lon_e7=lon_e7[keep][lively],
        lat_e7=lat_e7[keep][lively],
        leads=leads[lively],
    )


def _cuts(points: Points, barrier: Bool) -> Bool:
    """Return which points are cuts: line ends, nodes met more than once, nodes with a barrier."""
    follows = np.zeros(len(points.leads), bool)
    follows[1:] = points.leads[:-1]
    special = barrier | (np.bincount(points.node, minlength=len(points.number)) > 1)
    special[points.node[~points.leads | ~follows]] = True
    return special[points.node]


def _between(cut: Bool, leads: Bool) -> tuple[Int64, Int64]:
    """Return the first and last points of the pieces between consecutive cuts of a line."""
    at = np.flatnonzero(cut)
    first, last = at[:-1], at[1:]
    # Between two lines there is no piece: the point before the next cut does not lead on to it.
    inside = leads[last - 1]
    return first[inside], last[inside]


def split(points: Points, barrier: Bool) -> Pieces:
    """Cut the lines of `points` into pieces; one that returns to its start is cut once more in its middle.

    `barrier` has shape (n_nodes,): nodes at which a line must be cut whatever else happens there.
    """
    cut = _cuts(points, barrier)
    first, last = _between(cut, points.leads)
    loop = points.node[first] == points.node[last]
    cut[(first[loop] + last[loop]) // 2] = True
    first, last = _between(cut, points.leads)
    metres = np.append(0.0, np.cumsum(segment_lengths_m(points)))
    return Pieces(first=first, last=last, way=points.way[first], length_m=metres[last] - metres[first])


def segment_lengths_m(points: Points) -> NDArray[np.float64]:
    """Return the great-circle length from each point to the next of its line (haversine formula), else 0."""
    lon, lat = np.radians(points.lon_e7 / 1e7), np.radians(points.lat_e7 / 1e7)
    half = np.sin(np.diff(lat) / 2) ** 2
    half += np.cos(lat[:-1]) * np.cos(lat[1:]) * np.sin(np.diff(lon) / 2) ** 2
    metres = np.append(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(half)), 0.0)
    return np.where(points.leads, metres, 0.0)


def inner_points(first: Int64, last: Int64, backward: Bool) -> tuple[Int64, Int64]:
    """Return (start, point): piece i owns `point[start[i]:start[i + 1]]`, its points without the two ends.

    Points of a piece run backward are given in the order in which it is travelled.
    """
    count = last - first - 1
    start = np.append(0, np.cumsum(count))
    step = np.arange(start[-1]) - np.repeat(start[:-1], count)
    forward = np.repeat(first, count) + 1 + step
    reverse = np.repeat(last, count) - 1 - step
    return start, np.where(np.repeat(backward, count), reverse, forward)

"""Lines on the Web Mercator plane, cut to a tile and thinned to what can be seen there.

The plane is a square of 2**32 units (EPSG:3857), x to the right from 180° W and y down from 85.05° N.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.formats.maps.vector_tile import EXTENT, LineParts

Int64 = NDArray[np.int64]
Floats = NDArray[np.float64]

WORLD_BITS = 32
WORLD = 1 << WORLD_BITS
"""Units along the side of the plane."""

MARGIN = 96
"""How far, in units of a tile, lines reach beyond it, so that broad strokes meet at its edge."""

_TILE_BITS = EXTENT.bit_length() - 1
_LAST_LATITUDE = 85.051_128_779_806_59
_E7 = 1e7


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class WorldLines:
    """Lines in units of the plane: line i owns points start[i]:start[i + 1] and has a `group`."""

    x: Int64
    y: Int64
    start: Int64
    group: Int64


def project(lon_e7: Int64, lat_e7: Int64) -> tuple[Int64, Int64]:
    """Return where points lie on the plane; latitudes beyond 85.05° lie on its edge."""
    lat = np.radians(np.clip(lat_e7 / _E7, -_LAST_LATITUDE, _LAST_LATITUDE))
    x = (lon_e7 / (360 * _E7) + 0.5) * WORLD
    y = (0.5 - np.arcsinh(np.tan(lat)) / (2 * math.pi)) * WORLD
    return np.rint(x).astype(np.int64), np.rint(y).astype(np.int64)


def unproject(x: int, y: int) -> tuple[int, int]:
    """Return longitude and latitude, in degrees times 10**7, of a point of the plane."""
    lat = math.degrees(math.atan(math.sinh(2 * math.pi * (0.5 - y / WORLD))))
    return round((x / WORLD - 0.5) * 360 * _E7), round(lat * _E7)


def tile_unit(zoom: int) -> int:
    """Return the units of the plane that make one unit of a tile of `zoom`, which is at most 20."""
    return 1 << WORLD_BITS - _TILE_BITS - zoom


def cut(lines: WorldLines, *, zoom: int, column: int, row: int, grain: int) -> LineParts:
    """Return what lies in a tile and its margin, in units of the tile, sorted by group.

    Points are moved to multiples of `grain` units; stretches that become a point, and stretches of one group
    that fall on each other, are left out.
    """
    unit = tile_unit(zoom)
    side = unit * EXTENT
    x = np.rint((lines.x - column * side) / (unit * grain)) * grain
    y = np.rint((lines.y - row * side) / (unit * grain)) * grain
    own = np.repeat(np.arange(len(lines.group)), np.diff(lines.start))
    joined = np.flatnonzero((own[1:] == own[:-1]) & ((x[1:] != x[:-1]) | (y[1:] != y[:-1])))
    ends = np.stack((x[joined], y[joined], x[joined + 1], y[joined + 1]))
    inside, ends = _clipped(ends, -float(MARGIN), float(EXTENT + MARGIN))
    own, group = own[joined][inside], lines.group[own[joined][inside]]
    kept = _once(ends, group)
    return _parts(ends[:, kept], own[kept], group[kept])


def _clipped(ends: Floats, low: float, high: float) -> tuple[Int64, NDArray[np.int64]]:
    """Return which segments (x0, y0, x1, y1) touch the square from `low` to `high`, cut to it.

    Liang and Barsky 1984, "A new concept and method for line clipping", doi:10.1145/357332.357333.
    """
    least, most = np.minimum(ends[:2], ends[2:]), np.maximum(ends[:2], ends[2:])
    near = np.flatnonzero(((most >= low) & (least <= high)).all(axis=0))
    ends = ends[:, near]
    enter, leave = np.zeros(len(near)), np.ones(len(near))
    step = ends[2:] - ends[:2]
    for axis in range(2):
        moving = step[axis] != 0
        way = np.where(moving, step[axis], 1)
        one, other = (low - ends[axis]) / way, (high - ends[axis]) / way
        enter = np.where(moving, np.maximum(enter, np.minimum(one, other)), enter)
        leave = np.where(moving, np.minimum(leave, np.maximum(one, other)), leave)
    first, last = ends[:2] + enter * step, ends[:2] + leave * step
    cut_ends = np.rint(np.concatenate((first, last))).astype(np.int64)
    seen = (enter < leave) & (cut_ends[:2] != cut_ends[2:]).any(axis=0)
    return near[seen], cut_ends[:, seen]


def _once(ends: Int64, group: Int64) -> Int64:
    """Return the positions of segments, in their order, without those drawn already in their group."""
    turned = (ends[0] > ends[2]) | ((ends[0] == ends[2]) & (ends[1] > ends[3]))
    low, high = np.where(turned, ends[2:], ends[:2]), np.where(turned, ends[:2], ends[2:])
    # Coordinates are within EXTENT and MARGIN, so 13 bits hold each of them.
    spots = ((low[0] + MARGIN << 13 | low[1] + MARGIN) << 26) | (high[0] + MARGIN << 13 | high[1] + MARGIN)
    order = np.lexsort((spots, group))
    spots, groups = spots[order], group[order]
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = (spots[1:] != spots[:-1]) | (groups[1:] != groups[:-1])
    # lexsort is stable, so the first of equals is the first in the data.
    return np.sort(order[fresh])


def _parts(ends: Int64, own: Int64, group: Int64) -> LineParts:
    """Join segments that follow each other on one line."""
    order = np.argsort(group, kind="stable")
    ends, own, group = ends[:, order], own[order], group[order]
    breaks = np.ones(len(own), np.bool_)
    breaks[1:] = (own[1:] != own[:-1]) | (ends[:2, 1:] != ends[2:, :-1]).any(axis=0)
    opening = np.flatnonzero(breaks)
    lengths = np.diff(np.append(opening, len(own))) + 1
    start = np.concatenate(([0], np.cumsum(lengths)))
    x, y = np.empty(int(start[-1]), np.int64), np.empty(int(start[-1]), np.int64)
    later = np.ones(len(x), np.bool_)
    later[start[:-1]] = False
    for column, axis in ((x, 0), (y, 1)):
        column[start[:-1]] = ends[axis, opening]
        column[later] = ends[axis + 2]
    return LineParts(x=x, y=y, start=start, group=group[opening])

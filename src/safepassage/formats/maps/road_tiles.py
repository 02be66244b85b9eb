"""The roads of a network as vector tiles, each made when it is asked for."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import RoadClass, RoadNetwork
from safepassage.formats.maps.tile_lines import (
    MARGIN,
    WORLD,
    WORLD_BITS,
    WorldLines,
    cut,
    project,
    tile_unit,
    unproject,
)
from safepassage.formats.maps.vector_tile import EXTENT, Value, encode, encode_lines

Int64 = NDArray[np.int64]

DEEPEST_ZOOM = 14
"""The last zoom with tiles of its own: a unit of a tile is about 0.4 m at 50° north, enough for any view."""

BUSIEST_TILE_SEGMENTS = 12_000
"""A class of road is drawn from the zoom on at which no tile would hold more segments than this."""

_NAMED_ZOOM = 12
_GRAIN, _DEEPEST_GRAIN = 8, 2
# Ferries and railways are few and matter to a plan: they come with the secondary roads.
_RANK = {road: road.value for road in RoadClass} | {RoadClass.FERRY: 3, RoadClass.RAIL: 3}
_EARTH_M = 40_075_016.7


@dataclass(frozen=True, slots=True, kw_only=True)
class NearestRoad:
    """The arc that passes nearest to a place, what people call it, and how far it is."""

    arc: int
    label: str
    distance_m: float
    lon_e7: int
    lat_e7: int


class RoadTiles:
    """Tiles of one network; stretches with two directions are drawn once."""

    def __init__(self, network: RoadNetwork) -> None:
        self.network = network
        self._arcs = _drawn_arcs(network)
        self._lines = _world_lines(network, self._arcs)
        first, last = self._lines.start[:-1], self._lines.start[1:]
        self._own = np.repeat(np.arange(len(self._arcs)), last - first)
        self._boxes = _boxes(self._lines)
        self._classes = network.arcs.road_class[self._arcs].astype(np.int64)
        self._ranks = np.array([_RANK[road] for road in RoadClass])[self._classes]
        self._bridges = network.arcs.bridge[self._arcs]
        # What can be seen from afar does not vanish when one comes nearer.
        self._lowest = list(accumulate(map(self._lowest_rank, range(DEEPEST_ZOOM + 1)), max))

    @property
    def bounds_e7(self) -> tuple[int, int, int, int]:
        """West, south, east, north of all roads, in degrees times 10**7; zeros without roads."""
        if not len(self._lines.x):
            return (0, 0, 0, 0)
        west, north = unproject(int(self._lines.x.min()), int(self._lines.y.min()))
        east, south = unproject(int(self._lines.x.max()), int(self._lines.y.max()))
        return (west, south, east, north)

    def shown_classes(self, zoom: int) -> tuple[RoadClass, ...]:
        """Return the classes of road that tiles of `zoom` hold."""
        return tuple(road for road in RoadClass if _RANK[road] <= self._lowest[zoom])

    def tile(self, zoom: int, column: int, row: int) -> bytes:
        """Return one tile, b"" where no road is.

        Raises
        ------
        ValueError
            When there is no such tile.
        """
        if not 0 <= zoom <= DEEPEST_ZOOM or not (0 <= column < 1 << zoom and 0 <= row < 1 << zoom):
            raise ValueError(f"there is no tile {zoom}/{column}/{row}")
        chosen = self._touching(zoom, column, row)
        if not len(chosen):
            return b""
        groups, properties = self._grouped(chosen, named=zoom >= _NAMED_ZOOM)
        grain = _DEEPEST_GRAIN if zoom == DEEPEST_ZOOM else _GRAIN
        parts = cut(_taken(self._lines, chosen, groups), zoom=zoom, column=column, row=row, grain=grain)
        return encode([encode_lines("roads", parts, properties)]) if len(parts.group) else b""

    def nearest(self, lon_e7: int, lat_e7: int, within_m: float) -> NearestRoad | None:
        """Return the road that passes nearest to a place, None where none is `within_m` metres."""
        if not len(self._arcs):
            return None
        (x,), (y,) = project(np.array([lon_e7], np.int64), np.array([lat_e7], np.int64))
        metres = _EARTH_M * math.cos(math.radians(lat_e7 / 1e7)) / WORLD
        reach = within_m / metres
        left, top, right, bottom = self._boxes
        near = (left <= x + reach) & (right >= x - reach) & (top <= y + reach) & (bottom >= y - reach)
        points = np.flatnonzero(near[self._own][1:] & (self._own[1:] == self._own[:-1]))
        if not len(points):
            return None
        from_x, from_y = self._lines.x[points] - float(x), self._lines.y[points] - float(y)
        step_x, step_y = np.diff(self._lines.x)[points], np.diff(self._lines.y)[points]
        squared = np.maximum(step_x * step_x + step_y * step_y, 1)
        share = np.clip(-(from_x * step_x + from_y * step_y) / squared, 0, 1)
        far = np.hypot(from_x + share * step_x, from_y + share * step_y)
        best = int(np.argmin(far))
        if far[best] > reach:
            return None
        arc = int(self._arcs[self._own[points[best]]])
        spot_x = round(float(x) + from_x[best] + share[best] * step_x[best])
        spot_y = round(float(y) + from_y[best] + share[best] * step_y[best])
        lon, lat = unproject(spot_x, spot_y)
        return NearestRoad(
            arc=arc, label=self.network.label(arc), distance_m=float(far[best]) * metres,
            lon_e7=lon, lat_e7=lat,
        )  # fmt: skip

    def _touching(self, zoom: int, column: int, row: int) -> Int64:
        unit = tile_unit(zoom)
        side, margin = unit * EXTENT, unit * MARGIN
        left, top, right, bottom = self._boxes
        seen = (left <= (column + 1) * side + margin) & (right >= column * side - margin)
        seen &= (top <= (row + 1) * side + margin) & (bottom >= row * side - margin)
        return np.flatnonzero(seen & (self._ranks <= self._lowest[zoom]))

    def _grouped(self, chosen: Int64, *, named: bool) -> tuple[Int64, dict[int, dict[str, Value]]]:
        """Return the group of each stretch and the properties of each group, the greatest roads last."""
        arcs, names = self.network.arcs, self.network.names
        own = self._arcs[chosen]
        columns = [len(RoadClass) - self._classes[chosen], self._bridges[chosen].astype(np.int64)]
        columns += [column[own].astype(np.int64) for column in (arcs.ref, arcs.name) if named]
        rows, groups = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
        properties: dict[int, dict[str, Value]] = {}
        for group, row in enumerate(rows.tolist()):
            found: dict[str, Value] = {"class": RoadClass(len(RoadClass) - row[0]).name.lower()}
            if row[1]:
                found["bridge"] = True
            label = " ".join(names[i] for i in row[2:] if i)
            properties[group] = found | ({"label": label} if label else {})
        return groups.reshape(-1).astype(np.int64), properties

    def _lowest_rank(self, zoom: int) -> int:
        """Return the last rank of road that the busiest tile of `zoom` has room for; 0 is always drawn."""
        last = int(self._ranks.max(initial=0))
        if zoom == DEEPEST_ZOOM or not len(self._arcs):
            return last
        left, top, right, bottom = self._boxes
        shift = WORLD_BITS - zoom
        tiles = ((left + right) // 2 >> shift) << zoom | (top + bottom) // 2 >> shift
        grains = np.maximum(right - left, bottom - top) // (tile_unit(zoom) * _GRAIN)
        segments = np.minimum(np.diff(self._lines.start) - 1, grains + 1)
        _, dense = np.unique(tiles, return_inverse=True)
        busiest = 0
        for rank in range(last + 1):
            counted = np.where(self._ranks <= rank, segments, 0)
            busiest = int(np.bincount(dense, counted).max())
            if busiest > BUSIEST_TILE_SEGMENTS:
                return max(rank - 1, 0)
        return last


def _drawn_arcs(network: RoadNetwork) -> Int64:
    numbers = np.arange(len(network.arcs))
    twins = network.arcs.twin
    return numbers[(twins < 0) | (numbers < twins)].astype(np.int64)


def _world_lines(network: RoadNetwork, arcs: Int64) -> WorldLines:
    """Return the points of arcs on the plane, both ends included; each arc is its own group."""
    shapes, nodes = network.shapes, network.nodes
    inner = np.diff(shapes.start)[arcs].astype(np.int64)
    start = np.concatenate(([0], np.cumsum(inner + 2))).astype(np.int64)
    own = np.repeat(np.arange(len(arcs)), inner)
    between = np.arange(len(own)) - (np.cumsum(inner) - inner)[own]
    lon, lat = (np.empty(int(start[-1]), np.int64) for _ in range(2))
    for column, ends, shape in ((lon, nodes.lon_e7, shapes.lon_e7), (lat, nodes.lat_e7, shapes.lat_e7)):
        column[start[:-1]] = ends[network.arcs.tail[arcs]]
        column[start[1:] - 1] = ends[network.arcs.head[arcs]]
        column[start[:-1][own] + 1 + between] = shape[shapes.start[arcs][own] + between]
    x, y = project(lon, lat)
    return WorldLines(x=x, y=y, start=start, group=np.arange(len(arcs), dtype=np.int64))


def _boxes(lines: WorldLines) -> tuple[Int64, Int64, Int64, Int64]:
    """Return left, top, right and bottom of each line."""
    if not len(lines.group):
        nothing = np.zeros(0, np.int64)
        return nothing, nothing, nothing, nothing
    first = lines.start[:-1]
    least = (np.minimum.reduceat(column, first) for column in (lines.x, lines.y))
    most = (np.maximum.reduceat(column, first) for column in (lines.x, lines.y))
    left, top = least
    right, bottom = most
    return left, top, right, bottom


def _taken(lines: WorldLines, chosen: Int64, groups: Int64) -> WorldLines:
    """Return some of the lines, with groups of their own."""
    lengths = np.diff(lines.start)[chosen]
    start = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    points = np.arange(int(start[-1])) + np.repeat(lines.start[chosen] - start[:-1], lengths)
    return WorldLines(x=lines.x[points], y=lines.y[points], start=start, group=groups)

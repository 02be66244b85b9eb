"""Where the roads of a released plan run: shapes where the map layers have them, straight lines elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Release

Point = tuple[int, int]


class RoadLines:
    """Points (lon_e7, lat_e7) of arcs and routes."""

    def __init__(self, release: Release, layers: MapLayers) -> None:
        network = release.inputs["network"]
        self._lon, self._lat = network["nodes"]["lon_e7"], network["nodes"]["lat_e7"]
        self._tail, self._head = network["arcs"]["tail"], network["arcs"]["head"]
        self._routes = release.plan["routes"]
        self._shapes = layers.shapes

    def node(self, node: int) -> Point:
        """Return where a node lies."""
        return self._lon[node], self._lat[node]

    def arc(self, arc: int) -> Sequence[Point]:
        """Return the points of an arc, both ends included."""
        return self._shapes.get(arc) or (self.node(self._tail[arc]), self.node(self._head[arc]))

    def arcs(self, arcs: Sequence[int]) -> list[Point]:
        """Return the points of consecutive arcs, no point twice in a row."""
        points: list[Point] = []
        for arc in arcs:
            for lon, lat in self.arc(arc):
                if not points or points[-1] != (lon, lat):
                    points.append((lon, lat))
        return points

    def route(self, route: int) -> list[Point]:
        """Return the points of a route; its only node where it has no arcs."""
        row = self._routes[route]
        return self.arcs(row["arcs"]) or [self.node(row["from_node"])]

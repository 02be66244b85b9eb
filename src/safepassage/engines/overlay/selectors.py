"""Which arcs a case points at."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from safepassage.domain.case import Area, RoadSelector, SelectorKind
from safepassage.domain.network import RoadNetwork
from safepassage.kernels.graphs.polygons import line_boxes, points_inside, shares_inside

NEAR_LIMIT_M = 500
"""A road further than this from the point of a near: selector is not the road meant."""

METRES_PER_DEGREE = 111_320
PPM = 1_000_000

# What people put between the letters and the digits of a road number: CG-3, CG 3 and CG3 are one road,
# while the hyphen of A1-1 stands between digits and makes it another road than A11.
_BETWEEN = re.compile(r"(?<=[^\W\d_])[\s\-\u2010-\u2013]+(?=\d)")


def _name(text: str) -> str:
    return text.strip().casefold()


def _number(text: str) -> str:
    return _BETWEEN.sub("", _name(text))


@dataclass(slots=True)
class RoadFinder:
    """Finds the arcs of a baseline by link, way, number, name, point, area or crossing.

    `gate_arcs` maps a crossing to its gate arc; `place_nodes` maps every place to its node.
    """

    network: RoadNetwork
    areas: Mapping[str, Area]
    gate_arcs: Mapping[str, int]
    place_nodes: Mapping[str, int]
    _boxes: tuple[Any, Any, Any, Any] | None = field(default=None, init=False)
    _inside: dict[str, dict[int, int]] = field(default_factory=dict, init=False)

    def find(self, selector: RoadSelector) -> list[int]:
        """Return the arcs a selector points at, in order; empty when it points at nothing."""
        arcs, value = self.network.arcs, selector.value
        hits: Any
        match selector.kind:
            case SelectorKind.LINK:
                hits = np.flatnonzero(arcs.link == value)
            case SelectorKind.WAY:
                hits = np.flatnonzero(arcs.link == f"way/{value.removeprefix('way/')}")
            case SelectorKind.REF:
                hits = self._named(arcs.ref, value, _number)
            case SelectorKind.NAME:
                hits = self._named(arcs.name, value, _name)
            case SelectorKind.NEAR:
                hits = self._near(value)
            case SelectorKind.AREA:
                hits = np.asarray(sorted(self.inside(value)), dtype=np.int64)
            case SelectorKind.PLACE:
                hits = self._at(value)
        return [int(arc) for arc in hits]

    def inside(self, area: str) -> dict[int, int]:
        """Return the share (ppm) of each road inside an area, and the whole of each gate in it."""
        if area not in self._inside:
            shape, found = self.areas.get(area), dict[int, int]()
            if shape is not None:
                found = shares_inside(shape.polygons, self._arc_boxes(), self.network.polyline_e7)
                found |= dict.fromkeys(self._gates_inside(shape), PPM)
            self._inside[area] = found
        return self._inside[area]

    def _gates_inside(self, area: Area) -> list[int]:
        nodes = self.network.nodes
        at = [(arc, self.place_nodes[place]) for place, arc in self.gate_arcs.items()]
        at = [(arc, node) for arc, node in at if node < len(nodes)]
        points = [(int(nodes.lon_e7[node]), int(nodes.lat_e7[node])) for _, node in at]
        hits = points_inside(area.polygons, points)
        return [arc for (arc, _), hit in zip(at, hits, strict=True) if hit]

    def _named(self, column: Any, value: str, plain: Callable[[str], str]) -> Any:
        wanted = plain(value)
        positions = [
            i
            for i, name in enumerate(self.network.names)
            if wanted in {plain(part) for part in (name, *name.replace("/", ";").split(";"))} and name
        ]
        return np.flatnonzero(np.isin(column, positions))

    def _at(self, place: str) -> Any:
        if place in self.gate_arcs:
            return np.asarray([self.gate_arcs[place]], dtype=np.int64)
        node = self.place_nodes.get(place, -1)
        arcs = self.network.arcs
        return np.flatnonzero((arcs.tail == node) | (arcs.head == node))

    def _near(self, value: str) -> Any:
        lat, lon = (float(part) for part in value.split(","))
        west, south, east, north = self._arc_boxes()
        reach = NEAR_LIMIT_M / METRES_PER_DEGREE * 1e7
        wide = reach / max(0.01, float(np.cos(np.radians(lat))))
        x, y = lon * 1e7, lat * 1e7
        hit = (west <= x + wide) & (east >= x - wide) & (south <= y + reach) & (north >= y - reach)
        best = self._closest([int(a) for a in np.flatnonzero(hit)], (x, y))
        if best < 0:
            return np.zeros(0, dtype=np.int64)
        twin = int(self.network.arcs.twin[best])
        return np.asarray(sorted({best, twin} - {-1}), dtype=np.int64)

    def _closest(self, arcs: list[int], point: tuple[float, float]) -> int:
        squeeze = float(np.cos(np.radians(point[1] / 1e7)))
        best, best_m = -1, float(NEAR_LIMIT_M)
        for arc in arcs:
            line = np.asarray(self.network.polyline_e7(arc), dtype=np.float64)
            line = (line - np.asarray(point)) * (squeeze, 1.0) * METRES_PER_DEGREE / 1e7
            step = line[1:] - line[:-1]
            length = np.maximum((step**2).sum(axis=1), 1e-9)
            share = np.clip(-(line[:-1] * step).sum(axis=1) / length, 0, 1)
            distance_m = float(np.hypot(*(line[:-1] + share[:, None] * step).T).min())
            if distance_m < best_m:
                best, best_m = arc, distance_m
        return best

    def _arc_boxes(self) -> tuple[Any, Any, Any, Any]:
        if self._boxes is None:
            arcs, nodes, shapes = self.network.arcs, self.network.nodes, self.network.shapes
            ends = (
                nodes.lon_e7[arcs.tail], nodes.lat_e7[arcs.tail],
                nodes.lon_e7[arcs.head], nodes.lat_e7[arcs.head],
            )  # fmt: skip
            self._boxes = line_boxes(ends, shapes.start, (shapes.lon_e7, shapes.lat_e7))
        return self._boxes

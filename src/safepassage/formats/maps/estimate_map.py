"""The map of an estimate: area, roads, flows as wide as they carry people, bottleneck and exits."""

from __future__ import annotations

from collections.abc import Sequence

from safepassage.domain.estimate_sheet import EstimateSheet, ExitRow
from safepassage.domain.network import RoadNetwork
from safepassage.formats.containers.markup import Markup, element, joined, number
from safepassage.formats.facts.elapsed_clock import elapsed
from safepassage.formats.maps.map_flows import FlowLines, draw_chains
from safepassage.formats.maps.map_frame import MapFrame, Point, along, length, path, rings_path
from safepassage.formats.maps.map_labels import Label, LabelPlacer, around
from safepassage.formats.maps.network_drawing import drawn_roads

_WIDTH_PX = 900.0
_NAMED_EXITS = 14
_LEAST_PERSONS_SHARE = 400
"""A way that carries less than one in so many people is not drawn: it would hide the others."""
_DEFINITIONS = Markup('<defs><path id="arrow0" class="arrow d0" d="M7 0-5 5.5-2.5 0-5-5.5Z"/></defs>')


class NetworkLines:
    """Points of arcs of a road network."""

    def __init__(self, network: RoadNetwork) -> None:
        self._network = network

    def arcs(self, arcs: Sequence[int]) -> list[Point]:
        """Return the points of consecutive arcs, no point twice in a row."""
        points: list[Point] = []
        for arc in arcs:
            for point in self._network.polyline_e7(arc):
                if not points or points[-1] != point:
                    points.append(point)
        return points


class EstimateMap:
    """Draws one sheet."""

    def __init__(self, page: EstimateSheet, network: RoadNetwork) -> None:
        self._page, self._network, self._lines = page, network, NetworkLines(network)
        ends = [(e.lon_e7, e.lat_e7) for e in page.exits]
        corners = [point for polygon in page.area for point in polygon[0]]
        self._frame = MapFrame.around([*corners, *ends], width=_WIDTH_PX)
        self._placer = LabelPlacer(self._frame.width, self._frame.height)

    def draw(self) -> Markup:
        """Return the picture as one inline SVG."""
        frame, ground = self._frame, {"width": self._frame.width, "height": self._frame.height}
        self._placer.block((frame.width - 250, frame.height - 46, frame.width, frame.height))
        flows = self._flows()
        limits = self._bottleneck()
        marks, labels = self._exits()
        bar = (frame.width - 240, frame.height - 18)
        parts = (
            _DEFINITIONS, element("rect", {**ground, "class": "ground"}), frame.graticule(), self._area(),
            drawn_roads(self._network, self._frame), flows, limits, marks, labels, frame.scale_bar(*bar),
            element("rect", {**ground, "class": "frame"}),
        )  # fmt: skip
        attributes = {
            "viewBox": f"0 0 {frame.width:.0f} {frame.height:.0f}", "class": "map", "role": "img",
            "aria-label": f"Map of {self._page.title}: ways out; the tables say the same in words",
        }  # fmt: skip
        return element("svg", attributes, *parts)

    def _area(self) -> Markup:
        rings = [self._frame.spots(ring) for polygon in self._page.area for ring in polygon]
        return element("path", {"d": rings_path(rings), "class": "asked", "fill-rule": "evenodd"})

    def _flows(self) -> Markup:
        least = self._page.persons // _LEAST_PERSONS_SHARE
        flows = {arc: {0: persons} for arc, persons in self._page.flows if persons > least}
        arcs = self._network.arcs
        ends = {arc: (int(arcs.tail[arc]), int(arcs.head[arc])) for arc in flows}
        chains = FlowLines(flows, ends).chains(self._frame, self._lines)
        for chain in chains:
            steps = [float(step) for step in range(0, int(length(chain.spots)) + 1, 4)]
            self._placer.add_ink((spot for spot, _ in along(chain.spots, steps)), weight=2)
        return joined(draw_chains(chains))

    def _bottleneck(self) -> Markup:
        lines = [
            self._frame.spots(self._network.polyline_e7(arc))
            for road in self._page.roads
            for arc in road.arcs
        ]
        drawn = [element("path", {"d": path(line), "class": "narrow"}) for line in lines]
        for line in lines:
            spot = along(line, [length(line) / 2])[0][0]
            self._placer.block_disc(spot, 5)
            drawn.append(element("circle", {"cx": spot[0], "cy": spot[1], "r": 6.0, "class": "narrow"}))
        return element("g", {"class": "limits"}, *drawn)

    def _exits(self) -> tuple[Markup, Markup]:
        marks, waiting = [], []
        for rank, row in enumerate(self._page.exits):
            spot = self._frame.spot((row.lon_e7, row.lat_e7))
            if not self._frame.holds(spot):
                continue
            marks.append(_mark(spot, row))
            self._placer.block_disc(spot, 5)
            if rank < _NAMED_EXITS:
                waiting.append((row, spot))
        labels = []
        for row, spot in waiting:
            text = (row.name, f"{row.persons:,} persons until {elapsed(row.last_s)}")
            for lines in (text, (f"{row.persons:,}",)):
                label = Label(lines=lines, size=11.5, style="label site d0")
                drawn = self._placer.place(label, around(label, spot, 7))
                if drawn is not None:
                    labels.append(drawn)
                    break
        return element("g", {"class": "points"}, *marks), element("g", {"class": "labels"}, *labels)


def _mark(spot: tuple[float, float], row: ExitRow) -> Markup:
    title = element("title", {}, f"{row.name}: {row.persons:,} persons")
    if row.kind == "link":
        x, y = spot
        shape = element("path", {"d": f"M{number(x)} {number(y - 7)}l7 7-7 7-7-7z", "class": "mark d0"})
    else:
        shape = element("circle", {"cx": spot[0], "cy": spot[1], "r": 5.0, "class": "mark d0"})
    return element("g", {}, title, shape)

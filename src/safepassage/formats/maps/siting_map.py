"""The map of points to stand at: roads, people, points, and the catchments that join them."""

from __future__ import annotations

from shapely.geometry import MultiPoint

from safepassage.domain.network import RoadNetwork
from safepassage.domain.siting_sheet import Point, SitingSheet
from safepassage.formats.containers.markup import Markup, element, number
from safepassage.formats.maps.map_frame import MapFrame, Spot, rings_path
from safepassage.formats.maps.map_labels import Label, LabelPlacer, around
from safepassage.formats.maps.network_drawing import drawn_roads

_WIDTH_PX, _COLOURS = 900.0, 4
_APART_E7 = 60_000
"""About 600 m: how far the edge of a catchment lies beyond its outermost people."""


def hull_e7(points: list[Point]) -> list[Point]:
    """Return the outline around points, at some distance from them; the first point is the last."""
    rounded = MultiPoint(points).convex_hull.buffer(_APART_E7, quad_segs=4)
    return [(round(x), round(y)) for x, y in rounded.exterior.coords]


def catchment_points(sheet: SitingSheet, site: int) -> list[Point]:
    """Return where a site and the people who walk to it are."""
    at = [sheet.client_at[row.client] for row in sheet.shown.catchments if row.site == site]
    return [point for point in (sheet.site_at[site], *at) if point is not None]


class SitingMap:
    """Draws one sheet."""

    def __init__(self, sheet: SitingSheet, network: RoadNetwork) -> None:
        self._sheet, self._network = sheet, network
        points = [p for p in (*sheet.client_at, *(sheet.site_at[j] for j in sheet.shown.chosen)) if p]
        self._frame = MapFrame.around(points or [(0, 0)], width=_WIDTH_PX)
        self._placer = LabelPlacer(self._frame.width, self._frame.height)
        self._colour = {site: k % _COLOURS for k, site in enumerate(sheet.shown.chosen)}

    def draw(self) -> Markup:
        """Return the picture as one inline SVG."""
        frame, ground = self._frame, {"width": self._frame.width, "height": self._frame.height}
        self._placer.block((frame.width - 250, frame.height - 46, frame.width, frame.height))
        marks, labels = self._sites()
        parts = (
            element("rect", {**ground, "class": "ground"}), frame.graticule(),
            drawn_roads(self._network, frame), self._catchments(), self._walks(), self._people(), marks,
            labels, frame.scale_bar(frame.width - 240, frame.height - 18),
            element("rect", {**ground, "class": "frame"}),
        )  # fmt: skip
        attributes = {
            "viewBox": f"0 0 {frame.width:.0f} {frame.height:.0f}", "class": "map siting", "role": "img",
            "aria-label": f"Map of {self._sheet.what} with catchments; the tables say the same in words",
        }  # fmt: skip
        return element("svg", attributes, *parts)

    def _catchments(self) -> Markup:
        drawn = []
        for site in self._sheet.shown.chosen:
            points = catchment_points(self._sheet, site)
            if points:
                ring = self._frame.spots(hull_e7(points))
                drawn.append(
                    element("path", {"d": rings_path([ring]), "class": f"catchment c{self._colour[site]}"})
                )
        return element("g", {"class": "catchments"}, *drawn)

    def _walks(self) -> Markup:
        lines: dict[int, list[str]] = {}
        for row in self._sheet.shown.catchments:
            a, b = self._sheet.client_at[row.client], self._sheet.site_at[row.site]
            if a is not None and b is not None:
                (ax, ay), (bx, by) = self._frame.spot(a), self._frame.spot(b)
                line = f"M{number(ax)} {number(ay)}L{number(bx)} {number(by)}"
                lines.setdefault(self._colour[row.site], []).append(line)
        return element(
            "g", {"class": "walks"},
            *(element("path", {"d": "".join(lines[k]), "class": f"walk c{k}"}) for k in sorted(lines)),
        )  # fmt: skip

    def _people(self) -> Markup:
        most = max(1, int(self._sheet.problem.persons.max(initial=1)))
        drawn = []
        for client, point in enumerate(self._sheet.client_at):
            if point is not None:
                spot, persons = self._frame.spot(point), int(self._sheet.problem.persons[client])
                left = self._sheet.left_out(client)
                size = 2.0 + 7.0 * (persons / most) ** 0.5
                text = f"{self._sheet.client_names[client]}: {persons:,} persons, {left:,} left out"
                style = "people left" if left else "people"
                shape = {"cx": spot[0], "cy": spot[1], "r": size, "class": style}
                drawn.append(element("circle", shape, element("title", {}, text)))
        return element("g", {"class": "everybody"}, *drawn)

    def _sites(self) -> tuple[Markup, Markup]:
        marks, labels = [], []
        for site in self._sheet.shown.chosen:
            point = self._sheet.site_at[site]
            if point is None:
                continue
            spot = self._frame.spot(point)
            marks.append(_square(spot, self._colour[site]))
            self._placer.block_disc(spot, 8)
            name, served = self._sheet.site_names[site], self._sheet.shown.served(site)
            label = Label(lines=(name, f"{served:,} persons"), size=11.5, style="label site")
            drawn = self._placer.place(label, around(label, spot, 9))
            if drawn is not None:
                labels.append(drawn)
        return element("g", {"class": "points"}, *marks), element("g", {"class": "labels"}, *labels)


def _square(spot: Spot, colour: int) -> Markup:
    x, y = spot
    return element("path", {"d": f"M{number(x - 6)} {number(y - 6)}h12v12h-12z", "class": f"stand c{colour}"})

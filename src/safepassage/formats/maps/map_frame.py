"""The frame of a map: a local equirectangular projection, true to scale at its middle, and its scale bar."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from safepassage.formats.containers.markup import Markup, element, joined, number

Point = tuple[int, int]
Spot = tuple[float, float]

# Metres per degree of latitude on a sphere of 6371 km; the flattening of the earth cannot be seen on a map.
_M_PER_DEGREE = 111_195
_MARGIN = 0.07
_LEAST_SPAN_M = 3_000
_FLATTEST, _TALLEST = 0.52, 0.86
_GRID_STEPS_MINUTES = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200)
_LONGEST_BAR_PX = 170
_SCALE_STEPS_KM = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapFrame:
    """A window of `width` × `height` pixels on the ground; x runs east, y runs south."""

    west: float
    north: float
    px_per_lon: float
    px_per_lat: float
    width: float
    height: float

    @classmethod
    def around(cls, points: Iterable[Point], *, width: float) -> MapFrame:
        """Return the smallest frame that shows all `points` with a margin, in a shape that suits a page."""
        lon, lat = zip(*points, strict=True)
        middle_lon, middle_lat = (min(lon) + max(lon)) / 2e7, (min(lat) + max(lat)) / 2e7
        shrink = max(0.02, math.cos(math.radians(middle_lat)))
        span_x = max(_LEAST_SPAN_M, (max(lon) - min(lon)) / 1e7 * _M_PER_DEGREE * shrink) * (1 + 2 * _MARGIN)
        span_y = max(_LEAST_SPAN_M, (max(lat) - min(lat)) / 1e7 * _M_PER_DEGREE) * (1 + 2 * _MARGIN)
        shape = min(max(span_y / span_x, _FLATTEST), _TALLEST)
        span_x = max(span_x, span_y / shape)
        scale, height = width / span_x, width * shape
        px_per_lon, px_per_lat = scale * _M_PER_DEGREE * shrink, scale * _M_PER_DEGREE
        return cls(
            west=middle_lon - width / 2 / px_per_lon,
            north=middle_lat + height / 2 / px_per_lat,
            px_per_lon=px_per_lon,
            px_per_lat=px_per_lat,
            width=width,
            height=float(round(height)),
        )

    def spot(self, point: Point) -> Spot:
        """Return the pixel of a (lon_e7, lat_e7) point."""
        return (
            (point[0] / 1e7 - self.west) * self.px_per_lon,
            (self.north - point[1] / 1e7) * self.px_per_lat,
        )

    def spots(self, points: Sequence[Point]) -> list[Spot]:
        """Return the pixels of points, leaving out those that nearly repeat the one before."""
        found = [self.spot(points[0])]
        for point in points[1:-1]:
            spot = self.spot(point)
            if abs(spot[0] - found[-1][0]) + abs(spot[1] - found[-1][1]) >= 1:
                found.append(spot)
        return [*found, self.spot(points[-1])]

    def holds(self, spot: Spot, margin: float = 0) -> bool:
        """Tell whether a pixel lies in the frame, at least `margin` away from its edge."""
        return margin <= spot[0] <= self.width - margin and margin <= spot[1] <= self.height - margin

    @property
    def km_per_px(self) -> float:
        """Kilometres on the ground per pixel."""
        return _M_PER_DEGREE / 1000 / self.px_per_lat

    def graticule(self) -> Markup:
        """Draw light meridians and parallels with their degrees at the edge."""
        lines = []
        for value in _ticks(self.west, self.west + self.width / self.px_per_lon, 6):
            x = (value / 60 - self.west) * self.px_per_lon
            lines.append(element("path", {"d": f"M{number(x)} 0V{number(self.height)}"}))
            lines.append(element("text", {"x": x + 3, "y": self.height - 4}, _degrees(value, "E", "W")))
        for value in _ticks(self.north - self.height / self.px_per_lat, self.north, 5):
            y = (self.north - value / 60) * self.px_per_lat
            lines.append(element("path", {"d": f"M0 {number(y)}H{number(self.width)}"}))
            lines.append(element("text", {"x": 4, "y": y - 3}, _degrees(value, "N", "S")))
        return element("g", {"class": "graticule"}, *lines)

    def scale_bar(self, x: float, y: float, *, unit: str = "km", north: str = "N") -> Markup:
        """Draw a bar of a round number of kilometres with its lower left end at (x, y), and a north arrow.

        `unit` and `north` are the words of the language for them.
        """
        km = max(
            (step for step in _SCALE_STEPS_KM if step / self.km_per_px <= _LONGEST_BAR_PX),
            default=_SCALE_STEPS_KM[0],
        )
        length = km / self.km_per_px
        half = number(length / 2)
        text = f"{km:g} {unit}"
        parts = (
            element(
                "rect", {"x": x - 8, "y": y - 26, "width": length + 74, "height": 34.0, "class": "plate"}
            ),
            element("path", {"d": f"M{number(x)} {number(y - 5)}v5h{half}v-5m0 5h{half}v-5", "class": "bar"}),
            element("text", {"x": x, "y": y - 9}, "0"),
            element("text", {"x": x + length, "y": y - 9, "text-anchor": "end"}, text),
            element(
                "path", {"d": f"M{number(x + length + 40)} {number(y - 22)}l6 20-6-4-6 4z", "class": "north"}
            ),
            element("text", {"x": x + length + 50, "y": y - 9}, north),
        )
        return element("g", {"class": "scale"}, *parts)


def _ticks(low: float, high: float, most: int) -> list[int]:
    """Return round minutes of arc between two degrees, at most `most` of them."""
    for step in _GRID_STEPS_MINUTES:
        ticks = list(range(math.ceil(low * 60 / step) * step, math.floor(high * 60) + 1, step))
        if len(ticks) <= most:
            return ticks
    return []


def _degrees(minutes: int, positive: str, negative: str) -> str:
    degrees, rest = divmod(abs(minutes), 60)
    return f"{degrees}°" + (f"{rest:02d}\N{PRIME}" if rest else "") + (positive if minutes >= 0 else negative)


def path(spots: Sequence[Spot]) -> str:
    """Return the path data of a line through pixels."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in spots)


def rings_path(rings: Iterable[Sequence[Spot]]) -> str:
    """Return the path data of closed rings."""
    return joined(path(ring[:-1]) + "Z" for ring in rings)


def middle(spots: Sequence[Spot]) -> Spot:
    """Return the point half way along a line."""
    return along(spots, [length(spots) / 2])[0][0]


def length(spots: Sequence[Spot]) -> float:
    """Return the length of a line in pixels."""
    return sum(math.dist(a, b) for a, b in pairwise(spots))


def along(spots: Sequence[Spot], distances: Sequence[float]) -> list[tuple[Spot, float]]:
    """Return the point and heading (radians) at each distance along a line; distances ascend."""
    found: list[tuple[Spot, float]] = []
    passed, waiting = 0.0, list(distances)
    for a, b in pairwise(spots):
        step = math.dist(a, b)
        heading = math.atan2(b[1] - a[1], b[0] - a[0])
        while waiting and step and waiting[0] <= passed + step:
            share = (waiting.pop(0) - passed) / step
            found.append(((a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share), heading))
        passed += step
    return found or [(spots[0], 0.0)]

"""The map on a driver's sheet: the driver's own way and stops, and nothing else of the plan or country."""

from __future__ import annotations

from collections.abc import Sequence

from safepassage.formats.containers.markup import Markup, element
from safepassage.formats.maps.map_frame import MapFrame, Point, along, length, path
from safepassage.formats.maps.map_labels import Label, LabelPlacer, around

_WIDTH_PX = 760.0
_LETTERS_PX = 15.0
_TALL = 0.66

RULES = (
    ".way{fill:none;stroke:#1b1f23;stroke-width:4;stroke-linejoin:round;stroke-linecap:round}"
    ".way-under{fill:none;stroke:#fff;stroke-width:8;stroke-linejoin:round}"
    ".way-stop{fill:#fff;stroke:#1b1f23;stroke-width:3}"
    ".way-name{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round;fill:#1b1f23}"
    ".way-frame{fill:#fdfdfc;stroke:#6d7883;stroke-width:1}"
    ".scale .plate{fill:#fff}.scale .bar{fill:none;stroke:#1b1f23;stroke-width:1.4}"
    ".scale .north{fill:#1b1f23}.scale text{font-size:13px;fill:#1b1f23}"
    ".leader{stroke:#3d4854;stroke-width:.9}"
)
"""How the parts of this map look, as CSS without variables."""


def drawing(
    lines: Sequence[Sequence[Point]], stops: Sequence[tuple[str, Point]], *, unit: str, north: str
) -> Markup:
    """Return the map of `lines` (points as lon_e7, lat_e7) and named `stops`; each stop is named once.

    `unit` and `north` are the words of the language for kilometres and north.
    """
    points = [point for line in lines for point in line] + [point for _, point in stops]
    frame = MapFrame.around(points, width=_WIDTH_PX)
    placer = LabelPlacer(frame.width, frame.height)
    ways = [frame.spots(line) for line in lines if len(line) > 1]
    for spots in ways:
        steps = [float(step) for step in range(0, int(length(spots)) + 1, 4)]
        placer.add_ink((spot for spot, _ in along(spots, steps)), weight=2)
    unique = dict(stops)
    discs = []
    for point in unique.values():
        spot = frame.spot(point)
        placer.block_disc(spot, 8)
        discs.append(element("circle", {"cx": spot[0], "cy": spot[1], "r": 7.0, "class": "way-stop"}))
    bar = _scale_corner(frame, placer)
    names = []
    for name, point in unique.items():
        label = Label(lines=(name,), size=_LETTERS_PX, style="way-name")
        names.append(placer.place(label, around(label, frame.spot(point), 8)))
    ground = {"x": 0.5, "y": 0.5, "width": frame.width - 1, "height": frame.height - 1, "class": "way-frame"}
    attributes = {"viewBox": f"0 0 {frame.width:.0f} {frame.height:.0f}"}
    svg = element(
        "svg", attributes, element("rect", ground),
        *(element("path", {"d": path(spots), "class": style}) for style in ("way-under", "way")
          for spots in ways),
        *discs, *(name for name in names if name is not None), frame.scale_bar(*bar, unit=unit, north=north),
    )  # fmt: skip
    return Markup(svg.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def _scale_corner(frame: MapFrame, placer: LabelPlacer) -> tuple[float, float]:
    """Return a corner where the scale bar covers no part of the way, and keep it free."""
    wide, high = frame.width, frame.height
    corners = ((wide - 250, high - 18), (22, high - 18), (22, 36), (wide - 250, 36))
    boxes = [(x - 10, y - 30, x + 240, y + 14) for x, y in corners]
    best = min(range(len(boxes)), key=lambda i: (not placer.is_free(boxes[i]), placer.covered(boxes[i]), i))
    placer.block(boxes[best])
    return corners[best]


def is_tall(drawn: Markup) -> bool:
    """Tell whether a map is nearly as high as it is wide."""
    width, height = (int(word) for word in drawn.split('viewBox="0 0 ', 1)[1].split('"', 1)[0].split())
    return height > _TALL * width

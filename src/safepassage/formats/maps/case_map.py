"""The map of a case before it is planned: roads, places, and areas as somebody announced or reported them."""

from __future__ import annotations

from collections.abc import Iterator

from safepassage.domain.case import STAYS, UNDECIDED, Case, Place, PlaceKind
from safepassage.domain.map_layers import MapLayers
from safepassage.domain.network import RoadNetwork
from safepassage.formats.containers.markup import Markup, element, joined
from safepassage.formats.maps import map_symbols as symbols
from safepassage.formats.maps.map_frame import MapFrame, Point, Spot, path
from safepassage.formats.maps.map_labels import Candidate, Label, LabelPlacer, around
from safepassage.formats.maps.network_drawing import drawn_roads

_WIDTH_PX = 900.0
_HATCH = Markup(
    '<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><path d="M0 0V7" class="hatch-line"/></pattern>'
    '<pattern id="grid" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path d="M0 0V6M0 0H6" class="hatch-line"/></pattern></defs>'
)
_HOMES = (PlaceKind.SETTLEMENT, PlaceKind.INSTITUTION, PlaceKind.ASSEMBLY_POINT)
_GATES = (PlaceKind.BORDER_CROSSING, PlaceKind.CHECKPOINT)


def drawing(case: Case, network: RoadNetwork, layers: MapLayers) -> Markup:
    """Return the map as one SVG; places without a position on the network are left out."""
    found = list(_placed(case, network))
    corners = [point for area in layers.areas for polygon in area.polygons for point in polygon[0]]
    points = [point for _, point in found] + corners
    frame = MapFrame.around(points or [(0, 0)], width=_WIDTH_PX)
    placer = LabelPlacer(frame.width, frame.height)
    placer.block((frame.width - 250, frame.height - 46, frame.width, frame.height))
    areas, titles = _areas(layers, frame)
    marks, names = _marks(case, found, frame, placer)
    labels = [placer.place(label, places) for label, places in (*names, *titles)]
    ground = {"width": frame.width, "height": frame.height}
    lines = (
        element("path", {"d": path(frame.spots(line.points)), "class": f"line {line.kind}"})
        for line in layers.lines
    )
    parts = (
        _HATCH, element("rect", {**ground, "class": "ground"}), frame.graticule(), joined(areas),
        joined(lines),
        drawn_roads(network, frame), joined(marks),
        element("g", {"class": "labels"}, *(label for label in labels if label is not None)),
        frame.scale_bar(frame.width - 240, frame.height - 18), element("rect", {**ground, "class": "frame"}),
    )  # fmt: skip
    attributes = {"viewBox": f"0 0 {frame.width:.0f} {frame.height:.0f}", "class": "map", "role": "img"}
    return element("svg", attributes, *parts)


def _placed(case: Case, network: RoadNetwork) -> Iterator[tuple[Place, Point]]:
    at = {node: i for i, node in enumerate(network.nodes.id)}
    for place in sorted(case.places, key=lambda place: place.id):
        if place.lon_e7 is not None and place.lat_e7 is not None:
            yield place, (place.lon_e7, place.lat_e7)
        elif place.node in at:
            node = at[place.node]
            yield place, (int(network.nodes.lon_e7[node]), int(network.nodes.lat_e7[node]))


def _areas(layers: MapLayers, frame: MapFrame) -> tuple[list[Markup], list[tuple[Label, list[Candidate]]]]:
    drawn, titles = [], []
    for number, area in enumerate(layers.areas, start=1):
        shape, rings = symbols.area(area, frame)
        drawn.append(shape)
        titles.append((symbols.area_label(area, number), symbols.area_candidates(rings, frame)))
    return drawn, titles


def _marks(
    case: Case, found: list[tuple[Place, Point]], frame: MapFrame, placer: LabelPlacer
) -> tuple[list[Markup], list[tuple[Label, list[Candidate]]]]:
    persons: dict[str, int] = {}
    for row in case.demand:
        persons[row.place] = persons.get(row.place, 0) + row.persons
    most = max(persons.values(), default=1)
    ways = {direction.id: at for at, direction in enumerate(case.directions)}
    drawn, names = [], []
    for place, point in sorted(found, key=lambda row: (-persons.get(row[0].id, 0), row[0].id)):
        spot = frame.spot(point)
        mark, size, style = _mark(place, spot, persons.get(place.id, 0), most, ways)
        drawn.append(mark)
        placer.block_disc(spot, size)
        label = Label(lines=(place.name,), size=11.5, style=style)
        names.append((label, around(label, spot, size)))
    return drawn, names


def _mark(
    place: Place, spot: Spot, persons: int, most: int, ways: dict[str, int]
) -> tuple[Markup, float, str]:
    """Return the mark of a place, its radius, and the style of its name."""
    if place.kind is PlaceKind.RECEPTION_SITE:
        at = ways.get(place.direction, 0)
        return symbols.mark(spot, at, chr(ord("A") + at)), 10, f"label site d{at % 4}"
    if place.kind in _GATES:
        return symbols.crossing(spot, "unknown", place.name), 11, "label gate"
    if place.kind is PlaceKind.DEPOT:
        at_side = (spot[0] - 16, spot[1] + 12)
        return symbols.depot(at_side, place.name), 8, "label minor"
    if place.kind in _HOMES and persons:
        radius = symbols.settlement_radius(persons, most)
        return (
            symbols.settlement(spot, radius, 0.0, f"{place.name}: {persons:,} persons counted"),
            radius,
            "label home",
        )
    return element("circle", {"cx": spot[0], "cy": spot[1], "r": 3.0, "class": "town"}), 4, "label minor"


def answers(case: Case) -> tuple[tuple[str, int], ...]:
    """Return each direction with the persons who chose it, then those who stay and those undecided."""
    names = [(direction.id, direction.name) for direction in case.directions]
    names += [(STAYS, "stay where they are"), (UNDECIDED, "undecided")]
    counted = {key: 0 for key, _ in names}
    for row in case.demand:
        if row.direction in counted:
            counted[row.direction] += row.persons
    return tuple((name, counted[key]) for key, name in names)

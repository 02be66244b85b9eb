"""Symbols on the map: settlements, reception sites, crossings, depots, announced and reported areas."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shapely import Point as Spotted
from shapely import Polygon

from safepassage.domain.case import AreaKind, PlaceKind
from safepassage.domain.map_layers import MapArea
from safepassage.domain.release import Release
from safepassage.formats.containers.markup import Markup, element, number
from safepassage.formats.facts.evidence_facts import agreement, in_percent, whose_word
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.facts.movements import RoadTimes
from safepassage.formats.facts.register import Register
from safepassage.formats.maps.map_frame import MapFrame, Spot, rings_path
from safepassage.formats.maps.map_labels import Box, Candidate, Label

_LEAST_R, _MOST_R = 3.2, 10.5
_TWO_PI, _LEAST_SECTOR = math.tau, 0.05
_MOST_WINDOWS = 2
_AREA_LINE = 34


def settlement_radius(persons: int, most: int) -> float:
    """Return the radius of a settlement: its area grows with the persons counted there."""
    return max(_LEAST_R, _MOST_R * math.sqrt(persons / max(most, 1)))


def settlement(spot: Spot, radius: float, served_share: float, title: str) -> Markup:
    """Draw a settlement as a disc, filled like a clock face by the share of people the plan serves."""
    x, y = spot
    parts = [element("title", {}, title), element("circle", {"cx": x, "cy": y, "r": radius, "class": "town"})]
    if served_share >= 1:
        parts.append(element("circle", {"cx": x, "cy": y, "r": radius - 1.3, "class": "served"}))
    elif served_share > 0:
        # A sliver that is left out, or in, has to be seen.
        served_share = min(max(served_share, _LEAST_SECTOR), 1 - _LEAST_SECTOR)
        inner = radius - 1.3
        end = (x + inner * math.sin(_TWO_PI * served_share), y - inner * math.cos(_TWO_PI * served_share))
        large = int(served_share > 0.5)
        sector = (
            f"M{number(x)} {number(y)}V{number(y - inner)}A{number(inner)} {number(inner)} 0 {large} 1 "
            f"{number(end[0])} {number(end[1])}Z"
        )
        parts.append(element("path", {"d": sector, "class": "served"}))
    return element("g", {"class": "settlement"}, *parts)


def mark(spot: Spot, position: int, letter: str, size: float = 9) -> Markup:
    """Draw the letter of a direction: on a disc for the first, a square for the second, and so on in turn."""
    x, y = spot
    style = f"mark d{position % 4}"
    shape = (
        element(
            "rect",
            {"x": x - size, "y": y - size, "width": 2 * size, "height": 2 * size, "rx": 2, "class": style},
        )
        if position % 2
        else element("circle", {"cx": x, "cy": y, "r": size + 0.8, "class": style})
    )
    text = {"x": x, "y": y + size * 0.5, "font-size": size * 1.4, "class": "letter", "text-anchor": "middle"}
    return element("g", {}, shape, element("text", text, letter))


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossing:
    """A border crossing, checkpoint or other gate, and when it is open in this plan."""

    name: str
    node: int
    state: str
    text: str


def crossings(release: Release, register: Register, times: RoadTimes, clock: LocalClock) -> list[Crossing]:
    """Return all gates of the network and the crossings and checkpoints that have none, each once."""
    arcs = release.inputs["network"]["arcs"]
    found: dict[str, Crossing] = {}
    taken: set[int] = set()
    for arc, gate in enumerate(arcs["gate"]):
        if gate:
            tail, head = arcs["tail"][arc], arcs["head"][arc]
            name = str(arcs["label"][arc]) or register.node(tail)
            state, text = _opening(times, arc, arcs, clock, release.inputs["horizon_s"])
            found.setdefault(name, Crossing(name=name, node=tail, state=state, text=text))
            taken |= {tail, head}
    kinds = {PlaceKind.BORDER_CROSSING.value, PlaceKind.CHECKPOINT.value}
    for row in release.inputs["places"]:
        if row["kind"] in kinds and row["node"] >= 0 and row["node"] not in taken:
            found.setdefault(
                row["name"],
                Crossing(name=row["name"], node=row["node"], state="unknown", text="no status stated"),
            )
    return list(found.values())


def _opening(
    times: RoadTimes, arc: int, arcs: Mapping[str, Any], clock: LocalClock, horizon_s: int
) -> tuple[str, str]:
    """Return the state of a gate and the words for it: its hours, or how many may pass if it never closes."""
    pieces = times.open_pieces(arc)
    if not pieces:
        return "closed", "closed"
    if pieces[0][0] <= 0 and pieces[0][1] >= horizon_s:
        persons = arcs["persons_h"][arc]
        return "open", f"open, {persons:,} persons/h" if persons >= 0 else "open"
    words = [f"{clock.moment(start)}–{clock.moment(end)}" for start, end in pieces[:_MOST_WINDOWS]]
    return "window", f"open {', '.join(words)}{' …' * (len(pieces) > _MOST_WINDOWS)}"


_CROSSING_SHAPES = {
    "closed": "M-4.5 0H4.5",
    "open": "M-4.2 .4l3 3.2 5.4-6.4",
    "window": "M0-4.6V0l3.4 2.4",
    "unknown": "M-2.2-2.2c0-3.4 4.6-3.2 4.4-.2-.1 1.8-2.2 1.6-2.2 3.6M0 4.2v.1",
}


def crossing(spot: Spot, state: str, title: str) -> Markup:
    """Draw a crossing: a diamond with a bar (closed), a tick (open), a clock hand or a question mark."""
    turned = f"translate({number(spot[0])} {number(spot[1])})"
    return element(
        "g",
        {"class": f"crossing {state}", "transform": turned},
        element("title", {}, title),
        element("path", {"d": "M0-11L11 0 0 11-11 0Z"}),
        element("path", {"d": _CROSSING_SHAPES[state], "class": "sign"}),
    )


def depot(spot: Spot, title: str) -> Markup:
    """Draw a vehicle base: a small bus."""
    turned = f"translate({number(spot[0])} {number(spot[1])})"
    return element(
        "g",
        {"class": "depot", "transform": turned},
        element("title", {}, title),
        element("path", {"d": "M-7-5h14v8.5h-14zM-5-3h4v3h-4zM1-3h4v3h-4z", "fill-rule": "evenodd"}),
        element("circle", {"cx": -4, "cy": 4, "r": 1.7}),
        element("circle", {"cx": 4, "cy": 4, "r": 1.7}),
    )


def area(shown: MapArea, frame: MapFrame) -> tuple[Markup, list[list[Spot]]]:
    """Draw an area in the manner of its kind: an outline for zones, a hatch for reported hazard."""
    rings = [[frame.spot(point) for point in ring] for polygon in shown.polygons for ring in polygon]
    outline = rings_path(rings)
    parts = [element("title", {}, f"{shown.name}: {whose_word(shown)}")]
    if shown.kind in {AreaKind.REPORTED_HAZARD, AreaKind.NO_GO}:
        pattern = "url(#hatch)" if shown.kind is AreaKind.REPORTED_HAZARD else "url(#grid)"
        pattern = pattern if shown.reviewed else "none"
        parts.append(
            element("path", {"d": outline, "fill": pattern, "fill-rule": "evenodd", "stroke": "none"})
        )
    parts.append(element("path", {"d": outline, "class": "outline"}))
    outer = [[frame.spot(point) for point in polygon[0]] for polygon in shown.polygons]
    layer = "" if shown.reviewed else " precautionary"
    return element("g", {"class": f"area {shown.kind.value}{layer}"}, *parts), outer


def area_label(shown: MapArea, number: int) -> Label:
    """Return the label of an area: the number of its row in the table, its name, and whose word it is."""
    lines = textwrap.wrap(f"{number}: {shown.name}", _AREA_LINE, max_lines=2, placeholder=" …")
    if shown.kind in {AreaKind.ANNOUNCED_ZONE, AreaKind.PROTECTED_ZONE}:
        whose = f"announced by {shown.announced_by or shown.source}"
        lines += [*_clipped(whose), agreement(shown.status)]
    else:
        lines += _clipped(f"reported by {shown.source}")
        lines += _layers(shown)
    found = tuple(line for line in lines if line)
    return Label(lines=found, size=10.5, style=f"label word-of {shown.kind.value}")


def _layers(shown: MapArea) -> list[str]:
    """Say the range of an event in text, for colour and line alone must not carry it."""
    if shown.hazard_ppm is None or not shown.id.startswith("claim:"):
        return []
    low, _, high = (in_percent(ppm) for ppm in shown.hazard_ppm)
    return [f"{low} – {high} at its worst" if shown.reviewed else f"not reviewed: up to {high}"]


def _clipped(text: str) -> list[str]:
    return textwrap.wrap(text, _AREA_LINE, max_lines=2, placeholder=" …")


def area_candidates(rings: Sequence[Sequence[Spot]], frame: MapFrame) -> list[Candidate]:
    """Return places for an area's label: along the inside of its upper edge first, then anywhere inside."""
    found: list[Candidate] = []
    for ring in rings:
        shape = Polygon(ring).buffer(0)
        left, top, right, bottom = shape.bounds
        left, right = max(left, 0), min(right, frame.width)
        top, bottom = max(top, 0), min(bottom, frame.height)
        for row in range(1, 12):
            for column in (5, 4, 6, 3, 7, 2, 8):
                spot = (left + (right - left) * column / 10, top + (bottom - top) * row / 12)
                if shape.contains(Spotted(*spot)):
                    found.append(
                        Candidate(spot=spot, anchor="middle", cost=row * 0.3 + abs(column - 5) * 0.3)
                    )
        found += _beside((left, top, right, bottom))
    return found


def _beside(box: Box) -> list[Candidate]:
    """Return places outside an area, with a line to it: no shape stays without its source."""
    left, top, right, bottom = box
    middle = ((left + right) / 2, (top + bottom) / 2)
    found = []
    for far in (14, 34, 60, 90):
        cost = 20 + far / 2
        for x, y, anchor, edge in (
            (right + far, middle[1], "start", (right - 4, middle[1])),
            (left - far, middle[1], "end", (left + 4, middle[1])),
            (middle[0], top - far, "middle", (middle[0], top + 4)),
            (middle[0], bottom + far, "middle", (middle[0], bottom - 4)),
            (right + far, top - far, "start", (right - 4, top + 4)),
            (left - far, bottom + far, "end", (left + 4, bottom - 4)),
            (left - far, top - far, "end", (left + 4, top + 4)),
            (right + far, bottom + far, "start", (right - 4, bottom - 4)),
        ):
            found.append(Candidate(spot=(x, y), anchor=anchor, cost=cost, leader_to=edge))
    return found

"""Corridors on the map: a line per direction, as wide as it carries persons, each on its side of the road."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from safepassage.formats.containers.markup import Markup, element
from safepassage.formats.maps.map_frame import MapFrame, Point, Spot, along, length, middle, path

# (most persons, width in pixels): few steps, so that widths can be told apart and named in the legend.
WIDTHS = ((0, 1.6), (100, 2.6), (500, 4.0), (2_000, 5.8), (5_000, 7.8))
WIDEST_PX = 10.0
_ARROW_EVERY_PX, _ARROW_APART_PX, _SHORTEST_WITH_ARROW_PX = 95, 20, 22
_MITRE_LIMIT = 2.5
_TAGS_PER_DIRECTION = 4
_TAG_APART_PX = 150


def width_of(persons: int) -> float:
    """Return the width of a line that carries so many persons."""
    return next((width for most, width in WIDTHS if persons <= most), WIDEST_PX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A run of arcs with one direction and one width, as an offset line on the map."""

    direction: int
    persons: int
    width: float
    spots: tuple[Spot, ...]


class ArcLines(Protocol):
    """Anything that knows where arcs run."""

    def arcs(self, arcs: Sequence[int]) -> Sequence[Point]:
        """Return the points of consecutive arcs."""
        ...


class FlowLines:
    """Joins the arcs that people use into chains and draws them."""

    def __init__(self, flows: Mapping[int, Mapping[int, int]], ends: Mapping[int, tuple[int, int]]) -> None:
        """Take persons by arc and direction (0: a corridor nobody uses), and (tail, head) of those arcs."""
        self._flows, self._ends = flows, ends

    def chains(self, frame: MapFrame, lines: ArcLines) -> list[Chain]:
        """Return all chains, those with fewer persons first so that wide lines lie on top."""
        found: list[Chain] = []
        for direction in sorted({d for flow in self._flows.values() for d in flow}):
            for run in self._runs(direction):
                spots = frame.spots(lines.arcs(run))
                if length(spots) > 0.5 and any(frame.holds(spot, -50) for spot in spots):
                    persons = max(self._flows[arc][direction] for arc in run)
                    moved = offset(spots, self._side_px(run[0], direction))
                    found.append(
                        Chain(
                            direction=direction, persons=persons, width=width_of(persons), spots=tuple(moved)
                        )
                    )
        return sorted(found, key=lambda chain: (chain.persons, chain.direction))

    def _side_px(self, arc: int, direction: int) -> float:
        """How far to the right of its way a direction is drawn: beside those before it on the same arc."""
        flow = self._flows[arc]
        before = sum(width_of(persons) + 1 for way, persons in flow.items() if way < direction)
        return before + width_of(flow[direction]) / 2 + 0.8

    def _style(self, arc: int, direction: int) -> tuple[float, float]:
        return width_of(self._flows[arc][direction]), self._side_px(arc, direction)

    def _runs(self, direction: int) -> list[list[int]]:
        """Join arcs that follow each other without a junction of corridors and without a change of width."""
        arcs = sorted(arc for arc, flow in self._flows.items() if direction in flow)
        leaving: dict[int, list[int]] = {}
        entering: dict[int, list[int]] = {}
        for arc in arcs:
            leaving.setdefault(self._ends[arc][0], []).append(arc)
            entering.setdefault(self._ends[arc][1], []).append(arc)

        def follower(arc: int) -> int | None:
            node = self._ends[arc][1]
            after = leaving.get(node, [])
            alone = len(after) == 1 and len(entering[node]) == 1
            return (
                after[0]
                if alone and self._style(after[0], direction) == self._style(arc, direction)
                else None
            )

        followed = {arc: follower(arc) for arc in arcs}
        after_another = set(followed.values())
        starts = [arc for arc in arcs if arc not in after_another]
        return [self._run(arc, followed) for arc in starts]

    @staticmethod
    def _run(start: int, followed: Mapping[int, int | None]) -> list[int]:
        run, arc = [start], followed[start]
        while arc is not None:
            run.append(arc)
            arc = followed[arc]
        return run


def offset(spots: Sequence[Spot], distance: float) -> list[Spot]:
    """Move a line to its right by `distance` pixels, with mitred corners."""
    headings = [math.atan2(b[1] - a[1], b[0] - a[0]) for a, b in pairwise(spots)]
    moved: list[Spot] = []
    for i, (x, y) in enumerate(spots):
        before, after = headings[max(i - 1, 0)], headings[min(i, len(headings) - 1)]
        turn = math.remainder(after - before, math.tau)
        heading = before + turn / 2
        reach = distance * min(1 / max(math.cos(turn / 2), 1e-6), _MITRE_LIMIT)
        # In pixels y runs south, so the right of the way lies a quarter turn clockwise on the screen.
        moved.append((x - math.sin(heading) * reach, y + math.cos(heading) * reach))
    return moved


def draw_chains(chains: Sequence[Chain]) -> list[Markup]:
    """Draw light casings, then the lines, then arrowheads in the direction of travel."""
    casings = [
        element("path", {"d": path(chain.spots), "class": "casing", "stroke-width": chain.width + 2.4})
        for chain in chains
    ]
    bodies: list[Markup] = []
    for chain in chains:
        shape = {"d": path(chain.spots), "stroke-width": chain.width}
        style = "unused" if chain.persons == 0 else ""
        bodies.append(element("path", {**shape, "class": f"flow d{chain.direction % 4} {style}".strip()}))
        if chain.direction % 2 and chain.persons:
            bodies.append(
                element("path", {"d": path(chain.spots), "class": "core", "stroke-width": chain.width * 0.28})
            )
    arrows = _arrows([chain for chain in chains if chain.persons])
    return [element("g", {"class": "flows"}, *casings, *bodies, *arrows)]


def _arrows(chains: Sequence[Chain]) -> list[Markup]:
    """Draw arrowheads along the chains; of one direction, none stands close to another."""
    drawn: list[Markup] = []
    taken: set[tuple[int, int, int]] = set()
    for chain in reversed(chains):
        for (x, y), heading in _arrow_spots(chain):
            column, row = int(x // _ARROW_APART_PX), int(y // _ARROW_APART_PX)
            if (chain.direction, column, row) in taken:
                continue
            taken |= {(chain.direction, column + i, row + j) for i in (-1, 0, 1) for j in (-1, 0, 1)}
            scale = 0.75 + chain.width / 11
            turn = f"translate({x:.1f} {y:.1f}) rotate({math.degrees(heading):.0f}) scale({scale:.2f})"
            drawn.append(element("use", {"href": f"#arrow{chain.direction % 4}", "transform": turn}))
    return drawn


def _arrow_spots(chain: Chain) -> list[tuple[Spot, float]]:
    reach = length(chain.spots)
    count = round(reach / _ARROW_EVERY_PX) or int(reach > _SHORTEST_WITH_ARROW_PX)
    return along(chain.spots, [reach * (i + 0.5) / count for i in range(count)]) if count else []


def tag_spots(chains: Sequence[Chain], frame: MapFrame) -> list[tuple[int, Spot]]:
    """Return where each direction's letter stands on its widest lines, letters well apart."""
    found: list[tuple[int, Spot]] = []
    for chain in sorted(chains, key=lambda c: (-c.persons, -length(c.spots))):
        if not chain.persons or length(chain.spots) < 40:  # noqa: PLR2004
            continue
        spot = middle(chain.spots)
        same = [other for direction, other in found if direction == chain.direction]
        near = any(math.dist(spot, other) < _TAG_APART_PX for other in same)
        clash = any(math.dist(spot, other) < 24 for _, other in found)  # noqa: PLR2004
        if not near and not clash and len(same) < _TAGS_PER_DIRECTION and frame.holds(spot, 20):
            found.append((chain.direction, spot))
    return found

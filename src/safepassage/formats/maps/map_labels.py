"""Labels that do not overlap: each takes the best free place among a few, or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.formats.containers.markup import Markup, element, kept_apart, printable
from safepassage.formats.maps.map_frame import Spot

Box = tuple[float, float, float, float]
"""left, top, right, bottom"""

_CELL = 4
_LEADING = 1.18
_NARROW, _BROAD = frozenset("iIjlt.,:;|'’!()[] ·-"), frozenset("mwMW@%\N{EM DASH}\N{EN DASH}ЖШЩЮФЫжшщюфы")
_WIDE_FROM = "\u2e80"
_BOLD_STYLES = frozenset({"site", "gate", "told", "number"})
_BOLD = 1.15
"""How much wider bold letters are, measured in a browser over the labels of a map (DejaVu Sans)."""


def text_width(text: str, size: float) -> float:
    """Estimate the width of a text in a sans-serif face, a little generously."""
    ems = 0.0
    for letter in text:
        if letter >= _WIDE_FROM:
            ems += 1.0
        elif letter in _NARROW:
            ems += 0.33
        elif letter in _BROAD:
            ems += 0.88
        else:
            ems += 0.67 if letter.isupper() else 0.57
    return ems * size


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Lines of text in one style."""

    lines: tuple[str, ...]
    size: float
    style: str

    @property
    def width(self) -> float:
        """The width of the longest line."""
        weight = 1.0 if _BOLD_STYLES.isdisjoint(self.style.split()) else _BOLD
        return weight * max(text_width(line, self.size) for line in self.lines)

    @property
    def height(self) -> float:
        """The height of all lines."""
        return self.size * _LEADING * len(self.lines)

    def box(self, spot: Spot, anchor: str) -> Box:
        """Return the box with its vertical middle at `spot` and its start, middle or end there."""
        left = {"start": spot[0], "middle": spot[0] - self.width / 2, "end": spot[0] - self.width}[anchor]
        return left, spot[1] - self.height / 2, left + self.width, spot[1] + self.height / 2

    def draw(self, spot: Spot, anchor: str) -> Markup:
        """Draw the lines around `spot`."""
        top = spot[1] - self.height / 2 + self.size * 0.92
        spans = [
            element("tspan", {"x": spot[0], "y": top + i * self.size * _LEADING}, kept_apart(printable(line)))
            for i, line in enumerate(self.lines)
        ]
        attributes = {"class": self.style, "font-size": self.size, "text-anchor": anchor}
        return element("text", attributes, *spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A place for a label; `leader_to` is set when a line has to lead from the label to what it names."""

    spot: Spot
    anchor: str
    cost: float
    leader_to: Spot | None = None


def around(label: Label, spot: Spot, radius: float) -> list[Candidate]:
    """Return places around a symbol: right, left, above, below, corners; then farther off with a leader."""
    x, y = spot
    gap, half = radius + 3, label.height / 2
    found = [
        Candidate(spot=(x + gap, y), anchor="start", cost=0),
        Candidate(spot=(x - gap, y), anchor="end", cost=1),
        Candidate(spot=(x, y - gap - half), anchor="middle", cost=2),
        Candidate(spot=(x, y + gap + half), anchor="middle", cost=2),
    ]
    for step, cost in ((0.0, 3.0), (14.0, 9.0), (28.0, 14.0), (46.0, 20.0), (66.0, 27.0)):
        leader = spot if step else None
        for side, anchor in ((1, "start"), (-1, "end")):
            for rise in (-1, 1):
                at = (x + side * (gap * 0.7 + step), y + rise * (gap * 0.5 + half + step * 0.8))
                found.append(Candidate(spot=at, anchor=anchor, cost=cost, leader_to=leader))
    return found


class LabelPlacer:
    """Keeps what is taken, and finds the cheapest free place for each next label."""

    def __init__(self, width: float, height: float) -> None:
        self._width, self._height = width, height
        self._taken: list[Box] = []
        self._ink = np.zeros((int(height) // _CELL + 2, int(width) // _CELL + 2), dtype=np.int64)
        self._summed: NDArray[np.int64] | None = None

    def block(self, box: Box) -> None:
        """Keep a box free of labels."""
        self._taken.append(box)

    def block_disc(self, spot: Spot, radius: float) -> None:
        """Keep the square around a symbol free of labels."""
        self.block((spot[0] - radius, spot[1] - radius, spot[0] + radius, spot[1] + radius))

    def add_ink(self, spots: Iterable[Spot], weight: int = 1) -> None:
        """Mark pixels that a label had better not cover."""
        rows, columns = self._ink.shape
        for x, y in spots:
            row, column = int(y) // _CELL, int(x) // _CELL
            if 0 <= row < rows - 1 and 0 <= column < columns - 1:
                self._ink[row, column] += weight
        self._summed = None

    def covered(self, box: Box) -> int:
        """Return how much ink lies in a box."""
        if self._summed is None:
            self._summed = np.pad(self._ink.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
        s = self._summed
        rows, columns = s.shape
        left, right = (min(max(int(v) // _CELL, 0), columns - 1) for v in (box[0], box[2] + _CELL))
        top, bottom = (min(max(int(v) // _CELL, 0), rows - 1) for v in (box[1], box[3] + _CELL))
        return int(s[bottom, right] - s[top, right] - s[bottom, left] + s[top, left])

    def is_free(self, box: Box) -> bool:
        """Tell whether a box lies inside the map and touches nothing that is taken."""
        if box[0] < 2 or box[1] < 2 or box[2] > self._width - 2 or box[3] > self._height - 2:  # noqa: PLR2004
            return False
        return not any(
            box[0] < other[2] and box[2] > other[0] and box[1] < other[3] and box[3] > other[1]
            for other in self._taken
        )

    def place(self, label: Label, candidates: Sequence[Candidate]) -> Markup | None:
        """Draw `label` at its cheapest free place and take that place; None where all are taken."""
        best: tuple[float, int] | None = None
        for i, candidate in enumerate(candidates):
            box = label.box(candidate.spot, candidate.anchor)
            if self.is_free(box):
                cost = candidate.cost + 1.2 * self.covered(box)
                best = min(best, (cost, i)) if best else (cost, i)
        if best is None:
            return None
        chosen = candidates[best[1]]
        box = label.box(chosen.spot, chosen.anchor)
        self.block((box[0] - 2, box[1] - 1, box[2] + 2, box[3] + 1))
        text = label.draw(chosen.spot, chosen.anchor)
        if chosen.leader_to is None:
            return text
        ends = {
            "x1": chosen.spot[0],
            "y1": chosen.spot[1],
            "x2": chosen.leader_to[0],
            "y2": chosen.leader_to[1],
        }
        return element("g", {}, element("line", {**ends, "class": "leader"}), text)

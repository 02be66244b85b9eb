"""Ways in words for a driver: where to turn, onto which road, how far and as far as where."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from safepassage.domain.case import PlaceKind
from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Release
from safepassage.formats.facts.register import Register
from safepassage.formats.facts.road_lines import Point, RoadLines

START, ONTO, GATE = "start", "onto", "gate"
_STRAIGHT_DEG, _SLIGHT_DEG, _SHARP_DEG, _BACK_DEG = 25.0, 55.0, 125.0, 165.0
_SIGHT_M = 40.0
"""How far a bend is looked at from a junction: a kink of the last metres is not what a driver sees."""
_M_PER_E7 = 111_195 / 1e7


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One instruction: what to do after `from_m` metres, onto which road, for how long, as far as where.

    `turn` is a key of the texts. `road` and `end` are "" where they have no name.
    """

    turn: str
    road: str
    from_m: int
    length_m: int
    end: str
    through: tuple[str, ...]


@dataclass(slots=True)
class _Stretch:
    arcs: list[int]
    turn: str


class RoadCues:
    """Says the ways of one release; left and right only where the shapes of the roads are known."""

    def __init__(
        self, release: Release, layers: MapLayers, register: Register, routes: Sequence[Mapping[str, Any]]
    ) -> None:
        self._arcs = release.inputs["network"]["arcs"]
        self._routes = routes
        self._lines, self._register = RoadLines(release, layers), register
        self.says_turns = bool(layers.shapes) and not release.inputs["network"]["schematic"]
        self._names = _names(release)

    def cues(self, route: int) -> tuple[Cue, ...]:
        """Return the instructions of a route in order; none where it has no roads."""
        found: list[Cue] = []
        passed = 0
        for stretch in self._stretches(self._routes[route]["arcs"]):
            length = sum(self._arcs["length_m"][arc] for arc in stretch.arcs)
            inner = dict.fromkeys(self._name(self._arcs["head"][arc]) for arc in stretch.arcs[:-1])
            end = self._name(self._arcs["head"][stretch.arcs[-1]])
            through = tuple(name for name in inner if name and name != end)
            road = str(self._arcs["label"][stretch.arcs[0]])
            cue = Cue(turn=stretch.turn, road=road, from_m=passed, length_m=length, end=end, through=through)
            found.append(cue)
            passed += length
        return tuple(found)

    def length_m(self, route: int) -> int:
        """Return how long a route is."""
        return sum(self._arcs["length_m"][arc] for arc in self._routes[route]["arcs"])

    def travel_s(self, route: int) -> int:
        """Return how long a route takes in whole, without waiting and as its roads are first."""
        return sum(self._arcs["travel_s"][arc] for arc in self._routes[route]["arcs"])

    def _name(self, node: int) -> str:
        return self._names.get(node, "")

    def _stretches(self, arcs: Sequence[int]) -> list[_Stretch]:
        found: list[_Stretch] = []
        for arc in arcs:
            label, gate = self._arcs["label"][arc], bool(self._arcs["gate"][arc])
            last = found[-1].arcs[-1] if found else -1
            same = found and label == self._arcs["label"][last] and gate == bool(self._arcs["gate"][last])
            turn = START if not found else self._turn(last, arc)
            if same and (gate or turn in {ONTO, "straight", "slight_left", "slight_right"}):
                found[-1].arcs.append(arc)
            else:
                found.append(_Stretch([arc], GATE if gate else turn))
        return found

    def _turn(self, last: int, arc: int) -> str:
        """Return how a driver has to turn from one arc into the next."""
        if not self.says_turns:
            return ONTO
        before = _heading(list(reversed(self._lines.arc(last)))) + math.pi
        after = _heading(self._lines.arc(arc))
        return turn_of(math.degrees(after - before))


def turn_of(degrees: float) -> str:
    """Return the name of a change of heading; degrees count clockwise."""
    turned = (degrees + 180) % 360 - 180
    side, size = ("right" if turned > 0 else "left"), abs(turned)
    if size < _STRAIGHT_DEG:
        return "straight"
    if size >= _BACK_DEG:
        return "back"
    if size < _SLIGHT_DEG:
        return f"slight_{side}"
    return f"sharp_{side}" if size >= _SHARP_DEG else side


def _heading(points: Sequence[Point]) -> float:
    """Return the heading (clockwise from north, radians) from the first point to one in sight of it."""
    lon, lat = points[0]
    shrink = math.cos(math.radians(lat / 1e7))
    east = north = 0.0
    for point in points[1:]:
        east, north = (point[0] - lon) * shrink * _M_PER_E7, (point[1] - lat) * _M_PER_E7
        if math.hypot(east, north) >= _SIGHT_M:
            break
    return math.atan2(east, north)


def _names(release: Release) -> dict[int, str]:
    """Return what a driver finds at a node: a settlement, or else what is there."""
    order = {
        PlaceKind.SETTLEMENT.value: 0, PlaceKind.CHECKPOINT.value: 1, PlaceKind.BORDER_CROSSING.value: 1,
        PlaceKind.MEDICAL_POINT.value: 3, PlaceKind.DEPOT.value: 4,
    }  # fmt: skip
    found: dict[int, str] = {}
    for row in sorted(release.inputs["places"], key=lambda row: (order.get(row["kind"], 2), row["id"])):
        if row["node"] >= 0:
            found.setdefault(row["node"], str(row["name"]))
    return found

"""Roads on the map: by class as far as they can be told apart, and what is reported of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.case import BorderStatusWord, RoadStatusWord
from safepassage.domain.map_layers import MapLayers
from safepassage.domain.network import Mode, RoadClass
from safepassage.domain.release import Release
from safepassage.formats.containers.markup import Markup, element, joined
from safepassage.formats.facts.movements import RoadTimes
from safepassage.formats.facts.road_lines import RoadLines
from safepassage.formats.maps.map_frame import MapFrame, Spot, length, middle, path

# A page of A4 cannot show more; what is dropped first are the lowest classes, as the legend says.
_MOST_ARCS = 9_000
_STYLES = (
    (
        "minor",
        (
            RoadClass.UNCLASSIFIED,
            RoadClass.RESIDENTIAL,
            RoadClass.SERVICE,
            RoadClass.TRACK,
            RoadClass.FOOTWAY,
        ),
    ),
    ("mid", (RoadClass.SECONDARY, RoadClass.TERTIARY)),
    ("major", (RoadClass.MOTORWAY, RoadClass.TRUNK, RoadClass.PRIMARY)),
    ("rail", (RoadClass.RAIL, RoadClass.FERRY)),
)
# What is shorter on the map cannot be seen.
_SEEN_PX = 0.5
_LONGEST_REF = 7

CLOSED, RESTRICTED, UNKNOWN = "closed", "restricted", "unknown"
STATE_TEXT = {
    CLOSED: "reported not passable",
    RESTRICTED: "reported restricted",
    UNKNOWN: "status unknown",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadState:
    """Stretches of road with one reported state; `used` is False where the plan only shows it."""

    state: str
    arcs: tuple[int, ...]
    used: bool


_STATE_WORDS = {
    RoadStatusWord.NOT_PASSABLE.value: CLOSED,
    BorderStatusWord.CLOSED.value: CLOSED,
    RoadStatusWord.RESTRICTED.value: RESTRICTED,
    RoadStatusWord.UNKNOWN.value: UNKNOWN,
}

_PLAIN_WORDS = {
    "reported not passable": CLOSED, "reported closed": CLOSED, "reported restricted": RESTRICTED,
    "status unknown": UNKNOWN,
}  # fmt: skip


def state_of(kind: str, text: str) -> str:
    """Return the state that a status gives a road, by its word; empty for other changes and words.

    The word stands after the last colon of the text, for a road's name may contain anything.
    """
    if "status" not in kind:
        return ""
    plain = text.rpartition(":")[2].strip()
    for start, state in _PLAIN_WORDS.items():
        if plain.startswith(start):
            return state
    words = re.findall(r"[A-Z_]{4,}", f"{kind} {text.rpartition(':')[2]}")
    return next((_STATE_WORDS[word] for word in words if word in _STATE_WORDS), "")


class RoadMap:
    """Chooses and draws the roads of a released plan inside a frame."""

    def __init__(self, release: Release, layers: MapLayers, frame: MapFrame, times: RoadTimes) -> None:
        network = release.inputs["network"]
        self._release, self._layers, self._frame, self._times = release, layers, frame, times
        self._lines = RoadLines(release, layers)
        self._labels = network["arcs"]["label"]
        self._tail = np.array(network["arcs"]["tail"], dtype=np.int64)
        self._head = np.array(network["arcs"]["head"], dtype=np.int64)
        lon = np.array(network["nodes"]["lon_e7"], dtype=np.float64) / 1e7
        lat = np.array(network["nodes"]["lat_e7"], dtype=np.float64) / 1e7
        self._x = (lon - frame.west) * frame.px_per_lon
        self._y = (frame.north - lat) * frame.px_per_lat
        self._class = self._classes(network)
        self.dropped_classes = False
        self.shown = self._choose()

    def _classes(self, network: Mapping[str, Any]) -> NDArray[np.int64]:
        """Return a class for every arc; those after the stated ones (gates, links) by their users."""
        modes = np.array(network["arcs"]["modes"], dtype=np.int64)
        found = np.where(modes & int(Mode.road()) == 0, int(RoadClass.RAIL), int(RoadClass.SECONDARY))
        stated = np.array(self._layers.road_class[: len(found)], dtype=np.int64)
        found[: len(stated)] = stated
        return found

    def _choose(self) -> NDArray[np.int64]:
        """Return the arcs to draw: inside the frame, one of each pair of twins, highest classes first."""
        x, y = (np.sort(axis[np.vstack((self._tail, self._head))], axis=0) for axis in (self._x, self._y))
        inside = (x[1] > 0) & (x[0] < self._frame.width) & (y[1] > 0) & (y[0] < self._frame.height)
        span = x[1] - x[0] + y[1] - y[0]
        arcs = np.flatnonzero(inside & (span > _SEEN_PX))
        ends = np.sort(np.vstack((self._tail, self._head))[:, arcs], axis=0)
        _, first = np.unique(ends[0] * len(self._x) + ends[1], return_index=True)
        arcs = arcs[np.sort(first)]
        chosen = self._by_class(arcs, span)
        self.dropped_classes = len(chosen) < len(arcs)
        return chosen

    def _by_class(self, arcs: NDArray[np.int64], span: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return as many arcs as a page can show: whole classes, or the longest if all are of one class."""
        counts = np.bincount(self._class[arcs], minlength=len(RoadClass))
        roads = [c for c in range(RoadClass.FERRY) if counts[: c + 1].sum() <= _MOST_ARCS]
        if counts[roads].any() or not counts[: RoadClass.FERRY].any():
            return arcs[np.isin(self._class[arcs], [*roads, *range(RoadClass.FERRY, len(counts))])]
        return np.sort(arcs[np.argsort(-span[arcs], kind="stable")[:_MOST_ARCS]])

    def draw(self) -> Markup:
        """Draw the roads, the lowest classes first."""
        groups = []
        for style, classes in _STYLES:
            arcs = self.shown[np.isin(self._class[self.shown], classes)]
            if len(arcs):
                groups.append(element("path", {"class": f"road {style}", "d": self._paths(arcs.tolist())}))
        return element("g", {"class": "roads"}, *groups)

    def _paths(self, arcs: Iterable[int]) -> Markup:
        return joined(path(self._frame.spots(self._lines.arc(arc))) for arc in arcs)

    def states(self) -> list[RoadState]:
        """Return reported states of roads; what the snapshot closes without a word is closed as well."""
        gates = self._release.inputs["network"]["arcs"]["gate"]
        found: list[RoadState] = []
        told: set[int] = set()
        for row in self._release.plan["modifications"]:
            state = state_of(row["kind"], row["text"])
            # A crossing tells its state by its own symbol.
            arcs = tuple(arc for arc in row["arcs"] if not gates[arc])
            if state and arcs:
                found.append(RoadState(state=state, arcs=arcs, used=row["used"]))
                told.update(arcs)
        silent = tuple(
            arc
            for arc in self.shown.tolist()
            if arc not in told and not gates[arc] and self._times.closed_throughout(arc)
        )
        return [*found, RoadState(state=CLOSED, arcs=silent, used=True)] if silent else found

    def draw_state(self, state: RoadState) -> tuple[Markup, list[tuple[str, Spot]]]:
        """Draw one state; return it with its text and where that belongs (the longest stretch in view)."""
        lines = [self._frame.spots(self._lines.arc(arc)) for arc in state.arcs]
        lines = [line for line in lines if any(self._frame.holds(spot) for spot in line)]
        style = f"state {state.state}" + ("" if state.used else " shown-only")
        drawn = (
            element("path", {"class": style, "d": joined(path(line) for line in lines)})
            if lines
            else Markup()
        )
        spots = [middle(line) for line in sorted(lines, key=length, reverse=True)]
        text = STATE_TEXT[state.state] + ("" if state.used else " (not used)")
        return drawn, [(text, spot) for spot in spots if self._frame.holds(spot)][:1]

    def crosses(self, state: RoadState) -> list[Spot]:
        """Return where closed stretches carry a cross: their middles, each road once."""
        if state.state != CLOSED:
            return []
        found: dict[tuple[int, int], Spot] = {}
        for arc in state.arcs:
            spot = middle(self._frame.spots(self._lines.arc(arc)))
            if self._frame.holds(spot, 4):
                found[round(spot[0] / 14), round(spot[1] / 14)] = spot
        return list(found.values())

    def references(self) -> list[tuple[str, list[Spot]]]:
        """Return road numbers, the most important first, with places along the road to print them."""
        stretches: dict[str, list[tuple[float, Spot]]] = {}
        rank: dict[str, int] = {}
        for arc in self.shown.tolist():
            words = str(self._labels[arc]).split()
            if self._class[arc] > RoadClass.SECONDARY or not words or not _is_number(words[0]):
                continue
            line = self._frame.spots(self._lines.arc(arc))
            if self._frame.holds(middle(line), 12):
                stretches.setdefault(words[0], []).append((length(line), middle(line)))
                rank[words[0]] = min(rank.get(words[0], 99), int(self._class[arc]))
        order = sorted(stretches, key=lambda ref: (rank[ref], -sum(s[0] for s in stretches[ref]), ref))
        return [(ref, _longest(stretches[ref])) for ref in order[:24]]


def _is_number(word: str) -> bool:
    return len(word) <= _LONGEST_REF and any(c.isdigit() for c in word) and not word.isdigit()


def _longest(stretches: Sequence[tuple[float, Spot]]) -> list[Spot]:
    return [spot for _, spot in sorted(stretches, key=lambda s: (-s[0], s[1]))[:6]]

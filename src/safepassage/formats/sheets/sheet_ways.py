"""Ways on a sheet: each in words under its number, and a map of them and of nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Release
from safepassage.formats.facts.register import Register
from safepassage.formats.facts.road_cues import GATE, START, Cue, RoadCues
from safepassage.formats.facts.road_lines import RoadLines
from safepassage.formats.maps import own_way_map
from safepassage.formats.paper.paper import Block, Heading, Picture, Rows, Words
from safepassage.formats.paper.sheet_texts import SheetTexts

_WIDE_PERCENT, _TALL_PERCENT = 82, 60
"""How much of a page's width a map takes: a tall one less, so that it leaves room for words."""


class SheetWays:
    """Says and draws some of `routes`, the routes of a plan or of its distribution of aid."""

    def __init__(
        self, release: Release, layers: MapLayers, texts: SheetTexts, routes: Sequence[Mapping[str, Any]]
    ) -> None:
        self._texts, self._routes = texts, routes
        self._register = Register(release)
        self._cues = RoadCues(release, layers, self._register, routes)
        self._lines = RoadLines(release, layers)

    def all(self, routes: Sequence[int]) -> list[Block]:
        """Return ways in words, numbered in this order; where there is no left and right, why."""
        found = [block for number, route in enumerate(routes, start=1) for block in self.way(number, route)]
        if not self._cues.says_turns:
            found.append(Words(text=self._texts.say("no_turns"), tone="note"))
        return found

    def way(self, number: int, route: int) -> list[Block]:
        """Return one way in words, under its number."""
        say, row = self._texts.say, self._routes[route]
        line = say(
            "way_line", start=self._register.node(row["from_node"]), end=self._register.node(row["to_node"]),
            km=self._texts.distance(self._cues.length_m(route)),
            minutes=self._texts.minutes(self._cues.travel_s(route)),
        )  # fmt: skip
        cues = tuple(self._cue(cue) for cue in self._cues.cues(route))
        return [
            Heading(text=f"{say('way', number=number)}: {line}", level=3),
            Rows(
                heads=self._texts.heads("cue_heads"), rows=cues, widths=(0, 4, 0, 4), numbers=(0, 2),
                strong=(1,),
            ),
        ]  # fmt: skip

    def _cue(self, cue: Cue) -> tuple[str, str, str, str]:
        say = self._texts.say
        end = cue.end or say("junction")
        if cue.through:
            end = say("through", place=end, places=", ".join(cue.through))
        after = "0" if cue.turn == START else self._texts.distance(cue.from_m)
        length = "" if cue.turn == GATE else self._texts.distance(cue.length_m)
        return after, say(cue.turn, road=cue.road or say("unnamed")), length, end

    def map(self, routes: Sequence[int], stops: Sequence[tuple[str, int]]) -> Picture:
        """Return the map of routes and of stops, given as (name, node)."""
        lines = [
            self._lines.arcs(row["arcs"]) or [self._lines.node(row["from_node"])]
            for row in (self._routes[route] for route in routes)
        ]
        named = [(name, self._lines.node(node)) for name, node in stops]
        unit, north = self._texts.say("km", km="").strip(), self._texts.say("north")
        drawn = own_way_map.drawing(lines, named, unit=unit, north=north)
        percent = _TALL_PERCENT if own_way_map.is_tall(drawn) else _WIDE_PERCENT
        return Picture(
            svg=drawn, alt=self._texts.say("map_alt"), caption=self._texts.say("map"), percent=percent
        )

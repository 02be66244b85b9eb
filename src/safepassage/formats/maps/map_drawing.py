"""The map of a released plan as one inline SVG picture, with the list of what its legend must explain."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from safepassage.domain.case import AreaKind, PlaceKind
from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Release
from safepassage.formats.containers.markup import Markup, element, joined
from safepassage.formats.facts.movements import Movements
from safepassage.formats.facts.people_facts import PeopleFacts, SiteFacts
from safepassage.formats.facts.register import Register
from safepassage.formats.facts.road_lines import RoadLines
from safepassage.formats.maps import map_symbols as symbols
from safepassage.formats.maps.map_flows import Chain, FlowLines, draw_chains, tag_spots
from safepassage.formats.maps.map_frame import MapFrame, Point, Spot, along, length, path
from safepassage.formats.maps.map_labels import Candidate, Label, LabelPlacer, around
from safepassage.formats.maps.map_roads import RoadMap

# A crowded map gets more pixels, so that its letters are smaller against the ground.
_WIDTH_PX, _CROWDED_WIDTH_PX, _CROWD = 900.0, 1020.0, 40
_FAR_FACTOR = 1.35
# About eight kilometres: a degree is 10**7 units and about 111 km.
_NEAR_E7 = 720_000.0

_BUSY_INK = 30
# A wider map still fits under the headline on a printed page.
_TALL = 0.6

_DEFINITIONS = Markup(
    '<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse"'
    ' patternTransform="rotate(45)"><path d="M0 0V7" class="hatch-line"/></pattern>'
    '<pattern id="grid" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<path d="M0 0V6M0 0H6" class="hatch-line"/></pattern>'
    '<path id="arrow0" class="arrow d0" d="M7 0-5 5.5-2.5 0-5-5.5Z"/>'
    '<path id="arrow1" class="arrow d1" d="M7 0-4 6V-6Z"/>'
    '<path id="arrow2" class="arrow d2" d="M7 0-5 5.5-2.5 0-5-5.5Z"/>'
    '<path id="arrow3" class="arrow d3" d="M7 0-4 6V-6Z"/></defs>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureParts:
    """The picture and what its legend has to explain."""

    picture: Markup
    legend: frozenset[str]
    names_left_out: int
    roads_left_out: bool
    is_tall: bool


@dataclass(slots=True)
class _Texts:
    """Labels that wait until every symbol has taken its place; lower ranks choose first."""

    waiting: list[tuple[float, Label, list[Candidate], Label | None]] = field(default_factory=list)

    def add(
        self, rank: float, label: Label, candidates: list[Candidate], instead: Label | None = None
    ) -> None:
        """Take a label, and a shorter one to use `instead` where it finds no place."""
        self.waiting.append((rank, label, candidates, instead))

    def settle(self, placer: LabelPlacer) -> tuple[Markup, int]:
        """Place the labels; return them, and how many names of settlements found no place."""
        drawn, lost = [], 0
        for rank, label, candidates, instead in sorted(self.waiting, key=lambda entry: entry[0]):
            text = placer.place(label, candidates)
            if text is None and instead is not None:
                text = placer.place(instead, candidates)
            if text is not None:
                drawn.append(text)
            else:
                lost += _TOWN <= rank < _STATE
        return element("g", {"class": "labels"}, *drawn), lost


_SITE, _CROSSING, _AREA, _TOWN, _STATE, _DEPOT, _MARK, _NUMBER = range(8)


class PlanMap:
    """Draws the map of one release."""

    def __init__(
        self,
        release: Release,
        layers: MapLayers,
        *,
        register: Register,
        movements: Movements,
        people: PeopleFacts,
    ) -> None:
        self._release, self._layers = release, layers
        self._register, self._movements, self._people = register, movements, people
        self._lines = RoadLines(release, layers)
        self._sites = people.sites()
        crowded = len(people.persons_at()) + len(self._sites) > _CROWD
        width = _CROWDED_WIDTH_PX if crowded else _WIDTH_PX
        self._frame = MapFrame.around(self._points_to_show(), width=width)
        self._placer = LabelPlacer(self._frame.width, self._frame.height)
        self._roads = RoadMap(release, layers, self._frame, movements.times)
        self._texts = _Texts()
        self._legend: set[str] = set()

    def _node_of(self, place_id: str) -> int:
        row = self._register.places[place_id]
        return int(row["node"] if row["node"] >= 0 else row["pickup_node"])

    def _spot_of(self, place_id: str) -> Spot | None:
        node = self._node_of(place_id)
        return self._frame.spot(self._lines.node(node)) if node >= 0 else None

    def _points_to_show(self) -> list[Point]:
        """Settlements and sites; a site very far from every settlement is shown by an arrow at the edge."""
        known = [place for place in self._people.persons_at() if place in self._register.places]
        homes = [self._lines.node(node) for node in map(self._node_of, known) if node >= 0]
        ends = [self._node_of(site.id) for site in self._sites]
        ways = [
            node
            for row in self._release.plan["corridors"]
            for node in self._nodes_of(self._release.plan["routes"][row["route"]]["arcs"])
        ]
        others = [self._lines.node(node) for node in {*ends, *ways} if node >= 0]
        if not homes:
            return others or [(0, 0)]
        middle = (sum(p[0] for p in homes) / len(homes), sum(p[1] for p in homes) / len(homes))
        shrink = math.cos(math.radians(middle[1] / 1e7))

        def reach(point: Point) -> float:
            return math.hypot((point[0] - middle[0]) * shrink, point[1] - middle[1])

        limit = _FAR_FACTOR * max(*map(reach, homes), _NEAR_E7)
        return homes + [point for point in others if reach(point) <= limit]

    def _nodes_of(self, arcs: tuple[int, ...]) -> list[int]:
        heads = self._release.inputs["network"]["arcs"]["head"]
        return [heads[arc] for arc in arcs]

    def draw(self) -> PictureParts:
        """Return the picture; symbols first, for labels take what room they leave."""
        hatches, outlines = self._areas()
        flows = self._flows()
        states = self._states()
        symbols_drawn = element(
            "g",
            {"class": "points"},
            *self._crossings(),
            *self._settlements(),
            *self._depots(),
            *self._site_marks(),
        )
        self._marks_and_numbers()
        frame = self._frame
        bar_at = self._scale_bar_corner()
        labels, lost = self._texts.settle(self._placer)
        ground = {"width": frame.width, "height": frame.height}
        layers = (
            _DEFINITIONS,
            element("rect", {**ground, "class": "ground"}),
            frame.graticule(),
            hatches,
            self._background(),
            self._roads.draw(),
            states,
            outlines,
            flows,
            symbols_drawn,
            labels,
            frame.scale_bar(*bar_at),
            element("rect", {**ground, "class": "frame"}),
        )
        attributes = {
            "viewBox": f"0 0 {frame.width:.0f} {frame.height:.0f}",
            "class": "map",
            "role": "img",
            "aria-label": f"Map of {self._release.plan['title']}; the tables below say the same in words",
        }
        return PictureParts(
            picture=element("svg", attributes, *layers),
            legend=frozenset(self._legend),
            names_left_out=lost,
            roads_left_out=self._roads.dropped_classes,
            is_tall=frame.height > _TALL * frame.width,
        )

    def _scale_bar_corner(self) -> Spot:
        """Return where the scale bar stands: in the first corner that no symbol needs, and keep it free."""
        wide, high = self._frame.width, self._frame.height
        corners = ((wide - 240, high - 18), (22, high - 22), (22, 34))
        boxes = [(x - 10, y - 28, x + 240, y + 16) for x, y in corners]
        free = [i for i, box in enumerate(boxes) if self._placer.is_free(box)]
        chosen = min(free, key=lambda i: (self._placer.covered(boxes[i]) > _BUSY_INK, i)) if free else 0
        self._placer.block(boxes[chosen])
        return corners[chosen]

    def _areas(self) -> tuple[Markup, Markup]:
        hatched: list[Markup] = []
        outlined: list[Markup] = []
        for number, shown in enumerate(self._layers.areas, start=1):
            drawn, rings = symbols.area(shown, self._frame)
            hazard = shown.kind in {AreaKind.REPORTED_HAZARD, AreaKind.NO_GO}
            (hatched if hazard else outlined).append(drawn)
            self._legend.add(shown.kind.value if shown.reviewed else "precautionary")
            places = symbols.area_candidates(rings, self._frame)
            label = symbols.area_label(shown, number)
            self._texts.add(_AREA, label, places, replace(label, lines=(f"{number}",)))
        return element("g", {"class": "areas"}, *hatched), element("g", {"class": "areas"}, *outlined)

    def _background(self) -> Markup:
        drawn = []
        for line in self._layers.lines:
            drawn.append(
                element("path", {"d": path(self._frame.spots(line.points)), "class": f"line {line.kind}"})
            )
            self._legend.add(line.kind)
        return joined(drawn)

    def _flow_by_arc(self) -> dict[int, dict[int, int]]:
        """Return persons by arc and direction; 0 where a corridor runs that nobody uses."""
        flows: dict[int, dict[int, int]] = {}
        for arc, use in self._movements.arc_use.items():
            flows[arc] = {way: persons for way, persons in use.by_direction.items() if persons}
        for row in self._release.plan["corridors"]:
            direction = self._register.direction(row["direction"])
            for arc in self._release.plan["routes"][row["route"]]["arcs"]:
                flows.setdefault(arc, {}).setdefault(direction, 0)
        return {arc: dict(sorted(flow.items())) for arc, flow in sorted(flows.items()) if flow}

    def _flows(self) -> Markup:
        flows = self._flow_by_arc()
        arcs = self._release.inputs["network"]["arcs"]
        ends = {arc: (arcs["tail"][arc], arcs["head"][arc]) for arc in flows}
        chains = FlowLines(flows, ends).chains(self._frame, self._lines)
        for chain in chains:
            steps = [float(step) for step in range(0, int(length(chain.spots)) + 1, 4)]
            self._placer.add_ink((spot for spot, _ in along(chain.spots, steps)), weight=2)
            self._legend.add("flow" if chain.persons else "unused")
        return joined([*draw_chains(chains), *self._tags(chains)])

    def _tags(self, chains: list[Chain]) -> list[Markup]:
        tags = []
        for direction, spot in tag_spots(chains, self._frame):
            tags.append(symbols.mark(spot, direction, self._register.mark(direction), size=6.5))
            self._placer.block_disc(spot, 8)
        return tags

    def _states(self) -> Markup:
        drawn: list[Markup] = []
        for state in self._roads.states():
            lines, texts = self._roads.draw_state(state)
            if not lines:
                continue
            drawn.append(lines)
            self._legend.add(state.state)
            for x, y in self._roads.crosses(state):
                drawn.append(
                    element("path", {"d": f"M{x - 4:.1f} {y - 4:.1f}l8 8m0-8l-8 8", "class": "cross"})
                )
                self._placer.block_disc((x, y), 5)
            for text, spot in texts:
                label = Label(lines=(text,), size=9.5, style="label told")
                self._texts.add(_STATE, label, around(label, spot, 6))
        return element("g", {"class": "states"}, *drawn)

    def _settlements(self) -> list[Markup]:
        persons, shares = self._people.persons_at(), self._people.served_shares()
        most = max(persons.values(), default=1)
        drawn = []
        for place in sorted(persons, key=lambda p: (-persons[p], p)):
            spot = self._spot_of(place) if place in self._register.places else None
            if spot is None or not self._frame.holds(spot):
                continue
            name, radius = self._register.place(place), symbols.settlement_radius(persons[place], most)
            share = shares.get(place, 1.0)
            served = f"{math.floor(share * 100)} % of those who have decided are served"
            title = f"{name}: {persons[place]:,} persons counted, {served}"
            drawn.append(symbols.settlement(spot, radius, share, title))
            self._placer.block_disc(spot, radius)
            label = Label(lines=(name,), size=11.5, style="label home")
            self._texts.add(
                _TOWN + 0.9 * (1 - persons[place] / (most + 1)), label, around(label, spot, radius)
            )
        return drawn

    def _site_marks(self) -> list[Markup]:
        return [drawn for site in self._sites if (drawn := self._site(site))]

    def _site(self, site: SiteFacts) -> Markup | None:
        spot = self._spot_of(site.id)
        if spot is None:
            return None
        total = site.arrivals + site.reserved
        load = f"{total:,} of {site.capacity:,} places" if site.capacity >= 0 else f"{total:,} persons"
        label = Label(
            lines=(self._register.short(site.id), load), size=11.5, style=f"label site d{site.position % 4}"
        )
        if self._frame.holds(spot):
            self._placer.block_disc(spot, 10)
            self._texts.add(_SITE, label, around(label, spot, 10))
            return symbols.mark(spot, site.position, site.mark)
        return self._beyond(site, label, spot)

    def _beyond(self, site: SiteFacts, label: Label, spot: Spot) -> Markup:
        """Draw a site outside the frame: its letter at the edge, an arrow and how far it is."""
        frame = self._frame
        centre = (frame.width / 2, frame.height / 2)
        dx, dy = spot[0] - centre[0], spot[1] - centre[1]
        share = min((centre[0] - 16) / max(abs(dx), 1e-9), (centre[1] - 16) / max(abs(dy), 1e-9))
        at = (centre[0] + dx * share, centre[1] + dy * share)
        km = math.dist(spot, at) * frame.km_per_px
        far = Label(lines=(*label.lines, f"about {km:.0f} km beyond this map"), size=11.5, style=label.style)
        self._placer.block_disc(at, 12)
        self._texts.add(_SITE, far, around(far, at, 12))
        turned = f"translate({at[0]:.1f} {at[1]:.1f}) rotate({math.degrees(math.atan2(dy, dx)):.0f})"
        pointer = element(
            "path", {"d": "M9-7l8 7-8 7", "class": f"beyond d{site.position % 4}", "transform": turned}
        )
        return element("g", {}, pointer, symbols.mark(at, site.position, site.mark))

    def _crossings(self) -> list[Markup]:
        drawn = []
        clock, times = self._people.clock, self._movements.times
        for found in symbols.crossings(self._release, self._register, times, clock):
            spot = self._frame.spot(self._lines.node(found.node))
            if self._frame.holds(spot):
                drawn.append(symbols.crossing(spot, found.state, f"{found.name}: {found.text}"))
                self._placer.block_disc(spot, 11)
                label = Label(lines=(found.name, found.text), size=10.5, style="label gate")
                self._texts.add(_CROSSING, label, around(label, spot, 11))
                self._legend.add("crossing")
        return drawn

    def _depots(self) -> list[Markup]:
        drawn = []
        for row in self._release.inputs["places"]:
            spot = self._spot_of(row["id"]) if row["kind"] == PlaceKind.DEPOT.value else None
            if spot and self._frame.holds(spot):
                # A yard often lies where a site does: beside it, both can be seen.
                at = (spot[0] - 16, spot[1] + 12)
                drawn.append(symbols.depot(at, row["name"]))
                self._placer.block_disc(at, 8)
                label = Label(lines=(row["name"],), size=9.5, style="label minor")
                self._texts.add(_DEPOT, label, around(label, at, 8))
                self._legend.add("depot")
        return drawn

    def _marks_and_numbers(self) -> None:
        for shown in self._layers.marks:
            spot = self._frame.spot((shown.lon_e7, shown.lat_e7))
            label = Label(lines=(shown.name,), size=12.5, style="label orientation")
            self._texts.add(
                _MARK, label, [Candidate(spot=spot, anchor="middle", cost=0), *around(label, spot, 1)]
            )
        for reference, spots in self._roads.references():
            label = Label(lines=(reference,), size=8.5, style="label number")
            places = [Candidate(spot=spot, anchor="middle", cost=float(i)) for i, spot in enumerate(spots)]
            self._texts.add(_NUMBER, label, places)

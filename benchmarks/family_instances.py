"""Instances of the family "both ways out": towns between two sides, zones in time, reports that conflict.

Standard library only, whole-number arithmetic, draws by SHA-256: the same name gives the same bytes anywhere.
An instance is a case folder that `safepassage plan` reads, and `truth.json`: which of the doubtful things are
so, drawn with the probabilities that the instance states. A planner must not read the truth.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

VERSION = 1
TOPOLOGIES = ("grid", "river", "valley", "star")
HAZARDS = ("none", "static", "moving")
REPORTS = ("consistent", "conflicting")
FLEETS = ("scarce", "ample")
STEP_M = 3_400
SPEED_KMH = {"primary": 70, "secondary": 50, "tertiary": 40}
CAPACITY_VEH_H = {"primary": 1_200, "secondary": 700, "tertiary": 350}
HORIZON_H = 24
UNKNOWN_P, RESTRICTED_P, EARLY_P, EARLY_SHARE = 0.2, 0.05, 0.1, 0.25
"""What the truth is drawn with; the first three are the planner's own assumptions, too."""
MADE_UP = "made up by the generator of the family"
LAT0, LON0 = 10.0, 20.0
"""Where the corner of every instance lies; nothing there means anything."""
Node = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """What an instance is drawn from; its text is its name."""

    topology: str
    zones: int
    hazard: str
    reports: str
    fleet: str
    persons: int
    seed: int

    def __post_init__(self) -> None:
        words = (
            (self.topology, TOPOLOGIES), (self.hazard, HAZARDS), (self.reports, REPORTS), (self.fleet, FLEETS)
        )  # fmt: skip
        if any(word not in known for word, known in words):
            raise ValueError(f"an instance is made of {TOPOLOGIES}, {HAZARDS}, {REPORTS}, {FLEETS}")
        if not (0 <= self.zones <= 4 and 100 <= self.persons <= 10**6 and self.seed >= 0):
            raise ValueError("zones go from 0 to 4, persons from 100 to 1,000,000, seeds from 0")

    def __str__(self) -> str:
        return (
            f"v{VERSION}-{self.topology}-{self.zones}z-{self.hazard}-{self.reports}-{self.fleet}-"
            f"{self.persons}p-s{self.seed}"
        )

    @classmethod
    def parsed(cls, text: str) -> Name:
        """Return what a name stands for."""
        parts = text.split("-")
        if len(parts) != 8 or parts[0] != f"v{VERSION}":
            raise ValueError(f"{text!r} is no name of an instance of version {VERSION}")
        return cls(
            topology=parts[1], zones=int(parts[2].removesuffix("z")), hazard=parts[3], reports=parts[4],
            fleet=parts[5], persons=int(parts[6].removesuffix("p")), seed=int(parts[7].removeprefix("s")),
        )  # fmt: skip


class Draws:
    """Whole numbers by SHA-256 of the instance's name, a word and a counter."""

    def __init__(self, name: str) -> None:
        self._name = name

    def below(self, n: int, word: str) -> int:
        """Return a number in [0, n)."""
        digest = hashlib.sha256(f"{self._name}/{word}".encode()).digest()
        return int.from_bytes(digest[:8], "big") % n

    def so(self, probability: float, word: str) -> bool:
        """Return whether something of a probability is so."""
        return self.below(10**6, word) < round(probability * 10**6)


@dataclass(slots=True)
class Ground:
    """Nodes on a plane in steps, and roads between them."""

    nodes: list[Node] = field(default_factory=list)
    roads: list[tuple[Node, Node, str, bool]] = field(default_factory=list)

    def road(self, a: Node, b: Node, kind: str, *, bridge: bool = False) -> None:
        """Add a road and its ends."""
        for node in (a, b):
            if node not in self.nodes:
                self.nodes.append(node)
        if a != b and not any({a, b} == {c, d} for c, d, _, _ in self.roads):
            self.roads.append((a, b, kind, bridge))


def _side(persons: int) -> int:
    """Return how many steps a side has: more people live on more ground."""
    return 5 if persons <= 2_000 else 8 if persons <= 20_000 else 14


def ground(name: Name) -> Ground:
    """Return the roads of a topology."""
    made, n = Ground(), _side(name.persons)
    {"grid": _grid, "river": _river, "valley": _valley, "star": _star}[name.topology](made, n)
    return made


def _grid(made: Ground, n: int) -> None:
    for x in range(n):
        for y in range(n):
            main = "primary" if y == n // 2 else "tertiary"
            if x + 1 < n:
                made.road((x, y), (x + 1, y), main)
            if y + 1 < n:
                made.road((x, y), (x, y + 1), "secondary" if x in {0, n - 1} else "tertiary")


def _river(made: Ground, n: int) -> None:
    """Two banks; three bridges, of which the middle one is wide."""
    middle = n // 2
    for x in range(n):
        for y in range(n):
            if x + 1 < n and x + 1 != middle:
                made.road((x, y), (x + 1, y), "primary" if y == middle else "tertiary")
            if y + 1 < n:
                made.road((x, y), (x, y + 1), "secondary")
    for y in sorted({0, middle, n - 1}):
        kind = "primary" if y == middle else "tertiary"
        made.road((middle - 1, y), (middle, y), kind, bridge=True)


def _valley(made: Ground, n: int) -> None:
    """A road along the valley, side valleys that end, one pass that makes a ring."""
    for x in range(2 * n - 1):
        made.road((x, 0), (x + 1, 0), "primary" if x % 5 else "secondary")
        if x % 2:
            for y in range(1, 1 + n // 2):
                made.road((x, y - 1), (x, y), "tertiary")
    made.road((1, n // 2), (3, n // 2), "tertiary")


def _star(made: Ground, n: int) -> None:
    """Eight roads out of one town, a ring half-way."""
    out = ((1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))
    for k, (dx, dy) in enumerate(out):
        for r in range(n):
            made.road(
                (dx * r, dy * r), (dx * (r + 1), dy * (r + 1)), "primary" if k % 4 == 0 else "secondary"
            )
        half, following = n // 2, out[(k + 1) % 8]
        made.road((dx * half, dy * half), (following[0] * half, following[1] * half), "tertiary")


class Instance:
    """An instance drawn from its name."""

    def __init__(self, name: Name) -> None:
        self.name, self.draws, self.ground = name, Draws(str(name)), ground(name)
        self.nodes = sorted(self.ground.nodes)
        self.id = {node: f"n{k:04d}" for k, node in enumerate(self.nodes)}
        xs = [x for x, _ in self.nodes]
        self.west = min(self.nodes, key=lambda node: (node[0], abs(node[1]), node))
        self.east = max(self.nodes, key=lambda node: (node[0], -abs(node[1]), node))
        self.width = max(xs) - min(xs)
        self.gates = [self._neighbour(end) for end in (self.west, self.east)]
        taken = {self.west, self.east, *self.gates}
        free = [node for node in self.nodes if node not in taken]
        wanted = min(len(free), 6 + len(free) // 5)
        order = sorted(free, key=lambda node: (self.draws.below(10**9, f"home {node}"), node))
        self.homes = sorted(order[:wanted])

    def _neighbour(self, end: Node) -> Node:
        ends = [b if a == end else a for a, b, _, _ in self.ground.roads if end in {a, b}]
        return min(ends, key=lambda node: (abs(node[1]), node))

    # --- tables

    def tables(self) -> dict[str, list[list[object]]]:
        """Return all tables, heads first."""
        return {
            "directions": [["id", "name"], ["west", "To the west"], ["east", "To the east"]],
            "nodes": [["id", "lat", "lon"], *([self.id[n], *_degrees(n)] for n in self.nodes)],
            "links": [
                ["id", "from", "to", "class", "length_m", "speed_kmh", "capacity_veh_h", "bridge"],
                *self._links(),
            ],
            "places": [
                ["id", "name", "kind", "node", "direction", "population", "capacity_night_persons",
                 "persons_h", "vehicles_h", "opening_hours", "status", "source"],
                *self._places(),
            ],
            "demand": [["place", "direction", "group", "persons", "direction_basis"], *self._demand()],
            "fleet": [
                ["id", "count", "seats", "wheelchair_places", "base", "units", "assumption"], *self._fleet()
            ],
            "road_status": [["id", "roads", "status", "source"], *self._statuses()],
            "areas": [
                ["id", "kind", "name", "geometry", "version_of", "hazard_p_low", "hazard_p", "hazard_p_high",
                 "from", "until", "source"],
                *(row for _, row in self._areas()),
            ],
            "reports": [["id", "outlet", "speaker", "published", "about", "text"], *self._reports()],
        }  # fmt: skip

    def _links(self) -> Iterator[list[object]]:
        for k, (a, b, kind, bridge) in enumerate(self.ground.roads):
            straight_m = math.isqrt(STEP_M**2 * ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2))
            length_m = straight_m + self.draws.below(STEP_M // 4, f"length {k}")
            yield [
                f"r{k:04d}", self.id[a], self.id[b], kind, length_m, SPEED_KMH[kind], CAPACITY_VEH_H[kind],
                "yes" if bridge else "no",
            ]  # fmt: skip

    def _places(self) -> Iterator[list[object]]:
        hours = "06:00-10:00; 12:00-16:00; 18:00-22:00"
        for side, node in (("west", self.west), ("east", self.east)):
            yield [f"site-{side}", f"Site {side}", "reception_site", self.id[node], side, "",
                   self.name.persons, "", "", "", "", ""]  # fmt: skip
        for side, node in zip(("west", "east"), self.gates, strict=True):
            per_hour = max(60, self.name.persons // 8)
            yield [f"gate-{side}", f"Crossing {side}", "border_crossing", self.id[node], "", "", "",
                   per_hour, max(20, per_hour // 3), hours, "OPEN", MADE_UP]  # fmt: skip
        for k, (node, size) in enumerate(self._sizes()):
            yield [f"t{k:03d}", f"Town {k}", "settlement", self.id[node], "", size, "", "", "", "", "", ""]

    def _sizes(self) -> list[tuple[Node, int]]:
        weights = [1_000_000 // (k + 4) for k in range(len(self.homes))]
        sizes = [self.name.persons * weight // sum(weights) for weight in weights]
        sizes[0] += self.name.persons - sum(sizes)
        return list(zip(self.homes, sizes, strict=True))

    def _demand(self) -> Iterator[list[object]]:
        for k, (_, size) in enumerate(self._sizes()):
            west = size * (30 + self.draws.below(41, f"west {k}")) // 100
            stays, undecided = size // 20, size // 20
            for direction, persons in (("west", west), ("east", size - west - stays - undecided)):
                cars = persons * 55 // 100
                wheels = persons * 2 // 100
                for group, n in (("own_vehicle", cars), ("needs_transport", persons - cars - wheels),
                                 ("wheelchair", wheels)):  # fmt: skip
                    if n:
                        yield [f"t{k:03d}", direction, group, n, "exercise"]
            for answer, n in (("stays", stays), ("undecided", undecided)):
                if n:
                    yield [f"t{k:03d}", answer, "needs_transport", n, "exercise"]

    def _fleet(self) -> Iterator[list[object]]:
        seats_needed = self.name.persons * 43 // 100
        trips = 6 if self.name.fleet == "scarce" else 2
        buses = max(2, seats_needed // (40 * trips))
        yield ["bus", buses, 40, 0, "t000", 2.5, "yes"]
        yield ["van", max(1, self.name.persons * 2 // 100 // (3 * trips)), 6, 3, "t001", 1.5, "yes"]

    def doubtful(self) -> list[tuple[str, str]]:
        """Return (link, status) of roads whose status is not known or restricted: bridges first."""
        if self.name.reports == "consistent":
            return []
        rows = list(self._links())
        bridges = [str(row[0]) for row in rows if row[7] == "yes"]
        others = sorted(
            (str(row[0]) for row in rows if row[7] == "no"),
            key=lambda link: (self.draws.below(10**9, f"doubt {link}"), link),
        )
        chosen = [*bridges[1:], *others][: 2 + len(rows) // 20]
        return [(link, "UNKNOWN" if k % 2 == 0 else "RESTRICTED") for k, link in enumerate(chosen)]

    def _statuses(self) -> Iterator[list[object]]:
        for link, status in self.doubtful():
            yield [
                f"status-{link}",
                f"link:{link}",
                status,
                "two reports that contradict each other (made up)",
            ]

    def _areas(self) -> Iterator[tuple[float, list[object]]]:
        """Yield (central probability, row): zones; with conflicting reports each in two versions."""
        if self.name.hazard == "none":
            return
        for k in range(self.name.zones):
            centre = self.homes[self.draws.below(len(self.homes), f"zone {k}")]
            p = (5 + self.draws.below(40, f"harm {k}")) / 1_000
            start, end = self._interval(k)
            versions = ((1, "first"), (2, "second")) if self.name.reports == "conflicting" else ((1, "only"),)
            for size, version in versions:
                row: list[object] = [
                    f"zone{k}-{version}", "reported_hazard", f"Zone {k}, {version} report",
                    _octagon(centre, size), f"zone{k}" if len(versions) > 1 else "", round(p / 4, 6), p,
                    round(3 * p, 6), start, end, f"outlet {version} (made up)",
                ]  # fmt: skip
                yield p, row

    def _interval(self, k: int) -> tuple[str, str]:
        if self.name.hazard == "static":
            return "", ""
        first = 6 + k * 4
        return f"2030-05-14T{first:02d}:00+00:00", f"2030-05-14T{min(23, first + 6):02d}:00+00:00"

    def _reports(self) -> Iterator[list[object]]:
        for k, (link, _) in enumerate(self.doubtful()):
            for said, outlet in (("can be passed", "one"), ("cannot be passed", "two")):
                yield [f"rep{k:03d}-{outlet}", f"outlet {outlet} (made up)", f"party {outlet}",
                       "2030-05-14T05:00+00:00", f"link:{link}", f"The road {link} {said}."]  # fmt: skip

    def truth(self) -> dict[str, object]:
        """Return what is so: doubtful roads that are shut, zones that are harmful, windows cut short."""
        p = {"UNKNOWN": UNKNOWN_P, "RESTRICTED": RESTRICTED_P}
        shut = [link for link, status in self.doubtful() if self.draws.so(p[status], f"truth {link}")]
        zones = [row[0] for central, row in self._areas() if self.draws.so(central, f"truth {row[0]}")]
        early = [side for side in ("west", "east") if self.draws.so(EARLY_P, f"truth gate {side}")]
        return {
            "instance": str(self.name), "shut_links": shut, "harmful_zones": zones,
            "gates_early": [f"gate-{side}" for side in early], "early_share": EARLY_SHARE,
        }  # fmt: skip

    def settings(self) -> str:
        """Return `case.toml`."""
        rows = {
            "id": str(self.name).replace(".", "-"), "title": f"Both ways out, {self.name} (made up)",
            "exercise": "yes", "start": "2030-05-14T06:00+00:00", "as_of": "2030-05-14T05:30+00:00",
            "horizon_h": str(HORIZON_H), "time_zones": "UTC=+00:00",
        }  # fmt: skip
        return "".join(f'{key} = "{value}"\n' for key, value in rows.items())

    def files(self) -> dict[str, bytes]:
        """Return every file of the instance."""
        found = {"case.toml": self.settings().encode()}
        for table, rows in self.tables().items():
            if len(rows) > 1:
                found[f"{table}.csv"] = _csv(rows)
        found["truth.json"] = (json.dumps(self.truth(), indent=1, sort_keys=True) + "\n").encode()
        return found


def _degrees(node: Node) -> tuple[str, str]:
    """Return latitude and longitude; a step is three hundredths of a degree."""
    return f"{LAT0 + node[1] * 0.03:.4f}", f"{LON0 + node[0] * 0.03:.4f}"


def _octagon(centre: Node, steps: int) -> str:
    lat, lon = (float(value) for value in _degrees(centre))
    corners = ((10, 4), (4, 10), (-4, 10), (-10, 4), (-10, -4), (-4, -10), (4, -10), (10, -4))
    ring = [f"{lon + steps * dx * 0.003:.4f} {lat + steps * dy * 0.003:.4f}" for dx, dy in corners]
    return f"POLYGON (({', '.join([*ring, ring[0]])}))"


def _csv(rows: Iterable[Iterable[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue().encode()


def members(persons: Iterable[int] = (500, 2_000), seeds: Iterable[int] = (0,)) -> Iterator[Name]:
    """Yield the published members: every topology with what makes it hard, for some sizes and seeds."""
    for topology in TOPOLOGIES:
        for zones, hazard, reports, fleet in (
            (0, "none", "consistent", "ample"), (2, "static", "consistent", "scarce"),
            (3, "moving", "conflicting", "scarce"),
        ):  # fmt: skip
            for size in persons:
                for seed in seeds:
                    yield Name(
                        topology=topology, zones=zones, hazard=hazard, reports=reports, fleet=fleet,
                        persons=size, seed=seed,
                    )  # fmt: skip

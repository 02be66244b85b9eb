"""An invented country for samples: 30 settlements between two valleys, roads, crossings, people and buses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from safepassage.domain.network import RoadClass

Json = dict[str, Any]

HORIZON_S = 14 * 3600
_LON0_E7, _LAT0_E7 = 300_000_000, 500_000_000
# Ten-millionths of a degree per kilometre at 50° north.
_E7_PER_KM = (139_850, 89_830)

SETTLEMENTS = (
    "Oakford",
    "Brenholt",
    "Ashmill",
    "Little Tarn",
    "Верхня Липа",
    "Stonebridge",
    "Harrow End",
    "Kestrel Hill",
    "Ferrow",
    "Lower Saltley",
    "Mirefield",
    "Вишневка",
    "Copperdale",
    "Old Quarry",
    "Westing",
    "Nine Elms",
    "Thornby",
    "Glasswater",
    "Пристань",
    "Hollin Grove",
    "Fallow Green",
    "Eastmoor",
    "Sandholm",
    "Corran",
    "Bellmarsh",
    "Upper Wick",
    "Dunmere",
    "Tallow Cross",
    "Reedham",
    "Far Orchard",
)
_COLUMNS, _ROWS = 6, 5
GROUPS = ("own_vehicle", "needs_transport", "assisted", "wheelchair", "stretcher")


def point(x_km: float, y_km: float) -> tuple[int, int]:
    """Return a point of the invented country, given in kilometres from its corner, as (lon_e7, lat_e7)."""
    return _LON0_E7 + round(x_km * _E7_PER_KM[0]), _LAT0_E7 + round(y_km * _E7_PER_KM[1])


@dataclass(slots=True)
class Country:
    """Nodes and arcs as they are drawn up."""

    nodes: list[tuple[str, float, float]] = field(default_factory=list)
    arcs: list[Json] = field(default_factory=list)
    classes: list[int] = field(default_factory=list)

    def node(self, name: str, x_km: float, y_km: float) -> int:
        """Add a node."""
        self.nodes.append((name, x_km, y_km))
        return len(self.nodes) - 1

    def arc(self, tail: int, head: int, road: RoadClass, label: str, **changes: Any) -> int:
        """Add a directed arc; `changes` override the defaults of its class."""
        (_, x1, y1), (_, x2, y2) = self.nodes[tail], self.nodes[head]
        length = max(20, round(1180 * ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5))
        speed_m_s = 20 if road <= RoadClass.PRIMARY else 15 if road <= RoadClass.SECONDARY else 11
        capacity = (
            1_200_000 if road <= RoadClass.PRIMARY else 900_000 if road <= RoadClass.SECONDARY else 500_000
        )
        values = {
            "tail": tail,
            "head": head,
            "length_m": length,
            "travel_s": max(1, length // speed_m_s),
            "capacity_mveh_h": capacity,
            "persons_h": -1,
            "modes": 3,
            "directions": 3,
            "empty_ok": 1,
            "max_weight_kg": -1,
            "gate": 0,
            "label": label,
        }
        self.arcs.append(values | changes)
        self.classes.append(int(road))
        return len(self.arcs) - 1

    def road(self, a: int, b: int, road: RoadClass, label: str) -> None:
        """Add a road for both ways."""
        self.arc(a, b, road, label)
        self.arc(b, a, road, label)

    def named(self, name: str) -> int:
        """Return the node of that name."""
        return next(i for i, node in enumerate(self.nodes) if node[0] == name)


def add_settlements(country: Country) -> None:
    """Lay out the settlements on an uneven grid."""
    for i, name in enumerate(SETTLEMENTS):
        column, row = i % _COLUMNS, i // _COLUMNS
        country.node(name, 22 + 13 * column + (i * 37 % 50) / 10 - 2.5, 8 + 12 * row + (i * 53 % 60) / 10 - 3)


def add_roads(country: Country) -> None:
    """Join neighbouring settlements, not all of them."""
    for i in range(len(SETTLEMENTS)):
        column, row = i % _COLUMNS, i // _COLUMNS
        main = row in {1, 3}
        if column < _COLUMNS - 1 and (main or (i * 7) % 5 != 0):
            road = RoadClass.PRIMARY if main else RoadClass.TERTIARY
            country.road(i, i + 1, road, f"K{10 * row}" if main else f"district road {i}")
        if row < _ROWS - 1 and (column in {0, 3, 5} or (i * 3) % 4 != 0):
            road = RoadClass.SECONDARY if column == 3 else RoadClass.TERTIARY  # noqa: PLR2004
            country.road(i, i + _COLUMNS, road, f"N{column}" if column == 3 else "")  # noqa: PLR2004


def _crossing(country: Country, name: str, x_km: float, y_km: float, inner: int, outer: int) -> int:
    near, far = country.node(f"{name}/near", x_km, y_km), country.node(f"{name}/far", x_km, y_km)
    gate = country.arc(
        near,
        far,
        RoadClass.PRIMARY,
        name,
        gate=1,
        length_m=0,
        travel_s=60,
        capacity_mveh_h=420_000,
        persons_h=1100,
    )
    for outside in (inner, outer):
        country.arc(outside, near, RoadClass.PRIMARY, "K10")
        country.arc(far, outside, RoadClass.PRIMARY, "K10")
    return gate


def add_sites_and_gates(country: Country) -> Json:
    """Add reception sites, two crossings and a railway; return their positions."""
    west = country.node("Marbury stadium", 3, 24)
    west2 = country.node("Fenwick school", 1, 47)
    east = country.node("Port Sorrel hall", 112, 19)
    east2 = country.node("Linden barracks", 113, 43)
    country.road(6, west, RoadClass.PRIMARY, "K10")
    country.road(18, west2, RoadClass.PRIMARY, "K30")
    country.road(west, west2, RoadClass.SECONDARY, "N0")
    station = country.node("Marbury railway station", 2, 22)
    country.road(west, station, RoadClass.SECONDARY, "Station road")
    train = country.arc(
        country.named("Stonebridge"),
        east,
        RoadClass.RAIL,
        "Stonebridge–Port Sorrel railway",
        modes=8,
        capacity_mveh_h=1,
        persons_h=-1,
        travel_s=5400,
    )
    return {
        "gates": (
            _crossing(country, "Hallow Bridge crossing", 98, 22, 11, east),
            _crossing(country, "Quarry Pass crossing", 99, 45, 23, east2),
        ),
        "train": train,
        "sites": (
            ("marbury", west, 0, 9000),
            ("fenwick", west2, 0, 2600),
            ("sorrel", east, 1, 5200),
            ("linden", east2, 1, 2400),
        ),
    }


def _network(country: Country, marks: Json) -> Json:
    closed = [i for i, arc in enumerate(country.arcs) if arc["label"] == "K30" and arc["tail"] in {20, 21}][
        :2
    ]
    gate, second = marks["gates"]
    profiles = [[arc, [[0, HORIZON_S, 0, -1, country.arcs[arc]["travel_s"]]]] for arc in closed]
    profiles.append(
        [gate, [[0, 7200, 0, 0, 60], [7200, 36_000, 420_000, 1100, 60], [36_000, HORIZON_S, 0, 0, 60]]]
    )
    profiles.append([second, [[0, 10_800, 0, 0, 60], [10_800, HORIZON_S, 300_000, 800, 60]]])
    points = [point(x, y) for _, x, y in country.nodes]
    near = [i for i, arc in enumerate(country.arcs) if {arc["tail"], arc["head"]} & {14, 15, 8}]
    return {
        "attribution": "© OpenStreetMap contributors, ODbL 1.0 (invented sample, no such data inside)",
        "source_sha256": "0" * 64,
        "schematic": True,
        "nodes": {
            "id": [f"n{i}" for i in range(len(country.nodes))],
            "lon_e7": [lon for lon, _ in points],
            "lat_e7": [lat for _, lat in points],
        },
        "arcs": {key: [arc[key] for arc in country.arcs] for key in country.arcs[0]},
        "profiles": profiles,
        "hazard": [[arc, [[0, HORIZON_S, 40_000]]] for arc in near],
        "timetables": [[marks["train"], [[10_800, 400], [32_400, 400]]]],
        "waiting": [],
        "closed": closed,
    }


def _places(country: Country, marks: Json) -> list[Json]:
    def place(place_id: str, name: str, kind: str, node: int, **changes: Any) -> Json:
        row = {
            "id": place_id,
            "name": name,
            "kind": kind,
            "node": node,
            "pickup_node": node,
            "release_s": 1800,
        }
        return row | {"direction": "", "capacity_persons": -1} | changes

    rows = [place(f"s{i:02d}", name, "settlement", i) for i, name in enumerate(SETTLEMENTS)]
    rows += [
        place(
            site,
            country.nodes[node][0],
            "reception_site",
            node,
            direction=("west", "east")[side],
            capacity_persons=persons,
            pickup_node=-1,
        )
        for site, node, side, persons in marks["sites"]
    ]
    for i, gate in enumerate(marks["gates"]):
        arc = country.arcs[gate]
        rows.append(place(f"x{i}", arc["label"], "border_crossing", arc["tail"], pickup_node=-1))
    rows.append(place("depot", "Marbury bus yard", "depot", marks["sites"][0][1], pickup_node=-1))
    return rows


def _demand() -> list[Json]:
    rows: list[Json] = []
    for i in range(len(SETTLEMENTS)):
        size = 140 + (i * 211) % 900
        for side, share in (("west", 55), ("east", 35)):
            people = size * share // 100
            parts = (people * 62 // 100, people * 24 // 100, people * 9 // 100, people // 33, people // 70)
            rows += [
                {
                    "place": f"s{i:02d}",
                    "direction": side,
                    "group": group,
                    "persons": persons,
                    "basis": "exercise",
                }
                for group, persons in zip(GROUPS, parts, strict=True)
                if persons
            ]
        for answer, share, basis in (("stays", 6, "exercise"), ("undecided", 4, "assumption")):
            rows.append(
                {
                    "place": f"s{i:02d}",
                    "direction": answer,
                    "group": "needs_transport",
                    "persons": size * share // 100,
                    "basis": basis,
                }
            )
    return rows


def _fleet(base: int) -> list[Json]:
    return [
        {
            "id": f"bus-{i:02d}",
            "type": "coach 50" if i % 4 else "low-floor bus",
            "base_node": base,
            "seats": 50 if i % 4 else 28,
            "wheelchair": 0 if i % 4 else 6,
            "stretcher": 0 if i % 4 else 4,
            "units_mveh": 2500,
            "weight_kg": 16_000,
            "available_from_s": 0,
            "available_until_s": HORIZON_S,
            "max_duty_s": 43_200,
        }
        for i in range(24)
    ]


def sample_inputs(country: Country, marks: Json) -> Json:
    """Return the snapshot; the closed arcs are added to `marks`."""
    network = _network(country, marks)
    marks["closed"] = network.pop("closed")
    return {
        "schema": "safepassage.inputs/1",
        "class": "RESTRICTED",
        "case_id": "two-valleys",
        "title": "Two Valleys, invented sample",
        "exercise": True,
        "epoch": "2031-05-16T03:00:00Z",
        "as_of": "2031-05-16T02:41:00Z",
        "horizon_s": HORIZON_S,
        "directions": [{"id": "west", "name": "To Marbury"}, {"id": "east", "name": "To Port Sorrel"}],
        "network": network,
        "places": _places(country, marks),
        "demand": _demand(),
        "fleet": _fleet(marks["sites"][0][1]),
        "rules": {
            "burst_mveh": 2500,
            "burst_persons": 60,
            "junction_wait_max_s": 120,
            "exposure_cap_ppm_s": -1,
            "persons_per_car": 3,
            "car_units_mveh": 1000,
            "car_weight_kg": 2000,
            "load_base_s": 300,
            "load_per_person_s": 6,
            "unload_base_s": 180,
            "unload_per_person_s": 3,
            "movement_windows": [],
        },
        "time_zones": [{"label": "Marbury", "offset_s": 7200}, {"label": "Sorrel", "offset_s": 10_800}],
        "notice": {"hotline": "+00 555 0100", "languages": ["en", "uk", "ru"]},
    }

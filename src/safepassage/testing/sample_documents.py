"""A released plan to try writers on: an invented country, 30 settlements, two directions, made by a toy scheduler.

The four documents have the shape of the reference and times that agree with each other; the bounds in the
certificate are invented and the verification only says what a verifier would. Nothing here is a plan.
"""

from __future__ import annotations

import hashlib
import heapq
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from safepassage.domain.case import AreaKind
from safepassage.domain.map_layers import MapArea, MapLayers, MapLine, MapMark
from safepassage.domain.network import RoadClass

Json = dict[str, Any]

HORIZON_S = 14 * 3600
_LON0_E7, _LAT0_E7 = 300_000_000, 500_000_000
# Ten-millionths of a degree per kilometre at 50° north.
_E7_PER_KM = (139_850, 89_830)

_SETTLEMENTS = (
    "Oakford", "Brenholt", "Ashmill", "Little Tarn", "Верхня Липа", "Stonebridge", "Harrow End", "Kestrel Hill",
    "Ferrow", "Lower Saltley", "Mirefield", "Вишневка", "Copperdale", "Old Quarry", "Westing", "Nine Elms",
    "Thornby", "Glasswater", "Пристань", "Hollin Grove", "Fallow Green", "Eastmoor", "Sandholm", "Corran",
    "Bellmarsh", "Upper Wick", "Dunmere", "Tallow Cross", "Reedham", "Far Orchard",
)  # fmt: skip
_COLUMNS, _ROWS = 6, 5
_GROUPS = ("own_vehicle", "needs_transport", "assisted", "wheelchair", "stretcher")


def _point(x_km: float, y_km: float) -> tuple[int, int]:
    return _LON0_E7 + round(x_km * _E7_PER_KM[0]), _LAT0_E7 + round(y_km * _E7_PER_KM[1])


@dataclass(slots=True)
class _Country:
    """Nodes and arcs as they are drawn up."""

    nodes: list[tuple[str, float, float]] = field(default_factory=list)
    arcs: list[Json] = field(default_factory=list)
    classes: list[int] = field(default_factory=list)

    def node(self, name: str, x_km: float, y_km: float) -> int:
        self.nodes.append((name, x_km, y_km))
        return len(self.nodes) - 1

    def arc(self, tail: int, head: int, road: RoadClass, label: str, **changes: Any) -> int:
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
        self.arc(a, b, road, label)
        self.arc(b, a, road, label)

    def named(self, name: str) -> int:
        return next(i for i, node in enumerate(self.nodes) if node[0] == name)


def _settlements(country: _Country) -> None:
    for i, name in enumerate(_SETTLEMENTS):
        column, row = i % _COLUMNS, i // _COLUMNS
        country.node(name, 22 + 13 * column + (i * 37 % 50) / 10 - 2.5, 8 + 12 * row + (i * 53 % 60) / 10 - 3)


def _roads(country: _Country) -> None:
    for i in range(len(_SETTLEMENTS)):
        column, row = i % _COLUMNS, i // _COLUMNS
        main = row in {1, 3}
        if column < _COLUMNS - 1 and (main or (i * 7) % 5 != 0):
            road = RoadClass.PRIMARY if main else RoadClass.TERTIARY
            country.road(i, i + 1, road, f"K{10 * row}" if main else f"district road {i}")
        if row < _ROWS - 1 and (column in {0, 3, 5} or (i * 3) % 4 != 0):
            road = RoadClass.SECONDARY if column == 3 else RoadClass.TERTIARY  # noqa: PLR2004
            country.road(i, i + _COLUMNS, road, f"N{column}" if column == 3 else "")  # noqa: PLR2004


def _crossing(country: _Country, name: str, x_km: float, y_km: float, inner: int, outer: int) -> int:
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


def _sites_and_gates(country: _Country) -> Json:
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
        country.named("Stonebridge"), east, RoadClass.RAIL, "Stonebridge–Port Sorrel railway",
        modes=8, capacity_mveh_h=0, persons_h=-1, travel_s=5400,
    )  # fmt: skip
    return {
        "gates": (
            _crossing(country, "Hallow Bridge crossing", 98, 22, 11, east),
            _crossing(country, "Quarry Pass crossing", 99, 45, 23, east2),
        ),
        "train": train,
        "sites": (("marbury", west, 0, 9000), ("fenwick", west2, 0, 2600), ("sorrel", east, 1, 5200),
                  ("linden", east2, 1, 2400)),
    }  # fmt: skip


def _network(country: _Country, marks: Json) -> Json:
    closed = [i for i, arc in enumerate(country.arcs) if arc["label"] == "K30" and arc["tail"] in {20, 21}][
        :2
    ]
    gate, second = marks["gates"]
    profiles = [[arc, [[0, HORIZON_S, 0, -1, country.arcs[arc]["travel_s"]]]] for arc in closed]
    profiles.append(
        [gate, [[0, 7200, 0, 0, 60], [7200, 36_000, 420_000, 1100, 60], [36_000, HORIZON_S, 0, 0, 60]]]
    )
    profiles.append([second, [[0, 10_800, 0, 0, 60], [10_800, HORIZON_S, 300_000, 800, 60]]])
    points = [_point(x, y) for _, x, y in country.nodes]
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


def _places(country: _Country, marks: Json) -> list[Json]:
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

    rows = [place(f"s{i:02d}", name, "settlement", i) for i, name in enumerate(_SETTLEMENTS)]
    rows += [
        place(site, country.nodes[node][0], "reception_site", node, direction=("west", "east")[side],
              capacity_persons=persons, pickup_node=-1)
        for site, node, side, persons in marks["sites"]
    ]  # fmt: skip
    for i, gate in enumerate(marks["gates"]):
        arc = country.arcs[gate]
        rows.append(place(f"x{i}", arc["label"], "border_crossing", arc["tail"], pickup_node=-1))
    rows.append(place("depot", "Marbury bus yard", "depot", marks["sites"][0][1], pickup_node=-1))
    return rows


def _demand() -> list[Json]:
    rows: list[Json] = []
    for i in range(len(_SETTLEMENTS)):
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
                for group, persons in zip(_GROUPS, parts, strict=True)
                if persons
            ]
        for answer, share, basis in (("stays", 6, "exercise"), ("undecided", 4, "assumption")):
            rows.append(
                {"place": f"s{i:02d}", "direction": answer, "group": "needs_transport",
                 "persons": size * share // 100, "basis": basis}
            )  # fmt: skip
    return rows


def _fleet(base: int) -> list[Json]:
    return [
        {"id": f"bus-{i:02d}", "type": "coach 50" if i % 4 else "low-floor bus", "base_node": base,
         "seats": 50 if i % 4 else 28, "wheelchair": 0 if i % 4 else 6, "stretcher": 0 if i % 4 else 4,
         "units_mveh": 2500, "weight_kg": 16_000, "available_from_s": 0, "available_until_s": HORIZON_S,
         "max_duty_s": 43_200}
        for i in range(24)
    ]  # fmt: skip


def _inputs(country: _Country, marks: Json) -> Json:
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
            "burst_mveh": 2500, "burst_persons": 60, "junction_wait_max_s": 120, "exposure_cap_ppm_s": -1,
            "persons_per_car": 3, "car_units_mveh": 1000, "car_weight_kg": 2000, "load_base_s": 300,
            "load_per_person_s": 6, "unload_base_s": 180, "unload_per_person_s": 3, "movement_windows": [],
        },
        "time_zones": [{"label": "Marbury", "offset_s": 7200}, {"label": "Sorrel", "offset_s": 10_800}],
        "notice": {"hotline": "+00 555 0100", "languages": ["en", "uk", "ru"]},
    }  # fmt: skip


class _Scheduler:
    """First come, first served on every road, by spacing of vehicles; enough to look like a plan."""

    def __init__(self, inputs: Json, marks: Json) -> None:
        self.inputs, self.marks = inputs, marks
        self.arcs = inputs["network"]["arcs"]
        self.closed = set(marks["closed"])
        self.taken: set[tuple[int, int]] = set()
        self.opens = {gate: s for gate, s in zip(marks["gates"], (7200, 10_800), strict=True)}
        self.shuts = {marks["gates"][0]: 36_000}
        self.routes: list[Json] = []
        self.distances: dict[tuple[int, int], int] = {}
        self.known: dict[tuple[int, ...], int] = {}
        self.room = {site: persons for site, _, _, persons in marks["sites"]}
        self.left = {
            (row["place"], row["direction"], row["group"]): row["persons"]
            for row in inputs["demand"]
            if row["direction"] in {"west", "east"}
        }

    def route(self, origin: int, goal: int, avoid: frozenset[int] = frozenset()) -> int:
        path = self._path(origin, goal, avoid)
        key = (origin, goal, *path)
        if key not in self.known:
            self.known[key] = len(self.routes)
            self.routes.append({"from_node": origin, "to_node": goal, "arcs": path})
        return self.known[key]

    def _path(self, origin: int, goal: int, avoid: frozenset[int]) -> list[int]:
        leaving: dict[int, list[int]] = {}
        for arc, tail in enumerate(self.arcs["tail"]):
            if arc not in self.closed and self.arcs["modes"][arc] & 3:
                leaving.setdefault(tail, []).append(arc)
        best, came, queue = {origin: 0}, {}, [(0, origin)]
        while queue:
            seconds, node = heapq.heappop(queue)
            if node == goal:
                break
            for arc in leaving.get(node, ()):
                reached = seconds + self.arcs["travel_s"][arc] * (4 if arc in avoid else 1)
                head = self.arcs["head"][arc]
                if reached < best.get(head, 1 << 60):
                    best[head], came[head] = reached, arc
                    heapq.heappush(queue, (reached, head))
        path: list[int] = []
        while goal != origin:
            path.append(came[goal])
            goal = self.arcs["tail"][path[-1]]
        return path[::-1]

    def ride(self, route: int, depart_s: int) -> tuple[int, int] | None:
        """Return (departure, arrival) of a bus that waits for crossings only, or None."""
        path = self.routes[route]["arcs"]
        ahead, late = 0, 0
        for arc in path:
            late = max(late, self.opens.get(arc, 0) - depart_s - ahead)
            if depart_s + late + ahead >= self.shuts.get(arc, HORIZON_S):
                return None
            ahead += self.arcs["travel_s"][arc]
        return depart_s + late, depart_s + late + ahead

    def depart(self, route: int, earliest_s: int) -> tuple[int, int] | None:
        """Return (departure, arrival) of the next car that finds a free gap on every arc, or None."""
        path = self.routes[route]["arcs"]
        for departed in range(earliest_s, HORIZON_S, 5):
            now, gaps = departed, []
            for arc in path:
                gap = (arc, now * self.arcs["capacity_mveh_h"][arc] // 3_600_000)
                if gap in self.taken or not self.opens.get(arc, 0) <= now < self.shuts.get(arc, HORIZON_S):
                    break
                gaps.append(gap)
                now += self.arcs["travel_s"][arc]
            if len(gaps) == len(path) and now < HORIZON_S:
                self.taken.update(gaps)
                return departed, now
        return None

    def site(self, origin: int, direction: str) -> tuple[str, int] | None:
        side = ("west", "east").index(direction)
        options = [
            (self._seconds(origin, node), site, node)
            for site, node, where, _ in self.marks["sites"]
            if where == side and self.room[site] > 60  # noqa: PLR2004
        ]
        return min(options)[1:] if options else None

    def _seconds(self, origin: int, goal: int) -> int:
        if (origin, goal) not in self.distances:
            path = self._path(origin, goal, frozenset())
            self.distances[origin, goal] = sum(self.arcs["travel_s"][arc] for arc in path)
        return self.distances[origin, goal]

    def cars(self) -> list[Json]:
        """Let one car of every place and direction go in turn, until nobody finds a gap."""
        streams: dict[tuple[str, str], Json] = {}
        waiting = [key for key in sorted(self.left) if key[2] == "own_vehicle"]
        while waiting:
            waiting = [key for key in waiting if self._car(key, streams)]
        return [
            stream | {"id": f"c{i}", "reserve": False, "departures": sorted(stream["departures"])}
            for i, stream in enumerate(streams.values())
            if stream["departures"]
        ]

    def _car(self, key: tuple[str, str, str], streams: dict[tuple[str, str], Json]) -> bool:
        """Send one car on its way; False when none can go any more."""
        place, direction, _ = key
        found = self.site(int(place[1:]), direction)
        if found is None or not self.left[key]:
            return False
        if (place, direction) not in streams:
            route = self.route(int(place[1:]), found[1])
            streams[place, direction] = {
                "place": place, "direction": direction, "site": found[0], "route": route, "departures": []
            }  # fmt: skip
        stream = streams[place, direction]
        last = stream["departures"][-1][0] if stream["departures"] else 1800
        trip = self.depart(stream["route"], last)
        if trip is None:
            return False
        aboard = min(3, self.left[key], self.room[stream["site"]])
        stream["departures"].append([trip[0], aboard, []])
        self.left[key] -= aboard
        self.room[stream["site"]] -= aboard
        return aboard > 0 and self.left[key] > 0

    def _load(self, bus: Json, place: str, direction: str, site: str) -> list[Json]:
        seats = {"seats": bus["seats"], "wheelchair": bus["wheelchair"], "stretcher": bus["stretcher"]}
        kinds = zip(_GROUPS[1:], ("seats", "seats", "wheelchair", "stretcher"), strict=True)
        items = []
        for group, seat in kinds:
            key = (place, direction, group)
            aboard = min(self.left.get(key, 0), seats[seat], self.room[site])
            if aboard:
                self.left[key] -= aboard
                seats[seat] -= aboard
                self.room[site] -= aboard
                items.append(
                    {"place": place, "group": group, "direction": direction, "persons": aboard, "reserve": False,
                     "after": "", "site": site}
                )  # fmt: skip
        return items

    def _waiting(self, direction: str, low_floor: int) -> str | None:
        totals: dict[str, int] = {}
        for (place, way, group), persons in self.left.items():
            if way == direction and group in (_GROUPS[1:] if low_floor else _GROUPS[1:3]):
                totals[place] = totals.get(place, 0) + persons
        best = max(totals, key=lambda place: (totals[place], place))
        return best if totals[best] else None

    def _shuttle(self, number: int, bus: Json) -> Iterator[Json]:
        node, ready, direction = bus["base_node"], 1800 + 120 * number, ("west", "east")[number % 2]
        for trip in range(12):
            place = self._waiting(direction, bus["wheelchair"])
            found = self.site(int(place[1:]), direction) if place else None
            if place is None or found is None:
                return
            site, goal = found
            there = self.route(node, int(place[1:]))
            run = self.ride(there, ready)
            if run is None or run[1] > HORIZON_S - 10_800:
                return
            yield self._leg(f"{bus['id']}/{2 * trip}", there, run, [])
            load = self._load(bus, place, direction, site)
            aboard = sum(item["persons"] for item in load)
            back = self.route(int(place[1:]), goal)
            run = self.ride(back, run[1] + 300 + 6 * aboard)
            if run is None:
                self._put_back(load)
                return
            yield self._leg(f"{bus['id']}/{2 * trip + 1}", back, run, load)
            node, ready = goal, run[1] + 180 + 3 * aboard

    def _put_back(self, load: list[Json]) -> None:
        for item in load:
            self.left[item["place"], item["direction"], item["group"]] += item["persons"]
            self.room[item["site"]] += item["persons"]

    @staticmethod
    def _leg(leg_id: str, route: int, run: tuple[int, int], load: list[Json]) -> Json:
        return {
            "id": leg_id,
            "route": route,
            "depart_s": run[0],
            "waits": [],
            "arrive_s": run[1],
            "load": load,
        }

    def vehicles(self) -> list[Json]:
        chains = [
            {"id": bus["id"], "legs": list(self._shuttle(i, bus))}
            for i, bus in enumerate(self.inputs["fleet"])
        ]
        return [chain for chain in chains if chain["legs"]]

    def train(self) -> list[Json]:
        bus = {"seats": 400, "wheelchair": 8, "stretcher": 0}
        load = self._load(bus, "s05", "east", "sorrel")
        return [{"id": "t1", "arc": self.marks["train"], "depart_s": 10_800, "load": load}] if load else []


def _corridors(scheduler: _Scheduler) -> list[Json]:
    rows = []
    for i in range(len(_SETTLEMENTS)):
        for direction, site, node in (
            ("west", "marbury", "Marbury stadium"),
            ("east", "sorrel", "Port Sorrel hall"),
        ):
            goal = next(n for s, n, _, _ in scheduler.marks["sites"] if s == site)
            route = scheduler.route(i, goal)
            path = scheduler.routes[route]["arcs"]
            other = scheduler.route(i, goal, frozenset(path))
            shared = sum(
                scheduler.arcs["length_m"][a] for a in set(path) & set(scheduler.routes[other]["arcs"])
            )
            length = sum(scheduler.arcs["length_m"][arc] for arc in path)
            least = min(path, key=lambda arc: scheduler.arcs["capacity_mveh_h"][arc])
            found = other != route and shared * 2 <= length
            rows.append(
                {"id": f"{direction[0].upper()}{i + 1}", "direction": direction, "place": f"s{i:02d}", "site": site,
                 "route": route, "length_m": length, "travel_s": sum(scheduler.arcs["travel_s"][a] for a in path),
                 "exposure_ppm_s": 0, "capacity_veh_h": scheduler.arcs["capacity_mveh_h"][least] // 1000,
                 "bottleneck_arc": least, "bottleneck_reason": f"least capacity on the way to {node}",
                 "alternative": other if found else -1,
                 "alternative_shared_ppm": shared * 1_000_000 // length if found else -1,
                 "no_alternative": "" if found else f"every way uses {scheduler.arcs['label'][least] or 'one road'}",
                 "cut_arcs": [] if found else [least]}
            )  # fmt: skip
    return rows


def _summaries(scheduler: _Scheduler, arrivals: Json) -> list[Json]:
    rows = []
    for direction in ("west", "east"):
        demand = sum(row["persons"] for row in scheduler.inputs["demand"] if row["direction"] == direction)
        left = sum(persons for (_, way, _), persons in scheduler.left.items() if way == direction)
        clearance = arrivals[direction][-1][0]
        bound = clearance * 93 // 100
        rows.append(
            {"name": "To Marbury" if direction == "west" else "To Port Sorrel", "persons_demand": demand,
             "persons_served": demand - left, "persons_unserved": left, "persons_reserved": 120,
             "clearance_s": clearance, "clearance_bound_s": bound, "gap_ppm": (clearance - bound) * 10**6 // bound,
             "bound_kind": "label_cut", "unserved_bound": left * 3 // 5, "exposure_person_ppm_s": 93_000_000_000,
             "min_share_ppm": 640_000 if left else 1_000_000}
        )  # fmt: skip
    return rows


def _arrivals(plan: Json, arcs: Json) -> Json:
    found: dict[str, list[tuple[int, int]]] = {"west": [], "east": []}
    for group in plan["cars"]:
        ride = sum(arcs["travel_s"][arc] for arc in plan["routes"][group["route"]]["arcs"])
        found[group["direction"]] += [(d[0] + ride, d[1]) for d in group["departures"]]
    for leg in (leg for vehicle in plan["vehicles"] for leg in vehicle["legs"]):
        for item in leg["load"]:
            found[item["direction"]].append((leg["arrive_s"], item["persons"]))
    for ride in plan["link_rides"]:
        found["east"] += [
            (ride["depart_s"] + arcs["travel_s"][ride["arc"]], i["persons"]) for i in ride["load"]
        ]
    return {direction: sorted(rows) for direction, rows in found.items()}


def _envelope(arrivals: Json, summaries: list[Json]) -> list[Json]:
    points = []
    for direction, summary in zip(("west", "east"), summaries, strict=True):
        for second in range(1800, HORIZON_S + 1, 1200):
            ahead = sum(persons for when, persons in arrivals[direction] if when * 93 // 100 <= second)
            extra = ahead + ahead // 40
            if second >= summary["clearance_bound_s"]:
                extra = summary["persons_demand"] - summary["unserved_bound"]
            at_most = min(extra, summary["persons_demand"])
            points.append({"direction": direction, "t_s": second, "persons_at_most": at_most, "parts": []})
    return points


_BASIS = (
    ("report", "r1", "Shelling heard south of Harrow End on the evening of 15 May", "district duty officer, via "
     "regional radio", "C3", "2031-05-15T19:10:00Z"),
    ("report", "r2", "Artillery near Old Quarry; the other side denies it", "spokesperson of Party B", "F6",
     "2031-05-16T00:20:00Z"),
    ("status", "st1", "K30 between Nine Elms and Thornby reported NOT_PASSABLE: bridge down", "road authority of the "
     "valley", "B2", "2031-05-16T02:30:00Z"),
    ("arrangement", "a1", "Daily pause 08:00–17:00 at Hallow Bridge", "both parties, through the mediator", "A1",
     "2031-05-14T12:00:00Z"),
    ("assumption", "fleet", "24 vehicles at Marbury bus yard, drivers for one shift", "planning team", "", ""),
)  # fmt: skip
_NOT_ASSESSED = (
    ("MINES", "Mines and unexploded ordnance: no survey has been handed in for any road of this plan."),
    ("PARTY_CONSENT", "Whether either party will respect the pause: notified, no reply recorded."),
    ("FUEL", "Fuel for private cars along the way."),
    ("WEATHER", "Weather after 16 May."),
)


def _modifications(marks: Json) -> list[Json]:
    rows = (
        ("st1", "status NOT_PASSABLE", "K30 Nine Elms–Thornby NOT_PASSABLE", "road authority of the valley",
         marks["closed"], 0, HORIZON_S, True),
        ("st2", "status UNKNOWN", "road to Far Orchard UNKNOWN: no report in four days", "no source",
         marks["unknown"], 0, HORIZON_S, True),
        ("a1", "window", "Hallow Bridge open 07:00–15:00 (agreed in detail)", "both parties, through the mediator",
         [marks["gates"][0]], 7200, 36_000, True),
        ("a2", "window", "Extra hours at Quarry Pass announced for the night", "Party B", [marks["gates"][1]], 0,
         10_800, False),
    )  # fmt: skip
    keys = ("id", "kind", "text", "source", "arcs", "from_s", "to_s", "used")
    return [dict(zip(keys, row, strict=True)) for row in rows]


def _plan(inputs: Json, marks: Json) -> tuple[Json, list[Json]]:
    scheduler = _Scheduler(inputs, marks)
    body: Json = {"link_rides": scheduler.train(), "cars": scheduler.cars(), "vehicles": scheduler.vehicles()}
    body["corridors"] = _corridors(scheduler)
    body["routes"] = scheduler.routes
    arrivals = _arrivals(body, scheduler.arcs)
    summaries = _summaries(scheduler, arrivals)
    unserved = [
        {"place": place, "direction": direction, "group": group, "persons": persons,
         "reason": "UNSERVED_NO_ROAD_CAPACITY" if group == "own_vehicle" else "UNSERVED_FLEET",
         "detail": "the crossing closes before they can pass" if group == "own_vehicle" else
         "no vehicle can come back in time"}
        for (place, direction, group), persons in scheduler.left.items()
        if persons
    ]  # fmt: skip
    undecided = [row for row in inputs["demand"] if row["direction"] == "undecided"]
    held = [row for row in inputs["demand"] if row["direction"] == "stays"]
    body |= {
        "schema": "safepassage.plan/1", "class": "RESTRICTED", "complete": not unserved,
        "made_with": {"version": "0.1.0", "seed": 0, "work_limit": 1_000_000, "time_limit_s": None},
        "unserved": unserved, "directions": summaries,
        "reserves": [
            {"place": row["place"], "group": row["group"], "direction": direction, "persons": row["persons"],
             "reserved": min(row["persons"], 4)}
            for row in undecided for direction in ("west", "east")
        ],
        "hold": [
            {"place": row["place"], "persons": row["persons"] * 16, "water_l_day": row["persons"] * 16 * 15,
             "food_kg_day": row["persons"] * 16 * 555 // 1000}
            for row in held
        ],
        "basis": [
            dict(zip(("kind", "id", "text", "source", "grade", "as_of"), row, strict=True)) for row in _BASIS
        ],
        "modifications": _modifications(marks),
        "not_assessed": [{"code": code, "text": text} for code, text in _NOT_ASSESSED],
        "binding": [
            {"direction": "west", "kind": "fleet", "text": "24 buses make 61 round trips; people without a car wait "
             "for seats.", "arcs": [], "places": ["s05", "s13"]},
            {"direction": "east", "kind": "label_cut", "text": "All 30 settlements share Hallow Bridge crossing and "
             "Quarry Pass crossing.", "arcs": list(marks["gates"]), "places": ["s00"]},
        ],
    }  # fmt: skip
    body |= {key: inputs[key] for key in ("case_id", "title", "exercise", "epoch", "as_of", "horizon_s")}
    return body, _envelope(arrivals, summaries)


def sha256_of(document: Json) -> str:
    """Return the hash of a document as canonical JSON."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def sealed(inputs: Json, plan: Json, certificate: Json) -> tuple[Json, Json, Json, Json]:
    """Return the documents with their hashes filled in and a verification that found nothing."""
    plan = plan | {"inputs_sha256": sha256_of(inputs)}
    certificate = certificate | {"inputs_sha256": plan["inputs_sha256"]}
    verification = {
        "schema": "safepassage.verification/1", "class": "RESTRICTED", "verified": True, "violations": [],
        "checks": {"capacity": 48_210, "windows": 5120, "totals": 620}, "inputs_sha256": plan["inputs_sha256"],
        "plan_sha256": sha256_of(plan), "certificate_sha256": sha256_of(certificate),
        "recomputed": {"directions": plan["directions"]},
    }  # fmt: skip
    return inputs, plan, certificate, verification


def sample_documents() -> tuple[Json, Json, Json, Json]:
    """Return (inputs, plan, certificate, verification) of the invented sample, the same every time."""
    country = _Country()
    _settlements(country)
    _roads(country)
    marks = _sites_and_gates(country)
    inputs = _inputs(country, marks)
    marks["unknown"] = [i for i, arc in enumerate(country.arcs) if 29 in {arc["tail"], arc["head"]}][:2]  # noqa: PLR2004
    plan, envelope = _plan(inputs, marks)
    certificate = {
        "schema": "safepassage.certificate/1", "class": "RESTRICTED", "bounds": [], "envelope": envelope
    }  # fmt: skip
    return sealed(inputs, plan, certificate)


def _ring(*corners: tuple[float, float]) -> tuple[tuple[int, int], ...]:
    points = tuple(_point(x, y) for x, y in corners)
    return (*points, points[0])


def sample_layers() -> MapLayers:
    """Return road classes, a zone, two reported hazard areas and a border for the sample."""
    country = _Country()
    _settlements(country)
    _roads(country)
    _sites_and_gates(country)
    return MapLayers(
        road_class=tuple(country.classes),
        areas=(
            MapArea(
                id="z1", kind=AreaKind.ANNOUNCED_ZONE, name="Valley zone", source="Party B, radio address",
                announced_by="Party B", status="announced_unilaterally", grade="C3",
                purposes="“order and supplies”; also a military buffer",
                polygons=((_ring((30, 3), (71, 1), (76, 28), (52, 34), (28, 27)),),),
            ),
            MapArea(
                id="h1", kind=AreaKind.REPORTED_HAZARD, name="Shelling heard", source="district duty officer",
                grade="C3", as_of="2031-05-15T19:10:00Z",
                polygons=((_ring((33, 27), (45, 25), (47, 35), (36, 38)),),),
            ),
            MapArea(
                id="h2", kind=AreaKind.REPORTED_HAZARD, name="Artillery near Old Quarry",
                source="spokesperson of Party B", grade="F6", as_of="2031-05-16T00:20:00Z",
                polygons=((_ring((30, 31), (40, 33), (38, 42), (27, 40)),),),
            ),
        ),
        lines=(
            MapLine(kind="border", name="state border",
                    points=tuple(_point(x, y) for x, y in ((97, -8), (99, 10), (98, 22), (101, 34), (99, 45), (103, 70)))),
        ),
        marks=(MapMark(name="Marbury", lon_e7=_point(-2, 27)[0], lat_e7=_point(-2, 27)[1]),),
    )  # fmt: skip

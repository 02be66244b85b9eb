"""A toy scheduler for samples: vehicles take turns and keep their distance; nothing is proved."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from typing import Any

from safepassage.testing.sample_country import GROUPS, HORIZON_S

Json = dict[str, Any]


class ToyScheduler:
    """First come, first served on every road, by spacing of vehicles; enough to look like a plan."""

    def __init__(self, inputs: Json, marks: Json) -> None:
        self.inputs, self.marks = inputs, marks
        self.arcs = inputs["network"]["arcs"]
        self.closed = set(marks["closed"])
        self.taken: set[tuple[int, int]] = set()
        self.opens = dict(zip(marks["gates"], (7200, 10_800), strict=True))
        self.shuts = {marks["gates"][0]: 36_000}
        self.routes: list[Json] = []
        self.distances: dict[tuple[int, int], int] = {}
        self.known: dict[tuple[int, ...], int] = {}
        self.room = {site: persons for site, _, _, persons in marks["sites"]}
        self.left: dict[tuple[str, str, str], int] = {
            (row["place"], row["direction"], row["group"]): row["persons"]
            for row in inputs["demand"]
            if row["direction"] in {"west", "east"}
        }

    def route(self, origin: int, goal: int, avoid: frozenset[int] = frozenset()) -> int:
        """Return the position of the quickest route, found once."""
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
        """Return the nearest site of a direction that still has room, and its node."""
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
                "place": place,
                "direction": direction,
                "site": found[0],
                "route": route,
                "departures": [],
            }
        stream = streams[place, direction]
        last = stream["departures"][-1][0] if stream["departures"] else 1800
        trip = self.depart(stream["route"], last)
        if trip is None:
            return False
        aboard = min(3, self.left[key], self.room[stream["site"]])
        stream["departures"].append([trip[0], aboard, []])
        self.left[key] -= aboard
        self.room[stream["site"]] -= aboard
        return bool(aboard and self.left[key])

    def _load(self, bus: Json, place: str, direction: str, site: str) -> list[Json]:
        seats = {"seats": bus["seats"], "wheelchair": bus["wheelchair"], "stretcher": bus["stretcher"]}
        kinds = zip(GROUPS[1:], ("seats", "seats", "wheelchair", "stretcher"), strict=True)
        items = []
        for group, seat in kinds:
            key = (place, direction, group)
            aboard = min(self.left.get(key, 0), seats[seat], self.room[site])
            if aboard:
                self.left[key] -= aboard
                seats[seat] -= aboard
                self.room[site] -= aboard
                items.append(
                    {
                        "place": place,
                        "group": group,
                        "direction": direction,
                        "persons": aboard,
                        "reserve": False,
                        "after": "",
                        "site": site,
                    }
                )
        return items

    def _waiting(self, direction: str, low_floor: int) -> str | None:
        totals: dict[str, int] = {}
        for (place, way, group), persons in self.left.items():
            if way == direction and group in (GROUPS[1:] if low_floor else GROUPS[1:3]):
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
        """Let every bus shuttle until nobody waits or time is up."""
        chains = [
            {"id": bus["id"], "legs": list(self._shuttle(i, bus))}
            for i, bus in enumerate(self.inputs["fleet"])
        ]
        return [chain for chain in chains if chain["legs"]]

    def train(self) -> list[Json]:
        """Fill one train."""
        bus = {"seats": 400, "wheelchair": 8, "stretcher": 0}
        load = self._load(bus, "s05", "east", "sorrel")
        return [{"id": "t1", "arc": self.marks["train"], "depart_s": 10_800, "load": load}] if load else []

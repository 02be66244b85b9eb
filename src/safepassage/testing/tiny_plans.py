"""Builds tiny cases and plans as the JSON of the file formats, for tests of whatever reads them.

Nothing is shared with planner or verifier: a plan's numbers are found by walking through every second.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

ROAD, CAR, BUS, FOOT, TRAIN = 3, 1, 2, 4, 8
FREE_FLOW = 3_600_000
"""mveh/h: one car per second."""
_ARC = {
    "tail": 0,
    "head": 0,
    "length_m": 100,
    "travel_s": 10,
    "capacity_mveh_h": FREE_FLOW,
    "persons_h": -1,
    "modes": ROAD,
    "directions": 3,
    "empty_ok": 1,
    "max_weight_kg": -1,
    "gate": 0,
    "label": "",
}


def canonical(value: Any) -> bytes:
    """Return the canonical JSON of a value."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class TinyCase:
    """A case that grows call by call; `inputs()` returns its snapshot.

    Directions are `west` (bit 1) and `east` (bit 2). By default loading and unloading take no time.
    """

    def __init__(self, n_nodes: int, *, horizon_s: int = 3600, **rules: Any) -> None:
        self.n_nodes, self.horizon_s = n_nodes, horizon_s
        self.arcs: list[dict[str, Any]] = []
        self.profiles: list[Any] = []
        self.hazard: list[Any] = []
        self.timetables: list[Any] = []
        self.waiting: list[Any] = []
        self.places: list[dict[str, Any]] = []
        self.demands: list[dict[str, Any]] = []
        self.fleet: list[dict[str, Any]] = []
        self.rules = {
            "burst_mveh": 1000,
            "burst_persons": 4,
            "junction_wait_max_s": 60,
            "exposure_cap_ppm_s": -1,
            "persons_per_car": 4,
            "car_units_mveh": 1000,
            "car_weight_kg": 1500,
            "load_base_s": 0,
            "load_per_person_s": 0,
            "unload_base_s": 0,
            "unload_per_person_s": 0,
            "movement_windows": [],
        } | rules

    def arc(self, tail: int, head: int, travel_s: int = 10, **columns: Any) -> int:
        """Add an arc and return its position."""
        row = {"tail": tail, "head": head, "travel_s": travel_s, "label": f"road {len(self.arcs)}"}
        self.arcs.append(_ARC | row | columns)
        return len(self.arcs) - 1

    def place(self, name: str, node: int, **fields: Any) -> str:
        """Add a place, whose transport boards at its node; return its id."""
        row = {
            "id": name,
            "name": name,
            "kind": "settlement",
            "node": node,
            "pickup_node": node,
            "release_s": 0,
            "direction": "",
            "capacity_persons": -1,
        }
        self.places.append(row | fields)
        return name

    def site(self, name: str, node: int, direction: str = "west", capacity_persons: int = -1) -> str:
        """Add a reception site and return its id."""
        kind = "reception_site"
        return self.place(name, node, kind=kind, direction=direction, capacity_persons=capacity_persons)

    def demand(
        self,
        place: str,
        persons: int,
        *,
        group: str = "own_vehicle",
        direction: str = "west",
        basis: str = "tally",
    ) -> None:
        """Add persons."""
        row = {"place": place, "direction": direction, "group": group, "persons": persons, "basis": basis}
        self.demands.append(row)

    def vehicle(self, name: str, base_node: int, seats: int = 10, **fields: Any) -> str:
        """Add a vehicle and return its id."""
        row = {
            "id": name,
            "type": "bus",
            "base_node": base_node,
            "seats": seats,
            "wheelchair": 0,
            "stretcher": 0,
            "units_mveh": 1000,
            "weight_kg": 10_000,
            "available_from_s": 0,
            "available_until_s": -1,
            "max_duty_s": -1,
        }
        self.fleet.append(row | fields)
        return name

    def inputs(self) -> dict[str, Any]:
        """Return the snapshot."""
        return {
            "schema": "safepassage.inputs/1",
            "class": "RESTRICTED",
            "case_id": "tiny",
            "title": "A tiny case",
            "exercise": True,
            "epoch": "2024-08-16T03:00:00Z",
            "as_of": "2024-08-16T02:41:00Z",
            "horizon_s": self.horizon_s,
            "directions": [{"id": "west", "name": "West"}, {"id": "east", "name": "East"}],
            "network": {
                "attribution": "made up",
                "source_sha256": "",
                "schematic": True,
                "nodes": {
                    "id": [f"n{k}" for k in range(self.n_nodes)],
                    "lon_e7": [k * 1000 for k in range(self.n_nodes)],
                    "lat_e7": [0] * self.n_nodes,
                },
                "arcs": {name: [row[name] for row in self.arcs] for name in _ARC},
                "profiles": self.profiles,
                "hazard": self.hazard,
                "timetables": self.timetables,
                "waiting": self.waiting,
            },
            "places": self.places,
            "demand": self.demands,
            "fleet": self.fleet,
            "rules": self.rules,
            "time_zones": [{"label": "UTC", "offset_s": 0}],
            "notice": {"hotline": "", "languages": ["en"]},
        }


def travel_at(inputs: Mapping[str, Any], arc: int, t: int) -> int:
    """Return the travel time of an entry in second t."""
    for position, pieces in inputs["network"]["profiles"]:
        if position == arc:
            fitting = [piece[4] for piece in pieces if piece[0] <= t < piece[1]]
            return int(fitting[0] if fitting else pieces[-1][4])
    return int(inputs["network"]["arcs"]["travel_s"][arc])


def hazard_between(inputs: Mapping[str, Any], arc: int, a: int, b: int) -> int:
    """Return hazard added up over the seconds of [a, b)."""
    pieces = [piece for position, rows in inputs["network"]["hazard"] if position == arc for piece in rows]
    return sum(ppm for t in range(a, b) for from_s, to_s, ppm in pieces if from_s <= t < to_s)


def walk(
    inputs: Mapping[str, Any], arcs: Sequence[int], depart_s: int, waits: Sequence[Sequence[int]]
) -> tuple[int, int]:
    """Return (arrival, exposure) of one traveller."""
    t, exposure = depart_s, 0
    for pos, arc in enumerate(arcs):
        entry = t + sum(wait_s for where, wait_s in waits if where == pos)
        leave = entry + travel_at(inputs, arc, entry)
        exposure += hazard_between(inputs, arc, t, leave)
        t = leave
    return t, exposure


class TinyPlan:
    """A plan that grows call by call; `plan()` fills in the numbers that follow from the movements."""

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        self.inputs = inputs
        self.routes: list[dict[str, Any]] = []
        self.streams: list[dict[str, Any]] = []
        self.vehicles: dict[str, list[dict[str, Any]]] = {}
        self.rides: list[dict[str, Any]] = []
        self.corridors: list[dict[str, Any]] = []

    def route(self, *arcs: int, at: int = -1) -> int:
        """Add a route of these arcs, or one without arcs `at` a node; return its position."""
        tail, head = self.inputs["network"]["arcs"]["tail"], self.inputs["network"]["arcs"]["head"]
        ends = (tail[arcs[0]], head[arcs[-1]]) if arcs else (at, at)
        self.routes.append({"from_node": ends[0], "to_node": ends[1], "arcs": list(arcs)})
        return len(self.routes) - 1

    def cars(
        self,
        place: str,
        site: str,
        route: int,
        departures: Sequence[Any],
        *,
        direction: str = "west",
        **fields: Any,
    ) -> None:
        """Add cars; departures are seconds (one person each) or (second, persons[, waits])."""
        rows = []
        for given in departures:
            depart_s, persons, waits = (*((given, 1) if isinstance(given, int) else given), [])[:3]
            rows.append([depart_s, persons, [list(wait) for wait in waits]])
        row = {
            "id": f"c{len(self.streams)}",
            "place": place,
            "direction": direction,
            "site": site,
            "route": route,
            "reserve": False,
            "departures": rows,
        }
        self.streams.append(row | fields)

    def leg(self, vehicle: str, route: int, depart_s: int, *load: Mapping[str, Any], **fields: Any) -> str:
        """Add a leg of a vehicle and return its id."""
        legs = self.vehicles.setdefault(vehicle, [])
        waits = [list(wait) for wait in fields.pop("waits", ())]
        row = {
            "id": f"{vehicle}-{len(legs)}",
            "route": route,
            "depart_s": depart_s,
            "waits": waits,
            "arrive_s": walk(self.inputs, self.routes[route]["arcs"], depart_s, waits)[0],
            "load": [dict(item) for item in load],
        }
        legs.append(row | fields)
        return str(legs[-1]["id"])

    def ride(self, arc: int, depart_s: int, *load: Mapping[str, Any]) -> str:
        """Add a link ride and return its id."""
        row = {
            "id": f"ride{len(self.rides)}",
            "arc": arc,
            "depart_s": depart_s,
            "load": [dict(i) for i in load],
        }
        self.rides.append(row)
        return str(row["id"])

    def plan(self, *, reason: str = "UNSERVED_TEST", **fields: Any) -> dict[str, Any]:
        """Return the plan with everybody counted; `fields` replace what would be written."""
        copied = {
            name: self.inputs[name]
            for name in ("case_id", "title", "exercise", "epoch", "as_of", "horizon_s")
        }
        journeys = self._journeys()
        unserved = self._unserved(journeys, reason)
        stated = {
            "schema": "safepassage.plan/1",
            "class": "RESTRICTED",
            "inputs_sha256": hashlib.sha256(canonical(self.inputs)).hexdigest(),
            "complete": not unserved,
            "made_with": {"version": "test", "seed": 0, "work_limit": 0, "time_limit_s": None},
            "routes": self.routes,
            "cars": self.streams,
            "vehicles": [{"id": name, "legs": legs} for name, legs in self.vehicles.items()],
            "link_rides": self.rides,
            "unserved": unserved,
            "reserves": self._reserves(journeys),
            "directions": [self._direction(row, journeys) for row in self.inputs["directions"]],
            "corridors": self.corridors,
            "hold": self._hold(),
            "basis": [],
            "modifications": [],
            "not_assessed": [],
            "binding": [],
        }
        return json.loads(json.dumps(copied | stated | fields))  # type: ignore[no-any-return]

    def _journeys(self) -> list[dict[str, Any]]:
        """Return a row per car and item: who, when they arrive (None: not yet), persons times exposure."""
        found = []
        for stream in self.streams:
            for depart_s, persons, waits in stream["departures"]:
                end, exposure = walk(self.inputs, self.routes[stream["route"]]["arcs"], depart_s, waits)
                who = {name: stream[name] for name in ("place", "direction", "reserve")}
                found.append(
                    who
                    | {"group": "own_vehicle", "persons": persons, "end": end, "exposure": persons * exposure}
                )
        stages = self._stages()
        for depart_s, end, exposure, arcs, load in stages.values():
            for item in load:
                waited = 0
                if item["after"] in stages and arcs:
                    waited = hazard_between(self.inputs, arcs[0], stages[item["after"]][1], depart_s)
                who = {name: item[name] for name in ("place", "direction", "reserve", "group", "persons")}
                total = item["persons"] * (exposure + waited)
                found.append(who | {"end": end if item["site"] else None, "exposure": total})
        return found

    def _stages(self) -> dict[str, tuple[int, int, int, list[int], list[dict[str, Any]]]]:
        stages = {}
        for legs in self.vehicles.values():
            for leg in legs:
                arcs = self.routes[leg["route"]]["arcs"]
                end, exposure = walk(self.inputs, arcs, leg["depart_s"], leg["waits"])
                stages[leg["id"]] = (leg["depart_s"], end, exposure, arcs, leg["load"])
        for ride in self.rides:
            end, exposure = walk(self.inputs, [ride["arc"]], ride["depart_s"], [])
            stages[ride["id"]] = (ride["depart_s"], end, exposure, [ride["arc"]], ride["load"])
        return stages

    def _held_back(self, row: Mapping[str, Any]) -> bool:
        return bool(row["basis"] == "assumption" or row["direction"] == "undecided")

    def _unserved(self, journeys: list[dict[str, Any]], reason: str) -> list[dict[str, Any]]:
        rows = []
        demands = [
            row for row in self.inputs["demand"] if not self._held_back(row) and row["direction"] != "stays"
        ]
        for key in dict.fromkeys((row["place"], row["direction"], row["group"]) for row in demands):
            names = ("place", "direction", "group")
            asked = sum(row["persons"] for row in demands if tuple(row[n] for n in names) == key)
            done = sum(
                row["persons"]
                for row in journeys
                if tuple(row[n] for n in names) == key and row["end"] is not None and not row["reserve"]
            )
            if asked > done:
                rows.append(
                    dict(zip(names, key, strict=True))
                    | {"persons": asked - done, "reason": reason, "detail": ""}
                )
        return rows

    def _reserves(self, journeys: list[dict[str, Any]]) -> list[dict[str, Any]]:
        rows = []
        held = [row for row in self.inputs["demand"] if self._held_back(row) and row["persons"]]
        for place, group in dict.fromkeys((row["place"], row["group"]) for row in held):
            for direction in ("west", "east"):
                who = {"place": place, "group": group, "direction": direction, "reserve": True}
                kept = [row for row in journeys if who.items() <= row.items() and row["end"] is not None]
                persons = sum(
                    row["persons"] for row in held if (row["place"], row["group"]) == (place, group)
                )
                del who["reserve"]
                rows.append(who | {"persons": persons, "reserved": sum(row["persons"] for row in kept)})
        return rows

    def _hold(self) -> list[dict[str, Any]]:
        persons: dict[str, int] = {}
        for row in self.inputs["demand"]:
            persons[row["place"]] = persons.get(row["place"], 0) + row["persons"]
        return [
            {"place": place, "persons": n, "water_l_day": 15 * n, "food_kg_day": n}
            for place, n in persons.items()
            if n
        ]

    def _direction(self, direction: Mapping[str, str], journeys: list[dict[str, Any]]) -> dict[str, Any]:
        mine = [row for row in journeys if row["direction"] == direction["id"]]
        done = [row for row in mine if not row["reserve"] and row["end"] is not None]
        asked = [
            row
            for row in self.inputs["demand"]
            if row["direction"] == direction["id"] and not self._held_back(row)
        ]
        shares = []
        for place in dict.fromkeys(row["place"] for row in asked):
            wanted = sum(row["persons"] for row in asked if row["place"] == place)
            if wanted:
                shares.append(sum(row["persons"] for row in done if row["place"] == place) * 10**6 // wanted)
        demand, served = (sum(row["persons"] for row in rows) for rows in (asked, done))
        return {
            "name": direction["name"],
            "persons_demand": demand,
            "persons_served": served,
            "persons_unserved": demand - served,
            "persons_reserved": sum(
                row["persons"] for row in mine if row["reserve"] and row["end"] is not None
            ),
            "clearance_s": max((row["end"] for row in done), default=None),
            "clearance_bound_s": None,
            "gap_ppm": None,
            "bound_kind": "",
            "unserved_bound": 0,
            "exposure_person_ppm_s": sum(row["exposure"] for row in mine if not row["reserve"]),
            "min_share_ppm": min(shares, default=10**6),
        }


def item(
    place: str, persons: int, *, group: str = "needs_transport", site: str = "", **fields: Any
) -> dict[str, Any]:
    """Return persons aboard a leg or link ride."""
    row = {
        "place": place,
        "group": group,
        "direction": "west",
        "persons": persons,
        "reserve": False,
        "after": "",
        "site": site,
    }
    return row | fields

"""Plans drawn by a seed: most of what is in them holds, some of it is a second, a person or an arc beside."""

from __future__ import annotations

import copy
import hashlib
import random
from collections.abc import Iterator
from typing import Any

from safepassage.testing.tiny_plans import TinyPlan, canonical, item
from safepassage_verify.bounds import FleetBound, LabelCuts
from safepassage_verify.history import read_history, remaining
from safepassage_verify.layers import LAYERS, _folded
from safepassage_verify.snapshot import CARRIED, read_snapshot
from safepassage_verify.verdict import Findings
from tests.support.drawn_sums import DIRECTIONS, town
from tests.support.variants import change_one

Documents = tuple[dict[str, Any], dict[str, Any], dict[str, Any] | None]
CAR, BUS, LINK = 1, 2, 28
SLIPS = (0, 0, 0, 0, 0, 1, -1)


class Drawn:
    """A plan for a small town, movement by movement."""

    def __init__(self, chance: random.Random, inputs: dict[str, Any] | None = None) -> None:
        self.chance = chance
        self.inputs = self._inputs() if inputs is None else inputs
        self.plan = TinyPlan(self.inputs)
        arcs = self.inputs["network"]["arcs"]
        self.tail, self.head, self.modes = (arcs[name] for name in ("tail", "head", "modes"))
        self.bits = arcs["directions"]
        self.left = [row["persons"] for row in self.inputs["demand"]]

    def _inputs(self) -> dict[str, Any]:
        """Return a town with hazard, waiting places, a limit of exposure and undecided people."""
        chance = self.chance
        inputs = town(chance)
        network, rules, horizon_s = inputs["network"], inputs["rules"], inputs["horizon_s"]
        rules["junction_wait_max_s"] = chance.choice([0, 1, 2])
        rules["exposure_cap_ppm_s"] = chance.choice([-1, -1, 40, 90])
        rules["spare_seat_percent"] = chance.choice([0, 0, 10, 34])
        for row in inputs["demand"]:
            row["basis"] = chance.choice(["tally", "tally", "tally", "assumption"])
            row["direction"] = chance.choice([row["direction"]] * 5 + ["undecided", "stays"])
        for arc in chance.sample(range(len(network["arcs"]["tail"])), 2):
            cut = chance.randint(1, horizon_s - 1)
            rows = [[0, cut, chance.randint(1, 9)], [cut, horizon_s, chance.randint(1, 9)]]
            network["hazard"].append([arc, rows[: chance.randint(1, 2)]])
        if chance.random() < 0.5:
            node = chance.randrange(len(network["nodes"]["id"]))
            network["waiting"].append([node, chance.choice([1000, 2000])])
        for vehicle in inputs["fleet"]:
            vehicle["max_duty_s"] = chance.choice([-1, -1, horizon_s // 2])
            least = -(-rules["spare_seat_percent"] * vehicle["seats"] // 100)
            vehicle["spare_seats"] = max(0, least - (chance.random() < 0.03))
        return inputs

    def way(self, begin: int, ends: set[int], mode: int, bit: int) -> list[int] | None:
        """Return the arcs from a node to the nearest of others, mostly such as may be used."""
        strict = self.chance.random() < 0.9
        came: dict[int, int] = {begin: -1}
        for node in (queue := [begin]):
            if node in ends:
                arcs: list[int] = []
                while came[node] >= 0:
                    arcs.insert(0, came[node])
                    node = self.tail[came[node]]  # noqa: PLW2901 - walked back along the way
                return arcs
            for arc in range(len(self.tail)):
                fits = self.modes[arc] & mode and (not bit or self.bits[arc] & bit)
                if self.tail[arc] == node and self.head[arc] not in came and (fits or not strict):
                    came[self.head[arc]] = arc
                    queue.append(self.head[arc])
        return None

    def slip(self) -> int:
        return self.chance.choice(SLIPS)

    def sites(self, direction: str) -> dict[int, str]:
        return {row["node"]: row["id"] for row in self.inputs["places"] if row["direction"] == direction}

    def who(self, row: dict[str, Any]) -> tuple[dict[str, Any], str, bool]:
        """Return place and direction of a group, and whether it moves as a reserve."""
        place = next(p for p in self.inputs["places"] if p["id"] == row["place"])
        decided = row["direction"] in DIRECTIONS
        direction = row["direction"] if decided else self.chance.choice(DIRECTIONS)
        return place, direction, not decided or row["basis"] == "assumption"

    def cars(self, number: int) -> None:
        """Let a household after the other drive to the nearest site."""
        row, chance = self.inputs["demand"][number], self.chance
        place, direction, reserve = self.who(row)
        sites = self.sites(direction)
        arcs = self.way(place["node"], set(sites), CAR, 1 << DIRECTIONS.index(direction))
        if not arcs or not self.left[number]:
            return
        route = self.plan.route(*arcs)
        depart_s, departures = place["release_s"] + max(0, self.slip()), []
        most = self.inputs["rules"]["persons_per_car"]
        while self.left[number] > 0:
            persons = min(self.left[number], most + (chance.random() < 0.03))
            self.left[number] -= persons
            waits = [[chance.randrange(len(arcs)), chance.randint(1, 2)]] if chance.random() < 0.2 else []
            departures.append((depart_s, persons, waits))
            depart_s += chance.randint(0, 3)
        self.plan.cars(
            row["place"], sites[self.head[arcs[-1]]], route, departures, direction=direction, reserve=reserve
        )

    def bus(self, vehicle: dict[str, Any]) -> None:
        """Let a vehicle fetch people, several times where there is time."""
        chance, rules = self.chance, self.inputs["rules"]
        node, now = vehicle["base_node"], vehicle["available_from_s"] + max(0, self.slip())
        numbers = [k for k, row in enumerate(self.inputs["demand"]) if row["group"] != "own_vehicle"]
        chance.shuffle(numbers)
        for number in numbers[:3]:
            row = self.inputs["demand"][number]
            place, direction, reserve = self.who(row)
            pickup = place["pickup_node"]
            sites = self.sites(direction)
            there = self.way(node, {pickup}, BUS, 0)
            out = self.way(pickup, set(sites), BUS, 1 << DIRECTIONS.index(direction))
            persons = min(self.left[number], vehicle["seats"] + (chance.random() < 0.05))
            if there is None or not out or not persons or now > self.inputs["horizon_s"]:
                continue
            if there:
                self.plan.leg(vehicle["id"], self.plan.route(*there), now)
                now = self.plan.vehicles[vehicle["id"]][-1]["arrive_s"]
            self.left[number] -= persons
            now = max(now, place["release_s"]) + rules["load_base_s"] + rules["load_per_person_s"] * persons
            node = self.head[out[-1]]
            kind = {"group": row["group"], "direction": direction, "reserve": reserve}
            load = item(row["place"], persons, site=sites[node], **kind)
            self.plan.leg(vehicle["id"], self.plan.route(*out), max(0, now + self.slip()), load)
            now = self.plan.vehicles[vehicle["id"]][-1]["arrive_s"]
            now += rules["unload_base_s"] + rules["unload_per_person_s"] * persons

    def rides(self) -> None:
        """Let people use paths and trains that begin where they board, to a site or half-way to one."""
        for number, row in enumerate(self.inputs["demand"]):
            if row["direction"] not in DIRECTIONS or row["group"] == "own_vehicle":
                continue
            place, *_ = self.who(row)
            links = [arc for arc, mode in enumerate(self.modes) if mode & LINK]
            first = [arc for arc in links if self.tail[arc] == place["pickup_node"]]
            if not first or not self.left[number] or self.chance.random() < 0.3:
                continue
            arc, persons = self.chance.choice(first), self.left[number]
            self.left[number] = 0
            self._ride(arc, number, place["release_s"] + max(0, self.slip()), persons)

    def _ride(self, arc: int, number: int, depart_s: int, persons: int) -> None:
        row = self.inputs["demand"][number]
        sites, after = self.sites(row["direction"]), ""
        kind = {"group": row["group"], "direction": row["direction"], "reserve": row["basis"] == "assumption"}
        links = [link for link, mode in enumerate(self.modes) if mode & LINK]
        for _ in range(3):
            site = sites.get(self.head[arc], "")
            load = item(row["place"], persons, after=after, site=site, **kind)
            after = self.plan.ride(arc, depart_s, load)
            onward = [link for link in links if self.tail[link] == self.head[arc]]
            if site or not onward:
                return
            depart_s = max(0, depart_s + self.inputs["network"]["arcs"]["travel_s"][arc] + self.slip())
            arc = self.chance.choice(onward)

    def corridor(self) -> dict[str, Any]:
        """Return a corridor with numbers near those of a route."""
        chance, number = self.chance, self.chance.randrange(len(self.plan.routes))
        arcs, network = self.plan.routes[number]["arcs"], self.inputs["network"]["arcs"]
        other = chance.choice([-1, chance.randrange(len(self.plan.routes))])
        length = sum(network["length_m"][arc] for arc in arcs)
        shared = sum(network["length_m"][k] for k in arcs if k in self.plan.routes[other]["arcs"])
        return {
            "id": "k0", "direction": chance.choice(DIRECTIONS),
            "place": chance.choice([row["id"] for row in self.inputs["places"] if not row["direction"]]),
            "site": chance.choice([row["id"] for row in self.inputs["places"] if row["direction"]]),
            "route": number, "length_m": length,
            "travel_s": sum(network["travel_s"][arc] for arc in arcs),
            "exposure_ppm_s": chance.choice([0, 9]),
            "capacity_veh_h": chance.choice([0, *(network["capacity_mveh_h"][k] // 1000 for k in arcs)]),
            "bottleneck_arc": chance.choice([*arcs, -1]), "bottleneck_reason": "", "alternative": other,
            "alternative_shared_ppm": -1 if other < 0 else shared * 10**6 // max(1, length),
            "no_alternative": chance.choice(["", "none"]), "cut_arcs": [],
        }  # fmt: skip

    def written(self) -> dict[str, Any]:
        """Return the whole plan."""
        for number, row in enumerate(self.inputs["demand"]):
            if row["group"] == "own_vehicle" and row["direction"] != "stays":
                self.cars(number)
        for vehicle in self.inputs["fleet"]:
            self.bus(vehicle)
        self.rides()
        if self.plan.routes and self.chance.random() < 0.7:
            self.plan.corridors.append(self.corridor())
        return self.plan.plan()


def _sha256(value: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def certificate(inputs: dict[str, Any], chance: random.Random) -> dict[str, Any] | None:
    """Return bounds and points of the envelope whose sums are right, or nearly; None for faulty inputs."""
    snapshot = read_snapshot(inputs, Findings())
    if snapshot is None:
        return None

    def sum_of(commodity: str, direction: str, at_s: int) -> dict[str, Any]:
        nodes = chance.sample(range(snapshot.roads.n_nodes), chance.choice([0, 1]))
        labels = [[node, chance.randint(0, at_s)] for node in nodes]
        cut = LabelCuts(snapshot, direction, "cars" if commodity == "cars" else "persons")
        phi = cut.phi(at_s, labels) or 0
        return {
            "commodity": commodity, "extension": "distance", "labels": labels,
            "phi": max(0, phi + chance.choice(SLIPS)),
        }  # fmt: skip

    def bound(number: int) -> dict[str, Any]:
        at_s = chance.choice([0, 1, 2, chance.randint(0, snapshot.horizon_s)])
        commodity, direction = (
            chance.choice(["cars", "persons", "persons", "seated"]),
            chance.choice(DIRECTIONS),
        )
        part = sum_of(commodity, direction, at_s)
        return part | {
            "id": f"b{number}", "direction": direction, "horizon_s": at_s,
            "kind": "fleet" if commodity == "seated" else "label_cut",
            "persons": max(0, part["phi"] + chance.choice([1, 1, 1, 0, 2])),
            "clearance_s": max(0, at_s + 1 + chance.choice(SLIPS)),
        }  # fmt: skip

    def point() -> dict[str, Any]:
        at_s, direction = chance.choice([snapshot.horizon_s, chance.randint(0, snapshot.horizon_s)]), "west"
        names = chance.sample(["cars", "persons"], chance.randint(0, 2))
        parts = [sum_of(commodity, direction, at_s) for commodity in names]
        most = chance.choice([part["phi"] for part in parts] or [0])
        return {"direction": direction, "t_s": at_s, "parts": parts, "persons_at_most": most}

    return {
        "schema": "safepassage.certificate/1", "class": "RESTRICTED",
        "inputs_sha256": _sha256(inputs), "bounds": [bound(k) for k in range(chance.randint(0, 3))],
        "envelope": [point() for _ in range(chance.randint(0, 2))],
    }  # fmt: skip


def draw(chance: random.Random) -> Documents:
    """Return inputs, a plan, and a certificate or none; one thing of them is changed now and then."""
    drawn = Drawn(chance)
    inputs, plan = drawn.inputs, drawn.written()
    if chance.random() < 0.3:
        inputs["history"] = history(inputs, plan, chance)
    if chance.random() < 0.2:
        by_layer(inputs, plan, chance)
    proof = certificate(inputs, chance) if chance.random() < 0.5 else None
    if chance.random() < 0.5:
        change_one(chance.choice([inputs, plan, plan, *([proof] if proof else [])]), chance)
    for document in (plan, proof or {}):
        if chance.random() < 0.98:
            document["inputs_sha256"] = _sha256(inputs)
    return inputs, plan, proof


def draw_going_on(chance: random.Random) -> Documents:
    """Return the same for a plan that goes on from movements that had departed, with bounds."""
    drawn = Drawn(chance)
    inputs, plan = drawn.inputs, drawn.written()
    inputs["history"] = history(inputs, plan, chance)
    proof = certificate(inputs, chance)
    for document in (plan, proof or {}):
        document["inputs_sha256"] = _sha256(inputs)
    return inputs, plan, proof


def history(inputs: dict[str, Any], plan: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """Return what of a plan had departed by some second, a little of it told otherwise."""
    now_s = chance.randint(0, inputs["horizon_s"])
    rows = {name: copy.deepcopy(plan[name]) for name in ("routes", "cars", "vehicles", "link_rides")}
    for stream in rows["cars"]:
        stream["departures"] = [
            row for row in stream["departures"] if row[0] < now_s + (chance.random() < 0.05)
        ]
    for vehicle in rows["vehicles"]:
        vehicle["legs"] = [leg for leg in vehicle["legs"] if leg["depart_s"] < now_s]
    rows["link_rides"] = [ride for ride in rows["link_rides"] if ride["depart_s"] < now_s]
    if chance.random() < 0.3:
        change_one(rows, chance)
    return rows | {"now_s": now_s}


def left(chance: random.Random) -> Iterator[Any]:
    """Yield sums of cuts and fleets for what is left when some of a plan has departed."""
    drawn = Drawn(chance)
    inputs = drawn.inputs | {"history": history(drawn.inputs, drawn.written(), chance)}
    snapshot, findings = read_snapshot(inputs, Findings()), Findings()
    if snapshot is None:
        return
    snapshot, before = read_history(inputs, snapshot, findings)
    if before is None:
        return
    rest = remaining(inputs, snapshot, before, findings)
    yield from (sorted(rest.decided.values()), findings.total)
    times = [chance.randint(before.now_s, snapshot.horizon_s) for _ in range(4)]
    for direction in DIRECTIONS:
        for commodity in ("cars", "persons"):
            yield from (LabelCuts(rest, direction, commodity).phi(at_s, []) for at_s in times)
        for commodity in CARRIED:
            yield from (FleetBound(rest, direction, commodity).phi(at_s) for at_s in times)


def by_layer(inputs: dict[str, Any], plan: dict[str, Any], chance: random.Random) -> None:
    """State the hazard by events with a low, central and high figure, and exposure in each layer."""
    network, horizon_s = inputs["network"], inputs["horizon_s"]
    events = []
    for number in range(chance.randint(1, 3)):
        low, central, high = sorted(chance.choices(range(12), k=3))
        begin, end = sorted(chance.sample(range(horizon_s + 1), 2))
        arcs = sorted(chance.sample(range(len(network["arcs"]["tail"])), chance.randint(1, 2)))
        shares = [[arc, chance.choice([10**6, 10**6, 500_000])] for arc in arcs]
        events.append([f"e{number}", low, central, high, begin, end, shares])
    network["hazard_events"], network["hazard_layer"] = events, "central"
    folded = _folded(events, 1 + LAYERS.index("central"))
    network["hazard"] = [[arc, pieces] for arc, pieces in sorted(folded.items())]
    for row in plan["directions"]:
        row["exposure_layers"] = [chance.randint(0, 40) for _ in LAYERS]

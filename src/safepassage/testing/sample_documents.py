"""A plan to try writers on: an invented country, 30 settlements, two directions, made by a toy scheduler.

The four documents have the shape of the reference and times that agree with each other; the bounds in the
certificate are invented and the verification only says what a verifier would. Nothing here is a plan.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any

from safepassage.domain.case import AreaKind
from safepassage.domain.map_layers import MapArea, MapLayers, MapLine, MapMark
from safepassage.testing.sample_country import (
    HORIZON_S,
    SETTLEMENTS,
    Country,
    add_roads,
    add_settlements,
    add_sites_and_gates,
    point,
    sample_inputs,
)
from safepassage.testing.sample_scheduler import ToyScheduler

Json = dict[str, Any]


def _corridors(scheduler: ToyScheduler) -> list[Json]:
    rows = []
    lengths = scheduler.arcs["length_m"]
    for i in range(len(SETTLEMENTS)):
        for direction, site, node in (
            ("west", "marbury", "Marbury stadium"),
            ("east", "sorrel", "Port Sorrel hall"),
        ):
            goal = next(n for s, n, _, _ in scheduler.marks["sites"] if s == site)
            route = scheduler.route(i, goal)
            path = scheduler.routes[route]["arcs"]
            other = scheduler.route(i, goal, frozenset(path))
            shared = sum(lengths[a] for a in set(path) & set(scheduler.routes[other]["arcs"]))
            length = sum(lengths[arc] for arc in path)
            least = min(path, key=lambda arc: scheduler.arcs["capacity_mveh_h"][arc])
            name = scheduler.arcs["label"][least] or "one road"
            found = other != route and shared * 2 <= length
            rows.append(
                {
                    "id": f"{direction[0].upper()}{i + 1}",
                    "direction": direction,
                    "place": f"s{i:02d}",
                    "site": site,
                    "route": route,
                    "length_m": length,
                    "travel_s": sum(scheduler.arcs["travel_s"][a] for a in path),
                    "exposure_ppm_s": 0,
                    "capacity_veh_h": scheduler.arcs["capacity_mveh_h"][least] // 1000,
                    "bottleneck_arc": least,
                    "bottleneck_reason": f"least capacity on the way to {node}",
                    "alternative": other if found else -1,
                    "alternative_shared_ppm": shared * 1_000_000 // length if found else -1,
                    "no_alternative": "" if found else f"every way uses {name}",
                    "cut_arcs": [] if found else [least],
                }
            )
    return rows


def _summaries(scheduler: ToyScheduler, arrivals: Json) -> list[Json]:
    rows = []
    for direction in ("west", "east"):
        demand = sum(row["persons"] for row in scheduler.inputs["demand"] if row["direction"] == direction)
        left = sum(persons for (_, way, _), persons in scheduler.left.items() if way == direction)
        clearance = arrivals[direction][-1][0]
        bound = clearance * 93 // 100
        rows.append(
            {
                "name": "To Marbury" if direction == "west" else "To Port Sorrel",
                "persons_demand": demand,
                "persons_served": demand - left,
                "persons_unserved": left,
                "persons_reserved": 120,
                "clearance_s": clearance,
                "clearance_bound_s": bound,
                "gap_ppm": (clearance - bound) * 10**6 // bound,
                "bound_kind": "fleet" if direction == "west" else "label_cut",
                "unserved_bound": left * 3 // 5,
                "exposure_person_ppm_s": 93_000_000_000,
                "min_share_ppm": 640_000 if left else 1_000_000,
            }
        )
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


_DETAILS = ("no vehicle can come back in time", "the crossing closes before they can pass")
_BASIS = (
    (
        "report",
        "r1",
        "Shelling heard south of Harrow End on the evening of 15 May",
        "district duty officer, on regional radio",
        "C3",
        "2031-05-15T19:10:00Z",
    ),
    (
        "report",
        "r2",
        "Artillery near Old Quarry; the other side denies it",
        "spokesperson of Party B",
        "F6",
        "2031-05-16T00:20:00Z",
    ),
    (
        "status",
        "st1",
        "K30 between Nine Elms and Thornby reported NOT_PASSABLE: bridge down",
        "road authority of the valley",
        "B2",
        "2031-05-16T02:30:00Z",
    ),
    (
        "arrangement",
        "a1",
        "Daily pause 08:00–17:00 at Hallow Bridge",
        "both parties, through the mediator",
        "A1",
        "2031-05-14T12:00:00Z",
    ),
    (
        "assumption",
        "fleet",
        "24 vehicles at Marbury bus yard, drivers for one shift",
        "planning team",
        "",
        "",
    ),
)
_NOT_ASSESSED = (
    ("MINES", "Mines and unexploded ordnance: no survey has been handed in for any road of this plan."),
    ("PARTY_CONSENT", "Whether either party will respect the pause: notified, no reply recorded."),
    ("FUEL", "Fuel for private cars along the way."),
    ("WEATHER", "Weather after 16 May."),
)


def _modifications(marks: Json) -> list[Json]:
    rows = (
        (
            "st1",
            "status NOT_PASSABLE",
            "K30 Nine Elms–Thornby NOT_PASSABLE",
            "road authority of the valley",
            marks["closed"],
            0,
            HORIZON_S,
            True,
        ),
        (
            "st2",
            "status UNKNOWN",
            "road to Far Orchard UNKNOWN: no report in four days",
            "no source",
            marks["unknown"],
            0,
            HORIZON_S,
            True,
        ),
        (
            "a1",
            "window",
            "Hallow Bridge open 07:00–15:00 (agreed in detail)",
            "both parties, through the mediator",
            [marks["gates"][0]],
            7200,
            36_000,
            True,
        ),
        (
            "a2",
            "window",
            "Extra hours at Quarry Pass announced for the night",
            "Party B",
            [marks["gates"][1]],
            0,
            10_800,
            False,
        ),
    )
    keys = ("id", "kind", "text", "source", "arcs", "from_s", "to_s", "used")
    return [dict(zip(keys, row, strict=True)) for row in rows]


def _unserved(left: dict[tuple[str, str, str], int]) -> list[Json]:
    return [
        {
            "place": place,
            "direction": direction,
            "group": group,
            "persons": persons,
            "reason": "UNSERVED_ROAD_TIME" if group == "own_vehicle" else "UNSERVED_FLEET_TIME",
            "detail": _DETAILS[group == "own_vehicle"],
        }
        for (place, direction, group), persons in left.items()
        if persons
    ]


def _reserves(inputs: Json) -> list[Json]:
    undecided = [row for row in inputs["demand"] if row["direction"] == "undecided"]
    return [
        {
            "place": row["place"],
            "group": row["group"],
            "direction": direction,
            "persons": row["persons"],
            "reserved": min(row["persons"], 4),
        }
        for row in undecided
        for direction in ("west", "east")
    ]


def _hold(inputs: Json) -> list[Json]:
    people: dict[str, int] = {}
    for row in inputs["demand"]:
        people[row["place"]] = people.get(row["place"], 0) + row["persons"]
    return [
        {
            "place": place,
            "persons": persons,
            "water_l_day": persons * 15,
            "food_kg_day": persons * 555 // 1000,
        }
        for place, persons in people.items()
    ]


def _binding(gates: tuple[int, ...]) -> list[Json]:
    fleet = "24 buses cannot make more round trips: people without a car wait for seats."
    cut = "All 30 settlements share Hallow Bridge crossing and Quarry Pass crossing."
    return [
        {"direction": "west", "kind": "fleet", "text": fleet, "arcs": [], "places": ["s05", "s13"]},
        {"direction": "east", "kind": "label_cut", "text": cut, "arcs": list(gates), "places": ["s00"]},
    ]


def _plan(inputs: Json, marks: Json) -> tuple[Json, list[Json]]:
    scheduler = ToyScheduler(inputs, marks)
    body: Json = {"link_rides": scheduler.train(), "cars": scheduler.cars(), "vehicles": scheduler.vehicles()}
    body["corridors"] = _corridors(scheduler)
    body["routes"] = scheduler.routes
    arrivals = _arrivals(body, scheduler.arcs)
    summaries = _summaries(scheduler, arrivals)
    unserved = _unserved(scheduler.left)
    basis_keys = ("kind", "id", "text", "source", "grade", "as_of")
    body |= {
        "schema": "safepassage.plan/1",
        "class": "RESTRICTED",
        "complete": not unserved,
        "made_with": {"version": "0.1.0", "seed": 0, "work_limit": 1_000_000, "time_limit_s": None},
        "unserved": unserved,
        "directions": summaries,
        "reserves": _reserves(inputs),
        "hold": _hold(inputs),
        "basis": [dict(zip(basis_keys, row, strict=True)) for row in _BASIS],
        "modifications": _modifications(marks),
        "not_assessed": [{"code": code, "text": text} for code, text in _NOT_ASSESSED],
        "binding": _binding(marks["gates"]),
    }
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
        "schema": "safepassage.verification/1",
        "class": "RESTRICTED",
        "verified": True,
        "violations": [],
        "checks": {"capacity": 48_210, "windows": 5120, "totals": 620},
        "inputs_sha256": plan["inputs_sha256"],
        "plan_sha256": sha256_of(plan),
        "certificate_sha256": sha256_of(certificate),
        "recomputed": {"directions": plan["directions"]},
    }
    return inputs, plan, certificate, verification


def _arcs_at(country: Country, node: int) -> list[int]:
    return [i for i, arc in enumerate(country.arcs) if node in {arc["tail"], arc["head"]}]


def sample_documents() -> tuple[Json, Json, Json, Json]:
    """Return (inputs, plan, certificate, verification) of the invented sample, the same every time."""
    inputs, plan, certificate, verification = json.loads(_sample_text())
    return inputs, plan, certificate, verification


@cache
def _sample_text() -> str:
    """Return the four documents as text: made once, and read anew for each who may change them."""
    country = Country()
    add_settlements(country)
    add_roads(country)
    marks = add_sites_and_gates(country)
    inputs = sample_inputs(country, marks)
    marks["unknown"] = _arcs_at(country, country.named("Far Orchard"))[:2]
    plan, envelope = _plan(inputs, marks)
    certificate = {
        "schema": "safepassage.certificate/1",
        "class": "RESTRICTED",
        "bounds": [],
        "envelope": envelope,
    }
    return json.dumps(sealed(inputs, plan, certificate))


def _ring(*corners: tuple[float, float]) -> tuple[tuple[int, int], ...]:
    points = tuple(point(x, y) for x, y in corners)
    return (*points, points[0])


_BORDER_KM = ((97, -8), (99, 10), (98, 22), (101, 34), (99, 45), (103, 70))


def sample_layers() -> MapLayers:
    """Return road classes, a zone, two reported hazard areas and a border for the sample."""
    country = Country()
    add_settlements(country)
    add_roads(country)
    add_sites_and_gates(country)
    return MapLayers(
        road_class=tuple(country.classes),
        areas=(
            MapArea(
                id="z1",
                kind=AreaKind.ANNOUNCED_ZONE,
                name="Valley zone",
                source="Party B, radio address",
                announced_by="Party B",
                status="announced_unilaterally",
                grade="C3",
                purposes="“order and supplies”; also a military buffer",
                polygons=((_ring((30, 3), (71, 1), (76, 28), (52, 34), (28, 27)),),),
            ),
            MapArea(
                id="h1",
                kind=AreaKind.REPORTED_HAZARD,
                name="Shelling heard",
                source="district duty officer",
                grade="C3",
                as_of="2031-05-15T19:10:00Z",
                polygons=((_ring((33, 27), (45, 25), (47, 35), (36, 38)),),),
            ),
            MapArea(
                id="h2",
                kind=AreaKind.REPORTED_HAZARD,
                name="Artillery near Old Quarry",
                source="spokesperson of Party B",
                grade="F6",
                as_of="2031-05-16T00:20:00Z",
                polygons=((_ring((30, 31), (40, 33), (38, 42), (27, 40)),),),
            ),
        ),
        lines=(
            MapLine(kind="border", name="state border", points=tuple(point(x, y) for x, y in _BORDER_KM)),
        ),
        marks=(MapMark(name="Marbury", lon_e7=point(-2, 27)[0], lat_e7=point(-2, 27)[1]),),
    )

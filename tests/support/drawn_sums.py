"""Small problems drawn by a seed, and what the verifier sums for them: numbers that a slip changes."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from safepassage.formats.plan import inputs_json
from safepassage_verify.aid import check_aid
from safepassage_verify.bounds import FleetBound, LabelCuts
from safepassage_verify.buses import check_plan, check_proof
from safepassage_verify.exposure_bound import priced_exposure_bound
from safepassage_verify.paths import Paths
from safepassage_verify.planfile import Plan, read_plan
from safepassage_verify.priced import PricedBound
from safepassage_verify.shuttle import check_shuttle
from safepassage_verify.shuttle_bound import least_value
from safepassage_verify.snapshot import CARRIED, Snapshot, read_snapshot
from safepassage_verify.verdict import Findings, Verdict
from tests.oracle.test_bound_cuts import LINK, random_case
from tests.oracle.test_bound_fleet import random_fleet
from tests.oracle.test_least_exposure import drawn
from tests.support.shuttles import document, random_problem
from tests.support.variants import change_one

KEPT = Path(__file__).parents[1] / "golden" / "verdicts"

DIRECTIONS = ("west", "east")


def read(inputs: dict[str, Any]) -> Snapshot:
    """Return the snapshot of inputs without fault."""
    findings = Findings()
    snapshot = read_snapshot(inputs, findings)
    assert snapshot is not None
    assert not findings.total
    return snapshot


def town(chance: random.Random) -> dict[str, Any]:
    """Return a network of scarce roads, or of a few buses, where handling people takes time."""
    inputs = random_case(chance) if chance.random() < 0.6 else random_fleet(chance)
    for name in ("load_base_s", "load_per_person_s", "unload_base_s", "unload_per_person_s"):
        inputs["rules"][name] = chance.choice([0, 1, 1, 2, 3])
    for window in inputs["rules"]["movement_windows"][:1]:
        window[0] = chance.choice([0, min(1, window[1] - 1)])
    for vehicle in inputs["fleet"]:
        vehicle["wheelchair"], vehicle["stretcher"] = chance.choice([(0, 0), (1, 0), (2, 1)])
        vehicle["weight_kg"] = chance.choice([3_000, 10_000])
        vehicle["available_until_s"] = chance.choice([-1, -1, inputs["horizon_s"] * 3 // 4])
    arcs = inputs["network"]["arcs"]
    for column, drawn_value in (
        ("max_weight_kg", lambda: chance.choice([-1, -1, 3_000, 10_000])),
        ("empty_ok", lambda: chance.choice([1, 1, 1, 0])),
        ("modes", lambda: chance.choice([0, 0, 0, LINK]) or None),
    ):
        arcs[column] = [drawn_value() or was for was in arcs[column]]
    return inputs


def cuts(chance: random.Random) -> Iterator[int | None]:
    """Yield sums of label cuts, with labels given or left to the rule of extension."""
    snapshot = read(town(chance))
    paths, n_nodes = Paths(snapshot.roads), snapshot.roads.n_nodes
    for direction in DIRECTIONS:
        for commodity in ("cars", "persons"):
            cut = LabelCuts(snapshot, direction, commodity, paths=paths)
            for _ in range(4):
                at_s = chance.randint(0, snapshot.horizon_s)
                chosen = chance.sample(range(n_nodes), chance.choice([0, 1, 2]))
                labels = [(node, chance.randint(0, at_s + 1)) for node in sorted(chosen)]
                yield cut.phi(at_s, labels, chance.choice(["distance", "earliest"]))


def fleets(chance: random.Random) -> Iterator[int]:
    """Yield the most whom vehicles can have brought in by some seconds."""
    inputs = town(chance)
    for row in inputs["demand"]:
        row["group"] = chance.choice(["needs_transport", "assisted", "wheelchair", "stretcher"])
    snapshot = read(inputs)
    for direction in DIRECTIONS:
        for commodity in CARRIED:
            bound = FleetBound(snapshot, direction, commodity)
            for _ in range(4):
                yield bound.phi(chance.randint(0, snapshot.horizon_s))


def prices(chance: random.Random) -> Iterator[int | None]:
    """Yield what everybody can gain at most at prices of roads, sites and people."""
    inputs = town(chance)
    snapshot = read(inputs)
    paths, roads = Paths(snapshot.roads), snapshot.roads
    for _ in range(3):
        step_s = chance.choice([1, 1, 2, 3])
        steps = snapshot.horizon_s // step_s + 1

        def runs(likely: float, *, most: int, steps: int = steps) -> list[list[int]]:
            if chance.random() > likely:
                return []
            starts = sorted(chance.sample(range(steps), min(steps, chance.randint(1, 3))))
            return [[step, chance.randint(0, most)] for step in starts]

        listed = [arc for arc in range(len(roads)) if roads.modes[arc] & LINK or chance.random() < 0.4]
        if chance.random() < 0.1:
            listed = listed[1:]
        arcs = []
        for arc in listed:
            no_road = roads.modes[arc] & LINK and chance.random() < 0.95
            free = inputs["network"]["arcs"]["persons_h"][arc] < 0 and chance.random() < 0.95
            arcs.append(
                {
                    "arc": arc,
                    "persons": runs(0.0 if free else 0.6, most=5),
                    "road": runs(0.0 if no_road else 0.6, most=4_000),
                }
            )
        sites = [
            {"site": site.id, "price": chance.randint(0, 4)}
            for name in DIRECTIONS
            for site in snapshot.sites(name)
            if site.capacity_persons >= 0 or chance.random() < 0.05
        ]
        bare = PricedBound(snapshot, {"step_s": step_s, "arcs": arcs, "sites": sites, "people": []}, paths)
        people = [
            dict(zip(("direction", "commodity", "node", "release_s"), key, strict=True))
            | {"price": chance.randint(0, snapshot.horizon_s)}
            for key in bare.people
            if chance.random() < 0.7
        ]
        claim = {"step_s": step_s, "arcs": arcs, "sites": sites, "people": people}
        yield PricedBound(snapshot, claim, paths).limit()


def exposures(chance: random.Random) -> Iterator[int]:
    """Yield the least exposure that tolls of roads prove, for journeys that end by some seconds."""
    inputs = inputs_json.document(drawn(chance.randrange(10**6)))
    for place in inputs["places"]:
        place["release_s"] = chance.choice([0, 0, 7, 40])
        if chance.random() < 0.15:
            place["node"] = 0
    rules, n_arcs = inputs["rules"], len(inputs["network"]["arcs"]["tail"])
    rules["persons_per_car"] = chance.randint(1, 3)
    rules["movement_windows"] = chance.choice([[], [], [[0, 70], [90, 400]]])
    ways = inputs["network"]["arcs"]["directions"]
    ways[:] = [chance.choice([bits, bits, bits, bits & ~1]) for bits in ways]
    inputs["demand"] += [{**inputs["demand"][0], "basis": "assumption", "persons": 5}]
    for by_s in (chance.randint(0, 330), chance.randint(30, 330)):
        tolls = []
        for arc in chance.sample(range(n_arcs), chance.randint(0, min(3, n_arcs))):
            ends = sorted(chance.sample(range(340), 4))
            ends[2] = chance.choice([ends[1], ends[2]])
            rows = [(ends[0], ends[1]), (ends[2], ends[3])][: chance.randint(1, 2)]
            tolls += [(arc, a, b, chance.choice([0, chance.randint(0, 90_000)])) for a, b in rows]
        yield priced_exposure_bound(inputs, "out", by_s, tolls)


def shuttle(chance: random.Random) -> dict[str, Any]:
    """Return a problem of shuttles with last hours, hard shelters and ways that are missing."""
    found = document(random_problem(chance.randrange(10**6), persons=chance.randint(3, 9), mixed=True))
    for vehicle in found["vehicles"]:
        vehicle["until_ms"] = chance.choice([-1, -1, 15_000, 31_000])
        vehicle["stretcher"] = chance.choice([0, 1])
    for group in found["groups"]:
        group["stretcher"] = chance.choice([0, 0, 0, 1])
    for shelter in found["shelters"]:
        shelter["capacity_persons"] = chance.choice([-1, 0, 2, shelter["capacity_persons"]])
        shelter["hard"] = chance.random() < 0.3
    for rows in found["travel"].values():
        if chance.random() < 0.3:
            row = chance.choice(rows)
            row[chance.randrange(len(row))] = chance.choice([-1, 0, 300])
    return found


def shuttles(chance: random.Random) -> Iterator[int | str]:
    """Yield the value below which no plan of shuttles is, by prices; or why the prices prove nothing."""
    problem = shuttle(chance)
    n, shelters = len(problem["groups"]), len(problem["shelters"])
    for _ in range(2):
        rows = [
            [chance.randint(0, 40_000) for _ in range(2 * n)]
            + [chance.choice([0, 0, chance.randint(0, 9_000)]) for _ in range(shelters)]
            + [chance.choice([0, 5_000])]
            for _ in range(chance.choice([0, 1, 1, 2]))
        ]
        bound = {
            "step_ms": chance.choice([500, 1_000, 2_000]),
            "cells": chance.randint(0, 50),
            "prices": rows,
        }
        yield said(least_value, problem, bound)


def shuttle_plans(chance: random.Random) -> Iterator[Any]:
    """Yield what is said of tours that fetch people at random."""
    problem = shuttle(chance)
    groups = problem["groups"]
    shelters = len(problem["shelters"])
    doors = [*range(shelters)] * 9 + [-1, shelters]
    for _ in range(2):
        left = [group["parties"] for group in groups]
        tours = []
        for _ in problem["vehicles"]:
            tour = []
            for _ in range(chance.randint(0, 3)):
                pickups = []
                for k in chance.sample(range(len(groups)), chance.randint(1, len(groups))):
                    parties = min(left[k], chance.randint(1, 2))
                    if parties or chance.random() < 0.1:
                        left[k] -= parties
                        pickups.append({"group": k, "parties": parties})
                if pickups or chance.random() < 0.1:
                    tour.append({"pickups": pickups, "shelter": chance.choice(doors)})
            tours.append(tour)
        if chance.random() < 0.2:
            left[0] += 1
        yield str(said(check_shuttle, problem, {"tours": tours, "left": left}))


def bus_problem(chance: random.Random) -> dict[str, Any]:
    """Return a problem of buses, some of whose ways are missing."""
    pickups, sites, yards = chance.randint(1, 3), chance.randint(1, 3), chance.randint(1, 2)

    def matrix(rows: int, columns: int) -> list[list[int]]:
        ways = [-1, *range(1, 10), *range(1, 10)] if chance.random() < 0.4 else range(1, 10)
        return [[chance.choice(ways) for _ in range(columns)] for _ in range(rows)]

    names = ("load_base_s", "load_per_person_s", "unload_base_s", "unload_per_person_s")
    return {
        "persons": [2 * chance.randint(0, 3) for _ in range(pickups)],
        "capacity_persons": [chance.choice([-1, 0, 2, 4, 6]) for _ in range(sites)],
        "through": chance.random() < 0.6,
        "fleets": [
            {"yard": chance.randrange(yards), "seats": chance.choice([1, 2, 2, 4]),
             "buses": chance.randint(0, 2), "available_from_s": chance.randint(0, 3)}
            for _ in range(chance.randint(1, 2))
        ],
        "yard_to_pickup_s": matrix(yards, pickups),
        "pickup_to_site_s": matrix(pickups, sites),
        "site_to_pickup_s": matrix(sites, pickups),
        **{name: chance.choice([0, 0, 1, 2]) for name in names},
    }  # fmt: skip


def bus_case(problem: dict[str, Any], chance: random.Random, *, timed: bool) -> list[Any]:
    """Return something that a proof may price or split by."""
    pickups, sites = len(problem["persons"]), len(problem["capacity_persons"])
    fleets = len(problem["fleets"])
    kind = chance.choice(["start", "loaded", "empty"] if timed else ["people", "people", "trips", "room"])
    first = {"start": fleets, "empty": sites, "room": sites}.get(kind, pickups)
    second = {"start": pickups, "loaded": sites, "empty": pickups}.get(kind, 0)
    left = chance.choice([0, 0, chance.randint(1, 9)]) if kind in {"loaded", "empty"} else 0
    b = chance.randrange(second) if second else -1
    odd = chance.random()
    return [kind, chance.randrange(first) if odd > 0.02 else first, b if odd < 0.98 else second, left]


def bus_proofs(chance: random.Random) -> Iterator[Any]:
    """Yield what is said of trees of prices: what buses can earn by them, and what a plan would need."""
    for _ in range(3):
        problem = bus_problem(chance)
        nodes: list[dict[str, Any]] = []
        for split in (chance.random() < 0.3, False, False):
            if split:
                case = bus_case(problem, chance, timed=True)
                nodes.append({"case": case, "value": chance.randint(0, 2), "at_most": 1, "more": 2})
                continue
            chosen = [
                bus_case(problem, chance, timed=chance.random() < 0.4) for _ in range(chance.randint(1, 5))
            ]
            rows = {tuple(case): chance.randint(-3, 40) for case in chosen}
            nodes.append({"prices": [[*case, units] for case, units in rows.items()]})
            if len(nodes) == 1:
                break
        yield said(check_proof, problem, {"horizon_s": chance.randint(0, 40), "nodes": nodes})


def bus_plans(chance: random.Random) -> Iterator[Any]:
    """Yield what is said of runs that go as they should, or nearly so."""
    for _ in range(2):
        problem = bus_problem(chance)
        waiting, runs = list(problem["persons"]), []
        for number, fleet in enumerate(problem["fleets"]):
            runs += [
                {"fleet": number, "stops": bus_stops(problem, fleet, waiting, chance)}
                for _ in range(fleet["buses"] + (chance.random() < 0.1))
            ]
        yield said(check_plan, problem, {"runs": runs})


def bus_stops(
    problem: dict[str, Any], fleet: dict[str, int], waiting: list[int], chance: random.Random
) -> list[list[Any]]:
    """Return the stops of one run, each as early as can be or a second beside."""
    now, stops = fleet["available_from_s"], []
    place, name = fleet["yard"], "yard_to_pickup_s"
    for _ in range(chance.randint(0, 3)):
        pickup, site = chance.randrange(len(waiting)), chance.randrange(len(problem["capacity_persons"]))
        aboard = min(waiting[pickup], fleet["seats"] + (chance.random() < 0.05))
        waiting[pickup] -= aboard
        for kind, matrix, at, word in (
            ("pickup", name, pickup, "load"), ("site", "pickup_to_site_s", site, "unload"),
        ):  # fmt: skip
            now += problem[matrix][place][at] + chance.choice([0, 0, 0, 0, 0, 0, 1, -1])
            stops.append([kind, at, now, aboard])
            if aboard:
                now += problem[f"{word}_base_s"] + problem[f"{word}_per_person_s"] * aboard
            place = at
        name = "site_to_pickup_s"
    return stops


@cache
def distribution() -> tuple[dict[str, Any], Plan, Snapshot]:
    """Return a distribution of aid that holds, past a hazard, and plan and inputs beside it."""
    kept = json.loads((KEPT / "aid.json").read_text(encoding="utf-8"))
    network, horizon_s = kept["inputs"]["network"], kept["inputs"]["horizon_s"]
    network["hazard"] = [[arc, [[0, horizon_s, 5]]] for arc in range(len(network["arcs"]["tail"]))]
    snapshot = read(kept["inputs"])
    plan = read_plan(kept["plan"], snapshot, Findings())
    assert plan is not None
    return kept["aid"], plan, snapshot


def with_cap(snapshot: Snapshot, cap_ppm_s: int) -> Snapshot:
    """Return the same where nobody may be exposed to more."""
    return replace(snapshot, rules=replace(snapshot.rules, exposure_cap_ppm_s=cap_ppm_s))


def aid_said(document: dict[str, Any], cap_ppm_s: int = -1) -> Verdict:
    """Return what is said of a distribution beside the plan."""
    holds, plan, snapshot = distribution()
    findings, hashes = Findings(), (holds["inputs_sha256"], holds["plan_sha256"])
    totals = check_aid(document, plan, with_cap(snapshot, cap_ppm_s), hashes, findings)
    return findings.verdict(recomputed={"aid": totals}, hashes={})


@cache
def crews() -> tuple[int, ...]:
    """Return to what each crew is exposed, as the verifier says where nothing is allowed."""
    said_of = aid_said(distribution()[0], 0).violations
    return tuple(int(v.message.split()[5]) for v in said_of if v.code == "EXPOSURE_CAP")


def aid(chance: random.Random) -> Iterator[str]:
    """Yield what is said of a distribution in which some numbers are others."""
    for _ in range(8):
        changed = copy.deepcopy(distribution()[0])
        for _ in range(chance.choice([1, 1, 2, 3])):
            parts = ["given", "given", "bounds", "deliveries", "trucks", "routes", "short", "totals"]
            change_one(changed[chance.choice(parts)], chance)
        verdict = aid_said(changed, chance.choice([-1, -1, 0, *crews()]))
        yield json.dumps([dict(verdict.counts), verdict.record()], sort_keys=True)


def said(check: Callable[..., Any], *given: Any) -> Any:
    """Return the answer of a check, or the fault that it raised."""
    try:
        return check(*given)
    except (ValueError, LookupError, TypeError, ArithmeticError) as fault:
        return f"{type(fault).__name__}: {fault}"


PROBLEMS: dict[str, Callable[[random.Random], Iterator[Any]]] = {
    "cuts": cuts, "fleets": fleets, "prices": prices, "exposures": exposures, "shuttles": shuttles,
    "shuttle_plans": shuttle_plans, "bus_proofs": bus_proofs, "bus_plans": bus_plans, "aid": aid,
}  # fmt: skip

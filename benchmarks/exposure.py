"""E6: households and a fire: exposure of verified plans against certified bounds, and the frontier.

    python benchmarks/exposure.py --network FILE --population FILE --fire FILE [--json]

Prints, for each allowance of clearance, our plan, the bound that its prices prove (summed again by the
independent verifier's own sweep), and in the same run the shortest-time plan and the capacity-constrained
route
planner. The hazard of a road follows the distance to the fire front (`exposure_case.LAYERS`); people at
home are
not counted as exposed (the written model counts from the first departure on).
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

import evacuation_peers as peers
import exposure_case as case_of
import numpy as np
from evacuation import machine
from memory import rss_mb

from safepassage import __version__
from safepassage.domain.case import Settings
from safepassage.domain.plan import Certificate, MadeWith, Plan, Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.bounds.certify import Served, certify
from safepassage.engines.car_streams import (
    BookedCars,
    Effort,
    PathFlows,
    planned_turns,
    refined,
    road_pieces,
    schedule_of,
)
from safepassage.engines.least_exposure import CarPlan, LeastExposure, Proof, Roads
from safepassage.engines.summary import direction_summaries, hold, totals
from safepassage.formats.containers import canonical_json
from safepassage.formats.networks import matsim
from safepassage.formats.plan import inputs_json, plan_json
from safepassage.kernels.booking.booking import book
from safepassage_verify import verify_files
from safepassage_verify.exposure_bound import priced_exposure_bound

PPM = 1_000_000
LAYER_WEIGHTS = {"low": 0.25, "central": 0.5, "high": 0.25}
TRIES = (1.05, 1.15, 1.25, 1.4, 1.7, 2.2)
TAIL = 0.9
FIRST_BIN_S = 60
"""Bins of the first flow of the car engine; those of the second are half as long."""


def read_case(options: argparse.Namespace) -> tuple[PlanningProblem, dict[str, Any], Any]:
    """Return the problem, its hazard layers by arc and step, and the area."""
    fire = case_of.read_fire(options.fire)
    network = matsim.read(options.network)
    links = network.links
    xy = np.stack([network.x_m, network.y_m], axis=1)
    arrays = case_of.Links(
        xy, links.tail.astype(np.int64), links.head.astype(np.int64), links.length_m.astype(np.int64),
        links.travel_s.astype(np.int64), links.capacity_mveh_h.astype(np.int64),
    )  # fmt: skip
    households = case_of.read_households(options.population, fire.zone)
    area = case_of.shire(arrays, households, quantile=options.quantile)
    horizon_s = round(options.horizon_h * 3600)
    layers = case_of.hazard_layers(
        area.links, fire, start_h=options.start_h, horizon_s=horizon_s, step_s=options.step_s
    )
    made = case_of.problem(
        area, layers, fire, horizon_s=horizon_s, step_s=options.step_s, title=options.population.name
    )
    return made, layers, area


def sampled_worlds(layers: dict[str, Any], n: int, seed: int) -> list[Any]:
    """Return worlds: in each, what is hazardous is so for certain; (n_arcs, steps) booleans.

    A world draws a layer and one severity for the whole fire: roads burn from the worst down.
    """
    rng = np.random.default_rng(seed)
    names = rng.choice(list(LAYER_WEIGHTS), size=n, p=list(LAYER_WEIGHTS.values()))
    severity = (rng.permutation(n) + rng.random(n)) / n
    return [layers[name] > u * PPM for name, u in zip(names.tolist(), severity.tolist(), strict=True)]


def cvar(losses: Any) -> float:
    """Return the mean of the worst tenth (Rockafellar and Uryasev 2000, doi:10.21314/JOR.2000.038)."""
    ordered = np.sort(losses)
    return float(ordered[round(TAIL * len(ordered)) :].mean())


class Bench:
    """One case: engine, worlds, and where files go."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder = options, folder
        self.problem, self.layers, self.area = read_case(options)
        self.roads = Roads.of(self.problem, "out")
        self.engine = LeastExposure(self.roads)
        self.worlds = sampled_worlds(self.layers, options.worlds, options.seed)
        cars = int(self.roads.cars.sum())
        served = Served({"cars": (cars, self.problem.network.horizon_s)})
        self.certificate = certify(self.problem, {"out": served})[0]
        self.certified_s = max((b.clearance_s for b in self.certificate.bounds), default=0)

    def losses(self, plan: CarPlan) -> Any:
        """Return car-seconds in hazard, by world."""
        seconds = self.engine.arc_seconds(plan)
        k = np.minimum(self.roads.breaks[:-1] // self.options.step_s, self.layers["central"].shape[1] - 1)
        arc = self.roads.network.arc
        return np.asarray([int(seconds[world[arc][:, k]].sum()) for world in self.worlds], dtype=np.float64)

    def tail_hazard(self, plan: CarPlan) -> Any:
        """Return the hazard of the worst tenth of worlds for a plan, as ppm by arc and step."""
        order = np.argsort(self.losses(plan), kind="stable")[round(TAIL * len(self.worlds)) :]
        k = np.minimum(self.roads.breaks[:-1] // self.options.step_s, self.layers["central"].shape[1] - 1)
        share = np.mean([self.worlds[w] for w in order.tolist()], axis=0)[self.roads.network.arc][:, k]
        return np.maximum(1, np.rint(share * PPM)).astype(np.int64)

    def row(self, name: str, plan: CarPlan) -> dict[str, Any]:
        """Return what a plan is worth."""
        worth = self.engine.valued(plan)
        losses = self.losses(plan)
        served = worth.way >= 0
        return {
            "plan": name, "by_s": plan.by_s, "clearance_s": worth.clearance_s, "unserved": worth.unserved,
            "exposure_ppm_s": worth.total_ppm_s, "expected_in_worlds_s": float(losses.mean()),
            "cvar90_s": cvar(losses), "minutes": float(worth.arrive_s[served].sum()) / 60,
            "verified": self.verified(name, self.engine.schedule(plan), worth.total_ppm_s),
        }  # fmt: skip

    def verified(self, name: str, schedule: Schedule, exposure: int) -> bool:
        """Write a plan with its certificate, have it verified, and compare the exposure."""
        found = totals(self.problem, schedule)
        if found["out"].exposure_person_ppm_s != exposure:
            return False
        given = self.problem
        certificate = self.certificate if not schedule.unserved else Certificate(bounds=(), envelope=())
        plan = Plan(
            case_id=given.case_id, title=given.title, exercise=True, epoch=given.epoch, as_of=given.as_of,
            horizon_s=given.network.horizon_s, complete=not schedule.unserved,
            made_with=MadeWith(version=__version__, seed=0, work_limit=0), schedule=schedule,
            directions=direction_summaries(given, schedule, found, certificate),
            corridors=(), hold=hold(given.demand, Settings()), basis=(),
            modifications=(), not_assessed=(), binding=(),
            certificate=certificate,
        )  # fmt: skip
        inputs = canonical_json.encode(inputs_json.document(given))
        digest = canonical_json.sha256(inputs)
        folder = self.folder / name.replace(" ", "-").replace("%", "")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "inputs.json").write_bytes(inputs)
        plan_bytes = canonical_json.encode(plan_json.plan_document(plan, inputs_sha256=digest))
        (folder / "plan.json").write_bytes(plan_bytes)
        (folder / "certificate.json").write_bytes(
            canonical_json.encode(plan_json.certificate_document(certificate, inputs_sha256=digest))
        )
        verdict = verify_files(folder)
        if not verdict.verified:
            print(name, dict(verdict.counts), [str(v)[:200] for v in verdict.violations[:2]])
        return bool(verdict.verified)

    def proved(self, by_s: int) -> dict[str, Any]:
        """Return the bound of a time limit, summed again by the verifier's own sweep."""
        began = time.process_time()
        proof = Proof.of(self.roads, by_s)
        found = time.process_time() - began
        began = time.process_time()
        again = priced_exposure_bound(inputs_json.document(self.problem), "out", by_s, proof.prices)
        return {
            "bound_ppm_s": proof.bound_ppm_s, "prices": len(proof.prices), "bound_cpu_s": found,
            "recheck_cpu_s": time.process_time() - began, "certificate_ok": again == proof.bound_ppm_s,
        }  # fmt: skip

    def greedy(self) -> dict[str, Any]:
        """Return the capacity-constrained route planner's plan, replayed exactly."""
        roads, links = self.roads, self.roads.network
        given = peers.Arrays(
            n_nodes=links.n_nodes, tail=links.tail, head=links.head, travel_s=links.travel_s,
            capacity_mveh_h=links.capacity_mveh_h, sources=roads.nodes, vehicles=roads.cars,
            exits=links.sites, to_exit_s=np.where(roads.potential_s < 2**60, roads.potential_s, -1),
        )  # fmt: skip
        bins = self.problem.network.horizon_s // 60
        found = peers.capacity_constrained(given, bin_s=60, n_bins=bins, expired=lambda: False)
        flows = PathFlows(
            source=found.source, start=found.start, arcs=found.arcs, depart_s=found.depart_s,
            vehicles=found.vehicles,
        )  # fmt: skip
        turns, listed = planned_turns(flows, links.travel_s, roads.release_s, free=False)
        booking = book(road_pieces(self.problem.network), turns, units_mveh=1000, wait_max_s=20)
        position = {place.id: i for i, place in enumerate(self.problem.places)}
        place = np.asarray([position[roads.classes[s].place] for s in listed.tolist()])
        cars = BookedCars(
            direction="out", turns=turns, booking=booking, place=place,
            persons=np.ones(len(turns.turn_list), dtype=np.int64),
        )  # fmt: skip
        schedule = schedule_of(self.problem, cars)
        total = totals(self.problem, schedule)["out"]
        return {
            "plan": "greedy peer", "clearance_s": total.clearance_s,
            "unserved": sum(u.persons for u in schedule.unserved),
            "exposure_ppm_s": total.exposure_person_ppm_s,
            "verified": self.verified("greedy peer", schedule, total.exposure_person_ppm_s),
        }  # fmt: skip


def quickest(bench: Bench) -> CarPlan:
    """Return the plan that serves everybody earliest: of the car engine, or of this one where that fails."""
    flows = [*islice(refined(bench.problem, "out", bin_s=FIRST_BIN_S), 2)]
    if flows:
        schedule = schedule_of(bench.problem, flows[-1].booked(bench.problem, "out", Effort()))
        if not schedule.unserved:
            last_s = totals(bench.problem, schedule)["out"].clearance_s
            return bench.engine.plan_of(schedule, last_s)
    plan = None
    for factor in TRIES:
        plan = bench.engine.plan(round(bench.certified_s * factor), hazard=bench.roads.of_time(), tries=0)
        if not plan.unserved:
            break
    assert plan is not None
    return plan


def least_exposure(
    bench: Bench, by_s: int, name: str, before: CarPlan | None, *, prove: bool
) -> tuple[Any, CarPlan]:
    """Return the row of a plan of least exposure by a time, with its bound if asked, and the plan."""
    began = time.process_time()
    plan = bench.engine.plan(by_s, start=None if before is None else bench.engine.valued(before))
    row = bench.row(name, plan)
    row["plan_cpu_s"] = time.process_time() - began
    if prove:
        row |= bench.proved(by_s)
        row["gap"] = (row["exposure_ppm_s"] - row["bound_ppm_s"]) / max(1, row["bound_ppm_s"])
    return row, plan


def by_allowances(bench: Bench) -> dict[str, Any]:
    """Return the rows of plans with ever more time than our least, and what the tail gains."""
    options = bench.options
    fastest = quickest(bench)
    base_s = fastest.clearance_s
    rows = [bench.row("shortest time", fastest)]
    if options.peers:
        rows.append(bench.greedy())
    before = fastest
    for percent in options.allowances:
        by_s, proved = base_s * (100 + percent) // 100, percent in options.proved
        row, before = least_exposure(bench, by_s, f"least exposure +{percent}%", before, prove=proved)
        rows.append(row | {"allowance": percent})
    soon_s = base_s * 105 // 100
    tail = bench.engine.plan(soon_s, hazard=bench.roads.with_hazard(bench.tail_hazard(fastest)), start=None)
    rows.append(bench.row("least tail exposure +5%", tail))
    best = min(
        r["cvar90_s"]
        for r in rows
        if r.get("cvar90_s") is not None and r["unserved"] == 0 and r["by_s"] <= soon_s
    )
    cut = 1 - best / max(1e-9, rows[0]["cvar90_s"])
    return {"rows": rows, "our_minimum_clearance_s": base_s, "cvar_cut_at_5_percent": cut}


def by_times(bench: Bench) -> dict[str, Any]:
    """Return the rows of plans that are done by stated times, each with its bound."""
    rows = [
        least_exposure(bench, by_s, f"least exposure by {by_s} s", None, prove=True)[0]
        for by_s in bench.options.by_s
    ]
    return {"rows": rows}


def run(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Run the whole comparison."""
    wall, cpu = time.perf_counter(), time.process_time()
    bench = Bench(options, folder)
    area, cars = bench.area, int(bench.roads.cars.sum())
    found = by_times(bench) if options.by_s else by_allowances(bench)
    return found | {
        "network": options.network.name, "population": options.population.name, "fire": options.fire.name,
        "cars": cars, "outside": area.outside, "radius_m": round(area.radius_m), "exits": len(area.sites),
        "arcs": len(area.links.tail), "nodes": len(area.links.xy), "start_h": options.start_h,
        "certified_minimum_clearance_s": bench.certified_s, "worlds": options.worlds,
        "frontier": frontier(found["rows"]), "wall_s": time.perf_counter() - wall,
        "cpu_s": time.process_time() - cpu, "rss_mb": rss_mb(), "machine": machine(),
    }  # fmt: skip


def frontier(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the plans that no other betters in clearance, exposure and tail exposure at once."""
    keys = ("clearance_s", "exposure_ppm_s", "cvar90_s")
    full = [r for r in rows if r["unserved"] == 0 and r["verified"] and "cvar90_s" in r]
    points = {tuple(r[k] for k in keys): r for r in full}
    kept = [
        p
        for p in sorted(points)
        if not any(q != p and all(a <= b for a, b in zip(q, p, strict=True)) for q in points)
    ]
    return [{"plan": points[p]["plan"], **dict(zip(keys, p, strict=True))} for p in kept]


def table(found: dict[str, Any]) -> str:
    """Return the figures as a Markdown table."""
    lines = [
        f"{found['cars']} cars (one per household; {found['outside']} households outside)",
        f"{found['arcs']} arcs, {found['exits']} ways out within {found['radius_m']} m",
        f"minimum clearance: certified {found['certified_minimum_clearance_s']} s",
        f"minimum clearance of ours: {found.get('our_minimum_clearance_s', 'not looked for')}",
        "",
        "| plan | clearance s | exposure s | bound s | gap | CVaR 0.9 s | unserved | verified |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for r in found["rows"]:
        bound = f"{r['bound_ppm_s'] / PPM:.0f}" if "bound_ppm_s" in r else ""
        gap = f"{r['gap']:.1%}" if "gap" in r else ""
        tail = f"{r['cvar90_s']:.0f}" if "cvar90_s" in r else ""
        lines.append(
            f"| {r['plan']} | {r['clearance_s']} | {r['exposure_ppm_s'] / PPM:.0f} | {bound} | {gap} | "
            f"{tail} | {r['unserved']} | {'yes' if r['verified'] else 'no'} |"
        )
    if "cvar_cut_at_5_percent" in found:
        lines += ["", f"CVaR 0.9 below the shortest-time plan at +5 %: {found['cvar_cut_at_5_percent']:.1%}"]
    lines += [f"non-dominated, verified plans: {len(found['frontier'])}"]
    lines += [
        f"{found['cpu_s']:.0f} CPU s, {found['wall_s']:.0f} s, {found['rss_mb']:.0f} MB; {found['machine']}"
    ]
    return "\n".join(lines)


def arguments() -> argparse.ArgumentParser:
    """Return the options."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--network", type=Path, required=True, help="MATSim network in metres of a map zone")
    parser.add_argument("--population", type=Path, required=True, help="table of persons with households")
    parser.add_argument("--fire", type=Path, required=True, help="PHOENIX grid (GeoJSON) with HOUR_BURNT")
    parser.add_argument("--quantile", type=float, default=0.95, help="share of households within the area")
    parser.add_argument(
        "--start-h", type=float, default=1.0, help="hours after ignition when people may leave"
    )
    parser.add_argument("--step-s", type=int, default=900, help="seconds for which a hazard holds")
    parser.add_argument("--horizon-h", type=float, default=6.0)
    parser.add_argument("--allowances", type=int, nargs="*", default=[0, 2, 5, 10, 15, 20, 30, 40, 50])
    parser.add_argument(
        "--proved", type=int, nargs="*", default=[0, 2, 5, 10], help="allowances with a bound"
    )
    parser.add_argument(
        "--by-s", type=int, nargs="*", default=[], metavar="S",
        help="only plans and bounds for these times, without looking for the shortest",
    )  # fmt: skip
    parser.add_argument("--worlds", type=int, default=80)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-peers", dest="peers", action="store_false")
    parser.add_argument("--folder", type=Path, help="keep the plans here")
    parser.add_argument("--json", action="store_true")
    return parser


def main() -> int:
    """Print the comparison."""
    options = arguments().parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        found = run(options, options.folder or Path(scratch))
    print(json.dumps(found, indent=1) if options.json else table(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

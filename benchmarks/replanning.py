"""How fast a plan for tens of thousands of cars goes on after closures, one by one, and what that costs.

    python benchmarks/replanning.py --network FILE [--nodes FILE] --closures 20 --json

The instance is drawn and planned as in `evacuation.py`. Then the most used link that is still ahead of most
cars closes, again and again, at equal steps of the first half of the evacuation. After each closure the cars
that were to pass are led round from where they stand, all others stay; a bound for every plan with the
same past is proved, for the last arrival and for the unserved within a fixed horizon. Measured is all of
that: plan, bound, unserved. What only the next closure needs (places on roads that were not looked at,
holes in memory) is made ready after the answer, and measured beside (`settle_cpu_s`). Beside it stands a
plan made anew for everybody from where they stand, by the capacity-constrained route planner in the same
calendars and with bounds from nothing, with what changing little costs. After the last closure (or every
one, `--verify-all`) the plan is written with its history and verified. Compiling is done before.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import evacuation
import evacuation_peers as peers
import numpy as np
from memory import rss_mb

from safepassage import __version__
from safepassage.domain.case import Settings
from safepassage.domain.history import departed
from safepassage.domain.plan import Bound, Certificate, EnvelopePart, EnvelopePoint, MadeWith, Plan, Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.timed_network import Piece
from safepassage.engines.bounds.label_cut import Cut
from safepassage.engines.bounds.warm_cut import Standing, WarmCuts
from safepassage.engines.car_streams import (
    PathFlows,
    car_places,
    live_cars,
    planned_turns,
    road_pieces,
    schedule_of_live,
    where_they_stand,
)
from safepassage.engines.summary import direction_summaries, hold
from safepassage.engines.summary.totals import Totals
from safepassage.formats.containers import canonical_json
from safepassage.formats.networks import tntp
from safepassage.formats.plan import inputs_json, plan_json
from safepassage.kernels.booking.booking import book
from safepassage.kernels.booking.live_cars import LiveCars
from safepassage.testing.evacuation_instance import CAR_MVEH, DIRECTION
from safepassage_verify import verify_files

PERSONS = "persons"


@dataclass
class Watch:
    """Wall and CPU seconds since it was made."""

    wall: float = field(default_factory=time.perf_counter)
    cpu: float = field(default_factory=time.process_time)

    def read(self) -> tuple[float, float]:
        """Return (wall, CPU) seconds."""
        return time.perf_counter() - self.wall, time.process_time() - self.cpu

    def spent(self, clock: str) -> float:
        """Return the seconds of one clock, wall or cpu."""
        return self.read()[clock == "cpu"]


@dataclass
class Running:
    """A plan that is under way: its cars, closures so far (arc to second), and the side of the last cut."""

    case: evacuation.Case
    problem: PlanningProblem
    live: LiveCars
    place: np.ndarray
    persons: np.ndarray
    closed: dict[int, int] = field(default_factory=dict)
    side: np.ndarray | None = None

    def schedule(self) -> Schedule:
        """Return the plan as it stands."""
        return schedule_of_live(self.problem, DIRECTION, self.live, self.place, self.persons)


@dataclass
class Proof:
    """What is proved after a closure: bound on the last arrival, most arrived by the horizon, their cuts."""

    cut: Cut | None
    served: int
    at_horizon: Cut
    unserved_bound: int


def start(case: evacuation.Case, options: argparse.Namespace) -> tuple[Running, dict[str, Any]]:
    """Plan the instance, fix the horizon, and take the cars on the roads."""
    clock = evacuation.Clock()
    watch = Watch()
    cars, _, _ = evacuation.solve(case, options, clock)
    solved = watch.read()
    arrivals = evacuation.arrivals_of(cars)
    horizon_s = int(arrivals.max() * options.horizon_factor)
    problem = with_horizon(case.problem, horizon_s)
    watch = Watch()
    live = live_cars(problem, cars)
    loaded = watch.read()
    running = Running(
        case=case, problem=problem, live=live, place=car_places(cars),
        persons=np.ones(len(live.at), dtype=np.int64),
    )  # fmt: skip
    facts = {
        "vehicles": int(case.instance.vehicles.sum()), "arcs": len(case.arrays.tail),
        "clearance_s": int(arrivals.max()), "horizon_s": horizon_s,
        "solve_wall_s": solved[0], "solve_cpu_s": solved[1],
        "load_wall_s": loaded[0], "load_cpu_s": loaded[1], "entries": int(live.size.sum()),
    }  # fmt: skip
    return running, facts


def with_horizon(problem: PlanningProblem, horizon_s: int) -> PlanningProblem:
    """Return the problem with another end of its hours."""
    return replace(problem, network=replace(problem.network, horizon_s=horizon_s))


def closed_problem(running: Running, now_s: int | None = None) -> PlanningProblem:
    """Return the problem with all closures: from their own seconds on, or (for what is left) throughout."""
    network = running.problem.network
    profiles = {}
    for arc, since_s in running.closed.items():
        row = {
            "persons_h": -1, "travel_s": int(network.arcs.travel_s[arc]),
        }  # fmt: skip
        capacity = int(network.arcs.capacity_mveh_h[arc])
        cut_s = 0 if now_s is not None else since_s
        parts = [(0, cut_s, capacity), (cut_s, network.horizon_s, 0)]
        profiles[arc] = tuple(
            Piece(from_s=a, until_s=b, capacity_mveh_h=c, **row) for a, b, c in parts if a < b
        )
    return replace(running.problem, network=replace(network, profiles=profiles))


def prove(running: Running, now_s: int, people: Standing) -> Proof:
    """Bound the last arrival of as many as the plan serves, and who can arrive within the horizon."""
    live, horizon_s = running.live, running.problem.network.horizon_s
    cuts = WarmCuts(closed_problem(running, now_s), DIRECTION, people)
    arrived = live.arrive_s[live.arrive_s >= 0]
    served, last_s = len(arrived), int(arrived.max(initial=0))
    cut, side = cuts.latest_short_of(served, running.side, high_s=last_s)
    running.side = side if side is not None else cuts.least_side(last_s)
    nobody = np.zeros(running.problem.network.n_nodes, dtype=bool)
    sides = (running.side, nobody, cuts.least_side(horizon_s))
    at_horizon = min((cuts.along(side, horizon_s) for side in sides), key=lambda c: c.phi)
    demand = int(running.case.instance.vehicles.sum())
    return Proof(
        cut=cut, served=served, at_horizon=at_horizon, unserved_bound=max(0, demand - at_horizon.phi)
    )


def anew(running: Running, now_s: int, options: argparse.Namespace) -> dict[str, Any]:
    """Plan everybody who is still on the way from nothing; return seconds and quality."""
    watch = Watch()
    live, case = running.live, running.case
    cars = np.arange(len(live.at))
    _, node, since = live.standing(cars, now_s)
    on_way = ~np.isin(node, case.arrays.exits)
    sources, vehicles = np.unique(node[on_way], return_counts=True)
    problem, open_ = closed_problem(running, now_s), ~live.closed
    to_exit = to_exits(case.arrays, open_)
    reach = to_exit[sources] >= 0
    given = replace(
        case.arrays, sources=sources[reach], vehicles=vehicles[reach], to_exit_s=to_exit,
        capacity_mveh_h=np.where(open_, case.arrays.capacity_mveh_h, 0),
    )  # fmt: skip
    rows = peers.capacity_constrained(
        given, bin_s=options.bin, n_bins=evacuation.bins(case, options),
        expired=lambda: watch.spent(options.clock) > options.time_limit,
    )  # fmt: skip
    flows = PathFlows(
        source=rows.source, start=rows.start, arcs=rows.arcs, depart_s=rows.depart_s, vehicles=rows.vehicles
    )
    # Each source's people leave when the first of them is there: a little better than they can.
    earliest = np.full(running.problem.network.n_nodes, np.iinfo(np.int64).max)
    np.minimum.at(earliest, node, since)
    arrivals = np.zeros(0, dtype=np.int64)
    if len(flows):
        turns, _ = planned_turns(flows, given.travel_s, earliest[given.sources], free=True)
        booking = book(road_pieces(problem.network), turns, units_mveh=CAR_MVEH, wait_max_s=20)
        arrivals = booking.arrive_s[booking.path >= 0]
    people = Standing(node=node, since_s=since, persons=running.persons)
    cuts = WarmCuts(problem, DIRECTION, people)
    cuts.latest_short_of(len(arrivals) + int((~on_way).sum()), None, high_s=int(arrivals.max(initial=0)))
    (wall, cpu), finished = watch.read(), watch.spent(options.clock) < options.time_limit
    there = live.arrive_s[~on_way & (live.arrive_s >= 0)]
    everybody = np.concatenate([arrivals, there])
    return {
        "wall_s": wall, "cpu_s": cpu, "clearance_s": int(everybody.max(initial=0)),
        "finished": finished, "served": len(everybody),
        "person_minutes": minutes(running, everybody),
    }  # fmt: skip


def to_exits(given: peers.Arrays, open_: np.ndarray) -> np.ndarray:
    """Return least seconds to an exit over open arcs, -1 without a way."""
    from safepassage.kernels.graphs.shortest_paths import ArcGraph  # noqa: PLC0415

    graph = ArcGraph(given.tail, given.head, given.n_nodes, open_)
    cost = graph.tree(given.travel_s, given.exits.tolist(), reverse=True).cost
    return np.where(np.isfinite(cost), cost, -1).astype(np.int64)


def minutes(running: Running, arrivals: np.ndarray) -> float:
    """Return person-minutes; whoever does not arrive counts with the horizon."""
    demand, horizon_s = int(running.case.instance.vehicles.sum()), running.problem.network.horizon_s
    return float(arrivals.sum() + (demand - len(arrivals)) * horizon_s) / 60


def closure(
    running: Running, number: int, now_s: int, options: argparse.Namespace
) -> tuple[dict[str, Any], Proof]:
    """Close the most used link ahead, go on, prove; return what was measured."""
    live = running.live
    ahead = live.still_to_pass(now_s)
    ahead[live.closed] = 0
    arc = int(np.argmax(ahead))
    before = live.arrive_s.copy()
    watch = Watch()
    node, since, persons = where_they_stand(live, running.persons, now_s)
    people = Standing(node=node, since_s=since, persons=persons)
    repair = live.close(np.array([arc]), now_s)
    planned = watch.read()
    running.closed[arc] = now_s
    proof = prove(running, now_s, people)
    wall, cpu = watch.read()
    arrived = live.arrive_s[live.arrive_s >= 0]
    bound_s = None if proof.cut is None else proof.cut.horizon_s + 1
    last_s = int(arrived.max(initial=0))
    demand = int(running.case.instance.vehicles.sum())
    row = {
        "closure": number, "now_s": now_s, "arc": arc, "cars_ahead": int(ahead[arc]),
        "touched": len(repair.touched), "led_round": repair.led_round, "halted": repair.halted,
        "at_home": repair.at_home, "unchanged": len(live.at) - len(repair.touched),
        "clearance_s": last_s, "bound_s": bound_s,
        "gap": None if not bound_s else (last_s - bound_s) / bound_s,
        "unserved": demand - len(arrived), "unserved_bound": proof.unserved_bound,
        "person_minutes": minutes(running, arrived), "wall_s": wall, "cpu_s": cpu,
        "plan_wall_s": planned[0], "plan_cpu_s": planned[1],
    }  # fmt: skip
    watch = Watch()
    live.settle()
    row["settle_wall_s"], row["settle_cpu_s"] = watch.read()
    untouched = np.setdiff1d(np.arange(len(live.at)), repair.touched)
    row["others_unchanged"] = bool((live.arrive_s[untouched] == before[untouched]).all())
    if options.anew_every and number % options.anew_every == 0:
        row["anew"] = anew(running, now_s, options)
    row["verified"] = None
    return row, proof


def verify(running: Running, before: Schedule, now_s: int, proof: Proof, folder: Path) -> bool:
    """Write the plan with its history and have it verified."""
    problem = replace(closed_problem(running), history=departed(before, now_s))
    schedule = running.schedule()
    certificate = certified(running, proof)
    totals = Totals()
    arrived = running.live.arrive_s[running.live.arrive_s >= 0]
    if len(arrived):
        totals.arrive("own_vehicle", len(arrived), int(arrived.max()))
    plan = Plan(
        case_id=problem.case_id, title=problem.title, exercise=True, epoch=problem.epoch,
        as_of=problem.as_of, horizon_s=problem.network.horizon_s, complete=not schedule.unserved,
        made_with=MadeWith(version=__version__, seed=0, work_limit=0), schedule=schedule,
        directions=direction_summaries(problem, schedule, {DIRECTION: totals}, certificate),
        corridors=(), hold=hold(problem.demand, Settings()), basis=(),
        modifications=(), not_assessed=(), binding=(),
        certificate=certificate,
    )  # fmt: skip
    inputs = canonical_json.encode(inputs_json.document(problem))
    digest = canonical_json.sha256(inputs)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "inputs.json").write_bytes(inputs)
    (folder / "plan.json").write_bytes(
        canonical_json.encode(plan_json.plan_document(plan, inputs_sha256=digest))
    )
    (folder / "certificate.json").write_bytes(
        canonical_json.encode(plan_json.certificate_document(certificate, inputs_sha256=digest))
    )
    verdict = verify_files(folder)
    if not verdict.verified:
        print([(v.code, v.where, v.message) for v in verdict.violations[:5]], file=sys.stderr)
    return verdict.verified


def certified(running: Running, proof: Proof) -> Certificate:
    """Return the two cuts as a certificate."""
    bounds = ()
    if proof.cut is not None:
        cut = proof.cut
        bounds = (
            Bound(
                id=f"{DIRECTION}/cars", direction=DIRECTION, kind="label_cut", commodity="cars",
                persons=proof.served, horizon_s=cut.horizon_s, phi=cut.phi, clearance_s=cut.horizon_s + 1,
                labels=cut.labels, extension=cut.extension,
            ),
        )  # fmt: skip
    at, demand = proof.at_horizon, int(running.case.instance.vehicles.sum())
    part = EnvelopePart(commodity="cars", phi=at.phi, labels=at.labels, extension=at.extension)
    point = EnvelopePoint(
        direction=DIRECTION, t_s=at.horizon_s, persons_at_most=min(demand, at.phi),
        parts=(part,) if at.phi < demand else (),
    )  # fmt: skip
    return Certificate(bounds=bounds, envelope=(point,))


def run(options: argparse.Namespace, network: Any, seed: int, folder: Path) -> dict[str, Any]:
    """Plan one instance and close link after link."""
    case = evacuation.make_case(network, options, seed)
    options = argparse.Namespace(**{**vars(options), "bin": evacuation.begin_bin_s(case, options.bin)})
    running, facts = start(case, options)
    step_s = options.until * facts["clearance_s"] / options.closures
    rows = []
    for number in range(1, options.closures + 1):
        now_s = max(1, round(number * step_s))
        checks = options.verify_all or number == options.closures
        before = running.schedule() if checks else None
        row, proof = closure(running, number, now_s, options)
        if before is not None:
            row["verified"] = verify(running, before, now_s, proof, folder)
        rows.append(row)
        if not options.quiet:
            print(line(row), file=sys.stderr, flush=True)
    return {"network": network.source.file_name, "seed": seed, **facts, **summary(rows), "rows": rows}


def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the figures over all closures."""

    def p95(name: str) -> float:
        return float(np.quantile([row[name] for row in rows], 0.95))

    found = {
        "closures": len(rows), "wall_s_p95": p95("wall_s"), "cpu_s_p95": p95("cpu_s"),
        "rss_mb": rss_mb(),
        "settle_cpu_s_p95": p95("settle_cpu_s"),
        "others_unchanged": all(row["others_unchanged"] for row in rows),
        "verified": all(row["verified"] is not False for row in rows),
    }  # fmt: skip
    # A plan anew that ran out of time serves fewer and is no measure of the price.
    compared = [row for row in rows if row.get("anew") and row["anew"]["finished"]]
    if compared:
        found |= {
            "faster_cpu": float(np.mean([r["anew"]["cpu_s"] for r in compared])
                                / np.mean([r["cpu_s"] for r in compared])),
            "price_clearance": [
                (r["clearance_s"] - r["anew"]["clearance_s"]) / r["anew"]["clearance_s"] for r in compared
            ][-1],
            "price_person_minutes": [
                (r["person_minutes"] - r["anew"]["person_minutes"]) / r["anew"]["person_minutes"]
                for r in compared
            ][-1],
        }  # fmt: skip
    return found


def line(row: dict[str, Any]) -> str:
    """Return a closure in one line."""
    text = (
        f"closure {row['closure']} at {row['now_s']} s: {row['touched']} cars touched, "
        f"{row['led_round']} led round, {row['unserved']} unserved (at least {row['unserved_bound']}), "
        f"clearance {row['clearance_s']} s, bound {row['bound_s']} s; "
        f"{row['cpu_s']:.2f} CPU s ({row['plan_cpu_s']:.2f} plan), {row['wall_s']:.2f} s; "
        f"{row['settle_cpu_s']:.2f} CPU s until ready for the next"
    )
    if row.get("anew"):
        a = row["anew"]
        text += (
            f"; anew {a['clearance_s']} s, {a['served']} served, {a['cpu_s']:.1f} CPU s, "
            f"person-minutes {row['person_minutes'] / max(1, a['person_minutes']) - 1:+.2%}"
        )
    return text if row["verified"] is None else f"{text}; verified {row['verified']}"


def warm_up(options: argparse.Namespace, folder: Path) -> float:
    """Compile what evacuation.py does not use; return how many seconds that took."""
    watch = Watch()
    links = [
        f"{a} {b} 600 1 1 ;"
        for i in range(8) for j in range(8)
        for a, b in ((8 * i + j + 1, 8 * i + j + 2), (8 * i + j + 1, 8 * i + j + 9))
        if (b - a == 8 and i < 7) or (b - a == 1 and j < 7)
        for a, b in ((a, b), (b, a))
    ]  # fmt: skip
    keys = {"NUMBER OF NODES": 64, "FIRST THRU NODE": 1, "NUMBER OF LINKS": len(links)}
    data = "\n".join([*(f"<{key}> {value}" for key, value in keys.items()), *links]).encode()
    small = {
        "vehicles": 300,
        "sources": 8,
        "closures": 2,
        "time_limit": 600.0,
        "bin": 60,
        "verify_all": False,
        "quiet": True,
        "anew_every": 2,
    }
    run(argparse.Namespace(**{**vars(options), **small}), tntp.parse(data, "warm-up"), 0, folder / "warm-up")
    return watch.read()[0]


def main() -> int:
    """Run all seeds; print a table or JSON; 1 if anything was not verified."""
    parser = evacuation.arguments()
    parser.description = "Measure how plans for many cars go on after closures."
    parser.add_argument("--closures", type=int, default=20)
    parser.add_argument(
        "--until", type=float, default=0.5, help="the last closure, as a share of the clearance"
    )
    parser.add_argument(
        "--horizon-factor", type=float, default=1.5, help="hours planned, as a multiple of the clearance"
    )
    parser.add_argument(
        "--anew-every", type=int, default=1, help="plan anew beside every n-th closure; 0: never"
    )
    parser.add_argument("--verify-all", action="store_true", help="verify after every closure")
    options = parser.parse_args()
    options.quiet = False
    folder = options.output or Path(tempfile.mkdtemp(prefix="safepassage-replanning-"))
    compile_s = evacuation.warm_up(options) + warm_up(options, folder)
    results = []
    nodes = [None if name == "-" else Path(name) for name in options.nodes]
    nodes += [None] * (len(options.network) - len(nodes))
    for path, coordinates in zip(options.network, nodes, strict=True):
        network = evacuation.read_network(path, coordinates, options)
        stem = path.name.split(".")[0]
        results += [run(options, network, seed, folder / f"{stem}-{seed}") for seed in options.seed]
    if options.json:
        print(json.dumps(results[0] if len(results) == 1 else results, indent=1))
    else:
        print(f"{evacuation.machine()}; compiled in {compile_s:.1f} s")
        for row in results:
            print({name: value for name, value in row.items() if name != "rows"})
    return 0 if all(row["verified"] for row in results) else 1


if __name__ == "__main__":
    sys.exit(main())

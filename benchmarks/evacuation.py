"""How good and how fast plans for tens of thousands of cars are, on drawn instances of benchmark networks.

    python benchmarks/evacuation.py --network FILE [--nodes FILE] --sources N --vehicles N --seed N --bin S
    --json

Networks are MATSim (.xml, .xml.gz), TNTP (.tntp) or OpenStreetMap (.osm.pbf, .osm). Several networks or
seeds give a table; `--nodes` is given once per network then, or `-`. Each instance is drawn as
`safepassage.testing. evacuation_instance` says, planned, written as inputs.json, plan.json and
certificate.json, and checked by `safepassage_verify`. Clearance, person-minutes and envelope of the plan
stand beside what its certificate proves. `--peers` runs other methods on the same instance (all, or those
named), replayed by the same booking, within the same time or `--peer-limit` seconds. Compiling is done before
the clock starts and is reported apart (`compile_s`).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import evacuation_peers as peers
import numpy as np
from memory import rss_mb

from safepassage import __version__
from safepassage.domain.case import Settings
from safepassage.domain.errors import FormatError
from safepassage.domain.plan import Certificate, MadeWith, Plan, Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.traffic_network import TrafficNetwork, of_roads
from safepassage.engines.bounds.certify import Served, certify
from safepassage.engines.car_streams import (
    BookedCars,
    Effort,
    PathFlows,
    Refined,
    Scout,
    book_flows,
    refined,
    schedule_of,
)
from safepassage.engines.car_streams.refine import EASY
from safepassage.engines.summary import direction_summaries, hold
from safepassage.engines.summary.totals import Totals
from safepassage.formats.containers import canonical_json
from safepassage.formats.networks import matsim, osm, tntp
from safepassage.formats.plan import inputs_json, plan_json
from safepassage.testing.evacuation_instance import (
    DIRECTION,
    Draw,
    EvacuationInstance,
    draw,
    problem,
    reachable,
    single_source_bound_s,
)
from safepassage_verify import verify_files

Expired = Callable[[], bool]
PEERS = ("nearest exit", "capacity constrained", "time-expanded max flow", "time-expanded LP")
SHORT_S, MOST_S = 48 * 3600, 10**8
"""Horizons are at least and at most so long; the latter is the inputs' limit."""
CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}


@dataclass(slots=True)
class Clock:
    """Wall and CPU seconds by stage."""

    wall_s: dict[str, float] = field(default_factory=dict)
    cpu_s: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure what happens inside."""
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.wall_s[name] = self.wall_s.get(name, 0.0) + time.perf_counter() - wall
        self.cpu_s[name] = self.cpu_s.get(name, 0.0) + time.process_time() - cpu


def read_network(path: Path, nodes: Path | None, options: argparse.Namespace) -> TrafficNetwork:
    """Return the network of a file, by its name."""
    name = path.name.lower()
    if name.endswith(".tntp"):
        units = tntp.Units(
            time_s=options.time_unit, capacity_h=options.capacity_hours, per_lane=options.per_lane or None
        )
        return tntp.read(path, nodes, units=units)
    if name.endswith((".xml", ".xml.gz")):
        return matsim.read(path)
    return of_roads(osm.read(path))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Case:
    """One drawn instance with what can be said before planning."""

    instance: EvacuationInstance
    problem: PlanningProblem
    arrays: peers.Arrays
    served: np.ndarray
    single_source_bound_s: int


def make_case(network: TrafficNetwork, options: argparse.Namespace, seed: int) -> Case:
    """Draw an instance and state it as a planning problem."""
    file = network.source.file_name
    try:
        wanted = Draw(
            seed=seed, sources=options.sources, vehicles=options.vehicles, quantile=options.quantile,
            spread=options.spread,
        )  # fmt: skip
        instance = draw(network, wanted)
    except ValueError as fault:
        raise FormatError(file=file, what=f"no instance can be drawn: {fault}") from None
    served, to_exit = reachable(instance)
    if not served.any():
        what = f"no exit can be reached from any of {len(served)} sources"
        raise FormatError(file=file, what=what, remedy="try another seed, or mend the directions of links")
    links = instance.network.links
    arrays = peers.Arrays(
        n_nodes=instance.network.n_nodes,
        tail=links.tail.astype(np.int64),
        head=links.head.astype(np.int64),
        travel_s=links.travel_s.astype(np.int64),
        capacity_mveh_h=links.capacity_mveh_h,
        sources=instance.sources[served],
        vehicles=instance.vehicles[served],
        exits=instance.exits,
        to_exit_s=to_exit,
    )
    trivial = single_source_bound_s(instance, to_exit)
    long_s = max(SHORT_S, 2 * trivial, 2 * peers.nearest_exit_s(arrays))
    horizon_s = options.horizon or min(MOST_S, long_s)
    made = problem(instance, horizon_s=horizon_s, junction_wait_max_s=options.wait)
    return Case(instance=instance, problem=made, arrays=arrays, served=served, single_source_bound_s=trivial)


def booked(
    case: Case, rows: Any, *, bin_s: int, goal_s: int = 0, expired: Expired | None = None
) -> BookedCars:
    """Book the rows of a method exactly: as planned, first come first served, then the late ones anew."""
    flows = PathFlows(
        source=rows.source, start=rows.start, arcs=rows.arcs, depart_s=rows.depart_s, vehicles=rows.vehicles
    )
    return book_flows(
        # Places of the problem begin with the sources, in order.
        case.problem, flows, np.flatnonzero(case.served), direction=DIRECTION, bin_s=bin_s,
        effort=Effort(goal_s=goal_s, expired=expired),
    )  # fmt: skip


def plan_of(case: Case, schedule: Schedule, certificate: Certificate, arrivals: np.ndarray) -> Plan:
    """Return the plan with its totals."""
    totals = Totals()
    if len(arrivals):
        totals.arrive("own_vehicle", len(arrivals), int(arrivals.max()))
    given = case.problem
    return Plan(
        case_id=given.case_id, title=given.title, exercise=True, epoch=given.epoch, as_of=given.as_of,
        horizon_s=given.network.horizon_s, complete=not schedule.unserved,
        made_with=MadeWith(version=__version__, seed=0, work_limit=0),
        schedule=schedule,
        directions=direction_summaries(given, schedule, {DIRECTION: totals}, certificate),
        corridors=(), hold=hold(given.demand, Settings()), basis=(),
        modifications=(), not_assessed=(), binding=(),
        certificate=certificate,
    )  # fmt: skip


def write(case: Case, plan: Plan, folder: Path) -> None:
    """Write the three files that the verifier reads."""
    inputs = canonical_json.encode(inputs_json.document(case.problem))
    digest = canonical_json.sha256(inputs)
    files = {
        "inputs.json": inputs,
        "plan.json": canonical_json.encode(plan_json.plan_document(plan, inputs_sha256=digest)),
        "certificate.json": canonical_json.encode(
            plan_json.certificate_document(plan.certificate, inputs_sha256=digest)
        ),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)


def quality(case: Case, certificate: Certificate, arrivals: np.ndarray) -> dict[str, Any]:
    """Return clearance, person-minutes and envelope of a plan beside what the certificate proves.

    Person-minutes are bounded from below by the envelope: between two of its points no more can have arrived
    than by the later one. The envelope gap is the largest shortfall of arrivals at any point, as a share of
    all vehicles.
    """
    total, served = int(case.instance.vehicles.sum()), len(arrivals)
    value = int(arrivals.max()) if served else 0
    lower = max((b.clearance_s for b in certificate.bounds), default=0)
    points = sorted((p.t_s, min(p.persons_at_most, served)) for p in certificate.envelope)
    ordered = np.sort(arrivals)
    bound, before, shortfall, gaps = 0, 0, 0.0, []
    for t, most in points:
        bound += (t - before) * (served - most)
        before = t
        arrived = int(np.searchsorted(ordered, t, side="right"))
        gaps.append((most - arrived) / max(1, total))
        shortfall = max(shortfall, gaps[-1])
    minutes = float(arrivals.sum()) / 60
    return {
        "vehicles": total, "served": served, "unserved": total - served, "value_s": value, "lower_bound_s":
        lower, "gap": (value - lower) / lower if lower else None, "person_minutes": minutes,
        "person_minutes_bound": bound / 60,
        "person_minutes_gap": (minutes - bound / 60) / (bound / 60) if bound else None,
        "envelope_gap": shortfall, "envelope_gap_mean": float(np.mean(gaps)) if gaps else None,
        "envelope_points": len(points),
    }  # fmt: skip


def serves_all(row: dict[str, Any], certificate: Certificate) -> bool:
    """Tell whether a plan serves as many as any could, by the bound: not every place has a way out."""
    return bool(row["served"] >= max((p.persons_at_most for p in certificate.envelope), default=0))


Solved = tuple[BookedCars, Certificate, list[tuple[int, float, int, float]]]


def solve(case: Case, options: argparse.Namespace, clock: Clock) -> Solved:
    """Plan and prove: flows on ever smaller bins, exact passages, bounds.

    A flow is booked with little effort early, so that there is a plan and it is known what booking takes: as
    soon as its bins are no wider than twice the longest wait, for on wider ones many wait too long and are
    booked one by one, or a third of the time is over. Finer flows are made until just what booking them takes
    is left, however long they may take, and the last one that was carried through is booked with as much
    effort as fits. Only what there has to be goes on after the time limit, from which what bounds will take
    is kept back. Also return (bin, CPU seconds, least clearance so far, mean arrival) after each plan.
    """
    began_cpu, now = time.process_time(), CLOCKS[options.clock]
    little_s = 0.0
    until_s = now() + options.time_limit - BOUND_S * len(case.arrays.tail)

    def left_s(needed_s: float) -> float:
        return float(until_s - now() - needed_s)

    steps: list[tuple[int, float, int, float]] = []
    plans: list[BookedCars] = []

    def book(flow: Refined, effort: Effort) -> float:
        since_s = now()
        with clock.stage("plan"):
            plans.append(flow.booked(case.problem, DIRECTION, effort))
        arrivals = arrivals_of(min(plans, key=cost))
        reached = int(arrivals.max(initial=0)), float(arrivals.mean())
        steps.append((flow.bin_s, time.process_time() - began_cpu, *reached))
        return float(now() - since_s)

    def late() -> bool:
        # Wide bins alone are some 10 % late: what has been begun of them is carried through.
        kept_s = whole * little_s if plans else FIRST * options.time_limit
        return len(emptied_s) >= early and left_s(kept_s) < 0

    def soon(flow: Refined) -> bool:
        narrow = flow.bin_s <= WAITS * options.wait or left_s((1 - FIRST) * options.time_limit) < 0
        return not plans and len(emptied_s) >= early and narrow

    early = EARLY + doublings(len(case.arrays.tail), options.time_limit)
    whole = WHOLE if early == EARLY else WHOLE_LARGE
    flows = refined(
        case.problem, DIRECTION, bin_s=options.bin << (early - EARLY), expired=late,
        easy=EASY if early == EARLY else max(EASY, int(EASY_S * options.time_limit)),
        scout=None if early == EARLY else Scout(early, int(SCOUT_S * options.time_limit)),
    )  # fmt: skip
    last: Refined
    emptied_s: list[dict[str, int]] = []
    for last in timed(flows, clock):
        emptied_s.append(emptied(case, last))
        if soon(last):
            little_s = book(last, LITTLE)
        if late():
            break
    if not plans:
        little_s = book(last, LITTLE)
    if steps[-1][0] != last.bin_s or left_s(little_s) > 0:
        book(last, Effort(expired=lambda: left_s(0) < 0, closing=lambda: left_s(CLOSING * little_s) < 0))
    best = min(plans, key=cost)
    with clock.stage("bound"):
        certificate = proved(case, best, emptied_s)
    return best, certificate, steps


def timed(flows: Iterator[Refined], clock: Clock) -> Iterator[Refined]:
    """Yield flows, at least one; what finding them takes counts as planning."""
    with clock.stage("plan"):
        flow = next(flows, None)
    if flow is None:
        raise ValueError("no vehicle can leave")
    while flow is not None:
        yield flow
        with clock.stage("plan"):
            flow = next(flows, None)


CLOSE = 1.03
CROWD = 4
"""A second of the processor is at most so many on the wall, the only clock that HiGHS knows."""
FIRST_BINS, LEAST_BIN_S = 27, 30
EARLY = 2
"""The flow that may be booked at once, counted from that on the bins that the instance asks for."""
FIRST_S, FIRST_MOST_S, FIRST_PART = 1e-4, 6.5, 2
"""Seconds by arc of a flow on such bins, on all arcs; how many it may take, and which part of the limit."""
MOST_DOUBLINGS = 2
EASY_S = 250_000
"""Points by second of the limit: where bins were doubled and the first flow looked at fewer, in a twentieth
of the time or so, the second looks at all roads again. Roads of a flow on such wide bins lose most."""
LITTLE = Effort(drives=0, holds=(1,), rounds=2)
WAITS, FIRST = 2, 1 / 3
"""A flow is booked first whose bins are at most so many times the longest wait, or after such a part of the
limit."""
WHOLE = 6
"""How many times longer booking with all effort takes than with little."""
WHOLE_LARGE = 2.5
"""What is kept of that where bins were doubled: there finer flows are worth more than driving back and
forth."""
SCOUT_S = 500_000
"""Points by second of the limit that a search on all roads may look at before the flow after the one booked
early, where bins were doubled: a tenth of the time or so."""
CLOSING = 1.5
"""What is kept for the end of booking, in times what all of it takes with little effort."""
BOUND_S = 5e-5
"""Seconds by arc that are kept for bounds: they take 2 to 4 on 60,000 arcs."""


def cost(cars: BookedCars) -> tuple[int, int]:
    """Return what plans are compared by: unserved, then last arrival and sum of arrivals by their product.

    So a percent of one counts as much as a percent of the other.
    """
    arrivals = arrivals_of(cars)
    last = int(arrivals.max()) if len(arrivals) else 0
    return len(cars.booking.path) - len(arrivals), last * int(arrivals.sum())


def first_bin_s(case: Case) -> int:
    """Return bins to begin with: so many up to the time that the simplest bounds say."""
    flow_s = int(case.arrays.vehicles.sum()) * 3_600_000 // max(1, exit_capacity(case))
    return max(LEAST_BIN_S, max(case.single_source_bound_s, flow_s) // FIRST_BINS)


def doublings(n_arcs: int, limit_s: float) -> int:
    """Return how often bins are doubled to begin with, where a flow on all arcs would take too long.

    Wider bins find the roads for the others sooner.
    """
    most_s = min(FIRST_MOST_S, limit_s / FIRST_PART)
    return sum(FIRST_S * n_arcs > most_s * 2**n for n in range(MOST_DOUBLINGS))


def begin_bin_s(case: Case, wanted_s: int) -> int:
    """Return bins to begin with, such that halving or doubling them comes to those wanted (0: any).

    A first flow on bins of a few seconds would take minutes, and one on far wider bins than the instance asks
    for leads finer ones astray.
    """
    first_s = first_bin_s(case)
    while wanted_s >= 2 * first_s:
        wanted_s //= 2
    while 0 < wanted_s < first_s:
        wanted_s *= 2
    return wanted_s if wanted_s > 0 else first_s


def bins(case: Case, options: argparse.Namespace) -> int:
    """Return the bins that peers may use: four times what the simplest bounds say, at least two hours."""
    flow_s = int(case.arrays.vehicles.sum()) * 3_600_000 // max(1, exit_capacity(case))
    return int(max(7200, 4 * max(case.single_source_bound_s, flow_s))) // options.bin + 1


def exit_capacity(case: Case) -> int:
    """Return the capacity of all links into exits, in mveh/h."""
    into = np.isin(case.arrays.head, case.arrays.exits)
    return int(case.arrays.capacity_mveh_h[into].sum())


def arrivals_of(cars: BookedCars) -> np.ndarray:
    """Return the arrivals of those who were booked."""
    return cars.booking.arrive_s[cars.booking.path >= 0]


def emptied(case: Case, flow: Refined) -> dict[str, int]:
    """Return by place the second by which nobody waits there any more in a flow."""
    seconds = zip(flow.found.place.tolist(), flow.found.flows.emptied_s.tolist(), strict=True)
    return {case.problem.places[place].id: second for place, second in seconds}


def proved(case: Case, cars: BookedCars, emptied_s: Sequence[dict[str, int]] = ()) -> Certificate:
    """Return the certificate of bounds for what a plan serves, led by where people wait in flows."""
    arrivals = arrivals_of(cars)
    served = Served({"cars": (len(arrivals), int(arrivals.max()))} if len(arrivals) else {})
    return certify(case.problem, {DIRECTION: served}, emptied_s=emptied_s)[0]


def run_one(network: TrafficNetwork, options: argparse.Namespace, seed: int, folder: Path) -> dict[str, Any]:
    """Draw, plan, write and verify one instance; return its row."""
    clock = Clock()
    with clock.stage("draw"):
        case = make_case(network, options, seed)
    options = argparse.Namespace(**{**vars(options), "bin": begin_bin_s(case, options.bin)})
    wall, cpu = time.perf_counter(), time.process_time()
    cars, certificate, steps = solve(case, options, clock)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    with clock.stage("write"):
        arrivals = arrivals_of(cars)
        plan = plan_of(case, schedule_of(case.problem, cars), certificate, arrivals)
        write(case, plan, folder)
    with clock.stage("verify"):
        verdict = verify_files(folder)
    row = {
        "network": network.source.file_name, "seed": seed, "sources": len(case.instance.sources),
        "arcs": len(case.arrays.tail), "nodes": len(np.unique(case.arrays.tail)), "exits":
        len(case.arrays.exits), "disc": case.instance.disc, "quantile": options.quantile, "spread":
        options.spread, "bin_s": options.bin, "junction_wait_max_s": options.wait,
        "single_source_bound_s": case.single_source_bound_s,
        **quality(case, certificate, arrivals),
        "certificate": str(folder / "certificate.json"), "wall_s": wall, "cpu_s": cpu, "rss_mb": rss_mb(),
        "verified": verdict.verified, "certificate_ok": certificate_ok(verdict),
        "violations": dict(verdict.counts),
        "steps": [[b, round(cpu_s, 2), value_s, round(mean_s, 1)] for b, cpu_s, value_s, mean_s in steps],
        "stages": {n: [round(clock.wall_s[n], 3), round(clock.cpu_s[n], 3)] for n in clock.wall_s},
        "units": list(network.notes),
    }  # fmt: skip
    near = [cpu_s for _, cpu_s, value_s, _ in steps if value_s <= CLOSE * row["lower_bound_s"]]
    row["cpu_s_to_3_percent"] = near[0] if near and serves_all(row, certificate) else None
    if options.peers is not None:
        row["peers"] = run_peers(case, certificate, options)
    return row


def certificate_ok(verdict: Any) -> bool:
    """Return whether no violation concerns the certificate."""
    return not any(v.where.startswith("certificate") for v in verdict.violations) and not any(
        code.startswith(("BOUND", "ENVELOPE")) for code in verdict.counts
    )


def peer_methods(
    case: Case, lower_s: int, options: argparse.Namespace, expired: Expired
) -> Iterator[tuple[str, int, Callable[[], peers.Rows]]]:
    """Yield (name, bin, how to plan) of every peer."""
    yield "nearest exit", 1, lambda: peers.nearest_exit(case.arrays)
    for bin_s in options.peer_bins:
        n_bins = bins(case, options) * options.bin // bin_s + 1
        yield (
            f"capacity constrained, {bin_s} s",
            bin_s,
            partial(peers.capacity_constrained, case.arrays, bin_s=bin_s, n_bins=n_bins, expired=expired),
        )
    for bin_s in options.peer_bins:
        upper_s = bins(case, options) * options.bin
        yield (
            f"time-expanded max flow, {bin_s} s",
            bin_s,
            partial(
                peers.time_expanded_flow, case.arrays, bin_s=bin_s, upper_s=upper_s, lower_s=lower_s // 2,
                expired=expired,
            ),
        )  # fmt: skip
    bin_s = options.peer_bins[0]
    yield (
        f"time-expanded LP, {bin_s} s",
        bin_s,
        partial(
            peers.time_expanded_lp,
            case.arrays,
            bin_s=bin_s,
            horizon_s=2 * lower_s,
            limit_s=options.peer_limit * (CROWD if options.clock == "cpu" else 1),
        ),
    )


def run_peers(case: Case, certificate: Certificate, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Run every peer on the instance, replay its plan exactly and measure it against the same certificate."""
    lower_s = max((b.clearance_s for b in certificate.bounds), default=1)
    limit, now = [0.0], CLOCKS[options.clock]

    def expired() -> bool:
        return now() > limit[0]

    rows = []
    for name, bin_s, method in peer_methods(case, lower_s, options, expired):
        if options.peers and not name.startswith(tuple(options.peers)):
            continue
        clock = Clock()
        limit[0] = now() + options.peer_limit
        with clock.stage("all"):
            found = method()
            cars = booked(case, found, bin_s=bin_s, expired=expired) if len(found.source) else None
        row: dict[str, Any] = {
            "peer": name, "note": found.note, "wall_s": clock.wall_s["all"], "cpu_s": clock.cpu_s["all"],
            "cpu_s_to_3_percent": None,
        }  # fmt: skip
        if cars is not None:
            row |= quality(case, certificate, arrivals_of(cars))
            close = serves_all(row, certificate) and row["value_s"] <= CLOSE * lower_s
            row["cpu_s_to_3_percent"] = row["cpu_s"] if close else None
        rows.append(row)
    return rows


def warm_up(options: argparse.Namespace) -> float:
    """Compile everything on a small grid; return how many seconds that took."""
    began = time.perf_counter()
    side = 12
    number = np.arange(side * side).reshape(side, side)
    pairs = [(number[:, :-1], number[:, 1:]), (number[:-1], number[1:])]
    tail = np.concatenate([end.ravel() for pair in pairs for end in pair])
    head = np.concatenate([end.ravel() for a, b in pairs for end in (b, a)])
    text = [f"{t + 1} {h + 1} 1200 1 1 ;" for t, h in zip(tail.tolist(), head.tolist(), strict=True)]
    keys = {"NUMBER OF NODES": side * side, "FIRST THRU NODE": 1, "NUMBER OF LINKS": len(text)}
    data = "\n".join([*(f"<{key}> {value}" for key, value in keys.items()), *text]).encode()
    small = argparse.Namespace(
        **{
            **vars(options),
            "vehicles": 300,
            "sources": 20,
            "time_limit": 600.0,
            "spread": False,
            "peer_limit": 600.0,
            "bin": 60,
        }
    )
    case = make_case(tntp.parse(data, "warm-up"), small, 0)
    solve(case, small, Clock())
    if options.peers is not None:
        run_peers(case, proved(case, booked(case, peers.nearest_exit(case.arrays), bin_s=60)), small)
    return time.perf_counter() - began


def machine() -> str:
    """Return what the figures were measured on."""
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("numpy", "numba", "scipy", "ortools", "highspy")
    )
    return (
        f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}, {libraries}"
    )


HEADINGS = (
    "network", "seed", "arcs", "vehicles", "unserved", "bound min", "single-source min", "clearance min",
    "gap %", "person-min gap %", "envelope gap %", "CPU s", "wall s", "MB", "verified",
)  # fmt: skip


def table(rows: list[dict[str, Any]]) -> str:
    """Return rows as a Markdown table."""
    lines = [HEADINGS, ("---",) * len(HEADINGS)]
    for row in rows:
        lines.append(cells(row))
        lines += [peer_cells(peer) for peer in row.get("peers", ())]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def percent(value: float | None) -> str:
    """Return a share in percent."""
    return "-" if value is None else f"{100 * value:.2f}"


def gaps(row: dict[str, Any]) -> tuple[str, ...]:
    """Return clearance and the three gaps."""
    shares = tuple(percent(row[name]) for name in ("gap", "person_minutes_gap", "envelope_gap"))
    return (f"{row['value_s'] / 60:.1f}", *shares, f"{row['cpu_s']:.1f}", f"{row['wall_s']:.1f}")


def cells(row: dict[str, Any]) -> tuple[str, ...]:
    """Return the line of an instance."""
    name = row["network"] + (" spread" if row["spread"] else "")
    counts = tuple(f"{row[key]:,}" for key in ("arcs", "vehicles", "unserved"))
    bounds = tuple(f"{row[key] / 60:.1f}" for key in ("lower_bound_s", "single_source_bound_s"))
    verified = "yes" if row["verified"] else "NO"
    return (name, str(row["seed"]), *counts, *bounds, *gaps(row), f"{row['rss_mb']:.0f}", verified)


def peer_cells(peer: dict[str, Any]) -> tuple[str, ...]:
    """Return the line of a peer."""
    name = f"… {peer['peer']} ({peer['note']})"
    if "value_s" not in peer:
        return (name, *("",) * 10, f"{peer['cpu_s']:.1f}", f"{peer['wall_s']:.1f}", "", "")
    return (name, "", "", "", f"{peer['unserved']:,}", "", "", *gaps(peer), "", "")


def arguments() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(description="Measure plans for many cars.")
    parser.add_argument("--network", type=Path, required=True, nargs="+")
    parser.add_argument("--nodes", nargs="+", default=[], help="coordinates of TNTP networks; - for none")
    parser.add_argument(
        "--sources", type=int, default=400, help="at most so many sources; 0: all nodes of the core"
    )
    parser.add_argument("--vehicles", type=int, default=50_000)
    parser.add_argument("--seed", type=int, nargs="+", default=[0])
    parser.add_argument(
        "--bin", type=int, default=0, help="seconds that halving of bins comes past; 0: by the instance"
    )
    parser.add_argument("--quantile", type=float, default=0.9, help="share of the nodes in the disc")
    parser.add_argument("--spread", action="store_true", help="vehicles at all nodes of the core")
    parser.add_argument("--time-limit", type=float, default=60.0, help="seconds for each method")
    parser.add_argument("--horizon", type=int, default=0, help="seconds; default 48 h or more")
    parser.add_argument(
        "--wait",
        type=int,
        default=120,
        help="longest wait at a junction that the inputs allow: by default that of a case",
    )
    parser.add_argument("--time-unit", type=float, help="seconds of a TNTP time unit, instead of the header")
    parser.add_argument("--capacity-hours", type=float, help="hours that TNTP capacities are for")
    parser.add_argument("--per-lane", action="store_true", help="TNTP capacities are per lane")
    parser.add_argument(
        "--clock", choices=sorted(CLOCKS), default="wall", help="what --time-limit is measured in"
    )
    parser.add_argument("--peers", nargs="*", choices=PEERS, help="other methods: all, or those named")
    parser.add_argument("--peer-limit", type=float, help="seconds for each of them; default --time-limit")
    parser.add_argument("--peer-bins", type=int, nargs="+", default=[300, 60])
    parser.add_argument(
        "--output", type=Path, help="folder for the files of the plans (default: a temporary one)"
    )
    parser.add_argument("--json", action="store_true")
    return parser


def main() -> int:
    """Run all networks and seeds; print a table or JSON; 1 if anything was not verified, 2 for a bad file."""
    options = arguments().parse_args()
    options.peer_limit = options.peer_limit or options.time_limit
    folder = options.output or Path(tempfile.mkdtemp(prefix="safepassage-evacuation-"))
    nodes = [None if name == "-" else Path(name) for name in options.nodes]
    nodes += [None] * (len(options.network) - len(nodes))
    try:
        networks = [read_network(*pair, options) for pair in zip(options.network, nodes, strict=True)]
    except FormatError as fault:
        print(fault, file=sys.stderr)
        return 2
    compile_s = warm_up(options)
    rows = []
    for path, network in zip(options.network, networks, strict=True):
        for seed in options.seed:
            try:
                row = run_one(network, options, seed, folder / f"{path.name.split('.')[0]}-{seed}")
            except FormatError as fault:
                print(fault, file=sys.stderr)
                return 2
            rows.append({**row, "compile_s": compile_s, "machine": machine()})
            if not options.json:
                print(table(rows).splitlines()[-1], file=sys.stderr, flush=True)
    if options.json:
        print(json.dumps(rows[0] if len(rows) == 1 else rows, indent=1))
    else:
        print(f"{machine()}; compiled in {compile_s:.1f} s before the clock started\n\n{table(rows)}")
    return 0 if all(row["verified"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())

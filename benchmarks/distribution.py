"""Distribution of aid: a district of any size against its own bound, and public instances of truck routing.

    python benchmarks/distribution.py district [--settlements N] [--trucks N] [--days N] [--persons N]
    python benchmarks/distribution.py routes FOLDER [--variant V ...] [--count N] [--limit S] [--seeds N]
    python benchmarks/distribution.py idai FILE [--limit S]

`district` plans aid for settlements on a grid of roads and prints how far the plan is from the bounds on
worth and on the least served share, verified. `routes` runs PyVRP on the instances that its authors collect
(unpacked; github.com/PyVRP/Instances), prints the gap to the best known value, and a bound of ours: each
load takes its share of a round trip, or is left for its prize. It says how good a search is from which
trips could be taken; the plan's own trips are those of `district`. `idai` serves the health sites of an
openrouteservice example with three trucks of 300, over great-circle distances, beside VROOM where installed.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyvrp
from pyvrp.stop import MaxRuntime

from safepassage.domain.plan import Schedule
from safepassage.domain.situation import Situation
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import aid_json, inputs_json
from safepassage.planning import problem_of
from safepassage.provisioning import provide
from safepassage.testing.aid_district import aid_district
from safepassage_verify.aid import check_aid
from safepassage_verify.planfile import movements_of
from safepassage_verify.snapshot import read_snapshot
from safepassage_verify.verdict import Findings

ROUNDING = {
    "HFVRP": ("round", 100), "MTVRPTWR": ("dimacs", 1), "SDVRPTW": ("exact", 1), "PCVRPTW": ("dimacs", 1),
}  # fmt: skip
"""How distances are rounded, and how many units of ours one unit of the published values is."""
BEIRA = (34.838, -19.819)
SPEED_KMH, DETOUR, SERVICE_S, PRIZE = 50, 1.3, 1_200, 10**5


def district(options: argparse.Namespace) -> dict[str, Any]:
    """Plan and verify a district without an evacuation."""
    case, network = aid_district(
        options.settlements, options.trucks, options.days, persons=options.persons, seed=options.seed
    )
    problem = problem_of(network, Situation(case=case))
    nobody = Schedule(routes=(), cars=(), vehicles=(), link_rides=(), unserved=(), reserves=())
    wall, cpu = time.monotonic(), time.process_time()
    aid = provide(case, problem, nobody)
    wall, cpu = time.monotonic() - wall, time.process_time() - cpu
    assert aid is not None
    document = canonical_json.decode(canonical_json.encode(
        aid_json.document(aid, inputs_sha256="i", plan_sha256="p")
    ))  # fmt: skip
    findings = Findings()
    snapshot = read_snapshot(
        canonical_json.decode(canonical_json.encode(inputs_json.document(problem))), findings
    )
    assert snapshot is not None
    empty = movements_of({"routes": [], "cars": [], "vehicles": [], "link_rides": []})
    check_aid(document, empty, snapshot, ("i", "p"), findings)
    totals, whole = aid.totals, max(1, aid.totals.needed_nano)
    unmet = 1 - totals.worth_nano / whole
    return {
        "settlements": options.settlements, "trucks": options.trucks, "days": options.days,
        "needs": len(aid.problem.needs), "deliveries": len(aid.deliveries),
        "met": round(totals.worth_nano / whole, 4), "met_at_most": round(totals.worth_bound_nano / whole, 4),
        "unmet": round(unmet, 4), "least_share": totals.least_share_ppm / 1e6,
        "least_share_at_most": totals.least_share_bound_ppm / 1e6, "km": totals.driven_m // 1_000,
        "verified": findings.total == 0, "cpu_s": round(cpu, 1), "wall_s": round(wall, 1),
    }  # fmt: skip


def routes(options: argparse.Namespace) -> dict[str, Any]:
    """Run the search on public instances."""
    rows = []
    for variant in options.variant or ROUNDING:
        files = sorted((options.folder / variant).glob("*.vrp"))
        step = max(1, len(files) // options.count)
        for file in files[::step][: options.count]:
            data = pyvrp.read(str(file), round_func=ROUNDING[variant][0])
            best = _best_known(file.with_suffix(".sol")) * ROUNDING[variant][1]
            costs = []
            for seed in range(1, options.seeds + 1):
                found = pyvrp.solve(data, stop=MaxRuntime(options.limit), seed=seed, collect_stats=False)
                costs.append(found.cost() if found.is_feasible() else math.inf)
            mean = statistics.fmean(costs)
            rows.append({
                "variant": variant, "instance": file.stem, "clients": data.num_clients, "cost": mean,
                "best_known": best, "gap_percent": round(100 * (mean / best - 1), 2),
                "bound": round(round_trip_bound(data)),
            })  # fmt: skip
            print(json.dumps(rows[-1]), flush=True)
    gaps = {
        variant: round(statistics.fmean(r["gap_percent"] for r in rows if r["variant"] == variant), 2)
        for variant in sorted({row["variant"] for row in rows})
    }
    return {"mean_gap_percent": gaps, "seconds_each": options.limit, "seeds": options.seeds}


def _best_known(file: Path) -> float:
    for line in file.read_text("utf-8").splitlines():
        if line.lower().startswith("cost"):
            return float(line.split()[-1].lstrip(":"))
    raise ValueError(f"{file} states no cost")


def round_trip_bound(data: Any) -> float:
    """Return a cost that no solution undercuts: each load takes its share of a round trip, or its prize."""
    depots = range(data.num_depots)
    total = 0.0
    for client in data.clients():
        cheapest = math.inf
        for kind in data.vehicle_types():
            matrix = data.distance_matrix(kind.profile)
            out = min(int(matrix[data.depot(d).location, client.location]) for d in depots)
            back = min(int(matrix[client.location, data.depot(d).location]) for d in depots)
            loads = zip(client.delivery, kind.capacity, strict=False)
            share = min(1.0, max((q / room for q, room in loads if room), default=0.0))
            fixed = 0 if kind.reload_depots else kind.fixed_cost
            cheapest = min(cheapest, share * (fixed + kind.unit_distance_cost * (out + back)))
        total += cheapest if client.required else min(cheapest, client.prize)
    return total


def idai(options: argparse.Namespace) -> dict[str, Any]:
    """Serve the health sites with three trucks."""
    with options.file.open(encoding="utf-8", newline="") as file:
        sites = list(csv.DictReader(file))
    points = [BEIRA, *((float(row["Lon"]), float(row["Lat"])) for row in sites)]
    metres = [[round(_metres(a, b) * DETOUR) for b in points] for a in points]
    seconds = [[round(m * 3.6 / SPEED_KMH) for m in row] for row in metres]
    opens = [(_second(row["Open_From"]), _second(row["Open_To"])) for row in sites]
    amounts = [int(row["Needed_Amount"]) for row in sites]
    fits = [
        n for k, (n, (first, last)) in enumerate(zip(amounts, opens, strict=True))
        if (there := max(first, 8 * 3_600 + seconds[0][k + 1])) <= last
        and there + SERVICE_S + seconds[k + 1][0] <= 20 * 3_600
    ]  # fmt: skip
    # Whoever cannot be served by a truck of its own within its hours cannot be served at all.
    found = {"sites": len(sites), "demand": sum(amounts), "room": 900,
             "no_plan_serves_more_than": min(sum(fits), 900),
             "pyvrp": _idai_pyvrp(metres, seconds, opens, amounts, options.limit)}  # fmt: skip
    try:
        found["vroom"] = _idai_vroom(metres, seconds, opens, amounts)
    except ImportError:
        found["vroom"] = "not installed"
    return found


def _idai_pyvrp(
    metres: list[list[int]],
    seconds: list[list[int]],
    opens: list[tuple[int, int]],
    amounts: list[int],
    limit: float,
) -> dict[str, Any]:

    model = pyvrp.Model()
    places = [model.add_location(i, 0) for i in range(len(metres))]
    depot = model.add_depot(places[0])
    model.add_vehicle_type(
        3, capacity=[300], start_depot=depot, end_depot=depot, tw_early=8 * 3_600, tw_late=20 * 3_600
    )
    for k, (first, last) in enumerate(opens):
        model.add_client(
            places[k + 1], delivery=[amounts[k]], tw_early=first, tw_late=last, service_duration=SERVICE_S,
            required=False, prize=PRIZE * amounts[k],
        )  # fmt: skip
    for i, row in enumerate(metres):
        for j, m in enumerate(row):
            if i != j:
                model.add_edge(places[i], places[j], distance=m, duration=seconds[i][j])
    result = model.solve(MaxRuntime(limit), seed=1, display=False)
    served = result.best.prizes() // PRIZE
    return {"served": served, "km": round(result.best.distance() / 1_000)}


def _idai_vroom(
    metres: list[list[int]], seconds: list[list[int]], opens: list[tuple[int, int]], amounts: list[int]
) -> dict[str, Any]:
    import vroom  # noqa: PLC0415 - a peer that need not be installed

    problem = vroom.Input()
    problem.set_durations_matrix("car", np.array(seconds, dtype=np.uint32))
    problem.set_distances_matrix("car", np.array(metres, dtype=np.uint32))
    for k in range(3):
        problem.add_vehicle(
            vroom.Vehicle(
                k + 1, start=0, end=0, capacity=[300], time_window=vroom.TimeWindow(8 * 3_600, 20 * 3_600)
            )
        )
    for k, (first, last) in enumerate(opens):
        problem.add_job(
            vroom.Job(k + 1, location=k + 1, delivery=[amounts[k]], default_service=SERVICE_S,
                      time_windows=[vroom.TimeWindow(first, last)])
        )  # fmt: skip
    solution = problem.solve(exploration_level=5, nb_threads=1)
    left = {row["id"] for row in solution.to_dict()["unassigned"]}
    served = sum(n for k, n in enumerate(amounts) if k + 1 not in left)
    return {"served": served, "km": round(solution.summary.distance / 1_000)}


def _metres(a: tuple[float, float], b: tuple[float, float]) -> float:
    lon_a, lat_a, lon_b, lat_b = map(math.radians, (*a, *b))
    h = math.sin((lat_b - lat_a) / 2) ** 2
    h += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(h))


def _second(text: str) -> int:
    hour, minute, second = map(int, text.split()[1].split(":"))
    return 3_600 * hour + 60 * minute + second


def main() -> int:
    """Run one benchmark and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    kinds = parser.add_subparsers(required=True)
    one = kinds.add_parser("district")
    for name, default in (
        ("settlements", 200),
        ("trucks", 30),
        ("days", 7),
        ("persons", 60_000),
        ("seed", 0),
    ):
        one.add_argument(f"--{name}", type=int, default=default)
    one.set_defaults(run=district)
    one = kinds.add_parser("routes")
    one.add_argument("folder", type=Path)
    one.add_argument("--variant", nargs="*", choices=sorted(ROUNDING))
    one.add_argument("--count", type=int, default=10)
    one.add_argument("--limit", type=float, default=60)
    one.add_argument("--seeds", type=int, default=3)
    one.set_defaults(run=routes)
    one = kinds.add_parser("idai")
    one.add_argument("file", type=Path)
    one.add_argument("--limit", type=float, default=10)
    one.set_defaults(run=idai)
    options = parser.parse_args()
    print(json.dumps(options.run(options), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

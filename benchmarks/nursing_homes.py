"""Plans for the nursing-home cases of Hamburg, with the first lower bounds, beside the published means.

    python benchmarks/nursing_homes.py --problem FILE --vehicles FILE [--matrix FILE] [--first-leg FILE]
        [--limit SECONDS] [--moves N] [--seeds N] [--solution FILE] [--recheck] [--json]
    python benchmarks/nursing_homes.py [--data FOLDER] [--limit SECONDS] [--seeds N] [--json]

The first form plans one case from the files of the benchmark (Alexander, Tannenbaum and Noennig, GECCO 2026,
doi:10.1145/3795095.3805113; data CC-BY 4.0); the second all cases found below FOLDER (default: the shared
folder, by SAFEPASSAGE_SHARED or `../shared`), beside the published table. Values are those of its evaluator,
in minutes: average waiting until a vehicle arrives + last arrival at a shelter + 1 per person above the
capacity of a shelter. `value` is the mean over the seeds 1 to N, `bound` holds for any plan. With --moves the
work is limited, not the time: the same seed gives the same plan. With --solution a solution file of the
benchmark is evaluated as well. `verified`: the checker drove every plan again and found the same value;
`bound_verified` (with --recheck): the verifier summed the bound again from its prices.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import statistics
import sys
import time
from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from memory import rss_mb

from safepassage.domain.shuttle import (
    PartyGroup,
    Shelter,
    ShuttlePlan,
    ShuttleProblem,
    ShuttleRules,
    ShuttleTravel,
    ShuttleVehicle,
)
from safepassage.engines import shuttle
from safepassage_verify.shuttle import check_shuttle
from safepassage_verify.shuttle_bound import least_value

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("SAFEPASSAGE_SHARED", ROOT.parent / "shared"))
BASE_MIN, PER_PERSON_S, OVER_MIN = 3, 20, 1
"""Handling per stop and per person, and the price of a person above capacity, as the benchmark has them."""
SPEED_KMH, ROAD_FACTOR, EARTH_KM = 30.0, 1.25, 6371.0
"""What its evaluator assumes for a first leg that no file gives."""
MINUTE_MS = 60_000
BOUND_SHARE = 0.35
"""Of the time limit, for the bound; it is found once for all seeds."""
NAMES = {
    "BombThreat_specialized_only": r"\shortstack[l]{Bomb\\Specialized}",
    "BombThreat_augmented": r"\shortstack[l]{Bomb\\Augmented}",
    "FloodWilhelmsburg_specialized_only": r"\shortstack[l]{Flood\\Specialized}",
    "FloodWilhelmsburg_augmented": r"\shortstack[l]{Flood\\Augmented}",
    "Default_default": r"\shortstack[l]{Synthetic Mass\\Transit}",
}


def _ms(seconds: float) -> int:
    """Return seconds as whole milliseconds; the files give hundredths."""
    return int((Decimal(str(seconds)) * 1000).to_integral_value())


def _load(path: Path | None) -> Any:
    return json.loads(path.read_text("utf-8")) if path else None


def read(problem: Path, vehicles: Path, matrix: Path | None, first_leg: Path | None) -> ShuttleProblem:
    """Return a case of the benchmark from its files."""
    case, legs = _load(problem), _load(first_leg) or {}
    depots, homes = case["depots"], case["facilities"]
    n_depots, n_homes = len(depots), len(homes)
    times = np.full((n_depots + n_homes,) * 2, -1, np.int64)
    for key, seconds in (case.get("durations_matrix") or _load(matrix)).items():
        a, b = (int(part) for part in key.strip("()").split(","))
        times[a, b] = _ms(seconds)
    persons = [int(case["demand_full"].get(str(k), 0)) for k in range(n_homes)]
    fleet = [
        ShuttleVehicle(
            seats=int(row["capacity"]),
            first_ms=_first(row, legs.get(str(k), {}), case, times),
        )
        for k, row in enumerate(_load(vehicles))
    ]
    return ShuttleProblem(
        groups=tuple(
            PartyGroup(place=k, parties=n, board_ms=PER_PERSON_S * 1000) for k, n in enumerate(persons)
        ),
        shelters=tuple(
            Shelter(capacity_persons=-1 if depot.get("capacity") is None else int(depot["capacity"]))
            for depot in depots
        ),
        vehicles=tuple(fleet),
        travel=ShuttleTravel(
            out_ms=times[:n_depots, n_depots:],
            between_ms=times[n_depots:, n_depots:],
            home_ms=times[n_depots:, :n_depots],
        ),
        rules=ShuttleRules(
            stop_ms=BASE_MIN * MINUTE_MS,
            unload_ms=BASE_MIN * MINUTE_MS,
            last_persons=sum(persons),
            over_ms=OVER_MIN * MINUTE_MS,
            waits_until="pickup",
        ),
    )


def _first(row: dict[str, Any], legs: dict[str, float], case: dict[str, Any], times: Any) -> tuple[int, ...]:
    """Return when a vehicle can be at each home first, by the rules of the benchmark's evaluator."""
    n_depots, n_homes = len(case["depots"]), len(case["facilities"])
    start = row.get("start") or {}
    if "start_coord" in row:
        lon, lat = row["start_coord"]
        start = {"kind": "coord", "lon": lon, "lat": lat}
    if "start_node" in row:
        start = {"kind": "node", "index": row["start_node"]}
    if start.get("kind") == "node":
        own = int(start["index"])
        return tuple(0 if k == own else int(times[n_depots + own, n_depots + k]) for k in range(n_homes))
    if start.get("kind") != "coord":
        depot = int(row.get("start_depot", start.get("index", 0)))
        return tuple(int(ms) for ms in times[depot, n_depots:])
    return tuple(
        _ms(legs[str(k)]) if str(k) in legs else _straight_ms(start, home["coords"])
        for k, home in enumerate(case["facilities"])
    )


def _straight_ms(start: dict[str, float], lon_lat: list[float]) -> int:
    lat, other = math.radians(start["lat"]), math.radians(lon_lat[1])
    across = math.radians(lon_lat[0] - start["lon"])
    a = math.sin((other - lat) / 2) ** 2 + math.cos(lat) * math.cos(other) * math.sin(across / 2) ** 2
    km = 2 * EARTH_KM * math.atan2(math.sqrt(a), math.sqrt(1 - a))
    return round(km / SPEED_KMH * 60 * ROAD_FACTOR * MINUTE_MS)


def document(problem: ShuttleProblem) -> dict[str, Any]:
    """Return a problem as the verifier reads it."""
    plain = {
        name: [asdict(row) for row in getattr(problem, name)] for name in ("groups", "shelters", "vehicles")
    }
    travel = {name: getattr(problem.travel, name).tolist() for name in ("out_ms", "between_ms", "home_ms")}
    return {**plain, "travel": travel, "rules": asdict(problem.rules)}


def solution(path: Path, homes: int) -> dict[str, Any]:
    """Return a solution file of the benchmark as the verifier reads it; nobody in it is left."""
    raw = _load(path)
    raw = raw.get("best_solution", raw) if isinstance(raw, dict) else raw
    tours = [[_trip(trip) for trip in tour] for tour in raw]
    return {"tours": [[trip for trip in tour if trip["pickups"]] for tour in tours], "left": [0] * homes}


def _trip(trip: dict[str, Any]) -> dict[str, Any]:
    counts = {int(k): int(n) for k, n in trip["pickup_counts"].items()}
    stops = [{"group": k, "parties": counts[k]} for k in trip["stops"] if counts.get(k, 0) > 0]
    return {"pickups": stops, "shelter": int(trip["end_depot"])}


def minutes(problem: ShuttleProblem, value: int) -> float:
    """Return a value in the minutes of the published objective."""
    return value / (problem.persons * MINUTE_MS)


def one_seed(
    problem: ShuttleProblem, seed: int, limit_s: float, moves: int | None
) -> tuple[ShuttlePlan, Any]:
    """Plan once; return the plan and (wall seconds, CPU seconds)."""
    wall, cpu = time.perf_counter(), time.process_time()
    if moves:
        found = shuttle.plan(problem, seed=seed, moves=moves)
    else:
        found = shuttle.plan(
            problem, seed=seed, moves=10**12, clock=lambda: (time.perf_counter() - wall) / limit_s
        )
    return found, (time.perf_counter() - wall, time.process_time() - cpu)


def warm(problem: ShuttleProblem) -> None:
    """Let search and bound be compiled before any clock runs, on one party of each group."""
    small = replace(problem, groups=tuple(replace(group, parties=1) for group in problem.groups))
    found, _ = one_seed(small, 0, 1.0, 1)
    shuttle.bound(small, found.value, rounds=1)


def measure(problem: ShuttleProblem, options: argparse.Namespace) -> dict[str, Any]:
    """Plan with every seed, bound once, check everything."""
    plain = document(problem)
    warm(problem)
    search_s = options.limit * (1 - BOUND_SHARE)
    runs = [one_seed(problem, seed, search_s, options.moves) for seed in range(1, options.seeds + 1)]
    checks = [check_shuttle(plain, asdict(found)) for found, _ in runs]
    values = [minutes(problem, found.value) for found, _ in runs]
    ok = all(
        check.verified and check.value == found.value and not check.left_persons
        for check, (found, _) in zip(checks, runs, strict=True)
    )
    wall, cpu = time.perf_counter(), time.process_time()
    allowed_s = options.limit * BOUND_SHARE
    best = min(found.value for found, _ in runs)
    clock = None if options.moves else lambda: (time.perf_counter() - wall) / allowed_s
    below = shuttle.bound(problem, best, clock=clock)
    took = time.perf_counter() - wall, time.process_time() - cpu
    proved = least_value(plain, asdict(below)) >= below.value if options.recheck else None
    mean = statistics.fmean(values)
    low = minutes(problem, below.value)
    return {
        "value": round(mean, 4),
        "best": round(min(values), 4),
        "worst": round(max(values), 4),
        "std": round(statistics.pstdev(values), 4),
        "seeds": options.seeds,
        "bound": round(low, 4),
        "bound_kind": "lagrangian (prices per person and shelter; own whole-number arithmetic)",
        "gap": round(min(values) / low - 1, 5) if low > 0 else None,
        "status": "optimal" if best <= below.value else "feasible",
        "rss_mb": round(rss_mb()),
        "wall_s": round(max(t[0] for _, t in runs) + took[0], 2),
        "cpu_s": round(max(t[1] for _, t in runs) + took[1], 2),
        "verified": ok,
        "bound_verified": proved,
    }


def published(folder: Path) -> dict[str, dict[str, float]]:
    """Return the published mean of each method by case, from the table that comes with the data."""
    tables = sorted(folder.rglob("main_results/**/table_1_performance.tex"))
    means: dict[str, dict[str, float]] = {}
    case = ""
    for line in tables[0].read_text("utf-8").splitlines() if tables else []:
        case = next((name for name, head in NAMES.items() if head in line), case)
        row = re.match(r"\s*& (\w+) &.*&\s*(?:\\textbf\{)?([\d.]+) \$\\pm\$ [\d.]+\}?(?:\$.*\$)? *\\\\", line)
        if row and case:
            means.setdefault(case, {})[row[1]] = float(row[2])
    return means


def cases(folder: Path) -> list[tuple[str, Path, Path, Path | None]]:
    """Return (name, problem, vehicles, first legs) of the cases below a folder."""
    found = []
    for problem in sorted(folder.glob("benchmark_data/precomputed_matrices/matrices/*_problem.json")):
        name = problem.name.removesuffix("_problem.json")
        legs = problem.with_name(f"{name}_first_leg.json")
        vehicles = folder / "benchmark_data" / "vehicles" / f"{name}_vehicles.json"
        if vehicles.exists():
            found.append((name, problem, vehicles, legs if legs.exists() else None))
    return found


def table(options: argparse.Namespace) -> int:
    """Print every case beside the published means."""
    means, rows = published(options.data), []
    columns = ("value", "best", "worst", "bound", "gap", "wall_s", "cpu_s", "verified")
    if not options.json:
        print(f"{'case':<36}", *(f"{column:>8}" for column in columns), " published means")
    for name, problem, vehicles, legs in cases(options.data):
        row = {"case": name, **measure(read(problem, vehicles, None, legs), options)}
        row["published"] = means.get(name)
        rows.append(row)
        if not options.json:
            said = ", ".join(f"{method} {mean}" for method, mean in (row["published"] or {}).items())
            print(f"{name:<36}", *(_cell(row[column]) for column in columns), f" {said}", flush=True)
    if options.json:
        print(json.dumps(rows, indent=1))
    if not rows:
        print(f"no cases below {options.data}: name a folder with --data", file=sys.stderr)
    return 0 if rows and all(row["verified"] for row in rows) else 1


def _cell(value: float | None) -> str:
    if isinstance(value, bool):
        return f"{'yes' if value else 'NO':>8}"
    return f"{value:>8.4f}" if isinstance(value, float) and value < 1 else f"{value:>8}"


def main() -> int:
    """Plan what the arguments name and print it."""
    parser = argparse.ArgumentParser(description="Plan nursing-home evacuations.")
    parser.add_argument("--problem", type=Path)
    parser.add_argument("--vehicles", type=Path)
    parser.add_argument("--matrix", type=Path, help="travel times, where the problem file has none")
    parser.add_argument("--first-leg", type=Path)
    parser.add_argument("--solution", type=Path, help="a solution file of the benchmark, to be evaluated")
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "evacuation" / "hamburg")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds in all, the bound included")
    parser.add_argument("--moves", type=int, help="work limit of the search instead of a time limit")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument(
        "--recheck", action="store_true", help="let the verifier sum the bound again (a minute)"
    )
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.problem is None:
        return table(options)
    if options.vehicles is None:
        parser.error("--problem needs --vehicles")
    problem = read(options.problem, options.vehicles, options.matrix, options.first_leg)
    answer = measure(problem, options)
    if options.solution:
        given = check_shuttle(document(problem), solution(options.solution, len(problem.groups)))
        answer["solution"] = {"value": minutes(problem, given.value), "violations": list(given.violations)}
    print(json.dumps(answer, indent=None if options.json else 1))
    return 0 if answer["verified"] else 1


if __name__ == "__main__":
    sys.exit(main())

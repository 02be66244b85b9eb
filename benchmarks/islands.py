"""Evacuation of an island by vessels under scenarios: least expected end, proved, beside the published plans.

    python benchmarks/islands.py [FOLDER ...] [--json]

FOLDER holds `input/` and `incidences/` in the form of the isolated community evacuation problem (Krutein and
Goodchild 2022; data of Bowen Island, MIT licence), and `Solutions/` where plans were published; without any,
all below the shared folder (by SAFEPASSAGE_SHARED or `../shared`). `value` is the expected time in minutes
at which the last vessel has unloaded: the published objective. Scenarios share no vessel, and hiring vessels
costs nothing in these files, so that each scenario is planned with the whole fleet; files in which hiring
costs something are refused. `bound`: no plan has less in this model; `verified`: the checker sailed every
trip again and found by a search of its own that no scenario can end sooner. `published` is summed from the
published trips, with the seconds that were published beside it.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import time
from dataclasses import asdict
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from memory import rss_mb

from safepassage.domain.islands import IslandProblem, IslandScenario, Vessel
from safepassage.domain.shuttle import NONE
from safepassage.engines import islands
from safepassage_verify.islands import check_islands

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("SAFEPASSAGE_SHARED", ROOT.parent / "shared"))
MINUTE_MS = 60_000
Rows = list[dict[str, str]]
Ways = dict[tuple[str, str], Fraction]


def read(folder: Path) -> IslandProblem:
    """Return a case from its files; times are rounded to a millisecond."""
    vessels = _rows(folder / "input" / "vessels.csv")
    hired = [row["Vessel_name"] for row in vessels if Fraction(row["contract_cost"])]
    if hired:
        sys.exit(f"{folder}: hiring {', '.join(hired)} costs something, which this benchmark does not weigh")
    docks = _rows(folder / "incidences" / "beta.csv")
    places = list(dict.fromkeys(row["Island location"] for row in docks))
    lies = {row.pop(""): row for row in _rows(folder / "input" / "vessel compatibility.csv")}
    starts = {row["Vessel"]: row["Dock"] for row in _rows(folder / "input" / "initial vessel docks.csv")}
    harbours = [row["Origin"] for row in _rows(folder / "incidences" / "epsilon.csv")]
    ways = {name: _ways(folder / "incidences" / f"{name}.csv") for name in ("zeta", "delta", "gamma")}
    names = [row["Island dock"] for row in docks]
    trips = len(_rows(folder / "input" / "roundtrips.csv"))
    ends, known = (names, harbours), (lies, ways)
    return IslandProblem(
        fleet=tuple(_vessel(row, starts[row["Vessel_name"]], ends, known, trips) for row in vessels),
        place_of_dock=tuple(places.index(row["Island location"]) for row in docks),
        scenarios=_scenarios(_rows(folder / "input" / "scenarios.csv"), places),
    )  # fmt: skip


def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _ways(path: Path) -> Ways:
    return {(row["Origin"], row["Destination"]): Fraction(row["Distance"]) for row in _rows(path)}


def _vessel(
    row: dict[str, str],
    start: str,
    ends: tuple[list[str], list[str]],
    known: tuple[dict[str, dict[str, str]], dict[str, Ways]],
    trips: int,
) -> Vessel:
    """Return a vessel with its times; distances are nautical miles, speeds knots."""
    (docks, harbours), (lies, ways), name = ends, known, row["Vessel_name"]
    ready = Fraction(row["time to availability"]) * MINUTE_MS

    def took(way: str, origin: str, end: str, knots: str) -> int:
        one = start if way == "zeta" else origin
        possible = all(lies[dock][name] == "1" for dock in {origin, end} - {start})
        miles = ways[way].get((one, end)) if possible else None
        if miles is None:
            return NONE
        return round(miles * 60 * MINUTE_MS / Fraction(knots) + (ready if way == "zeta" else 0))

    return Vessel(
        name=name, seats=int(row["max_cap"]), trips_most=trips,
        handling_ms=round(Fraction(row["loading time"]) * MINUTE_MS),
        first_ms=np.array([took("zeta", start, dock, row["vmax"]) for dock in docks]),
        out_ms=np.array([[took("delta", h, dock, row["vmax"]) for dock in docks] for h in harbours]),
        home_ms=np.array([[took("gamma", dock, h, row["v_loaded"]) for h in harbours] for dock in docks]),
    )  # fmt: skip


def _scenarios(rows: Rows, places: list[str]) -> tuple[IslandScenario, ...]:
    """Return the scenarios; who leaves by a boat of their own is not fetched."""
    found: dict[str, IslandScenario] = {}
    for row in rows:
        own = found.get(row["Scenario"])
        persons = list(own.persons if own else (0,) * len(places))
        persons[places.index(row["Location"])] += int(row["Demand"]) - int(row["private_evac"])
        found[row["Scenario"]] = IslandScenario(
            name=row["Scenario"], probability=float(row["Probability"]), persons=tuple(persons)
        )
    return tuple(found.values())


def document(problem: IslandProblem) -> dict[str, Any]:
    """Return a problem as the verifier reads it."""
    fleet = [
        {**{name: getattr(vessel, name) for name in ("name", "seats", "handling_ms", "trips_most")},
         **{name: getattr(vessel, name).tolist() for name in ("first_ms", "out_ms", "home_ms")}}
        for vessel in problem.fleet
    ]  # fmt: skip
    scenarios = [asdict(scenario) for scenario in problem.scenarios]
    return {"fleet": fleet, "place_of_dock": list(problem.place_of_dock), "scenarios": scenarios}


def measure(folder: Path) -> dict[str, Any]:
    """Plan every scenario of a case, have it checked, and read what was published."""
    problem = read(folder)
    wall, cpu = time.perf_counter(), time.process_time()
    plans = [islands.plan(problem, k) for k in range(len(problem.scenarios))]
    took = time.perf_counter() - wall, time.process_time() - cpu
    plain = document(problem)
    wall = time.perf_counter()
    faults = [fault for k, plan in enumerate(plans) for fault in check_islands(plain, k, asdict(plan))]
    chances = [scenario.probability for scenario in problem.scenarios]
    value = sum(c * plan.last_ms for c, plan in zip(chances, plans, strict=True)) / MINUTE_MS
    bound = sum(c * plan.least_ms for c, plan in zip(chances, plans, strict=True)) / MINUTE_MS
    return {
        "case": folder.name, "value": round(value, 2), "bound": round(bound, 2),
        "status": "optimal" if value == bound else "feasible",
        "by_scenario": [round(plan.last_ms / MINUTE_MS, 2) for plan in plans],
        **_published(folder, problem),
        "wall_s": round(took[0], 2), "cpu_s": round(took[1], 2), "rss_mb": round(rss_mb()),
        "verify_s": round(time.perf_counter() - wall, 2), "verified": not faults, "faults": faults,
    }  # fmt: skip


def _published(folder: Path, problem: IslandProblem) -> dict[str, Any]:
    """Return the expected end of the published trips in minutes, and the solver's seconds, if there are."""
    ends = {}
    for path in sorted((folder / "Solutions").glob("route_plan_*.csv")):
        number = int(path.name.removeprefix("route_plan_scenario_").split(":")[0].split("_")[0])
        ends[number] = max(float(row["load_end_time"]) for row in _rows(path))
    seconds = [_seconds(path) for path in sorted((folder / "Solutions").glob("*performance*.txt"))]
    if len(ends) != len(problem.scenarios):
        return {"published": None, "published_s": seconds}
    chances = [scenario.probability for scenario in problem.scenarios]
    expected = sum(chance * ends[k + 1] for k, chance in enumerate(chances))
    return {
        "published": round(expected, 2),
        "published_by_scenario": [round(ends[k + 1], 2) for k in range(len(ends))],
        "published_s": seconds,
    }  # fmt: skip


def _seconds(path: Path) -> float:
    """Return the seconds that a published run took: the value before its last."""
    return round(float(path.read_text("utf-8").strip().split(",")[-2]), 1)


def main() -> int:
    """Plan what the arguments name and print it."""
    parser = argparse.ArgumentParser(description="Evacuate islands by vessels.")
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    everywhere = SHARED / "data" / "evacuation" / "icep" / "case_study_instances"
    folders = options.folders or sorted(
        path.parent.parent for path in everywhere.glob("*/input/scenarios.csv")
    )
    rows = [measure(folder) for folder in folders]
    if options.json:
        print(json.dumps(rows, indent=1))
    elif rows:
        columns = ("case", "value", "bound", "published", "published_s", "cpu_s", "verify_s", "verified")
        for row in ({c: c for c in columns}, *rows):
            print("  ".join(f"{row[c]!s:<{26 if c == 'case' else 14}}" for c in columns))
    if not rows:
        print(f"no cases below {everywhere}: name folders", file=sys.stderr)
    return 0 if rows and all(row["verified"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())

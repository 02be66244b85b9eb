"""The bus evacuation problem: plans, bounds that are proved, and seconds, instance by instance.

    python benchmarks/buses.py FILE… [--limit S] [--json] [--published CSV…] [--direct] [--proofs DIR]

FILE is an instance of the public sets (`safepassage.formats.plan.bus_instance`). Each is solved in a process
that is ended after S seconds; the last plan and bound it sent are what counts, after the independent checker
has replayed the plan and re-computed the proof. `status` is `optimal` when plan and bound meet. `bound_kind`
is `certified` where whole-number prices, checked without any solver, refute every earlier plan.

--published compares with results of others: CSV files with `;` between columns, as the sets come with
(`set;instance;solution;…` or `Set;instance;Seed;…;BestFO`). --direct forbids empty buses to pass through.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import statistics
import sys
import time
from pathlib import Path

from safepassage.casework.solver_process import SolverProcess
from safepassage.domain.bus_plan import BusOutcome
from safepassage.engines.buses.solve import improve
from safepassage.formats.plan import bus_instance, bus_json
from safepassage_verify.buses import check_plan, check_proof

MEMORY_BYTES = 6 * 2**30


def solve(process: SolverProcess[BusOutcome], path: Path, options: argparse.Namespace) -> dict:
    """Solve one instance within the limit; return the row that is printed."""
    try:
        problem = bus_instance.read(path.read_text("utf-8-sig"), through=not options.direct)
    except (OSError, ValueError) as fault:
        return {**nothing(path), "status": "not read", "fault": str(fault)}
    document = bus_json.problem_document(problem)
    refused = []

    def keep(outcome: BusOutcome) -> bool:
        if outcome.plan is None:
            return True
        last, faults = check_plan(document, bus_json.plan_document(outcome.plan))
        refused.extend(faults)
        return not faults and last == outcome.plan.last_arrival_s

    ended = process.run(improve, problem, options.seed, 10**6, limit_s=options.limit, keep=keep)
    outcome = ended.last
    began = time.process_time()
    row = nothing(path) | {"fault": ended.fault}
    row |= {"wall_s": round(ended.wall_s, 2), "cpu_s": round(ended.cpu_s, 2)}
    row["rss_mb"] = round(ended.rss_mb)
    if outcome is None or outcome.plan is None:
        return row
    proof = bus_json.proof_document(outcome.proof) if outcome.proof else None
    # Without a proof the bound is second 0, which needs none.
    certified = not outcome.bound_s if proof is None else not check_proof(document, proof)
    bound = outcome.bound_s if certified else None
    value = outcome.plan.last_arrival_s
    row |= {"value": value, "bound": bound, "verified": not refused}
    row["bound_kind"] = "certified" if certified else "none"
    row["status"] = "optimal" if certified and value == bound else f"gap {value - (bound or 0)}"
    row["proof_nodes"] = len(outcome.proof.nodes) if outcome.proof else 0
    row["check_cpu_s"] = round(time.process_time() - began, 2)
    if options.proofs:
        folder = Path(options.proofs)
        folder.mkdir(parents=True, exist_ok=True)
        whole = {"problem": document, "plan": bus_json.plan_document(outcome.plan)}
        whole["proof"] = proof
        (folder / f"{path.stem}.json").write_text(json.dumps(whole), "utf-8")
    return row


def nothing(path: Path) -> dict:
    """Return the row of an instance for which there is no plan."""
    row = {"instance": path.stem, "value": None, "bound": None, "status": "nothing found"}
    return row | {"verified": False, "wall_s": 0.0, "cpu_s": 0.0, "rss_mb": 0, "fault": ""}


def warm(process: SolverProcess[BusOutcome]) -> None:
    """Let the kernels be compiled, as set-up does once, before any clock runs."""
    tiny = bus_instance.read("2 1\n1 2\n1 3 3\n1 3 3\n\n1 2\n\n1 3\n")
    process.run(improve, tiny, 1, 1, limit_s=600.0, keep=lambda _: True)


def published(files: list[str]) -> dict[tuple[str, int, int], list[int]]:
    """Return the published values by (column, set, instance); several runs give several values."""
    found: dict[tuple[str, int, int], list[int]] = {}
    for file in files:
        with Path(file).open(encoding="utf-8") as lines:
            for line in csv.DictReader(lines, delimiter=";"):
                row = {(name or "").lower(): text for name, text in line.items()}
                value = (row.get("bestfo") or row.get("solution") or "").strip()
                number = re.search(r"(\d+)$", row.get("instance") or "")
                if value.isdigit() and number:
                    name = "grasp" if "bestfo" in row else "exact"
                    found.setdefault((name, int(row["set"]), int(number[1])), []).append(int(value))
    return found


def peers(path: Path, others: dict[tuple[str, int, int], list[int]]) -> dict:
    """Return the published best and mean values for an instance of a set."""
    part = re.fullmatch(r"BEP-\d+-(\d+)-\d+-\d+-i(\d+)", path.stem)
    if not part:
        return {}
    key = (int(part[1]), int(part[2]))
    row = {"set": key[0]}
    for name in ("grasp", "exact"):
        values = others.get((name, *key))
        if values:
            row |= {f"{name}_best": min(values), f"{name}_mean": round(statistics.mean(values), 2)}
    return row


def print_row(row: dict) -> None:
    """Print one instance."""
    shown = [
        f"{row['instance']:<22} value {row['value']!s:>6}  bound {row['bound']!s:>6}  {row['status']:<12}"
    ]
    shown.append(f"{row.get('bound_kind', 'none'):<9} verified {row['verified']!s:<5}")
    shown.append(f"wall {row['wall_s']:>6} s  cpu {row['cpu_s']:>6} s")
    if "grasp_best" in row:
        shown.append(f"GRASP best {row['grasp_best']}")
    print("  ".join(shown), row["fault"], flush=True)


def print_means(rows: list[dict]) -> None:
    """Print the means of each set beside those of the published methods."""
    print("\n  set   n  proved  mean value  GRASP best  GRASP mean  exact (time limit)  worse than GRASP")
    for number in sorted({row["set"] for row in rows if "set" in row}):
        part = [row for row in rows if row.get("set") == number and row["value"] is not None]
        if not part:
            continue

        def mean(name: str, part: list[dict] = part) -> str:
            values = [row[name] for row in part if name in row]
            return f"{statistics.mean(values):.2f}" if values else "–"

        proved = sum(row["status"] == "optimal" for row in part)
        worse = sum(row["value"] > row.get("grasp_best", row["value"]) for row in part)
        print(
            f"{number:>5} {len(part):>3} {proved:>7} {mean('value'):>11} {mean('grasp_best'):>11}"
            f" {mean('grasp_mean'):>11} {mean('exact_best'):>19} {worse:>17}"
        )


def main() -> int:
    """Read the arguments, solve, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", metavar="FILE")
    parser.add_argument(
        "--limit", type=float, default=30.0, metavar="S", help="wall seconds for each instance"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--published", nargs="*", default=[], metavar="CSV")
    parser.add_argument("--direct", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--proofs", metavar="DIR")
    options = parser.parse_args()
    others, rows = published(options.published), []
    process: SolverProcess[BusOutcome] = SolverProcess(memory_bytes=MEMORY_BYTES)
    try:
        warm(process)
        for file in options.files:
            row = solve(process, Path(file), options) | peers(Path(file), others)
            rows.append(row)
            if not options.json:
                print_row(row)
    finally:
        process.close()
    if options.json:
        print(json.dumps(rows, indent=1))
    elif others:
        print_means(rows)
    return 0 if all(row["verified"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())

"""A plan in many worlds: seconds by number of processes, and whether the bytes are the same.

    python benchmarks/worlds.py OUT [--worlds 1000] [--workers 1 --workers 2 …] [--cluster local:2] [--json]

    python benchmarks/worlds.py OUT --alone [--worlds 1000]

OUT is a folder a plan was written to. Each row is the whole command, started anew, verification and all;
loops are compiled before the clock starts. Megabytes are the largest process so far. With --alone the worlds
are run in this process, without verifying the plan or asking doubts both ways; processor seconds and memory
are printed on the way.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from safepassage.casework.worlds_asked import Order, evaluated_slice, question_of
from safepassage.domain.worlds import Chances
from safepassage.engines.worlds import slices


def once(plan: Path, worlds: int, how: list[str]) -> dict[str, object]:
    """Return the figures of one run."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "safepassage", "worlds", str(plan), "--worlds", str(worlds)]
        before, began = _cpu_s(), time.perf_counter()
        code = subprocess.call([*command, "-o", folder, *how], stdout=subprocess.DEVNULL)
        wall_s, cpu_s = time.perf_counter() - began, _cpu_s() - before
        data = (Path(folder) / "RESTRICTED-worlds.json").read_bytes()
    return {
        "how": " ".join(how) or "this process", "code": code, "wall_s": round(wall_s, 2),
        "cpu_s": round(cpu_s, 2), "sha256": hashlib.sha256(data).hexdigest()[:16],
        "rss_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }  # fmt: skip


def alone(plan: Path, worlds: int) -> None:
    """Print processor seconds and memory as the number of worlds grows."""
    inputs, made = (next((plan / "RESTRICTED").glob(f"*-{name}.json")) for name in ("inputs", "plan"))
    order = Order(
        inputs=inputs.read_bytes(),
        plan=made.read_bytes(),
        chances=Chances(),
        voices=(),
        seed=0,
        worlds=worlds,
    )
    evaluated_slice(order, (0, 1))
    question = question_of(order)
    trips = question.movements.trips
    print(
        f"{len(question.problem.network.arcs)} arcs, {len(trips.depart_s)} movements, {len(trips.arcs)} steps"
    )
    began = _cpu_s()
    for number, bounds in enumerate(slices(worlds), start=1):
        evaluated_slice(order, bounds)
        if bounds[1] == worlds or number & (number - 1) == 0:
            megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"{bounds[1]} worlds: {_cpu_s() - began:.2f} processor seconds, {megabytes} MB")


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def main() -> int:
    """Print the table, or JSON."""
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("plan", type=Path)
    parser.add_argument("--worlds", type=int, default=1_000)
    parser.add_argument("--workers", type=int, action="append", default=[])
    parser.add_argument("--cluster", action="append", default=[])
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--alone", action="store_true")
    args = parser.parse_args()
    if args.alone:
        alone(args.plan, args.worlds)
        return 0
    once(args.plan, 64, [])
    ways = [[] if n == 1 else ["--workers", str(n)] for n in args.workers or [1, 2, 4]]
    rows = [once(args.plan, args.worlds, how) for how in [*ways, *(["--cluster", c] for c in args.cluster)]]
    same = len({row["sha256"] for row in rows}) == 1
    if args.json:
        machine = f"{platform.platform()}, {os.cpu_count()} cores"
        print(
            json.dumps(
                {"machine": machine, "worlds": args.worlds, "same_bytes": same, "rows": rows}, indent=1
            )
        )
        return 0 if same else 1
    print(f"{args.worlds} worlds, {os.cpu_count()} cores, Python {platform.python_version()}")
    print("| how | wall s | CPU s | MB | bytes |\n|---|---|---|---|---|")
    for row in rows:
        print(f"| {row['how']} | {row['wall_s']} | {row['cpu_s']} | {row['rss_mb']} | {row['sha256']} |")
    print("the same bytes" if same else "DIFFERENT BYTES")
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())

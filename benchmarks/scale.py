"""What planning tens of thousands of cars costs on larger and larger networks, and with more and more cars.

    python benchmarks/scale.py --topology CO.bin GR.bin --arcs 10000 100000 1000000 --json
    python benchmarks/scale.py --topology CO.bin GR.bin --arcs 100000 --vehicles 5000 50000 500000
    python benchmarks/scale.py --topology CO.bin GR.bin --arcs 90000 --time-limit 60 --clock wall

Topologies are those of ngraph: pairs of 32-bit integers, plane coordinates by node and node numbers (from 1
on) by two-way road. They state no capacity, so capacities and speeds are drawn: 600 vehicles/h at 30 km/h for
seven roads of ten, 1,200 at 50 for two, 1,800 at 60 for one. Of a topology the roads nearest its middle are
taken until there are as many arcs as asked for. Each size is one process, which draws the instance, plans as
few flows as there have to be (more within --time-limit), books the last in exact seconds, proves its bounds
and has both verified; seconds are processor seconds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import evacuation
import numpy as np

from safepassage.domain.network import NetworkSource
from safepassage.domain.traffic_network import TrafficLinks, TrafficNetwork

SHARES = (0.7, 0.2, 0.1)
VEHICLES_H = np.array([600, 1_200, 1_800])
KM_H = np.array([30, 50, 60])
FEW_FLOWS_S = 1.0
"""Seconds for plans: so few that only flows which there have to be are made, whatever the machine."""


def network(coordinates: Path, roads: Path, n_arcs: int, seed: int) -> TrafficNetwork:
    """Return the middle of a topology with `n_arcs` arcs, or all of it if it has fewer."""
    x_m, y_m = np.fromfile(coordinates, dtype="<i4").reshape(-1, 2).T.astype(np.float64)
    ends = np.fromfile(roads, dtype="<i4").reshape(-1, 2) - 1
    away = np.hypot(x_m - np.median(x_m), y_m - np.median(y_m))
    order = np.argsort(away[ends].max(axis=1), kind="stable")[: n_arcs // 2]
    # Nodes that no road taken meets are left out: planning would carry them along in every array.
    met, number = np.unique(ends[order], return_inverse=True)
    tail, head = number.reshape(-1, 2).T
    x_m, y_m = x_m[met], y_m[met]
    kind = np.random.default_rng(seed).choice(len(SHARES), len(order), p=SHARES)
    length_m = np.maximum(1, np.hypot(x_m[tail] - x_m[head], y_m[tail] - y_m[head])).astype(np.int64)
    travel_s = np.maximum(1, np.rint(length_m * 3.6 / KM_H[kind])).astype(np.int64)
    return TrafficNetwork(
        node_id=np.arange(len(x_m)).astype(str), x_m=x_m, y_m=y_m, through=np.ones(len(x_m), dtype=bool),
        links=TrafficLinks(
            tail=np.concatenate([tail, head]), head=np.concatenate([head, tail]),
            travel_s=np.tile(travel_s, 2), capacity_mveh_h=np.tile(VEHICLES_H[kind] * 1_000, 2),
            length_m=np.tile(length_m, 2), link=np.tile(np.arange(len(order)), 2).astype(str),
        ),
        source=NetworkSource(
            kind="ngraph", file_name=roads.name, sha256=hashlib.sha256(roads.read_bytes()).hexdigest(),
            reader_version="1", attribution="",
        ),
        notes=("capacities and speeds are drawn",),
    )  # fmt: skip


def measured(options: argparse.Namespace) -> dict[str, Any]:
    """Return the row of one size, measured in this process."""
    coordinates, roads = options.topology
    (n_arcs,), (vehicles,) = options.arcs, options.vehicles
    drawn = evacuation.arguments().parse_args([
        "--network", str(roads), "--vehicles", str(vehicles), "--sources", str(options.sources),
        "--time-limit", str(options.time_limit), "--clock", options.clock,
    ])  # fmt: skip
    evacuation.warm_up(drawn)
    with tempfile.TemporaryDirectory(prefix="safepassage-scale-") as folder:
        made = network(coordinates, roads, n_arcs, options.seed)
        return evacuation.run_one(made, drawn, options.seed, Path(folder))


def elsewhere(options: argparse.Namespace, n_arcs: int, vehicles: int) -> dict[str, Any]:
    """Return the row of one size, measured in a process of its own."""
    command = [
        sys.executable, __file__, "--one", "--topology", *map(str, options.topology), "--arcs", str(n_arcs),
        "--vehicles", str(vehicles), "--sources", str(options.sources), "--seed", str(options.seed),
        "--time-limit", str(options.time_limit), "--clock", options.clock,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{n_arcs} arcs, {vehicles} vehicles: {done.stderr[-2000:]}")
    row: dict[str, Any] = json.loads(done.stdout)
    return row


HEADINGS = (
    "arcs", "vehicles", "plan CPU s", "bound CPU s", "check CPU s", "MB", "gap %", "person-min gap %",
    "envelope gap %", "verified",
)  # fmt: skip


def cells(row: dict[str, Any]) -> str:
    """Return the line of a size."""
    seconds = [f"{row['stages'][stage][1]:.1f}" for stage in ("plan", "bound", "verify")]
    shares = [evacuation.percent(row[name]) for name in ("gap", "person_minutes_gap", "envelope_gap")]
    counts = [f"{row[name]:,}" for name in ("arcs", "vehicles")]
    last = [f"{row['rss_mb']:.0f}", *shares, "yes" if row["verified"] else "NO"]
    return f"| {' | '.join([*counts, *seconds, *last])} |"


def arguments() -> argparse.ArgumentParser:
    """Return the command line."""
    parser = argparse.ArgumentParser(description="Measure cost against size.")
    parser.add_argument("--topology", type=Path, nargs=2, required=True, metavar=("CO", "GR"))
    parser.add_argument("--arcs", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--vehicles", type=int, nargs="+", default=[50_000])
    parser.add_argument("--sources", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--time-limit", type=float, default=FEW_FLOWS_S,
        help="seconds for the plan of a size; the default makes only the flows that there have to be",
    )  # fmt: skip
    parser.add_argument(
        "--clock", choices=sorted(evacuation.CLOCKS), default="cpu", help="what --time-limit is measured in"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    return parser


def main() -> int:
    """Run all sizes; print a table or JSON; 1 if anything was not verified."""
    options = arguments().parse_args()
    if options.one:
        print(json.dumps(measured(options)))
        return 0
    rows = []
    if not options.json:
        print(f"{evacuation.machine()}\n\n| {' | '.join(HEADINGS)} |\n|{'---|' * len(HEADINGS)}")
    for n_arcs in options.arcs:
        for vehicles in options.vehicles:
            rows.append(elsewhere(options, n_arcs, vehicles))
            if not options.json:
                print(cells(rows[-1]), flush=True)
    if options.json:
        print(json.dumps(rows, indent=1))
    return 0 if all(row["verified"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())

"""The table of the evacuation engine: every family of instances, one after the other, each beside its target.

    python benchmarks/evacuation_table.py [--data FOLDER] [--only ID …] [--peers] [--seeds N] [--list]

Each row is a command of this folder, which prints value, bound, gap, seconds, memory and whether the plan was
verified; the row says what is aimed at. FOLDER holds the public instances (default: `data/evacuation` in the
folder that SAFEPASSAGE_SHARED names, or in `../shared`); rows without their files are named and left out.
`--peers` measures other planners in the same run.
"""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("SAFEPASSAGE_SHARED", HERE.parent.parent / "shared"))
CARS = "gap <= 2 % within 60 s, person-minutes <= 3 %, envelope <= 2 %, bound <= 5 s a 60,000 arcs"
CHICAGO = (
    "--network {data}/tntp/chicago-regional/ChicagoRegional_net.tntp "
    "--nodes {data}/tntp/chicago-regional/ChicagoRegional_node.tntp "
)
SYDNEY = "--network {data}/tntp/Sydney/Sydney_net.tntp --nodes {data}/tntp/Sydney/Sydney_node.tntp "
MOUNT_ALEXANDER = "--network {data}/ees/mount_alexander_shire_network_2018.xml.gz "
LODDON = "--network {data}/ees/loddon_mallee_northern_cluster_shires_network.xml.gz "


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One command: its id, what is aimed at, a script and its arguments ({data}: the folder; * for files)."""

    id: str
    target: str
    line: str
    is_cars: bool = False


ROWS = (
    Row(
        id="E1", target=CARS, is_cars=True,
        line="evacuation.py --network {data}/tntp/SiouxFalls/SiouxFalls_net.tntp --time-limit 10",
    ),
    Row(id="E2", target=CARS, is_cars=True, line=f"evacuation.py {CHICAGO} --time-limit 60"),
    Row(id="E3", target=CARS, is_cars=True, line=f"evacuation.py {SYDNEY} --time-limit 45"),
    Row(id="E4", target=CARS, is_cars=True, line=f"evacuation.py {MOUNT_ALEXANDER} --time-limit 50"),
    Row(id="E5", target=CARS, is_cars=True, line=f"evacuation.py {LODDON} --time-limit 45"),
    Row(
        id="E6", target="exposure within 3 % of its bound at 0, 2, 5 and 10 % more time",
        line=f"exposure.py {MOUNT_ALEXANDER} --population {{data}}/ees/population-archetypes.csv.gz "
        "--fire {data}/ees/20181109_mountalex_evac_ffdi75d_grid.shp.json "
        "--quantile 0.4 --horizon-h 3 --worlds 1000",
    ),
    Row(
        id="E7", target="nine of ten of sets 5, 7, 8, 10 proved in 30 s; none worse than the published",
        line="buses.py {data}/bep/instances/rand/*/*.txt "
        "--published {data}/bep/results/grasp_rand.csv --limit 30",
    ),
    Row(id="E7-real", target="proved", line="buses.py {data}/bep/instances/real/* --limit 170"),
    Row(
        id="E8", target="means better than every published mean in 60 s",
        line="nursing_homes.py --data {data}/hamburg --seeds 10 --limit 60",
    ),
    Row(
        id="E9", target="the published expected end or an earlier one, proved",
        line="islands.py {data}/icep/case_study_instances/*_fleet_*",
    ),
    Row(
        id="E10", target="95th percentile <= 1 s, five times faster than anew",
        line=f"replanning.py {CHICAGO} --time-limit 20 --closures 20 --anew-every 20 --clock cpu",
    ),
    Row(
        id="scale", target="near-linear in arcs, <= 4 GB at a million",
        line="scale.py --topology {data}/../large/moscow-roads.co.bin {data}/../large/moscow-roads.gr.bin "
        "--arcs 10000 90000 270000 1000000 --vehicles 5000",
    ),
    Row(id="area", target="<= 5 s on a city", line="estimate.py {data}/../osm/porto.osm.pbf --areas 3"),
    Row(
        id="full", target="person-minutes and last arrival <= 2 % over the bound, <= 5 s",
        line="../bootstrap.py demo",
    ),
)  # fmt: skip
"""In the order in which they are run."""


def command(row: Row, data: Path, seeds: int, *, peers: bool) -> list[str] | str:
    """Return the command of a row, or the first file that is missing."""
    script, *arguments = row.line.replace("{data}", str(data)).split()
    found: list[str] = []
    for one in arguments:
        if not one.startswith(str(data)):
            found.append(one)
            continue
        path = Path(one)
        files = sorted(path.parent.parent.glob(f"{path.parent.name}/{path.name}"))
        if not files:
            return one
        found.extend(str(file) for file in files)
    if row.is_cars:
        found += ["--sources", "400", "--vehicles", "50000", "--seed", *map(str, range(seeds))]
        found += ["--peers"] if peers else []
    return [sys.executable, str((HERE / script).resolve()), *found]


def main() -> int:
    """Run the rows; 1 when one of them failed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, default=SHARED / "data" / "evacuation")
    parser.add_argument("--only", choices=[row.id for row in ROWS], action="append")
    parser.add_argument("--seeds", type=int, default=3, help="instances of each car network")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--list", action="store_true", help="print the commands and run nothing")
    options = parser.parse_args()
    failed = []
    for row in ROWS:
        if options.only and row.id not in options.only:
            continue
        line = command(row, options.data, options.seeds, peers=options.peers)
        print(f"\n== {row.id}: {row.target}", flush=True)
        if isinstance(line, str):
            print(f"left out: there is no {line}", flush=True)
            continue
        print(f"$ {shlex.join(line)[:400]}", flush=True)
        if options.list:
            continue
        started = time.monotonic()
        if subprocess.run(line, check=False).returncode not in {0, 3}:
            failed.append(row.id)
        print(f"-- {row.id}: {time.monotonic() - started:.0f} s", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())

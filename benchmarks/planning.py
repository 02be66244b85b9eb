"""How long a plan takes from process start to files on disk, and how long ways and snapping take on a city.

    python benchmarks/planning.py [--map FILE] [--repeat N] [--persons N]

Without --map the extract of Porto in the shared folder is used (SAFEPASSAGE_SHARED, or `../shared` beside
the repository); where there is none, only the built-in example is measured, and the table says so. Every
figure is that of a process of its own, started fresh. Of N runs fastest and slowest are printed. The peer
for ways is networkx, on the same arcs and places, where it is installed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("SAFEPASSAGE_SHARED", ROOT.parent / "shared"))

_TAIL = """
import resource
usage = resource.getrusage(resource.RUSAGE_SELF)
peak = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
print(json.dumps({"seconds": seconds, "megabytes": peak, "note": note}))
"""

_IMPORT = """
import json, sys, time
began = time.perf_counter()
import safepassage
seconds, note = time.perf_counter() - began, ""
"""

_COMMAND = """
import contextlib, io, json, sys
from safepassage.cli import main
said = io.StringIO()
with contextlib.redirect_stdout(said):
    code = main([*sys.argv[1:], "--json"])
answer = json.loads(said.getvalue())
rows = [f"{d['persons_served']:,}/{d['persons_demand']:,}" for d in answer["directions"]]
seconds, note = None, f"exit {code}, verified {answer['verified']}, served " + " + ".join(rows)
"""

_WAYS = """
import json, sys, time
from pathlib import Path
import numpy as np
from safepassage.formats import network_cache, osm
from safepassage.kernels.graphs.components import component_labels
from safepassage.kernels.graphs.shortest_paths import ArcGraph
from safepassage.kernels.graphs.snapping import nearest_nodes
network = network_cache.load_or_read(
    Path(sys.argv[1]), cache_dir=network_cache.default_cache_dir(), reader=osm.Reader()).reading.network
rng = np.random.default_rng(7)
nodes, arcs = network.nodes, network.arcs
box = [(int(c.min()), int(c.max())) for c in (nodes.lon_e7, nodes.lat_e7)]
lon, lat = (rng.integers(*ends, size=500).astype(np.int32) for ends in box)
hazard = np.where(rng.random(len(arcs)) < 0.05, 0.05, 0.0)
from scipy.sparse.csgraph import dijkstra  # loaded before the clock starts, as in a running planner
from scipy.spatial import cKDTree
began = time.perf_counter()
labels, _ = component_labels(len(nodes), arcs.tail, arcs.head, strong=True)
found, metres = nearest_nodes(lon, lat, nodes.lon_e7, nodes.lat_e7, labels == 0)
snapped = time.perf_counter() - began
exits = [int(n) for n in rng.choice(np.flatnonzero(labels == 0), 20, replace=False)]
graph = ArcGraph(arcs.tail, arcs.head, len(nodes), np.ones(len(arcs), dtype=bool))
cost = arcs.travel_s * (1 + 20 * hazard)
ways = [tree.path(int(n)) for tree in [graph.tree(cost, exits, reverse=True)] for n in found]
nearest = time.perf_counter() - began
each = [graph.tree(cost, [e], reverse=True) for e in exits]
paths = sum(tree.path(int(n)) is not None for tree in each for n in found)
seconds = time.perf_counter() - began
note = f"snap {snapped:.2f} s, way to the nearest exit {nearest:.2f} s, {paths:,} ways to each of 20 exits"
"""

_PEER = """
import json, sys, time
from pathlib import Path
import networkx as nx
import numpy as np
from safepassage.formats import network_cache, osm
network = network_cache.load_or_read(
    Path(sys.argv[1]), cache_dir=network_cache.default_cache_dir(), reader=osm.Reader()).reading.network
rng = np.random.default_rng(7)
graph = nx.DiGraph()
arcs = network.arcs
graph.add_weighted_edges_from(zip(arcs.head.tolist(), arcs.tail.tolist(), arcs.travel_s.tolist()))
exits = [int(n) for n in rng.choice(len(network.nodes), 20, replace=False)]
began = time.perf_counter()
nx.multi_source_dijkstra_path_length(graph, set(exits))
seconds, note = time.perf_counter() - began, "one search to the nearest of 20 exits, graph already built"
"""


def measure(program: str, arguments: list[str], repeat: int) -> tuple[list[float], float, str]:
    """Run a program several times in fresh processes; return wall seconds, peak megabytes and its note."""
    seconds, peak, note = [], 0.0, ""
    for _ in range(repeat):
        began = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", program + _TAIL, *arguments], capture_output=True, text=True, check=False
        )
        whole = time.perf_counter() - began
        if done.returncode:
            return [], 0.0, done.stderr.strip().splitlines()[-1]
        answer = json.loads(done.stdout.strip().splitlines()[-1])
        seconds.append(whole if answer["seconds"] is None else answer["seconds"])
        peak, note = max(peak, answer["megabytes"]), answer["note"]
    return seconds, peak, note


def rows(map_file: Path | None, folder: Path, persons: int) -> list[tuple[str, str, str, list[str]]]:
    """Return (what, goal, program, arguments) of the table."""
    example = ["demo", "-o", str(folder / "demo")]
    found = [
        ("import safepassage", "≤ 0.3 s", _IMPORT, []),
        ("plan the built-in example, start to files", "≤ 5 s", _COMMAND, example),
    ]
    if map_file is None:
        return found
    case = folder / "case"
    generate = [sys.executable, str(ROOT / "benchmarks" / "generate_case.py"), str(map_file), str(case)]
    subprocess.run([*generate, "--persons", str(persons)], check=True, capture_output=True)
    found.append(("snap 500 places, ways to 20 exits", "≤ 1 s", _WAYS, [str(map_file)]))
    if importlib.util.find_spec("networkx"):
        found.append(("networkx, one search (peer)", "", _PEER, [str(map_file)]))
    plan, city = ["plan", str(case), "-o", str(folder / "city")], map_file.name.split(".")[0]
    found.append(
        (
            f"plan {city}, {persons:,} persons, start to files",
            "≤ 30 s, 1.5 GB",
            _COMMAND,
            plan,
        )
    )
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure planning.")
    parser.add_argument(
        "--map", type=Path, help="an OpenStreetMap extract (default: Porto in the shared folder)"
    )
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--persons", type=int, default=20_000)
    options = parser.parse_args()
    porto = SHARED / "data" / "osm" / "porto.osm.pbf"
    map_file = options.map or (porto if porto.exists() else None)
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}, "
          f"numpy {version('numpy')}, scipy {version('scipy')}, ortools {version('ortools')}")  # fmt: skip
    if map_file is None:
        print("No map extract was found: name one with --map, or set SAFEPASSAGE_SHARED.")
    print(f"{'what':<48} {'fastest':>8} {'slowest':>8} {'peak MB':>8}  {'goal':<15} note")
    with tempfile.TemporaryDirectory() as name:
        for what, goal, program, arguments in rows(map_file, Path(name), options.persons):
            seconds, peak, note = measure(program, arguments, options.repeat)
            shown = f"{min(seconds):8.2f} {max(seconds):8.2f} {peak:8.0f}" if seconds else f"{'failed':>26}"
            print(f"{what:<48} {shown}  {goal:<15} {note}", flush=True)


if __name__ == "__main__":
    main()

"""How fast a map extract is read, first and from the cache, beside a peer in the same run.

    python benchmarks/network.py [MAP] [--repeat N]

Without MAP the extract of Porto in the shared folder is read (SAFEPASSAGE_SHARED, or `../shared` beside the
repository). Every figure is that of a process of its own, started fresh, imports included. Of N runs the
fastest and the slowest are printed, and the processor seconds of the fastest, which other jobs on the machine
disturb less. The peer is pyrosm (extra `bench`); its graph needs igraph or networkx.
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
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_MEASURE = """
import json, resource, sys, time
from pathlib import Path
began = time.perf_counter()
{body}
seconds = time.perf_counter() - began
usage = resource.getrusage(resource.RUSAGE_SELF)
peak = usage.ru_maxrss
# macOS counts bytes, Linux kilobytes.
megabytes = peak / (2**20 if sys.platform == "darwin" else 2**10)
found = {{"seconds": seconds, "cpu": usage.ru_utime + usage.ru_stime, "megabytes": megabytes}}
print(json.dumps({{**found, "nodes": nodes, "arcs": arcs, "note": note}}))
"""

_FIRST = """
from safepassage.formats import osm
network = osm.read(Path(sys.argv[1]))
nodes, arcs, note = len(network.nodes), len(network.arcs), ""
"""

_CACHED = """
from safepassage.formats import network_cache, osm
found = network_cache.load_or_read(Path(sys.argv[1]), cache_dir=Path(sys.argv[2]), reader=osm.Reader())
network = found.reading.network
nodes, arcs = len(network.nodes), len(network.arcs)
note = "from the cache" if found.from_cache else "read and kept " + found.not_kept
"""

_LOAD_ONLY = """
from safepassage.formats import network_cache, osm
path, folder, reader = Path(sys.argv[1]), Path(sys.argv[2]), osm.Reader()
began = time.perf_counter()
found = network_cache.load_or_read(path, cache_dir=folder, reader=reader)
network = found.reading.network
nodes, arcs = len(network.nodes), len(network.arcs)
note = "from the cache" if found.from_cache else "read again"
"""

_SNAP = """
import numpy as np
from safepassage.formats import network_cache, osm
from safepassage.kernels.graphs.components import component_labels
from safepassage.kernels.graphs.snapping import nearest_nodes
found = network_cache.load_or_read(Path(sys.argv[1]), cache_dir=Path(sys.argv[2]), reader=osm.Reader())
network = found.reading.network
places, rng = network.nodes, np.random.default_rng(1)
chosen = rng.integers(0, len(places), 500)
lon = places.lon_e7[chosen] + rng.integers(-20000, 20000, 500).astype(np.int32)
lat = places.lat_e7[chosen] + rng.integers(-20000, 20000, 500).astype(np.int32)
began = time.perf_counter()
label, _ = component_labels(len(places), network.arcs.tail, network.arcs.head, strong=True)
at, metres = nearest_nodes(lon, lat, places.lon_e7, places.lat_e7, label == 0)
nodes, arcs, note = len(places), len(network.arcs), f"farthest {metres.max():.0f} m"
"""

_PYROSM = """
import warnings
warnings.simplefilter("ignore")
from pyrosm import OSM
reader = OSM(sys.argv[1])
found_nodes, found_edges = reader.get_network(nodes=True, network_type="driving")
graph = reader.to_graph(found_nodes, found_edges, graph_type=sys.argv[2])
nodes = graph.vcount() if sys.argv[2] == "igraph" else graph.number_of_nodes()
arcs = graph.ecount() if sys.argv[2] == "igraph" else graph.number_of_edges()
note = sys.argv[2]
"""


def measure(body: str, *arguments: str) -> dict[str, object]:
    """Run `body` in a fresh process and return what it measured."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    script = _MEASURE.format(body=body.strip())
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if done.returncode != 0:
        raise SystemExit(f"the measured process failed:\n{done.stderr}")
    measured: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return measured


def best(body: str, repeat: int, *arguments: str) -> dict[str, object]:
    """Return the fastest of several runs, with the slowest time beside it."""
    runs = sorted(
        (measure(body, *arguments) for _ in range(repeat)), key=lambda run: float(str(run["seconds"]))
    )
    return {**runs[0], "slowest": runs[-1]["seconds"]}


def row(what: str, run: dict[str, object]) -> str:
    """Return one line of the table."""
    seconds, slowest = float(str(run["seconds"])), float(str(run["slowest"]))
    span = f"{seconds:.3f} to {slowest:.3f}"
    cost = f"{run['cpu']:.2f} | {run['megabytes']:.0f}"
    return f"| {what} | {span} | {cost} | {run['nodes']:,} | {run['arcs']:,} | {run['note']} |"


def installed(name: str) -> str:
    """Return the version of a package, or a dash."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "–"


def machine() -> str:
    """Return one line about where this was measured."""
    packages = ", ".join(
        f"{name} {installed(name)}" for name in ("osmium", "numpy", "scipy", "pyrosm", "igraph")
    )
    system = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
    return f"{system}, Python {platform.python_version()}, {packages}"


def default_map() -> Path:
    """Return the extract of Porto in the shared folder."""
    shared = Path(os.environ.get("SAFEPASSAGE_SHARED") or ROOT.parent / "shared")
    return shared / "data" / "osm" / "porto.osm.pbf"


def main() -> int:
    """Measure and print the table; 1 where there is no map."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("map", nargs="?", type=Path, default=default_map())
    parser.add_argument("--repeat", type=int, default=3, help="runs of each of ours (the peer runs once)")
    options = parser.parse_args()
    path: Path = options.map
    if not path.is_file():
        print(f"{path}: there is no such map; name one, or set SAFEPASSAGE_SHARED")
        return 1
    print(f"{path.name}, {path.stat().st_size / 1e6:.2f} MB; {machine()}\n")
    print("| what, imports included unless said | seconds | processor s | peak MB | nodes | arcs | note |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        first = best(_FIRST, options.repeat, str(path))
        print(row("first read", first))
        print(
            row(
                "first read, kept in the cache",
                {**(kept := measure(_CACHED, str(path), folder)), "slowest": kept["seconds"]},
            )
        )
        print(row("from the cache", best(_CACHED, options.repeat, str(path), folder)))
        print(row("from the cache, without imports", best(_LOAD_ONLY, options.repeat, str(path), folder)))
        print(row("snap 500 places, without reading", best(_SNAP, options.repeat, str(path), folder)))
    print_peer(path, first)
    return 0


def print_peer(path: Path, ours: dict[str, object]) -> None:
    """Measure pyrosm on the same file, or say why not."""
    graph = next((name for name in ("igraph", "networkx") if importlib.util.find_spec(name)), None)
    if importlib.util.find_spec("pyrosm") is None or graph is None:
        print("\npyrosm is not installed with igraph or networkx (extra `bench`): no peer in this run")
        return
    run = measure(_PYROSM, str(path), graph)
    peer_s = float(str(run["seconds"]))
    print(row("pyrosm, get_network and to_graph", {**run, "slowest": peer_s}))
    wall, cpu = (float(str(run[key])) / float(str(ours[key])) for key in ("seconds", "cpu"))
    print(f"\npyrosm took {wall:.1f} times as long as the first read ({cpu:.1f} times the processor time)")


if __name__ == "__main__":
    raise SystemExit(main())

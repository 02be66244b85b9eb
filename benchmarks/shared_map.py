"""How fast a server with a million reports on its map answers, and how flat memory stays while it is filled.

    python benchmarks/shared_map.py [--reports N] [--queries N]

Makes a PostgreSQL server of its own (with PostGIS) on a socket in a temporary folder and removes it again.
Reports lie at random in a country of 1,000 × 600 km, half of them crowded in a tenth of it. The goal is a
99th percentile of 100 ms for what stands in a box of 10 km, what is nearest to a point, and a tile.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from safepassage.store.map_feature import Feature, point_text
from safepassage.store.postgres import connected
from safepassage.store.shared_map import SharedMap

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from tests.support import postgres as server  # the tests' way to start a server

E7 = 10**7
GOAL_MS = 100
WEST, SOUTH, WIDTH, HEIGHT = 24.0, 46.0, 14.0, 5.4


def reports(number: int) -> Iterator[Feature]:
    """Yield reports at random places."""
    rng = np.random.default_rng(0)
    for k in range(number):
        share = 0.316 if k % 2 else 1.0
        lon, lat = WEST + WIDTH * share * rng.random(), SOUTH + HEIGHT * share * rng.random()
        yield Feature(
            layer="reports", id=f"report-{k}", at_ms=1_700_000_000_000 + 1_000 * k,
            facts=(("kind", ("closed road", "water")[k % 2]), ("source", f"org-{k % 40}")),
            shape=point_text(round(lon * E7), round(lat * E7)),
        )  # fmt: skip


def main() -> None:
    """Fill the map and ask it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sp-") as folder, server.running(Path(folder)) as socket:
        server.prepare(socket)
        server.prepare_map(socket)
        connection = connected(server.server(socket))
        shared = SharedMap(connection, "red")
        before = _megabytes()
        began = time.perf_counter()
        shared.put(reports(options.reports))
        took = time.perf_counter() - began
        print(
            f"{options.reports:,} reports taken in: {took:.0f} s, {options.reports / took:,.0f}/s;", end=" "
        )
        print(f"this process grew by {_megabytes() - before:.0f} MB", flush=True)
        owner = server.as_owner(socket)
        owner.run("ANALYZE safepassage.features")
        owner.close()
        ask(shared, options.queries)
        connection.close()


def ask(shared: SharedMap, queries: int) -> None:
    """Print the percentiles of three kinds of questions."""
    rng = np.random.default_rng(1)

    def spot() -> tuple[int, int]:
        share = 0.316 if rng.random() < 1 / 2 else 1.0
        lon, lat = WEST + WIDTH * share * rng.random(), SOUTH + HEIGHT * share * rng.random()
        return round(lon * E7), round(lat * E7)

    def box() -> int:
        lon, lat = spot()
        return len(shared.within("reports", (lon, lat, lon + 1_400_000, lat + 900_000)))

    def near() -> int:
        return len(shared.near("reports", *spot()))

    def tile() -> int:
        lon, lat = (value / E7 for value in spot())
        rad = np.radians(lat)
        row = int((1 - np.log(np.tan(rad) + 1 / np.cos(rad)) / np.pi) / 2 * 2**12)
        return len(shared.tile("reports", 12, int((lon + 180) / 360 * 2**12), row))

    kinds: dict[str, Callable[[], int]] = {"box of 10 km": box, "nearest ten": near, "tile at zoom 12": tile}
    for name, question in kinds.items():
        times, found = [], 0
        for _ in range(queries):
            began = time.perf_counter()
            found += question()
            times.append(1_000 * (time.perf_counter() - began))
        middle, high = np.percentile(times, 50), np.percentile(times, 99)
        print(
            f"{name}: median {middle:.1f} ms, 99th percentile {high:.1f} ms ({found / queries:,.0f} a time);",
            end=" ",
        )
        print(f"goal {GOAL_MS} ms {'met' if high <= GOAL_MS else 'missed'}", flush=True)


def _megabytes() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**20 if sys.platform == "darwin" else 2**10)


if __name__ == "__main__":
    main()

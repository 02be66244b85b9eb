"""How long a table of travel times takes that respects closures, hazard and hours, on a generated grid.

    python benchmarks/matrices.py [--arcs N] [--places N] [--threads N] [--peer]

One arc in fifty is closed for some hours, one in a hundred is slower for some, hazard lies on one in forty;
vehicles keep off the worst of it. With --peer scipy fills the same table without any of that. The goal is
500 × 500 on 160,000 arcs in 2 s with two threads.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace

import numpy as np

from safepassage.domain.network import Mode
from safepassage.domain.timed_network import HazardPiece, Piece, TimedArcs, TimedNetwork
from safepassage.engines.travel_times import Vehicle, travel_graph
from safepassage.testing.grid_roads import grid_network

HORIZON_S = 172_800
GOAL_S = 2.0


def network(arcs: int) -> TimedNetwork:
    """Return a grid of roads of many speeds with closures, slower hours and hazard."""
    base, rng = grid_network(arcs), np.random.default_rng(0)
    n = len(base.arcs)
    travel = rng.integers(15, 90, n)
    none = np.full(n, -1)
    columns = TimedArcs(
        tail=base.arcs.tail, head=base.arcs.head, length_m=base.arcs.length_m, travel_s=travel,
        capacity_mveh_h=base.arcs.capacity_mveh_h, persons_h=none, modes=np.full(n, int(Mode.road())),
        directions=none, empty_ok=np.ones(n, bool), max_weight_kg=none, gate=np.zeros(n, bool),
        label=np.full(n, ""),
    )  # fmt: skip

    def piece(arc: int, times: tuple[int, int], *, open_road: bool, slower: int = 1) -> Piece:
        capacity = 900_000 if open_road else 0
        each = int(travel[arc]) * slower
        return Piece(from_s=times[0], until_s=times[1], capacity_mveh_h=capacity, persons_h=-1, travel_s=each)

    profiles = {}
    for arc in rng.choice(n, n // 50 + n // 100, replace=False).tolist():
        a, b = sorted(rng.integers(1, HORIZON_S - 1, 2).tolist())
        b = max(b, a + 1)
        closed = arc % 3 != 0
        profiles[arc] = (
            piece(arc, (0, a), open_road=True),
            piece(arc, (a, b), open_road=not closed, slower=3),
            piece(arc, (b, HORIZON_S), open_road=True),
        )
    hazard = {
        arc: (HazardPiece(from_s=0, until_s=HORIZON_S, ppm=int(rng.integers(1, 300_000))),)
        for arc in rng.choice(n, n // 40, replace=False).tolist()
    }
    return TimedNetwork(
        node_id=base.nodes.id, lon_e7=base.nodes.lon_e7, lat_e7=base.nodes.lat_e7, arcs=columns,
        profiles=profiles, hazard=hazard, timetables={}, waiting={}, horizon_s=HORIZON_S,
        attribution="generated", source_sha256="", schematic=True,
    )  # fmt: skip


def main() -> None:
    """Print what the table takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--arcs", type=int, default=160_000)
    parser.add_argument("--places", type=int, default=500)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--peer", action="store_true", help="fill it with scipy as well, without closures")
    options = parser.parse_args()
    roads = network(options.arcs)
    places = np.random.default_rng(1).choice(roads.n_nodes, options.places, replace=False)
    graph = travel_graph(roads, Vehicle(avoid_ppm=200_000))
    graph.table(places[:1], places[:1])
    cpu, wall = time.process_time(), time.perf_counter()
    graph = travel_graph(roads, Vehicle(avoid_ppm=200_000))
    laid_s = time.perf_counter() - wall
    table = graph.table(places, places, begin=21_600, threads=options.threads)
    wall_s, cpu_s = time.perf_counter() - wall, time.process_time() - cpu
    size = f"{options.places} x {options.places} on {len(roads.arcs.tail):,} arcs"
    print(f"{size}, {options.threads} threads: {cpu_s:.2f} processor seconds, {wall_s:.2f} s")
    print(f"  laying out {laid_s:.2f} s of it; {int((table.cost < 0).sum()):,} pairs without a way")
    print(f"  goal {GOAL_S} s: {'met' if wall_s <= GOAL_S else 'missed'} on the clock")
    alone = graph.table(places[:20], places, begin=21_600)
    print(f"  the same with one thread, first 20 rows: {bool((alone.cost == table.cost[:20]).all())}")
    if options.peer:
        peer(replace(roads, profiles={}, hazard={}), places)


def peer(roads: TimedNetwork, places: np.ndarray) -> None:
    """Fill the table with scipy, on the same roads without closures and hazard, and with ours."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415 - only for the comparison
    from scipy.sparse.csgraph import dijkstra  # noqa: PLC0415

    arcs = roads.arcs
    matrix = csr_matrix((arcs.travel_s.astype(float), (arcs.tail, arcs.head)), shape=(roads.n_nodes,) * 2)
    cpu = time.process_time()
    theirs = dijkstra(matrix, indices=places)[:, places]
    scipy_s, cpu = time.process_time() - cpu, time.process_time()
    ours = travel_graph(roads, Vehicle()).table(places, places)
    own_s = time.process_time() - cpu
    print(f"static roads: scipy {scipy_s:.2f}, ours {own_s:.2f} processor seconds, ", end="")
    print(f"alike: {bool((theirs == ours.cost).all())}")


if __name__ == "__main__":
    main()

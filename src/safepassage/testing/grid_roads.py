"""A grid of roads of any size, each stretch with a bend: networks for benchmarks and tests."""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.domain.network import NO_LIMIT, Arcs, Mode, NetworkSource, Nodes, RoadNetwork, Shapes

SPACING_E7 = 45_000
"""About 500 m of latitude."""
BEND_E7 = 3_000
LENGTH_M, TRAVEL_S = 500, 36
CORNER_E7 = (300_000_000, 500_000_000)


def grid_network(arcs: int) -> RoadNetwork:
    """Return a square grid with at least so many directed arcs."""
    side = 2
    while 4 * side * (side - 1) < arcs:
        side += 1
    number = np.arange(side * side).reshape(side, side)
    streets = [(number[:, :-1], number[:, 1:]), (number[:-1], number[1:])]
    tail = np.concatenate([a.ravel() for a, _ in streets])
    head = np.concatenate([b.ravel() for _, b in streets])
    n = len(tail)
    tail, head = np.concatenate([tail, head]), np.concatenate([head, tail])
    lon: Any = (CORNER_E7[0] + SPACING_E7 * (number % side)).ravel()
    lat: Any = (CORNER_E7[1] + SPACING_E7 * (number // side)).ravel()
    zero: Any = np.zeros(2 * n)
    every: Any = np.arange(2 * n + 1)
    return RoadNetwork(
        nodes=Nodes(id=np.char.add("n", number.ravel().astype(str)), lon_e7=lon, lat_e7=lat),
        arcs=Arcs(
            tail=tail, head=head, length_m=np.full(2 * n, LENGTH_M), travel_s=np.full(2 * n, TRAVEL_S),
            capacity_mveh_h=np.full(2 * n, 900_000), person_capacity_h=np.full(2 * n, NO_LIMIT),
            max_weight_kg=np.full(2 * n, NO_LIMIT), road_class=zero,
            modes=np.full(2 * n, int(Mode.road())), bridge=np.zeros(2 * n, bool),
            link=np.char.add("s", (np.arange(2 * n) % n).astype(str)), name=zero,
            ref=zero, twin=(every[:-1] + n) % (2 * n),
        ),
        shapes=Shapes(
            start=every, lon_e7=(lon[tail] + lon[head]) // 2 + BEND_E7,
            lat_e7=(lat[tail] + lat[head]) // 2 + BEND_E7,
        ),
        names=("",), source=NetworkSource(kind="generated", file_name="", sha256="", reader_version="",
                                          attribution="generated", schematic=True),
    )  # fmt: skip

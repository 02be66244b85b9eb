"""Trucks that no bridge of the network bears."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from safepassage.domain.case import Case
from safepassage.domain.network import RoadNetwork
from safepassage.domain.problem import Problem, Where, warning


def heavy_trucks(network: RoadNetwork, case: Case) -> Iterator[Problem]:
    """Yield a warning for each kind of truck that is heavier than every bridge bears."""
    arcs = network.arcs
    bears_kg = arcs.max_weight_kg[np.asarray(arcs.bridge, dtype=np.bool_)]
    if not len(bears_kg) or (bears_kg < 0).any():
        return
    most_kg = int(bears_kg.max())
    for truck in case.trucks:
        if truck.count and truck.weight_kg > most_kg:
            yield warning(
                "TRUCK_HEAVY",
                Where(file="case", sheet="trucks", column="weight_t"),
                f"truck {truck.id} weighs {truck.weight_kg / 1_000:g} t; no bridge here bears more than "
                f"{most_kg / 1_000:g} t",
                "check its weight with its load, or name lighter trucks",
            )

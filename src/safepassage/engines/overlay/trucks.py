"""Trucks that no bridge of the network bears."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from safepassage.domain.case import Case, PlaceKind
from safepassage.domain.network import RoadNetwork
from safepassage.domain.problem import Problem, Where, warning
from safepassage.kernels.graphs.components import component_labels


def heavy_trucks(network: RoadNetwork, case: Case, node: Mapping[str, int]) -> Iterator[Problem]:
    """Yield a warning for each kind of truck that is heavier than every bridge, and cut off by that.

    `node` is where places are, -1 for those off the network.
    """
    arcs = network.arcs
    bears_kg = arcs.max_weight_kg[np.asarray(arcs.bridge, dtype=np.bool_)]
    if not len(bears_kg) or (bears_kg < 0).any():
        return
    most_kg = int(bears_kg.max())
    homes = [node[p.id] for p in case.places if p.kind is PlaceKind.SETTLEMENT and node[p.id] >= 0]
    for truck in case.trucks:
        depot = node.get(truck.depot, -1)
        if not truck.count or truck.weight_kg <= most_kg or depot < 0:
            continue
        reached, anybody = (
            len(_both_ways(network, homes, depot, weight_kg)) for weight_kg in (truck.weight_kg, 0)
        )
        if reached < anybody:
            found = warning(
                "TRUCK_HEAVY",
                Where(file="case", sheet="trucks", column="weight_t"),
                f"truck {truck.id} weighs {truck.weight_kg / 1_000:g} t; no bridge here bears more than "
                f"{most_kg / 1_000:g} t, so it comes to {reached} of {anybody} settlements",
                "check its weight with its load, or name lighter trucks",
            )
            yield replace(found, about=truck.id)


def _both_ways(network: RoadNetwork, homes: list[int], depot: int, weight_kg: int) -> list[int]:
    """Return the nodes to which roads that bear a weight lead from a depot and back."""
    arcs = network.arcs
    bears = (arcs.max_weight_kg < 0) | (arcs.max_weight_kg >= weight_kg)
    labels, _ = component_labels(len(network.nodes), arcs.tail[bears], arcs.head[bears], strong=True)
    return [home for home in homes if labels[home] == labels[depot]]

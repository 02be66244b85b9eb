"""Trucks that no bridge of the network bears, or that no road is built for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from safepassage.domain.aid.stock import Truck
from safepassage.domain.case import Case, PlaceKind
from safepassage.domain.network import RoadNetwork
from safepassage.domain.problem import Problem, Where, warning
from safepassage.kernels.graphs.components import component_labels

GENERAL_KG, LAWFUL_KG = 40_000, 44_000
"""What a lorry with trailer and load may weigh in international traffic within the European Union.

Council Directive 96/53/EC, annex I, 2.2, as amended by Directive (EU) 2015/719: combinations of five or six
axles 40 t; in intermodal transport of containers or swap bodies 44 t, behind a motor vehicle of three axles.
Only what is above both has a message; states may allow more on their own roads.
"""
_WEIGHT = Where(file="case", sheet="trucks", column="weight_t")


def heavy_trucks(network: RoadNetwork, case: Case, node: Mapping[str, int]) -> Iterator[Problem]:
    """Yield a warning for each kind of truck that is too heavy: bridges cut it off, or no law allows it.

    A truck is cut off where it is heavier than every bridge. Roads and bridges that state no limit bear
    anything: what is heavier than any law allows has its message for that. `node` is where places are, -1 for
    those off the network.
    """
    most_kg = _borne_kg(network)
    homes = [node[p.id] for p in case.places if p.kind is PlaceKind.SETTLEMENT and node[p.id] >= 0]
    for truck in case.trucks:
        if not truck.count:
            continue
        found = None
        if most_kg is not None and truck.weight_kg > most_kg:
            found = _cut_off(network, homes, truck, node.get(truck.depot, -1), most_kg)
        if found is None and truck.weight_kg > LAWFUL_KG:
            found = _above_law(truck)
        if found is not None:
            yield replace(found, about=truck.id)


def _borne_kg(network: RoadNetwork) -> int | None:
    """Return what the strongest bridge bears; None without bridges, and where one states no limit."""
    arcs = network.arcs
    bears_kg = arcs.max_weight_kg[np.asarray(arcs.bridge, dtype=np.bool_)]
    return int(bears_kg.max()) if len(bears_kg) and (bears_kg >= 0).all() else None


def _cut_off(
    network: RoadNetwork, homes: list[int], truck: Truck, depot: int, most_kg: int
) -> Problem | None:
    if depot < 0:
        return None
    reached, anybody = (len(_both_ways(network, homes, depot, kg)) for kg in (truck.weight_kg, 0))
    if reached == anybody:
        return None
    return warning(
        "TRUCK_HEAVY", _WEIGHT,
        f"truck {truck.id} weighs {truck.weight_kg / 1_000:g} t; no bridge here bears more than "
        f"{most_kg / 1_000:g} t, so it comes to {reached} of {anybody} settlements",
        "check its weight with its load, or name lighter trucks",
    )  # fmt: skip


def _above_law(truck: Truck) -> Problem:
    return warning(
        "TRUCK_OVERWEIGHT", _WEIGHT,
        f"truck {truck.id} weighs {truck.weight_kg / 1_000:g} t; Directive 96/53/EC, annex I, allows "
        f"{GENERAL_KG / 1_000:g} t in international traffic within the European Union, "
        f"{LAWFUL_KG / 1_000:g} t in intermodal transport of containers; roads and bridges that state no "
        "limit are taken to bear it",
        "check its weight with its load; if it is right, ask for a permit, and what bridges on its way bear",
    )  # fmt: skip


def _both_ways(network: RoadNetwork, homes: list[int], depot: int, weight_kg: int) -> list[int]:
    """Return the nodes to which roads that bear a weight lead from a depot and back."""
    arcs = network.arcs
    bears = (arcs.max_weight_kg < 0) | (arcs.max_weight_kg >= weight_kg)
    labels, _ = component_labels(len(network.nodes), arcs.tail[bears], arcs.head[bears], strong=True)
    return [home for home in homes if labels[home] == labels[depot]]

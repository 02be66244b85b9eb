"""How much less driving would bring the same loads to the same stops."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from safepassage.domain.aid.distribution import AidPlan, TruckDay
from safepassage.engines.distribution.options import MG_PER_KG
from safepassage.engines.distribution.roads import Roads
from safepassage.kernels.tours.load_paths import least_driving

PARTS = 100
"""Loads are counted in so many parts of what a truck holds, rounded down; smaller ones are left out."""
STEPS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Driving:
    """The driving of all trucks of a type on a day: seconds on the road, and what no rounds with less do."""

    type: str
    day: int
    stops: int
    driven_s: int
    at_least_s: int


def driving(plan: AidPlan, roads: Roads) -> tuple[Driving, ...]:
    """Return by type of truck and day what is driven and what bringing each stop its load takes at least.

    A stop is what one trip unloads at a place. Rounds of the bound begin and end at the base, hold by mass
    what a truck does, and go the least ways that it may use at any time; hours and volume do not bind them.
    """
    trucks = {truck.id: truck for truck in plan.problem.trucks}
    mass_g = {good.id: good.mass_g for good in plan.problem.goods}
    node = {need.place: need.node for need in plan.problem.needs}
    loads: defaultdict[str, defaultdict[tuple[str, str], int]] = defaultdict(lambda: defaultdict(int))
    for row in plan.deliveries:
        loads[row.truck][row.leg, row.place] += row.milli * mass_g[row.commodity]
    groups: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for chain in plan.trucks:
        groups[trucks[chain.id].type, trucks[chain.id].day].append(chain.id)
    legs = {chain.id: chain.legs for chain in plan.trucks}
    found = []
    for (kind, day), names in sorted(groups.items()):
        stops = [(node[place], mg) for name in names for (_, place), mg in sorted(loads[name].items())]
        driven_s = sum(leg.arrive_s - leg.depart_s for name in names for leg in legs[name])
        at_least_s = _at_least_s(trucks[names[0]], stops, roads, driven_s)
        found.append(Driving(type=kind, day=day, stops=len(stops), driven_s=driven_s, at_least_s=at_least_s))
    return tuple(found)


def _at_least_s(truck: TruckDay, stops: list[tuple[int, int]], roads: Roads, driven_s: int) -> int:
    """Return the least driving to stops (node, mg), and to the farthest of them in any case."""
    most_mg = truck.payload_kg * MG_PER_KG
    parts = [(at, mg * PARTS // most_mg) for at, mg in stops if mg * PARTS >= most_mg]
    nodes = [truck.base_node, *(at for at, _ in parts)]
    cost = np.array([roads.least_s(truck.weight_kg, at)[nodes] for at in nodes]).astype(np.int64)
    out = roads.least_s(truck.weight_kg, truck.base_node)
    farthest_s = max(
        (int(out[at] + roads.least_s(truck.weight_kg, at)[truck.base_node]) for at, _ in stops), default=0
    )
    loads = np.array([n for _, n in parts], dtype=np.int64)
    return max(farthest_s, least_driving(cost, loads, PARTS, at_most=driven_s, steps=STEPS))

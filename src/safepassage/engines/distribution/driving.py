"""How much less driving would bring the same loads to the same stops."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.aid.distribution import AidPlan, TruckDay
from safepassage.engines.distribution.least_times import FAR_S
from safepassage.engines.distribution.options import MG_PER_KG
from safepassage.engines.distribution.roads import Roads
from safepassage.kernels.tours.few_stops import MOST_STOPS, least_rounds
from safepassage.kernels.tours.load_paths import least_driving

MANY_STOPS = 60


class Effort(NamedTuple):
    """In how many parts of a truck loads are counted, rounded down (below one: none), and steps of prices."""

    parts: int
    steps: int


FINE, FAIR, COARSE = Effort(100, 60), Effort(50, 20), Effort(25, 10)
"""What a benchmark takes, what a plan takes up to many stops, and beyond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driving:
    """The driving of all trucks of a type on a day: seconds on the road, and what no rounds with less do."""

    type: str
    day: int
    stops: int
    driven_s: int
    at_least_s: int


def driving(plan: AidPlan, roads: Roads, effort: Effort | None = None) -> tuple[Driving, ...]:
    """Return by type of truck and day what is driven and what bringing each stop its load takes at least.

    A stop is what one trip unloads at a place. Rounds of the bound begin and end at the base, hold by mass
    what a truck does, and go the least ways that it may use at any time; hours and volume do not bind them.
    For a few stops they are the best such rounds, for more a bound on them by an `effort` that suits their
    number where none is given.
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
        at_least_s = _at_least_s(trucks[names[0]], stops, roads, driven_s, effort)
        found.append(Driving(type=kind, day=day, stops=len(stops), driven_s=driven_s, at_least_s=at_least_s))
    return tuple(found)


def _at_least_s(
    truck: TruckDay, stops: list[tuple[int, int]], roads: Roads, driven_s: int, effort: Effort | None
) -> int:
    """Return the least driving to stops (node, mg), and to the farthest of them in any case."""
    most_mg = truck.payload_kg * MG_PER_KG
    if len(stops) <= MOST_STOPS:
        cost = _least_s(truck, [at for at, _ in stops], roads)
        return least_rounds(cost, np.array([mg for _, mg in stops], dtype=np.int64), most_mg)
    count, steps = effort or (FAIR if len(stops) <= MANY_STOPS else COARSE)
    parts = [(at, mg * count // most_mg) for at, mg in stops if mg * count >= most_mg]
    cost = _least_s(truck, [at for at, _ in parts], roads)
    out = roads.least_s(truck.weight_kg, truck.base_node)
    farthest_s = max(int(out[at] + roads.least_s(truck.weight_kg, at)[truck.base_node]) for at, _ in stops)
    loads = np.array([n for _, n in parts], dtype=np.int64)
    return max(farthest_s, least_driving(cost, loads, count, at_most=driven_s, steps=steps))


def _least_s(truck: TruckDay, stops: list[int], roads: Roads) -> NDArray[np.int64]:
    """Return the least seconds between the base and stops."""
    nodes = [truck.base_node, *stops]
    rows = np.array([roads.least_s(truck.weight_kg, at)[nodes] for at in nodes])
    least: NDArray[np.int64] = np.minimum(rows, FAR_S).astype(np.int64)
    return least

"""How much less driving would bring the same loads to the same stops."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.aid.distribution import G_PER_T, AidPlan, AidProblem, AidRules, TruckDay
from safepassage.engines.distribution.least_times import FAR_S
from safepassage.engines.distribution.options import MG_PER_KG, UL_PER_L, most_seconds
from safepassage.engines.distribution.roads import Roads
from safepassage.kernels.tours.few_stops import MOST_STOPS, Limits, least_rounds
from safepassage.kernels.tours.load_paths import least_driving
from safepassage.kernels.tours.priced_rounds import least_by_prices
from safepassage.kernels.tours.timed_paths import least_in_hours
from safepassage.kernels.tours.whole_rounds import Proved, least_of_all_rounds

Int64 = NDArray[np.int64]
MANY_STOPS = 60
PRICED, PRICED_PAIRS = 60, 15_000
"""So often prices of stops are set at most in the bound that knows hours, and for so many pairs of stops."""
CELLS = 16_000_000
"""So many sets of stops, times stops, are looked at in all, the smallest groups first,
each up to half of what is left, the last one all of it."""
MG_PER_T = G_PER_T * 1_000


class Effort(NamedTuple):
    """In how many parts of a truck loads are counted, rounded down (below one: none), and steps of prices."""

    parts: int
    steps: int


FINE, FAIR = Effort(100, 60), Effort(50, 40)
"""What a plan takes up to many stops, and beyond; a benchmark takes the first always."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driving:
    """The driving of all trucks of a type on a day: seconds on the road, and what no rounds with less do."""

    type: str
    day: int
    stops: int
    driven_s: int
    at_least_s: int


def driving(
    plan: AidPlan, roads: Roads, effort: Effort | None = None, windows: tuple[tuple[int, int], ...] = ()
) -> tuple[Driving, ...]:
    """Return by type of truck and day what is driven and what bringing each stop its load takes at least.

    A stop is what one trip unloads at a place. Rounds of the bound leave the base, load at the depot where
    these goods were loaded and end at the base; they go the least ways that a truck may use at any time, hold
    what it does, end with loading, unloading and breaks within the most hours of a truck of the type, and
    take no crew longer than it may drive. For a few stops they are the best such rounds. For more a bound on
    them knows all rounds that hold, as long as these are not too many; else it is the better of two: one
    knows loads, of up to 62 stops to the gram, of more by an `effort` that suits their number where none is
    given, and one knows hours, which is not asked for many; neither knows volume and breaks. Stops at the
    base are left out, for they cost nothing.

    Parameters
    ----------
    windows : seconds in which movement is allowed; none means always.
    """
    trucks = {truck.id: truck for truck in plan.problem.trucks}
    alike: defaultdict[tuple[str, int], list[TruckDay]] = defaultdict(list)
    for truck in plan.problem.trucks:
        alike[truck.type, truck.day].append(truck)
    groups: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
    for chain in plan.trucks:
        groups[trucks[chain.id].type, trucks[chain.id].day].append(chain.id)
    legs, stops = {chain.id: chain.legs for chain in plan.trucks}, _stops(plan)
    driven_s = {
        key: sum(leg.arrive_s - leg.depart_s for name in names for leg in legs[name])
        for key, names in groups.items()
    }
    by_depot: defaultdict[tuple[str, int, int], list[_Stop]] = defaultdict(list)
    for (kind, day), names in sorted(groups.items()):
        for stop in (stop for name in names for stop in stops[name]):
            by_depot[kind, day, stop.depot].append(stop)
    least: Counter[tuple[str, int]] = Counter()
    count: Counter[tuple[str, int]] = Counter()
    cells = CELLS
    order = sorted(by_depot.items(), key=lambda item: (len(item[1]), item[0]))
    for k, ((kind, day, _), rows) in enumerate(order):
        hours = _hours(plan.problem, alike[kind, day], windows)
        crew = _Crew(trucks[groups[kind, day][0]], plan.problem.rules, hours)
        most = cells // 2 if k + 1 < len(order) else cells
        bound = _at_least_s(crew, rows, roads, (driven_s[kind, day], most), effort)
        least[kind, day] += bound.bound
        count[kind, day] += len(rows)
        cells -= bound.cells
    return tuple(
        Driving(type=kind, day=day, stops=count[kind, day], driven_s=driven, at_least_s=least[kind, day])
        for (kind, day), driven in sorted(driven_s.items())
    )


class _Stop(NamedTuple):
    """Where a trip from a depot unloads, and how much: milligrams and microlitres."""

    depot: int
    node: int
    load: Int64


class _Hours(NamedTuple):
    """The most seconds that a truck of a group has and a crew drives; breaks of who needs the fewest."""

    most_s: int
    drive_s: int
    after_s: int
    break_s: int


class _Crew(NamedTuple):
    """A truck like all of a group, and the hours of whoever of them has most."""

    truck: TruckDay
    rules: AidRules
    hours: _Hours


def _hours(problem: AidProblem, trucks: list[TruckDay], windows: tuple[tuple[int, int], ...]) -> _Hours:
    return _Hours(
        most_s=max(most_seconds(problem, truck, windows) for truck in trucks),
        drive_s=max(truck.max_drive_s for truck in trucks),
        after_s=max(1, *(truck.break_after_s for truck in trucks)),
        break_s=min(truck.break_s for truck in trucks),
    )


def _stops(plan: AidPlan) -> dict[str, list[_Stop]]:
    """Return the stops of each truck in the order of its legs."""
    goods = {good.id: good for good in plan.problem.goods}
    node = {need.place: need.node for need in plan.problem.needs}
    depot = {lot.id: lot.node for lot in plan.problem.lots}
    found: dict[str, dict[tuple[str, str], _Stop]] = {chain.id: {} for chain in plan.trucks}
    for row in plan.deliveries:
        load = row.milli * np.array([goods[row.commodity].mass_g, goods[row.commodity].volume_ml])
        one = found[row.truck].get((row.leg, row.place))
        found[row.truck][row.leg, row.place] = _Stop(
            depot[row.lot], node[row.place], load if one is None else one.load + load
        )
    return {name: [stop for _, stop in sorted(rows.items())] for name, rows in found.items()}


def _at_least_s(
    crew: _Crew, stops: list[_Stop], roads: Roads, most: tuple[int, int], effort: Effort | None
) -> Proved:
    """Return the least driving to stops from one depot, and to the farthest of them in any case.

    `most` is what is driven, and how many cells may be looked at.
    """
    cost, (driven_s, cells) = _least_s(crew.truck, stops, roads), most
    # A round to such a stop alone costs nothing, and no other round is longer without it.
    some = np.flatnonzero(cost[0, 1:] + cost[1:, 0])
    stops, ends = [stops[k] for k in some], np.append(0, some + 1)
    if not stops:
        return Proved(0, 0)
    cost = cost[np.ix_(ends, ends)]
    loads, limits = _holds(crew, stops)
    if len(stops) <= MOST_STOPS:
        return Proved(min(least_rounds(cost, loads, limits), driven_s), 0)
    proved = least_of_all_rounds(cost, loads, limits, at_most=driven_s, cells=cells)
    if proved.bound:
        return proved
    return Proved(_by_walks(crew, stops, cost, driven_s, effort), proved.cells)


def _by_walks(crew: _Crew, stops: list[_Stop], cost: Int64, driven_s: int, effort: Effort | None) -> int:
    """Return the better of two bounds that know walks, and not all rounds."""
    farthest_s = int((cost[0, 1:] + cost[1:, 0]).max())
    loads, room = np.array([stop.load[0] for stop in stops]), crew.truck.payload_kg * MG_PER_KG
    bound_s = least_by_prices(cost, loads, room, at_most=driven_s)
    if not bound_s:
        count, steps = effort or (FINE if len(stops) <= MANY_STOPS else FAIR)
        parts = loads * count // room
        some = np.flatnonzero(parts)
        ends = np.append(0, some + 1)
        bound_s = least_driving(cost[np.ix_(ends, ends)], parts[some], count, at_most=driven_s, steps=steps)
    handled_s, most_s = _handling(crew, stops)
    # Each setting looks at every pair of stops at every time, and few settings prove nothing.
    rounds = min(PRICED, PRICED_PAIRS // len(stops) ** 2)
    if rounds < PRICED // 3:
        return max(farthest_s, bound_s)
    in_hours_s = least_in_hours(cost, handled_s, most_s, at_most=driven_s, rounds=rounds)
    return max(farthest_s, bound_s, in_hours_s)


def _holds(crew: _Crew, stops: list[_Stop]) -> tuple[Int64, Limits]:
    """Return mass, volume and handling of stops, and what holds for each round."""
    truck, (handled_s, most_s) = crew.truck, _handling(crew, stops)
    loads = np.array([stop.load for stop in stops], dtype=np.int64).reshape(-1, 2)
    _, *breaks = crew.hours
    limits = Limits(truck.payload_kg * MG_PER_KG, truck.volume_l * UL_PER_L, most_s, *breaks)
    return np.column_stack([loads, handled_s]), limits


def _handling(crew: _Crew, stops: list[_Stop]) -> tuple[Int64, int]:
    """Return the least seconds of loading and unloading by stop, and what a trip has beside its base."""
    rules = crew.rules
    mg = np.array([stop.load[0] for stop in stops], dtype=np.int64)
    handled_s = rules.unload_base_s + mg * (rules.load_s_per_t + rules.unload_s_per_t) // MG_PER_T
    return handled_s, max(0, crew.hours.most_s - rules.load_base_s)


def _least_s(truck: TruckDay, stops: list[_Stop], roads: Roads) -> Int64:
    """Return the least seconds between stops, from the base by way of their depot (row 0) and to the base."""
    nodes = [truck.base_node, *(stop.node for stop in stops)]
    depot = stops[0].depot if stops else truck.base_node
    fetch_s = roads.least_s(truck.weight_kg, truck.base_node)[depot]
    rows = np.array([roads.least_s(truck.weight_kg, at)[nodes] for at in (depot, *nodes[1:])])
    rows[0] += fetch_s
    least: Int64 = np.minimum(rows, FAR_S).astype(np.int64)
    return least

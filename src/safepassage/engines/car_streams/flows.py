"""Who drives where and when, as an earliest-arrival flow in bins of time."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.case import Group
from safepassage.domain.network import Int64
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.car_streams.path_flows import PathFlows, without_rounds
from safepassage.engines.car_streams.streams import car_roads
from safepassage.kernels.flow_over_time import (
    FAR,
    KnownPaths,
    Most,
    Movers,
    SlackNetwork,
    SteadyFlow,
    Sweep,
    flow_paths,
    in_step,
    slack_network,
    sweep,
)

STEADY_EVERY = 3
"""Bins from one steady flow to the next when roads are looked for."""


class EarliestFlows(NamedTuple):
    """Flows, (n_sources,) positions of their places, and (n_arcs,) which roads finer flows are to use.

    These are the roads of the flow itself and those of steady flows: on wide bins a flow takes roads whose
    rounding favours them, and steady flows know every second. `looked_at` counts the points that the search
    looked at.
    """

    flows: PathFlows
    place: Int64
    roads: NDArray[np.bool_]
    looked_at: int


def earliest_flows(
    problem: PlanningProblem,
    direction: str,
    *,
    bin_s: int,
    bins_at_once: int = 1,
    before: EarliestFlows | None = None,
    everywhere: bool = False,
    expired: Callable[[], bool] | None = None,
    most_seen: int = FAR,
) -> EarliestFlows:
    """Return flows of own vehicles to the sites of a direction that come as early as possible.

    Parameters
    ----------
    bin_s
        Seconds of a bin: smaller ones follow the roads more closely and take longer.
    bins_at_once
        As many as possible have arrived by the end of every so many bins.
    before
        What was returned for wider bins: only its roads may be used, and nodes are put in step with its
        flow. None for all arcs.
    everywhere
        All arcs may be used, whatever came before.
    expired
        Asked from time to time; what has no flow by then has none.
    most_seen
        The same once a search has looked at so many points.

    Sites take any number here, and roads are what they are without reports that change with time. Vehicles
    are counted for decided persons, `persons_per_car` to a vehicle. Places that share a node share its flow,
    in the order of the places.
    """
    arcs, rules = problem.network.arcs, problem.rules
    usable = car_roads(problem, direction)
    load = at_once = known = None
    if before is not None:
        known = _known(problem, before)
        load, at_once = _loads(problem, before, bin_s)
        if not everywhere:
            usable &= before.roads
    capacity = np.where(usable, arcs.capacity_mveh_h, 0)
    exits = np.unique([site.node for site in problem.sites(direction)]).astype(np.int64)
    who = _vehicles(problem, direction, set(exits.tolist()))
    nodes = sorted({problem.places[place].node for place in who})
    at_node: dict[int, list[int]] = {node: [] for node in nodes}
    for place in sorted(who):
        at_node[problem.places[place].node].append(place)
    movers = Movers(
        node=np.asarray(nodes, dtype=np.int64),
        release_s=np.asarray([min(problem.places[p].release_s for p in at_node[n]) for n in nodes]),
        vehicles=np.asarray([sum(who[p] for p in at_node[n]) for n in nodes]),
        exits=exits,
    )  # fmt: skip
    network = slack_network((arcs.tail, arcs.head, arcs.travel_s, capacity), problem.network.n_nodes, movers)
    if load is not None and at_once is not None:
        network = in_step(network, load, at_once, bin_s)
    found = sweep(
        network, bin_s, units_mveh=rules.car_units_mveh, known=known, expired=expired,
        bins_at_once=bins_at_once, most=Most(seen=most_seen),
    )  # fmt: skip
    emptied_s = np.full(len(nodes), FAR, dtype=np.int64)
    emptied_s[network.source] = found.emptied_s
    flows = without_rounds(
        PathFlows(**flow_paths(found)._asdict(), emptied_s=emptied_s), arcs.travel_s.astype(np.int64)
    )
    if before is None:
        roads = _steady_roads(network, found, len(arcs))
    else:
        roads = before.roads & (everywhere | (load == 0))
    roads[flows.arcs] = True
    shared, positions = _shared_out(flows, [at_node[node] for node in nodes], who)
    return EarliestFlows(shared, positions, roads, found.seen)


def with_roads_of(found: EarliestFlows, scout: EarliestFlows) -> EarliestFlows:
    """Return flows after which finer ones may also use the roads of a scout."""
    roads = found.roads.copy()
    roads[scout.flows.arcs] = True
    return found._replace(roads=roads)


def _steady_roads(network: SlackNetwork, found: Sweep, n_arcs: int) -> NDArray[np.bool_]:
    """Return (n_arcs,) the roads of steady flows, at a horizon every few bins of a sweep."""
    used = np.zeros(len(network.tail), dtype=bool)
    if len(network.source):
        steady = SteadyFlow(network)
        for stage in range(0, len(found.arrived), STEADY_EVERY):
            horizon_s = (stage + 1) * found.bin_s
            used |= steady.used(horizon_s, found.emptied_s > horizon_s)
    roads = np.zeros(n_arcs, dtype=bool)
    roads[network.raw_arcs[np.repeat(used, np.diff(network.raw_start))]] = True
    return roads


def _known(problem: PlanningProblem, before: EarliestFlows) -> KnownPaths:
    """Return the paths of a flow by the nodes where they begin."""
    flows = before.flows
    node = np.asarray([problem.places[p].node for p in before.place.tolist()], dtype=np.int64)
    return KnownPaths(node[flows.source], flows.depart_s, flows.vehicles, flows.start, flows.arcs)


def _loads(problem: PlanningProblem, before: EarliestFlows, bin_s: int) -> tuple[Int64, Int64]:
    """Return vehicles of a flow by arc, and by node those that leave within a bin of their release."""
    flows, place = before.flows, before.place
    by_arc = np.repeat(flows.vehicles, np.diff(flows.start))
    load = np.bincount(flows.arcs, by_arc, minlength=len(problem.network.arcs)).astype(np.int64)
    node = np.asarray([problem.places[p].node for p in place.tolist()], dtype=np.int64)
    release_s = np.asarray([problem.places[p].release_s for p in place.tolist()], dtype=np.int64)
    soon = flows.depart_s < release_s[flows.source] + bin_s
    who, many = node[flows.source[soon]], flows.vehicles[soon]
    return load, np.bincount(who, many, minlength=problem.network.n_nodes).astype(np.int64)


def _vehicles(problem: PlanningProblem, direction: str, exits: set[int]) -> dict[int, int]:
    """Return vehicles by position of their place; places at an exit need no road."""
    position = {place.id: i for i, place in enumerate(problem.places)}
    persons: dict[int, int] = {}
    for row in problem.demand:
        mine = row.direction == direction and row.group == str(Group.OWN_VEHICLE)
        place = position[row.place]
        node = problem.places[place].node
        if mine and row.basis != "assumption" and row.persons and node >= 0 and node not in exits:
            persons[place] = persons.get(place, 0) + row.persons
    return {place: -(-n // problem.rules.persons_per_car) for place, n in persons.items()}


def _shared_out(
    flows: PathFlows, places_of: list[list[int]], vehicles: dict[int, int]
) -> tuple[PathFlows, Int64]:
    """Return the flows of nodes as flows of places: the vehicles of a node go to its places in turn."""
    places = sorted(vehicles)
    number = {place: i for i, place in enumerate(places)}
    left = dict(vehicles)
    queue = [list(members) for members in places_of]
    node_of = {place: node for node, members in enumerate(places_of) for place in members}
    rows: list[int] = []
    source: list[int] = []
    count: list[int] = []
    for row, (node, wanted) in enumerate(zip(flows.source.tolist(), flows.vehicles.tolist(), strict=True)):
        remaining = wanted
        while remaining:
            place = queue[node][0]
            taken = min(remaining, left[place])
            left[place] -= taken
            remaining -= taken
            rows.append(row)
            source.append(number[place])
            count.append(taken)
            if left[place] == 0:
                queue[node].pop(0)
    picked = np.asarray(rows, dtype=np.int64)
    lengths = np.diff(flows.start)[picked]
    start = np.concatenate([[0], np.cumsum(lengths)])
    within = np.arange(int(start[-1])) - np.repeat(start[:-1], lengths)
    shared = PathFlows(
        source=np.asarray(source, dtype=np.int64), start=start,
        arcs=flows.arcs[np.repeat(flows.start[:-1][picked], lengths) + within],
        depart_s=flows.depart_s[picked], vehicles=np.asarray(count, dtype=np.int64),
        emptied_s=flows.emptied_s[[node_of[place] for place in places]],
    )  # fmt: skip
    return shared, np.asarray(places, dtype=np.int64)

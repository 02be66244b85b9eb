"""Draws evacuation instances from a traffic network: a disc to leave, sources in it, exits around it.

The disc lies around the middle of the network and holds a stated share (quantile) of its nodes. Links that
start in the disc are kept; the nodes outside that they lead to are exits. Up to a stated number of sources
is drawn from the nodes within 0.7 of the radius; the vehicles are shared out among them by log-normal
weights. Sources from which no exit can be reached stay in: their people are unserved.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Int64, Mode, frozen_array
from safepassage.domain.planning_problem import DemandRow, PlacedPlace, PlanningProblem, Rules
from safepassage.domain.timed_network import TimedArcs, TimedNetwork
from safepassage.domain.traffic_network import TrafficNetwork
from safepassage.kernels.graphs.shortest_paths import ArcGraph

DIRECTION = "out"
CORE = 0.7
"""Share of the radius within which sources lie."""
CAR_MVEH = 1000
SECONDS_PER_HOUR = 3600
MOST_MVEH_H = 10**9
"""Links that carry more (some files say "any number" that way) are stated with so much: the inputs' limit."""
_SAMPLED_ROOTS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """What to draw: at most `sources` places (0: every node of the core), `vehicles`, the share in the disc.

    `spread` shares the vehicles evenly over all nodes of the core instead of by log-normal weights.
    """

    seed: int = 0
    sources: int = 400
    vehicles: int = 50_000
    quantile: float = 0.9
    spread: bool = False

    def __post_init__(self) -> None:
        if self.seed < 0 or self.sources < 0 or self.vehicles < 1:
            raise ValueError("seed and sources must not be negative, and there must be a vehicle")
        if not 0 < self.quantile < 1:
            raise ValueError("quantile must lie between 0 and 1")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EvacuationInstance:
    """Vehicles at places of a network, and exits that take any number.

    `sources`, `vehicles` have shape (n_sources,), `exits` (n_exits,); all nodes are positions in `network`,
    which holds the links that start in the disc. `disc` says what distances were measured in.
    """

    network: TrafficNetwork
    sources: Int64
    vehicles: Int64
    exits: Int64
    disc: str

    def __post_init__(self) -> None:
        for name in ("sources", "vehicles", "exits"):
            object.__setattr__(self, name, frozen_array(getattr(self, name), np.int64))
        if len(self.sources) != len(self.vehicles):
            raise ValueError("sources and vehicles must be equally long")


def draw(network: TrafficNetwork, wanted: Draw) -> EvacuationInstance:
    """Return the instance that a seed stands for; the same network and draw give the same instance.

    Raises
    ------
    ValueError
        Where the network has no road with through nodes, or no link leaves the disc.
    """
    roads = _roads_only(network)
    used = np.unique(np.concatenate([roads.links.tail, roads.links.head]))
    if not len(used):
        raise ValueError("no link joins two nodes that may be driven through")
    distance, disc = _distances(roads, used)
    radius = float(np.quantile(distance[used], wanted.quantile))
    inside = distance <= radius
    links = roads.links.take(inside[roads.links.tail])
    exits = np.unique(links.head[~inside[links.head]])
    if not len(exits):
        raise ValueError("no link leads out of the disc; take a smaller quantile")
    rng = np.random.default_rng(wanted.seed)
    core = np.unique(links.tail[distance[links.tail] <= CORE * radius])
    count = len(core) if wanted.spread or not wanted.sources else min(len(core), wanted.sources)
    sources = np.sort(rng.choice(core, count, replace=False))
    weights = np.ones(count) if wanted.spread else rng.lognormal(0.0, 1.0, count)
    vehicles = _shares(weights, wanted.vehicles, rng)
    some = vehicles > 0
    return EvacuationInstance(
        network=replace(roads, links=links), sources=sources[some], vehicles=vehicles[some],
        exits=exits.astype(np.int64),
        disc=disc,
    )  # fmt: skip


def _roads_only(network: TrafficNetwork) -> TrafficNetwork:
    """Return the links between through nodes: centroids and their connectors are no roads."""
    links = network.links
    road = network.through[links.tail] & network.through[links.head] & (links.capacity_mveh_h > 0)
    return replace(network, links=links.take(road))


def _distances(network: TrafficNetwork, used: Int64) -> tuple[NDArray[np.float64], str]:
    """Return each node's distance from the middle: planar, or in seconds where no coordinates are known."""
    known = ~np.isnan(network.x_m[used])
    if known.any():
        x, y = network.x_m, network.y_m
        away = np.hypot(x - np.median(x[used][known]), y - np.median(y[used][known]))
        return np.where(np.isnan(away), 0.0, away), "plane"
    links = network.links
    both = (np.concatenate([links.tail, links.head]), np.concatenate([links.head, links.tail]))
    cost = np.concatenate([links.travel_s, links.travel_s])
    graph = ArcGraph(*both, network.n_nodes, np.ones(len(cost), dtype=bool))
    roots = used[:: max(1, len(used) // _SAMPLED_ROOTS)].tolist()
    total = np.zeros(network.n_nodes)
    for root in roots:
        total += np.minimum(graph.tree(cost, [root]).cost, 1e9)
    middle = int(used[np.argmin(total[used])])
    return graph.tree(cost, [middle]).cost, "travel time"


def _shares(weights: NDArray[np.float64], total: int, rng: np.random.Generator) -> Int64:
    """Return whole numbers near total * weight / sum of weights that add up to `total`."""
    exact = total * weights / weights.sum()
    whole = np.floor(exact).astype(np.int64)
    missing = total - int(whole.sum())
    # Largest remainders first, equal ones in an order drawn at random, or one corner would get them all.
    order = np.lexsort((rng.permutation(len(exact)), whole - exact))
    whole[order[:missing]] += 1
    return np.asarray(whole)


def problem(
    instance: EvacuationInstance, *, horizon_s: int, junction_wait_max_s: int, title: str = "benchmark"
) -> PlanningProblem:
    """Return the instance as a planning problem: one direction, own vehicles, one person to a car."""
    n_sources = len(instance.sources)
    homes = tuple(_place(f"s{i}", "settlement", node, "") for i, node in enumerate(instance.sources.tolist()))
    sites = tuple(_place(f"e{i}", "site", node, DIRECTION) for i, node in enumerate(instance.exits.tolist()))
    return PlanningProblem(
        case_id="benchmark", title=title, exercise=True, epoch="2000-01-01T00:00:00Z",
        as_of="2000-01-01T00:00:00Z", time_zones=(("UTC", 0),), hotline="", notice_languages=(),
        directions=((DIRECTION, "Out of the disc"),),
        network=_timed(instance.network, horizon_s),
        places=(*homes, *sites),
        demand=tuple(
            DemandRow(
                place=f"s{i}", direction=DIRECTION, group="own_vehicle",
                persons=int(instance.vehicles[i]), basis="exercise",
            )
            for i in range(n_sources)
        ),
        fleet=(),
        rules=Rules(
            burst_mveh=CAR_MVEH, burst_persons=1, junction_wait_max_s=junction_wait_max_s,
            exposure_cap_ppm_s=-1, persons_per_car=1, car_units_mveh=CAR_MVEH, car_weight_kg=1500,
            load_base_s=0, load_per_person_s=0, unload_base_s=0, unload_per_person_s=0,
        ),
    )  # fmt: skip


def _place(name: str, kind: str, node: int, direction: str) -> PlacedPlace:
    return PlacedPlace(
        id=name, name=name, kind=kind, node=node, pickup_node=-1, release_s=0, direction=direction,
        capacity_persons=-1,
    )  # fmt: skip


def _timed(network: TrafficNetwork, horizon_s: int) -> TimedNetwork:
    links, n = network.links, len(network.links)
    zeros = np.zeros(network.n_nodes, dtype=np.int32)
    arcs = TimedArcs(
        tail=links.tail, head=links.head, length_m=links.length_m, travel_s=links.travel_s,
        capacity_mveh_h=np.minimum(links.capacity_mveh_h, MOST_MVEH_H), persons_h=np.full(n, -1),
        modes=np.full(n, int(Mode.CAR)), directions=np.ones(n, dtype=np.int64),
        empty_ok=np.ones(n, dtype=bool), max_weight_kg=np.full(n, -1), gate=np.zeros(n, dtype=bool),
        label=links.link,
    )  # fmt: skip
    # Planar coordinates of another datum would be wrong as degrees, and nothing here is drawn on a map.
    return TimedNetwork(
        node_id=network.node_id, lon_e7=zeros, lat_e7=zeros, arcs=arcs, profiles={}, hazard={},
        timetables={}, waiting={}, horizon_s=horizon_s, attribution=network.source.attribution,
        source_sha256=network.source.sha256, schematic=True,
    )  # fmt: skip


def reachable(instance: EvacuationInstance) -> tuple[NDArray[np.bool_], Int64]:
    """Return whether each source reaches an exit, and (n_nodes,) least seconds to an exit (-1: none)."""
    links = instance.network.links
    graph = ArcGraph(
        links.tail, links.head, instance.network.n_nodes, np.asarray(links.capacity_mveh_h > 0, dtype=bool)
    )
    cost = graph.tree(links.travel_s, instance.exits.tolist(), reverse=True).cost
    to_exit = np.where(np.isfinite(cost), cost, -1).astype(np.int64)
    return to_exit[instance.sources] >= 0, to_exit


def single_source_bound_s(instance: EvacuationInstance, to_exit: Int64) -> int:
    """Return the largest second before which some source alone, with all roads to itself, cannot be cleared.

    It is the label cut around one source: least time from the end of each link out of it, and what those
    links let in by then. Every bound worth its name should be larger.
    """
    links = instance.network.links
    order = np.argsort(links.tail, kind="stable")
    start = np.searchsorted(links.tail[order], np.arange(instance.network.n_nodes + 1))
    best = 0
    for node, vehicles in zip(instance.sources.tolist(), instance.vehicles.tolist(), strict=True):
        out = order[start[node] : start[node + 1]]
        out = out[(to_exit[links.head[out]] >= 0) & (links.capacity_mveh_h[out] > 0)]
        if len(out) and to_exit[node] >= 0:
            delay = to_exit[links.head[out]] + links.travel_s[out]
            best = max(best, _cleared_s(delay, links.capacity_mveh_h[out], vehicles))
    return best


def _cleared_s(delay: Int64, capacity: Int64, vehicles: int) -> int:
    """Return the first second by which links with these delays can have let `vehicles` through to an exit."""

    def arrived(t: int) -> int:
        width = np.maximum(0, t + 1 - delay)
        room = capacity * width + SECONDS_PER_HOUR * CAR_MVEH
        return int(np.where(width > 0, room // (SECONDS_PER_HOUR * CAR_MVEH), 0).sum())

    low, high = -1, int(delay.max()) + 1
    while arrived(high) < vehicles:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if arrived(middle) < vehicles else (low, middle)
    return high

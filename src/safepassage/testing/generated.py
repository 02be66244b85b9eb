"""A case of any size on any road network, made up but reproducible: for benchmarks and trials only."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.case import (
    STAYS,
    UNDECIDED,
    Area,
    AreaKind,
    Arrangement,
    ArrangementKind,
    ArrangementStatus,
    BorderStatusWord,
    Case,
    Demand,
    Direction,
    DirectionBasis,
    Group,
    Interval,
    Place,
    PlaceKind,
    Provenance,
    RoadSelector,
    RoadStatus,
    RoadStatusWord,
    SelectorKind,
    Settings,
    VehicleType,
)
from safepassage.domain.network import Mode, RoadClass, RoadNetwork
from safepassage.testing.draws import Draws, apportion

EPOCH = "2024-05-01T03:00:00Z"
AS_OF = "2024-05-01T02:41:00Z"
HORIZON_S = 86_400
INVENTED = Provenance(source="invented by the case generator", as_of=AS_OF, note="exercise")
DIRECTIONS = (Direction(id="to_east", name="To the east"), Direction(id="to_west", name="To the west"))

# Shares of a settlement's people, all invented: nearer direction, other direction, staying, undecided.
_CHOICE_WEIGHTS = (60, 25, 5, 10)
_GROUP_WEIGHTS = {
    Group.OWN_VEHICLE: 450,
    Group.NEEDS_TRANSPORT: 430,
    Group.ASSISTED: 100,
    Group.WHEELCHAIR: 15,
    Group.STRETCHER: 5,
}
_CANDIDATES = 8
_DEPOTS = 4
_EARTH_M = 6_371_008.8


@dataclass(frozen=True, slots=True, eq=False)
class _Ground:
    """The connected part of a network: its node positions and their plane coordinates in metres."""

    network: RoadNetwork
    nodes: NDArray[np.int64]
    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]

    def lon_lat_e7(self, node: int) -> tuple[int, int]:
        return int(self.network.nodes.lon_e7[node]), int(self.network.nodes.lat_e7[node])


def generate_case(
    network: RoadNetwork,
    *,
    persons: int = 20_000,
    settlements: int = 60,
    exits: int = 6,
    buses: int = 120,
    seed: int = 1,
) -> Case:
    """A made-up case whose places lie in the largest strongly connected part of `network`.

    Settlements are spread out and unequal in size; exits are the outermost nodes by bearing, the eastern
    half of them belongs to one direction, the western half to the other. One exit road has a crossing with
    hours and a throughput, one road is closed, one area carries a hazard, one side alone offers another road.

    Raises
    ------
    ValueError
        When a count is out of range or the network is too small for the places.
    """
    if persons < 1 or settlements < 1 or exits < len(DIRECTIONS) or buses < 0:
        raise ValueError(
            "a generated case needs persons, settlements, at least two exits and no negative fleet"
        )
    ground = _ground(network)
    if len(ground.nodes) < settlements + exits + _DEPOTS + 2:
        raise ValueError(
            f"the connected part has {len(ground.nodes)} nodes: too few for the places of this case"
        )
    draws = Draws(seed)
    site_nodes = _exits(ground, exits)
    gate = _before(network, site_nodes[0], avoid=set(site_nodes))
    offered = _before(network, site_nodes[-1], avoid=set(site_nodes))
    homes = _spread(ground, draws, settlements, taken={*site_nodes, gate})
    sites = _sites(ground, site_nodes, persons)
    crossing = _crossing(ground, gate)
    depots = _depots(ground, homes)
    return Case(
        id=f"generated-{seed}",
        title=f"Generated case, seed {seed}: invented places and people on a real road network",
        exercise=True,
        epoch=EPOCH,
        as_of=AS_OF,
        time_zones=(("UTC", 0),),
        directions=DIRECTIONS,
        places=(*_settlements(ground, homes, persons), *sites, crossing, *depots),
        demand=_demand(ground, homes, site_nodes, persons),
        fleet=_fleet(depots, buses),
        arrangements=_arrangements(network, crossing, offered),
        road_statuses=_closure(ground, draws),
        areas=(_hazard(ground, draws),),
        settings=Settings(horizon_s=HORIZON_S),
        attribution=network.source.attribution,
    )


def largest_strong_component(network: RoadNetwork) -> NDArray[np.int64]:
    """The node positions of the largest part in which a bus gets from any node to any other, ascending."""
    arcs = network.arcs
    both = int(Mode.CAR | Mode.BUS)
    usable = ((arcs.modes & both) == both) & (arcs.capacity_mveh_h > 0)
    tail, head = arcs.tail[usable].astype(np.int64), arcs.head[usable].astype(np.int64)
    count = len(network.nodes)
    onward, back = _Neighbours(count, tail, head), _Neighbours(count, head, tail)
    left = np.zeros(count, np.bool_)
    left[tail] = True
    best = np.zeros(count, np.bool_)
    while int(left.sum()) > int(best.sum()):
        start = int(np.flatnonzero(left)[int(left.sum()) // 2])
        strong = onward.reached(start) & back.reached(start)
        if int(strong.sum()) > int(best.sum()):
            best = strong
        left &= ~strong
    return np.flatnonzero(best)


class _Neighbours:
    """Heads of arcs grouped by tail, for searches by frontier."""

    def __init__(self, count: int, tail: NDArray[np.int64], head: NDArray[np.int64]) -> None:
        order = np.argsort(tail, kind="stable")
        self._head = head[order]
        self._start = np.searchsorted(tail[order], np.arange(count + 1))
        self._count = count

    def reached(self, start: int) -> NDArray[np.bool_]:
        """Return which nodes can be reached from `start`, itself included."""
        seen = np.zeros(self._count, np.bool_)
        seen[start] = True
        frontier = np.array([start])
        while len(frontier):
            degree = self._start[frontier + 1] - self._start[frontier]
            offset = np.repeat(self._start[frontier] - np.cumsum(degree) + degree, degree)
            heads = self._head[offset + np.arange(int(degree.sum()))]
            frontier = np.unique(heads[~seen[heads]])
            seen[frontier] = True
        return seen


def _ground(network: RoadNetwork) -> _Ground:
    nodes = largest_strong_component(network)
    if not len(nodes):
        raise ValueError("the network has no road that buses can drive on")
    lon = np.radians(network.nodes.lon_e7[nodes] / 1e7)
    lat = np.radians(network.nodes.lat_e7[nodes] / 1e7)
    x_m = (lon - lon.mean()) * math.cos(float(lat.mean())) * _EARTH_M
    y_m = (lat - lat.mean()) * _EARTH_M
    return _Ground(network, nodes, x_m, y_m)


def _exits(ground: _Ground, count: int) -> list[int]:
    """The outermost node in each of `count` bearings, clockwise from north, on main roads if any."""
    arcs = ground.network.arcs
    main = np.zeros(len(ground.network.nodes), np.bool_)
    on_main = arcs.road_class <= RoadClass.SECONDARY
    main[arcs.tail[on_main]] = True
    main[arcs.head[on_main]] = True
    eligible = main[ground.nodes]
    if int(eligible.sum()) < 4 * count:
        eligible = np.ones(len(ground.nodes), np.bool_)
    chosen: list[int] = []
    for k in range(count):
        bearing = 2 * math.pi * (k + 0.5) / count
        outward = ground.x_m * math.sin(bearing) + ground.y_m * math.cos(bearing)
        position = int(np.argmax(np.where(eligible, outward, -np.inf)))
        eligible = eligible.copy()
        eligible[position] = False
        chosen.append(int(ground.nodes[position]))
    return chosen


def _spread(ground: _Ground, draws: Draws, count: int, *, taken: set[int]) -> list[int]:
    """Nodes far from each other: each is the loneliest of a few candidates (Mitchell's best candidate)."""
    chosen: list[int] = []
    nearest = np.full(len(ground.nodes), np.inf)
    while len(chosen) < count:
        offers = [draws.below(len(ground.nodes)) for _ in range(_CANDIDATES)]
        offers = [i for i in offers if int(ground.nodes[i]) not in taken]
        if not offers:
            continue
        i = max(offers, key=lambda j: float(nearest[j]))
        chosen.append(int(ground.nodes[i]))
        taken.add(chosen[-1])
        nearest = np.minimum(nearest, np.hypot(ground.x_m - ground.x_m[i], ground.y_m - ground.y_m[i]))
    return chosen


def _before(network: RoadNetwork, node: int, *, avoid: set[int]) -> int:
    """The node from which the widest road arrives at `node`; the first such arc wins a tie."""
    into = np.flatnonzero(network.arcs.head == node)
    free = into[~np.isin(network.arcs.tail[into], sorted(avoid))]
    into = free if len(free) else into
    return int(network.arcs.tail[into[int(np.argmax(network.arcs.capacity_mveh_h[into]))]])


def _sizes(persons: int, count: int) -> list[int]:
    """Sizes that fall with the rank, as those of towns do: the k-th has a share of about 1/(k + 4)."""
    return apportion(persons, [1_000_000 // (rank + 5) for rank in range(count)])


def _settlements(ground: _Ground, homes: list[int], persons: int) -> list[Place]:
    sizes = _sizes(persons, len(homes))
    return [
        _place(
            ground, node, f"s{i + 1:03d}", f"Settlement {i + 1}", PlaceKind.SETTLEMENT, population=sizes[i]
        )
        for i, node in enumerate(homes)
    ]


def _place(
    ground: _Ground, node: int, place: str, name: str, kind: PlaceKind, *, population: int | None = None
) -> Place:
    lon, lat = ground.lon_lat_e7(node)
    return Place(
        id=place, name=name, kind=kind, lon_e7=lon, lat_e7=lat, population=population, provenance=INVENTED
    )


def _site_direction(position: int, count: int) -> str:
    """Exits go clockwise from north: the first half lies in the east."""
    return DIRECTIONS[0 if 2 * position < count else 1].id


def _sites(ground: _Ground, nodes: list[int], persons: int) -> list[Place]:
    places = []
    for i, node in enumerate(nodes):
        lon, lat = ground.lon_lat_e7(node)
        places.append(
            Place(
                id=f"x{i + 1:02d}",
                name=f"Exit {i + 1}",
                kind=PlaceKind.RECEPTION_SITE,
                lon_e7=lon,
                lat_e7=lat,
                direction=_site_direction(i, len(nodes)),
                capacity_day_persons=persons,
                capacity_night_persons=persons,
                provenance=INVENTED,
            )
        )
    return places


def _crossing(ground: _Ground, node: int) -> Place:
    lon, lat = ground.lon_lat_e7(node)
    return Place(
        id="gate",
        name="Crossing on the road to exit 1",
        kind=PlaceKind.BORDER_CROSSING,
        node=str(ground.network.nodes.id[node]),
        lon_e7=lon,
        lat_e7=lat,
        persons_h=900,
        vehicles_h=300,
        open_windows=(Interval(from_s=7_200, until_s=50_400),),
        status=BorderStatusWord.OPEN,
        provenance=INVENTED,
    )


def _depots(ground: _Ground, homes: list[int]) -> list[Place]:
    used = homes[:_DEPOTS]
    return [
        _place(ground, node, f"d{i + 1}", f"Depot {i + 1}", PlaceKind.DEPOT) for i, node in enumerate(used)
    ]


def _demand(ground: _Ground, homes: list[int], site_nodes: list[int], persons: int) -> tuple[Demand, ...]:
    answers: list[tuple[int, str]] = []
    sizes: list[int] = []
    for i, size in enumerate(_sizes(persons, len(homes))):
        near = _nearer_direction(ground, homes[i], site_nodes)
        other = next(d.id for d in DIRECTIONS if d.id != near)
        answers += [(i, choice) for choice in (near, other, STAYS, UNDECIDED)]
        sizes += apportion(size, _CHOICE_WEIGHTS)
    by_group = _by_group(sizes)
    return tuple(
        Demand(
            place=f"s{i + 1:03d}",
            direction=choice,
            group=group,
            persons=counts[k],
            basis=DirectionBasis.EXERCISE,
            provenance=INVENTED,
        )
        for k, (i, choice) in enumerate(answers)
        for group, counts in by_group.items()
        if counts[k]
    )


def _by_group(sizes: list[int]) -> dict[Group, list[int]]:
    """Split the people of every row into groups; rare groups first, lest small rows round them away."""
    left, parts = list(sizes), {}
    totals = dict(zip(_GROUP_WEIGHTS, apportion(sum(sizes), list(_GROUP_WEIGHTS.values())), strict=True))
    for group in sorted(_GROUP_WEIGHTS, key=lambda g: _GROUP_WEIGHTS[g]):
        parts[group] = apportion(totals[group], left)
        left = [rest - part for rest, part in zip(left, parts[group], strict=True)]
    return {group: parts[group] for group in _GROUP_WEIGHTS}


def _nearer_direction(ground: _Ground, home: int, site_nodes: list[int]) -> str:
    at = {int(node): i for i, node in enumerate(ground.nodes)}
    here = at[home]

    def distance_m(k: int) -> float:
        there = at[site_nodes[k]]
        dx, dy = ground.x_m[there] - ground.x_m[here], ground.y_m[there] - ground.y_m[here]
        return math.hypot(float(dx), float(dy))

    return _site_direction(min(range(len(site_nodes)), key=distance_m), len(site_nodes))


def _fleet(depots: list[Place], buses: int) -> tuple[VehicleType, ...]:
    """Buses of three kinds, dealt out to the depots; sizes as of common models, numbers invented."""
    kinds = (
        ("bus", 80, 50, 0, 0, 2_500, 18_000),
        ("minibus", 14, 12, 4, 0, 1_500, 5_000),
        ("ambulance", 6, 1, 0, 2, 1_200, 3_500),
    )
    rows = []
    for kind, count in zip(kinds, apportion(buses, [kind[1] for kind in kinds]), strict=True):
        name, _, seats, wheelchair, stretcher, units, weight = kind
        for depot, number in zip(depots, apportion(count, [1] * len(depots)), strict=True):
            if number:
                rows.append(
                    VehicleType(
                        id=f"{name}-{depot.id}",
                        count=number,
                        seats=seats,
                        wheelchair_places=wheelchair,
                        stretcher_places=stretcher,
                        base=depot.id,
                        units_mveh=units,
                        weight_kg=weight,
                        max_duty_s=57_600,
                        assumption=True,
                        provenance=INVENTED,
                    )
                )
    return tuple(rows)


def _arrangements(network: RoadNetwork, crossing: Place, offered: int) -> tuple[Arrangement, ...]:
    lon, lat = int(network.nodes.lon_e7[offered]), int(network.nodes.lat_e7[offered])
    agreed = Arrangement(
        id="agreed",
        kind=ArrangementKind.PAUSE,
        status=ArrangementStatus.AGREED_IN_DETAIL,
        name="Pause at the crossing on the road to exit 1",
        parties=("side one", "side two"),
        windows=(Interval(from_s=10_800, until_s=28_800), Interval(from_s=32_400, until_s=46_800)),
        places=(crossing.id,),
        provenance=INVENTED,
    )
    one_sided = Arrangement(
        id="one-sided",
        kind=ArrangementKind.CORRIDOR,
        status=ArrangementStatus.ANNOUNCED_UNILATERALLY,
        name="Hours announced by one side on the road to the last exit",
        announced_by="side two",
        windows=(Interval(from_s=3_600, until_s=14_400),),
        roads=(RoadSelector(kind=SelectorKind.NEAR, value=f"{lat / 1e7:.7f},{lon / 1e7:.7f}"),),
        provenance=INVENTED,
    )
    return agreed, one_sided


def _closure(ground: _Ground, draws: Draws) -> tuple[RoadStatus, ...]:
    """Close one bridge of the connected part, or one road where no bridge is known."""
    arcs = ground.network.arcs
    inside = np.isin(arcs.tail, ground.nodes) & np.isin(arcs.head, ground.nodes)
    bridges = np.flatnonzero(inside & arcs.bridge & (arcs.road_class <= RoadClass.TERTIARY))
    choice = bridges if len(bridges) else np.flatnonzero(inside)
    link = str(arcs.link[int(choice[draws.below(len(choice))])])
    kind, value = (SelectorKind.WAY, link[4:]) if link.startswith("way/") else (SelectorKind.LINK, link)
    closed = RoadStatus(
        id="closed",
        roads=(RoadSelector(kind=kind, value=value),),
        status=RoadStatusWord.NOT_PASSABLE,
        provenance=INVENTED,
    )
    return (closed,)


def _hazard(ground: _Ground, draws: Draws) -> Area:
    """An octagon off the centre, a tenth of the network's height in radius."""
    lon = ground.network.nodes.lon_e7[ground.nodes]
    lat = ground.network.nodes.lat_e7[ground.nodes]
    node = int(ground.nodes[draws.below(len(ground.nodes))])
    centre = ground.lon_lat_e7(node)
    radius_lat = max(1_000, int(lat.max() - lat.min()) // 10)
    radius_lon = max(1_000, int(lon.max() - lon.min()) // 10)
    # cos and sin of multiples of 45 degrees in thousandths: whole numbers are the same everywhere
    corners = (
        (1000, 0),
        (707, 707),
        (0, 1000),
        (-707, 707),
        (-1000, 0),
        (-707, -707),
        (0, -1000),
        (707, -707),
    )
    ring = [(centre[0] + radius_lon * c // 1000, centre[1] + radius_lat * s // 1000) for c, s in corners]
    return Area(
        id="hazard",
        kind=AreaKind.REPORTED_HAZARD,
        name="Invented hazard",
        polygons=(((*ring, ring[0]),),),
        hazard_low_ppm=5_000,
        hazard_ppm=20_000,
        hazard_high_ppm=60_000,
        interval=Interval(from_s=0, until_s=HORIZON_S // 2),
        provenance=INVENTED,
    )

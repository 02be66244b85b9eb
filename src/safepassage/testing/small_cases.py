"""Small random cases with everything in them: crossings, windows, hazards, link rides, too few vehicles.

They are for property tests and for comparison with exhaustive search. Most are partly unservable on purpose.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256

from safepassage.domain.case import (
    CARER_OF,
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
    TransitLink,
    VehicleType,
)
from safepassage.domain.network import (
    NO_LIMIT,
    Arcs,
    Mode,
    NetworkSource,
    Nodes,
    RoadClass,
    RoadNetwork,
    Shapes,
)
from safepassage.testing.draws import Draws

DIRECTIONS = (Direction(id="east", name="East"), Direction(id="west", name="West"))
INVENTED = Provenance(source="invented by the case generator")
_STEP_E7 = 150_000
"""Spacing of nodes, about 1.5 km."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Street:
    """A stretch of road between two node positions."""

    a: int
    b: int
    oneway: bool
    length_m: int
    travel_s: int
    capacity_mveh_h: int
    persons_h: int
    max_weight_kg: int
    bridge: bool


def random_small_case(seed: int) -> tuple[Case, RoadNetwork]:
    """A case of 4 to 12 nodes and a few dozen people, with its network; the same for the same seed.

    Both are well formed; whether everybody can be served is left to chance.
    """
    draws = Draws(seed)
    network = _network(draws, seed)
    horizon_s = draws.pick((3_600, 7_200, 14_400, 21_600))
    nodes = draws.some(range(len(network.nodes)), len(network.nodes))
    count = min(draws.between(1, 3), len(nodes) - 2)
    homes, rest = nodes[:count], nodes[count:]
    settlements = _settlements(draws, network, homes, horizon_s)
    sites, rest = _sites(draws, network, rest)
    gates = _gates(draws, network, rest, horizon_s)
    extras = _extras(draws, network, rest or homes)
    places = (*settlements, *sites, *gates, *extras)
    case = Case(
        id=f"small-{seed}",
        title=f"Small random case {seed}",
        exercise=True,
        epoch="2024-05-01T03:00:00Z",
        as_of="2024-05-01T02:41:00Z",
        time_zones=(("UTC", 0),),
        directions=DIRECTIONS,
        places=places,
        demand=_demand(draws, settlements),
        fleet=_fleet(draws, places, horizon_s),
        arrangements=_arrangements(draws, network, gates, horizon_s),
        road_statuses=_statuses(draws, network, horizon_s),
        areas=_areas(draws, network, horizon_s),
        transit_links=_transit(draws, settlements, sites, horizon_s),
        settings=_settings(draws, horizon_s),
    )
    return case, network


def with_carers(case: Case, seed: int) -> Case:
    """Return a case in which some of those who need help have carers; the same for the same seed."""
    draws = Draws(seed + 20_000)
    carers = [
        replace(row, group=Group(CARER_OF[row.group]), persons=draws.between(1, row.persons + 1))
        for row in case.demand
        if row.group in CARER_OF and draws.chance(70)
    ]
    return replace(case, demand=(*case.demand, *carers))


def _network(draws: Draws, seed: int) -> RoadNetwork:
    """A grid with some streets left out and some diagonals put in: planar, not always connected."""
    rows, columns = draws.between(2, 3), draws.between(2, 4)
    lon = [
        100_000_000 + _STEP_E7 * (i % columns) + draws.between(-30_000, 30_000) for i in range(rows * columns)
    ]
    lat = [
        500_000_000 + _STEP_E7 * (i // columns) + draws.between(-30_000, 30_000)
        for i in range(rows * columns)
    ]
    pairs = [(i, i + 1) for i in range(rows * columns) if i % columns < columns - 1]
    pairs += [(i, i + columns) for i in range((rows - 1) * columns)]
    kept = [pair for pair in pairs if draws.chance(82)] or pairs
    diagonals = [(i, i + columns + 1) for i in range((rows - 1) * columns) if i % columns < columns - 1]
    kept += [pair for pair in diagonals if draws.chance(15)]
    streets = [_street(draws, a, b) for a, b in kept]
    nodes = Nodes(id=[f"n{i}" for i in range(len(lon))], lon_e7=lon, lat_e7=lat)  # type: ignore[arg-type]
    return _assemble(nodes, streets, seed)


def _street(draws: Draws, a: int, b: int) -> _Street:
    length_m = draws.between(300, 6_000)
    return _Street(
        a=a,
        b=b,
        oneway=draws.chance(8),
        length_m=length_m,
        travel_s=max(1, length_m * 36 // (10 * draws.between(20, 80))),
        capacity_mveh_h=1_000 * draws.pick((6, 20, 60, 150, 600)),
        persons_h=draws.between(20, 200) if draws.chance(5) else NO_LIMIT,
        max_weight_kg=draws.pick((2_500, 6_000, 12_000)) if draws.chance(12) else NO_LIMIT,
        bridge=draws.chance(15),
    )


def _assemble(nodes: Nodes, streets: list[_Street], seed: int) -> RoadNetwork:
    ends: list[tuple[int, int, int, int]] = []  # street, tail, head, twin
    for i, street in enumerate(streets):
        twins = not street.oneway
        ends.append((i, street.a, street.b, len(ends) + 1 if twins else -1))
        if twins:
            ends.append((i, street.b, street.a, len(ends) - 1))
    of = [streets[row[0]] for row in ends]
    zeros = [0] * len(ends)
    columns: dict[str, object] = {
        "tail": [row[1] for row in ends],
        "head": [row[2] for row in ends],
        "twin": [row[3] for row in ends],
        "length_m": [s.length_m for s in of],
        "travel_s": [s.travel_s for s in of],
        "capacity_mveh_h": [s.capacity_mveh_h for s in of],
        "person_capacity_h": [s.persons_h for s in of],
        "max_weight_kg": [s.max_weight_kg for s in of],
        "bridge": [s.bridge for s in of],
        "road_class": [int(RoadClass.SECONDARY)] * len(ends),
        "modes": [int(Mode.road())] * len(ends),
        "link": [f"l{row[0]}" for row in ends],
        "name": zeros,
        "ref": zeros,
    }
    source = NetworkSource(
        kind="generated",
        file_name=f"small-{seed}",
        sha256=sha256(repr((nodes.lon_e7.tolist(), nodes.lat_e7.tolist(), streets)).encode()).hexdigest(),
        reader_version="1",
        attribution="",
        schematic=True,
    )
    shapes = Shapes(start=[0] * (len(ends) + 1), lon_e7=[], lat_e7=[])  # type: ignore[arg-type]
    return RoadNetwork(nodes=nodes, arcs=Arcs(**columns), shapes=shapes, names=("",), source=source)  # type: ignore[arg-type]


def _at(network: RoadNetwork, node: int) -> dict[str, object]:
    """Node id and coordinates of a place."""
    nodes = network.nodes
    return {
        "node": str(nodes.id[node]),
        "lon_e7": int(nodes.lon_e7[node]),
        "lat_e7": int(nodes.lat_e7[node]),
        "provenance": INVENTED,
    }


def _settlements(draws: Draws, network: RoadNetwork, homes: list[int], horizon_s: int) -> list[Place]:
    places = [
        Place(
            id=f"s{i}",
            name=f"Settlement {i}",
            kind=PlaceKind.SETTLEMENT if draws.chance(85) else PlaceKind.INSTITUTION,
            release_s=draws.between(0, horizon_s // 2) if draws.chance(20) else 0,
            **_at(network, node),  # type: ignore[arg-type]
        )
        for i, node in enumerate(homes)
    ]
    if draws.chance(15):
        # Sixty kilometres away: beyond every snap limit.
        far = {"lon_e7": 108_000_000, "lat_e7": 505_000_000, "provenance": INVENTED}
        places.append(Place(id="far", name="Far village", kind=PlaceKind.SETTLEMENT, **far))  # type: ignore[arg-type]
    return places


def _sites(draws: Draws, network: RoadNetwork, rest: list[int]) -> tuple[list[Place], list[int]]:
    """One or two sites on nodes of their own; now and then a direction has none."""
    chosen = list(DIRECTIONS) if draws.chance(85) else [draws.pick(DIRECTIONS)]
    if len(rest) > len(chosen) + 1 and draws.chance(25):
        chosen.append(draws.pick(DIRECTIONS))
    places = []
    for i, direction in enumerate(chosen[: len(rest)]):
        capacity = draws.between(0, 60) if draws.chance(40) else None
        places.append(
            Place(
                id=f"x{i}",
                name=f"Site {i}",
                kind=PlaceKind.RECEPTION_SITE,
                direction=direction.id,
                capacity_night_persons=capacity,
                **_at(network, rest[i]),  # type: ignore[arg-type]
            )
        )
    return places, rest[len(places) :]


def _gates(draws: Draws, network: RoadNetwork, rest: list[int], horizon_s: int) -> list[Place]:
    places = []
    for i, node in enumerate(rest[: draws.pick((0, 1, 1, 2))]):
        some = draws.chance(30)
        places.append(
            Place(
                id=f"g{i}",
                name=f"Crossing {i}",
                kind=draws.pick((PlaceKind.BORDER_CROSSING, PlaceKind.CHECKPOINT)),
                persons_h=draws.between(5, 120) if draws.chance(50) else None,
                vehicles_h=draws.between(2, 60) if draws.chance(60) else None,
                open_windows=_windows(draws, horizon_s) if draws.chance(50) else (),
                directions=(draws.pick(DIRECTIONS).id,) if some else (),
                empty_return=draws.chance(80),
                foot_m=draws.between(100, 1_500) if draws.chance(15) else 0,
                status=draws.pick((*BorderStatusWord, BorderStatusWord.OPEN, BorderStatusWord.OPEN)),
                **_at(network, node),  # type: ignore[arg-type]
            )
        )
    return places


def _extras(draws: Draws, network: RoadNetwork, nodes: list[int]) -> list[Place]:
    """A depot, and sometimes a place where vehicles may wait."""
    depot = Place(id="d0", name="Depot", kind=PlaceKind.DEPOT, **_at(network, draws.pick(nodes)))  # type: ignore[arg-type]
    if not draws.chance(30):
        return [depot]
    waiting = Place(
        id="w0",
        name="Lay-by",
        kind=PlaceKind.WAITING_PLACE,
        storage_vehicles=draws.between(1, 8),
        **_at(network, draws.pick(nodes)),  # type: ignore[arg-type]
    )
    return [depot, waiting]


def _windows(draws: Draws, horizon_s: int) -> tuple[Interval, ...]:
    """One or two disjoint windows; a window may begin before the grid or end after it, never both empty."""
    first = draws.between(0, horizon_s // 2)
    middle = draws.between(first + 600, horizon_s)
    windows = [Interval(from_s=first, until_s=middle)]
    if draws.chance(40):
        windows.append(Interval(from_s=middle + 300, until_s=middle + 300 + draws.between(600, horizon_s)))
    return tuple(windows)


def _demand(draws: Draws, settlements: list[Place]) -> tuple[Demand, ...]:
    rows: dict[tuple[str, str, Group], Demand] = {}
    answers = (DIRECTIONS[0].id, DIRECTIONS[1].id, DIRECTIONS[0].id, DIRECTIONS[1].id, STAYS, UNDECIDED)
    groups = (Group.OWN_VEHICLE, Group.OWN_VEHICLE, Group.NEEDS_TRANSPORT, *tuple(Group)[:5])
    for place in settlements:
        for _ in range(draws.between(1, 4)):
            answer, group = draws.pick(answers), draws.pick(groups)
            heavy = group in {Group.WHEELCHAIR, Group.STRETCHER}
            row = Demand(
                place=place.id,
                direction=answer,
                group=group,
                persons=draws.between(1, 3) if heavy else draws.between(1, 40),
                basis=draws.pick((*DirectionBasis, DirectionBasis.EXERCISE, DirectionBasis.TALLY)),
                provenance=INVENTED,
            )
            rows.setdefault((row.place, row.direction, row.group), row)
    return tuple(rows.values())


def _fleet(draws: Draws, places: tuple[Place, ...], horizon_s: int) -> tuple[VehicleType, ...]:
    bases = [place.id for place in places if place.node]
    rows = []
    for i in range(draws.pick((0, 1, 1, 2, 2, 3))):
        seats, wheelchair, stretcher, units, weight = draws.pick(
            (
                (20, 0, 0, 2_500, 12_000),
                (8, 2, 0, 1_500, 5_000),
                (1, 0, 2, 1_200, 3_500),
                (6, 1, 1, 1_500, 4_000),
            )
        )
        late = draws.chance(20)
        rows.append(
            VehicleType(
                id=f"v{i}",
                count=draws.between(1, 2),
                seats=seats,
                wheelchair_places=wheelchair,
                stretcher_places=stretcher,
                base="d0" if draws.chance(60) else draws.pick(bases),
                units_mveh=units,
                weight_kg=weight,
                available_from_s=draws.between(0, horizon_s // 3) if late else 0,
                available_until_s=draws.between(horizon_s // 2, horizon_s) if draws.chance(20) else None,
                max_duty_s=draws.between(horizon_s // 3, horizon_s) if draws.chance(30) else None,
                provenance=INVENTED,
            )
        )
    return tuple(rows)


def _some_link(draws: Draws, network: RoadNetwork) -> RoadSelector:
    link = str(network.arcs.link[draws.below(len(network.arcs))])
    return RoadSelector(kind=SelectorKind.LINK, value=link)


def _arrangements(
    draws: Draws, network: RoadNetwork, gates: list[Place], horizon_s: int
) -> tuple[Arrangement, ...]:
    rows = []
    for i in range(draws.pick((0, 0, 1, 2))):
        at_gate = bool(gates) and draws.chance(50)
        rows.append(
            Arrangement(
                id=f"a{i}",
                kind=draws.pick(
                    (ArrangementKind.PAUSE, ArrangementKind.CORRIDOR, ArrangementKind.NOTIFICATION)
                ),
                status=draws.pick((*ArrangementStatus, ArrangementStatus.AGREED_IN_DETAIL)),
                parties=("one", "two"),
                windows=_windows(draws, horizon_s) if draws.chance(85) else (),
                roads=() if at_gate else (_some_link(draws, network),),
                places=(draws.pick(gates).id,) if at_gate else (),
                provenance=INVENTED,
            )
        )
    return tuple(rows)


def _statuses(draws: Draws, network: RoadNetwork, horizon_s: int) -> tuple[RoadStatus, ...]:
    # One row per link: statuses that contradict each other are a fault of the case.
    links = list(dict.fromkeys(network.arcs.link.tolist()))
    chosen = draws.some(links, draws.pick((0, 0, 1, 2, 3)))
    return tuple(
        RoadStatus(
            id=f"r{i}",
            roads=(RoadSelector(kind=SelectorKind.LINK, value=link),),
            status=draws.pick(tuple(RoadStatusWord)),
            interval=_windows(draws, horizon_s)[0] if draws.chance(50) else None,
            speed_kmh=draws.between(5, 40) if draws.chance(25) else None,
            capacity_veh_h=draws.between(2, 100) if draws.chance(25) else None,
            max_weight_kg=draws.pick((2_500, 6_000)) if draws.chance(15) else None,
            provenance=INVENTED,
        )
        for i, link in enumerate(chosen)
    )


def _areas(draws: Draws, network: RoadNetwork, horizon_s: int) -> tuple[Area, ...]:
    rows = []
    for i in range(draws.pick((0, 1, 1, 2))):
        node = draws.below(len(network.nodes))
        lon, lat = int(network.nodes.lon_e7[node]), int(network.nodes.lat_e7[node])
        reach = draws.between(30_000, 200_000)
        box = ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
        ppm = draws.between(1_000, 100_000)
        rows.append(
            Area(
                id=f"h{i}",
                kind=AreaKind.NO_GO if draws.chance(15) else AreaKind.REPORTED_HAZARD,
                name=f"Area {i}",
                polygons=((tuple((lon + reach * x, lat + reach * y) for x, y in box),),),
                hazard_low_ppm=ppm // 2,
                hazard_ppm=ppm,
                hazard_high_ppm=ppm * 2,
                interval=_windows(draws, horizon_s)[0] if draws.chance(50) else None,
                provenance=INVENTED,
            )
        )
    return tuple(rows)


def _transit(
    draws: Draws, settlements: list[Place], sites: list[Place], horizon_s: int
) -> tuple[TransitLink, ...]:
    """Now and then a train, boat or path from a settlement to a site or to another settlement."""
    ends = [*sites, *sites, *settlements]
    start = draws.pick(settlements)
    others = [place for place in ends if place.id != start.id]
    if not others or not draws.chance(45):
        return ()
    end = draws.pick(others)
    timed = draws.chance(50)
    departures = sorted({draws.between(0, horizon_s - 1) for _ in range(draws.between(1, 4))})
    link = TransitLink(
        id="t0",
        from_place=start.id,
        to_place=end.id,
        mode=draws.pick(("train", "boat", "foot")),
        travel_s=draws.between(60, horizon_s // 3),
        persons_h=None if timed else draws.between(5, 60),
        timetable=tuple((t, draws.between(1, 30)) for t in departures) if timed else (),
        windows=_windows(draws, horizon_s) if draws.chance(20) else (),
        length_m=draws.between(0, 5_000),
        provenance=INVENTED,
    )
    return (link,)


def _settings(draws: Draws, horizon_s: int) -> Settings:
    return Settings(
        horizon_s=horizon_s,
        persons_per_car=draws.between(1, 4),
        junction_wait_max_s=draws.pick((0, 30, 120)),
        load_base_s=draws.pick((0, 60, 300)),
        load_per_person_s=draws.pick((0, 6)),
        unload_base_s=draws.pick((0, 60, 180)),
        unload_per_person_s=draws.pick((0, 3)),
        exposure_cap_ppm_s=draws.between(100_000, 60_000_000) if draws.chance(25) else None,
        hazard_layer=draws.pick(("low", "central", "central", "high")),
        unknown_use=draws.chance(80),
        restricted_use=draws.chance(90),
        use_unilateral_windows=draws.chance(15),
        use_proposed_windows=draws.chance(15),
        movement_windows=_windows(draws, horizon_s) if draws.chance(20) else (),
        plan_reserves=draws.chance(80),
        load_more_assisted_s=draws.pick((0, 13)),
        load_more_wheelchair_s=draws.pick((0, 122)),
        unload_more_wheelchair_s=draws.pick((0, 122)),
    )

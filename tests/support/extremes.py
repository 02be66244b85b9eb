"""Small random cases with what the generator leaves out: everything at one node, nothing open, odd figures.

Several crossings at one junction, some on foot; assembly points, sites and waiting places on top of them;
trains between any two places, with timetables outside the grid; arrangements for one direction; windows that
never come; vehicles without places; factors and caps at their limits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from safepassage.domain.case import (
    Arrangement,
    ArrangementKind,
    ArrangementStatus,
    BorderStatusWord,
    Case,
    Place,
    PlaceKind,
    Settings,
    TransitLink,
    VehicleType,
)
from safepassage.domain.network import RoadNetwork
from safepassage.testing.draws import Draws
from safepassage.testing.small_cases import random_small_case
from tests.support.sketch import window

GATES = (PlaceKind.BORDER_CROSSING, PlaceKind.CHECKPOINT)


def extreme_case(seed: int) -> tuple[Case, RoadNetwork]:
    """Return a well-formed case made worse, with its network; the same for the same seed."""
    case, network = random_small_case(seed)
    draws, end_s = Draws(seed + 10**9), case.settings.horizon_s
    places = _places(draws, case, network, end_s)
    return replace(
        case,
        places=places,
        transit_links=(*case.transit_links, *_transit(draws, places, end_s)),
        arrangements=(*case.arrangements, *_arrangements(draws, places, end_s)),
        fleet=(*case.fleet, *_fleet(draws, places)),
        settings=_settings(draws, case.settings, end_s),
    ), network


def _places(draws: Draws, case: Case, network: RoadNetwork, end_s: int) -> tuple[Place, ...]:
    def somewhere() -> dict[str, Any]:
        node = draws.below(len(network.nodes))
        lon, lat = int(network.nodes.lon_e7[node]), int(network.nodes.lat_e7[node])
        return {"node": str(network.nodes.id[node]), "lon_e7": lon, "lat_e7": lat}

    places = list(case.places)
    for i in range(draws.between(0, 2)):
        gate = Place(
            id=f"gate{i}", name=f"Gate {i}", kind=draws.pick(GATES), foot_m=draws.pick((0, 0, 200, 700)),
            persons_h=draws.pick((None, 0, 30, 90)), vehicles_h=draws.pick((None, 0, 10, 100)),
            empty_return=draws.chance(70), directions=draws.pick(((), ("east",), ("west", "east"))),
            status=draws.pick(tuple(BorderStatusWord)),
            open_windows=draws.pick(((), (window(-100, end_s // 2),), (window(end_s + 5, end_s + 50),))),
            **somewhere(),
        )  # fmt: skip
        places.append(gate)
    if draws.chance(50):
        places.append(Place(id="square", name="Square", kind=PlaceKind.ASSEMBLY_POINT, **somewhere()))
        places = [
            replace(p, assembly_point="square") if p.kind is PlaceKind.SETTLEMENT and draws.chance(50) else p
            for p in places
        ]
    sites = {"kind": PlaceKind.RECEPTION_SITE, "direction": draws.pick(("east", "west"))}
    if draws.chance(30):
        capacity = draws.pick((None, 0, 7))
        places.append(Place(id="hall", name="Hall", capacity_night_persons=capacity, **sites, **somewhere()))
    if draws.chance(20):
        places.append(Place(id="isle", name="Isle", lon_e7=300_000_000, lat_e7=500_000_000, **sites))
    if draws.chance(20):
        kind = PlaceKind.WAITING_PLACE
        places.append(
            Place(id="layby", name="Lay-by", kind=kind, storage_vehicles=draws.between(0, 3), **somewhere())
        )
    return tuple(places)


def _transit(draws: Draws, places: tuple[Place, ...], end_s: int) -> list[TransitLink]:
    timetables = ((), ((100, 5), (100, 3), (end_s // 2, 20)), ((end_s - 1, 9),), ((end_s + 9, 9),))
    ends = [(draws.pick(places).id, draws.pick(places).id) for _ in range(draws.between(0, 3))]
    return [
        TransitLink(
            id=f"more{i}", from_place=start, to_place=end, mode=draws.pick(("train", "boat", "foot")),
            travel_s=draws.between(1, end_s // 4), persons_h=draws.pick((None, None, 0, 40)),
            timetable=draws.pick(timetables), windows=draws.pick(((), (), (window(end_s // 4, end_s // 2),))),
        )
        for i, (start, end) in enumerate(ends) if start != end
    ]  # fmt: skip


def _arrangements(draws: Draws, places: tuple[Place, ...], end_s: int) -> list[Arrangement]:
    gates = [p.id for p in places if p.kind in GATES]
    return [
        Arrangement(
            id=f"more{i}", kind=ArrangementKind.PAUSE, status=ArrangementStatus.IN_FORCE,
            windows=(window(draws.between(0, end_s // 2), draws.between(end_s // 2 + 1, end_s + 9)),),
            places=(draws.pick(gates),), directions=draws.pick(((), ("west",), ("east",))),
        )
        for i in range(draws.between(0, 2)) if gates
    ]  # fmt: skip


def _fleet(draws: Draws, places: tuple[Place, ...]) -> list[VehicleType]:
    if draws.chance(70):
        return []
    odd = VehicleType(
        id="odd", count=draws.between(0, 1), seats=draws.pick((0, 5)), wheelchair_places=0,
        stretcher_places=draws.pick((0, 1)), base=draws.pick(places).id, units_mveh=draws.pick((100, 20_000)),
        weight_kg=draws.pick((0, 200_000)),
    )  # fmt: skip
    return [odd]


def _settings(draws: Draws, settings: Settings, end_s: int) -> Settings:
    never, halves = (window(end_s + 1, end_s + 9),), (window(0, end_s // 2), window(end_s // 2, end_s))
    return replace(
        settings,
        movement_windows=draws.pick((settings.movement_windows, (), (), never, halves)),
        unknown_speed_permille=draws.pick((700, 0, 1)),
        restricted_capacity_permille=draws.pick((500, 0, 1)),
        exposure_cap_ppm_s=draws.pick((settings.exposure_cap_ppm_s, None, 0, 50_000)),
        exposure_weight=draws.pick((20, 0, 10_000)),
        car_units_mveh=draws.pick((1_000, 100, 10_000)),
        persons_per_car=draws.pick((1, 4, 9)),
    )

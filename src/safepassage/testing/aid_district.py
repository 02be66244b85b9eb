"""A district of any size that gets aid: settlements on a grid of roads, depots, lorries and vans, days."""

from __future__ import annotations

from safepassage.domain.aid.stock import StockLot, Truck
from safepassage.domain.case import (
    STAYS,
    Case,
    Demand,
    Direction,
    DirectionBasis,
    Group,
    Interval,
    Place,
    PlaceKind,
    Settings,
)
from safepassage.domain.network import RoadNetwork
from safepassage.testing.draws import Draws, apportion
from safepassage.testing.grid_roads import grid_network

DAY_S, HOUR_S = 86_400, 3_600
GOODS_MILLI_PERSON_DAY = {
    "drinking_water": 3_000, "water": 8_000, "food_ration": 555, "child_food": 6, "hygiene_soap": 15,
    "medical_kit": 1, "water_container": 200,
}  # fmt: skip
"""Stock for every person and day: enough of all but washing water."""


def aid_district(
    settlements: int, trucks: int, days: int, *, persons: int, arcs: int = 40_000, seed: int = 0
) -> tuple[Case, RoadNetwork]:
    """Return a case in which everybody stays and waits for aid, with its network.

    Trucks drive from 6 to 20 o'clock from two depots, two in three of them lorries of 10 t, the others
    lighter; no more than 10 hours a day.
    """
    draws = Draws(seed)
    network = grid_network(arcs)
    nodes = draws.some(range(len(network.nodes)), settlements + 2)
    sizes = apportion(persons, [draws.between(1, 20) for _ in range(settlements)])
    depots = tuple(_place(network, f"depot{i}", PlaceKind.DEPOT, nodes[i]) for i in range(2))
    homes = tuple(
        _place(network, f"home{i:04d}", PlaceKind.SETTLEMENT, node) for i, node in enumerate(nodes[2:])
    )
    lots = tuple(
        StockLot(
            id=f"{depot.id}-{name}", depot=depot.id, commodity=name,
            quantity_milli=max(1, milli * persons * days // 2),
        )
        for depot in depots
        for name, milli in GOODS_MILLI_PERSON_DAY.items()
    )  # fmt: skip
    lorries, vans = trucks * 2 // 3, trucks - trucks * 2 // 3
    case = Case(
        id="district", title="A district, drawn by lot", exercise=True, epoch="2030-03-04T00:00:00Z",
        as_of="2030-03-04T00:00:00Z", time_zones=(("UTC", 0),),
        directions=(Direction(id="away", name="Away"),), places=(*homes, *depots),
        demand=tuple(
            Demand(place=home.id, direction=STAYS, group=Group.NEEDS_TRANSPORT, persons=size,
                   basis=DirectionBasis.EXERCISE)
            for home, size in zip(homes, sizes, strict=True) if size
        ),
        fleet=(), stock=lots,
        trucks=tuple(
            Truck(id=f"{depot.id}-{kind}", count=count // 2 + (count % 2 if i == 0 else 0), depot=depot.id,
                  payload_kg=payload, volume_l=payload * 4, weight_kg=payload * 2, max_duty_s=10 * HOUR_S)
            for i, depot in enumerate(depots)
            for kind, count, payload in (("lorry", lorries, 10_000), ("van", vans, 3_500))
        ),
        settings=Settings(
            horizon_s=days * DAY_S,
            movement_windows=tuple(
                Interval(from_s=day * DAY_S + 6 * HOUR_S, until_s=day * DAY_S + 20 * HOUR_S)
                for day in range(days)
            ),
        ),
    )  # fmt: skip
    return case, network


def _place(network: RoadNetwork, name: str, kind: PlaceKind, node: int) -> Place:
    return Place(id=name, name=name.capitalize(), kind=kind, node=str(network.nodes.id[node]))

"""Draws small cases by hand: nodes on a grid, roads between them, people, buses and what is reported.

Two directions, `west` (bit 1) and `east` (bit 2). Without further words a road is two-way, takes 60 s and
carries 3,600 cars an hour, and loading takes no time, so that figures can be worked out in the head.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from safepassage.domain.case import (
    Area,
    AreaKind,
    Arrangement,
    ArrangementKind,
    ArrangementStatus,
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

STEP_E7 = 100_000
"""Nodes stand about a kilometre apart, on a line along the equator."""
TABLES = (
    "places", "demand", "fleet", "arrangements", "road_statuses", "areas", "reports", "transit_links",
)  # fmt: skip
PLAIN = Settings(
    horizon_s=7_200,
    persons_per_car=1,
    junction_wait_max_s=0,
    load_base_s=0,
    load_per_person_s=0,
    unload_base_s=0,
    unload_per_person_s=0,
    load_more_assisted_s=0,
    load_more_wheelchair_s=0,
    load_more_stretcher_s=0,
    unload_more_assisted_s=0,
    unload_more_wheelchair_s=0,
    unload_more_stretcher_s=0,
)


def window(from_s: int, until_s: int) -> Interval:
    return Interval(from_s=from_s, until_s=until_s)


def link(*ids: str) -> tuple[RoadSelector, ...]:
    return tuple(RoadSelector(kind=SelectorKind.LINK, value=name) for name in ids)


class Sketch:
    """A case and its network, both growing call by call; roads are called `l0`, `l1` … in order."""

    def __init__(self, n_nodes: int, **settings: Any) -> None:
        self.n_nodes = n_nodes
        self.settings = replace(PLAIN, **settings)
        self.streets: list[dict[str, Any]] = []
        self.rows: dict[str, list[Any]] = {name: [] for name in TABLES}

    # --- roads

    def road(self, a: int, b: int, travel_s: int = 60, cars_h: int = 3_600, **more: Any) -> str:
        row = {"a": a, "b": b, "travel_s": travel_s, "cars_h": cars_h, "oneway": False, "length_m": 1_000}
        row |= {"persons_h": NO_LIMIT, "max_weight_kg": NO_LIMIT, "modes": Mode.road()}
        self.streets.append(row | more)
        return f"l{len(self.streets) - 1}"

    def network(self) -> RoadNetwork:
        ends: list[tuple[int, dict[str, Any], int, int, int]] = []
        for i, s in enumerate(self.streets):
            ends.append((i, s, s["a"], s["b"], -1 if s["oneway"] else len(ends) + 1))
            if not s["oneway"]:
                ends.append((i, s, s["b"], s["a"], len(ends) - 1))
        streets = [row[1] for row in ends]
        columns: dict[str, Any] = {
            "tail": [row[2] for row in ends],
            "head": [row[3] for row in ends],
            "twin": [row[4] for row in ends],
            "length_m": [s["length_m"] for s in streets],
            "travel_s": [s["travel_s"] for s in streets],
            "capacity_mveh_h": [s["cars_h"] * 1_000 for s in streets],
            "person_capacity_h": [s["persons_h"] for s in streets],
            "max_weight_kg": [s["max_weight_kg"] for s in streets],
            "modes": [int(s["modes"]) for s in streets],
            "road_class": [int(RoadClass.SECONDARY)] * len(ends),
            "bridge": [False] * len(ends),
            "link": [f"l{row[0]}" for row in ends],
            "name": [0] * len(ends),
            "ref": [0] * len(ends),
        }
        nodes = Nodes(
            id=[f"n{i}" for i in range(self.n_nodes)],
            lon_e7=[i * STEP_E7 for i in range(self.n_nodes)],
            lat_e7=[0] * self.n_nodes,
        )
        source = NetworkSource(
            kind="drawn", file_name="drawn", sha256="", reader_version="1", attribution="", schematic=True
        )
        shapes = Shapes(start=[0] * (len(ends) + 1), lon_e7=[], lat_e7=[])
        return RoadNetwork(nodes=nodes, arcs=Arcs(**columns), shapes=shapes, names=("",), source=source)

    # --- places, people, vehicles

    def place(self, name: str, node: int, kind: PlaceKind = PlaceKind.SETTLEMENT, **more: Any) -> str:
        point = {"node": f"n{node}", "lon_e7": node * STEP_E7, "lat_e7": 0} if node >= 0 else {}
        self.rows["places"].append(Place(id=name, name=name.capitalize(), kind=kind, **(point | more)))
        return name

    def town(self, name: str, node: int, persons: int = 0, direction: str = "west", **more: Any) -> str:
        self.place(name, node, **more)
        if persons:
            self.people(name, persons, direction)
        return name

    def site(
        self, name: str, node: int, direction: str = "west", capacity: int | None = None, **more: Any
    ) -> str:
        more |= {"direction": direction, "capacity_night_persons": capacity}
        return self.place(name, node, PlaceKind.RECEPTION_SITE, **more)

    def crossing(self, name: str, node: int, **more: Any) -> str:
        return self.place(name, node, PlaceKind.BORDER_CROSSING, **more)

    def people(
        self, place: str, persons: int, direction: str = "west", group: str = Group.OWN_VEHICLE, **more: Any
    ) -> None:
        row = {"place": place, "direction": direction, "group": Group(group), "persons": persons}
        self.rows["demand"].append(Demand(**({"basis": DirectionBasis.TALLY} | row | more)))

    def buses(self, name: str, base: str, count: int = 1, seats: int = 10, **more: Any) -> str:
        row = {"wheelchair_places": 0, "stretcher_places": 0, "units_mveh": 1_000, "weight_kg": 10_000}
        self.rows["fleet"].append(VehicleType(id=name, count=count, seats=seats, base=base, **(row | more)))
        return name

    # --- what is reported and arranged

    def status(self, word: Any, *links: str, **more: Any) -> str:
        name = f"r{len(self.rows['road_statuses'])}"
        self.rows["road_statuses"].append(RoadStatus(id=name, roads=link(*links), status=word, **more))
        return name

    def arrangement(
        self,
        *windows: Interval,
        kind: ArrangementKind = ArrangementKind.PAUSE,
        status: ArrangementStatus = ArrangementStatus.IN_FORCE,
        **more: Any,
    ) -> str:
        row = {"id": f"a{len(self.rows['arrangements'])}", "kind": kind, "status": status, "windows": windows}
        self.rows["arrangements"].append(Arrangement(**(row | more)))
        return str(row["id"])

    def area(
        self,
        from_node: float,
        to_node: float,
        ppm: int = 0,
        *,
        kind: Any = AreaKind.REPORTED_HAZARD,
        **more: Any,
    ) -> str:
        """Add a box over the line of nodes, from one (fractional) node position to another."""
        name = f"h{len(self.rows['areas'])}"
        west, east, half = round(from_node * STEP_E7), round(to_node * STEP_E7), STEP_E7 // 2
        ring = ((west, -half), (east, -half), (east, half), (west, half), (west, -half))
        row = {"id": name, "kind": kind, "name": f"Area {name}", "polygons": ((ring,),)}
        row |= {"hazard_low_ppm": ppm // 2, "hazard_ppm": ppm, "hazard_high_ppm": ppm * 2}
        self.rows["areas"].append(Area(**(row | more)))
        return name

    def transit(
        self, from_place: str, to_place: str, mode: str = "train", travel_s: int = 600, **more: Any
    ) -> str:
        name = f"t{len(self.rows['transit_links'])}"
        row = {"id": name, "from_place": from_place, "to_place": to_place, "mode": mode, "travel_s": travel_s}
        self.rows["transit_links"].append(TransitLink(**(row | more)))
        return name

    def case(self, **more: Any) -> Case:
        head: dict[str, Any] = {
            "id": "drawn",
            "title": "Drawn by hand",
            "exercise": True,
            "epoch": "2024-05-01T03:00:00Z",
            "as_of": "2024-05-01T02:41:00Z",
            "time_zones": (("UTC", 0),),
            "directions": (Direction(id="west", name="West"), Direction(id="east", name="East")),
            "settings": self.settings,
        }
        return Case(**(head | {name: tuple(rows) for name, rows in self.rows.items()} | more))


SAID = Provenance(source="somebody", source_grade="B", information_grade="2", as_of="2024-05-01T02:00:00Z")

"""Reads `plan.json`: the movements and what the plan states about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from safepassage_verify import shape
from safepassage_verify.roads import Int64, int64
from safepassage_verify.shape import (
    COUNT,
    PPM,
    SECONDS,
    TOTAL,
    column,
    flag,
    nullable,
    record,
    row,
    rows,
    shown,
    text,
    whole,
)
from safepassage_verify.snapshot import GROUPS, NO_HISTORY, STAYS, UNDECIDED, Snapshot, no_duplicates
from safepassage_verify.verdict import Findings

_SECOND = whole(0, SECONDS)
_POSITION = whole(0, COUNT)
_PERSONS = whole(0, COUNT)
_ANY = whole(-TOTAL, TOTAL)
_GROUP = shape.one_of(*GROUPS)
_WAITS = rows(row(_POSITION, _SECOND))
_ITEM = record(
    place=text, group=_GROUP, direction=text, persons=whole(1, COUNT), reserve=flag, after=text, site=text
)
_LEG = record(id=text, route=_POSITION, depart_s=_SECOND, waits=_WAITS, arrive_s=_SECOND, load=rows(_ITEM))

MOVEMENTS = {
    "routes": rows(record(from_node=_POSITION, to_node=_POSITION, arcs=column(0, COUNT))),
    "cars": rows(
        record(
            id=text,
            place=text,
            direction=text,
            site=text,
            route=_POSITION,
            reserve=flag,
            departures=shape.departures((0, SECONDS), (0, COUNT), (0, COUNT)),
        )
    ),
    "vehicles": rows(record(id=text, legs=rows(_LEG))),
    "link_rides": rows(record(id=text, arc=_POSITION, depart_s=_SECOND, load=rows(_ITEM))),
}
"""What a plan and the history in the inputs have in common."""

PLAN = record(
    schema=shape.exactly("safepassage.plan/1"),
    class_=shape.exactly("RESTRICTED"),
    case_id=text,
    title=text,
    exercise=flag,
    epoch=text,
    as_of=text,
    horizon_s=_SECOND,
    inputs_sha256=text,
    complete=flag,
    made_with=record(version=text, seed=_ANY, work_limit=_ANY, time_limit_s=nullable(_SECOND)),
    **MOVEMENTS,
    unserved=rows(
        record(place=text, direction=text, group=_GROUP, persons=whole(1, COUNT), reason=text, detail=text)
    ),
    reserves=rows(record(place=text, group=_GROUP, direction=text, persons=_PERSONS, reserved=_PERSONS)),
    directions=rows(
        record(
            name=text,
            persons_demand=_ANY,
            persons_served=_ANY,
            persons_unserved=_ANY,
            persons_reserved=_ANY,
            clearance_s=nullable(_ANY),
            clearance_bound_s=nullable(_ANY),
            gap_ppm=nullable(_ANY),
            bound_kind=text,
            unserved_bound=_ANY,
            exposure_person_ppm_s=_ANY,
            min_share_ppm=_ANY,
        )
    ),
    corridors=rows(
        record(
            id=text,
            direction=text,
            place=text,
            site=text,
            route=_POSITION,
            length_m=_ANY,
            travel_s=_ANY,
            exposure_ppm_s=_ANY,
            capacity_veh_h=_ANY,
            bottleneck_arc=whole(-1, COUNT),
            bottleneck_reason=text,
            alternative=whole(-1, COUNT),
            alternative_shared_ppm=whole(-1, PPM),
            no_alternative=text,
            cut_arcs=column(0, COUNT),
        )
    ),
    hold=rows(record(place=text, persons=_PERSONS, water_l_day=_ANY, food_kg_day=_ANY)),
    basis=rows(record(kind=text, id=text, text=text, source=text, grade=text, as_of=text)),
    modifications=rows(
        record(
            id=text,
            kind=text,
            text=text,
            source=text,
            arcs=column(0, COUNT),
            from_s=_ANY,
            to_s=_ANY,
            used=flag,
        )
    ),
    not_assessed=rows(record(code=text, text=text)),
    binding=rows(record(direction=text, kind=text, text=text, arcs=column(0, COUNT), places=shape.texts)),
)

Waits = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Route:
    """Arcs from one node to another."""

    from_node: int
    to_node: int
    arcs: Int64


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Persons of one kind aboard; `kind` is (place, direction, group, reserve)."""

    kind: tuple[str, str, str, bool]
    persons: int
    after: str
    site: str

    @property
    def key(self) -> tuple[str, str, str]:
        """Place, direction and group."""
        return self.kind[:3]

    @property
    def reserve(self) -> bool:
        """Whether these are undecided persons for whom room is held."""
        return self.kind[3]


@dataclass(frozen=True, slots=True, kw_only=True)
class CarStream:
    """Cars of one place on one route; `departures` are (second, persons, waits)."""

    id: str
    place: str
    direction: str
    site: str
    route: int
    reserve: bool
    departures: tuple[tuple[int, int, Waits], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One ride of a vehicle."""

    id: str
    route: int
    depart_s: int
    waits: Waits
    arrive_s: int
    load: tuple[Item, ...]

    @property
    def persons(self) -> int:
        """Everybody aboard."""
        return sum(item.persons for item in self.load)

    def boarding(self, before: Leg | None) -> dict[str, int]:
        """Return persons by group who did not sit in the vehicle on its leg before."""
        came = "" if before is None else before.id
        return _by_group(item for item in self.load if not came or item.after != came)

    def alighting(self, after: Leg | None) -> dict[str, int]:
        """Return persons by group who are not in the vehicle on its next leg."""
        there = _by_group(self.load)
        stay = _by_group(item for item in after.load if item.after == self.id) if after else {}
        return {group: persons - stay.get(group, 0) for group, persons in there.items()}


def _by_group(items: Iterable[Item]) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in items:
        found[item.kind[2]] = found.get(item.kind[2], 0) + item.persons
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Ride:
    """Persons on one link arc."""

    id: str
    arc: int
    depart_s: int
    load: tuple[Item, ...]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Plan:
    """The movements as values, and `raw`: the parsed file, whose shape was checked."""

    raw: Mapping[str, Any]
    routes: tuple[Route, ...]
    cars: tuple[CarStream, ...]
    vehicles: tuple[tuple[str, tuple[Leg, ...]], ...]
    rides: tuple[Ride, ...]


def read_plan(plan: Any, snapshot: Snapshot | None, findings: Findings) -> Plan | None:
    """Return the plan, or None with what is wrong noted; without a snapshot only the shape is checked."""
    before = findings.total
    if not PLAN(plan, "plan", findings) or snapshot is None:
        return None
    _check_references(plan, snapshot, findings)
    return None if findings.total > before else movements_of(plan)


def movements_of(plan: Mapping[str, Any]) -> Plan:
    """Return the movements of a plan or a history, whose shape and references were checked."""
    return Plan(
        raw=plan,
        routes=tuple(
            Route(from_node=r["from_node"], to_node=r["to_node"], arcs=int64(r["arcs"]))
            for r in plan["routes"]
        ),
        cars=tuple(_stream(stream) for stream in plan["cars"]),
        vehicles=tuple((v["id"], tuple(_leg(leg) for leg in v["legs"])) for v in plan["vehicles"]),
        rides=tuple(
            Ride(id=r["id"], arc=r["arc"], depart_s=r["depart_s"], load=_load(r["load"]))
            for r in plan["link_rides"]
        ),
    )


def _load(items: Sequence[Mapping[str, Any]]) -> tuple[Item, ...]:
    return tuple(
        Item(
            kind=(item["place"], item["direction"], item["group"], item["reserve"]),
            persons=item["persons"],
            after=item["after"],
            site=item["site"],
        )
        for item in items
    )


def _waits(waits: Sequence[Sequence[int]]) -> Waits:
    return tuple((pos, wait_s) for pos, wait_s in waits)


def _stream(stream: Mapping[str, Any]) -> CarStream:
    names = ("id", "place", "direction", "site", "route", "reserve")
    departures = tuple((t, persons, _waits(waits)) for t, persons, waits in stream["departures"])
    return CarStream(**{name: stream[name] for name in names}, departures=departures)


def _leg(leg: Mapping[str, Any]) -> Leg:
    names = ("id", "route", "depart_s", "arrive_s")
    return Leg(**{name: leg[name] for name in names}, waits=_waits(leg["waits"]), load=_load(leg["load"]))


class _References:
    """Checks that what a plan names exists."""

    def __init__(self, plan: Mapping[str, Any], snapshot: Snapshot, findings: Findings) -> None:
        self.findings = findings
        self.places = snapshot.places
        self.directions = {row[0] for row in snapshot.directions}
        self.n_arcs = len(snapshot.roads)
        self.n_nodes = snapshot.roads.n_nodes
        self.route_sizes = [len(route["arcs"]) for route in plan["routes"]]

    def require(self, where: str, what: str, *, holds: bool) -> bool:
        if not holds:
            self.findings.add("REFERENCE", where, f"{what} does not exist")
        self.findings.checked("REFERENCE")
        return holds

    def place(self, name: str, where: str) -> None:
        self.require(where, f"place {shown(name)}", holds=name in self.places)

    def direction(self, name: str, where: str, *, moves: bool = False) -> None:
        if moves and name in (STAYS, UNDECIDED):
            self.findings.add("STAYS", where, f"people whose direction is {name} are moved")
            return
        self.require(where, f"direction {shown(name)}", holds=name in self.directions)

    def arcs(self, arcs: Sequence[int], where: str) -> None:
        self.require(where, "an arc", holds=not arcs or max(arcs) < self.n_arcs)

    def route(self, position: int, where: str, waits: Sequence[Sequence[int]] = ()) -> None:
        if not self.require(where, f"route {position}", holds=position < len(self.route_sizes)):
            return
        self.waits(position, where, waits)

    def waits(self, route: int, where: str, waits: Sequence[Sequence[int]]) -> None:
        """Waits stand before an arc of the route other than the first, in order."""
        if waits and route < len(self.route_sizes):
            positions = [pos for pos, _ in waits]
            holds = positions[0] >= 1 and positions[-1] < self.route_sizes[route]
            holds &= all(a < b for a, b in pairwise(positions))
            self.require(
                where, "the place of a wait (in order, before the second arc or a later one)", holds=holds
            )

    def items(self, items: Sequence[Mapping[str, Any]], where: str) -> None:
        for i, item in enumerate(items):
            self.place(item["place"], f"{where}.load[{i}]")
            self.direction(item["direction"], f"{where}.load[{i}]", moves=True)
            if item["site"]:
                self.place(item["site"], f"{where}.load[{i}]")


def _check_references(plan: Mapping[str, Any], snapshot: Snapshot, findings: Findings) -> None:
    """Note positions and ids that do not exist or occur twice."""
    refer = check_movement_references(plan, snapshot, findings)
    _check_statements(plan, refer)


def check_movement_references(plan: Mapping[str, Any], snapshot: Snapshot, findings: Findings) -> _References:
    """Note what movements name that does not exist or occurs twice."""
    refer = _References(plan, snapshot, findings)
    for i, route in enumerate(plan["routes"]):
        refer.arcs(route["arcs"], f"plan.routes[{i}]")
        ends = max(route["from_node"], route["to_node"])
        refer.require(f"plan.routes[{i}]", "a node", holds=ends < refer.n_nodes)
    _check_movements(plan, snapshot, refer)
    for name in ("cars", "vehicles"):
        no_duplicates([item["id"] for item in plan[name]], f"plan.{name}", findings)
    stages = [leg["id"] for vehicle in plan["vehicles"] for leg in vehicle["legs"]]
    no_duplicates(stages + [ride["id"] for ride in plan["link_rides"]], "plan.legs_and_rides", findings)
    if "" in stages or any(ride["id"] == "" for ride in plan["link_rides"]):
        findings.add("REFERENCE", "plan.legs_and_rides", "a leg or ride needs an id")
    return refer


def _check_movements(plan: Mapping[str, Any], snapshot: Snapshot, refer: _References) -> None:
    for i, stream in enumerate(plan["cars"]):
        where = f"plan.cars[{i}]"
        refer.place(stream["place"], where)
        # Cars that set out before now and cannot reach a site have none.
        if stream["site"] or snapshot.now_s == NO_HISTORY:
            refer.place(stream["site"], where)
        refer.direction(stream["direction"], where, moves=True)
        refer.route(stream["route"], where)
        for k, departure in enumerate(stream["departures"]):
            if departure[2]:
                refer.waits(stream["route"], f"{where}.departures[{k}]", departure[2])
    for i, vehicle in enumerate(plan["vehicles"]):
        name = f"vehicle {shown(vehicle['id'])}"
        refer.require(f"plan.vehicles[{i}]", name, holds=vehicle["id"] in snapshot.fleet)
        for k, leg in enumerate(vehicle["legs"]):
            refer.route(leg["route"], f"plan.vehicles[{i}].legs[{k}]", leg["waits"])
            refer.items(leg["load"], f"plan.vehicles[{i}].legs[{k}]")
    for i, ride in enumerate(plan["link_rides"]):
        refer.arcs([ride["arc"]], f"plan.link_rides[{i}]")
        refer.items(ride["load"], f"plan.link_rides[{i}]")


def _check_statements(plan: Mapping[str, Any], refer: _References) -> None:
    for name in ("unserved", "reserves"):
        for i, line in enumerate(plan[name]):
            refer.place(line["place"], f"plan.{name}[{i}]")
            refer.direction(line["direction"], f"plan.{name}[{i}]")
    for i, corridor in enumerate(plan["corridors"]):
        where = f"plan.corridors[{i}]"
        refer.place(corridor["place"], where)
        refer.place(corridor["site"], where)
        refer.direction(corridor["direction"], where)
        refer.route(corridor["route"], where)
        if corridor["alternative"] >= 0:
            refer.route(corridor["alternative"], where)
        refer.arcs([*corridor["cut_arcs"], corridor["bottleneck_arc"]], where)
    for i, line in enumerate(plan["hold"]):
        refer.place(line["place"], f"plan.hold[{i}]")
    for i, line in enumerate(plan["modifications"]):
        refer.arcs(line["arcs"], f"plan.modifications[{i}]")
    for i, line in enumerate(plan["binding"]):
        refer.direction(line["direction"], f"plan.binding[{i}]")
        refer.arcs(line["arcs"], f"plan.binding[{i}]")
        for place in line["places"]:
            refer.place(place, f"plan.binding[{i}]")

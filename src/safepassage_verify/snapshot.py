"""Reads `inputs.json`: the snapshot of case and network that a plan was made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from safepassage_verify import shape
from safepassage_verify.network import NETWORK, read_roads
from safepassage_verify.roads import Roads
from safepassage_verify.shape import (
    COUNT,
    PLACES,
    SECONDS,
    UNITS,
    flag,
    instant,
    record,
    row,
    rows,
    text,
    whole,
)
from safepassage_verify.verdict import Findings

CARERS = {"assisted": "carer_assisted", "wheelchair": "carer_wheelchair", "stretcher": "carer_stretcher"}
"""Who sits beside the persons of a group and travels with them."""
GROUPS = ("own_vehicle", "needs_transport", *CARERS, *CARERS.values())
COMMODITY = {
    "own_vehicle": "cars",
    "needs_transport": "seated",
    "assisted": "seated",
    "wheelchair": "wheelchair",
    "stretcher": "stretcher",
    **dict.fromkeys(CARERS.values(), "seated"),
}
"""The commodity of a bound by group: what carries people, or the kind of place they need."""
CARRIED = ("seated", "wheelchair", "stretcher")
"""Commodities that need a place in a vehicle of the fleet."""
OWN_VEHICLE = "own_vehicle"
BASES = ("tally", "survey", "assumption", "exercise")
UNDECIDED = "undecided"
STAYS = "stays"
_MOST_DIRECTIONS = 60
NO_HISTORY = -1
"""`now_s` of inputs without a history: nothing has happened yet."""

_SECOND = whole(0, SECONDS)
_LIMIT = whole(-1, SECONDS)
_NODE = whole(0, COUNT)
_MAYBE_NODE = whole(-1, COUNT)
_PERSONS = whole(0, COUNT)
_SEATS = whole(0, PLACES)
_PERCENT = 100

_CAP = whole(0, shape.PPM * SECONDS)
_RULES = {
    "burst_mveh": whole(0, UNITS),
    "burst_persons": whole(0, UNITS),
    "junction_wait_max_s": _SECOND,
    "exposure_cap_ppm_s": whole(-1, shape.PPM * SECONDS),
    "persons_per_car": whole(1, PLACES),
    "car_units_mveh": whole(1, UNITS),
    "car_weight_kg": whole(0, UNITS),
    "load_base_s": _SECOND,
    "load_per_person_s": _SECOND,
    "unload_base_s": _SECOND,
    "unload_per_person_s": _SECOND,
}

_CLOCK_CHANGE = record(at_s=_SECOND, offset_s=whole(-SECONDS, SECONDS))
_HELP_TIMES = rows(record(group=shape.one_of(*GROUPS), load_s=_SECOND, unload_s=_SECOND))

INPUTS = record(
    schema=shape.exactly("safepassage.inputs/1"),
    class_=shape.exactly("RESTRICTED"),
    case_id=text,
    title=text,
    exercise=flag,
    epoch=instant,
    as_of=instant,
    horizon_s=whole(1, SECONDS),
    directions=rows(record(id=text, name=text)),
    network=NETWORK,
    places=rows(
        record(
            id=text,
            name=text,
            kind=text,
            node=_MAYBE_NODE,
            pickup_node=_MAYBE_NODE,
            release_s=_SECOND,
            direction=text,
            capacity_persons=whole(-1, COUNT),
        )
    ),
    demand=rows(
        record(
            place=text,
            direction=text,
            group=shape.one_of(*GROUPS),
            persons=_PERSONS,
            basis=shape.one_of(*BASES),
        )
    ),
    fleet=rows(
        record(
            id=text,
            type=text,
            base_node=_NODE,
            seats=_SEATS,
            wheelchair=_SEATS,
            stretcher=_SEATS,
            units_mveh=whole(1, UNITS),
            weight_kg=whole(0, UNITS),
            available_from_s=_SECOND,
            available_until_s=_LIMIT,
            max_duty_s=_LIMIT,
        )
    ),
    rules=record(**_RULES, movement_windows=rows(row(_SECOND, _SECOND))),
    time_zones=rows(record(label=text, offset_s=whole(-SECONDS, SECONDS))),
    notice=record(hotline=text, languages=shape.texts),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place on the network; -1 stands for no node and for no stated capacity."""

    id: str
    node: int
    pickup_node: int
    release_s: int
    direction: str
    capacity_persons: int
    exposure_cap_ppm_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """One vehicle of the fleet; -1 stands for no limit."""

    id: str
    base_node: int
    seats: int
    wheelchair: int
    stretcher: int
    units_mveh: int
    weight_kg: int
    available_from_s: int
    available_until_s: int
    max_duty_s: int

    @property
    def places(self) -> int:
        """Persons it carries at once."""
        return self.seats + self.wheelchair + self.stretcher

    def places_of(self, commodity: str) -> int:
        """Return the places of one kind: `seated`, `wheelchair` or `stretcher`."""
        return {"seated": self.seats, "wheelchair": self.wheelchair, "stretcher": self.stretcher}[commodity]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The numbers of the model."""

    burst_mveh: int
    burst_persons: int
    junction_wait_max_s: int
    exposure_cap_ppm_s: int
    persons_per_car: int
    car_units_mveh: int
    car_weight_kg: int
    load_base_s: int
    load_per_person_s: int
    unload_base_s: int
    unload_per_person_s: int
    movement_windows: tuple[tuple[int, int], ...]
    help_times: Mapping[str, tuple[int, int]]

    def loading_s(self, persons: int, boarding: Mapping[str, int]) -> int:
        """Return the seconds of loading with `persons` aboard; `boarding` get on, by group."""
        more = sum(n * self.help_times[group][0] for group, n in boarding.items() if group in self.help_times)
        return self.load_base_s + self.load_per_person_s * persons + more if persons else 0

    def unloading_s(self, persons: int, alighting: Mapping[str, int]) -> int:
        """Return the seconds of unloading `persons`, of whom `alighting` get off, by group."""
        more = sum(
            n * self.help_times[group][1] for group, n in alighting.items() if group in self.help_times
        )
        return self.unload_base_s + self.unload_per_person_s * persons + more if persons else 0

    def longest_loading_s(self, vehicle: Vehicle) -> int:
        """Return the seconds it takes to fill a vehicle with those who take longest."""
        slowest = max((load_s for load_s, _ in self.help_times.values()), default=0)
        return self.loading_s(vehicle.places, {}) + vehicle.places * slowest

    def of_group(self, group: str) -> tuple[int, int]:
        """Return the seconds that one person of a group needs to board, and to get off."""
        load_s, unload_s = self.help_times.get(group, (0, 0))
        return self.load_per_person_s + load_s, self.unload_per_person_s + unload_s

    def of_kind(self, commodity: str) -> tuple[int, int]:
        """Return the least seconds that anybody who needs a kind of place takes to board, and to get off."""
        times = [self.of_group(group) for group in GROUPS if COMMODITY[group] == commodity]
        return min(load_s for load_s, _ in times), min(unload_s for _, unload_s in times)


Key = tuple[str, str, str]
"""Place, direction and group."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Snapshot:
    """The inputs, read and consistent.

    `decided` has persons per (place, direction, group), `undecided` per (place, group); `present` are all
    persons of a place. `header` holds the fields that the plan copies. `now_s` is when history ends;
    `under_way` names the places that stand for people on the road then.
    """

    header: Mapping[str, Any]
    horizon_s: int
    directions: tuple[tuple[str, str], ...]
    roads: Roads
    places: Mapping[str, Place]
    decided: Mapping[Key, int]
    undecided: Mapping[tuple[str, str], int]
    present: Mapping[str, int]
    fleet: Mapping[str, Vehicle]
    rules: Rules
    now_s: int = NO_HISTORY
    under_way: frozenset[str] = frozenset()

    def bit(self, direction: str) -> int:
        """Return the permission bit of a direction."""
        return 1 << [row[0] for row in self.directions].index(direction)

    def sites(self, direction: str) -> list[Place]:
        """Return the reception sites of a direction that lie on the network."""
        return [place for place in self.places.values() if place.direction == direction and place.node >= 0]

    def origin(self, key: Key) -> int:
        """Return the node where a group of a place starts, -1 for none."""
        place = self.places[key[0]]
        return place.node if key[2] == OWN_VEHICLE else place.pickup_node


def read_snapshot(inputs: Any, findings: Findings) -> Snapshot | None:
    """Return the snapshot, or None with what is wrong noted."""
    before = findings.total
    if not INPUTS(inputs, "inputs", findings):
        return None
    for i, place in enumerate(inputs["places"]):
        if "exposure_cap_ppm_s" in place:
            _CAP(place["exposure_cap_ppm_s"], f"inputs.places[{i}].exposure_cap_ppm_s", findings)
    _HELP_TIMES(inputs["rules"].get("help_times", []), "inputs.rules.help_times", findings)
    if "clock_change" in inputs:
        _CLOCK_CHANGE(inputs["clock_change"], "inputs.clock_change", findings)
    if findings.total > before:
        return None
    _check_references(inputs, findings)
    if findings.total > before:
        return None
    rules = inputs["rules"]
    windows = tuple((a, b) for a, b in rules["movement_windows"])
    roads = read_roads(inputs["network"], inputs["horizon_s"], windows, findings)
    if roads is None:
        return None
    decided, undecided, present = _people(inputs)
    names = ("case_id", "title", "exercise", "epoch", "as_of", "horizon_s")
    return Snapshot(
        header={name: inputs[name] for name in names},
        horizon_s=inputs["horizon_s"],
        directions=tuple((d["id"], d["name"]) for d in inputs["directions"]),
        roads=roads,
        places={p["id"]: _place(p) for p in inputs["places"]},
        decided=decided,
        undecided=undecided,
        present=present,
        fleet={v["id"]: Vehicle(**{name: v[name] for name in Vehicle.__slots__}) for v in inputs["fleet"]},
        rules=Rules(
            **{name: rules[name] for name in _RULES},
            movement_windows=windows,
            help_times={
                row["group"]: (row["load_s"], row["unload_s"]) for row in rules.get("help_times", ())
            },
        ),
    )


def _place(row: Mapping[str, Any]) -> Place:
    return Place(**{name: row[name] for name in Place.__slots__ if name in row})


def _check_spare_seats(inputs: Mapping[str, Any], findings: Findings) -> None:
    """Note vehicles that keep fewer seats free than the rule says, in percent of the seats planned for."""
    percent = inputs["rules"].get("spare_seat_percent", 0)
    if not whole(0, _PERCENT)(percent, "inputs.rules.spare_seat_percent", findings) or not percent:
        return
    for i, vehicle in enumerate(inputs["fleet"]):
        where, spare = f"inputs.fleet[{i}].spare_seats", vehicle.get("spare_seats", 0)
        if _SEATS(spare, where, findings):
            message = f"{spare} seats are kept free beside {vehicle['seats']}, the rule says {percent} %"
            kept = _PERCENT * spare >= percent * vehicle["seats"]
            findings.require("SPARE_SEATS", where, holds=kept, message=message)


def _check_references(inputs: Mapping[str, Any], findings: Findings) -> None:
    """Note ids that occur twice and ids and nodes that do not exist."""
    n_nodes = len(inputs["network"]["nodes"]["id"])
    directions = [d["id"] for d in inputs["directions"]]
    for name in ("directions", "places", "fleet"):
        no_duplicates([item["id"] for item in inputs[name]], f"inputs.{name}", findings)
    holds = len(directions) <= _MOST_DIRECTIONS and not {UNDECIDED, STAYS, ""} & set(directions)
    findings.require(
        "INPUTS", "inputs.directions", holds=holds, message="too many directions, or a reserved id"
    )
    _check_spare_seats(inputs, findings)
    helped = [row["group"] for row in inputs["rules"].get("help_times", ())]
    no_duplicates(helped, "inputs.rules.help_times", findings)
    places = {place["id"] for place in inputs["places"]}
    for i, place in enumerate(inputs["places"]):
        holds = place["direction"] in ("", *directions) and max(place["node"], place["pickup_node"]) < n_nodes
        findings.require(
            "REFERENCE", f"inputs.places[{i}]", holds=holds, message="its direction or a node does not exist"
        )
    for i, demand in enumerate(inputs["demand"]):
        holds = demand["place"] in places and demand["direction"] in (UNDECIDED, STAYS, *directions)
        findings.require(
            "REFERENCE", f"inputs.demand[{i}]", holds=holds, message="its place or direction does not exist"
        )
    for i, vehicle in enumerate(inputs["fleet"]):
        holds = vehicle["base_node"] < n_nodes
        findings.require(
            "REFERENCE", f"inputs.fleet[{i}]", holds=holds, message="its base node does not exist"
        )
    end = 0
    for i, (a, b) in enumerate(inputs["rules"]["movement_windows"]):
        where = f"inputs.rules.movement_windows[{i}]"
        findings.require("INPUTS", where, holds=end <= a < b, message="windows must be disjoint and in order")
        end = b


def no_duplicates(ids: list[str], where: str, findings: Findings) -> None:
    """Note every id that occurs a second time."""
    seen: set[str] = set()
    for i, name in enumerate(ids):
        findings.require(
            "REFERENCE",
            f"{where}[{i}]",
            holds=name not in seen,
            message=f"{shape.shown(name)} is here a second time",
        )
        seen.add(name)


def _people(inputs: Mapping[str, Any]) -> tuple[dict[Key, int], dict[tuple[str, str], int], dict[str, int]]:
    """Return decided, undecided and present persons; those only assumed to choose are undecided."""
    decided: dict[Key, int] = {}
    undecided: dict[tuple[str, str], int] = {}
    present: dict[str, int] = {}
    for line in inputs["demand"]:
        place, direction, group, persons = (line[k] for k in ("place", "direction", "group", "persons"))
        present[place] = present.get(place, 0) + persons
        if line["basis"] == "assumption" or direction == UNDECIDED:
            undecided[place, group] = undecided.get((place, group), 0) + persons
        elif direction != STAYS:
            decided[place, direction, group] = decided.get((place, direction, group), 0) + persons
    return decided, undecided, present

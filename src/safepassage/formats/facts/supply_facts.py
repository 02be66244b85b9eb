"""What a plan uses: vehicles, and the tightest stretches of road."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from safepassage.domain.release import Release
from safepassage.formats.facts.local_clock import LocalClock
from safepassage.formats.facts.movements import Movements
from safepassage.formats.facts.register import Register

_MOST_BARS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleFacts:
    """Vehicles of one type: how many there are, how many move, what they carry."""

    type: str
    count: int
    used: int
    seats: int
    wheelchair: int
    stretcher: int
    loaded_legs: int
    empty_legs: int
    persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BottleneckFacts:
    """One tight stretch of road: how full it is in its busiest hour, and how many persons pass."""

    name: str
    percent: int
    persons: int
    busiest: str
    marks: tuple[tuple[int, str], ...]
    binding: bool


def vehicles(release: Release, movements: Movements) -> tuple[VehicleFacts, ...]:
    """Return the fleet by type; a type is one name with one set of places."""
    kinds: dict[tuple[Any, ...], list[str]] = {}
    for row in release.inputs["fleet"]:
        key = (row["type"], row["seats"], row["wheelchair"], row["stretcher"])
        kinds.setdefault(key, []).append(row["id"])
    legs: dict[str, list[int]] = {}
    for ride in movements.rides:
        if ride.vehicle:
            legs.setdefault(ride.vehicle, []).append(ride.persons)
    return tuple(_vehicle_type(key, ids, legs) for key, ids in kinds.items())


def _vehicle_type(key: tuple[Any, ...], ids: list[str], legs: Mapping[str, list[int]]) -> VehicleFacts:
    loads = [persons for vehicle in ids for persons in legs.get(vehicle, ())]
    return VehicleFacts(
        type=key[0],
        count=len(ids),
        used=sum(vehicle in legs for vehicle in ids),
        seats=key[1],
        wheelchair=key[2],
        stretcher=key[3],
        loaded_legs=sum(persons > 0 for persons in loads),
        empty_legs=sum(persons == 0 for persons in loads),
        persons=sum(loads),
    )


def bottlenecks(
    release: Release, register: Register, movements: Movements, clock: LocalClock
) -> tuple[BottleneckFacts, ...]:
    """Return the tightest stretches in use, one per name, those that the bound names first."""
    binding = {arc for row in release.plan["binding"] for arc in row["arcs"]}
    hours = {arc: movements.busiest_hour(arc) for arc, use in movements.arc_use.items() if use.persons}
    ranked = sorted(
        hours, key=lambda arc: (arc not in binding, -hours[arc][0], -movements.arc_use[arc].persons, arc)
    )
    found: dict[str, BottleneckFacts] = {}
    for arc in ranked:
        name, use, (used, start) = register.road(arc), movements.arc_use[arc], hours[arc]
        if name not in found and len(found) < _MOST_BARS:
            found[name] = BottleneckFacts(
                name=name,
                percent=used // 10_000,
                persons=use.persons,
                busiest=clock.hour(start),
                marks=tuple(
                    (i, register.mark(i)) for i, persons in sorted(use.by_direction.items()) if persons
                ),
                binding=arc in binding,
            )
    return tuple(found.values())

"""The schedule as rows to work with: waves of cars, one row per leg of a bus, one per link ride."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from safepassage.domain.case import Group
from safepassage.domain.release import Audience, Release
from safepassage.formats.containers.markup import printable
from safepassage.formats.facts.local_clock import LocalClock, Zone
from safepassage.formats.facts.movements import CarGroup, Movements, Ride
from safepassage.formats.facts.register import Register

WAVE_S = 600
"""Cars of one place, direction and route that leave within this many seconds are one row."""

Cell = str | int | datetime

# OWASP "CSV Injection": spreadsheet programs read cells that begin so as formulas; full-width forms too.
_FORMULA_START = re.compile(r"[\s\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_TIMES = ("first_departure", "last_departure", "last_arrival")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRow:
    """One wave of cars, one leg of a vehicle or one link ride; seconds are grid seconds."""

    movement: str
    id: str
    direction: str
    from_name: str
    to_name: str
    first_departure_s: int
    last_departure_s: int
    last_arrival_s: int
    vehicle: str
    vehicles: int
    persons: dict[str, int] = field(default_factory=dict)
    reserve_persons: int = 0
    corridor: str = ""


def harmless(text: object) -> str:
    """Return text that no spreadsheet program takes for a formula, by a leading apostrophe where needed."""
    clean = printable(text)
    return f"'{clean}" if _FORMULA_START.match(clean) else clean


class ScheduleRows:
    """The rows of a released plan in order of departure, and the columns to print them in."""

    def __init__(self, release: Release) -> None:
        release.require(Audience.PLANNING_TEAM)
        self._release = release
        self._register = Register(release)
        self.clock = LocalClock.of(release.inputs)
        self._routes = release.plan["routes"]
        movements = Movements(release, self._register, counts_arcs=False)
        self._corridor_of = {
            (row["place"], self._register.direction(row["direction"]), row["route"]): row["id"]
            for row in release.plan["corridors"]
        }
        rows = [row for group in movements.cars for row in self._waves(group)]
        rows += [self._ride(ride) for ride in movements.rides]
        self.rows = tuple(sorted(rows, key=lambda row: (row.first_departure_s, row.movement, row.id)))

    def _waves(self, group: CarGroup) -> Iterator[ScheduleRow]:
        row, slots = group.row, group.depart_s // WAVE_S
        place, direction = row["place"], self._register.direction(row["direction"])
        end = self._routes[row["route"]]["to_node"]
        for slot in np.unique(slots).tolist():
            wave = slots == slot
            persons = int(group.persons[wave].sum())
            yield ScheduleRow(
                movement="own cars",
                id=f"{row['id']}/{slot}",
                direction=self._register.direction_name(direction),
                from_name=self._register.place(place),
                to_name=self._names([row["site"]] if row["site"] else [], end),
                first_departure_s=int(group.depart_s[wave].min()),
                last_departure_s=int(group.depart_s[wave].max()),
                last_arrival_s=int(group.arrive_s[wave].max()),
                vehicle="",
                vehicles=int(wave.sum()),
                persons={} if row["reserve"] else {Group.OWN_VEHICLE.value: persons},
                reserve_persons=persons if row["reserve"] else 0,
                corridor=self._corridor_of.get((place, direction, row["route"]), ""),
            )

    def _ride(self, ride: Ride) -> ScheduleRow:
        persons: dict[str, int] = {}
        for item in ride.load:
            if not item["reserve"]:
                persons[item["group"]] = persons.get(item["group"], 0) + item["persons"]
        names = {self._register.direction_name(item["direction"]): None for item in ride.load}
        corridors = {
            self._corridor_of.get(
                (item["place"], self._register.direction(item["direction"]), ride.route), ""
            )
            for item in ride.load
        }
        return ScheduleRow(
            movement=ride.mode if ride.load else f"{ride.mode}, empty",
            id=ride.id,
            direction=", ".join(names),
            from_name=self._names([item["place"] for item in ride.load if not item["after"]], ride.from_node),
            to_name=self._names([item["site"] for item in ride.load if item["site"]], ride.to_node),
            first_departure_s=ride.depart_s,
            last_departure_s=ride.depart_s,
            last_arrival_s=ride.arrive_s,
            vehicle=ride.vehicle,
            vehicles=1,
            persons=persons,
            reserve_persons=sum(item["persons"] for item in ride.load if item["reserve"]),
            corridor=", ".join(sorted(corridors - {""})),
        )

    def _names(self, places: list[str], node: int) -> str:
        """Name the places where people get on or off; without any, what lies at the node."""
        names = dict.fromkeys(self._register.place(place) for place in places)
        return ", ".join(names) or self._register.node(node)

    @property
    def header(self) -> tuple[str, ...]:
        """Column names; times stand once in UTC and once in every zone of the case."""
        zones = [*(zone.label for zone in self.clock.zones if zone.offset_s or zone.label != "UTC"), "UTC"]
        times = [f"{time} {zone}" for zone in zones for time in _TIMES]
        groups = [f"persons {group.value}" for group in Group]
        return tuple(
            harmless(name)
            for name in (
                *("movement", "id", "direction", "from", "to", *times, "vehicle", "vehicles", "persons"),
                *(*groups, "persons reserve", "corridor", "complete", "exercise", "class", "attribution"),
            )
        )

    def cells(self, row: ScheduleRow) -> tuple[Cell, ...]:
        """Return the cells of one row, aligned with `header`; times are naive local ones."""
        zones = [zone for zone in self.clock.zones if zone.offset_s or zone.label != "UTC"]
        seconds = (row.first_departure_s, row.last_departure_s, row.last_arrival_s)
        times = [self.clock.at(s, zone) for zone in (*zones, Zone(label="UTC", offset_s=0)) for s in seconds]
        groups = [row.persons.get(group.value, 0) for group in Group]
        plan, inputs = self._release.plan, self._release.inputs
        texts = (row.movement, row.id, row.direction, row.from_name, row.to_name)
        return (
            *map(harmless, texts),
            *times,
            harmless(row.vehicle),
            row.vehicles,
            sum(groups),
            *groups,
            row.reserve_persons,
            harmless(row.corridor),
            "yes" if plan["complete"] else "INCOMPLETE",
            "EXERCISE" if plan["exercise"] else "no",
            self._release.sensitivity.name,
            harmless(inputs["network"]["attribution"]),
        )

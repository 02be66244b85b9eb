"""Every movement of a plan with its times: what tables, maps and curves are drawn from.

Times follow the written model: a traveller who enters an arc in second t takes the travel time of the piece
of the arc's profile that holds t.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.release import Release
from safepassage.formats.facts.register import Register

Seconds = NDArray[np.int64]
_FOREVER_S = 1 << 62
HOUR_S = 3600


class RoadTimes:
    """Travel times and capacities of arcs by second, read from the snapshot of a network."""

    def __init__(self, network: Mapping[str, Any]) -> None:
        self._arcs = network["arcs"]
        self._profiles: dict[int, NDArray[np.int64]] = {
            arc: np.array(pieces, dtype=np.int64).reshape(-1, 5) for arc, pieces in network["profiles"]
        }

    def travel_s(self, arc: int, entered: Seconds) -> Seconds | int:
        """Return the travel time of travellers who enter `arc` in the seconds `entered`."""
        pieces = self._profiles.get(arc)
        if pieces is None:
            return int(self._arcs["travel_s"][arc])
        at = np.searchsorted(pieces[:, 0], entered, side="right") - 1
        travel: Seconds = pieces[np.clip(at, 0, len(pieces) - 1), 4]
        return travel

    def ride_s(self, arc: int, entered_s: int) -> int:
        """Return the travel time of one traveller."""
        if arc not in self._profiles:
            return int(self._arcs["travel_s"][arc])
        return int(np.max(self.travel_s(arc, np.array([entered_s], dtype=np.int64))))

    def changes(self, arc: int) -> bool:
        """Tell whether the arc has a profile of its own."""
        return arc in self._profiles

    def closed_throughout(self, arc: int) -> bool:
        """Tell whether the arc is never open in the planning time."""
        return not self.open_pieces(arc)

    def open_pieces(self, arc: int) -> list[tuple[int, int]]:
        """Return when an arc is open, neighbouring pieces joined; one endless piece without a profile."""
        pieces = self._profiles.get(arc)
        if pieces is None:
            state = (int(self._arcs["capacity_mveh_h"][arc]), int(self._arcs["persons_h"][arc]))
            return [(0, _FOREVER_S)] if 0 not in state else []
        found: list[tuple[int, int]] = []
        for start, end, vehicles, persons, _ in pieces.tolist():
            if not vehicles or not persons:
                continue
            if found and found[-1][1] == start:
                found[-1] = (found[-1][0], end)
            else:
                found.append((start, end))
        return found

    def room(self, arc: int, from_s: int, to_s: int) -> tuple[int, int, int]:
        """Return (mveh, persons, open seconds) of `arc` in [from_s, to_s); persons are -1 if not stated."""
        pieces = self._profiles.get(arc)
        if pieces is None:
            column = [0, _FOREVER_S, self._arcs["capacity_mveh_h"][arc], self._arcs["persons_h"][arc], 1]
            pieces = np.array([column], dtype=np.int64)
        held = np.clip(np.minimum(pieces[:, 1], to_s) - np.maximum(pieces[:, 0], from_s), 0, None)
        vehicles = int((held * pieces[:, 2]).sum()) // HOUR_S
        stated = (pieces[:, 3] >= 0) | (held == 0)
        persons = int((held * np.maximum(pieces[:, 3], 0)).sum()) // HOUR_S if stated.all() else -1
        open_s = int(held[(pieces[:, 2] != 0) & (pieces[:, 3] != 0)].sum())
        return vehicles, persons, open_s


@dataclass(slots=True, kw_only=True)
class ArcUse:
    """What enters one arc: vehicle units and persons by hour of the grid, persons by direction."""

    units_mveh: Seconds
    persons_by_hour: Seconds
    by_direction: dict[int, int] = field(default_factory=dict)

    @property
    def persons(self) -> int:
        """Persons over the whole plan."""
        return sum(self.by_direction.values())

    def add(self, by_direction: Mapping[int, int]) -> None:
        """Count persons by direction."""
        for direction, number in by_direction.items():
            self.by_direction[direction] = self.by_direction.get(direction, 0) + number


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CarGroup:
    """Cars of one place on one route: aligned columns of departure, arrival and persons per car."""

    row: Mapping[str, Any]
    depart_s: Seconds
    arrive_s: Seconds
    persons: Seconds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ride:
    """One leg of a vehicle, or one link ride: who is aboard, between which nodes, when."""

    id: str
    vehicle: str
    mode: str
    from_node: int
    to_node: int
    arcs: tuple[int, ...]
    route: int
    depart_s: int
    arrive_s: int
    load: tuple[Mapping[str, Any], ...]

    @property
    def persons(self) -> int:
        """Persons aboard, reserves included."""
        return sum(int(item["persons"]) for item in self.load)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Decided persons of one place and group who reach a site in one second."""

    direction: int
    place: str
    group: str
    site: str
    second: int
    persons: int


def waits_at(departures: Sequence[Any]) -> dict[int, Seconds]:
    """Return the seconds that each car of a stream waits before each arc of its route, by position."""
    found: dict[int, Seconds] = {}
    for i, departure in enumerate(departures):
        for position, seconds in departure[2]:
            found.setdefault(position, np.zeros(len(departures), np.int64))[i] += seconds
    return found


_LEAST_OPEN_S = 900
_LINK_MODES = ((8, "train"), (16, "boat"), (4, "on foot"))


class Movements:
    """All movements of a released plan, timed, and what they add up to on each arc.

    Counting by arc takes most of the time on a large network and can be left out.
    """

    def __init__(self, release: Release, register: Register, *, counts_arcs: bool = True) -> None:
        self._release, self._register, self._counts_arcs = release, register, counts_arcs
        self.times = RoadTimes(release.inputs["network"])
        self.arc_use: dict[int, ArcUse] = {}
        self._hours = max(1, -(-int(release.inputs["horizon_s"]) // HOUR_S))
        self._units = {row["id"]: int(row["units_mveh"]) for row in release.inputs["fleet"]}
        self.cars = tuple(self._car_group(row) for row in release.plan["cars"])
        self.rides = (*self._legs(), *self._link_rides())

    @cached_property
    def arrivals(self) -> tuple[Arrival, ...]:
        """Every arrival at a site, reserve left out, by direction and time."""
        return tuple(sorted(self._arrivals(), key=lambda a: (a.direction, a.second, a.place, a.group)))

    def _car_group(self, row: Mapping[str, Any]) -> CarGroup:
        departures = row["departures"]
        depart = np.array([d[0] for d in departures], dtype=np.int64)
        persons = np.array([d[1] for d in departures], dtype=np.int64)
        direction = self._register.direction(row["direction"])
        units = int(self._release.inputs["rules"]["car_units_mveh"])
        route = self._release.plan["routes"][row["route"]]["arcs"]
        loads = {direction: int(persons.sum())}
        arrive = self._drive(route, depart, waits_at(departures), units=units, persons=persons, loads=loads)
        return CarGroup(row=row, depart_s=depart, arrive_s=arrive, persons=persons)

    def _use(self, arc: int) -> ArcUse:
        if arc not in self.arc_use:
            empty = np.zeros(self._hours, np.int64)
            self.arc_use[arc] = ArcUse(units_mveh=empty, persons_by_hour=empty.copy())
        return self.arc_use[arc]

    def _drive(
        self,
        arcs: Sequence[int],
        depart: Seconds,
        waits: Mapping[int, Seconds],
        *,
        units: int,
        persons: Seconds,
        loads: Mapping[int, int],
    ) -> Seconds:
        """Move travellers along `arcs`, counting them on each; return their arrivals."""
        now = depart
        for position, arc in enumerate(arcs):
            if position in waits:
                now = now + waits[position]
            if self._counts_arcs:
                use, hours = self._use(arc), np.minimum(now // HOUR_S, self._hours - 1)
                np.add.at(use.units_mveh, hours, units)
                np.add.at(use.persons_by_hour, hours, persons)
                use.add(loads)
            now = now + self.times.travel_s(arc, now)
        return now

    def _ride(
        self,
        arcs: Sequence[int],
        depart_s: int,
        waits: Sequence[Sequence[int]],
        units: int,
        loads: Mapping[int, int],
    ) -> int:
        """Move one vehicle along `arcs`, as `_drive` does; return its arrival."""
        now, persons, waited = depart_s, sum(loads.values()), {row[0]: row[1] for row in waits}
        for position, arc in enumerate(arcs):
            now += waited.get(position, 0)
            if self._counts_arcs:
                use, hour = self._use(arc), min(now // HOUR_S, self._hours - 1)
                use.units_mveh[hour] += units
                use.persons_by_hour[hour] += persons
                use.add(loads)
            now += self.times.ride_s(arc, now)
        return now

    def _loads(self, load: Sequence[Mapping[str, Any]]) -> dict[int, int]:
        found: dict[int, int] = {}
        for item in load:
            direction = self._register.direction(item["direction"])
            found[direction] = found.get(direction, 0) + int(item["persons"])
        return found

    def _legs(self) -> Iterator[Ride]:
        routes = self._release.plan["routes"]
        for vehicle in self._release.plan["vehicles"]:
            for leg in vehicle["legs"]:
                route = routes[leg["route"]]
                units, loads = self._units.get(vehicle["id"], 0), self._loads(leg["load"])
                self._ride(route["arcs"], leg["depart_s"], leg["waits"], units, loads)
                yield Ride(
                    id=leg["id"],
                    vehicle=vehicle["id"],
                    mode="bus",
                    from_node=route["from_node"],
                    to_node=route["to_node"],
                    arcs=route["arcs"],
                    route=leg["route"],
                    depart_s=leg["depart_s"],
                    arrive_s=leg["arrive_s"],
                    load=leg["load"],
                )

    def _link_rides(self) -> Iterator[Ride]:
        arcs = self._release.inputs["network"]["arcs"]
        for ride in self._release.plan["link_rides"]:
            arc = ride["arc"]
            arrive_s = self._ride((arc,), ride["depart_s"], (), 0, self._loads(ride["load"]))
            yield Ride(
                id=ride["id"],
                vehicle="",
                mode=next((word for bit, word in _LINK_MODES if int(arcs["modes"][arc]) & bit), "link"),
                from_node=arcs["tail"][arc],
                to_node=arcs["head"][arc],
                arcs=(arc,),
                route=-1,
                depart_s=ride["depart_s"],
                arrive_s=arrive_s,
                load=ride["load"],
            )

    def _arrivals(self) -> Iterator[Arrival]:
        for group in self.cars:
            row = group.row
            if row["site"] and not row["reserve"]:
                for second, persons in zip(group.arrive_s.tolist(), group.persons.tolist(), strict=True):
                    yield Arrival(
                        direction=self._register.direction(row["direction"]),
                        place=row["place"],
                        group="own_vehicle",
                        site=row["site"],
                        second=second,
                        persons=persons,
                    )
        for ride in self.rides:
            for item in ride.load:
                if item["site"] and not item["reserve"]:
                    yield Arrival(
                        direction=self._register.direction(item["direction"]),
                        place=item["place"],
                        group=item["group"],
                        site=item["site"],
                        second=ride.arrive_s,
                        persons=item["persons"],
                    )

    def staircase(self, direction: int) -> list[tuple[int, int]]:
        """Return (second, persons arrived by then) of a direction, one step per second with arrivals."""
        steps: list[tuple[int, int]] = []
        total = 0
        for arrival in self.arrivals:
            if arrival.direction != direction:
                continue
            total += arrival.persons
            if steps and steps[-1][0] == arrival.second:
                steps[-1] = (arrival.second, total)
            else:
                steps.append((arrival.second, total))
        return steps

    def _departures(self) -> Iterator[tuple[str, int, int]]:
        """Yield (place, direction, second) of decided persons who leave their place."""
        for group in self.cars:
            if not group.row["reserve"] and len(group.depart_s):
                direction = self._register.direction(group.row["direction"])
                yield group.row["place"], direction, int(group.depart_s.min())
        for ride in self.rides:
            for item in ride.load:
                if not item["after"] and not item["reserve"]:
                    yield item["place"], self._register.direction(item["direction"]), ride.depart_s

    def first_departures(self) -> dict[tuple[str, int], int]:
        """Return when the first decided persons leave, by place and direction."""
        found: dict[tuple[str, int], int] = {}
        for place, direction, second in self._departures():
            found[place, direction] = min(second, found.get((place, direction), second))
        return found

    def busiest_hour(self, arc: int) -> tuple[int, int]:
        """Return (share of its room used, in ppm, and the first second) of an arc's fullest hour of the grid.

        The greater of the shares of vehicle and person capacity, at most one million; hours in which the arc
        is hardly open are left out, for a lone bus does not fill a road.
        """
        shares = self._shares_ppm(arc)
        hour = int(shares.argmax())
        return min(int(shares[hour]), 1_000_000), hour * HOUR_S

    def _shares_ppm(self, arc: int) -> Seconds:
        """Return the share of room used in each hour of the grid."""
        hours = range(self._hours) if self.times.changes(arc) else range(1)
        room = np.array([self.times.room(arc, h * HOUR_S, (h + 1) * HOUR_S) for h in hours], dtype=np.int64)
        vehicles, persons, open_s = room.T
        use = self.arc_use[arc]
        by_vehicles = np.where(vehicles > 0, use.units_mveh * 1_000_000 // np.maximum(vehicles, 1), 0)
        by_persons = np.where(persons > 0, use.persons_by_hour * 1_000_000 // np.maximum(persons, 1), 0)
        return np.where(open_s >= _LEAST_OPEN_S, np.maximum(by_vehicles, by_persons), 0)

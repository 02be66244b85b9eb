"""What happens in a plan, recomputed from its routes and times: who travels when, over which arcs."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One movement with people in it.

    `steps` are (arc, second of arrival at it, of entering it, of leaving it). `load` are rows of (place,
    group, persons, whether they board here for the first time). `vehicle` is "" for cars and links.
    """

    id: str
    vehicle: str
    direction: str
    site: str
    depart_s: int
    arrive_s: int
    load: tuple[tuple[str, str, int, bool], ...]
    steps: tuple[tuple[int, int, int, int], ...]

    @property
    def persons(self) -> int:
        """All persons aboard."""
        return sum(row[2] for row in self.load)

    @property
    def places(self) -> tuple[str, ...]:
        """Places from which people set out with this movement."""
        return tuple(sorted({row[0] for row in self.load if row[3]}))

    def aboard(self, *groups: str) -> int:
        """Persons of these groups aboard."""
        return sum(row[2] for row in self.load if row[1] in groups)


class Clockwork:
    """Travel times of arcs: constant, or by pieces [from, until, cars/h, persons/h, travel]."""

    def __init__(self, network: Mapping[str, Any]) -> None:
        self._travel = network["arcs"]["travel_s"]
        self._pieces = {arc: pieces for arc, pieces in network["profiles"]}  # noqa: C416 - pairs, not a dict
        self._starts = {arc: [row[0] for row in pieces] for arc, pieces in self._pieces.items()}

    def travel_s(self, arc: int, entered_s: int) -> int:
        """Return the travel time of who enters an arc at this second."""
        pieces = self._pieces.get(arc)
        if pieces is None:
            return int(self._travel[arc])
        at = bisect_right(self._starts[arc], entered_s) - 1
        return int(pieces[max(0, at)][4])

    def steps(
        self, arcs: Sequence[int], depart_s: int, waits: Sequence[Sequence[int]]
    ) -> tuple[tuple[int, int, int, int], ...]:
        """Return when a traveller reaches, enters and leaves each arc."""
        waited = {int(row[0]): int(row[1]) for row in waits}
        now, found = depart_s, []
        for position, arc in enumerate(arcs):
            enter = now + waited.get(position, 0)
            leave = enter + self.travel_s(arc, enter)
            found.append((arc, now, enter, leave))
            now = leave
        return tuple(found)


def trips(inputs: Mapping[str, Any], plan: Mapping[str, Any]) -> tuple[Trip, ...]:
    """Return every movement with people in it, in order of departure and id."""
    clock = Clockwork(inputs["network"])
    found = [*_cars(plan, clock), *_legs(plan, clock), *_links(plan, clock)]
    return tuple(sorted(found, key=lambda trip: (trip.depart_s, trip.id)))


def _cars(plan: Mapping[str, Any], clock: Clockwork) -> Iterator[Trip]:
    for stream in plan["cars"]:
        if stream["reserve"]:
            continue
        arcs = plan["routes"][stream["route"]]["arcs"]
        for number, (depart_s, persons, waits) in enumerate(stream["departures"], start=1):
            steps = clock.steps(arcs, depart_s, waits)
            yield Trip(
                id=f"{stream['id']}/{number}", vehicle="", direction=stream["direction"], site=stream["site"],
                depart_s=depart_s, arrive_s=steps[-1][3] if steps else depart_s,
                load=((stream["place"], "own_vehicle", persons, True),), steps=steps,
            )  # fmt: skip


def _legs(plan: Mapping[str, Any], clock: Clockwork) -> Iterator[Trip]:
    for vehicle in plan["vehicles"]:
        for leg in vehicle["legs"]:
            load = _load(leg["load"])
            if not load:
                continue
            steps = clock.steps(plan["routes"][leg["route"]]["arcs"], leg["depart_s"], leg["waits"])
            yield Trip(
                id=leg["id"], vehicle=vehicle["id"], direction=leg["load"][0]["direction"],
                site=next((row["site"] for row in leg["load"] if row["site"]), ""),
                depart_s=leg["depart_s"], arrive_s=leg["arrive_s"], load=load, steps=steps,
            )  # fmt: skip


def _links(plan: Mapping[str, Any], clock: Clockwork) -> Iterator[Trip]:
    for ride in plan["link_rides"]:
        load = _load(ride["load"])
        if load:
            steps = clock.steps([ride["arc"]], ride["depart_s"], ())
            yield Trip(
                id=ride["id"], vehicle="", direction=ride["load"][0]["direction"],
                site=next((row["site"] for row in ride["load"] if row["site"]), ""),
                depart_s=ride["depart_s"], arrive_s=steps[-1][3], load=load, steps=steps,
            )  # fmt: skip


def _load(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, str, int, bool], ...]:
    """Return the load without what is only held in reserve."""
    return tuple(
        (row["place"], row["group"], row["persons"], not row["after"]) for row in rows if not row["reserve"]
    )


def exposure_ppm_s(trip: Trip, hazard: Mapping[int, Sequence[Sequence[int]]]) -> int:
    """Return hazard times seconds of one traveller, on every arc and while waiting for it."""
    total = 0
    for arc, reached, _, left in trip.steps:
        for from_s, until_s, ppm in hazard.get(arc, ()):
            total += ppm * max(0, min(left, until_s) - max(reached, from_s))
    return total

"""Trips under way when roads are otherwise than announced: on other times, led round, or held where they are.

The trucks of a convoy go on together: all of them are led round, or none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from safepassage.domain.aid.distribution import TruckDay, TruckSoFar
from safepassage.domain.aid.under_way import Held, Trip
from safepassage.engines.distribution.crew_under_way import exposed
from safepassage.engines.distribution.line_under_way import Member, gathering, lines_of, member, torn
from safepassage.engines.distribution.meets import Met, Scene, met_by
from safepassage.engines.distribution.onward import Gone

STUCK_S = 10**8
"""When a truck is free again that cannot go on: in no plan."""


def led_round(past: Gone, scene: Scene) -> Gone:
    """Return what has left, as it goes on where roads are otherwise than they were announced.

    Whose times alone are others keeps way and stops, and comes when it can. Who would enter a road closed to
    it, be on the road outside the windows, too long or too exposed takes another way. Stops keep their order;
    one that no way leads to, or that is reached after its day, is not served, nor are the last ones where the
    crew would not be home in its hours, or too exposed. Where no way leads home so the truck stands where it
    is, with what is aboard, and is in no plan any more. What is not unloaded counts as not received, so that
    others may bring it. A convoy does all of this together, from where all of it can first turn off; where
    the road closes between its trucks each part goes on by itself.
    """
    trucks = {row.id: row for row in scene.problem.trucks}
    went = {(trip.truck, trip.legs[0].id): trip for trip in past.trips}
    held, so_far, lost = list[Held](), dict(past.trucks), set[Any]()
    for line in _whole_lines(past, scene, trucks):
        for trip, met in line.changed():
            own = line.member(trip.truck)
            later = own.went(scene, line.first, line.node)
            went[trip.truck, trip.legs[0].id] = later
            held.append(line.held(own, met))
            lost |= {row.line for row in trip.goods} - {row.line for row in later.goods}
            so_far |= _free((own, later), so_far, trucks, stuck=line.stuck)
    brought = tuple(
        replace(row, received_milli=0) if not row.counted and row.line in lost else row
        for row in past.brought
    )
    trips = tuple(went[trip.truck, trip.legs[0].id] for trip in past.trips)
    held.sort(key=lambda row: row.truck)
    return replace(
        past, trips=trips, held=tuple(held), trucks=so_far, brought=brought,
        exposed_ppm_s=_exposed(so_far, trips, scene),
    )  # fmt: skip


def _exposed(so_far: dict[str, TruckSoFar], trips: Sequence[Trip], scene: Scene) -> dict[str, int]:
    """Return what the crew of each truck of a day is exposed to on trips that have left."""
    found = {name: row.exposure_ppm_s for name, row in so_far.items()}
    for trip in trips:
        found[trip.truck] = found.get(trip.truck, 0) + sum(
            exposed(scene.network, (leg.arcs, leg.waits), leg.depart_s, leg.depart_s) for leg in trip.legs
        )
    return found


def _whole_lines(past: Gone, scene: Scene, trucks: dict[str, TruckDay]) -> Iterator[_Line]:
    """Yield lines whose trucks can all come to where they turn off, as they go on."""
    waiting = list(lines_of(past.trips, trucks))
    while waiting:
        trips = waiting.pop(0)
        weights_kg = [trucks[trip.truck].weight_kg if trip.truck in trucks else 0 for trip in trips]
        behind = torn(trips, weights_kg, scene.network, past.now_s) if len(trips) > 1 else set[str]()
        if behind:
            waiting[:0] = [
                tuple(trip for trip in trips if (trip.truck in behind) is part) for part in (False, True)
            ]
            continue
        line = _Line(trips, [trucks.get(trip.truck) for trip in trips], scene, past)
        line.go()
        yield line


def _free(
    row: tuple[Member, Trip], so_far: dict[str, TruckSoFar], trucks: dict[str, TruckDay], *, stuck: bool
) -> dict[str, TruckSoFar]:
    """Return when a truck is free now; one that is stuck is so on later days, too."""
    (one, later), before = row, so_far[row[1].truck]
    name, over_s = later.truck, later.over_s
    more_s = max(0, _driven_s(later) - _driven_s(one.trip))
    found = {
        name: replace(
            before, free_s=STUCK_S if stuck else over_s, driven_s=before.driven_s + more_s,
            unbroken_s=before.unbroken_s + more_s,
        )
    }  # fmt: skip
    if stuck and one.truck is not None:
        for truck in trucks.values():
            if truck.truck == one.truck.truck and truck.day > one.truck.day:
                found[truck.id] = TruckSoFar(
                    id=truck.id, began_s=over_s, free_s=STUCK_S, legs=0, loads=0, works_from_s=over_s,
                    driven_s=0, unbroken_s=0,
                )  # fmt: skip
    return found


def _driven_s(trip: Trip) -> int:
    """Return how long a trip drives, with waits on the way."""
    return sum(leg.arrive_s - leg.depart_s for leg in trip.legs)


class _Line:
    """How trucks that go on together do so, from where they can first turn off."""

    def __init__(
        self, trips: tuple[Trip, ...], trucks: list[TruckDay | None], scene: Scene, past: Gone
    ) -> None:
        self._trips, self._scene, self._now_s = trips, scene, past.now_s
        self._met: list[Met | None] = []
        self._booked: list[Any] = []
        self.first, self._position = gathering(trips, scene.network, past.now_s)
        self._line: tuple[Member, ...] = ()
        self.stuck, self.why = False, ""
        for trip, truck in zip(trips, trucks, strict=True):
            so_far = past.trucks[trip.truck]
            own = truck, so_far, so_far.exposure_ppm_s
            self._met.append(met_by(trip, truck, scene, past.now_s, so_far.exposure_ppm_s))
            place = self.first, self._position
            self._line += (member(trip, own, scene, place, past.now_s),)
        driven = next((one.driven for one in self._line if one.driven is not None), None)
        self.node = trips[0].legs[self.first].from_node if driven is None else driven.to_node
        self._start = self._line, self.node

    def go(self) -> None:
        """Go on where anybody meets anything: on the same way if that does, else on another."""
        found = [met for met in self._met if met is not None]
        if found and (any(not met.met for met in found) or not self._same_way()):
            self._other_way()

    def changed(self) -> Iterator[tuple[Trip, Met]]:
        """Yield trips that go on otherwise, with what each, or the first of its line that does, meets."""
        first = next((met for met in self._met if met is not None), None)
        for trip, met in zip(self._trips, self._met, strict=True):
            if first is not None:
                yield trip, met or first

    def member(self, truck: str) -> Member:
        """Return a truck of the line, as it goes on."""
        return next(one for one in self._line if one.trip.truck == truck)

    def held(self, own: Member, met: Met) -> Held:
        """Return what the person at the desk and the driver have to know."""
        begun = own.trip
        before = {leg.id for leg in begun.legs if leg.arrive_s <= self._now_s}
        aboard = tuple(row for row in begun.goods if row.leg not in before)
        arrive_s = {leg.id: leg.arrive_s for leg in begun.legs}
        next_s, place = min(((arrive_s[r.leg], r.place) for r in aboard), default=(begun.over_s, ""))
        return Held(
            truck=begun.truck, leg=met.leg, arc=met.arc, at_s=met.at_s, met=met.met, stuck=self.stuck,
            node=self.node, next_place=place, next_s=next_s, aboard=aboard, why=self.why,
        )  # fmt: skip

    def _same_way(self) -> bool:
        """Drive on as announced, in the times that it takes now; tell whether all is handed out so."""
        trucks = [one.truck for one in self._line if one.truck is not None]
        heaviest_kg = max((truck.weight_kg for truck in trucks), default=0)
        for number in range(self.first, len(self._trips[0].legs)):
            leg = self._trips[0].legs[number]
            way = leg.arcs[self._position :] if number == self.first else leg.arcs
            run = self._run(way) if self._scene.roads.bears(heaviest_kg, way) else None
            if run is None:
                break
            self._drive(number, run)
        else:
            later = [one.went(self._scene, self.first, self.node) for one in self._line]
            if all(a.goods == b.goods for a, b in zip(later, self._trips, strict=True)):
                return True
        while self._booked:
            self._scene.roads.release(self._booked.pop())
        self._line, self.node = self._start
        return False

    def _other_way(self) -> None:
        """Drive to the stops that are left, in order, then home; roads are taken as they are driven.

        No stop is called at from which a crew would not come home in its hours and within its cap. Where one
        does not come home from where it is now, all go as far as they can and stand there.
        """
        legs = self._trips[0].legs
        home = len(legs) - 1
        careful = self._passage(legs[home].to_node) is not None
        unloads = {
            k for trip in self._trips for k, leg in enumerate(trip.legs)
            if any(row.leg == leg.id for row in trip.goods)
        }  # fmt: skip
        lost = False
        for number in range(self.first, home):
            if lost or not self._calls(number, legs[home].to_node if careful else None):
                # Who cannot load has nothing for the stops after it.
                lost = lost or number not in unloads
        passage = self._passage(legs[home].to_node)
        self.stuck = passage is None
        if passage is not None:
            self._drive(home, passage)
        else:
            self.why = self._why(legs[home].to_node)

    def _calls(self, number: int, home: int | None) -> bool:
        """Drive to a stop, if from there a way leads home where that is asked; tell whether it does."""
        passage = self._passage(self._trips[0].legs[number].to_node)
        if passage is None:
            return False
        before = self._line, self.node
        self._drive(number, passage)
        if home is None or self._passage(home) is not None:
            return True
        self._scene.roads.release(self._booked.pop())
        self._line, self.node = before
        return False

    def _drive(self, number: int, passage: Any) -> None:
        self._scene.roads.reserve(passage)
        self._booked.append(passage)
        self._line = tuple(
            one.drove(number, run, self._scene.network)
            for one, run in zip(self._line, passage.runs, strict=True)
        )
        self.node = self._trips[0].legs[number].to_node

    def _why(self, home: int) -> str:
        """Return what keeps trucks that are stuck from coming home: "" for no road, hours or exposure.

        "convoy": there are ways, but none on which all could keep together.
        """
        run = self._first(home, within=False)
        if run is None or any(one.truck is None for one in self._line):
            alone = len(self._line) > 1 and any(self._ways(home))
            return "convoy" if alone else ""
        return "exposure" if self._in_hours(run) else "hours"

    def _passage(self, to_node: int) -> Any:
        """Return the passage that is there first, None where there is none within hours and cap."""
        return self._first(to_node, within=True)

    def _ways(self, to_node: int) -> tuple[tuple[int, ...], ...]:
        """Return ways that bear all trucks, by how roads are when they set out.

        None where the case does not have one of them any more.
        """
        weights_kg = [one.truck.weight_kg for one in self._line if one.truck is not None]
        if len(weights_kg) < len(self._line):
            return ()
        return self._scene.roads.ways_at(
            max(weights_kg), self.node, to_node, max(one.ready_s for one in self._line)
        )

    def _first(self, to_node: int, *, within: bool) -> Any:
        runs = [run for way in self._ways(to_node) if (run := self._run(way, within=within)) is not None]
        return min(runs, key=lambda run: (run.arrive_s, run.arcs), default=None)

    def _run(self, way: tuple[int, ...], *, within: bool = True) -> Any:
        """Return the earliest passage along a way; after a break where a crew needs one and may have it."""
        if any(one.truck is None for one in self._line):
            return None
        run = self._earliest(way, [one.ready_s for one in self._line])
        may_rest = all(one.driven is None for one in self._line)
        if run is not None and within and may_rest and not self._in_hours(run):
            rested_s = [max(one.ready_s, one.rested_s + one.truck.break_s) for one in self._line if one.truck]
            run = self._earliest(way, rested_s)
        if run is None or self._waits_too_long(run):
            return None
        bears = all(one.may_bear(own, self._scene) for one, own in zip(self._line, run.runs, strict=True))
        return run if not within or (bears and self._in_hours(run)) else None

    def _earliest(self, way: tuple[int, ...], ready_s: Sequence[int]) -> Any:
        """Return the earliest passage of all on which none sets out before it is ready."""
        headway_s = self._scene.problem.rules.headway_s
        lead_s = max(second - place * headway_s for place, second in enumerate(ready_s))
        units = tuple(one.truck.units_mveh for one in self._line if one.truck is not None)
        return self._scene.roads.earliest(way, max(lead_s, ready_s[0]), units)

    def _in_hours(self, run: Any) -> bool:
        return all(one.after(own) is not None for one, own in zip(self._line, run.runs, strict=True))

    def _waits_too_long(self, run: Any) -> bool:
        """Tell whether somebody would stand on the road for longer than a junction allows."""
        return any(
            one.driven is not None and own.depart_s - one.driven.arrive_s > self._scene.wait_max_s
            for one, own in zip(self._line, run.runs, strict=True)
        )

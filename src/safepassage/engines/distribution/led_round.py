"""Trips that are under way when a road closes: led round it where a way is left, else held where they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from safepassage.domain.aid.distribution import AidProblem, TruckDay, TruckSoFar
from safepassage.domain.aid.under_way import Aboard, Held, Trip, TripLeg
from safepassage.domain.history import entries, standing
from safepassage.domain.plan import Route, Waits
from safepassage.domain.timed_network import TimedNetwork
from safepassage.engines.distribution.crew_hours import Crew
from safepassage.engines.distribution.crew_under_way import Run, begun, driven_by, exposed, fits, handled_s
from safepassage.engines.distribution.onward import Gone
from safepassage.engines.distribution.roads import Roads

STUCK_S = 10**8
"""When a truck is free again that cannot go on: in no plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where trips go on: needs, lots and all trucks of the case, roads as they are, and how long to wait.

    `cap_ppm_s` is the most that a crew is exposed to on its trip; -1 for no limit.
    """

    problem: AidProblem
    network: TimedNetwork
    roads: Roads
    wait_max_s: int
    cap_ppm_s: int = -1


def led_round(past: Gone, scene: Scene) -> Gone:
    """Return what has left, as it goes on: trips that would enter a road closed to them take another way.

    Stops keep their order; one that no way leads to, or that is reached after its day, is not served, nor
    are the last ones where the crew would not be home in its hours, or too exposed. Where no way leads home
    so the truck stands where it is, with what is aboard, and is in no plan any more. What is not unloaded
    counts as not received, so that others may bring it.
    """
    trucks = {row.id: row for row in scene.problem.trucks}
    trips, held, so_far, lost = list[Trip](), list[Held](), dict(past.trucks), set[Any]()
    for trip in past.trips:
        own = trucks.get(trip.truck)
        meets = next(_closed(trip, scene.network, past.now_s, 0 if own is None else own.weight_kg), None)
        if meets is None:
            trips.append(trip)
            continue
        way = _Way(trip, (own, so_far[trip.truck]), scene, past.now_s)
        way.go()
        trips.append(way.trip())
        held.append(way.held(meets))
        kept = {row.line for row in trips[-1].goods}
        lost |= {row.line for row in trip.goods} - kept
        so_far |= _free(way, so_far, trucks)
    brought = tuple(
        replace(row, received_milli=0) if not row.counted and row.line in lost else row
        for row in past.brought
    )
    return replace(past, trips=tuple(trips), held=tuple(held), trucks=so_far, brought=brought)


def _free(way: _Way, so_far: dict[str, TruckSoFar], trucks: dict[str, TruckDay]) -> dict[str, TruckSoFar]:
    """Return when a truck is free now; one that is stuck is so on later days, too."""
    name, over_s = way.begun.truck, way.trip().over_s
    more_s = max(0, _driven_s(way.trip()) - _driven_s(way.begun))
    before = so_far[name]
    found = {
        name: replace(
            before, free_s=STUCK_S if way.stuck else over_s, driven_s=before.driven_s + more_s,
            unbroken_s=before.unbroken_s + more_s,
        )
    }  # fmt: skip
    own = trucks.get(name)
    if way.stuck and own is not None:
        for row in trucks.values():
            if row.truck == own.truck and row.day > own.day:
                found[row.id] = TruckSoFar(
                    id=row.id, began_s=over_s, free_s=STUCK_S, legs=0, loads=0, works_from_s=over_s,
                    driven_s=0, unbroken_s=0,
                )  # fmt: skip
    return found


def _driven_s(trip: Trip) -> int:
    """Return how long a trip drives, with waits on the way."""
    return sum(leg.arrive_s - leg.depart_s for leg in trip.legs)


def _closed(trip: Trip, network: TimedNetwork, now_s: int, weight_kg: int) -> Iterator[tuple[str, int, int]]:
    """Yield (leg, arc, second) of each closed or too weak road that a trip would enter from now on."""
    for leg in trip.legs:
        run = entries(network, leg.arcs, leg.depart_s, leg.waits)
        for arc, (entered, left) in zip(leg.arcs, run, strict=True):
            weak = 0 <= int(network.arcs.max_weight_kg[arc]) < weight_kg
            if entered >= now_s and (weak or not _open(network, arc, entered, left)):
                yield leg.id, arc, entered


def _open(network: TimedNetwork, arc: int, from_s: int, until_s: int) -> bool:
    """Tell whether an arc is open in all of [from_s, until_s), as far as that lies within the grid."""
    pieces = network.profiles.get(arc)
    if pieces is None:
        return int(network.arcs.capacity_mveh_h[arc]) > 0
    return all(p.capacity_mveh_h > 0 for p in pieces if p.from_s < until_s and p.until_s > from_s)


class _Way:
    """How one trip goes on from where its truck can first turn off."""

    def __init__(self, trip: Trip, own: tuple[TruckDay | None, TruckSoFar], scene: Scene, now_s: int) -> None:
        self.begun, self._scene, self._now_s = trip, scene, now_s
        self._truck, self._so_far = own
        self._at = next(k for k, leg in enumerate(trip.legs) if leg.arrive_s > now_s)
        self._handling_s = handled_s(trip, scene.problem)
        self.why = ""
        self._stand()

    def _stand(self) -> None:
        """Put the truck where it can first turn off."""
        trip, scene = self.begun, self._scene
        self._legs = list(trip.legs[: self._at])
        self._reached = {leg.id for leg in self._legs}
        leg = trip.legs[self._at]
        self._driven: TripLeg | None = None
        self.node, self._ready_s = leg.from_node, leg.depart_s
        if leg.depart_s < self._now_s:
            route = Route(from_node=leg.from_node, to_node=leg.to_node, arcs=leg.arcs)
            stand = standing(scene.network, route, leg.depart_s, leg.waits, self._now_s)
            self.node, self._ready_s = stand.node, stand.at_s
            self._driven = replace(
                leg, to_node=stand.node, arcs=leg.arcs[: stand.position], arrive_s=stand.at_s,
                waits=tuple(row for row in leg.waits if row[0] < stand.position),
            )  # fmt: skip
        self.stuck = False
        self._rested_s = self._legs[-1].arrive_s if self._legs else self._ready_s
        if self._legs:
            self._rested_s += self._handling_s[self._legs[-1].id]
        # Who stands on the road cannot have a break there.
        self._rested_s = self._ready_s if self._driven is not None else min(self._rested_s, self._ready_s)
        self._crew, self._exposure = Crew(), 0
        if self._truck is not None:
            crew = begun(trip, self._truck, self._so_far, scene.problem)
            driven = [*self._legs, *([self._driven] if self._driven is not None else [])]
            self._crew = driven_by(crew, self._truck, driven, self._handling_s)
            self._exposure = sum(
                exposed(scene.network, (leg.arcs, leg.waits), leg.depart_s, leg.depart_s) for leg in driven
            )

    def _exposed(self, run: Any) -> int:
        """Return the exposure of one person on a passage, with what a truck on the road waits before it."""
        since_s = self._ready_s if self._driven is not None else run.depart_s
        return exposed(self._scene.network, (run.arcs, run.runs[0].waits), since_s, run.depart_s)

    def go(self) -> None:
        """Drive to the stops that are left, in order, then home; roads are taken as they are driven.

        No stop is called at from which the crew would not come home in its hours and within its cap. Where it
        does not come home from where it is now, it goes as far as it can and stands there.
        """
        ahead = self.begun.legs[self._at :]
        careful = self._passage(ahead[-1].to_node) is not None
        unloads = {row.leg for row in self.begun.goods}
        lost = False
        for leg, following in pairwise(ahead):
            if lost or not self._calls(leg, following, ahead[-1].to_node if careful else None):
                # Who cannot load has nothing for the stops after it.
                lost = lost or leg.id not in unloads
        passage = self._passage(ahead[-1].to_node)
        self.stuck = passage is None
        if passage is not None:
            self._drive(ahead[-1], passage)
        else:
            self.why = self._why(ahead[-1].to_node)
        if self._driven is not None:
            self._legs.append(self._driven)

    def _calls(self, leg: TripLeg, following: TripLeg, home: int | None) -> bool:
        """Drive to a stop, if from there a way leads home where that is asked; tell whether it does."""
        passage = self._passage(leg.to_node)
        if passage is None:
            return False
        before = self._state()
        self._drive(leg, passage)
        self._rested_s = passage.arrive_s + self._handling_s[leg.id]
        self._ready_s = passage.arrive_s + following.depart_s - leg.arrive_s
        if home is None or self._passage(home) is not None:
            return True
        self._scene.roads.release(passage)
        (
            self._legs, self._reached, self._driven, self.node, self._ready_s, self._rested_s, self._crew,
            self._exposure,
        ) = before  # fmt: skip
        return False

    def _state(self) -> Any:
        return (
            list(self._legs), set(self._reached), self._driven, self.node, self._ready_s, self._rested_s,
            self._crew, self._exposure,
        )  # fmt: skip

    def _why(self, home: int) -> str:
        """Return what keeps a truck that is stuck from coming home: no road (""), hours or exposure."""
        run = self._first(home, within=False)
        if run is None or self._truck is None:
            return ""
        return "hours" if self._after(run) is None else "exposure"

    def _passage(self, to_node: int) -> Any:
        """Return the passage that is there first, None where there is none within hours and cap."""
        return self._first(to_node, within=True)

    def _first(self, to_node: int, *, within: bool) -> Any:
        truck = self._truck
        if truck is None:
            return None
        runs = [
            run for way in self._scene.roads.ways(truck.weight_kg, self.node, to_node)
            if (run := self._run(way, truck, within=within)) is not None
        ]  # fmt: skip
        return min(runs, key=lambda run: (run.arrive_s, run.arcs), default=None)

    def _run(self, way: tuple[int, ...], truck: TruckDay, *, within: bool) -> Any:
        """Return the earliest passage along a way; after a break where the crew needs one and may have it."""
        roads, units = self._scene.roads, (truck.units_mveh,)
        run = roads.earliest(way, self._ready_s, units)
        if run is not None and within and self._driven is None and self._after(run) is None:
            run = roads.earliest(way, max(self._ready_s, self._rested_s + truck.break_s), units)
        waits_too_long = run is not None and (
            self._driven is not None and run.depart_s - self._ready_s > self._scene.wait_max_s
        )
        if run is None or waits_too_long:
            return None
        cap, exposure = self._scene.cap_ppm_s, self._exposure + self._exposed(run)
        exposed = cap >= 0 and exposure > cap
        return None if within and (exposed or self._after(run) is None) else run

    def _after(self, run: Any) -> Crew | None:
        """Return the crew at the end of a passage, None where it goes beyond its hours."""
        if self._truck is None:
            return None
        # On the road all time counts as driving, what it waits at the turn-off included.
        on_road = self._driven is not None
        under_way = Run(self._ready_s if on_road else run.depart_s, run.arrive_s)
        crew = self._crew.after(self._truck, self._rested_s, under_way)
        return crew if fits(crew, self._truck, self._so_far, under_way) else None

    def _drive(self, leg: TripLeg, passage: Any) -> None:
        crew = self._after(passage)
        if crew is not None:
            self._crew = crew
        self._exposure += self._exposed(passage)
        self._scene.roads.reserve(passage)
        driven, self._driven = self._driven, None
        depart_s, waits, arcs, start = passage.depart_s, passage.runs[0].waits, passage.arcs, self.node
        if driven is not None:
            start, depart_s = driven.from_node, driven.depart_s
            waits, arcs = _joined(driven, passage, self._ready_s), driven.arcs + passage.arcs
        self._legs.append(
            TripLeg(
                id=leg.id, from_node=start, to_node=leg.to_node, arcs=arcs, depart_s=depart_s, waits=waits,
                arrive_s=passage.arrive_s,
            )
        )  # fmt: skip
        self._reached.add(leg.id)
        self.node, self._ready_s = leg.to_node, passage.arrive_s

    def trip(self) -> Trip:
        """Return the trip as it goes on, with what it unloads in time."""
        legs = tuple(self._legs) or (self._standing(),)
        arrive_s = {leg.id: leg.arrive_s for leg in legs if leg.id in self._reached}
        return replace(
            self.begun, legs=legs,
            goods=tuple(row for row in self.begun.goods if self._in_time(row, arrive_s.get(row.leg))),
        )  # fmt: skip

    def _standing(self) -> TripLeg:
        """Return the leg of a truck that stays where it was loaded."""
        first = self.begun.legs[self._at]
        return replace(first, to_node=self.node, arcs=(), waits=(), arrive_s=first.depart_s)

    def _in_time(self, row: Aboard, arrive_s: int | None) -> bool:
        if arrive_s is None:
            return False
        days = self._scene.problem.days
        expires_s = {lot.id: lot.expires_s for lot in self._scene.problem.lots}.get(row.lot, -1)
        return arrive_s <= days[row.due].until_s and not 0 <= expires_s <= arrive_s

    def held(self, meets: tuple[str, int, int]) -> Held:
        """Return what the person at the desk and the driver have to know."""
        before = {leg.id for leg in self.begun.legs[: self._at]}
        aboard = tuple(row for row in self.begun.goods if row.leg not in before)
        arrive_s = {leg.id: leg.arrive_s for leg in self.begun.legs}
        next_s, place = min(((arrive_s[r.leg], r.place) for r in aboard), default=(self.begun.over_s, ""))
        return Held(
            truck=self.begun.truck, leg=meets[0], arc=meets[1], at_s=meets[2], stuck=self.stuck,
            node=self.node, next_place=place, next_s=next_s, aboard=aboard, why=self.why,
        )  # fmt: skip


def _joined(driven: TripLeg, passage: Any, ready_s: int) -> Waits:
    """Return the waits of a way that was driven in part and goes on with a passage."""
    n = len(driven.arcs)
    held = ((n, passage.depart_s - ready_s),) if passage.depart_s > ready_s and passage.arcs else ()
    return (*driven.waits, *held, *((n + at, wait_s) for at, wait_s in passage.runs[0].waits))

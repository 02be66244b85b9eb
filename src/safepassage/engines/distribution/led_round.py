"""Trips that are under way when a road closes: led round it where a way is left, else held where they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from safepassage.domain.aid.distribution import AidProblem, TruckDay, TruckSoFar
from safepassage.domain.aid.under_way import Aboard, Held, Trip, TripLeg
from safepassage.domain.history import entries, standing
from safepassage.domain.plan import Route, Waits
from safepassage.domain.timed_network import TimedNetwork
from safepassage.engines.distribution.onward import Gone
from safepassage.engines.distribution.roads import Roads, units_of

STUCK_S = 10**8
"""When a truck is free again that cannot go on: in no plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Where trips go on: needs, lots and all trucks of the case, roads as they are, and how long to wait."""

    problem: AidProblem
    network: TimedNetwork
    roads: Roads
    wait_max_s: int


def led_round(past: Gone, scene: Scene) -> Gone:
    """Return what has left, as it goes on: trips that would enter a closed road take another way.

    Stops keep their order; one that no way leads to, or that is reached after its day, is not served. Where
    no way leads home the truck stands where it is, with what is aboard, and is in no plan any more. What is
    not unloaded counts as not received, so that others may bring it.
    """
    trucks = {row.id: row for row in scene.problem.trucks}
    trips, held, so_far, lost = list[Trip](), list[Held](), dict(past.trucks), set[Any]()
    for trip in past.trips:
        meets = next(_closed(trip, scene.network, past.now_s), None)
        if meets is None:
            trips.append(trip)
            continue
        way = _Way(trip, trucks.get(trip.truck), scene, past.now_s)
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


def _closed(trip: Trip, network: TimedNetwork, now_s: int) -> Iterator[tuple[str, int, int]]:
    """Yield (leg, arc, second) of each closed road that a trip would enter from now on, as announced."""
    for leg in trip.legs:
        run = entries(network, leg.arcs, leg.depart_s, leg.waits)
        for arc, (entered, left) in zip(leg.arcs, run, strict=True):
            if entered >= now_s and not _open(network, arc, entered, left):
                yield leg.id, arc, entered


def _open(network: TimedNetwork, arc: int, from_s: int, until_s: int) -> bool:
    """Tell whether an arc is open in all of [from_s, until_s), as far as that lies within the grid."""
    pieces = network.profiles.get(arc)
    if pieces is None:
        return int(network.arcs.capacity_mveh_h[arc]) > 0
    return all(p.capacity_mveh_h > 0 for p in pieces if p.from_s < until_s and p.until_s > from_s)


class _Way:
    """How one trip goes on from where its truck can first turn off."""

    def __init__(self, trip: Trip, truck: TruckDay | None, scene: Scene, now_s: int) -> None:
        self.begun, self._truck, self._scene = trip, truck, scene
        self._at = next(k for k, leg in enumerate(trip.legs) if leg.arrive_s > now_s)
        self._legs = list(trip.legs[: self._at])
        self._reached = {leg.id for leg in self._legs}
        leg = trip.legs[self._at]
        self._driven: TripLeg | None = None
        self.node, self._ready_s = leg.from_node, leg.depart_s
        if leg.depart_s < now_s:
            route = Route(from_node=leg.from_node, to_node=leg.to_node, arcs=leg.arcs)
            stand = standing(scene.network, route, leg.depart_s, leg.waits, now_s)
            self.node, self._ready_s = stand.node, stand.at_s
            self._driven = replace(
                leg, to_node=stand.node, arcs=leg.arcs[: stand.position], arrive_s=stand.at_s,
                waits=tuple(row for row in leg.waits if row[0] < stand.position),
            )  # fmt: skip
        self.stuck = False

    def go(self) -> None:
        """Drive to each stop that is left, in order, then home; roads are taken as they are driven."""
        ahead = self.begun.legs[self._at :]
        unloads = {row.leg for row in self.begun.goods}
        lost = False
        for k, leg in enumerate(ahead):
            home = k == len(ahead) - 1
            passage = None if lost and not home else self._passage(leg.to_node)
            if passage is None:
                # Who cannot load has nothing for the stops after it.
                lost = lost or leg.id not in unloads
                self.stuck = home
                continue
            self._drive(leg, passage)
            if not home:
                self._ready_s += ahead[k + 1].depart_s - leg.arrive_s
        if self._driven is not None:
            self._legs.append(self._driven)

    def _passage(self, to_node: int) -> Any:
        """Return the passage that is there first, None where there is none."""
        truck, roads = self._truck, self._scene.roads
        if truck is None:
            return None
        runs = [
            run for way in roads.ways(truck.weight_kg, self.node, to_node)
            if (run := roads.earliest(way, self._ready_s, units_of(truck))) is not None
            and (self._driven is None or run.depart_s - self._ready_s <= self._scene.wait_max_s)
        ]  # fmt: skip
        return min(runs, key=lambda run: (run.arrive_s, run.arcs), default=None)

    def _drive(self, leg: TripLeg, passage: Any) -> None:
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
            node=self.node, next_place=place, next_s=next_s, aboard=aboard,
        )  # fmt: skip


def _joined(driven: TripLeg, passage: Any, ready_s: int) -> Waits:
    """Return the waits of a way that was driven in part and goes on with a passage."""
    n = len(driven.arcs)
    held = ((n, passage.depart_s - ready_s),) if passage.depart_s > ready_s and passage.arcs else ()
    return (*driven.waits, *held, *((n + at, wait_s) for at, wait_s in passage.runs[0].waits))

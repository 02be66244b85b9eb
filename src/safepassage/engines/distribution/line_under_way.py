"""Trucks under way that go on together, those of a convoy or one alone: where they stand, what they did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from safepassage.domain.aid.distribution import TruckDay, TruckSoFar
from safepassage.domain.aid.under_way import Aboard, Trip, TripLeg
from safepassage.domain.history import entries, standing
from safepassage.domain.plan import Route, Waits
from safepassage.domain.timed_network import TimedNetwork
from safepassage.engines.distribution.crew_hours import Crew
from safepassage.engines.distribution.crew_under_way import Run, begun, driven_by, exposed, fits, handled_s
from safepassage.engines.distribution.meets import Scene, closed_roads, end_s

Gathering = tuple[int, int]
"""Where trucks of a line can first turn off together: before which arc of which leg."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One truck of a line: its trip as announced, what it has driven of it, and when it can go on.

    `driven` is the part of a leg that lies behind it, until it reached the node where it stands. `reached`
    are the legs whose ends it came to. `exposure_ppm_s` is that of its crew on this day.
    """

    trip: Trip
    truck: TruckDay | None
    so_far: TruckSoFar
    handled_s: Mapping[str, int]
    legs: tuple[TripLeg, ...]
    reached: frozenset[str]
    driven: TripLeg | None
    ready_s: int
    rested_s: int
    crew: Crew
    exposure_ppm_s: int

    def since_s(self, run: Any) -> int:
        """Return from when on a run counts: whoever stands on the road has been there since it came."""
        return int(run.depart_s) if self.driven is None else self.driven.arrive_s

    def after(self, run: Any) -> Crew | None:
        """Return the crew at the end of a run, None where it goes beyond its hours."""
        if self.truck is None:
            return None
        under_way = Run(self.since_s(run), run.arrive_s)
        crew = self.crew.after(self.truck, self.rested_s, under_way)
        return crew if fits(crew, self.truck, self.so_far, under_way) else None

    def exposed(self, run: Any, network: TimedNetwork) -> int:
        """Return the exposure of one person on a run, with what a truck on the road waits before it."""
        return exposed(network, (run.arcs, run.waits), self.since_s(run), run.depart_s)

    def may_bear(self, run: Any, scene: Scene) -> bool:
        """Tell whether a run exposes the crew to nothing, or to no more than the cap of its day."""
        own = self.exposed(run, scene.network)
        return not own or scene.cap_ppm_s < 0 or self.exposure_ppm_s + own <= scene.cap_ppm_s

    def drove(self, number: int, run: Any, network: TimedNetwork) -> Member:
        """Return the truck at the end of a leg, by its number; ready to go on once its stop is over."""
        legs, leg, driven = self.trip.legs, self.trip.legs[number], self.driven
        # Before its first leg, it is where that one begins, whichever stop it goes to first.
        start, depart_s, waits, arcs = int(legs[0].from_node), run.depart_s, run.waits, run.arcs
        if driven is not None:
            start, depart_s = driven.from_node, driven.depart_s
            waits, arcs = _joined(driven, run), driven.arcs + run.arcs
        elif self.legs:
            start = self.legs[-1].to_node
        done = replace(leg, from_node=start, arcs=arcs, depart_s=depart_s, waits=waits, arrive_s=run.arrive_s)
        stays_s = legs[number + 1].depart_s - leg.arrive_s if number + 1 < len(legs) else 0
        crew = self.after(run)
        return replace(
            self, legs=(*self.legs, done), reached=self.reached | {leg.id}, driven=None,
            ready_s=run.arrive_s + stays_s, rested_s=run.arrive_s + self.handled_s.get(leg.id, 0),
            crew=self.crew if crew is None else crew,
            exposure_ppm_s=self.exposure_ppm_s + self.exposed(run, network),
        )  # fmt: skip

    def went(self, scene: Scene, number: int, node: int) -> Trip:
        """Return the trip as it goes on, with what it unloads in time, or stands before a leg at a node."""
        legs = self.legs if self.driven is None else (*self.legs, self.driven)
        if not legs:
            first = self.trip.legs[number]
            legs = (replace(first, to_node=node, arcs=(), waits=(), arrive_s=first.depart_s),)
        arrive_s = {leg.id: leg.arrive_s for leg in legs if leg.id in self.reached}
        kept = tuple(row for row in self.trip.goods if _in_time(row, arrive_s.get(row.leg), scene))
        return replace(self.trip, legs=legs, goods=kept)


def _in_time(row: Aboard, arrive_s: int | None, scene: Scene) -> bool:
    if arrive_s is None:
        return False
    expires_s = {lot.id: lot.expires_s for lot in scene.problem.lots}.get(row.lot, -1)
    return arrive_s <= scene.problem.days[row.due].until_s and not 0 <= expires_s <= arrive_s


def _joined(driven: TripLeg, run: Any) -> Waits:
    """Return the waits of a way that was driven in part and goes on with a run."""
    n, found = len(driven.arcs), dict(driven.waits)
    if run.arcs:
        for at, wait_s in ((0, run.depart_s - driven.arrive_s), *run.waits):
            if wait_s:
                found[n + at] = found.get(n + at, 0) + wait_s
    return tuple(sorted(found.items()))


def lines_of(trips: Sequence[Trip], trucks: Mapping[str, TruckDay]) -> Iterator[tuple[Trip, ...]]:
    """Yield trips that go on together, in line: those of a convoy on a day, on the same ways; else one.

    What an earlier plan led another way is another line.
    """
    found: dict[tuple[object, ...], list[Trip]] = {}
    for number, trip in enumerate(trips):
        own = trucks.get(trip.truck)
        ways = tuple((leg.from_node, leg.to_node, leg.arcs) for leg in trip.legs)
        key = (number,) if own is None or not own.convoy else (own.convoy, own.day, ways)
        found.setdefault(key, []).append(trip)
    for line in found.values():
        yield tuple(sorted(line, key=lambda trip: trip.truck))


def gathering(line: Sequence[Trip], network: TimedNetwork, now_s: int) -> Gathering:
    """Return where all trucks of a line can first turn off."""
    return max(_turn_off(trip, network, now_s) for trip in line)


def torn(line: Sequence[Trip], weights_kg: Sequence[int], network: TimedNetwork, now_s: int) -> set[str]:
    """Return the trucks that would enter a closed road before the place where all could turn off."""
    at, position = gathering(line, network, now_s)
    found = set()
    for trip, weight_kg in zip(line, weights_kg, strict=True):
        leg = trip.legs[at]
        part = replace(leg, arcs=leg.arcs[:position], waits=_waits_before(leg, position))
        begun_ = replace(trip, legs=(*trip.legs[:at], part))
        if next(closed_roads(begun_, network, now_s, weight_kg), None) is not None:
            found.add(trip.truck)
    return found


def member(
    trip: Trip, own: tuple[TruckDay | None, TruckSoFar, int], scene: Scene, place: Gathering, now_s: int
) -> Member:
    """Return a truck where its line can first turn off; `own` has what its crew was exposed to before."""
    truck, so_far, exposure_ppm_s = own
    legs, driven, ready_s = _driven_to(trip, place, scene.network, now_s)
    handling_s = handled_s(trip, scene.problem)
    rested_s = ready_s
    # Who stands on the road cannot have a break there.
    if driven is None and legs:
        rested_s = min(legs[-1].arrive_s + handling_s[legs[-1].id], ready_s)
    crew, done = Crew(), [*legs, *([driven] if driven is not None else [])]
    if truck is not None:
        crew = driven_by(begun(trip, truck, so_far, scene.problem), truck, done, handling_s)
    exposure_ppm_s += sum(
        exposed(scene.network, (leg.arcs, leg.waits), leg.depart_s, leg.depart_s) for leg in done
    )
    return Member(
        trip=trip, truck=truck, so_far=so_far, handled_s=handling_s, legs=legs, driven=driven,
        reached=frozenset(leg.id for leg in legs), ready_s=ready_s, rested_s=rested_s, crew=crew,
        exposure_ppm_s=exposure_ppm_s,
    )  # fmt: skip


def _turn_off(trip: Trip, network: TimedNetwork, now_s: int) -> Gathering:
    at = next(k for k, leg in enumerate(trip.legs) if leg.arrive_s > now_s)
    leg = trip.legs[at]
    if leg.depart_s >= now_s:
        return at, 0
    route = Route(from_node=leg.from_node, to_node=leg.to_node, arcs=leg.arcs)
    return at, standing(network, route, leg.depart_s, leg.waits, now_s).position


def _driven_to(
    trip: Trip, place: Gathering, network: TimedNetwork, now_s: int
) -> tuple[tuple[TripLeg, ...], TripLeg | None, int]:
    """Return legs that are over at a place of a trip, the part of the next one, and when it can go on."""
    at, position = place
    legs: list[TripLeg] = []

    def departs_s(number: int) -> int:
        """Return when a leg begins, its truck having stayed at the stop before as long as it was to."""
        stays_s = trip.legs[number].depart_s - trip.legs[number - 1].arrive_s
        return max(trip.legs[number].depart_s, legs[-1].arrive_s + stays_s if legs else 0)

    for number, leg in enumerate(trip.legs[:at]):
        over_s = leg.arrive_s
        if over_s > now_s:
            over_s = end_s(network, leg.arcs, departs_s(number), leg.waits)
        legs.append(replace(leg, depart_s=departs_s(number), arrive_s=over_s))
    leg, depart_s = trip.legs[at], departs_s(at)
    if not position and depart_s >= now_s:
        return tuple(legs), None, depart_s
    arcs, waits = leg.arcs[:position], _waits_before(leg, position)
    left_s = max((left for _, left in entries(network, arcs, depart_s, waits)), default=depart_s)
    node = int(network.arcs.head[arcs[-1]]) if arcs else leg.from_node
    driven = replace(leg, to_node=node, arcs=arcs, waits=waits, depart_s=depart_s, arrive_s=left_s)
    return tuple(legs), driven, max(left_s, now_s)


def _waits_before(leg: TripLeg, position: int) -> Waits:
    return tuple(row for row in leg.waits if row[0] < position)

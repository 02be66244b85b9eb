"""What had happened before a plan was made: it stands in the plan unchanged, and bounds start from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from safepassage_verify.network import read_roads
from safepassage_verify.planfile import (
    MOVEMENTS,
    Item,
    Leg,
    Plan,
    check_movement_references,
    movements_of,
)
from safepassage_verify.shape import SECONDS, record, whole
from safepassage_verify.snapshot import OWN_VEHICLE, Key, Place, Snapshot, Vehicle
from safepassage_verify.trips import Travel, Trips, list_trips, travel
from safepassage_verify.verdict import Findings

HISTORY = record(now_s=whole(0, SECONDS), **MOVEMENTS)

Run = tuple[tuple[int, int, int], ...]
"""(arc, entered, left) of the arcs entered before now."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class History:
    """The movements that had departed before `now_s`, with what happened of them by then."""

    now_s: int
    moves: Plan
    trips: Trips
    happens: Travel

    def run(self, trip: int) -> Run:
        """Return what a trip (a ride: its negative number) entered before now."""
        return self.happens.runs(self.now_s).get(trip, ())


def read_history(
    inputs: Mapping[str, Any], snapshot: Snapshot, findings: Findings
) -> tuple[Snapshot, History | None]:
    """Return the snapshot at the time the history ends, and the history, if the inputs have one."""
    if "history" not in inputs:
        return snapshot, None
    before, raw = findings.total, inputs["history"]
    if not HISTORY(raw, "inputs.history", findings):
        return snapshot, None
    snapshot = replace(snapshot, now_s=raw["now_s"])
    check_movement_references(raw, snapshot, findings)
    if findings.total > before:
        return snapshot, None
    moves = movements_of(raw)
    trips = list_trips(moves, snapshot)
    happens = travel(moves, trips, snapshot.roads, findings)
    if happens is None:
        return snapshot, None
    latest = max([-1, *trips.depart_s.tolist(), *(ride.depart_s for ride in moves.rides)])
    message = f"a movement departs in second {latest}, history ends in {raw['now_s']}"
    findings.require("HISTORY", "inputs.history", holds=latest < raw["now_s"], message=message)
    return snapshot, History(now_s=raw["now_s"], moves=moves, trips=trips, happens=happens)


def check_history(history: History, plan: Plan, trips: Trips, happens: Travel, findings: Findings) -> None:
    """Note what departed before now and is not in the plan as it was, and what else departs before now."""
    own = History(now_s=history.now_s, moves=plan, trips=trips, happens=happens)
    was, stated = Counter(_facts(history)), Counter(_facts(own))
    for name, rows in (("is missing or was changed", was - stated), ("had not departed", stated - was)):
        for fact, number in sorted(rows.items(), key=str):
            message = f"{number} × {fact[0]} {fact[1]!r} of second {fact[2]} {name}"
            findings.add("HISTORY", "plan", message)
    findings.checked("HISTORY", was.total())


def _facts(history: History) -> Iterator[tuple[Any, ...]]:
    """Yield what cannot be changed any more: who left when, aboard what, and the arcs entered by now."""
    trip = 0
    for stream in history.moves.cars:
        for depart_s, persons, _ in stream.departures:
            if depart_s < history.now_s:
                who = (stream.place, stream.direction, stream.reserve, persons)
                yield ("car of", stream.place, depart_s, who, history.run(trip))
            trip += 1
    for name, legs in history.moves.vehicles:
        for k, leg in enumerate(legs):
            if leg.depart_s < history.now_s:
                yield ("leg", leg.id, leg.depart_s, (name, k, _aboard(leg.load)), history.run(trip))
            trip += 1
    for number, ride in enumerate(history.moves.rides):
        if ride.depart_s < history.now_s:
            yield ("ride", ride.id, ride.depart_s, (ride.arc, _aboard(ride.load)), history.run(-1 - number))


def _aboard(load: tuple[Item, ...]) -> tuple[tuple[tuple[Any, str], int], ...]:
    """Return who is aboard and whence they came; where they get off may be changed while they are on."""
    aboard: Counter[tuple[Any, str]] = Counter()
    for item in load:
        aboard[item.kind, item.after] += item.persons
    return tuple(sorted(aboard.items()))


def remaining(
    inputs: Mapping[str, Any], snapshot: Snapshot, history: History, findings: Findings
) -> Snapshot:
    """Return the problem that is left at now: people where they stand, vehicles where they become free.

    Whoever is under way starts at the node where the way can first be changed, in the second it is reached; a
    place is made up for each such node and second. Nobody else departs before now, so what was open only
    then is closed.
    """
    rest = _Remaining(snapshot, history)
    profiles = [[arc, _from_now(pieces, history.now_s)] for arc, pieces in inputs["network"]["profiles"]]
    network = {**inputs["network"], "profiles": profiles}
    roads = read_roads(network, snapshot.horizon_s, snapshot.rules.movement_windows, findings)
    short = sorted(key for key, persons in rest.decided.items() if persons < 0)
    message = f"more people of {short[:1]} have left than the demand has"
    findings.require("HISTORY", "inputs.history", holds=not short, message=message)
    return replace(
        snapshot,
        roads=roads or snapshot.roads,
        decided={key: persons for key, persons in rest.decided.items() if persons > 0},
        places=rest.places,
        fleet=rest.fleet,
        under_way=frozenset(rest.places) - frozenset(snapshot.places),
    )


def _from_now(pieces: list[list[int]], now_s: int) -> list[list[int]]:
    """Return the pieces of a profile without the capacity before now."""
    found = []
    for from_s, until_s, capacity, persons_h, travel_s in pieces:
        if from_s < now_s:
            found.append([from_s, min(until_s, now_s), 0, persons_h, travel_s])
        if until_s > now_s:
            found.append([max(from_s, now_s), until_s, capacity, persons_h, travel_s])
    return found


class _Remaining:
    """Moves people and vehicles to where they stand at now."""

    def __init__(self, snapshot: Snapshot, history: History) -> None:
        self.snapshot, self.history = snapshot, history
        self.decided: dict[Key, int] = dict(snapshot.decided)
        now_s = history.now_s
        self.places = {
            name: replace(place, release_s=max(place.release_s, now_s))
            for name, place in snapshot.places.items()
        }
        self.fleet = {
            name: replace(vehicle, available_from_s=self._free_s(vehicle, vehicle.available_from_s))
            for name, vehicle in snapshot.fleet.items()
        }
        self._went_on: Counter[tuple[str, Any]] = Counter({})
        for _, _, load in self._stages():
            for item in load:
                self._went_on[item.after, item.kind] += item.persons
        self._cars()
        for stage, where, load in self._stages():
            for item in load:
                self._leave_behind(stage, item, where)

    def _free_s(self, vehicle: Vehicle, ready_s: int) -> int:
        """Return when loading may begin: before now only if it lasts until then."""
        longest = self.snapshot.rules.longest_loading_s(vehicle)
        return max(ready_s, self.history.now_s - longest)

    def _stand(self, from_node: int, to_node: int, depart_s: int, trip: int, n_arcs: int) -> tuple[int, int]:
        """Return the node and second where a trip can first be changed."""
        run, now_s = self.history.run(trip), self.history.now_s
        node = int(self.snapshot.roads.head[run[-1][0]]) if run else from_node
        t = run[-1][2] if run else depart_s
        return (to_node, t) if len(run) == n_arcs else (node, max(t, now_s))

    def _put(self, key: Key, persons: int, where: tuple[int, int]) -> None:
        node, t = where
        name = f"\x00{node}@{t}"
        self.places[name] = Place(
            id=name, node=node, pickup_node=node, release_s=t, direction="", capacity_persons=-1
        )
        self.decided[key] = self.decided.get(key, 0) - persons
        there = (name, key[1], key[2])
        self.decided[there] = self.decided.get(there, 0) + persons

    def _cars(self) -> None:
        trip = 0
        for stream in self.history.moves.cars:
            route = self.history.moves.routes[stream.route]
            for depart_s, persons, _ in stream.departures:
                where = self._stand(route.from_node, route.to_node, depart_s, trip, len(route.arcs))
                if not stream.reserve:
                    self._put((stream.place, stream.direction, OWN_VEHICLE), persons, where)
                trip += 1

    def _stages(self) -> Iterator[tuple[str, tuple[int, int], tuple[Item, ...]]]:
        """Yield (id, where it stands, load) of legs and rides; note where vehicles are, too."""
        moves, roads = self.history.moves, self.snapshot.roads
        trip = sum(len(stream.departures) for stream in moves.cars)
        for name, legs in moves.vehicles:
            for leg in legs:
                where = self._leg(name, leg, trip)
                yield leg.id, where, leg.load
                trip += 1
        for number, ride in enumerate(moves.rides):
            where = self._stand(
                int(roads.tail[ride.arc]), int(roads.head[ride.arc]), ride.depart_s, -1 - number, 1
            )
            yield ride.id, where, ride.load

    def _leg(self, name: str, leg: Leg, trip: int) -> tuple[int, int]:
        route = self.history.moves.routes[leg.route]
        node, t = self._stand(route.from_node, route.to_node, leg.depart_s, trip, len(route.arcs))
        vehicle = self.snapshot.fleet[name]
        ready_s = max(t, vehicle.available_from_s)
        self.fleet[name] = replace(vehicle, base_node=node, available_from_s=self._free_s(vehicle, ready_s))
        return node, t

    def _leave_behind(self, stage: str, item: Item, where: tuple[int, int]) -> None:
        """Put those of an item who did not go on before now where the leg or ride stands."""
        if item.reserve:
            return
        gone = 0 if item.site else min(item.persons, self._went_on[stage, item.kind])
        self._went_on[stage, item.kind] -= gone
        self._put(item.key, item.persons - gone, where)

"""What has happened before "now": the movements that have left, and where their people and vehicles are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from safepassage.domain.plan import CarStream, LinkRide, Load, Route, Schedule, VehicleChain, Waits
from safepassage.domain.timed_network import TimedNetwork


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The movements of an earlier plan that departed before `now_s`, as they were announced.

    What of them lies before `now_s` has happened: every later plan holds it unchanged. What lies after may be
    changed; those who are under way are somewhere on the road then. `routes` are those of these movements.
    """

    now_s: int
    routes: tuple[Route, ...]
    cars: tuple[CarStream, ...]
    vehicles: tuple[VehicleChain, ...]
    link_rides: tuple[LinkRide, ...]

    def __post_init__(self) -> None:
        if self.now_s < 0:
            raise ValueError(f"now is a second of the grid, got {self.now_s}")
        times = [d.depart_s for stream in self.cars for d in stream.departures]
        times += [leg.depart_s for chain in self.vehicles for leg in chain.legs]
        times += [ride.depart_s for ride in self.link_rides]
        if max(times, default=-1) >= self.now_s:
            raise ValueError("history holds only what departed before now")


def departed(schedule: Schedule, now_s: int) -> History:
    """Return what of a schedule departed before `now_s`; only routes still in use are kept."""
    position: dict[int, int] = {}

    def kept(route: int) -> int:
        return position.setdefault(route, len(position))

    cars = tuple(
        replace(stream, route=kept(stream.route), departures=gone)
        for stream in schedule.cars
        if (gone := tuple(d for d in stream.departures if d.depart_s < now_s))
    )
    vehicles = tuple(
        VehicleChain(id=chain.id, legs=tuple(replace(leg, route=kept(leg.route)) for leg in left))
        for chain in schedule.vehicles
        if (left := tuple(leg for leg in chain.legs if leg.depart_s < now_s))
    )
    rides = tuple(ride for ride in schedule.link_rides if ride.depart_s < now_s)
    routes = tuple(schedule.routes[route] for route in position)
    return History(now_s=now_s, routes=routes, cars=cars, vehicles=vehicles, link_rides=rides)


def entries(
    network: TimedNetwork, arcs: tuple[int, ...], depart_s: int, waits: Waits
) -> Iterator[tuple[int, int]]:
    """Yield (entered, left) of each arc of a run; a wait comes before its arc."""
    t, waited = depart_s, dict(waits)
    for position, arc in enumerate(arcs):
        entered = t + waited.get(position, 0)
        t = entered + network.travel_in(arc, entered)
        yield entered, t


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a run can first be changed: at `node` from `at_s` on, before its arc number `position`.

    A run that has passed its last arc stands at its end since it arrived.
    """

    node: int
    at_s: int
    position: int


def standing(network: TimedNetwork, route: Route, depart_s: int, waits: Waits, now_s: int) -> Standing:
    """Return where a run that departed stands at `now_s`, or will when it has left the arc it is on."""
    node, at_s, position = route.from_node, depart_s, 0
    for arc, (entered, left) in zip(route.arcs, entries(network, route.arcs, depart_s, waits), strict=True):
        if entered >= now_s:
            return Standing(node, max(at_s, now_s), position)
        node, at_s, position = int(network.arcs.head[arc]), left, position + 1
    return Standing(node, at_s, position)


def going_on(history: History) -> dict[tuple[str, str, str, str, bool], int]:
    """Return persons who went on before now, by (leg or ride, place, direction, group, reserve)."""
    found: dict[tuple[str, str, str, str, bool], int] = {}
    for item in loads(history):
        if item.after:
            key = (item.after, item.place, item.direction, item.group, item.reserve)
            found[key] = found.get(key, 0) + item.persons
    return found


def loads(history: History) -> Iterator[Load]:
    """Yield everybody aboard legs and rides of a history."""
    for chain in history.vehicles:
        for leg in chain.legs:
            yield from leg.load
    for ride in history.link_rides:
        yield from ride.load


def counted_before(history: History) -> dict[tuple[str, str, str, bool], int]:
    """Return persons who have left their place, by (place, direction, group, reserve)."""
    found: dict[tuple[str, str, str, bool], int] = {}
    for stream in history.cars:
        key = (stream.place, stream.direction, "own_vehicle", stream.reserve)
        found[key] = found.get(key, 0) + sum(d.persons for d in stream.departures)
    for item in loads(history):
        if not item.after:
            key = (item.place, item.direction, item.group, item.reserve)
            found[key] = found.get(key, 0) + item.persons
    return found

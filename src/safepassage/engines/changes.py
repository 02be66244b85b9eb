"""What differs between two schedules of one network: the old movements and the changes give the new."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from safepassage.domain.history import entries
from safepassage.domain.plan import CarStream, Departure, Leg, Schedule
from safepassage.domain.plan_change import ChangeKind, Movement, MovementChange, MovementKind, PlaceChange
from safepassage.domain.planning_problem import PlanningProblem

CAR_NUMBER = "c"
NOTHING_AHEAD = (-1, -1, 0)
"""First and last departure and persons of cars that have all left."""


def named_as_before(earlier: Schedule, schedule: Schedule) -> Schedule:
    """Return the schedule with car streams under the ids they were announced with.

    A stream that is new (another place, direction, site or way) gets a number that was never used.
    """
    known = {_stream_key(earlier, stream): stream.id for stream in earlier.cars}
    last = max((_number(stream.id) for stream in earlier.cars), default=0)
    cars: list[CarStream] = []
    for stream in schedule.cars:
        name = known.get(_stream_key(schedule, stream))
        if name is None:
            last += 1
            name = f"{CAR_NUMBER}{last}"
        cars.append(replace(stream, id=name))
    return replace(schedule, cars=tuple(cars))


def _stream_key(schedule: Schedule, stream: CarStream) -> tuple[object, ...]:
    route = schedule.routes[stream.route]
    ends = (route.from_node, route.to_node, route.arcs)
    return stream.place, stream.direction, stream.site, stream.reserve, ends


def _number(name: str) -> int:
    digits = name.removeprefix(CAR_NUMBER)
    return int(digits) if digits.isdecimal() else 0


def movements(problem: PlanningProblem, schedule: Schedule) -> tuple[Movement, ...]:
    """Return all movements of a schedule, cars first, each kind in order of id."""
    found = [*_cars(schedule), *_legs(schedule), *_rides(problem, schedule)]
    return tuple(sorted(found, key=lambda m: (m.kind, m.id)))


def _cars(schedule: Schedule) -> Iterable[Movement]:
    for stream in schedule.cars:
        route = schedule.routes[stream.route]
        yield Movement(
            id=stream.id, kind=MovementKind.CARS, vehicle="", place=stream.place, direction=stream.direction,
            site=stream.site, reserve=stream.reserve, route=(route.from_node, route.to_node, route.arcs),
            departures=stream.departures, arrive_s=-1, load=(),
        )  # fmt: skip


def _legs(schedule: Schedule) -> Iterable[Movement]:
    for chain in schedule.vehicles:
        for position, leg in enumerate(chain.legs):
            route, persons = schedule.routes[leg.route], sum(item.persons for item in leg.load)
            yield Movement(
                id=leg.id, kind=MovementKind.LEG, vehicle=chain.id, place="", direction="", site="",
                reserve=_on_the_way_to_held(chain.legs[position:]), arrive_s=leg.arrive_s,
                route=(route.from_node, route.to_node, route.arcs),
                departures=(Departure(depart_s=leg.depart_s, persons=persons, waits=leg.waits),),
                load=leg.load,
            )  # fmt: skip


def _on_the_way_to_held(legs: tuple[Leg, ...]) -> bool:
    """Tell whether the first leg is empty and leads only to people who have not decided."""
    load = next((leg.load for leg in legs if leg.load), ())
    return not legs[0].load and bool(load) and all(item.reserve for item in load)


def _rides(problem: PlanningProblem, schedule: Schedule) -> Iterable[Movement]:
    arcs = problem.network.arcs
    for ride in schedule.link_rides:
        persons = sum(item.persons for item in ride.load)
        ends = int(arcs.tail[ride.arc]), int(arcs.head[ride.arc])
        yield Movement(
            id=ride.id, kind=MovementKind.RIDE, vehicle="", place="", direction="", site="", reserve=False,
            route=(*ends, (ride.arc,)), arrive_s=-1, load=ride.load,
            departures=(Departure(depart_s=ride.depart_s, persons=persons),),
        )  # fmt: skip


def compared(before: Iterable[Movement], after: Iterable[Movement], now_s: int) -> tuple[MovementChange, ...]:
    """Return what was withdrawn, changed, diverted or is new, in order of kind and id."""
    old, new = ({(m.kind, m.id): m for m in rows} for rows in (before, after))
    found = [
        _change(old.get(key), new.get(key), now_s)
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    ]
    return tuple(found)


def _change(before: Movement | None, after: Movement | None, now_s: int) -> MovementChange:
    gone, come = _different(before, after)
    # New cars on a new way whose departure has passed were under way on another one.
    begun = after is not None and min(after.window_s) < now_s
    if before is None:
        kind = ChangeKind.DIVERTED if begun else ChangeKind.NEW
    elif after is None:
        kind = ChangeKind.WITHDRAWN
    else:
        kind = ChangeKind.DIVERTED if begun and before.kind is not MovementKind.CARS else ChangeKind.CHANGED
    return MovementChange(
        kind=kind, before=before, after=after, persons=max(gone, come), notify=_notify(before, after, now_s)
    )


def _different(before: Movement | None, after: Movement | None) -> tuple[int, int]:
    """Return (persons who no longer move so, persons who now do)."""
    if before is None or after is None or not _same_way(before, after) or before.load != after.load:
        return before.persons if before else 0, after.persons if after else 0
    old, new = Counter(before.departures), Counter(after.departures)
    gone, come = ((a - b).elements() for a, b in ((old, new), (new, old)))
    return sum(d.persons for d in gone), sum(d.persons for d in come)


def _same_way(a: Movement, b: Movement) -> bool:
    return a.route == b.route and a.site == b.site and a.vehicle == b.vehicle


def _notify(before: Movement | None, after: Movement | None, now_s: int) -> bool:
    """Tell whether what was announced does not hold any more.

    What is held for people who have not decided was announced to nobody. Announced are way, site, vehicle,
    and when it runs: of cars the first and last departure still ahead and how many persons, of a vehicle or
    ride its departure and who is aboard.
    """
    if all(movement is None or movement.for_reserve for movement in (before, after)):
        return False
    if after is None and before is not None and _ahead(before, now_s) == NOTHING_AHEAD:
        # All of them are on the road: they are told by the movement in which they are led on.
        return False
    if before is None or after is None or not _same_way(before, after) or before.load != after.load:
        return True
    return _ahead(before, now_s) != _ahead(after, now_s)


def _ahead(movement: Movement, now_s: int) -> tuple[int, int, int]:
    times = [d for d in movement.departures if d.depart_s >= now_s or movement.kind is not MovementKind.CARS]
    if not times:
        return NOTHING_AHEAD
    return times[0].depart_s, times[-1].depart_s, sum(d.persons for d in times)


def of_vehicles_changed(before: Iterable[Movement], changes: Iterable[MovementChange]) -> frozenset[str]:
    """Return the ids of movements that changes are about, and of all that their vehicles were to do."""
    changed = {change.before.id: change.before for change in changes if change.before is not None}
    vehicles = {movement.vehicle for movement in changed.values() if movement.vehicle}
    return frozenset(changed) | {m.id for m in before if m.vehicle in vehicles}


def of_places(before: Iterable[Movement], places: Collection[str]) -> frozenset[str]:
    """Return the ids of movements that bring people of some places anywhere."""
    return frozenset(
        m.id for m in before if m.place in places or any(item.place in places for item in m.load)
    )


def last_to_come(schedule: Schedule) -> frozenset[str]:
    """Return the ids of the trip by vehicle on which the last of the decided arrive, and of all after it."""
    ends = [
        (leg.arrive_s, chain.id, position, chain)
        for chain in schedule.vehicles
        for position, leg in enumerate(chain.legs)
        if any(load.site and not load.reserve for load in leg.load)
    ]
    if not ends:
        return frozenset()
    _, _, last, chain = max(ends, key=lambda row: row[:3])
    before = [k for k in range(last) if any(load.site for load in chain.legs[k].load)]
    return frozenset(leg.id for leg in chain.legs[(before[-1] + 1 if before else 0) :])


def cheapest(left: Mapping[str, int], cost: Mapping[str, int], last: Mapping[str, int]) -> str:
    """Return the plan that costs least, ``kept`` before others.

    `left` are the decided persons whom each leaves unserved. Persons who are there come before places held
    for those who may come: nothing is ``kept`` where ``reserves``, held anew, lets more of them arrive.
    `last` is what the last arrival of each costs besides; it is weighed only between plans that leave no more
    than the one that costs least without it: nobody is left behind for others to be sooner.
    """
    waived = left.get("reserves", left["kept"]) < left["kept"]
    free = [name for name in cost if name != "kept" or not waived]
    least = min(free, key=lambda name: (cost[name], name != "kept"))
    alike = [name for name in free if left[name] <= left[least]]
    return min(alike, key=lambda name: (cost[name] + last[name], name != "kept"))


def applied(before: Iterable[Movement], changes: Iterable[MovementChange]) -> tuple[Movement, ...]:
    """Return the movements after the changes.

    Raises
    ------
    ValueError
        When a change is about a movement that is not there as it says.
    """
    rows = {(m.kind, m.id): m for m in before}
    for change in changes:
        if change.before is not None:
            key = (change.before.kind, change.before.id)
            if rows.pop(key, None) != change.before:
                raise ValueError(f"there is no movement {change.before.id} as the change has it")
        if change.after is not None:
            rows[change.after.kind, change.after.id] = change.after
    return tuple(rows[key] for key in sorted(rows))


def places_changed(
    before: Mapping[tuple[str, str, str], int], after: Mapping[tuple[str, str, str], int]
) -> tuple[PlaceChange, ...]:
    """Return where more or fewer are served, by (place, direction, group)."""
    return tuple(
        PlaceChange(
            place=key[0], direction=key[1], group=key[2], served=(before.get(key, 0), after.get(key, 0))
        )
        for key in sorted({*before, *after})
        if before.get(key, 0) != after.get(key, 0)
    )


def served(schedule: Schedule) -> dict[tuple[str, str, str], int]:
    """Return decided persons who reach a site, by (place, direction, group)."""
    found: Counter[tuple[str, str, str]] = Counter()
    for stream in schedule.cars:
        if stream.site and not stream.reserve:
            persons = sum(d.persons for d in stream.departures)
            found[stream.place, stream.direction, "own_vehicle"] += persons
    loads = [leg.load for chain in schedule.vehicles for leg in chain.legs]
    for item in (item for load in (*loads, *(r.load for r in schedule.link_rides)) for item in load):
        if item.site and not item.reserve:
            found[item.place, item.direction, item.group] += item.persons
    return dict(found)


def person_seconds(problem: PlanningProblem, schedule: Schedule) -> dict[str, int]:
    """Return the sum of arrival times of decided persons by direction; the unserved count the horizon."""
    found = {direction: 0 for direction, _ in problem.directions}
    for stream in schedule.cars:
        if stream.site and not stream.reserve:
            arcs = schedule.routes[stream.route].arcs
            for car in stream.departures:
                found[stream.direction] += car.persons * _arrive_s(problem, arcs, car)
    rides = [(leg.arrive_s, leg.load) for chain in schedule.vehicles for leg in chain.legs]
    for ride in schedule.link_rides:
        arrive_s = ride.depart_s + problem.network.travel_in(ride.arc, ride.depart_s)
        rides.append((arrive_s, ride.load))
    for arrive_s, load in rides:
        for item in load:
            if item.site and not item.reserve:
                found[item.direction] += item.persons * arrive_s
    for row in schedule.unserved:
        found[row.direction] += row.persons * problem.network.horizon_s
    return found


def _arrive_s(problem: PlanningProblem, arcs: tuple[int, ...], car: Departure) -> int:
    return max(
        (left for _, left in entries(problem.network, arcs, car.depart_s, car.waits)), default=car.depart_s
    )

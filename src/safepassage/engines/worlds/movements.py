"""The movements of a plan as rows that worlds can be run over, with the way each could take instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from safepassage.domain import dwell
from safepassage.domain.plan import Corridor, Leg, LinkRide, Schedule, Waits
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.kernels.worlds.world_runs import Int64, Trips


@dataclass(frozen=True, slots=True, kw_only=True)
class Arriving:
    """Persons of one place who arrive with a movement, if all that brought them there did.

    A `reserve` is held for undecided persons, of whom some come; `own_car` is how they leave.
    """

    movement: int
    came_by: tuple[int, ...]
    place: str
    direction: str
    persons: int
    reserve: bool = False
    own_car: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Movements:
    """Rows for the kernel, persons who arrive, and persons aboard each movement (for exposure)."""

    trips: Trips
    arriving: tuple[Arriving, ...]
    aboard: Int64
    vehicles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    id: str
    depart_s: int
    arcs: tuple[int, ...]
    waits: Waits
    other: tuple[int, ...] = ()
    vehicle: str = ""
    before: str = ""
    turn_s: int = 0
    after: tuple[tuple[str, int], ...] = ()
    persons: int = 0
    own_car: bool = False
    arriving: tuple[tuple[str, str, int, str, bool], ...] = ()


def movements(problem: PlanningProblem, schedule: Schedule, corridors: tuple[Corridor, ...]) -> Movements:
    """Return all movements of a plan in order of departure, reserves among them."""
    rows = sorted(_rows(problem, schedule, _others(schedule, corridors)), key=lambda r: (r.depart_s, r.id))
    position = {row.id: i for i, row in enumerate(rows)}
    vehicles = tuple(sorted({row.vehicle for row in rows} - {""}))
    number = {name: i for i, name in enumerate(vehicles)}
    after = [(position[name], wait) for row in rows for name, wait in row.after]
    waits = [_waits(row) for row in rows]
    trips = Trips(
        depart_s=_int64([row.depart_s for row in rows]), arc_first=_bounds([len(row.arcs) for row in rows]),
        arcs=_int64([arc for row in rows for arc in row.arcs]),
        waits_s=_int64([w for row in waits for w in row]),
        other_first=_bounds([len(row.other) for row in rows]),
        other=_int64([arc for row in rows for arc in row.other]),
        vehicle=_int64([number.get(row.vehicle, -1) for row in rows]),
        before=_int64([position.get(row.before, -1) for row in rows]),
        turn_s=_int64([row.turn_s for row in rows]), after_first=_bounds([len(row.after) for row in rows]),
        after=_int64(after).reshape(-1, 2),
    )  # fmt: skip
    return Movements(
        trips=trips, arriving=tuple(_arriving(rows, position)),
        aboard=_int64([row.persons for row in rows]), vehicles=vehicles,
    )  # fmt: skip


def _rows(
    problem: PlanningProblem, schedule: Schedule, others: Mapping[tuple[str, str, int], tuple[int, ...]]
) -> Iterator[_Row]:
    for stream in schedule.cars:
        arcs = schedule.routes[stream.route].arcs
        other = others.get((stream.place, stream.site, stream.route), ())
        for k, car in enumerate(stream.departures):
            counted = 0 if stream.reserve else car.persons
            row = (stream.place, stream.direction, car.persons, "", stream.reserve)
            yield _Row(
                id=f"{stream.id}/{k:06d}", depart_s=car.depart_s, arcs=arcs, waits=car.waits, other=other,
                persons=counted, own_car=True, arriving=(row,),
            )  # fmt: skip
    free_s = dwell.unloadings(problem.rules, schedule.vehicles)
    for chain in schedule.vehicles:
        for n, leg in enumerate(chain.legs):
            before = chain.legs[n - 1] if n else None
            yield _of_leg(problem, schedule, others, (chain.id, before, leg), free_s)
    for ride in schedule.link_rides:
        yield _Row(
            id=ride.id, depart_s=ride.depart_s, arcs=(ride.arc,), waits=(), persons=_counted(ride),
            after=_after(ride, free_s), arriving=_ends(ride),
        )  # fmt: skip


def _of_leg(
    problem: PlanningProblem,
    schedule: Schedule,
    others: Mapping[tuple[str, str, int], tuple[int, ...]],
    chain: tuple[str, Leg | None, Leg],
    free_s: Mapping[str, int],
) -> _Row:
    vehicle, before, leg = chain
    turn_s = dwell.loading_s(problem.rules, leg, before) + (0 if before is None else free_s[before.id])
    ends = {(item.place, item.site, leg.route) for item in leg.load}
    other = others.get(next(iter(sorted(ends))), ()) if len(ends) == 1 else ()
    return _Row(
        id=leg.id, depart_s=leg.depart_s, arcs=schedule.routes[leg.route].arcs, waits=leg.waits, other=other,
        vehicle=vehicle, before="" if before is None else before.id, turn_s=turn_s,
        after=_after(leg, free_s), persons=_counted(leg), arriving=_ends(leg),
    )  # fmt: skip


def _counted(movement: Leg | LinkRide) -> int:
    return sum(item.persons for item in movement.load if not item.reserve)


def _after(movement: Leg | LinkRide, free_s: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """Return what people come from, and the seconds from its arrival until they can go on."""
    return tuple(
        sorted({item.after: free_s.get(item.after, 0) for item in movement.load if item.after}.items())
    )


def _ends(movement: Leg | LinkRide) -> tuple[tuple[str, str, int, str, bool], ...]:
    return tuple(
        (item.place, item.direction, item.persons, item.after, item.reserve)
        for item in movement.load
        if item.site
    )


def _arriving(rows: list[_Row], position: Mapping[str, int]) -> Iterator[Arriving]:
    came = {row.id: [name for name, _ in row.after] for row in rows}
    for i, row in enumerate(rows):
        for place, direction, persons, after, reserve in row.arriving:
            yield Arriving(
                movement=i, came_by=tuple(position[name] for name in _all_before(after, came)), place=place,
                direction=direction, persons=persons, reserve=reserve, own_car=row.own_car,
            )  # fmt: skip


def _all_before(name: str, came: Mapping[str, list[str]]) -> tuple[str, ...]:
    found: list[str] = []
    open_ = [name] if name else []
    while open_:
        one = open_.pop()
        if one not in found:
            found.append(one)
            open_ += came.get(one, [])
    return tuple(sorted(found))


def _others(
    schedule: Schedule, corridors: tuple[Corridor, ...]
) -> dict[tuple[str, str, int], tuple[int, ...]]:
    """Return another way for each (place, site, route) that has one."""
    return {
        (c.place, c.site, c.route): schedule.routes[c.alternative].arcs
        for c in corridors
        if c.alternative >= 0
    }


def _waits(row: _Row) -> list[int]:
    waits = dict(row.waits)
    return [waits.get(k, 0) for k in range(len(row.arcs))]


def _bounds(lengths: list[int]) -> Int64:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(_int64(lengths))])


def _int64(values: object) -> Int64:
    return np.asarray(values, dtype=np.int64)

"""Cars that are under way led anew as flows, from where each can first be changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from safepassage.domain.network import Int64
from safepassage.domain.plan import Schedule
from safepassage.domain.planning_problem import DemandRow, PlacedPlace, PlanningProblem
from safepassage.engines.car_streams.all_cars import first_bin_s
from safepassage.engines.car_streams.book_flows import Effort
from safepassage.engines.car_streams.live import schedule_of_live, spread
from safepassage.engines.car_streams.refine import refined
from safepassage.engines.car_streams.streams import GROUP, BookedCars
from safepassage.kernels.booking.booking import Busy
from safepassage.kernels.booking.live_cars import NOWHERE, LiveCars

UNDER_WAY = "\x00"
"""First sign of the ids of places made up for cars on the road."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class OnTheRoad:
    """Cars of a plan at `now_s`: columns (n_cars,) of places, persons, entries before now, node, second.

    `arc` and `t` hold the entries before now, car after car; `busy` is what they take up on the roads.
    """

    now_s: int
    place: Int64
    persons: Int64
    past: Int64
    node: Int64
    since_s: Int64
    arc: Int64
    t: Int64
    there: Int64
    busy: Busy

    @classmethod
    def of(cls, live: LiveCars, place: Int64, persons: Int64, now_s: int) -> OnTheRoad:
        """Return where the cars of a plan are; `there` are those who have arrived."""
        cars = np.arange(len(live.at))
        past, node, since_s = live.standing(cars, now_s)
        entry = spread(live.at, past)
        arc, x = live.arc[entry].astype(np.int64), live.x[entry]
        busy = Busy(arc=arc, from_x=x, until_x=x + live.work)
        return cls(
            now_s=now_s, place=place, persons=persons, past=past, node=node, since_s=since_s, arc=arc,
            t=live.t[entry].copy(), there=np.flatnonzero((past == live.size) & (live.arrive_s >= 0)),
            busy=busy,
        )  # fmt: skip


@dataclass(slots=True, kw_only=True)
class _Led:
    """Entries of cars as `schedule_of_live` reads them."""

    at: Int64
    size: Int64
    arc: Int64
    t: Int64
    arrive_s: Int64


def led_anew(
    open_: PlanningProblem,
    problem: PlanningProblem,
    direction: str,
    cars: OnTheRoad,
    expired: Callable[[], bool] | None,
) -> Schedule | None:
    """Return the schedule of everybody led anew as flows; None where nobody gets anywhere.

    `open_` is the problem with the roads that are open from now on, as flows read them. Who has departed is
    held to the entries before now; on from there the cars of a node are as good as each other.
    """
    left, waiting = _from_now(open_, direction, cars)
    flows = list(islice(refined(left, direction, bin_s=first_bin_s(left, direction), expired=expired), 2))
    if not flows:
        return None
    booked = flows[-1].booked(
        replace(left, network=problem.network), direction, Effort(expired=expired), busy=cars.busy
    )
    return _spliced(problem, direction, cars, waiting, booked)


def _from_now(
    problem: PlanningProblem, direction: str, cars: OnTheRoad
) -> tuple[PlanningProblem, dict[int, list[int]]]:
    """Return what is left to plan, and by place made up for them the cars that stand there.

    Each car on the road counts as full, so that there is a turn for each.
    """
    gone = np.flatnonzero(cars.past > 0)
    on_road = np.setdiff1d(gone, cars.there)
    stands: dict[tuple[int, int], list[int]] = {}
    for car in on_road.tolist():
        stands.setdefault((int(cars.node[car]), int(cars.since_s[car])), []).append(car)
    departed = np.bincount(cars.place[gone], cars.persons[gone], minlength=len(problem.places))
    position = {place.id: i for i, place in enumerate(problem.places)}
    rows, left_of = [], departed.astype(np.int64).tolist()
    for row in problem.demand:
        if row.direction == direction and row.group == GROUP and row.basis != "assumption":
            taken = min(row.persons, left_of[position[row.place]])
            left_of[position[row.place]] -= taken
            if row.persons > taken:
                rows.append(replace(row, persons=row.persons - taken))
    homes = tuple(replace(p, release_s=max(p.release_s, cars.now_s)) for p in problem.places)
    order = sorted(stands)
    made = tuple(
        PlacedPlace(
            id=f"{UNDER_WAY}{node}@{at_s}", name="cars under way", kind="under_way", node=node,
            pickup_node=node, release_s=at_s, direction="", capacity_persons=-1,
        )
        for node, at_s in order
    )  # fmt: skip
    full = problem.rules.persons_per_car
    rows += [
        DemandRow(
            place=place.id, direction=direction, group=GROUP, basis="exercise",
            persons=full * len(stands[key]),
        )
        for key, place in zip(order, made, strict=True)
    ]  # fmt: skip
    waiting = {len(homes) + i: stands[key] for i, key in enumerate(order)}
    return replace(problem, history=None, places=(*homes, *made), demand=tuple(rows)), waiting


def _spliced(
    problem: PlanningProblem, direction: str, cars: OnTheRoad, waiting: dict[int, list[int]],
    booked: BookedCars,
) -> Schedule:  # fmt: skip
    """Return the schedule of what has been driven and of what was booked from there on."""
    first = np.concatenate([[0], np.cumsum(cars.past)])
    rows: list[tuple[int, int, list[int], list[int], int]] = []
    queue = {place: iter(members) for place, members in waiting.items()}
    for place, arcs, t, arrive_s, persons in _driven(problem, booked):
        if place not in queue:
            rows.append((place, persons, arcs, t, arrive_s))
            continue
        car = next(queue[place])
        arc, entered = (column[first[car] : first[car + 1]].tolist() for column in (cars.arc, cars.t))
        rows.append((int(cars.place[car]), int(cars.persons[car]), arc + arcs, entered + t, arrive_s))
    stays = [(car, NOWHERE) for members in queue.values() for car in members]
    for car, arrive_s in (*stays, *((car, int(cars.since_s[car])) for car in cars.there.tolist())):
        arc, entered = (column[first[car] : first[car + 1]].tolist() for column in (cars.arc, cars.t))
        rows.append((int(cars.place[car]), int(cars.persons[car]), arc, entered, arrive_s))
    size = np.array([len(row[2]) for row in rows], dtype=np.int64)
    led = _Led(
        at=np.cumsum(size) - size, size=size,
        arc=np.array([arc for row in rows for arc in row[2]], dtype=np.int64),
        t=np.array([t for row in rows for t in row[3]], dtype=np.int64),
        arrive_s=np.array([row[4] for row in rows], dtype=np.int64),
    )  # fmt: skip
    homes, aboard = (np.array([row[k] for row in rows], dtype=np.int64) for k in (0, 1))
    return schedule_of_live(problem, direction, led, homes, aboard)


def _driven(
    problem: PlanningProblem, booked: BookedCars
) -> Iterator[tuple[int, list[int], list[int], int, int]]:
    """Yield (place, arcs, seconds entered, arrival, persons) of all that was booked, in order of turns."""
    turns, booking, travel_in = booked.turns, booked.booking, problem.network.travel_in
    waits: dict[int, dict[int, int]] = {}
    for turn, position, seconds in booking.waits.tolist():
        waits.setdefault(turn, {})[position] = seconds
    for turn in np.flatnonzero(booking.path >= 0).tolist():
        path = int(booking.path[turn])
        arcs = turns.arcs[turns.start[path] : turns.start[path + 1]].tolist()
        waited, now, entered = waits.get(turn, {}), int(booking.depart_s[turn]), []
        for position, arc in enumerate(arcs):
            now += waited.get(position, 0)
            entered.append(now)
            now += travel_in(arc, now)
        yield int(booked.place[turns.turn_list[turn]]), arcs, entered, now, int(booked.persons[turn])

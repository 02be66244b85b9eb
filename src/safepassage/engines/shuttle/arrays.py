"""A shuttle problem as the arrays of the kernels, and tours in arrays as a plan."""

from __future__ import annotations

import numpy as np

from safepassage.domain.shuttle import NONE, Pickup, ShuttlePlan, ShuttleProblem, ShuttleTrip
from safepassage.kernels.shuttles import shuttle_tours
from safepassage.kernels.shuttles.shuttle_tours import NEVER_MS, Case, Int64, Tours

LONGEST_PLAN_MS = 10**8
"""Prices are set so that no plan is thought longer than this (28 hours)."""


def case_of(problem: ShuttleProblem) -> Case:
    """Return the arrays of a problem."""
    rules, travel = problem.rules, problem.travel
    everybody = problem.persons
    longest = (everybody + rules.last_persons) * LONGEST_PLAN_MS
    return Case(
        place=_column(group.place for group in problem.groups),
        members=_column(group.members for group in problem.groups),
        board_ms=_column(group.board_ms for group in problem.groups),
        need=np.array([(g.seats, g.wheelchair, g.stretcher) for g in problem.groups], np.int64).reshape(
            -1, 3
        ),
        seats=np.array([vehicle.places for vehicle in problem.vehicles], np.int64).reshape(-1, 3),
        start_ms=np.array([vehicle.first_ms for vehicle in problem.vehicles], np.int64).reshape(
            len(problem.vehicles), travel.out_ms.shape[1]
        ),
        until_ms=_column(_limit(vehicle.until_ms) for vehicle in problem.vehicles),
        out_ms=travel.out_ms.copy(),
        between_ms=travel.between_ms.copy(),
        home_ms=travel.home_ms.copy(),
        room=_column(_limit(shelter.capacity_persons) for shelter in problem.shelters),
        hard=_column(shelter.hard for shelter in problem.shelters),
        stop_ms=rules.stop_ms,
        unload_ms=rules.unload_ms,
        to_shelter=int(rules.waits_until == "shelter"),
        last_price=rules.last_persons,
        over_price=rules.over_ms * rules.last_persons,
        left_price=longest + rules.over_ms * rules.last_persons,
    )


def plan_of(tours: Tours, case: Case) -> ShuttlePlan:
    """Return driven tours as a plan."""
    over = np.maximum(tours.brought.sum(axis=0) - case.room, 0)
    fetched = case._replace(left_price=0)
    return ShuttlePlan(
        tours=tuple(
            tuple(_trip(tours, vehicle, trip) for trip in range(int(trips)))
            for vehicle, trips in enumerate(tours.trips)
        ),
        left=tuple(int(parties) for parties in tours.left),
        waiting_ms=int(tours.wait.sum()),
        last_ms=int(tours.last_ms.max(initial=0)),
        over_persons=int(over.sum()),
        value=int(shuttle_tours.total(fetched, tours)),
    )


def _trip(tours: Tours, vehicle: int, trip: int) -> ShuttleTrip:
    stops = range(int(tours.stops[vehicle, trip]))
    return ShuttleTrip(
        pickups=tuple(
            Pickup(
                group=int(tours.group[vehicle, trip, stop]), parties=int(tours.parties[vehicle, trip, stop])
            )
            for stop in stops
        ),
        shelter=int(tours.end[vehicle, trip]),
    )


def _column(values: object) -> Int64:
    return np.array([int(value) for value in values], np.int64)  # type: ignore[attr-defined]


def _limit(value: int) -> int:
    return NEVER_MS if value == NONE else value

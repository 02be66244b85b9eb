"""The shuttle problem: vehicles fetch people in many trips and bring them to shelters.

Whoever cannot board alone takes time to board, homes are larger than vehicles, and shelters fill up. The
problem holds travel times only; how they come about (roads, windows, closures) is not its business. Times are
whole milliseconds from the moment of the order; -1 stands for "no way" and "no limit".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

NONE = -1
"""No way (travel times) or no limit (times, rooms)."""
MOST_MS = 10**9
"""No time in a shuttle problem is longer: some eleven days."""
MOST_PERSONS = 10**5
"""No group, vehicle or shelter price counts more persons."""


def held_times(given: object, name: str, shape: tuple[int, ...]) -> Int64:
    """Return times in milliseconds as a copy that nobody can write to; -1 where there is no way.

    Raises
    ------
    ValueError
        When the shape is another one, or a time is out of its range.
    """
    times = np.array(given, dtype=np.int64)
    if times.shape != shape or (times.size and not NONE <= times.min() <= times.max() <= MOST_MS):
        raise ValueError(f"{name} has the shape {shape} and times of -1 to {MOST_MS} ms")
    times.setflags(write=False)
    return times


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyGroup:
    """Parties that wait at one place: a person each, with the carers who travel wherever that person travels.

    `board_ms` is what boarding one party takes, carers included; alighting takes as long.
    """

    place: int
    parties: int
    carers: int = 0
    seats: int = 1
    wheelchair: int = 0
    stretcher: int = 0
    board_ms: int = 0

    def __post_init__(self) -> None:
        needs = (self.seats, self.wheelchair, self.stretcher)
        if self.place < 0 or min(self.parties, self.carers, self.board_ms, *needs) < 0 or sum(needs) == 0:
            raise ValueError(
                "a party waits at a place, takes places in the vehicle, and nothing of it is negative"
            )
        if self.parties * self.members > MOST_PERSONS or self.board_ms > MOST_MS:
            raise ValueError(
                f"a group has at most {MOST_PERSONS} persons, and nobody boards for {MOST_MS} ms"
            )

    @property
    def members(self) -> int:
        """Persons of one party."""
        return 1 + self.carers

    @property
    def persons(self) -> int:
        """All persons of the group."""
        return self.parties * self.members


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelter:
    """Where people are brought: room for so many persons, -1 for any number; `hard`: not one more."""

    capacity_persons: int = NONE
    hard: bool = False

    def __post_init__(self) -> None:
        if not NONE <= self.capacity_persons <= MOST_PERSONS:
            raise ValueError("a shelter has room for 0 persons or more, or states none (-1)")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShuttleVehicle:
    """A vehicle: its places by kind, when it can be at each place first, and its latest arrival."""

    seats: int
    wheelchair: int = 0
    stretcher: int = 0
    first_ms: tuple[int, ...]
    until_ms: int = NONE

    def __post_init__(self) -> None:
        if min(self.seats, self.wheelchair, self.stretcher) < 0 or sum(self.places) > MOST_PERSONS:
            raise ValueError("a vehicle has 0 places or more of each kind")
        if not all(NONE <= ms <= MOST_MS for ms in (*self.first_ms, self.until_ms)):
            raise ValueError(f"times of a vehicle are -1 to {MOST_MS} ms")

    @property
    def places(self) -> tuple[int, int, int]:
        """Seats, wheelchair places, stretcher places."""
        return self.seats, self.wheelchair, self.stretcher


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShuttleTravel:
    """Travel times in ms between D shelters and P places: (D, P), (P, P), (P, D); -1 for no way."""

    out_ms: Int64
    between_ms: Int64
    home_ms: Int64

    def __post_init__(self) -> None:
        shelters, places = np.shape(self.out_ms)
        shapes = {"out_ms": (shelters, places), "between_ms": (places, places), "home_ms": (places, shelters)}
        for name, shape in shapes.items():
            object.__setattr__(self, name, held_times(getattr(self, name), name, shape))


@dataclass(frozen=True, slots=True, kw_only=True)
class ShuttleRules:
    """Handling times and what counts how much.

    The value of a plan, in person-milliseconds, is the sum over persons of their waiting time, plus
    `last_persons` times the last arrival at a shelter, plus `over_ms` times `last_persons` for each person
    above the capacity of a soft shelter. A person waits until a vehicle is at the place ("pickup") or until
    arrival at a shelter ("shelter"). Who is not fetched counts more than any waiting.
    """

    stop_ms: int
    unload_ms: int
    last_persons: int
    over_ms: int = 60_000
    waits_until: Literal["pickup", "shelter"] = "shelter"

    def __post_init__(self) -> None:
        if not all(0 <= ms <= MOST_MS for ms in (self.stop_ms, self.unload_ms, self.over_ms)):
            raise ValueError(f"handling times and prices are 0 to {MOST_MS} ms")
        if not 0 <= self.last_persons <= MOST_PERSONS:
            raise ValueError(f"the last arrival counts as 0 to {MOST_PERSONS} persons")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShuttleProblem:
    """Who is to be fetched, by which vehicles, to which shelters, and by what rules."""

    groups: tuple[PartyGroup, ...]
    shelters: tuple[Shelter, ...]
    vehicles: tuple[ShuttleVehicle, ...]
    travel: ShuttleTravel
    rules: ShuttleRules

    def __post_init__(self) -> None:
        shelters, places = self.travel.out_ms.shape
        if len(self.shelters) != shelters or not shelters or not self.groups:
            raise ValueError("there are groups to be fetched, and as many shelters as the travel times say")
        if any(group.place >= places for group in self.groups):
            raise ValueError("each group waits at a place of the travel times")
        if any(len(vehicle.first_ms) != places for vehicle in self.vehicles):
            raise ValueError("each vehicle says for each place when it can be there first")
        if self.persons > MOST_PERSONS:
            raise ValueError(f"there are at most {MOST_PERSONS} persons in all")

    @property
    def persons(self) -> int:
        """All persons to be fetched."""
        return sum(group.persons for group in self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pickup:
    """Parties of one group that board a trip."""

    group: int
    parties: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShuttleTrip:
    """One trip: its pick-ups in order, and the shelter where it ends and the next trip begins."""

    pickups: tuple[Pickup, ...]
    shelter: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShuttlePlan:
    """The trips of each vehicle in order, and the parties of each group that are not fetched.

    `waiting_ms` is the sum over persons fetched, `last_ms` the last arrival at a shelter, `over_persons` the
    persons above the capacity of shelters, `value` what the rules make of these (the unfetched not counted).
    """

    tours: tuple[tuple[ShuttleTrip, ...], ...]
    left: tuple[int, ...]
    waiting_ms: int
    last_ms: int
    over_persons: int
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShuttleBound:
    """No plan that fetches everybody has a value below `value` (person-milliseconds).

    It is the value of a Lagrangian relaxation, in whole numbers, on a grid of `step_ms` with all times
    rounded down. Each row of `prices` is the best for a part of the possible last arrivals: per party of each
    group, per stop for each group, per person brought to each shelter, per trip. Any prices of 0 or more give
    a valid bound. Last arrivals after `cells` cells are
    bounded by the least waiting. `step_ms` is 0 where only that was summed.
    """

    value: int
    step_ms: int
    cells: int
    prices: tuple[tuple[int, ...], ...]

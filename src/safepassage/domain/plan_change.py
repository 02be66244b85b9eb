"""What differs between an announced plan and the one that goes on from it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from safepassage.domain.plan import Departure, Load


class MovementKind(StrEnum):
    """What moves: the cars of a place on one way, a leg of a vehicle, a ride on a train, boat or path."""

    CARS = "cars"
    LEG = "leg"
    RIDE = "ride"


class ChangeKind(StrEnum):
    """What becomes of a movement that was announced, or that one is new."""

    WITHDRAWN = "withdrawn"
    CHANGED = "changed"
    DIVERTED = "diverted"
    NEW = "new"


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One movement as it is announced, whatever the positions of routes in its plan.

    `departures` are the cars; a leg or ride has one, with everybody aboard. `arrive_s` is -1 for cars, which
    arrive one after the other. `route` is (first node, last node, arcs). An empty leg on the way to people
    for whom places are held is a `reserve` as they are.
    """

    id: str
    kind: MovementKind
    vehicle: str
    place: str
    direction: str
    site: str
    reserve: bool
    route: tuple[int, int, tuple[int, ...]]
    departures: tuple[Departure, ...]
    arrive_s: int
    load: tuple[Load, ...]

    @property
    def persons(self) -> int:
        """Persons aboard, reserves included."""
        return sum(d.persons for d in self.departures)

    @property
    def for_reserve(self) -> bool:
        """Whether it is held for people who have not decided: nobody has been told to come."""
        return self.reserve or (bool(self.load) and all(item.reserve for item in self.load))

    @property
    def directions(self) -> frozenset[str]:
        """The directions of those aboard."""
        return frozenset({self.direction} if self.direction else {item.direction for item in self.load})

    @property
    def window_s(self) -> tuple[int, int]:
        """The first and the last departure."""
        times = [d.depart_s for d in self.departures]
        return min(times), max(times)


@dataclass(frozen=True, slots=True, kw_only=True)
class MovementChange:
    """A movement before and after (None: there was, or is, none) and the persons who move differently.

    `notify` is whether those who were told of it must be told anew. A diverted movement was under way.
    """

    kind: ChangeKind
    before: Movement | None
    after: Movement | None
    persons: int
    notify: bool

    def __post_init__(self) -> None:
        if self.before is None and self.after is None:
            raise ValueError("a change has a movement before it, after it or both")


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionChange:
    """One direction before and after: decided persons served and not, last arrival, person-seconds.

    `person_s` is the sum of arrival times; who is not served counts with the horizon.
    """

    direction: str
    served: tuple[int, int]
    unserved: tuple[int, int]
    clearance_s: tuple[int | None, int | None]
    person_s: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceChange:
    """Decided persons of one place, group and direction who are served before and after."""

    place: str
    direction: str
    group: str
    served: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What changing little costs: a plan kept, and one made afresh from now, in person-seconds.

    `renotified` are the movements to be told anew in each; `per_movement_s` is the price of one of them.
    `chosen` is what costs least with that price and, among plans that leave as few, with the last arrival
    weighed as in the search for tours: ``kept``, ``fresh``, or, between the two, ``reserves`` (only what is
    held for the undecided is planned anew), the id of a direction that is planned anew, ``vehicles`` (all
    that the vehicles concerned were to do), ``places`` (all who were to move from places where people are
    left) or ``latest`` (beside one of these, the trips that were to arrive last). Nothing is ``kept`` where
    ``reserves`` serves more persons who have decided.
    """

    per_movement_s: int
    kept_person_s: int
    kept_renotified: int
    fresh_person_s: int
    fresh_renotified: int
    chosen: str
    chosen_person_s: int
    chosen_renotified: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanChange:
    """The difference between two plans from `now_s` on; the old movements and this give the new ones.

    `kept` counts movements that stay exactly as announced, those that had departed included.
    """

    now_s: int
    movements: tuple[MovementChange, ...]
    kept: int
    directions: tuple[DirectionChange, ...]
    places: tuple[PlaceChange, ...]
    price: Price | None = None

    @property
    def to_notify(self) -> tuple[MovementChange, ...]:
        """The changes that somebody must be told of."""
        return tuple(change for change in self.movements if change.notify)

    @property
    def persons(self) -> int:
        """Persons who move differently, counted once: those taken off a movement, or put on a new one."""
        gone = sum(c.persons for c in self.movements if c.kind is not ChangeKind.NEW)
        come = sum(c.persons for c in self.movements if c.kind is ChangeKind.NEW)
        return max(gone, come)

"""The island problem: a fleet of unlike vessels fetches everybody from landing places, in many trips.

After the isolated community evacuation problem of Krutein and Goodchild (Transportation Research Part E,
2022, 102710): which part of an island must be left is a scenario with its probability, vessels are what there
is in each, and what counts is when the last vessel has unloaded. Vessels go between a harbour and one dock at
a time; docks serve any number of vessels at once. Times are whole milliseconds from the order on; -1 stands
for a way that a vessel cannot go or a dock at which it cannot lie.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.shuttle import MOST_MS, held_times

Int64 = NDArray[np.int64]
MOST_PERSONS = 10**6


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Vessel:
    """A vessel: seats, handling time at either end, and its times in ms to D docks and H harbours.

    `first_ms` (D): at a dock first, from the order on. `out_ms` (H, D): empty from a harbour. `home_ms`
    (D, H): loaded to a harbour. It makes at most `trips_most` trips.
    """

    name: str
    seats: int
    handling_ms: int
    trips_most: int
    first_ms: Int64
    out_ms: Int64
    home_ms: Int64

    def __post_init__(self) -> None:
        if not 0 <= self.seats <= MOST_PERSONS or self.trips_most < 0 or not 0 <= self.handling_ms <= MOST_MS:
            raise ValueError(f"{self.name}: seats, trips and handling time are 0 or more")
        docks = np.size(self.first_ms)
        harbours = np.shape(self.out_ms)[0] if np.ndim(self.out_ms) else 0
        shapes = {"first_ms": (docks,), "out_ms": (harbours, docks), "home_ms": (docks, harbours)}
        for name, shape in shapes.items():
            object.__setattr__(self, name, held_times(getattr(self, name), f"{self.name}: {name}", shape))


@dataclass(frozen=True, slots=True, kw_only=True)
class IslandScenario:
    """Which places must be left: persons at each place (by number), and how probable that is."""

    name: str
    probability: float
    persons: tuple[int, ...]

    def __post_init__(self) -> None:
        if not 0 <= self.probability <= 1 or not all(0 <= n <= MOST_PERSONS for n in self.persons):
            raise ValueError(f"{self.name}: a probability is 0 to 1, and persons are 0 to {MOST_PERSONS}")


@dataclass(frozen=True, slots=True, kw_only=True)
class IslandProblem:
    """A fleet, the place to which each dock belongs, and the scenarios."""

    fleet: tuple[Vessel, ...]
    place_of_dock: tuple[int, ...]
    scenarios: tuple[IslandScenario, ...]

    def __post_init__(self) -> None:
        if any(len(vessel.first_ms) != len(self.place_of_dock) for vessel in self.fleet):
            raise ValueError("every vessel states a time to every dock")
        places = max(self.place_of_dock, default=-1) + 1
        if any(len(scenario.persons) < places for scenario in self.scenarios):
            raise ValueError("every scenario states the persons of every place")


@dataclass(frozen=True, slots=True, kw_only=True)
class VesselTrip:
    """From where a vessel is to a dock, and with persons to a harbour."""

    dock: int
    harbour: int
    persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IslandPlan:
    """The trips of each vessel in one scenario, in order, and when the last has unloaded.

    `least_ms`: in this model no plan ends before; `steps` counts the times for which that was asked.
    """

    trips: tuple[tuple[VesselTrip, ...], ...]
    last_ms: int
    least_ms: int
    steps: int

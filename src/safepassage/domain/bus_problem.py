"""The bus evacuation problem on a matrix of travel times: yards with buses, pick-ups with people, sites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

ANY_NUMBER = -1
"""Capacity of a site that takes any number of persons."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusFleet:
    """Buses of one kind that start from one yard."""

    yard: int
    buses: int
    seats: int
    available_from_s: int = 0

    def __post_init__(self) -> None:
        if self.yard < 0 or self.buses < 0 or self.seats < 1 or self.available_from_s < 0:
            raise ValueError("a fleet has a yard, a number of buses, at least one seat and a time >= 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dwell:
    """Seconds that boarding and alighting take: a base for each stop and so much for each person."""

    load_base_s: int = 0
    load_per_person_s: int = 0
    unload_base_s: int = 0
    unload_per_person_s: int = 0

    def __post_init__(self) -> None:
        if min(self.load_base_s, self.load_per_person_s, self.unload_base_s, self.unload_per_person_s) < 0:
            raise ValueError("dwell times are not negative")

    def load_s(self, persons: int) -> int:
        """Return the seconds that `persons` take to board."""
        return self.load_base_s + self.load_per_person_s * persons if persons else 0

    def unload_s(self, persons: int) -> int:
        """Return the seconds that `persons` take to alight."""
        return self.unload_base_s + self.unload_per_person_s * persons if persons else 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BusProblem:
    """Who waits where, who takes them in, and how long every drive takes.

    A bus starts at its yard, boards people at one pick-up, drives them to one site, and so on; a trip serves
    one pick-up, a pick-up may need several trips. The aim is the least time by which everybody has reached a
    site (D. R. Bish, "Planning for a bus-based evacuation", OR Spectrum 33, 2011,
    doi:10.1007/s00291-011-0256-1).

    Parameters
    ----------
    persons, capacity_persons
        One number for each pick-up and each site; ANY_NUMBER for a site without a limit.
    yard_to_pickup_s, pickup_to_site_s, site_to_pickup_s
        (yards, pick-ups), (pick-ups, sites) and (sites, pick-ups) seconds; -1 where there is no way.
    through
        Whether an empty bus may pass through pick-ups and sites where that is quicker.
    """

    fleets: tuple[BusFleet, ...]
    persons: tuple[int, ...]
    capacity_persons: tuple[int, ...]
    yard_to_pickup_s: Int64
    pickup_to_site_s: Int64
    site_to_pickup_s: Int64
    dwell: Dwell = Dwell()
    through: bool = True

    def __post_init__(self) -> None:
        for name in ("yard_to_pickup_s", "pickup_to_site_s", "site_to_pickup_s"):
            matrix = np.array(getattr(self, name), dtype=np.int64)
            matrix.setflags(write=False)
            object.__setattr__(self, name, matrix)
            if matrix.ndim != 2 or (matrix < -1).any():  # noqa: PLR2004 - a matrix
                raise ValueError(f"{name} is a matrix of seconds, -1 where there is no way")
        pickups, sites = len(self.persons), len(self.capacity_persons)
        yards = self.yard_to_pickup_s.shape[0]
        if self.yard_to_pickup_s.shape[1] != pickups or self.pickup_to_site_s.shape != (pickups, sites):
            raise ValueError("the matrices have a column or row for each pick-up and site")
        if self.site_to_pickup_s.shape != (sites, pickups):
            raise ValueError("site_to_pickup_s has a row for each site and a column for each pick-up")
        if (self.pickup_to_site_s == 0).any():
            raise ValueError("a drive from a pick-up to a site takes at least a second")
        if any(n < 0 for n in self.persons) or any(c < ANY_NUMBER for c in self.capacity_persons):
            raise ValueError("persons are not negative; a capacity is a number of persons or ANY_NUMBER")
        if any(fleet.yard >= yards for fleet in self.fleets):
            raise ValueError("each fleet starts from a yard of the matrix")

    @property
    def demand_persons(self) -> int:
        """Persons at all pick-ups together."""
        return sum(self.persons)

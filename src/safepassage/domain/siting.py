"""Where to stand: clients, candidate sites, and the sites chosen with the bound that proves them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]

NO_WAY = -1
"""A distance where a client cannot walk to a site."""


class SitingAim(StrEnum):
    """What makes a choice of sites good."""

    MEDIAN = "median"
    """Least metres walked by all persons together (p-median, Hakimi 1964)."""
    COVER = "cover"
    """Most persons within the walking limit (maximal covering, Church and ReVelle 1974)."""
    CENTRE = "centre"
    """Least longest walk (p-centre, Hakimi 1965)."""
    FAIR = "fair"
    """First the least longest walk, then the least metres walked without anybody walking longer."""


NO_LIMIT = -1
"""The room of a site that states no limit."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SitingProblem:
    """Clients with persons, candidate sites, and how far it is from each client to each site.

    `metres` is (clients, sites), NO_WAY where there is no way on foot; a walk longer than `walk_limit_m` is
    no way either, and its persons count as left out. `existing` are positions of sites that stand already and
    count among those chosen. `room_persons` is for how many persons each site has room (NO_LIMIT: for all;
    empty: all sites for all); a client may then be shared among sites. `exposure_ppm_s` (clients, sites) is
    the exposure of one person on the walk, and `burden_m` what a walk counts where it is longer for the
    hazard on it; both empty where no hazard is weighed.
    """

    clients: tuple[str, ...]
    sites: tuple[str, ...]
    persons: Int64
    metres: Int64
    walk_limit_m: int
    existing: tuple[int, ...] = ()
    room_persons: tuple[int, ...] = ()
    exposure_ppm_s: Int64 = field(default_factory=lambda: np.zeros((0, 0), np.int64))
    burden_m: Int64 = field(default_factory=lambda: np.zeros((0, 0), np.int64))

    def __post_init__(self) -> None:
        shape = (len(self.clients), len(self.sites))
        if self.metres.shape != shape:
            raise ValueError("metres have one row a client and one column a site")
        if len(self.persons) != len(self.clients) or (self.persons < 0).any():
            raise ValueError("persons are counted from 0, one number a client")
        if self.walk_limit_m < 0 or (self.metres < NO_WAY).any():
            raise ValueError("a walk is 0 m or longer")
        if self.room_persons and (
            len(self.room_persons) != len(self.sites) or min(self.room_persons) < NO_LIMIT
        ):
            raise ValueError("room is counted from 0, one number a site")
        if any(table.size and table.shape != shape for table in (self.exposure_ppm_s, self.burden_m)):
            raise ValueError("exposure and burden have one row a client and one column a site")

    @property
    def in_reach(self) -> NDArray[np.bool_]:
        """(clients, sites) whether a client can walk to a site within the limit."""
        reach: NDArray[np.bool_] = (self.metres != NO_WAY) & (self.metres <= self.walk_limit_m)
        return reach

    @property
    def limited(self) -> bool:
        """Whether some site has no room for all."""
        everybody = int(self.persons.sum())
        return any(NO_LIMIT < room < everybody for room in self.room_persons)

    @property
    def walked_m(self) -> Int64:
        """(clients, sites) what a walk counts: its metres, and more where there is hazard on the way."""
        return self.burden_m if self.burden_m.size else self.metres


@dataclass(frozen=True, slots=True, kw_only=True)
class Catchment:
    """Persons of one client who walk to one site, by position."""

    client: int
    site: int
    persons: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SitingPlan:
    """The sites chosen for one number of them.

    `site_of` is the position of the site most persons of each client walk to, -1 for none in reach;
    `catchments` say for how many. `value` is in the unit of the aim (metres counted by all persons together,
    persons left out, metres); no choice has less than `bound`.
    """

    aim: SitingAim
    chosen: tuple[int, ...]
    site_of: tuple[int, ...]
    catchments: tuple[Catchment, ...]
    value: int
    bound: int
    persons_left_out: int
    person_metres: int
    longest_m: int
    person_exposure_ppm_s: int = 0

    @property
    def proved(self) -> bool:
        """Whether no choice of as many sites is better."""
        return self.bound >= self.value

    @property
    def gap_ppm(self) -> int:
        """How far the value may be above the best there is, in millionths of the value."""
        return 0 if self.proved else (self.value - self.bound) * 1_000_000 // max(1, self.value)

    def served(self, site: int) -> int:
        """Return how many persons walk to a site."""
        return sum(row.persons for row in self.catchments if row.site == site)

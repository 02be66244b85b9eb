"""Where to stand: clients, candidate sites, and the sites chosen with the bound that proves them."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SitingProblem:
    """Clients with persons, candidate sites, and how far it is from each client to each site.

    `metres` is (clients, sites), NO_WAY where there is no way on foot; a walk longer than `walk_limit_m` is
    no way either, and its persons count as left out. `existing` are positions of sites that stand already and
    count among those chosen.
    """

    clients: tuple[str, ...]
    sites: tuple[str, ...]
    persons: Int64
    metres: Int64
    walk_limit_m: int
    existing: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.metres.shape != (len(self.clients), len(self.sites)):
            raise ValueError("metres have one row a client and one column a site")
        if len(self.persons) != len(self.clients) or (self.persons < 0).any():
            raise ValueError("persons are counted from 0, one number a client")
        if self.walk_limit_m < 0 or (self.metres < NO_WAY).any():
            raise ValueError("a walk is 0 m or longer")

    @property
    def in_reach(self) -> NDArray[np.bool_]:
        """(clients, sites) whether a client can walk to a site within the limit."""
        reach: NDArray[np.bool_] = (self.metres != NO_WAY) & (self.metres <= self.walk_limit_m)
        return reach


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SitingPlan:
    """The sites chosen for one number of them.

    `site_of` is the position of the site each client walks to, -1 for none in reach. `value` is in the unit
    of the aim (person-metres, persons left out, metres); no choice has less than `bound`.
    """

    aim: SitingAim
    chosen: tuple[int, ...]
    site_of: tuple[int, ...]
    value: int
    bound: int
    persons_left_out: int
    person_metres: int
    longest_m: int

    @property
    def proved(self) -> bool:
        """Whether no choice of as many sites is better."""
        return self.bound >= self.value

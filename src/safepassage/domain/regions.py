"""Plans of regions made apart, and the roads that more than one of them uses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from safepassage.domain.timed_network import PPM

RoadEnds = tuple[str, str]
"""Names of the nodes at both ends of an arc: the same in every region that is cut out of one network."""
Thing = tuple[str, ...]
"""What regions may use together: a road by its ends, or a reception site by its id alone."""
Shares = Mapping[Thing, Mapping[str, int]]
"""By thing and region, the part (ppm) of it that the region plans with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadHour:
    """What one plan sends into an arc in an hour of the case, and what may enter it in that hour."""

    ends: RoadEnds
    label: str
    hour: int
    load_mveh: int
    capacity_mveh: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedHour:
    """An arc and an hour that several plans use: their loads by plan, and what it carries."""

    ends: RoadEnds
    label: str
    hour: int
    capacity_mveh: int
    loads: tuple[tuple[str, int], ...]

    @property
    def over_mveh(self) -> int:
        """By how much all together are too many; 0 where they fit."""
        return max(0, sum(load for _, load in self.loads) - self.capacity_mveh)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteUse:
    """Persons whom one plan brings to a site, reserves among them, and the places it has (-1: any)."""

    id: str
    name: str
    persons: int
    capacity_persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedSite:
    """A reception site that several plans use: persons by plan, and the places it has."""

    id: str
    name: str
    capacity_persons: int
    loads: tuple[tuple[str, int], ...]

    @property
    def over_persons(self) -> int:
        """By how many all together are too many; 0 where they fit, or any number does."""
        persons = sum(load for _, load in self.loads)
        return max(0, persons - self.capacity_persons) if self.capacity_persons >= 0 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionUse:
    """What a plan of a region uses of roads by the hour and of sites, against all that they hold."""

    hours: tuple[RoadHour, ...]
    sites: tuple[SiteUse, ...]

    def filled(self, thing: Thing, ppm: int) -> int:
        """Return how full (permille) a part of a thing is in the hour in which it is fullest."""
        loads = [(h.load_mveh, h.capacity_mveh) for h in self.hours if h.ends == thing]
        loads += [(s.persons, s.capacity_persons) for s in self.sites if (s.id,) == thing]
        return max((load * 1_000 * PPM // max(1, whole * ppm) for load, whole in loads), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Plans of all regions made with some shares: what they reach, and where together they are too many."""

    shares: Shares
    served: int
    person_s: int
    last_s: int
    over_hours: int
    over_sites: int

    @property
    def fits(self) -> bool:
        """Whether nothing is used beyond what it holds."""
        return not self.over_hours and not self.over_sites

    @property
    def rank(self) -> tuple[bool, int, int, int]:
        """The greater, the better: fits, most served, earliest arrivals."""
        return self.fits, -self.over_hours - self.over_sites, self.served, -self.person_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """All regions as one: rounds in order, which was chosen, and bounds that hold however things are shared.

    A region alone has all that is shared, so no plan of all regions does better than the sum of their bounds
    for person-seconds (-1: no bound), or brings the last out before the latest of their bounds. `ahead_mveh`
    is the most car units that are on a shared road ahead of what it lets in, `ahead_at` which.
    """

    rounds: tuple[Round, ...]
    chosen: int
    demand: int
    person_bound_s: int
    last_bound_s: int
    ahead_mveh: int
    ahead_at: str
    burst_mveh: int

    @property
    def best(self) -> Round:
        """The chosen round."""
        return self.rounds[self.chosen]

"""Who still has to be served, which sites have room, and why somebody was left."""

from __future__ import annotations

from dataclasses import dataclass, field

from safepassage.domain.case import STAYS, UNDECIDED, Group
from safepassage.domain.planning_problem import PlacedPlace, PlanningProblem

SEATED = (str(Group.NEEDS_TRANSPORT), str(Group.ASSISTED))
NO_EXIT = "UNSERVED_NO_EXIT"
UNREACHABLE = "UNSERVED_UNREACHABLE"
OFF_NETWORK = "UNSERVED_NOT_ON_NETWORK"
NO_VEHICLE = "UNSERVED_NO_VEHICLE"
FLEET_TIME = "UNSERVED_FLEET_TIME"
ROAD_TIME = "UNSERVED_ROAD_TIME"
SITE_FULL = "UNSERVED_SITE_FULL"
EXPOSURE_CAP = "UNSERVED_EXPOSURE_CAP"
WORK_LIMIT = "UNSERVED_WORK_LIMIT"


@dataclass(slots=True, kw_only=True)
class Claimant:
    """People of one place, direction and way of travelling who ask for roads, seats and sites."""

    place: PlacedPlace
    direction: str
    by_car: bool
    reserve: bool
    demand: int
    remaining: dict[str, int]
    reason: str = ""
    detail: str = ""

    @property
    def left(self) -> int:
        """Persons not yet served."""
        return sum(self.remaining.values())

    @property
    def share_ppm(self) -> int:
        """Served share, in ppm."""
        return (self.demand - self.left) * 1_000_000 // self.demand

    def give_up(self, reason: str, detail: str) -> None:
        """Close the claim; the reason found first for the people left stands."""
        self.reason, self.detail = reason, detail


@dataclass(slots=True)
class SiteRoom:
    """Room left at reception sites; a site without a stated capacity takes everybody."""

    left: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, problem: PlanningProblem) -> SiteRoom:
        """Return the room of all sites before anybody arrives."""
        return cls({p.id: p.capacity_persons for p in problem.places if p.direction and p.capacity_persons >= 0})

    def room(self, site: str) -> int | None:
        """Return the persons a site still takes, None without limit."""
        return self.left.get(site)

    def take(self, site: str, persons: int) -> None:
        """Count arrivals."""
        if site in self.left:
            self.left[site] -= persons


def claimants(problem: PlanningProblem, *, reserve: bool) -> list[Claimant]:
    """Return the claims of decided people, or those of a reserve for the undecided in every direction."""
    places = {p.id: p for p in problem.places}
    found: dict[tuple[str, str, bool], Claimant] = {}
    for row in problem.demand:
        if row.direction == STAYS and row.basis != "assumption":
            continue
        undecided = row.direction == UNDECIDED or row.basis == "assumption"
        if undecided != reserve:
            continue
        for direction in [d for d, _ in problem.directions] if reserve else [row.direction]:
            by_car = row.group == Group.OWN_VEHICLE
            key = (row.place, direction, by_car)
            claim = found.setdefault(
                key,
                Claimant(
                    place=places[row.place], direction=direction, by_car=by_car, reserve=reserve, demand=0, remaining={}
                ),
            )
            claim.demand += row.persons
            claim.remaining[row.group] = claim.remaining.get(row.group, 0) + row.persons
    return [found[key] for key in sorted(found)]

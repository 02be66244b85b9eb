"""Who still has to be served, which sites have room, and why somebody was left."""

from __future__ import annotations

from dataclasses import dataclass, field

from safepassage.domain.case import STAYS, UNDECIDED, Group
from safepassage.domain.planning_problem import PlacedPlace, PlanningProblem

CAR, SEAT, WHEELCHAIR, STRETCHER = "car", "seat", "wheelchair", "stretcher"
KIND = {
    str(Group.OWN_VEHICLE): CAR,
    str(Group.NEEDS_TRANSPORT): SEAT,
    str(Group.ASSISTED): SEAT,
    str(Group.WHEELCHAIR): WHEELCHAIR,
    str(Group.STRETCHER): STRETCHER,
}
"""What a person of each group takes up: a place in the own car, or one kind of place in the fleet."""
HELP_FIRST = tuple(reversed(KIND))
"""Groups in the order in which they board: those who need most help first."""
NO_EXIT = "UNSERVED_NO_EXIT"
UNREACHABLE = "UNSERVED_UNREACHABLE"
OFF_NETWORK = "UNSERVED_NOT_ON_NETWORK"
NO_VEHICLE = "UNSERVED_NO_VEHICLE"
FLEET_TIME = "UNSERVED_FLEET_TIME"
ROAD_TIME = "UNSERVED_ROAD_TIME"
SITE_FULL = "UNSERVED_SITE_FULL"
EXPOSURE_CAP = "UNSERVED_EXPOSURE_CAP"
WORK_LIMIT = "UNSERVED_WORK_LIMIT"
CUT_OFF = "UNSERVED_CUT_OFF"


@dataclass(slots=True, kw_only=True)
class Claimant:
    """People of one place and direction who need one kind of place, and ask for roads, vehicles and sites."""

    place: PlacedPlace
    direction: str
    kind: str
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
    def by_car(self) -> bool:
        """Whether they drive themselves."""
        return self.kind == CAR

    @property
    def node(self) -> int:
        """Where they start: at the place by car, at its pick-up otherwise."""
        return self.place.node if self.by_car else self.place.pickup_node

    def boarding(self, limit: int) -> dict[str, int]:
        """Return up to `limit` persons by group, those who need most help first."""
        taken: dict[str, int] = {}
        for group in HELP_FIRST:
            persons = min(self.remaining.get(group, 0), limit - sum(taken.values()))
            if persons > 0:
                taken[group] = persons
        return taken

    def serve(self, people: dict[str, int]) -> None:
        """Count people as served."""
        for group, persons in people.items():
            self.remaining[group] -= persons

    @property
    def share_ppm(self) -> int:
        """Served share, in ppm."""
        return (self.demand - self.left) * 1_000_000 // self.demand

    def give_up(self, reason: str, detail: str) -> None:
        """Say why the people left are not served."""
        self.reason, self.detail = reason, detail


@dataclass(slots=True)
class SiteRoom:
    """Room left at reception sites; a site without a stated capacity takes everybody.

    `kept` places are spoken for by trips that are planned; others see the rest. `person_s` is the sum of all
    arrivals, `last_s` the last of them.
    """

    left: dict[str, int] = field(default_factory=dict)
    kept: dict[str, int] = field(default_factory=dict)
    person_s: int = 0
    last_s: int = 0

    @classmethod
    def of(cls, problem: PlanningProblem) -> SiteRoom:
        """Return the room of all sites before anybody arrives."""
        return cls(
            {p.id: p.capacity_persons for p in problem.places if p.direction and p.capacity_persons >= 0}
        )

    def room(self, site: str) -> int | None:
        """Return the persons a site still takes, None without limit."""
        left = self.left.get(site)
        return None if left is None else max(0, left - self.kept.get(site, 0))

    def keep(self, site: str, persons: int) -> None:
        """Speak for places (negative: no longer)."""
        self.kept[site] = self.kept.get(site, 0) + persons

    def arrive(self, site: str, persons: int, at_s: int) -> None:
        """Let persons arrive in a second."""
        self.take(site, persons)
        self.person_s += persons * at_s
        self.last_s = max(self.last_s, at_s)

    def take(self, site: str, persons: int) -> None:
        """Count places taken."""
        if site in self.left:
            self.left[site] -= persons


def claimants(problem: PlanningProblem, *, reserve: bool) -> list[Claimant]:
    """Return the claims of decided people, or those of a reserve for the undecided in every direction."""
    places = {p.id: p for p in problem.places}
    found: dict[tuple[str, str, str], Claimant] = {}
    for row in problem.demand:
        if row.direction == STAYS and row.basis != "assumption":
            continue
        undecided = row.direction == UNDECIDED or row.basis == "assumption"
        if undecided != reserve:
            continue
        for direction in [d for d, _ in problem.directions] if reserve else [row.direction]:
            key = (row.place, direction, KIND[row.group])
            claim = found.setdefault(
                key,
                Claimant(
                    place=places[row.place],
                    direction=direction,
                    kind=key[2],
                    reserve=reserve,
                    demand=0,
                    remaining={},
                ),
            )
            claim.demand += row.persons
            claim.remaining[row.group] = claim.remaining.get(row.group, 0) + row.persons
    return [found[key] for key in sorted(found)]

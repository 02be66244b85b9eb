"""Who still has to be served, which sites have room, and why somebody was left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from safepassage.domain.case import CARER_OF, STAYS, UNDECIDED, Group, carers_needed
from safepassage.domain.planning_problem import PlacedPlace, PlanningProblem

CAR, SEAT, WHEELCHAIR, STRETCHER = "car", "seat", "wheelchair", "stretcher"
KIND = {
    str(Group.OWN_VEHICLE): CAR,
    str(Group.NEEDS_TRANSPORT): SEAT,
    str(Group.ASSISTED): SEAT,
    str(Group.WHEELCHAIR): WHEELCHAIR,
    str(Group.STRETCHER): STRETCHER,
    **dict.fromkeys(CARER_OF.values(), SEAT),
}
"""What a person of each group takes up: a place in the own car, or one kind of place in the fleet."""
CARED_FOR = {carer: group for group, carer in CARER_OF.items()}
HELP_FIRST = tuple(group for group in reversed(KIND) if group not in CARED_FOR)
"""Groups in the order in which they board: those who need most help first; carers board with theirs."""
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
    """People of one place and direction who need one kind of place, and ask for roads, vehicles and sites.

    Their carers, who take seats, are among them. `together` says by group how many persons and carers of it
    there are in all.
    """

    place: PlacedPlace
    direction: str
    kind: str
    reserve: bool
    demand: int
    remaining: dict[str, int]
    together: dict[str, tuple[int, int]] = field(default_factory=dict)
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

    def left_of(self, kind: str) -> int:
        """Return the persons not yet served who need a kind of place."""
        if self._is_plain:
            return self.left if kind == self.kind else 0
        return sum(persons for group, persons in self.remaining.items() if KIND[group] == kind)

    def boarding(self, free: Mapping[str, int], room: int) -> dict[str, int]:
        """Return up to `room` persons by group for whom there are `free` places, by kind of place.

        Those who need most help first; nobody without the carers who belong to them, nor so that others are
        left without theirs.
        """
        if self._is_plain:
            return self._first(min(free.get(self.kind, 0), room))
        taken: dict[str, int] = {}
        left = {SEAT: 0, **free}
        for group in HELP_FIRST:
            for name, persons in self._with_carers(group, left, room).items():
                taken[name] = persons
                left[KIND[name]] -= persons
                room -= persons
        return taken

    @property
    def _is_plain(self) -> bool:
        """Whether all need the same kind of place and nobody has carers."""
        return not self.together and not (self.remaining.keys() & CARED_FOR.keys())

    def _first(self, limit: int) -> dict[str, int]:
        taken: dict[str, int] = {}
        for group in HELP_FIRST:
            persons = min(self.remaining.get(group, 0), limit - sum(taken.values()))
            if persons > 0:
                taken[group] = persons
        return taken

    def _with_carers(self, group: str, free: Mapping[str, int], room: int) -> dict[str, int]:
        """Return as many of a group as find places, and their carers; the last take all carers left along."""
        here, carer = self.remaining.get(group, 0), CARER_OF.get(group, "")
        together, carers = self.together.get(group, (0, 0)), self.remaining.get(carer, 0)
        short = max(0, carers_needed(here, together) - carers)
        for persons in range(min(here, free.get(KIND[group], 0), room), -1, -1):
            needed = carers_needed(persons, together)
            seats = min(room - persons, free[SEAT] - (persons if KIND[group] == SEAT else 0), carers)
            later = carers_needed(here - persons, together)
            if needed <= seats and later - (carers - needed) <= short:
                with_them = seats if persons == here else needed
                return {name: n for name, n in ((group, persons), (carer, with_them)) if n}
        return {}

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

    def leave(self, site: str, persons: int, at_s: int) -> None:
        """Take back an arrival; which was the last is not known any more (`last_s` stays)."""
        self.take(site, -persons)
        self.person_s -= persons * at_s

    def take(self, site: str, persons: int) -> None:
        """Count places taken."""
        if site in self.left:
            self.left[site] -= persons


def who_travels_together(problem: PlanningProblem) -> dict[tuple[str, str, str, bool], tuple[int, int]]:
    """Return persons and carers of everybody who has carers, by place, direction, group and reserve."""
    return {
        (claim.place.id, claim.direction, group, claim.reserve): both
        for reserve in (False, True)
        for claim in claimants(problem, reserve=reserve)
        for group, both in claim.together.items()
    }


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
            key = (row.place, direction, KIND[CARED_FOR.get(row.group, row.group)])
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
    for claim in found.values():
        claim.together = {
            group: (claim.remaining[group], claim.remaining[carer])
            for group, carer in CARER_OF.items()
            if claim.remaining.get(group) and claim.remaining.get(carer)
        }
    return [found[key] for key in sorted(found)]

"""What-ifs: the plan beside what it would be if a road were lost, had no forks, or took another lane."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one plan does in one direction, and what no plan of the same model can better.

    `later` are decided persons who arrive after the last arrival of the plan it is compared with;
    `person_s` sums arrivals over decided persons served. Bounds are certified: `unserved_bound` persons at
    least are left in any plan, and no plan that serves as many finishes before `clearance_bound_s`.
    """

    direction: str
    served: int
    unserved: int
    later: int
    clearance_s: int | None
    clearance_bound_s: int | None
    unserved_bound: int
    person_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of road, or a bridge, both ways; `persons` of the plan use it."""

    kind: str
    name: str
    arcs: tuple[int, ...]
    persons: int
    lon_e7: int
    lat_e7: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What the plan is worth without one or two stretches, everything planned anew without them."""

    lost: tuple[Stretch, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def harm(self) -> tuple[int, int]:
        """Order losses: more unserved first, then later arrivals."""
        return sum(o.unserved for o in self.outcomes), sum(o.person_s for o in self.outcomes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Losses:
    """Every bridge in use, the most used stretches, and the worst pair that was looked at."""

    singles: tuple[Loss, ...]
    pair: Loss | None
    pairs_bounded: int
    pairs_planned: int
    bridges_unused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Departing:
    """One line of the one sheet: a settlement, its window, its one road and where it leads.

    Everybody of a settlement leaves within one window, from `from_s` to `until_s`, those for whom a place is
    kept too. Who leaves from another `node`, as those picked up elsewhere do, or over a `link` that is no
    road (its arc, else -1), has a line of his own. `persons` are decided ones; `arcs` are the whole road up
    to the first change. `sites` are (name, persons) in the order in which they lie on the road: who finds one
    full goes on.
    """

    place: str
    name: str
    direction: str
    node: int
    link: int
    persons: int
    from_s: int
    until_s: int
    arcs: tuple[int, ...]
    roads: tuple[str, ...]
    sites: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Junction:
    """Where a marshal or a closure is needed: roads that are open and not to be taken."""

    direction: str
    node: int
    lon_e7: int
    lat_e7: int
    stay_on: str
    not_into: tuple[str, ...]
    persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Convergent:
    """The plan without forks beside the free one, and what announces and guides it."""

    outcomes: tuple[Outcome, ...]
    forks_before: int
    lines: tuple[Departing, ...]
    junctions: tuple[Junction, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One stretch whose inward lane is driven outwards: what is gained per hour and what is lost."""

    name: str
    arc: int
    twin: int
    outward_veh_h: int
    inward_veh_h: int
    length_m: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AidWay:
    """The fastest empty way from a site or base into a place, before and after; -1 where there is none."""

    origin: str
    place: str
    before_s: int
    after_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contraflow:
    """What a borrowed lane gains, and what it costs those who have to come in."""

    road: str
    lanes: tuple[Lane, ...]
    outcomes: tuple[Outcome, ...]
    aid: tuple[AidWay, ...]

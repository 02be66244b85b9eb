"""Bus plans of the bus evacuation problem, and what is proved about their last arrival."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StopKind(StrEnum):
    """Where a bus stops."""

    PICKUP = "pickup"
    SITE = "site"


@dataclass(frozen=True, slots=True, kw_only=True)
class BusStop:
    """A bus reaches a pick-up or site; `persons` board or alight there, 0 when it passes empty."""

    kind: StopKind
    position: int
    arrival_s: int
    persons: int

    def __post_init__(self) -> None:
        if self.position < 0 or self.arrival_s < 0 or self.persons < 0:
            raise ValueError("a stop has a position, a time and a number of persons, none negative")


@dataclass(frozen=True, slots=True, kw_only=True)
class BusRun:
    """One bus of a fleet and its stops in order of time."""

    fleet: int
    stops: tuple[BusStop, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BusPlan:
    """The runs of all buses that move."""

    runs: tuple[BusRun, ...]

    @property
    def last_arrival_s(self) -> int:
        """The second in which the last person reaches a site; 0 when nobody travels."""
        return max((s.arrival_s for r in self.runs for s in r.stops if s.kind is StopKind.SITE), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a price or a branch of a proof counts over all buses.

    `kind` is ``people`` (persons boarding at pick-up a), ``trips`` (trips from pick-up a), ``room`` (persons
    alighting at site a), ``start`` (buses of fleet a whose first pick-up is b), ``loaded`` (trips from
    pick-up a to site b) or ``empty`` (drives from site a to the next pick-up b). The last two count only
    drives that begin with at least `left_s` seconds left until the horizon, loading included.
    """

    kind: str
    a: int
    b: int = -1
    left_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """A whole number paid for each unit of what is counted."""

    counted: Counted
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofNode:
    """A leaf with prices that refute every plan, or two cases: `counted` at most `value`, or more."""

    prices: tuple[Price, ...] = ()
    counted: Counted | None = None
    value: int = 0
    at_most: int = -1
    more: int = -1

    def __post_init__(self) -> None:
        if (self.counted is None) != (self.at_most < 0 and self.more < 0):
            raise ValueError("a node of a proof is a leaf or has two children")


@dataclass(frozen=True, slots=True, kw_only=True)
class BusProof:
    """Nodes, the first the root, that show that no plan brings everybody in within `horizon_s`."""

    horizon_s: int
    nodes: tuple[ProofNode, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BusOutcome:
    """A plan (None if none was found) and a time before which no plan can end.

    `proof` shows the bound without any solver; second 0 needs none.
    """

    plan: BusPlan | None
    bound_s: int
    proof: BusProof | None

    @property
    def optimal(self) -> bool:
        """Whether the plan ends at the bound."""
        return self.plan is not None and self.plan.last_arrival_s <= self.bound_s

"""Where a truck is on its day, and the trips that are planned for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from safepassage.domain.aid.distribution import TruckDay
from safepassage.domain.plan import Leg
from safepassage.engines.distribution.crew_hours import Crew
from safepassage.engines.distribution.store import Item


@dataclass(slots=True)
class Standing:
    """Where a truck is on its day, from when it is free, and since when on duty (-1: not yet).

    `crew` has begun, with the first loading, and driven; `legs` are those of each truck in line.
    """

    truck: TruckDay
    node: int
    ready_s: int
    on_duty_s: int = -1
    crew: Crew = field(default_factory=Crew)
    last: dict[str, str] = field(default_factory=dict)
    exposure_ppm_s: int = 0
    legs: dict[str, list[Leg]] = field(default_factory=dict)

    @property
    def back_s(self) -> int:
        """When the last of its trucks is back from what was booked, 0 where nothing was."""
        return max((legs[-1].arrive_s for legs in self.legs.values()), default=0)


@dataclass(slots=True)
class Stop:
    """A stop of a trip with what is unloaded there; `node` is where."""

    node: int
    place: str
    items: list[Item]


@dataclass(frozen=True, slots=True)
class Planned:
    """A trip that is known already: where it loads, its stops, and when its truck is ready at the earliest.

    A crew that set out earlier would be on duty while it waits for a road to open.
    """

    depot: int
    stops: tuple[Stop, ...]
    from_s: int = 0

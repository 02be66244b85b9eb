"""Trips of aid that are under way when a plan is made, and which of them do not go on as announced."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.domain.plan import Waits


@dataclass(frozen=True, slots=True, kw_only=True)
class TripLeg:
    """One leg of a trip with its own way."""

    id: str
    from_node: int
    to_node: int
    arcs: tuple[int, ...]
    depart_s: int
    waits: Waits
    arrive_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Aboard:
    """A line of a waybill that is unloaded at the end of a leg, for the need of a place on a day."""

    leg: str
    waybill: str
    place: str
    commodity: str
    lot: str
    due: int
    milli: int

    @property
    def line(self) -> tuple[str, str, str, str, int]:
        """What a line of a waybill is known by."""
        return self.waybill, self.place, self.commodity, self.lot, self.due


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """A trip of a truck of one day that has left, or is loaded, and is not over: its legs and its load."""

    truck: str
    legs: tuple[TripLeg, ...]
    goods: tuple[Aboard, ...]

    def __post_init__(self) -> None:
        if not self.legs:
            raise ValueError(f"{self.truck}: a trip has a leg")

    @property
    def over_s(self) -> int:
        """When it ends."""
        return self.legs[-1].arrive_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A trip that does not go on as it was announced, or not in its times: on which leg, where and when.

    `met` is "" where it would enter the closed road `arc` in second `at_s`; else `arc` is -1: "times" where
    the leg ends in second `at_s` now, "window" where it would lie in no window of movement, and "exposure"
    where its crew would be exposed too much. `next_place` is where it was to unload next ("": nothing any
    more), in second `next_s`. `aboard` is what it has not unloaded by now. Where it cannot go on it is
    `stuck`: it stands at `node`, else its base. `why` is "hours" or "exposure" where its crew, and not the
    roads, keeps it from coming home, and "convoy" where no way lets its convoy keep together.
    """

    truck: str
    leg: str
    arc: int
    at_s: int
    next_place: str
    next_s: int
    stuck: bool
    node: int
    aboard: tuple[Aboard, ...]
    why: str = ""
    met: str = ""

"""What a plan would be if a claim were false: planned again without it, beside the plan as it is."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.domain.plan_change import DirectionChange, PlaceChange


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadChange:
    """Persons who travel on a road, by its name, before and after."""

    road: str
    persons: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs between two plans of one case; nothing does where `movements` is 0.

    `movements` counts those that are new, gone or changed, `persons` those who move differently.
    """

    movements: int
    persons: int
    directions: tuple[DirectionChange, ...]
    places: tuple[PlaceChange, ...]
    roads: tuple[RoadChange, ...]

    @property
    def same(self) -> bool:
        """Tell whether both plans move everybody alike."""
        return self.movements == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """One claim, with those that repeat it, taken out: what becomes of the plan.

    `planned` is False where the network without it is the same to the byte, so that the plan is, too.
    """

    claims: tuple[str, ...]
    planned: bool
    difference: Difference

"""Plans of regions made apart, and the roads that more than one of them uses."""

from __future__ import annotations

from dataclasses import dataclass

RoadEnds = tuple[str, str]
"""Names of the nodes at both ends of an arc: the same in every region that is cut out of one network."""


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

"""Local time of a case: what its clocks show, before and after they are changed, and when its days end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from safepassage.domain.case import Case

FARTHEST_S = 14 * 3_600
"""The farthest offset from UTC in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockChange:
    """From second `at_s` on, clocks of the first time zone show `offset_s` seconds east of UTC."""

    at_s: int
    offset_s: int

    def __post_init__(self) -> None:
        """Refuse a change before the start and an offset that no zone has."""
        if self.at_s < 0 or abs(self.offset_s) > FARTHEST_S:
            raise ValueError(f"no change of clocks: {self}")


def first_offset_s(case: Case) -> int:
    """Return the seconds east of UTC of the first time zone at the start of the case."""
    return case.time_zones[0][1] if case.time_zones else 0


def day_ends(case: Case, days: int) -> tuple[int, ...]:
    """Return the seconds of the first local midnights after the start, by the clocks of that night."""
    offset_s = first_offset_s(case)
    start = datetime.fromisoformat(case.epoch).replace(tzinfo=None)
    local = start + timedelta(seconds=offset_s)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    ends = []
    for day in range(1, days + 1):
        end_s = (midnight + timedelta(days=day) - local) // timedelta(seconds=1)
        change = case.clock_change
        if change is not None and end_s >= change.at_s:
            # One that clocks leap over is the leap; one that they show twice ends the day when first shown.
            end_s = max(change.at_s, end_s + offset_s - change.offset_s)
        ends.append(end_s)
    return tuple(ends)


def day_dates(case: Case, days: int) -> tuple[str, ...]:
    """Return the dates of the first local days, that of the start among them."""
    local = datetime.fromisoformat(case.epoch) + timedelta(seconds=first_offset_s(case))
    return tuple((local.date() + timedelta(days=day)).isoformat() for day in range(days))

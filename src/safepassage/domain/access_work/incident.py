"""Access incidents in the nine categories of OCHA's access monitoring and reporting framework."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

CATEGORIES = (
    "restrictions on entry into the country",
    "restrictions on movement within the country",
    "interference in the implementation of activities",
    "violence against personnel, assets and facilities",
    "active hostilities",
    "physical environment",
    "mines and unexploded ordnance",
    "denial of needs or entitlements",
    "restrictions on access of people to services",
)
"""The nine categories, counted from 1 in this order."""
DAY_S = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessIncident:
    """One incident: category, day, place by name, what happened, on whose word; no field is for persons."""

    category: int
    day_utc_s: int
    place: str
    description: str
    reported_by: str

    def __post_init__(self) -> None:
        if not 1 <= self.category <= len(CATEGORIES):
            raise ValueError(f"categories are counted from 1 to {len(CATEGORIES)}")
        if self.day_utc_s % DAY_S:
            raise ValueError("an incident says its day, not its hour")
        for name in ("place", "description", "reported_by"):
            if not getattr(self, name).strip():
                raise ValueError(f"an incident says its {name.replace('_', ' ')}")


def by_category(incidents: Iterable[AccessIncident]) -> tuple[tuple[str, int], ...]:
    """Return how many incidents were recorded in each of the nine categories, none left out."""
    counted = Counter(one.category for one in incidents)
    return tuple((name, counted[number]) for number, name in enumerate(CATEGORIES, start=1))

"""Figures that may leave the planning team: tables with hidden small numbers, and rough places."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.domain.release import Audience

MINIMUM_PERSONS = 10
"""No published number of persons is smaller (one minimum for all products; OCHA and HDX practice)."""
MINIMUM_PUBLIC = 50
ROUND_TO = 5
PARTY_VALID_S = 72 * 3600
"""What a party is given is not to be used longer than this after the time of its data."""
WAVE_S = 6 * 3600
"""Partners learn when people move to within three hours."""
PUBLIC_DELAY_S = 24 * 3600
"""The public learns how many were moved a day after the last arrival, never before."""
COARSE_E7 = 200_000
"""Places are shown on a grid of 0.02 degrees, about two kilometres from north to south."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureTable:
    """Persons by two classifications, totals last; None is a number that stays hidden.

    `base` are the counts from which `persons` were made, for the next release of the same table; they are
    kept in the log and written to nobody.
    """

    title: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    persons: tuple[tuple[int | None, ...], ...]
    base: tuple[tuple[int, ...], ...]

    def __post_init__(self) -> None:
        wanted = (len(self.rows) + 1, len(self.columns) + 1)
        for numbers in (self.persons, self.base):
            if len(numbers) != wanted[0] or any(len(row) != wanted[1] for row in numbers):
                raise ValueError("a table has one number for each row and column, and the totals")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoughPlace:
    """A place on the coarse grid, with the capacity of a site (rounded down to tens) where it is stated."""

    name: str
    kind: str
    lon_e7: int
    lat_e7: int
    capacity_persons: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one audience may know in numbers, not before a second of the case's grid."""

    audience: Audience
    tables: tuple[FigureTable, ...]
    places: tuple[RoughPlace, ...]
    not_before_s: int

"""What a code of a problem says: its weight, its meaning and its remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Weight(StrEnum):
    """What a problem does to the job."""

    ERROR = "error"
    WARNING = "warning"
    EITHER = "error or warning"
    UNSERVED = "unserved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemCode:
    """One code; `area` is the heading under which it is listed."""

    code: str
    area: str
    weight: Weight
    meaning: str
    remedy: str


def codes(area: str, *rows: tuple[str, Weight, str, str]) -> tuple[ProblemCode, ...]:
    """Return codes of one area from rows of (code, weight, meaning, remedy)."""
    return tuple(
        ProblemCode(code=code, area=area, weight=weight, meaning=meaning, remedy=remedy)
        for code, weight, meaning, remedy in rows
    )

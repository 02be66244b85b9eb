"""Versions of one thing, side by side: who says what, and what the number may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What one origin says about a slot; n outlets that pass it on are listed and count once.

    `low` and `high` are None where it states no number or no such bound; `words` is the claim word for word.
    """

    origin: str
    side: str
    said: str
    low: float | None
    high: float | None
    unit: str
    words: str
    claims: tuple[str, ...]
    outlets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """Median and 80 % interval of a contested number, always shown beside what was asserted, never alone."""

    low: float
    central: float
    high: float
    unit: str
    widened: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Claims about one slot that cannot all be true; every version with equal weight, by origin.

    `asserted_low` and `asserted_high` span all versions; `estimate` is None where there is no number.
    """

    id: str
    predicate: str
    place: str
    versions: tuple[Version, ...]
    pairs: tuple[tuple[str, str], ...]
    asserted_low: float | None = None
    asserted_high: float | None = None
    estimate: Estimate | None = None

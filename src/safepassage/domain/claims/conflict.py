"""Versions of one thing, side by side: who says what, and what the number may be."""

from __future__ import annotations

from dataclasses import dataclass

DISPUTED = "Said by one and disputed by another"
"""The title of versions that are of no kind known."""


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

    `name` is the place or thing as people call it, "" where no version names one. `asserted_low` and
    `asserted_high` span all versions; `estimate` is None where there is no number.
    """

    id: str
    predicate: str
    place: str
    versions: tuple[Version, ...]
    pairs: tuple[tuple[str, str], ...]
    asserted_low: float | None = None
    asserted_high: float | None = None
    estimate: Estimate | None = None
    name: str = ""

    @property
    def title(self) -> str:
        """What the versions are about: the kind of claim and the place, as far as either is known."""
        return titled(self.predicate, self.name)


def titled(predicate: str, name: str) -> str:
    """Return the title of versions of one kind about a named place or thing, "" where none is named."""
    if predicate.startswith("other"):
        return f"{DISPUTED}: {name}" if name else DISPUTED
    kind = predicate.replace("_", " ").capitalize()
    return f"{kind}: {name}" if name else kind

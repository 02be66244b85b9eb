"""Who can speak in a report: names with what they are and which side they speak for."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.domain.claims.values import fold
from safepassage.domain.claims.words import OriginKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A speaker, or a word that tells what a speaker is ("ministry of defence"); `side` "" is none.

    Raises
    ------
    ValueError
        When it has no name.
    """

    name: str
    kind: OriginKind = OriginKind.UNKNOWN
    side: str = ""
    alternates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not fold(self.name):
            raise ValueError("an actor needs a name")

    @property
    def names(self) -> tuple[str, ...]:
        """Return all names, folded."""
        return tuple(dict.fromkeys(fold(name) for name in (self.name, *self.alternates) if fold(name)))

"""Names of places with their positions: what the words of a report are looked up in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from safepassage.domain.claims.values import DEGREE_E7, fold


class PlaceKind(StrEnum):
    """What a name of the gazetteer stands for; decides how exactly a claim says where."""

    SETTLEMENT = "settlement"
    FEATURE = "feature"
    DISTRICT = "district"
    PROVINCE = "province"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedPlace:
    """A place with its names, its position (degrees × 10⁷) and, where the case has it, its selector.

    `region` is the name or code of the district or province it lies in, `country` the country's folded name,
    both "" unknown; `persons` its inhabitants, 0 unknown. `capital` marks seats of governments, whose names
    often stand for the government.

    Raises
    ------
    ValueError
        When it has no name or lies off the globe.
    """

    name: str
    lat_e7: int
    lon_e7: int
    kind: PlaceKind = PlaceKind.SETTLEMENT
    alternates: tuple[str, ...] = ()
    region: str = ""
    country: str = ""
    persons: int = 0
    capital: bool = False
    selector: str = ""

    def __post_init__(self) -> None:
        if not fold(self.name):
            raise ValueError("a place needs a name")
        if abs(self.lat_e7) > 90 * DEGREE_E7 or abs(self.lon_e7) > 180 * DEGREE_E7:
            raise ValueError("a position must lie on the globe")

    @property
    def names(self) -> tuple[str, ...]:
        """Return all names, folded, without repetition."""
        return tuple(
            dict.fromkeys(folded for name in (self.name, *self.alternates) if (folded := fold(name)))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Gazetteer:
    """Places in order of preference: the first of one name counts unless something parts them."""

    places: tuple[NamedPlace, ...] = ()
    by_name: MappingProxyType[str, tuple[int, ...]] = field(init=False, repr=False, compare=False)
    most_words: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        found: dict[str, list[int]] = {}
        for i, place in enumerate(self.places):
            for name in place.names:
                found.setdefault(name, []).append(i)
        by_name = MappingProxyType({name: tuple(rows) for name, rows in found.items()})
        object.__setattr__(self, "by_name", by_name)
        object.__setattr__(self, "most_words", max((len(n.split()) for n in found), default=0))

    def named(self, words: str) -> tuple[NamedPlace, ...]:
        """Return the places that bear a name, whatever its case and accents."""
        return tuple(self.places[i] for i in self.by_name.get(fold(words), ()))

    def with_places(self, places: Iterable[NamedPlace]) -> Gazetteer:
        """Return a gazetteer with more places, less preferred than those it has."""
        return Gazetteer(places=(*self.places, *places))

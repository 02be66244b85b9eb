"""Commodities and the norms by which persons need them.

Quantities are thousandths of a commodity's unit (`_milli`): 15 L are 15,000, one blanket is 1,000.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from safepassage.domain.aid.people_groups import PeopleGroup
from safepassage.domain.provenance import Provenance

MILLI = 1_000
PPM = 1_000_000


class Unit(StrEnum):
    """The unit in which a commodity is counted in tables and on waybills."""

    LITRE = "L"
    KILOGRAM = "kg"
    PIECE = "piece"


class Rhythm(StrEnum):
    """How often a norm falls due."""

    DAILY = "daily"
    ONCE = "once"


class Setting(StrEnum):
    """Where a norm applies: to people at home, at a reception site, or at both."""

    HOME = "home"
    SITE = "site"
    BOTH = "both"


class Season(StrEnum):
    """When a norm applies."""

    ANY = "any"
    COLD = "cold"


@dataclass(frozen=True, slots=True, kw_only=True)
class Commodity:
    """A good that trucks carry: `mass_g` and `volume_ml` of one unit, packing included.

    `shelf_days` is on how many days it can be handed out at a place, that of its arrival included (0: no
    limit counted); `cold_chain` goods need a cooled truck.
    """

    id: str
    name: str
    unit: Unit
    mass_g: int
    volume_ml: int
    shelf_days: int = 0
    cold_chain: bool = False
    provenance: Provenance = Provenance()

    def __post_init__(self) -> None:
        if self.mass_g < 1 or self.volume_ml < 1:
            raise ValueError(f"{self.id}: one unit has a mass and a volume above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """How much of a commodity persons need: `amount_milli` for every `per_persons` of them.

    `for_group` is whom the norm is for (None: everybody), `share_ppm` the share of these (one home in ten is
    damaged, say). `priority` 1 is what life depends on today, 4 what can wait. Whole pieces are given out: a
    need in pieces is rounded up in each place.
    """

    id: str
    commodity: str
    amount_milli: int
    priority: int
    per_persons: int = 1
    for_group: PeopleGroup | None = None
    share_ppm: int = PPM
    rhythm: Rhythm = Rhythm.DAILY
    setting: Setting = Setting.BOTH
    season: Season = Season.ANY
    assumption: bool = False
    source: str = ""

    def __post_init__(self) -> None:
        if self.amount_milli < 0 or self.per_persons < 1:
            raise ValueError(f"{self.id}: an amount is at least 0, for at least 1 person")
        if not 1 <= self.priority <= LEAST_URGENT:
            raise ValueError(f"{self.id}: priority is 1 (most urgent) to {LEAST_URGENT}")
        if not 0 <= self.share_ppm <= PPM:
            raise ValueError(f"{self.id}: a share is between 0 and 1")


LEAST_URGENT = 4

"""An incident against civilians, referred onward: minimal data, by consent, with nobody accused."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from safepassage.domain.claims.words import OriginKind, Predicate
from safepassage.domain.release import SensitivityClass

CELL_E7 = 1_000_000
"""A tenth of a degree, seven to eleven kilometres: places are referred no finer."""
DAY_S = 86_400


class IncidentKind(StrEnum):
    """What happened to civilians; a closed list, so that nothing else can be referred."""

    FIRE_ON_EVACUEES = "fire_on_evacuees"
    SHELLING = "shelling"
    AIR_OR_DRONE_ATTACK = "air_or_drone_attack"
    SMALL_ARMS_FIRE = "small_arms_fire"
    EXPLOSIVE_HAZARD = "explosive_hazard"
    LOOTING = "looting"
    PERSONS_HARMED = "persons_harmed"


REFERRABLE = {Predicate(str(kind)): kind for kind in IncidentKind}
"""The predicates of claims that may be referred."""


class ConsentBasis(StrEnum):
    """Who agreed that this is passed on; `public_report` is for what was published anyway."""

    SOURCE_AGREED = "source_agreed"
    PUBLIC_REPORT = "public_report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Agreement to pass an incident on: on what basis, to whom, for what, where it is recorded, until when.

    `document` is the number of a paper or the address of the publication, never a person's name; `until` is
    an ISO day, "" without an end.

    Raises
    ------
    ValueError
        When recipient, purpose or document is missing: consent is for one purpose and can be found again.
    """

    basis: ConsentBasis
    recipient: str
    purpose: str
    document: str
    until: str = ""

    def __post_init__(self) -> None:
        for name in ("recipient", "purpose", "document"):
            if not getattr(self, name).strip():
                raise ValueError(f"consent needs its {name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReferral:
    """One incident as it may be passed on: what, which day, roughly where, how many, on whose kind of word.

    There is no field for who is accused, none for a side and none for the source's name: what a type cannot
    hold cannot be passed on. `origins` are kinds of origin. `words` are the claim's, for published reports
    only. Positions are centres of cells of a tenth of a degree, None where no position is known.

    Raises
    ------
    ValueError
        When a position is finer than its cell, a day is not whole, words of a private source are given, or
        the numbers harmed are out of order.
    """

    claims: tuple[str, ...]
    kind: IncidentKind
    from_utc_s: int | None
    until_utc_s: int | None
    place: str
    lat_e7: int | None
    lon_e7: int | None
    harmed_low: int | None
    harmed_high: int | None
    origins: tuple[OriginKind, ...]
    grade: str
    consent: Consent
    words: str = ""
    sensitivity: SensitivityClass = SensitivityClass.RESTRICTED

    def __post_init__(self) -> None:
        if not self.claims:
            raise ValueError("a referral names the claims it rests on")
        for value in (self.lat_e7, self.lon_e7):
            if value is not None and value % CELL_E7 != CELL_E7 // 2:
                raise ValueError("a referral says where to a tenth of a degree only")
        for value in (self.from_utc_s, self.until_utc_s):
            if value is not None and value % DAY_S:
                raise ValueError("a referral says when to the day only")
        if self.words and self.consent.basis is not ConsentBasis.PUBLIC_REPORT:
            raise ValueError("words of a source that did not publish them are not passed on")
        bounds = [n for n in (self.harmed_low, self.harmed_high) if n is not None]
        if bounds != sorted(bounds) or any(n < 0 for n in bounds):
            raise ValueError("the numbers harmed must be counts in order")


def cell_e7(value: int | None) -> int | None:
    """Return the centre of the cell in which a coordinate lies, None for none."""
    return None if value is None else value // CELL_E7 * CELL_E7 + CELL_E7 // 2

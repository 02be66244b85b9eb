"""A claim: one checkable statement of a report, with whose word it is. Claims about forces have no place."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from safepassage.domain.claims.values import (
    Chain,
    InformationGrade,
    PlaceReference,
    Quantity,
    SourceGrade,
    Span,
    TimeSpan,
    fold,
)
from safepassage.domain.claims.words import (
    ForcesPredicate,
    Interest,
    Modality,
    OriginKind,
    Polarity,
    Predicate,
)
from safepassage.domain.release import SensitivityClass

STATUS = "status"
"""The argument that carries the word of a road or crossing status."""
ABOUT = "about"
"""The argument that carries what a claim is about where it has no place (claims about forces never have)."""
SAID_AT = "said at "
"""How ABOUT begins where nothing is named: claims are then about what was said there in their report."""
ASPECT = "aspect"
"""The argument that parts what one predicate counts: the dead are not compared with the injured."""
AGAINST = "against"
"""The argument that carries, word by word, which pairs of statements of its report a claim stands in.

Two claims of one report with a word in common cannot both be true: whoever read the report has decided so.
"""
HOUR_S, DAY_S = 3_600, 86_400
LIFE_S: dict[Predicate, int | None] = {
    Predicate.ROAD_STATUS: None,
    Predicate.EXPLOSIVE_HAZARD: None,
    Predicate.CROSSING_STATUS: 7 * DAY_S,
    Predicate.SHELLING: 2 * DAY_S,
    Predicate.AIR_OR_DRONE_ATTACK: 2 * DAY_S,
    Predicate.SMALL_ARMS_FIRE: 2 * DAY_S,
    Predicate.FIRE_ON_EVACUEES: None,
    Predicate.LOOTING: 7 * DAY_S,
}
"""How long a claim counts after the end of its time (practice; None: until a person answers it).

Damage and mines do not heal with time, and an allegation that evacuees were fired at stands until answered.
"""
DEFAULT_LIFE_S = 3 * DAY_S
UNGRADED_SOURCE, UNGRADED_INFORMATION = SourceGrade(), InformationGrade()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What civilian claims and claims about forces have in common.

    `arguments` are (role, words) pairs; `uttered` is when the origin spoke, an ISO day or time
    ("" unknown). `coerced` marks statements of people who were not free to speak: kept, never weighed.
    """

    report: str
    span: Span
    chain: Chain
    arguments: tuple[tuple[str, str], ...] = ()
    polarity: Polarity = Polarity.AFFIRMED
    modality: Modality = Modality.UNKNOWN
    quantities: tuple[Quantity, ...] = ()
    times: tuple[TimeSpan, ...] = ()
    interest: Interest = Interest.UNKNOWN
    uttered: str = ""
    source_grade: SourceGrade = UNGRADED_SOURCE
    information_grade: InformationGrade = UNGRADED_INFORMATION
    sensitivity: SensitivityClass = SensitivityClass.RESTRICTED
    coerced: bool = False

    @property
    def origin_key(self) -> str:
        """Return the independence key: n outlets that pass on one utterance of one origin have the same."""
        content = hashlib.sha256(fold(self.span.text).encode()).hexdigest()[:12]
        return f"{fold(self.chain.origin.name)}|{self.uttered[:10]}|{content}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CivilianClaim(Stated):
    """A claim about people, roads, aid or harm to travellers. It may have places and can reach a plan."""

    predicate: Predicate
    places: tuple[PlaceReference, ...] = ()

    @property
    def id(self) -> str:
        """Return the claim's name in the ledger: the same words of the same report are the same claim."""
        return _id("c", self, str(self.predicate))

    @property
    def about_itself(self) -> bool:
        """Tell whether a party speaks of its own conduct or of the passage it announced."""
        own = {Predicate.COMPLIANCE, Predicate.PASSAGE_ANNOUNCED, Predicate.ZONE_ANNOUNCED}
        is_own = self.predicate in own or self.interest == Interest.SERVES
        return self.chain.origin.kind == OriginKind.PARTY and is_own

    def expires_utc_s(self) -> int | None:
        """Return when the claim no longer counts, None where only a person ends it or no end is known."""
        ends = [t.until_utc_s for t in self.times if t.until_utc_s is not None]
        life_s = LIFE_S.get(self.predicate, DEFAULT_LIFE_S)
        return None if life_s is None or not ends else max(ends) + life_s


@dataclass(frozen=True, slots=True, kw_only=True)
class ForcesClaim(Stated):
    """A claim about forces: words and magnitudes, never a place. It reaches no map, no route and no party.

    There is no field for a geometry on purpose: what a type cannot hold cannot leak.
    """

    predicate: ForcesPredicate

    @property
    def id(self) -> str:
        """Return the claim's name in the ledger."""
        return _id("f", self, str(self.predicate))


Claim = CivilianClaim | ForcesClaim


def _id(prefix: str, claim: Stated, predicate: str) -> str:
    said = f"{claim.report}|{claim.span.start}|{claim.span.end}|{predicate}|{claim.span.text}"
    return f"{prefix}-{hashlib.sha256(said.encode()).hexdigest()[:12]}"

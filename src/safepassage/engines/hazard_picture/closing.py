"""Which roads and crossings accepted claims close, and what would open them and stays without effect."""

from __future__ import annotations

from collections.abc import Sequence

from safepassage.domain.claims.claim import CivilianClaim, Claim
from safepassage.domain.claims.ledger import Standing
from safepassage.domain.claims.picture import Closure
from safepassage.domain.claims.words import Decision, Modality, Predicate
from safepassage.engines.hazard_picture import policy
from safepassage.engines.hazard_picture.believe import HYPOTHETICAL, OPPOSITE

STATUS = "status"
CLOSING = frozenset({"NOT_PASSABLE", "CLOSED"})
OPENING = frozenset({"PASSABLE", "OPEN"})
ROADS = frozenset({Predicate.ROAD_STATUS, Predicate.CROSSING_STATUS, Predicate.EXPLOSIVE_HAZARD})


def can_weigh(claim: Claim) -> bool:
    """Tell whether a claim that counts could change a picture at all: it speaks of harm or of a road."""
    if not isinstance(claim, CivilianClaim):
        return False
    return claim.predicate in ROADS or OPPOSITE.get(claim.predicate, claim.predicate) in policy.KINDS


def closures(standings: Sequence[Standing]) -> tuple[Closure, ...]:
    """Return the roads and crossings that accepted claims close; claims that would open them stand beside."""
    closing: dict[str, list[str]] = {}
    opening: dict[str, list[str]] = {}
    for standing in standings:
        claim = standing.claim
        if not isinstance(claim, CivilianClaim) or claim.predicate not in ROADS:
            continue
        closes = _closes(claim)
        if closes is None or (closes and standing.decision != Decision.ACCEPTED):
            continue
        for selector in dict.fromkeys(place.selector for place in claim.places if place.selector):
            (closing if closes else opening).setdefault(selector, []).append(claim.id)
    return tuple(
        Closure(selector=road, claims=tuple(sorted(ids)), against=tuple(sorted(opening.get(road, ()))))
        for road, ids in sorted(closing.items())
    )


def _closes(claim: CivilianClaim) -> bool | None:
    """Tell whether a claim closes a road (True), would open it (False), or neither (None)."""
    if claim.modality in HYPOTHETICAL:
        return None
    no = claim.polarity == claim.polarity.NEGATED or claim.modality == Modality.DENIED
    if claim.predicate == Predicate.EXPLOSIVE_HAZARD:
        return None if no else True
    word = dict(claim.arguments).get(STATUS, "").upper()
    if word in CLOSING:
        return None if no else True
    return None if word not in OPENING else bool(no)

"""Which claims may be referred onward as an incident against civilians, and as what."""

from __future__ import annotations

import math

from safepassage.domain.claims.claim import CivilianClaim
from safepassage.domain.claims.ledger import Ledger
from safepassage.domain.claims.referral import (
    DAY_S,
    REFERRABLE,
    Consent,
    ConsentBasis,
    IncidentReferral,
    cell_e7,
)

PERSONS = "persons"


def refer(ledger: Ledger, name: str, consent: Consent) -> IncidentReferral:
    """Return a claim as a record for one recipient: kind, day, rough place, numbers, kind of origin.

    Claims that repeat the same utterance are named with it. Names, sides, exact places and hours stay behind.

    Raises
    ------
    ValueError
        When the ledger does not hold the claim, it does not count, or it is of no kind that may be referred.
    """
    standing = ledger.claims.get(name)
    if standing is None or not standing.counts:
        raise ValueError(f"{name} is no claim of this ledger that counts")
    claim = standing.claim
    if not isinstance(claim, CivilianClaim) or claim.predicate not in REFERRABLE:
        kinds = ", ".join(sorted(str(kind).replace("_", " ") for kind in REFERRABLE))
        raise ValueError(f"{name} speaks of no incident against civilians; those are: {kinds}")
    same = [n for n, s in ledger.claims.items() if s.claim.origin_key == claim.origin_key and s.counts]
    starts = [t.from_utc_s for t in claim.times if t.from_utc_s is not None]
    ends = [t.until_utc_s for t in claim.times if t.until_utc_s is not None]
    place = claim.places[0] if claim.places else None
    harmed = [q for q in claim.quantities if q.unit == PERSONS]
    return IncidentReferral(
        claims=tuple(sorted(same)), kind=REFERRABLE[claim.predicate],
        from_utc_s=min(starts) // DAY_S * DAY_S if starts else None,
        until_utc_s=-(-max(ends) // DAY_S) * DAY_S if ends else None,
        place=place.name if place else "", lat_e7=cell_e7(place.lat_e7) if place else None,
        lon_e7=cell_e7(place.lon_e7) if place else None,
        harmed_low=_whole(harmed[0].low) if harmed else None,
        harmed_high=_whole(harmed[0].high) if harmed else None,
        origins=(claim.chain.origin.kind,),
        grade=f"{claim.source_grade.letter}{claim.information_grade.number}", consent=consent,
        words=claim.span.text if consent.basis is ConsentBasis.PUBLIC_REPORT else "",
    )  # fmt: skip


def _whole(value: float | None) -> int | None:
    return None if value is None else math.floor(value)

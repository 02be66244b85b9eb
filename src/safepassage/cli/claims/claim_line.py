"""What a claim says, in one line of a terminal, and what a proposal may do."""

from __future__ import annotations

from safepassage.domain.claims.claim import ASPECT, STATUS, CivilianClaim, Claim

ONLY_PROPOSED = (
    "Proposals all: until a person accepts one, it closes nothing and raises the precautionary layer only."
)


def facts_line(claim: Claim) -> str:
    """Return kind, modality, status, numbers, places and times of a claim; affirmed is not said."""
    facts = [str(claim.predicate).replace("_", " "), str(claim.modality)]
    facts += [word.replace("_", " ").lower() for role, word in claim.arguments if role in {STATUS, ASPECT}]
    facts += [str(claim.polarity)] if claim.polarity != "affirmed" else []
    facts += [str(quantity) for quantity in claim.quantities]
    places = claim.places if isinstance(claim, CivilianClaim) else ()
    facts += [f"{p.name} (a government)" if p.metonym else p.name for p in places]
    facts += [time.text.strip() for time in claim.times]
    return " · ".join(facts)

"""The slot of a claim: what has to be the same before two claims can be compared at all."""

from __future__ import annotations

from typing import NamedTuple

from safepassage.domain.claims.claim import ABOUT, ASPECT, STATUS, CivilianClaim, Claim
from safepassage.domain.claims.values import TimeSpan, fold
from safepassage.domain.claims.words import ForcesPredicate, Modality, Polarity, Predicate

OPPOSITES: dict[Predicate, Predicate] = {Predicate.COMPLIANCE: Predicate.FIRE_ON_EVACUEES}
"""Predicates that say the opposite of another one about the same thing."""
NOT_CODED = frozenset({Predicate.OTHER, ForcesPredicate.OTHER})
"""Claims about something that has no word of its own are compared only where they say what about."""
OPEN_WORDS, CLOSED_WORDS = frozenset({"PASSABLE", "OPEN"}), frozenset({"NOT_PASSABLE", "CLOSED"})
NOT_COMPARED = frozenset({Modality.INTENDED, Modality.CONDITIONAL})
"""What somebody means to do, or would do if, contradicts no report of what was."""


class Slot(NamedTuple):
    """Predicate and place (or subject) of a claim, folded."""

    predicate: str
    place: str


def slots(claim: Claim) -> tuple[Slot, ...]:
    """Return the slots of a claim: one for each place it names, else one for what it is about, if it says."""
    arguments = dict(claim.arguments)
    predicate = claim.predicate
    if isinstance(claim, CivilianClaim):
        predicate = OPPOSITES.get(claim.predicate, claim.predicate)
    if predicate in NOT_CODED and ABOUT not in arguments:
        return ()
    name = f"{predicate} {arguments.get(ASPECT, '')}".strip()
    if isinstance(claim, CivilianClaim) and predicate not in NOT_CODED:
        keys = tuple(dict.fromkeys(place.key for place in claim.places if not place.metonym))
        if keys:
            return tuple(Slot(name, key) for key in keys)
    about = fold(arguments.get(ABOUT, ""))
    return (Slot(name, about),) if about else ()


def says_no(claim: Claim) -> bool:
    """Tell whether a claim says that the thing of its slot is not so."""
    no = claim.polarity == Polarity.NEGATED or claim.modality == Modality.DENIED
    return no ^ (isinstance(claim, CivilianClaim) and claim.predicate in OPPOSITES)


def status(claim: Claim) -> str:
    """Return the status word of a claim, "" without one."""
    return dict(claim.arguments).get(STATUS, "").upper()


Sense = tuple[bool, bool, str, tuple[TimeSpan, ...], tuple[tuple[str, float | None, float | None], ...]]
"""What `disagree` looks at: claims of one slot and sense stand to any third one alike."""


def sense(claim: Claim) -> Sense:
    """Return what a claim says in its slot, whoever says it in whatever words."""
    numbers = tuple((q.unit, q.low, q.high) for q in claim.quantities)
    return claim.modality in NOT_COMPARED, says_no(claim), status(claim), claim.times, numbers


def disagree(a: Claim, b: Claim) -> bool | None:
    """Tell whether two claims of one slot cannot both be true; None where nothing can be compared."""
    if {a.modality, b.modality} & NOT_COMPARED:
        return None
    if a.times and b.times and not any(s.overlaps(t) for s in a.times for t in b.times):
        return None
    words = {status(a), status(b)}
    if all(words):
        opposite = bool(words & OPEN_WORDS and words & CLOSED_WORDS)
        return opposite != (says_no(a) != says_no(b))
    if says_no(a) != says_no(b):
        return True
    if not a.quantities or not b.quantities:
        return False
    same_unit = [(p, q) for p in a.quantities for q in b.quantities if p.unit == q.unit]
    return not any(p.overlaps(q) for p, q in same_unit) if same_unit else None

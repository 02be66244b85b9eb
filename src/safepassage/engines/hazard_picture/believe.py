"""Which claims speak of one event, and how probable that event is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from safepassage.domain.claims.claim import CivilianClaim
from safepassage.domain.claims.ledger import Standing
from safepassage.domain.claims.values import PlaceReference, fold
from safepassage.domain.claims.words import Decision, Interest, Modality, OriginKind, Polarity, Predicate
from safepassage.engines.hazard_picture import policy
from safepassage.kernels.belief.event_belief import Voices, event_belief

OPPOSITE = {Predicate.COMPLIANCE: Predicate.FIRE_ON_EVACUEES}
HYPOTHETICAL = frozenset({Modality.INTENDED, Modality.CONDITIONAL})
C3 = ("C", 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Claims about one harmful thing at one place, affirming and denying: all accepted, or none.

    What nobody reviewed is an event of its own, so that it cannot move, freshen or narrow what a person
    accepted.
    """

    predicate: Predicate
    place: PlaceReference
    standings: tuple[Standing, ...]
    reviewed: bool

    @property
    def affirming(self) -> tuple[Standing, ...]:
        """The claims that say it is so."""
        return tuple(s for s in self.standings if not denies(s.claim))

    @property
    def contested(self) -> bool:
        """Tell whether claims that count affirm it and others deny it."""
        return len({denies(s.claim) for s in self.standings}) > 1


def denies(claim: object) -> bool:
    """Tell whether a civilian claim says that the harmful thing of its event is not so."""
    if not isinstance(claim, CivilianClaim):
        return False
    no = claim.polarity == Polarity.NEGATED or claim.modality == Modality.DENIED
    return no ^ (claim.predicate in OPPOSITE)


def events(standings: Iterable[Standing], as_of_utc_s: int) -> tuple[Event, ...]:
    """Return the events that claims in force speak of, by kind, place and whether they were accepted."""
    found: dict[tuple[str, str, bool], list[tuple[Standing, PlaceReference]]] = {}
    for standing in standings:
        claim = standing.claim
        if not isinstance(claim, CivilianClaim) or claim.modality in HYPOTHETICAL:
            continue
        predicate = OPPOSITE.get(claim.predicate, claim.predicate)
        ends = claim.expires_utc_s()
        if predicate not in policy.KINDS or (ends is not None and ends <= as_of_utc_s):
            continue
        pending = standing.decision != Decision.ACCEPTED
        for place in claim.places:
            found.setdefault((str(predicate), place.key, pending), []).append((standing, place))
    return tuple(
        Event(
            predicate=Predicate(kind), place=_best(p for _, p in rows), standings=_ordered(rows),
            reviewed=not pending,
        )
        for (kind, _, pending), rows in sorted(found.items())
    )  # fmt: skip


def _best(places: Iterable[PlaceReference]) -> PlaceReference:
    """Return the most exact of several references to one place."""
    return min(places, key=lambda p: (p.lat_e7 is None, p.precision, p.name))


def _ordered(rows: Sequence[tuple[Standing, PlaceReference]]) -> tuple[Standing, ...]:
    if len(rows) == 1:
        return (rows[0][0],)
    return tuple({s.claim.id: s for s, _ in sorted(rows, key=lambda row: row[0].claim.id)}.values())


def belief(standings: Sequence[Standing]) -> tuple[float, float, float]:
    """Return (low, central, high) probability of an event, one voice for each side or independent origin.

    Outlets that pass on one utterance count once; a party speaking of its own conduct counts as C3 at best.
    """
    once = {s.claim.origin_key: s for s in standings}
    voices: dict[str, list[Standing]] = {}
    for key in sorted(once):
        voices.setdefault(_voice(once[key]), []).append(once[key])
    counts = np.stack([_counts(_typical(group)) for _, group in sorted(voices.items())])
    rows = [
        (0, kind, sum(not denies(s.claim) for s in group), sum(denies(s.claim) for s in group), 0)
        for kind, (_, group) in enumerate(sorted(voices.items()))
    ]
    columns = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    found = event_belief(counts, Voices(*columns), [policy.PRIOR_P])
    return float(found.low[0]), float(found.central[0]), float(found.high[0])


def _voice(standing: Standing) -> str:
    origin = standing.claim.chain.origin
    return f"side {fold(origin.side)}" if origin.side else f"origin {fold(origin.name)}"


def _typical(group: Sequence[Standing]) -> Standing:
    """Return the standing whose grade speaks for a voice: the best of its letters and numbers."""
    return min(group, key=lambda s: (*_grade(s), s.claim.id))


def _grade(standing: Standing) -> tuple[str, int]:
    claim = standing.claim
    grade = (claim.source_grade.letter, claim.information_grade.number)
    about_itself = isinstance(claim, CivilianClaim) and claim.about_itself
    return max(grade, C3) if about_itself else grade


def _counts(standing: Standing) -> np.ndarray:
    """Return (2, 3) pseudo-reports of a voice: what it says of events that are not so, and that are."""
    letter, number = _grade(standing)
    hit, alarm = policy.RATES[letter]
    alarm = min(0.9, alarm * policy.CREDIBILITY[number] * _leaning(standing))
    alarm = min(alarm, hit)
    if standing.claim.chain.origin.kind == OriginKind.PARTY and denies(standing.claim):
        # A party that denies what it is blamed for would do so in either case.
        hit, alarm = min(hit, 0.3), min(alarm, 0.1)
    table = np.array([[alarm, 0.9 - 0.9 * alarm, 0.1 - 0.1 * alarm], [hit, 0.9 - 0.9 * hit, 0.1 - 0.1 * hit]])
    return table * policy.PSEUDO_REPORTS


def _leaning(standing: Standing) -> float:
    interest = standing.claim.interest
    if interest == Interest.SERVES:
        return policy.SERVES_FALSE
    return policy.AGAINST_FALSE if interest == Interest.AGAINST else 1.0

"""Conflicts as people read them: version beside version, the asserted range, and an honest interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from safepassage.domain.claims.claim import ABOUT, SAID_AT, CivilianClaim, Claim
from safepassage.domain.claims.conflict import Conflict, Estimate, Version
from safepassage.domain.claims.ledger import Ledger
from safepassage.domain.claims.values import Quantity, fold
from safepassage.domain.claims.words import ForcesPredicate, Interest, Predicate
from safepassage.engines.conflicts.relate import by_slot, contradicting, set_against
from safepassage.engines.conflicts.slot import Slot, says_no, slots, status
from safepassage.kernels.belief.quantity_belief import quantity_posterior

COUNT_SIGMA = 0.73
"""Spread in logs of one count: the median high/low ratio of contested counts is 2 (UCDP event data), and the
median of |x - y| of two such reports is 0.954 sigma."""
AREA_SIGMA = 0.35
"""Spread in logs of one figure of an area (practice; no data set of contested areas is known)."""
GRADE_FACTOR = {1: 0.3, 2: 0.5, 3: 0.8, 4: 1.0, 5: 1.2, 6: 1.0}
"""How the information grade changes the spread (practice)."""
ONE_SIDED_EXCESS, ONE_SIDED_SIGMA = 0.1, 0.2
"""A number with one bound ("over 2,000") is taken a tenth beyond it, with more spread (practice)."""
LEANING = 0.15
"""A figure about its own success leans upwards by so much in logs, and may lean as much again (practice)."""
OWN_SUCCESS = frozenset(
    {
        str(ForcesPredicate.AREA_UNDER_CONTROL),
        str(ForcesPredicate.SETTLEMENTS_UNDER_CONTROL),
        str(Predicate.AID_DELIVERED),
        str(Predicate.PERSONS_LEFT),
        str(Predicate.PERSONS_SHELTERED),
    }
)
AREA_UNITS = frozenset({"km2", "m2", "ha"})


def conflicts(ledger: Ledger) -> tuple[Conflict, ...]:
    """Return every slot in which claims that count contradict each other.

    All versions of the slot are listed by origin, with equal weight and in alphabetical order. A number gets
    an interval beside the asserted range; figures of forces are numbers only, never an area on a map.
    """
    counting = [standing.claim for standing in ledger.counting()]
    outlets = {report.id: report.outlet for report in ledger.reports.values()}
    found = []
    for slot, members in by_slot(counting).items():
        pairs = contradicting(members)
        if pairs:
            found.append(_conflict(slot, members, pairs, outlets))
    shown = {pair for conflict in found for pair in conflict.pairs}
    found += [
        replace(_conflict(_matter(a, b), (a, b), ((a.id, b.id),), outlets), id=f"{a.id}|{b.id}")
        for a, b in set_against(counting)
        if (a.id, b.id) not in shown
    ]
    return tuple(found)


def _matter(a: Claim, b: Claim) -> Slot:
    """Return what two claims are about that were set against each other without a slot in common."""
    named = slots(a)
    slot = named[0] if named else Slot(str(a.predicate), "")
    return slot if a.predicate == b.predicate else Slot(str(Predicate.OTHER), slot.place)


def _conflict(
    slot: Slot, members: Sequence[Claim], pairs: tuple[tuple[str, str], ...], outlets: dict[str, str]
) -> Conflict:
    unit = _common_unit(members)
    quantified = [(c, q) for c in members for q in c.quantities if q.unit == unit]
    lows = [_bound(q.low, q.high) for _, q in quantified]
    highs = [_bound(q.high, q.low) for _, q in quantified]
    return Conflict(
        id=f"{slot.predicate}|{slot.place}", predicate=slot.predicate, place=slot.place,
        versions=_versions(members, unit, outlets), pairs=pairs,
        asserted_low=min(lows, default=None), asserted_high=max(highs, default=None),
        estimate=estimate(quantified), name=_name(slot, members),
    )  # fmt: skip


def _name(slot: Slot, members: Sequence[Claim]) -> str:
    """Return what people call the place or thing of a slot, "" where it is only where it was said."""
    places = [p for c in members if isinstance(c, CivilianClaim) for p in c.places if not p.metonym]
    named = [p.name for p in places if p.key == slot.place] or [p.name for p in places]
    abouts = [dict(claim.arguments).get(ABOUT, "") for claim in members]
    named += [about for about in abouts if not about.startswith(SAID_AT)]
    return next(iter(named), "" if slot.place.startswith(SAID_AT) else slot.place)


def _bound(first: float | None, second: float | None) -> float:
    return first if first is not None else second if second is not None else math.nan


def _common_unit(members: Sequence[Claim]) -> str:
    units = [q.unit for claim in members for q in claim.quantities]
    return min(set(units), key=lambda unit: (-units.count(unit), unit), default="")


def _versions(members: Sequence[Claim], unit: str, outlets: dict[str, str]) -> tuple[Version, ...]:
    groups: dict[tuple[str, str], list[Claim]] = {}
    for claim in members:
        groups.setdefault((fold(claim.chain.origin.name), claim.origin_key), []).append(claim)
    return tuple(_version(group, unit, outlets) for _, group in sorted(groups.items()))


def _version(group: list[Claim], unit: str, outlets: dict[str, str]) -> Version:
    claim = group[0]
    quantity = next((q for q in claim.quantities if q.unit == unit), None)
    return Version(
        origin=claim.chain.origin.name,
        side=_shown(claim.chain.origin.side),
        said="no" if says_no(claim) else status(claim) or "yes",
        low=quantity.low if quantity else None,
        high=quantity.high if quantity else None,
        unit=unit if quantity else "",
        words=claim.span.text,
        claims=tuple(c.id for c in group),
        outlets=tuple(sorted({outlets[c.report] for c in group})),
    )


def _shown(side: str) -> str:
    """Return a side as people write it: folded names of countries have lost their capitals."""
    return side.title() if side.islower() else side


def estimate(quantified: Sequence[tuple[Claim, Quantity]]) -> Estimate | None:
    """Return the interval of a number from the claims that state it, one per utterance; None without any."""
    once = {claim.origin_key: (claim, quantity) for claim, quantity in quantified if _middle(quantity) > 0}
    if not once:
        return None
    rows = [once[key] for key in sorted(once)]
    sides = sorted({claim.chain.origin.side for claim, _ in rows} - {""})
    leans = [_leans(claim) for claim, _ in rows]
    posterior = quantity_posterior(
        [_middle(q) for _, q in rows],
        [_sigma(claim, q) for claim, q in rows],
        [LEANING if lean else 0.0 for lean in leans],
        [sides.index(c.chain.origin.side) if c.chain.origin.side else -1 for c, _ in rows],
        [LEANING if lean else 0.0 for lean in leans],
    )
    return Estimate(
        low=posterior.low,
        central=posterior.central,
        high=posterior.high,
        unit=rows[0][1].unit,
        widened=posterior.birge,
    )


def _middle(quantity: Quantity) -> float:
    if quantity.low is None:
        return (quantity.high or 0.0) * (1 - ONE_SIDED_EXCESS)
    if quantity.high is None:
        return quantity.low * (1 + ONE_SIDED_EXCESS)
    return math.sqrt(max(quantity.low, 0.0) * max(quantity.high, 0.0))


def _sigma(claim: Claim, quantity: Quantity) -> float:
    base = AREA_SIGMA if quantity.unit in AREA_UNITS else COUNT_SIGMA
    spread = base * GRADE_FACTOR[claim.information_grade.number]
    if quantity.low is None or quantity.high is None:
        return math.hypot(spread, ONE_SIDED_SIGMA)
    if quantity.low > 0:
        return math.hypot(spread, math.log(quantity.high / quantity.low) / 4)
    return spread


def _leans(claim: Claim) -> bool:
    return claim.interest == Interest.SERVES and str(claim.predicate) in OWN_SUCCESS

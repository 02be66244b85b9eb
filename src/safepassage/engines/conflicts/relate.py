"""Typed slots decide how claims stand to each other; likeness of words decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from safepassage.domain.claims.claim import Claim
from safepassage.domain.claims.ledger import ClaimLink
from safepassage.domain.claims.values import fold
from safepassage.domain.claims.words import LinkKind, OriginKind
from safepassage.engines.conflicts.slot import Slot, disagree, slots

MOST_IN_SLOT = 400
"""A slot with more claims is compared newest first, up to so many: pairs grow with the square."""


def by_slot(claims: Iterable[Claim]) -> dict[Slot, list[Claim]]:
    """Return the claims of each slot, in the order of their ids."""
    found: dict[Slot, list[Claim]] = {}
    for claim in sorted(claims, key=lambda c: c.id):
        for slot in slots(claim):
            found.setdefault(slot, []).append(claim)
    return dict(sorted(found.items()))


def relate(claims: Iterable[Claim]) -> tuple[ClaimLink, ...]:
    """Return how the claims of each slot stand to each other, blind to the order they came in.

    Claims with one independence key restate each other. Claims that cannot both be true contradict; others
    corroborate: independently only if neither origin nor side is the same, for a party and those who pass on
    its word stay one voice.
    """
    links: set[ClaimLink] = set()
    for members in by_slot(claims).values():
        newest = sorted(members, key=lambda c: (c.uttered, c.id), reverse=True)[:MOST_IN_SLOT]
        for a, b in combinations(sorted(newest, key=lambda c: c.id), 2):
            kind = relation(a, b)
            if kind is not None:
                links.add(ClaimLink(kind=kind, a=a.id, b=b.id))
    return tuple(sorted(links))


def relation(a: Claim, b: Claim) -> LinkKind | None:
    """Return how two claims of one slot stand to each other, None where they cannot be compared."""
    if a.origin_key == b.origin_key:
        return LinkKind.RESTATES
    differ = disagree(a, b)
    if differ is None or (differ and _in_one_breath(a, b)):
        return None
    if differ:
        return LinkKind.CONTRADICTS
    return LinkKind.CORROBORATES_DEPENDENTLY if one_voice(a, b) else LinkKind.CORROBORATES_INDEPENDENTLY


def _in_one_breath(a: Claim, b: Claim) -> bool:
    """Tell whether one origin says both in one report: a part beside the whole is no contradiction."""
    return a.report == b.report and fold(a.chain.origin.name) == fold(b.chain.origin.name)


def one_voice(a: Claim, b: Claim) -> bool:
    """Tell whether two claims go back to one origin, to one side, or to nobody who is named."""
    first, second = a.chain.origin, b.chain.origin
    if fold(first.name) == fold(second.name):
        return True
    if first.side and first.side == second.side:
        return True
    return OriginKind.UNKNOWN in {first.kind, second.kind}

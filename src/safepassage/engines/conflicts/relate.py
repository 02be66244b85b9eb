"""Typed slots decide how claims stand to each other; likeness of words decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

from safepassage.domain.claims.claim import AGAINST, Claim
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
    known = tuple(claims)
    links = {ClaimLink(kind=LinkKind.CONTRADICTS, a=a.id, b=b.id) for a, b in set_against(known)}
    for members in by_slot(known).values():
        newest = sorted(members, key=lambda c: (c.uttered, c.id), reverse=True)[:MOST_IN_SLOT]
        for a, b in combinations(sorted(newest, key=lambda c: c.id), 2):
            kind = relation(a, b)
            if kind is not None:
                links.add(ClaimLink(kind=kind, a=a.id, b=b.id))
    return tuple(sorted(links))


def set_against(claims: Iterable[Claim]) -> tuple[tuple[Claim, Claim], ...]:
    """Return the pairs that the reading of a report set against each other, in the order of their ids."""
    pairs: dict[tuple[str, str], list[Claim]] = {}
    for claim in sorted(claims, key=lambda c: c.id):
        for key in against(claim):
            pairs.setdefault((claim.report, key), []).append(claim)
    return tuple(
        (a, b) for _, members in sorted(pairs.items()) for a, b in combinations(members, 2)
        if fold(a.chain.origin.name) != fold(b.chain.origin.name)
    )  # fmt: skip


def against(claim: Claim) -> tuple[str, ...]:
    """Return the pairs of statements of its report that a claim stands in."""
    return tuple(dict(claim.arguments).get(AGAINST, "").split())


def relation(a: Claim, b: Claim) -> LinkKind | None:
    """Return how two claims of one slot stand to each other, None where they cannot be compared."""
    if a.origin_key == b.origin_key:
        return LinkKind.RESTATES
    differ = disagree(a, b)
    if differ is None or (differ and a.report == b.report and not set(against(a)) & set(against(b))):
        # Whoever read a report saw its words: within it, what was not set against each other stands together.
        return None
    if differ:
        return LinkKind.CONTRADICTS
    return LinkKind.CORROBORATES_DEPENDENTLY if one_voice(a, b) else LinkKind.CORROBORATES_INDEPENDENTLY


def one_voice(a: Claim, b: Claim) -> bool:
    """Tell whether two claims go back to one origin, to one side, or to nobody who is named."""
    first, second = a.chain.origin, b.chain.origin
    if fold(first.name) == fold(second.name):
        return True
    if first.side and first.side == second.side:
        return True
    return OriginKind.UNKNOWN in {first.kind, second.kind}

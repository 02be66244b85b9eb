"""Typed slots decide how claims stand to each other; likeness of words decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from safepassage.domain.claims.claim import AGAINST, Claim
from safepassage.domain.claims.ledger import ClaimLink
from safepassage.domain.claims.values import fold
from safepassage.domain.claims.words import LinkKind, OriginKind
from safepassage.engines.conflicts.slot import Sense, Slot, disagree, sense, slots

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
        links |= {ClaimLink(kind=kind, a=a, b=b) for kind, a, b in _relations(newest)}
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


def _relations(members: Sequence[Claim]) -> Iterator[tuple[LinkKind, str, str]]:
    """Yield how each two claims of one slot stand to each other, in the order of their ids."""
    # Ids and keys are hashes: made once for each claim, not for each pair.
    rows = sorted((claim.id, claim.origin_key, at) for at, claim in enumerate(members))
    for (a, key, at), (b, other, by) in combinations(rows, 2):
        kind = LinkKind.RESTATES if key == other else _relation(members[at], members[by])
        if kind is not None:
            yield kind, a, b


def _relation(a: Claim, b: Claim) -> LinkKind | None:
    """Return how two claims stand to each other that are two utterances, None where nothing compares."""
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


def contradicting(members: Sequence[Claim]) -> tuple[tuple[str, str], ...]:
    """Return the pairs of ids of the claims of one slot that cannot both be true, in their order.

    In a slot of more than `MOST_IN_SLOT` claims those of `compared` are held against each other.
    """
    found = _relations(compared(members))
    return tuple((a, b) for kind, a, b in found if kind == LinkKind.CONTRADICTS)


def compared(members: Sequence[Claim]) -> Sequence[Claim]:
    """Return at most about `MOST_IN_SLOT` claims of a slot: of everything that is said in it, the newest.

    Claims that say the same contradict the same others, so a thousand who say one thing do not crowd out the
    one who says another.
    """
    if len(members) <= MOST_IN_SLOT:
        return members
    said: dict[Sense, list[int]] = {}
    newest = sorted(range(len(members)), key=lambda at: (members[at].uttered, at), reverse=True)
    for at in newest:
        said.setdefault(sense(members[at]), []).append(at)
    groups = list(said.values())[:MOST_IN_SLOT]
    share = MOST_IN_SLOT // len(groups)
    return [members[at] for at in sorted(at for group in groups for at in group[:share])]

"""What texts given to a plan say: each claim with its chain, versions side by side, what is left open."""

from __future__ import annotations

from collections.abc import Iterator

from safepassage.casework.claims_seen import ClaimsInput
from safepassage.cli.claims.claim_line import facts_line
from safepassage.cli.claims.claims_conflicts import conflict_text
from safepassage.domain.claims.claim import Claim

MOST_TOLD = 60
"""So many claims a terminal shows; all of them stand in the document beside the plan."""
SHOWN = 160
ARROW = " → "


def news_lines(claims: ClaimsInput | None) -> list[str]:
    """Return what a terminal says of the texts a plan was given, nothing where there were none."""
    if claims is None or not claims.news:
        return []
    told = [s.claim for s in claims.ledger.claims.values() if s.claim.report in claims.news]
    told.sort(key=lambda claim: (claims.news.index(claim.report), claim.span.start, claim.id))
    lines = ["What the texts say; nobody has reviewed it, and it raises the precautionary layer at most:"]
    for claim in told[:MOST_TOLD]:
        lines += _claim_lines(claim)
    if len(told) > MOST_TOLD:
        lines.append(f"  … and {len(told) - MOST_TOLD} more in RESTRICTED-claims.json")
    return [*lines, *_side_by_side(claims, {claim.id for claim in told}), *_open(claims)]


def _claim_lines(claim: Claim) -> Iterator[str]:
    words = " ".join(claim.span.text.split())
    said = words if len(words) <= SHOWN else f"{words[: SHOWN - 1]}…"
    yield f"  {claim.id} “{said}”"
    chain = ARROW.join(link.name for link in claim.chain.links)
    yield f"      {chain}: {facts_line(claim)}"


def _side_by_side(claims: ClaimsInput, told: set[str]) -> Iterator[str]:
    """Yield the conflicts that claims of the texts stand in, version beside version, with equal weight."""
    shown = [c for c in claims.contested if any(told & set(version.claims) for version in c.versions)]
    if shown:
        yield "Versions side by side:"
    for conflict in shown:
        yield from (f"  {line}" for line in conflict_text(conflict).splitlines())


def _open(claims: ClaimsInput) -> Iterator[str]:
    gaps = [gap for gap in claims.ledger.open_gaps() if gap.report in claims.news]
    if gaps:
        yield "Not said, to be asked:"
        yield from (f"  {gap.question}" for gap in gaps)

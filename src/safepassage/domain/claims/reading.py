"""What reading a report proposes: attributions, claims, links and gaps. A proposal decides nothing."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.domain.claims.claim import Claim
from safepassage.domain.claims.ledger import ClaimLink, InformationGap
from safepassage.domain.claims.values import Chain, Report, Span
from safepassage.domain.claims.words import Modality


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Words of a report, possibly in several pieces, each at its place; no piece at all is nobody's words."""

    spans: tuple[Span, ...] = ()

    @property
    def text(self) -> str:
        """Return the pieces, joined by single spaces."""
        return " ".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verbatim:
    """Who says what in a report, proposed from outside: words as they stand there, `cue` may be empty."""

    source: str
    cue: str
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedBy:
    """One attribution of a report: who (source), by which words (cue), says what (content).

    `kind` names the frame. Where the source is only implied (a quotation that goes on), `source` holds no
    words of its own and `implicit_source` is True; the chain names the speaker all the same.
    """

    id: str
    source: Words
    cue: Words
    content: Words
    chain: Chain
    kind: str
    modality: Modality
    implicit_source: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedClaim:
    """A claim and the attribution it was read from, "" where the report speaks with its own voice."""

    claim: Claim
    attribution: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that was read in one report, in the order of its words."""

    report: Report
    attributions: tuple[StatedBy, ...] = ()
    claims: tuple[ProposedClaim, ...] = ()
    gaps: tuple[InformationGap, ...] = ()
    links: tuple[ClaimLink, ...] = ()

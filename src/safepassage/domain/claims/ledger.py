"""The ledger: an append-only list of entries, and what stands after the last one. Nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from safepassage.domain.claims.claim import Claim
from safepassage.domain.claims.values import InformationGrade, Report, SourceGrade
from safepassage.domain.claims.words import Decision, LinkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFiled:
    """A report came in; it is kept as received, whatever becomes of it."""

    report: Report


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimProposed:
    """Somebody, or the extractor, reads a claim in a report. A proposal decides nothing."""

    claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimDecided:
    """A person decided about a claim; a later decision stands beside this one and counts."""

    claim: str
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimCorrected:
    """A better reading of the same words takes the place of a claim; both stay in the ledger."""

    claim: str
    by_claim: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRetracted:
    """The origin or the outlet took a claim back; it is kept and no longer counts."""

    claim: str
    retracted_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeSet:
    """Somebody graded a claim; each axis on its own, None leaves an axis as it is."""

    claim: str
    source: SourceGrade | None = None
    information: InformationGrade | None = None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class ClaimLink:
    """How claim `a` stands to claim `b`."""

    kind: LinkKind
    a: str
    b: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsLinked:
    """Two claims were found, or said, to stand in a relation."""

    link: ClaimLink


@dataclass(frozen=True, slots=True, kw_only=True)
class InformationGap:
    """What a report says that it does not say ("did not say how many"): a question to ask, never a claim."""

    id: str
    report: str
    question: str
    about_claim: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapNoted:
    """A question was noted."""

    gap: InformationGap


@dataclass(frozen=True, slots=True, kw_only=True)
class GapAnswered:
    """A claim answers a question."""

    gap: str
    by_claim: str


Act = (
    ReportFiled
    | ClaimProposed
    | ClaimDecided
    | ClaimCorrected
    | ClaimRetracted
    | GradeSet
    | ClaimsLinked
    | GapNoted
    | GapAnswered
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger: what was done, when (ISO 8601, UTC), by whom (a function) and why."""

    at: str
    by: str
    act: Act
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A claim as it stands now: with the grades and the decision last given, and what became of it."""

    claim: Claim
    decision: Decision = Decision.PROPOSED
    decided_by: str = ""
    retracted_by: str = ""
    corrected_by: str = ""

    @property
    def counts(self) -> bool:
        """Tell whether the claim may weigh at all: neither dropped nor said under coercion."""
        dropped = self.decision == Decision.REJECTED or self.retracted_by or self.corrected_by
        return not dropped and not self.claim.coerced


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All reports, claims, links and gaps as of the last entry, by id, in the order they came.

    `answers` are (gap, claim) pairs.
    """

    reports: Mapping[str, Report] = field(default_factory=lambda: MappingProxyType({}))
    claims: Mapping[str, Standing] = field(default_factory=lambda: MappingProxyType({}))
    links: tuple[ClaimLink, ...] = ()
    gaps: Mapping[str, InformationGap] = field(default_factory=lambda: MappingProxyType({}))
    answers: tuple[tuple[str, str], ...] = ()
    entries: tuple[Entry, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Ledger:
        """Return the ledger that a list of entries makes.

        Raises
        ------
        ValueError
            When an entry speaks of something the ledger does not hold, or a span is not in its report.
        """
        return cls().after(*entries)

    def after(self, *entries: Entry) -> Ledger:
        """Return the ledger with further entries; a repeated report, claim, link or gap adds nothing.

        Raises
        ------
        ValueError
            As `of`.
        """
        book = _Book(self)
        for entry in entries:
            book.write(entry)
        return book.close()

    def open_gaps(self) -> tuple[InformationGap, ...]:
        """Return the questions nobody has answered."""
        answered = {gap for gap, _ in self.answers}
        return tuple(gap for gap in self.gaps.values() if gap.id not in answered)

    def counting(self) -> tuple[Standing, ...]:
        """Return the claims that may weigh, in the order they came."""
        return tuple(standing for standing in self.claims.values() if standing.counts)


class _Book:
    """A ledger while entries are written into it."""

    def __init__(self, ledger: Ledger) -> None:
        self.reports, self.claims = dict(ledger.reports), dict(ledger.claims)
        self.links, self.gaps = dict.fromkeys(ledger.links), dict(ledger.gaps)
        self.answers, self.entries = dict.fromkeys(ledger.answers), list(ledger.entries)

    def close(self) -> Ledger:
        """Return the ledger as it now stands."""
        return Ledger(
            reports=MappingProxyType(self.reports),
            claims=MappingProxyType(self.claims),
            links=tuple(self.links),
            gaps=MappingProxyType(self.gaps),
            answers=tuple(self.answers),
            entries=tuple(self.entries),
        )

    def write(self, entry: Entry) -> None:
        """Apply one entry; keep it unless it adds nothing."""
        act = entry.act
        match act:
            case ReportFiled() | ClaimProposed() | ClaimsLinked() | GapNoted() | GapAnswered():
                adds = self._add(act)
            case _:
                adds = True
                self._change(act, entry.by)
        if adds:
            self.entries.append(entry)

    def _add(self, act: ReportFiled | ClaimProposed | ClaimsLinked | GapNoted | GapAnswered) -> bool:
        """Add what an act brings; tell whether it was new."""
        before = self._size()
        match act:
            case ReportFiled(report=report):
                self.reports.setdefault(report.id, report)
            case ClaimProposed(claim=claim):
                self._propose(claim)
            case ClaimsLinked(link=link):
                self._need(self.claims, link.a, link.b)
                if link.a == link.b:
                    raise ValueError("a claim cannot be linked to itself")
                self.links.setdefault(link)
            case GapNoted(gap=gap):
                self._need(self.reports, gap.report)
                self.gaps.setdefault(gap.id, gap)
            case GapAnswered():
                self._need(self.gaps, act.gap)
                self._need(self.claims, act.by_claim)
                self.answers.setdefault((act.gap, act.by_claim))
        return self._size() != before

    def _size(self) -> tuple[int, ...]:
        kept = (self.reports, self.claims, self.links, self.gaps, self.answers)
        return tuple(len(part) for part in kept)

    def _change(self, act: ClaimDecided | ClaimRetracted | ClaimCorrected | GradeSet, by: str) -> None:
        self._need(self.claims, act.claim)
        standing = self.claims[act.claim]
        match act:
            case ClaimDecided():
                standing = replace(standing, decision=act.decision, decided_by=by)
            case ClaimRetracted():
                standing = replace(standing, retracted_by=act.retracted_by)
            case ClaimCorrected():
                if act.by_claim.id == act.claim:
                    # The same words about the same thing: read better, and still the same claim.
                    standing = replace(standing, claim=act.by_claim)
                else:
                    self._propose(act.by_claim)
                    standing = replace(standing, corrected_by=act.by_claim.id)
            case GradeSet():
                standing = replace(standing, claim=_graded(standing.claim, act))
        self.claims[act.claim] = standing

    def _propose(self, claim: Claim) -> None:
        self._need(self.reports, claim.report)
        text = self.reports[claim.report].text
        if text[claim.span.start : claim.span.end] != claim.span.text:
            raise ValueError(f"the words of {claim.id} do not stand there in {claim.report}")
        self.claims.setdefault(claim.id, Standing(claim=claim))

    def _need(self, among: Mapping[str, object], *names: str) -> None:
        for name in names:
            if name not in among:
                raise ValueError(f"the ledger does not hold {name}")


def _graded(claim: Claim, act: GradeSet) -> Claim:
    return replace(
        claim,
        source_grade=act.source or claim.source_grade,
        information_grade=act.information or claim.information_grade,
    )

"""The ledger only grows; what stands is what its entries say, whatever came twice."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safepassage.domain.claims.claim import CivilianClaim
from safepassage.domain.claims.ledger import (
    ClaimCorrected,
    ClaimDecided,
    ClaimLink,
    ClaimProposed,
    ClaimRetracted,
    ClaimsLinked,
    Entry,
    GapAnswered,
    GapNoted,
    GradeSet,
    InformationGap,
    Ledger,
    ReportFiled,
)
from safepassage.domain.claims.values import InformationGrade, SourceGrade, Span
from safepassage.domain.claims.words import Decision, LinkKind, Predicate
from tests.unit.test_claim_values import LEFT, REPORT

BETTER = replace(LEFT, span=Span(start=20, end=33, text="2,000 people "), predicate=Predicate.PERSONS_LEFT)
REMAIN = replace(LEFT, predicate=Predicate.PERSONS_REMAIN)


def entry(act, by="desk"):
    return Entry(at="2030-05-14T07:00:00Z", by=by, act=act)


FILED = entry(ReportFiled(report=REPORT))
PROPOSED = entry(ClaimProposed(claim=LEFT))
BASE = Ledger.of([FILED, PROPOSED, entry(ClaimProposed(claim=REMAIN))])


def test_what_comes_twice_adds_nothing():
    link = entry(ClaimsLinked(link=ClaimLink(kind=LinkKind.RESTATES, a=LEFT.id, b=REMAIN.id)))
    gap = entry(GapNoted(gap=InformationGap(id="g1", report=REPORT.id, question="How many stayed?")))
    answer = entry(GapAnswered(gap="g1", by_claim=REMAIN.id))
    once = BASE.after(link, gap, answer)
    assert once.after(FILED, PROPOSED, link, gap, answer) == once
    assert len(once.entries) == 6


def test_a_decision_adds_and_the_last_one_counts():
    accepted = BASE.after(entry(ClaimDecided(claim=LEFT.id, decision=Decision.ACCEPTED), by="liaison"))
    assert accepted.claims[LEFT.id].decided_by == "liaison"
    rejected = accepted.after(entry(ClaimDecided(claim=LEFT.id, decision=Decision.REJECTED)))
    assert [s.claim.id for s in rejected.counting()] == [REMAIN.id]
    assert len(rejected.entries) == len(BASE.entries) + 2


def test_retractions_and_corrections_keep_what_they_end():
    retracted = BASE.after(entry(ClaimRetracted(claim=LEFT.id, retracted_by="the outlet")))
    assert not retracted.claims[LEFT.id].counts
    corrected = BASE.after(entry(ClaimCorrected(claim=LEFT.id, by_claim=BETTER)))
    assert corrected.claims[LEFT.id].corrected_by == BETTER.id
    assert corrected.claims[LEFT.id].claim == LEFT
    assert corrected.claims[BETTER.id].counts


def test_each_axis_of_the_grade_is_set_on_its_own():
    graded = BASE.after(entry(GradeSet(claim=LEFT.id, source=SourceGrade(letter="B", set_by="desk"))))
    graded = graded.after(
        entry(GradeSet(claim=LEFT.id, information=InformationGrade(number=2, set_by="monitor")))
    )
    claim = graded.claims[LEFT.id].claim
    assert (claim.source_grade.letter, claim.source_grade.set_by) == ("B", "desk")
    assert (claim.information_grade.number, claim.information_grade.set_by) == (2, "monitor")


def test_what_is_said_under_coercion_is_kept_and_never_counts():
    ledger = Ledger.of([FILED, entry(ClaimProposed(claim=replace(LEFT, coerced=True)))])
    assert LEFT.id in ledger.claims
    assert not ledger.counting()


def test_a_gap_is_open_until_a_claim_answers_it():
    gap = InformationGap(id="g1", report=REPORT.id, question="How many stayed?")
    asked = BASE.after(entry(GapNoted(gap=gap)))
    assert asked.open_gaps() == (gap,)
    assert asked.after(entry(GapAnswered(gap="g1", by_claim=REMAIN.id))).open_gaps() == ()


@pytest.mark.parametrize(
    "act",
    [
        ClaimProposed(claim=replace(LEFT, report="r-none")),
        ClaimProposed(claim=replace(LEFT, span=Span(start=0, end=3, text="xyz"))),
        ClaimDecided(claim="c-none", decision=Decision.ACCEPTED),
        ClaimsLinked(link=ClaimLink(kind=LinkKind.CONTRADICTS, a=LEFT.id, b=LEFT.id)),
        ClaimsLinked(link=ClaimLink(kind=LinkKind.CONTRADICTS, a=LEFT.id, b="c-none")),
        GapNoted(gap=InformationGap(id="g", report="r-none", question="?")),
        GapAnswered(gap="g", by_claim=LEFT.id),
    ],
)
def test_entries_about_what_is_not_there_are_refused_and_nothing_is_lost(act):
    with pytest.raises(ValueError, match=r"hold|stand there|itself"):
        BASE.after(entry(act))
    assert len(BASE.entries) == 3


def test_the_ledger_is_a_fold_over_its_entries():
    ledger = BASE.after(entry(ClaimDecided(claim=LEFT.id, decision=Decision.UNVERIFIABLE)))
    assert Ledger.of(ledger.entries) == ledger
    assert isinstance(ledger.claims[LEFT.id].claim, CivilianClaim)

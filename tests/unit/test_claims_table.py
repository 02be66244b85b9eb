"""What people decide in a table reaches the ledger once; rows without sense are named."""

from __future__ import annotations

import csv
import io

import pytest

from safepassage.domain.claims.words import Decision
from safepassage.formats import claims_table
from tests.unit.test_claim_ledger import BASE
from tests.unit.test_claim_values import LEFT

AT = {"file": "claims.csv", "at": "2030-05-14T09:00:00Z", "by": "liaison"}


def rows():
    data = claims_table.write(BASE, BASE.counting())
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))


def table(changed):
    out = io.StringIO()
    writer = csv.DictWriter(out, claims_table.COLUMNS)
    writer.writeheader()
    writer.writerows(changed)
    return out.getvalue().encode()


def test_a_claim_stands_in_the_table_with_its_words_and_whose_they_are():
    row = rows()[0]
    assert (row["claim"], row["words"], row["decision"]) == (LEFT.id, LEFT.span.text, "")
    assert "mayor of Amber" in row["chain"]


def test_decisions_and_grades_are_taken_once():
    changed = rows()
    changed[0] |= {"decision": "accept", "source_grade": "b", "information_grade": "2", "why": "seen"}
    entries, problems = claims_table.read(table(changed), BASE, **AT)
    assert problems == ()
    ledger = BASE.after(*entries)
    standing = ledger.claims[LEFT.id]
    assert (standing.decision, standing.decided_by) == (Decision.ACCEPTED, "liaison")
    assert (standing.claim.source_grade.letter, standing.claim.information_grade.number) == ("B", 2)
    assert claims_table.read(table(changed), ledger, **AT) == ((), ())


def test_an_untouched_table_changes_nothing():
    assert claims_table.read(claims_table.write(BASE, BASE.counting()), BASE, **AT) == ((), ())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"claim": "c-none"}, "no claim"),
        ({"decision": "maybe"}, "no decision"),
        ({"source_grade": "Z"}, "letter from A to F"),
        ({"information_grade": "9"}, "from 1 to 6"),
        ({"information_grade": "good"}, "no information grade"),
    ],
)
def test_each_fault_names_its_row_and_the_others_count(change, says):
    changed = rows()
    changed[0] |= change
    changed[1] |= {"decision": "reject"}
    entries, problems = claims_table.read(table(changed), BASE, **AT)
    assert [p.where.row for p in problems] == [2]
    assert says in problems[0].message
    assert len(entries) == 1


def test_a_table_without_its_columns_says_which():
    _, problems = claims_table.read(b"a,b\n1,2\n", BASE, **AT)
    assert "claim is missing" in problems[0].message


def test_no_cell_is_a_formula():
    from dataclasses import replace

    from safepassage.domain.claims.ledger import ClaimProposed, Entry, Ledger, ReportFiled
    from safepassage.domain.claims.values import Report, Span

    text = "=HYPERLINK(1)"
    report = Report(outlet="x", text=text, published="2030-05-14", received="2030-05-14T06:00:00Z")
    claim = replace(LEFT, report=report.id, span=Span(start=0, end=len(text), text=text))
    acts = (ReportFiled(report=report), ClaimProposed(claim=claim))
    ledger = Ledger.of(Entry(at="2030-05-14T07:00:00Z", by="desk", act=act) for act in acts)
    assert b"'=HYPERLINK" in claims_table.write(ledger, ledger.counting())

"""What people decide in a table reaches the ledger once; rows without sense are named."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from safepassage.domain.claims.words import Decision
from safepassage.formats.claims import claims_table
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


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", " =HYPERLINK(1)", "\uff1dHYPERLINK(1)"])
def test_no_cell_is_a_formula(text):
    from dataclasses import replace

    from safepassage.domain.claims.ledger import ClaimProposed, Entry, Ledger, ReportFiled
    from safepassage.domain.claims.values import Report, Span

    report = Report(outlet="x", text=text, published="2030-05-14", received="2030-05-14T06:00:00Z")
    claim = replace(LEFT, report=report.id, span=Span(start=0, end=len(text), text=text))
    acts = (ReportFiled(report=report), ClaimProposed(claim=claim))
    ledger = Ledger.of(Entry(at="2030-05-14T07:00:00Z", by="desk", act=act) for act in acts)
    assert f"'{text}".encode() in claims_table.write(ledger, ledger.counting())


def test_a_workbook_goes_out_and_comes_back_as_the_csv_does():
    data = claims_table.write_xlsx(BASE, BASE.counting())
    assert claims_table.read(data, BASE, **(AT | {"file": "claims.xlsx"})) == ((), ())
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert [cell.value for cell in book.active[1]] == list(claims_table.COLUMNS)
    column = claims_table.COLUMNS.index("decision") + 1
    book.active.cell(2, column).value = "accept"
    out = io.BytesIO()
    book.save(out)
    entries, problems = claims_table.read(out.getvalue(), BASE, **(AT | {"file": "claims.xlsx"}))
    assert problems == ()
    assert [entry.act.decision for entry in entries] == [Decision.ACCEPTED]


def test_corrections_are_taken_once_and_decided_on_as_corrected():
    changed = rows()
    changed[0] |= {"predicate": "persons_harmed", "low": "3", "high": "4", "decision": "accept"}
    entries, problems = claims_table.read(table(changed), BASE, **AT)
    assert problems == ()
    after = BASE.after(*entries)
    old = after.claims[LEFT.id]
    new = after.claims[old.corrected_by]
    assert (str(new.claim.predicate), new.decision) == ("persons_harmed", Decision.ACCEPTED)
    assert (new.claim.quantities[0].low, new.claim.quantities[0].high) == (3, 4)
    assert not old.counts
    assert claims_table.read(table(changed), after, **AT) == ((), ())


def test_a_denial_seen_by_a_person_keeps_the_claim_and_its_place():
    changed = rows()
    changed[0] |= {"polarity": "negated"}
    entries, _ = claims_table.read(table(changed), BASE, **AT)
    after = BASE.after(*entries)
    assert after.claims[LEFT.id].claim.polarity == "negated"
    assert after.claims[LEFT.id].counts
    assert claims_table.read(table(changed), after, **AT) == ((), ())


def test_two_rows_that_say_the_same_are_merged_and_both_kept():
    changed = rows()
    changed[0] |= {"merge_into": changed[1]["claim"], "decision": "accept"}
    entries, problems = claims_table.read(table(changed), BASE, **AT)
    assert problems == ()
    after = BASE.after(*entries)
    assert len(after.claims) == len(BASE.claims)
    assert not after.claims[LEFT.id].counts
    assert after.links[-1].kind == "restates"
    assert claims_table.read(table(changed), after, **AT) == ((), ())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("predicate", "gossip"),
        ("low", "many"),
        ("low", "1e9"),
        ("merge_into", "c-none"),
        ("merge_into", LEFT.id),
    ],
)
def test_a_correction_without_sense_is_named_by_its_column(column, value):
    changed = rows()[:1]
    changed[0] |= {column: value, "high": "5"} if column == "low" else {column: value}
    entries, (problem,) = claims_table.read(table(changed), BASE, **AT)
    assert entries == ()
    assert problem.code == "CLAIM_ROW"
    assert problem.where.row == 2

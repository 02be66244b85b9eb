"""Proposed claims as a table that people fill in (CSV or workbook), and what they decided, read back.

One row a claim. The columns `decision`, `source_grade`, `information_grade`, `why`, `merge_into` are for the
reader, and `predicate`, `modality`, `polarity`, `low`, `high`, `unit` may be corrected; the others say what
the claim is. A row that decides nothing changes nothing, nor does the same table again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from safepassage.domain.claims.claim import CivilianClaim, Claim
from safepassage.domain.claims.edit import EDITABLE, edited
from safepassage.domain.claims.ledger import (
    Act,
    ClaimCorrected,
    ClaimDecided,
    ClaimLink,
    ClaimsLinked,
    Entry,
    GradeSet,
    Ledger,
    Standing,
)
from safepassage.domain.claims.values import InformationGrade, SourceGrade
from safepassage.domain.claims.words import Decision, LinkKind
from safepassage.domain.problem import Problem
from safepassage.formats.claims.intake import tables
from safepassage.formats.containers.markup import printable
from safepassage.formats.containers.tabular import RawRow, RawTable, error, text_of
from safepassage.formats.tables.schedule_rows import harmless

COLUMNS = (
    "claim", "decision", "source_grade", "information_grade", "why", "merge_into", "words", "predicate",
    "modality", "polarity", "low", "high", "unit", "chain", "side", "quantity", "place", "time", "outlet",
    "published",
)  # fmt: skip
DECIDED = {
    "accept": Decision.ACCEPTED, "accepted": Decision.ACCEPTED, "yes": Decision.ACCEPTED,
    "reject": Decision.REJECTED, "rejected": Decision.REJECTED, "no": Decision.REJECTED,
    "unverifiable": Decision.UNVERIFIABLE, "proposed": Decision.PROPOSED,
}  # fmt: skip
LONGEST_XLSX_CELL = 32_767


def write(ledger: Ledger, standings: Iterable[Standing]) -> bytes:
    """Return claims as CSV (UTF-8 with byte order mark, for spreadsheets), in the order given."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for standing in standings:
        writer.writerow([harmless(cell) for cell in _row(ledger, standing)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def write_xlsx(ledger: Ledger, standings: Iterable[Standing]) -> bytes:
    """Return the same table as a workbook; every cell is text, so that nothing is taken for a formula."""
    from openpyxl import Workbook  # noqa: PLC0415 - heavy, and needed for workbooks only

    book = Workbook(write_only=True)
    sheet = book.create_sheet("claims")
    sheet.freeze_panes = "B2"
    for cells in (COLUMNS, *(_row(ledger, standing) for standing in standings)):
        sheet.append([_text_cell(sheet, cell) for cell in cells])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _text_cell(sheet: Any, cell: str) -> Any:
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above

    plain = WriteOnlyCell(sheet, value=printable(cell)[:LONGEST_XLSX_CELL])
    plain.data_type = "s"
    return plain


def _row(ledger: Ledger, standing: Standing) -> list[str]:
    claim, report = standing.claim, ledger.reports[standing.claim.report]
    places = claim.places if isinstance(claim, CivilianClaim) else ()
    decision = "" if standing.decision == Decision.PROPOSED else str(standing.decision)
    return [
        claim.id, decision, claim.source_grade.letter, str(claim.information_grade.number), "",
        "", claim.span.text, str(claim.predicate), str(claim.modality), str(claim.polarity),
        *_first_quantity(claim), str(claim.chain), claim.chain.origin.side,
        "; ".join(map(str, claim.quantities)), "; ".join(p.name for p in places),
        "; ".join(t.text for t in claim.times), report.outlet, report.published,
    ]  # fmt: skip


def _first_quantity(claim: Claim) -> tuple[str, str, str]:
    if not claim.quantities:
        return "", "", ""
    first = claim.quantities[0]
    low, high = ("" if bound is None else format(bound, ".15g") for bound in (first.low, first.high))
    return low, high, first.unit


def read(
    data: bytes, ledger: Ledger, *, file: str, at: str, by: str
) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """Return the entries that a filled-in table stands for, and every row that cannot be taken."""
    table, fault = _table(data, file)
    if table is None:
        return (), fault
    missing = [name for name in ("claim", "decision") if name not in table.header]
    if missing:
        message = f"the column {missing[0]} is missing"
        hint = "use the table that `claims table` writes"
        return (), (error("COLUMN_MISSING", table.where(), message, hint),)
    entries: list[Entry] = []
    found: list[Problem] = []
    for row in table.rows:
        cells = dict(zip(table.header, (text_of(cell).strip() for cell in row.cells), strict=False))
        acts = list(_acts(table, row, cells, ledger, by, found))
        entries.extend(Entry(at=at, by=by, act=act, why=cells.get("why", "")) for act in acts)
    return tuple(entries), tuple(found)


def _table(data: bytes, file: str) -> tuple[RawTable | None, tuple[Problem, ...]]:
    """Return the table of a CSV file, or the first sheet of a workbook that holds claims."""
    found, faults = tables(data, file)
    if faults:
        return None, faults
    named = next((table for table in found if "claim" in table.header), None)
    return named or (found[0] if found else RawTable(name="claims", file=file)), ()


def _acts(
    table: RawTable, row: RawRow, cells: dict[str, str], ledger: Ledger, by: str, found: list[Problem]
) -> Iterator[Act]:
    """Yield what a row changes; what it repeats changes nothing."""
    standing = ledger.claims.get(cells["claim"])
    if standing is None:
        where = table.where(row.number, "claim")
        message, hint = (
            f"the ledger has no claim {cells['claim']!r}",
            "leave the column claim as it was written",
        )
        found.append(error("CLAIM_ROW", where, message, hint))
        return
    edits = tuple(_edits(table, row, cells, ledger, standing, found))
    yield from edits
    if cells.get("merge_into", ""):
        return
    standing = _read_better(standing, edits, ledger)
    word = cells.get("decision", "").lower()
    decision = DECIDED.get(word) if word else standing.decision
    if decision is None:
        where = table.where(row.number, "decision")
        message, hint = f"{word!r} is no decision", "write accept, reject or unverifiable, or leave it empty"
        found.append(error("CLAIM_ROW", where, message, hint))
    elif decision != standing.decision:
        yield ClaimDecided(claim=standing.claim.id, decision=decision)
    try:
        grade = _grade(cells, standing, by)
    except ValueError as fault:
        hint = "write A to F and 1 to 6, or leave them as they are"
        found.append(error("CLAIM_ROW", table.where(row.number, "source_grade"), str(fault), hint))
        return
    if grade is not None:
        yield grade


def _read_better(standing: Standing, edits: tuple[Act, ...], ledger: Ledger) -> Standing:
    """Return what stands in a claim's place after its corrections: decisions and grades are about that."""
    for act in edits:
        if isinstance(act, ClaimCorrected):
            same = act.by_claim.id == standing.claim.id
            return replace(standing, claim=act.by_claim) if same else Standing(claim=act.by_claim)
    return ledger.claims[standing.corrected_by] if standing.corrected_by else standing


def _grade(cells: dict[str, str], standing: Standing, by: str) -> GradeSet | None:
    claim = standing.claim
    letter = cells.get("source_grade", "").upper() or claim.source_grade.letter
    number = cells.get("information_grade", "") or str(claim.information_grade.number)
    if not number.isdigit():
        raise ValueError(f"{number!r} is no information grade")
    source = None if letter == claim.source_grade.letter else SourceGrade(letter=letter, set_by=by)
    same = int(number) == claim.information_grade.number
    information = None if same else InformationGrade(number=int(number), set_by=by)
    if source is None and information is None:
        return None
    return GradeSet(claim=claim.id, source=source, information=information)


def _edits(
    table: RawTable,
    row: RawRow,
    cells: dict[str, str],
    ledger: Ledger,
    standing: Standing,
    found: list[Problem],
) -> Iterator[Act]:
    """Yield a correction where a cell that may be corrected differs, and a merger where one is asked for."""
    claim, into = standing.claim, cells.get("merge_into", "")
    if standing.corrected_by:
        return
    if into:
        other = ledger.claims.get(into)
        if other is None or into == claim.id:
            message = f"{into!r} is no other claim of the ledger"
            hint = "write the id of the claim that says the same, or leave it empty"
            found.append(error("CLAIM_ROW", table.where(row.number, "merge_into"), message, hint))
            return
        yield ClaimsLinked(link=ClaimLink(kind=LinkKind.RESTATES, a=claim.id, b=into))
        yield ClaimCorrected(claim=claim.id, by_claim=other.claim)
        return
    words = (str(claim.predicate), str(claim.polarity), str(claim.modality))
    before = dict(zip(EDITABLE, (*words, *_first_quantity(claim)), strict=True))
    changes = {name: cells[name] for name in EDITABLE if name in cells and cells[name] != before[name]}
    if set(changes) == {"unit"} and not claim.quantities:
        return
    try:
        better = edited(claim, changes) if changes else claim
    except ValueError as fault:
        where = table.where(row.number, min(changes))
        found.append(
            error("CLAIM_ROW", where, str(fault), "leave the cell as it was, or write what is known")
        )
        return
    if better != claim:
        yield ClaimCorrected(claim=claim.id, by_claim=better)

"""Proposed claims as a table that people fill in, and what they decided, read back.

One row a claim. The columns `decision`, `source_grade`, `information_grade`, `why` are for the reader; the
others say what the claim is. A row that decides nothing changes nothing, nor does the same table again.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from safepassage.domain.claims.claim import CivilianClaim
from safepassage.domain.claims.ledger import Act, ClaimDecided, Entry, GradeSet, Ledger, Standing
from safepassage.domain.claims.values import InformationGrade, SourceGrade
from safepassage.domain.claims.words import Decision
from safepassage.domain.problem import Problem
from safepassage.formats.tabular import RawRow, RawTable, error, read_csv, text_of

COLUMNS = (
    "claim", "decision", "source_grade", "information_grade", "why", "words", "predicate", "modality",
    "polarity", "chain", "side", "quantity", "place", "time", "outlet", "published",
)  # fmt: skip
DECIDED = {
    "accept": Decision.ACCEPTED, "accepted": Decision.ACCEPTED, "yes": Decision.ACCEPTED,
    "reject": Decision.REJECTED, "rejected": Decision.REJECTED, "no": Decision.REJECTED,
    "unverifiable": Decision.UNVERIFIABLE, "proposed": Decision.PROPOSED,
}  # fmt: skip
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def write(ledger: Ledger, standings: Iterable[Standing]) -> bytes:
    """Return claims as CSV (UTF-8 with byte order mark, for spreadsheets), in the order given."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for standing in standings:
        writer.writerow([_harmless(cell) for cell in _row(ledger, standing)])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def _row(ledger: Ledger, standing: Standing) -> list[str]:
    claim, report = standing.claim, ledger.reports[standing.claim.report]
    places = claim.places if isinstance(claim, CivilianClaim) else ()
    decision = "" if standing.decision == Decision.PROPOSED else str(standing.decision)
    return [
        claim.id, decision, claim.source_grade.letter, str(claim.information_grade.number), "",
        claim.span.text, str(claim.predicate), str(claim.modality), str(claim.polarity), str(claim.chain),
        claim.chain.origin.side, "; ".join(map(str, claim.quantities)), "; ".join(p.name for p in places),
        "; ".join(t.text for t in claim.times), report.outlet, report.published,
    ]  # fmt: skip


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA_SIGNS) else cell


def read(
    data: bytes, ledger: Ledger, *, file: str, at: str, by: str
) -> tuple[tuple[Entry, ...], tuple[Problem, ...]]:
    """Return the entries that a filled-in table stands for, and every row that cannot be taken."""
    table = read_csv("claims", file, data)
    if isinstance(table, Problem):
        return (), (table,)
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

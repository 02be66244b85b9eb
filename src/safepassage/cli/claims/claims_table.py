"""`safepassage claims table`: the claims that wait for a decision, as a CSV or workbook to fill in."""

from __future__ import annotations

import argparse
import sys

from safepassage.cli.claims import ledger_file
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.run import MALFORMED, OK
from safepassage.domain.claims.words import Decision
from safepassage.formats.claims import claims_table


def run(options: argparse.Namespace) -> Outcome:
    """Write the table of open claims, or of all."""
    ledger, problems = ledger_file.load_named(options)
    standings = [
        s for s in ledger.counting() if options.all or s.decision == Decision.PROPOSED
    ]  # fmt: skip
    book = options.output.suffix.lower() == ".xlsx"
    data = (claims_table.write_xlsx if book else claims_table.write)(ledger, standings)
    options.output.write_bytes(data)
    said = (
        f"{len(standings)} claims written to {options.output}. Fill in the columns decision and grades, then"
    )
    text = f"{said}\nsafepassage claims decide {options.ledger} --table {options.output} --by FUNCTION"
    if problems:
        sys.stderr.write(problems_text(problems) + "\n")
    rows = {"claims": len(standings), "file": str(options.output), "problems": problems_json(problems)}
    return Outcome(code=MALFORMED if problems else OK, text=text, data=rows)

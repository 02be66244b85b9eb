"""`safepassage claims decide`: take the decisions of a filled-in table into the ledger."""

from __future__ import annotations

import argparse

from safepassage.cli.claims import ledger_file
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.run import MALFORMED, OK
from safepassage.formats.claims import claims_table


def run(options: argparse.Namespace) -> Outcome:
    """Add what the rows decide; rows that cannot be taken are named, the others count."""
    ledger, faults = ledger_file.load_named(options)
    entries, problems = claims_table.read(
        options.table.read_bytes(), ledger, file=options.table.name, at=ledger_file.now(), by=options.by
    )
    ledger.after(*entries)
    ledger_file.append_named(options, entries)
    found = (*faults, *problems)
    said = f"{len(entries)} entries added to {options.ledger}, {len(problems)} rows not taken."
    text = "\n".join(part for part in (problems_text(found), said) if part)
    data = {"entries": len(entries), "problems": problems_json(found)}
    return Outcome(code=MALFORMED if found else OK, text=text, data=data)

"""`safepassage claims import`: rows, road status exports, alerts and event data as proposals of a ledger."""

from __future__ import annotations

import argparse
from importlib import import_module

from safepassage.cli.claims import ledger_file
from safepassage.cli.claims.claim_line import ONLY_PROPOSED
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.run import MALFORMED, OK
from safepassage.domain.claims.ledger import ClaimRetracted, Entry, Ledger
from safepassage.domain.claims.reading import Reading
from safepassage.domain.problem import Problem, Severity
from safepassage.formats.claims import cap_alert

FORMATS = {"rows": "field_rows", "logie": "logie", "ucdp": "ucdp_events", "incidents": "access_incidents"}
READER = "import"


def run(options: argparse.Namespace) -> Outcome:
    """Read a file and add what it proposes to the ledger; rows that cannot be used are named."""
    from safepassage.extracting import proposals  # noqa: PLC0415 - needs the numeric libraries

    ledger, damaged = ledger_file.load_at(options, options.ledger)
    readings, ended, problems = _read(options)
    at = ledger_file.now()
    entries = proposals(ledger, readings, at=at, by=READER)
    filled = ledger.after(*entries)
    ends = _ends(filled, ended, at)
    ledger_file.append_named(options, (*entries, *ends))
    found = (*damaged, *problems)
    rows = {"reports": len(readings), "entries": len(entries) + len(ends), "problems": problems_json(found)}
    said = f"{len(readings)} reports read, {rows['entries']} entries added to {options.ledger}."
    said += f" {ONLY_PROPOSED}" if readings else ""
    text = "\n".join(part for part in (problems_text(found), said) if part)
    wrong = any(problem.severity == Severity.ERROR for problem in found)
    return Outcome(code=MALFORMED if wrong else OK, text=text, data=rows)


def _read(
    options: argparse.Namespace,
) -> tuple[tuple[Reading, ...], tuple[cap_alert.Ended, ...], tuple[Problem, ...]]:
    data, file = options.file.read_bytes(), options.file.name
    outlet, received = options.outlet or "", ledger_file.now()
    if options.kind == "cap":
        return cap_alert.read(data, file=file, outlet=outlet, received=received)
    form = import_module(f"safepassage.formats.claims.{FORMATS[options.kind]}")
    readings, problems = form.read(data, file=file, outlet=outlet or options.file.stem, received=received)
    return readings, (), problems


def _ends(ledger: Ledger, ended: tuple[cap_alert.Ended, ...], at: str) -> tuple[Entry, ...]:
    """Return the retractions of claims whose alert was cancelled or replaced; what is ended already stays."""
    by_url = {f"cap:{end.identifier}": end for end in ended}
    return tuple(
        Entry(
            at=at, by=READER, act=ClaimRetracted(claim=name, retracted_by=end.by), why="the alert was ended"
        )
        for name, standing in ledger.claims.items()
        if (end := by_url.get(ledger.reports[standing.claim.report].url)) and not standing.retracted_by
    )

"""The claims ledger as events of the log: each entry of it word for word, so that the fold is the same."""

from __future__ import annotations

import json
from collections.abc import Iterable

from safepassage.domain.claims.ledger import Entry as LedgerEntry
from safepassage.domain.claims.ledger import Ledger
from safepassage.domain.log.entry import Draft, Entry
from safepassage.formats.claims import ledger_json
from safepassage.formats.containers.record_json import from_plain
from safepassage.formats.log.log_record import digest

CLAIMS_ENTRY = "claims.entry"
_NO_REASON = "no reason was given"


def drafts(entries: Iterable[LedgerEntry], *, org: str, why: str = "") -> list[Draft]:
    """Return ledger entries as drafts; their id is the hash of their line, so that none is taken twice.

    Two lines that are the same word for word are one entry.
    """
    found = []
    for entry in entries:
        line = ledger_json.write([entry]).decode("utf-8").rstrip("\n")
        found.append(
            Draft(
                id=f"claims-{digest(line.encode())[:40]}",
                org=org,
                by=entry.by or "unknown",
                why=entry.why or why or _NO_REASON,
                kind=CLAIMS_ENTRY,
                body={"line": line},
            )
        )
    return found


def ledger(entries: Iterable[Entry]) -> tuple[Ledger, int]:
    """Return the ledger that the claims entries of a log make, and how many could not be taken.

    An entry can be out of place when what it speaks of was taken back or has not come yet, and one of
    another office can be anything; the rest is kept.
    """
    taken, left_out = [], 0
    for entry in entries:
        if entry.kind == CLAIMS_ENTRY:
            try:
                taken.append(from_plain(LedgerEntry, json.loads(str(entry.body.get("line", "")))))
            except (ValueError, RecursionError):
                left_out += 1
    try:
        return Ledger.of(taken), left_out
    except ValueError:
        book = Ledger()
    for fitting in taken:
        try:
            book = book.after(fitting)
        except ValueError:
            left_out += 1
    return book, left_out

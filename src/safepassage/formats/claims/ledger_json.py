"""The claims ledger as a file: one entry a line, in the order they were written; lines are only added."""

from __future__ import annotations

import json
from collections.abc import Iterable

from safepassage.domain.claims.ledger import Entry, Ledger
from safepassage.domain.problem import Problem, Where, error
from safepassage.formats.containers.canonical_json import encode
from safepassage.formats.containers.record_json import from_plain, to_plain

MAX_BYTES = 256 * 1024 * 1024


def write(entries: Iterable[Entry]) -> bytes:
    """Return entries as lines of canonical JSON."""
    return b"".join(encode(to_plain(entry)) for entry in entries)


def read(data: bytes, *, file: str) -> tuple[Ledger, tuple[Problem, ...]]:
    """Return the ledger of a file, and every line that could not be taken.

    A line that is damaged is named and left out; what is intact before and after it is kept. An incomplete
    last line (a machine that stopped while writing) is one problem and nothing more is lost.
    """
    if len(data) > MAX_BYTES:
        where = Where(file=file)
        return Ledger(), (error("FILE_TOO_LARGE", where, "is larger than any ledger", "split it by year"),)
    ledger, problems, entries = Ledger(), [], []
    for number, line in enumerate(data.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            entries.append((number, from_plain(Entry, json.loads(line.decode("utf-8")))))
        except (ValueError, RecursionError) as fault:
            problems.append(_problem(file, number, str(fault)))
    try:
        ledger = Ledger.of(entry for _, entry in entries)
    except ValueError:
        ledger = _one_by_one(entries, problems, file)
    return ledger, tuple(sorted(problems, key=lambda problem: problem.where))


def _one_by_one(entries: list[tuple[int, Entry]], problems: list[Problem], file: str) -> Ledger:
    """Return the ledger of the entries that fit; name those that speak of what is not there."""
    ledger = Ledger()
    for number, entry in entries:
        try:
            ledger = ledger.after(entry)
        except ValueError as fault:
            problems.append(_problem(file, number, str(fault)))
    return ledger


def _problem(file: str, line: int, fault: str) -> Problem:
    hint = "mend the line or leave it out; the others were read"
    return error("LEDGER_LINE", Where(file=file, row=line), fault[:300], hint)

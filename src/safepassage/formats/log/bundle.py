"""A bundle: entries of logs, each with the checkpoint its writer signed, to carry to another office."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from safepassage.domain.errors import FormatError
from safepassage.domain.log.finding import Checkpoint
from safepassage.formats.log import checkpoint_json, log_record
from safepassage.formats.log.log_chain import Row, row_of

SCHEMA = "safepassage/bundle/1"
MAX_BYTES = 1024 * 1024 * 1024
MAX_LOGS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """What a bundle carries: one checkpoint for each log, and rows of these logs in order."""

    made_by: str
    at_ms: int
    checkpoints: tuple[Checkpoint, ...]
    rows: tuple[Row, ...]


def write(made_by: str, at_ms: int, checkpoints: Sequence[Checkpoint], rows: Iterable[Row]) -> bytes:
    """Return a bundle as lines: a head, one line a record, and the hash of all lines before."""
    head = {
        "schema": SCHEMA,
        "made_by": made_by,
        "at_ms": at_ms,
        "checkpoints": [
            checkpoint_json.statement(checkpoint) | {"signature": checkpoint.signature}
            for checkpoint in checkpoints
        ],
    }
    lines = [log_record.canonical(head), *(row.record for row in rows)]
    body = b"\n".join(lines) + b"\n"
    return body + log_record.canonical({"sha256": hashlib.sha256(body).hexdigest()}) + b"\n"


def read(data: bytes, *, file: str) -> Bundle:
    """Return what a bundle carries; signatures and chains are not yet checked.

    Raises
    ------
    FormatError
        When it is none, was cut or damaged.
    """
    try:
        return _read(data)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        what = f"is no whole bundle ({str(fault)[:200]})"
        raise FormatError(file=file, what=what, remedy="have it made again; nothing was taken") from None


def _read(data: bytes) -> Bundle:
    if len(data) > MAX_BYTES:
        raise ValueError("it is too large")
    body, newline, last = data.rstrip(b"\n").rpartition(b"\n")
    body += newline
    if json.loads(last)["sha256"] != hashlib.sha256(body).hexdigest():
        raise ValueError("its bytes are not those that were written")
    head_line, *records = body.rstrip(b"\n").split(b"\n")
    head = json.loads(head_line)
    if head["schema"] != SCHEMA:
        raise ValueError("it is of another kind")
    checkpoints = tuple(checkpoint_json.of_document(document) for document in head["checkpoints"])
    if len(checkpoints) > MAX_LOGS or len({one.log for one in checkpoints}) != len(checkpoints):
        raise ValueError("it names a log twice")
    if type(head["at_ms"]) is not int or type(head["made_by"]) is not str:
        raise ValueError("a field is of the wrong type")
    rows = tuple(row_of(record) for record in records)
    return Bundle(made_by=head["made_by"], at_ms=head["at_ms"], checkpoints=checkpoints, rows=rows)

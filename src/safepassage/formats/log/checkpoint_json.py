"""A signed checkpoint of a log as a small JSON file that partners keep."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from safepassage.domain.errors import FormatError
from safepassage.domain.log.finding import Checkpoint
from safepassage.formats.containers import canonical_json

SCHEMA = "safepassage/checkpoint/1"
MAX_BYTES = 64 * 1024


def statement(checkpoint: Checkpoint) -> dict[str, Any]:
    """Return what is signed: everything but the signature."""
    return {
        "schema": SCHEMA,
        "log": checkpoint.log,
        "org": checkpoint.org,
        "size": checkpoint.size,
        "head": checkpoint.head,
        "at_ms": checkpoint.at_ms,
        "marks": [list(mark) for mark in checkpoint.marks],
        "public_key": checkpoint.public_key,
    }


def signed(checkpoint: Checkpoint, signature: str) -> Checkpoint:
    """Return a checkpoint with its signature."""
    return replace(checkpoint, signature=signature)


def write(checkpoint: Checkpoint) -> bytes:
    """Return a checkpoint as canonical JSON."""
    return canonical_json.encode(statement(checkpoint) | {"signature": checkpoint.signature})


def read(data: bytes, *, file: str) -> Checkpoint:
    """Return the checkpoint of a file; its signature is not yet checked.

    Raises
    ------
    FormatError
        When the bytes are no checkpoint.
    """
    try:
        if len(data) > MAX_BYTES:
            raise ValueError("it is too large")
        return of_document(json.loads(data.decode("utf-8")))
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        what = f"is no checkpoint of a log ({fault})"
        raise FormatError(file=file, what=what, remedy="get it again from who made it") from None


def of_document(document: Any) -> Checkpoint:
    """Return the checkpoint of a parsed file.

    Raises
    ------
    ValueError, KeyError, TypeError
        When it is none.
    """
    if document["schema"] != SCHEMA:
        raise ValueError("it is of another kind")
    texts = {name: document[name] for name in ("log", "org", "head", "public_key", "signature")}
    numbers = {name: document[name] for name in ("size", "at_ms")}
    marks = tuple((seq, prefix) for seq, prefix in document["marks"])
    if any(type(text) is not str for text in texts.values()) or any(
        type(number) is not int for number in (*numbers.values(), *(seq for seq, _ in marks))
    ):
        raise ValueError("a field is of the wrong type")
    if any(type(prefix) is not str for _, prefix in marks):
        raise ValueError("a mark is of the wrong type")
    return Checkpoint(**texts, **numbers, marks=marks)

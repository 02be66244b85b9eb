"""An entry of the event log as canonical bytes, and the hash that chains it to the one before.

The bytes are those of RFC 8785 (JSON canonicalization scheme) for JSON whose keys are ASCII and whose
numbers are whole; the hash is SHA-256 of a constant first line and the bytes, which hold the hash before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from safepassage.domain.log.entry import Draft, Entry, Sealed
from safepassage.domain.release import SensitivityClass

SCHEMA = "safepassage/log-entry/1"
MAX_RECORD_BYTES = 1024 * 1024
_FIRST_LINE = b"safepassage log entry 1\n"
_TEXTS = ("log", "prev", "id", "org", "by", "why", "kind", "about", "undoes")


def canonical(document: Any) -> bytes:
    """Return the canonical bytes of JSON with ASCII keys and whole numbers, without a line end."""
    return _ENCODER.encode(document).encode("utf-8")


def _as_dictionary(value: object) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_as_dictionary
)


def thawed(value: Any) -> Any:
    """Return read-only mappings and tuples as dictionaries and lists."""
    if isinstance(value, Mapping):
        return {key: thawed(child) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [thawed(child) for child in value]
    return value


def digest(record: bytes) -> str:
    """Return the hash of a record as 64 hexadecimal digits."""
    return hashlib.sha256(_FIRST_LINE + record).hexdigest()


def encode(entry: Entry) -> bytes:
    """Return the record of an entry.

    Raises
    ------
    ValueError
        When it is larger than any entry may be.
    """
    sealed = entry.sealed
    record = canonical(
        {
            "schema": SCHEMA,
            **{name: getattr(entry, name) for name in _TEXTS},
            "seq": entry.seq,
            "at_ms": entry.at_ms,
            "class": entry.sensitivity.name,
            "body": entry.body,
            "sealed": sealed and {"key_id": sealed.key_id, "nonce": sealed.nonce, "data": sealed.data},
            "seen": dict(entry.seen),
        }
    )
    if len(record) > MAX_RECORD_BYTES:
        raise ValueError(f"an entry may take {MAX_RECORD_BYTES} bytes, this one would take {len(record)}")
    return record


def decode(record: bytes) -> Entry:
    """Return the entry of a record.

    Raises
    ------
    ValueError
        When the bytes are not the canonical record of any entry.
    """
    if len(record) > MAX_RECORD_BYTES:
        raise ValueError("the record is larger than any entry may be")
    try:
        return _entry(record)
    except (KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise ValueError(f"the record is no entry: {fault!r}") from fault


def _entry(record: bytes) -> Entry:
    document = json.loads(record.decode("utf-8"))
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ValueError(f"the record is not of the kind {SCHEMA}")
    sealed = document["sealed"]
    if any(type(document[name]) is not str for name in _TEXTS) or type(document["seq"]) is not int:
        raise ValueError("a field of the record is of the wrong type")
    entry = Entry(
        **{name: document[name] for name in _TEXTS},
        seq=document["seq"],
        at_ms=document["at_ms"],
        sensitivity=SensitivityClass[document["class"]],
        body=document["body"],
        sealed=None if sealed is None else Sealed(**sealed),
        seen=tuple(sorted(document["seen"].items())),
    )
    if encode(entry) != record:
        raise ValueError("the record is not in its canonical form")
    return entry


def draft_digest(draft: Draft) -> str:
    """Return the hash of what a draft says in the open, by which a retry is known as one."""
    fields = ("id", "org", "by", "why", "kind", "about", "undoes", "key_id")
    said = {name: getattr(draft, name) for name in fields}
    return hashlib.sha256(canonical(said | {"class": draft.sensitivity.name, "body": draft.body})).hexdigest()


def said_digest(entry: Entry) -> str:
    """Return the hash of what an entry says in the open, comparable with that of its draft."""
    fields = ("id", "org", "by", "why", "kind", "about", "undoes")
    said = {name: getattr(entry, name) for name in fields}
    said["key_id"] = entry.sealed.key_id if entry.sealed else ""
    return hashlib.sha256(canonical(said | {"class": entry.sensitivity.name, "body": entry.body})).hexdigest()

"""What leaves the planning team is recorded before it is written, and signed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from safepassage.domain.figures import FigureTable
from safepassage.domain.log.entry import Draft
from safepassage.formats.containers import canonical_json
from safepassage.formats.log import log_record
from safepassage.store import signing
from safepassage.store.event_store import EventStore, Receipt

EXPORT_MADE = "export.made"
SCHEMA = "safepassage/export/1"
LISTED = ("class", "audience", "data_time", "plan_sha256", "statement", "valid_until", "files")
"""What a signed list says of an export, named one by one: what an entry gains goes nowhere by itself."""


def record_export(
    store: EventStore, stamp: Mapping[str, str], files: Mapping[str, bytes], *, by: str, why: str,
    beside: Mapping[str, Any] | None = None,
) -> tuple[Receipt, bytes]:  # fmt: skip
    """Record an export and return the signed list of its files, to be written beside them.

    `beside` is kept in the entry and goes into no list: what the next release has to be compared with.

    Raises
    ------
    StoreError
        When it could not be recorded; then nothing may be written.
    """
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    body: dict[str, Any] = {**dict(sorted(stamp.items())), "files": hashes}
    org = next(store.entries()).org
    said = log_record.canonical(
        {"body": {**body, **(beside or {})}, "by": by, "why": why, "after": store.backend.last(store.log)[0]}
    )
    draft = Draft(
        id=f"export-{log_record.digest(said)[:40]}",
        org=org,
        by=by,
        why=why,
        kind=EXPORT_MADE,
        body={**body, **(beside or {})},
        about=f"plan:{stamp['plan_sha256'][:32]}" if "plan_sha256" in stamp else "",
    )
    receipt = store.append(draft)
    return receipt, signed_list(store, receipt, body, org=org)


def signed_list(store: EventStore, receipt: Receipt, body: Mapping[str, Any], *, org: str) -> bytes:
    """Return the signed list of the files of an export that stands in the log: `body` is what it says.

    What else the entry keeps, such as the counts behind a table, goes into no list.
    """
    seed = store.seed()
    statement = {
        "schema": SCHEMA,
        **{name: body[name] for name in LISTED if name in body},
        "org": org,
        "log": receipt.log,
        "entry": receipt.seq,
        "entry_hash": receipt.hash,
        "public_key": signing.public_key(seed),
    }
    return canonical_json.encode(statement | {"signature": signing.sign(seed, statement)})


def released_tables(store: EventStore, audience: str, case_id: str) -> tuple[FigureTable, ...]:
    """Return the tables of all releases of a case to an audience, the oldest first.

    A release that was taken back in the log was read all the same: it counts. So do those of other offices,
    and those that stand in the log which a restored store went on from.
    """
    found: list[FigureTable] = []
    for entry in sorted(store.all_entries(), key=lambda one: (one.at_ms, one.log, one.seq)):
        body = entry.body
        if entry.kind == EXPORT_MADE and (body.get("audience"), body.get("case_id")) == (audience, case_id):
            # What another office wrote can be anything.
            with suppress(KeyError, TypeError, ValueError):
                found += [_table(one) for one in body.get("tables", ())]
    return tuple(found)


def _table(given: Mapping[str, Any]) -> FigureTable:
    names = ("title", "rows", "columns", "persons", "base")
    made = FigureTable(**{name: given[name] for name in names})
    if not all(isinstance(n, int) for line in made.base for n in line):
        raise TypeError("counts are whole numbers")
    return made


def faults(manifest: Mapping[str, Any], files: Mapping[str, bytes | None]) -> list[str]:
    """Return what is wrong with an export: its signature, files that are missing, changed or not listed."""
    said = dict(manifest)
    signature = said.pop("signature", "")
    found = []
    if said.get("schema") != SCHEMA or not isinstance(said.get("files"), Mapping):
        return ["the list of files is none"]
    if not signing.is_signed(str(said.get("public_key", "")), said, str(signature)):
        found.append("the signature of the list is wrong")
    for name, expected in sorted(said["files"].items()):
        data = files.get(name)
        if data is None:
            found.append(f"{name} is missing")
        elif hashlib.sha256(data).hexdigest() != expected:
            found.append(f"{name} was changed")
    return found + [f"{name} is not listed" for name in sorted(set(files) - set(said["files"]))]

"""The plan audit in the log: the sheet signed, each override an entry of its own, the manifest sealed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from safepassage.domain.audit_sheet import holding
from safepassage.domain.errors import StoreError
from safepassage.domain.log.entry import Draft, Entry
from safepassage.domain.log.merge import standing
from safepassage.formats.containers import canonical_json
from safepassage.formats.log import log_record
from safepassage.store import signing
from safepassage.store.event_store import EventStore, Receipt

AUDITED, OVERRIDDEN, MANIFEST_KEPT = "audit.made", "audit.overridden", "audit.manifest_kept"
SCHEMA = "safepassage/audit-record/1"


def drafts(sheet_bytes: bytes, *, org: str, by: str, why: str) -> list[Draft]:
    """Return what records a sheet: an entry for each override on it, then the one of the sheet, last.

    An override is recorded in the name of the function that took responsibility, with its reason.
    """
    sheet = canonical_json.decode(sheet_bytes)
    about = f"plan:{sheet['plan_sha256'][:32]}"
    body: dict[str, Any] = {
        "plan_sha256": sheet["plan_sha256"],
        "sheet_sha256": canonical_json.sha256(sheet_bytes),
        "data_time": sheet["as_of"],
        "with_case": sheet["with_case"],
        "verdicts": {row["id"]: row["verdict"] for row in sheet["findings"]},
        "holding": list(holding(sheet)),
    }
    said = log_record.canonical({"body": body, "by": by, "why": why, "org": org})
    made = Draft(
        id=f"audit-{log_record.digest(said)[:40]}", org=org, by=by, why=why, kind=AUDITED, body=body,
        about=about,
    )  # fmt: skip
    found = [row for row in sheet["findings"] if row["override"]]
    return [*(_override(row, sheet["plan_sha256"], org=org, about=about) for row in found), made]


def record_audit(
    store: EventStore, sheet_bytes: bytes, *, org: str, by: str, why: str
) -> tuple[Receipt, bytes]:
    """Record a sheet and each override on it; return the signed record, to be written beside the sheet.

    Raises
    ------
    StoreError
        When it could not be recorded.
    """
    *overrides, made = drafts(sheet_bytes, org=org, by=by, why=why)
    for draft in overrides:
        store.append(draft)
    receipt = store.append(made)
    seed = store.seed()
    statement = {
        "schema": SCHEMA, "class": "RESTRICTED", **log_record.thawed(made.body), "org": org,
        "log": receipt.log, "entry": receipt.seq, "entry_hash": receipt.hash,
        "public_key": signing.public_key(seed),
    }  # fmt: skip
    return receipt, canonical_json.encode(statement | {"signature": signing.sign(seed, statement)})


def _override(row: Mapping[str, Any], plan_sha256: str, *, org: str, about: str) -> Draft:
    given = row["override"]
    body = {"rule": row["id"], "plan_sha256": plan_sha256, "verdict": row["verdict"], "at": given["at"]}
    said = log_record.canonical({"body": body, "by": given["by"], "why": given["reason"]})
    return Draft(
        id=f"override-{log_record.digest(said)[:40]}", org=org, by=given["by"], why=given["reason"],
        kind=OVERRIDDEN, body=body, about=about,
    )  # fmt: skip


def record_faults(record: Mapping[str, Any], sheet_bytes: bytes) -> list[str]:
    """Return what is wrong with a signed record of a sheet: its signature, or a sheet that is another."""
    said = dict(record)
    signature = said.pop("signature", "")
    if said.get("schema") != SCHEMA:
        return ["the record of the audit is none"]
    found = []
    if not signing.is_signed(str(said.get("public_key", "")), said, str(signature)):
        found.append("the signature of the record is wrong")
    if said.get("sheet_sha256") != canonical_json.sha256(sheet_bytes):
        found.append("the sheet was changed")
    return found


def overrides(entries: Iterable[Entry], plan_sha256: str) -> dict[str, dict[str, str]]:
    """Return who takes responsibility for which rule of a plan: of each rule what is said last.

    `entries` are those that stand: none of them was taken back.
    """
    return {
        e.body["rule"]: {"by": e.by, "reason": e.why, "at": e.body["at"]}
        for e in entries
        if e.kind == OVERRIDDEN and e.body["plan_sha256"] == plan_sha256
    }


def is_recorded(entries: Iterable[Entry], sheet_bytes: bytes) -> bool:
    """Tell whether a sheet is among the entries that stand, and each override on it."""
    sheet = canonical_json.decode(sheet_bytes)
    digest = canonical_json.sha256(sheet_bytes)
    found = [e for e in entries if e.kind in {AUDITED, OVERRIDDEN}]
    overridden = {
        (e.body["rule"], e.by, e.why) for e in found
        if e.kind == OVERRIDDEN and e.body["plan_sha256"] == sheet["plan_sha256"]
    }  # fmt: skip
    wanted = {
        (row["id"], row["override"]["by"], row["override"]["reason"])
        for row in sheet["findings"] if row["override"]
    }  # fmt: skip
    made = any(e.kind == AUDITED and e.body["sheet_sha256"] == digest for e in found)
    return made and wanted <= overridden


def keep_manifest(
    store: EventStore, data: bytes, plan_sha256: str, *, key_id: str, org: str, by: str, why: str
) -> Receipt:
    """Keep a manifest sealed under a key that can be deleted; the entry itself holds only its hash.

    Raises
    ------
    StoreError
        When it could not be recorded.
    """
    body = {"plan_sha256": plan_sha256, "manifest_sha256": canonical_json.sha256(data)}
    said = log_record.canonical({"body": body, "by": by, "why": why, "org": org})
    try:
        draft = Draft(
            id=f"manifest-{log_record.digest(said)[:40]}", org=org, by=by, why=why, kind=MANIFEST_KEPT,
            body=body, about=f"plan:{plan_sha256[:32]}", private={"manifest": json.loads(data)},
            key_id=key_id,
        )  # fmt: skip
    except (ValueError, RecursionError) as fault:
        raise StoreError(f"The manifest cannot be kept ({fault}).") from None
    return store.append(draft)


def kept_manifest(store: EventStore, plan_sha256: str) -> bytes | None:
    """Return the manifest last kept for a plan; None where there is none, or its key was deleted."""
    found: Sequence[Any] = [
        e for e in standing(list(store.entries()))
        if e.kind == MANIFEST_KEPT and e.body["plan_sha256"] == plan_sha256
    ]  # fmt: skip
    for entry in reversed(found):
        private = store.private(entry)
        if private is not None:
            return canonical_json.encode(private["manifest"])
    return None

"""`safepassage audit`: hold a verified plan against rules of law, standards and practice."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from safepassage.audit import RULES
from safepassage.casework.audited import audited, public_release
from safepassage.casework.verified_plan import NotVerifiedError, VerifiedPlan, verified_plan
from safepassage.cli.log import store_file
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.outputs import notice
from safepassage.cli.run import HELD, MALFORMED, NOT_VERIFIED, OK
from safepassage.cli.store_command import day_of
from safepassage.cli.written import PUBLIC, RESTRICTED, write_beside, write_public
from safepassage.domain.audit_sheet import Override, holding
from safepassage.domain.case import Case
from safepassage.domain.errors import FormatError, StoreError
from safepassage.domain.manifest import Manifest
from safepassage.domain.release import Release
from safepassage.formats.containers import canonical_json
from safepassage.formats.sheets import audit_files, public_notice
from safepassage.store import audits
from safepassage_verify.files import AID, CERTIFICATE

RULE = re.compile(r"SP[- ]?(\d{1,2})", re.IGNORECASE)
"""What is meant as the id of a rule, also when it is typed as sp8."""


def run(options: argparse.Namespace) -> Outcome:
    """Audit a plan again, from what was written and what is known today."""
    _require_who(options)
    try:
        plan = verified_plan(options.plan)
    except NotVerifiedError:
        text = "This plan does not pass its verification, so it is not audited: run `safepassage verify`."
        return Outcome(code=NOT_VERIFIED, text=text, data={"error": text}, to_stderr=True)
    case: Case | None = None
    if options.case:
        from safepassage.formats.case import case_reading  # noqa: PLC0415 - readers load libraries

        found = case_reading.read_case(options.case, network_given=True)
        case = found.case
        if case is None:
            return Outcome(
                code=MALFORMED, text=problems_text(found.problems),
                data={"problems": problems_json(found.problems)}, to_stderr=True,
            )  # fmt: skip
    return _audit(options, plan, case)


def _audit(options: argparse.Namespace, plan: VerifiedPlan, case: Case | None) -> Outcome:
    documents = {"plan": plan.plan, "inputs": plan.inputs}
    for name, file in (("certificate", CERTIFICATE), ("aid", AID)):
        beside = plan.bytes_beside(file)
        if beside is not None:
            documents[name] = beside
    public = public_release(documents, plan.verdict.record())
    manifest_bytes = _manifest_bytes(options, canonical_json.sha256(documents["plan"]))
    data = audited(
        documents, case=case, manifest=_manifest(options, manifest_bytes), overrides=_overrides(options),
        public=_public(options.plan, public),
    )  # fmt: skip
    sheet: dict[str, Any] = canonical_json.decode(data)
    # What is overridden stands in the log before it stands on a sheet.
    seq, record = _recorded(options, data, sheet, manifest_bytes)
    papers = audit_files.write_papers(sheet, *map(canonical_json.decode, (plan.plan, plan.inputs)))
    files = {f"{RESTRICTED}-audit.{end}": made for end, made in {"json": data, **papers}.items()}
    write_beside(options.output or plan.folder, files | record)
    held = holding(sheet)
    told = "" if options.output else _tell_the_public(plan.folder, public, held=bool(held))
    said = {**sheet, "holding": held} | ({"seq": seq} if seq else {})
    lines = [audit_files.write_text(sheet), told, f"Recorded as entry {seq} of the log." if seq else ""]
    return Outcome(code=HELD if held else OK, text="\n".join(filter(None, lines)), data=said)


def explained(name: str) -> Outcome:
    """Say what one rule asks, what it rests on, and its thresholds."""
    number = RULE.fullmatch(name)
    meant = f"SP-{int(number[1]):02}" if number else name
    rule = next((rule for rule in RULES if rule.id == meant), None)
    if rule is None:
        what, remedy = "there is no such rule", f"rules are {RULES[0].id} to {RULES[-1].id}"
        raise FormatError(file=name, what=what, remedy=remedy)
    limits = {t.name: t.value for t in audit_files.thresholds().values() if t.rule == rule.id}
    data = {
        "id": rule.id, "title": rule.title, "statement": rule.statement, "kind": rule.kind.value,
        "source": rule.source, "data": rule.data, "thresholds": limits,
    }  # fmt: skip
    return Outcome(code=OK, text=audit_files.rule_text(rule, audit_files.thresholds()), data=data)


def _require_who(options: argparse.Namespace) -> None:
    if options.store and not (options.by and options.why):
        raise StoreError("A sheet is recorded by somebody and for a reason: give --by and --why.")
    if options.keep_manifest and not (options.store and options.manifest):
        raise StoreError("A manifest is kept in a store: give --store and --manifest.")


def _recorded(
    options: argparse.Namespace, data: bytes, sheet: dict[str, Any], manifest: bytes
) -> tuple[int, dict[str, bytes]]:
    """Record the sheet where a store is given; return its entry and the signed record to write beside it."""
    if not options.store:
        return 0, {}
    with store_file.opened(options) as store:
        org = store_file.own_org(store)
        if options.keep_manifest:
            audits.keep_manifest(
                store, manifest, sheet["plan_sha256"], key_id=f"manifest-{day_of(store_file.now_ms())}",
                org=org, by=options.by, why=options.why,
            )  # fmt: skip
        receipt, record = audits.record_audit(store, data, org=org, by=options.by, why=options.why)
    return receipt.seq, {f"{RESTRICTED}-audit-record.json": record}


def _manifest_bytes(options: argparse.Namespace, plan_sha256: str) -> bytes:
    """Return the manifest that was given, else the one kept for this plan in the store, else nothing."""
    if options.manifest:
        return bytes(options.manifest.read_bytes())
    if not options.store:
        return b""
    with store_file.opened(options, writes=False) as store:
        return audits.kept_manifest(store, plan_sha256) or b""


def _manifest(options: argparse.Namespace, data: bytes) -> Manifest | None:
    name = options.manifest.name if options.manifest else "the manifest in the store"
    return audit_files.read_manifest(data, name) if data else None


def _overrides(options: argparse.Namespace) -> tuple[Override, ...]:
    file: Path | None = options.overrides
    if file is None:
        return ()
    found = audit_files.read_overrides(file.read_bytes(), file.name)
    unknown = sorted({one.rule for one in found} - {rule.id for rule in RULES})
    if unknown:
        what, remedy = f"there is no rule {unknown[0]}", f"rules are {RULES[0].id} to {RULES[-1].id}"
        raise FormatError(file=file.name, what=what, remedy=remedy)
    return found


def _public(plan: Path, public: Release | None) -> dict[str, str]:
    """Return what is to go to the public: the notice of this plan, and whatever lies in its folder."""
    texts = {} if public is None else {f"{PUBLIC}-notice.txt": public_notice.write_text(public).decode()}
    folder = plan / PUBLIC
    files = sorted(folder.glob(f"{PUBLIC}-*.txt")) if folder.is_dir() else []
    return texts | {file.name: file.read_text(encoding="utf-8", errors="replace") for file in files}


def _tell_the_public(restricted: Path, public: Release | None, *, held: bool) -> str:
    """Write the notice beside the plan when nothing holds it, else take away the one that lies there."""
    if restricted.name != RESTRICTED or public is None:
        return ""
    folder = restricted.parent / PUBLIC
    if not held:
        write_public(folder, notice(public))
        return f"The public notice is in {folder}."
    if not folder.is_symlink():
        for file in folder.glob(f"{PUBLIC}-notice.*"):
            file.unlink()
    return "The public notice is held, too."

"""`safepassage release`: write what one audience may know of a verified plan, recorded and signed."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from safepassage.casework.verified_plan import NotVerifiedError, read_documents
from safepassage.cli.log import bundles, store_file
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import HELD, NOT_VERIFIED, OK
from safepassage.domain.errors import FormatError, StoreError
from safepassage.domain.figures import Figures
from safepassage.domain.log.merge import standing
from safepassage.domain.release import NOUNS, Audience, Release
from safepassage.engines.figures import figures
from safepassage.engines.release import AuditHoldError, release, with_figures
from safepassage.formats.containers import canonical_json
from safepassage.formats.tables import figures_files
from safepassage.store import audits, exports
from safepassage_verify import verify

AUDIENCES = {audience.word: audience for audience in Audience}
MANIFEST = "export.json"


def run(options: argparse.Namespace) -> Outcome:
    """Verify the plan again, cut it, record the export, then write it."""
    audience = AUDIENCES[options.audience]
    try:
        documents = read_documents(options.plan, *NOUNS[:3])
    except NotVerifiedError:
        return _not_verified()
    parsed = {noun: canonical_json.decode(data) for noun, data in documents.items()}
    inputs, plan, certificate = parsed.values()
    verdict = verify(
        inputs, plan, certificate,
        inputs_bytes=documents["inputs"], plan_bytes=documents["plan"],
        certificate_bytes=documents["certificate"],
    )  # fmt: skip
    if not verdict.verified:
        return _not_verified()
    cut = release(inputs, plan, certificate, verdict.record(), audience)
    _require_time(figures(inputs, plan, audience), inputs)
    sheet = read_documents(options.plan, "audit")["audit"]
    with store_file.opened(options) as store:
        try:
            if not audits.is_recorded(standing(store.all_entries()), sheet):
                raise AuditHoldError("its sheet, or an override on it, does not stand in this log")
            earlier = exports.released_tables(store, audience.word, str(inputs["case_id"]))
            numbers = figures(inputs, plan, audience, earlier)
            given = with_figures(cut, numbers, canonical_json.decode(sheet))
        except AuditHoldError as held:
            text = f"The plan audit holds this release: {held}. Run `safepassage audit` with --store"
            text += " and, where a rule is not kept, --overrides."
            return Outcome(code=HELD, text=text, data={"error": text}, to_stderr=True)
        files = _files(given)
        beside = {"case_id": str(inputs["case_id"]), "tables": [asdict(table) for table in numbers.tables]}
        receipt, manifest = exports.record_export(
            store, given.stamp, files, by=options.by, why=options.why, beside=beside
        )
    folder = options.output
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {**files, f"{audience.name}-{MANIFEST}": manifest}.items():
        bundles.write_new(folder / name, content)
    text = f"Wrote {', '.join(sorted(files))} to {folder}; entry {receipt.seq} of the log says so."
    data = {"files": sorted(files), "class": given.stamp["class"], "seq": receipt.seq}
    return Outcome(code=OK, text=text, data=data)


def _not_verified() -> Outcome:
    text = "The plan is NOT VERIFIED, so nothing is released: `safepassage verify` lists why."
    return Outcome(code=NOT_VERIFIED, text=text, data={"error": text}, to_stderr=True)


def _require_time(numbers: Figures, inputs: dict[str, Any]) -> None:
    """Refuse a release before its time, by this computer's clock."""
    epoch = datetime.fromisoformat(str(inputs["epoch"]))
    if not numbers.not_before_s:
        return
    from_ms = round(epoch.timestamp() * 1000) + numbers.not_before_s * 1000
    if store_file.now_ms() < from_ms:
        at = datetime.fromtimestamp(from_ms / 1000, tz=epoch.tzinfo).strftime("%Y-%m-%d %H:%M UTC")
        raise StoreError(f"Not before {at}: nobody outside learns how many moved before a day after the end.")


def _files(given: Release) -> dict[str, bytes]:
    name = given.audience.name
    return {
        f"{name}-figures.json": figures_files.write_json(given),
        f"{name}-figures.txt": figures_files.write_text(given),
    }


def check_export(options: argparse.Namespace) -> Outcome:
    """Check files against the signed list that came with them."""
    try:
        manifest = json.loads(options.export.read_text(encoding="utf-8"))
        listed = dict(manifest["files"])
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        what = f"is no list of an export ({fault})"
        raise FormatError(
            file=options.export.name, what=what, remedy="get it again from who made it"
        ) from None
    folder = options.export.parent
    files: dict[str, bytes | None] = {}
    for name in listed:
        path = folder / Path(name).name
        files[name] = path.read_bytes() if path.is_file() else None
    found = exports.faults(manifest, files)
    if options.public_key and manifest.get("public_key") != options.public_key:
        found.append("another office signed it")
    good = (
        f"{len(files)} files as {manifest['org']} signed them: {manifest['class']}, data of"
        f" {manifest['data_time']}, entry {manifest['entry']} of log {manifest['log'][:8]},"
        f" key {manifest['public_key']}."
        if not found
        else ""
    )
    lines = found or [good]
    code = NOT_VERIFIED if found else OK
    return Outcome(code=code, text="\n".join(lines), data={"faults": found})

"""`safepassage audit`: hold a verified plan against rules of law, standards and practice."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from safepassage.audit import RULES
from safepassage.casework.audited import audited
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.outputs import RESTRICTED, write_beside
from safepassage.cli.run import HELD, MALFORMED, NOT_VERIFIED, OK
from safepassage.domain.audit_sheet import Override, holding
from safepassage.domain.case import Case
from safepassage.domain.errors import FormatError
from safepassage.domain.manifest import Manifest
from safepassage.formats import audit_files, canonical_json
from safepassage_verify import verify_files
from safepassage_verify.files import INPUTS, PLAN, UnreadableError, find_plan

RULE = re.compile(r"SP-\d\d", re.IGNORECASE)


def run(options: argparse.Namespace) -> Outcome:
    """Audit a plan again, from what was written and what is known today."""
    try:
        path = find_plan(options.plan)
        verdict = verify_files(path)
    except UnreadableError as error:
        raise FormatError(file=str(options.plan), what=str(error).rstrip(".")) from error
    if not verdict.verified:
        text = "This plan does not pass its verification, so it is not audited: run `safepassage verify`."
        return Outcome(code=NOT_VERIFIED, text=text, data={"error": text}, to_stderr=True)
    case: Case | None = None
    if options.case:
        from safepassage.formats import case_reading  # noqa: PLC0415 - readers load libraries

        found = case_reading.read_case(options.case, network_given=True)
        case = found.case
        if case is None:
            return Outcome(
                code=MALFORMED, text=problems_text(found.problems),
                data={"problems": problems_json(found.problems)}, to_stderr=True,
            )  # fmt: skip
    inputs = path.with_name(path.name.removesuffix(PLAN) + INPUTS)
    data = audited(
        {"plan": path.read_bytes(), "inputs": inputs.read_bytes()}, case=case, manifest=_manifest(options),
        overrides=_overrides(options), public=_public(options.plan),
    )  # fmt: skip
    sheet = canonical_json.decode(data)
    folder = options.output or path.parent
    write_beside(folder, {
        f"{RESTRICTED}-audit.json": data, f"{RESTRICTED}-audit.html": audit_files.write_html(sheet),
        f"{RESTRICTED}-audit.pdf": audit_files.write_pdf(sheet),
    })  # fmt: skip
    held = holding(sheet)
    return Outcome(
        code=HELD if held else OK, text=audit_files.write_text(sheet), data={**sheet, "holding": held}
    )


def explained(name: str) -> Outcome:
    """Say what one rule asks, what it rests on, and its thresholds."""
    rule = next((rule for rule in RULES if rule.id == name.upper()), None)
    if rule is None:
        what, remedy = "there is no such rule", f"rules are {RULES[0].id} to {RULES[-1].id}"
        raise FormatError(file=name, what=what, remedy=remedy)
    limits = {t.name: t.value for t in audit_files.thresholds().values() if t.rule == rule.id}
    data = {
        "id": rule.id, "title": rule.title, "statement": rule.statement, "kind": rule.kind.value,
        "source": rule.source, "data": rule.data, "thresholds": limits,
    }  # fmt: skip
    return Outcome(code=OK, text=audit_files.rule_text(rule, audit_files.thresholds()), data=data)


def _manifest(options: argparse.Namespace) -> Manifest | None:
    file: Path | None = options.manifest
    return None if file is None else audit_files.read_manifest(file.read_bytes(), file.name)


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


def _public(plan: Path) -> dict[str, str]:
    folder = plan / "PUBLIC"
    files = sorted(folder.glob("PUBLIC-*.txt")) if folder.is_dir() else []
    return {file.name: file.read_text(encoding="utf-8", errors="replace") for file in files}

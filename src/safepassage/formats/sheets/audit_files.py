"""The plan audit as files: thresholds and overrides in, the sheet as text, HTML and JSON out."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib.resources import files
from typing import Any, TypeVar

from safepassage.domain.audit_sheet import NOT_A_FINDING, AuditSheet, Override, Rule, Threshold, holding
from safepassage.domain.errors import FormatError
from safepassage.domain.manifest import Manifest, Ride, TravelGroup, WaypointCount
from safepassage.formats.containers import canonical_json
from safepassage.formats.facts.release_stamp import plan_marks
from safepassage.formats.paper import paper_html, paper_pdf
from safepassage.formats.sheets import audit_paper

Made = TypeVar("Made")
RESTRICTED = "RESTRICTED"
SHOWN = 6
"""Objects that a terminal shows for one rule."""


def thresholds() -> dict[str, Threshold]:
    """Return the thresholds of the package, by name."""
    text = (files("safepassage.audit") / "thresholds.toml").read_text(encoding="utf-8")
    return {name: Threshold(name=name, **row) for name, row in tomllib.loads(text).items()}


def read_overrides(data: bytes, file: str) -> tuple[Override, ...]:
    """Return overrides: TOML with a table [[override]] of rule, by, reason and, if wanted, at.

    Raises
    ------
    FormatError
        When the file is not that.
    """

    def made() -> tuple[Override, ...]:
        return tuple(Override(**row) for row in tomllib.loads(data.decode())["override"])

    return _checked(made, file, "give [[override]] tables with rule, by and reason")


def read_manifest(data: bytes, file: str) -> Manifest:
    """Return a manifest: JSON with groups, counts and numbers, as the page on the audit describes.

    Raises
    ------
    FormatError
        When the file is not that.
    """

    def made() -> Manifest:
        found = json.loads(data)
        groups = tuple(
            TravelGroup(
                **{**row, "rides": tuple(Ride(**ride) for ride in row["rides"]),
                   "consents": tuple(row.get("consents", ())), "cards": tuple(row.get("cards", ()))},
            )
            for row in found.pop("groups", ())
        )  # fmt: skip
        counts = tuple(WaypointCount(**row) for row in found.pop("counts", ()))
        return Manifest(groups=groups, counts=counts, **found)

    return _checked(made, file, "see the page on the audit for its form")


def _checked(made: Callable[[], Made], file: str, remedy: str) -> Made:
    try:
        return made()
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise FormatError(file=file, what=f"cannot be read ({fault})", remedy=remedy) from None


def document(sheet: AuditSheet) -> dict[str, Any]:
    """Return the sheet as a document; it has no total and no score."""
    return {
        "schema": "safepassage.audit/1",
        "class": RESTRICTED,
        "statement": NOT_A_FINDING,
        "case_id": sheet.case_id,
        "as_of": sheet.as_of,
        "plan_sha256": sheet.plan_sha256,
        "with_case": sheet.with_case,
        "findings": [
            {
                "id": f.rule.id, "title": f.rule.title, "statement": f.rule.statement,
                "kind": f.rule.kind.value, "source": f.rule.source, "verdict": f.verdict.value,
                "shown": f.word, "measured": f.measured, "threshold": f.threshold,
                "objects": list(f.objects),
                "override": None if f.override is None else {
                    "by": f.override.by, "reason": f.override.reason, "at": f.override.at,
                },
            }
            for f in sheet.findings
        ],
        "basis": [asdict(row) for row in sheet.basis],
    }  # fmt: skip


def write_json(sheet: AuditSheet) -> bytes:
    """Return the sheet as canonical JSON."""
    return canonical_json.encode(document(sheet))


def write_text(sheet: Mapping[str, Any]) -> str:
    """Return a sheet, as a document, for a terminal: one line a rule."""
    lines = [f"Plan audit of {sheet['case_id']}, data of {sheet['as_of']} (RESTRICTED). {sheet['statement']}"]
    for row in sheet["findings"]:
        lines.append(f"{row['id']} {row['shown']:<12} {row['title']}: {row['measured']}")
        if row["objects"] and row["verdict"] in {"WARN", "FAIL"}:
            more = " …" if len(row["objects"]) > SHOWN else ""
            lines.append(f"        {', '.join(row['objects'][:SHOWN])}{more}")
        if row["override"]:
            lines.append(f"        overridden by {row['override']['by']}: {row['override']['reason']}")
    held = ", ".join(holding(sheet))
    lines.append(f"Releases are held up by: {held}." if held else "No rule holds up a release.")
    return "\n".join(lines)


def write_papers(
    sheet: Mapping[str, Any], plan: Mapping[str, Any], inputs: Mapping[str, Any]
) -> dict[str, bytes]:
    """Return a sheet, as a document, by the end of a file's name: a page that loads nothing, and a PDF.

    EXERCISE and INCOMPLETE stand on them as the plan has them; places and directions go by their names.
    """
    paper = audit_paper.paper(sheet, plan_marks(plan), inputs=inputs)
    return {"html": paper_html.write(paper), "pdf": paper_pdf.write(paper)}


def rule_text(rule: Rule, limits: Mapping[str, Threshold]) -> str:
    """Return one rule in words: what it asks, what it rests on, which data it reads, its thresholds."""
    lines = [
        f"{rule.id} {rule.title}", f"  asks: {rule.statement}", f"  kind: {rule.kind.value}",
        f"  source: {rule.source}", f"  data: {rule.data}",
    ]  # fmt: skip
    lines += [
        f"  threshold: {t.name} = {t.value} {t.unit} ({t.source})"
        for t in limits.values()
        if t.rule == rule.id
    ]
    return "\n".join(lines)

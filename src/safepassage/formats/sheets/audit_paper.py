"""The sheet of the plan audit as a document for paper: every rule, what was found, and on what it rests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safepassage.domain.audit_sheet import holding
from safepassage.formats.paper.paper import LEAD, LOUD, Paper, Rows, Words

_HEADS = ("Rule", "Finding", "What was measured", "Kind and source", "Threshold")
_WIDTHS = (0, 0, 6, 4, 3)
_BASIS = ("id", "kind", "text", "source", "grade", "as_of", "legal_basis", "document")


def paper(sheet: Mapping[str, Any], marks: tuple[str, ...] = ()) -> Paper:
    """Return a sheet, as a document, for paper; `marks` stand beside the class: EXERCISE, INCOMPLETE."""
    held = holding(sheet)
    says = f"Releases are held up by: {', '.join(held)}." if held else "No rule holds up a release."
    return Paper(
        title=f"Plan audit of {sheet['case_id']}",
        subtitle=f"Data of {sheet['as_of']}",
        language="en",
        stamp=(str(sheet["class"]), *marks),
        foot=f"Plan {sheet['plan_sha256']}",
        wide=True,
        blocks=(
            Words(text=str(sheet["statement"]), tone=LEAD),
            Words(text=says, tone=LOUD),
            Rows(heads=_HEADS, rows=tuple(map(_row, sheet["findings"])), widths=_WIDTHS, strong=(0, 1)),
            *_basis(sheet),
        ),
    )  # fmt: skip


def _basis(sheet: Mapping[str, Any]) -> tuple[Words | Rows, ...]:
    """Return what the plan rests on, one claim a row: the legal-basis sheet."""
    rows = tuple(tuple(str(row[name]) for name in _BASIS) for row in sheet.get("basis", ()))
    heads = ("Id", "Kind", "What is said", "Source", "Grade", "As of", "Legal basis", "Document")
    said = Words(text="What the plan rests on", tone=LEAD)
    return (said, Rows(heads=heads, rows=rows, widths=(0, 0, 6, 4, 0, 0, 3, 3), strong=(0,))) if rows else ()


def _row(row: Mapping[str, Any]) -> tuple[str, ...]:
    override = row["override"]
    by = f"overridden by {override['by']}: {override['reason']}" if override else ""
    measured = " ".join(filter(None, (f"{row['title']}: {row['measured']}.", ", ".join(row["objects"]))))
    return (
        str(row["id"]), str(row["shown"]), measured, f"{row['kind']}: {row['source']}",
        " ".join(filter(None, (str(row["threshold"]), by))),
    )  # fmt: skip

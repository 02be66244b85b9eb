"""The sheet of the plan audit as a document for paper: every rule, what was found, and on what it rests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safepassage.domain.audit_sheet import holding
from safepassage.formats.paper import LEAD, LOUD, Paper, Rows, Words

_HEADS = ("Rule", "Finding", "What was measured", "Kind and source", "Threshold")
_WIDTHS = (0, 0, 6, 4, 3)


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
        ),
    )  # fmt: skip


def _row(row: Mapping[str, Any]) -> tuple[str, ...]:
    override = row["override"]
    by = f"overridden by {override['by']}: {override['reason']}" if override else ""
    measured = " ".join(filter(None, (f"{row['title']}: {row['measured']}.", ", ".join(row["objects"]))))
    return (
        str(row["id"]), str(row["shown"]), measured, f"{row['kind']}: {row['source']}",
        " ".join(filter(None, (str(row["threshold"]), by))),
    )  # fmt: skip

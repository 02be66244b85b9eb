"""The sheet of the plan audit as a document for paper: every rule, what was found, and on what it rests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from safepassage.domain.audit_sheet import holding
from safepassage.formats.facts.people_facts import codes_in_words
from safepassage.formats.paper.paper import LEAD, LOUD, Paper, Rows, Words

_HEADS = ("Rule", "Finding", "What was measured", "Kind and source", "Threshold")
_WIDTHS = (0, 0, 6, 4, 3)
_BASIS = ("id", "kind", "text", "source", "grade", "as_of", "legal_basis", "document")


_LIMIT = re.compile(r"(\w+) (\d+) (.+)")
_UNIT_OF_NAME = re.compile(r"_(?:h|l|min|ml|ppm|dm2|percent)(?:_.*)?$")


def paper(
    sheet: Mapping[str, Any], marks: tuple[str, ...] = (), *, inputs: Mapping[str, Any] | None = None
) -> Paper:
    """Return a sheet, as a document, for paper.

    Parameters
    ----------
    marks
        What stands beside the class: EXERCISE, INCOMPLETE.
    inputs
        The inputs of the plan, as a document: its title and names are printed, not ids.
    """
    given = inputs or {}
    names = {row["id"]: row["name"] for kind in ("places", "directions") for row in given.get(kind, ())}
    held = holding(sheet)
    rows = tuple(_row(row, names) for row in sheet["findings"])
    says = f"Releases are held up by: {', '.join(held)}." if held else "No rule holds up a release."
    return Paper(
        title=f"Plan audit of {given.get('title') or sheet['case_id']}",
        subtitle=f"Data of {str(sheet['as_of'])[:16].replace('T', ' ')} UTC",
        language="en",
        stamp=(str(sheet["class"]), *marks),
        foot=f"Plan {sheet['plan_sha256']}",
        wide=True,
        blocks=(
            Words(text=str(sheet["statement"]), tone=LEAD),
            Words(text=says, tone=LOUD),
            Rows(heads=_HEADS, rows=rows, widths=_WIDTHS, strong=(0, 1)),
            *_basis(sheet),
        ),
    )  # fmt: skip


def _basis(sheet: Mapping[str, Any]) -> tuple[Words | Rows, ...]:
    """Return what the plan rests on, one claim a row: the legal-basis sheet."""
    rows = tuple(tuple(str(row[name]) for name in _BASIS) for row in sheet.get("basis", ()))
    heads = ("Id", "Kind", "What is said", "Source", "Grade", "As of", "Legal basis", "Document")
    said = Words(text="What the plan rests on", tone=LEAD)
    return (said, Rows(heads=heads, rows=rows, widths=(0, 0, 6, 4, 0, 0, 3, 3), strong=(0,))) if rows else ()


def _row(row: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, ...]:
    override = row["override"]
    by = f"overridden by {override['by']}: {override['reason']}" if override else ""
    found = f"{row['title']}: {codes_in_words(row['measured'])}."
    objects = [": ".join(names.get(part, part) for part in text.split(": ")) for text in row["objects"]]
    between = "; " if any(", " in text for text in objects) else ", "
    measured = " ".join(filter(None, (found, between.join(objects))))
    limits = "; ".join(map(_limit, str(row["threshold"]).split("; ")))
    return (
        str(row["id"]), str(row["shown"]), measured, f"{row['kind']}: {row['source']}",
        " ".join(filter(None, (limits, by))),
    )  # fmt: skip


def _limit(text: str) -> str:
    """Return a threshold as people read it: its name in words, parts per million as percent."""
    found = _LIMIT.fullmatch(text)
    if not found:
        return text
    name, value, unit = found[1], int(found[2]), found[3]
    if unit.startswith("ppm "):
        value, unit = value // 10_000, unit.replace("ppm ", "% ", 1)
    shown = f"{value:,}"
    if unit.startswith("dm2 "):
        shown, unit = f"{value / 100:.1f}", unit.replace("dm2 ", "m² ", 1)
    return f"{_UNIT_OF_NAME.sub('', name).replace('_', ' ')}: {shown} {unit}"

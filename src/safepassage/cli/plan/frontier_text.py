"""What `plan --frontier` says on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from safepassage.formats.facts.frontier_facts import FrontierFacts

HEADS = ("", "last arrival", "mean min", "expected", "worst tenth", "above least")


def frontier_text(facts: FrontierFacts) -> str:
    """Return the plans as a table; exposure in person-hours of certain harm."""
    rows = [
        (
            f"{'>' if row.picked else ' '}{row.number}", row.clearance, row.mean_minutes, row.expected,
            row.tail, row.above_least,
        )
        for row in facts.rows()
    ]  # fmt: skip
    widths = [max(len(row[k]) for row in (HEADS, *rows)) for k in range(len(HEADS))]
    lines = ["Clearance and exposure (person-hours in harm); every plan was verified:"]
    lines += [_line(row, widths) for row in (HEADS, *rows)]
    return "\n".join([*lines, facts.headline(), "Choose another with --pick, or by --by."])


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip()

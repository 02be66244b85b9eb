"""What `plan --under-worlds` says on a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from safepassage.domain.hedge import Care, HedgeSheet
from safepassage.formats.facts.local_clock import LocalClock

HEADS = ("plan", "unserved", "last", "mean out", "worst tenth", "all out", "more out (9 of 10 resamples)")


def hedge_text(sheet: HedgeSheet, clock: LocalClock) -> str:
    """Return plans as a table: what they say, and what comes of them in fresh worlds."""
    rows = [
        (
            f"{'>' if k == sheet.picked else ' '}{row.words}", f"{row.unserved:,}", clock.moment(row.last_s),
            f"{row.mean:,}", f"{row.tail:,}", f"{row.all_out / max(1, sheet.fresh):.1%}",
            f"{row.gain:+,} ({row.low:+,} to {row.high:+,})" if k else "",
        )
        for k, row in enumerate(sheet.rows)
    ]  # fmt: skip
    widths = [max(len(row[k]) for row in (HEADS, *rows)) for k in range(len(HEADS))]
    what = "mean" if sheet.care is Care.MEAN else "mean of the worst tenth"
    head = (
        f"Chosen by the {what} of persons out in {sheet.worlds:,} worlds, judged in {sheet.fresh:,} "
        "fresh ones, the same for all:"
    )
    return "\n".join(
        [
            head, *(_line(row, widths) for row in (HEADS, *rows)),
            f"In the worlds it was chosen by the plan looked better by {sheet.optimism:,} persons.",
        ]
    )  # fmt: skip


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(row, widths, strict=True)
    return "  ".join([first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in rest)]).rstrip()

"""What the terminal says about an estimate."""

from __future__ import annotations

from collections.abc import Mapping

from safepassage.domain.counts import people
from safepassage.domain.estimate_sheet import EstimateSheet
from safepassage.formats.facts.elapsed_clock import elapsed, in_words

WIDTH, HEIGHT = 60, 8
SHOWN_EXITS = 8


def estimate_text(page: EstimateSheet, outputs: Mapping[str, str], seconds: float) -> str:
    """Return the estimate as lines for a terminal."""
    cars = f"{page.cars:,} {'car' if page.cars == 1 else 'cars'}"
    lines = [f"{page.title}: {people(page.persons)} in {cars}{_links(page)}", *_clearance(page)]
    lines += [f"  WARNING: {text}" for text in page.warnings]
    if page.bottleneck:
        lines.append(f"  what limits it: {page.bottleneck}")
    lines += ["", *_curve(page), "", f"Exits, {len(page.exits)} used:"]
    lines += [
        f"  {e.persons:>8,} persons until {elapsed(e.last_s):>5}  {e.name}" for e in page.exits[:SHOWN_EXITS]
    ]
    if len(page.exits) > SHOWN_EXITS:
        lines.append(f"  … and {len(page.exits) - SHOWN_EXITS} more (use --json, or -o for the page)")
    lines += ["", "Taken for granted:", *(f"  - {text}" for text in page.assumptions)]
    lines.append(
        f"Plan and bound verified independently in this run: {page.checks:,} checks. {seconds:.1f} s."
    )
    if "estimate.html" in outputs:
        lines.append(f"Page (RESTRICTED): {outputs['estimate.html']}")
    return "\n".join(lines)


def _links(page: EstimateSheet) -> str:
    return f", {page.by_link:,} of them by train, boat or on foot" if page.by_link else ""


def _clearance(page: EstimateSheet) -> list[str]:
    lines = []
    if page.served < page.persons:
        left = page.persons - page.served
        lines.append(f"  INCOMPLETE: {people(left)} {'finds' if left == 1 else 'find'} no way out in time")
    if page.clearance_s is None:
        return [*lines, "  nobody can leave"]
    lines.append(
        f"  everybody out in {in_words(page.clearance_s)} ({page.clearance_s:,} s), by a plan that exists"
    )
    if page.bound_s is not None and page.gap_ppm is not None:
        lines.append(
            f"  in this model no plan can need less than {in_words(page.bound_s)} ({page.bound_s:,} s): "
            f"certified, gap {page.gap_ppm / 10_000:.1f} %"
        )
    return lines


def _curve(page: EstimateSheet) -> list[str]:
    """Draw the arrivals with letters: time runs to the right."""
    last = page.clearance_s or 1
    shares = []
    for column in range(1, WIDTH + 1):
        arrived = max((n for t, n in page.arrivals if t <= last * column // WIDTH), default=0)
        shares.append(arrived / max(1, page.persons))
    rows = []
    for level in range(HEIGHT, 0, -1):
        persons = f"{page.persons * level // HEIGHT:>9,}" if level % 4 == 0 else " " * 9
        bars = "".join("#" if share >= (level - 0.5) / HEIGHT else " " for share in shares)
        rows.append(f"{persons} |{bars}".rstrip())
    rows.append(f"{'persons':>9} +{'-' * WIDTH}")
    half, whole = elapsed(last // 2), elapsed(last)
    rows.append(f"{'out':>9}  0:00{half:>{WIDTH // 2 - 2}}{whole:>{WIDTH // 2 - 2}}")
    return rows

"""`safepassage claims conflicts`: versions that cannot all be true, side by side, with equal weight."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from safepassage.cli.claims import ledger_file
from safepassage.cli.outcome import Outcome, listed, problems_json, problems_text
from safepassage.cli.run import MALFORMED, OK
from safepassage.domain.claims.conflict import Conflict, Estimate, Version
from safepassage.domain.claims.ledger import Ledger
from safepassage.domain.claims.values import interval_text


def run(options: argparse.Namespace) -> Outcome:
    """Print every contested slot of a ledger and every open question."""
    from safepassage.engines.conflicts import conflicts  # noqa: PLC0415 - needs the numeric libraries

    ledger, problems = ledger_file.load_named(options)
    found = conflicts(ledger)
    parts = [problems_text(problems), *(conflict_text(c) for c in found), _gaps(ledger), _head(ledger, found)]
    data = {
        "conflicts": [asdict(conflict) for conflict in found],
        "gaps": [asdict(gap) for gap in ledger.open_gaps()],
        "problems": problems_json(problems),
    }
    text = "\n\n".join(part for part in parts if part)
    return Outcome(code=MALFORMED if problems else OK, text=text, data=data)


def _head(ledger: Ledger, found: tuple[Conflict, ...]) -> str:
    contested = f"{len(found)} contested of {len(ledger.counting())} claims that count"
    return f"{len(ledger.reports)} reports, {contested}, {len(ledger.open_gaps())} open questions."


def conflict_text(conflict: Conflict) -> str:
    """Return one conflict as people read it: every version by its origin, then what the number may be."""
    lines = [conflict.title]
    lines += [_version(version) for version in conflict.versions]
    if conflict.estimate is not None:
        lines.append(_estimate(conflict, conflict.estimate))
    return listed(lines)


def _version(version: Version) -> str:
    who = f"{version.origin} ({version.side})" if version.side else version.origin
    via = ", ".join(version.outlets)
    said = interval_text(version.low, version.high, version.unit) or version.said
    return f"  {said:<24} reported by {who}, via {via}: “{version.words}”"


def _estimate(conflict: Conflict, estimate: Estimate) -> str:
    asserted = interval_text(conflict.asserted_low, conflict.asserted_high, estimate.unit)
    likely = interval_text(float(f"{estimate.low:.3g}"), float(f"{estimate.high:.3g}"), estimate.unit)
    return f"  asserted {asserted}; with 80 % probability {likely} (no version is taken for true)"


def _gaps(ledger: Ledger) -> str:
    gaps = ledger.open_gaps()
    if not gaps:
        return ""
    return "\n".join(["Not said, to be asked:", *(f"  {gap.question}" for gap in gaps)])

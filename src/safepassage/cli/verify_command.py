"""`safepassage verify`: check a written plan independently of the planner."""

from __future__ import annotations

import argparse

from safepassage.casework.verified_plan import unreadable
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import NOT_VERIFIED, OK
from safepassage_verify import verify_files
from safepassage_verify.files import UnreadableError

SHOWN = 50
ASK = "it may be of another plan. Look who changed it, or plan again, before it is handed out."


def run(options: argparse.Namespace) -> Outcome:
    """Verify and list violations."""
    try:
        verdict = verify_files(options.plan, options.previous)
    except UnreadableError as error:
        raise unreadable(options.plan, error) from error
    record = verdict.record()
    checked = sum(verdict.checks.values())
    if verdict.verified:
        text = f"Verified: {checked:,} checks, none failed. plan.json sha256 {verdict.plan_sha256}"
        text += "".join(f"\nNOT ASSESSED ({v.code}): {v.message}." for v in verdict.not_assessed)
        text += "".join(f"\nCHANGED since it was written: {name}; {ASK}" for name in verdict.files_changed)
        return Outcome(code=OK, text=text, data=record)
    lines = [f"{v.code} at {v.where}: {v.message}" for v in verdict.violations[:SHOWN]]
    failed = sum(verdict.counts.values())
    lines.append(
        f"NOT VERIFIED: {failed:,} of {checked:,} checks failed. Do not use this plan: "
        "ask who made it for the untouched files, or plan again."
    )
    return Outcome(code=NOT_VERIFIED, text="\n".join(lines), data=record)

"""`python -m safepassage_verify PATH [--previous PATH] [--json]`: exit 0 verified, 4 not, 2 unreadable."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from safepassage_verify.files import UnreadableError, verify_files
from safepassage_verify.verdict import Verdict

VERIFIED, UNREADABLE, VIOLATED = 0, 2, 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify one plan, print the answer, return the exit code."""
    parser = argparse.ArgumentParser(
        prog="safepassage_verify", description="Recompute a plan and its bounds from the raw inputs."
    )
    parser.add_argument("path", help="plan.json, or the folder that holds it")
    parser.add_argument("--previous", help="the plan that was gone on from, likewise")
    parser.add_argument("--json", action="store_true", help="print the content of verification.json")
    options = parser.parse_args(arguments)
    try:
        verdict = verify_files(options.path, options.previous)
    except UnreadableError as error:
        print(error, file=sys.stderr)
        return UNREADABLE
    print(json.dumps(verdict.record(), sort_keys=True) if options.json else _text(verdict))
    return VERIFIED if verdict.verified else VIOLATED


def _text(verdict: Verdict) -> str:
    """Return the answer in lines."""
    lines = [f"{v.code} {v.where}: {v.message}" for v in verdict.violations]
    number = sum(verdict.counts.values())
    answer = "verified" if verdict.verified else f"NOT verified: {number} violations"
    lines += [f"NOT ASSESSED {v.code}: {v.message}" for v in verdict.not_assessed]
    return "\n".join([*lines, f"{answer}; {sum(verdict.checks.values())} checks"])


if __name__ == "__main__":
    sys.exit(main())

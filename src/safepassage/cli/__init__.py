"""The command line: a thin shell around the flow."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from safepassage.cli.parser import UsageError, build_parser

__all__ = ["build_parser", "main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code (docs/reference/cli.md)."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        options = build_parser().parse_args(given)
    except UsageError as fault:
        from safepassage.cli.run import refuse_usage  # noqa: PLC0415

        return refuse_usage(str(fault), fault.usage, as_json="--json" in given)
    from safepassage.cli.run import run  # noqa: PLC0415 - `--help` and `--version` need none of the engines

    return run(options)

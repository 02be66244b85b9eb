"""The command line: a thin shell around the flow."""

from __future__ import annotations

from collections.abc import Sequence

from safepassage.cli.parser import build_parser

__all__ = ["build_parser", "main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code (docs/reference/cli.md)."""
    from safepassage.cli.run import run  # noqa: PLC0415 - `--help` and `--version` need none of the engines

    return run(build_parser().parse_args(arguments))

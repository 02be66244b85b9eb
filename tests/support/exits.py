"""Runs the command line as the shell sees it."""

from __future__ import annotations

from typing import Any

from safepassage.cli import main


def exit_code(*arguments: Any) -> int:
    """Return the exit code, whether the command returned it or argparse left with it."""
    try:
        return main([str(argument) for argument in arguments])
    except SystemExit as stopped:
        return int(stopped.code or 0)

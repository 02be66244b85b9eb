"""`safepassage log`: record, read and check what happened."""

from __future__ import annotations

import argparse
from importlib import import_module

from safepassage.cli.outcome import Outcome
from safepassage.cli.release_command import check_export

ACTIONS = ("append", "show", "conflicts", "undo", "verify", "checkpoint", "check-export", "export")


def run(options: argparse.Namespace) -> Outcome:
    """Run one of the commands on a log."""
    if options.action == "check-export":
        return check_export(options)
    name = "append" if options.action == "append" else "reading"
    outcome: Outcome = import_module(f"safepassage.cli.log.log_{name}").run(options)
    return outcome

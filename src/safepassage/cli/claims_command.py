"""`safepassage claims`: what reports propose, what contradicts what, what people decide."""

from __future__ import annotations

import argparse
from importlib import import_module

from safepassage.cli.outcome import Outcome

ACTIONS = ("extract", "import", "conflicts", "why", "table", "decide", "review", "refer")


def run(options: argparse.Namespace) -> Outcome:
    """Run one of the commands on claims."""
    outcome: Outcome = import_module(f"safepassage.cli.claims.claims_{options.action}").run(options)
    return outcome

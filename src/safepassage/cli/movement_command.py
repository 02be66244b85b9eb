"""`safepassage movement`: notify, record answers, follow a movement, look back on it."""

from __future__ import annotations

import argparse
from importlib import import_module

from safepassage.cli.outcome import Outcome

_MODULES = {
    "papers": ("draft", "revise", "check"),
    "copies": ("send", "copy", "desk"),
    "views": ("status", "no-reply", "overdue", "who-sees", "safeguards"),
    "events": (
        "submit", "consent", "acknowledge", "object", "relay", "go", "no-go", "depart", "waypoint", "arrive",
        "abort", "incident", "escalate", "cancel", "close", "undo",
    ),
}  # fmt: skip
"""Module to the actions it runs; only that one is loaded, for a radio desk types many of them."""
ACTIONS = tuple(action for actions in _MODULES.values() for action in actions)


def run(options: argparse.Namespace) -> Outcome:
    """Run one of the commands on movements."""
    module = next(name for name, actions in _MODULES.items() if options.action in actions)
    loaded = import_module(f"safepassage.cli.movement.movement_{module}")
    name = "object_" if options.action == "object" else options.action.replace("-", "_")
    outcome: Outcome = getattr(loaded, name)(options)
    return outcome

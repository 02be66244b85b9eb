"""`safepassage demo`: the main job on the built-in example."""

from __future__ import annotations

import argparse
from dataclasses import replace
from importlib.util import find_spec

from safepassage import example
from safepassage.cli import plan_command
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import OK, UNSERVED

WEIGHED = 1
"""The plan is made again without so many claims, to show what one claim can carry."""


def run(options: argparse.Namespace) -> Outcome:
    """Plan the example; that some of its people cannot be served is its lesson, not a failure."""
    options.case, options.network, options.previous = example.path(), None, None
    options.at, options.claims, options.without, options.weigh = "", None, [], WEIGHED
    options.news = example.texts() if find_spec("spacy") else []
    options.frontier = options.pick = None
    options.close = options.lost = options.no_answer = options.window = options.count = ()
    outcome = plan_command.run(options)
    return replace(outcome, code=OK) if outcome.code == UNSERVED else outcome

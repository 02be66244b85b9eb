"""`safepassage demo`: the main job on the built-in example."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from safepassage import example
from safepassage.casework.many_workers import may_fork
from safepassage.casework.solver_process import SolverProcess
from safepassage.cli import plan_command
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import OK, UNSERVED

CASE = "The case it was planned from, to change or to audit: safepassage init my-case --example"
LIMIT_S, LAST = 60.0, 10
"""The texts are waited for so long once there is a plan, and read when the plan leaves a processor free."""
WEIGHED = 1
"""The plan is made again without so many claims, to show what one claim can carry."""


def run(options: argparse.Namespace) -> Outcome:
    """Plan the example; that some of its people cannot be served is its lesson, not a failure."""
    options.case, options.network, options.previous = example.path(), None, None
    options.at, options.claims, options.without, options.weigh = "", None, [], WEIGHED
    options.news, options.layers, options.store = [], False, False
    options.frontier = options.pick = options.by = options.under_worlds = None
    options.workers, options.cluster, options.chances = 1, "", None
    options.close = options.lost = options.no_answer = options.window = options.count = ()
    # The texts have nothing to do with the plan: another process reads them when nothing else is to be done.
    reader = SolverProcess[list[str]](copied=may_fork())
    try:
        read = reader.begin(_read_beside)
        outcome = plan_command.run(options)
        told = read(LIMIT_S, lambda _: True).last
    finally:
        reader.close()
    text = "\n".join([outcome.text, *(_read() if told is None else told), CASE])
    return replace(outcome, code=OK if outcome.code == UNSERVED else outcome.code, text=text)


def _read_beside() -> Iterator[list[str]]:
    if hasattr(os, "nice"):
        os.nice(LAST)
    yield list(_read())


def _read() -> Iterator[str]:
    """Say what the example's texts propose; the plan is the same wherever no parser is installed."""
    if not find_spec("spacy"):
        return
    from safepassage.cli.claims import claims_extract  # noqa: PLC0415 - loads a parser

    for file in example.texts():
        read = claims_extract.run(_reading(file)).data
        yield (
            f"Read from {file.name}: {len(read['attributions'])} attributions, {len(read['claims'])} claims "
            f"proposed, {len(read['gaps'])} open questions; none is in the plan before a person has seen it."
        )
        yield f"  safepassage claims extract {file}"


def _reading(file: Path) -> argparse.Namespace:
    return argparse.Namespace(
        language="",
        file=file,
        date="",
        outlet="",
        case=example.path(),
        gazetteer=None,
        actors=None,
        into=None,
        model=0,
        store=False,
    )

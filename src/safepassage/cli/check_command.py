"""`safepassage check`: all problems of a case at once."""

from __future__ import annotations

import argparse

from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.reading import read_case_input
from safepassage.cli.run import MALFORMED, OK
from safepassage.domain.case import Case
from safepassage.domain.network_report import Reading


def run(options: argparse.Namespace) -> Outcome:
    """Check a case and, where it can be read, how it lies on its network."""
    given = read_case_input(options.case, options.network)
    problems = given.problems
    if not given.malformed and given.case is not None and given.network is not None:
        from safepassage.engines.overlay import overlay  # noqa: PLC0415 - needs the numeric libraries

        problems = (*problems, *given.located(overlay(given.network.network, given.case).problems))
    errors = sum(p.severity == "error" for p in problems)
    warnings = len(problems) - errors
    head = f"{options.case}: {errors} errors, {warnings} warnings."
    summary = _summary(given.case, given.network)
    lines = [problems_text(problems), summary, head]
    data = {"errors": errors, "warnings": warnings, "problems": problems_json(problems)}
    return Outcome(
        code=MALFORMED if errors else OK, text="\n".join(line for line in lines if line), data=data
    )


def _summary(case: Case | None, network: Reading | None) -> str:
    if case is None or network is None:
        return ""
    decided = sum(row.persons for row in case.demand)
    return (
        f"{case.title}: {len(case.places)} places, {decided:,} persons, "
        f"{sum(v.count for v in case.fleet)} vehicles, {len(case.arrangements)} arrangements, "
        f"{len(case.road_statuses)} road statuses, {len(case.reports)} reports; "
        f"network of {len(network.network.nodes):,} nodes and {len(network.network.arcs):,} arcs."
    )

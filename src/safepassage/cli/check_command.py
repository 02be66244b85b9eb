"""`safepassage check`: all problems of a case at once, and how far its places lie from the roads."""

from __future__ import annotations

import argparse

from safepassage.casework.reading import CaseInput, read_case_input
from safepassage.cli.outcome import Outcome, problems_json, problems_text
from safepassage.cli.run import MALFORMED, OK
from safepassage.domain.counts import people
from safepassage.domain.planning_problem import PlacedPlace
from safepassage.domain.problem import Problem

SHOWN_PLACES = 3


def run(options: argparse.Namespace) -> Outcome:
    """Check a case and, where it can be read, how it lies on its network."""
    given = read_case_input(options.case, options.network)
    found, places = _on_network(given)
    problems = (*given.problems, *found)
    errors = sum(p.severity == "error" for p in problems)
    warnings = len(problems) - errors
    head = f"{options.case}: {_counted(errors, 'error')}, {_counted(warnings, 'warning')}."
    lines = [problems_text(problems), _summary(given), _distances(places), head]
    data = {
        "errors": errors,
        "warnings": warnings,
        "problems": problems_json(problems),
        "snapped": [{"place": p.id, "metres": p.snap_m, "on_network": p.node >= 0} for p in places],
    }
    return Outcome(
        code=MALFORMED if errors else OK, text="\n".join(line for line in lines if line), data=data
    )


def _on_network(given: CaseInput) -> tuple[tuple[Problem, ...], tuple[PlacedPlace, ...]]:
    """Lay the case on its network; return the problems of that and where every place ended up."""
    if given.malformed or given.case is None or given.network is None:
        return (), ()
    from safepassage.engines.overlay import overlay  # noqa: PLC0415 - needs the numeric libraries

    laid = overlay(given.network.network, given.case)
    return given.located(laid.problems), laid.problem.places


def _counted(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _distances(places: tuple[PlacedPlace, ...]) -> str:
    """Say which places were moved furthest to reach a road; places on a named node are not moved."""
    moved = sorted((p for p in places if p.snap_m and p.node >= 0), key=lambda p: (-p.snap_m, p.id))
    if not moved:
        return ""
    furthest = ", ".join(f"{p.name} {p.snap_m:,} m" for p in moved[:SHOWN_PLACES])
    return f"{_counted(len(moved), 'place')} moved to the nearest road; furthest: {furthest}."


def _summary(given: CaseInput) -> str:
    case, network = given.case, given.network
    if case is None or network is None:
        return ""
    persons = sum(row.persons for row in case.demand)
    return (
        f"{case.title}: {_counted(len(case.places), 'place')}, {people(persons)}, "
        f"{_counted(sum(v.count for v in case.fleet), 'vehicle')}, "
        f"{_counted(len(case.arrangements), 'arrangement')}, "
        f"{_counted(len(case.road_statuses), 'road status', 'road statuses')}, "
        f"{_counted(len(case.reports), 'report')}; road network of "
        f"{len(network.network.nodes):,} nodes and {len(network.network.arcs):,} one-way stretches."
    )

"""Checks convoys: all trucks of one drive the same ways in the same order, one soon after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from safepassage_verify.planfile import Leg, Plan
from safepassage_verify.trips import Travel
from safepassage_verify.verdict import Findings

CODE = "AID_CONVOY"
LEAST = 2
Rows = Mapping[str, Any]


def check_convoys(given: Rows, trucks: Plan, happens: Travel, findings: Findings) -> None:
    """Note convoys that fall apart, by the trucks that were given and what their legs come to.

    The trucks of a convoy stand in line in order of id. Whoever is behind enters every road no sooner than
    the headway, and no later than the headway and the slack, after the one in front.
    """
    legs = {name: rows for name, rows in trucks.vehicles if rows}
    numbers, first = dict[str, int](), 0
    for name, rows in trucks.vehicles:
        numbers[name] = first
        first += len(rows)
    headway_s = given["rules"]["headway_s"]
    span_s = (headway_s, headway_s + given["rules"].get("convoy_slack_s", 0))
    for convoy, line in _lines(given["trucks"]):
        where = f"aid.trucks convoy {convoy}"
        away = [name for name in line if name in legs]
        holds = not away or (away == line and len(line) >= LEAST)
        message = f"{len(away)} of its {len(line)} trucks drive"
        findings.require(CODE, where, holds=holds, message=message)
        for front, behind in pairwise(away):
            same = _ways(legs[front], trucks) == _ways(legs[behind], trucks)
            findings.require(CODE, where, holds=same, message=f"{behind} drives other ways than {front}")
            if same:
                _check_gaps((front, behind), numbers, len(legs[front]), happens, span_s, (where, findings))


def heaviest(trucks: Sequence[Rows]) -> dict[str, int]:
    """Return by convoy what its heaviest truck weighs: all of them drive where it can."""
    found: dict[str, int] = {}
    for row in trucks:
        if "convoy" in row:
            found[row["convoy"]] = max(row["weight_kg"], found.get(row["convoy"], 0))
    return found


def _lines(trucks: Sequence[Rows]) -> Iterator[tuple[str, list[str]]]:
    """Yield each convoy on each day, with its trucks in line."""
    found: dict[tuple[str, int], list[str]] = {}
    for row in trucks:
        if "convoy" in row:
            found.setdefault((row["convoy"], row["day"]), []).append(row["id"])
    for (name, day), line in sorted(found.items()):
        yield f"{name} on day {day + 1}", sorted(line)


def _ways(legs: Sequence[Leg], trucks: Plan) -> list[Any]:
    routes = (trucks.routes[leg.route] for leg in legs)
    return [(route.from_node, route.to_node, np.asarray(route.arcs).tolist()) for route in routes]


def _check_gaps(
    pair: tuple[str, str], numbers: Mapping[str, int], count: int, happens: Travel, span_s: tuple[int, int],
    said: tuple[str, Findings],
) -> None:  # fmt: skip
    """Check how long after the one in front a truck enters each road."""
    where, findings = said
    for k in range(count):
        front, behind = (_entered(happens, numbers[name] + k) for name in pair)
        findings.checked(CODE, len(front))
        if len(front) != len(behind):
            findings.add(CODE, where, f"{pair[1]} and {pair[0]} cannot be followed on leg {k}")
            continue
        apart_s = behind - front
        for gap_s in apart_s[(apart_s < span_s[0]) | (apart_s > span_s[1])].tolist():
            message = f"{pair[1]} enters a road {gap_s} s after {pair[0]} on leg {k}: {span_s} is allowed"
            findings.add(CODE, where, message)


def _entered(happens: Travel, trip: int) -> Any:
    """Return in which seconds a trip enters its roads, in order."""
    entered = happens.entries.t[happens.entries.trip == trip].astype(np.int64)
    return np.sort(entered, kind="stable")

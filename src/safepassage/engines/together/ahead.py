"""How far all plans together run ahead, by the second, of what the roads they share let in."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import pairwise

from safepassage.domain.plan import Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.regions import RoadEnds, Thing
from safepassage.domain.timed_network import TimedNetwork
from safepassage.engines.together.shared import HOUR_S, drives, entries

Step = tuple[int, int, int]
"""From, until, thousandths of car units an hour."""
Made = Sequence[tuple[PlanningProblem, Schedule]]


def most_ahead(plans: Made, divided: Container[Thing]) -> tuple[int, RoadEnds | None]:
    """Return the most car units (thousandths) ahead on a road that several plans use, and which road.

    It is the content of a leaky bucket, as the verifier has it for one plan. On a road that is `divided` each
    plan's problem has its part of the capacity, and the parts add up; elsewhere the smallest counts.
    """
    entered: dict[RoadEnds, dict[int, list[tuple[int, int]]]] = {}
    arcs: dict[tuple[RoadEnds, int], int] = {}
    for k, (problem, schedule) in enumerate(plans):
        network = problem.network
        ends = _ends(network)
        for route, depart_s, waits, units in drives(problem, schedule):
            for arc, second in entries(network, route, depart_s, waits):
                entered.setdefault(ends[arc], {}).setdefault(k, []).append((second, units))
                arcs[ends[arc], k] = arc
    most: tuple[int, RoadEnds | None] = (0, None)
    for road, rows in sorted(entered.items()):
        if len(rows) > 1:
            steps = _steps([(plans[k][0].network, arcs[road, k]) for k in rows], divided=road in divided)
            found = ahead_of([row for events in rows.values() for row in events], steps)
            most = max(most, (found, road), key=lambda one: one[0])
    return most


def ahead_of(events: Iterable[tuple[int, int]], steps: Sequence[Step]) -> int:
    """Return the most by which events (second, thousandths of units) run ahead of steps that cover time."""
    by_second: dict[int, int] = {}
    for second, units in events:
        by_second[second] = by_second.get(second, 0) + units
    level = before = most = 0
    for second, units in sorted(by_second.items()):
        level = max(0, level - _allowed(steps, before, second)) + units * HOUR_S
        most, before = max(most, level - _allowed(steps, second, second + 1)), second
    return -(-most // HOUR_S)


def _allowed(steps: Sequence[Step], first: int, last: int) -> int:
    return sum(rate * max(0, min(until, last) - max(since, first)) for since, until, rate in steps)


def _steps(users: Sequence[tuple[TimedNetwork, int]], *, divided: bool) -> list[Step]:
    rates = [_rates(network, arc) for network, arc in users]
    cuts = sorted({cut for rows in rates for since, until, _ in rows for cut in (since, until)})
    join = sum if divided else min
    return [
        (since, until, join(rate for rows in rates for a, b, rate in rows if a <= since < b))
        for since, until in pairwise(cuts)
    ]


def _rates(network: TimedNetwork, arc: int) -> list[Step]:
    pieces = network.profiles.get(arc)
    if pieces is None:
        return [(0, network.horizon_s, int(network.arcs.capacity_mveh_h[arc]))]
    return [(piece.from_s, piece.until_s, piece.capacity_mveh_h) for piece in pieces]


def _ends(network: TimedNetwork) -> Mapping[int, RoadEnds]:
    names = network.node_id.tolist()
    both = zip(network.arcs.tail.tolist(), network.arcs.head.tolist(), strict=True)
    return {arc: (str(names[tail]), str(names[head])) for arc, (tail, head) in enumerate(both)}

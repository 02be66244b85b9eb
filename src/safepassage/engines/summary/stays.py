"""Who is on which arc from when to when, and how exposed the worst journey is."""

from __future__ import annotations

from collections.abc import Iterator

from safepassage.domain.frontier import Stay
from safepassage.domain.plan import Schedule, Waits
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.summary.totals import Walk, loaded_legs

Run = tuple[tuple[int, ...], int, Waits, int | None, int]
"""Arcs, departure, waits, since when people wait for the first arc (None: they do not), persons."""


def stays(problem: PlanningProblem, schedule: Schedule) -> list[Stay]:
    """Return the stays of decided persons on arcs that have a hazard in any layer, waits included."""
    network, walk = problem.network, Walk(problem.network)
    hazardous = {arc for event in network.events for arc, _ in event.shares} | set(network.hazard)
    found: dict[tuple[int, int, int], int] = {}
    for arcs, depart_s, waits, since_s, persons in _runs(schedule, walk):
        if hazardous.isdisjoint(arcs):
            continue
        for position, (arc, reached, left) in enumerate(walk.steps(arcs, depart_s, waits)):
            start = reached if position or since_s is None else since_s
            if arc in hazardous:
                found[arc, start, left] = found.get((arc, start, left), 0) + persons
    return [Stay(arc, start, left, persons) for (arc, start, left), persons in sorted(found.items())]


def worst_journey_ppm_s(problem: PlanningProblem, schedule: Schedule) -> int:
    """Return the largest exposure of a journey, reserves too; where histories mix, the highest counts."""
    walk = Walk(problem.network)
    worst = 0
    for stream in schedule.cars:
        arcs = schedule.routes[stream.route].arcs
        for car in stream.departures:
            worst = max(worst, walk.exposure_ppm_s(arcs, car.depart_s, car.waits))
    so_far: dict[tuple[str, str, str, str, bool], int] = {}
    arrivals: dict[str, int] = {}
    for arcs, leg in loaded_legs(schedule, walk):
        arrivals[leg.id] = leg.arrive_s
        for item in leg.load:
            kind = (item.place, item.group, item.direction, item.reserve)
            since_s = arrivals.get(item.after) if item.after else None
            own = walk.exposure_ppm_s(arcs, leg.depart_s, leg.waits, since_s)
            own += so_far.get((item.after, *kind), 0)
            so_far[leg.id, *kind] = max(own, so_far.get((leg.id, *kind), 0))
            worst = max(worst, own)
    return worst


def _runs(schedule: Schedule, walk: Walk) -> Iterator[Run]:
    """Yield what decided persons travel, in order of departure where they change."""
    for stream in schedule.cars:
        arcs = schedule.routes[stream.route].arcs
        for car in stream.departures if not stream.reserve else ():
            yield arcs, car.depart_s, car.waits, None, car.persons
    arrivals: dict[str, int] = {}
    for arcs, leg in loaded_legs(schedule, walk):
        arrivals[leg.id] = leg.arrive_s
        for item in leg.load:
            if not item.reserve:
                yield (
                    arcs, leg.depart_s, leg.waits, arrivals.get(item.after) if item.after else None,
                    item.persons,
                )  # fmt: skip

"""The roads as a schedule leaves them: what else may still drive, and when."""

from __future__ import annotations

from collections.abc import Iterator

from safepassage.domain.network import Mode
from safepassage.domain.plan import Load, Route, Schedule, Waits
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.evacuate.roadway import Roadway
from safepassage.engines.evacuate.runs import Runs, Use


def roads_left(problem: PlanningProblem, schedule: Schedule) -> tuple[Roadway, frozenset[int]]:
    """Return the roads with every movement of a schedule booked, and arcs that others have to keep off.

    The second part is empty unless a movement finds no room in its own seconds, as those of an earlier plan
    may on roads that have changed: others then stay off all its arcs.
    """
    roads = Roadway(problem)
    runs = Runs(problem, roads, 0)
    every = [runs.run(*row) for row in _uses(problem, schedule)]
    runs.book(every)
    return roads, frozenset(arc for run in every if not run.fits for arc in run.route.arcs)


def _uses(problem: PlanningProblem, schedule: Schedule) -> Iterator[tuple[Route, int, Waits, Use]]:
    rules, arcs = problem.rules, problem.network.arcs
    vehicles = {vehicle.id: vehicle for vehicle in problem.fleet}
    for stream in schedule.cars:
        for car in stream.departures:
            use = Use(
                modes=int(Mode.CAR), directions=problem.direction_bit(stream.direction),
                weight_kg=rules.car_weight_kg, units_mveh=rules.car_units_mveh, persons=car.persons,
            )  # fmt: skip
            yield schedule.routes[stream.route], car.depart_s, car.waits, use
    for chain in schedule.vehicles:
        vehicle = vehicles[chain.id]
        for leg in chain.legs:
            use = Use(
                modes=int(Mode.BUS), directions=_bits(problem, leg.load), weight_kg=vehicle.weight_kg,
                units_mveh=vehicle.units_mveh, persons=sum(item.persons for item in leg.load),
            )  # fmt: skip
            yield schedule.routes[leg.route], leg.depart_s, leg.waits, use
    for ride in schedule.link_rides:
        route = Route(from_node=int(arcs.tail[ride.arc]), to_node=int(arcs.head[ride.arc]), arcs=(ride.arc,))
        use = Use(
            modes=int(arcs.modes[ride.arc]), directions=_bits(problem, ride.load), weight_kg=0, units_mveh=0,
            persons=sum(item.persons for item in ride.load),
        )  # fmt: skip
        yield route, ride.depart_s, (), use


def _bits(problem: PlanningProblem, load: tuple[Load, ...]) -> int:
    found = 0
    for item in load:
        found |= problem.direction_bit(item.direction)
    return found

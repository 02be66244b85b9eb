"""When decided persons of one direction arrive, by all means."""

from __future__ import annotations

from safepassage.domain.plan import Schedule, Waits
from safepassage.domain.planning_problem import PlanningProblem


def arrivals(problem: PlanningProblem, schedule: Schedule, direction: str) -> list[tuple[int, int]]:
    """Return (second, persons) of every arrival at a site, in order."""
    found: list[tuple[int, int]] = []
    for stream in schedule.cars:
        if stream.direction == direction and not stream.reserve:
            arcs = schedule.routes[stream.route].arcs
            found.extend(
                (_end(problem, arcs, car.depart_s, car.waits), car.persons) for car in stream.departures
            )
    for vehicle in schedule.vehicles:
        for leg in vehicle.legs:
            found.extend(
                (leg.arrive_s, i.persons)
                for i in leg.load if i.site and i.direction == direction and not i.reserve
            )  # fmt: skip
    for ride in schedule.link_rides:
        arrive_s = _end(problem, (ride.arc,), ride.depart_s, ())
        found.extend(
            (arrive_s, i.persons)
            for i in ride.load if i.site and i.direction == direction and not i.reserve
        )  # fmt: skip
    return sorted(found)


def _end(problem: PlanningProblem, arcs: tuple[int, ...], depart_s: int, waits: Waits) -> int:
    network, waited, t = problem.network, dict(waits), depart_s
    for position, arc in enumerate(arcs):
        t += waited.get(position, 0)
        pieces = network.profiles.get(arc)
        if pieces is None:
            t += int(network.arcs.travel_s[arc])
        else:
            t += next((p.travel_s for p in pieces if p.from_s <= t < p.until_s), pieces[-1].travel_s)
    return t

"""People on links: they walk to a station, quay or bridge just in time and ride in order of departures."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from safepassage.domain.case import Group
from safepassage.domain.plan import LinkRide, Load
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.engines.quickest.supply import Supply, Way

HOUR_S = 3_600
ON_FOOT = str(Group.NEEDS_TRANSPORT)
"""People who walk to a link leave their car: in the model they need transport."""


@dataclass(slots=True)
class Rides:
    """Rides in the order they were made, and how many persons of each place they carry."""

    rides: list[LinkRide] = field(default_factory=list)
    persons: dict[str, int] = field(default_factory=dict)
    last_arrival_s: int = 0


def ride(problem: PlanningProblem, supply: Supply, ways: list[Way]) -> Rides:
    """Return the rides of people whose way leads over links (a walk, then one ride) and who find a place."""
    found = Rides()
    persons = {s.place: s.persons for s in supply.starts}
    queues: dict[int, list[tuple[int, str, int, int]]] = {}
    travel = problem.network.arcs.travel_s
    for way in ways:
        wanted = min(way.cars * problem.rules.persons_per_car, persons[way.place])
        if way.by_link and len(way.arcs) == 2 and wanted:  # noqa: PLR2004 - a walk, then a ride
            persons[way.place] -= wanted
            queue = queues.setdefault(way.arcs[1], [])
            queue.append((int(travel[way.arcs[0]]), way.place, way.arcs[0], wanted))
    number = count(1)
    for arc in sorted(queues):
        _fill(problem, supply, found, arc, sorted(queues[arc]), number)
    return found


def _departures(problem: PlanningProblem, arc: int, since_s: int, persons: int) -> list[tuple[int, int]]:
    """Return (second, places): those of the timetable, or small groups as fast as they may pass."""
    rows = problem.network.timetables.get(arc)
    if rows is not None:
        return sorted((t, n) for t, n in rows if t >= since_s)
    limit, group = int(problem.network.arcs.persons_h[arc]), problem.rules.burst_persons
    if limit < 0:
        return [(since_s, persons)]
    if not limit:
        return []
    apart = -(-HOUR_S * group // limit)
    return [(since_s + i * apart, group) for i in range(-(-persons // group))]


def _fill(
    problem: PlanningProblem, supply: Supply, found: Rides, arc: int,
    queue: list[tuple[int, str, int, int]], number: count[int],
) -> None:  # fmt: skip
    travel_s, site = (
        int(problem.network.arcs.travel_s[arc]),
        supply.sites[int(problem.network.arcs.head[arc])],
    )
    left = {i: persons for i, (*_, persons) in enumerate(queue)}
    for depart_s, room in _departures(problem, arc, queue[0][0], sum(left.values())):
        loads, places = [], room
        for i, (walk_s, place, walk, _) in enumerate(queue):
            taken = min(left[i], places)
            if not taken or walk_s > depart_s or depart_s + travel_s > problem.network.horizon_s:
                continue
            left[i] -= taken
            places -= taken
            walked = Load(
                place=place, group=ON_FOOT, direction=supply.direction, persons=taken, reserve=False
            )
            first = LinkRide(id=f"r{next(number)}", arc=walk, depart_s=depart_s - walk_s, load=(walked,))
            found.rides.append(first)
            loads.append(
                Load(place=place, group=ON_FOOT, direction=supply.direction, persons=taken, reserve=False,
                     after=first.id, site=site)
            )  # fmt: skip
            found.persons[place] = found.persons.get(place, 0) + taken
        if loads:
            found.rides.append(LinkRide(id=f"r{next(number)}", arc=arc, depart_s=depart_s, load=tuple(loads)))
            found.last_arrival_s = max(found.last_arrival_s, depart_s + travel_s)

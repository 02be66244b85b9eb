"""Loads of roads by hour and of sites, and where plans of several regions meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from safepassage.domain.plan import Schedule, Waits
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.regions import RegionUse, RoadEnds, RoadHour, SharedHour, SharedSite, SiteUse
from safepassage.domain.timed_network import TimedNetwork

HOUR_S = 3_600
Drive = tuple[tuple[int, ...], int, Waits, int]
"""Arcs, second of departure, waits, car units in thousandths."""


def region_use(problem: PlanningProblem, schedule: Schedule) -> RegionUse:
    """Return what a plan uses; `problem` is that of the region alone, with all that others use as well."""
    return RegionUse(hours=road_hours(problem, schedule), sites=_sites(problem, schedule))


def _sites(problem: PlanningProblem, schedule: Schedule) -> tuple[SiteUse, ...]:
    persons = Counter[str]()
    for stream in schedule.cars:
        persons[stream.site] += sum(car.persons for car in stream.departures)
    legs = (leg.load for chain in schedule.vehicles for leg in chain.legs)
    for load in (*legs, *(ride.load for ride in schedule.link_rides)):
        for item in load:
            persons[item.site] += item.persons
    return tuple(
        SiteUse(id=p.id, name=p.name, persons=persons[p.id], capacity_persons=p.capacity_persons)
        for p in problem.places
        if persons[p.id]
    )


def road_hours(problem: PlanningProblem, schedule: Schedule) -> tuple[RoadHour, ...]:
    """Return what a plan, with its reserves, sends into each arc in each hour; no trains, nobody on foot."""
    network, loads = problem.network, Counter[tuple[int, int]]()
    for arcs, depart_s, waits, units in drives(problem, schedule):
        for arc, entered in entries(network, arcs, depart_s, waits):
            loads[arc, entered // HOUR_S] += units
    names, label = network.node_id.tolist(), network.arcs.label
    tail, head = network.arcs.tail.tolist(), network.arcs.head.tolist()
    return tuple(
        RoadHour(
            ends=(str(names[tail[arc]]), str(names[head[arc]])), label=str(label[arc]), hour=hour,
            load_mveh=load, capacity_mveh=_capacity(network, arc, hour),
        )
        for (arc, hour), load in sorted(loads.items())
    )  # fmt: skip


def shared_hours(plans: Mapping[str, Sequence[RoadHour]]) -> tuple[SharedHour, ...]:
    """Return the arcs and hours that more than one plan uses, those with most too many first.

    Where regions say different things of an arc, the smaller capacity counts.
    """
    users: dict[tuple[RoadEnds, int], list[tuple[str, RoadHour]]] = {}
    for name, rows in sorted(plans.items()):
        for row in rows:
            users.setdefault((row.ends, row.hour), []).append((name, row))
    found = [
        SharedHour(
            ends=ends, label=rows[0][1].label, hour=hour,
            capacity_mveh=min(row.capacity_mveh for _, row in rows),
            loads=tuple((name, row.load_mveh) for name, row in rows),
        )
        for (ends, hour), rows in users.items()
        if len({name for name, _ in rows}) > 1
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda row: (-row.over_mveh, row.hour, row.ends)))


def shared_sites(plans: Mapping[str, Sequence[SiteUse]]) -> tuple[SharedSite, ...]:
    """Return the reception sites that more than one plan uses, by id; the smaller capacity counts."""
    users: dict[str, list[tuple[str, SiteUse]]] = {}
    for name, rows in sorted(plans.items()):
        for row in rows:
            users.setdefault(row.id, []).append((name, row))
    return tuple(
        SharedSite(
            id=key, name=rows[0][1].name, capacity_persons=_least([row.capacity_persons for _, row in rows]),
            loads=tuple((name, row.persons) for name, row in rows),
        )
        for key, rows in sorted(users.items())
        if len(rows) > 1
    )  # fmt: skip


def _least(capacities: Sequence[int]) -> int:
    """Return the smallest capacity, -1 where none has a limit."""
    return min((one for one in capacities if one >= 0), default=-1)


def drives(problem: PlanningProblem, schedule: Schedule) -> Iterator[Drive]:
    """Yield every car and every leg of a vehicle; no trains, nobody on foot."""
    units = {vehicle.id: vehicle.units_mveh for vehicle in problem.fleet}
    for stream in schedule.cars:
        arcs = schedule.routes[stream.route].arcs
        for car in stream.departures:
            yield arcs, car.depart_s, car.waits, problem.rules.car_units_mveh
    for chain in schedule.vehicles:
        for leg in chain.legs:
            yield schedule.routes[leg.route].arcs, leg.depart_s, leg.waits, units[chain.id]


def entries(
    network: TimedNetwork, arcs: tuple[int, ...], depart_s: int, waits: Waits
) -> Iterator[tuple[int, int]]:
    """Yield (arc, second in which it is entered)."""
    t, waited = depart_s, dict(waits)
    for position, arc in enumerate(arcs):
        t += waited.get(position, 0)
        yield arc, t
        pieces = network.profiles.get(arc, ())
        own = int(network.arcs.travel_s[arc])
        t += next((piece.travel_s for piece in pieces if piece.from_s <= t < piece.until_s), own)


def _capacity(network: TimedNetwork, arc: int, hour: int) -> int:
    """Return the car units (thousandths) that may enter an arc in an hour."""
    pieces, start, end = network.profiles.get(arc), hour * HOUR_S, (hour + 1) * HOUR_S
    if pieces is None:
        return int(network.arcs.capacity_mveh_h[arc])
    spans = ((max(start, p.from_s), min(end, p.until_s), p.capacity_mveh_h) for p in pieces)
    return sum(capacity * max(0, until - since) for since, until, capacity in spans) // HOUR_S

"""A plan of an area → the one sheet that says it."""

from __future__ import annotations

import numpy as np

from safepassage.domain.estimate_sheet import BottleneckRow, EstimateSheet, ExitRow, StartRow
from safepassage.domain.network import RoadNetwork
from safepassage.domain.plan import Plan, Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.problem import Problem
from safepassage.domain.quick_look import QuickLook
from safepassage.engines.estimate.bottleneck import Bottleneck, in_words
from safepassage.engines.estimate.prepare import Prepared

STEPS = 240
"""Steps of the arrival curve: finer ones cannot be seen."""


def sheet(
    look: QuickLook, network: RoadNetwork, prepared: Prepared, problem: PlanningProblem, plan: Plan,
    *, limit: Bottleneck | None, problems: tuple[Problem, ...],
) -> EstimateSheet:  # fmt: skip
    """Return what the plan says; arcs are those of the map."""
    row = plan.directions[0]
    arrivals = _arrivals(problem, plan.schedule)
    by_link = sum(i.persons for r in plan.schedule.link_rides for i in r.load if i.site)
    return EstimateSheet(
        title=look.area_name, persons=row.persons_demand, served=row.persons_served,
        cars=sum(len(s.departures) for s in plan.schedule.cars), by_link=by_link,
        clearance_s=row.clearance_s, bound_s=row.clearance_bound_s, gap_ppm=row.gap_ppm,
        bottleneck="" if limit is None else in_words(problem, limit, _bridges(network, prepared)),
        roads=tuple(
            BottleneckRow(name=r.name, vehicles_h=r.vehicles_h, persons_h=r.persons_h, persons=r.persons,
                          arcs=_on_map(prepared, r.arcs))
            for r in (() if limit is None else limit.roads)
        ),
        exits=_exits(problem, arrivals),
        starts=tuple(
            StartRow(lon_e7=p.lon_e7, lat_e7=p.lat_e7, persons=p.population)
            for p in prepared.case.places if p.population and p.lon_e7 is not None and p.lat_e7 is not None
        ),
        arrivals=_curve([(t, n) for _, t, n in arrivals]),
        envelope=tuple((p.t_s, p.persons_at_most) for p in plan.certificate.envelope),
        flows=_flows(prepared, plan.schedule), area=look.area,
        assumptions=tuple(a.text for a in prepared.assumptions),
        warnings=tuple(f"{p.message}: {p.hint}" for p in problems),
        attribution=network.source.attribution, version=plan.made_with.version,
    )  # fmt: skip


def _bridges(network: RoadNetwork, prepared: Prepared) -> frozenset[int]:
    """Return the arcs of the problem that are bridges on the map."""
    bridge = network.arcs.bridge
    return frozenset(i for i, arc in enumerate(prepared.arc_of) if arc >= 0 and bool(bridge[arc]))


def _on_map(prepared: Prepared, arcs: tuple[int, ...]) -> tuple[int, ...]:
    known = prepared.arc_of
    return tuple(known[a] for a in arcs if a < len(known) and known[a] >= 0)


def _arrivals(problem: PlanningProblem, schedule: Schedule) -> list[tuple[str, int, int]]:
    """Return (site, second, persons) of every arrival, in order."""
    travel = problem.network.arcs.travel_s
    found: list[tuple[str, int, int]] = []
    for stream in schedule.cars:
        seconds = int(travel[list(schedule.routes[stream.route].arcs)].sum())
        found.extend(
            (stream.site, d.depart_s + seconds + sum(w for _, w in d.waits), d.persons)
            for d in stream.departures
        )
    for ride in schedule.link_rides:
        arrive_s = ride.depart_s + int(travel[ride.arc])
        found.extend((item.site, arrive_s, item.persons) for item in ride.load if item.site)
    return sorted(found, key=lambda row: (row[1], row[0]))


def _curve(arrivals: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Return (second, persons so far), a few hundred steps, none of them too early."""
    if not arrivals:
        return ()
    times = np.asarray([t for t, _ in arrivals])
    sums = np.cumsum([n for _, n in arrivals])
    step = max(1, int(times[-1]) // STEPS)
    last = np.append(np.flatnonzero(np.diff(times // step)), len(times) - 1)
    return tuple((int(times[i]), int(sums[i])) for i in last)


def _exits(problem: PlanningProblem, arrivals: list[tuple[str, int, int]]) -> tuple[ExitRow, ...]:
    """Return the ways out that are used, the busiest first."""
    persons: dict[str, int] = {}
    last: dict[str, int] = {}
    for site, second, number in arrivals:
        persons[site] = persons.get(site, 0) + number
        last[site] = second
    places = {p.id: p for p in problem.places}
    lon, lat = problem.network.lon_e7, problem.network.lat_e7
    rows = [
        ExitRow(
            name=places[site].name, kind="link" if site.count("-") > 1 else "road",
            lon_e7=int(lon[places[site].node]), lat_e7=int(lat[places[site].node]), persons=number,
            last_s=last[site],
        )
        for site, number in persons.items()
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda r: (-r.persons, r.name, r.lon_e7)))


def _flows(prepared: Prepared, schedule: Schedule) -> tuple[tuple[int, int], ...]:
    found: dict[int, int] = {}
    for stream in schedule.cars:
        persons = sum(d.persons for d in stream.departures)
        for arc in _on_map(prepared, schedule.routes[stream.route].arcs):
            found[arc] = found.get(arc, 0) + persons
    return tuple(sorted(found.items()))

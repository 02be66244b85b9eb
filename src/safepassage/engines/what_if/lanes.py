"""A lane that leads in, driven outwards: the problem with it, and what it takes from those who come in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.network import Mode
from safepassage.domain.plan import Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.what_if import AidWay, Lane
from safepassage.engines.what_if.stretches import persons_by_arc
from safepassage.kernels.graphs.shortest_paths import ArcGraph

MVEH = 1_000


def borrowed(
    problem: PlanningProblem, schedule: Schedule, road: str
) -> tuple[PlanningProblem, tuple[Lane, ...], tuple[AidWay, ...]]:
    """Return the problem with the inward lanes of a road driven outwards, those lanes, and the ways for aid.

    Outwards is the way more people of the plan drive. The lane that leads in is closed to everybody who comes
    in: aid, empty buses, returning families. No lane is found where the plan does not use the road, or where
    it is a one-way road.
    """
    columns = problem.network.arcs
    twins = _twins(problem, road)
    persons = persons_by_arc(schedule)
    pairs = [(a, b) for a, b in twins if persons.get(a, 0) > persons.get(b, 0)]
    capacity, profiles = columns.capacity_mveh_h.astype(np.int64).copy(), dict(problem.network.profiles)
    lanes = []
    for arc, twin in pairs:
        # Pieces of time would have to be joined: roads that change over the grid keep their lanes.
        if arc in profiles or twin in profiles or not capacity[twin]:
            continue
        lanes.append(
            Lane(
                name=str(columns.label[arc]), arc=arc, twin=twin, length_m=int(columns.length_m[arc]),
                outward_veh_h=int(capacity[arc]) // MVEH, inward_veh_h=int(capacity[twin]) // MVEH,
            )
        )  # fmt: skip
        capacity[arc] += capacity[twin]
        capacity[twin] = 0
    network = replace(problem.network, arcs=replace(columns, capacity_mveh_h=capacity))
    after = replace(problem, network=network)
    return after, tuple(lanes), _aid(problem, after) if lanes else ()


def _twins(problem: PlanningProblem, road: str) -> list[tuple[int, int]]:
    """Return (arc, arc of the other way) of all stretches of a road, each in both orders."""
    columns, wanted = problem.network.arcs, road.casefold()
    mine = [
        a for a, label in enumerate(columns.label.tolist())
        if label.casefold() == wanted or label.casefold().startswith(wanted + " ")
        or label.casefold().endswith(" " + wanted)
    ]  # fmt: skip
    drives = {a for a in mine if int(columns.modes[a]) & int(Mode.road()) and not bool(columns.gate[a])}
    by_ends: dict[tuple[int, int, int], int] = {}
    for arc in sorted(drives):
        ends = (int(columns.tail[arc]), int(columns.head[arc]), int(columns.length_m[arc]))
        by_ends.setdefault(ends, arc)
    return [
        (arc, by_ends[head, tail, metres])
        for (tail, head, metres), arc in by_ends.items() if (head, tail, metres) in by_ends
    ]  # fmt: skip


def _aid(before: PlanningProblem, after: PlanningProblem) -> tuple[AidWay, ...]:
    """Return the fastest empty ways into settlements, from sites and bases, where they change."""
    bases = {v.base_node: v.id for v in reversed(before.fleet) if v.base_node >= 0}
    for place in reversed(before.places):
        if place.direction and place.node >= 0:
            bases[place.node] = place.id
    names = {p.id: p.name for p in before.places}
    people = {row.place for row in before.demand if row.persons}
    homes = [p for p in before.places if p.id in people and p.node >= 0 and not p.direction]
    found = []
    for base, origin in sorted(bases.items()):
        then, now = _times(before, base), _times(after, base)
        for home in homes:
            times = [int(c[home.node]) if np.isfinite(c[home.node]) else -1 for c in (then, now)]
            if times[0] != times[1]:
                row = AidWay(
                    origin=names.get(origin, origin), place=home.name, before_s=times[0], after_s=times[1]
                )
                found.append(row)
    return tuple(sorted(found, key=lambda w: (w.after_s >= 0, w.before_s - w.after_s, w.origin, w.place)))


def _times(problem: PlanningProblem, base: int) -> NDArray[np.float64]:
    columns = problem.network.arcs
    is_open = columns.capacity_mveh_h > 0
    for arc, pieces in problem.network.profiles.items():
        is_open[arc] = any(p.capacity_mveh_h > 0 for p in pieces)
    usable = is_open & columns.empty_ok & ((columns.modes & int(Mode.road())) != 0)
    graph = ArcGraph(columns.tail, columns.head, problem.network.n_nodes, usable)
    return graph.tree(columns.travel_s.astype(np.float64), [base]).cost

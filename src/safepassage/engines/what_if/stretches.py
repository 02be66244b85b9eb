"""Stretches of road that a plan uses, bridges first, and the problem without some of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from safepassage.domain.plan import Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.what_if import Stretch

BRIDGE, LINK = "bridge", "link"
Edge = tuple[int, int, str]


def closed(problem: PlanningProblem, arcs: Iterable[int]) -> PlanningProblem:
    """Return the problem with arcs closed throughout."""
    gone = sorted(set(arcs))
    network, columns = problem.network, problem.network.arcs
    capacity = columns.capacity_mveh_h.copy()
    capacity[gone] = 0
    shut = frozenset(gone)
    profiles = {arc: pieces for arc, pieces in network.profiles.items() if arc not in shut}
    left = replace(network, arcs=replace(columns, capacity_mveh_h=capacity), profiles=profiles)
    return replace(problem, network=left)


def persons_by_arc(schedule: Schedule) -> dict[int, int]:
    """Return decided persons on each arc, both directions and all means together."""
    found: dict[int, int] = {}
    rides = [
        (schedule.routes[s.route].arcs, sum(d.persons for d in s.departures))
        for s in schedule.cars if not s.reserve
    ]  # fmt: skip
    rides += [
        (schedule.routes[leg.route].arcs, sum(i.persons for i in leg.load if not i.reserve))
        for v in schedule.vehicles for leg in v.legs
    ]  # fmt: skip
    rides += [((r.arc,), sum(i.persons for i in r.load if not i.reserve)) for r in schedule.link_rides]
    for arcs, persons in rides:
        for arc in arcs if persons else ():
            found[arc] = found.get(arc, 0) + persons
    return found


def in_use(
    problem: PlanningProblem, schedule: Schedule, bridges: frozenset[int], *, most: int
) -> tuple[tuple[Stretch, ...], int]:
    """Return every bridge in use and the `most` most used stretches, and how many bridges are not in use.

    Arcs of one road that follow each other and carry the same persons are one stretch; a bridge is all arcs
    of one road that hang together and are bridges. Both ways belong together.
    """
    persons = persons_by_arc(schedule)
    edges = _edges(problem, persons)
    over = _edges(problem, dict.fromkeys(bridges, 0))
    all_bridges = [_stretch(problem, BRIDGE, g, over, persons) for g in _joined(over, {})]
    used = [b for b in all_bridges if b.persons]
    on_bridges = {arc for b in all_bridges for arc in b.arcs}
    carried = {e: sum(persons.get(a, 0) for a in arcs) for e, arcs in edges.items()}
    plain = [_stretch(problem, LINK, g, edges, persons) for g in _joined(edges, carried)]
    others = [s for s in _ranked(plain) if not on_bridges.issuperset(s.arcs)]
    return (*_ranked(used), *others[:most]), len(all_bridges) - len(used)


def _ranked(stretches: list[Stretch]) -> list[Stretch]:
    return sorted(stretches, key=lambda s: (-s.persons, s.name, s.arcs))


def _edges(problem: PlanningProblem, arcs: dict[int, int]) -> dict[Edge, tuple[int, ...]]:
    """Return all arcs of the edges (ends without order, label) on which these arcs lie."""
    columns = problem.network.arcs
    low, high = np.minimum(columns.tail, columns.head), np.maximum(columns.tail, columns.head)
    wanted = {(int(low[a]), int(high[a])) for a in arcs}
    nodes = sorted({node for pair in wanted for node in pair})
    near = np.flatnonzero(np.isin(columns.tail, nodes) & np.isin(columns.head, nodes)).tolist()
    found: dict[Edge, list[int]] = {}
    labels = {(int(low[a]), int(high[a]), str(columns.label[a])) for a in arcs}
    for arc in near:
        edge = (int(low[arc]), int(high[arc]), str(columns.label[arc]))
        if edge in labels:
            found.setdefault(edge, []).append(arc)
    return {edge: tuple(group) for edge, group in sorted(found.items())}


def _joined(edges: dict[Edge, tuple[int, ...]], carried: dict[Edge, int]) -> list[list[Edge]]:
    """Return groups of edges with one label (and one number of persons) that hang together."""
    at: dict[tuple[int, str, int], list[Edge]] = {}
    for edge in edges:
        for node in edge[:2]:
            at.setdefault((node, edge[2], carried.get(edge, 0)), []).append(edge)
    groups, seen = [], set()
    for edge in edges:
        if edge in seen:
            continue
        seen.add(edge)
        group = [edge]
        for one in group:
            for node in one[:2]:
                fresh = [e for e in at[node, one[2], carried.get(one, 0)] if e not in seen]
                seen.update(fresh)
                group.extend(fresh)
        groups.append(group)
    return groups


def _stretch(
    problem: PlanningProblem, kind: str, group: list[Edge], edges: dict[Edge, tuple[int, ...]],
    persons: dict[int, int],
) -> Stretch:  # fmt: skip
    arcs = tuple(sorted(arc for edge in group for arc in edges[edge]))
    nodes = sorted({node for edge in group for node in edge[:2]})
    network = problem.network
    return Stretch(
        kind=kind, name=group[0][2], arcs=arcs,
        persons=max(sum(persons.get(a, 0) for a in edges[edge]) for edge in group),
        lon_e7=int(network.lon_e7[nodes].astype(np.int64).mean()),
        lat_e7=int(network.lat_e7[nodes].astype(np.int64).mean()),
    )  # fmt: skip

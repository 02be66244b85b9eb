"""One road for every settlement, no forks: the problem with a tree of roads, and what guides people on it."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.case import Group
from safepassage.domain.network import Mode
from safepassage.domain.plan import CarStream, Departure, Load, Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.what_if import Departing, Junction
from safepassage.kernels.compass import compass_point
from safepassage.kernels.graphs.convergent_tree import NONE, TreeTask, best_tree

Int64 = NDArray[np.int64]
BIG = 2**40
CAR = str(Group.OWN_VEHICLE)


def converged(problem: PlanningProblem) -> PlanningProblem:
    """Return the problem in which, for each direction, at most one road leads on from every node.

    Roads are taken from a direction, nothing is added: whatever is planned on it is a plan of the problem
    given. Links that are not roads stay. Where cars cannot get out, the tree is one of roads for buses.
    """
    columns = problem.network.arcs
    directions = columns.directions.astype(np.int64).copy()
    road = (columns.modes & int(Mode.road())) != 0
    for name, _ in problem.directions:
        bit = problem.direction_bit(name)
        kept = np.zeros(len(columns), dtype=np.bool_)
        kept[_tree(problem, name)] = True
        directions[road & ~kept] &= ~np.int64(bit)
    arcs = replace(columns, directions=directions)
    return replace(problem, network=replace(problem.network, arcs=arcs))


def _tree(problem: PlanningProblem, direction: str) -> list[int]:
    """Return the arcs of a direction's tree: for cars where they get out, for buses elsewhere."""
    columns = problem.network.arcs
    permitted = (columns.directions & problem.direction_bit(direction)) != 0
    per_hour = _per_hour(problem)
    usable = permitted & (per_hour > 0)
    by_car = np.flatnonzero(usable & ((columns.modes & int(Mode.CAR)) != 0))
    task = _task(problem, direction, by_car, per_hour)
    out = best_tree(task)
    arcs = [int(by_car[arc]) for arc in out.tolist() if arc != NONE]
    done = (out != NONE) | (task.room != NONE)
    return [*arcs, *_by_bus(problem, usable, done, task)]


def _by_bus(
    problem: PlanningProblem, usable: NDArray[np.bool_], done: NDArray[np.bool_], cars: TreeTask
) -> list[int]:
    """Return arcs of a tree from nodes that cars cannot leave to those they can, for buses and links."""
    columns = problem.network.arcs
    rest = np.flatnonzero(usable & ((columns.modes & ~np.int32(int(Mode.CAR))) != 0) & ~done[columns.tail])
    task = TreeTask(
        tail=columns.tail[rest].astype(np.int64), head=columns.head[rest].astype(np.int64),
        travel_s=columns.travel_s[rest].astype(np.int64), per_hour=_heads_per_hour(problem)[rest],
        amount=np.where(done, 0, cars.heads), heads=np.where(done, 0, cars.heads),
        release_s=cars.release_s, room=np.where(done, BIG, NONE),
    )  # fmt: skip
    return [int(rest[arc]) for arc in best_tree(task).tolist() if arc != NONE]


def _heads_per_hour(problem: PlanningProblem) -> Int64:
    """Return (n_arcs,) persons/h by bus or on foot, on average over the grid."""
    network = problem.network
    columns, grid_s = network.arcs, network.horizon_s
    places, units = max(((v.places, v.units_mveh) for v in problem.fleet if v.places), default=(1, 1_000))
    by_road = columns.capacity_mveh_h.astype(np.int64) * places // units
    road = (columns.modes & int(Mode.road())) != 0
    heads = np.where(road, by_road, BIG)
    heads = np.where(columns.persons_h >= 0, np.minimum(heads, columns.persons_h), heads)
    heads[columns.capacity_mveh_h <= 0] = 0
    for arc, pieces in network.profiles.items():
        open_s = sum(p.until_s - p.from_s for p in pieces if p.capacity_mveh_h > 0)
        most = max((p.persons_h for p in pieces if p.capacity_mveh_h > 0), default=0)
        full = int(heads[arc]) if most < 0 or not heads[arc] else most
        heads[arc] = (full or most) * open_s // grid_s
    for arc, rows in network.timetables.items():
        heads[arc] = sum(n for _, n in rows) * 3_600 // grid_s
    return heads


def _per_hour(problem: PlanningProblem) -> Int64:
    """Return (n_arcs,) mveh/h on average over the grid, closed hours and limits on persons included."""
    network, rules = problem.network, problem.rules
    rate = network.arcs.capacity_mveh_h.astype(np.int64).copy()
    for arc, pieces in network.profiles.items():
        rate[arc] = sum(p.capacity_mveh_h * (p.until_s - p.from_s) for p in pieces) // network.horizon_s
    heads = network.arcs.persons_h.astype(np.int64) * rules.car_units_mveh // rules.persons_per_car
    return np.where(network.arcs.persons_h >= 0, np.minimum(rate, heads), rate)


def _task(problem: PlanningProblem, direction: str, arcs: Int64, per_hour: Int64) -> TreeTask:
    network, rules = problem.network, problem.rules
    n, columns = network.n_nodes, network.arcs
    amount, heads = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    release, room = np.zeros(n, dtype=np.int64), np.full(n, NONE, dtype=np.int64)
    places = {p.id: p for p in problem.places}
    seats = max(((v.units_mveh, v.places) for v in problem.fleet if v.places), default=(1_000, 1))
    for row in problem.demand:
        if row.direction != direction or row.basis == "assumption":
            continue
        place = places[row.place]
        node = place.node if row.group == CAR else place.pickup_node
        units, persons = (rules.car_units_mveh, rules.persons_per_car) if row.group == CAR else seats
        if node >= 0:
            amount[node] += -(-row.persons * units // persons)
            heads[node] += row.persons
            release[node] = max(release[node], place.release_s)
    for site in problem.sites(direction):
        stated = site.capacity_persons if site.capacity_persons >= 0 else BIG
        room[site.node] = min(BIG, max(0, int(room[site.node])) + stated)
    return TreeTask(
        tail=columns.tail[arcs].astype(np.int64), head=columns.head[arcs].astype(np.int64),
        travel_s=columns.travel_s[arcs].astype(np.int64), per_hour=per_hour[arcs], amount=amount,
        heads=heads, release_s=release, room=room,
    )  # fmt: skip


def _loaded(schedule: Schedule) -> list[tuple[str, str, int, int]]:
    """Return (direction, place, route, persons) of every car stream and loaded leg, reserves included."""
    rows = [(s.direction, s.place, s.route, sum(d.persons for d in s.departures)) for s in schedule.cars]
    for vehicle in schedule.vehicles:
        for leg in vehicle.legs:
            rows.extend((i.direction, i.place, leg.route, i.persons) for i in leg.load)
    return rows


def forks(schedule: Schedule, problem: PlanningProblem) -> dict[str, tuple[int, ...]]:
    """Return by direction the nodes from which loaded cars and vehicles go on by more than one road."""
    onward: dict[tuple[str, int], set[int]] = {}
    tail = problem.network.arcs.tail
    for direction, _, route, _persons in _loaded(schedule):
        for arc in schedule.routes[route].arcs:
            onward.setdefault((direction, int(tail[arc])), set()).add(arc)
    return {
        name: tuple(sorted(node for (d, node), arcs in onward.items() if d == name and len(arcs) > 1))
        for name, _ in problem.directions
    }


class _Start(NamedTuple):
    """Where people of a settlement set out: at a node, by road or over a link (its arc, else NONE)."""

    direction: str
    place: str
    node: int
    link: int


class _Boarded(NamedTuple):
    """People who set out, or go on, along a way."""

    id: str
    depart_s: int
    load: Load
    start: _Start
    arcs: tuple[int, ...]


def departures(problem: PlanningProblem, schedule: Schedule) -> tuple[Departing, ...]:
    """Return the lines of the one sheet: who leaves when, on which roads, to where, in order of departure.

    There is one window for every settlement and direction, and one line, unless people start from several
    nodes or over links. The road is the longest that anybody takes from there before the first change; those
    of the others are the beginning of it.
    """
    names = {p.id: p.name for p in problem.places}
    starts: dict[_Start, list[_Boarded]] = {}
    windows: dict[tuple[str, str], list[int]] = {}
    ends: dict[_Start, dict[str, int]] = {}
    began: dict[tuple[str, Load], _Start] = {}
    for row in _boarded(problem, schedule):
        item, who = row.load, replace(row.load, persons=0, after="", site="")
        start = began.get((item.after, who), row.start)
        began.setdefault((row.id, who), start)
        if not item.after:
            starts.setdefault(start, []).append(row)
            windows.setdefault(start[:2], []).append(row.depart_s)
        if item.site and not item.reserve:
            sites = ends.setdefault(start, {})
            sites[item.site] = sites.get(item.site, 0) + item.persons
    lines = []
    for start, rows in starts.items():
        arcs = max((row.arcs for row in rows), key=lambda arcs: (len(arcs), arcs))
        lines.append(
            Departing(
                place=start.place, name=names[start.place], direction=start.direction, node=start.node,
                link=start.link, persons=sum(r.load.persons for r in rows if not r.load.reserve),
                from_s=min(windows[start[:2]]), until_s=max(windows[start[:2]]), arcs=arcs,
                roads=_roads(problem, arcs),
                sites=tuple((names[site], n) for site, n in ends.get(start, {}).items()),
            )
        )  # fmt: skip
    return tuple(sorted(lines, key=lambda x: (x.direction, x.from_s, x.name, x.place, x.node, x.link)))


def _boarded(problem: PlanningProblem, schedule: Schedule) -> list[_Boarded]:
    """Return all people on every leg, ride and car, reserves too; who goes on comes after who set out."""
    rows: list[_Boarded] = []

    def add(name: str, depart_s: int, item: Load, ends: tuple[int, int], arcs: tuple[int, ...]) -> None:
        node, link = ends
        rows.append(_Boarded(name, depart_s, item, _Start(item.direction, item.place, node, link), arcs))

    for stream in schedule.cars:
        route = schedule.routes[stream.route]
        for car in stream.departures:
            add(stream.id, car.depart_s, _aboard(stream, car), (route.from_node, NONE), route.arcs)
    for vehicle in schedule.vehicles:
        for leg in vehicle.legs:
            route = schedule.routes[leg.route]
            for item in leg.load:
                add(leg.id, leg.depart_s, item, (route.from_node, NONE), route.arcs)
    for ride in schedule.link_rides:
        tail = int(problem.network.arcs.tail[ride.arc])
        for item in ride.load:
            add(ride.id, ride.depart_s, item, (tail, ride.arc), (ride.arc,))
    # Sites come in the order in which they lie on the road; a leg departs after those that people come from.
    first = sorted(
        (r for r in rows if not r.load.after), key=lambda r: (len(r.arcs), r.depart_s, r.load.site)
    )
    return [*first, *sorted((r for r in rows if r.load.after), key=lambda r: (r.depart_s, r.load.site))]


def _aboard(stream: CarStream, car: Departure) -> Load:
    return Load(
        place=stream.place, group=CAR, direction=stream.direction, persons=car.persons,
        reserve=stream.reserve, site=stream.site,
    )  # fmt: skip


def _roads(problem: PlanningProblem, arcs: tuple[int, ...]) -> tuple[str, ...]:
    labels = [str(problem.network.arcs.label[arc]) for arc in arcs]
    return tuple(label for i, label in enumerate(labels) if i == 0 or labels[i - 1] != label)


def junctions(problem: PlanningProblem, schedule: Schedule) -> tuple[Junction, ...]:
    """Return where a marshal or a closure is needed: nodes on the way from which another road is open.

    The road back is no choice, nor is one that closes throughout or that the direction may not use.
    """
    network, columns = problem.network, problem.network.arcs
    leaving: dict[int, list[int]] = {}
    open_road = (_per_hour(problem) > 0) & ((columns.modes & int(Mode.road())) != 0)
    for arc in np.flatnonzero(open_road).tolist():
        leaving.setdefault(int(columns.tail[arc]), []).append(arc)
    passing: dict[tuple[str, int, int], int] = {}
    coming: dict[tuple[str, int], set[int]] = {}
    for direction, _, route, persons in _loaded(schedule):
        for before, arc in pairwise((NONE, *schedule.routes[route].arcs)):
            key = (direction, int(columns.tail[arc]))
            passing[*key, arc] = passing.get((*key, arc), 0) + persons
            coming.setdefault(key, set())
            if before != NONE:
                coming[key].add(int(columns.tail[before]))
    found = []
    for (direction, node, arc), persons in passing.items():
        bit = problem.direction_bit(direction)
        others = [
            a for a in leaving.get(node, ())
            if a != arc and int(columns.head[a]) not in {*coming[direction, node], int(columns.head[arc])}
            and int(columns.directions[a]) & bit
        ]  # fmt: skip
        if others:
            found.append(
                Junction(
                    direction=direction, node=node, lon_e7=int(network.lon_e7[node]),
                    lat_e7=int(network.lat_e7[node]), stay_on=_signed(problem, arc), persons=persons,
                    not_into=tuple(sorted({_signed(problem, a) for a in others})),
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda j: (j.direction, -j.persons, j.node, j.stay_on)))


def _signed(problem: PlanningProblem, arc: int) -> str:
    """Return the road and the compass point in which it leads on: at many junctions both bear one name."""
    network, columns = problem.network, problem.network.arcs
    tail, head = int(columns.tail[arc]), int(columns.head[arc])
    at, to = ((int(network.lon_e7[v]), int(network.lat_e7[v])) for v in (tail, head))
    return f"{columns.label[arc]} ({compass_point(at, to)})"

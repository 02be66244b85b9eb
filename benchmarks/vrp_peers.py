"""Public instances of truck routing in the words of VROOM and of OR-Tools, valued by one yardstick.

A peer gets the matrices, fleet, hours, sites and prizes that PyVRP reads from the file. What it answers is
built as a solution of the same data again: cost and feasibility are never taken from a peer.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import numpy as np
import pyvrp

FAR = 10**9
"""A distance from which on a place is none that a kind of truck may go to."""
UNSERVED = 10**11
"""What OR-Tools pays for a place that must be served and is not: no plan of a benchmark costs as much."""
MOST_COST = 2**31
"""VROOM refuses costs whose sum might not fit its 32 bits: larger ones are divided."""
SPARE = 1.3
CROWD = 4
"""A second of the processor is at most so many on the wall, where others work beside."""
Routes = list[tuple[int, list[int]]]
"""(kind of truck, clients in order) of each route; below zero it loads again, -1 at the last depot."""


class Limit(NamedTuple):
    """So many seconds by the clock on the wall or of the processor."""

    seconds: float
    clock: str

    @property
    def patience_s(self) -> float:
        """Return after how many seconds on the wall to ask the clock of the processor no more."""
        return self.seconds if self.clock == "wall" else CROWD * self.seconds


class CannotExpressError(Exception):
    """A peer has no words for a variant."""


def cost_of(data: Any, routes: Routes) -> float:
    """Return the cost of routes by the data that they were asked for; infinite where they break a rule."""
    made = [pyvrp.Route(data, [_activity(data, row) for row in rows], kind) for kind, rows in routes if rows]
    found = pyvrp.Solution(data, made)
    if not found.is_feasible():
        return math.inf
    return float(found.distance_cost() + found.fixed_vehicle_cost() + found.uncollected_prizes())


def _activity(data: Any, row: int) -> Any:
    if row < 0:
        return pyvrp.Activity(pyvrp.ActivityType.DEPOT, data.num_depots + row)
    return pyvrp.Activity(pyvrp.ActivityType.CLIENT, row)


def fleet(data: Any) -> list[int]:
    """Return the kind of each truck, of endless kinds no more than carry everything with room to spare."""
    load = sum(client.delivery[0] for client in data.clients())
    return [
        k for k, kind in enumerate(data.vehicle_types())
        for _ in range(min(kind.num_available, math.ceil(SPARE * load / kind.capacity[0]) + 1))
    ]  # fmt: skip


def _one_depot(data: Any) -> None:
    if data.num_depots > 1:
        raise CannotExpressError("several depots")


def _allowed(data: Any, kind: Any) -> list[int]:
    """Return which clients a kind of truck may go to."""
    row = data.distance_matrix(kind.profile)[data.depot(0).location]
    return [c for c, client in enumerate(data.clients()) if row[client.location] < FAR]


def _near(matrix: Any) -> Any:
    """Return a matrix without numbers that overflow: ways that are none are ruled out by skills."""
    return np.where(matrix < FAR, matrix, matrix[matrix < FAR].max()).astype(np.uint32)


def _part(data: Any, kinds: list[int]) -> int:
    """Return what costs are divided by, so that the most that VROOM could add up fits its 32 bits."""
    ways = max(
        int(_near(data.distance_matrix(kind.profile)).max()) * kind.unit_distance_cost
        for kind in data.vehicle_types()
    )
    fixed = sum(data.vehicle_type(k).fixed_cost for k in kinds)
    return 1 + (2 * data.num_clients * ways + fixed) // MOST_COST


def vroom_routes(data: Any, limit: Limit) -> Routes:
    """Return what VROOM (github.com/VROOM-Project/vroom) answers within so many seconds on one thread."""
    import vroom  # noqa: PLC0415 - a peer that need not be installed

    _one_depot(data)
    if any(kind.reload_depots for kind in data.vehicle_types()):
        raise CannotExpressError("trucks that load again on the way")
    if not all(client.required for client in data.clients()):
        raise CannotExpressError("prizes against costs")
    if any(kind.shift_duration < FAR for kind in data.vehicle_types()):
        raise CannotExpressError("a longest shift, waiting included")
    problem, kinds = vroom.Input(), fleet(data)
    part = _part(data, kinds)
    for k, kind in enumerate(data.vehicle_types()):
        problem.set_durations_matrix(str(k), _near(data.duration_matrix(kind.profile)))
        costs = _near(data.distance_matrix(kind.profile)).astype(np.int64) * kind.unit_distance_cost
        problem.set_costs_matrix(str(k), (costs // part).astype(np.uint32))
    allowed = {k: set(_allowed(data, data.vehicle_type(k))) for k in sorted(set(kinds))}
    for number, k in enumerate(kinds):
        kind = data.vehicle_type(k)
        problem.add_vehicle(vroom.Vehicle(
            number, start=data.depot(0).location, end=data.depot(0).location, profile=str(k),
            capacity=list(kind.capacity), skills=allowed[k],
            costs=vroom.VehicleCosts(fixed=kind.fixed_cost // part),
            time_window=vroom.TimeWindow(kind.tw_early, min(kind.tw_late, FAR)),
        ))  # fmt: skip
    for c, client in enumerate(data.clients()):
        problem.add_job(vroom.Job(
            c, location=client.location, delivery=list(client.delivery), skills={c},
            default_service=client.service_duration,
            time_windows=[vroom.TimeWindow(client.tw_early, min(client.tw_late, FAR))],
        ))  # fmt: skip
    solution = problem.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=limit.patience_s))
    return [
        (kinds[route["vehicle"]], [step["id"] for step in route["steps"] if step["type"] == "job"])
        for route in solution.to_dict()["routes"]
    ]


def ortools_routes(data: Any, limit: Limit) -> Routes:
    """Return what the routing library of OR-Tools (guided local search) answers within so many seconds.

    A truck loads again at a place of its own beside the clients, at the depot, which may be left out.
    """
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: PLC0415

    _one_depot(data)
    kinds, reloads = fleet(data), _reloads(data)
    manager = pywrapcp.RoutingIndexManager(data.num_clients + 1 + reloads, len(kinds), 0)
    model = pywrapcp.RoutingModel(manager)
    depot = data.depot(0).location
    places = [depot, *(client.location for client in data.clients()), *[depot] * reloads]
    again = [manager.NodeToIndex(data.num_clients + 1 + r) for r in range(reloads)]
    _add_costs(model, data, kinds, places)
    _add_loads(model, manager, data, kinds, again)
    _add_hours(model, manager, data, kinds, places)
    _add_releases(model, manager, data, again)
    for index in again:
        model.AddDisjunction([index], 0)
    for c, client in enumerate(data.clients()):
        index = manager.NodeToIndex(c + 1)
        # Without leave to leave a place out for the while, it finds no first plan of a scarce fleet.
        model.AddDisjunction([index], UNSERVED if client.required else client.prize)
    for k in sorted(set(kinds)):
        allowed = set(_allowed(data, data.vehicle_type(k)))
        for c in sorted(set(range(data.num_clients)) - allowed):
            for number in (n for n, one in enumerate(kinds) if one == k):
                model.VehicleVar(manager.NodeToIndex(c + 1)).RemoveValue(number)
    rules = pywrapcp.DefaultRoutingSearchParameters()
    begin = routing_enums_pb2.FirstSolutionStrategy
    # Insertion puts nothing behind a place to load again, and some places never find their way into a plan.
    rules.first_solution_strategy = begin.PATH_CHEAPEST_ARC if again else begin.PARALLEL_CHEAPEST_INSERTION
    rules.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    rules.time_limit.FromMilliseconds(round(limit.patience_s * 1_000))
    if limit.clock == "cpu":
        until = time.process_time() + limit.seconds
        model.AddSearchMonitor(model.solver().CustomLimit(lambda: time.process_time() > until))
    found = model.SolveWithParameters(rules)
    return [] if found is None else _read(model, manager, found, kinds, data.num_clients)


def _matrix(matrix: Any, places: Sequence[int]) -> list[list[int]]:
    rows: list[list[int]] = np.minimum(matrix[np.ix_(places, places)], FAR).tolist()
    return rows


def _add_costs(model: Any, data: Any, kinds: list[int], places: list[int]) -> None:
    for k in sorted(set(kinds)):
        kind = data.vehicle_type(k)
        costs = model.RegisterTransitMatrix(
            _matrix(data.distance_matrix(kind.profile) * kind.unit_distance_cost, places)
        )
        for number in (n for n, one in enumerate(kinds) if one == k):
            model.SetArcCostEvaluatorOfVehicle(costs, number)
            model.SetFixedCostOfVehicle(kind.fixed_cost, number)


def _reloads(data: Any) -> int:
    """Return how often trucks may load again: enough to carry everything, with room to spare."""
    rooms = [kind.capacity[0] for kind in data.vehicle_types() if kind.reload_depots]
    load = sum(client.delivery[0] for client in data.clients())
    return math.ceil(SPARE * load / min(rooms)) if rooms else 0


def _add_loads(model: Any, manager: Any, data: Any, kinds: list[int], again: list[int]) -> None:
    """Count what was unloaded since the depot: by a whole truck less, or not so much, after loading again."""
    for d in range(data.num_load_dimensions):
        rooms = [data.vehicle_type(k).capacity[d] for k in kinds]
        unloaded = [0, *(c.delivery[d] for c in data.clients()), *[-max(rooms)] * len(again)]
        loads = model.RegisterUnaryTransitVector(unloaded)
        model.AddDimensionWithVehicleCapacity(loads, max(rooms) if again else 0, rooms, True, f"load{d}")
        if again:
            load = model.GetDimensionOrDie(f"load{d}")
            clients = [manager.NodeToIndex(c + 1) for c in range(data.num_clients)]
            for index in (*clients, *(model.Start(number) for number in range(len(kinds)))):
                load.SlackVar(index).SetValue(0)


def _add_releases(model: Any, manager: Any, data: Any, again: list[int]) -> None:
    """Let no trip leave before all that it carries is there: its second is carried on from stop to stop."""
    released = [client.release_time for client in data.clients()]
    if not any(released):
        return
    still = model.RegisterUnaryTransitVector([0] * (1 + len(released) + len(again)))
    last = max(min(kind.tw_late, FAR) for kind in data.vehicle_types())
    model.AddDimension(still, last, last, False, "leaves")
    leaves, time, solver = model.GetDimensionOrDie("leaves"), model.GetDimensionOrDie("time"), model.solver()
    for c, second in enumerate(released):
        index = manager.NodeToIndex(c + 1)
        leaves.CumulVar(index).SetMin(second)
        leaves.SlackVar(index).SetValue(0)
    for index in (*(model.Start(number) for number in range(model.vehicles())), *again):
        # Trucks wait before they come to the depot: the second in which one leaves is one variable.
        time.SlackVar(index).SetValue(0)
        solver.Add(leaves.CumulVar(index) + leaves.SlackVar(index) <= time.CumulVar(index))
        model.AddVariableMinimizedByFinalizer(leaves.CumulVar(index))
        model.AddVariableMinimizedByFinalizer(leaves.SlackVar(index))


def _add_hours(model: Any, manager: Any, data: Any, kinds: list[int], places: list[int]) -> None:
    if not data.has_time_windows() and all(kind.shift_duration > FAR for kind in data.vehicle_types()):
        return
    service = np.zeros((len(places), 1), dtype=np.int64)
    service[1 : data.num_clients + 1, 0] = [client.service_duration for client in data.clients()]
    steps = {}
    for k in sorted(set(kinds)):
        matrix = data.duration_matrix(data.vehicle_type(k).profile)[np.ix_(places, places)]
        steps[k] = model.RegisterTransitMatrix((np.minimum(matrix, FAR) + service).tolist())
    last = max(min(kind.tw_late, FAR) for kind in data.vehicle_types())
    model.AddDimensionWithVehicleTransits([steps[k] for k in kinds], last, last, False, "time")
    time = model.GetDimensionOrDie("time")
    for c, client in enumerate(data.clients()):
        time.CumulVar(manager.NodeToIndex(c + 1)).SetRange(client.tw_early, min(client.tw_late, last))
    for number, k in enumerate(kinds):
        kind = data.vehicle_type(k)
        for end in (model.Start(number), model.End(number)):
            time.CumulVar(end).SetRange(kind.tw_early, min(kind.tw_late, last))
        if kind.shift_duration < FAR:
            time.SetSpanUpperBoundForVehicle(kind.shift_duration, number)


def _read(model: Any, manager: Any, found: Any, kinds: list[int], clients: int) -> Routes:
    routes: Routes = []
    for number, kind in enumerate(kinds):
        index, visits = model.Start(number), []
        while not model.IsEnd(index):
            if node := manager.IndexToNode(index):
                visits.append(node - 1 if node <= clients else -1)
            index = found.Value(model.NextVar(index))
        routes.append((kind, visits))
    return routes

"""From a plan to traffic: the roads it uses at their planned capacities, its vehicles with all their legs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain

from safepassage.domain import dwell
from safepassage.domain.plan import CarStream, Schedule, VehicleChain, Waits
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.simulation import HoldAt, SimulatedRoad, SimulatedVehicle, Stage, Traffic
from safepassage.domain.timed_network import TimedNetwork

METRES_A_DEGREE = 111_320
HOUR_MS = 3_600_000
E7 = 10_000_000
LEAST_LENGTH_M, LEAST_SPEED_M_S = 10, 3
"""A control at a crossing is one metre long in the plan; a simulator needs room for cars that wait in it."""
LANE_MVEH_H = 2_000_000
"""One lane carries no more than so much (Highway Capacity Manual: 2,000 to 2,400 cars an hour at best)."""


def traffic(
    problem: PlanningProblem, schedule: Schedule, *, capacity_permille: int = 1_000, spread_permille: int = 0
) -> Traffic:
    """Return a plan as traffic; every road has `capacity_permille` of the capacity that was planned with.

    Reserves drive too. Rides on trains, boats and footpaths stay as planned: no road traffic delays them.
    """
    vehicles: list[SimulatedVehicle] = []
    stages: list[Stage] = []
    entered: dict[int, list[int]] = {}
    for vehicle, own in chain(_cars(problem, schedule), _fleet(problem, schedule)):
        stages += own
        if vehicle is not None:
            vehicles.append(vehicle)
            for stage in own:
                _note(entered, vehicle.arcs[stage.first : stage.last], stage.planned_depart_s)
    network = problem.network
    roads = tuple(
        _road(network, arc, entered[arc], capacity_permille=capacity_permille) for arc in sorted(entered)
    )
    return Traffic(
        nodes=tuple(_nodes(network, roads)), roads=roads,
        vehicles=tuple(sorted(vehicles, key=lambda row: (row.depart_s, row.id))), stages=tuple(stages),
        end_s=2 * network.horizon_s, spread_permille=spread_permille,
    )  # fmt: skip


def _note(entered: dict[int, list[int]], arcs: Sequence[int], second: int) -> None:
    for arc in arcs:
        entered.setdefault(arc, []).append(second)


def _cars(
    problem: PlanningProblem, schedule: Schedule
) -> Iterator[tuple[SimulatedVehicle | None, list[Stage]]]:
    for stream in schedule.cars:
        for k, car in enumerate(stream.departures):
            yield _car(problem, schedule, stream, (f"{stream.id}/{k:06d}", car.depart_s, car.waits))


def _car(
    problem: PlanningProblem, schedule: Schedule, stream: CarStream, car: tuple[str, int, Waits]
) -> tuple[SimulatedVehicle | None, list[Stage]]:
    name, depart_s, waits = car
    arcs = schedule.routes[stream.route].arcs
    way = _Way(problem.network)
    way.drive((name, name, depart_s), arcs, waits)
    return way.vehicle(name, problem.rules.car_units_mveh), way.stages


def _fleet(
    problem: PlanningProblem, schedule: Schedule
) -> Iterator[tuple[SimulatedVehicle | None, list[Stage]]]:
    units = {vehicle.id: vehicle.units_mveh for vehicle in problem.fleet}
    for row in schedule.vehicles:
        way = _Way(problem.network)
        for n, leg in enumerate(row.legs):
            turn_s = turn(problem, row, n)
            way.drive((leg.id, row.id, leg.depart_s), schedule.routes[leg.route].arcs, leg.waits, turn_s)
        yield way.vehicle(row.id, units[row.id]), way.stages


def turn(problem: PlanningProblem, row: VehicleChain, n: int) -> int:
    """Return the seconds from the arrival of a leg before until leg n can leave: unloading, then loading."""
    before, leg = row.legs[n - 1] if n else None, row.legs[n]
    unloading_s = 0 if before is None else dwell.unloading_s(problem.rules, before, leg)
    return unloading_s + dwell.loading_s(problem.rules, leg, before)


class _Way:
    """The arcs and halts of one vehicle, movement by movement."""

    def __init__(self, network: TimedNetwork) -> None:
        self._network = network
        self._arcs: list[int] = []
        self._holds: list[HoldAt] = []
        self._depart_s = -1
        self._turn_s = 0
        self.stages: list[Stage] = []

    def drive(self, stage: tuple[str, str, int], arcs: Sequence[int], waits: Waits, turn_s: int = 0) -> None:
        """Add a movement of the plan: (movement, vehicle, departure), its arcs, waits before them, turn."""
        movement, vehicle, depart_s = stage
        first, t, waited = len(self._arcs), depart_s, dict(waits)
        self._turn_s += turn_s
        for k, arc in enumerate(arcs):
            t += waited.get(k, 0)
            if not self._arcs:
                self._depart_s = t
            elif k == 0:
                self._hold(self._turn_s, t)
            elif k in waited:
                self._hold(0, t)
            self._arcs.append(arc)
            t += self._network.travel_in(arc, t)
        if arcs:
            self._turn_s = 0
        found = Stage(
            movement=movement, vehicle=vehicle, first=first, last=len(self._arcs), hold=-1,
            planned_depart_s=depart_s, planned_arrive_s=t, turn_s=turn_s,
        )  # fmt: skip
        self.stages.append(found)

    def _hold(self, duration_s: int, until_s: int) -> None:
        position = len(self._arcs) - 1
        self._holds.append(HoldAt(position=position, duration_s=duration_s, until_s=until_s))

    def vehicle(self, name: str, units_mveh: int) -> SimulatedVehicle | None:
        """Return the vehicle, its movements tied to the halts they end at; None where it never drives."""
        if not self._arcs:
            return None
        at_end = {hold.position + 1: k for k, hold in enumerate(self._holds)}
        self.stages = [
            replace(stage, hold=at_end.get(stage.last, -1)) if stage.first < stage.last else stage
            for stage in self.stages
        ]
        return SimulatedVehicle(
            id=name, units_mveh=units_mveh, depart_s=self._depart_s, arcs=tuple(self._arcs),
            holds=tuple(self._holds),
        )  # fmt: skip


def _road(
    network: TimedNetwork, arc: int, entered: Sequence[int], *, capacity_permille: int
) -> SimulatedRoad:
    """Return a road with the least capacity and speed it is planned with while vehicles enter it."""
    arcs = network.arcs
    travel_s, capacity = int(arcs.travel_s[arc]), int(arcs.capacity_mveh_h[arc])
    pieces = network.profiles.get(arc, ())
    used = [p for p in pieces if any(p.from_s <= t < p.until_s for t in entered) and p.capacity_mveh_h > 0]
    used = used or [p for p in pieces if p.capacity_mveh_h > 0]
    if used:
        capacity, travel_s = min(p.capacity_mveh_h for p in used), max(p.travel_s for p in used)
    travel_s, capacity = max(1, travel_s), max(1, capacity * capacity_permille // 1_000)
    length_m = max(int(arcs.length_m[arc]), LEAST_LENGTH_M, LEAST_SPEED_M_S * travel_s)
    speed_mm_s = max(1, length_m * 1_000 // travel_s)
    return SimulatedRoad(
        arc=arc, tail=int(arcs.tail[arc]), head=int(arcs.head[arc]), length_m=length_m, speed_mm_s=speed_mm_s,
        lanes=-(-capacity // LANE_MVEH_H), headway_ms=max(1, HOUR_MS * 1_000 // capacity),
    )  # fmt: skip


def _nodes(network: TimedNetwork, roads: Iterable[SimulatedRoad]) -> Iterator[tuple[int, int, int]]:
    """Yield the nodes of roads on a plane in metres, no two in one point."""
    used = sorted({node for road in roads for node in (road.tail, road.head)})
    if not used:
        return
    west, south = min(network.lon_e7[used]) / E7, min(network.lat_e7[used]) / E7
    taken: set[tuple[int, int]] = set()
    for node in used:
        shrink = math.cos(math.radians(south))
        x = round((int(network.lon_e7[node]) / E7 - west) * METRES_A_DEGREE * shrink)
        y = round((int(network.lat_e7[node]) / E7 - south) * METRES_A_DEGREE)
        while (x, y) in taken:
            x += 1
        taken.add((x, y))
        yield node, x, y

"""From what became of vehicles to planned against simulated: last arrivals, delays, what went wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from safepassage.domain import dwell
from safepassage.domain.plan import LinkRide, Load, Schedule
from safepassage.domain.planning_problem import PlanningProblem
from safepassage.domain.simulation import (
    Arrived,
    Compared,
    Driven,
    SimulationSheet,
    Traffic,
    Trajectory,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """A movement as it went: when it set out and arrived (-1: not), as planned and in the simulator."""

    planned_depart_s: int
    planned_arrive_s: int
    depart_s: int
    arrive_s: int
    entries_s: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """How the simulation was made: name, share of planned capacities, spread of speeds, seed."""

    simulator: str
    capacity_permille: int
    spread_permille: int
    seed: int


def sheet(
    problem: PlanningProblem,
    schedule: Schedule,
    traffic: Traffic,
    records: Sequence[Driven],
    *,
    setting: Setting,
) -> SimulationSheet:
    """Return a plan against what happened: in a simulator, or as anybody recorded it in the same form."""
    runs = _runs(traffic, records)
    shut = {name for name, run in runs.items() if _shut_at(problem, run) is not None}
    runs = {name: _after_opening(problem, run) if name in shut else run for name, run in runs.items()}
    rides = {ride.id: _ride(problem, ride) for ride in schedule.link_rides}
    journeys = _Journeys(problem, schedule, {**runs, **rides})
    arrivals = journeys.arrivals()
    planned_s, simulated_s = _driving(traffic, runs)
    return SimulationSheet(
        simulator=setting.simulator, capacity_permille=setting.capacity_permille,
        spread_permille=setting.spread_permille, seed=setting.seed,
        directions=tuple(
            _compared(name, [row for row in arrivals if row.direction == key])
            for key, name in problem.directions
        ),
        places=tuple(
            _compared(place, [row for row in arrivals if row.place == place])
            for place in sorted({row.place for row in arrivals})
        ),
        movements=len(runs), never=sum(run.arrive_s < 0 for run in runs.values()),
        missed=journeys.missed, shut=len(shut), outside=sum(_outside(problem, run) for run in runs.values()),
        driving_planned_s=planned_s, driving_simulated_s=simulated_s, arrivals=arrivals,
    )  # fmt: skip


def records(traffic: Traffic, trajectories: Sequence[Trajectory]) -> tuple[Driven, ...]:
    """Return what happened to each movement that has a way of its own, in order of movements."""
    ways = {vehicle.id: vehicle for vehicle in traffic.vehicles}
    by_name = {row.vehicle: row for row in trajectories}
    found = []
    for stage in traffic.stages:
        row = by_name.get(stage.vehicle)
        if row is None or stage.first == stage.last:
            continue
        starts, arcs = (row.depart_s, *row.exits_s), ways[stage.vehicle].arcs
        passed = range(stage.first, min(stage.last, len(starts)))
        if stage.hold < 0:
            arrive_s = row.arrive_s
        else:
            arrive_s = row.halts_s[stage.hold] if stage.hold < len(row.halts_s) else -1
        entries = tuple((arcs[k], starts[k]) for k in passed if starts[k] >= 0)
        found.append(Driven(movement=stage.movement, entries_s=entries, arrive_s=arrive_s))
    return tuple(sorted(found, key=lambda row: row.movement))


def _runs(traffic: Traffic, records: Sequence[Driven]) -> dict[str, _Run]:
    """Return how each movement went, in order; a movement without arcs follows from the one before."""
    by_name = {row.movement: row for row in records}
    found: dict[str, _Run] = {}
    ready: dict[str, int] = {}
    for stage in traffic.stages:
        if stage.first == stage.last:
            before = ready.get(stage.vehicle, stage.planned_depart_s)
            at = max(stage.planned_depart_s, before + stage.turn_s) if before >= 0 else -1
            row = Driven(movement=stage.movement, entries_s=(), arrive_s=at)
        else:
            row = by_name.get(stage.movement) or Driven(movement=stage.movement, entries_s=(), arrive_s=-1)
        depart_s = row.entries_s[0][1] if row.entries_s else row.arrive_s
        found[stage.movement] = _Run(
            planned_depart_s=stage.planned_depart_s, planned_arrive_s=stage.planned_arrive_s,
            depart_s=depart_s, arrive_s=row.arrive_s, entries_s=row.entries_s,
        )  # fmt: skip
        ready[stage.vehicle] = row.arrive_s
    return found


def _ride(problem: PlanningProblem, ride: LinkRide) -> _Run:
    arrive_s = ride.depart_s + problem.network.travel_in(ride.arc, ride.depart_s)
    return _Run(
        planned_depart_s=ride.depart_s, planned_arrive_s=arrive_s, depart_s=ride.depart_s, arrive_s=arrive_s
    )


def _open(problem: PlanningProblem, arc: int, second: int) -> int:
    """Return the first second from `second` on in which an arc is open, -1 if none is."""
    pieces = problem.network.profiles.get(arc, ())
    if not pieces or second >= problem.network.horizon_s:
        return second
    for piece in pieces:
        if piece.until_s > second and piece.capacity_mveh_h > 0 and piece.persons_h != 0:
            return max(second, piece.from_s)
    return -1


def _shut_at(problem: PlanningProblem, run: _Run) -> tuple[int, int] | None:
    """Return (arc, second) of the first road that a movement came to while it was shut."""
    for arc, second in run.entries_s:
        if _open(problem, arc, second) != second:
            return arc, second
    return None


def _after_opening(problem: PlanningProblem, run: _Run) -> _Run:
    """Return a movement that waits where it found a road shut; one that never opens ends it."""
    found = _shut_at(problem, run)
    if found is None or run.arrive_s < 0:
        return run
    arc, second = found
    opens = _open(problem, arc, second)
    arrive_s = run.arrive_s + opens - second if opens >= 0 else -1
    return _Run(
        planned_depart_s=run.planned_depart_s, planned_arrive_s=run.planned_arrive_s, depart_s=run.depart_s,
        arrive_s=arrive_s, entries_s=run.entries_s,
    )  # fmt: skip


def _outside(problem: PlanningProblem, run: _Run) -> bool:
    """Return whether a movement is on the road when the hours of movement have ended."""
    windows = problem.rules.movement_windows
    if not windows or run.arrive_s < 0 or not run.entries_s:
        return False
    return not any(start <= run.depart_s and run.arrive_s <= end for start, end in windows)


def _driving(traffic: Traffic, runs: Mapping[str, _Run]) -> tuple[int, int]:
    """Return the seconds that movements take on roads, planned and simulated, of those that arrive."""
    done = [runs[stage.movement] for stage in traffic.stages if stage.first < stage.last]
    done = [run for run in done if run.arrive_s >= 0]
    planned_s = sum(run.planned_arrive_s - run.planned_depart_s for run in done)
    return planned_s, sum(run.arrive_s - run.depart_s for run in done)


class _Journeys:
    """Persons with all movements that bring them out."""

    def __init__(self, problem: PlanningProblem, schedule: Schedule, runs: Mapping[str, _Run]) -> None:
        self._schedule, self._runs = schedule, runs
        self._loads: dict[str, tuple[Load, ...]] = {ride.id: ride.load for ride in schedule.link_rides}
        for row in schedule.vehicles:
            self._loads.update({leg.id: leg.load for leg in row.legs})
        self._unloading_s = dwell.unloadings(problem.rules, schedule.vehicles)
        self._timetable = {ride.id for ride in schedule.link_rides if ride.arc in problem.network.timetables}
        self.missed = 0

    def arrivals(self) -> tuple[Arrived, ...]:
        """Return who arrives when; persons whose connection left before them wait it out or are lost."""
        found: list[Arrived] = []
        for stream in self._schedule.cars:
            if stream.reserve:
                continue
            for k, car in enumerate(stream.departures):
                run = self._runs[f"{stream.id}/{k:06d}"]
                found.append(
                    Arrived(
                        place=stream.place, direction=stream.direction, persons=car.persons,
                        planned_s=run.planned_arrive_s, simulated_s=run.arrive_s,
                    )
                )  # fmt: skip
        for name, loads in sorted(self._loads.items()):
            found += self._of(name, loads)
        return tuple(found)

    def _of(self, name: str, loads: Iterable[Load]) -> list[Arrived]:
        found = []
        for item in loads:
            if not item.site or item.reserve:
                continue
            late_s = self._late_s(name, item)
            if late_s:
                self.missed += item.persons
            run = self._runs[name]
            lost = run.arrive_s < 0 or late_s < 0
            found.append(
                Arrived(
                    place=item.place, direction=item.direction, persons=item.persons,
                    planned_s=run.planned_arrive_s, simulated_s=-1 if lost else run.arrive_s + late_s,
                )
            )  # fmt: skip
        return found

    def _late_s(self, name: str, item: Load) -> int:
        """Return by how much people come too late for a movement; -1 where they cannot go on at all."""
        if not item.after:
            return 0
        before = self._runs[item.after]
        earlier = next((row for row in self._loads[item.after] if row.place == item.place), item)
        carried = self._late_s(item.after, earlier)
        if before.arrive_s < 0 or carried < 0:
            return -1
        ready_s = before.arrive_s + carried + self._unloading_s.get(item.after, 0)
        late_s = ready_s - self._runs[name].depart_s
        if item.after in self._timetable or late_s <= 0:
            return 0
        return -1 if name in self._timetable else late_s


def _compared(name: str, rows: Sequence[Arrived]) -> Compared:
    came = [row for row in rows if row.simulated_s >= 0]
    arrived = sum(row.persons for row in came)
    delays = [(row.simulated_s - row.planned_s, row.persons) for row in came]
    return Compared(
        name=name, persons=sum(row.persons for row in rows), arrived=arrived,
        planned_last_s=max((row.planned_s for row in rows), default=-1),
        simulated_last_s=max((row.simulated_s for row in came), default=-1),
        delay_mean_s=sum(d * n for d, n in delays) // max(1, arrived),
        delay_most_s=max((d for d, _ in delays), default=0),
    )  # fmt: skip

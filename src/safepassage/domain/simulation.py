"""A plan handed to a simulator of traffic, what came of it there, and both side by side."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedRoad:
    """One arc as a simulator knows it; `headway_ms` is the time between two cars at planned capacity."""

    arc: int
    tail: int
    head: int
    length_m: int
    speed_mm_s: int
    lanes: int
    headway_ms: int

    def __post_init__(self) -> None:
        if min(self.length_m, self.speed_mm_s, self.lanes, self.headway_ms) < 1:
            raise ValueError("length, speed, lanes and headway of a road must be positive")


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldAt:
    """A halt at the end of the arc in a position: at least `duration_s`, and not before `until_s`."""

    position: int
    duration_s: int
    until_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedVehicle:
    """A vehicle with all its arcs in order, and where it halts."""

    id: str
    units_mveh: int
    depart_s: int
    arcs: tuple[int, ...]
    holds: tuple[HoldAt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A movement of the plan as part of a vehicle's way: arcs in positions [first, last).

    It ends at the hold in position `hold` of the vehicle's holds, or with the vehicle (-1). `turn_s` is what
    must lie between the arrival of the movement before and this one where it has no arcs of its own.
    """

    movement: str
    vehicle: str
    first: int
    last: int
    hold: int
    planned_depart_s: int
    planned_arrive_s: int
    turn_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What a simulator is told: nodes in use (node, x_m, y_m), roads in use, vehicles in order of departure.

    `stages` are the movements of the plan, those of one vehicle in order. The speeds that drivers choose have
    a standard deviation of `spread_permille` of the planned speed, and nobody overtakes.
    """

    nodes: tuple[tuple[int, int, int], ...]
    roads: tuple[SimulatedRoad, ...]
    vehicles: tuple[SimulatedVehicle, ...]
    stages: tuple[Stage, ...]
    end_s: int
    spread_permille: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """What became of a vehicle: when it set out (-1: never), left each arc, began each halt, arrived (-1).

    `exits_s` and `halts_s` are as long as the vehicle came.
    """

    vehicle: str
    depart_s: int
    exits_s: tuple[int, ...]
    halts_s: tuple[int, ...]
    arrive_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Driven:
    """What happened to a movement: (arc, second of entry) in order, and its arrival (-1: it did not)."""

    movement: str
    entries_s: tuple[tuple[int, int], ...]
    arrive_s: int

    def __post_init__(self) -> None:
        seconds = [second for _, second in self.entries_s]
        last = seconds[-1] if seconds else 0
        if seconds != sorted(seconds) or min([*seconds, 0]) < 0 or -1 < self.arrive_s < last:
            raise ValueError(f"{self.movement}: times of a movement must not go back")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Persons of one place who arrive with one movement, as planned and as simulated (-1: they do not)."""

    place: str
    direction: str
    persons: int
    planned_s: int
    simulated_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A direction or a place, planned against simulated; times are last arrivals (-1: nobody arrives).

    `delay_mean_s` is over the persons who arrive in the simulation, `delay_most_s` the greatest of them.
    """

    name: str
    persons: int
    arrived: int
    planned_last_s: int
    simulated_last_s: int
    delay_mean_s: int
    delay_most_s: int

    @property
    def ratio_permille(self) -> int:
        """Simulated against planned last arrival, both from the start of the case; 0 where there is none."""
        if self.planned_last_s <= 0 or self.simulated_last_s < 0:
            return 0
        return -(-self.simulated_last_s * 1_000 // self.planned_last_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationSheet:
    """A plan in a simulator: by direction, by place, and what did not go as planned.

    `driving_planned_s` and `driving_simulated_s` add up the time that vehicles spend on roads; `missed` are
    persons whose vehicle came after the movement that was to take them on had left; `shut` are movements
    that came to a road after it was shut; `outside` those on a road when the hours of movement had ended.
    """

    simulator: str
    capacity_permille: int
    spread_permille: int
    seed: int
    directions: tuple[Compared, ...]
    places: tuple[Compared, ...]
    movements: int
    never: int
    missed: int
    shut: int
    outside: int
    driving_planned_s: int
    driving_simulated_s: int
    arrivals: tuple[Arrived, ...]

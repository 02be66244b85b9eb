"""The planning problem: places, people, vehicles and rules on positions of one timed network."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.domain.admin_area import AdminArea
from safepassage.domain.aid.supplies import Supplies
from safepassage.domain.history import History
from safepassage.domain.timed_network import TimedNetwork


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPlace:
    """A place on the network; -1 where it has no node. `direction` is set on reception sites only."""

    id: str
    name: str
    kind: str
    node: int
    pickup_node: int
    release_s: int
    direction: str
    capacity_persons: int
    snap_m: int = 0
    admin: AdminArea = AdminArea()


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandRow:
    """Persons of one place and group with one answer: a direction id, ``undecided`` or ``stays``."""

    place: str
    direction: str
    group: str
    persons: int
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """One vehicle with its base node and places by kind; `spare_seats` are kept free, beside `seats`."""

    id: str
    type: str
    base_node: int
    seats: int
    wheelchair: int
    stretcher: int
    units_mveh: int
    weight_kg: int
    available_from_s: int
    available_until_s: int
    max_duty_s: int
    spare_seats: int = 0

    @property
    def places(self) -> int:
        """Persons it can carry at once."""
        return self.seats + self.wheelchair + self.stretcher


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The numbers of the written model; -1 stands for "no limit"."""

    burst_mveh: int
    burst_persons: int
    junction_wait_max_s: int
    exposure_cap_ppm_s: int
    persons_per_car: int
    car_units_mveh: int
    car_weight_kg: int
    load_base_s: int
    load_per_person_s: int
    unload_base_s: int
    unload_per_person_s: int
    movement_windows: tuple[tuple[int, int], ...] = ()
    spare_seat_percent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningProblem:
    """What the planner, the bound and the verifier all read; `inputs.json` is this value written down.

    `history` is what has already happened, where a plan is made while an earlier one is under way; `supplies`
    what aid beside the plan is made from, None where there is nothing to bring or to bring it with.
    """

    case_id: str
    title: str
    exercise: bool
    epoch: str
    as_of: str
    time_zones: tuple[tuple[str, int], ...]
    hotline: str
    notice_languages: tuple[str, ...]
    directions: tuple[tuple[str, str], ...]
    network: TimedNetwork
    places: tuple[PlacedPlace, ...]
    demand: tuple[DemandRow, ...]
    fleet: tuple[Vehicle, ...]
    rules: Rules
    history: History | None = None
    supplies: Supplies | None = None

    def direction_bit(self, direction: str) -> int:
        """Return the permission bit of a direction id."""
        return 1 << [row[0] for row in self.directions].index(direction)

    def sites(self, direction: str) -> tuple[PlacedPlace, ...]:
        """Return the reception sites of a direction that lie on the network."""
        return tuple(p for p in self.places if p.direction == direction and p.node >= 0)

"""The planning problem: places, people, vehicles and rules on positions of one timed network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from safepassage.domain.admin_area import AdminArea
from safepassage.domain.aid.supplies import Supplies
from safepassage.domain.history import History
from safepassage.domain.local_days import ClockChange
from safepassage.domain.timed_network import TimedNetwork


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPlace:
    """A place on the network; -1 where it has no node. `direction` is set on reception sites only.

    `exposure_cap_ppm_s` is the cap for journeys from here, None where that of the rules holds.
    """

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
    exposure_cap_ppm_s: int | None = None


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
class HelpTime:
    """Seconds that a person of a group takes to board and to get off beyond those of anybody."""

    group: str
    load_s: int
    unload_s: int


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
    help_times: tuple[HelpTime, ...] = ()

    def loading_s(self, persons: int, boarding: Mapping[str, int]) -> int:
        """Return the seconds until a vehicle with `persons` aboard may leave; `boarding` get on, by group."""
        if not persons:
            return 0
        helped = sum(row.load_s * boarding.get(row.group, 0) for row in self.help_times)
        return self.load_base_s + self.load_per_person_s * persons + helped

    def unloading_s(self, persons: int, alighting: Mapping[str, int]) -> int:
        """Return the seconds after an arrival with `persons` aboard; `alighting` get off, by group."""
        if not persons:
            return 0
        helped = sum(row.unload_s * alighting.get(row.group, 0) for row in self.help_times)
        return self.unload_base_s + self.unload_per_person_s * persons + helped

    def cap_ppm_s(self, place: PlacedPlace) -> int:
        """Return the most exposure of a journey from a place, -1 without limit."""
        own = place.exposure_cap_ppm_s
        return self.exposure_cap_ppm_s if own is None else own

    def longest_loading_s(self, vehicle: Vehicle) -> int:
        """Return the seconds that loading takes where every place is taken by whoever takes longest."""
        slowest = max((row.load_s for row in self.help_times), default=0)
        return self.loading_s(vehicle.places, {}) + slowest * vehicle.places

    def person_s(self, group: str) -> tuple[int, int]:
        """Return the seconds that one person of a group takes to board, and to get off."""
        more = next((row for row in self.help_times if row.group == group), None)
        load_s, unload_s = (more.load_s, more.unload_s) if more else (0, 0)
        return self.load_per_person_s + load_s, self.unload_per_person_s + unload_s


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
    clock_change: ClockChange | None = None

    @property
    def loosest_cap_ppm_s(self) -> int:
        """The most exposure that anybody's journey may have, -1 without limit."""
        caps = {self.rules.cap_ppm_s(place) for place in self.places if not place.direction}
        return -1 if not caps or min(caps) < 0 else max(caps)

    @property
    def is_capped(self) -> bool:
        """Whether the exposure of anybody's journey has a limit."""
        return self.rules.exposure_cap_ppm_s >= 0 or any(
            place.exposure_cap_ppm_s is not None for place in self.places
        )

    def direction_bit(self, direction: str) -> int:
        """Return the permission bit of a direction id."""
        return 1 << [row[0] for row in self.directions].index(direction)

    def sites(self, direction: str) -> tuple[PlacedPlace, ...]:
        """Return the reception sites of a direction that lie on the network."""
        return tuple(p for p in self.places if p.direction == direction and p.node >= 0)

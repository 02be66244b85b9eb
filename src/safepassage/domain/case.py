"""The case: what a planner hands in. All times are whole seconds from the case's start (the epoch)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from safepassage.domain.admin_area import AdminArea
from safepassage.domain.aid.commodity import Commodity, Norm
from safepassage.domain.aid.people_groups import GroupShare
from safepassage.domain.aid.stock import Consignment, StockLot, Truck
from safepassage.domain.local_days import ClockChange

# Every noun of a case says where it comes from, so the word is handed on from here.
from safepassage.domain.provenance import Provenance as Provenance  # noqa: PLC0414
from safepassage.domain.safeguard import Safeguard


class PlaceKind(StrEnum):
    """What a place is for."""

    SETTLEMENT = "settlement"
    INSTITUTION = "institution"
    ASSEMBLY_POINT = "assembly_point"
    RECEPTION_SITE = "reception_site"
    DEPOT = "depot"
    MEDICAL_POINT = "medical_point"
    BORDER_CROSSING = "border_crossing"
    CHECKPOINT = "checkpoint"
    WAITING_PLACE = "waiting_place"


class Group(StrEnum):
    """How a person travels and what seat that takes."""

    OWN_VEHICLE = "own_vehicle"
    NEEDS_TRANSPORT = "needs_transport"
    ASSISTED = "assisted"
    WHEELCHAIR = "wheelchair"
    STRETCHER = "stretcher"
    CARER_ASSISTED = "carer_assisted"
    CARER_WHEELCHAIR = "carer_wheelchair"
    CARER_STRETCHER = "carer_stretcher"


CARER_OF: Mapping[str, str] = MappingProxyType(
    {
        str(Group.ASSISTED): str(Group.CARER_ASSISTED),
        str(Group.WHEELCHAIR): str(Group.CARER_WHEELCHAIR),
        str(Group.STRETCHER): str(Group.CARER_STRETCHER),
    }
)
"""The group of those who take a seat beside each group that may need somebody with them."""


def carers_needed(persons: int, together: tuple[int, int]) -> int:
    """Return how many carers travel with some of `together`, the persons and carers of one answer at a place.

    With fewer carers than persons each looks after as many as the others do, rounded up; with more, each
    person has as many as the others have, rounded down.
    """
    everybody, carers = together
    if not carers or not everybody:
        return 0
    if carers < everybody:
        return -(-persons // -(-everybody // carers))
    return persons * (carers // everybody)


class DirectionBasis(StrEnum):
    """How the chosen direction is known; ASSUMPTION is planned as undecided."""

    TALLY = "tally"
    SURVEY = "survey"
    ASSUMPTION = "assumption"
    EXERCISE = "exercise"


STAYS = "stays"
UNDECIDED = "undecided"


class RoadStatusWord(StrEnum):
    """Road and bridge status, exactly LogIE's words."""

    UNKNOWN = "UNKNOWN"
    PASSABLE = "PASSABLE"
    RESTRICTED = "RESTRICTED"
    NOT_PASSABLE = "NOT_PASSABLE"
    ALTERNATIVE_ROUTE = "ALTERNATIVE_ROUTE"
    UNSPECIFIED = "UNSPECIFIED"


class BorderStatusWord(StrEnum):
    """Border status, exactly LogIE's words."""

    UNKNOWN = "UNKNOWN"
    OPEN = "OPEN"
    RESTRICTED = "RESTRICTED"
    CLOSED = "CLOSED"
    UNSPECIFIED = "UNSPECIFIED"
    UNCLEAR = "UNCLEAR"


class ArrangementKind(StrEnum):
    """What was arranged or announced."""

    PAUSE = "pause"
    CORRIDOR = "corridor"
    NOTIFICATION = "notification"
    ANNOUNCED_ZONE = "announced_zone"
    PROTECTED_ZONE = "protected_zone"
    ORDERED_EVACUATION = "ordered_evacuation"


class ArrangementStatus(StrEnum):
    """How far an arrangement has come."""

    ANNOUNCED_UNILATERALLY = "announced_unilaterally"
    PROPOSED = "proposed"
    AGREED_IN_PRINCIPLE = "agreed_in_principle"
    AGREED_IN_DETAIL = "agreed_in_detail"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    EXPIRED = "expired"
    VIOLATED_CLAIMED = "violated_claimed"


class AreaKind(StrEnum):
    """What an area stands for."""

    PROTECTED_ZONE = "protected_zone"
    ANNOUNCED_ZONE = "announced_zone"
    REPORTED_HAZARD = "reported_hazard"
    NO_GO = "no_go"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A half-open interval [from_s, until_s) of grid seconds."""

    from_s: int
    until_s: int

    def __post_init__(self) -> None:
        if self.until_s <= self.from_s:
            raise ValueError(f"an interval must end after it starts, got [{self.from_s}, {self.until_s})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """A way out that people choose; a party's territory is never an objective."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A named place; coordinates in degrees × 10**7, or a network node id.

    `capacity_*_persons`, `persons_h`, `vehicles_h`, `storage_vehicles`, `population` are None where
    not stated.
    `open_windows` are the seconds in which a crossing works (empty: always); `directions` the ids it permits
    (empty: all). `direction` is the one a reception site belongs to. `foot_m` are metres walked at a crossing
    that vehicles cannot pass. `admin` is the administrative unit it lies in. `exposure_cap_ppm_s` is the cap
    of journeys from here, None where that of the settings holds.
    """

    id: str
    name: str
    kind: PlaceKind
    lon_e7: int | None = None
    lat_e7: int | None = None
    node: str = ""
    assembly_point: str = ""
    direction: str = ""
    population: int | None = None
    capacity_day_persons: int | None = None
    capacity_night_persons: int | None = None
    persons_h: int | None = None
    vehicles_h: int | None = None
    open_windows: tuple[Interval, ...] = ()
    directions: tuple[str, ...] = ()
    empty_return: bool = True
    foot_m: int = 0
    storage_vehicles: int | None = None
    release_s: int = 0
    status: BorderStatusWord = BorderStatusWord.UNSPECIFIED
    admin: AdminArea = AdminArea()
    exposure_cap_ppm_s: int | None = None
    provenance: Provenance = Provenance()


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Persons of one group at one place with one answer to "which way?" (a direction id, STAYS or UNDECIDED).

    `household_sizes` are anonymous pairs (size, number of households); never names.
    """

    place: str
    direction: str
    group: Group
    persons: int
    basis: DirectionBasis
    household_sizes: tuple[tuple[int, int], ...] = ()
    provenance: Provenance = Provenance()


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleType:
    """`count` identical vehicles at one base; `units_mveh` is the road space of one, in thousandths of a car.

    `name` says in words what kind of vehicle it is.
    """

    id: str
    count: int
    seats: int
    wheelchair_places: int
    stretcher_places: int
    base: str
    units_mveh: int
    weight_kg: int
    payload_kg: int = 0
    available_from_s: int = 0
    available_until_s: int | None = None
    max_duty_s: int | None = None
    drivers: int = 1
    assumption: bool = False
    name: str = ""
    provenance: Provenance = Provenance()


class SelectorKind(StrEnum):
    """How a case points at roads."""

    LINK = "link"
    WAY = "way"
    REF = "ref"
    NAME = "name"
    NEAR = "near"
    AREA = "area"
    PLACE = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadSelector:
    """Points at stretches of road.

    Written link:ID, way:ID, ref:R200, name:…, near:LAT,LON, area:ID or place:ID (a crossing).
    """

    kind: SelectorKind
    value: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadStatus:
    """A reported status of stretches of road in an interval (None: the whole grid)."""

    id: str
    roads: tuple[RoadSelector, ...]
    status: RoadStatusWord
    interval: Interval | None = None
    speed_kmh: int | None = None
    capacity_veh_h: int | None = None
    max_weight_kg: int | None = None
    provenance: Provenance = Provenance()


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """A pause, corridor, notification, zone or ordered evacuation, as announced or agreed.

    `windows` are the seconds in which it holds (empty: not stated). It governs the roads, crossings
    (`places`)
    and area it names: with a status that may be used they are open in its windows only.
    """

    id: str
    kind: ArrangementKind
    status: ArrangementStatus
    name: str = ""
    parties: tuple[str, ...] = ()
    announced_by: str = ""
    stated_purposes: str = ""
    windows: tuple[Interval, ...] = ()
    roads: tuple[RoadSelector, ...] = ()
    places: tuple[str, ...] = ()
    area: str = ""
    directions: tuple[str, ...] = ()
    accepted_by_lead: str = ""
    legal_basis: str = ""
    document: str = ""
    provenance: Provenance = Provenance()


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A polygon (outer ring first, then holes; (lon_e7, lat_e7) points, closed) with what is claimed of it.

    `hazard_*_ppm` are probabilities of a harmful condition for travellers, in ppm, low <= central <= high.
    Areas with one `version_of` are what several sources say of one zone.
    """

    id: str
    kind: AreaKind
    name: str
    polygons: tuple[tuple[tuple[tuple[int, int], ...], ...], ...]
    hazard_low_ppm: int = 0
    hazard_ppm: int = 0
    hazard_high_ppm: int = 0
    interval: Interval | None = None
    provenance: Provenance = Provenance()
    version_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRow:
    """A report as a free row: who said what, when, about what; own words, never a private person's name."""

    id: str
    outlet: str
    speaker: str
    published: str
    text: str
    about: str = ""
    cites: str = ""
    source_grade: str = ""
    information_grade: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitLink:
    """A train, boat or walking link between two places; `timetable` rows are (departure_s, persons)."""

    id: str
    from_place: str
    to_place: str
    mode: str
    travel_s: int
    persons_h: int | None = None
    timetable: tuple[tuple[int, int], ...] = ()
    windows: tuple[Interval, ...] = ()
    length_m: int = 0
    provenance: Provenance = Provenance()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every planning parameter and line of policy.

    The data dictionary holds meaning, default and source of each.
    """

    horizon_s: int = 86_400
    persons_per_car: int = 3
    car_units_mveh: int = 1_000
    car_weight_kg: int = 2_000
    luggage_seat_permille: int = 0
    spare_seat_percent: int = 0
    junction_wait_max_s: int = 120
    load_base_s: int = 300
    load_per_person_s: int = 6
    unload_base_s: int = 180
    unload_per_person_s: int = 3
    load_more_assisted_s: int = 13
    load_more_wheelchair_s: int = 122
    load_more_stretcher_s: int = 180
    unload_more_assisted_s: int = 13
    unload_more_wheelchair_s: int = 122
    unload_more_stretcher_s: int = 120
    exposure_cap_ppm_s: int | None = None
    hazard_layer: str = "central"
    exposure_weight: int = 20
    snap_limit_m: int = 2_000
    unknown_speed_permille: int = 700
    unknown_capacity_permille: int = 500
    unknown_use: bool = True
    restricted_speed_permille: int = 500
    restricted_capacity_permille: int = 500
    restricted_use: bool = True
    road_capacity_permille: int = 1_000
    alternative_route_use: bool = True
    use_unilateral_windows: bool = False
    use_proposed_windows: bool = False
    movement_windows: tuple[Interval, ...] = ()
    plan_reserves: bool = True
    water_l_person_day: int = 15
    food_g_person_day: int = 555
    weight_priority_1: int = 8
    weight_priority_2: int = 4
    weight_priority_3: int = 2
    weight_priority_4: int = 1
    truck_headway_s: int = 0
    convoy_slack_s: int = 60
    cold_season: bool = False
    country: str = ""
    work_limit: int = 500_000_000
    renotify_price_person_min: int = 600
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything a planner hands in, checked: ids are unique and refer to what exists.

    `epoch` and `as_of` are ISO 8601 UTC with Z. `time_zones` are (label, seconds east of UTC) pairs, in
    the order to print; `clock_change` is when clocks of the first one are changed within the hours planned.
    `network_file` is relative to the case (empty: the case carries nodes and links of
    its own).
    """

    id: str
    title: str
    exercise: bool
    epoch: str
    as_of: str
    time_zones: tuple[tuple[str, int], ...]
    directions: tuple[Direction, ...]
    places: tuple[Place, ...]
    demand: tuple[Demand, ...]
    fleet: tuple[VehicleType, ...]
    arrangements: tuple[Arrangement, ...] = ()
    road_statuses: tuple[RoadStatus, ...] = ()
    areas: tuple[Area, ...] = ()
    reports: tuple[ReportRow, ...] = ()
    transit_links: tuple[TransitLink, ...] = ()
    commodities: tuple[Commodity, ...] = ()
    norms: tuple[Norm, ...] = ()
    people_groups: tuple[GroupShare, ...] = ()
    stock: tuple[StockLot, ...] = ()
    trucks: tuple[Truck, ...] = ()
    consignments: tuple[Consignment, ...] = ()
    safeguards: tuple[Safeguard, ...] = ()
    settings: Settings = Settings()
    network_file: str = ""
    hotline: str = ""
    notice_languages: tuple[str, ...] = ()
    attribution: str = ""
    clock_change: ClockChange | None = None

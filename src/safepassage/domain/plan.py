"""The plan: who leaves when, from where, to where, by which vehicle; and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.domain.price_sheet import PriceSheet

Waits = tuple[tuple[int, int], ...]
"""(position in the route, seconds waited before that arc)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Consecutive arcs between two nodes; no arcs when both are one."""

    from_node: int
    to_node: int
    arcs: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """One car: when it leaves, with how many persons, and where it waits."""

    depart_s: int
    persons: int
    waits: Waits = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CarStream:
    """Cars of one place that drive the same route to the same site, in order of departure."""

    id: str
    place: str
    direction: str
    site: str
    route: int
    reserve: bool
    departures: tuple[Departure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Persons of one place, group and direction aboard.

    `after` is the leg they came from, `site` where they arrive.
    """

    place: str
    group: str
    direction: str
    persons: int
    reserve: bool
    after: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """One ride of a vehicle along a route, loaded or empty."""

    id: str
    route: int
    depart_s: int
    waits: Waits
    arrive_s: int
    load: tuple[Load, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleChain:
    """All legs of one vehicle, in order, starting at its base."""

    id: str
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRide:
    """Persons on a train, boat or footpath."""

    id: str
    arc: int
    depart_s: int
    load: tuple[Load, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unserved:
    """Decided persons this plan does not bring out, with the reason."""

    place: str
    direction: str
    group: str
    persons: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserve:
    """Undecided persons of one place and group, and what is held for them in one direction."""

    place: str
    group: str
    direction: str
    persons: int
    reserved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """All movements, and everybody who does not move."""

    routes: tuple[Route, ...]
    cars: tuple[CarStream, ...]
    vehicles: tuple[VehicleChain, ...]
    link_rides: tuple[LinkRide, ...]
    unserved: tuple[Unserved, ...]
    reserves: tuple[Reserve, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corridor:
    """A way from one place to one site of a direction, its bottleneck, and an alternative (a position or -1).

    `alternative_shared_ppm` is the share of the corridor's length that the alternative uses too. Without an
    alternative, `no_alternative` says why and `cut_arcs` names the stretches every way has to use.
    """

    id: str
    direction: str
    place: str
    site: str
    route: int
    length_m: int
    travel_s: int
    exposure_ppm_s: int
    capacity_veh_h: int
    bottleneck_arc: int
    bottleneck_reason: str
    alternative: int = -1
    alternative_shared_ppm: int = -1
    no_alternative: str = ""
    cut_arcs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectionSummary:
    """What the plan does in one direction, and what no plan of the model can better.

    `exposure_layers` is the exposure (person·ppm·s) in the low, central and high layer; None where the inputs
    state no events.
    """

    name: str
    persons_demand: int
    persons_served: int
    persons_unserved: int
    persons_reserved: int
    clearance_s: int | None
    clearance_bound_s: int | None
    gap_ppm: int | None
    bound_kind: str
    unserved_bound: int
    exposure_person_ppm_s: int
    min_share_ppm: int
    exposure_layers: tuple[int, int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Do not move now: what the people of a place need per day where they are."""

    place: str
    persons: int
    water_l_day: int
    food_kg_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """One thing the plan rests on: a report, status, arrangement or assumption."""

    kind: str
    id: str
    text: str
    source: str
    grade: str
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Modification:
    """One change of the baseline, in order; `used` is False when it is only shown."""

    id: str
    kind: str
    text: str
    source: str
    arcs: tuple[int, ...]
    from_s: int
    to_s: int
    used: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NotAssessed:
    """Something that was not assessed, in plain sight."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What limits one direction: the cut or the fleet, in words and positions."""

    direction: str
    kind: str
    text: str
    arcs: tuple[int, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A proved bound: in this model `persons` of the commodity cannot all have arrived by `horizon_s`."""

    id: str
    direction: str
    kind: str
    commodity: str
    persons: int
    horizon_s: int
    phi: int
    clearance_s: int
    labels: tuple[tuple[int, int], ...]
    extension: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopePart:
    """One commodity's share of an envelope point, with the labels that prove it."""

    commodity: str
    phi: int
    labels: tuple[tuple[int, int], ...]
    extension: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopePoint:
    """At most `persons_at_most` can have arrived by `t_s` in one direction."""

    direction: str
    t_s: int
    persons_at_most: int
    parts: tuple[EnvelopePart, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedBound:
    """A proved bound for all directions together: no plan takes less than `person_seconds`.

    Person-seconds add up the arrivals of decided persons, and the horizon for everybody unserved; `limit` is
    the most that all of them can gain against the horizon, by the prices of the sheet; where `loads` are
    counted, with what the heads of a load take to board.
    """

    id: str
    sheet: PriceSheet
    limit: int
    person_seconds: int
    loads: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The bounds that anyone can sum again."""

    bounds: tuple[Bound, ...]
    envelope: tuple[EnvelopePoint, ...]
    priced: tuple[PricedBound, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class JointSummary:
    """What the plan takes for all directions together, and what no plan of the model can better.

    `last_arrival_bound_s` is for plans that serve as many persons in every direction; gaps are in ppm of the
    bound. None where nothing is proved or nobody arrives.
    """

    person_seconds: int
    person_seconds_bound: int | None
    person_seconds_gap_ppm: int | None
    last_arrival_s: int | None
    last_arrival_bound_s: int | None
    last_arrival_gap_ppm: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeWith:
    """What makes a plan reproducible: the same version, inputs, seed and limits give the same bytes."""

    version: str
    seed: int
    work_limit: int
    time_limit_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything the planner has to say; nothing leaves the system before the verifier has seen it."""

    case_id: str
    title: str
    exercise: bool
    epoch: str
    as_of: str
    horizon_s: int
    complete: bool
    made_with: MadeWith
    schedule: Schedule
    directions: tuple[DirectionSummary, ...]
    corridors: tuple[Corridor, ...]
    hold: tuple[Hold, ...]
    basis: tuple[Basis, ...]
    modifications: tuple[Modification, ...]
    not_assessed: tuple[NotAssessed, ...]
    binding: tuple[Binding, ...]
    certificate: Certificate
    joint: JointSummary | None = None

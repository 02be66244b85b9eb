"""Places, people, vehicles and rules on positions of the timed network."""

from __future__ import annotations

from safepassage.domain.case import (
    UNDECIDED,
    Case,
    DirectionBasis,
    Group,
    Place,
    PlaceKind,
    Settings,
    VehicleType,
)
from safepassage.domain.planning_problem import (
    DemandRow,
    HelpTime,
    PlacedPlace,
    PlanningProblem,
    Rules,
    Vehicle,
)
from safepassage.domain.timed_network import TimedNetwork
from safepassage.engines.overlay.placing import Placing
from safepassage.engines.overlay.supplies import supplies_of

NONE = -1
PERMILLE = 1_000
PERCENT = 100


def planning_problem(
    case: Case, timed: TimedNetwork, placing: Placing, out_node: dict[int, int]
) -> PlanningProblem:
    """Gather what planner, bound and verifier read.

    Rows whose direction is only assumed are planned as undecided. Where people start on the node of a gate,
    they start behind it.
    """
    rows: dict[tuple[str, str, str, str], int] = {}
    for row in case.demand:
        assumed = row.basis is DirectionBasis.ASSUMPTION and row.direction in {d.id for d in case.directions}
        key = (row.place, UNDECIDED if assumed else row.direction, str(row.group), str(row.basis))
        rows[key] = rows.get(key, 0) + row.persons
    return PlanningProblem(
        case_id=case.id, title=case.title, exercise=case.exercise, epoch=case.epoch, as_of=case.as_of,
        time_zones=case.time_zones, hotline=case.hotline, notice_languages=case.notice_languages,
        directions=tuple((d.id, d.name) for d in case.directions), network=timed,
        places=tuple(_placed(p, placing, out_node) for p in case.places),
        demand=tuple(
            DemandRow(place=p, direction=d, group=g, persons=n, basis=b)
            for (p, d, g, b), n in sorted(rows.items()) if n > 0
        ),
        fleet=_fleet(case, placing, out_node), rules=_rules(case), supplies=supplies_of(case),
        clock_change=case.clock_change,
    )  # fmt: skip


def _placed(place: Place, placing: Placing, out_node: dict[int, int]) -> PlacedPlace:
    node = placing.node[place.id]
    is_site = place.kind is PlaceKind.RECEPTION_SITE and bool(place.direction)
    assembly = placing.node.get(place.assembly_point, NONE) if place.assembly_point else node
    stated = [c for c in (place.capacity_day_persons, place.capacity_night_persons) if c is not None]
    start = node if is_site else out_node.get(node, node)
    return PlacedPlace(
        id=place.id, name=place.name, kind=str(place.kind), node=start,
        pickup_node=out_node.get(assembly, assembly), release_s=max(0, place.release_s),
        direction=place.direction if is_site else "",
        capacity_persons=min(stated) if stated and is_site else NONE,
        snap_m=placing.snap_m[place.id], admin=place.admin, exposure_cap_ppm_s=place.exposure_cap_ppm_s,
    )  # fmt: skip


def _fleet(case: Case, placing: Placing, out_node: dict[int, int]) -> tuple[Vehicle, ...]:
    """Return one row per vehicle; those whose base is off the network (a problem of its own) cannot move."""
    horizon_s = case.settings.horizon_s
    vehicles: list[Vehicle] = []
    for kind in case.fleet:
        base = placing.node.get(kind.base, NONE)
        if base < 0:
            continue
        duty = NONE if kind.max_duty_s is None else kind.max_duty_s * max(1, kind.drivers)
        until = horizon_s if kind.available_until_s is None else min(horizon_s, kind.available_until_s)
        vehicles.extend(
            Vehicle(
                id=f"{kind.id}-{number:03d}", type=kind.id, base_node=out_node.get(base, base),
                seats=_seats(case, kind), wheelchair=kind.wheelchair_places, stretcher=kind.stretcher_places,
                spare_seats=_spare_seats(case, kind),
                units_mveh=kind.units_mveh, weight_kg=kind.weight_kg,
                available_from_s=max(0, kind.available_from_s), available_until_s=until, max_duty_s=duty,
            )
            for number in range(1, kind.count + 1)
        )  # fmt: skip
    return tuple(vehicles)


def _seats(case: Case, kind: VehicleType) -> int:
    """Return the seats that are planned for; what luggage takes and what is kept free is rounded up."""
    return _usable_seats(case, kind) * PERCENT // (PERCENT + case.settings.spare_seat_percent)


def _spare_seats(case: Case, kind: VehicleType) -> int:
    """Return the seats kept free for people who come without having been counted."""
    return _usable_seats(case, kind) - _seats(case, kind)


def _usable_seats(case: Case, kind: VehicleType) -> int:
    return kind.seats * (PERMILLE - case.settings.luggage_seat_permille) // PERMILLE


def _rules(case: Case) -> Rules:
    s = case.settings
    cap = NONE if s.exposure_cap_ppm_s is None else s.exposure_cap_ppm_s
    places = [_seats(case, k) + k.wheelchair_places + k.stretcher_places for k in case.fleet]
    units = [*(k.units_mveh for k in case.fleet), *(k.units_mveh for k in case.trucks)]
    return Rules(
        burst_mveh=max([s.car_units_mveh, *units]),
        burst_persons=max([s.persons_per_car, *places]),
        junction_wait_max_s=s.junction_wait_max_s, exposure_cap_ppm_s=cap, persons_per_car=s.persons_per_car,
        car_units_mveh=s.car_units_mveh, car_weight_kg=s.car_weight_kg, load_base_s=s.load_base_s,
        load_per_person_s=s.load_per_person_s, unload_base_s=s.unload_base_s,
        unload_per_person_s=s.unload_per_person_s,
        movement_windows=_movement_windows(case), spare_seat_percent=s.spare_seat_percent,
        help_times=_help_times(s),
    )  # fmt: skip


def _help_times(s: Settings) -> tuple[HelpTime, ...]:
    """Return the groups that take longer than anybody does."""
    rows = (
        (Group.ASSISTED, s.load_more_assisted_s, s.unload_more_assisted_s),
        (Group.WHEELCHAIR, s.load_more_wheelchair_s, s.unload_more_wheelchair_s),
        (Group.STRETCHER, s.load_more_stretcher_s, s.unload_more_stretcher_s),
    )
    return tuple(HelpTime(group=str(g), load_s=on, unload_s=off) for g, on, off in rows if on or off)


def _movement_windows(case: Case) -> tuple[tuple[int, int], ...]:
    """Return disjoint windows in order; none means "always", one behind the grid means "never"."""
    horizon_s, windows = case.settings.horizon_s, case.settings.movement_windows
    found: list[tuple[int, int]] = []
    for window in sorted(windows, key=lambda w: (w.from_s, w.until_s)):
        start, end = max(0, window.from_s), min(horizon_s, window.until_s)
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif start < end:
            found.append((start, end))
    return tuple(found) or (((horizon_s + 1, horizon_s + 2),) if windows else ())

"""Checks of places: where they lie, what they are for, what is stated of them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence

from safepassage.domain.case import BorderStatusWord, Place, PlaceKind
from safepassage.domain.case_checks.case_draft import CaseDraft, Located
from safepassage.domain.problem import Problem, error, warning
from safepassage.domain.suggestions import did_you_mean, quoted

FAR_KM = 150
"""A place further from the middle of the others was probably found under the name of another."""
SWAPPED_KM = 100
SWAPPED_FACTOR = 5
POLE_E7 = 90 * 10**7
KM_PER_DEGREE = 111.195
P_CODE = re.compile(r"[A-Z]{2,3}[0-9][0-9A-Z]*")
ENOUGH = 3
"""With fewer other places there is no middle to compare with."""

Point = tuple[int, int]
_CROSSINGS = {PlaceKind.BORDER_CROSSING, PlaceKind.CHECKPOINT}
_NO_BOARDING = {*_CROSSINGS, PlaceKind.RECEPTION_SITE, PlaceKind.DEPOT}


def distance_km(one: Point, other: Point) -> float:
    """Return the rough distance of two (lon_e7, lat_e7) points, good enough to tell near from far."""
    scale = KM_PER_DEGREE / 10**7
    along = math.cos(math.radians((one[1] + other[1]) / 2e7))
    wide = abs(one[0] - other[0])
    wide = min(wide, 3_600_000_000 - wide)
    return math.hypot(wide * scale * along, (one[1] - other[1]) * scale)


def middle(points: Sequence[Point]) -> Point | None:
    """Return the median longitude and latitude, or None where there are too few points."""
    if len(points) < ENOUGH:
        return None
    half = len(points) // 2
    return sorted(x for x, _ in points)[half], sorted(y for _, y in points)[half]


def seems_swapped(point: Point, reference: Point | None) -> bool:
    """Whether a point lies far from the reference, and near to it with latitude and longitude swapped."""
    if reference is None or abs(point[0]) > POLE_E7:
        return False
    away, swapped = distance_km(point, reference), distance_km((point[1], point[0]), reference)
    return away > SWAPPED_KM and swapped * SWAPPED_FACTOR < away


def _point(place: Place) -> Point | None:
    if place.lon_e7 is None or place.lat_e7 is None:
        return None
    return place.lon_e7, place.lat_e7


def reference_point(draft: CaseDraft) -> Point | None:
    """Return the middle of the case: of its nodes where it has a network of its own, else of its places."""
    if draft.nodes:
        return middle(list(draft.nodes.values()))
    return middle([point for located in draft.places if (point := _point(located.value)) is not None])


def places_have_a_location(draft: CaseDraft) -> Iterator[Problem]:
    """A place has coordinates or a node, unless people get there and away by transit links only."""
    ends = {end for link in draft.transit_links for end in (link.value.from_place, link.value.to_place)}
    for located in draft.places:
        place = located.value
        if (place.lat_e7 is None) != (place.lon_e7 is None):
            missing = "lat" if place.lat_e7 is None else "lon"
            there = "longitude" if missing == "lat" else "latitude"
            message = f"the place has a {there}, but {missing} is empty"
            yield error("CELL_EMPTY", located.at(missing), message, "give both, or neither and a node")
        elif place.lat_e7 is None and not place.node and place.id not in ends:
            yield error(
                "PLACE_NO_LOCATION",
                located.at("lat"),
                f"the place “{place.id}” has neither coordinates nor a node",
                "fill in lat and lon in decimal degrees, or the id of a network node in node",
            )


def nodes_exist(draft: CaseDraft) -> Iterator[Problem]:
    """A node that a place names stands in the table of nodes, where the case has one."""
    if draft.nodes is None:
        return
    for located in draft.places:
        node = located.value.node
        if node and node not in draft.nodes:
            yield error(
                "REFERENCE_UNKNOWN",
                located.at("node"),
                f"node {quoted(node)} does not stand in the table nodes",
                did_you_mean(node, draft.nodes) or "name a node that is there, or give lat and lon instead",
            )


def coordinates_are_not_swapped(draft: CaseDraft) -> Iterator[Problem]:
    """No place lies far off where swapping its coordinates would put it beside the others."""
    reference = reference_point(draft)
    for located in draft.places:
        point = _point(located.value)
        if point is not None and reference is not None and seems_swapped(point, reference):
            yield error(
                "PLACE_SWAPPED",
                located.at("lat"),
                f"the place “{located.value.id}” lies {distance_km(point, reference):,.0f} km from the "
                "rest; with "
                "latitude and longitude swapped it would lie beside it",
                f"write lat {point[0] / 1e7:g} and lon {point[1] / 1e7:g}",
            )


def places_lie_together(draft: CaseDraft) -> Iterator[Problem]:
    """A place far from all others was probably found under another name; sites may be far on purpose."""
    reference = reference_point(draft)
    ends = {end for link in draft.transit_links for end in (link.value.from_place, link.value.to_place)}
    for located in draft.places:
        place, point = located.value, _point(located.value)
        if point is None or reference is None or place.id in ends or place.kind is PlaceKind.RECEPTION_SITE:
            continue
        away = distance_km(point, reference)
        if away > FAR_KM and not seems_swapped(point, reference):
            yield warning(
                "PLACE_FAR",
                located.at("lat"),
                f"the place “{place.id}” lies {away:,.0f} km from the middle of the others",
                "check whether the coordinates are those of another place with the same name",
            )


def sites_belong_to_a_direction(draft: CaseDraft) -> Iterator[Problem]:
    """A reception site has a direction, and nothing else has one."""
    for located in draft.places:
        place = located.value
        if place.kind is PlaceKind.RECEPTION_SITE and not place.direction:
            yield error(
                "SITE_NO_DIRECTION",
                located.at("direction"),
                f"the reception site “{place.id}” belongs to no direction",
                "name one: " + ", ".join(draft.known("directions")),
            )
        elif place.kind is not PlaceKind.RECEPTION_SITE and place.direction:
            yield error(
                "DIRECTION_NOT_SITE",
                located.at("direction"),
                f"“{place.id}” is a {place.kind} but has a direction; only reception sites belong to one",
                "empty the cell; for a crossing use permitted_directions",
            )


def sites_state_a_capacity(draft: CaseDraft) -> Iterator[Problem]:
    """A reception site without a capacity is planned without a limit, which somebody should know."""
    for located in draft.places:
        place = located.value
        stated = place.capacity_day_persons is not None or place.capacity_night_persons is not None
        if place.kind is PlaceKind.RECEPTION_SITE and not stated:
            yield warning(
                "SITE_NO_CAPACITY",
                located.at("capacity_day_persons"),
                f"the reception site “{place.id}” states no capacity; it is planned without a limit",
                "ask how many persons it can take by day and overnight",
            )


def crossings_state_figures_with_a_source(draft: CaseDraft) -> Iterator[Problem]:
    """Crossings and checkpoints bind more often than roads do: their figures are needed, with who says so."""
    for located in draft.places:
        place = located.value
        if place.kind not in _CROSSINGS or place.status is BorderStatusWord.CLOSED:
            continue
        if place.persons_h is None and place.vehicles_h is None:
            yield warning(
                "CROSSING_NO_FIGURES",
                located.at("vehicles_h"),
                f"nothing is stated of how many persons or vehicles pass “{place.id}” per hour; it is "
                "planned "
                "with the capacity of its road",
                "fill in persons_h and vehicles_h; a crossing nearly always passes less than its road",
            )
        elif not place.provenance.source:
            yield warning(
                "SOURCE_MISSING",
                located.at("source"),
                f"the figures of “{place.id}” have no source",
                "write who says so; every output that rests on them will name it",
            )


def boarding_is_where_people_may_stand(draft: CaseDraft) -> Iterator[Problem]:
    """Nobody boards at a crossing, a depot or a reception site."""
    kinds = {located.value.id: located.value.kind for located in draft.places}
    for located in draft.places:
        kind = kinds.get(located.value.assembly_point)
        if kind in _NO_BOARDING:
            yield error(
                "PLACE_KIND",
                located.at("assembly_point"),
                f"the assembly point “{located.value.assembly_point}” is a {kind}",
                "name a place of kind assembly_point, settlement or institution",
            )


def demand_is_where_people_live(draft: CaseDraft) -> Iterator[Problem]:
    """Demand is at settlements and institutions, not at crossings, depots or reception sites."""
    kinds = {located.value.id: located.value.kind for located in draft.places}
    for located in draft.demand:
        kind = kinds.get(located.value.place)
        if kind in _NO_BOARDING:
            yield error(
                "PLACE_KIND",
                located.at("place"),
                f"“{located.value.place}” is a {kind}; nobody is evacuated from there",
                "name the settlement or institution where the people are",
            )


def waiting_places_have_room(draft: CaseDraft) -> Iterator[Problem]:
    """A waiting place says how many vehicles can stand there."""
    for located in draft.places:
        place: Located[Place] = located
        if place.value.kind is PlaceKind.WAITING_PLACE and not place.value.storage_vehicles:
            yield warning(
                "WAITING_NO_ROOM",
                place.at("storage_vehicles"),
                f"the waiting place “{place.value.id}” has no room for vehicles",
                "fill in storage_vehicles: how many passenger-car units can stand there",
            )


def codes_are_p_codes(draft: CaseDraft) -> Iterator[Problem]:
    """What stands as a P-code begins with the country and lies within the level above."""
    for located in draft.places:
        admin = located.value.admin
        above = ""
        for column in ("adm1_pcode", "adm2_pcode", "pcode"):
            code = getattr(admin, column)
            if code and not (P_CODE.fullmatch(code) and code.startswith(above)):
                yield warning(
                    "PCODE_ODD",
                    located.at(column),
                    f"{quoted(code)} does not look like a P-code"
                    + (
                        f" within {above}"
                        if P_CODE.fullmatch(code)
                        else ": two letters of the country, then digits"
                    ),
                    "copy it from the common operational data set (COD-AB) of the country, or leave it empty",
                )
                break
            above = code or above


CHECKS: tuple[Callable[[CaseDraft], Iterator[Problem]], ...] = (
    places_have_a_location,
    nodes_exist,
    coordinates_are_not_swapped,
    places_lie_together,
    sites_belong_to_a_direction,
    sites_state_a_capacity,
    crossings_state_figures_with_a_source,
    boarding_is_where_people_may_stand,
    demand_is_where_people_live,
    waiting_places_have_room,
    codes_are_p_codes,
)

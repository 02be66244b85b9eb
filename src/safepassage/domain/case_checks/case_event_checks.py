"""Checks of arrangements, statuses, areas and transit links: windows, contradictions, what a word needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from safepassage.domain.case import (
    AreaKind,
    ArrangementKind,
    ArrangementStatus,
    Interval,
    RoadSelector,
    RoadStatus,
    SelectorKind,
)
from safepassage.domain.case_checks.case_draft import CaseDraft, Located
from safepassage.domain.case_checks.case_place_checks import (
    FAR_KM,
    distance_km,
    reference_point,
    seems_swapped,
)
from safepassage.domain.problem import Problem, Where, error, warning
from safepassage.domain.suggestions import did_you_mean, quoted

_AGREED = {
    ArrangementStatus.AGREED_IN_PRINCIPLE,
    ArrangementStatus.AGREED_IN_DETAIL,
    ArrangementStatus.IN_FORCE,
    ArrangementStatus.SUSPENDED,
    ArrangementStatus.EXPIRED,
    ArrangementStatus.VIOLATED_CLAIMED,
}
_OVER = {ArrangementStatus.SUSPENDED, ArrangementStatus.EXPIRED}
_NEEDED = {
    ArrangementKind.ANNOUNCED_ZONE: ("announced_by", "stated_purposes"),
    ArrangementKind.PROTECTED_ZONE: ("parties", "document"),
    ArrangementKind.ORDERED_EVACUATION: ("legal_basis",),
}
_SELECTED = {SelectorKind.AREA: "areas", SelectorKind.PLACE: "places"}


def _outside(intervals: Iterable[Interval], horizon_s: int) -> bool:
    rows = tuple(intervals)
    return bool(rows) and all(row.until_s <= 0 or row.from_s >= horizon_s for row in rows)


def windows_meet_the_horizon(draft: CaseDraft) -> Iterator[Problem]:
    """A window that never holds within the hours planned is planned as such, and said."""
    if not draft.clock_known:
        return
    horizon_s = draft.settings.horizon_s
    for where, what, windows in _windows_of(draft):
        if _outside(windows, horizon_s):
            yield _never(where, what)
    for located in draft.places:
        if located.value.release_s >= horizon_s:
            what = f"nobody may leave “{located.value.id}” before the end of the hours that are planned"
            yield _never(located.at("release"), what)
    for link in draft.transit_links:
        times = link.value.timetable
        if times and all(not 0 <= departure < horizon_s for departure, _ in times):
            what = f"no departure of “{link.value.id}” falls within the hours that are planned"
            yield _never(link.at("timetable"), what)


def _windows_of(draft: CaseDraft) -> Iterator[tuple[Where, str, tuple[Interval, ...]]]:
    """Yield where windows stand, what it means if none of them meets the horizon, and the windows."""
    hours = "in the hours that are planned"
    for place in draft.places:
        yield place.at("opening_hours"), f"“{place.value.id}” is never open {hours}", place.value.open_windows
    for row in draft.arrangements:
        yield row.at("window_from"), f"“{row.value.id}” never holds {hours}", row.value.windows
    for link in draft.transit_links:
        yield link.at("hours"), f"“{link.value.id}” never runs {hours}", link.value.windows
    for status in draft.road_status:
        yield status.at("from"), f"“{status.value.id}” has no effect {hours}", _one(status.value.interval)
    for area in draft.areas:
        yield area.at("from"), f"“{area.value.id}” has no effect {hours}", _one(area.value.interval)
    settings = draft.tables.get("settings", Where(file=draft.file, sheet="settings"))
    where = replace(settings, column="movement_hours")
    yield where, f"nobody may be on the way {hours}", draft.settings.movement_windows


def _one(interval: Interval | None) -> tuple[Interval, ...]:
    return () if interval is None else (interval,)


def _never(where: Where, what: str) -> Problem:
    return warning(
        "WINDOW_OUTSIDE",
        where,
        what,
        "check date and time, or raise horizon_h",
    )


def statuses_do_not_contradict(draft: CaseDraft) -> Iterator[Problem]:
    """One stretch of road has one status word at a time."""
    by_road: dict[tuple[str, str], list[Located[RoadStatus]]] = {}
    for located in draft.road_status:
        for road in located.value.roads:
            by_road.setdefault((road.kind, road.value.casefold()), []).append(located)
    for (kind, value), rows in by_road.items():
        yield from _contradictions(f"{kind}:{value}", rows, draft.settings.horizon_s)


def _contradictions(road: str, rows: list[Located[RoadStatus]], horizon_s: int) -> Iterator[Problem]:
    def span(row: Located[RoadStatus]) -> tuple[int, int]:
        interval = row.value.interval
        return (0, horizon_s) if interval is None else (interval.from_s, interval.until_s)

    open_rows: list[Located[RoadStatus]] = []
    for row in sorted(rows, key=lambda one: (span(one), one.where)):
        start = span(row)[0]
        open_rows = [one for one in open_rows if span(one)[1] > start]
        other = next((one for one in open_rows if one.value.status is not row.value.status), None)
        if other is not None:
            first, second = sorted((other, row), key=lambda one: one.where)
            yield error(
                "STATUS_CONTRADICTION",
                second.at("status"),
                f"{quoted(road)} is {second.value.status} here and {first.value.status} in row "
                f"{first.where.row} at "
                "the "
                "same time",
                "keep the one you believe, or give the two times that do not overlap (from, until)",
            )
        # One row of each word is enough to find every later contradiction.
        same = [one for one in open_rows if one.value.status is row.value.status]
        if not same or span(same[0])[1] < span(row)[1]:
            open_rows = [one for one in open_rows if one not in same] + [row]


def arrangements_say_what_they_need(draft: CaseDraft) -> Iterator[Problem]:
    """A zone is protected only by agreement; an announcement has its announcer; an order has its law."""
    for located in draft.arrangements:
        row = located.value
        for field in _NEEDED.get(row.kind, ()):
            if not getattr(row, field):
                yield error(
                    "ARRANGEMENT_BASIS",
                    located.at(field),
                    f"the arrangement “{row.id}” is of kind {row.kind}, which needs {field}",
                    f"fill in {field}"
                    + ("; without an agreement use kind announced_zone" if field == "document" else ""),
                )
        if row.kind is ArrangementKind.PROTECTED_ZONE and row.status not in _AGREED:
            yield error(
                "ARRANGEMENT_BASIS",
                located.at("status"),
                f"the protected zone “{row.id}” is {row.status}; a zone is protected only where it was "
                "agreed",
                "use kind announced_zone until there is an agreement",
            )


def windows_are_stated(draft: CaseDraft) -> Iterator[Problem]:
    """A pause or corridor without times cannot be used."""
    for located in draft.arrangements:
        row = located.value
        open_ended = row.kind in {ArrangementKind.PAUSE, ArrangementKind.CORRIDOR} and not row.windows
        if open_ended and row.status not in _OVER:
            yield warning(
                "WINDOW_MISSING",
                located.at("window_from"),
                f"the {row.kind} “{row.id}” states no time; it is shown, not used",
                "fill in window_from and window_until, or daily_hours",
            )


def zones_rest_on_agreements(draft: CaseDraft) -> Iterator[Problem]:
    """An area is a protected zone only where an agreed arrangement names it."""
    agreed = {
        row.value.area
        for row in draft.arrangements
        if row.value.kind is ArrangementKind.PROTECTED_ZONE and row.value.status in _AGREED
    }
    if "arrangements" not in draft.complete:
        return
    for located in draft.areas:
        if located.value.kind is AreaKind.PROTECTED_ZONE and located.value.id not in agreed:
            yield error(
                "AREA_NOT_AGREED",
                located.at("kind"),
                f"no agreed arrangement of kind protected_zone names the area “{located.value.id}”",
                "use kind announced_zone, or add the agreement to the table arrangements",
            )


def hazards_are_in_order(draft: CaseDraft) -> Iterator[Problem]:
    """The low, central and high figures of a hazard are in that order, and not missing."""
    for located in draft.areas:
        area = located.value
        if not area.hazard_low_ppm <= area.hazard_ppm <= area.hazard_high_ppm:
            yield error(
                "HAZARD_ORDER",
                located.at("hazard_p"),
                f"the hazard of “{area.id}” must grow from hazard_p_low over hazard_p to hazard_p_high",
                "put the three probabilities in order",
            )
        elif area.kind is AreaKind.REPORTED_HAZARD and area.hazard_high_ppm == 0:
            yield error(
                "HAZARD_MISSING",
                located.at("hazard_p"),
                f"the reported hazard “{area.id}” states no probability above 0",
                "fill in hazard_p (between 0 and 1), and hazard_p_low and hazard_p_high where it is "
                "uncertain",
            )


def areas_lie_where_the_case_is(draft: CaseDraft) -> Iterator[Problem]:
    """An area lies near the places; far off it has no effect, or its coordinates are swapped."""
    reference = reference_point(draft)
    for located in draft.areas:
        points = [point for polygon in located.value.polygons for point in polygon[0]]
        if not points or reference is None:
            continue
        centre = (sum(x for x, _ in points) // len(points), sum(y for _, y in points) // len(points))
        away = min(distance_km(centre, reference), *(distance_km(point, reference) for point in points))
        if seems_swapped(centre, reference):
            yield error(
                "GEOMETRY_SWAPPED",
                located.at("geometry"),
                f"the area “{located.value.id}” lies {away:,.0f} km from the places; with latitude and "
                "longitude "
                "swapped it would lie among them",
                "write longitude first, then latitude: that is the order of WKT, GeoJSON and KML",
            )
        elif away > FAR_KM:
            yield warning(
                "AREA_FAR",
                located.at("geometry"),
                f"the area “{located.value.id}” lies {away:,.0f} km from the places and will have no effect",
                "check its coordinates",
            )


def roads_name_what_exists(draft: CaseDraft) -> Iterator[Problem]:
    """A selector names an area, a place or a link that is there."""
    known = {kind: draft.known(table) for kind, table in _SELECTED.items()}
    rows: list[tuple[Where, tuple[RoadSelector, ...]]] = []
    rows += [(row.at("roads"), row.value.roads) for row in draft.road_status]
    rows += [(row.at("roads"), row.value.roads) for row in draft.arrangements]
    for where, roads in rows:
        for road in roads:
            if road.kind in known and road.value not in known[road.kind]:
                yield _no_such(where, road, tuple(known[road.kind]), _SELECTED[road.kind])
            elif road.kind is SelectorKind.LINK and draft.links is not None and road.value not in draft.links:
                yield _no_such(where, road, tuple(draft.links), "links")


def _no_such(where: Where, road: RoadSelector, known: tuple[str, ...], table: str) -> Problem:
    return error(
        "REFERENCE_UNKNOWN",
        where,
        f"{quoted(str(road))} does not stand in the table {table}",
        did_you_mean(road.value, sorted(known)) or f"add it to {table}, or name a row that is there",
    )


def links_lead_elsewhere(draft: CaseDraft) -> Iterator[Problem]:
    """A transit link joins two different places."""
    for located in draft.transit_links:
        if located.value.from_place == located.value.to_place:
            yield error(
                "LINK_LOOP",
                located.at("to_place"),
                f"the link “{located.value.id}” begins and ends at “{located.value.from_place}”",
                "name two different places",
            )


CHECKS: tuple[Callable[[CaseDraft], Iterator[Problem]], ...] = (
    windows_meet_the_horizon,
    statuses_do_not_contradict,
    arrangements_say_what_they_need,
    windows_are_stated,
    zones_rest_on_agreements,
    hazards_are_in_order,
    areas_lie_where_the_case_is,
    roads_name_what_exists,
    links_lead_elsewhere,
)

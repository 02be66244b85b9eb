"""From checked rows to the nouns of a case: one function per table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from safepassage.domain.admin_area import AdminArea
from safepassage.domain.aid.commodity import Commodity, Norm
from safepassage.domain.aid.people_groups import GroupShare
from safepassage.domain.aid.stock import Consignment, StockLot, Truck
from safepassage.domain.case import (
    Area,
    Arrangement,
    Demand,
    Direction,
    Interval,
    Place,
    Provenance,
    ReportRow,
    RoadStatus,
    TransitLink,
    VehicleType,
)
from safepassage.domain.case_checks.case_draft import Located
from safepassage.domain.problem import Problem, Where, error
from safepassage.domain.safeguard import Safeguard
from safepassage.formats.case.case_rows import ReadRow, problem_of
from safepassage.formats.case.case_times import Clock, joined, reversed_times

Values = dict[str, Any]


def nouns(name: str, rows: list[ReadRow], clock: Clock, problems: list[Problem]) -> tuple[Located[Any], ...]:
    """Return the nouns of the rows of a table that can be used; what is found on the way joins `problems`."""
    build = _BUILDERS[name]
    found = []
    for row in rows:
        if row.faulty:
            continue
        value = build(dict(row.values), clock, row.where)
        if isinstance(value, Problem):
            problems.append(value)
        else:
            found.append(Located(value=value, where=row.where))
    return tuple(found)


def _split(values: Values) -> tuple[Values, Provenance]:
    """Take the fields of the provenance out of the values of a row."""
    return values, Provenance(**_taken(values, "provenance."))


def _taken(values: Values, prefix: str) -> Values:
    """Take the fields that begin with a prefix out of the values of a row."""
    return {key.removeprefix(prefix): values.pop(key) for key in list(values) if key.startswith(prefix)}


def _interval(values: Values, prefix: str, clock: Clock, where: Where) -> Interval | Problem | None:
    """Return the interval of two times; an open end is the start or the end of the hours planned."""
    first, last = values.pop(f"{prefix}.from", None), values.pop(f"{prefix}.until", None)
    if first is None and last is None:
        return None
    if first is not None and last is not None and last <= first:
        column = "window_until" if prefix == "window" else "until"
        return problem_of(reversed_times(first, last, clock), replace(where, column=column))
    start = min(0, last - 1) if first is None else first
    return Interval(from_s=start, until_s=max(clock.horizon_s, start + 1) if last is None else last)


def _direction(values: Values, _clock: Clock, _where: Where) -> Direction:
    return Direction(**values)


def _place(values: Values, _clock: Clock, _where: Where) -> Place:
    rest, provenance = _split(values)
    rest["release_s"] = max(0, rest.get("release_s", 0))
    admin = AdminArea(**_taken(rest, "admin."))
    return Place(**rest, admin=admin, provenance=provenance)


def _demand(values: Values, _clock: Clock, _where: Where) -> Demand:
    rest, provenance = _split(values)
    return Demand(**rest, provenance=provenance)


def _vehicles(values: Values, clock: Clock, where: Where) -> VehicleType | Problem:
    rest, provenance = _split(values)
    first = rest.get("available_from_s", 0)
    last = rest.get("available_until_s")
    if last is not None and last <= first:
        return problem_of(reversed_times(first, last, clock), replace(where, column="available_until"))
    rest["available_from_s"] = max(0, first)
    return VehicleType(**rest, provenance=provenance)


def _arrangement(values: Values, clock: Clock, where: Where) -> Arrangement | Problem:
    rest, provenance = _split(values)
    window = _interval(rest, "window", clock, where)
    if isinstance(window, Problem):
        return window
    daily = rest.pop("windows", ())
    if window is None:
        windows = daily
    elif not daily:
        windows = (window,)
    else:
        windows = common(daily, window) or (clock.never,)
    return Arrangement(**rest, windows=windows, provenance=provenance)


def common(intervals: tuple[Interval, ...], window: Interval) -> tuple[Interval, ...]:
    """Return the parts of intervals that lie in a window."""
    parts = ((max(one.from_s, window.from_s), min(one.until_s, window.until_s)) for one in intervals)
    return joined(Interval(from_s=first, until_s=last) for first, last in parts if first < last)


def _road_status(values: Values, clock: Clock, where: Where) -> RoadStatus | Problem:
    rest, provenance = _split(values)
    interval = _interval(rest, "interval", clock, where)
    if isinstance(interval, Problem):
        return interval
    return RoadStatus(**rest, interval=interval, provenance=provenance)


def _area(values: Values, clock: Clock, where: Where) -> Area | Problem:
    rest, provenance = _split(values)
    interval = _interval(rest, "interval", clock, where)
    if isinstance(interval, Problem):
        return interval
    hazard = rest.get("hazard_ppm", 0)
    rest.setdefault("hazard_low_ppm", hazard)
    rest.setdefault("hazard_high_ppm", max(hazard, rest["hazard_low_ppm"]))
    rest.setdefault("name", "")
    return Area(**rest, interval=interval, provenance=provenance)


def _report(values: Values, _clock: Clock, _where: Where) -> ReportRow:
    values.setdefault("speaker", "")
    return ReportRow(**values)


def _transit_link(values: Values, _clock: Clock, _where: Where) -> TransitLink:
    rest, provenance = _split(values)
    return TransitLink(**rest, provenance=provenance)


def _commodity(values: Values, _clock: Clock, _where: Where) -> Commodity:
    rest, provenance = _split(values)
    return Commodity(**rest, provenance=provenance)


def _norm(values: Values, _clock: Clock, _where: Where) -> Norm:
    return Norm(**values)


def _group_share(values: Values, _clock: Clock, where: Where) -> GroupShare | Problem:
    rest, provenance = _split(values)
    rest.setdefault("place", "")
    both = {"share_ppm", "persons"} <= rest.keys()
    if both or not {"share_ppm", "persons"} & rest.keys():
        message = "a group has a share and a count" if both else "a group has neither a share nor a count"
        hint = (
            "keep the one that was counted"
            if both
            else "write its share of the people there (0.03), or a count"
        )
        return error("GROUP_SHARE", replace(where, column="share"), message, hint)
    if "persons" in rest and not rest["place"]:
        message, hint = "a count of a group names no place", "name the place, or write a share of all people"
        return error("GROUP_SHARE", replace(where, column="place"), message, hint)
    return GroupShare(**rest, provenance=provenance)


def _lot(values: Values, _clock: Clock, _where: Where) -> StockLot:
    rest, provenance = _split(values)
    return StockLot(**rest, provenance=provenance)


def _truck(values: Values, clock: Clock, where: Where) -> Truck | Problem:
    rest, provenance = _split(values)
    first, last = max(0, rest.pop("available_from_s", 0)), rest.get("available_until_s")
    if last is not None and last <= first:
        return problem_of(reversed_times(first, last, clock), replace(where, column="available_until"))
    return Truck(**rest, available_from_s=first, provenance=provenance)


def _consignment(values: Values, _clock: Clock, _where: Where) -> Consignment:
    rest, provenance = _split(values)
    return Consignment(**rest, provenance=provenance)


def _safeguard(values: Values, _clock: Clock, _where: Where) -> Safeguard:
    rest, provenance = _split(values)
    return Safeguard(**rest, provenance=provenance)


_BUILDERS: Mapping[str, Callable[[Values, Clock, Where], Any]] = {
    "directions": _direction,
    "places": _place,
    "demand": _demand,
    "fleet": _vehicles,
    "arrangements": _arrangement,
    "road_status": _road_status,
    "areas": _area,
    "reports": _report,
    "transit_links": _transit_link,
    "commodities": _commodity,
    "norms": _norm,
    "people_groups": _group_share,
    "stock": _lot,
    "trucks": _truck,
    "consignments": _consignment,
    "safeguards": _safeguard,
}
NOUN_TABLES = tuple(_BUILDERS)
"""Tables whose rows become nouns of a case."""

"""The situation: a case as it was handed in, and everything reported since, in order.

Later storage only has to keep the events; the case at any moment is a fold over them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce

from safepassage.domain.case import (
    Area,
    Arrangement,
    BorderStatusWord,
    Case,
    Demand,
    Interval,
    ReportRow,
    RoadSelector,
    RoadStatus,
    RoadStatusWord,
    SelectorKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportReceived:
    """A report came in; it is kept, whatever becomes of it."""

    report: ReportRow


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadStatusReported:
    """Stretches of road were reported in a status; a row with the same id is replaced by the newer word."""

    status: RoadStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangementChanged:
    """A pause, corridor or zone was announced, agreed, suspended or changed."""

    arrangement: Arrangement


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossingStatusReported:
    """A crossing or checkpoint was reported in a status."""

    place: str
    status: BorderStatusWord


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaReported:
    """An area of reported hazard, a no-go area or a zone appeared or changed."""

    area: Area


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandCounted:
    """People were counted again; rows of the same place are replaced."""

    place: str
    rows: tuple[Demand, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowsMoved:
    """The windows of an arrangement, the hours of a crossing or of a link were changed; `of` is its id."""

    of: str
    windows: tuple[Interval, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """A party has not answered: from `from_s` on nothing that an arrangement opens is counted on."""

    arrangement: str
    from_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VehicleLost:
    """A vehicle cannot be counted on from `from_s` on; a leg it has begun by then is finished.

    It is a single vehicle of a type, so the case keeps its row; `Situation.lost` names it.
    """

    vehicle: str
    from_s: int


Change = (
    ReportReceived
    | RoadStatusReported
    | ArrangementChanged
    | CrossingStatusReported
    | AreaReported
    | DemandCounted
    | WindowsMoved
    | Unanswered
    | VehicleLost
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One change with the time it was entered (ISO 8601, UTC) and who entered it, by function."""

    at: str
    by: str
    change: Change


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """A snapshot plus an ordered list of events."""

    case: Case
    events: tuple[Event, ...] = ()

    def current(self) -> Case:
        """Return the case with all events applied; `as_of` becomes the time of the last one."""
        return reduce(_apply, self.events, self.case)

    def lost(self) -> dict[str, int]:
        """Return the vehicles that cannot be counted on, each with the second from which it is so."""
        found: dict[str, int] = {}
        for change in (event.change for event in self.events):
            if isinstance(change, VehicleLost):
                found[change.vehicle] = min(change.from_s, found.get(change.vehicle, change.from_s))
        return found


def _apply(case: Case, event: Event) -> Case:
    change = event.change
    case = replace(case, as_of=max(case.as_of, event.at))
    match change:
        case ReportReceived():
            return replace(case, reports=(*case.reports, change.report))
        case RoadStatusReported():
            kept = tuple(s for s in case.road_statuses if s.id != change.status.id)
            return replace(case, road_statuses=(*kept, change.status))
        case ArrangementChanged():
            kept_arrangements = tuple(a for a in case.arrangements if a.id != change.arrangement.id)
            return replace(case, arrangements=(*kept_arrangements, change.arrangement))
        case CrossingStatusReported():
            places = tuple(
                replace(p, status=change.status) if p.id == change.place else p for p in case.places
            )
            return replace(case, places=places)
        case AreaReported():
            return replace(case, areas=(*(a for a in case.areas if a.id != change.area.id), change.area))
        case DemandCounted():
            kept_rows = tuple(row for row in case.demand if row.place != change.place)
            return replace(case, demand=(*kept_rows, *change.rows))
        case WindowsMoved() | Unanswered() | VehicleLost():
            return _less_to_count_on(case, change)


def _less_to_count_on(case: Case, change: WindowsMoved | Unanswered | VehicleLost) -> Case:
    if isinstance(change, WindowsMoved):
        return _with_windows(case, change)
    return _not_counted_on(case, change) if isinstance(change, Unanswered) else case


def _with_windows(case: Case, change: WindowsMoved) -> Case:
    return replace(
        case,
        arrangements=tuple(
            replace(a, windows=change.windows) if a.id == change.of else a for a in case.arrangements
        ),
        places=tuple(
            replace(p, open_windows=change.windows) if p.id == change.of else p for p in case.places
        ),
        transit_links=tuple(
            replace(link, windows=change.windows) if link.id == change.of else link
            for link in case.transit_links
        ),
    )


def _not_counted_on(case: Case, change: Unanswered) -> Case:
    """Take back what the arrangement opens: without its windows its roads would be open at all hours."""
    end_s = case.settings.horizon_s
    found = next((a for a in case.arrangements if a.id == change.arrangement), None)
    if found is None or change.from_s >= end_s:
        return case
    silent = replace(found, windows=(), name=f"{found.name or found.id} (no answer)")
    places = tuple(RoadSelector(kind=SelectorKind.PLACE, value=place) for place in found.places)
    closed = RoadStatus(
        id=f"no-answer-{found.id}",
        roads=(*found.roads, *places),
        status=RoadStatusWord.UNSPECIFIED,
        interval=Interval(from_s=change.from_s, until_s=end_s),
        capacity_veh_h=0,
        provenance=replace(found.provenance, note="no answer to the notification"),
    )
    arrangements = tuple(silent if a.id == found.id else a for a in case.arrangements)
    statuses = (*case.road_statuses, closed) if closed.roads else case.road_statuses
    return replace(case, arrangements=arrangements, road_statuses=statuses)

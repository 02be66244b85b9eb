"""The situation: a case as it was handed in, and everything reported since, in order.

Later storage only has to keep the events; the case at any moment is a fold over them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import reduce

from safepassage.domain.case import Area, Arrangement, BorderStatusWord, Case, Demand, ReportRow, RoadStatus


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


Change = (
    ReportReceived
    | RoadStatusReported
    | ArrangementChanged
    | CrossingStatusReported
    | AreaReported
    | DemandCounted
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

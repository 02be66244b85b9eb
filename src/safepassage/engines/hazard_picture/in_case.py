"""A hazard picture as rows of a case: areas of reported hazard, and roads that are not used."""

from __future__ import annotations

import math
from dataclasses import replace

from safepassage.domain.case import (
    Area,
    AreaKind,
    Case,
    Interval,
    Provenance,
    RoadSelector,
    RoadStatus,
    RoadStatusWord,
    SelectorKind,
)
from safepassage.domain.claims.picture import Closure, HazardEvent, HazardPicture

RING_POINTS = 24
METRES_PER_E7 = 111_195 / 10_000_000
"""Metres of one ten-millionth of a degree of latitude, on a sphere of 6,371 km."""


def in_case(case: Case, picture: HazardPicture) -> Case:
    """Return the case with the picture laid over it; rows that people entered stay as they are.

    Every row names the claims it rests on as its source, so that plan and report cite ledger ids.
    """
    areas = tuple(area for event in picture.events for area in _areas(event))
    statuses = tuple(_status(closure) for closure in picture.closures)
    return replace(
        case, areas=(*case.areas, *areas), road_statuses=(*case.road_statuses, *(s for s in statuses if s))
    )


def _areas(event: HazardEvent) -> list[Area]:
    """Return one area for each slice of an event."""
    ring = ring_e7(event.lat_e7, event.lon_e7, event.radius_m)
    name = f"{event.predicate.replace('_', ' ').capitalize()} reported near {event.place}"
    return [
        Area(
            id=f"claim:{event.id}:{number}",
            kind=AreaKind.REPORTED_HAZARD,
            name=name,
            polygons=((ring,),),
            hazard_low_ppm=piece.low_ppm,
            hazard_ppm=piece.central_ppm,
            hazard_high_ppm=piece.high_ppm,
            interval=Interval(from_s=piece.from_s, until_s=piece.until_s),
            provenance=Provenance(source=_cited(event.claims, event.origins)),
        )
        for number, piece in enumerate(event.slices)
    ]


def _cited(claims: tuple[str, ...], origins: tuple[str, ...]) -> str:
    return f"claims {', '.join(claims)}; reported by {'; '.join(origins)}"


def _status(closure: Closure) -> RoadStatus | None:
    """Return the closure as a road status; None where the selector is none."""
    kind, _, value = closure.selector.partition(":")
    if kind not in set(SelectorKind) or not value:
        return None
    against = f"; against it {', '.join(closure.against)}" if closure.against else ""
    return RoadStatus(
        id=f"claim:{closure.selector}",
        roads=(RoadSelector(kind=SelectorKind(kind), value=value),),
        status=RoadStatusWord.NOT_PASSABLE,
        provenance=Provenance(source=f"claims {', '.join(closure.claims)}{against}"),
    )


def ring_e7(lat_e7: int, lon_e7: int, radius_m: int) -> tuple[tuple[int, int], ...]:
    """Return a closed ring of (lon_e7, lat_e7) points around a place, counter-clockwise."""
    across = max(0.01, math.cos(math.radians(lat_e7 / 10_000_000)))
    reach = radius_m / METRES_PER_E7
    turns = [2 * math.pi * k / RING_POINTS for k in range(RING_POINTS)]
    ring = [
        (lon_e7 + round(reach / across * math.cos(turn)), lat_e7 + round(reach * math.sin(turn)))
        for turn in turns
    ]
    return (*ring, ring[0])

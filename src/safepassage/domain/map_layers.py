"""What a map shows beside the plan: shapes of roads, announced or reported areas, background lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from safepassage.domain.case import AreaKind

Point = tuple[int, int]
"""(lon_e7, lat_e7): WGS 84 degrees times 10**7."""
Line = tuple[Point, ...]
Polygon = tuple[Line, ...]
"""Outer ring first, then holes; every ring is closed."""


def _line(points: Sequence[Sequence[int]]) -> Line:
    return tuple((int(lon), int(lat)) for lon, lat in points)


@dataclass(frozen=True, slots=True, kw_only=True)
class MapArea:
    """An area as somebody announced or reported it: whose word it is stands in `source`, never left out.

    `announced_by` and `status` (as in arrangements: ``announced_unilaterally`` …) belong to zones; `grade` is
    source and information grade ("C3"), `as_of` an ISO time. `hazard_ppm` is the range (low, central, high)
    at the worst hour where it is known, and `reviewed` is False where no person accepted what it rests on.
    """

    id: str
    kind: AreaKind
    name: str
    polygons: tuple[Polygon, ...]
    source: str
    announced_by: str = ""
    status: str = ""
    purposes: str = ""
    grade: str = ""
    as_of: str = ""
    hazard_ppm: tuple[int, int, int] | None = None
    reviewed: bool = True

    def __post_init__(self) -> None:
        rings = tuple(tuple(_line(ring) for ring in polygon) for polygon in self.polygons)
        object.__setattr__(self, "polygons", rings)
        for ring in (ring for polygon in rings for ring in polygon):
            if len(ring) < 4 or ring[0] != ring[-1]:  # noqa: PLR2004 (RFC 7946 §3.1.6: four or more positions)
                raise ValueError(f"area {self.id!r}: a ring needs at least four points and must be closed")


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLine:
    """A background line such as a border; `kind` is ``border`` or ``water``."""

    kind: str
    name: str
    points: Line

    def __post_init__(self) -> None:
        object.__setattr__(self, "points", _line(self.points))


@dataclass(frozen=True, slots=True, kw_only=True)
class MapMark:
    """A place shown for orientation only, such as a town outside the case."""

    name: str
    lon_e7: int
    lat_e7: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MapLayers:
    """Geometry that the snapshot of a plan does not hold; everything may be empty.

    `shapes` maps an arc's position to its (lon_e7, lat_e7) points, both ends included; arcs without a shape
    are straight lines between their nodes. It is read lazily and not copied, so that the shapes of a large
    network need not be built for the few arcs drawn. `road_class` has one `RoadClass` value per arc;
    arcs after its end are told by who may use them (empty: all roads are drawn alike).
    """

    shapes: Mapping[int, Sequence[Point]] = field(default_factory=dict)
    road_class: tuple[int, ...] = ()
    areas: tuple[MapArea, ...] = ()
    lines: tuple[MapLine, ...] = ()
    marks: tuple[MapMark, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "shapes", MappingProxyType(self.shapes))
        for name in ("areas", "lines", "marks"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "road_class", tuple(int(value) for value in self.road_class))

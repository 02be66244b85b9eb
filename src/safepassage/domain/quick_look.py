"""The quick look: an area and how many people are in it, before there is a case."""

from __future__ import annotations

from dataclasses import dataclass

Point = tuple[int, int]
Polygon = tuple[tuple[Point, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationCell:
    """Persons counted in one cell of a grid; `rings` outline it, or are empty where it is a point."""

    lon_e7: int
    lat_e7: int
    persons: int
    rings: tuple[tuple[Point, ...], ...] = ()

    def __post_init__(self) -> None:
        if self.persons < 0:
            raise ValueError("a cell cannot hold a negative number of persons")


@dataclass(frozen=True, slots=True, kw_only=True)
class OffRoadLink:
    """A train, boat or footbridge that leads out of the area from a point that people walk to.

    `departures` are (seconds after the start, persons); without them `persons_h` may pass at any time.
    `mode` is ``train``, ``boat`` or ``foot``.
    """

    name: str
    mode: str
    lon_e7: int
    lat_e7: int
    travel_s: int
    persons_h: int | None = None
    departures: tuple[tuple[int, int], ...] = ()

    def __post_init__(self) -> None:
        if self.mode not in {"train", "boat", "foot"}:
            raise ValueError(f"a link goes by train, boat or foot, not by {self.mode!r}")
        if self.persons_h is None and not self.departures:
            raise ValueError(f"link {self.name!r} needs departures, or persons per hour")


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """A place on a road where everybody is stopped: vehicles or persons per hour pass, whatever the road."""

    name: str
    lon_e7: int
    lat_e7: int
    vehicles_h: int | None = None
    persons_h: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuickLook:
    """What is asked: who has to leave which area, by which exits, links and checkpoints.

    `persons` are spread over the local roads of the area; with `cells` (a grid) it is None. `exits` are
    points that people have to reach; without any, everybody is out who has crossed the edge of the area.
    """

    area_name: str
    area: tuple[Polygon, ...]
    persons: int | None = None
    cells: tuple[PopulationCell, ...] = ()
    exits: tuple[Point, ...] = ()
    links: tuple[OffRoadLink, ...] = ()
    checkpoints: tuple[Checkpoint, ...] = ()
    persons_per_car: int = 3

    def __post_init__(self) -> None:
        if not self.area:
            raise ValueError("an area needs at least one polygon")
        if (self.persons is None) == (not self.cells):
            raise ValueError("give a number of persons or the cells of a grid")
        if self.persons_per_car < 1:
            raise ValueError("a car carries at least one person")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One thing an estimate takes for granted, in words."""

    code: str
    text: str

"""What an estimate says, as it is printed: nothing in it points at a person or a settlement by name."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.domain.quick_look import Polygon


@dataclass(frozen=True, slots=True, kw_only=True)
class ExitRow:
    """One way out: where it is, persons of the plan who leave there, and when the last of them does."""

    name: str
    kind: str
    lon_e7: int
    lat_e7: int
    persons: int
    last_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BottleneckRow:
    """One road of the bottleneck: vehicles or persons per hour, persons of the plan on it, its map arcs."""

    name: str
    vehicles_h: int
    persons_h: int
    persons: int
    arcs: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartRow:
    """Where people start: a point and their number."""

    lon_e7: int
    lat_e7: int
    persons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EstimateSheet:
    """One page: persons, exits, clearance with its bound, bottleneck, curve, map, assumptions.

    `arrivals` are (second, persons so far), `envelope` (second, persons at most in any plan); `flows` are
    (map arc, persons). `checks` and `sha256` belong to the verification of the plan behind it.
    """

    title: str
    persons: int
    served: int
    cars: int
    by_link: int
    clearance_s: int | None
    bound_s: int | None
    gap_ppm: int | None
    bottleneck: str
    roads: tuple[BottleneckRow, ...]
    exits: tuple[ExitRow, ...]
    starts: tuple[StartRow, ...]
    arrivals: tuple[tuple[int, int], ...]
    envelope: tuple[tuple[int, int], ...]
    flows: tuple[tuple[int, int], ...]
    area: tuple[Polygon, ...]
    assumptions: tuple[str, ...]
    warnings: tuple[str, ...]
    attribution: str
    version: str
    checks: int = 0
    sha256: str = ""

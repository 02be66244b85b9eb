"""What points on the ground are for, and the sheet that says where they could stand."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from safepassage.domain.siting import NO_LIMIT, SitingPlan, SitingProblem

Point = tuple[int, int]
"""(lon_e7, lat_e7)."""


class Purpose(StrEnum):
    """What people come for."""

    DISTRIBUTION = "distribution"
    ASSEMBLY = "assembly"
    DESK = "desk"
    MEDICAL = "medical"
    WATER = "water"


@dataclass(frozen=True, slots=True, kw_only=True)
class PurposeNorm:
    """How far people walk to a point and for how many it has room (NO_LIMIT: not stated), and who says so."""

    name: str
    walk_limit_m: int
    room_persons: int
    source: str
    assumption: bool


_ASSUMED = "assumption of this project, to be confirmed by the cluster"
PURPOSE_NORMS: dict[Purpose, PurposeNorm] = {
    Purpose.DISTRIBUTION: PurposeNorm(
        name="distribution points", walk_limit_m=5_000, room_persons=10_000, assumption=True,
        source=f"{_ASSUMED}: an hour's walk with a load on the way back, 10,000 persons a round",
    ),
    Purpose.ASSEMBLY: PurposeNorm(
        name="assembly points", walk_limit_m=2_000, room_persons=NO_LIMIT, assumption=True,
        source=f"{_ASSUMED}: half an hour's walk with luggage and children",
    ),
    Purpose.DESK: PurposeNorm(
        name="civilian information and complaints desks", walk_limit_m=5_000, room_persons=NO_LIMIT,
        assumption=True, source=f"{_ASSUMED}: an hour's walk",
    ),
    Purpose.MEDICAL: PurposeNorm(
        name="medical points", walk_limit_m=5_000, room_persons=10_000, assumption=False,
        source="Sphere 2018, health systems standard 1.1: one facility for 10,000, an hour's walk",
    ),
    Purpose.WATER: PurposeNorm(
        name="water points", walk_limit_m=500, room_persons=250, assumption=False,
        source="Sphere 2018, water supply standard 2.2: 250 persons a tap, 500 m",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SitingSheet:
    """Plans for one number of points after the other, with names and where everybody is.

    `client_at` and `site_at` are points on the ground by position, None where a place is not on the network.
    """

    title: str
    exercise: bool
    what: str
    basis: str
    attribution: str
    problem: SitingProblem
    plans: tuple[SitingPlan, ...]
    client_names: tuple[str, ...]
    site_names: tuple[str, ...]
    client_at: tuple[Point | None, ...]
    site_at: tuple[Point | None, ...]

    def __post_init__(self) -> None:
        if not self.plans:
            raise ValueError("a sheet shows at least one plan")
        if len(self.client_at) != len(self.problem.clients) or len(self.site_at) != len(self.problem.sites):
            raise ValueError("every client and site has its place on the sheet")

    @property
    def shown(self) -> SitingPlan:
        """The plan drawn on the map: the one with the most points."""
        return self.plans[-1]

    def room(self, site: int) -> int:
        """Return for how many persons a site has room, NO_LIMIT where that is not stated."""
        return self.problem.room_persons[site] if self.problem.room_persons else NO_LIMIT

    def left_out(self, client: int) -> int:
        """Return how many persons of a client walk nowhere in the plan that is shown."""
        served = sum(row.persons for row in self.shown.catchments if row.client == client)
        return int(self.problem.persons[client]) - served

"""A case that has been read but not yet checked as a whole: every noun with the row it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from safepassage.domain.aid.commodity import Commodity, Norm
from safepassage.domain.aid.people_groups import GroupShare
from safepassage.domain.aid.stock import Consignment, StockLot, Truck
from safepassage.domain.case import (
    Area,
    Arrangement,
    Demand,
    Direction,
    Place,
    ReportRow,
    RoadStatus,
    Settings,
    TransitLink,
    VehicleType,
)
from safepassage.domain.problem import Where
from safepassage.domain.safeguard import Safeguard

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Located(Generic[T]):
    """A noun and the row it was read from."""

    value: T
    where: Where

    def at(self, column: str) -> Where:
        """Return the place of one cell of the row."""
        return replace(self.where, column=column)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDraft:
    """The nouns of a case before they are checked against each other.

    `tables` says where each table stands as a whole. `ids` holds every id of every table with its row, those
    of faulty rows included, so that one bad cell is not reported again wherever its row is named. `complete`
    names the tables all of whose rows could be read, `readable` those that could be read at all.
    `clock_known` is false where the start of the case could not be read. `nodes` and `links` are the network
    of the case itself, None where it names a map file: (lon_e7, lat_e7) by node id, and link ids.
    """

    file: str
    exercise: bool
    settings: Settings
    directions: tuple[Located[Direction], ...] = ()
    places: tuple[Located[Place], ...] = ()
    demand: tuple[Located[Demand], ...] = ()
    fleet: tuple[Located[VehicleType], ...] = ()
    arrangements: tuple[Located[Arrangement], ...] = ()
    road_status: tuple[Located[RoadStatus], ...] = ()
    areas: tuple[Located[Area], ...] = ()
    reports: tuple[Located[ReportRow], ...] = ()
    transit_links: tuple[Located[TransitLink], ...] = ()
    commodities: tuple[Located[Commodity], ...] = ()
    norms: tuple[Located[Norm], ...] = ()
    people_groups: tuple[Located[GroupShare], ...] = ()
    stock: tuple[Located[StockLot], ...] = ()
    trucks: tuple[Located[Truck], ...] = ()
    consignments: tuple[Located[Consignment], ...] = ()
    safeguards: tuple[Located[Safeguard], ...] = ()
    ids: Mapping[str, tuple[tuple[str, Where], ...]]
    tables: Mapping[str, Where] = field(default_factory=dict)
    complete: frozenset[str] = frozenset()
    readable: frozenset[str] = frozenset()
    clock_known: bool = True
    nodes: Mapping[str, tuple[int, int]] | None = None
    links: frozenset[str] | None = None

    def known(self, table: str) -> dict[str, Where]:
        """Return the ids of a table with their first row."""
        found: dict[str, Where] = {}
        for name, where in self.ids.get(table, ()):
            found.setdefault(name, where)
        return found

"""What a distribution of aid is made from: the tables of a case, written into the inputs of its plan."""

from __future__ import annotations

from dataclasses import dataclass

from safepassage.domain.aid.commodity import Commodity, Norm
from safepassage.domain.aid.distribution import AidRules, Brought, TruckSoFar
from safepassage.domain.aid.people_groups import GroupShare
from safepassage.domain.aid.stock import Consignment, StockLot, Truck
from safepassage.domain.aid.under_way import Trip


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What had left a depot before now, since the first plan: lines of waybills, and trucks by day.

    Lines are as receivers counted them, else as announced; `trips` are those that are not over, as announced.
    `aid_sha256` is of the distribution that was gone on from.
    """

    brought: tuple[Brought, ...] = ()
    trucks: tuple[TruckSoFar, ...] = ()
    trips: tuple[Trip, ...] = ()
    aid_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplies:
    """Goods, norms, groups of people, stock, trucks and waybills of a case as they are planned with.

    Each is in order of its id. `past` is None in a first plan, and where nothing is known of trucks under
    way.
    """

    cold: bool
    rules: AidRules
    commodities: tuple[Commodity, ...]
    norms: tuple[Norm, ...]
    groups: tuple[GroupShare, ...]
    stock: tuple[StockLot, ...]
    trucks: tuple[Truck, ...]
    consignments: tuple[Consignment, ...] = ()
    past: Past | None = None

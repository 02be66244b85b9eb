"""What a case has for the distribution of aid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from safepassage.domain.aid.case_rules import rules_of
from safepassage.domain.aid.catalogue import catalogue, composition_of, norms
from safepassage.domain.aid.commodity import Commodity
from safepassage.domain.aid.people_groups import GroupShare
from safepassage.domain.aid.stock import Consignment, StockLot, Truck
from safepassage.domain.aid.supplies import Supplies
from safepassage.domain.case import Case
from safepassage.domain.provenance import Provenance

_Row = TypeVar("_Row", Commodity, GroupShare, StockLot, Truck, Consignment)
_NOWHERE = Provenance()


def supplies_of(case: Case) -> Supplies | None:
    """Return what aid is planned from; None where the case has neither stock nor trucks."""
    if not case.stock and not case.trucks:
        return None
    settings = case.settings
    used = norms(
        case.norms, water_l_person_day=settings.water_l_person_day,
        food_g_person_day=settings.food_g_person_day,
    )  # fmt: skip
    return Supplies(
        cold=settings.cold_season,
        rules=rules_of(case),
        commodities=_bare(catalogue(case.commodities)),
        norms=tuple(replace(norm, source="", assumption=False) for norm in used),
        groups=_bare(composition_of(case.people_groups, case.demand).shares),
        stock=tuple(
            replace(lot, donor="", unit="") for lot in sorted(_bare(case.stock), key=lambda row: row.id)
        ),
        trucks=tuple(replace(row, name="") for row in sorted(_bare(case.trucks), key=lambda row: row.id)),
        consignments=_bare(case.consignments),
    )  # fmt: skip


def _bare(rows: Iterable[_Row]) -> tuple[_Row, ...]:
    """Return rows without where they were found: the same facts are the same inputs."""
    return tuple(replace(row, provenance=_NOWHERE) for row in rows)

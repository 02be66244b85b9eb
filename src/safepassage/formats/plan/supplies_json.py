"""`aid` in `inputs.json`: what a distribution of aid is made from (docs/reference/inputs-format.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from safepassage.domain.aid.commodity import Commodity, Norm, Rhythm, Season, Setting, Unit
from safepassage.domain.aid.distribution import AidRules, Brought, TruckSoFar
from safepassage.domain.aid.people_groups import GroupShare, PeopleGroup
from safepassage.domain.aid.stock import Consignment, StockLot, StockState, Truck
from safepassage.domain.aid.supplies import Past, Supplies
from safepassage.formats.plan import aid_json

NONE = -1
"""Stands for no date, no limit, and no count yet."""
_FIELDS = {
    Commodity: ("id", "name", "unit", "mass_g", "volume_ml", "shelf_days", "cold_chain"),
    Norm: (
        "id", "commodity", "amount_milli", "priority", "per_persons", "for_group", "share_ppm", "rhythm",
        "setting", "season",
    ),
    GroupShare: ("place", "group", "share_ppm", "persons"),
    StockLot: ("id", "depot", "commodity", "quantity_milli", "state", "available_from_s", "expires_s"),
    Truck: (
        "id", "count", "depot", "payload_kg", "volume_l", "weight_kg", "units_mveh", "cold_chain",
        "available_from_s", "available_until_s", "max_duty_s", "max_drive_s", "break_after_s",
        "break_s", "rest_s", "organisation",
    ),
    Consignment: (
        "waybill", "depot", "place", "commodity", "lot", "dispatched_milli", "dispatched_s", "received_milli",
        "received_s",
    ),
}  # fmt: skip
_STATED: dict[type, tuple[str, ...]] = {Truck: ("convoy",)}
"""Left out where it is empty."""
_WORDS = {
    "unit": Unit,
    "group": PeopleGroup,
    "for_group": PeopleGroup,
    "rhythm": Rhythm,
    "setting": Setting,
    "season": Season,
    "state": StockState,
}
_MAYBE = {
    "share_ppm",
    "persons",
    "for_group",
    "expires_s",
    "available_until_s",
    "max_duty_s",
    "dispatched_s",
    "received_milli",
    "received_s",
}
_T = TypeVar("_T", Commodity, Norm, GroupShare, StockLot, Truck, Consignment)


def document(supplies: Supplies) -> dict[str, Any]:
    """Return the tables as a tree of plain values."""
    found = {
        "cold": supplies.cold,
        "rules": aid_json.rules_document(supplies.rules),
        "commodities": [_row(row) for row in supplies.commodities],
        "norms": [_norm(row) for row in supplies.norms],
        "groups": [_row(row) for row in supplies.groups],
        "stock": [_row(row) for row in supplies.stock],
        "trucks": [_row(row) for row in supplies.trucks],
        "consignments": [_row(row) for row in supplies.consignments],
    }
    if supplies.past is not None:
        found["past"] = {
            "brought": [asdict(row) for row in supplies.past.brought],
            "trucks": [asdict(row) for row in supplies.past.trucks],
            "trips": aid_json.trips_document(supplies.past.trips),
            **({"aid_sha256": supplies.past.aid_sha256} if supplies.past.aid_sha256 else {}),
        }
    return found


def parsed(rows: Mapping[str, Any]) -> Supplies:
    """Return what a document holds.

    Raises
    ------
    KeyError, TypeError, ValueError
        When the document is none; the verifier says in detail what is wrong with one.
    """
    return Supplies(
        cold=rows["cold"],
        rules=AidRules(**{**rows["rules"], "weights": tuple(rows["rules"]["weights"])}),
        commodities=tuple(_value(Commodity, row) for row in rows["commodities"]),
        norms=tuple(_value(Norm, {"for_group": NONE, **row}) for row in rows["norms"]),
        groups=tuple(_value(GroupShare, row) for row in rows.get("groups", ())),
        stock=tuple(_value(StockLot, row) for row in rows["stock"]),
        trucks=tuple(_value(Truck, row) for row in rows["trucks"]),
        consignments=tuple(_value(Consignment, row) for row in rows["consignments"]),
        past=_past(rows["past"]) if "past" in rows else None,
    )


def _past(rows: Mapping[str, Any]) -> Past:
    return Past(
        brought=tuple(Brought(**row) for row in rows["brought"]),
        trucks=tuple(TruckSoFar(**row) for row in rows["trucks"]),
        trips=aid_json.parsed_trips(rows["trips"]),
        aid_sha256=rows.get("aid_sha256", ""),
    )


def _row(value: _T) -> dict[str, Any]:
    found = {name: getattr(value, name) for name in _FIELDS[type(value)]}
    for name in _STATED.get(type(value), ()):
        if getattr(value, name):
            found[name] = getattr(value, name)
    return {name: NONE if one is None else one for name, one in found.items()}


def _norm(norm: Norm) -> dict[str, Any]:
    """Return a norm; whom it is for is left out where that is everybody."""
    found = _row(norm)
    return {name: one for name, one in found.items() if (name, one) != ("for_group", NONE)}


def _value(kind: type[_T], row: Mapping[str, Any]) -> _T:
    names = (*_FIELDS[kind], *_STATED.get(kind, ()))
    return kind(**{name: _read(name, row[name]) for name in names if name in row or name in _FIELDS[kind]})


def _read(name: str, value: Any) -> Any:
    if name in _MAYBE and value == NONE:
        return None
    return _WORDS[name](value) if name in _WORDS else value

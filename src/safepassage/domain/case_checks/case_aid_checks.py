"""Checks of stock, trucks and consignments: units, expiry, depots, and waybills that reconcile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from safepassage.domain.aid.catalogue import catalogue
from safepassage.domain.aid.commodity import Commodity, Unit
from safepassage.domain.aid.stock import StockState, Truck
from safepassage.domain.case import PlaceKind
from safepassage.domain.case_checks.case_draft import CaseDraft, Located
from safepassage.domain.case_checks.case_group_checks import CHECKS as GROUPS
from safepassage.domain.case_checks.case_lot_checks import CHECKS as SIZES
from safepassage.domain.case_checks.case_lot_checks import plain
from safepassage.domain.problem import Problem, Where, error, warning
from safepassage.domain.suggestions import did_you_mean, quoted

HOUR_S = 3_600

_NAMES = {
    Unit.LITRE: ("l", "lt", "ltr", "ltrs", "litre", "litres", "liter", "liters"),
    Unit.KILOGRAM: ("kg", "kgs", "kilo", "kilos", "kilogram", "kilograms"),
    Unit.PIECE: (
        "piece", "pieces", "pcs", "pc", "pce", "item", "items", "each", "ea", "unit", "units", "no", "nos",
        "kit", "kits", "set", "sets",
    ),
}  # fmt: skip
_LARGER = {
    **dict.fromkeys(("t", "mt", "ton", "tons", "tonne", "tonnes"), (Unit.KILOGRAM, 1_000)),
    **dict.fromkeys(("m3", "m³", "cbm", "kl"), (Unit.LITRE, 1_000)),
    "g": (Unit.KILOGRAM, 0.001), "ml": (Unit.LITRE, 0.001),
}  # fmt: skip


def _known(draft: CaseDraft) -> dict[str, Commodity]:
    return {c.id: c for c in catalogue(tuple(located.value for located in draft.commodities))}


def commodities_are_known(draft: CaseDraft) -> Iterator[Problem]:
    """Every commodity that is named is built in or stands in the table."""
    if "commodities" not in draft.readable:
        return
    # A good whose own row is faulty is known all the same: its row has been reported.
    known = {*_known(draft), *draft.known("commodities")}
    rows: list[tuple[str, Where]] = [
        *((norm.value.commodity, norm.at("commodity")) for norm in draft.norms),
        *((lot.value.commodity, lot.at("commodity")) for lot in draft.stock),
        *((line.value.commodity, line.at("commodity")) for line in draft.consignments),
    ]
    for name, where in rows:
        if name not in known:
            yield error(
                "COMMODITY_UNKNOWN",
                where,
                f"the commodity {quoted(name)} is neither built in nor in the table commodities",
                did_you_mean(name, known) or "add it to the table commodities",
            )


def units_are_those_of_the_commodity(draft: CaseDraft) -> Iterator[Problem]:
    """A lot is counted in the unit of its commodity: nobody guesses whether 12 are kilograms or tonnes."""
    known = _known(draft)
    rows: list[tuple[str, str, str, int, Where]] = [
        *(
            ("the lot", r.value.commodity, r.value.unit, r.value.quantity_milli, r.at("unit"))
            for r in draft.stock
        ),
        *(
            ("the line", r.value.commodity, r.value.unit, r.value.dispatched_milli, r.at("unit"))
            for r in draft.consignments
        ),
    ]
    for what, name, unit, milli, where in rows:
        commodity, written = known.get(name), unit.strip(" .").casefold()
        if commodity is None or not written or written in _NAMES[commodity.unit]:
            continue
        yield error(
            "UNIT_OTHER",
            where,
            f"{what} is written in {quoted(unit)}, but {name} is counted in {commodity.unit}",
            f"write the quantity in {commodity.unit}{_converted(commodity, written, milli)}",
        )


def _converted(commodity: Commodity, written: str, milli: int) -> str:
    """Return the number to write where the unit is known: by itself, or by what the good weighs and takes."""
    unit, times = _LARGER.get(written, (None, 1))
    for known, names in _NAMES.items():
        unit = known if written in names else unit
    meant = milli / 1_000 * times
    if unit is commodity.unit:
        return f": {plain(meant)} {unit}"
    if unit not in {Unit.KILOGRAM, Unit.LITRE}:
        return ""
    verb, each = ("weigh", commodity.mass_g) if unit is Unit.KILOGRAM else ("take", commodity.volume_ml)
    return f": {plain(meant * 1_000 / each)} {commodity.unit} {verb} {plain(meant)} {unit} as packed here"


def lots_keep(draft: CaseDraft) -> Iterator[Problem]:
    """A lot that expires before or while it can be used is pointed out."""
    horizon_s = draft.settings.horizon_s
    for located in draft.stock:
        lot = located.value
        if lot.expires_s is not None and lot.expires_s <= max(0, lot.available_from_s):
            yield warning(
                "LOT_EXPIRED",
                located.at("expires"),
                f"the lot “{lot.id}” has expired before it can be loaded; it is not handed out",
                "check the date, or take the lot out of the stock",
            )
        elif lot.expires_s is not None and lot.expires_s < horizon_s and lot.state is not StockState.PLEDGED:
            yield warning(
                "LOT_EXPIRES",
                located.at("expires"),
                f"the lot “{lot.id}” expires {lot.expires_s / HOUR_S:.0f} h after the start of the case, "
                f"which is planned for {horizon_s / HOUR_S:.0f} h; it is handed out for days that begin "
                "before it expires, and for none after",
                "check the date; if it is right, find goods for the later days",
            )


def depots_are_depots(draft: CaseDraft) -> Iterator[Problem]:
    """Stock and trucks stand at depots."""
    kinds = {located.value.id: located.value.kind for located in draft.places}
    at: list[tuple[str, Where]] = [
        *((lot.value.depot, lot.at("depot")) for lot in draft.stock),
        *((truck.value.depot, truck.at("depot")) for truck in draft.trucks),
    ]
    for place, where in at:
        kind = kinds.get(place)
        if kind is not None and kind is not PlaceKind.DEPOT:
            yield warning(
                "DEPOT_KIND", where, f"“{place}” is a {kind}, not a depot", "name a depot, or make it one"
            )


def trucks_can_carry(draft: CaseDraft) -> Iterator[Problem]:
    """A loaded truck weighs more than its load, and is there within the horizon; there is one for stock."""
    for located in draft.trucks:
        truck = located.value
        if draft.clock_known and truck.count and truck.available_from_s >= draft.settings.horizon_s:
            yield warning(
                "WINDOW_OUTSIDE",
                located.at("available_from"),
                f"the trucks “{truck.id}” become available after the hours that are planned",
                "check date and time, or raise horizon_h",
            )
        if truck.payload_kg >= truck.weight_kg:
            yield error(
                "TRUCK_WEIGHT",
                located.at("weight_t"),
                f"“{truck.id}” carries {truck.payload_kg / 1_000:g} t and weighs "
                f"{truck.weight_kg / 1_000:g} t with its load",
                "weight_t is the weight of the loaded truck: lorry and load together",
            )
    held = [row for row in draft.stock if row.value.state is not StockState.PLEDGED]
    if held and not any(row.value.count for row in draft.trucks):
        yield warning(
            "TRUCKS_NONE",
            draft.trucks[0].at("count") if draft.trucks else held[0].at("depot"),
            "there is stock but no truck to carry it",
            "add trucks, or nothing can be delivered",
        )


def convoys_hold_together(draft: CaseDraft) -> Iterator[Problem]:
    """Trucks of one convoy stand together, have hours in common and know how far apart they drive."""
    convoys: dict[str, list[Located[Truck]]] = {}
    for row in draft.trucks:
        if row.value.convoy and row.value.count:
            convoys.setdefault(row.value.convoy, []).append(row)
    for name, rows in convoys.items():
        first, *others = rows
        called = f"the convoy {quoted(name)}"
        for row in others:
            if row.value.depot != first.value.depot:
                yield error(
                    "CONVOY_APART", row.at("depot"),
                    f"{called} is at “{first.value.depot}” (“{first.value.id}”) and at “{row.value.depot}” "
                    f"(“{row.value.id}”)", "give both one depot, or give two convoys two names",
                )  # fmt: skip
        if sum(row.value.count for row in rows) < len(("lead", "tail")):
            yield error(
                "CONVOY_ALONE", first.at("convoy"), f"{called} is of one truck",
                "add trucks to it, or leave the column empty",
            )  # fmt: skip
        ends = (row.value.available_until_s for row in rows)
        closes_s = min(draft.settings.horizon_s if end is None else end for end in ends)
        if max(row.value.available_from_s for row in rows) >= closes_s:
            yield error(
                "CONVOY_HOURS", first.at("convoy"), f"the trucks of {called} have no hours in common",
                "give them hours in common, or two names",
            )  # fmt: skip
        if not draft.settings.truck_headway_s:
            yield error(
                "CONVOY_HEADWAY", first.at("convoy"),
                f"{called} has no headway: how long after the one in front a truck enters a road",
                "set `truck_headway_s`, for example to 20",
            )  # fmt: skip


def waybills_reconcile(draft: CaseDraft) -> Iterator[Problem]:
    """One row a waybill, place, commodity and lot; nobody receives more than was dispatched."""
    seen: dict[tuple[str, str, str, str], Where] = {}
    for located in draft.consignments:
        row = located.value
        first = seen.setdefault((row.waybill, row.place, row.commodity, row.lot), located.where)
        if first is not located.where:
            yield error(
                "WAYBILL_TWICE",
                located.at("waybill"),
                f"waybill {row.waybill} has {row.commodity} of this lot in row {first.row} already",
                "keep the row that is right",
            )
        if row.missing_milli < 0:
            yield error(
                "WAYBILL_MORE",
                located.at("received"),
                f"more was received ({plain((row.received_milli or 0) / 1_000)}) than dispatched "
                f"({plain(row.dispatched_milli / 1_000)})",
                "correct one of the two counts",
            )
        if row.received_s is not None and row.dispatched_s is not None and row.received_s < row.dispatched_s:
            yield warning(
                "WAYBILL_TIMES",
                located.at("received_at"),
                f"waybill {row.waybill} was received before it was dispatched",
                "correct one of the two times; the quantities are counted as written",
            )


Check = Callable[[CaseDraft], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    commodities_are_known,
    units_are_those_of_the_commodity,
    lots_keep,
    *SIZES,
    *GROUPS,
    depots_are_depots,
    trucks_can_carry,
    convoys_hold_together,
    waybills_reconcile,
)

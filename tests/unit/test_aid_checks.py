"""Stock, trucks and waybills: one message for each mix-up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safepassage.domain.aid.commodity import Commodity, Norm, Unit
from safepassage.domain.aid.stock import Consignment, StockLot, StockState, Truck
from safepassage.domain.case import STAYS, Demand, DirectionBasis, Group, Place, PlaceKind, Settings
from safepassage.domain.case_checks.case_aid_checks import CHECKS
from safepassage.domain.case_checks.case_draft import CaseDraft, Located
from safepassage.domain.problem import Where

DEPOT = Place(id="d", name="Depot", kind=PlaceKind.DEPOT, lon_e7=0, lat_e7=0)
TOWN = Place(id="t", name="Town", kind=PlaceKind.SETTLEMENT, lon_e7=0, lat_e7=0)
LOT = StockLot(id="l", depot="d", commodity="drinking_water", quantity_milli=1_000)
TRUCK = Truck(id="x", count=1, depot="d", payload_kg=7_000, volume_l=30_000, weight_kg=12_000)
CROWD = Demand(
    place="t", direction=STAYS, group=Group.NEEDS_TRANSPORT, persons=1_000, basis=DirectionBasis.EXERCISE
)
NORM = Norm(id="n", commodity="salt", amount_milli=1, priority=1)
TONNES = StockLot(id="m", depot="d", commodity="drinking_water", quantity_milli=600_000, unit="L")
HUGE = StockLot(id="h", depot="d", commodity="drinking_water", quantity_milli=10**9)
KITS = StockLot(id="k", depot="d", commodity="medical_kit", quantity_milli=101_000)
RICE = Commodity(id="rice", name="Rice", unit=Unit.KILOGRAM, mass_g=1_050, volume_ml=1_500)
VIAL = Commodity(id="vial", name="Vial", unit=Unit.PIECE, mass_g=30, volume_ml=100)
LINE = Consignment(waybill="w", depot="d", place="t", commodity="blanket", dispatched_milli=5_000)


def located(*rows):
    return tuple(Located(value=row, where=Where(file="x.csv", row=i)) for i, row in enumerate(rows, start=2))


def problems(**tables):
    settings = tables.pop("settings", Settings())
    rows = {name: located(*rows) for name, rows in {"trucks": [TRUCK], **tables}.items()}
    draft = CaseDraft(
        file="case", exercise=True, settings=settings, ids={}, places=located(DEPOT, TOWN),
        readable=frozenset({"commodities"}), **rows,
    )  # fmt: skip
    return [problem for check in CHECKS for problem in check(draft)]


@pytest.mark.parametrize(
    ("tables", "code", "column"),
    [
        ({"stock": [replace(LOT, commodity="drinking_watr")]}, "COMMODITY_UNKNOWN", "commodity"),
        ({"norms": [NORM]}, "COMMODITY_UNKNOWN", "commodity"),
        ({"stock": [replace(LOT, unit="m3")]}, "UNIT_OTHER", "unit"),
        ({"stock": [replace(LOT, commodity="food_ration", unit="t")]}, "UNIT_OTHER", "unit"),
        ({"stock": [replace(LOT, quantity_milli=10**10)]}, "LOT_HEAVY", "quantity"),
        ({"stock": [replace(LOT, expires_s=0)]}, "LOT_EXPIRED", "expires"),
        ({"stock": [replace(LOT, expires_s=40_000)]}, "LOT_EXPIRES", "expires"),
        ({"stock": [replace(LOT, depot="t")]}, "DEPOT_KIND", "depot"),
        ({"trucks": [replace(TRUCK, payload_kg=12_000)]}, "TRUCK_WEIGHT", "weight_t"),
        ({"stock": [LOT], "trucks": [replace(TRUCK, count=0)]}, "TRUCKS_NONE", "count"),
        ({"stock": [LOT], "trucks": []}, "TRUCKS_NONE", "depot"),
        ({"stock": [LOT], "demand": [CROWD]}, "STOCK_SMALL", "quantity"),
        ({"stock": [replace(LOT, id="m", quantity_milli=100_001), LOT]}, "LOT_SMALL", "quantity"),
        ({"stock": [TONNES, replace(LOT, unit="L")]}, "LOT_SMALL", "quantity"),
        ({"stock": [TONNES, replace(TONNES, id="n"), HUGE]}, "LOT_LARGE", "quantity"),
        ({"stock": [replace(LOT, quantity_milli=2 * 10**9)], "demand": [CROWD]}, "LOT_LARGE", "quantity"),
        ({"stock": [KITS], "demand": [CROWD]}, "LOT_LARGE", "quantity"),
        ({"commodities": [replace(RICE, mass_g=1_050_000)]}, "COMMODITY_ODD", "unit_mass_kg"),
        ({"commodities": [replace(RICE, volume_ml=1)]}, "COMMODITY_ODD", "unit_volume_l"),
        ({"commodities": [replace(VIAL, mass_g=30_000)]}, "COMMODITY_ODD", "unit_volume_l"),
        ({"consignments": [replace(LINE, unit="t")]}, "UNIT_OTHER", "unit"),
        ({"consignments": [LINE, LINE]}, "WAYBILL_TWICE", "waybill"),
        ({"consignments": [replace(LINE, received_milli=5_001)]}, "WAYBILL_MORE", "received"),
        ({"consignments": [replace(LINE, dispatched_s=9, received_s=8)]}, "WAYBILL_TIMES", "received_at"),
    ],
)  # fmt: skip
def test_each_mix_up_has_one_message(tables, code, column):
    (found,) = problems(**tables)
    assert (found.code, found.where.column) == (code, column)
    assert found.hint


@pytest.mark.parametrize(
    ("commodity", "unit", "hint"),
    [
        ("drinking_water", "m3", "write the quantity in L: 5,000 L"),
        ("drinking_water", "t", "write the quantity in L: 4,807.692 L weigh 5,000 kg as packed here"),
        ("food_ration", "g", "write the quantity in kg: 0.005 kg"),
        ("food_ration", "litres", "write the quantity in kg: 2.941 kg take 5 L as packed here"),
        ("drinking_water", "pallets", "write the quantity in L"),
    ],
)
def test_a_lot_in_another_unit_is_told_with_the_number_to_write_where_it_is_known(commodity, unit, hint):
    (found,) = problems(stock=[replace(LOT, commodity=commodity, unit=unit, quantity_milli=5_000)])
    assert (found.code, found.hint) == ("UNIT_OTHER", hint)


APART = Settings(truck_headway_s=20)
KILO = replace(TRUCK, convoy="kilo")


@pytest.mark.parametrize(
    ("trucks", "settings", "code", "column"),
    [
        ([replace(KILO, count=2), replace(KILO, id="y", depot="e")], APART, "CONVOY_APART", "depot"),
        ([KILO], APART, "CONVOY_ALONE", "convoy"),
        ([replace(KILO, count=2)], Settings(), "CONVOY_HEADWAY", "convoy"),
        (
            [replace(KILO, available_until_s=60), replace(KILO, id="y", available_from_s=60)], APART,
            "CONVOY_HOURS", "convoy",
        ),
    ],
)  # fmt: skip
def test_a_convoy_that_cannot_drive_together_has_one_message(trucks, settings, code, column):
    (found,) = problems(trucks=trucks, settings=settings)
    assert (found.code, found.where.column, found.severity) == (code, column, "error")
    assert "kilo" in found.message
    assert found.hint
    right = [KILO, replace(KILO, id="y", count=0), replace(KILO, id="z")]
    assert problems(trucks=right, settings=APART) == []


def test_a_small_lot_is_right_where_its_unit_is_written_or_it_is_of_pieces_or_like_most_others():
    large = replace(LOT, id="m", quantity_milli=100_001)
    assert problems(stock=[large, replace(LOT, unit="L")]) == []
    assert problems(stock=[replace(large, quantity_milli=100_000), LOT]) == []
    assert problems(stock=[large, LOT, replace(LOT, id="k"), replace(LOT, id="j")]) == []
    assert problems(stock=[replace(lot, commodity="ready_meal") for lot in (large, LOT)]) == []


@pytest.mark.parametrize("unit", ["m3", "m³", "M3"])
def test_a_larger_unit_is_converted_in_the_hint_only(unit):
    (found,) = problems(stock=[replace(LOT, quantity_milli=12_000, unit=unit)])
    assert "12,000 L" in found.hint


@pytest.mark.parametrize("unit", ["", "L", "litres"])
def test_the_commoditys_own_unit_is_accepted(unit):
    assert not problems(stock=[replace(LOT, unit=unit)], trucks=[TRUCK], consignments=[LINE])


@pytest.mark.parametrize("change", [{"expires_s": Settings().horizon_s}, {"state": StockState.PLEDGED}])
def test_a_lot_that_keeps_to_the_end_and_one_that_is_never_planned_with_are_not_pointed_out(change):
    lot = replace(LOT, **{"expires_s": 40_000, **change})
    assert not problems(stock=[lot])


def test_what_is_missing_waits_for_the_receivers_count():
    assert LINE.missing_milli == 0
    assert replace(LINE, received_milli=4_000).missing_milli == 1_000


def test_a_lot_of_a_years_need_says_what_it_was_held_against_and_what_to_write():
    (found,) = problems(stock=[replace(LOT, quantity_milli=2 * 10**9)], demand=[CROWD])
    assert "as much as all persons need in 667 days, 297 loads of the largest truck" in found.message
    assert "write 2,000" in found.hint
    assert (found.where.file, found.where.row) == ("x.csv", 2)


def test_a_store_for_a_large_region_is_not_pointed_out():
    lot = replace(LOT, quantity_milli=365 * 3_000 * 1_000, unit="L")
    assert (
        problems(stock=[lot, replace(lot, id="m", quantity_milli=lot.quantity_milli // 500)], demand=[CROWD])
        == []
    )


def test_a_ration_for_sites_only_is_held_against_nobody_before_they_are_there():
    assert problems(stock=[replace(LOT, commodity="ready_meal")], demand=[CROWD]) == []

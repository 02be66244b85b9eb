"""What known trips carry: the least served place first, whole pieces, never more than there is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safepassage.domain.aid.commodity import Unit
from safepassage.domain.aid.distribution import AidDay, AidProblem, Good, Lot, Need, TruckDay
from safepassage.engines.distribution.loads import Trip, loads_of
from safepassage.engines.distribution.options import _most, crews_of

TRUCK = TruckDay(
    id="t-1-day1", truck="t-1", type="t", depot="d", day=0, base_node=0, payload_kg=100, volume_l=1_000,
    weight_kg=3_000, units_mveh=1_000, cold_chain=False, available_from_s=0, available_until_s=80_000,
    max_duty_s=-1,
)  # fmt: skip


def problem(kits, water_l=60):
    """Two places that need 100 L of water and a kit each; there is less."""
    goods = (
        Good(id="water", name="Water", unit=Unit.LITRE, mass_g=1_000, volume_ml=1_000, cold_chain=False,
             step_milli=1),
        Good(id="kit", name="Kit", unit=Unit.PIECE, mass_g=100, volume_ml=100, cold_chain=False,
             step_milli=1_000),
    )  # fmt: skip
    needs = tuple(
        Need(
            place=place,
            node=node,
            commodity=name,
            due=0,
            priority=1,
            amount_milli=amount,
            persons=1,
            worth=worth,
        )
        for node, place in ((1, "a"), (2, "b"))
        for name, amount, worth in (("water", 100_000, 60), ("kit", 1_000, 40))
    )
    lots = tuple(
        Lot(
            id=name, depot="d", node=0, commodity=name, quantity_milli=milli, available_from_s=0, expires_s=-1
        )
        for name, milli in (("water", water_l * 1_000), ("kit", kits * 1_000))
    )
    day = AidDay(from_s=0, until_s=86_400, date="2030-01-01")
    return AidProblem(days=(day,), goods=goods, needs=needs, lots=lots, trucks=(TRUCK,))


def trip(**changes):
    made = Trip(truck=TRUCK, depot=0, loads_s=0, stops=(("a", 5_000), ("b", 9_000)), spare_s=50_000)
    return replace(made, **changes)


def brought(given, trips):
    found = {}
    for row, rows in zip(trips, loads_of(given, trips), strict=True):
        for (place, _), items in zip(row.stops, rows, strict=True):
            for item in items:
                key = place, given.needs[item.need].commodity
                found[key] = found.get(key, 0) + item.milli
    return found


def test_one_kit_goes_whole_to_one_place_and_water_evens_out():
    found = brought(problem(kits=1), [trip()])
    kits = {place: found.get((place, "kit"), 0) for place in ("a", "b")}
    assert sorted(kits.values()) == [0, 1_000]
    # 60 L of water: the place without a kit is worth 0.36 with all of it; the other has 0.4 by its kit.
    without = min(kits, key=lambda place: kits[place])
    assert found[without, "water"] == pytest.approx(60_000, abs=200)


def test_all_that_is_there_is_shared_alike():
    found = brought(problem(kits=2, water_l=80), [trip()])
    assert found["a", "water"] == pytest.approx(40_000, abs=200)
    assert found["b", "water"] == pytest.approx(40_000, abs=200)


def test_a_lot_that_comes_later_or_expires_before_is_not_loaded():
    given = problem(kits=2)
    late = replace(given, lots=tuple(replace(lot, available_from_s=1) for lot in given.lots))
    gone = replace(given, lots=tuple(replace(lot, expires_s=4_000) for lot in given.lots))
    assert brought(late, [trip()]) == brought(gone, [trip()]) == {}


def test_hours_bound_what_is_handled_and_loading_before_them_is_free():
    # 300 s a tonne each way: 6 seconds handle 10 kg, or 20 kg when the truck was laden before.
    both, laden = (brought(problem(kits=0), [trip(spare_s=6, laden=flag)]) for flag in (False, True))
    assert sum(both.values()) == pytest.approx(10_000, abs=100)
    assert sum(laden.values()) == pytest.approx(20_000, abs=100)


def test_nothing_goes_over_the_payload():
    found = brought(problem(kits=2, water_l=500), [trip()])
    assert sum(n for (_, name), n in found.items() if name == "water") <= 100_000 - 2 * 100


@pytest.mark.parametrize(("payload_kg", "most_mg"), [(100, 100_000_000), (1_000, 100_100_000)])
def test_a_stop_unloads_no_more_than_the_truck_holds_or_its_place_needs(payload_kg, most_mg):
    given = replace(problem(kits=1), trucks=(replace(TRUCK, payload_kg=payload_kg),))
    crews = crews_of(given, ())
    assert [mg for mg, _ in _most(given, crews)["a"]] == [most_mg]

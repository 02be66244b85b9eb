"""Needs: persons times norms, rounded up; what falls due once; who is where on which day."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.domain.aid.catalogue import catalogue, norms
from safepassage.domain.aid.commodity import Commodity, Norm, Rhythm, Season, Setting, Unit
from safepassage.domain.aid.needs import Presence
from safepassage.domain.aid.norms import COMMODITIES, NORMS
from safepassage.domain.aid.people_groups import PeopleGroup
from safepassage.domain.aid.stock import StockLot, StockState
from safepassage.engines.needs import Moved, cover_of, needs_of, presence_of
from tests.support.sketch import Sketch

WATER = Commodity(id="water", name="Water", unit=Unit.LITRE, mass_g=1_000, volume_ml=1_000)
KIT = Commodity(id="kit", name="Kit", unit=Unit.PIECE, mass_g=5_000, volume_ml=20_000)
DAY_S = 86_400


def presence(*rows, setting=Setting.HOME):
    persons = np.array(rows, dtype=np.int64)
    names = tuple(f"p{i}" for i in range(len(rows)))
    return Presence(places=names, settings=(setting,) * len(rows), persons=persons)


def norm(commodity="water", amount_milli=3_000, **more):
    name = more.pop("id", commodity)
    return Norm(id=name, commodity=commodity, amount_milli=amount_milli, priority=1, **more)


def amounts(people, *rules, cold=False):
    return needs_of(people, rules, (WATER, KIT), cold=cold).by_commodity()


class TestArithmetic:
    def test_a_daily_norm_is_persons_times_amount(self):
        assert amounts(presence([100, 40]), norm())[0, :, 0].tolist() == [300_000, 120_000]

    def test_pieces_are_whole_in_each_place(self):
        kits = norm("kit", 1_000, per_persons=1_000)
        assert amounts(presence([1], [1_000], [1_001]), kits)[:, 0, 1].tolist() == [1_000, 1_000, 2_000]

    def test_what_falls_due_once_is_given_to_those_who_come_later_only(self):
        once = norm("kit", 1_000, rhythm=Rhythm.ONCE)
        assert amounts(presence([10, 25, 5, 30]), once)[0, :, 1].tolist() == [10_000, 15_000, 0, 5_000]

    def test_a_share_of_the_persons_is_rounded_up(self):
        assert amounts(presence([30]), norm(share_ppm=25_000))[0, 0, 0] == 3_000

    def test_settings_and_seasons(self):
        at_site = norm(setting=Setting.SITE)
        assert amounts(presence([10]), at_site).sum() == 0
        assert amounts(presence([10], setting=Setting.SITE), at_site).sum() == 30_000
        cold = norm(season=Season.COLD)
        assert amounts(presence([10]), cold).sum() == 0
        assert amounts(presence([10]), cold, cold=True).sum() == 30_000

    def test_mass_and_volume(self):
        table = needs_of(presence([10]), (norm(), norm("kit", 1_000)), (WATER, KIT))
        assert table.mass_kg().tolist() == [[30 + 50]]
        assert table.volume_l().tolist() == [[30 + 200]]

    def test_an_unknown_commodity_is_named(self):
        with pytest.raises(ValueError, match="unknown commodity salt"):
            amounts(presence([1]), norm("salt"))

    @given(st.integers(0, 5_000_000), st.integers(0, 5_000_000))
    def test_more_people_never_need_less(self, one, other):
        few, many = sorted((one, other))
        rows = np.array([[few], [many]], dtype=np.int64)
        there = replace(presence([few], [many]), groups=dict.fromkeys(PeopleGroup, rows * 25000))
        table = needs_of(there, NORMS, COMMODITIES, cold=True)
        assert (table.amount_milli[0] <= table.amount_milli[1]).all()
        assert (table.amount_milli >= 0).all()


class TestNorms:
    def test_every_norm_has_a_source_and_a_known_commodity(self):
        known = {commodity.id for commodity in COMMODITIES}
        assert all(rule.source and rule.commodity in known for rule in NORMS)

    def test_settings_of_the_case_set_water_and_food(self):
        by_id = {rule.id: rule for rule in norms((), water_l_person_day=20, food_g_person_day=600)}
        assert by_id["drinking_water"].amount_milli + by_id["water"].amount_milli == 20_000
        assert by_id["food_ration"].amount_milli == 600

    def test_a_row_of_the_case_takes_the_place_of_a_built_in_one(self):
        own = norm("water", 1, id="water")
        found = norms((own,), water_l_person_day=15, food_g_person_day=555)
        assert [rule for rule in found if rule.id == "water"] == [own]
        assert catalogue((WATER,)).count(WATER) == 1


class TestPresence:
    def test_people_are_at_home_until_the_day_they_arrive(self):
        sketch = Sketch(2)
        sketch.road(0, 1)
        sketch.town("home", 0, 10)
        sketch.site("camp", 1)
        moved = [Moved(place="home", site="camp", persons=6, arrive_s=DAY_S + 60)]
        found = presence_of(sketch.case(), moved, ends_s=range(DAY_S, 4 * DAY_S, DAY_S))
        by_place = dict(zip(found.places, found.persons.tolist(), strict=True))
        assert by_place == {"home": [10, 10, 4], "camp": [0, 6, 6]}
        assert dict(zip(found.places, found.settings, strict=True))["camp"] is Setting.SITE


def lot(name, quantity, first=0, last=None, state=StockState.HELD):
    return StockLot(
        id=name, depot="d", commodity="water", quantity_milli=quantity, available_from_s=first,
        expires_s=last, state=state,
    )  # fmt: skip


def cover(daily, *lots):
    table = needs_of(presence(daily), (norm(amount_milli=1),), (WATER,))
    ends_s = DAY_S * np.arange(1, len(daily) + 1, dtype=np.int64)
    (found,) = cover_of(table, lots, ends_s)
    return found


class TestCover:
    def test_what_expires_first_goes_first(self):
        found = cover([10, 10], lot("b", 10), lot("a", 10, last=DAY_S // 2))
        assert (found.short_milli, found.days_covered) == (0, 2)

    def test_pledges_are_shown_and_not_counted_on(self):
        found = cover([10], lot("a", 99, state=StockState.PLEDGED))
        assert (found.stock_milli, found.pledged_milli, found.short_milli) == (0, 99, 10)
        assert found.days_covered == 0

    def test_what_arrives_later_does_not_help_earlier(self):
        assert cover([10, 10], lot("a", 20, first=DAY_S)).short_milli == 10

    def test_an_expired_lot_helps_nobody(self):
        assert cover([10], lot("a", 20, last=0)).short_milli == 10

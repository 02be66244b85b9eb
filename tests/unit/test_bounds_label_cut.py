"""Label cuts on roads whose figures can be worked out in the head."""

from __future__ import annotations

import numpy as np
import pytest

from safepassage.domain.case import RoadStatusWord
from safepassage.engines.bounds.commodity import CARS, PERSONS
from safepassage.engines.bounds.label_cut import LabelCuts, Proof
from tests.support.planned import accepted, laid
from tests.support.sketch import Sketch, window


def bridge(cars_h=60, persons=10, **more):
    """Home, a bridge for one car a minute, the camp; a minute each."""
    sketch = Sketch(3, **more)
    sketch.road(0, 1, 60)
    sketch.road(1, 2, 60, cars_h)
    if persons:
        sketch.town("home", 0, persons)
    sketch.site("camp", 2)
    return sketch


def cuts(sketch, commodity=CARS, direction="west"):
    return LabelCuts(laid(sketch).problem, direction, commodity)


def at_most(sketch, horizon_s, **more):
    return cuts(sketch, **more).cut(horizon_s).phi


class TestPhi:
    @pytest.mark.parametrize(
        ("horizon_s", "expected"),
        # Entries onto the bridge lie in [60, T - 59): one, and one more for every full minute.
        [(0, 0), (118, 0), (119, 0), (120, 1), (178, 1), (179, 2), (238, 2), (239, 3), (658, 9), (659, 10)],
    )
    def test_one_car_at_once_and_one_more_each_minute(self, horizon_s, expected):
        assert at_most(bridge(), horizon_s) == expected

    def test_never_more_than_there_are_people(self):
        assert at_most(bridge(), 7_200) == 10

    def test_a_car_carries_as_many_as_it_holds(self):
        assert at_most(bridge(persons_per_car=3, persons=100), 239) == 9

    def test_larger_vehicles_lend_their_burst_to_cars(self):
        """The burst is the largest vehicle of the case: where a bus of three units fits, so do three cars."""
        sketch = bridge()
        sketch.buses("bus", "home", units_mveh=3_000)
        assert at_most(sketch, 120) == 3

    def test_a_site_takes_no_more_than_its_capacity(self):
        sketch = bridge()
        sketch.rows["places"].pop()
        sketch.site("camp", 2, capacity=4)
        assert at_most(sketch, 7_200) == 4

    def test_sites_of_the_other_direction_do_not_count(self):
        sketch = bridge()
        sketch.rows["places"].pop()
        sketch.site("camp", 2, "east")
        assert at_most(sketch, 7_200) == 0

    def test_people_released_late_are_early_later(self):
        sketch = bridge(persons=0)
        sketch.town("home", 0, 10, release_s=1_000)
        assert [at_most(sketch, t) for t in (1_119, 1_120, 1_179)] == [0, 1, 2]

    def test_closed_hours_carry_nobody(self):
        sketch = bridge()
        sketch.status(RoadStatusWord.NOT_PASSABLE, "l1", interval=window(0, 3_600))
        assert [at_most(sketch, t) for t in (3_659, 3_720, 3_780)] == [1, 2, 3]

    def test_hours_without_movement_carry_nobody(self):
        sketch = bridge(movement_windows=(window(0, 180), window(3_600, 7_200)))
        assert at_most(sketch, 3_599) == at_most(sketch, 239) == 3

    def test_a_crossing_counts_persons_as_well(self):
        sketch = bridge(cars_h=3_600, persons_per_car=2, persons=50)
        sketch.crossing("post", 1, persons_h=60)
        # Through the gate in [60, T - 119): two persons at once and one a minute.
        assert [at_most(sketch, t) for t in (180, 240, 780)] == [2, 3, 12]

    def test_trains_carry_their_places(self):
        sketch = Sketch(2)
        sketch.town("home", 0)
        sketch.people("home", 50, group="needs_transport")
        sketch.site("camp", 1)
        sketch.transit("home", "camp", timetable=((600, 7), (1_200, 20)))
        assert [at_most(sketch, t, commodity=PERSONS) for t in (1_199, 1_200, 1_799, 1_800)] == [0, 7, 7, 27]

    def test_a_path_without_a_limit_limits_nobody(self):
        sketch = Sketch(2)
        sketch.town("home", 0)
        sketch.people("home", 50, group="needs_transport")
        sketch.site("camp", 1)
        sketch.transit("home", "camp", "foot")
        assert [at_most(sketch, t, commodity=PERSONS) for t in (599, 600)] == [0, 50]

    def test_the_fullest_vehicle_for_its_size_bounds_everybody(self):
        sketch = bridge(persons=0)
        sketch.place("home", 0)
        sketch.people("home", 500, group="needs_transport")
        sketch.buses("bus", "home", seats=40, units_mveh=2_000)
        # At once 2,000 mveh and 1,000 a minute, twenty persons for each thousand.
        assert [at_most(sketch, t, commodity=PERSONS) for t in (120, 179)] == [40, 60]

    def test_roads_closed_to_the_direction_carry_nobody(self):
        sketch = bridge()
        sketch.crossing("post", 1, directions=("east",))
        assert at_most(sketch, 7_200) == 0

    def test_rows_on_an_assumption_and_undecided_people_are_not_counted(self):
        sketch = bridge(persons=0)
        sketch.town("home", 0)
        sketch.people("home", 9, basis="assumption")
        sketch.people("home", 9, "undecided")
        sketch.people("home", 9, "stays")
        assert cuts(sketch).demand == 0
        assert at_most(sketch, 7_200) == 0


class TestBound:
    def test_the_bridge_alone_proves_all_but_a_second(self):
        """The rule lets the tenth car follow 539 s after the first; the calendar keeps whole minutes."""
        row = accepted(bridge()).direction("west")
        assert (row["clearance_s"], row["clearance_bound_s"], row["bound_kind"]) == (660, 659, "label_cut")

    def test_travel_time_alone(self):
        row = accepted(bridge(persons=1)).direction("west")
        assert (row["clearance_s"], row["clearance_bound_s"], row["gap_ppm"]) == (120, 120, 0)

    def test_the_bound_is_for_as_many_as_are_served(self):
        """Four of ten find room: the bound is for four."""
        sketch = bridge()
        sketch.rows["places"].pop()
        sketch.site("camp", 2, capacity=4)
        found = accepted(sketch)
        assert {(b["persons"], b["phi"]) for b in found.certificate["bounds"]} == {(4, 3)}
        assert found.direction("west")["unserved_bound"] == 6

    def test_far_places_are_bounded_without_the_near_ones(self):
        """While the far village is on its way the bridge has room for the near one: the far one binds."""
        sketch = Sketch(4)
        sketch.road(0, 1, 3_000)
        sketch.road(1, 2, 10, 60)
        sketch.road(3, 1, 10)
        sketch.town("far", 0, 20)
        sketch.town("near", 3, 20)
        sketch.site("camp", 2)
        problem = laid(sketch).problem
        cutter = LabelCuts(problem, "west", CARS)
        whole = cutter._search(40, None, 0, 7_200)
        best = cutter.latest_short_of(40, low_s=0, high_s=7_200)
        assert best.horizon_s > whole.horizon_s
        # The last of twenty cars enters the bridge 19 minutes (less a second) after the first could.
        assert best.horizon_s + 1 == 3_000 + 19 * 60 - 1 + 10

    def test_a_horizon_known_to_be_short_stays_so_when_none_after_it_is(self, monkeypatch):
        """The envelope looked at 500 s and 600 s; every second between is as good as the later one."""
        cutter = cuts(bridge())
        at = {t: 9 if t <= 500 else 10 for t in range(1_000)}
        labels = np.zeros(3, dtype=np.int64)
        monkeypatch.setattr(cutter, "_steady_sum", lambda t: Proof(t, at[t], labels))
        cutter._phi = {t: at[t] for t in (400, 500, 600)}
        assert cutter._steady_short_of(10, 0, 1_000).horizon_s == 500
        assert cutter._steady_short_of(9, 0, 1_000) is None

    def test_a_bound_is_never_earlier_than_a_point_of_the_envelope_proves(self, monkeypatch):
        """A search by halves passes by a horizon at which fewer have arrived, which a point had seen."""
        cutter = cuts(bridge())
        short = cutter.best(500)
        assert short.phi < 10
        monkeypatch.setattr(cutter, "_search", lambda *_: None)
        monkeypatch.setattr(cutter, "_far_subsets", list)
        assert cutter.latest_short_of(10, low_s=0, high_s=1_000).horizon_s == 500
        assert cutter.latest_short_of(short.phi, low_s=0, high_s=1_000) is None

    def test_without_a_solver_bounds_are_weaker_and_still_bounds(self):
        problem = laid(bridge()).problem
        with_it, without = (LabelCuts(problem, "west", CARS, solver=asked) for asked in (True, False))
        for t in range(0, 1_000, 60):
            assert with_it.cut(t).phi <= without.cut(t).phi <= 10
        assert without.latest_short_of(10, low_s=0, high_s=7_200) is not None

    def test_nobody_served_no_bound(self):
        found = accepted(bridge(cars_h=0))
        assert found.certificate["bounds"] == []
        assert (found.direction("west")["clearance_bound_s"], found.direction("west")["bound_kind"]) == (
            None,
            "",
        )

    def test_the_cut_names_its_road_and_the_places_behind_it(self):
        found = accepted(bridge())
        row = found.plan["binding"][0]
        assert (row["direction"], row["kind"], row["arcs"], row["places"]) == (
            "west",
            "label_cut",
            [2],
            ["home"],
        )
        assert row["text"] == "1 place (Home) has l1: 60 vehicles/h"


@pytest.mark.slow
def test_roads_that_carry_next_to_nothing_prove_by_their_last_moments():
    """One car an hour, rounded down over the grid, is a steady flow of none; the bound is still one."""
    cutter = cuts(bridge(cars_h=1, persons=20_000))
    assert cutter.is_steady
    assert cutter.latest_short_of(3, low_s=0, high_s=7_200).phi < 3


class TestMonotone:
    def test_in_time(self):
        cutter = cuts(bridge())
        sums = [cutter.cut(t).phi for t in range(0, 800, 7)]
        assert sums == sorted(sums)

    @pytest.mark.parametrize("closed", ["l0", "l1"])
    def test_in_roads(self, closed):
        sketch = bridge()
        sketch.road(0, 2, 400, 120)
        before = [at_most(sketch, t) for t in range(0, 900, 50)]
        sketch.status(RoadStatusWord.NOT_PASSABLE, closed)
        after = [at_most(sketch, t) for t in range(0, 900, 50)]
        assert all(a <= b for a, b in zip(after, before, strict=True))
        assert after != before

"""The fleet bound: seats, round trips and the time they take."""

from __future__ import annotations

import pytest

from safepassage.domain.case import PlaceKind
from safepassage.engines.bounds.fleet_bound import FleetBound
from tests.support.planned import accepted, laid
from tests.support.sketch import Sketch


def shuttle(persons=25, seats=10, travel_s=100, group="needs_transport", **settings):
    """One bus of ten seats between home and camp, a hundred seconds each way; it stands at home."""
    sketch = Sketch(3, **settings)
    sketch.road(0, 1, travel_s)
    sketch.town("home", 0)
    sketch.people("home", persons, group=group)
    sketch.site("camp", 1)
    sketch.place("depot", 0, PlaceKind.DEPOT)
    if seats:
        sketch.buses("bus", "depot", seats=seats)
    return sketch


def at_most(sketch, horizon_s, commodity="seated"):
    return FleetBound(laid(sketch).problem, "west", commodity).arrived_by(horizon_s)


class TestArrived:
    @pytest.mark.parametrize(
        ("horizon_s", "expected"),
        # Ten seats for T seconds and the last way back: a person costs one seat for 200 s.
        [(99, 0), (100, 10), (119, 10), (120, 11), (300, 20), (499, 25)],
    )
    def test_seats_times_seconds(self, horizon_s, expected):
        assert at_most(shuttle(), horizon_s) == expected

    def test_a_first_trip_needs_loading_and_the_way(self):
        sketch = shuttle(load_base_s=60)
        assert [at_most(sketch, t) for t in (159, 160)] == [0, 10]

    def test_the_way_from_the_base_and_a_late_start_count(self):
        sketch = shuttle()
        sketch.road(2, 0, 500)
        sketch.place("garage", 2, PlaceKind.DEPOT)
        sketch.rows["fleet"].clear()
        sketch.buses("bus", "garage", available_from_s=300)
        assert [at_most(sketch, t) for t in (899, 900)] == [0, 10]

    def test_near_people_are_cheaper_and_counted_first(self):
        sketch = shuttle(persons=10)
        sketch.road(2, 1, 10)
        sketch.place("near", 2)
        sketch.people("near", 10, group="assisted")
        # 10 seats * (110 + 100) s; ten persons near cost 20 s a seat, the rest is for those who cost 200.
        assert at_most(sketch, 110) == 10 + (10 * 210 - 10 * 20) // 200

    def test_loading_of_a_person_holds_up_every_seat(self):
        sketch = shuttle(load_per_person_s=6, unload_per_person_s=4)
        # A person costs 200 s and 10 s for each of ten seats; 200 s of unloading beyond T are not needed.
        assert at_most(sketch, 300) == 10 * (300 + 100 + 4 * 10) // (200 + 100)

    def test_people_without_a_way_are_not_counted(self):
        sketch = shuttle()
        sketch.place("cut-off", 2)
        sketch.people("cut-off", 10, group="assisted")
        assert at_most(sketch, 7_200) == 25

    def test_without_vehicles_nobody_arrives(self):
        assert at_most(shuttle(seats=0), 7_200) == 0

    def test_a_kind_of_place_that_no_vehicle_has(self):
        assert at_most(shuttle(group="stretcher"), 7_200, "stretcher") == 0

    def test_people_who_reach_the_site_on_foot_cost_nothing(self):
        sketch = shuttle()
        sketch.transit("home", "camp", "foot")
        assert at_most(sketch, 0) == 25

    def test_with_link_arcs_the_way_back_is_not_counted(self):
        """A boat elsewhere may bring people half way: ways over water count as no time."""
        sketch = shuttle()
        sketch.place("pier", 2)
        sketch.transit("pier", "camp", "boat")
        assert at_most(sketch, 100) == 10
        assert at_most(sketch, 200) == 20


class TestBound:
    def test_three_trips(self):
        """25 persons, 10 seats: 100 s out, 200 s for each further trip."""
        row = accepted(shuttle()).direction("west")
        assert (row["clearance_s"], row["bound_kind"]) == (500, "fleet")
        # 25 persons cost 5,000 seat-seconds, of which the last way back is saved: 10 * (T + 100) >= 5,000.
        assert row["clearance_bound_s"] == 400

    def test_full_trips_only_are_proved_to_the_second(self):
        row = accepted(shuttle(persons=30)).direction("west")
        assert (row["clearance_s"], row["clearance_bound_s"]) == (500, 500)

    def test_the_limit_is_told_in_words(self):
        row = accepted(shuttle(persons=30)).plan["binding"][0]
        assert row["kind"] == "fleet"
        assert row["text"].startswith(
            "the fleet: 1 vehicles with 10 seats in all, for 30 people who need a seat"
        )

    @pytest.mark.parametrize("group", ["needs_transport", "assisted"])
    def test_both_seated_groups_share_the_seats(self, group):
        sketch = shuttle(persons=15)
        sketch.people("home", 15, group="assisted")
        bounds = accepted(sketch).certificate["bounds"]
        assert [(b["commodity"], b["persons"]) for b in bounds if b["kind"] == "fleet"] == [("seated", 30)]

    def test_wheelchair_users_have_a_bound_of_their_own(self):
        sketch = shuttle(persons=3, group="wheelchair", seats=0)
        sketch.buses("van", "depot", seats=1, wheelchair_places=1)
        found = accepted(sketch)
        assert [b["commodity"] for b in found.certificate["bounds"] if b["kind"] == "fleet"] == ["wheelchair"]
        assert found.direction("west")["clearance_bound_s"] == 500

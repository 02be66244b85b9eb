"""Places, people, vehicles and rules on the network; trains, boats and paths between them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safepassage.cli.plan.plan_text import plan_text
from safepassage.domain.case import DirectionBasis, PlaceKind
from safepassage.domain.network import Mode
from safepassage.formats.containers import canonical_json
from safepassage.formats.plan import inputs_json
from tests.support.planned import accepted, laid, verdict_on
from tests.support.sketch import Sketch, window


def line(**settings):
    sketch = Sketch(3, **settings)
    sketch.road(0, 1)
    sketch.road(1, 2)
    sketch.town("home", 0)
    sketch.site("camp", 2)
    return sketch


def placed(sketch, name):
    return next(p for p in laid(sketch).problem.places if p.id == name)


class TestPlaces:
    def test_a_place_without_a_node_goes_to_the_nearest_one(self):
        sketch = line()
        sketch.place("spot", -1, lon_e7=90_000, lat_e7=5_000)
        found = placed(sketch, "spot")
        assert (found.node, found.pickup_node) == (1, 1)
        assert 120 < found.snap_m < 130

    def test_a_place_beyond_the_limit_is_left_out_and_reported(self):
        sketch = line(snap_limit_m=100)
        sketch.place("spot", -1, lon_e7=90_000, lat_e7=5_000)
        assert placed(sketch, "spot").node == -1
        assert [p.code for p in laid(sketch).problems] == ["PLACE_OFF_NETWORK"]

    def test_a_node_the_network_does_not_have_is_reported_and_the_point_used(self):
        sketch = line()
        sketch.place("spot", 2)
        sketch.rows["places"].append(replace(sketch.rows["places"].pop(), node="nowhere"))
        assert placed(sketch, "spot").node == 2
        assert [p.code for p in laid(sketch).problems] == ["NODE_UNKNOWN"]

    def test_people_without_a_car_board_at_the_assembly_point(self):
        sketch = line()
        sketch.place("square", 1, PlaceKind.ASSEMBLY_POINT)
        sketch.place("village", 0, assembly_point="square")
        assert (placed(sketch, "village").node, placed(sketch, "village").pickup_node) == (0, 1)

    @pytest.mark.parametrize(
        ("day", "night", "expected"),
        [(9, 5, 5), (5, 9, 5), (9, None, 9), (None, 7, 7), (None, None, -1), (None, 0, 0)],
    )
    def test_the_smaller_of_the_capacities_by_day_and_by_night_counts(self, day, night, expected):
        sketch = Sketch(1)
        sketch.place(
            "hall", 0, PlaceKind.RECEPTION_SITE, direction="west",
            capacity_day_persons=day, capacity_night_persons=night,
        )  # fmt: skip
        sketch.road(0, 0)
        assert placed(sketch, "hall").capacity_persons == expected

    def test_only_reception_sites_have_a_direction(self):
        sketch = line()
        sketch.place("clinic", 1, PlaceKind.MEDICAL_POINT, direction="west", capacity_night_persons=7)
        found = placed(sketch, "clinic")
        assert (found.direction, found.capacity_persons) == ("", -1)

    def test_waiting_places_store_vehicles(self):
        sketch = line()
        sketch.place("layby", 1, PlaceKind.WAITING_PLACE, storage_vehicles=3)
        assert dict(laid(sketch).problem.network.waiting) == {1: 3_000}


class TestPeople:
    def test_rows_that_are_only_assumed_are_undecided(self):
        sketch = line()
        sketch.people("home", 5)
        sketch.people("home", 7, basis=DirectionBasis.ASSUMPTION)
        sketch.people("home", 3, "undecided")
        sketch.people("home", 2, "stays", basis=DirectionBasis.ASSUMPTION)
        rows = [(r.direction, r.basis, r.persons) for r in laid(sketch).problem.demand]
        assert rows == [
            ("stays", "assumption", 2),
            ("undecided", "assumption", 7),
            ("undecided", "tally", 3),
            ("west", "tally", 5),
        ]

    def test_rows_that_say_the_same_are_added_up_and_rows_of_nobody_left_out(self):
        sketch = line()
        sketch.people("home", 5)
        sketch.people("home", 4)
        sketch.people("home", 0, "east")
        assert [(r.direction, r.persons) for r in laid(sketch).problem.demand] == [("west", 9)]


class TestVehicles:
    def test_every_vehicle_has_a_row(self):
        sketch = line()
        sketch.buses(
            "bus", "home", count=2, seats=20, wheelchair_places=1, available_from_s=-50, max_duty_s=3_600
        )
        fleet = laid(sketch).problem.fleet
        assert [v.id for v in fleet] == ["bus-001", "bus-002"]
        first = fleet[0]
        assert (first.base_node, first.seats, first.wheelchair, first.places) == (0, 20, 1, 21)
        assert (first.available_from_s, first.available_until_s, first.max_duty_s) == (0, 7_200, 3_600)

    def test_two_drivers_are_on_duty_for_twice_as_long(self):
        sketch = line()
        sketch.buses("bus", "home", max_duty_s=3_600, drivers=2)
        assert laid(sketch).problem.fleet[0].max_duty_s == 7_200

    def test_the_largest_vehicle_is_the_burst(self):
        sketch = line(persons_per_car=3)
        assert (laid(sketch).problem.rules.burst_mveh, laid(sketch).problem.rules.burst_persons) == (1_000, 3)
        sketch.buses("bus", "home", seats=40, stretcher_places=2, units_mveh=2_500)
        assert (laid(sketch).problem.rules.burst_mveh, laid(sketch).problem.rules.burst_persons) == (
            2_500,
            42,
        )

    def test_a_base_off_the_network_leaves_its_vehicles_out(self):
        sketch = line()
        sketch.place("garage", -1, lon_e7=90_000_000, lat_e7=0)
        sketch.people("home", 5, group="needs_transport")
        sketch.people("home", 5)
        sketch.buses("bus", "garage", seats=50)
        found = accepted(sketch)
        assert found.planned.problem.fleet == ()
        assert "PLACE_OFF_NETWORK" in [p.code for p in found.planned.problems]
        assert found.reasons() == {"UNSERVED_NO_VEHICLE": 5}
        assert found.direction("west")["clearance_bound_s"] is not None


class TestMovementWindows:
    def rules(self, *windows):
        return laid(line(movement_windows=windows)).problem.rules.movement_windows

    def test_none_means_always(self):
        assert self.rules() == ()

    def test_they_are_clipped_ordered_and_joined(self):
        assert self.rules(window(5_000, 9_000), window(-10, 100), window(50, 300), window(300, 400)) == (
            (0, 400), (5_000, 7_200),
        )  # fmt: skip

    def test_windows_wholly_outside_the_grid_mean_never(self):
        for outside in (window(7_200, 9_000), window(-100, 0), window(90_000, 91_000)):
            sketch = line(movement_windows=(outside,))
            sketch.people("home", 5)
            sketch.people("home", 5, group="needs_transport")
            sketch.buses("bus", "home")
            found = accepted(sketch)
            assert found.direction("west")["persons_served"] == 0
            assert found.direction("west")["unserved_bound"] > 0

    def test_everything_starts_and_ends_within_one_window(self):
        sketch = line(movement_windows=(window(0, 119), window(1_000, 1_121)))
        sketch.people("home", 5)
        assert accepted(sketch).departures("home") == [1_000, 1_001]


class TestTransit:
    def rail(self, **more):
        """A railway beside two roads that do not meet."""
        sketch = Sketch(4)
        sketch.road(0, 1)
        sketch.road(2, 3)
        sketch.town("home", 0)
        sketch.site("camp", 2)
        sketch.people("home", 20, group="needs_transport")
        sketch.transit("home", "camp", **more)
        return sketch

    def test_a_link_is_an_arc_for_persons_in_one_direction_of_travel(self):
        timed = laid(self.rail(travel_s=900, persons_h=30, length_m=12_000)).problem.network
        assert (timed.arcs.tail[4], timed.arcs.head[4], timed.arcs.modes[4]) == (0, 2, Mode.TRAIN)
        assert (timed.arcs.travel_s[4], timed.arcs.persons_h[4], timed.arcs.length_m[4]) == (900, 30, 12_000)
        assert timed.arcs.label[4] == "train Home → Camp"

    @pytest.mark.parametrize(
        ("mode", "bit"), [("train", Mode.TRAIN), ("boat", Mode.BOAT), ("foot", Mode.FOOT)]
    )
    def test_each_mode_has_its_bit(self, mode, bit):
        assert laid(self.rail(mode=mode)).problem.network.arcs.modes[4] == bit

    def test_without_a_limit_everybody_goes_at_once(self):
        found = accepted(self.rail(travel_s=900))
        assert found.direction("west")["persons_served"] == 20
        assert found.direction("west")["clearance_s"] >= 900

    def test_trains_leave_at_their_times_with_their_places(self):
        found = accepted(self.rail(timetable=((3_000, 5), (600, 4), (-60, 50), (7_200, 50))))
        assert found.inputs["network"]["timetables"] == [[4, [[600, 4], [3_000, 5]]]]
        rides = [(r["depart_s"], sum(i["persons"] for i in r["load"])) for r in found.plan["link_rides"]]
        assert rides == [(600, 4), (3_000, 5)]

    def test_two_trains_in_one_second_are_one_departure(self):
        found = accepted(self.rail(timetable=((600, 4), (600, 5))))
        assert found.inputs["network"]["timetables"] == [[4, [[600, 9]]]]
        assert found.direction("west")["persons_served"] == 9

    def test_a_timetable_that_has_no_train_within_the_grid_carries_nobody(self):
        found = accepted(self.rail(timetable=((9_000, 50),)))
        assert found.inputs["network"]["timetables"] == [[4, []]]
        assert found.direction("west")["persons_served"] == 0

    def test_a_limit_per_hour_beside_a_timetable(self):
        found = accepted(self.rail(timetable=((600, 4), (3_000, 50)), persons_h=5))
        assert found.direction("west")["persons_served"] <= 20

    def test_a_boat_has_hours(self):
        timed = laid(self.rail(mode="boat", windows=(window(1_000, 2_000),))).problem.network
        assert [(p.from_s, p.until_s) for p in timed.profiles[4] if p.capacity_mveh_h] == [(1_000, 2_000)]

    def test_a_far_end_beyond_every_road_gets_a_node_of_its_own(self):
        sketch = line()
        sketch.place("island", -1, PlaceKind.RECEPTION_SITE, lon_e7=90_000_000, lat_e7=10, direction="west")
        sketch.people("home", 5, group="needs_transport")
        sketch.transit("home", "island", "boat")
        sketch.crossing("post", 1)
        overlaid = laid(sketch)
        timed = overlaid.problem.network
        assert timed.node_id.tolist() == ["n0", "n1", "n2", "place/island", "n1/out"]
        assert (timed.arcs.tail[-1], timed.arcs.head[-1]) == (0, 3)
        assert overlaid.problems == ()
        sketch.rows["places"] = [p for p in sketch.rows["places"] if p.id != "camp"]
        assert accepted(sketch).direction("west")["persons_served"] == 5

    def test_a_path_of_the_network_itself_is_open_though_it_carries_no_vehicle(self):
        sketch = Sketch(3)
        sketch.road(0, 1)
        sketch.road(1, 2, 300, 0, modes=Mode.FOOT, persons_h=600)
        sketch.place("home", 1)
        sketch.people("home", 20, group="needs_transport")
        sketch.site("camp", 2)
        timed = laid(sketch).problem.network
        assert timed.arcs.capacity_mveh_h.tolist() == [3_600_000, 3_600_000, 1_000, 1_000]
        assert accepted(sketch).direction("west")["persons_served"] == 20

    def test_a_road_without_capacity_stays_closed(self):
        sketch = Sketch(2)
        sketch.road(0, 1, 60, 0)
        assert laid(sketch).problem.network.arcs.capacity_mveh_h.tolist() == [0, 0]

    def test_a_link_with_an_end_off_the_network_is_left_out(self):
        sketch = line()
        sketch.place("nowhere", -1)
        sketch.transit("home", "nowhere")
        assert len(laid(sketch).problem.network.arcs) == 4


def test_luggage_and_animals_take_seats_rounded_up():
    """A quarter of 10 seats for luggage leaves 7; wheelchair places stay, and the burst follows."""
    sketch = Sketch(2, luggage_seat_permille=250)
    sketch.road(0, 1)
    sketch.place("home", 0)
    sketch.people("home", 20, group="needs_transport")
    sketch.site("camp", 1)
    sketch.buses("bus", "home", seats=10, wheelchair_places=2)
    problem = laid(sketch).problem
    assert (problem.fleet[0].seats, problem.fleet[0].wheelchair) == (7, 2)
    assert problem.rules.burst_persons == 9


class TestSpareSeats:
    """Seats kept free for people who were not counted: UNHCR asks for 10 to 20 % more than are needed."""

    def sketched(self, **settings):
        sketch = Sketch(2, **settings)
        sketch.road(0, 1)
        sketch.place("home", 0)
        sketch.people("home", 60, group="needs_transport")
        sketch.site("camp", 1)
        sketch.buses("bus", "home", seats=45)
        return sketch

    def test_they_are_taken_from_what_is_planned_for_and_stay_in_the_inputs(self):
        problem = laid(self.sketched(spare_seat_percent=10)).problem
        assert (problem.fleet[0].seats, problem.fleet[0].spare_seats) == (40, 5)
        assert inputs_json.document(inputs_json.parse(inputs_json.document(problem))) == inputs_json.document(
            problem
        )

    def test_a_case_without_the_rule_says_nothing_of_it(self):
        document = inputs_json.document(laid(self.sketched()).problem)
        assert "spare_seats" not in document["fleet"][0]
        assert "spare_seat_percent" not in document["rules"]

    def said(self, sketch):
        return plan_text(accepted(sketch).planned, {"report.html": "out"}, (), 1.0, 0)

    def test_a_plan_says_on_the_terminal_how_many_are_kept_free(self):
        sketch = self.sketched(spare_seat_percent=10)
        assert "5 of the 45 seats of the vehicles are kept free" in self.said(sketch)
        sketch = self.sketched()
        assert "kept free" not in self.said(sketch)
        sketch.people("home", 8, direction="undecided", group="needs_transport")
        assert "No seat is kept free" in self.said(sketch)
        assert "8 are undecided" in self.said(sketch)

    def test_no_vehicle_of_the_plan_takes_more_than_leaves_them_free(self):
        plan = accepted(self.sketched(spare_seat_percent=50)).plan
        loads = [sum(item["persons"] for item in leg["load"]) for v in plan["vehicles"] for leg in v["legs"]]
        assert max(loads) <= 30
        assert sum(loads) == 60

    def test_the_verifier_refuses_inputs_that_keep_too_few_free(self):
        made = accepted(self.sketched(spare_seat_percent=10))
        inputs = made.inputs
        inputs["fleet"][0]["spare_seats"] = 3
        found = verdict_on({**made.files, "inputs": canonical_json.encode(inputs)})
        assert "SPARE_SEATS" in {v.code for v in found.violations}

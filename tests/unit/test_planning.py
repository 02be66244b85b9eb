"""The whole flow on cases drawn by hand: who gets what is scarce, what is hard, what is only held back."""

from __future__ import annotations

from collections import Counter

import pytest

from safepassage.domain.case import ArrangementStatus, BorderStatusWord, DirectionBasis, PlaceKind
from safepassage.domain.situation import Situation
from safepassage.planning import StoppingRule, make_plan
from tests.support.planned import accepted
from tests.support.sketch import Sketch, window


def served(found):
    """Decided persons who reach a site, by place."""
    total = Counter()
    for stream in found.plan["cars"]:
        if not stream["reserve"]:
            total[stream["place"]] += sum(d[1] for d in stream["departures"])
    rides = [leg for v in found.plan["vehicles"] for leg in v["legs"]] + found.plan["link_rides"]
    for item in (item for ride in rides for item in ride["load"]):
        if item["site"] and not item["reserve"]:
            total[item["place"]] += item["persons"]
    return total


class TestBound:
    @pytest.mark.parametrize("most", [{"vehicles_h": 60}, {"persons_h": 60}])
    def test_a_queue_at_a_crossing_is_bounded_as_it_is_driven(self, most):
        """Whoever stands in it waits on average for half of it, not for that less a quarter of an hour."""
        sketch = Sketch(3, load_base_s=100, unload_base_s=20)
        sketch.road(0, 1)
        sketch.road(1, 2)
        sketch.town("ash", 0, 55)
        sketch.site("camp", 2)
        sketch.crossing("post", 1, **most)
        joint = accepted(sketch).plan["joint"]
        assert joint["person_seconds"] > 55 * 20 * 60
        assert joint["person_seconds_gap_ppm"] <= 200_000


class TestFairness:
    def crossing_both_ways(self, **more):
        """Two equal towns on either side of one slow crossing, one bound west, one bound east."""
        sketch = Sketch(5, **more)
        for a in range(4):
            sketch.road(a, a + 1)
        sketch.town("ash", 4, 200, "west")
        sketch.town("birch", 0, 200, "east")
        sketch.site("camp", 0, "west")
        sketch.site("hall", 4, "east")
        return sketch

    def test_two_equal_towns_share_a_crossing_whichever_way_they_go(self):
        sketch = self.crossing_both_ways()
        sketch.crossing("post", 2, vehicles_h=60)
        shares = served(accepted(sketch))
        assert shares.total() > 100
        assert abs(shares["ash"] - shares["birch"]) <= 5  # one turn: a fortieth of 200 cars

    def test_two_equal_towns_share_a_road(self):
        sketch = Sketch(4)
        sketch.road(0, 2)
        sketch.road(1, 2)
        sketch.road(2, 3, cars_h=30)
        sketch.town("ash", 0, 100)
        sketch.town("birch", 1, 100)
        sketch.site("camp", 3)
        shares = served(accepted(sketch))
        assert shares.total() >= 58
        assert abs(shares["ash"] - shares["birch"]) <= 2  # one turn: two of 100 cars

    @pytest.mark.parametrize("nearer", ["ash", "birch"])
    def test_two_equal_towns_share_a_site_though_one_is_nearer(self, nearer):
        sketch = Sketch(3, persons_per_car=4)
        sketch.road(0, 2, 60 if nearer == "ash" else 1_800)
        sketch.road(1, 2, 60 if nearer == "birch" else 1_800)
        sketch.town("ash", 0, 80)
        sketch.town("birch", 1, 80)
        sketch.site("camp", 2, capacity=80)
        shares = served(accepted(sketch))
        assert shares.total() == 80
        assert abs(shares["ash"] - shares["birch"]) <= 4

    @pytest.mark.parametrize("both", [("west", "west"), ("west", "east")])
    def test_two_equal_towns_share_a_bus_whichever_way_they_go(self, both):
        sketch = Sketch(3)
        sketch.road(0, 1, 300)
        sketch.road(1, 2, 300)
        for name, node, direction in (("ash", 0, both[0]), ("birch", 2, both[1])):
            sketch.place(name, node)
            sketch.people(name, 100, direction, group="needs_transport")
        for direction in sorted(set(both)):
            sketch.site(f"camp-{direction}", 1, direction)
        sketch.buses("bus", "camp-west", seats=10)
        shares = served(accepted(sketch))
        assert shares.total() >= 100
        assert abs(shares["ash"] - shares["birch"]) <= 10

    def test_shares_are_of_the_people_and_not_of_the_cars(self):
        sketch = Sketch(3, persons_per_car=1)
        sketch.road(0, 2)
        sketch.road(1, 2)
        sketch.town("large", 0, 300)
        sketch.town("small", 1, 100)
        sketch.site("camp", 2, capacity=200)
        shares = served(accepted(sketch))
        assert shares.total() == 200
        assert abs(shares["large"] / 300 - shares["small"] / 100) <= 0.03

    def test_mirrored_directions_give_a_mirrored_plan(self):
        """Names aside, west and east are the same to the planner."""
        tables = {}
        for first, second in (("west", "east"), ("east", "west")):
            sketch = Sketch(5)
            for a in range(4):
                sketch.road(a, a + 1, 60, 120)
            sketch.town("ash", 4, 90, first)
            sketch.town("birch", 0, 70, second)
            sketch.site("camp", 0, first)
            sketch.site("hall", 4, second)
            sketch.crossing("post", 2, vehicles_h=60)
            found = accepted(sketch)
            tables[first] = [found.direction(first), found.direction(second)]
        for one, other in zip(tables["west"], tables["east"], strict=True):
            assert {**one, "name": ""} == {**other, "name": ""}


class TestExposureCap:
    def through(self, cap):
        sketch = Sketch(2, exposure_cap_ppm_s=cap)
        sketch.road(0, 1, 100)
        sketch.town("home", 0, 5)
        sketch.site("camp", 1)
        sketch.area(-1, 2, 10_000)
        return sketch

    @pytest.mark.parametrize(("cap", "expected"), [(1_000_000, 5), (1_000_001, 5), (999_999, 0), (0, 0)])
    def test_it_is_exact(self, cap, expected):
        found = accepted(self.through(cap))
        assert found.direction("west")["persons_served"] == expected
        assert found.reasons() == ({} if expected else {"UNSERVED_EXPOSURE_CAP": 5})

    @pytest.mark.parametrize(("own", "served"), [(999_999, 3), (1_100_000, 8), (None, 3), (2_000_000, 8)])
    def test_a_place_may_have_a_cap_of_its_own(self, own, served):
        sketch = Sketch(3, exposure_cap_ppm_s=500_000)
        sketch.road(0, 1, 100)
        sketch.road(1, 2, 50)
        sketch.town("far", 0, 5, exposure_cap_ppm_s=own)
        sketch.town("near", 1, 3)
        sketch.site("camp", 2)
        sketch.area(-1, 1, 10_000)
        found = accepted(sketch)
        assert found.direction("west")["persons_served"] == served
        assert found.reasons() == ({} if served == 8 else {"UNSERVED_EXPOSURE_CAP": 5})

    def test_a_lower_cap_never_serves_more(self):
        served = []
        for cap in range(0, 1_200_000, 100_000):
            sketch = Sketch(3)
            sketch.road(0, 1, 100)
            sketch.road(1, 2, 20)
            sketch.town("home", 0, 5, exposure_cap_ppm_s=cap)
            sketch.place("yard", 0, exposure_cap_ppm_s=cap // 2)
            sketch.people("yard", 4, group="needs_transport")
            sketch.buses("bus", "yard", seats=4)
            sketch.site("camp", 2)
            sketch.area(-1, 1, 5_000)
            served.append(accepted(sketch).direction("west")["persons_served"])
        assert served == sorted(served)
        assert len(set(served)) == 3

    def test_without_a_cap_exposure_forbids_nothing(self):
        assert accepted(self.through(None)).direction("west")["exposure_person_ppm_s"] == 5_000_000

    def test_people_wait_at_home_until_the_hazard_has_passed(self):
        sketch = self.through(0)
        sketch.rows["areas"].clear()
        sketch.area(-1, 2, 10_000, interval=window(0, 3_000))
        assert accepted(sketch).departures("home")[0] == 3_000

    def test_it_holds_for_the_whole_of_a_journey_with_a_change(self):
        """The ride to the pier takes up the whole cap: a cap lower by one forbids the boat as well."""
        served_of = {}
        for cap in (1_000_000, 999_999):
            sketch = Sketch(3, exposure_cap_ppm_s=cap)
            sketch.road(0, 1, 100)
            sketch.place("home", 0)
            sketch.people("home", 5, group="needs_transport")
            sketch.place("pier", 1)
            sketch.site("isle", 2)
            sketch.transit("pier", "isle", "boat")
            sketch.buses("bus", "home")
            sketch.area(-1, 1, 10_000)
            served_of[cap] = accepted(sketch).direction("west")["persons_served"]
        assert served_of == {1_000_000: 5, 999_999: 0}


class TestReserve:
    def scarce(self, **more):
        """Room for 60 of the 50 who decided west and the 30 who have not decided."""
        sketch = Sketch(3, **more)
        sketch.road(0, 1)
        sketch.road(0, 2)
        sketch.town("home", 0, 50, "west")
        sketch.people("home", 30, "undecided")
        sketch.site("camp", 1, "west", capacity=60)
        sketch.site("hall", 2, "east")
        return sketch

    def test_it_takes_what_the_decided_leave_in_each_direction(self):
        found = accepted(self.scarce())
        west, east = found.direction("west"), found.direction("east")
        assert (west["persons_served"], west["persons_reserved"]) == (50, 10)
        assert (east["persons_demand"], east["persons_served"], east["persons_reserved"]) == (0, 0, 30)
        assert (east["clearance_s"], east["clearance_bound_s"]) == (None, None)
        assert found.plan["complete"]

    def test_the_undecided_are_one_count_with_a_row_for_each_direction(self):
        rows = accepted(self.scarce()).plan["reserves"]
        assert [(r["direction"], r["persons"], r["reserved"]) for r in rows] == [
            ("west", 30, 10),
            ("east", 30, 30),
        ]

    def test_it_can_be_left_out(self):
        found = accepted(self.scarce(plan_reserves=False))
        assert [r["reserved"] for r in found.plan["reserves"]] == [0, 0]
        assert all(not stream["reserve"] for stream in found.plan["cars"])

    def test_an_assumed_direction_is_held_back_in_both(self):
        sketch = self.scarce()
        sketch.people("home", 7, "west", basis=DirectionBasis.ASSUMPTION)
        found = accepted(sketch)
        assert found.direction("west")["persons_demand"] == 50
        assert {r["persons"] for r in found.plan["reserves"]} == {37}

    def test_it_does_not_prolong_the_clearance_of_the_decided(self):
        without = accepted(self.scarce(plan_reserves=False)).direction("west")["clearance_s"]
        assert accepted(self.scarce()).direction("west")["clearance_s"] == without

    def test_those_who_stay_are_not_moved_and_not_unserved(self):
        sketch = self.scarce()
        sketch.people("home", 20, "stays")
        found = accepted(sketch)
        assert sum(r["persons_demand"] for r in found.plan["directions"]) == 50
        assert [(h["place"], h["persons"]) for h in found.plan["hold"]] == [("home", 100)]


class TestWindows:
    def ford(self, *arrangements, status=BorderStatusWord.CLOSED, **settings):
        sketch = Sketch(3, **settings)
        sketch.road(0, 1)
        sketch.road(1, 2)
        sketch.town("home", 0, 20)
        sketch.site("camp", 2)
        sketch.crossing("ford", 1, status=status)
        for windows, more in arrangements:
            sketch.arrangement(*windows, places=("ford",), **more)
        return accepted(sketch)

    def test_a_closed_crossing_is_used_in_the_hours_that_were_agreed(self):
        found = self.ford(((window(1_000, 1_080),), {}), ((window(5_000, 5_080),), {}))
        starts = found.departures("home")
        assert len(starts) == 20
        assert all(1_000 <= t + 60 < 1_080 or 5_000 <= t + 60 < 5_080 for t in starts)

    def test_hours_announced_by_one_side_are_shown_and_not_used(self):
        one_side = {"status": ArrangementStatus.ANNOUNCED_UNILATERALLY, "announced_by": "party A"}
        found = self.ford(((window(1_000, 2_000),), one_side))
        assert found.reasons() == {"UNSERVED_UNREACHABLE": 20}
        row = found.plan["modifications"][-1]
        assert (row["used"], "announced by party A; shown, not used" in row["text"]) == (False, True)
        assert "arrangement_shown_only" in {b["kind"] for b in found.plan["basis"]}

    @pytest.mark.parametrize("settings", [{"use_unilateral_windows": True}, {}])
    def test_by_policy_or_by_decision_of_the_lead_they_are_used(self, settings):
        lead = {} if settings else {"accepted_by_lead": "duty lead"}
        one_side = {"status": ArrangementStatus.ANNOUNCED_UNILATERALLY, **lead}
        assert self.ford(((window(1_000, 2_000),), one_side), **settings).plan["complete"]

    def test_a_suspended_pause_opens_nothing(self):
        found = self.ford(((window(1_000, 2_000),), {"status": ArrangementStatus.SUSPENDED}))
        assert found.reasons() == {"UNSERVED_UNREACHABLE": 20}


class TestReasons:
    def base(self):
        sketch = Sketch(3)
        sketch.road(0, 1)
        sketch.place("home", 0)
        return sketch

    def test_no_reception_site_in_the_direction(self):
        sketch = self.base()
        sketch.people("home", 5)
        assert accepted(sketch).reasons() == {"UNSERVED_NO_EXIT": 5}

    def test_no_open_way(self):
        sketch = self.base()
        sketch.site("camp", 2)
        sketch.people("home", 5)
        assert accepted(sketch).reasons() == {"UNSERVED_UNREACHABLE": 5}

    def test_not_on_the_network(self):
        sketch = self.base()
        sketch.site("camp", 1)
        sketch.place("isle", -1, lon_e7=90_000_000, lat_e7=0)
        sketch.people("isle", 5)
        sketch.people("isle", 6, group="wheelchair")
        sketch.people("home", 5)
        found = accepted(sketch)
        assert found.reasons() == {"UNSERVED_NOT_ON_NETWORK": 11}
        assert found.direction("west")["persons_served"] == 5

    def test_no_vehicle_at_all_and_none_of_the_kind(self):
        sketch = self.base()
        sketch.site("camp", 1)
        sketch.people("home", 5, group="needs_transport")
        assert accepted(sketch).reasons() == {"UNSERVED_NO_VEHICLE": 5}
        sketch.buses("bus", "home")
        sketch.people("home", 2, group="stretcher")
        assert accepted(sketch).reasons() == {"UNSERVED_NO_VEHICLE": 2}

    def test_a_full_site(self):
        sketch = self.base()
        sketch.site("camp", 1, capacity=3)
        sketch.people("home", 5)
        found = accepted(sketch)
        assert found.reasons() == {"UNSERVED_SITE_FULL": 2}
        assert found.plan["unserved"][0]["detail"] == "camp is full"

    def test_not_enough_time_on_the_road(self):
        sketch = Sketch(2, horizon_s=100)
        sketch.road(0, 1, 60, 360)
        sketch.town("home", 0, 9)
        sketch.site("camp", 1)
        assert accepted(sketch).reasons() == {"UNSERVED_ROAD_TIME": 4}

    def test_not_enough_time_for_the_fleet(self):
        sketch = Sketch(2, horizon_s=1_000)
        sketch.road(0, 1, 300)
        sketch.place("home", 0)
        sketch.people("home", 25, group="needs_transport")
        sketch.site("camp", 1)
        sketch.buses("bus", "home", seats=10)
        found = accepted(sketch)
        assert found.direction("west")["persons_served"] == 20
        assert set(found.reasons()) <= {"UNSERVED_FLEET_TIME", "UNSERVED_ROAD_TIME"}

    def test_one_cut_off_village_does_not_stop_the_others(self):
        sketch = self.base()
        sketch.site("camp", 1)
        sketch.people("home", 50)
        sketch.town("cut-off", 2, 8)
        found = accepted(sketch)
        assert (found.direction("west")["persons_served"], found.reasons()) == (
            50,
            {"UNSERVED_UNREACHABLE": 8},
        )
        assert not found.plan["complete"]

    def test_nobody_at_all(self):
        found = accepted(self.base())
        assert (found.plan["complete"], found.plan["directions"][0]["persons_demand"]) == (True, 0)


class TestVehicles:
    def line(self, **more):
        sketch = Sketch(3, **more)
        sketch.road(0, 1, 300)
        sketch.place("home", 0)
        sketch.site("camp", 1)
        return sketch

    def legs(self, found):
        return [leg for v in found.plan["vehicles"] for leg in v["legs"]]

    def test_loading_and_unloading_take_their_time(self):
        sketch = self.line(load_base_s=60, load_per_person_s=6, unload_base_s=30, unload_per_person_s=3)
        sketch.people("home", 20, group="needs_transport")
        sketch.buses("bus", "home", seats=10)
        starts = [leg["depart_s"] for leg in self.legs(accepted(sketch))]
        first = 60 + 6 * 10
        empty_back = first + 300 + 30 + 3 * 10
        assert starts == [first, empty_back, empty_back + 300 + 60 + 6 * 10]

    def test_helped_people_take_longer_to_get_on_and_off(self):
        more = {"load_more_wheelchair_s": 100, "unload_more_wheelchair_s": 70, "load_more_assisted_s": 9}
        sketch = self.line(load_base_s=60, unload_base_s=30, **more)
        sketch.people("home", 2, group="wheelchair")
        sketch.people("home", 4, group="assisted")
        sketch.buses("bus", "home", seats=2, wheelchair_places=1)
        starts = [leg["depart_s"] for leg in self.legs(accepted(sketch))]
        first = 60 + 100 + 2 * 9
        empty_back = first + 300 + 30 + 70
        assert starts == [first, empty_back, empty_back + 300 + first]

    def test_helped_people_board_once_on_a_round(self):
        sketch = Sketch(3, load_base_s=60, load_more_wheelchair_s=100, unload_more_wheelchair_s=70)
        sketch.road(0, 1)
        sketch.road(1, 2)
        for k, name in enumerate(("far", "near")):
            sketch.place(name, k)
            sketch.people(name, 1, group="wheelchair")
        sketch.site("camp", 2)
        sketch.buses("bus", "far", wheelchair_places=2)
        first, second = self.legs(accepted(sketch))
        assert first["depart_s"] == 160
        assert second["depart_s"] == first["arrive_s"] + 160

    def test_each_group_has_its_own_places(self):
        sketch = self.line()
        for group, persons in (("assisted", 3), ("wheelchair", 2), ("stretcher", 1), ("needs_transport", 2)):
            sketch.people("home", persons, group=group)
        sketch.buses("van", "home", seats=5, wheelchair_places=1, stretcher_places=1)
        found = accepted(sketch)
        assert found.plan["complete"]
        loads = [
            Counter({i["group"]: i["persons"] for i in leg["load"]})
            for leg in self.legs(found)
            if leg["load"]
        ]
        assert all(load["wheelchair"] <= 1 and load["stretcher"] <= 1 for load in loads)
        assert sum(load["wheelchair"] for load in loads) == 2

    def test_a_vehicle_works_only_when_it_is_available_and_on_duty(self):
        for more in ({"available_from_s": 1_000}, {"available_until_s": 900}, {"max_duty_s": 899}):
            sketch = self.line()
            sketch.people("home", 20, group="needs_transport")
            sketch.buses("bus", "home", seats=10, **more)
            found = accepted(sketch)
            legs = self.legs(found)
            if "available_from_s" in more:
                assert legs[0]["depart_s"] >= 1_000
                assert found.plan["complete"]
            elif "available_until_s" in more:
                assert found.plan["complete"]
                assert legs[-1]["arrive_s"] == 900
            else:
                assert found.direction("west")["persons_served"] == 10

    def test_a_bus_drives_from_its_base_and_need_not_go_back(self):
        sketch = self.line()
        sketch.road(2, 0, 200)
        sketch.place("depot", 2, PlaceKind.DEPOT)
        sketch.people("home", 5, group="needs_transport")
        sketch.buses("bus", "depot")
        legs = self.legs(accepted(sketch))
        assert [(leg["depart_s"], leg["arrive_s"], bool(leg["load"])) for leg in legs] == [
            (0, 200, False), (200, 500, True),
        ]  # fmt: skip

    def test_it_picks_up_at_the_assembly_point(self):
        sketch = self.line()
        sketch.road(2, 1, 100)
        sketch.place("square", 2, PlaceKind.ASSEMBLY_POINT)
        sketch.place("village", 0, assembly_point="square")
        sketch.people("village", 5, group="needs_transport")
        sketch.buses("bus", "square")
        found = accepted(sketch)
        route = found.plan["routes"][self.legs(found)[0]["route"]]
        assert (route["from_node"], route["to_node"]) == (2, 1)


class TestLimits:
    def test_a_clock_that_has_run_out_leaves_the_rest_with_the_reason(self):
        sketch = Sketch(2)
        sketch.road(0, 1)
        sketch.town("home", 0, 400)
        sketch.site("camp", 1)
        asked = []

        def expired():
            asked.append(1)
            return len(asked) > 3

        stop = StoppingRule(work=10**6, expired=expired, time_limit_s=1)
        found = make_plan(sketch.network(), Situation(case=sketch.case()), stop=stop)
        assert {r.reason for r in found.plan.schedule.unserved} == {"UNSERVED_WORK_LIMIT"}
        assert found.plan.made_with.time_limit_s == 1

    def test_the_settings_hold_the_work_limit_unless_another_is_given(self):
        sketch = Sketch(1, work_limit=77)
        sketch.road(0, 0)
        found = make_plan(sketch.network(), Situation(case=sketch.case()), seed=5)
        assert (found.plan.made_with.work_limit, found.plan.made_with.seed) == (77, 5)

    def test_an_observer_hears_and_changes_nothing(self):
        class Ear:
            def __init__(self):
                self.heard = []

            def served(self, phase, persons, of_persons):
                self.heard.append(("served", phase, persons, of_persons))

            def best(self, direction, clearance_s):
                self.heard.append(("best", direction, clearance_s))

            def bound(self, direction, clearance_s):
                self.heard.append(("bound", direction, clearance_s))

        sketch = Sketch(2)
        sketch.road(0, 1, 60, 60)
        sketch.town("home", 0, 60)
        sketch.site("camp", 1)
        ear = Ear()
        heard = make_plan(sketch.network(), Situation(case=sketch.case()), observer=ear)
        silent = make_plan(sketch.network(), Situation(case=sketch.case()))
        assert heard.plan == silent.plan
        row = heard.plan.directions[0]
        assert ("best", "west", row.clearance_s) in ear.heard
        assert ("bound", "west", row.clearance_bound_s) in ear.heard


def test_capacity_is_kept_to_the_last_unit_and_not_beyond():
    """360 cars an hour: one every ten seconds; a horizon one second short loses exactly one car."""
    for horizon_s, expected in ((150, 10), (149, 9)):
        sketch = Sketch(2, horizon_s=horizon_s)
        sketch.road(0, 1, 60, 360)
        sketch.town("home", 0, 20)
        sketch.site("camp", 1)
        assert accepted(sketch).direction("west")["persons_served"] == expected


def test_release_times_are_kept():
    sketch = Sketch(2)
    sketch.road(0, 1)
    sketch.town("home", 0, 3, release_s=1_234)
    sketch.site("camp", 1)
    assert accepted(sketch).departures("home")[0] == 1_234


def test_people_who_are_where_they_want_to_be_arrive_at_once():
    sketch = Sketch(2)
    sketch.road(0, 1)
    sketch.town("home", 0, 3)
    sketch.site("camp", 0)
    found = accepted(sketch)
    assert (found.plan["complete"], found.direction("west")["clearance_s"]) == (True, 0)

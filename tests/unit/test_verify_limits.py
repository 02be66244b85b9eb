"""Every constraint of the model holds at its limit and one unit inside, and is violated one unit outside."""

from __future__ import annotations

import pytest

from safepassage.testing.tiny_plans import BUS, CAR, FOOT, TinyCase, TinyPlan, item
from safepassage_verify import trips, verify

FAMILIES = []


def family(*codes):
    """Register a builder: given -1 (inside), 0 (at the limit) or 1 (outside) it returns inputs and plan."""

    def register(build):
        FAMILIES.append(pytest.param(build, set(codes), id=build.__name__))
        return build

    return register


def violated(inputs, plan, certificate=None):
    return {violation.code for violation in verify(inputs, plan, certificate).violations}


@pytest.mark.parametrize(("build", "codes"), FAMILIES)
def test_at_the_limit_is_accepted(build, codes):
    verdict = verify(*build(0))
    assert verdict.violations == ()
    assert verdict.verified
    # What is accepted has been looked at: a check that never ran accepts everything.
    assert all(verdict.checks[code] > 0 for code in codes)


@pytest.mark.parametrize(("build", "codes"), FAMILIES)
def test_one_unit_inside_is_accepted(build, codes):
    assert verify(*build(-1)).violations == ()


@pytest.mark.parametrize(("build", "codes"), FAMILIES)
def test_one_unit_outside_is_rejected_with_its_own_code(build, codes):
    inputs, plan = build(1)
    assert violated(inputs, plan) == codes


@pytest.mark.parametrize(("build", "codes"), FAMILIES)
def test_arc_by_arc_the_verdict_is_the_same(build, codes, monkeypatch):
    """As a plan is looked at that is too large to be checked at once."""
    inputs, plan = build(1)
    at_once = verify(inputs, plan)
    monkeypatch.setattr(trips, "BLOCK", 1)
    by_arc = verify(inputs, plan)
    assert (by_arc.counts, by_arc.checks) == (at_once.counts, at_once.checks)
    assert codes == set(by_arc.counts)


def way(horizon_s=3600, first=None, second=None, **rules):
    """Return a case with one village V (node 0), a way 0 - 1 - 2 of 10 s each, and site S (node 2)."""
    case = TinyCase(3, horizon_s=horizon_s, **rules)
    case.arc(0, 1, **(first or {}))
    case.arc(1, 2, **(second or {}))
    case.place("V", 0)
    case.site("S", 2)
    return case


def car_plan(case, departures, *, persons=None, **demand):
    """Return inputs and a plan with these cars on the way, everybody served."""
    plan = TinyPlan(case.inputs())
    route = plan.route(0, 1)
    plan.cars("V", "S", route, departures)
    total = sum(row[1] for row in plan.streams[0]["departures"])
    case.demand("V", total if persons is None else persons, **demand)
    return case.inputs(), plan.plan()


# --- capacity -------------------------------------------------------------------------------------


@family("CAPACITY")
def one_burst_and_the_rate(delta):
    # 1 mveh a second and a burst of one car: the second may enter after 1000 seconds, its own included
    case = way(second={"capacity_mveh_h": 3600})
    return car_plan(case, [0, 999 - delta])


@family("CAPACITY")
def every_interval_counts_not_only_those_from_zero(delta):
    # any two cars are 999 s apart, all three 1999: the two intervals share the one burst
    case = way(second={"capacity_mveh_h": 3600})
    return car_plan(case, [500, 1499, 2499 - delta])


@family("CAPACITY")
def rounding_of_the_rate_is_exact(delta):
    # 3599 mveh/h: 1000 mveh take 3600000 / 3599 = 1000.28 s, so 1001 whole seconds
    case = way(second={"capacity_mveh_h": 3599})
    return car_plan(case, [0, 1000 - delta])


@family("CAPACITY")
def capacity_changes_with_the_profile(delta):
    case = way()
    case.profiles.append([1, [[0, 510, 3600, -1, 10], [510, 3600, 7200, -1, 10]]])
    # entered in seconds 10 and 759: 500 s at 1 mveh/s and 250 s at 2
    return car_plan(case, [0, 749 - delta])


@family("CAPACITY")
def cars_of_both_directions_share_the_road(delta):
    case = way(second={"capacity_mveh_h": 3600})
    case.site("E", 2, "east")
    case.demand("V", 1)
    case.demand("V", 1, direction="east")
    plan = TinyPlan(case.inputs())
    route = plan.route(0, 1)
    plan.cars("V", "S", route, [0])
    plan.cars("V", "E", route, [999 - delta], direction="east")
    return case.inputs(), plan.plan()


@family("CAPACITY")
def cars_and_buses_share_the_road(delta):
    case = way(second={"capacity_mveh_h": 3600}, burst_mveh=2500)
    case.demand("V", 1)
    case.demand("V", 5, group="needs_transport")
    case.vehicle("b", 0, units_mveh=2500)
    plan = TinyPlan(case.inputs())
    route = plan.route(0, 1)
    plan.cars("V", "S", route, [0])
    # 1000 + 2500 mveh against a burst of 2500: 1000 seconds, both entries included
    plan.leg("b", route, 999 - delta, item("V", 5, site="S"))
    return case.inputs(), plan.plan()


@family("CAPACITY")
def cars_and_buses_in_one_second(delta):
    # arcs take 1 mveh a second, so the burst has to hold all but one of 3500
    case = way(second={"capacity_mveh_h": 3600}, burst_mveh=3499 - delta)
    case.demand("V", 1)
    case.demand("V", 5, group="needs_transport")
    case.vehicle("b", 0, units_mveh=2500)
    plan = TinyPlan(case.inputs())
    route = plan.route(0, 1)
    plan.cars("V", "S", route, [0])
    plan.leg("b", route, 0, item("V", 5, site="S"))
    return case.inputs(), plan.plan()


@family("CAPACITY")
def empty_vehicles_use_the_road_too(delta):
    case = way(second={"capacity_mveh_h": 3600})
    case.arc(2, 1, capacity_mveh_h=3600)
    case.arc(1, 2)
    case.demand("V", 1)
    case.vehicle("b", 0, available_from_s=0)
    plan = TinyPlan(case.inputs())
    plan.cars("V", "S", plan.route(0, 1), [0])
    plan.leg("b", plan.route(0, 1), 999 - delta)
    return case.inputs(), plan.plan()


@family("CAPACITY")
def a_pause_between_windows_lends_no_second_burst(delta):
    # windows [0, 600) and [1200, 3600): the second car needs 1000 allowed seconds, not counting the pause
    case = way(second={"capacity_mveh_h": 3600}, movement_windows=[[0, 600], [1200, 3600]])
    # the first enters at 10; 590 s are left in the first window, 410 more are needed: second 1609
    return car_plan(case, [0, 1599 - delta])


# --- persons --------------------------------------------------------------------------------------


@family("PERSON_CAPACITY")
def persons_per_hour_of_a_gate(delta):
    # 36 persons/h, burst 4: two cars of 4 need 400 seconds
    case = way(second={"persons_h": 36, "gate": 1})
    return car_plan(case, [(0, 4), (399 - delta, 4)])


@family("PERSON_CAPACITY")
def persons_of_cars_buses_and_rides_add_up(delta):
    case = way(second={"persons_h": 36, "modes": CAR | BUS | FOOT})
    case.place("W", 1)
    case.demand("V", 4)
    case.demand("V", 2, group="needs_transport")
    case.demand("W", 2, group="assisted")
    case.vehicle("b", 0)
    plan = TinyPlan(case.inputs())
    route = plan.route(0, 1)
    plan.cars("V", "S", route, [(0, 4)])
    plan.leg("b", route, 199, item("V", 2, site="S"))
    plan.ride(1, 409 - delta, item("W", 2, group="assisted", site="S"))
    return case.inputs(), plan.plan()


@family("PERSON_CAPACITY")
def nobody_enters_while_the_person_capacity_is_zero(delta):
    case = way()
    case.profiles.append([1, [[0, 100, 3_600_000, 0, 10], [100, 3600, 3_600_000, 3600, 10]]])
    return car_plan(case, [90 - delta])


@family("PERSON_CAPACITY")
def a_stretch_without_a_person_limit_starts_afresh(delta):
    # limited in [0, 100) and [200, 3600): the 4 of before the pause do not count after it, the 8 within do
    case = way()
    pieces = [[0, 100, 3_600_000, 36, 10], [100, 200, 3_600_000, -1, 10], [200, 3600, 3_600_000, 36, 10]]
    case.profiles.append([1, pieces])
    return car_plan(case, [(0, 4), (130, 4), (131, 4), (190, 4), (589 - delta, 4)])


@family("TIMETABLE")
def places_of_a_train(delta):
    # the timetable stands in place of the person capacity, which would let nobody pass
    case = TinyCase(2, burst_persons=1)
    case.arc(0, 1, 60, modes=8, capacity_mveh_h=1, persons_h=0)
    case.timetables.append([0, [[100, 5], [200, 0]]])
    case.place("V", 0)
    case.site("S", 1)
    case.demand("V", 5 + delta, group="needs_transport")
    plan = TinyPlan(case.inputs())
    plan.ride(0, 100, item("V", 3, site="S"))
    plan.ride(0, 100, item("V", 2 + delta, site="S"))
    return case.inputs(), plan.plan()


# --- opening --------------------------------------------------------------------------------------


@family("CLOSED")
def clear_before_close(delta):
    case = way()
    case.profiles.append([1, [[0, 100, 3_600_000, -1, 10], [100, 3600, 0, -1, 10]]])
    return car_plan(case, [80 + delta])


@family("CLOSED")
def not_before_it_opens(delta):
    case = way()
    case.profiles.append([1, [[0, 100, 0, -1, 10], [100, 3600, 3_600_000, -1, 10]]])
    return car_plan(case, [90 - delta])


@family("CLOSED")
def slow_pieces_take_longer_to_leave(delta):
    # entered in the slow piece: 30 s, across a piece that is open too, up to the closure at 100
    case = way()
    case.profiles.append(
        [
            1,
            [
                [0, 50, 3_600_000, -1, 10],
                [50, 80, 3_600_000, -1, 30],
                [80, 100, 3600_000, -1, 5],
                [100, 3600, 0, -1, 5],
            ],
        ]
    )
    return car_plan(case, [60 + delta])


@family("CLOSED")
def a_short_closure_while_driving_counts(delta):
    case = way(second={"travel_s": 100})
    case.profiles.append(
        [1, [[0, 100, 3_600_000, -1, 100], [100, 101, 0, -1, 100], [101, 3600, 3_600_000, -1, 100]]]
    )
    return car_plan(case, [91 - delta])


# --- waiting --------------------------------------------------------------------------------------


@family("WAIT")
def wait_at_a_junction(delta):
    return car_plan(way(), [(0, 1, [(1, 60 + delta)])])


@family("STORAGE")
def storage_of_a_waiting_place(delta):
    case = way()
    case.waiting.append([1, 3000 - delta])
    return car_plan(case, [(0, 1, [(1, 100)]), (1, 1, [(1, 100)]), (2, 1, [(1, 100)])])


@family("STORAGE")
def a_place_is_free_from_the_second_in_which_one_leaves(delta):
    case = way()
    case.waiting.append([1, 1000])
    return car_plan(case, [(0, 1, [(1, 100)]), (100 - delta, 1, [(1, 100)])])


# --- times ----------------------------------------------------------------------------------------


@family("HORIZON")
def the_last_arrival(delta):
    return car_plan(way(horizon_s=500), [480 + delta])


@family("HORIZON")
def the_last_ride(delta):
    case = way(horizon_s=500, second={"modes": FOOT})
    case.place("W", 1)
    case.demand("W", 1, group="assisted")
    plan = TinyPlan(case.inputs())
    plan.ride(1, 490 + delta, item("W", 1, group="assisted", site="S"))
    return case.inputs(), plan.plan()


@family("MOVEMENT_WINDOW")
def window_ends(delta):
    return car_plan(way(movement_windows=[[100, 200], [300, 400]]), [180 + delta])


@family("MOVEMENT_WINDOW")
def window_begins(delta):
    return car_plan(way(movement_windows=[[100, 200], [300, 400]]), [300 - delta])


@family("RELEASE")
def release_of_cars(delta):
    case = way()
    case.places[0]["release_s"] = 50
    return car_plan(case, [50 - delta])


@family("RELEASE")
def loading_begins_after_release(delta):
    case, plan = bus_plan(load_base_s=30, load_per_person_s=2)
    case.places[0]["release_s"] = 50
    plan.leg("b", plan.route(0, 1), 90 - delta, item("V", 5, site="S"))
    return case.inputs(), plan.plan()


@family("RELEASE")
def release_of_rides(delta):
    case = way(first={"modes": FOOT}, second={"modes": FOOT})
    case.places[0]["release_s"] = 50
    case.demand("V", 2, group="assisted")
    plan = TinyPlan(case.inputs())
    ride = plan.ride(0, 50 - delta, item("V", 2, group="assisted"))
    plan.ride(1, 100, item("V", 2, group="assisted", after=ride, site="S"))
    return case.inputs(), plan.plan()


# --- vehicles -------------------------------------------------------------------------------------


def bus_plan(persons=5, group="needs_transport", fields=None, **rules):
    """Return the way with a return road (arc 2), a bus at the village, and an empty plan."""
    case = way(**rules)
    case.arc(2, 0, 20)
    case.demand("V", persons, group=group)
    case.vehicle("b", 0, **({"seats": 10, "wheelchair": 2, "stretcher": 1} | (fields or {})))
    return case, TinyPlan(case.inputs())


@family("CAR_LOAD")
def persons_in_a_car(delta):
    return car_plan(way(), [(0, 4 + delta)])


@family("SEATS")
def seats(delta):
    case, plan = bus_plan(10 + delta)
    case.demand("V", 2, group="wheelchair")
    load = [
        item("V", 6 + delta, site="S"),
        item("V", 4, site="S"),
        item("V", 2, group="wheelchair", site="S"),
    ]
    plan.leg("b", plan.route(0, 1), 0, *load)
    return case.inputs(), plan.plan()


@family("SEATS")
def assisted_people_sit(delta):
    case, plan = bus_plan(4)
    case.demand("V", 6 + delta, group="assisted")
    plan.leg(
        "b", plan.route(0, 1), 0, item("V", 4, site="S"), item("V", 6 + delta, group="assisted", site="S")
    )
    return case.inputs(), plan.plan()


@family("SEATS")
def wheelchair_places(delta):
    case, plan = bus_plan(2 + delta, "wheelchair")
    plan.leg("b", plan.route(0, 1), 0, item("V", 2 + delta, group="wheelchair", site="S"))
    return case.inputs(), plan.plan()


@family("SEATS")
def stretcher_places(delta):
    case, plan = bus_plan(2 + delta, "stretcher", {"stretcher": 2})
    plan.leg("b", plan.route(0, 1), 0, item("V", 2 + delta, group="stretcher", site="S"))
    return case.inputs(), plan.plan()


@family("DWELL")
def unloading_before_the_next_leg(delta):
    case, plan = bus_plan(unload_base_s=20, unload_per_person_s=2)
    plan.leg("b", plan.route(0, 1), 0, item("V", 5, site="S"))
    plan.leg("b", plan.route(2), 50 - delta)
    return case.inputs(), plan.plan()


@family("DWELL")
def loading_before_the_next_leg(delta):
    case, plan = bus_plan(8, load_base_s=10, load_per_person_s=3, unload_base_s=20, unload_per_person_s=2)
    plan.leg("b", plan.route(0, 1), 25, item("V", 5, site="S"))
    plan.leg("b", plan.route(2), 75)
    # back at 95; 10 + 3 * 3 s of loading
    plan.leg("b", plan.route(0, 1), 114 - delta, item("V", 3, site="S"))
    return case.inputs(), plan.plan()


@family("DWELL", "TRANSFER")
def stay_ons_are_unloaded_and_loaded_too(delta):
    case = way(load_base_s=1, load_per_person_s=1, unload_base_s=2, unload_per_person_s=2)
    case.place("W", 1)
    case.demand("V", 5, group="needs_transport")
    case.demand("W", 3, group="needs_transport")
    case.vehicle("b", 0)
    plan = TinyPlan(case.inputs())
    first = plan.leg("b", plan.route(0), 6, item("V", 5))
    # at 16; unloading 2 + 10, loading 1 + 8
    plan.leg("b", plan.route(1), 37 - delta, item("V", 5, after=first, site="S"), item("W", 3, site="S"))
    inputs, stated = case.inputs(), plan.plan()
    return inputs, stated


HELPED = [
    {"group": "assisted", "load_s": 4, "unload_s": 7},
    {"group": "wheelchair", "load_s": 50, "unload_s": 30},
]


@family("DWELL")
def helped_people_take_longer(delta):
    case, plan = bus_plan(2, group="wheelchair", load_base_s=10, unload_base_s=20, help_times=HELPED)
    case.demand("V", 3, group="assisted")
    plan.leg("b", plan.route(0, 1), 110, item("V", 2, group="wheelchair", site="S"))
    # at 130; 20 + 2 * 30 s of unloading, back at 230, 10 + 3 * 4 s of loading
    plan.leg("b", plan.route(2), 210)
    plan.leg("b", plan.route(0, 1), 252 - delta, item("V", 3, group="assisted", site="S"))
    return case.inputs(), plan.plan()


@family("DWELL", "TRANSFER")
def helped_people_who_stay_aboard_take_no_longer(delta):
    case = way(load_base_s=1, load_per_person_s=1, unload_base_s=2, unload_per_person_s=2, help_times=HELPED)
    case.place("W", 1)
    case.demand("V", 1, group="wheelchair")
    case.demand("W", 3, group="assisted")
    case.vehicle("b", 0, wheelchair=1)
    plan = TinyPlan(case.inputs())
    first = plan.leg("b", plan.route(0), 52, item("V", 1, group="wheelchair"))
    # at 62; unloading 2 + 2, loading 1 + 4 + 3 * 4
    load = [item("V", 1, group="wheelchair", after=first, site="S"), item("W", 3, group="assisted", site="S")]
    plan.leg("b", plan.route(1), 83 - delta, *load)
    return case.inputs(), plan.plan()


@family("CARERS")
def one_carer_for_each(delta):
    case, plan = bus_plan(2, group="wheelchair")
    case.demand("V", 2, group="carer_wheelchair")
    load = [item("V", 2, group="wheelchair", site="S")]
    if delta < 1:
        load.append(item("V", 2, group="carer_wheelchair", site="S"))
    else:
        load.append(item("V", 1, group="carer_wheelchair", site="S"))
    plan.leg("b", plan.route(0, 1), 0, *load)
    return case.inputs(), plan.plan()


@family("CARERS")
def one_carer_for_up_to_three_of_five(delta):
    case, plan = bus_plan(5, group="assisted")
    case.demand("V", 2, group="carer_assisted")
    load = [item("V", 3 + delta, group="assisted", site="S"), item("V", 1, group="carer_assisted", site="S")]
    plan.leg("b", plan.route(0, 1), 0, *load)
    return case.inputs(), plan.plan()


@family("AVAILABILITY")
def loading_begins_when_the_vehicle_is_available(delta):
    case, plan = bus_plan(load_base_s=30, load_per_person_s=2, fields={"available_from_s": 100})
    plan.leg("b", plan.route(0, 1), 140 - delta, item("V", 5, site="S"))
    return case.inputs(), plan.plan()


@family("AVAILABILITY")
def available_until_the_last_arrival(delta):
    case, plan = bus_plan(fields={"available_until_s": 100})
    plan.leg("b", plan.route(0, 1), 80 + delta, item("V", 5, site="S"))
    return case.inputs(), plan.plan()


@family("DUTY")
def duty_from_first_departure_to_last_arrival(delta):
    case, plan = bus_plan(fields={"max_duty_s": 100})
    plan.leg("b", plan.route(0, 1), 7, item("V", 5, site="S"))
    plan.leg("b", plan.route(2), 87 + delta)
    return case.inputs(), plan.plan()


@family("WEIGHT")
def weight_of_a_car(delta):
    return car_plan(way(second={"max_weight_kg": 1500 - delta}), [0])


@family("WEIGHT")
def weight_of_a_bus(delta):
    case, plan = bus_plan(second={"max_weight_kg": 10_000 - delta})
    plan.leg("b", plan.route(0, 1), 0, item("V", 5, site="S"))
    return case.inputs(), plan.plan()


# --- people ---------------------------------------------------------------------------------------


@family("SITE_CAPACITY")
def capacity_of_a_site_with_reserves(delta):
    case = way()
    case.places[1]["capacity_persons"] = 9 - delta
    case.demand("V", 4)
    case.demand("V", 3, group="needs_transport")
    case.demand("V", 2, direction="undecided")
    case.vehicle("b", 0)
    plan = TinyPlan(case.inputs())
    route = plan.route(0, 1)
    plan.cars("V", "S", route, [(0, 4)])
    plan.cars("V", "S", route, [(1, 2)], reserve=True)
    plan.leg("b", route, 2, item("V", 3, site="S"))
    return case.inputs(), plan.plan()


@family("RESERVE")
def reserves_in_each_direction_for_all_undecided(delta):
    case = way()
    case.site("E", 2, "east")
    case.demand("V", 2, direction="undecided", group="assisted")
    case.demand("V", 1, direction="east", group="assisted", basis="assumption")
    case.vehicle("b", 0)
    case.vehicle("c", 0)
    plan = TinyPlan(case.inputs())
    route = plan.route(0, 1)
    plan.leg("b", route, 0, item("V", 3 + delta, group="assisted", site="S", reserve=True))
    plan.leg("c", route, 1, item("V", 3, group="assisted", site="E", direction="east", reserve=True))
    return case.inputs(), plan.plan()


@family("TRANSFER")
def from_a_vehicle_to_a_ride(delta):
    case = way(second={"modes": FOOT}, unload_base_s=20, unload_per_person_s=2)
    case.demand("V", 5, group="needs_transport")
    case.vehicle("b", 0)
    plan = TinyPlan(case.inputs())
    leg = plan.leg("b", plan.route(0), 0, item("V", 5))
    plan.ride(1, 40 - delta, item("V", 5, after=leg, site="S"))
    return case.inputs(), plan.plan()


@family("TRANSFER")
def from_a_ride_to_a_vehicle(delta):
    case = way(first={"modes": FOOT}, load_base_s=30, load_per_person_s=2)
    case.demand("V", 5, group="needs_transport")
    case.vehicle("b", 1)
    plan = TinyPlan(case.inputs())
    ride = plan.ride(0, 7, item("V", 5))
    plan.leg("b", plan.route(1), 57 - delta, item("V", 5, after=ride, site="S"))
    return case.inputs(), plan.plan()


# --- exposure -------------------------------------------------------------------------------------


@family("EXPOSURE_CAP")
def hazard_second_by_second(delta):
    # in the second arc from 10 to 20: 5 s at 100 ppm, 5 s at 300
    case = way(exposure_cap_ppm_s=2000 - delta)
    case.hazard.append([1, [[0, 15, 100], [15, 40, 300]]])
    return car_plan(case, [0])


@family("EXPOSURE_CAP")
def a_cap_of_the_place_itself(delta):
    # looser than that of everybody for cars; W's people ride under that of the rules
    case, plan = bus_plan(exposure_cap_ppm_s=200)
    case.hazard += [[0, [[0, 3600, 20]]], [1, [[0, 20, 10]]]]
    case.places[0]["exposure_cap_ppm_s"] = 300 - delta
    plan.leg("b", plan.route(0, 1), 0, item("V", 5, site="S"))
    return case.inputs(), plan.plan()


@family("EXPOSURE_CAP")
def no_hazard_at_all(delta):
    case = way(exposure_cap_ppm_s=0)
    if delta > 0:
        case.hazard.append([1, [[10, 11, 1]]])
    return car_plan(case, [0])


@family("EXPOSURE_CAP")
def hazard_while_waiting(delta):
    # 7 s of waiting before the arc and 10 s on it, 3 of which are after the hazard
    case = way(exposure_cap_ppm_s=14 - delta)
    case.hazard.append([1, [[0, 24, 1]]])
    return car_plan(case, [(0, 1, [(1, 7)])])


@family("EXPOSURE_CAP")
def hazard_of_a_bus(delta):
    case, plan = bus_plan(exposure_cap_ppm_s=200 - delta)
    case.hazard.append([0, [[0, 3600, 20]]])
    plan.leg("b", plan.route(0, 1), 0, item("V", 5, site="S"))
    return case.inputs(), plan.plan()


@family("EXPOSURE_CAP")
def hazard_on_a_ride_and_between_stages(delta):
    # on the road 10 s at 1 ppm, 15 s of waiting for the ride and 10 s on it at 3
    case = way(second={"modes": FOOT}, exposure_cap_ppm_s=85 - delta)
    case.hazard += [[0, [[0, 3600, 1]]], [1, [[0, 3600, 3]]]]
    case.demand("V", 5, group="needs_transport")
    case.vehicle("b", 0)
    plan = TinyPlan(case.inputs())
    leg = plan.leg("b", plan.route(0), 0, item("V", 5))
    plan.ride(1, 25, item("V", 5, after=leg, site="S"))
    return case.inputs(), plan.plan()


@family("EXPOSURE_CAP")
def reserves_are_people_too(delta):
    case = way(exposure_cap_ppm_s=200 - delta)
    case.hazard.append([1, [[0, 3600, 20]]])
    case.demand("V", 1, direction="undecided")
    plan = TinyPlan(case.inputs())
    plan.cars("V", "S", plan.route(0, 1), [0], reserve=True)
    return case.inputs(), plan.plan()


def test_exposure_before_departure_is_not_counted():
    case = way(exposure_cap_ppm_s=10)
    case.hazard.append([0, [[0, 50, 1000], [50, 3600, 1]]])
    assert violated(*car_plan(case, [50])) == set()
    assert violated(*car_plan(way_like(case), [49])) == {"EXPOSURE_CAP"}


def way_like(case):
    """Return the same case without demand."""
    case.demands.clear()
    return case

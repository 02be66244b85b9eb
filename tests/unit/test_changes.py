"""The difference between two plans: exact, and of every movement whether somebody must be told."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from safepassage.domain.plan import CarStream, Departure, Leg, Load, Route, Schedule, VehicleChain
from safepassage.domain.plan_change import ChangeKind, Movement, MovementKind
from safepassage.engines.changes import (
    applied,
    cheapest,
    compared,
    last_to_come,
    movements,
    named_as_before,
    of_places,
    of_vehicles_changed,
)

NOW_S = 100


def cars(*times, name="c1", site="camp", arcs=(1, 2), **more):
    departures = tuple(Departure(depart_s=t, persons=3) for t in times)
    row = {"vehicle": "", "place": "home", "direction": "west", "reserve": False, "arrive_s": -1, "load": ()}
    return Movement(
        id=name, kind=MovementKind.CARS, site=site, route=(0, 2, arcs), departures=departures, **(row | more)
    )


def only(before, after):
    (change,) = compared(before, after, NOW_S)
    assert applied(before, [change]) == tuple(after)
    return change


def test_equal_plans_differ_in_nothing():
    assert compared([cars(10, 200)], [cars(10, 200)], NOW_S) == ()


def test_withdrawn_and_new():
    gone, come = compared([cars(200)], [cars(200, name="c2", arcs=(3,))], NOW_S)
    assert (gone.kind, come.kind) == (ChangeKind.WITHDRAWN, ChangeKind.NEW)
    assert gone.notify
    assert come.notify
    assert (gone.persons, come.persons) == (3, 3)


def test_cars_within_what_was_announced_need_no_notice():
    """The same number of cars between the same first and last departure: the announcement still holds."""
    change = only([cars(200, 210, 230)], [cars(200, 220, 230)])
    assert (change.kind, change.persons, change.notify) == (ChangeKind.CHANGED, 3, False)


def test_cars_that_have_all_left_are_told_once_by_the_way_they_are_led_on():
    gone, come = compared([cars(10, 90)], [cars(10, 90, name="c2", arcs=(1, 3), site="")], NOW_S)
    assert (gone.kind, gone.notify) == (ChangeKind.WITHDRAWN, False)
    assert (come.kind, come.notify) == (ChangeKind.DIVERTED, True)
    (half,) = compared([cars(10, 200)], [], NOW_S)
    assert half.notify


def test_another_last_departure_needs_notice():
    assert only([cars(200, 230)], [cars(200, 260)]).notify


def test_fewer_persons_need_notice():
    assert only([cars(200, 210, 230)], [cars(200, 230)]).notify


def test_those_who_have_left_are_not_announced_any_more():
    """Cars that left are history; what is led round is a movement of its own."""
    change = only([cars(10, 200, 230)], [cars(200, 230)])
    assert not change.notify


def test_led_round_while_under_way_is_diverted():
    (change,) = compared([], [cars(10, name="c9", arcs=(1, 5))], NOW_S)
    assert (change.kind, change.notify) == (ChangeKind.DIVERTED, True)


def test_what_is_held_for_the_undecided_was_announced_to_nobody():
    assert not only([cars(200, reserve=True)], []).notify


def test_who_drives_empty_to_fetch_the_undecided_is_told_nothing():
    """An empty leg is held like the people it fetches; one on the way to somebody who was told is not."""
    held, told = (
        Load(place="home", direction="west", group="needs_transport", persons=3, site="camp", reserve=reserve)
        for reserve in (True, False)
    )
    loads = [(), (held,), (), (), (told,), (held,), ()]
    legs = tuple(
        Leg(id=f"bus/{k}", route=0, depart_s=200 + 10 * k, waits=(), arrive_s=209 + 10 * k, load=load)
        for k, load in enumerate(loads)
    )
    schedule = Schedule(
        routes=(Route(from_node=0, to_node=1, arcs=(0,)),),
        cars=(),
        link_rides=(),
        unserved=(),
        reserves=(),
        vehicles=(VehicleChain(id="bus", legs=legs),),
    )
    problem = SimpleNamespace(network=SimpleNamespace(arcs=None))
    found = movements(problem, schedule)
    assert [m.for_reserve for m in found] == [True, True, False, False, False, True, False]
    assert [change.notify for change in compared(found, (), NOW_S)] == [not m.for_reserve for m in found]


def leg(name, vehicle, *places):
    load = tuple(
        Load(place=place, group="needs_transport", direction="west", persons=2, reserve=False)
        for place in places
    )
    row = {"kind": MovementKind.LEG, "place": "", "direction": "", "site": ""}
    return replace(cars(150, name=name, vehicle=vehicle, load=load, arrive_s=200), **row)


def test_a_vehicle_concerned_is_freed_with_all_that_it_was_to_do():
    before = (cars(150), cars(150, name="c2"), leg("a1", "a", "home"), leg("a2", "a"), leg("b1", "b", "home"))
    changes = compared(before, (before[0], *before[3:]), NOW_S)
    assert of_vehicles_changed(before, changes) == {"c2", "a1", "a2"}
    assert of_vehicles_changed(before, ()) == frozenset()


def test_places_are_freed_with_all_who_move_from_there():
    before = (cars(150), cars(150, name="c2", place="mill"), leg("a1", "a", "home", "mill"), leg("a2", "a"))
    assert of_places(before, {"mill"}) == {"c2", "a1"}
    assert of_places(before, ()) == frozenset()


def test_places_held_give_way_to_persons_who_are_there():
    cost, alike = {"kept": 10, "fresh": 30, "reserves": 20}, dict.fromkeys(("kept", "fresh", "reserves"), 0)
    assert cheapest({"kept": 5, "fresh": 0, "reserves": 5}, cost, alike) == "kept"
    assert cheapest({"kept": 5, "fresh": 0, "reserves": 4}, cost, alike) == "reserves"
    assert cheapest({"kept": 5, "fresh": 6}, {"kept": 10, "fresh": 10}, alike) == "kept"


def test_a_sooner_last_arrival_is_worth_notices_but_nobody_left():
    cost, last = {"kept": 10, "fresh": 30}, {"kept": 100, "fresh": 50}
    assert cheapest({"kept": 5, "fresh": 5}, cost, last) == "fresh"
    assert cheapest({"kept": 5, "fresh": 5}, cost, last | {"fresh": 80}) == "kept"
    assert cheapest({"kept": 5, "fresh": 6}, cost, last) == "kept"


def ride(number, arrive_s, *loads):
    rows = tuple(
        Load(place="home", group="assisted", direction="west", persons=1, reserve=reserve, site=site)
        for reserve, site in loads
    )
    return Leg(id=f"{number}", route=0, depart_s=arrive_s - 10, waits=(), arrive_s=arrive_s, load=rows)


def test_the_last_to_come_are_the_decided_of_one_trip_with_its_way_there():
    early = VehicleChain(
        id="a", legs=(ride("a/1", 50, (False, "camp")), ride("a/2", 900, (True, "camp")), ride("a/3", 950))
    )
    late = (ride("b/2", 70), ride("b/3", 80, (False, "")), ride("b/4", 90, (False, "camp")), ride("b/5", 99))
    late = VehicleChain(id="b", legs=(ride("b/1", 60, (True, "camp")), *late))
    schedule = Schedule(routes=(), cars=(), vehicles=(early, late), link_rides=(), unserved=(), reserves=())
    assert last_to_come(schedule) == {"b/2", "b/3", "b/4", "b/5"}
    assert last_to_come(replace(schedule, vehicles=(early,))) == {"a/1", "a/2", "a/3"}
    assert last_to_come(replace(schedule, vehicles=())) == frozenset()


def test_a_change_of_something_else_is_not_applied():
    change = compared([cars(200)], [], NOW_S)[0]
    with pytest.raises(ValueError, match="c1"):
        applied([cars(201)], [change])


def schedule(*streams):
    routes = (Route(from_node=0, to_node=2, arcs=(1, 2)), Route(from_node=0, to_node=2, arcs=(3,)))
    row = {"place": "home", "direction": "west", "site": "camp", "reserve": False}
    departures = (Departure(depart_s=1, persons=1),)
    found = tuple(CarStream(id=name, route=route, departures=departures, **row) for name, route in streams)
    empty = {"vehicles": (), "link_rides": (), "unserved": (), "reserves": ()}
    return Schedule(routes=routes, cars=found, **empty)


def test_streams_keep_their_ids_and_no_id_is_used_twice():
    earlier = schedule(("c7", 0))
    named = named_as_before(earlier, schedule(("c1", 1), ("c2", 0)))
    assert [(s.id, s.route) for s in named.cars] == [("c8", 1), ("c7", 0)]
    renumbered = replace(earlier, routes=earlier.routes[::-1])
    assert [s.id for s in named_as_before(renumbered, schedule(("c1", 1))).cars] == ["c7"]

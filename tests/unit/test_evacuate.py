"""Schedules of hand-drawn cases in which one thing is scarce."""

from __future__ import annotations

import pytest

from safepassage.engines.evacuate.cars import CarPlanner
from safepassage.engines.evacuate.fleet import FleetPlanner
from tests.support.planned import accepted
from tests.support.sketch import Sketch


def test_people_take_the_train_when_no_bus_is_left_though_the_road_would_be_faster():
    sketch = Sketch(2)
    sketch.road(0, 1, 120)
    sketch.place("home", 0)
    sketch.people("home", 20, group="needs_transport")
    sketch.site("camp", 1)
    sketch.transit("home", "camp", "train", 600)
    assert accepted(sketch).direction("west")["persons_served"] == 20


def test_the_train_helps_a_scarce_bus():
    sketch = Sketch(2, horizon_s=3_600)
    sketch.road(0, 1, 1_200)
    sketch.place("home", 0)
    sketch.people("home", 200, group="needs_transport")
    sketch.site("camp", 1)
    sketch.transit("home", "camp", "train", 1_500)
    sketch.buses("bus", "home", seats=10)
    assert accepted(sketch).direction("west")["persons_served"] == 200


def test_an_early_train_with_one_place_does_not_spoil_the_later_one():
    sketch = Sketch(3)
    sketch.road(0, 1, 600)
    sketch.place("home", 0)
    sketch.place("station", 1)
    sketch.people("home", 40, group="needs_transport")
    sketch.site("camp", 2)
    sketch.transit("station", "camp", "train", 600, timetable=((60, 1), (4_000, 100)))
    sketch.buses("bus", "home", seats=20)
    assert accepted(sketch).direction("west")["persons_served"] == 40


def test_the_last_places_of_a_site_are_filled_by_a_car_that_is_not_full():
    sketch = Sketch(2, persons_per_car=3)
    sketch.road(0, 1)
    sketch.town("home", 0, 9)
    sketch.site("camp", 1, capacity=5)
    assert accepted(sketch).direction("west")["persons_served"] == 5


def test_cars_queue_at_both_bridges_though_the_same_road_leads_on_from_either():
    sketch = Sketch(6, horizon_s=36_000)
    sketch.road(0, 1, 600, cars_h=60)
    sketch.road(0, 2, 900, cars_h=60)
    sketch.road(1, 3, 300)
    sketch.road(2, 3, 300)
    sketch.road(3, 5, 9_000)
    # A long way on from the second bridge, which shares nothing with the first.
    sketch.road(2, 4, 3_000)
    sketch.road(4, 5, 9_000)
    sketch.place("home", 0)
    sketch.people("home", 180)
    sketch.site("camp", 5)
    # Half of the cars over each: an hour and a half. By the long way the last would come at 16,800.
    assert accepted(sketch).direction("west")["clearance_s"] < 9_900 + 5_400 + 300


@pytest.mark.parametrize(
    ("planner", "group"), [(FleetPlanner, "needs_transport"), (CarPlanner, "own_vehicle")]
)
def test_a_turn_that_serves_nobody_and_asks_for_another_does_not_go_on_for_ever(monkeypatch, planner, group):
    sketch = Sketch(2)
    sketch.road(0, 1)
    sketch.place("home", 0)
    sketch.people("home", 9, group=group)
    sketch.site("camp", 1)
    sketch.buses("bus", "home", seats=10)
    monkeypatch.setattr(planner, "turn", lambda _self, _claim: True)
    with pytest.raises(RuntimeError, match="home served nobody"):
        accepted(sketch)

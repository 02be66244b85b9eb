"""The sentence that names what limits a direction."""

from __future__ import annotations

from safepassage.domain.case import BorderStatusWord
from tests.support.planned import accepted
from tests.support.sketch import Sketch, window


def texts(sketch):
    return [(row["direction"], row["text"]) for row in accepted(sketch).plan["binding"]]


def towns(names, cars_h=60, persons=30):
    """Towns on roads of their own, one slow road from their junction to the camp."""
    sketch = Sketch(len(names) + 2)
    hub = len(names)
    for node, name in enumerate(names):
        sketch.road(node, hub)
        sketch.town(name, node, persons)
    sketch.road(hub, hub + 1, cars_h=cars_h)
    sketch.site("camp", hub + 1)
    return sketch


def test_towns_that_share_a_road():
    assert texts(towns(["ash", "birch"])) == [("west", "2 places (Ash, Birch) share l2: 60 vehicles/h")]


def test_a_single_town():
    assert texts(towns(["ash"])) == [("west", "1 place (Ash) has l1: 60 vehicles/h")]


def test_more_than_four_names_are_counted():
    text = texts(towns(["ash", "birch", "cedar", "fir", "oak", "pine"], persons=10))[0][1]
    assert text == "6 places (Ash, Birch, Cedar, Fir and 2 more) share l6: 60 vehicles/h"


def test_a_crossing_with_hours_and_persons():
    sketch = Sketch(3)
    sketch.road(0, 1)
    sketch.road(1, 2)
    sketch.town("ash", 0, 30)
    sketch.site("camp", 2)
    sketch.crossing("post", 1, persons_h=40, open_windows=(window(600, 7_200),))
    assert texts(sketch) == [("west", "1 place (Ash) has Post: 40 persons/h while open")]


def test_travel_time_alone():
    sketch = Sketch(2)
    sketch.road(0, 1, 3_000)
    sketch.town("ash", 0, 1)
    sketch.site("camp", 1)
    assert texts(sketch) == [("west", "travel time alone: Ash needs that long on free roads")]


def test_each_direction_has_its_own_and_one_without_people_none():
    sketch = towns(["ash"])
    sketch.town("far", 2, 20, "east")
    sketch.site("hall", 0, "east")
    assert [direction for direction, _ in texts(sketch)] == ["west", "east"]
    assert [direction for direction, _ in texts(towns(["ash"]))] == ["west"]


def test_where_nobody_gets_out_nothing_is_claimed():
    sketch = Sketch(3)
    sketch.road(0, 1)
    sketch.road(1, 2)
    sketch.town("ash", 0, 30)
    sketch.site("camp", 2)
    sketch.crossing("post", 1, status=BorderStatusWord.CLOSED)
    assert texts(sketch) == []

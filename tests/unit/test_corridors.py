"""Corridors: the way most people take, its bottleneck, and an alternative or the cut that forbids one."""

from __future__ import annotations

import pytest

from safepassage.domain.case import RoadStatusWord
from tests.support.planned import accepted
from tests.support.sketch import Sketch, window


def corridor(found, place="home", direction="west"):
    return next(c for c in found.plan["corridors"] if (c["place"], c["direction"]) == (place, direction))


def arcs_of(found, route):
    return found.plan["routes"][route]["arcs"]


def detour(persons=6, **more):
    """A straight road 0-1-3 and a way round 0-2-3, longer by half."""
    sketch = Sketch(4, **more)
    sketch.road(0, 1, 60, 120, length_m=1_000)
    sketch.road(1, 3, 60, 60, length_m=1_000)
    sketch.road(0, 2, 90, length_m=1_500)
    sketch.road(2, 3, 90, length_m=1_500)
    sketch.town("home", 0, persons)
    sketch.site("camp", 3)
    return sketch


def test_its_figures():
    found = accepted(detour(persons=1))
    row = corridor(found)
    assert arcs_of(found, row["route"]) == [0, 2]
    assert (row["length_m"], row["travel_s"], row["exposure_ppm_s"]) == (2_000, 120, 0)
    assert (row["capacity_veh_h"], row["bottleneck_arc"]) == (60, 2)
    assert row["bottleneck_reason"] == "road l1: 60 vehicles/h"


def test_an_alternative_shares_at_most_half():
    found = accepted(detour(persons=1))
    row = corridor(found)
    assert arcs_of(found, row["alternative"]) == [4, 6]
    assert (row["alternative_shared_ppm"], row["no_alternative"], row["cut_arcs"]) == (0, "", [])


def test_exactly_half_is_allowed_and_a_metre_more_is_not():
    for shared_m, expected in ((1_000, True), (1_001, False)):
        sketch = Sketch(4)
        sketch.road(0, 1, 60, length_m=shared_m)
        sketch.road(1, 2, 60, length_m=1_000)
        sketch.road(1, 2, 90, length_m=1_500)
        sketch.town("home", 0, 3)
        sketch.site("camp", 2)
        row = corridor(accepted(sketch))
        assert (row["alternative"] >= 0) == expected
        if not expected:
            assert row["cut_arcs"] == [0]
            assert row["no_alternative"] == "every way to a site shares at least 50 % of this one, over l0"


def test_the_cut_is_named_even_if_the_least_shared_way_is_a_long_detour():
    """Only a bridge is shared by all ways, and it is most of the corridor."""
    sketch = Sketch(5)
    sketch.road(0, 1, 10, length_m=300)
    sketch.road(0, 1, 900, length_m=9_000)
    sketch.road(1, 2, 60, length_m=2_000)
    sketch.road(2, 3, 10, length_m=300)
    sketch.road(2, 3, 900, length_m=9_000)
    sketch.town("home", 0, 3)
    sketch.site("camp", 3)
    row = corridor(accepted(sketch))
    assert (row["alternative"], row["cut_arcs"]) == (-1, [4])
    assert "over l2" in row["no_alternative"]


def test_an_alternative_may_lead_to_another_site():
    sketch = Sketch(3)
    sketch.road(0, 1)
    sketch.road(0, 2, 300)
    sketch.town("home", 0, 3)
    sketch.site("near", 1)
    sketch.site("far", 2)
    found = accepted(sketch)
    row = corridor(found)
    assert (row["site"], arcs_of(found, row["alternative"])) == ("near", [2])


def test_an_alternative_bears_the_vehicles_it_is_for():
    """The way round leads over a bridge for nothing heavier than 1.5 t: it is none, even for cars of 2 t."""
    sketch = detour(persons=1)
    sketch.status(RoadStatusWord.RESTRICTED, "l3", max_weight_kg=1_500)
    row = corridor(accepted(sketch))
    assert row["alternative"] == -1
    assert row["no_alternative"]


def test_the_corridor_is_the_way_that_carries_most():
    """One car takes the fast road of 60 cars an hour, the others drive round: so does the corridor."""
    sketch = detour(persons=60)
    found = accepted(sketch)
    carried = {}
    for stream in found.plan["cars"]:
        carried[stream["route"]] = carried.get(stream["route"], 0) + sum(d[1] for d in stream["departures"])
    assert len(carried) > 1
    assert corridor(found)["route"] == max(carried, key=carried.get)


def test_persons_an_hour_count_as_full_cars():
    sketch = Sketch(3, persons_per_car=4)
    sketch.road(0, 1)
    sketch.road(1, 2)
    sketch.town("home", 0, 4)
    sketch.site("camp", 2)
    sketch.crossing("post", 1, persons_h=100)
    row = corridor(accepted(sketch))
    assert row["capacity_veh_h"] == 25
    assert row["bottleneck_reason"] == "crossing or checkpoint Post: 100 persons/h"


def test_exposure_is_least_time_times_worst_hazard():
    sketch = Sketch(2)
    sketch.road(0, 1, 100)
    sketch.town("home", 0, 1)
    sketch.site("camp", 1)
    sketch.area(-1, 2, 1_000, interval=window(0, 600))
    sketch.area(-1, 2, 5_000, interval=window(7_000, 7_200))
    assert corridor(accepted(sketch))["exposure_ppm_s"] == 100 * 5_000


def test_both_directions_of_a_place_have_their_own():
    sketch = Sketch(3)
    sketch.road(0, 1)
    sketch.road(1, 2)
    sketch.town("home", 1, 4, "west")
    sketch.people("home", 4, "east")
    sketch.site("camp", 0)
    sketch.site("hall", 2, "east")
    found = accepted(sketch)
    assert [(c["id"], c["direction"], c["site"]) for c in found.plan["corridors"]] == [
        ("k1", "east", "hall"), ("k2", "west", "camp"),
    ]  # fmt: skip


def test_nobody_who_can_be_served_still_leaves_the_way_that_was_looked_at():
    """A site that takes nobody: nobody is served, yet the reader sees where the way would lead."""
    sketch = Sketch(2)
    sketch.road(0, 1)
    sketch.town("home", 0, 4)
    sketch.site("camp", 1, capacity=0)
    found = accepted(sketch)
    assert found.reasons() == {"UNSERVED_SITE_FULL": 4}
    assert arcs_of(found, corridor(found)["route"]) == [0]


@pytest.mark.parametrize("status", [RoadStatusWord.NOT_PASSABLE, None])
def test_without_a_way_or_a_site_there_is_none(status):
    sketch = Sketch(2)
    sketch.road(0, 1)
    sketch.town("home", 0, 4)
    if status:
        sketch.site("camp", 1)
        sketch.status(status, "l0")
    assert accepted(sketch).plan["corridors"] == []


def test_people_who_are_at_a_site_already():
    sketch = Sketch(2)
    sketch.road(0, 1)
    sketch.town("home", 0, 4)
    sketch.site("camp", 0)
    row = corridor(accepted(sketch))
    assert (row["length_m"], row["bottleneck_arc"], row["alternative"]) == (0, -1, -1)
    assert row["no_alternative"] == "the reception site is where people start"
    assert row["bottleneck_reason"] == ""

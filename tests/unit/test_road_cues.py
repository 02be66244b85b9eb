"""Ways in words: roads in order, distances that add up, and left and right only where they are known."""

from __future__ import annotations

import copy

import pytest

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Audience
from safepassage.engines.release import release
from safepassage.formats.facts.register import Register
from safepassage.formats.facts.road_cues import RoadCues, turn_of
from safepassage.testing.sample_documents import sample_documents, sealed

INPUTS, PLAN, CERTIFICATE, _ = sample_documents()
NOTHING = MapLayers(shapes={}, road_class=())


def cues(layers=NOTHING, inputs=INPUTS, plan=PLAN):
    given = release(*sealed(inputs, plan, CERTIFICATE), Audience.PLANNING_TEAM)
    return RoadCues(given, layers, Register(given), given.plan["routes"])


@pytest.mark.parametrize(
    ("degrees", "name"),
    [
        (0, "straight"), (24, "straight"), (-24, "straight"), (30, "slight_right"), (-30, "slight_left"),
        (90, "right"), (-90, "left"), (270, "left"), (140, "sharp_right"), (-140, "sharp_left"),
        (180, "back"), (-180, "back"), (355, "straight"), (450, "right"),
    ],
)  # fmt: skip
def test_a_change_of_heading_has_one_name(degrees, name):
    assert turn_of(degrees) == name


def test_distances_add_up_and_every_road_is_named_in_order():
    said = cues()
    arcs = INPUTS["network"]["arcs"]
    for position, route in enumerate(PLAN["routes"]):
        found = said.cues(position)
        assert sum(cue.length_m for cue in found) == sum(arcs["length_m"][arc] for arc in route["arcs"])
        assert [cue.from_m for cue in found] == [
            sum(c.length_m for c in found[:i]) for i in range(len(found))
        ]
        roads = [arcs["label"][arc] for arc in route["arcs"]]
        assert [cue.road for cue in found] == [r for i, r in enumerate(roads) if not i or r != roads[i - 1]]


def test_a_schematic_map_says_no_left_and_no_right():
    said = cues()
    assert not said.says_turns
    assert {cue.turn for route in range(len(PLAN["routes"])) for cue in said.cues(route)} <= {
        "start",
        "onto",
        "gate",
    }


def crossroads():
    """North on A to a junction 2 km away, then east on B, by a bend that the straight line hides."""
    inputs, plan = copy.deepcopy(INPUTS), copy.deepcopy(PLAN)
    route = plan["routes"][0]
    first, second = route["arcs"][:2]
    route["arcs"] = [first, second]
    network = inputs["network"]
    network["schematic"] = False
    network["arcs"]["label"][first], network["arcs"]["label"][second] = "A", "B"
    network["arcs"]["gate"][first] = network["arcs"]["gate"][second] = 0
    north = [(300_000_000, 500_000_000), (300_000_000, 500_200_000)]
    # B leaves to the east for 300 m, then swings round to the west.
    east = [(300_000_000, 500_200_000), (300_050_000, 500_200_000), (299_000_000, 500_400_000)]
    return inputs, plan, {first: north, second: east}


def test_turns_follow_the_shapes_of_roads_near_the_junction():
    inputs, plan, shapes = crossroads()
    said = cues(MapLayers(shapes=shapes, road_class=()), inputs, plan)
    assert [(cue.turn, cue.road) for cue in said.cues(0)] == [("start", "A"), ("right", "B")]
    first, second = shapes
    mirrored = {first: shapes[first], second: [(600_000_000 - lon, lat) for lon, lat in shapes[second]]}
    said = cues(MapLayers(shapes=mirrored, road_class=()), inputs, plan)
    assert [cue.turn for cue in said.cues(0)] == ["start", "left"]


def test_a_turn_on_a_road_of_one_name_is_still_said():
    inputs, plan, shapes = crossroads()
    for arc in shapes:
        inputs["network"]["arcs"]["label"][arc] = "A"
    said = cues(MapLayers(shapes=shapes, road_class=()), inputs, plan)
    assert [cue.turn for cue in said.cues(0)] == ["start", "right"]

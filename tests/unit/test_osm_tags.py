"""What the tags of a way mean, rule by rule."""

from __future__ import annotations

import pytest

from safepassage.domain.network import Mode, RoadClass
from safepassage.domain.road_defaults import RoadDefaults
from safepassage.formats.networks.osm import values
from safepassage.formats.networks.osm.tags import RELEVANT, TagRules, barrier_blocks

RULES = TagRules(RoadDefaults())
BOTH, CAR, BUS, NOBODY = 3, 1, 2, 0


def rule(text: str, country: str = ""):
    tags = dict(pair.split("=", 1) for pair in text.split())
    return TagRules(RoadDefaults(), country).rule(tags)


def modes(text: str) -> tuple[int, int]:
    found = rule(text)
    return found.forward.modes, found.backward.modes


def kmh(text: str, country: str = "") -> tuple[float, float]:
    found = rule(text, country)
    return found.forward.speed_m_h / 1000, found.backward.speed_m_h / 1000


def veh_h(text: str) -> tuple[float, float]:
    found = rule(text)
    return found.forward.capacity_mveh_h / 1000, found.backward.capacity_mveh_h / 1000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("highway=residential", (BOTH, BOTH)),
        ("highway=residential oneway=yes", (BOTH, NOBODY)),
        ("highway=residential oneway=1", (BOTH, NOBODY)),
        ("highway=residential oneway=true", (BOTH, NOBODY)),
        ("highway=residential oneway=-1", (NOBODY, BOTH)),
        ("highway=residential oneway=reverse", (NOBODY, BOTH)),
        ("highway=residential oneway=no", (BOTH, BOTH)),
        ("highway=residential oneway=alternating", (BOTH, BOTH)),
        ("highway=motorway", (BOTH, NOBODY)),
        ("highway=motorway oneway=no", (BOTH, BOTH)),
        ("highway=motorway_link", (BOTH, NOBODY)),
        ("highway=trunk", (BOTH, BOTH)),
        ("highway=tertiary junction=roundabout", (BOTH, NOBODY)),
        ("highway=tertiary junction=circular", (BOTH, NOBODY)),
        ("highway=tertiary junction=roundabout oneway=-1", (NOBODY, BOTH)),
        ("highway=residential oneway=yes oneway:motor_vehicle=no", (BOTH, BOTH)),
        ("highway=residential oneway=yes oneway:bus=no", (BOTH, BUS)),
        ("highway=residential oneway=yes oneway:psv=no", (BOTH, BUS)),
        ("highway=residential oneway=yes busway=opposite_lane", (BOTH, BUS)),
        ("highway=residential motor_vehicle:backward=no", (BOTH, NOBODY)),
        ("highway=residential access:forward=no", (NOBODY, BOTH)),
    ],
)
def test_direction(text, expected):
    assert modes(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("highway=service access=private", NOBODY),
        ("highway=service access=no", NOBODY),
        ("highway=service access=destination", BOTH),
        ("highway=service access=permissive", BOTH),
        ("highway=service access=customers", BOTH),
        ("highway=service access=delivery", BOTH),
        ("highway=service vehicle=no", NOBODY),
        ("highway=service motor_vehicle=no", NOBODY),
        ("highway=service motorcar=no", BUS),
        ("highway=service access=no motor_vehicle=yes", BOTH),
        ("highway=service access=no bus=yes", BUS),
        ("highway=service access=no psv=yes", BUS),
        ("highway=service access=no psv=designated", BUS),
        ("highway=service motor_vehicle=psv", BUS),
        ("highway=service access=bus", BUS),
        ("highway=service bus=no", CAR),
        ("highway=service access=agricultural;forestry", NOBODY),
        ("highway=service access=private;destination", BOTH),
        ("highway=service access=military", NOBODY),
        ("highway=service access=something_new", BOTH),
        ("highway=busway", BUS),
        ("highway=busway motor_vehicle=yes", BOTH),
        ("highway=track", CAR),
        ("highway=track tracktype=grade1", BOTH),
        ("highway=track tracktype=grade4", CAR),
        ("highway=living_street", BOTH),
    ],
)
def test_access(text, expected):
    assert modes(text)[0] == expected


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("highway=footway", "not for vehicles"),
        ("highway=cycleway", "not for vehicles"),
        ("highway=rail", "not for vehicles"),
        ("highway=ferry", "not for vehicles"),
        ("route=bicycle", "not for vehicles"),
        ("highway=construction", "construction"),
        ("highway=service area=yes", "area"),
        ("highway=residential access=no", "no access"),
        ("highway=track smoothness=impassable", "impassable"),
        ("highway=track smoothness=very_horrible", "impassable"),
        ("highway=track impassable=yes", "impassable"),
        ("highway=track status=impassable", "impassable"),
        ("highway=track winter_road=yes", "winter road"),
        ("highway=track ice_road=yes", "winter road"),
        ("highway=trunk oneway=reversible", "reversible"),
        ("route=ferry", "ferry without vehicles"),
        ("route=ferry foot=yes access=yes", "ferry without vehicles"),
        ("route=ferry motor_vehicle=no", "ferry without vehicles"),
    ],
)
def test_left_out_with_a_reason(text, reason):
    found = rule(text)
    assert found.left_out == reason
    assert (found.forward.modes, found.backward.modes) == (NOBODY, NOBODY)


@pytest.mark.parametrize(
    ("text", "road_class"),
    [
        ("highway=motorway", RoadClass.MOTORWAY),
        ("highway=motorway_link", RoadClass.MOTORWAY),
        ("highway=trunk_link", RoadClass.TRUNK),
        ("highway=primary", RoadClass.PRIMARY),
        ("highway=secondary", RoadClass.SECONDARY),
        ("highway=tertiary", RoadClass.TERTIARY),
        ("highway=unclassified", RoadClass.UNCLASSIFIED),
        ("highway=road", RoadClass.UNCLASSIFIED),
        ("highway=residential", RoadClass.RESIDENTIAL),
        ("highway=living_street", RoadClass.RESIDENTIAL),
        ("highway=service", RoadClass.SERVICE),
        ("highway=track", RoadClass.TRACK),
        ("route=ferry motor_vehicle=yes", RoadClass.FERRY),
        ("highway=secondary route=ferry", RoadClass.SECONDARY),
    ],
)
def test_road_class(text, road_class):
    assert rule(text).road_class == road_class


@pytest.mark.parametrize(
    ("text", "country", "expected"),
    [
        ("highway=primary", "", 65),
        ("highway=primary maxspeed=50", "", 45),
        ("highway=primary maxspeed=50mph", "", 50 * 1.609344 * 0.9),
        ("highway=primary maxspeed=30;50", "", 27),
        ("highway=primary maxspeed=walk", "", 5.4),
        ("highway=primary maxspeed=nonsense", "", 65),
        ("highway=primary maxspeed=0", "", 65),
        ("highway=primary maxspeed=5000", "", 65),
        ("highway=primary maxspeed=RU:urban", "", 54),
        ("highway=primary maxspeed=UA:urban", "", 45),
        ("highway=primary maxspeed=RU:rural", "UA", 81),
        ("highway=motorway maxspeed=RU:motorway", "", 99),
        ("highway=primary maxspeed=XX:urban", "", 45),
        ("highway=residential maxspeed=DE:zone:30", "", 27),
        ("highway=residential maxspeed=DE:zone30", "", 27),
        ("highway=residential zone:maxspeed=DE:30", "", 27),
        ("highway=residential zone:traffic=RU:urban", "", 54),
        ("highway=residential source:maxspeed=DE:urban", "", 45),
        ("highway=residential source:maxspeed=2013", "", 30),
        ("highway=residential maxspeed:type=UA:rural", "", 81),
        ("highway=motorway maxspeed=none", "DE", 117),
        ("highway=motorway", "LI", 72),
        ("highway=secondary", "AD", 54),
        ("highway=primary", "AD", 65),
        ("highway=secondary", "UA", 60),
        ("highway=primary surface=gravel", "", 30),
        ("highway=primary surface=mud maxspeed=90", "", 15),
        ("highway=primary smoothness=very_bad", "", 15),
        ("highway=track", "", 15),
        ("highway=track tracktype=grade1", "", 20),
        ("highway=track tracktype=grade5", "", 5),
        ("highway=living_street", "", 10),
    ],
)
def test_speed(text, country, expected):
    assert kmh(text, country)[0] == pytest.approx(expected, abs=0.001)


def test_speed_may_differ_by_direction():
    assert kmh("highway=primary maxspeed:forward=50 maxspeed:backward=70") == (45, 63)
    assert kmh("highway=primary maxspeed=60 maxspeed:backward=40") == (54, 36)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("highway=primary", (1500, 1500)),
        ("highway=primary lanes=2", (1500, 1500)),
        ("highway=primary lanes=4", (3000, 3000)),
        ("highway=primary lanes=3", (2250, 2250)),
        ("highway=primary lanes=3 lanes:forward=2 lanes:backward=1", (3000, 1500)),
        ("highway=residential lanes=1", (300, 300)),
        ("highway=residential lanes=1 oneway=yes", (600, 600)),
        ("highway=motorway", (4000, 4000)),
        ("highway=motorway lanes=3", (6000, 6000)),
        ("highway=primary lanes=60", (1500, 1500)),
        ("highway=primary lanes=0", (1500, 1500)),
        ("highway=primary lanes=two", (1500, 1500)),
        ("highway=primary lanes=2;3", (1500, 1500)),
        ("route=ferry motor_vehicle=yes", (30, 30)),
    ],
)
def test_capacity_is_lanes_times_the_capacity_of_the_class(text, expected):
    assert veh_h(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("highway=primary", -1),
        ("highway=primary maxweight=7.5", 7500),
        ("highway=primary maxweight=7,5", 7500),
        ("highway=primary maxweight=3.5t", 3500),
        ("highway=primary maxweight=3500", 3500),
        ("highway=primary maxweight=16000lbs", 7257),
        ("highway=primary maxweight=12st", 10886),
        ("highway=primary maxweight=none", -1),
        ("highway=primary maxweight=0", -1),
        ("highway=primary maxweight=10 maxweightrating=3.5", 3500),
        ("highway=primary maxweight=20;10", 10000),
        ("highway=primary bridge=yes maxgcweight=40", 40000),
    ],
)
def test_weight_limit(text, expected):
    assert rule(text).max_weight_kg == expected


def test_bridges():
    assert rule("highway=primary bridge=yes").bridge
    assert rule("highway=primary bridge=viaduct").bridge
    assert not rule("highway=primary bridge=no").bridge
    assert not rule("highway=primary").bridge


def test_ferries():
    found = rule("route=ferry motor_vehicle=yes duration=00:20")
    assert (found.forward.modes, found.backward.modes) == (BOTH, BOTH)
    assert found.duration_s == 1200
    assert found.missing == ()
    assert rule("route=ferry motorcar=designated").missing == ("duration",)
    assert modes("route=ferry bus=yes") == (BUS, BUS)
    assert modes("route=ferry motor_vehicle=yes access=no") == (BOTH, BOTH)
    assert modes("route=ferry motor_vehicle=yes oneway=yes") == (BOTH, NOBODY)


def test_missing_tags_are_named():
    assert rule("highway=primary").missing == ("maxspeed", "lanes", "surface")
    assert rule("highway=primary maxspeed=50 lanes=2 surface=asphalt").missing == ()
    assert rule("highway=primary source:maxspeed=RU:rural lanes=2 surface=asphalt").missing == ()
    bridge = rule("highway=primary maxspeed=50 lanes=2 surface=asphalt bridge=yes")
    assert bridge.missing == ("maxweight on bridges",)


@pytest.mark.parametrize(
    ("text", "blocked"),
    [
        ("highway=crossing", NOBODY),
        ("barrier=no", NOBODY),
        ("barrier=gate", NOBODY),
        ("barrier=lift_gate", NOBODY),
        ("barrier=toll_booth", NOBODY),
        ("barrier=border_control", NOBODY),
        ("barrier=cattle_grid", NOBODY),
        ("barrier=entrance", NOBODY),
        ("barrier=gate access=private", BOTH),
        ("barrier=gate access=no", BOTH),
        ("barrier=gate locked=yes", BOTH),
        ("barrier=lift_gate access=private", BOTH),
        ("barrier=lift_gate access=no motor_vehicle=yes", NOBODY),
        ("barrier=swing_gate motor_vehicle=private", BOTH),
        ("barrier=bollard", BOTH),
        ("barrier=bollard motor_vehicle=yes", NOBODY),
        ("barrier=bollard access=yes", NOBODY),
        ("barrier=bollard bus=yes", CAR),
        ("barrier=bollard psv=yes bus=no", BOTH),
        ("barrier=block", BOTH),
        ("barrier=jersey_barrier", BOTH),
        ("barrier=bus_trap", CAR),
        ("barrier=sump_buster", CAR),
        ("barrier=height_restrictor", BUS),
        ("barrier=something_new", NOBODY),
    ],
)
def test_barriers(text, blocked):
    assert barrier_blocks(dict(pair.split("=", 1) for pair in text.split())) == Mode(blocked)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("20", 1200),
        ("0:45", 2700),
        ("01:30", 5400),
        ("00:20:30", 1230),
        ("PT45M", 2700),
        ("PT1H30M", 5400),
        ("P1DT1H", 90000),
        ("pt20m", 1200),
        ("0", None),
        ("P", None),
        ("half an hour", None),
        ("", None),
        ("-5", None),
        ("1:2:3:4", None),
    ],
)
def test_durations(text, seconds):
    assert values.duration_s(text) == seconds


def test_speeds_with_a_unit_apart():
    assert values.speed_kmh("50 mph") == pytest.approx(80.4672)
    assert values.speed_kmh("50 km/h") == 50
    assert values.speed_kmh("10 knots") == pytest.approx(18.52)
    assert values.weight_kg("7.5 t") == 7500
    assert values.weight_kg("7,5 т") == 7500


def test_names_are_one_clean_line():
    assert values.clean_name("  Київський\tшлях \n") == "Київський шлях"
    assert values.clean_name("a\u202eb\x00c") == "a b c"
    assert len(values.clean_name("x" * 1000)) == 120


def test_every_tag_that_changes_a_rule_is_in_the_key_of_remembered_rules():
    """Ways that agree on the relevant tags share a rule; a tag missing there would be read only sometimes."""
    asked: set[str] = set()

    class Spy(dict):
        def get(self, key, default=None):
            asked.add(key)
            return super().get(key, default)

        def __contains__(self, key):
            asked.add(key)
            return super().__contains__(key)

        def __getitem__(self, key):
            asked.add(key)
            return super().__getitem__(key)

    for tags in (
        {"highway": "primary"},
        {"highway": "track", "bridge": "yes", "maxspeed": "none"},
        {"highway": "residential", "oneway": "yes", "maxweight": "5"},
        {"route": "ferry", "motor_vehicle": "yes"},
    ):
        RULES.rule(Spy(tags))
    # A direction of "" is asked for on ferries, where it finds nothing.
    assert {key for key in asked if not key.endswith(":")} <= RELEVANT
    assert len(asked) > 30

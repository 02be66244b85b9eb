"""What lies on the map carries whose word it is, how old, when it holds, and a range instead of a point."""

from __future__ import annotations

from dataclasses import replace

import pytest

from safepassage.web.feeds.map_routes import scene_of
from safepassage.web.maps.map_features import age, map_document, percent, source_numbers
from safepassage.web.words import words
from tests.support.desks import example_desk

ENGLISH = words("en")


@pytest.fixture(scope="module")
def scene():
    return scene_of(example_desk())


@pytest.fixture(scope="module")
def features(scene):
    return {row["id"]: row for row in map_document(scene, ENGLISH)["features"]}


def properties(features, layer):
    return [row["properties"] for row in features.values() if row["properties"]["layer"] == layer]


def test_every_area_says_whose_word_it_is_and_how_old(features):
    areas = {name: row["properties"] for name, row in features.items() if name.startswith("area:")}
    entered = [row for name, row in areas.items() if not name.startswith("area:claim:")]
    assert len(entered) == 6
    assert len(areas) > len(entered), "events of claims are drawn, too"
    for row in areas.values():
        assert "reported by" in row["said"] or "announced by" in row["said"]
    for row in entered:
        assert " d old" in row["said"]


def test_a_hazard_is_a_range_at_every_level(features):
    row = features["area:fighting-sudzha"]["properties"]
    assert row["low_ppm"] < row["central_ppm"] < row["high_ppm"]
    for level, figure in (("low", "0.5 %"), ("central", "2 %"), ("high", "6 %")):
        assert row[f"{level}_label"] == f"{figure} (from 0.5 % to 6 %)"


def test_each_source_has_a_number_of_its_own(scene, features):
    numbers = source_numbers(scene.case, scene.layers)
    assert sorted(numbers.values()) == list(range(len(numbers)))
    assert {row["source_number"] for row in properties(features, "areas")} == set(numbers.values())


def test_reported_states_say_what_is_reported_and_by_whom(features):
    row = features["status:seym-glushkovo-out"]["properties"]
    assert (row["state"], row["label"], row["used"]) == ("closed", "reported not passable", True)
    assert "TASS" in row["said"]
    assert {row["state"] for row in properties(features, "states")} == {"closed", "restricted", "unknown"}


def test_a_crossing_that_a_pause_opens_is_open_at_certain_hours(features):
    assert features["place:x-yunakivka"]["properties"]["state"] == "window"
    assert features["place:x-krupets"]["properties"]["state"] == "closed"


def test_places_on_one_spot_share_a_mark_and_none_is_lost(scene, features):
    row = features["place:sudzha"]["properties"]
    assert row["label"] == "Sudzha +5"
    assert "place:sudzha-care" in row["also"]
    shown = {name for row in features.values() for name in (row["id"], *row["properties"].get("also", []))}
    inhabited = {f"place:{row.place}" for row in scene.case.demand}
    assert inhabited <= shown


def test_all_words_can_be_said_in_another_language(scene):
    """A catalogue that marks each sentence shows which were not asked for: names and sources only."""
    document = map_document(scene, lambda text: f"«{text}»")
    for row in document["features"]:
        if row["properties"]["layer"] != "lines":
            assert "«" in row["properties"]["said"] or row["properties"].get("kind") == "vehicle_base"


def test_an_interval_is_carried_to_the_clock(scene):
    area = replace(scene.case.areas[0], interval=None)
    assert area.interval is None
    plain = {row["id"]: row for row in map_document(scene, ENGLISH)["features"]}
    assert "from_s" not in plain["area:announced-zone"]["properties"]
    assert plain["status:h07-slow"]["properties"]["until_s"] == scene.case.settings.horizon_s


@pytest.mark.parametrize(
    ("as_of", "now", "said"),
    [
        ("2024-08-15", "2024-08-16T02:41:00Z", "1 d old"),
        ("2024-08-15T20:41:00Z", "2024-08-16T02:41:00Z", "0 d 6 h old"),
        ("2024-08-17T00:00:00Z", "2024-08-16T02:41:00Z", ""),
        ("", "2024-08-16T02:41:00Z", ""),
    ],
)
def test_age(as_of, now, said):
    assert age(as_of, now, ENGLISH) == said


@pytest.mark.parametrize(
    ("ppm", "text"), [(0, "0 %"), (1_500, "0.2 %"), (15_000, "1.5 %"), (60_000, "6 %"), (345_000, "34 %")]
)
def test_percent(ppm, text):
    assert percent(ppm) == text

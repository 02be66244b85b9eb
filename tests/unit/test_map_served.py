"""The map's addresses: features in the reader's language, tiles, and which road is where."""

from __future__ import annotations

import pytest

from safepassage.web.actions import ACTIONS
from safepassage.web.feeds import map_routes
from tests.support.desks import example_browser

GLUSHKOVO_BRIDGE = {"lon": 34.6365, "lat": 51.375}


@pytest.fixture(scope="module")
def client():
    with example_browser("planner") as found:
        yield found


def test_features_are_geojson_that_is_not_kept(client):
    answer = client.get("/map/features")
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["type"] == "FeatureCollection"


def test_areas_are_numbered_and_each_number_says_whose_word_it_is(client):
    features = client.get("/map/features").json()["features"]
    areas = [f["properties"] for f in features if f["properties"]["layer"] == "areas"]
    assert [area["number"] for area in areas] == list(range(1, len(areas) + 1))
    assert all(" – " in area["whose"] for area in areas)
    page = client.get("/situation").text
    assert 'class="map-list map-areas"' in page


def test_a_tile_of_the_example(client):
    answer = client.get("/map/tiles/7/76/42")
    assert answer.status_code == 200
    assert len(answer.content) > 100
    assert client.get("/map/tiles/99/0/0").status_code == 404


def test_a_road_is_found_where_somebody_points(client):
    answer = client.post("/map/road", json={"lon": 35.27, "lat": 51.19})
    assert answer.status_code == 200
    found = answer.json()
    assert found["label"]
    assert found["selector"].startswith("link:")


@pytest.mark.parametrize(
    ("body", "status"),
    [('{"lon": 0, "lat": 0}', 404), ("{", 422), ('{"lon": "x", "lat": 1}', 422), ("[]", 422), ("", 422),
     ('{"lon": 1e300, "lat": 1}', 422), ('{"lon": 35, "lat": 51, "more": 1}', 422)],
)  # fmt: skip
def test_what_is_no_spot_is_refused(client, body, status):
    answer = client.post("/map/road", data=None, content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status


def test_the_page_lists_every_action_once(client):
    page = client.get("/situation").text
    for action in ACTIONS:
        assert page.count(f'data-key="{action.key}"') == 1
    assert len({action.key for action in ACTIONS}) == len(ACTIONS)
    assert page.count('role="option"') == len(ACTIONS)


def test_what_lies_on_the_map_is_made_once_for_each_state(client, monkeypatch):
    made = []
    real = map_routes._document
    monkeypatch.setattr(map_routes, "_document", lambda *a, **k: made.append(1) or real(*a, **k))
    before = client.get("/map/features").text
    assert client.get("/map/features").text == before
    count = len(made)
    client.post("/situation/roads", {"id": "r-1", "roads": "ref:R200", "status": "NOT_PASSABLE", "why": "x"})
    after = client.get("/map/features").text
    assert len(made) == count + 1
    assert after != before

"""The shared map behind the pages: tiles and features for the planning team, nothing without a server."""

from __future__ import annotations

import mapbox_vector_tile
import pytest

from safepassage.store.map_feature import Feature
from safepassage.store.postgres import connected
from safepassage.store.shared_map import SharedMap
from safepassage.web.feeds.shared_map import SharedLayers
from tests.support import postgres as server
from tests.support.desks import example_browser

TILE, FEATURES = "/map/shared/reports/tiles/8/152/85", "/map/shared/reports/features?box=33,50,35,52"


class OneFeature:
    """A shared map with one thing on it, that remembers what it was asked."""

    def __init__(self):
        self.asked = []

    def layers(self):
        return ["reports"]

    def tile(self, layer, zoom, column, row):
        if row >= 1 << zoom:
            raise ValueError("there is no such tile")
        return b"tile" if (layer, zoom, column, row) == ("reports", 8, 152, 85) else b""

    def within(self, layer, box_e7, *, since_ms=0):
        self.asked.append((layer, box_e7, since_ms))
        facts = (("kind", "water"),)
        return [Feature(layer=layer, id="r-1", at_ms=7, facts=facts, shape="POINT(34 51)")]


@pytest.fixture
def browser():
    with example_browser("planner") as found:
        yield found


def shown(browser, kept):
    browser.app.state.shared_map = SharedLayers(kept)


def test_without_a_server_there_is_no_shared_map(browser):
    assert browser.get(TILE).status_code == 404
    assert browser.get(FEATURES).status_code == 404


def test_its_layers_are_offered_on_the_map_of_the_pages(browser):
    assert "data-shared" not in browser.get("/situation").text
    assert browser.get("/map/shared").status_code == 404
    shown(browser, OneFeature())
    assert 'data-shared="/map/shared"' in browser.get("/situation").text
    assert browser.get("/map/shared").json() == {"layers": ["reports"]}


def test_tiles_are_there_empty_or_none(browser):
    shown(browser, OneFeature())
    assert browser.get(TILE).content == b"tile"
    assert browser.get("/map/shared/reports/tiles/8/1/1").status_code == 204
    for path in ("8/0/256", "x/0/0"):
        assert browser.get(f"/map/shared/reports/tiles/{path}").status_code == 404


def test_features_of_a_box_are_geojson(browser):
    kept = OneFeature()
    shown(browser, kept)
    answer = browser.get(f"{FEATURES}&since=5")
    assert answer.headers["content-type"] == "application/geo+json"
    (found,) = answer.json()["features"]
    assert found["geometry"] == {"type": "Point", "coordinates": [34.0, 51.0]}
    assert found["properties"] == {"kind": "water", "layer": "reports", "at_ms": 7}
    assert kept.asked == [("reports", (330_000_000, 500_000_000, 350_000_000, 520_000_000), 5)]


@pytest.mark.parametrize("box", ["", "1,2,3", "35,50,33,52", "33,50,35,nan", "33,50,35,99"])
def test_a_box_that_is_none_is_refused(browser, box):
    shown(browser, OneFeature())
    assert browser.get(f"/map/shared/reports/features?box={box}").status_code == 422


@pytest.mark.parametrize("role", ["viewer", "partner"])
def test_others_than_the_team_do_not_see_it(role):
    with example_browser(role) as browser:
        shown(browser, OneFeature())
        assert browser.get(TILE).status_code == 403
        assert browser.get(FEATURES).status_code == 403
        assert browser.get("/map/shared").status_code == 403
        assert "data-shared" not in browser.get("/situation").text


def test_the_database_answers(browser, postgres):
    server.prepare_map(postgres)
    connection = connected(server.server(postgres))
    kept = SharedMap(connection, "red")
    kept.put([Feature(layer="reports", id="r-1", at_ms=1, facts=(("word", "here"),), shape="POINT(34 51)")])
    shown(browser, kept)
    drawn = mapbox_vector_tile.decode(browser.get(TILE).content)["reports"]["features"]
    assert [feature["properties"]["id"] for feature in drawn] == ["r-1"]
    assert browser.get("/map/shared").json() == {"layers": ["reports"]}
    assert [row["id"] for row in browser.get(FEATURES).json()["features"]] == ["r-1"]
    connection.close()

"""Layers of a shared map are drawn on the map of the pages when they are asked for, and said in words."""

from __future__ import annotations

from safepassage.store.map_feature import Feature
from safepassage.web.application import application
from safepassage.web.feeds.shared_map import SharedLayers
from tests.browser.conftest import pages_of
from tools import chromium


class OneWell:
    """A shared map with one thing on it, that remembers which tiles it was asked for."""

    def __init__(self):
        self.tiles = []

    def layers(self):
        return ["reports", "wells & pumps"]

    def tile(self, layer, zoom, column, row):
        self.tiles.append((layer, zoom))
        return b""

    def within(self, layer, box_e7, *, since_ms=0):
        facts = (("kind", "water"),)
        return [Feature(layer=layer, id="r-1", at_ms=7, facts=facts, shape="POINT(35.3 51.2)")]


def test_a_layer_of_the_shared_map_is_drawn_and_said_when_it_is_chosen(browser, desk, drawn):
    kept = OneWell()
    with (
        chromium.serving(application(desk, shared=SharedLayers(kept))) as address,
        pages_of(browser, address, desk)("/situation#zoom=10&lon=35.3&lat=51.2") as page,
    ):
        drawn(page)
        assert kept.tiles == []
        page.locator(".map-key summary").click()
        page.get_by_label("wells & pumps").check()
        page.locator(".map-here summary").click()
        page.get_by_text("wells & pumps r-1; 1970-01-01 00:00; kind: water").wait_for()
        assert kept.tiles
        assert {layer for layer, _ in kept.tiles} == {"wells & pumps"}
        assert "shared=" in page.evaluate("location.hash")
        page.get_by_label("wells & pumps").uncheck()
        page.locator(".map-here").wait_for(state="hidden")
        assert "shared=" not in page.evaluate("location.hash")

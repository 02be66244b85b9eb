"""Tiles over HTTP: kept, named, and not sent twice."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from safepassage.formats.maps.road_tiles import RoadTiles
from safepassage.testing.grid_roads import CORNER_E7, grid_network
from safepassage.web.maps.tiles import MEDIA_TYPE, TileCache, tile_response
from tests.support.browsing import browsing
from tests.unit.test_road_tiles import place_of


@pytest.fixture(scope="module")
def app():
    tiles = TileCache(RoadTiles(grid_network(400)))

    async def tile(request):
        return await tile_response(request, tiles)

    return Starlette(routes=[Route("/{zoom}/{column}/{row}", tile)])


def get(app, place, **headers):
    with browsing(app) as browser:
        return browser.get(place, headers=headers)


def test_a_tile_is_sent_once(app):
    column, row = place_of(10, *CORNER_E7)
    first = get(app, f"/10/{column}/{row}")
    assert (first.status_code, first.headers["content-type"]) == (200, MEDIA_TYPE)
    again = get(app, f"/10/{column}/{row}", **{"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    ("place", "status"), [("5/0/0", 204), ("5/40/0", 404), ("x/0/0", 404), ("99/0/0", 404)]
)
def test_what_is_not_there(app, place, status):
    answer = get(app, f"/{place}")
    assert (answer.status_code, answer.content) == (status, b"")


def test_old_tiles_make_room(monkeypatch):
    made = []

    class Roads:
        def tile(self, *place):
            made.append(place)
            return b"1234"

    cache = TileCache(Roads(), most_bytes=8)
    for place in ((1, 0, 0), (1, 0, 1), (1, 0, 0), (1, 1, 1), (1, 0, 0), (1, 0, 1)):
        assert cache.tile(*place).data == b"1234"
    assert made == [(1, 0, 0), (1, 0, 1), (1, 1, 1), (1, 0, 1)]

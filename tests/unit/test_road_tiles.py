"""Tiles of a network: roads once, the greatest first to be seen, each under its name."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import mapbox_vector_tile
import numpy as np
import pytest

from safepassage.domain.network import RoadClass
from safepassage.formats.maps import road_tiles
from safepassage.formats.maps.road_tiles import DEEPEST_ZOOM, RoadTiles
from safepassage.formats.maps.tile_lines import WORLD_BITS, project
from safepassage.testing.grid_roads import CORNER_E7, SPACING_E7, grid_network


@pytest.fixture(scope="module")
def grid():
    network = grid_network(400)
    tails, heads = network.arcs.tail, network.arcs.head
    bridge = np.minimum(tails, heads) == 0
    column = np.where(tails % 11 == heads % 11, RoadClass.PRIMARY, RoadClass.TRACK)
    names = ("", "H07", "Сумська вулиця")
    arcs = replace(network.arcs, road_class=column, bridge=bridge, ref=(column == RoadClass.PRIMARY) * 1,
                   name=(column == RoadClass.TRACK) * 2)  # fmt: skip
    return replace(network, arcs=arcs, names=names)


def place_of(zoom, lon_e7, lat_e7):
    (x,), (y,) = project(np.array([lon_e7]), np.array([lat_e7]))
    return int(x) >> WORLD_BITS - zoom, int(y) >> WORLD_BITS - zoom


def features(data):
    return mapbox_vector_tile.decode(data)["roads"]["features"] if data else []


def test_each_stretch_is_drawn_once_and_named(grid):
    roads = RoadTiles(grid)
    column, row = place_of(12, CORNER_E7[0] + SPACING_E7, CORNER_E7[1] + SPACING_E7)
    found = features(roads.tile(12, column, row))
    assert [row["properties"]["class"] for row in found] == sorted(
        (row["properties"]["class"] for row in found), reverse=True
    )
    labels = {(row["properties"]["class"], row["properties"].get("label")) for row in found}
    assert labels == {("track", "Сумська вулиця"), ("primary", "H07")}
    assert any(row["properties"].get("bridge") for row in found)


def test_from_afar_names_are_left_out(grid):
    roads = RoadTiles(grid)
    column, row = place_of(8, *CORNER_E7)
    found = features(roads.tile(8, column, row))
    assert found
    assert not any("label" in row["properties"] for row in found)


def test_small_roads_wait_until_there_is_room(grid, monkeypatch):
    monkeypatch.setattr(road_tiles, "BUSIEST_TILE_SEGMENTS", 110)
    roads = RoadTiles(grid)
    assert RoadClass.TRACK not in roads.shown_classes(9)
    assert RoadClass.PRIMARY in roads.shown_classes(11)
    assert roads.shown_classes(DEEPEST_ZOOM) == tuple(c for c in RoadClass if c is not RoadClass.FOOTWAY)
    shown = [len(roads.shown_classes(zoom)) for zoom in range(DEEPEST_ZOOM + 1)]
    assert shown == sorted(shown)


def test_a_tile_without_roads_is_empty_and_one_beyond_the_world_is_refused(grid):
    roads = RoadTiles(grid)
    assert roads.tile(5, 0, 0) == b""
    for place in ((-1, 0, 0), (DEEPEST_ZOOM + 1, 0, 0), (3, 8, 0), (3, 0, -1)):
        with pytest.raises(ValueError, match="no tile"):
            roads.tile(*place)


def test_bounds_hold_every_node(grid):
    west, south, east, north = RoadTiles(grid).bounds_e7
    assert west == pytest.approx(int(grid.nodes.lon_e7.min()), abs=2)
    assert north == pytest.approx(int(grid.shapes.lat_e7.max()), abs=2)
    assert west < east
    assert south < north


def test_the_nearest_road_is_the_one_that_every_road_was_asked_for(grid):
    roads = RoadTiles(grid)
    for lon, lat in ((7, 3), (23_000, 11_000), (100_000, 200_000)):
        here = CORNER_E7[0] + lon, CORNER_E7[1] + lat
        found = roads.nearest(*here, within_m=2_000)
        assert found is not None
        least = min(distance_m(grid.polyline_e7(arc), here) for arc in range(len(grid.arcs)))
        assert found.distance_m == pytest.approx(least, abs=0.5)
        assert found.label == grid.label(found.arc)


def distance_m(line, here):
    scale = np.array([np.cos(np.radians(here[1] / 1e7)), 1]) * 40_075_016.7 / 360e7
    points = (np.array(line) - np.array(here)) * scale
    best = np.inf
    for a, b in pairwise(points):
        way = b - a
        share = np.clip(-(a @ way) / (way @ way), 0, 1)
        best = min(best, float(np.hypot(*(a + share * way))))
    return best


def test_no_road_is_near_where_none_is(grid):
    assert RoadTiles(grid).nearest(0, 0, within_m=5_000) is None

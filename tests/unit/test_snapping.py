"""The nearest node and the nearest stretch of road, with true distances."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safepassage.formats.networks import osm
from safepassage.kernels.graphs.snapping import nearest_nodes

RADIUS_M = 6_371_008.8


def e7(*degrees):
    return np.array([round(value * 1e7) for value in degrees], np.int64).astype(np.int32)


def metres(lon_a, lat_a, lon_b, lat_b):
    """Haversine distance of two points in degrees × 10**7."""
    lon_a, lat_a, lon_b, lat_b = (math.radians(value / 1e7) for value in (lon_a, lat_a, lon_b, lat_b))
    half = math.sin((lat_b - lat_a) / 2) ** 2
    half += math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * RADIUS_M * math.asin(math.sqrt(half))


def test_the_nearest_candidate_wins_not_the_nearest_node():
    lon, lat = e7(10, 10.001, 10.01), e7(50, 50, 50)
    candidate = np.array([False, True, True])
    at, distance = nearest_nodes(e7(10), e7(50), lon, lat, candidate)
    assert at.tolist() == [1]
    assert distance[0] == pytest.approx(71.5, abs=0.1)


def test_without_a_candidate_there_is_no_node():
    at, distance = nearest_nodes(e7(10), e7(50), e7(10), e7(50), np.array([False]))
    assert at.tolist() == [-1]
    assert np.isinf(distance).all()


def test_without_a_point_there_is_no_answer():
    at, distance = nearest_nodes(e7(), e7(), e7(10), e7(50), np.array([True]))
    assert len(at) == len(distance) == 0


def test_among_nodes_at_one_place_the_first_wins():
    lon, lat = e7(11, 10, 10, 10), e7(50, 50, 50, 50)
    at, distance = nearest_nodes(e7(10, 10.0001), e7(50, 50), lon, lat, np.ones(4, bool))
    assert at.tolist() == [1, 1]
    assert distance[0] == 0


def test_the_date_line_is_no_obstacle():
    at, distance = nearest_nodes(e7(179.9999), e7(10), e7(179.9, -179.9999), e7(10, 10), np.ones(2, bool))
    assert at.tolist() == [1]
    assert distance[0] == pytest.approx(21.9, abs=0.1)


POINTS = st.tuples(st.integers(-1799_999_999, 1800_000_000), st.integers(-899_999_999, 900_000_000))


@given(points=st.lists(POINTS, min_size=1, max_size=5), nodes=st.lists(POINTS, min_size=1, max_size=12))
def test_no_other_node_is_nearer(points, nodes):
    lon, lat = (np.array([point[axis] for point in points], np.int32) for axis in (0, 1))
    node_lon, node_lat = (np.array([node[axis] for node in nodes], np.int32) for axis in (0, 1))
    at, distance = nearest_nodes(lon, lat, node_lon, node_lat, np.ones(len(nodes), bool))
    for point, found, stated in zip(points, at, distance, strict=True):
        least = min(metres(*point, *node) for node in nodes)
        # Chords lose precision only near the other side of the Earth.
        assert stated == pytest.approx(least, abs=0.5, rel=1e-6)
        assert metres(*point, *nodes[found]) == pytest.approx(least, abs=0.5, rel=1e-6)


def test_five_hundred_places_on_a_large_map_take_no_time(shared_dir):
    network = osm.read(shared_dir / "data" / "osm" / "porto.osm.pbf")
    nodes, rng = network.nodes, np.random.default_rng(3)
    chosen = rng.integers(0, len(nodes), 500)
    lon = nodes.lon_e7[chosen] + rng.integers(-20_000, 20_000, 500).astype(np.int32)
    lat = nodes.lat_e7[chosen] + rng.integers(-20_000, 20_000, 500).astype(np.int32)
    began = time.perf_counter()
    at, distance = nearest_nodes(lon, lat, nodes.lon_e7, nodes.lat_e7, np.ones(len(nodes), bool))
    took = time.perf_counter() - began
    assert (at >= 0).all()
    assert distance.max() < 400
    # Measured: 0.02 s. The limit leaves room for a busy machine.
    assert took < 0.5

"""A region keeps every road near the places, the larger ones further out, and what they are called."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from safepassage.cli import main
from safepassage.domain.network import RoadClass
from safepassage.engines.region import box_of, cut_region
from safepassage.engines.region.cut import E7_PER_KM
from safepassage.testing.grid_roads import grid_network


@pytest.fixture(scope="module")
def network():
    base = grid_network(3_000)
    large = np.arange(len(base.arcs)) % 3 == 0
    classes = np.where(large, int(RoadClass.PRIMARY), int(RoadClass.RESIDENTIAL))
    return replace(base, arcs=replace(base.arcs, road_class=classes))


def inside(network, box):
    nodes = network.nodes
    lon, lat = nodes.lon_e7, nodes.lat_e7
    return (lon >= box[0]) & (lon <= box[2]) & (lat >= box[1]) & (lat <= box[3])


def test_small_roads_are_kept_near_and_large_ones_further_out(network):
    middle = len(network.nodes) // 2
    at = [(int(network.nodes.lon_e7[middle]), int(network.nodes.lat_e7[middle]))]
    near, far = box_of(at, 1), box_of(at, 4)
    cut = cut_region(network, near, far)
    arcs, close, wide = network.arcs, inside(network, near), inside(network, far)
    small = arcs.road_class == int(RoadClass.RESIDENTIAL)
    both_near = close[arcs.tail] & close[arcs.head]
    both_wide = wide[arcs.tail] & wide[arcs.head]
    expected = np.flatnonzero(both_near | (both_wide & ~small))
    assert 0 < len(cut.arcs) == len(expected) < len(arcs)
    for new, old in enumerate(expected.tolist()):
        assert cut.polyline_e7(new) == network.polyline_e7(old)
        assert cut.label(new) == network.label(old)
        twin = int(cut.arcs.twin[new])
        if twin >= 0:
            assert int(cut.arcs.twin[twin]) == new
            assert int(expected[twin]) == int(arcs.twin[old])


def test_a_box_is_as_wide_as_it_is_said_at_its_far_side():
    west, south, east, north = box_of([(300_000_000, 600_000_000)], 10)
    assert north - south == 20 * E7_PER_KM
    shrink = np.cos(np.radians(north / 1e7))
    assert (east - west) * shrink >= 20 * E7_PER_KM
    with pytest.raises(ValueError, match="around some points"):
        box_of([], 10)


def test_a_case_can_be_asked_about_its_region_only(tmp_path, capsys):
    case = tmp_path / "case"
    assert main(["init", str(case)]) == 0
    assert main(["matrix", str(case), "--region-km", "500", "--json"]) == 0
    whole = capsys.readouterr().out.splitlines()[-1]
    assert main(["matrix", str(case), "--json"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == whole

"""Which roads and points lie inside areas, and for how much of their length."""

from __future__ import annotations

import numpy as np
import pytest

from safepassage.kernels.graphs.polygons import points_inside, shares_inside


def box(west, south, east, north):
    return ((west, south), (east, south), (east, north), (west, north), (west, south))


SQUARE = [(box(0, 0, 100, 100),)]
WITH_HOLE = [(box(0, 0, 100, 100), box(40, 40, 60, 60))]


def shares(polygons, *lines):
    boxes = tuple(
        np.array([pick(p[axis] for p in line) for line in lines], dtype=np.int64)
        for pick, axis in ((min, 0), (min, 1), (max, 0), (max, 1))
    )
    return shares_inside(polygons, boxes, lambda i: lines[i])


@pytest.mark.parametrize(
    ("line", "share"),
    [
        ([(10, 10), (90, 90)], 1_000_000),
        ([(0, 0), (100, 0)], 1_000_000),
        ([(50, 50), (150, 50)], 500_000),
        ([(-300, 50), (100, 50)], 250_000),
        ([(-100, 50), (50, 50), (200, 50)], 333_333),
    ],
)
def test_the_share_of_a_line_inside(line, share):
    assert shares(SQUARE, line) == {0: share}


def test_lines_outside_are_left_out_even_when_their_boxes_overlap():
    assert shares(SQUARE, [(150, 150), (200, 200)], [(90, 190), (190, 90)]) == {}


def test_a_line_that_only_touches_counts_a_little():
    """Better a road too many on the list than one too few."""
    assert shares(SQUARE, [(100, 50), (200, 50)]) == {0: 1}


def test_holes_are_outside():
    assert shares(WITH_HOLE, [(45, 50), (55, 50)], [(0, 50), (100, 50)]) == {1: 800_000}


def test_overlapping_polygons_count_once():
    assert shares([(box(0, 0, 60, 100),), (box(40, 0, 100, 100),)], [(0, 50), (200, 50)]) == {0: 500_000}


def test_a_line_without_length_lies_inside_or_not():
    assert shares(SQUARE, [(50, 50), (50, 50)], [(500, 50), (500, 50)]) == {0: 1_000_000}


def test_no_polygon_holds_nothing():
    assert shares([], [(0, 0), (1, 1)]) == {}
    assert points_inside([], [(0, 0)]) == [False]


def test_points_on_the_edge_are_inside_and_points_in_holes_are_not():
    assert points_inside(WITH_HOLE, [(50, 20), (0, 0), (100, 50), (50, 50), (101, 50)]) == [
        True, True, True, False, False,
    ]  # fmt: skip

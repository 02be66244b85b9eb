"""The highest point of the least of some tangents, in a box."""

from __future__ import annotations

import numpy as np

from safepassage.kernels.prices.cutting_planes import highest


def test_two_tangents_meet_in_the_middle():
    # 1 + x and 3 - x, known at x = 0 and x = 3.
    points, slopes = np.array([[0.0], [3.0]]), np.array([[1.0], [-1.0]])
    value, point = highest(points, np.array([1.0, 0.0]), slopes, np.array([0.0]), np.array([9.0]))
    assert (round(value, 9), round(float(point[0]), 9)) == (2.0, 1.0)


def test_the_box_holds():
    value, point = highest(
        np.zeros((1, 2)), np.zeros(1), np.array([[1.0, -1.0]]), np.array([0.0, 0.5]), np.array([2.0, 5.0])
    )
    assert (value, point.tolist()) == (1.5, [2.0, 0.5])

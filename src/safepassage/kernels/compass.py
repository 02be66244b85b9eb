"""In which of eight directions of the compass one place lies from another."""

from __future__ import annotations

import math

POINTS = ("N", "NE", "E", "SE", "S", "SW", "W", "NW")
E7 = 10_000_000


def compass_point(from_e7: tuple[int, int], to_e7: tuple[int, int]) -> str:
    """Return the compass point in which one (lon, lat) lies from another, both in 1e-7 degrees.

    For short distances, on a plane: not for the poles, nor across the date line.
    """
    shrink = math.cos(math.radians(from_e7[1] / E7))
    angle = math.degrees(math.atan2((to_e7[0] - from_e7[0]) * shrink, to_e7[1] - from_e7[1]))
    return POINTS[round(angle / 45) % len(POINTS)]

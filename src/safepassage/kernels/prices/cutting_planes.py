"""Where a concave function that is known by values and slopes at some points may be highest."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


def highest(points: Float, values: Float, slopes: Float, low: Float, high: Float) -> tuple[float, Float]:
    """Return (value, point) of the highest point of the least of all tangents within a box.

    Parameters
    ----------
    points, slopes : (K, N) where the function was evaluated, and a supergradient there; `values` (K,).
    low, high : (N,) ends of the box.

    References
    ----------
    Kelley, "The cutting-plane method for solving convex programs" (1960), doi:10.1137/0108053, in a box as in
    Marsten, Hogan and Blankenship, "The boxstep method" (1975), doi:10.1287/opre.23.3.389.
    """
    from scipy.optimize import linprog  # noqa: PLC0415 - takes half a second to load

    least = np.column_stack([-slopes, np.ones(len(values))])
    ends = [*zip(low.tolist(), high.tolist(), strict=True), (None, None)]
    goal = np.append(np.zeros(points.shape[1]), -1.0)
    found: Any = linprog(goal, A_ub=least, b_ub=values - (slopes * points).sum(axis=1), bounds=ends)
    if found.x is None:
        raise ArithmeticError("the solver found no highest point in a box")
    return float(found.x[-1]), np.asarray(found.x[:-1], np.float64)

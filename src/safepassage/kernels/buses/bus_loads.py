"""How many board on each trip of routes that are settled: people on given trips are a transport problem.

What a program over routes chooses may be whole in every drive and in parts only in how many ride: of two
routes alike, half of the one fills its bus and half of the other takes one person. Such a choice is as good
as whole, as a transport problem with whole data that can be solved at all has a whole solution (A. J. Hoffman
and J. B. Kruskal, "Integral boundary points of convex polyhedra", 1956, doi:10.1515/9781400881987-014).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.buses.bus_routes import BusArrays

WHOLE = 1e-6
"""Distance from a whole number below which a count is taken as whole."""

Routes = list[tuple[int, tuple[int, ...]]]
Shares = list[tuple[int, tuple[int, ...], float]]


def whole_routes(data: BusArrays, shares: Shares) -> Routes | None:
    """Return a route for each bus that makes the drives chosen, or None where these are not whole.

    `shares` are (fleet, trips, how many buses make them). The routes take the same drives; with loads that
    take time they may be longer, so whoever needs them by a horizon has to look.
    """
    alike: dict[tuple[int, tuple[tuple[int, int], ...]], list[tuple[tuple[int, ...], float]]] = {}
    for fleet, trips, value in shares:
        drives = tuple(zip(data.pickup[list(trips)].tolist(), data.site[list(trips)].tolist(), strict=True))
        alike.setdefault((fleet, drives), []).append((trips, value))
    if not all(_near_whole(sum(value for _, value in part)) for part in alike.values()):
        return None
    if all(_near_whole(value) for _, _, value in shares):
        return [(f, trips) for f, trips, value in shares for _ in range(round(value))]
    if not data.whole:
        return None
    routes = [
        (fleet, part[0][0])
        for (fleet, _), part in alike.items()
        for _ in range(round(sum(value for _, value in part)))
    ]
    return _loaded(data, routes)


def _near_whole(value: float) -> bool:
    return abs(value - round(value)) < WHOLE


def _loaded(data: BusArrays, routes: Routes) -> Routes | None:
    """Return the routes with loads that bring everybody in and overfill no site, or None without such."""
    trips = np.array([m for _, part in routes for m in part], np.int64)
    first, most = _rows_alike(data, trips)
    loads = _transport(data, trips, most)
    if loads is None:
        return None
    rows = (first + loads - 1).tolist()
    found, at = [], 0
    for fleet, part in routes:
        found.append((fleet, tuple(rows[at : at + len(part)])))
        at += len(part)
    return found


def _rows_alike(data: BusArrays, trips: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return for each trip the first row of its kind, pick-up and site, and their most units; least is 1."""
    begin = np.ones(len(data.load), bool)
    begin[1:] = data.load[1:] <= data.load[:-1]
    group = np.cumsum(begin) - 1
    firsts = np.flatnonzero(begin)
    ends = np.append(firsts[1:], len(data.load)) - 1
    return firsts[group[trips]], data.load[ends[group[trips]]]


def _transport(
    data: BusArrays, trips: NDArray[np.int64], most: NDArray[np.int64]
) -> NDArray[np.int64] | None:
    """Return units on each trip, at least one, that add up to what waits and fit what sites take in."""
    from scipy.optimize import linprog  # noqa: PLC0415 - takes half a second to load

    at_pickup = (data.pickup[trips] == np.arange(len(data.need))[:, None]).astype(float)
    at_site = (data.site[trips] == np.arange(len(data.room))[:, None]).astype(float)
    ends = [(1.0, float(n)) for n in most.tolist()]
    found: Any = linprog(
        np.zeros(len(trips)), A_ub=at_site, b_ub=data.room, A_eq=at_pickup, b_eq=data.need, bounds=ends,
        method="highs-ds",
    )  # fmt: skip
    if found.x is None:
        return None
    loads = np.rint(found.x).astype(np.int64)
    fits = (at_pickup @ loads == data.need).all() and (at_site @ loads <= data.room).all()
    return loads if fits and (loads >= 1).all() and (loads <= most).all() else None

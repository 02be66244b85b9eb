"""Cars in slots, groups in turn as if each let its cars out evenly; groups that come late go ever earlier."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from safepassage.kernels.booking.slot_booking import Booked, Int64, SlottedRoutes, book

HASTE = 2, 3
"""Groups whose last car is late are booked earlier by this share of its lateness."""


def passes(
    routes: SlottedRoutes, group: Int64, choices: tuple[Int64, Int64, Int64], *, aim_s: int, horizon_s: int,
    wait_max_s: int,
) -> Iterator[tuple[Int64, Booked]]:  # fmt: skip
    """Yield pass after pass, without end, the cars in the order in which they are booked, and their booking.

    Parameters
    ----------
    group
        (n_cars,) the group of each car; of a group, who comes first here leaves first.
    choices, horizon_s, wait_max_s
        As `slot_booking.book` has them.
    aim_s
        The second in which the last of each group should be there.

    References
    ----------
    Joslin and Clements, "Squeaky Wheel Optimization" (1999), doi:10.1613/jair.561.
    """
    even_s, shift_s = _evenly(routes, group, choices, aim_s), np.zeros(len(choices[2]), dtype=np.int64)
    while True:
        order = np.argsort(even_s - shift_s[group], kind="stable")
        booked = book(routes, group[order], choices, horizon_s=horizon_s, wait_max_s=wait_max_s)
        yield order, booked
        last_s = np.zeros_like(shift_s)
        np.maximum.at(last_s, group[order], np.where(booked.depart_s < 0, horizon_s, booked.arrive_s))
        shift_s += (last_s - aim_s) * HASTE[0] // HASTE[1]


def _evenly(routes: SlottedRoutes, group: Int64, choices: tuple[Int64, Int64, Int64], aim_s: int) -> Int64:
    """Return when each car would leave if those of a group did so evenly, the last just in time."""
    first, route, from_s = choices
    travel_s = routes.rest_s + np.add.reduceat(np.append(routes.gap_s, 0), routes.first[:-1])
    spare_s = np.maximum(1, aim_s - from_s - np.minimum.reduceat(travel_s[route], first[:-1]))
    cars = np.bincount(group, minlength=len(from_s))
    by_group = np.argsort(group, kind="stable")
    number = np.empty(len(group), dtype=np.int64)
    number[by_group] = np.arange(len(group)) - np.repeat(np.cumsum(cars) - cars, cars)
    return np.asarray(from_s[group] + number * spare_s[group] // cars[group], dtype=np.int64)


def lateness(booked: Booked) -> tuple[int, int, int]:
    """Return by what bookings are compared: cars left out, last arrival, sum of arrivals."""
    out = int((booked.depart_s < 0).sum())
    return out, int(booked.arrive_s.max(initial=0)), int(booked.arrive_s.sum())

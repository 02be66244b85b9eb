"""Cars on the ways of a flow, fitted in one after the other in slots: where streets are too narrow to queue.

On a road of 100 cars an hour the fourth in a queue waits longer than anybody may. Cars that set out as a flow
has them then wait too long nearly everywhere; held at home one by one, each takes what is left by all before.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from safepassage.domain.network import Int64
from safepassage.kernels.booking.booking import SECONDS_PER_HOUR, Booking, RoadPieces, Turns
from safepassage.kernels.booking.slot_booking import Booked, SlottedRoutes, book, slotted

MOST_SLOTS = 150_000_000
"""Slots are 4 bytes each."""
ROOM = 2
"""Slots are kept for so many times the time by which the last car would be there without long waits."""
PASSES, HASTE = 3, 2 / 3
"""Places whose last car is late are booked earlier by this share of its lateness, in so many passes."""


def in_slots(
    roads: RoadPieces, turns: Turns, *, units_mveh: int, wait_max_s: int, last_s: int,
    expired: Callable[[], bool],
) -> Booking | None:  # fmt: skip
    """Return passages for all turns, each by the path of its list that arrives first.

    Parameters
    ----------
    wait_max_s
        The longest wait that roads allow before any arc but the first.
    last_s
        When the last would be there if waits could be as long as they like.
    expired
        Whether there is no time left for another pass.

    None where roads change over time, slots take too much memory, or somebody finds none.

    References
    ----------
    Joslin and Clements, "Squeaky Wheel Optimization" (1999), doi:10.1613/jair.561.
    """
    if not len(turns.turn_list) or not roads.steady[turns.arcs].all():
        return None
    piece, until_s = roads.start[:-1], min(roads.horizon_s, ROOM * last_s)
    rate, work = roads.rate_mveh_h[piece], np.full(roads.n_arcs, units_mveh * SECONDS_PER_HOUR, np.int64)
    paths = [tuple(turns.arcs[a:b].tolist()) for a, b in zip(turns.start, turns.start[1:], strict=False)]
    routes = slotted(paths, roads.travel_s[piece], rate, work)
    if int((until_s * routes.rate // routes.work + 2).sum()) > MOST_SLOTS:
        return None
    best: Booked | None = None
    even_s, shift_s = _evenly(routes, turns, last_s), np.zeros(len(turns.list_start) - 1)
    for _ in range(PASSES):
        found = _in_order(routes, turns, even_s - shift_s[turns.turn_list], (until_s, wait_max_s))
        if (found.depart_s < 0).any():
            break
        if best is None or _lateness(found) < _lateness(best):
            best = found
        if expired():
            break
        latest_s = np.zeros_like(shift_s)
        np.maximum.at(latest_s, turns.turn_list, found.arrive_s)
        shift_s += (latest_s - last_s) * HASTE
    return None if best is None else _booking(routes, best)


def _evenly(routes: SlottedRoutes, turns: Turns, last_s: int) -> np.ndarray:
    """Return when each turn would leave if those of a list did so evenly, the last just in time."""
    travel_s = routes.rest_s + np.add.reduceat(np.append(routes.gap_s, 0), routes.first[:-1])
    least_s = np.minimum.reduceat(travel_s[turns.list_path], turns.list_start[:-1])
    sizes = np.bincount(turns.turn_list, minlength=len(least_s))
    order = np.argsort(turns.turn_list, kind="stable")
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    spare_s = np.maximum(1, last_s - least_s - _from_s(turns))
    return turns.turn_from_s + number * (spare_s / np.maximum(1, sizes))[turns.turn_list]


def _from_s(turns: Turns) -> Int64:
    """Return (n_lists,) the first second in which anybody of a list may leave."""
    from_s = np.zeros(len(turns.list_start) - 1, dtype=np.int64)
    from_s[turns.turn_list[::-1]] = turns.turn_from_s[::-1]
    return from_s


def _in_order(routes: SlottedRoutes, turns: Turns, due_s: np.ndarray, limits: tuple[int, int]) -> Booked:
    """Book all turns in the order in which they are due; return them in their own."""
    order = np.argsort(due_s, kind="stable")
    found = book(
        routes, turns.turn_list[order], (turns.list_start, turns.list_path, _from_s(turns)),
        horizon_s=limits[0], wait_max_s=limits[1],
    )  # fmt: skip
    back = np.argsort(order)
    return Booked(found.route[back], found.depart_s[back], found.arrive_s[back], found.waits[back])


def _lateness(found: Booked) -> tuple[int, int]:
    return int(found.arrive_s.max()), int(found.arrive_s.sum())


def _booking(routes: SlottedRoutes, found: Booked) -> Booking:
    turn, step = np.nonzero(found.waits)
    position = routes.position[routes.first[found.route[turn]] + step]
    waits = np.stack([turn, position, found.waits[turn, step]], axis=1).astype(np.int64)
    return Booking(path=found.route, depart_s=found.depart_s, arrive_s=found.arrive_s, waits=waits, probes=0)

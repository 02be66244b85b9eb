"""Cars on the ways of a flow, fitted in one after the other in slots: where streets are too narrow to queue.

On a road of 100 cars an hour the fourth in a queue waits longer than anybody may. Cars that set out as a flow
has them then wait too long nearly everywhere; held at home one by one, each takes what is left by all before.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

import numpy as np

from safepassage.domain.network import Int64
from safepassage.kernels.booking.booking import SECONDS_PER_HOUR, Booking, RoadPieces, Turns
from safepassage.kernels.booking.slot_booking import Booked, SlottedRoutes, slotted
from safepassage.kernels.booking.slots_in_turn import lateness, passes

MOST_SLOTS = 150_000_000
"""Slots are 4 bytes each."""
ROOM = 2
"""Slots are kept for so many times the time by which the last car would be there without long waits."""
PASSES = 3
"""Places whose last car is late are booked earlier in so many passes."""


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
    """
    if not len(turns.turn_list) or not roads.steady[turns.arcs].all():
        return None
    piece, until_s = roads.start[:-1], min(roads.horizon_s, ROOM * last_s)
    rate, work = roads.rate_mveh_h[piece], np.full(roads.n_arcs, units_mveh * SECONDS_PER_HOUR, np.int64)
    paths = [tuple(turns.arcs[a:b].tolist()) for a, b in zip(turns.start, turns.start[1:], strict=False)]
    routes = slotted(paths, roads.travel_s[piece], rate, work)
    if int((until_s * routes.rate // routes.work + 2).sum()) > MOST_SLOTS:
        return None
    best: tuple[Int64, Booked] | None = None
    found = passes(
        routes, turns.turn_list, (turns.list_start, turns.list_path, _from_s(turns)), aim_s=last_s,
        horizon_s=until_s, wait_max_s=wait_max_s,
    )  # fmt: skip
    for order, booked in islice(found, PASSES):
        if (booked.depart_s < 0).any():
            break
        if best is None or lateness(booked) < lateness(best[1]):
            best = order, booked
        if expired():
            break
    return None if best is None else _booking(routes, *best)


def _from_s(turns: Turns) -> Int64:
    """Return (n_lists,) the first second in which anybody of a list may leave."""
    from_s = np.zeros(len(turns.list_start) - 1, dtype=np.int64)
    from_s[turns.turn_list[::-1]] = turns.turn_from_s[::-1]
    return from_s


def _booking(routes: SlottedRoutes, order: Int64, booked: Booked) -> Booking:
    """Return what was booked in an order, turn by turn."""
    back = np.argsort(order)
    path, waited_s = booked.route[back], booked.waits[back]
    turn, step = np.nonzero(waited_s)
    position = routes.position[routes.first[path[turn]] + step]
    waits = np.stack([turn, position, waited_s[turn, step]], axis=1).astype(np.int64)
    return Booking(
        path=path, depart_s=booked.depart_s[back], arrive_s=booked.arrive_s[back], waits=waits, probes=0
    )

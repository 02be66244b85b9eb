"""Many cars that stand anywhere are driven on between those that stay: first come first served, then held.

The first drive tells where people would wait too long on the way; in the next ones they wait as long before
they set out, where a wait has no limit, and come no later by it (the parallel scheme of `road_book`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.booking.stream_ways import Streams

Int64 = NDArray[np.int64]
NOWHERE = -1
DRIVES = 3
"""So often is driven at most."""
SPARE = 2
"""A part of the longest wait is left on the way, so that no road idles."""


class Driven(NamedTuple):
    """What a drive has booked.

    `arrive_s` (n_turns,) is NOWHERE for turns that are not booked; entries of a turn begin at its `slot`:
    `seconds` and `places` in calendars.
    """

    arrive_s: Int64
    slot: Int64
    seconds: Int64
    places: Int64


def driven(
    roads: tuple[Any, ...], calendars: tuple[Any, ...], ways: Streams, since: Int64, *, work: int, wait_s: int
) -> Driven:
    """Drive turns along their ways, from the second on in which each can set out.

    Parameters
    ----------
    roads, calendars
        Arcs and what is booked on them, as the loops of `booking` read them; calendars are not changed.
    ways
        The way of each turn; a turn without one is not booked.
    work, wait_s
        What a car takes of an arc, and the longest wait on the way. Who waits longer in the last drive is not
        booked.
    """
    from safepassage.kernels.booking import booking_rounds as rounds  # noqa: PLC0415 - numba costs a second
    from safepassage.kernels.booking import drive_back, live_cars_loops  # noqa: PLC0415
    from safepassage.kernels.booking import drive_in_order as loops  # noqa: PLC0415

    nothing, way = np.zeros(len(ways.arcs), np.int64), ways.way
    stops = (
        ways.start, ways.arcs, nothing, nothing, np.full(len(calendars[0]), wait_s),
        np.zeros(len(ways.start) - 1, np.int64),
    )  # fmt: skip
    sizes = np.append(np.diff(ways.start), 0)[way]
    slot = np.concatenate([[0], np.cumsum(sizes)])
    due_s = _due_s(roads, stops, way, slot, since)
    given = live_cars_loops.without_small_gaps(calendars, work)
    first_s = since
    entries, arrive_s, excess_s = due_s, since, since
    for _ in range(DRIVES):
        at, count, busy_from, busy_until = (column.copy() for column in given)
        entries, *_ = loops.drive_in_order(
            roads, (at, count, busy_from, busy_until), count.copy(), len(busy_from), stops=stops,
            turns=(way, first_s, due_s, slot), work=work,
        )  # fmt: skip
        depart_s, arrive_s, excess_s, waited_s = rounds.timetable(roads, stops, way, slot, entries)
        late = (arrive_s != NOWHERE) & (excess_s > 0)
        if not late.any():
            break
        first_s = np.where(late, depart_s + np.maximum(0, waited_s - wait_s // SPARE), first_s)
    seconds = drive_back.entered_s(roads, stops, way, slot, entries)
    return Driven(np.where(excess_s > 0, NOWHERE, arrive_s), slot[:-1], seconds, entries)


def _due_s(roads: Any, stops: Any, way: Int64, slot: Int64, since: Int64) -> Int64:
    """Return by entry the second in which it is due where nobody waits."""
    from safepassage.kernels.booking import drive_in_order as loops  # noqa: PLC0415

    led = np.flatnonzero(way != NOWHERE)
    due_s: Int64 = loops.due_as_planned(roads, stops, way[led], np.append(slot[led], slot[-1]), since[led])
    return due_s

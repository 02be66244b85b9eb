"""When vehicles need to be where, so that nobody comes later: a drive back in time from the arrivals.

Roads carry as much backwards as forwards: everybody sets out from the last arc at the second it was entered
and drives back as late as capacities allow. What is driven forward again in the order that this gives brings
nearly everybody in sooner, for who waits later anyway lets others pass (forward-backward scheduling: Li and
Willis, "An iterative scheduling technique for resource-constrained project scheduling", 1992,
doi:10.1016/0377-2217(92)90320-9; justification: Valls, Ballestín and Quintanilla, "Justification and RCPSP: a
technique that pays", 2005, doi:10.1016/j.ejor.2004.04.008).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.booking.booking import RoadPieces
from safepassage.kernels.booking.booking_loops import NEVER
from safepassage.kernels.booking.booking_rounds import second_of
from safepassage.kernels.compiled import compiled


def roads_back(roads: RoadPieces, last_s: int) -> RoadPieces:
    """Return the roads as seen by who drives back: second t is `last_s` - t, and arcs take no time.

    What arcs take stands in the gaps between stops (`stops_back`): an arc is booked when it is entered. The
    grid ends as long before second 0 as it began after it, with what roads carry then.
    """
    until_s = np.append(roads.from_s[1:], 0)
    until_s[roads.start[1:] - 1] = last_s + 1
    arc = np.repeat(np.arange(roads.n_arcs), np.diff(roads.start))
    back = np.lexsort((-np.arange(len(arc)), arc))
    back = back[roads.from_s[back] <= last_s]
    return RoadPieces(
        start=np.concatenate([[0], np.cumsum(np.bincount(arc[back], minlength=roads.n_arcs))]),
        from_s=np.maximum(0, last_s + 1 - until_s[back]), rate_mveh_h=roads.rate_mveh_h[back],
        travel_s=np.zeros_like(back), horizon_s=2 * (last_s + 1),
    )  # fmt: skip


@compiled
def stops_back(stops: Any, least_s: Any) -> tuple[Any, Any, Any]:
    """Return (start, arc, seconds since the stop before) of all paths driven back."""
    start, arc, gap_s = stops[0], stops[1], stops[2]
    arc_back, gap_back_s = np.empty_like(arc), np.zeros_like(gap_s)
    for path in range(len(start) - 1):
        for i in range(start[path], start[path + 1]):
            j = start[path] + start[path + 1] - 1 - i
            arc_back[j] = arc[i]
            if i + 1 < start[path + 1]:
                gap_back_s[j] = least_s[arc[i]] + gap_s[i + 1]
    return start, arc_back, gap_back_s


@compiled
def entered_s(roads: Any, stops: Any, path: Any, slot: Any, entries: Any) -> Any:
    """Return the second of each entry, NEVER where there is none."""
    seconds = np.full(len(entries), NEVER)
    for turn in range(len(path)):
        low = stops[0][path[turn]]
        for i in range(low, stops[0][path[turn] + 1]):
            at = slot[turn] + i - low
            if entries[at] != NEVER:
                seconds[at] = second_of(roads, stops[1][i], entries[at])
    return seconds


@compiled
def turned(seconds: Any, start: Any, path: Any, slot: Any, mirror: Any) -> Any:
    """Return seconds of entries as seen from the other end of time, in the order of the way back.

    `mirror` is (last second, what is due by entry where there is no second).
    """
    last_s, otherwise = mirror
    out = otherwise.copy()
    for turn in range(len(path)):
        n = start[path[turn] + 1] - start[path[turn]]
        for i in range(n):
            if seconds[slot[turn] + i] != NEVER:
                out[slot[turn] + n - 1 - i] = last_s - seconds[slot[turn] + i]
    return out

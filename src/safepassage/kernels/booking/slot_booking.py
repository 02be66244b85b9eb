"""Cars of one size on given routes: each takes one free slot on every arc where traffic meets.

In capacity coordinates (see `capacity_calendar`) an arc of rate c has slots of one car's work W, slot k at
[kW, (k+1)W), entered in second kW // c. Cars in different slots keep the capacity rule of the model over
every interval, with one car of burst. The next free slot is found by joining taken slots with their right
neighbour.

Slots lose nothing to scraps: the gaps of `booking`, which lets cars enter at any coordinate, may be too short
for one more car. On the flow of a city of 67,000 cars the last arrival was 4.6 % above its bound with slots
and 12.7 % without. The price is a wait of up to one headway at each of these arcs.

An arc whose cars all come over one other arc of no larger capacity needs no slots: its entries are the
entries there, moved by a constant time.

References
----------
Tarjan, "Efficiency of a good but not linear set union algorithm" (1975): joining with path halving.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Int32 = NDArray[np.int32]


class SlottedRoutes(NamedTuple):
    """Routes as steps on slotted arcs: route r owns `first[r]:first[r + 1]` of arc, gap and position.

    `gap_s` is the time from the entry before (from the departure) to the entry of a step, `position` that of
    the step's arc in the whole route, `rest_s` the time from the last entry to the arrival.
    """

    first: Int64
    arc: Int64
    gap_s: Int64
    position: Int64
    rest_s: Int64
    rate: Int64
    work: Int64


class Booked(NamedTuple):
    """By car: route, departure (-1: not within the grid), arrival, seconds waited before each step."""

    route: Int64
    depart_s: Int64
    arrive_s: Int64
    waits: Int32


def slotted(routes: list[tuple[int, ...]], travel_s: Int64, rate: Int64, work: Int64) -> SlottedRoutes:
    """Return routes with the arcs that need slots.

    Parameters
    ----------
    routes
        Arcs of each route, at least one.
    travel_s, rate, work
        (n_arcs,) seconds, capacity and work of a car in the same unit per hour.
    """
    before: dict[int, int] = {}
    for arcs in routes:
        last = -1
        for arc in arcs:
            before[arc] = last if before.setdefault(arc, last) == last else -2
            last = arc
    used = np.asarray(sorted(before), dtype=np.int64)
    needs = {
        arc: before[arc] < 0
        or int(rate[before[arc]]) * int(work[arc]) > int(rate[arc]) * int(work[before[arc]])
        for arc in used.tolist()
    }
    number = {arc: i for i, arc in enumerate(arc for arc in used.tolist() if needs[arc])}
    first, arc_of, gaps, positions, rest = [0], [], [], [], []
    seconds = travel_s.tolist()
    for arcs in routes:
        passed = 0
        for position, arc in enumerate(arcs):
            if needs[arc]:
                arc_of.append(number[arc])
                gaps.append(passed)
                positions.append(position)
                passed = 0
            passed += seconds[arc]
        rest.append(passed)
        first.append(len(arc_of))
    kept = np.asarray(list(number), dtype=np.int64)
    columns = [np.asarray(c, dtype=np.int64) for c in (first, arc_of, gaps, positions, rest)]
    return SlottedRoutes(
        first=columns[0], arc=columns[1], gap_s=columns[2], position=columns[3], rest_s=columns[4],
        rate=rate[kept], work=work[kept],
    )  # fmt: skip


def book(
    routes: SlottedRoutes, order: Int64, choices: tuple[Int64, Int64, Int64], *, horizon_s: int,
    wait_max_s: int,
) -> Booked:  # fmt: skip
    """Book cars in order, each on the route of its group that arrives first.

    Parameters
    ----------
    order
        (n_cars,) the group of each car.
    choices
        (first, route, from_s): group g chooses among `route[first[g]:first[g + 1]]` and leaves in second
        `from_s[g]` at the earliest; a route of several groups is taken from the latest of these on.
    wait_max_s
        Longest wait before a step; longer ones are moved to the origin.
    """
    slots = horizon_s * routes.rate // routes.work + 2
    offset = np.concatenate([[0], np.cumsum(slots)]).astype(np.int64)
    following = np.arange(int(offset[-1]), dtype=np.int32 if offset[-1] < 2**31 else np.int64)
    steps = int(np.diff(routes.first).max(initial=1))
    n = len(order)
    booked = Booked(
        np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64),
        np.zeros((n, steps), dtype=np.int32),
    )  # fmt: skip
    from safepassage.kernels.booking import slot_loops  # noqa: PLC0415 - numba costs a second to import

    steps_of = (routes.first, routes.arc, routes.gap_s, routes.rest_s)
    slots_of = (routes.rate, routes.work, offset, following)
    got = (booked.route, booked.depart_s, booked.arrive_s, booked.waits)
    slot_loops.book_all(steps_of, slots_of, order, choices, (horizon_s, wait_max_s), got)
    return booked


def load() -> None:
    """Load the loop of booking ahead; otherwise it is when cars are first booked."""
    from safepassage.kernels.booking import slot_loops  # noqa: PLC0415 - as above
    from safepassage.kernels.compiled import load as load_loops  # noqa: PLC0415

    load_loops(slot_loops.book_all)

"""Runs a plan's movements through worlds: delays, waits before what is shut, other ways, and what breaks off.

One movement after the other in the order of the plan; roads have no queues here, so a world is never better
than free roads allow. Whole seconds; draws come in from outside.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
AS_PLANNED, ANOTHER_WAY, BROKEN_OFF = 0, 1, 2
NEVER = 2**40
"""When a vehicle fails that never does."""


class Roads(NamedTuple):
    """Arcs with their travel time and, where they change, pieces; movement windows; what can shut them.

    `piece_first` (n_arcs + 1,) bounds rows of `pieces` (from_s, until_s, open, travel_s); `fact_first`
    (n_arcs + 1,) those of `facts` (fact, early).
    """

    travel_s: Int64
    piece_first: Int64
    pieces: Int64
    fact_first: Int64
    facts: Int64
    windows: Int64
    horizon_s: int


class Trips(NamedTuple):
    """Movements in order of departure: (n, …) rows, their arcs and those of another way.

    `before` is the movement of the same vehicle before (-1), `turn_s` what must lie between its arrival and
    this departure; `after_first` bounds rows of `after` (movement people come from, seconds they need).
    """

    depart_s: Int64
    arc_first: Int64
    arcs: Int64
    waits_s: Int64
    other_first: Int64
    other: Int64
    vehicle: Int64
    before: Int64
    turn_s: Int64
    after_first: Int64
    after: Int64

    @property
    def used(self) -> Int64:
        """Arcs of all ways, in order."""
        return np.unique(np.concatenate([self.arcs, self.other]))


class Drawn(NamedTuple):
    """Worlds as drawn: truth of facts, share cut off windows (permille), slowness by arc, failures."""

    true: NDArray[np.bool_]
    cut: Int64
    slow: NDArray[np.uint16]
    fails_s: Int64


def run(
    roads: Roads, trips: Trips, drawn: Drawn, noted: Int64 | None = None
) -> tuple[Int64, NDArray[np.int8], Int64]:
    """Return (worlds, movements) arrivals (-1: none) and states, and (worlds, noted) times of entry.

    `noted` (m,) are the positions in `trips.arcs` whose entries are asked for, in order; None asks for all.
    """
    n, movements = len(drawn.true), len(trips.depart_s)
    arrive = np.full((n, movements), -1, dtype=np.int64)
    state = np.zeros((n, movements), dtype=np.int8)
    steps = np.arange(len(trips.arcs), dtype=np.int64) if noted is None else noted
    place = np.full(len(trips.arcs), -1, dtype=np.int64)
    place[steps] = np.arange(len(steps))
    enter = np.full((n, len(steps)), -1, dtype=np.int64)
    from safepassage.kernels.worlds.world_loops import run_all  # noqa: PLC0415 - numba takes a second to load

    run_all(roads, trips, drawn, (place, arrive, state, enter))
    return arrive, state, enter

"""Counts what comes of runs of worlds: who came, who is out by when, how long persons were in harm's way."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.worlds.world_runs import Drawn, Int64, Roads


class Arrivals(NamedTuple):
    """Persons who arrive with a movement, row by row; `came_first` bounds what brought them to it.

    Places, directions and movements are positions. A `reserve` is held for undecided persons.
    """

    movement: Int64
    came_first: Int64
    came_by: Int64
    place: Int64
    direction: Int64
    persons: Int64
    reserve: NDArray[np.bool_]
    own_car: NDArray[np.bool_]


class Turnout(NamedTuple):
    """Shares in permille by world and place: who comes, who has no car; of undecided by direction."""

    coming: Int64
    carless: Int64
    undecided: Int64


class Tally(NamedTuple):
    """Of each world (worlds, directions): thousandths of persons come, out and, by seconds, out by then.

    `last_s` is the last arrival (-1: not all); `undecided` (worlds, 2) are those who came and are out.
    """

    came: Int64
    out: Int64
    out_by: Int64
    last_s: Int64
    undecided: Int64


class Harm(NamedTuple):
    """Steps (arcs, persons aboard) that something harmful may lie on; `first` (n_arcs + 1,) bounds `rows`.

    A row is (fact, from_s, until_s, share of the arc in ppm).
    """

    arcs: Int64
    persons: Int64
    first: Int64
    rows: Int64


def tallied(arrivals: Arrivals, turnout: Turnout, arrive: Int64, seconds: Int64) -> Tally:
    """Return the tally of (worlds, movements) arrivals, persons out counted at `seconds`, which ascend.

    Those without a car for whom no seat is free are not out; free are the seats of those who stay after all.
    """
    shape = (len(arrive), turnout.undecided.shape[2])
    found = Tally(
        came=np.zeros(shape, np.int64), out=np.zeros(shape, np.int64),
        out_by=np.zeros((*shape, len(seconds)), np.int64), last_s=np.full(shape, -1, np.int64),
        undecided=np.zeros((len(arrive), 2), np.int64),
    )  # fmt: skip
    from safepassage.kernels.worlds.tally_loops import tally_all  # noqa: PLC0415 - numba loads slowly

    tally_all(arrivals, turnout, arrive, seconds, tuple(found))
    return found


def exposed(harm: Harm, roads: Roads, drawn: Drawn, enter: Int64) -> Int64:
    """Return (worlds,) person-seconds in what is harmful when an arc is entered at `enter` (worlds, steps).

    Of several events on one arc the one that covers most of it counts.
    """
    from safepassage.kernels.worlds.tally_loops import exposure_all  # noqa: PLC0415 - numba loads slowly

    found = np.zeros(len(enter), dtype=np.int64)
    exposure_all(harm, roads, drawn, enter, found)
    return found

"""The loops that count what comes of runs: persons out by time, those of the undecided, exposure."""

from __future__ import annotations

from typing import Any

import numpy as np

from safepassage.kernels.compiled import compiled, inlined, inner

PERMILLE, PPM = 1_000, 1_000_000


@inlined
def is_there(arriving: Any, arrive: Any, r: int) -> bool:
    """Return whether persons arrive: their movement does, and all that brought them to it."""
    if arrive[arriving.movement[r]] < 0:
        return False
    for k in range(arriving.came_first[r], arriving.came_first[r + 1]):
        if arrive[arriving.came_by[k]] < 0:
            return False
    return True


@inlined
def count_row(arriving: Any, coming: Any, r: int, at_s: int, found: Any) -> None:
    """Add the persons of a row who come, and where they are there (at_s >= 0) who is out, and by when."""
    came, out, out_by, last_s, whole, seconds = found
    d, persons = arriving.direction[r], arriving.persons[r] * coming[arriving.place[r]]
    came[d] += persons
    if at_s < 0:
        whole[d] = False
        return
    out[d] += persons
    last_s[d] = max(last_s[d], at_s)
    for k in range(len(seconds) - 1, -1, -1):
        if seconds[k] < at_s:
            break
        out_by[d, k] += persons


@inlined
def count_lacking(arriving: Any, coming: Any, carless: Any, r: int, lacking: Any) -> None:
    """Add those of a row who have no car after all; take away the seats of those who stay after all."""
    place, come = arriving.place[r], coming[arriving.place[r]]
    own = come * carless[place] // PERMILLE if arriving.own_car[r] else come - PERMILLE
    lacking[place, arriving.direction[r]] += arriving.persons[r] * own


@inner
def leave_behind(lacking: Any, out: Any, whole: Any) -> None:
    """Take from those who are out the ones for whom no seat is free at their place."""
    for place in range(lacking.shape[0]):
        for d in range(lacking.shape[1]):
            if lacking[place, d] > 0:
                whole[d] = False
                out[d] = max(0, out[d] - lacking[place, d])


@compiled
def tally_all(arriving: Any, turnout: Any, arrive: Any, seconds: Any, found: Any) -> None:
    """Fill thousandths of persons come, out, out by seconds, undecided come and out; last arrivals."""
    came, out, out_by, last_s, undecided = found
    places, directions = turnout.coming.shape[1], came.shape[1]
    lacking, whole = np.zeros((places, directions), np.int64), np.zeros(directions, np.bool_)
    for w in range(len(arrive)):
        lacking[:], whole[:] = 0, True
        counted = (came[w], out[w], out_by[w], last_s[w], whole, seconds)
        coming, carless, arrived = turnout.coming[w], turnout.carless[w], arrive[w]
        for r in range(len(arriving.movement)):
            there = is_there(arriving, arrived, r)
            if arriving.reserve[r]:
                place, d = arriving.place[r], arriving.direction[r]
                persons = arriving.persons[r] * turnout.undecided[w, place, d]
                undecided[w, 0] += persons
                undecided[w, 1] += persons if there else 0
                continue
            at_s = arrived[arriving.movement[r]] if there else -1
            count_row(arriving, coming, r, at_s, counted)
            count_lacking(arriving, coming, carless, r, lacking)
        leave_behind(lacking, out[w], whole)
        for d in range(directions):
            if not whole[d]:
                last_s[w, d] = -1


@inlined
def worst_share(harm: Any, true: Any, arc: int, t: int) -> int:
    """Return the largest share (ppm) of an arc that lies in what is so, and harmful, when it is entered."""
    worst = 0
    for k in range(harm.first[arc], harm.first[arc + 1]):
        if true[harm.rows[k, 0]] and harm.rows[k, 1] <= t < harm.rows[k, 2]:
            worst = max(worst, harm.rows[k, 3])
    return worst


@compiled
def exposure_all(harm: Any, roads: Any, drawn: Any, enter: Any, found: Any) -> None:
    """Fill (worlds,) person-seconds on arcs in what is harmful there when they are entered."""
    for w in range(len(enter)):
        for s in range(len(harm.arcs)):
            arc = harm.arcs[s]
            share = worst_share(harm, drawn.true[w], arc, enter[w, s])
            seconds = roads.travel_s[arc] * (PERMILLE + drawn.slow[w, arc]) // PERMILLE
            found[w] += share * seconds * harm.persons[s] // PPM

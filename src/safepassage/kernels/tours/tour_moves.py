"""What a step of the search for tours changes: drawn at random, then done to the tours themselves."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import inner
from safepassage.kernels.tours.tour_loops import KINDS, PART, STOPS

Int64 = NDArray[np.int64]
HELD, NEW, DROPPED, SITE, STOP, CALLS, WITHIN, PARTLY = 0, 1, 2, 3, 4, 5, 6, 7
"""Cars wait until another moment; a trip is new, falls away, goes to another site, to another stop, calls at
one stop more or less, has another place in its tour, goes with a part of its load or whole."""
MOVED, EJECTED, EXCHANGED, TAILS, SITES = 8, 9, 10, 11, 12
"""Of two vehicles: a trip goes to the other, and a new one may take its place; trips, all later ones, sites
are exchanged."""
MOVES = (
    HELD, NEW, NEW, NEW, DROPPED, SITE, STOP, CALLS, CALLS, WITHIN, WITHIN, PARTLY, MOVED, MOVED, EJECTED,
    EXCHANGED, EXCHANGED, TAILS, SITES,
)  # fmt: skip
"""Each is drawn alike."""
HELD_SELDOM = 4
"""Of so many draws that hold cars one is done."""
KNOWN_SHARE = 16
"""What people of a stop lose counts at least as one part in so many, even where no program does better."""


class Choices(NamedTuple):
    """What steps choose from: vehicles that may call at a stop, sites and further stops, nearest first.

    Rows are as long as the numbers beside them; `holds` (classes, some) are moments until which cars wait,
    `moves` (n,) kinds of steps.
    """

    vehicles: Int64
    n_vehicles: Int64
    sites: Int64
    n_sites: Int64
    near: Int64
    n_near: Int64
    holds: Int64
    moves: Int64


@inner
def draw(state: Any, below: int) -> Any:
    """Return a number below a limit (Marsaglia, "Xorshift RNGs", 2003, doi:10.18637/jss.v008.i14)."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return np.int64(x >> np.uint64(1)) % below


@inner
def _near_first(rng: Any, n: int) -> int:
    """Draw a position, small ones rather."""
    i = 0
    while i < n - 1 and draw(rng, 2):
        i += 1
    return i


@inner
def _any_trip(plan: Any, rng: Any) -> tuple[int, int]:
    """Draw a trip, each alike."""
    total = plan.number.sum()
    if total == 0:
        return -1, -1
    x = draw(rng, total)
    for v in range(len(plan.number)):
        if x < plan.number[v]:
            return v, x
        x -= plan.number[v]
    return -1, -1


@inner
def note_late(world: Any, plan: Any, worth: Any) -> None:
    """Note what the people of each stop lose against the program of prices, in person-seconds."""
    plan.late[:] = 0
    for s in range(len(plan.left)):
        for k in range(KINDS):
            plan.late[s] += plan.left[s, k] * worth[0]
    for v in range(len(plan.number)):
        for i in range(plan.number[v]):
            for p in range(STOPS):
                stop = plan.trips[v, i, p]
                if stop >= 0:
                    for k in range(KINDS):
                        plan.late[stop] += plan.loads[v, i, p, k] * (plan.arrive[v, i] - world.stop[stop, 2])
    for s in range(len(plan.late)):
        plan.late[s] = max(plan.late[s] // KNOWN_SHARE, plan.late[s] - world.stop[s, 3 + KINDS])


@inner
def _late_stop(plan: Any, rng: Any) -> int:
    """Draw a stop in proportion to what its people lose."""
    total = plan.late.sum()
    if total <= 0:
        return -1
    x = draw(rng, total)
    for stop in range(len(plan.late)):
        x -= plan.late[stop]
        if x < 0:
            return stop
    return -1


@inner
def _may(choices: Any, v: int, stop: int) -> Any:
    found = False
    for i in range(choices.n_vehicles[stop]):
        found |= choices.vehicles[stop, i] == v
    return found


@inner
def _new_trip(choices: Any, rng: Any, stop: int, trip: Any) -> None:
    """Write a trip from a stop to a site, a near one rather."""
    trip[:] = -1
    trip[0], trip[PART] = stop, 0
    trip[STOPS] = choices.sites[stop, _near_first(rng, choices.n_sites[stop])]


@inner
def _other_calls(choices: Any, rng: Any, trip: Any) -> Any:
    """Let a trip call at one pick-up more, or one less; False where it cannot."""
    n = 1
    while n < STOPS and trip[n] >= 0:
        n += 1
    if n > 1 and draw(rng, 2):
        trip[n - 1] = -1
        return True
    if n == STOPS or choices.n_near[trip[n - 1]] == 0:
        return False
    stop = choices.near[trip[n - 1], _near_first(rng, choices.n_near[trip[n - 1]])]
    for p in range(n):
        if trip[p] == stop:
            return False
    trip[n] = stop
    return True


@inner
def _edit_one(choices: Any, plan: Any, rng: Any, edit: Any, trip: Any) -> Any:
    """Draw a change of one trip: write the new one and where it goes."""
    kind, v, i = edit[0], edit[1], edit[2]
    trip[:] = plan.trips[v, i]
    edit[3] = i
    if kind == DROPPED:
        edit[3] = -1
    elif kind == PARTLY:
        trip[PART] = 1 - trip[PART]
    elif kind == SITE:
        trip[STOPS] = choices.sites[trip[0], _near_first(rng, choices.n_sites[trip[0]])]
        return trip[STOPS] != plan.trips[v, i, STOPS]
    elif kind == STOP:
        stop = _late_stop(plan, rng)
        if stop < 0 or stop == trip[0] or choices.n_sites[stop] == 0 or not _may(choices, v, stop):
            return False
        _new_trip(choices, rng, stop, trip)
    elif kind == CALLS:
        return _other_calls(choices, rng, trip)
    else:
        edit[3] = draw(rng, plan.number[v])
        return edit[3] != i
    return True


@inner
def _edit_two(world: Any, choices: Any, plan: Any, rng: Any, edit: Any, trip: Any) -> Any:
    """Draw the second vehicle and trip of a change."""
    kind, v, i = edit[0], edit[1], edit[2]
    most = plan.trips.shape[1]
    if kind in {MOVED, EJECTED}:
        stop = plan.trips[v, i, 0]
        if choices.n_vehicles[stop] == 0:
            return False
        w = choices.vehicles[stop, draw(rng, choices.n_vehicles[stop])]
        edit[4], edit[5] = w, draw(rng, plan.number[w] + 1)
        if kind == EJECTED:
            stop = _late_stop(plan, rng)
            if stop < 0 or choices.n_sites[stop] == 0 or not _may(choices, v, stop):
                return False
            _new_trip(choices, rng, stop, trip)
        return w != v and plan.number[w] < most
    w, j = _any_trip(plan, rng)
    edit[4], edit[5] = w, j
    if w == v:
        return False
    here, there = plan.trips[v, i], plan.trips[w, j]
    if kind == SITES:
        return world.stop[here[0], 1] == world.stop[there[0], 1] and here[STOPS] != there[STOPS]
    if kind == EXCHANGED:
        return _may(choices, w, here[0]) and _may(choices, v, there[0])
    return i + plan.number[w] - j <= most and j + plan.number[v] - i <= most


@inner
def edited(world: Any, choices: Any, plan: Any, rng: Any, edit: Any, trip: Any) -> Any:
    """Draw a change: (kind, vehicle, trip, where to, other vehicle, its trip); False where none came up."""
    kind = choices.moves[draw(rng, len(choices.moves))]
    edit[:] = -1
    edit[0] = kind
    if kind == HELD:
        if len(plan.hold) == 0 or draw(rng, HELD_SELDOM):
            return False
        edit[1] = draw(rng, len(plan.hold))
        return True
    if kind == NEW:
        stop = _late_stop(plan, rng)
        if stop < 0 or choices.n_vehicles[stop] == 0 or choices.n_sites[stop] == 0:
            return False
        v = choices.vehicles[stop, draw(rng, choices.n_vehicles[stop])]
        edit[1], edit[3] = v, draw(rng, plan.number[v] + 1)
        _new_trip(choices, rng, stop, trip)
        return plan.number[v] < plan.trips.shape[1]
    edit[1], edit[2] = _any_trip(plan, rng)
    if edit[1] < 0:
        return False
    if kind < MOVED:
        return _edit_one(choices, plan, rng, edit, trip)
    return _edit_two(world, choices, plan, rng, edit, trip)


@inner
def _insert(plan: Any, v: int, at: int, trip: Any) -> None:
    for i in range(plan.number[v], at, -1):
        plan.trips[v, i] = plan.trips[v, i - 1]
    plan.trips[v, at] = trip
    plan.number[v] += 1


@inner
def _remove(plan: Any, v: int, at: int) -> None:
    for i in range(at, plan.number[v] - 1):
        plan.trips[v, i] = plan.trips[v, i + 1]
    plan.number[v] -= 1


@inner
def _exchange(plan: Any, log: Any, edit: Any, n: int, m: int) -> None:
    """Exchange `n` trips of the first vehicle for `m` of the second."""
    v, i, w, j = edit[1], edit[2], edit[4], edit[5]
    for k in range(m):
        plan.trips[v, i + k] = log.trips[1, j + k]
    for k in range(n):
        plan.trips[w, j + k] = log.trips[0, i + k]
    plan.number[v] += m - n
    plan.number[w] += n - m


@inner
def apply(plan: Any, log: Any, edit: Any, trip: Any) -> None:
    """Change the tours themselves; the log has them as they were."""
    kind, v, i, to, w, j = edit[0], edit[1], edit[2], edit[3], edit[4], edit[5]
    if kind == MOVED:
        _remove(plan, v, i)
        _insert(plan, w, j, log.trips[0, i])
    elif kind == EJECTED:
        plan.trips[v, i] = trip
        _insert(plan, w, j, log.trips[0, i])
    elif kind == SITES:
        plan.trips[v, i, STOPS] = log.trips[1, j, STOPS]
        plan.trips[w, j, STOPS] = log.trips[0, i, STOPS]
    elif kind == EXCHANGED:
        _exchange(plan, log, edit, 1, 1)
    elif kind == TAILS:
        _exchange(plan, log, edit, log.number[0] - i, log.number[1] - j)
    else:
        if i >= 0:
            _remove(plan, v, i)
        if to >= 0:
            _insert(plan, v, to, trip)

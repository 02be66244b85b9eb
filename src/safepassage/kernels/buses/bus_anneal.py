"""Simulated annealing over the trips of buses: fast plans for a wanted horizon.

Buses hold sequences of trips (pick-up, site, load). A step changes one or two buses: a trip moves, two trips
or their sites change places, tails are exchanged, a load is shifted or split. The cost is the time by which
buses run over the horizon, in all (S. Kirkpatrick, C. D. Gelatt, M. P. Vecchi, "Optimization by Simulated
Annealing", 1983, doi:10.1126/science.220.4598.671). Random numbers come from a seed (G. Marsaglia, "Xorshift
RNGs", 2003, doi:10.18637/jss.v008.i14).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.buses.bus_routes import NO_WAY_S
from safepassage.kernels.compiled import compiled

Int64 = NDArray[np.int64]

MOVES = 7


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BusTimes:
    """Times for the annealing: (fleets, pick-ups), (pick-ups, sites), (sites, pick-ups) seconds, and dwell.

    `dwell_s` is (4,): loading base and per unit, unloading base and per unit.
    """

    start_s: Int64
    drive_s: Int64
    back_s: Int64
    dwell_s: Int64


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TripLists:
    """Trips of each bus: `trips` (buses, most, 3) of pick-up, site and load; `count` (buses,)."""

    trips: Int64
    count: Int64


@compiled
def _next(state: Any) -> Any:  # pragma: no cover - compiled
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return x


@compiled
def _draw(state: Any, below: int) -> Any:  # pragma: no cover - compiled
    return np.int64(_next(state) >> np.uint64(1)) % below


@compiled
def _length(trips: Any, n: int, start_s: Any, times: Any) -> Any:  # pragma: no cover - compiled
    """Return when a bus has reached its last site."""
    drive_s, back_s, dwell_s = times
    now = 0
    for i in range(n):
        p, s, load = trips[i, 0], trips[i, 1], trips[i, 2]
        if i == 0:
            now = start_s[p]
        else:
            now += dwell_s[2] + dwell_s[3] * trips[i - 1, 2] + back_s[trips[i - 1, 1], p]
        now += dwell_s[0] + dwell_s[1] * load + drive_s[p, s]
    return now


@compiled
def _insert(part: Any, n: int, at: int, row: Any) -> None:  # pragma: no cover - compiled
    for k in range(n, at, -1):
        part[k] = part[k - 1]
    part[at] = row


@compiled
def _remove(part: Any, n: int, at: int) -> None:  # pragma: no cover - compiled
    for k in range(at, n - 1):
        part[k] = part[k + 1]


@compiled
def _change(  # noqa: PLR0917 - compiled code takes no records
    move: int, work: Any, count: Any, i: int, y: int, n_sites: int, state: Any
) -> Any:  # pragma: no cover - compiled
    """Apply a move to trip i of part 0 and to part y (0: the same bus); return whether it could be."""
    most = work.shape[1]
    if move == 0:  # a trip moves
        if y == 1 and count[1] == most:
            return False
        row = work[0, i].copy()
        _remove(work[0], count[0], i)
        count[0] -= 1
        _insert(work[y], count[y], _draw(state, count[y] + 1), row)
        count[y] += 1
        return True
    if move == 1:  # a trip goes to another site
        work[0, i, 1] = _draw(state, n_sites)
        return True
    if move == 2:  # tails  # noqa: PLR2004
        return y == 1 and _tails(work, count, i, _draw(state, count[1] + 1))
    if move == 6 and _draw(state, 4) == 0:  # a load is split  # noqa: PLR2004
        return _split(work, count, i, y, _draw(state, n_sites), state)
    if count[y] == 0:
        return False
    j = _draw(state, count[y])
    if move == 6:  # a load is shifted  # noqa: PLR2004
        return _shift(work, count, i, y, j, state)
    for field in range(3):  # trips (3), sites (4) or pick-ups with their loads (5) change places
        if move == 3 or (move == 4) == (field == 1):  # noqa: PLR2004
            kept = work[0, i, field]
            work[0, i, field] = work[y, j, field]
            work[y, j, field] = kept
    return True


@compiled
def _tails(work: Any, count: Any, i: int, j: int) -> Any:  # pragma: no cover - compiled
    a, b = count[0], count[1]
    if i + b - j > work.shape[1] or j + a - i > work.shape[1]:
        return False
    kept = work[0, i:a].copy()
    for k in range(j, b):
        work[0, i + k - j] = work[1, k]
    for k in range(a - i):
        work[1, j + k] = kept[k]
    count[0], count[1] = i + b - j, j + a - i
    return True


@compiled
def _split(
    work: Any, count: Any, i: int, y: int, site: int, state: Any
) -> Any:  # pragma: no cover - compiled
    load = work[0, i, 2]
    if load < 2 or count[y] == work.shape[1]:  # noqa: PLR2004 - one cannot be split
        return False
    part = 1 + _draw(state, load - 1)
    row = work[0, i].copy()
    work[0, i, 2] = load - part
    row[1], row[2] = site, part
    _insert(work[y], count[y], _draw(state, count[y] + 1), row)
    count[y] += 1
    return True


@compiled
def _shift(work: Any, count: Any, i: int, y: int, j: int, state: Any) -> Any:  # pragma: no cover - compiled
    if work[0, i, 0] != work[y, j, 0] or (y == 0 and i == j):
        return False
    part = work[0, i, 2] if _draw(state, 2) == 0 else 1 + _draw(state, work[0, i, 2])
    work[y, j, 2] += part
    work[0, i, 2] -= part
    if work[0, i, 2] == 0:
        _remove(work[0], count[0], i)
        count[0] -= 1
    return True


@compiled
def _fits(work: Any, count: Any, parts: int, seats: Any, room: Any) -> Any:  # pragma: no cover - compiled
    """Take the room of the changed trips; return whether seats and sites suffice."""
    fits = True
    for y in range(parts):
        for k in range(count[y]):
            room[work[y, k, 1]] -= work[y, k, 2]
            fits = fits and work[y, k, 2] <= seats[y] and room[work[y, k, 1]] >= 0
    return fits


@compiled
def _give(trips: Any, n: int, room: Any, sign: int) -> None:  # pragma: no cover - compiled
    for k in range(n):
        room[trips[k, 1]] += sign * trips[k, 2]


@compiled
def _anneal(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one flat loop, or it would copy its state
    trips: Any, count: Any, buses: Any, times: Any, room: Any, aim_s: int, schedule: Any, state: Any
) -> Any:  # pragma: no cover - compiled
    """Return (last arrival, trips, count) of the best state seen."""
    fleet_start, seats = buses
    steps, hot, cold = schedule
    n_buses, n_sites = len(count), len(room)
    length = np.array([_length(trips[b], count[b], fleet_start[b], times) for b in range(n_buses)])
    best = length.max()
    best_trips, best_count = trips.copy(), count.copy()
    work, part_count, part_seats = trips[:2].copy(), np.zeros(2, np.int64), np.zeros(2, np.int64)
    if n_buses == 1:
        work = np.concatenate((work, work))
    pair, fresh = np.zeros(2, np.int64), np.zeros(2, np.int64)
    temperature = hot
    for step in range(int(steps)):
        if best <= aim_s:
            break
        if step % 128 == 0:
            temperature = hot * (cold / hot) ** (step / steps)
        a, b = _draw(state, n_buses), _draw(state, n_buses)
        other = _draw(state, n_buses)
        if length[other] > length[a] and _draw(state, 2) == 0:
            a = other
        if count[a] == 0:
            continue
        parts = 1 if a == b else 2
        pair[0], pair[1] = a, b
        for y in range(parts):
            part_count[y], part_seats[y] = count[pair[y]], seats[pair[y]]
            work[y, : count[pair[y]]] = trips[pair[y], : count[pair[y]]]
        move, i = _draw(state, MOVES), _draw(state, count[a])
        if not _change(move, work, part_count, i, parts - 1, n_sites, state):
            continue
        change = 0
        for y in range(parts):
            _give(trips[pair[y]], count[pair[y]], room, 1)
            fresh[y] = _length(work[y], part_count[y], fleet_start[pair[y]], times)
            change += max(0, fresh[y] - aim_s) - max(0, length[pair[y]] - aim_s)
        chance = (_next(state) >> np.uint64(11)) * (1.0 / 9007199254740992.0)
        fits = _fits(work, part_count, parts, part_seats, room)
        if not fits or (change > 0 and chance >= np.exp(-change / temperature)):
            for y in range(parts):
                _give(work[y], part_count[y], room, 1)
            for y in range(parts):
                _give(trips[pair[y]], count[pair[y]], room, -1)
            continue
        for y in range(parts):
            length[pair[y]], count[pair[y]] = fresh[y], part_count[y]
            trips[pair[y], : part_count[y]] = work[y, : part_count[y]]
        if length.max() < best:
            best = length.max()
            best_trips[:], best_count[:] = trips, count
    return best, best_trips, best_count


def anneal(
    lists: TripLists,
    buses: tuple[Int64, Int64],
    times: BusTimes,
    room: Int64,
    *,
    aim_s: int,
    steps: int,
    seed: int,
) -> tuple[int, TripLists]:
    """Return (last arrival, trips) of the best plan seen in so many steps, at once when it is by `aim_s`.

    Parameters
    ----------
    lists
        A plan to begin with; loads are within seats and within the room of the sites.
    buses
        (buses,) the fleet of each bus, a row of `times.start_s`; (buses,) its seats.
    room
        (sites,) units that each site takes in.
    """
    trips, count = lists.trips.copy(), lists.count.copy()
    fleet, seats = buses
    left = room.copy()
    for b in range(len(count)):
        np.subtract.at(left, trips[b, : count[b], 1], trips[b, : count[b], 2])
    usual = times.drive_s[times.drive_s < NO_WAY_S]
    typical = float(np.median(usual)) if usual.size else 1.0
    schedule = (float(steps), max(1.0, typical / 2), max(0.15, typical / 3_000))
    state = np.array([(seed * 2_685_821_657 + 88_172_645_463_325_252) % 2**64 or 1], np.uint64)
    best, best_trips, best_count = _anneal(
        trips, count, (times.start_s[fleet], seats), (times.drive_s, times.back_s, times.dwell_s), left,
        aim_s, schedule, state,
    )  # fmt: skip
    return int(best), TripLists(trips=best_trips, count=best_count)

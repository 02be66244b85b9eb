"""The changes that the search of shuttle tours tries, each drawn at random.

The tours of two vehicles are held in memory first. Every move returns whether it changed them to something
the vehicles can carry; whoever calls it drives the tours, and takes the move back where it does not pay.
"""

from __future__ import annotations

from safepassage.kernels.compiled import inner
from safepassage.kernels.shuttles.shuttle_edits import (
    Memory,
    UInt64,
    copy_trip,
    draw,
    load,
    make_gap,
    most_new,
    new_trip,
    remember,
    remove_trip,
    stop_of,
    tour_fits,
    unload,
)
from safepassage.kernels.shuttles.shuttle_tours import Case, Tours, fits, room_for

OTHER_END, MOVE_TRIP, SWAP_TRIPS, SWAP_TAILS, SHIFT, SPLIT, EXCHANGE, SWAP_STOPS, FETCH, REPLACE = range(10)
MOVES = 10
"""How many kinds of move there are; each is drawn equally often."""


@inner
def _near(rng: UInt64, trip: int, positions: int) -> int:
    """Return a position in [0, positions): half the time one close to a trip's own."""
    if draw(rng, 2) == 0:
        return draw(rng, positions)
    return min(max(trip + draw(rng, 5) - 2, 0), positions - 1)


@inner
def _other_end(case: Case, tours: Tours, rng: UInt64, a: int) -> bool:
    """Let a trip end at another shelter."""
    if len(case.room) == 1:
        return False
    t = draw(rng, tours.trips[a])
    tours.end[a, t] = (tours.end[a, t] + 1 + draw(rng, len(case.room) - 1)) % len(case.room)
    return True


@inner
def _perhaps_other_end(case: Case, tours: Tours, where: tuple[int, int], rng: UInt64) -> None:
    """Give a trip that was moved a shelter drawn anew, one time in four."""
    if len(case.room) > 1 and draw(rng, 4) == 0:
        tours.end[where] = draw(rng, len(case.room))


@inner
def _move_trip(case: Case, tours: Tours, memo: Memory, rng: UInt64, pair: tuple[int, int]) -> bool:
    """Move a trip to another position, of its own tour or another."""
    a, b = pair
    t = draw(rng, tours.trips[a])
    remove_trip(tours, a, t)
    u = _near(rng, t, tours.trips[b] + 1)
    if not make_gap(tours, b, u):
        return False
    copy_trip(memo.held, (0, t), tours, (b, u))
    _perhaps_other_end(case, tours, (b, u), rng)
    return fits(case, tours, b, u)


@inner
def _swap_trips(case: Case, tours: Tours, memo: Memory, rng: UInt64, pair: tuple[int, int]) -> bool:
    """Exchange two trips."""
    a, b = pair
    if tours.trips[b] == 0:
        return False
    t = draw(rng, tours.trips[a])
    u = _near(rng, t, tours.trips[b])
    copy_trip(tours, (b, u), tours, (a, t))
    copy_trip(memo.held, (0, t), tours, (b, u))
    _perhaps_other_end(case, tours, (b, u), rng)
    return fits(case, tours, a, t) and fits(case, tours, b, u)


@inner
def _swap_tails(case: Case, tours: Tours, memo: Memory, rng: UInt64, pair: tuple[int, int]) -> bool:
    """Exchange all trips of two tours from some position on."""
    a, b = pair
    if a == b:
        return False
    t = draw(rng, tours.trips[a] + 1)
    u = _near(rng, t, tours.trips[b] + 1)
    behind_a, behind_b = tours.trips[a] - t, tours.trips[b] - u
    if max(t + behind_b, u + behind_a) > tours.stops.shape[1]:
        return False
    for k in range(behind_b):
        copy_trip(memo.held, (1, u + k), tours, (a, t + k))
    for k in range(behind_a):
        copy_trip(memo.held, (0, t + k), tours, (b, u + k))
    tours.trips[a], tours.trips[b] = t + behind_b, u + behind_a
    return tour_fits(case, tours, a, t) and tour_fits(case, tours, b, u)


@inner
def _some(rng: UInt64, most: int) -> int:
    """Return 1 to `most`: half the time all."""
    return most if draw(rng, 2) == 0 else 1 + draw(rng, most)


@inner
def _shift(case: Case, tours: Tours, rng: UInt64, pair: tuple[int, int]) -> bool:
    """Let parties ride on another trip, which may call at their place for them."""
    a, b = pair
    if tours.trips[b] == 0:
        return False
    t = draw(rng, tours.trips[a])
    u = _near(rng, t, tours.trips[b])
    if a == b and t == u:
        return False
    s = draw(rng, tours.stops[a, t])
    group = tours.group[a, t, s]
    most = min(tours.parties[a, t, s], most_new(case, tours, (b, u), group))
    if most <= 0:
        return False
    some = _some(rng, most)
    unload(tours, (a, t), s, some)
    load(tours, (b, u), (group, some), draw(rng, tours.stops[b, u] + 1))
    if tours.stops[a, t] == 0:
        remove_trip(tours, a, t)
    return True


@inner
def _split(case: Case, tours: Tours, rng: UInt64, pair: tuple[int, int]) -> bool:
    """Let parties ride on a trip of their own."""
    a, b = pair
    if tours.trips[b] == tours.stops.shape[1]:
        return False
    t = draw(rng, tours.trips[a])
    s = draw(rng, tours.stops[a, t])
    group, end = tours.group[a, t, s], tours.end[a, t]
    some = _some(rng, tours.parties[a, t, s])
    unload(tours, (a, t), s, some)
    if tours.stops[a, t] == 0:
        remove_trip(tours, a, t)
    u = _near(rng, t, tours.trips[b] + 1)
    new_trip(tours, (b, u), (group, some), end)
    _perhaps_other_end(case, tours, (b, u), rng)
    return fits(case, tours, b, u)


@inner
def _exchange(case: Case, tours: Tours, rng: UInt64, pair: tuple[int, int]) -> bool:
    """Exchange parties of one group on a trip with parties of another group on another trip."""
    a, b = pair
    if tours.trips[b] == 0:
        return False
    t = draw(rng, tours.trips[a])
    u = _near(rng, t, tours.trips[b])
    if a == b and t == u:
        return False
    s, r = draw(rng, tours.stops[a, t]), draw(rng, tours.stops[b, u])
    mine, yours = tours.group[a, t, s], tours.group[b, u, r]
    if mine == yours:
        return False
    whole = draw(rng, 2) == 0
    less = min(tours.parties[a, t, s], tours.parties[b, u, r])
    give = tours.parties[a, t, s] if whole else less
    take = tours.parties[b, u, r] if whole else less
    unload(tours, (a, t), s, give)
    unload(tours, (b, u), r, take)
    done = load(tours, (a, t), (yours, take), min(s, tours.stops[a, t]))
    done = load(tours, (b, u), (mine, give), min(r, tours.stops[b, u])) and done
    return done and fits(case, tours, a, t) and fits(case, tours, b, u)


@inner
def _swap_stops(tours: Tours, rng: UInt64, a: int) -> bool:
    """Exchange the order of two stops of a trip."""
    t = draw(rng, tours.trips[a])
    s, r = draw(rng, tours.stops[a, t]), draw(rng, tours.stops[a, t])
    if s == r:
        return False
    group, parties = tours.group[a, t], tours.parties[a, t]
    group[s], group[r] = group[r], group[s]
    parties[s], parties[r] = parties[r], parties[s]
    return True


@inner
def _fetch(case: Case, tours: Tours, rng: UInt64, b: int) -> bool:
    """Fetch parties that are left: on a trip there is, or on a new one."""
    group = draw(rng, len(tours.left))
    if tours.left[group] == 0:
        return False
    u = draw(rng, tours.trips[b] + 1)
    if u == tours.trips[b] or draw(rng, 2) == 0:
        if not make_gap(tours, b, u):
            return False
        tours.end[b, u] = draw(rng, len(case.room))
    most = min(tours.left[group], most_new(case, tours, (b, u), group))
    if most <= 0:
        return False
    some = _some(rng, most)
    tours.left[group] -= some
    return load(tours, (b, u), (group, some), draw(rng, tours.stops[b, u] + 1))


@inner
def _replace(case: Case, tours: Tours, rng: UInt64, a: int) -> bool:
    """Leave parties of one group and fetch parties of another that were left in their place."""
    group = draw(rng, len(tours.left))
    if tours.left[group] == 0:
        return False
    t = draw(rng, tours.trips[a])
    s = draw(rng, tours.stops[a, t])
    other = tours.group[a, t, s]
    if other == group:
        return False
    some = _some(rng, tours.parties[a, t, s])
    unload(tours, (a, t), s, some)
    tours.left[other] += some
    most = min(tours.left[group], room_for(case, tours, (a, t), group))
    if most <= 0 or (stop_of(tours, (a, t), group) < 0 and tours.stops[a, t] == tours.group.shape[2]):
        return False
    tours.left[group] -= most
    return load(tours, (a, t), (group, most), min(s, tours.stops[a, t]))


@inner
def move(case: Case, tours: Tours, memo: Memory, rng: UInt64) -> bool:  # noqa: C901, PLR0911 - a table
    """Make one move of a kind drawn at random; False where it cannot be made (then take it back)."""
    pair = draw(rng, len(tours.trips)), draw(rng, len(tours.trips))
    kind = draw(rng, MOVES)
    if tours.trips[pair[0]] == 0 and kind != FETCH:
        memo.vehicle[0] = memo.vehicle[1] = -1
        return False
    remember(tours, memo, pair[0], pair[1])
    if kind == OTHER_END:
        return _other_end(case, tours, rng, pair[0])
    if kind == MOVE_TRIP:
        return _move_trip(case, tours, memo, rng, pair)
    if kind == SWAP_TRIPS:
        return _swap_trips(case, tours, memo, rng, pair)
    if kind == SWAP_TAILS:
        return _swap_tails(case, tours, memo, rng, pair)
    if kind == SHIFT:
        return _shift(case, tours, rng, pair)
    if kind == SPLIT:
        return _split(case, tours, rng, pair)
    if kind == EXCHANGE:
        return _exchange(case, tours, rng, pair)
    if kind == SWAP_STOPS:
        return _swap_stops(tours, rng, pair[0])
    if kind == FETCH:
        return _fetch(case, tours, rng, pair[0])
    return _replace(case, tours, rng, pair[0])

"""Rounds of trucks on a day by ruin and recreate: which orders they carry from which depot.

Strings of orders near each other are taken out of trips and put back one by one where they cost least, as
in slack induction by string removals (Christiaens and Vanden Berghe, 2020, doi:10.1287/trsc.2019.0914); what
comes of it is kept by Metropolis' rule. A trip begins with the way to its depot and ends at the base of its
truck, so that the seconds of a day are the sum of its trips, in any order. Nothing is proved here. The search
ends after so many steps and asks no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled, inner, lent, woven
from safepassage.kernels.compiled import load as load_loops
from safepassage.kernels.shuttles.shuttle_search import QUANTILES, UNITS
from safepassage.kernels.tours.rounds import MOST_RELOADS, WHOLE, Orders, Round, Trip, TruckKind
from safepassage.kernels.tours.tour_moves import draw

Int64 = NDArray[np.int64]
SEED = 0x9E3779B97F4A7C15
NO_ONE = 2**40
"""Seconds that an order counts that is to be in some trip, whatever it costs."""
LONGEST, REMOVED = 10, 10
"""The longest string of orders that is taken out of a trip, and how many orders are on average."""
WAITING = 12
"""So many orders that are in no trip are tried at a time, beside those just taken out."""
BLINKS = 100
"""One place of so many is passed over."""
BY_LOT, HEAVIEST, FARTHEST, NEAREST, DEAREST = 0, 1, 2, 3, 4
FIRST = (
    BY_LOT, BY_LOT, BY_LOT, BY_LOT, HEAVIEST, HEAVIEST, HEAVIEST, HEAVIEST, FARTHEST, FARTHEST, NEAREST,
    DEAREST, DEAREST,
)  # fmt: skip
"""Which orders are put back first; each is drawn alike."""
HOT, WARM, COLD = 8.0, 1.0, 0.1
"""The first heat, that of a search that goes on from rounds, the last, in mean ways between neighbours."""


class Day(NamedTuple):
    """What does not change in a search; everything by position.

    `order` (n, 3) mass, volume, prize (`NO_ONE`: must be carried); `handling` (kinds, n) how long it is
    handled by each kind of truck; `stop` (n,) its place in the tables; `goods` (n, g) what it holds by good;
    `near` (n, n) orders, nearest first; `kind` of each truck, `limits` (kinds, 6) mass, volume, seconds, and
    of these on the road, on the road before a break, of a break; `depots` (kinds, d) whether trips begin
    there; `base` (kinds,); `table` (kinds,) which of `ways` (tables, places, places); `bases_s` (2,) those of
    loading, and of unloading, which is in the ways.
    """

    order: Int64
    handling: Int64
    stop: Int64
    goods: Int64
    near: Int64
    kind: Int64
    limits: Int64
    depots: Int64
    base: Int64
    table: Int64
    ways: Int64
    bases_s: Int64


class Trips(NamedTuple):
    """Trips as linked orders: `trip` (n,) of each order (-1: none), those `after` and `before` it.

    By trip: the `first` and the `last` order, its `depot`, and `load` (trips, 2) mass and volume. `seconds`
    (trucks, 2) of each truck, and of these on the road, `stock` (depots, g) what is left, `total` (1,) what
    the whole costs.
    """

    trip: Int64
    after: Int64
    before: Int64
    first: Int64
    last: Int64
    depot: Int64
    load: Int64
    seconds: Int64
    stock: Int64
    total: Int64


PER_TRUCK = MOST_RELOADS + 1
NOWHERE = -2


@inner
def _save(to: Any, state: Any) -> None:
    to.trip[:], to.after[:], to.before[:] = state.trip, state.after, state.before
    to.first[:], to.last[:], to.depot[:] = state.first, state.last, state.depot
    to.load[:], to.seconds[:], to.stock[:], to.total[:] = state.load, state.seconds, state.stock, state.total


@inner
def _take_out(day: Any, state: Any, o: int) -> None:
    """Take an order out of its trip."""
    t = state.trip[o]
    truck = t // PER_TRUCK
    k = day.kind[truck]
    ways = day.ways[day.table[k]]
    base, depot = day.base[k], state.depot[t]
    a, b = state.before[o], state.after[o]
    here = day.stop[o]
    start = day.stop[a] if a >= 0 else depot
    end = day.stop[b] if b >= 0 else base
    if a < 0 and b < 0:
        gone = ways[base, depot] + ways[depot, here] + ways[here, base]
    else:
        gone = ways[start, here] + ways[here, end] - ways[start, end]
    state.seconds[truck, 1] -= gone - (day.bases_s[1] if here not in (start, end) else 0)
    gone += day.handling[k, o] + (day.bases_s[0] if a < 0 and b < 0 else 0)
    if a >= 0:
        state.after[a] = b
    else:
        state.first[t] = b
    if b >= 0:
        state.before[b] = a
    else:
        state.last[t] = a
    state.trip[o] = -1
    state.load[t, 0] -= day.order[o, 0]
    state.load[t, 1] -= day.order[o, 1]
    state.seconds[truck, 0] -= gone
    for g in range(day.goods.shape[1]):
        state.stock[depot, g] += day.goods[o, g]
    state.total[0] += day.order[o, 2] - gone


@inner
def _put_in(day: Any, state: Any, o: int, place: tuple[int, int, int], more: int) -> None:
    """Put an order into a trip from a depot, after another (-1: first): so many seconds more."""
    t, a, depot = place
    if state.first[t] < 0:
        state.depot[t] = depot
    b = state.after[a] if a >= 0 else state.first[t]
    truck, here = t // PER_TRUCK, day.stop[o]
    handling = day.handling[day.kind[truck], o]
    alone = (a < 0 or day.stop[a] != here) and (b < 0 or day.stop[b] != here)
    standing = handling + (day.bases_s[1] if alone else 0) + (day.bases_s[0] if a < 0 and b < 0 else 0)
    state.before[o], state.after[o], state.trip[o] = a, b, t
    if a >= 0:
        state.after[a] = o
    else:
        state.first[t] = o
    if b >= 0:
        state.before[b] = o
    else:
        state.last[t] = o
    state.load[t, 0] += day.order[o, 0]
    state.load[t, 1] += day.order[o, 1]
    state.seconds[truck, 0] += more
    state.seconds[truck, 1] += more - standing
    for g in range(day.goods.shape[1]):
        state.stock[depot, g] -= day.goods[o, g]
    state.total[0] += more - day.order[o, 2]


@woven
def _look_for_goods(day: Any, state: Any, o: int, lies: Any) -> None:
    """Set at which depots all that an order holds still lies."""
    lies[:] = True
    for g in range(day.goods.shape[1]):
        if day.goods[o, g] > 0:
            for depot in range(len(lies)):
                lies[depot] &= day.goods[o, g] <= state.stock[depot, g]


@woven
def _least_in_trip(day: Any, state: Any, o: int, t: int, room: int, rng: Any) -> tuple[int, int]:
    """Return the least seconds below `room` that an order takes in a trip, after which one (-2: none)."""
    k, here = day.kind[t // PER_TRUCK], day.stop[o]
    ways = day.ways[day.table[k]]
    after, a, b, start = NOWHERE, -1, state.first[t], state.depot[t]
    while True:
        end = day.stop[b] if b >= 0 else day.base[k]
        more = ways[start, here] + ways[here, end] - ways[start, end]
        if more < room and draw(rng, BLINKS):
            room, after = more, a
        if b < 0:
            return room, after
        a, start, b = b, end, state.after[b]


@woven
def _look_for_depots(day: Any, o: int, lies: Any, own: Any) -> None:
    """Set by kind of truck the least seconds of a trip of its own (`NO_ONE`: none), and from which depot."""
    here = day.stop[o]
    for k in range(len(own)):
        ways, base = day.ways[day.table[k]], day.base[k]
        own[k, 0] = NO_ONE
        if day.order[o, 0] > day.limits[k, 0] or day.order[o, 1] > day.limits[k, 1]:
            continue
        for d in range(len(lies)):
            more = ways[base, d] + day.bases_s[0] + ways[d, here] + ways[here, base]
            if lies[d] and day.depots[k, d] and more < own[k, 0]:
                own[k, 0], own[k, 1] = more, d


@woven
def _has_room(day: Any, state: Any, lies: Any, o: int, t: int) -> bool:
    """Tell whether a trip that has begun has room for an order, and its depot the goods."""
    k = day.kind[t // PER_TRUCK]
    return bool(
        state.load[t, 0] + day.order[o, 0] <= day.limits[k, 0]
        and state.load[t, 1] + day.order[o, 1] <= day.limits[k, 1]
        and lies[state.depot[t]]
    )


@woven
def _room_s(day: Any, state: Any, truck: int, standing: int) -> int:
    """Return the most seconds more, so many of them not on the road, that a truck and its driver have.

    With each break there is less time, but more of it may be on the road.
    """
    limits = day.limits[day.kind[truck]]
    left, driven = limits[2] - state.seconds[truck, 0], state.seconds[truck, 1] - standing
    room, broken = min(left, limits[4] - driven), limits[4]
    while broken < limits[3] and left > room:
        left -= limits[5]
        broken += limits[4]
        room = max(room, min(left, broken - driven))
    return int(min(room, limits[3] - driven))


@woven
def _put_best(day: Any, state: Any, o: int, rng: Any, lies: Any, own: Any) -> None:
    """Put an order where it takes fewest seconds, if these are less than its prize."""
    _look_for_goods(day, state, o, lies)
    _look_for_depots(day, o, lies, own)
    least, trip, after, depot = day.order[o, 2], -1, -1, -1
    for truck in range(len(day.kind)):
        k = day.kind[truck]
        handling = day.handling[k, o]
        own_room = _room_s(day, state, truck, day.bases_s[0] + day.bases_s[1] + handling) - handling + 1
        if min(least - handling, own_room) <= 0:
            continue
        # A trip of its own is loaded, too: of as many seconds fewer are on the road.
        room = min(least - handling, _room_s(day, state, truck, day.bases_s[1] + handling) - handling + 1)
        empty = -1
        for t in range(truck * PER_TRUCK, (truck + 1) * PER_TRUCK):
            if state.first[t] < 0:
                empty = t if empty < 0 else empty
            elif room > 0 and _has_room(day, state, lies, o, t):
                more, at = _least_in_trip(day, state, o, t, room, rng)
                if at != NOWHERE:
                    room, least, trip, after, depot = more, more + handling, t, at, state.depot[t]
        if empty >= 0 and own[k, 0] < min(least - handling, own_room):
            least, trip, after, depot = own[k, 0] + handling, empty, -1, own[k, 1]
    if trip >= 0:
        _put_in(day, state, o, (trip, after, depot), least)


@inner
def _ruin(day: Any, state: Any, rng: Any, ruined: Any, out: Any) -> int:
    """Take strings of orders out of trips near one of them; return how many orders."""
    n = len(day.stop)
    ruined[:] = 0
    count = 0
    strings = 1 + draw(rng, 2 * REMOVED * 2 // (LONGEST + 1))
    seed = draw(rng, n)
    for j in range(n):
        if strings == 0:
            break
        o = day.near[seed, j]
        t = state.trip[o]
        if t < 0 or ruined[t]:
            continue
        ruined[t] = 1
        strings -= 1
        length = 1 + draw(rng, LONGEST)
        back = draw(rng, length)
        a = o
        while back > 0 and state.before[a] >= 0:
            a = state.before[a]
            back -= 1
        while length > 0 and a >= 0:
            b = state.after[a]
            _take_out(day, state, a)
            out[count] = a
            count += 1
            a = b
            length -= 1
    return count


@inner
def _waiting(day: Any, state: Any, rng: Any, out: Any, count: int) -> int:
    """Add some orders that are in no trip; return how many there are then."""
    n = len(day.stop)
    first, more = draw(rng, n), 0
    removed = count
    for j in range(n):
        o = (first + j) % n
        if state.trip[o] >= 0:
            continue
        just = False
        for i in range(removed):
            if out[i] == o:
                just = True
                break
        if not just:
            out[count] = o
            count += 1
            more += 1
            if more == WAITING:
                break
    return count


@inner
def _in_order(day: Any, rng: Any, out: Any, key: Any, count: int) -> None:
    """Put orders into a sequence: by lot, the heaviest, the farthest, the nearest or the dearest first."""
    which = FIRST[draw(rng, len(FIRST))]
    for i in range(count):
        o = out[i]
        far = day.ways[0, day.base[0], day.stop[o]]
        if which == BY_LOT:
            key[i] = draw(rng, 2**30)
        elif which == HEAVIEST:
            key[i] = -day.order[o, 0]
        elif which == FARTHEST:
            key[i] = -far
        elif which == NEAREST:
            key[i] = far
        else:
            key[i] = -(day.order[o, 2] // (day.order[o, 0] + 1))
    for i in range(1, count):
        o, mine = out[i], key[i]
        j = i - 1
        while j >= 0 and key[j] > mine:
            key[j + 1], out[j + 1] = key[j], out[j]
            j -= 1
        key[j + 1], out[j + 1] = mine, o


@compiled
def _searched(
    day: Any, states: Any, rng: Any, heats: tuple[float, float], steps: int, quantiles: Any
) -> None:
    """Search from a state; it, what is gone on from and the best found are the three `states`."""
    state, now, best = lent(states[0]), lent(states[1]), lent(states[2])
    day = lent(day)
    heat, cooler = heats
    n = len(day.stop)
    ruined, out, key = np.zeros(len(state.first), np.int64), np.zeros(n, np.int64), np.zeros(n, np.int64)
    lies, own = np.zeros(len(state.stock), np.bool_), np.zeros((len(day.base), 2), np.int64)
    _save(now, state)
    _save(best, state)
    for _ in range(steps):
        count = _ruin(day, state, rng, ruined, out)
        count = _waiting(day, state, rng, out, count)
        _in_order(day, rng, out, key, count)
        for i in range(count):
            _put_best(day, state, out[i], rng, lies, own)
        allowed = int(heat * quantiles[draw(rng, len(quantiles))] / UNITS)
        if state.total[0] <= now.total[0] + allowed:
            _save(now, state)
            if state.total[0] < best.total[0]:
                _save(best, state)
        else:
            _save(state, now)
        heat *= cooler


def load() -> None:
    """Load the loops ahead; otherwise they are on their first call."""
    load_loops(_searched, _put)


def rounds_in_a_day(
    orders: Orders,
    kinds: Sequence[TruckKind],
    tables_s: Sequence[Int64],
    *,
    goods: Int64,
    stock: Int64,
    bases_s: tuple[int, int],
    effort: tuple[int, int],
    begun: Sequence[Round] = (),
) -> list[Round]:
    """Return rounds that leave out as little as they can, then take little time.

    Parameters
    ----------
    tables_s : seconds between places, (depots + stops, depots + stops) each; the first are the depots.
    goods : (n, g) what each order holds by good.
    stock : (depots, g) what lies there beside what `begun` rounds bring.
    bases_s : that of loading, at the beginning of each trip, and that of unloading, which is in the tables.
    effort : so many steps of the search, and the seed of what it draws.
    begun : rounds to go on from.
    """
    n = len(orders.stop)
    if not n or not kinds:
        return []
    day = _day(orders, kinds, np.stack(tables_s), goods, len(stock), bases_s)
    state = _begun(day, kinds, stock, begun)
    now, best = (Trips(*(np.empty_like(column) for column in state)) for _ in range(2))
    rng = np.array([np.uint64(SEED + effort[1])], dtype=np.uint64)
    mean = _mean_way(day)
    hot = WARM if begun else HOT
    cooler = (COLD / hot) ** (1 / max(1, effort[0]))
    _searched(day, (state, now, best), rng, (hot * mean, cooler), effort[0], QUANTILES)
    return _rounds(day, best)


def _mean_way(day: Day) -> float:
    """Return the mean of the way from an order to the nearest other stops, in seconds."""
    few = day.near[:, : max(1, len(day.near) // 5)]
    return float(day.ways[0][day.stop[:, None], day.stop[few]].mean())


def _day(
    orders: Orders,
    kinds: Sequence[TruckKind],
    ways: Int64,
    goods: Int64,
    depots: int,
    bases_s: tuple[int, int],
) -> Day:
    prize = np.where(orders.prize < 0, NO_ONE, orders.prize)
    stop = depots + orders.stop
    apart = ways.min(axis=0)[np.ix_(stop, stop)]
    return Day(
        order=np.stack([orders.mass_kg, orders.volume_l, prize], axis=1),
        handling=np.array([-(-orders.handling_s * kind.handled // WHOLE) for kind in kinds]),
        stop=stop, goods=np.ascontiguousarray(goods), near=np.argsort(apart, axis=1, kind="stable"),
        kind=np.repeat(np.arange(len(kinds)), [kind.trucks for kind in kinds]),
        limits=np.array([
            (k.mass_kg, k.volume_l, min(k.most_s, k.until_s - k.from_s), k.drive_s, k.after_s, k.break_s)
            for k in kinds
        ], dtype=np.int64),
        depots=np.array([[d in kind.reloads for d in range(depots)] for kind in kinds], dtype=np.int64),
        base=np.array([kind.base for kind in kinds]), table=np.array([kind.table for kind in kinds]),
        ways=ways, bases_s=np.array(bases_s),
    )  # fmt: skip


def _begun(day: Day, kinds: Sequence[TruckKind], stock: Int64, begun: Sequence[Round]) -> Trips:
    """Return the trips of rounds that are known, or none."""
    n, trips = len(day.stop), len(day.kind) * PER_TRUCK
    state = Trips(
        trip=np.full(n, -1), after=np.full(n, -1), before=np.full(n, -1), first=np.full(trips, -1),
        last=np.full(trips, -1), depot=np.zeros(trips, np.int64), load=np.zeros((trips, 2), np.int64),
        seconds=np.zeros((len(day.kind), 2), np.int64), stock=stock.copy(),
        total=np.array([day.order[:, 2].sum()]),
    )  # fmt: skip
    free = np.cumsum([0, *(kind.trucks for kind in kinds)])[:-1].tolist()
    for one in begun:
        truck, free[one.kind] = free[one.kind], free[one.kind] + 1
        ways, base = day.ways[day.table[one.kind]], day.base[one.kind]
        for number, trip in enumerate(one.trips[:PER_TRUCK]):
            t, a = truck * PER_TRUCK + number, -1
            for o in trip.orders:
                here, start = day.stop[o], trip.depot if a < 0 else day.stop[a]
                more = ways[start, here] + ways[here, base] + day.handling[one.kind, o]
                more += ways[base, trip.depot] + day.bases_s[0] if a < 0 else -ways[start, base]
                _put(day, state, o, (t, a, trip.depot), int(more))
                a = o
    state.stock[:] = stock
    return state


@compiled
def _put(day: Any, state: Any, o: int, place: tuple[int, int, int], more: int) -> None:
    _put_in(day, state, o, place, more)


def _rounds(day: Day, best: Trips) -> list[Round]:
    found = []
    for truck, kind in enumerate(day.kind.tolist()):
        trips = []
        for t in range(truck * PER_TRUCK, (truck + 1) * PER_TRUCK):
            rows, o = [], int(best.first[t])
            while o >= 0:
                rows.append(o)
                o = int(best.after[o])
            if rows:
                trips.append(Trip(int(best.depot[t]), tuple(rows)))
        if trips:
            found.append(Round(kind, tuple(trips)))
    return found

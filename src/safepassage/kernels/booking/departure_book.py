"""Exact departures of many cars: each takes the cheapest way and second that the roads still have room for.

Entries are kept in capacity coordinates as in `capacity_calendar`: second t of an arc begins at the sum of
its
capacity before t, an entry takes a stretch as long as its work, and stretches never overlap. That is the
capacity rule of the model with one vehicle of burst. All cars are of one size.
"""

# mypy: allow-untyped-calls
# The loops take named tuples of arrays whose types numba infers.
from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled
from safepassage.kernels.prices.priced_journeys import NO_WAY, TimedGraph, by_step

Int64 = NDArray[np.int64]

NOWHERE = -1
SECONDS_PER_HOUR = 3_600
LATER_S = 15
"""Where a car need not wait, departures this much later are tried next."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Ways:
    """Way w has the arcs `first[w]` to `first[w + 1]`; class c may take ways `choice_first[c]` to [c + 1]."""

    first: Int64
    arc: Int64
    choice_first: Int64
    choice: Int64

    @property
    def longest(self) -> int:
        """Arcs of the longest way."""
        return int(np.diff(self.first).max(initial=1))


class Cars(NamedTuple):
    """Cars in the order of booking: class, way (NOWHERE: none), exposure, entries of the arcs.

    `enter_s` has shape (n_cars, longest way); the car leaves at `enter_s[i, 0]`.
    """

    of_class: Int64
    way: Int64
    cost: Int64
    enter_s: Int64


class DepartureBook:
    """Who enters which arc when, and the search for the cheapest departure beside those already booked.

    Parameters
    ----------
    graph, capacity_mveh_h
        The network; capacity per piece of `graph.pieces`.
    release_s
        (n_classes,) second from which a class may leave.
    until_s, wait_max_s, units_mveh, n_cars, wait_exposed
        The book ends at `until_s`; nobody waits longer than `wait_max_s` before an arc under way; the
        units of
        one car; the most cars that will be booked; whether the wait at the origin counts as exposure.
    """

    def __init__(
        self,
        graph: TimedGraph,
        capacity_mveh_h: Int64,
        release_s: Int64,
        *,
        until_s: int,
        wait_max_s: int,
        units_mveh: int,
        n_cars: int,
        wait_exposed: bool,
    ) -> None:
        pieces, hazard = graph.pieces, graph.hazard
        self._work = units_mveh * SECONDS_PER_HOUR
        self._rule, self._until_s = (wait_max_s, self._work, wait_exposed), until_s
        last = pieces.first[1:] - 1
        lengths = np.append(pieces.from_s[1:], 0) - pieces.from_s
        lengths[last] = until_s + 1 - pieces.from_s[last]
        area = np.cumsum(capacity_mveh_h * np.maximum(lengths, 0))
        before = area - capacity_mveh_h * np.maximum(lengths, 0)
        before -= np.repeat(before[pieces.first[:-1]], np.diff(pieces.first))
        room = before[last] + capacity_mveh_h[last] * np.maximum(lengths[last], 0)
        size = np.minimum(room // self._work + 2, n_cars + 1)
        offset = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
        self._roads = (
            pieces.first, pieces.from_s, pieces.travel_s, pieces.close_s, capacity_mveh_h,
            before.astype(np.int64), hazard.breaks, *by_step(hazard), hazard.step_of(until_s + 1),
        )  # fmt: skip
        self._entries = (
            offset,
            np.zeros(len(size), dtype=np.int64),
            np.zeros(int(offset[-1]), dtype=np.int64),
        )
        self._release_s = release_s

    def place(self, ways: Ways, cars: Cars, *, by_s: int, again: bool = False) -> int:
        """Book cars one after the other, each on its cheapest way and second; return how many are placed.

        All arrive by `by_s`. With `again` the cars
        hold what is booked: each is taken out and put back, elsewhere if that is cheaper.
        """
        listed = (ways.first, ways.arc, ways.choice_first, ways.choice)
        return int(
            _place(
                self._roads,
                self._entries,
                listed,
                self._release_s,
                tuple(cars),
                (by_s, *self._rule),
                again,
            )
        )

    def drive(self, ways: Ways, cars: Cars, earliest_s: Int64) -> Int64:
        """Drive all cars of an empty book in order of time, first come first served; return their arrivals.

        Each takes `cars.way`; `earliest_s` (n_cars, longest way) is the second before which an arc is not
        entered (-1: none). Queues leave no gaps on the roads, which booking car after car does. Entries and
        exposure are filled in; arrivals are NOWHERE where the book ends first.
        """
        out: Int64 = _drive(
            self._roads, self._entries, (ways.first, ways.arc), self._release_s, tuple(cars), earliest_s,
            (self._until_s, *self._rule),
        )  # fmt: skip
        return out

    def hold_back(self, ways: Ways, cars: Cars) -> None:
        """Let cars that wait on the road leave later instead, the last to arrive first; arrivals stay.

        From its last arc back each car enters every arc in the latest second that has room and still meets
        the next one. Where that would cost more (hazard that grows), the car keeps its seconds.
        """
        order = np.argsort(-self.arrivals(ways, cars), kind="stable")
        _hold_back(
            self._roads, self._entries, (ways.first, ways.arc), self._release_s, tuple(cars), order,
            (self._until_s, *self._rule),
        )  # fmt: skip

    def load(self, ways: Ways, cars: Cars) -> None:
        """Enter into an empty book what cars of a plan that keeps the capacity rule already do."""
        size = np.where(cars.way >= 0, np.diff(ways.first)[cars.way], 0)
        owner = np.repeat(np.arange(len(size)), size)
        position = np.arange(len(owner)) - np.repeat(np.cumsum(size) - size, size)
        arc = ways.arc[ways.first[cars.way[owner]] + position]
        second = cars.enter_s[owner, position]
        order = np.lexsort((second, arc))
        _load(self._roads, self._entries, self._work, arc[order], second[order])

    def take_out(self, ways: Ways, cars: Cars, which: Int64) -> None:
        """Take these cars out of the book."""
        for i in which.tolist():
            if cars.way[i] != NOWHERE:
                _give_back(self._roads, self._entries, (ways.first, ways.arc), cars.way[i], cars.enter_s[i])
                cars.way[i] = NOWHERE

    def arrivals(self, ways: Ways, cars: Cars) -> Int64:
        """Return (n_cars,) arrivals, NOWHERE for cars without a way."""
        last = np.where(cars.way >= 0, ways.first[cars.way + 1] - 1, 0)
        e = ways.arc[last]
        t = cars.enter_s[np.arange(len(cars.way)), np.where(cars.way >= 0, last - ways.first[cars.way], 0)]
        travel = np.asarray(
            [self._roads[2][_piece(self._roads[0], self._roads[1], a, s)] for a, s in zip(e, t, strict=True)],
            dtype=np.int64,
        )
        return np.where(cars.way >= 0, t + travel, NOWHERE)

    def full(self, by_s: int) -> NDArray[np.bool_]:
        """Return (by_s + 1, n_arcs): seconds in which an arc has no room for one more entry."""
        out: NDArray[np.bool_] = _full(self._roads, self._entries, self._work, by_s)
        return out


# One flat loop, compiled: a heap of (second, car), each event one entry of an arc.
@compiled
def _drive(roads, entries, ways, release_s, cars, earliest_s, rule):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0917
    of_class, way, paid, enter_s = cars
    until_s, _, work, wait_exposed = rule
    n = len(of_class)
    arrive = np.full(n, -1, dtype=np.int64)
    place = np.zeros(n, dtype=np.int64)
    heap = [(0, 0)]
    heap.pop()
    for i in range(n):
        if way[i] >= 0:
            heapq.heappush(heap, (max(release_s[of_class[i]], earliest_s[i, 0]), i))
            paid[i] = 0
    while len(heap) > 0:
        t, i = heapq.heappop(heap)
        lo, k = ways[0][way[i]], place[i]
        e = ways[1][lo + k]
        second, x, position, q = _enter(roads, entries, work, e, t, until_s)
        leave = second + roads[2][q]
        if second > until_s or leave > until_s:
            for j in range(k):
                _remove(roads, entries, ways[1][lo + j], enter_s[i, j])
            way[i] = NOWHERE
            continue
        offset, count, start = entries
        for j in range(offset[e] + count[e], position, -1):
            start[j] = start[j - 1]
        start[position] = x
        count[e] += 1
        enter_s[i, k] = second
        since = release_s[of_class[i]] if wait_exposed else second
        if k > 0:
            since = enter_s[i, k - 1]
            before = ways[1][lo + k - 1]
            since += roads[2][_piece(roads[0], roads[1], before, since)]
        paid[i] += _over(roads, e, since, leave)
        place[i] = k + 1
        if lo + k + 1 == ways[0][way[i] + 1]:
            arrive[i] = leave
        else:
            heapq.heappush(heap, (max(leave, earliest_s[i, k + 1]), i))
    return arrive


@compiled
def _hold_back(roads, entries, ways, release_s, cars, order, rule):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0917
    of_class, way, paid, enter_s = cars
    _, wait_max_s, work, wait_exposed = rule
    found = np.empty((enter_s.shape[1], 3), dtype=np.int64)
    for car in order:
        w, release = way[car], release_s[of_class[car]]
        if w < 0:
            continue
        _give_back(roads, entries, ways, w, enter_s[car])
        lo, n = ways[0][w], ways[0][w + 1] - ways[0][w]
        cost, after = 0, -1
        for k in range(n - 1, -1, -1):
            e, before = ways[1][lo + k], enter_s[car, k]
            t, x, position, q = _latest(roads, entries, work, e, before, before if after < 0 else after)
            leave = t + roads[2][q]
            if after - leave > wait_max_s:
                cost = NO_WAY
                break
            if after > leave:
                cost += _over(roads, ways[1][lo + k + 1], leave, after)
            cost += _over(roads, e, t, leave)
            found[k, 0], found[k, 1], found[k, 2] = x, position, t
            after = t
        if wait_exposed and cost < NO_WAY:
            cost += _over(roads, ways[1][lo], release, after)
        for k in range(n):
            if cost > paid[car]:
                e, t = ways[1][lo + k], enter_s[car, k]
                _, found[k, 0], found[k, 1], _ = _enter(roads, entries, work, e, t, t)
            else:
                enter_s[car, k] = found[k, 2]
        paid[car] = min(cost, paid[car])
        _take(entries, ways, w, found)


@compiled
def _latest(roads, entries, work, e, t, next_s):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return (second, coordinate, position, piece) of the latest entry from t on that is over by `next_s`.

    There is room in second t; with ``next_s == t`` nothing later is looked for.
    """
    for later in range(next_s, t, -1):
        q = _piece(roads[0], roads[1], e, later)
        if later + roads[2][q] > min(next_s, roads[3][q]):
            continue
        x = roads[5][q] + roads[4][q] * (later - roads[1][q])
        gap, position = _gap(entries, work, e, x)
        if gap < x + roads[4][q]:
            return later, gap, position, q
    return _enter(roads, entries, work, e, t, t)


@compiled
def _load(roads, entries, work, arcs, seconds):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    first, from_s, capacity, before = roads[0], roads[1], roads[4], roads[5]
    offset, count, start = entries
    for i in range(len(arcs)):
        e, t = arcs[i], seconds[i]
        q = _piece(first, from_s, e, t)
        x = before[q] + capacity[q] * (t - from_s[q])
        if count[e] > 0:
            x = max(x, start[offset[e] + count[e] - 1] + work)
        start[offset[e] + count[e]] = x
        count[e] += 1


@compiled
def _full(roads, entries, work, by_s):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    first, from_s, capacity, before = roads[0], roads[1], roads[4], roads[5]
    n_arcs = len(first) - 1
    out = np.zeros((by_s + 1, n_arcs), dtype=np.bool_)
    for e in range(n_arcs):
        if entries[1][e] == 0:
            continue
        for t in range(by_s + 1):
            q = _piece(first, from_s, e, t)
            x = before[q] + capacity[q] * (t - from_s[q])
            gap, _ = _gap(entries, work, e, x)
            out[t, e] = gap >= x + capacity[q]
    return out


@compiled
def _piece(first, from_s, e, t):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    q = first[e + 1] - 1
    while from_s[q] > t:
        q -= 1
    return q


@compiled
def _over(roads, e, a, b):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return the sum of hazard of an arc over [a, b)."""
    breaks, ppm, base, step = roads[6], roads[7], roads[8], roads[9]
    j, k = step[b], step[a]
    return base[j, e] + ppm[j, e] * (b - breaks[j]) - base[k, e] - ppm[k, e] * (a - breaks[k])


@compiled
def _gap(entries, work, e, x):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return (start of the first free stretch at or after x, position of the entry after it)."""
    offset, count, start = entries
    lo, end = offset[e], offset[e] + count[e]
    hi = end
    while lo < hi:
        middle = (lo + hi) // 2
        if start[middle] + work > x:
            hi = middle
        else:
            lo = middle + 1
    i = lo
    while i < end and start[i] < x + work:
        x = start[i] + work
        i += 1
    return x, i


@compiled
def _enter(roads, entries, work, e, t, by_s):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return (first second >= t with room, its coordinate, position, piece); by_s + 1 where there is none."""
    first, from_s, travel_s, close_s, capacity, before = roads[:6]
    last = first[e + 1]
    while t <= by_s:
        q = _piece(first, from_s, e, t)
        if t + travel_s[q] > close_s[q]:
            if q + 1 == last:
                break
            t = from_s[q + 1]
            continue
        x = before[q] + capacity[q] * (t - from_s[q])
        gap, position = _gap(entries, work, e, x)
        if gap < x + capacity[q]:
            return t, gap, position, q
        p = q
        while p + 1 < last and gap >= before[p + 1]:
            p += 1
        later = from_s[p] + (gap - before[p]) // max(capacity[p], 1)
        t = max(later, t + 1)
    return by_s + 1, 0, 0, 0


@compiled
def _run(roads, entries, ways, w, depart, since, rule, found):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0917
    """Drive once from `depart`; return (whether it fits, seconds waited, exposure); `found` gets the entries.

    A wait that is too long returns with it, so that the car can leave later instead.
    """
    by_s, wait_max_s, work, wait_exposed = rule
    t, waited, total = depart, 0, 0
    lo = ways[0][w]
    for i in range(lo, ways[0][w + 1]):
        e = ways[1][i]
        second, x, position, q = _enter(roads, entries, work, e, t, by_s)
        if second > by_s:
            return False, by_s, 0
        leave = second + roads[2][q]
        if leave > by_s:
            return False, by_s, 0
        if i > lo:
            waited += second - t
            if second - t > wait_max_s:
                return False, second - t - wait_max_s, 0
            total += _over(roads, e, t, leave)
        elif second > t:
            return False, second - t, 0
        else:
            total += _over(roads, e, since if wait_exposed else second, leave)
        found[i - lo, 0] = x
        found[i - lo, 1] = position
        found[i - lo, 2] = second
        t = leave
    return True, waited, total


@compiled
def _take(entries, ways, w, found):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    offset, count, start = entries
    for i in range(ways[0][w], ways[0][w + 1]):
        e = ways[1][i]
        x, position = found[i - ways[0][w], 0], found[i - ways[0][w], 1]
        for k in range(offset[e] + count[e], position, -1):
            start[k] = start[k - 1]
        start[position] = x
        count[e] += 1


@compiled
def _remove(roads, entries, e, t):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Take one entry of second t of an arc out of the book: cars are alike."""
    first, from_s, capacity, before = roads[0], roads[1], roads[4], roads[5]
    offset, count, start = entries
    q = _piece(first, from_s, e, t)
    x = before[q] + capacity[q] * (t - from_s[q])
    lo, hi = offset[e], offset[e] + count[e]
    while lo < hi:
        middle = (lo + hi) // 2
        if start[middle] >= x:
            hi = middle
        else:
            lo = middle + 1
    for k in range(lo, offset[e] + count[e] - 1):
        start[k] = start[k + 1]
    count[e] -= 1


@compiled
def _give_back(roads, entries, ways, w, seconds):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    for i in range(ways[0][w], ways[0][w + 1]):
        _remove(roads, entries, ways[1][i], seconds[i - ways[0][w]])


@compiled
def _return_to(roads, entries, ways, w, seconds, work, found):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, PLR0917
    """Book entries again that were just given back."""
    for k in range(ways[0][w + 1] - ways[0][w]):
        e, t = ways[1][ways[0][w] + k], seconds[k]
        _, found[k, 0], found[k, 1], _ = _enter(roads, entries, work, e, t, t)
    _take(entries, ways, w, found)


@compiled
def _least(roads, ways, w, since, by_s):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    """Return what a run along the way costs at least, whenever it starts: each arc at its least hazard."""
    ppm = roads[7]
    total = 0
    for i in range(ways[0][w], ways[0][w + 1]):
        e = ways[1][i]
        least = ppm[roads[9][since], e]
        for k in range(roads[9][since], roads[9][by_s] + 1):
            least = min(least, ppm[k, e])
        travel = roads[2][roads[0][e]]
        for q in range(roads[0][e], roads[0][e + 1]):
            travel = min(travel, roads[2][q])
        total += least * travel
    return total


# One flat loop, compiled: every car tries the departures of every way it may take.
@compiled
def _place(roads, entries, ways, release_s, cars, rule, again):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202, C901, PLR0917
    of_class, way, paid, enter_s = cars
    by_s, _, work, wait_exposed = rule
    found = np.empty((enter_s.shape[1], 3), dtype=np.int64)
    least = np.full(len(ways[3]), -1, dtype=np.int64)
    placed = 0
    for car in range(len(of_class)):
        c = of_class[car]
        since = release_s[c]
        best, best_way, best_s = NO_WAY, -1, 0
        if again and way[car] >= 0:
            _give_back(roads, entries, ways, way[car], enter_s[car])
            best = paid[car]
        for j in range(ways[2][c], ways[2][c + 1]):
            w = ways[3][j]
            if least[j] < 0:
                least[j] = _least(roads, ways, w, since, by_s)
            t = since
            head = ways[1][ways[0][w]]
            while t <= by_s:
                spent = _over(roads, head, since, t) if wait_exposed else 0
                if spent + least[j] >= best:
                    break
                fits, waited, cost = _run(roads, entries, ways, w, t, since, rule, found)
                if fits:
                    if cost < best:
                        best, best_way, best_s = cost, w, t
                    t += max(LATER_S, waited)
                else:
                    t += max(1, waited)
        if again and best_way < 0 and way[car] >= 0:
            _return_to(roads, entries, ways, way[car], enter_s[car], work, found)
            continue
        way[car], paid[car] = best_way, best
        if best_way >= 0:
            _run(roads, entries, ways, best_way, best_s, since, rule, found)
            _take(entries, ways, best_way, found)
            for i in range(ways[0][best_way + 1] - ways[0][best_way]):
                enter_s[car, i] = found[i, 2]
            placed += 1
    return placed

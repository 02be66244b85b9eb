"""Tours of vehicles driven on a contracted map: the compiled loops.

Only arcs that may bind are booked: those with changing capacity, those that count persons. Every entry obeys
the capacity rule of the model on them: for all seconds a < b at most the capacity of [a, b) and one burst.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import inner, woven

Int64 = NDArray[np.int64]
FAR = 2**60
HOUR_S = 3_600
KINDS = 3
STOPS = 3
"""A trip calls at up to so many pick-ups."""
MORE = 3 + KINDS + 1
"""From this column of a stop on stand the seconds more to board, then to get off, by kind of place."""
PART, WIDTH = STOPS + 1, STOPS + 2
"""A trip is a row: pick-ups (-1: no more), the site, whether a part of its load goes where that is sooner."""
WAIT_S = 20
"""A longer wait before an arc is moved to where the way begins."""
TRIES = 60
ROAD, HEADS, EMPTY = 0, 1, 2


class World(NamedTuple):
    """What does not change while tours are searched; everything by position.

    Rows: `vehicle` (ready, until, longest duty, mveh, carrier when empty, carrier when loaded for the
    first direction, step to the next direction, node), `stop` (node, direction, release, persons by kind
    of place, person-seconds that the program of prices needs for them, by kind of place the seconds more that
    one of them takes to board, then to get off), `site` (node, room, direction,
    seconds a place is worth to others), `car` (persons, release) by class, `option` (way, site, toll, number
    of the arcs in the way) between `option_at`.
    `way_at` (carriers, nodes, nodes) is the first of `way_n` ways; `event_at` (n_ways + 1,) bounds the
    arcs of each, entered `event_s` after what came before, `tail_s` before the end, `length_s` in all.
    `piece_at` (n_arcs + 1,) bounds the pieces of arcs: (start, tau, close, person capacity or -1, end,
    whether the arc counts persons); `rate` and `total` (3, n_pieces) are capacity and its sum so far for
    vehicles, heads and empty vehicles. `rules`: horizon, burst in mveh and persons, loading base and per
    person, unloading base and per person, persons and mveh of a car.
    """

    vehicle: Int64
    places: Int64
    stop: Int64
    site: Int64
    way_at: Int64
    way_n: Int64
    event_at: Int64
    event_arc: Int64
    event_s: Int64
    tail_s: Int64
    length_s: Int64
    piece_at: Int64
    piece: Int64
    rate: Int64
    total: Int64
    windows: Int64
    car: Int64
    option_at: Int64
    option: Int64
    rules: Int64


class Book(NamedTuple):
    """Calendars, 3 for each arc (vehicles, heads, empty vehicles), and a place to note entries.

    Columns of shape (calendars, most): seconds and work of entries, capacity up to each and past it, and what
    is looked at to find room.
    """

    entries: Int64
    second: Int64
    work: Int64
    since: Int64
    until: Int64
    before: Int64
    least: Int64
    most: Int64
    draft: Int64


@inner
def whole(n: int) -> Any:
    """Return a number that is no constant: callees would be compiled once more for each they are handed."""
    return np.int64(n)


@inner
def _cumulated(world: Any, arc: int, which: int, t: int) -> int:
    """Return the capacity of [0, t) on an arc."""
    k = world.piece_at[arc]
    while k + 1 < world.piece_at[arc + 1] and world.piece[k + 1, 0] <= t:
        k += 1
    return int(world.total[which, k] + world.rate[which, k] * (t - world.piece[k, 0]))


@inner
def _second_of(world: Any, arc: int, which: int, wanted: int) -> int:
    """Return the second s with sum[0, s) < wanted <= sum[0, s + 1), or FAR."""
    last = world.piece_at[arc + 1] - 1
    for k in range(world.piece_at[arc], last + 1):
        rate = world.rate[which, k]
        if rate > 0 and (k == last or world.total[which, k + 1] >= wanted):
            return int(world.piece[k, 0] + (wanted - world.total[which, k] + rate - 1) // rate - 1)
    return FAR


@inner
def _find(world: Any, book: Any, arc: int, which: int, t: int, work: int) -> int:
    """Return the first second from t on with room for `work`, or FAR."""
    calendar, horizon_s = 3 * arc + which, world.rules[0]
    burst = HOUR_S * (world.rules[2] if which == HEADS else world.rules[1])
    n = book.entries[calendar]
    seconds, since, until = book.second[calendar], book.since[calendar], book.until[calendar]
    low, high = 0, n
    while low < high:
        middle = (low + high) // 2
        if seconds[middle] <= t:
            low = middle + 1
        else:
            high = middle
    for gap in range(low, n + 1):
        before = book.before[calendar, gap]
        least = book.least[calendar, gap]
        supplied = _cumulated(world, arc, which, t) if gap == low else since[gap - 1]
        wanted = max(before + work - burst - least, supplied + 1)
        if gap < n and until[gap] < wanted:
            continue
        s = _second_of(world, arc, which, wanted)
        if s >= horizon_s:
            continue
        most = book.most[calendar, gap]
        if most + work - min(least, before - _cumulated(world, arc, which, s)) <= burst:
            return s
    return FAR


@inner
def _sum_up(book: Any, calendar: int, first: int) -> None:
    """Sum again what `_find` looks at, for entries that changed from `first` on."""
    n = book.entries[calendar]
    works, since, until = book.work[calendar], book.since[calendar], book.until[calendar]
    before, least, most = book.before[calendar], book.least[calendar], book.most[calendar]
    for g in range(first, n):
        before[g + 1] = before[g] + works[g]
        least[g + 1] = min(least[g], before[g] - since[g])
    most[n] = -FAR
    for g in range(n - 1, -1, -1):
        here = max(most[g + 1], before[g + 1] - until[g])
        if g < first and here == most[g]:
            break
        most[g] = here


@woven
def _enter(world: Any, book: Any, arc: int, which: int, s: int, work: int) -> None:
    """Enter `work` in second s."""
    calendar = 3 * arc + which
    n = book.entries[calendar]
    seconds, works = book.second[calendar], book.work[calendar]
    since, until = book.since[calendar], book.until[calendar]
    i = n
    while i > 0 and seconds[i - 1] > s:
        seconds[i], works[i], since[i], until[i] = seconds[i - 1], works[i - 1], since[i - 1], until[i - 1]
        i -= 1
    seconds[i], works[i] = s, work
    since[i] = _cumulated(world, arc, which, s)
    until[i] = _cumulated(world, arc, which, s + 1)
    book.entries[calendar] = n + 1
    _sum_up(book, calendar, i)


@woven
def _leave(book: Any, arc: int, which: int, s: int, work: int) -> None:
    """Take back what was entered in second s."""
    calendar = 3 * arc + which
    n = book.entries[calendar]
    seconds, works = book.second[calendar], book.work[calendar]
    since, until = book.since[calendar], book.until[calendar]
    i, high = 0, n
    while i < high:
        middle = (i + high) // 2
        if seconds[middle] < s:
            i = middle + 1
        else:
            high = middle
    while i < n and (seconds[i] != s or works[i] != work):
        i += 1
    if i == n:
        return
    for j in range(i, n - 1):
        seconds[j], works[j], since[j], until[j] = seconds[j + 1], works[j + 1], since[j + 1], until[j + 1]
    book.entries[calendar] = n - 1
    # Of the sums before the entry, those at equal seconds may have been in another order.
    _sum_up(book, calendar, i)


@inner
def _opens(world: Any, arc: int, t: int) -> int:
    """Return the first second from t on in which an arc is entered so that it is left before it closes."""
    for k in range(world.piece_at[arc], world.piece_at[arc + 1]):
        close = world.piece[k, 2]
        if close == 0:
            continue
        start = max(t, world.piece[k, 0])
        until = world.piece[k, 4]
        if start < until and start + world.piece[k, 1] <= close:
            return int(start)
    return FAR


@inner
def _tau(world: Any, arc: int, t: int) -> int:
    k = world.piece_at[arc]
    while k + 1 < world.piece_at[arc + 1] and world.piece[k + 1, 0] <= t:
        k += 1
    return int(world.piece[k, 1])


@woven
def _entry(world: Any, book: Any, arc: int, t: int, units: int, persons: int) -> int:
    """Return the second on which opening and calendars agree."""
    counted = world.piece[world.piece_at[arc], 5] == 1
    for _ in range(TRIES):
        start = t
        t = _opens(world, arc, t)
        if t >= FAR:
            return FAR
        t = _find(world, book, arc, ROAD, t, units * HOUR_S)
        if t >= FAR:
            return FAR
        if counted:
            which = HEADS if persons else EMPTY
            t = _find(world, book, arc, which, t, (persons or units) * HOUR_S)
            if t >= FAR:
                return FAR
        if t == start:
            return t
    return FAR


@inner
def _window(world: Any, t: int) -> int:
    """Return the window that holds t or comes next, or -1."""
    for i in range(len(world.windows)):
        if t < world.windows[i, 1]:
            return i
    return -1


@woven
def _free_run(world: Any, way: int, ready: int) -> tuple[int, int]:
    """Return (departure, arrival) on a way on which nothing binds, (FAR, FAR) where no window is left."""
    for i in range(len(world.windows)):
        depart = max(ready, world.windows[i, 0])
        arrive = depart + world.tail_s[way]
        if arrive <= min(world.windows[i, 1], world.rules[0]):
            return depart, arrive
    return FAR, FAR


@inner
def passage(  # noqa: C901, PLR0917
    world: Any, book: Any, way: int, ready: int, units: int, persons: int, draft: Any
) -> tuple[int, int]:
    """Return (departure, arrival) of the earliest passage, (FAR, FAR) without; `draft` notes its entries."""
    depart, horizon_s = ready, world.rules[0]
    for _ in range(TRIES):
        i = _window(world, depart)
        if i < 0:
            return FAR, FAR
        depart = max(depart, world.windows[i, 0])
        t, n, later = depart, 0, -1
        for e in range(world.event_at[way], world.event_at[way + 1]):
            arc = world.event_arc[e]
            t += world.event_s[e]
            if t >= horizon_s:
                return FAR, FAR
            s = _entry(world, book, arc, t, units, persons)
            if s >= FAR:
                return FAR, FAR
            if s - t > WAIT_S or (n == 0 and s > t):
                later = depart + s - t
                break
            draft[n, 0], draft[n, 1], draft[n, 2], draft[n, 3] = arc, s, persons, min(persons, 1)
            n += 1
            t = s + _tau(world, arc, s)
        if later >= 0:
            depart = later
            continue
        t += world.tail_s[way]
        if t > horizon_s:
            return FAR, FAR
        if t <= world.windows[i, 1]:
            draft[n, 0] = -1
            return depart, t
        if i + 1 >= len(world.windows):
            return FAR, FAR
        depart = world.windows[i + 1, 0]
    return FAR, FAR


@inner
def put(world: Any, book: Any, rows: Any, n: int, units: int, back: int) -> None:
    """Enter (or take `back`) rows of (arc, second, persons, leg); leg 0 is empty."""
    for i in range(2 * n):
        row = rows[i // 2]
        which, work = ROAD, units * HOUR_S
        if i % 2:
            which = HEADS if row[3] else EMPTY
            work = HOUR_S * row[2] if row[3] else work
            if work == 0 or world.piece[world.piece_at[row[0]], 5] == 0:
                continue
        if back:
            _leave(book, row[0], which, row[1], work)
        else:
            _enter(world, book, row[0], which, row[1], work)


@inner
def lighten(world: Any, book: Any, rows: Any, n: int, leg: int, persons: int) -> None:
    """Take so many persons (negative: add them) out of the entries from a leg on."""
    for i in range(n):
        if rows[i, 3] < leg:
            continue
        arc, s = rows[i, 0], rows[i, 1]
        if world.piece[world.piece_at[arc], 5] == 1:
            if rows[i, 2] > 0:
                _leave(book, arc, HEADS, s, rows[i, 2] * HOUR_S)
            if rows[i, 2] > persons:
                _enter(world, book, arc, HEADS, s, (rows[i, 2] - persons) * HOUR_S)
        rows[i, 2] -= persons


@inner
def drive(  # noqa: PLR0913, PLR0917
    world: Any, book: Any, carrier: int, start: int, end: int, ready: int, units: int, persons: int,
    rows: Any, n: int,
) -> tuple[int, int, int]:  # fmt: skip
    """Return (departure, arrival, n) of the earliest passage between two nodes; entries go to rows[n:]."""
    if start == end:
        return ready, ready, n
    best_depart, best, after = FAR, FAR, n
    trial = book.draft
    first = world.way_at[carrier, start, end]
    for way in range(first, first + world.way_n[carrier, start, end]):
        if ready + world.length_s[way] >= best:
            continue
        if world.event_at[way] == world.event_at[way + 1]:
            depart, arrive = _free_run(world, way, ready)
            trial[0, 0] = -1
        else:
            depart, arrive = passage(world, book, way, ready, units, persons, trial)
        if arrive < best:
            best_depart, best, after = depart, arrive, n
            while trial[after - n, 0] >= 0 and after < len(rows):
                rows[after] = trial[after - n]
                after += 1
    return best_depart, best, after

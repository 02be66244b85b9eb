"""Search for tours of vehicles by simulated annealing in the calendars of what binds.

A step moves, exchanges, adds or drops trips of one or two vehicles, sends them to another site or a further
pick-up, or holds back cars of a class; only they are driven again, between what all others have booked.
People change to trips that arrive sooner. A step that costs `d` more is kept when `d` is at most the heat
times an exponential variate: Metropolis' rule (Kirkpatrick, Gelatt and Vecchi, "Optimization by simulated
annealing", 1983, doi:10.1126/science.220.4598.671). New trips go to pick-ups in proportion to what their
people lose, as in ruin and recreate (Schrimpf, Schneider, Stamm-Wilbrandt and Dueck, 2000,
doi:10.1006/jcph.1999.6413).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.kernels.compiled import compiled, inner
from safepassage.kernels.shuttles.shuttle_search import QUANTILES
from safepassage.kernels.tours.tour_loops import FAR, KINDS, STOPS, Book, World
from safepassage.kernels.tours.tour_rides import (
    Log,
    Plan,
    price_of,
    ride,
    ride_cars,
    save,
    save_cars,
    tolls_of,
    undo,
    withdraw,
    withdraw_cars,
)

Int64 = NDArray[np.int64]
MOST_ENTRIES = 4_096
MOST_TRIPS = 40
MOST_TAKEN = 512
STAGES = 48
COOLED = 20
"""The last heat is one part in so many of the first."""
FALL_PERCENT, RISE_PERCENT, LEAST_RISE_S = 5, 5, 10
"""How much tolls change from one stage to the next (of three rates tried)."""
LATE_EVERY = 64
IN_ORDER_EVERY = 8
"""After so many stages everything is driven once more in order of time."""


class Tours(NamedTuple):
    """Trips of vehicles (vehicles, most, stops and a site), their number, until when classes of cars wait.

    `loads` (vehicles, most, stops, kinds), `arrive` (vehicles, most) and `enter` (the second in which a trip
    with people aboard enters an arc that counts them, else its first arc that may bind, else when the vehicle
    is ready) are what comes of the trips; `car_rows`
    (arc, second, persons, 1 where it is a car's first) and how many (`car_used`) what comes of the cars.
    `tolls` (sites,): seconds that a place at a site was worth to others when they were found.
    """

    trips: Int64
    number: Int64
    hold: Int64
    loads: Int64
    arrive: Int64
    enter: Int64
    car_rows: Int64
    car_used: Int64
    tolls: Int64


class Choices(NamedTuple):
    """What steps choose from: vehicles that may call at a stop, sites and further stops, nearest first.

    Rows are as long as the numbers beside them; `holds` (classes, some) are moments until which cars wait.
    """

    vehicles: Int64
    n_vehicles: Int64
    sites: Int64
    n_sites: Int64
    near: Int64
    n_near: Int64
    holds: Int64


def search(  # noqa: PLR0917
    world: World, choices: Choices, tours: Tours, worth: Int64, heat: int, steps: int,
    enough: Callable[[], bool],
) -> tuple[Tours, int, int]:  # fmt: skip
    """Return the best tours found in so many steps, their cost and that of the tours given, completed.

    `heat` is the first temperature, in person-seconds. The cost is all arrivals, `worth[0]` for everybody
    left and `worth[1]` for each second of the last arrival. Steps are judged by cost and tolls of sites,
    tours kept by cost alone. The tolls given are the most: they fall from stage to stage where places stay
    free (multipliers of capacity; Everett, Operations Research 11(3), 1963, doi:10.1287/opre.11.3.399).
    """
    rng = np.array([0x9E3779B97F4A7C15], dtype=np.uint64)
    now, book, log = _room(world, tours)
    best = tours._replace(car_rows=now.car_rows, car_used=now.car_used)
    best = Tours(*(part.copy() for part in best))
    first = least = FAR
    most = tolls = world.site[:, 3]
    for stage in range(-1, STAGES + 1):
        if stage >= 0 and enough():
            break
        if stage > 0:
            tolls = _next_tolls(tolls, most, now.room)
            world = _with_tolls(world, tolls)
        warm = heat * (STAGES - 1) // (STAGES - 1 + (COOLED - 1) * max(stage, 0))
        some = steps // STAGES if 0 <= stage < STAGES else 0
        order = 2 if stage < 0 else int(stage % IN_ORDER_EVERY == 0)
        numbers = np.array([least, warm, some, order], dtype=np.int64)
        before = least
        _, least = anneal(world, book, choices, now, log, best, worth, numbers, rng, QUANTILES)
        if least < before:
            best.tolls[:] = tolls
        first = least if stage < 0 else first
    return best, int(least), int(first)


def _next_tolls(tolls: Int64, most: Int64, room: Int64) -> Int64:
    """Return lower tolls for sites with places left, higher ones for full sites, at most `most`."""
    higher = np.minimum(most, tolls * (100 + RISE_PERCENT) // 100 + LEAST_RISE_S)
    return np.where(room > 0, tolls * (100 - FALL_PERCENT) // 100, higher)


def _with_tolls(world: World, tolls: Int64) -> World:
    """Return the world with other tolls; options of cars stay in order of time and toll."""
    site, option = world.site.copy(), world.option.copy()
    site[:, 3] = tolls
    option[:, 2] = tolls[option[:, 1]]
    of_class = np.repeat(np.arange(len(world.car)), np.diff(world.option_at))
    late = world.length_s[option[:, 0]] + option[:, 2]
    order = np.lexsort((option[:, 1], option[:, 0], late, option[:, 3], of_class))
    return world._replace(site=site, option=option[order])


def _room(world: World, tours: Tours) -> tuple[Plan, Book, Log]:
    """Return a plan with these tours, nobody riding yet, empty calendars and a log."""
    vehicles, classes, sites = len(world.vehicle), len(world.car), len(world.site)
    events = max(1, int(np.diff(world.event_at).max(initial=1)))
    per_trip, calendars = events * (STOPS + 1), 3 * (len(world.piece_at) - 1)

    def zeros(*shape: int) -> Int64:
        return np.zeros(shape, dtype=np.int64)

    per_car = int(world.car[:, 0].max(initial=1)) * events
    start = zeros(vehicles, MOST_TRIPS + 1, 3)
    start[:, 0] = np.stack([world.vehicle[:, 7], world.vehicle[:, 0], np.full(vehicles, -1)], axis=1)
    plan = Plan(
        trips=tours.trips.copy(), number=tours.number.copy(), loads=zeros(vehicles, MOST_TRIPS, STOPS, KINDS),
        arrive=zeros(vehicles, MOST_TRIPS), rows=zeros(vehicles, MOST_TRIPS, per_trip, 4),
        used=zeros(vehicles, MOST_TRIPS), start=start, left=world.stop[:, 3:].copy(),
        room=world.site[:, 1].copy(), late=zeros(len(world.stop)), hold=tours.hold.copy(),
        cars=world.car[:, 0].copy(), car_rows=zeros(classes, per_car, 4), car_used=zeros(classes),
        spent=zeros(classes, 2), parked=zeros(classes, sites), sums=zeros(1),
    )  # fmt: skip
    second, work, since, until, before, least, most = (zeros(calendars, MOST_ENTRIES) for _ in range(7))
    least[:, 0], most[:, 0] = FAR, -FAR
    book = Book(
        entries=zeros(calendars), second=second, work=work, since=since, until=until, before=before,
        least=least, most=most, draft=zeros(events + 1, 4),
    )  # fmt: skip
    log = Log(
        vehicle=zeros(2), first=zeros(2), trips=zeros(2, MOST_TRIPS, STOPS + 1), number=zeros(2),
        loads=zeros(2, MOST_TRIPS, STOPS, KINDS), arrive=zeros(2, MOST_TRIPS),
        rows=zeros(2, MOST_TRIPS, per_trip, 4), used=zeros(2, MOST_TRIPS), start=zeros(2, MOST_TRIPS + 1, 3),
        taken=zeros(MOST_TAKEN, 5), n_taken=zeros(1), car=zeros(6), car_rows=zeros(per_car, 4),
        parked=zeros(sites),
    )  # fmt: skip
    return plan, book, log


@inner
def _draw(state: Any, below: int) -> Any:
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
    while i < n - 1 and _draw(rng, 2):
        i += 1
    return i


@inner
def _any_trip(plan: Any, rng: Any) -> tuple[int, int]:
    """Draw a trip, each alike."""
    total = plan.number.sum()
    if total == 0:
        return -1, -1
    x = _draw(rng, total)
    for v in range(len(plan.number)):
        if x < plan.number[v]:
            return v, x
        x -= plan.number[v]
    return -1, -1


@inner
def _late_stop(plan: Any, rng: Any) -> int:
    """Draw a stop in proportion to what its people lose."""
    total = plan.late.sum()
    if total <= 0:
        return -1
    x = _draw(rng, total)
    for stop in range(len(plan.late)):
        x -= plan.late[stop]
        if x < 0:
            return stop
    return -1


@inner
def _note_late(world: Any, plan: Any, worth: Any) -> None:
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
def _may(choices: Any, v: int, stop: int) -> Any:
    found = False
    for i in range(choices.n_vehicles[stop]):
        found |= choices.vehicles[stop, i] == v
    return found


@inner
def _edit_one(choices: Any, plan: Any, rng: Any, edit: Any, trip: Any) -> Any:  # noqa: C901
    """Draw a change of one trip: write the new one and where it goes."""
    kind, v, i = edit[0], edit[1], edit[2]
    trip[:] = plan.trips[v, i]
    edit[3] = i
    if kind == 4:  # noqa: PLR2004 - dropped
        edit[3] = -1
    elif kind == 5:  # noqa: PLR2004 - another site
        trip[STOPS] = choices.sites[trip[0], _near_first(rng, choices.n_sites[trip[0]])]
        return trip[STOPS] != plan.trips[v, i, STOPS]
    elif kind == 6:  # noqa: PLR2004 - another pick-up
        stop = _late_stop(plan, rng)
        if stop < 0 or stop == trip[0] or choices.n_sites[stop] == 0 or not _may(choices, v, stop):
            return False
        trip[:] = -1
        trip[0] = stop
        trip[STOPS] = choices.sites[stop, _near_first(rng, choices.n_sites[stop])]
    elif kind <= 8:  # noqa: PLR2004 - one pick-up more, or one less
        n = 1
        while n < STOPS and trip[n] >= 0:
            n += 1
        if n > 1 and _draw(rng, 2):
            trip[n - 1] = -1
            return True
        if n == STOPS or choices.n_near[trip[n - 1]] == 0:
            return False
        stop = choices.near[trip[n - 1], _near_first(rng, choices.n_near[trip[n - 1]])]
        for p in range(n):
            if trip[p] == stop:
                return False
        trip[n] = stop
    else:  # within its tour
        edit[3] = _draw(rng, plan.number[v])
        return edit[3] != i
    return True


@inner
def _edit_two(choices: Any, plan: Any, rng: Any, edit: Any) -> Any:
    """Draw the second vehicle and trip of a change."""
    kind, v, i = edit[0], edit[1], edit[2]
    if kind <= 12:  # noqa: PLR2004 - moved
        stop = plan.trips[v, i, 0]
        if choices.n_vehicles[stop] == 0:
            return False
        w = choices.vehicles[stop, _draw(rng, choices.n_vehicles[stop])]
        edit[4], edit[5] = w, _draw(rng, plan.number[w] + 1)
        return w != v and plan.number[w] < plan.trips.shape[1]
    w, j = _any_trip(plan, rng)
    edit[4], edit[5] = w, j
    if w == v:
        return False
    if kind <= 14:  # noqa: PLR2004 - exchanged
        return _may(choices, w, plan.trips[v, i, 0]) and _may(choices, v, plan.trips[w, j, 0])
    most = plan.trips.shape[1]
    return i + plan.number[w] - j <= most and j + plan.number[v] - i <= most


@inner
def _edit(choices: Any, plan: Any, rng: Any, edit: Any, trip: Any) -> Any:
    """Draw a change: (kind, vehicle, trip, where to, other vehicle, its trip); False where none came up."""
    kind = _draw(rng, 16)
    edit[:] = -1
    edit[0] = kind
    if kind == 0:
        if len(plan.hold) == 0 or _draw(rng, 4):
            return False
        edit[1] = _draw(rng, len(plan.hold))
        return True
    if kind <= 3:  # noqa: PLR2004 - a new trip
        stop = _late_stop(plan, rng)
        if stop < 0 or choices.n_vehicles[stop] == 0 or choices.n_sites[stop] == 0:
            return False
        v = choices.vehicles[stop, _draw(rng, choices.n_vehicles[stop])]
        edit[1], edit[3] = v, _draw(rng, plan.number[v] + 1)
        trip[:] = -1
        trip[0] = stop
        trip[STOPS] = choices.sites[stop, _near_first(rng, choices.n_sites[stop])]
        return plan.number[v] < plan.trips.shape[1]
    edit[1], edit[2] = _any_trip(plan, rng)
    if edit[1] < 0:
        return False
    if kind <= 10:  # noqa: PLR2004
        return _edit_one(choices, plan, rng, edit, trip)
    return _edit_two(choices, plan, rng, edit)


@inner
def _apply(plan: Any, log: Any, edit: Any, trip: Any) -> None:
    """Change the tours themselves."""
    kind, v, i, to, w, j = edit[0], edit[1], edit[2], edit[3], edit[4], edit[5]
    if w >= 0:
        if kind <= 12:  # noqa: PLR2004
            trip[:] = plan.trips[v, i]
            _remove(plan, v, i)
            _insert(plan, w, j, trip)
            return
        n, m = plan.number[v] - i, plan.number[w] - j
        if kind <= 14:  # noqa: PLR2004
            n, m = 1, 1
        for k in range(m):
            plan.trips[v, i + k] = log.trips[1, j + k]
        for k in range(n):
            plan.trips[w, j + k] = log.trips[0, i + k]
        plan.number[v] += m - n
        plan.number[w] += n - m
        return
    if i >= 0:
        _remove(plan, v, i)
    if to >= 0:
        _insert(plan, v, to, trip)


@inner
def _step(world: Any, book: Any, choices: Any, plan: Any, log: Any, rng: Any, edit: Any, trip: Any) -> Any:  # noqa: PLR0917
    """Change something and drive what has changed; False where nothing came up."""
    log.vehicle[:], log.n_taken[0], log.car[0] = -1, 0, -1
    if not _edit(choices, plan, rng, edit, trip):
        return False
    if edit[0] == 0:
        c = edit[1]
        save_cars(plan, log, c)
        withdraw_cars(world, book, plan, c)
        plan.hold[c] = choices.holds[c, _draw(rng, choices.holds.shape[1])]
        ride_cars(world, book, plan, c)
        return True
    for slot in range(2):
        v = edit[4] if slot else edit[1]
        if v >= 0:
            first = edit[5] if slot else max(edit[2], edit[3])
            if slot == 0 and edit[2] >= 0 and edit[3] >= 0:
                first = min(edit[2], edit[3])
            save(plan, log, slot, v, first)
            withdraw(world, book, plan, v, first)
    _apply(plan, log, edit, trip)
    late_first = _draw(rng, 2)
    n, i = 0, log.first[late_first] if log.vehicle[late_first] >= 0 else FAR
    while n < 2:  # noqa: PLR2004 - both vehicles, one trip after the other
        slot = late_first if n == 0 else 1 - late_first
        v = log.vehicle[slot]
        if v < 0 or i >= plan.number[v]:
            n += 1
            i = log.first[1 - late_first]
            continue
        ride(world, book, plan, log, v, i)
        i += 1
    return True


@inner
def _prune(plan: Any, v: int) -> None:
    """Leave out trips of a vehicle on which nobody rides: it does not move for them."""
    n = 0
    for i in range(plan.number[v]):
        stays = plan.start[v, i + 1, 1] == plan.start[v, i, 1] and plan.used[v, i] == 0
        if stays and plan.loads[v, i].sum() == 0:
            continue
        if n < i:
            plan.trips[v, n] = plan.trips[v, i]
            plan.loads[v, n] = plan.loads[v, i]
            plan.arrive[v, n] = plan.arrive[v, i]
            plan.rows[v, n] = plan.rows[v, i]
            plan.used[v, n] = plan.used[v, i]
            plan.start[v, n] = plan.start[v, i]
            plan.start[v, n + 1] = plan.start[v, i + 1]
            plan.loads[v, i] = 0
            plan.used[v, i] = 0
        n += 1
    plan.number[v] = n


@inner
def _again(world: Any, book: Any, plan: Any, log: Any, key: Any, every: int) -> None:  # noqa: C901, PLR0912
    """Drive everything once more in the order in which it meets what may bind.

    Trips on which nobody rides go, unless `every` one is wanted.
    """
    vehicles = len(plan.number)
    for v in range(vehicles):
        for i in range(plan.number[v]):
            key[v, i] = plan.rows[v, i, 0, 1] if plan.used[v, i] else plan.start[v, i, 1]
            if not every and plan.loads[v, i].sum() == 0:
                key[v, i] = -1
        withdraw(world, book, plan, v, 0)
        n = 0
        for i in range(plan.number[v]):
            if key[v, i] >= 0:
                key[v, n] = key[v, i]
                plan.trips[v, n] = plan.trips[v, i]
                n += 1
        plan.number[v] = n
    for c in range(len(plan.cars)):
        withdraw_cars(world, book, plan, c)
    at = np.zeros(vehicles + len(plan.cars), dtype=np.int64)
    while True:
        who, least = -1, FAR
        for a in range(len(at)):
            if a < vehicles and at[a] < plan.number[a]:
                t = max(key[a, at[a]], plan.start[a, at[a], 1])
            elif a >= vehicles and at[a] == 0:
                t = max(world.car[a - vehicles, 1], plan.hold[a - vehicles])
            else:
                continue
            if t < least:
                who, least = a, t
        if who < 0:
            break
        if who < vehicles:
            log.n_taken[0] = 0
            ride(world, book, plan, log, who, at[who])
        else:
            ride_cars(world, book, plan, who - vehicles)
        at[who] += 1


@inner
def _enters(world: Any, plan: Any, v: int, i: int) -> Any:
    """Return when a trip meets with people aboard an arc that counts them; else its first that may bind."""
    for e in range(plan.used[v, i]):
        arc, second, _, leg = plan.rows[v, i, e]
        if leg and world.piece[world.piece_at[arc], 5] == 1:
            return second
    return plan.rows[v, i, 0, 1] if plan.used[v, i] else plan.start[v, i, 1]


@inner
def _keep(world: Any, plan: Any, best: Any) -> None:
    best.trips[:] = plan.trips
    best.number[:] = plan.number
    best.hold[:] = plan.hold
    best.car_used[:] = plan.car_used
    for c in range(len(plan.car_used)):
        n = plan.car_used[c]
        best.car_rows[c, :n] = plan.car_rows[c, :n]
    best.loads[:] = plan.loads
    best.arrive[:] = plan.arrive
    for v in range(len(plan.number)):
        for i in range(plan.number[v]):
            best.enter[v, i] = _enters(world, plan, v, i)


@compiled
def anneal(  # noqa: C901, PLR0913, PLR0917
    world: Any, book: Any, choices: Any, plan: Any, log: Any, best: Any, worth: Any, numbers: Any, rng: Any,
    quantiles: Any,
) -> tuple[int, int]:  # fmt: skip
    """Take a number of steps at one heat; return the costs of the present and of the best tours.

    `numbers`: cost of the best tours, heat, steps; whether all is driven in order first (2: every trip).
    """
    least, heat, steps = numbers[0], numbers[1], numbers[2]
    key = np.zeros(plan.arrive.shape, dtype=np.int64)
    edit = np.zeros(6, dtype=np.int64)
    trip = np.zeros(STOPS + 1, dtype=np.int64)
    price = FAR
    for step in range(-1, steps):
        if step < 0:
            if numbers[3]:
                _again(world, book, plan, log, key, numbers[3] - 1)
        elif not _step(world, book, choices, plan, log, rng, edit, trip):
            continue
        plain = price_of(plan, worth)
        cost = plain + tolls_of(world, plan)
        if step >= 0 and cost - price > heat * quantiles[_draw(rng, len(quantiles))] // 1000:
            undo(world, book, plan, log)
            continue
        price = cost
        if step >= 0 and edit[0]:
            for slot in range(2):
                if log.vehicle[slot] >= 0:
                    _prune(plan, log.vehicle[slot])
        if plain < least:
            least = plain
            _keep(world, plan, best)
        if step % LATE_EVERY == 0 or step < 0:
            _note_late(world, plan, worth)
    return price, least

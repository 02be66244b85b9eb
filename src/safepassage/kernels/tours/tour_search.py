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

from safepassage.kernels.compiled import compiled, inner, lent
from safepassage.kernels.shuttles.shuttle_search import QUANTILES
from safepassage.kernels.tours.tour_loops import FAR, KINDS, STOPS, WIDTH, Book, World, whole
from safepassage.kernels.tours.tour_moves import HELD, Choices, apply, draw, edited, note_late
from safepassage.kernels.tours.tour_rides import (
    Log,
    Plan,
    left_of,
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
SEED = 0x9E3779B97F4A7C15
MOST_ENTRIES = 4_096
MOST_TRIPS = 40
MOST_TAKEN = 512
STAGES = 48
COOLED = 20
"""The last heat is one part in so many of the first."""
FALL_PERCENT, RISE_PERCENT, LEAST_RISE_S = 5, 5, 10
"""How much tolls change from one stage to the next (of three rates tried)."""
SOFT, SOFT_PERCENT = 2, 75
"""For so much of the search whoever is left weighs one part in so many: trips can be taken apart."""
LATE_EVERY = 64
IN_ORDER_EVERY = 8
"""After so many stages everything is driven once more in order of time."""


class Tours(NamedTuple):
    """Trips of vehicles (vehicles, most, WIDTH), their number, until when classes of cars wait.

    What comes of the trips: `loads` (vehicles, most, stops, kinds), `arrive` (vehicles, most), `enter` (the
    second in which a trip with people aboard enters an arc that counts them, else its first arc that may
    bind, else when the vehicle is ready) and `empty` (vehicles, most, 2), the first arc that may bind on the
    way to the first stop and the second in which it is entered (-1: none). What comes of the cars:
    `car_rows` (arc, second, persons, 1 where it is a car's first) and how many (`car_used`).
    `tolls` (sites,): seconds that a place at a site was worth to others when they were found.
    """

    trips: Int64
    number: Int64
    hold: Int64
    loads: Int64
    arrive: Int64
    enter: Int64
    empty: Int64
    car_rows: Int64
    car_used: Int64
    tolls: Int64


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
    rng = np.array([SEED], dtype=np.uint64)
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
        judged = np.array([*worth, worth[0] // (SOFT if stage < STAGES * SOFT_PERCENT // 100 else 1)])
        numbers = np.array([least, warm, some, order], dtype=np.int64)
        before = least
        _, least = anneal(world, book, choices, now, log, best, judged, numbers, rng, QUANTILES)
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
        used=zeros(vehicles, MOST_TRIPS), start=start, left=world.stop[:, 3 : 3 + KINDS].copy(),
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
        vehicle=zeros(2), first=zeros(2), trips=zeros(2, MOST_TRIPS, WIDTH), number=zeros(2),
        loads=zeros(2, MOST_TRIPS, STOPS, KINDS), arrive=zeros(2, MOST_TRIPS),
        rows=zeros(2, MOST_TRIPS, per_trip, 4), used=zeros(2, MOST_TRIPS), start=zeros(2, MOST_TRIPS + 1, 3),
        taken=zeros(MOST_TAKEN, 5), n_taken=zeros(1), car=zeros(6), car_rows=zeros(per_car, 4),
        parked=zeros(sites),
    )  # fmt: skip
    return plan, book, log


@inner
def _step(world: Any, book: Any, choices: Any, plan: Any, log: Any, rng: Any, edit: Any, trip: Any) -> Any:  # noqa: PLR0917
    """Change something and drive what has changed; False where nothing came up."""
    log.vehicle[:], log.n_taken[0], log.car[0] = -1, 0, -1
    if not edited(world, choices, plan, rng, edit, trip):
        return False
    if edit[0] == HELD:
        c = edit[1]
        save_cars(plan, log, c)
        withdraw_cars(world, book, plan, c)
        plan.hold[c] = choices.holds[c, draw(rng, choices.holds.shape[1])]
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
    apply(plan, log, edit, trip)
    late_first = draw(rng, 2)
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
        withdraw(world, book, plan, v, whole(0))
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
        who, least = whole(-1), FAR
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
    """Note the present tours and cars as the best; past the number of trips and entries nothing is copied."""
    best.number[:] = plan.number
    best.hold[:] = plan.hold
    best.car_used[:] = plan.car_used
    for c in range(len(plan.car_used)):
        n = plan.car_used[c]
        best.car_rows[c, :n] = plan.car_rows[c, :n]
    for v in range(len(plan.number)):
        for i in range(plan.number[v]):
            best.trips[v, i] = plan.trips[v, i]
            best.loads[v, i] = plan.loads[v, i]
            best.arrive[v, i] = plan.arrive[v, i]
            best.enter[v, i] = _enters(world, plan, v, i)
            best.empty[v, i] = -1
            if plan.used[v, i] and plan.rows[v, i, 0, 3] == 0:
                best.empty[v, i] = plan.rows[v, i, 0, :2]


@compiled
def anneal(  # noqa: C901, PLR0913, PLR0917
    world: Any, book: Any, choices: Any, plan: Any, log: Any, best: Any, worth: Any, numbers: Any, rng: Any,
    quantiles: Any,
) -> tuple[int, int]:  # fmt: skip
    """Take a number of steps at one heat; return the costs of the present and of the best tours.

    `numbers`: cost of the best tours, heat, steps; whether all is driven in order first (2: every trip).
    """
    world, book, choices = lent(world), lent(book), lent(choices)
    plan, log, best = lent(plan), lent(log), lent(best)
    least, heat, steps = numbers[0], numbers[1], numbers[2]
    key = np.zeros(plan.arrive.shape, dtype=np.int64)
    edit = np.zeros(6, dtype=np.int64)
    trip = np.zeros(WIDTH, dtype=np.int64)
    price = FAR
    for step in range(-1, steps):
        if step < 0:
            if numbers[3]:
                _again(world, book, plan, log, key, numbers[3] - 1)
        elif not _step(world, book, choices, plan, log, rng, edit, trip):
            continue
        plain = price_of(plan, worth)
        cost = plain + tolls_of(world, plan) - left_of(plan) * (worth[0] - worth[2])
        if step >= 0 and cost - price > heat * quantiles[draw(rng, len(quantiles))] // 1000:
            undo(world, book, plan, log)
            continue
        price = cost
        if step >= 0 and edit[0] != HELD:
            for slot in range(2):
                if log.vehicle[slot] >= 0:
                    _prune(plan, log.vehicle[slot])
        if plain < least:
            least = plain
            _keep(world, plan, best)
        if step % LATE_EVERY == 0 or step < 0:
            note_late(world, plan, worth)
    return price, least

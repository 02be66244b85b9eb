"""Trips filled anew: further calls where they help, other loads, no stop for little."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from safepassage.domain.aid.distribution import AidProblem
from safepassage.engines.distribution.calls import called, called_where_it_binds
from safepassage.engines.distribution.dispatch import Dispatcher
from safepassage.engines.distribution.loads import Trip, loads_of
from safepassage.engines.distribution.standing import Planned
from safepassage.engines.distribution.store import Item

LITTLE_PERCENT = 5
"""A stop that fills less of a truck is left out where its place is called at otherwise."""
LITTLE_WORTH_PPM = 10_000
"""So much of its worth a place loses at most by all stops that are left out."""
PPM = 10**6


def refilled(before: Dispatcher, fair_share: float, *, further: bool) -> Dispatcher:
    """Return a distribution on the same trips with other loads, and some calls more at the least served.

    What each trip brings is shared out anew over all trips. Whatever is left, and hours that become free, go
    on as ever: to the least served place that can be reached. Unless `further`, calls are added where all can
    be served better by them, and who was late with a load is not asked to handle more again.
    """
    problem, done = before.problem, before.anew()
    trips, limits = called(before, before.skeleton(), fair_share, further=further), None
    if not further:
        trips, limits = called_where_it_binds(before, trips, fair_share)
        done.handles_s = before.at_most_s()
    loads = loads_of(problem, trips, None if limits is None else limits.in_proof)
    _leave_out(problem, trips, loads)
    for trip, rows in zip(trips, loads, strict=True):
        stops = tuple(
            done.stop(place, items) for (place, _), items in zip(trip.stops, rows, strict=True) if items
        )
        if stops:
            done.planned.setdefault(trip.truck.id, []).append(Planned(trip.depot, stops))
            for stop in stops:
                done.left.hold(stop.items)
    for day in range(len(problem.days)):
        done.day(day)
    return done


def _leave_out(problem: AidProblem, trips: list[Trip], loads: list[list[list[Item]]]) -> None:
    """Empty the stops that bring little to places with other stops; what they bring is free again.

    Those that bring least go first. All that a place loses by it is little too: no other stop makes up for
    it before the trips are filled again.
    """
    whole: Counter[str] = Counter()
    for need in problem.needs:
        whole[need.place] += need.worth
    calls = Counter(
        place
        for trip, rows in zip(trips, loads, strict=True)
        for (place, _), items in zip(trip.stops, rows, strict=True)
        if items
    )
    lost: Counter[str] = Counter()
    for worth, number, k in sorted(_little(problem, trips, loads)):
        place = trips[number].stops[k][0]
        lost_ppm = PPM * worth // whole[place]
        if calls[place] < len(("this", "another")) or lost[place] + lost_ppm > LITTLE_WORTH_PPM:
            continue
        calls[place] -= 1
        lost[place] += lost_ppm
        loads[number][k] = []


def _little(
    problem: AidProblem, trips: list[Trip], loads: list[list[list[Item]]]
) -> Iterator[tuple[int, int, int]]:
    """Yield (worth, trip, stop) of the stops that fill little of their truck."""
    goods = {good.id: good for good in problem.goods}
    for number, (trip, rows) in enumerate(zip(trips, loads, strict=True)):
        for k, items in enumerate(rows):
            both = [(item.milli, goods[problem.needs[item.need].commodity]) for item in items]
            grams = sum(milli * good.mass_g for milli, good in both) // 1_000
            ml = sum(milli * good.volume_ml for milli, good in both) // 1_000
            part = max(grams / trip.truck.payload_kg, ml / trip.truck.volume_l) / 10
            if items and part < LITTLE_PERCENT:
                worth = sum(
                    problem.needs[item.need].worth * item.milli / problem.needs[item.need].amount_milli
                    for item in items
                )
                yield int(worth), number, k

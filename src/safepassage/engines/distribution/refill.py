"""Trips changed a little: calls at the least served places, other loads, no stop for little."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from safepassage.domain.aid.distribution import AidProblem, TruckDay
from safepassage.engines.distribution.dispatch import Dispatcher, Planned
from safepassage.engines.distribution.least_times import FAR_S
from safepassage.engines.distribution.loads import Trip, loads_of
from safepassage.engines.distribution.store import Item

WORST, WORST_PART = 4, 15
"""So many of the least served places get a call more at a time, or one in so many of all places."""
WORSE_PERCENT = 95
"""Places served by less than this part of what is possible for all get another call."""
LITTLE_PERCENT = 5
"""A stop that fills less of a truck is left out where its place is called at otherwise."""
LITTLE_WORTH_PPM = 10_000
"""So much of its worth a place loses at most by all stops that are left out."""
PPM = 10**6


@dataclass(frozen=True, slots=True)
class Between:
    """Where a stop may be put into a trip: which trip, before which stop, how many seconds it takes."""

    seconds: int
    trip: int
    before: int


def refilled(before: Dispatcher, fair_share: float, *, further: bool) -> Dispatcher:
    """Return a distribution on the same trips with other loads, and some calls more at the least served.

    What each trip brings is shared out anew over all trips. Whatever is left, and hours that become free, go
    on as ever: to the least served place that can be reached.
    """
    problem, done = before.problem, before.anew()
    trips = _called(before, before.skeleton(), fair_share, further=further)
    loads = loads_of(problem, trips)
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


def _called(before: Dispatcher, trips: list[Trip], fair_share: float, *, further: bool) -> list[Trip]:
    """Return trips with a stop more for each of the least served places, where there are hours for it.

    It is on a day without one; where all have one, on the day on which most is missing, if `further` is set.
    """
    missing: dict[str, dict[int, float]] = {}
    for i, need in enumerate(before.problem.needs):
        if need.node >= 0:
            days = missing.setdefault(need.place, {})
            lacks = need.worth * before.left.needs[i] / need.amount_milli
            days[need.due] = days.get(need.due, 0.0) + lacks
    limit = fair_share * WORSE_PERCENT / 100
    worse = sorted((before.left.share(place), place) for place in missing)
    called = {(trip.truck.day, place) for trip in trips for place, _ in trip.stops}
    for share, place in worse[: max(WORST, len(worse) // WORST_PART)]:
        if share >= limit:
            break
        order = sorted(missing[place], key=lambda day: (-missing[place][day], day))
        free = sorted(day for day in order if (day, place) not in called)
        for day in free or order[: int(further)]:
            found = _least_detour(before, trips, place, day)
            if found is not None:
                trips = _with_stop(before, trips, place, found)
                break
    return trips


def _with_stop(before: Dispatcher, trips: list[Trip], place: str, found: Between) -> list[Trip]:
    trip, base_s = trips[found.trip], before.problem.rules.unload_base_s
    arrive_s = trip.stops[min(found.before, len(trip.stops) - 1)][1]
    stops = (*trip.stops[: found.before], (place, arrive_s), *trip.stops[found.before :])
    spare_s = max(0, trip.spare_s - found.seconds - base_s)
    return [
        replace(trip, stops=stops, spare_s=spare_s) if k == found.trip
        else replace(row, spare_s=spare_s) if row.truck.id == trip.truck.id else row
        for k, row in enumerate(trips)
    ]  # fmt: skip


def _least_detour(before: Dispatcher, trips: list[Trip], place: str, day: int) -> Between | None:
    """Return where a place is put into a trip of a day at the least seconds, None where it cannot be."""
    found: Between | None = None
    for k, trip in enumerate(trips):
        if trip.truck.day != day or any(name == place for name, _ in trip.stops):
            continue
        nodes = [trip.depot, *(before.node(name) for name, _ in trip.stops), trip.truck.base_node]
        there = before.node(place)
        for position, (a, b) in enumerate(pairwise(nodes)):
            seconds = _detour_s(before, trip.truck, (a, there, b))
            if seconds < min(FAR_S, trip.spare_s) and (found is None or seconds < found.seconds):
                found = Between(seconds, k, position)
    return found


def _detour_s(before: Dispatcher, truck: TruckDay, nodes: tuple[int, int, int]) -> int:
    a, there, b = nodes
    return before.way_s(truck, a, there) + before.way_s(truck, there, b) - before.way_s(truck, a, b)


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

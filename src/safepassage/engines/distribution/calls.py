"""Further calls of known trips: at the least served places, and at those whose trips keep all from more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice, pairwise

import numpy as np

from safepassage.domain.aid.distribution import TruckDay
from safepassage.engines.distribution.dispatch import Dispatcher
from safepassage.engines.distribution.least_times import FAR_S
from safepassage.engines.distribution.limiting import Call, Limiting, limiting
from safepassage.engines.distribution.loads import Trip

WORST, WORST_PART = 4, 15
"""So many of the least served places get a call more at a time, or one in so many of all places."""
WORSE_PERCENT = 95
"""Places served by less than this part of what is possible for all get another call."""
FEW_PLACES = 12
"""Where more places are in the way of a larger least share, hours are short, and not a call."""
TRIED_CALLS = 12
"""So many calls are tried for one that lets all be served better."""
NEAR, GAINS = 0.01, 0.0005
"""No further call is sought so near to what all can have, and none is kept for less."""


@dataclass(frozen=True, slots=True, order=True)
class Between:
    """Where a stop may be put into a trip: how many seconds it takes, which trip, before which stop."""

    seconds: int
    trip: int
    before: int


def called(before: Dispatcher, trips: list[Trip], fair_share: float, *, further: bool) -> list[Trip]:
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
            found = min(_detours(before, trips, place, day), default=None)
            if found is not None:
                trips = _with_stop(before, trips, place, found)
                break
    return trips


def called_where_it_binds(
    before: Dispatcher, trips: list[Trip], fair_share: float
) -> tuple[list[Trip], Limiting | None]:
    """Return trips with more calls at the places whose trips keep the least share from being larger.

    Many places may be served as little as the least: which of them can get no more by these trips is what
    prices say. A call is kept where all can be served better with it. With the trips comes what is in the way
    of more by them; None where options are too many.
    """
    found = limiting(before.problem, trips)
    while found is not None and found.least_share < fair_share - NEAR and len(found.places) <= FEW_PLACES:
        for more in islice(_with_call(before, trips, found), TRIED_CALLS):
            better = limiting(before.problem, more)
            if better is not None and better.least_share > found.least_share + GAINS:
                trips, found = more, better
                break
        else:
            break
    return trips, found


def _with_call(before: Dispatcher, trips: list[Trip], limits: Limiting) -> Iterator[list[Trip]]:
    """Yield trips with one more call at a place in the way: by the prices, what promises most first."""
    base_s = before.problem.rules.unload_base_s
    found = [
        (place, between)
        for place in limits.places
        for day in sorted(day for (name, day), worth in limits.missing.items() if name == place and worth > 0)
        for between in sorted(_detours(before, trips, place, day))
    ]
    calls = [Call(row.trip, (place, _arrives_s(trips, row)), row.seconds + base_s) for place, row in found]
    promised = limits.promises(before.problem, trips, calls) if calls else np.zeros(0)
    for k in np.argsort(-promised, kind="stable").tolist():
        if promised[k] <= GAINS:
            break
        yield _with_stop(before, trips, *found[k])


def _arrives_s(trips: list[Trip], found: Between) -> int:
    stops = trips[found.trip].stops
    return stops[min(found.before, len(stops) - 1)][1]


def _with_stop(before: Dispatcher, trips: list[Trip], place: str, found: Between) -> list[Trip]:
    trip, base_s = trips[found.trip], before.problem.rules.unload_base_s
    stops = (*trip.stops[: found.before], (place, _arrives_s(trips, found)), *trip.stops[found.before :])
    spare_s = max(0, trip.spare_s - found.seconds - base_s)
    return [
        replace(trip, stops=stops, spare_s=spare_s) if k == found.trip
        else replace(row, spare_s=spare_s) if row.truck.id == trip.truck.id else row
        for k, row in enumerate(trips)
    ]  # fmt: skip


def _detours(before: Dispatcher, trips: list[Trip], place: str, day: int) -> Iterator[Between]:
    """Yield where a place is put into each trip of a day at the least seconds, if there are so many.

    A trip of which a booking left no stop has no time of arrival to go by, and is passed over.
    """
    there = before.node(place)
    for k, trip in enumerate(trips):
        if trip.truck.day != day or not trip.stops or any(name == place for name, _ in trip.stops):
            continue
        nodes = [trip.depot, *(before.node(name) for name, _ in trip.stops), trip.truck.base_node]
        ways = enumerate(pairwise(nodes))
        found = min(Between(_detour_s(before, trip.truck, (a, there, b)), k, at) for at, (a, b) in ways)
        if found.seconds < min(FAR_S, trip.spare_s):
            yield found


def _detour_s(before: Dispatcher, truck: TruckDay, nodes: tuple[int, int, int]) -> int:
    a, there, b = nodes
    return before.way_s(truck, a, there) + before.way_s(truck, there, b) - before.way_s(truck, a, b)

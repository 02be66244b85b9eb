"""The same loads on less driving: trips that fit on one truck become one, stops go into a better order.

A trip takes over another, or a stop of it, where most is saved (Clarke and Wright, "Scheduling of vehicles
from a central depot to a number of delivery points", 1964, doi:10.1287/opre.12.4.568); in a trip each stop is
moved to where it costs least, and parts of the way are turned round, until nothing gains. Then the best trips
take their place, exactly, to all stops of a type of truck and day where they are few, else to those of two
trips, or a search by ruin and recreate over all stops does. Where roads are closed at hours, or stops are
many, a search within these hours goes on from there. What comes of it is booked anew: whether it holds on
the roads is seen there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import IntEnum
from itertools import permutations
from typing import NamedTuple

import numpy as np

from safepassage.domain.aid.distribution import TruckDay
from safepassage.engines.distribution.best_trips import Stops, bettered, trip_of
from safepassage.engines.distribution.dispatch import Dispatcher
from safepassage.engines.distribution.fixed_rounds import fewer_seconds
from safepassage.engines.distribution.options import MG_PER_KG, UL_PER_L
from safepassage.engines.distribution.timed_trips import in_hours
from safepassage.engines.distribution.trip_ways import (
    OWN_TRIP,
    Way,
    as_driven,
    handling_s,
    in_best_order,
    planned_of,
    room,
    size,
    together,
)
from safepassage.kernels.tours.few_stops import MOST_STOPS, Limits

NO_LIMIT_S = 10**10
CRUMBS = 0.0001
"""No trip is kept for less than this part of the worth of each of its places."""

Group = tuple[int, str, bool]
"""Trucks alike: day, type, cold chain."""


class Kind(IntEnum):
    """Trips joined only; the best by least times; in the hours of the roads; of a search by least times."""

    JOINED = 0
    BEST = 1
    TIMED = 2
    SEARCHED = 3


class Shortening:
    """Shorter ways for the loads of a distribution, found once for trucks alike and booked with any others.

    The best trips to few stops leave trucks less time to wait on the roads than trips that were only joined.
    """

    def __init__(self, before: Dispatcher) -> None:
        self._before = before
        self._given: defaultdict[Group, list[Way]] = defaultdict(list)
        for trip, stops in zip(before.trips, before.loads, strict=True):
            if any(before.left.part_of_worth(stop.place, stop.items) >= CRUMBS for stop in stops):
                way = as_driven(before, trip.truck, trip.depot, stops)
                self._given[_group(trip.truck)].append(way)
        self._found: dict[tuple[Group, Kind], list[Way]] = {}
        self._bound: set[Group] = set()

    @property
    def groups(self) -> list[Group]:
        """Return which trucks alike make trips, in order."""
        return sorted(self._given)

    @property
    def by_least_times(self) -> bool:
        """Tell whether all trips in the hours of the roads that were sought are as by least times."""
        return not self._bound

    def saves_s(self, group: Group, kind: Kind) -> int:
        """Return how many seconds less a group drives where nothing on the roads is in its way."""
        given, found = (
            sum(way.seconds for way in ways) for ways in (self._given[group], self._of(group, kind))
        )
        return given - found

    def bringing_less(self, done: Dispatcher) -> set[Group]:
        """Return the groups that bring less of something than before: not all their trips could be driven."""
        missing: Counter[tuple[Group, int]] = Counter()
        for group, ways in self._given.items():
            for stop in (stop for way in ways for stop in way.stops):
                for item in stop.items:
                    missing[group, item.need] += item.milli
        for trip, stops in zip(done.trips, done.loads, strict=True):
            for item in (item for stop in stops for item in stop.items):
                missing[_group(trip.truck), item.need] -= item.milli
        return {group for (group, _), milli in missing.items() if milli > 0}

    def booked(self, chosen: Mapping[Group, Kind]) -> Dispatcher:
        """Return a distribution of the same loads, beside which free hours go on as ever.

        `chosen` says whose trips are made shorter, and in which way; those of others stay.
        """
        before = self._before
        done = replace(before.anew(), crumbs=max(OWN_TRIP, before.crumbs))
        for group, given in self._given.items():
            ways = self._of(group, chosen[group]) if group in chosen else given
            done.planned.update(planned_of(ways))
            for way in ways:
                for stop in way.stops:
                    done.left.hold(stop.items)
        for day in range(len(before.problem.days)):
            done.day(day)
        return done

    def _of(self, group: Group, kind: Kind) -> list[Way]:
        if (group, kind) not in self._found:
            self._found[group, kind] = self._sought(group, kind)
        return self._found[group, kind]

    def _sought(self, group: Group, kind: Kind) -> list[Way]:
        before, given = self._before, self._given[group]
        if kind == Kind.TIMED:
            return self._timed(group)
        if kind == Kind.SEARCHED and not self._few(group):
            return fewer_seconds(before, given, self._alike(group))
        ways = [in_best_order(before, way.truck, way.depot, way.stops) for way in given]
        if kind == Kind.JOINED:
            return _joined(before, ways)
        return _best(before, ways, self._of(group, Kind.JOINED))

    def _timed(self, group: Group) -> list[Way]:
        """Return trips that can be driven where no other trucks are on the roads."""
        before, few = self._before, self._few(group)
        kinds = (*(() if few else (Kind.SEARCHED,)), Kind.BEST, Kind.JOINED)
        # Each is sought only where the one before cannot be driven.
        found = (self._of(group, kind) for kind in kinds)
        ways = next((ways for ways in found if before.holds(planned_of(ways))), self._given[group])
        if ways is not self._of(group, kinds[0]):
            self._bound.add(group)
        elif few:
            return ways
        return in_hours(before, ways, self._alike(group))

    def _few(self, group: Group) -> bool:
        """Tell whether the best trips to all stops are found exactly."""
        return sum(len(way.stops) for way in self._given[group]) <= MOST_STOPS

    def _alike(self, group: Group) -> list[TruckDay]:
        return [t for t in self._before.problem.trucks if _group(t) == group]


def _group(truck: TruckDay) -> Group:
    return truck.day, truck.type, truck.cold_chain


def _best(before: Dispatcher, ways: list[Way], joined: list[Way]) -> list[Way]:
    """Return joined trips on less driving; `ways` are those that left each truck so much of its day."""
    rules = before.problem.rules
    left_s = {way.truck.id: before.left_s(way.truck) for way in ways}
    for sign, group in ((1, ways), (-1, joined)):
        for way in group:
            fetch_s = before.way_s(way.truck, way.truck.base_node, way.depot)
            takes_s = fetch_s + way.seconds + rules.load_base_s + handling_s(before, way.truck, way.stops)
            left_s[way.truck.id] += sign * takes_s
    found: list[Way] = []
    for depot in sorted({way.depot for way in joined}):
        found += _best_from(before, [way for way in joined if way.depot == depot], left_s)
    # The first trip of a truck is loaded before the roads open: what takes longest to load.
    return sorted(found, key=lambda way: (way.depot != way.truck.base_node, -size(before, way.stops)[0]))


def _best_from(before: Dispatcher, ways: list[Way], left_s: dict[str, int]) -> list[Way]:
    """Return trips from one depot on less driving; what is left of the day of each truck is kept."""
    truck, depot = ways[0].truck, ways[0].depot
    calls = [stop for way in ways for stop in way.stops]
    cost = np.array(before.times.table(truck, [truck.base_node, *(stop.node for stop in calls)]))
    out = before.times.table(truck, [depot, *(stop.node for stop in calls)])[0]
    cost[0] = np.array(out) + before.way_s(truck, truck.base_node, depot)
    loads = np.array([(*size(before, [stop]), handling_s(before, truck, [stop])) for stop in calls])
    limits = Limits(truck.payload_kg * MG_PER_KG, truck.volume_l * UL_PER_L, NO_LIMIT_S)
    numbers = iter(range(len(calls)))
    stops = Stops(cost, loads, limits, before.problem.rules.load_base_s)
    trips = [trip_of(way.truck.id, [next(numbers) for _ in way.stops], stops) for way in ways]
    trucks = {way.truck.id: way.truck for way in ways}
    return [
        Way(trucks[trip.truck], depot, together(calls[k] for k in trip.stops), trip.seconds)
        for trip in bettered(trips, stops, left_s)
    ]


class _Move(NamedTuple):
    """Seconds of driving saved (negative); who takes over, who gives; both trips as they are then.

    `more_s` is what it takes of the day of the truck that takes over. What gives all it has is `None`.
    """

    saved_s: int
    host: int
    guest: int
    both: Way
    rest: Way | None
    more_s: int


def _joined(before: Dispatcher, ways: list[Way]) -> list[Way]:
    """Return trips of alike trucks of a day: one takes over another or a stop, what saves most first."""
    found: list[Way | None] = list(ways)
    left_s = {way.truck.id: before.left_s(way.truck) for way in ways}
    moves = [move for pair in permutations(range(len(found)), 2) for move in _moves_of(before, found, pair)]
    while True:
        moves = [move for move in moves if move.more_s < left_s[move.both.truck.id]]
        if not moves:
            return [way for way in found if way is not None]
        best = min(moves, key=lambda move: move[:3])
        changed = {best.host, best.guest}
        left_s[best.both.truck.id] -= best.more_s
        found[best.host], found[best.guest] = best.both, best.rest
        moves = [move for move in moves if not changed & {move.host, move.guest}]
        for pair in permutations(range(len(found)), 2):
            if changed & set(pair):
                moves += _moves_of(before, found, pair)


def _moves_of(before: Dispatcher, ways: Sequence[Way | None], pair: tuple[int, int]) -> Iterator[_Move]:
    """Yield the moves of a trip, or of a stop of it, to another trip that save driving."""
    host, guest = (ways[k] for k in pair)
    if host is None or guest is None or host.depot != guest.depot:
        return
    free = room(before, host)
    for k in range(-1, len(guest.stops) if len(guest.stops) > 1 else 0):
        moved = guest.stops if k < 0 else [guest.stops[k]]
        if any(there < more for there, more in zip(free, size(before, moved), strict=True)):
            continue
        both = in_best_order(before, host.truck, host.depot, together((*host.stops, *moved)))
        rest = None
        if k >= 0:
            rest = in_best_order(before, guest.truck, guest.depot, guest.stops[:k] + guest.stops[k + 1 :])
        saved_s = host.seconds + guest.seconds - both.seconds - (0 if rest is None else rest.seconds)
        more_s = both.seconds - host.seconds + handling_s(before, host.truck, moved)
        if saved_s > 0 or (saved_s == 0 and rest is None):
            same = host.truck.id == guest.truck.id
            yield _Move(-saved_s, *pair, both, rest, -1 if same else more_s)

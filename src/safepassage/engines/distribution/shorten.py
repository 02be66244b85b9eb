"""The same loads on less driving: trips that fit on one truck become one, stops go into a better order.

A trip takes over another, or a stop of it, where most is saved (Clarke and Wright, "Scheduling of vehicles
from a central depot to a number of delivery points", 1964, doi:10.1287/opre.12.4.568); in a trip each stop is
moved to where it costs least, and parts of the way are turned round, until nothing gains. Then the best trips
take their place, exactly, to all stops of a type of truck and day where they are few, else to those of two
trips. What comes of it is booked anew: whether it holds on the roads is seen there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from typing import NamedTuple

import numpy as np

from safepassage.domain.aid.distribution import G_PER_T, TruckDay
from safepassage.engines.distribution.best_trips import Stops, bettered, trip_of
from safepassage.engines.distribution.dispatch import Dispatcher, Planned, Stop
from safepassage.engines.distribution.options import MG_PER_KG, UL_PER_L
from safepassage.kernels.tours.few_stops import Limits
from safepassage.kernels.tours.single_moves import in_order

NO_LIMIT_S = 10**10
CRUMBS = 0.0001
"""No trip is kept for less than this part of the worth of each of its places."""


@dataclass(slots=True)
class _Way:
    """A trip of a truck in one order of its stops, with the seconds it drives."""

    truck: TruckDay
    depot: int
    stops: list[Stop]
    seconds: int


Group = tuple[int, str, bool]
"""Trucks alike: day, type, cold chain."""


class Shortening:
    """Shorter ways for the loads of a distribution, found once for trucks alike and booked with any others.

    The best trips to few stops leave trucks less time to wait on the roads than trips that were only joined.
    """

    def __init__(self, before: Dispatcher) -> None:
        self._before = before
        self._given: defaultdict[Group, list[_Way]] = defaultdict(list)
        for trip, stops in zip(before.trips, before.loads, strict=True):
            if any(before.left.part_of_worth(stop.place, stop.items) >= CRUMBS for stop in stops):
                way = _as_driven(before, trip.truck, trip.depot, list(stops))
                self._given[trip.truck.day, trip.truck.type, trip.truck.cold_chain].append(way)
        self._found: dict[tuple[Group, bool], list[_Way]] = {}

    @property
    def groups(self) -> list[Group]:
        """Return which trucks alike make trips, in order."""
        return sorted(self._given)

    def saves_s(self, group: Group, *, best: bool) -> int:
        """Return how many seconds less a group drives where nothing on the roads is in its way."""
        given, found = (
            sum(way.seconds for way in ways) for ways in (self._given[group], self._of(group, best))
        )
        return given - found

    def booked(self, chosen: Mapping[Group, bool]) -> Dispatcher:
        """Return a distribution of the same loads, beside which free hours go on as ever.

        `chosen` says whose trips are made shorter, and whether to the best; those of others stay.
        """
        before = self._before
        done = replace(before.anew(), crumbs=max(CRUMBS, before.crumbs))
        for group, given in self._given.items():
            for way in self._of(group, chosen[group]) if group in chosen else given:
                done.planned.setdefault(way.truck.id, []).append(Planned(way.depot, tuple(way.stops)))
                for stop in way.stops:
                    done.left.hold(stop.items)
        for day in range(len(before.problem.days)):
            done.day(day)
        return done

    def _of(self, group: Group, best: bool) -> list[_Way]:  # noqa: FBT001 - which of two kinds of trips
        if (group, best) not in self._found:
            before = self._before
            ways = [_in_order(before, way.truck, way.depot, way.stops) for way in self._given[group]]
            found = _best(before, ways, self._of(group, False)) if best else _joined(before, ways)
            self._found[group, best] = found
        return self._found[group, best]


def _best(before: Dispatcher, ways: list[_Way], joined: list[_Way]) -> list[_Way]:
    """Return joined trips on less driving; `ways` are those that left each truck so much of its day."""
    rules = before.problem.rules
    left_s = {way.truck.id: before.left_s(way.truck) for way in ways}
    for sign, group in ((1, ways), (-1, joined)):
        for way in group:
            fetch_s = before.way_s(way.truck, way.truck.base_node, way.depot)
            takes_s = fetch_s + way.seconds + rules.load_base_s + _handling_s(before, way.stops)
            left_s[way.truck.id] += sign * takes_s
    found: list[_Way] = []
    for depot in sorted({way.depot for way in joined}):
        found += _best_from(before, [way for way in joined if way.depot == depot], left_s)
    # The first trip of a truck is loaded before the roads open: what takes longest to load.
    return sorted(found, key=lambda way: (way.depot != way.truck.base_node, -_size(before, way.stops)[0]))


def _best_from(before: Dispatcher, ways: list[_Way], left_s: dict[str, int]) -> list[_Way]:
    """Return trips from one depot on less driving; what is left of the day of each truck is kept."""
    truck, depot = ways[0].truck, ways[0].depot
    calls = [stop for way in ways for stop in way.stops]
    cost = np.array(before.times.table(truck, [truck.base_node, *(stop.node for stop in calls)]))
    out = before.times.table(truck, [depot, *(stop.node for stop in calls)])[0]
    cost[0] = np.array(out) + before.way_s(truck, truck.base_node, depot)
    loads = np.array([(*_size(before, [stop]), _handling_s(before, [stop])) for stop in calls])
    limits = Limits(truck.payload_kg * MG_PER_KG, truck.volume_l * UL_PER_L, NO_LIMIT_S)
    numbers = iter(range(len(calls)))
    stops = Stops(cost, loads, limits, before.problem.rules.load_base_s)
    trips = [trip_of(way.truck.id, [next(numbers) for _ in way.stops], stops) for way in ways]
    trucks = {way.truck.id: way.truck for way in ways}
    return [
        _Way(trucks[trip.truck], depot, _together([calls[k] for k in trip.stops], []), trip.seconds)
        for trip in bettered(trips, stops, left_s)
    ]


class _Move(NamedTuple):
    """Seconds of driving saved (negative); who takes over, who gives; both trips as they are then.

    `more_s` is what it takes of the day of the truck that takes over. What gives all it has is `None`.
    """

    saved_s: int
    host: int
    guest: int
    both: _Way
    rest: _Way | None
    more_s: int


def _joined(before: Dispatcher, ways: list[_Way]) -> list[_Way]:
    """Return trips of alike trucks of a day: one takes over another or a stop, what saves most first."""
    found: list[_Way | None] = list(ways)
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


def _moves_of(before: Dispatcher, ways: Sequence[_Way | None], pair: tuple[int, int]) -> Iterator[_Move]:
    """Yield the moves of a trip, or of a stop of it, to another trip that save driving."""
    host, guest = (ways[k] for k in pair)
    if host is None or guest is None or host.depot != guest.depot:
        return
    room = _room(before, host)
    for k in range(-1, len(guest.stops) if len(guest.stops) > 1 else 0):
        moved = guest.stops if k < 0 else [guest.stops[k]]
        if any(there < more for there, more in zip(room, _size(before, moved), strict=True)):
            continue
        both = _in_order(before, host.truck, host.depot, _together(host.stops, moved))
        rest = None
        if k >= 0:
            rest = _in_order(before, guest.truck, guest.depot, guest.stops[:k] + guest.stops[k + 1 :])
        saved_s = host.seconds + guest.seconds - both.seconds - (0 if rest is None else rest.seconds)
        more_s = both.seconds - host.seconds + _handling_s(before, moved)
        if saved_s > 0 or (saved_s == 0 and rest is None):
            same = host.truck.id == guest.truck.id
            yield _Move(-saved_s, *pair, both, rest, -1 if same else more_s)


def _room(before: Dispatcher, way: _Way) -> tuple[int, int]:
    mg, ul = _size(before, way.stops)
    return way.truck.payload_kg * MG_PER_KG - mg, way.truck.volume_l * UL_PER_L - ul


def _size(before: Dispatcher, stops: Sequence[Stop]) -> tuple[int, int]:
    """Return the mg and µl that stops unload."""
    both = [(item.milli, before.left.good(item.need)) for stop in stops for item in stop.items]
    return sum(n * good.mass_g for n, good in both), sum(n * good.volume_ml for n, good in both)


def _handling_s(before: Dispatcher, stops: Sequence[Stop]) -> int:
    """Return the seconds that loading and unloading what stops get take of another truck at most."""
    rules, grams = before.problem.rules, before.left.mass_g([i for stop in stops for i in stop.items])
    per_t_s = rules.load_s_per_t + rules.unload_s_per_t
    return len(stops) * rules.unload_base_s + -(-grams * per_t_s // G_PER_T)


def _together(one: list[Stop], other: list[Stop]) -> list[Stop]:
    """Return the stops of two trips, once for each place."""
    found: dict[str, Stop] = {}
    for stop in (*one, *other):
        if stop.place in found:
            found[stop.place].items.extend(stop.items)
        else:
            found[stop.place] = Stop(stop.node, stop.place, list(stop.items))
    return list(found.values())


def _as_driven(before: Dispatcher, truck: TruckDay, depot: int, stops: list[Stop]) -> _Way:
    cost = np.array(before.times.table(truck, [depot, *(stop.node for stop in stops), truck.base_node]))
    return _Way(truck, depot, stops, int(np.diagonal(cost, 1).sum()))


def _in_order(before: Dispatcher, truck: TruckDay, depot: int, stops: list[Stop]) -> _Way:
    """Return a trip with its stops in an order that no single move betters."""
    cost = before.times.table(truck, [depot, *(stop.node for stop in stops), truck.base_node])
    order, seconds = in_order(cost)
    return _Way(truck, depot, [stops[k - 1] for k in order], seconds)

"""Stops, and whole trips, given to trips of the same day that pass, as long as the roads allow it.

Any truck that loads at the same depot may take what another brings, whatever its type: a trip for a few
kilograms is none where a lorry with room calls at the same place. What saves most driving by least times is
tried first, and each step is driven on the roads, with the breaks of the crew, before it is believed: gates
that open for some hours are known to this search as they are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, pairwise, permutations
from typing import NamedTuple

from safepassage.domain.aid.distribution import TruckDay
from safepassage.engines.distribution.dispatch import Dispatcher, tired
from safepassage.engines.distribution.least_times import FAR_S
from safepassage.engines.distribution.loads import Trip
from safepassage.engines.distribution.standing import Stop
from safepassage.engines.distribution.store import Left
from safepassage.engines.distribution.trip_ways import (
    OWN_TRIP,
    Way,
    as_driven,
    handling_s,
    in_best_order,
    planned_of,
    room,
    size,
)

MOST_TRIED = 400
"""So many steps are driven at most."""


class _Step(NamedTuple):
    """Seconds of driving saved (negative), who takes over and who gives, and which stops of it."""

    saved_s: int
    host: int
    guest: int
    first: int
    end: int


class Passing:
    """Trips of a distribution, to which others are given where they pass.

    Parameters
    ----------
    before : a distribution; it stays as it is.
    spare_s : so much of each day that a trip is added to is left, for trucks wait for each other; less where
        less is left of it.
    """

    def __init__(self, before: Dispatcher, spare_s: int) -> None:
        self._before, self._spare_s = before, spare_s
        self._scratch = Left(before.problem, before.left.first)
        self._ways: list[Way | None] = [
            _as_begun(before, trip, stops) for trip, stops in zip(before.trips, before.loads, strict=True)
        ]
        self._beside: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for k, trip in enumerate(before.trips):
            if not trip.truck.members:
                self._beside[trip.truck.day, trip.depot].append(k)
        self._tried = self._made_steps = 0
        self._search()

    @property
    def changed(self) -> bool:
        """Tell whether any trip was given to another."""
        return self._made_steps > 0

    def booked(self) -> Dispatcher:
        """Return a distribution of the same loads; in free hours no trip sets out for crumbs."""
        done = replace(self._before.anew(), crumbs=max(OWN_TRIP, self._before.crumbs))
        ways = [way for way in self._ways if way is not None]
        done.planned.update(planned_of(ways))
        for way in ways:
            for stop in way.stops:
                done.left.hold(stop.items)
        for day in range(len(self._before.problem.days)):
            done.day(day)
        return done

    # -- the search --------------------------------------------------------------------------------

    def _search(self) -> None:
        pairs = (pair for rows in self._beside.values() for pair in permutations(rows, 2))
        steps = sorted(step for pair in pairs for step in self._steps(*pair))
        while steps and self._tried < MOST_TRIED:
            step = steps.pop(0)
            if self._made(step):
                changed = {step.host, step.guest}
                steps = [one for one in steps if not changed & {one.host, one.guest}]
                taker = self._before.trips[step.host]
                for pair in permutations(self._beside[taker.truck.day, taker.depot], 2):
                    if changed & set(pair):
                        steps += self._steps(*pair)
                steps.sort()

    def _steps(self, host: int, guest: int) -> Iterator[_Step]:
        """Yield what a trip may take over from another so that driving is saved."""
        taker, giver = self._ways[host], self._ways[guest]
        if taker is None or giver is None:
            return
        free = room(self._before, taker)
        for first, end in combinations(range(len(giver.stops) + 1), 2):
            moved = giver.stops[first:end]
            fits = all(more <= there for there, more in zip(free, size(self._before, moved), strict=True))
            if fits and self._keeps_cold(taker.truck, moved):
                saved_s = _less_s(self._before, giver, first, end) - _more_s(self._before, taker, moved)
                if saved_s > 0:
                    yield _Step(-saved_s, host, guest, first, end)

    def _keeps_cold(self, truck: TruckDay, stops: Sequence[Stop]) -> bool:
        good = self._before.left.good
        return truck.cold_chain or not any(
            good(item.need).cold_chain for stop in stops for item in stop.items
        )

    def _made(self, step: _Step) -> bool:
        """Make a step if it saves driving and the roads allow it; tell whether they do."""
        before, taker, giver = self._before, self._ways[step.host], self._ways[step.guest]
        if taker is None or giver is None:
            return False
        moved = giver.stops[step.first : step.end]
        kept = [*giver.stops[: step.first], *giver.stops[step.end :]]
        rest = as_driven(before, giver.truck, giver.depot, kept, giver.from_s) if kept else None
        for both in self._both(taker, moved, giver.from_s):
            self._tried += 1
            tried = list(self._ways)
            tried[step.host], tried[step.guest] = both, rest
            if self._holds(tried, taker.truck):
                self._ways = tried
                self._made_steps += 1
                return True
        return False

    def _both(self, host: Way, moved: Sequence[Stop], from_s: int) -> Iterator[Way]:
        """Yield a trip with further stops in its own and in the best order, begun as either was or sooner."""
        before = self._before
        own = as_driven(before, host.truck, host.depot, _in_own_order(before, host, moved))
        best = in_best_order(before, host.truck, host.depot, own.stops)
        orders = {tuple(stop.place for stop in way.stops): way for way in (own, best)}
        for way in orders.values():
            more_s = way.seconds - host.seconds + handling_s(before, host.truck, moved)
            begins = (host.from_s, host.from_s - more_s, from_s, from_s - more_s, 0)
            for begins_s in dict.fromkeys(max(0, begins_s) for begins_s in begins):
                yield replace(way, from_s=begins_s)

    def _holds(self, ways: Sequence[Way | None], truck: TruckDay) -> bool:
        """Tell whether a truck can drive its trips of a day and has rested by its next one."""
        before, trips = self._before, [way for way in ways if way is not None]
        alone = before.anew(self._scratch)
        one = before.standing(tired(truck, min(self._spare_s, before.left_s(truck))))
        holds = alone.drives(one, [way.planned() for way in trips if way.truck.id == truck.id])
        alone.give_back()
        later = [way.from_s for way in trips if way.truck.truck == truck.truck and way.truck.day > truck.day]
        return holds and one.back_s + truck.rest_s <= min(later, default=FAR_S)


def _as_begun(before: Dispatcher, trip: Trip, stops: Sequence[Stop]) -> Way:
    """Return a trip that begins no earlier than it was booked to."""
    fetch_s = before.way_s(trip.truck, trip.truck.base_node, trip.depot)
    return as_driven(before, trip.truck, trip.depot, stops, max(0, trip.loads_s - fetch_s))


def _less_s(before: Dispatcher, way: Way, first: int, end: int) -> int:
    """Return what a trip drives less without some stops, or all that it drives."""
    if end - first == len(way.stops):
        return before.way_s(way.truck, way.truck.base_node, way.depot) + way.seconds
    nodes = [way.depot, *(one.node for one in way.stops), way.truck.base_node][first : end + 2]
    parts_s = sum(before.way_s(way.truck, a, b) for a, b in pairwise(nodes))
    return parts_s - before.way_s(way.truck, nodes[0], nodes[-1])


def _more_s(before: Dispatcher, way: Way, stops: Sequence[Stop]) -> int:
    """Return what a trip drives more with further stops in its own order."""
    nodes = [way.depot, *(one.node for one in _in_own_order(before, way, stops)), way.truck.base_node]
    return sum(before.way_s(way.truck, a, b) for a, b in pairwise(nodes)) - way.seconds


def _in_own_order(before: Dispatcher, way: Way, stops: Sequence[Stop]) -> list[Stop]:
    """Return the stops of a trip with further ones, each where it costs least, one after the other."""
    found = list(way.stops)
    for stop in stops:
        same = next((k for k, one in enumerate(found) if one.place == stop.place), -1)
        if same >= 0:
            found[same] = replace(found[same], items=[*found[same].items, *stop.items])
        else:
            nodes = [way.depot, *(one.node for one in found), way.truck.base_node]
            detours_s = [
                before.way_s(way.truck, a, stop.node) + before.way_s(way.truck, stop.node, b)
                - before.way_s(way.truck, a, b)
                for a, b in pairwise(nodes)
            ]  # fmt: skip
            found.insert(detours_s.index(min(detours_s)), stop)
    return found

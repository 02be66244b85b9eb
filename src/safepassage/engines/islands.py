"""The least time by which a fleet of unlike vessels has brought everybody from landing places, exactly.

How many trips to each place a vessel can have ended by a time does not depend on other vessels, for docks
take any number of them. So each vessel has least times by counts of trips, found by dynamic programming over
the harbour where it unloads; whether the fleet can carry everybody by a time is another dynamic program, over
the persons still to be fetched from all places but one, with the most that can be fetched from that one as
its value. Least ends are such counts' times, so that bisection over them ends at the exact least time. The
work grows with the product of the persons at all places but one: two at a time are quick, four are not.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.errors import SafePassageError
from safepassage.domain.islands import IslandPlan, IslandProblem, Vessel, VesselTrip
from safepassage.domain.shuttle import NONE

Int64 = NDArray[np.int64]
Counts = tuple[int, ...]

CELLS_MOST = 5_000_000
"""Persons of all places but one, multiplied, times vessels: above this no table is filled."""


class IslandError(SafePassageError):
    """An island problem has no plan, or is beyond what is solved exactly."""


@dataclass(frozen=True, slots=True)
class _Call:
    """The quickest call at a place between two harbours: when it ends, and by which dock."""

    took_ms: int
    dock: int


@dataclass(frozen=True, slots=True)
class _Ended:
    """When a vessel has unloaded at a harbour after some trips, the last of them, the harbour before it."""

    at_ms: int
    place: int
    dock: int
    before: int


@dataclass(frozen=True, slots=True, eq=False)
class _Ability:
    """What one vessel can do: by counts of trips to each place, how it ends soonest at each harbour."""

    seats: int
    ends: dict[Counts, dict[int, _Ended]]

    def soonest_ms(self, counts: Counts) -> int:
        return min(end.at_ms for end in self.ends[counts].values())

    def by(self, time_ms: int) -> list[Counts]:
        """Return the counts that can be ended by a time and to which no trip can be added."""
        held = {counts for counts in self.ends if self.soonest_ms(counts) <= time_ms}
        return sorted(counts for counts in held if not any(more in held for more in _one_more(counts)))


def plan(problem: IslandProblem, scenario: int) -> IslandPlan:
    """Return a plan of one scenario that ends as early as any can.

    Raises
    ------
    IslandError
        When the fleet cannot fetch everybody in the trips it may make, or when persons at too many places
        wait for an exact answer.
    """
    needs = problem.scenarios[scenario]
    places = sorted(
        (k for k, persons in enumerate(needs.persons) if persons), key=lambda k: (needs.persons[k], k)
    )
    persons = tuple(needs.persons[k] for k in places)
    if math.prod(n + 1 for n in persons[:-1]) * max(1, len(problem.fleet)) > CELLS_MOST:
        raise IslandError(
            f"{needs.name}: persons at {len(places)} places are too many for an exact answer; plan parts of "
            "the island one after the other."
        )
    if not places:
        return IslandPlan(trips=tuple(() for _ in problem.fleet), last_ms=0, least_ms=0, steps=0)
    abilities = [_ability(vessel, problem.place_of_dock, places, persons) for vessel in problem.fleet]
    last_ms, chosen, steps = _least(needs.name, abilities, persons)
    trips = _trips(abilities, chosen, persons, last_ms)
    return IslandPlan(trips=trips, last_ms=last_ms, least_ms=last_ms, steps=steps)


def _one_more(counts: Counts) -> Iterator[Counts]:
    for k in range(len(counts)):
        yield (*counts[:k], counts[k] + 1, *counts[k + 1 :])


def _ability(vessel: Vessel, place_of_dock: Counts, places: list[int], persons: Counts) -> _Ability:
    """Return how soon a vessel can have ended each number of trips to each place."""
    most = [-(-n // vessel.seats) if vessel.seats else 0 for n in persons]
    docks = [[d for d, place in enumerate(place_of_dock) if place == k] for k in places]
    harbours = len(vessel.out_ms)
    calls = {
        (start, k, end): call
        for start in range(NONE, harbours)
        for k in range(len(places))
        for end in range(harbours)
        if (call := _call(vessel, docks[k], start, end)) is not None
    }
    none = (0,) * len(places)
    ends: dict[Counts, dict[int, _Ended]] = {none: {NONE: _Ended(0, NONE, NONE, NONE)}}
    for counts in sorted(itertools.product(*(range(n + 1) for n in most)), key=lambda c: (sum(c), c)):
        if 0 < sum(counts) <= vessel.trips_most:
            found = _soonest(counts, ends, calls, harbours)
            if found:
                ends[counts] = found
    return _Ability(vessel.seats, ends)


def _call(vessel: Vessel, docks: list[int], start: int, end: int) -> _Call | None:
    """Return the quickest way from a harbour (-1: where it lies at the order) by a dock to a harbour."""
    out = vessel.first_ms if start == NONE else vessel.out_ms[start]
    ways = [
        (int(out[d] + vessel.home_ms[d, end]) + 2 * vessel.handling_ms, d)
        for d in docks
        if out[d] >= 0 and vessel.home_ms[d, end] >= 0
    ]
    return _Call(*min(ways)) if ways else None


def _soonest(
    counts: Counts,
    ends: dict[Counts, dict[int, _Ended]],
    calls: dict[tuple[int, int, int], _Call],
    harbours: int,
) -> dict[int, _Ended]:
    """Return the soonest end of so many trips at each harbour, whatever the order of the places."""
    found: dict[int, _Ended] = {}
    for k, number in enumerate(counts):
        if not number:
            continue
        fewer = (*counts[:k], number - 1, *counts[k + 1 :])
        for before, ended in ends.get(fewer, {}).items():
            for end in range(harbours):
                call = calls.get((before, k, end))
                if call is None:
                    continue
                at_ms = ended.at_ms + call.took_ms
                if end not in found or at_ms < found[end].at_ms:
                    found[end] = _Ended(at_ms, k, call.dock, before)
    return found


def _least(name: str, abilities: list[_Ability], persons: Counts) -> tuple[int, list[Counts], int]:
    """Return the least time by which all can be brought, the counts of trips by then, and the steps."""
    times = sorted({ability.soonest_ms(c) for ability in abilities for c in ability.ends if any(c)})
    chosen = _carried(abilities, persons, times[-1]) if times else None
    if chosen is None:
        raise IslandError(
            f"{name}: the fleet cannot fetch all {sum(persons):,} persons in the trips it may make; add "
            "vessels, trips, or docks at which they can lie."
        )
    low, high, steps = -1, len(times) - 1, 1
    while high - low > 1:
        middle = (low + high) // 2
        found = _carried(abilities, persons, times[middle])
        steps += 1
        if found is None:
            low = middle
        else:
            high, chosen = middle, found
    return times[high], chosen, steps


def _carried(abilities: list[_Ability], persons: Counts, time_ms: int) -> list[Counts] | None:
    """Return counts of trips, one tuple a vessel, that fetch everybody by a time, None for no such."""
    *others, last = persons
    shape = tuple(n + 1 for n in others)
    most: list[Int64] = [np.full(shape, np.iinfo(np.int64).min // 2)]
    most[0][(0,) * len(others)] = 0
    choices = [ability.by(time_ms) for ability in abilities]
    for ability, counts in zip(abilities, choices, strict=True):
        values = [_after(most[-1], ability.seats, c) for c in counts]
        most.append(np.maximum.reduce(values))
    if most[-1][tuple(others)] < last:
        return None
    return _chosen(abilities, choices, most, others)


def _after(before: Int64, seats: int, counts: Counts) -> Int64:
    """Return the most fetched from the last place, by persons asked of the others, with one more vessel."""
    asked = [np.maximum(np.arange(n) - seats * c, 0) for n, c in zip(before.shape, counts, strict=False)]
    left: Int64 = before[np.ix_(*asked)] if asked else before
    return left + seats * counts[-1]


def _chosen(
    abilities: list[_Ability], choices: list[list[Counts]], most: list[Int64], others: list[int]
) -> list[Counts]:
    """Return which counts the table was filled with, from the last vessel back to the first."""
    found: list[Counts] = []
    asked = list(others)
    for k in range(len(abilities) - 1, -1, -1):
        seats, value = abilities[k].seats, most[k + 1][tuple(asked)]
        for counts in choices[k]:
            left = [max(0, n - seats * c) for n, c in zip(asked, counts, strict=False)]
            if most[k][tuple(left)] + seats * counts[-1] == value:
                found.append(counts)
                asked = left
                break
    return found[::-1]


def _trips(
    abilities: list[_Ability], chosen: list[Counts], persons: Counts, last_ms: int
) -> tuple[tuple[VesselTrip, ...], ...]:
    """Return the trips of each vessel; the last ones of the fleet stay away when all are fetched before."""
    left = list(persons)
    plans = []
    for ability, counts in zip(abilities, chosen, strict=True):
        trips = []
        for place, dock, harbour in _order(ability, _needed(ability, counts, left, last_ms)):
            aboard = min(ability.seats, left[place])
            left[place] -= aboard
            trips.append(VesselTrip(dock=dock, harbour=harbour, persons=aboard))
        plans.append(tuple(trips))
    return tuple(plans)


def _needed(ability: _Ability, counts: Counts, left: list[int], last_ms: int) -> Counts:
    """Return the counts of trips without those for which nobody is left, where they can be left out."""
    if not any(counts):
        return counts
    needed = tuple(min(c, -(-n // ability.seats)) for c, n in zip(counts, left, strict=True))
    # Where ways are missing or longer than detours, fewer trips need not be possible, nor quicker.
    possible = needed in ability.ends and ability.soonest_ms(needed) <= last_ms
    return needed if possible else counts


def _order(ability: _Ability, counts: Counts) -> list[tuple[int, int, int]]:
    """Return (place, dock, harbour) of each trip, in the order that ends soonest."""
    trips = []
    harbour = min(ability.ends[counts], key=lambda h: (ability.ends[counts][h].at_ms, h))
    while any(counts):
        end = ability.ends[counts][harbour]
        trips.append((end.place, end.dock, harbour))
        counts = (*counts[: end.place], counts[end.place] - 1, *counts[end.place + 1 :])
        harbour = end.before
    return trips[::-1]

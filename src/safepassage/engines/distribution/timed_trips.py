"""The same stops on the least driving that a search finds within the hours in which their roads are open.

Roads are asked when a truck can be at a place first, and when it has to leave; a search for rounds keeps to
these hours and to those of the crew, and what it finds is driven on the roads before it is believed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from safepassage.domain.aid.distribution import TruckDay
from safepassage.engines.distribution.dispatch import Dispatcher
from safepassage.engines.distribution.options import MG_PER_KG, UL_PER_L, most_seconds
from safepassage.engines.distribution.standing import Stop
from safepassage.engines.distribution.trip_ways import (
    Way,
    as_driven,
    handling_s,
    planned_of,
    room,
    size,
    together,
)
from safepassage.kernels.tours.rounds import Orders, Round, Trip, TruckKind, rounds_of

Int64 = NDArray[np.int64]
STEPS_A_STOP, MOST_STEPS = 10, 1_000


class _Try(NamedTuple):
    """How much of the time to load a full truck lies before its crew's hours, and how much sooner all ends.

    What a truck loads first, and waits on the way, is known only once its trips are driven.
    """

    loading_percent: int
    sooner_s: int


TRIES = (_Try(50, 0), _Try(0, 0), _Try(0, 600))
"""One after the other, until what is found can be driven or drives no less than what is known."""
SPARE_S = 300
"""So much of each truck's day is left, for it waits for trucks that are not looked at."""
NEAR_S = 300
"""The last second for a way is found to within so much."""
BASE, DRIVEN, TAKEN = 0, 0, 1
KG_PER_T = 1_000


class _Hours(NamedTuple):
    """When a truck can be at a place first and last, and when it has to leave for its base."""

    first_s: int
    last_s: int
    leaves_s: int


class _Day(NamedTuple):
    """Trucks with the same hours, between which seconds they are on the roads, and what is taken of it."""

    trucks: list[TruckDay]
    opens_s: int
    closes_s: int
    taken_s: int


def in_hours(before: Dispatcher, ways: Sequence[Way], trucks: Sequence[TruckDay]) -> list[Way]:
    """Return trips to the same stops on less driving that can be driven; the given ones without any.

    Trips that load away from the base stay as they are, after the others, and take of the day of their truck.

    Parameters
    ----------
    ways : trips of trucks that are alike but for their hours, in the order of each truck.
    trucks : all such trucks of the day.
    """
    away = [way for way in ways if way.depot != way.truck.base_node]
    home = [way for way in ways if way.depot == way.truck.base_node]
    days = _days(before, trucks, away)
    if not days or not home:
        return list(ways)
    calls = [stop for way in home for stop in way.stops]
    hours = {node: _hours(before, days, node) for node in sorted({stop.node for stop in calls})}
    orders, tables = _orders(before, calls, trucks[0]), _tables(before, calls, trucks[0])
    driven_s, rounds = sum(way.seconds for way in home), _begun(home, days)
    for one in TRIES:
        rounds = rounds_of(
            replace(orders, hours=_windows(before, calls, (trucks[0], hours), one.sooner_s)),
            [_kind(before, day, one) for day in days], tables, depots=1,
            load_s=before.problem.rules.load_base_s, steps=min(MOST_STEPS, STEPS_A_STOP * len(calls)),
            begun=rounds,
        )  # fmt: skip
        found = _ways(before, rounds, calls, days)
        if not found or sum(way.seconds for way in found) >= driven_s:
            break
        if before.holds(planned_of([*found, *away]), SPARE_S):
            return [*found, *away]
    return list(ways)


def _days(before: Dispatcher, trucks: Sequence[TruckDay], away: Sequence[Way]) -> list[_Day]:
    """Return trucks by their hours, without what trips that load away from the base take of them."""
    taken_s = Counter[str]()
    for way in away:
        fetch_s = before.way_s(way.truck, way.truck.base_node, way.depot)
        load_s = before.problem.rules.load_base_s + handling_s(before, way.truck, way.stops)
        taken_s[way.truck.id] += fetch_s + way.seconds + load_s
    found: dict[tuple[int, int, int, int, int], list[TruckDay]] = {}
    for truck in trucks:
        if most_seconds(before.problem, truck, before.windows) > 0:
            hours = truck.available_from_s, truck.available_until_s, truck.max_duty_s, truck.work_s
            found.setdefault((*hours, taken_s[truck.id]), []).append(truck)
    days = []
    for (first_s, last_s, *_, taken), alike in sorted(found.items()):
        open_s = [(a, b) for a, b in before.windows if a < last_s and b > first_s] or [(first_s, last_s)]
        days.append(_Day(alike, max(first_s, open_s[0][0]), min(last_s, open_s[-1][1]), taken))
    return days


def _hours(before: Dispatcher, days: Sequence[_Day], node: int) -> _Hours:
    """Return the hours of a place, by the ways from the base and back on the roads."""
    truck = days[0].trucks[0]
    base, opens_s = truck.base_node, min(day.opens_s for day in days)
    closes_s = max(day.closes_s for day in days)
    first_s = before.arrives_s(truck, (base, node), opens_s)
    if first_s is None:
        return _Hours(0, 0, 0)

    def by_s(ends: tuple[int, int], until_s: int) -> int:
        """Return the last second that is found from which a way ends by another."""
        return _last(
            lambda ready_s: (there_s := before.arrives_s(truck, ends, ready_s)) is not None
            and there_s <= until_s,
            opens_s, until_s - before.way_s(truck, *ends),
        )  # fmt: skip

    leaves_s = by_s((node, base), closes_s)
    last_s = before.arrives_s(truck, (base, node), by_s((base, node), leaves_s))
    # What can be had in the first second only is nothing to plan with.
    early = first_s if first_s > opens_s + before.way_s(truck, base, node) + NEAR_S else 0
    return _Hours(early, leaves_s if last_s is None else max(first_s, last_s), leaves_s)


def _last(holds: Callable[[int], bool], first_s: int, last_s: int) -> int:
    """Return the last second at which something holds that never does again once it does not."""
    if holds(last_s):
        return last_s
    while last_s - first_s > NEAR_S:
        middle_s = (first_s + last_s) // 2
        first_s, last_s = (middle_s, last_s) if holds(middle_s) else (first_s, middle_s)
    return first_s


def _orders(before: Dispatcher, calls: Sequence[Stop], truck: TruckDay) -> Orders:
    """Return stops as orders that are kept."""
    base_s = before.problem.rules.unload_base_s
    sizes = np.array([size(before, [stop]) for stop in calls], dtype=np.int64).reshape(-1, 2)
    return Orders(
        stop=np.arange(len(calls)), mass_kg=sizes[:, 0] // MG_PER_KG, volume_l=sizes[:, 1] // UL_PER_L,
        handling_s=np.array([handling_s(before, truck, [stop]) - base_s for stop in calls], dtype=np.int64),
        prize=np.full(len(calls), -1),
    )  # fmt: skip


def _windows(
    before: Dispatcher, calls: Sequence[Stop], when: tuple[TruckDay, Mapping[int, _Hours]], sooner_s: int
) -> Int64:
    """Return between which seconds handling begins at each stop, its base being a part of the way there.

    `when` is a truck and the hours of places for it.
    """
    base_s, found, (truck, hours) = before.problem.rules.unload_base_s, [], when
    for stop in calls:
        first_s, last_s, leaves_s = hours[stop.node]
        last_s = min(last_s + base_s, leaves_s - handling_s(before, truck, [stop]) + base_s) - sooner_s
        begins_s = first_s + base_s if first_s else 0
        found.append((begins_s, max(begins_s, last_s)))
    return np.array(found, dtype=np.int64)


def _tables(before: Dispatcher, calls: Sequence[Stop], truck: TruckDay) -> list[Int64]:
    """Return the seconds driven between the base and stops, and these with the base of unloading."""
    nodes = [truck.base_node, *(stop.node for stop in calls)]
    driven = np.array(before.times.table(truck, nodes), dtype=np.int64)
    taken = driven.copy()
    taken[:, 1:] += before.problem.rules.unload_base_s
    places = np.array(["", *(stop.place for stop in calls)])
    taken[places[:, None] == places] = 0
    return [driven, taken]


def _kind(before: Dispatcher, day: _Day, one: _Try) -> TruckKind:
    """Return trucks in the words of the search; the base of their first load may be before roads open."""
    truck, rules = day.trucks[0], before.problem.rules
    load_s = rules.load_base_s
    loading_s = truck.share(truck.payload_kg) * rules.load_s_per_t // KG_PER_T * one.loading_percent // 100
    span_s = day.closes_s - day.opens_s
    duty_s = span_s if truck.max_duty_s < 0 else min(span_s, truck.max_duty_s)
    return TruckKind(
        trucks=len(day.trucks), base=BASE, mass_kg=truck.payload_kg, volume_l=truck.volume_l,
        from_s=max(truck.available_from_s, day.opens_s - load_s), until_s=day.closes_s - day.taken_s,
        most_s=max(0, min(duty_s + load_s + loading_s, truck.work_s) - one.sooner_s - day.taken_s),
        table=TAKEN, reloads=(BASE,), driven=DRIVEN,
    )  # fmt: skip


def _begun(ways: Sequence[Way], days: Sequence[_Day]) -> list[Round]:
    """Return trips in the words of the search."""
    numbers = iter(range(sum(len(way.stops) for way in ways)))
    trips: dict[str, list[Trip]] = {}
    for way in ways:
        trips.setdefault(way.truck.id, []).append(Trip(BASE, tuple(next(numbers) for _ in way.stops)))
    return [
        Round(kind, tuple(trips[truck.id]))
        for kind, day in enumerate(days) for truck in day.trucks if truck.id in trips
    ]  # fmt: skip


def _ways(
    before: Dispatcher, rounds: Sequence[Round], calls: Sequence[Stop], days: Sequence[_Day]
) -> list[Way]:
    """Return the trips of rounds, none where one holds too much; no truck sets out too early."""
    free = [iter(day.trucks) for day in days]
    found = []
    for one in rounds:
        truck, from_s = next(free[one.kind]), one.from_s
        for trip in one.trips:
            stops = together(calls[k] for k in trip.orders)
            found.append(as_driven(before, truck, truck.base_node, stops, from_s))
            from_s = 0
    return found if all(min(room(before, way)) >= 0 for way in found) else []

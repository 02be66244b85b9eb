"""Rounds of a day: room, hours and stock hold, and on small cases nothing better is missed."""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
import pytest

from safepassage.kernels.tours.day_rounds import rounds_in_a_day
from safepassage.kernels.tours.rounds import Orders, Round, Trip, TruckKind

LOAD_S, UNLOAD_S = 50, 15
HANDLING_S = 5


def orders(prizes, kg=10):
    count = len(prizes)
    return Orders(
        stop=np.arange(count), mass_kg=np.full(count, kg), volume_l=np.ones(count, np.int64),
        handling_s=np.full(count, HANDLING_S), prize=np.array(prizes),
    )  # fmt: skip


def kind(most_s, *, trucks=1, mass_kg=10, base=0, reloads=(0,), **driver):
    return TruckKind(
        trucks=trucks, base=base, mass_kg=mass_kg, volume_l=100, from_s=0, until_s=10_000, most_s=most_s,
        table=0, reloads=reloads, **driver,
    )  # fmt: skip


def way_home(depots, stops, seed):
    """Seconds between places on a plane; from a stop to another depot than the first the way is by it."""
    at = np.random.default_rng(seed).integers(0, 200, (depots + stops, 2))
    table = np.abs(at[:, None] - at[None]).sum(axis=2)
    table[depots:, :depots] = table[depots:, [0]] + table[[0], :depots]
    return table


def search(given, kinds, table, *, stock=None, steps=400, begun=(), seed=0, unload_s=0):
    goods = np.ones((len(given.stop), 1), np.int64)
    there = np.full((1, 1), len(given.stop)) if stock is None else np.array(stock).reshape(-1, 1)
    return rounds_in_a_day(
        given, kinds, [table], goods=goods, stock=there, bases_s=(LOAD_S, unload_s),
        effort=(steps, seed), begun=begun,
    )  # fmt: skip


def costs(given, one, kinds, table, depots):
    """Seconds of a truck's day."""
    base, total = kinds[one.kind].base, 0
    for trip in one.trips:
        way = [trip.depot, *(depots + given.stop[o] for o in trip.orders), base]
        total += table[base, trip.depot] + LOAD_S + HANDLING_S * len(trip.orders)
        total += sum(table[a, b] for a, b in pairwise(way))
    return total


def served(rounds):
    return sorted(order for one in rounds for trip in one.trips for order in trip.orders)


def value(given, rounds, kinds, table, depots=1):
    left = set(range(len(given.stop))) - set(served(rounds))
    return sum(costs(given, one, kinds, table, depots) for one in rounds) + sum(given.prize[o] for o in left)


def with_breaks(given, one, kinds, table, depots):
    """Seconds of a truck's day with the breaks of its driver, endless where it drives for too long."""
    crew, seconds = kinds[one.kind], costs(given, one, kinds, table, depots)
    standing = sum(LOAD_S + (HANDLING_S + UNLOAD_S) * len(trip.orders) for trip in one.trips)
    driven = seconds - standing
    breaks = max(0, -(-driven // crew.after_s) - 1)
    return seconds + breaks * crew.break_s if driven <= crew.drive_s else 10**9


def least(given, crew, table, day_s=costs):
    """The least that one truck and what it leaves out cost, by every sequence and every cut into trips."""
    n, best = len(given.stop), int(given.prize.sum())
    for some in range(1, n + 1):
        for row in permutations(range(n), some):
            for cuts in range(1 << (some - 1)):
                trips, last = [], 0
                for k in range(some):
                    if k == some - 1 or cuts >> k & 1:
                        trips.append(Trip(0, row[last : k + 1]))
                        last = k + 1
                if any(given.mass_kg[list(trip.orders)].sum() > crew.mass_kg for trip in trips):
                    continue
                one = Round(0, tuple(trips))
                if day_s(given, one, [crew], table, 1) <= crew.most_s:
                    best = min(best, value(given, [one], [crew], table))
    return best


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("most_s", "mass_kg"), [(700, 10), (900, 20), (5_000, 30)])
def test_on_small_cases_nothing_better_is_missed(seed, most_s, mass_kg):
    given = orders((900, 300, 2_000, 700, 1_100))
    table, crew = way_home(1, 5, seed), kind(most_s, mass_kg=mass_kg)
    found = search(given, [crew], table)
    assert value(given, found, [crew], table) == least(given, crew, table)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    "driver",
    [{"drive_s": 500, "after_s": 200, "break_s": 60}, {"after_s": 150, "break_s": 90}, {"drive_s": 420}],
    ids=str,
)
def test_drivers_have_their_breaks_and_drive_no_longer_than_they_may(seed, driver):
    given = orders((900, 300, 2_000, 700, 1_100))
    table, crew = way_home(1, 5, seed), kind(1_100, mass_kg=20, **driver)
    table[:, 1:] += UNLOAD_S
    np.fill_diagonal(table, 0)
    found = search(given, [crew], table, unload_s=UNLOAD_S)
    assert all(with_breaks(given, one, [crew], table, 1) <= crew.most_s for one in found)
    assert value(given, found, [crew], table) == least(given, crew, table, with_breaks)
    free = search(given, [kind(1_100, mass_kg=20)], table, unload_s=UNLOAD_S)
    assert any(with_breaks(given, one, [crew], table, 1) > crew.most_s for one in free)


@pytest.mark.parametrize("seed", range(4))
def test_room_hours_and_goods_hold(seed):
    given, table = orders(range(500, 3_500, 100), kg=7), way_home(2, 30, seed)
    kinds = [kind(1_500, trucks=2, mass_kg=30, reloads=(0, 1)), kind(1_200, mass_kg=15, reloads=(0, 1))]
    found = search(given, kinds, table, stock=(6, 9), seed=seed)
    assert len(served(found)) == len(set(served(found)))
    assert all(costs(given, one, kinds, table, 2) <= kinds[one.kind].most_s for one in found)
    assert all(7 * len(trip.orders) <= kinds[one.kind].mass_kg for one in found for trip in one.trips)
    taken = [sum(len(trip.orders) for one in found for trip in one.trips if trip.depot == d) for d in (0, 1)]
    assert taken[0] <= 6
    assert taken[1] <= 9
    assert max(sum(one.kind == k for one in found) for k in (0, 1)) <= 2


def test_a_truck_loads_where_the_goods_are():
    given, table = orders((9_000,) * 3), way_home(2, 3, 1)
    (one,) = search(given, [kind(9_000, mass_kg=30, reloads=(0, 1))], table, stock=(0, 3))
    assert {trip.depot for trip in one.trips} == {1}
    assert served([one]) == [0, 1, 2]
    assert not search(given, [kind(9_000, mass_kg=30)], table, stock=(0, 3))


def test_the_search_goes_on_from_rounds_and_counts_the_goods_beside_them():
    given, table = orders((5_000, 4_000, 9_000)), way_home(1, 3, 2)
    crew, begun = kind(9_000), [Round(0, (Trip(0, (0,)), Trip(0, (1,))))]
    kept = search(given, [crew], table, begun=begun, steps=0, stock=(0,))
    assert kept == begun
    assert served(search(given, [crew], table, begun=begun, stock=(1,))) == [0, 1, 2]
    # What is known gives place to what is worth more.
    assert served(search(given, [crew], table, begun=begun, stock=(0,))) == [0, 2]


def test_the_same_steps_find_the_same_rounds():
    given, table = orders((3_000, 4_000, 5_000), kg=7), way_home(1, 3, 3)
    kinds = [kind(700, trucks=2), kind(600, mass_kg=20)]
    assert search(given, kinds, table) == search(given, kinds, table)
    assert search(orders(()), kinds, table) == []
    assert search(given, [], table) == []

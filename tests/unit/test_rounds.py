"""Rounds of trucks: room and hours hold, trucks load again, what is worth most is not left out."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from safepassage.kernels.tours.rounds import Orders, Round, Trip, TruckKind, rounds_of

TIMES = np.array([[0, 100, 200, 300], [100, 0, 100, 200], [200, 100, 0, 100], [300, 200, 100, 0]])
LOAD_S = 50


def orders(prizes, kg=10):
    """One order at each stop."""
    count = len(prizes)
    return Orders(
        stop=np.arange(count), mass_kg=np.full(count, kg), volume_l=np.ones(count, np.int64),
        handling_s=np.full(count, 5), prize=np.array(prizes),
    )  # fmt: skip


def kind(most_s, *, trucks=1, mass_kg=10):
    return TruckKind(
        trucks=trucks, base=0, mass_kg=mass_kg, volume_l=100, from_s=0, until_s=10_000, most_s=most_s,
        table=0, reloads=(0,),
    )  # fmt: skip


def served(rounds):
    return sorted(order for one in rounds for trip in one.trips for order in trip.orders)


@pytest.mark.parametrize("most_s", [200, 260, 520, 800, 1_200, 1_500])
def test_no_more_orders_are_served_than_there_are_hours_for(most_s):
    found = rounds_of(orders((9_000,) * 3), [kind(most_s)], [TIMES], depots=1, load_s=LOAD_S, steps=100)
    # A truck with room for one order goes out and back for each.
    takes = [LOAD_S + 2 * 100 * (k + 1) + 5 for k in range(3)]
    best = max(
        size for size in range(4) for some in combinations(range(3), size)
        if sum(takes[k] for k in some) <= most_s
    )  # fmt: skip
    assert min(best, 1) <= len(served(found)) <= best
    assert all(sum(takes[k] for trip in one.trips for k in trip.orders) <= most_s for one in found)


def test_a_larger_truck_brings_all_on_one_trip():
    found = rounds_of(
        orders((3_000, 4_000, 5_000)), [kind(800, mass_kg=30)], [TIMES], depots=1, load_s=LOAD_S, steps=50
    )
    assert len(found) == 1
    assert [len(trip.orders) for trip in found[0].trips] == [3]


def test_what_costs_more_than_it_is_worth_stays():
    given = orders((100, 100, 5_000))
    assert served(rounds_of(given, [kind(5_000)], [TIMES], depots=1, load_s=LOAD_S, steps=50)) == [2]


def test_the_same_steps_find_the_same_rounds():
    given = orders((3_000, 4_000, 5_000), kg=7)
    kinds = [kind(700, trucks=2), kind(600, mass_kg=20)]
    first, second = (rounds_of(given, kinds, [TIMES], depots=1, load_s=50, steps=60) for _ in range(2))
    assert first == second
    assert rounds_of(orders(()), kinds, [TIMES], depots=1, load_s=50, steps=60) == []


def test_the_search_goes_on_from_rounds_and_leaves_out_nothing_that_is_kept():
    given = orders((-1, 1, 9_000))
    first = [Round(0, (Trip(0, (0,)), Trip(0, (1,))))]
    found = rounds_of(given, [kind(1_500)], [TIMES], depots=1, load_s=LOAD_S, steps=100, begun=first)
    assert {0, 2} <= set(served(found))


def test_stops_are_handled_within_their_hours_and_trucks_begin_when_the_day_is_shortest():
    given = orders((-1, -1, -1), kg=3)
    hours = np.array([[0, 9_000], [5_000, 5_050], [0, 9_000]])
    (one,) = rounds_of(replace(given, hours=hours), [kind(1_500)], [TIMES], depots=1, load_s=LOAD_S, steps=50)
    assert served([one]) == [0, 1, 2]
    assert 5_050 - 1_500 <= one.from_s <= 5_050 - LOAD_S
    shut = np.array([[0, 9_000], [0, 100], [0, 9_000]])
    assert not rounds_of(
        replace(given, hours=shut), [kind(1_500)], [TIMES], depots=1, load_s=LOAD_S, steps=50
    )


def test_what_is_driven_may_count_instead_of_the_whole_day():
    # The way between two stops is short on the road and long in hours.
    slow = TIMES.copy()
    slow[1, 2] = slow[2, 1] = 900
    given = orders((-1, -1), kg=5)
    tables = [TIMES[:3, :3], slow[:3, :3]]
    crew = kind(9_000)._replace(table=1)
    (day,) = rounds_of(given, [crew], tables, depots=1, load_s=LOAD_S, steps=50)
    (road,) = rounds_of(given, [crew._replace(driven=0)], tables, depots=1, load_s=LOAD_S, steps=50)
    assert [len(trip.orders) for trip in day.trips] == [1, 1]
    assert [len(trip.orders) for trip in road.trips] == [2]

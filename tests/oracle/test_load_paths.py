"""The bound on driving against the best rounds of small problems."""

from __future__ import annotations

from functools import cache
from itertools import pairwise, permutations

import numpy as np
import pytest

from safepassage.kernels.tours.few_stops import FAR, MOST_STOPS, Limits, best_rounds, least_rounds
from safepassage.kernels.tours.load_paths import least_driving
from safepassage.kernels.tours.timed_paths import least_in_hours
from safepassage.kernels.tours.whole_rounds import Proved, least_of_all_rounds
from safepassage.testing.draws import Draws

ROOM = 10


def drawn(seed):
    draws = Draws(seed)
    n = draws.between(2, 6)
    at = np.array([[draws.between(0, 100), draws.between(0, 100)] for _ in range(n + 1)])
    cost = np.ceil(np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))).astype(np.int64)
    # One-way detours, closed under shortest ways so that the triangle inequality holds.
    cost = cost + np.array([[draws.between(0, 20) * (a != b) for b in range(n + 1)] for a in range(n + 1)])
    for k in range(n + 1):
        cost = np.minimum(cost, cost[:, k, None] + cost[None, k])
    return cost, np.array([draws.between(1, 7) for _ in range(n)], dtype=np.int64)


def best_of_all(cost, loads, fits=None):
    """Return what the cheapest rounds cost whose members and cost fit: by default where the room does."""
    n = len(loads)
    fits = fits or (lambda members, _: sum(int(loads[m - 1]) for m in members) <= ROOM)

    @cache
    def tour(members):
        return min(
            cost[0, way[0]] + sum(cost[a, b] for a, b in pairwise(way)) + cost[way[-1], 0]
            for way in permutations(members)
        )

    @cache
    def least(left):
        if not left:
            return 0
        found = []
        for mask in range(1, 1 << len(left)):
            members = tuple(left[k] for k in range(len(left)) if mask >> k & 1)
            if left[0] in members and fits(members, tour(members)):
                found.append(tour(members) + least(tuple(m for m in left if m not in members)))
        return min(found, default=FAR)

    return int(least(tuple(range(1, n + 1))))


@pytest.mark.parametrize("seed", range(20))
def test_no_rounds_cost_less_and_the_bound_is_near_them(seed):
    cost, loads = drawn(seed)
    best = best_of_all(cost, loads)
    bound = least_driving(cost, loads, ROOM, at_most=best, steps=60)
    assert 0.8 * best <= bound <= best
    assert least_rounds(cost, by_mass(loads), Limits(ROOM, 0, FAR)) == best


def walks_of(cost, loads):
    """Yield all walks, closed at the depot, that turn back on no step at once: stops, cost, load."""
    under_way = [((k,), int(cost[0, k + 1]), int(loads[k])) for k in range(len(loads))]
    while under_way:
        stops, spent, load = under_way.pop()
        yield stops, spent + int(cost[stops[-1] + 1, 0]), load
        under_way += [
            ((*stops, k), spent + int(cost[stops[-1] + 1, k + 1]), load + int(loads[k]))
            for k in range(len(loads))
            if k != stops[-1] and k not in stops[-2:-1] and load + loads[k] <= ROOM
        ]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("both_ways", [False, True])
def test_without_prices_each_stop_pays_its_part_of_the_cheapest_walk_of_all(seed, both_ways):
    cost, loads = drawn(seed)
    cost, loads = np.minimum(cost, cost.T) if both_ways else cost, np.maximum(loads, 2)
    least = [FAR] * len(loads)
    for stops, spent, gathered in walks_of(cost, loads):
        for k in stops:
            least[k] = min(least[k], int(loads[k]) * spent // gathered)
    assert least_driving(cost, loads, ROOM, at_most=2**30, steps=1) == sum(least)


def by_mass(loads):
    return np.column_stack([loads, 0 * loads, 0 * loads])


@pytest.mark.parametrize("seed", range(20))
def test_few_stops_fit_by_mass_volume_and_hours(seed):
    cost, loads = drawn(seed)
    draws = Draws(seed + 100)
    both = np.array([[load, draws.between(1, 7), draws.between(0, 60)] for load in loads.tolist()])
    longest = max(int(cost[0, k + 1] + cost[k + 1, 0] + both[k, 2]) for k in range(len(both)))
    limits = Limits(ROOM, ROOM, longest + draws.between(-10, 60))
    if seed % 2:
        limits = limits._replace(drive=draws.between(150, 300), after=draws.between(60, 120), rest=10)

    def fits(members, seconds):
        mass, volume, handled_s = both[[m - 1 for m in members]].sum(axis=0).tolist()
        # A break before each stretch of driving but the first, all of them as long as they may be.
        breaks_s = limits.rest * (-(-seconds // limits.after) - 1)
        within = handled_s + seconds + breaks_s <= limits.seconds and seconds <= limits.drive
        return within and mass <= limits.mass and volume <= limits.volume

    rounds = best_rounds(cost, both, limits)
    best = best_of_all(cost, loads, fits)
    assert min(least_rounds(cost, both, limits), FAR) == min(best, FAR)
    if best >= FAR:
        assert not rounds
        return
    ways = [[0, *(stop + 1 for stop in order), 0] for order in rounds]
    seconds = [sum(int(cost[a, b]) for a, b in pairwise(way)) for way in ways]
    assert sum(seconds) == best
    assert sorted(stop for order in rounds for stop in order) == list(range(len(both)))
    assert all(fits(way[1:-1], each) for way, each in zip(ways, seconds, strict=True))


@pytest.mark.parametrize("seed", range(20))
def test_no_rounds_within_the_hours_cost_less_than_their_bound(seed):
    cost, loads = drawn(seed)
    draws = Draws(seed + 200)
    handled = np.array([draws.between(5, 60) for _ in loads], dtype=np.int64)
    longest = max(int(cost[0, k + 1] + cost[k + 1, 0] + handled[k]) for k in range(len(loads)))
    most = longest + draws.between(0, 120)

    def fits(members, seconds):
        return seconds + handled[[m - 1 for m in members]].sum() <= most

    best = best_of_all(cost, loads, fits)
    bound = least_in_hours(cost, handled, most, at_most=best, rounds=40)
    assert 0.8 * best <= bound <= best
    # Rounds that are known set the number of rounds that are counted, not the bound.
    assert least_in_hours(cost, handled, most, at_most=2 * best, rounds=40) <= best


def test_more_than_a_few_stops_are_refused():
    size = MOST_STOPS + 1
    with pytest.raises(ValueError, match="more than"):
        least_rounds(
            np.ones((size + 1, size + 1), dtype=np.int64), by_mass(np.ones(size, dtype=np.int64)),
            Limits(ROOM, 0, FAR),
        )  # fmt: skip


def test_one_stop_costs_its_round_trip_and_nothing_costs_nothing():
    cost = np.array([[0, 7], [5, 0]], dtype=np.int64)
    assert least_driving(cost, np.array([ROOM]), ROOM, at_most=12, steps=3) == 12
    assert least_driving(cost[:1, :1], np.zeros(0, np.int64), ROOM, at_most=0, steps=3) == 0


@pytest.mark.parametrize("seed", range(30))
def test_all_rounds_that_hold_prove_nearly_what_the_best_ones_cost(seed):
    draws = Draws(seed + 300)
    n = draws.between(5, 9)
    at = np.array([[draws.between(0, 100), draws.between(0, 100)] for _ in range(n + 1)])
    cost = np.ceil(np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))).astype(np.int64)
    loads = np.array([[draws.between(1, 6), draws.between(1, 6), draws.between(5, 30)] for _ in range(n)])
    longest = max(int(cost[0, k + 1] + cost[k + 1, 0] + loads[k, 2]) for k in range(n))
    limits = Limits(ROOM, ROOM, longest + draws.between(0, 200))
    if seed % 2:
        limits = limits._replace(drive=longest + 20, after=longest // 2, rest=15, seconds=limits.seconds + 30)
    best = least_rounds(cost, loads, limits)
    far = 100 * best
    proved = least_of_all_rounds(cost, loads, limits, at_most=best, cells=n << n)
    assert 0.93 * best <= proved.bound <= best
    assert 0.88 * best <= least_of_all_rounds(cost, loads, limits, at_most=far, cells=n << n).bound <= best
    # What nobody drives is no bound, and where there are more sets than may be looked at nothing is proved.
    assert least_of_all_rounds(cost, loads, limits, at_most=best // 2, cells=n << n).bound == best // 2
    assert least_of_all_rounds(cost, loads, limits, at_most=best, cells=n * (n + 1)) == Proved(0, n * (n + 1))
    # Where not even all single stops may be looked at, they alone are no bound either.
    assert least_of_all_rounds(cost, loads, limits, at_most=far, cells=n * n - 1) == Proved(0, 0)


def test_three_stops_of_which_a_truck_holds_two_take_a_round_and_another():
    # Half of each round of two stops costs 45; whole rounds take one more.
    cost = 10 * (1 - np.eye(4, dtype=np.int64))
    loads = by_mass(np.full(3, ROOM // 2))
    assert least_of_all_rounds(cost, loads, Limits(ROOM, 0, FAR), at_most=90, cells=100) == Proved(50, 18)
    assert least_of_all_rounds(cost[:1, :1], loads[:0], Limits(ROOM, 0, FAR), at_most=0, cells=9).bound == 0

"""The bound on driving by prices and ways that remember against the best rounds of small problems."""

from __future__ import annotations

import numpy as np
import pytest

from safepassage.kernels.tours import priced_rounds
from safepassage.kernels.tours.few_stops import FAR, Limits, least_rounds
from safepassage.kernels.tours.load_paths import least_driving
from safepassage.kernels.tours.priced_rounds import least_by_prices
from safepassage.testing.draws import Draws

ROOM = 1_000


def drawn(seed):
    """Draw ways, some of which take longer in one direction, two stops of a place, and loads with crumbs."""
    draws = Draws(seed + 400)
    n = draws.between(6, 11)
    at = np.array([[draws.between(0, 100), draws.between(0, 100)] for _ in range(n + 1)])
    at[-1] = at[-2]
    cost = np.ceil(np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))).astype(np.int64)
    if seed % 2:
        cost += np.array([[draws.between(0, 20) * (a != b) for b in range(n + 1)] for a in range(n + 1)])
        for k in range(n + 1):
            cost = np.minimum(cost, cost[:, k, None] + cost[None, k])
    loads = [draws.between(0, 2) if draws.between(0, 2) == 0 else draws.between(3, 700) for _ in range(n)]
    return cost, np.array(loads, dtype=np.int64)


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("near", [1, 3, 10])
def test_no_rounds_cost_less_and_the_bound_is_near_them(seed, near, monkeypatch):
    monkeypatch.setattr(priced_rounds, "NEAR", near)
    cost, loads = drawn(seed)
    best = least_rounds(cost, np.column_stack([loads, 0 * loads, 0 * loads]), Limits(ROOM, 0, FAR))
    bound = least_by_prices(cost, loads, ROOM, at_most=best)
    assert (0.85 if near > 1 else 0.8) * best <= bound <= best
    # Rounds that are known set how many rounds are counted for a second that is missing, nothing else.
    assert least_by_prices(cost, loads, ROOM, at_most=100 * best) <= best
    # Loads to the last unit prove no less than loads in parts rounded down.
    some = np.flatnonzero(loads // 20)
    ends = np.append(0, some + 1)
    parts = least_driving(cost[np.ix_(ends, ends)], loads[some] // 20, ROOM // 20, at_most=best, steps=60)
    assert bound >= parts - len(loads)


def test_a_truck_that_is_full_to_the_last_unit_makes_one_round_and_one_unit_more_takes_another():
    cost = np.array([[0, 50, 50], [50, 0, 10], [50, 10, 0]], dtype=np.int64)
    assert least_by_prices(cost, np.array([400, 600]), ROOM, at_most=200) == 110
    assert least_by_prices(cost, np.array([401, 600]), ROOM, at_most=200) == 200


def test_what_brings_nothing_is_driven_to_as_well():
    cost = np.array([[0, 50, 9], [50, 0, 59], [9, 59, 0]], dtype=np.int64)
    assert least_by_prices(cost, np.array([ROOM, 0]), ROOM, at_most=118) == 118


def test_nothing_is_proved_where_ways_or_looks_are_too_many(monkeypatch):
    cost, loads = drawn(1)
    monkeypatch.setattr(priced_rounds, "MOST_WAYS", len(loads) - 1)
    monkeypatch.setattr(priced_rounds, "FIRST_WAYS", len(loads) - 1)
    assert least_by_prices(cost, loads, ROOM, at_most=1_000) == 0
    monkeypatch.undo()
    assert least_by_prices(cost, loads, ROOM, at_most=1_000) > 0
    monkeypatch.setattr(priced_rounds, "MOST_LOOKS", 5)
    assert least_by_prices(cost, loads, ROOM, at_most=1_000) == 0
    size = priced_rounds.MOST_STOPS + 1
    far = np.ones((size + 1, size + 1), dtype=np.int64)
    assert least_by_prices(far, np.ones(size, dtype=np.int64), ROOM, at_most=2 * size) == 0
    assert least_by_prices(cost[:1, :1], loads[:0], ROOM, at_most=0) == 0

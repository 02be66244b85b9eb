"""The division of persons among sites against a linear program; the prices of a choice added up again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from safepassage.kernels.sites.cover_search import cover_all, reach_of
from safepassage.kernels.sites.median_bound import PRICE_SCALE
from safepassage.kernels.sites.roomy_bound import ascend_roomy, rooms_of
from safepassage.kernels.sites.shared_transport import divide

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow


@st.composite
def tables(draw):
    n, k = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    costs = draw(st.lists(st.integers(0, 30), min_size=n * k, max_size=n * k))
    persons = draw(st.lists(st.integers(0, 9), min_size=n, max_size=n))
    room = draw(st.lists(st.integers(0, 15), min_size=k, max_size=k))
    return np.array(costs, np.int64).reshape(n, k), np.array(persons, np.int64), np.array(room, np.int64)


@settings(max_examples=80)
@given(tables())
def test_no_division_is_cheaper(case):
    costs, persons, room = case
    n, k = costs.shape
    room[-1] = persons.sum()
    found = divide(costs, persons, room)
    assert (found.there >= 0).all()
    assert (found.there.sum(axis=1) == persons).all()
    assert (found.there.sum(axis=0) <= room).all()
    assert found.cost == int((found.there * costs).sum())
    rows, columns = np.kron(np.eye(n), np.ones((1, k))), np.kron(np.ones((1, n)), np.eye(k))
    least = linprog(costs.ravel(), A_eq=rows, b_eq=persons, A_ub=columns, b_ub=room)
    assert found.cost == round(least.fun)


@settings(max_examples=60)
@given(tables(), st.integers(1, 5))
def test_a_bound_is_the_sum_of_its_prices(case, count):
    costs, persons, room = case
    count, left_out = min(count, costs.shape[1]), 25
    rooms = rooms_of(np.minimum(costs, left_out), persons, room, left_out)
    fixed = np.zeros(costs.shape[1], np.int8)
    start = np.full(len(persons), 12 * PRICE_SCALE, np.int64)
    found = ascend_roomy(rooms, start, fixed, count, 10**6, 60)
    gains = []
    for j in range(costs.shape[1]):
        left, gain = int(room[j]), 0
        each = sorted((int(costs[i, j]) * PRICE_SCALE - int(found.prices[i]), i) for i in range(len(persons)))
        for change, i in each:
            taken = min(left, int(persons[i])) if change < 0 and costs[i, j] < left_out else 0
            gain, left = gain + taken * change, left - taken
        gains.append(gain)
    assert (found.prices <= left_out * PRICE_SCALE).all()
    assert found.bound == int((found.prices * persons).sum()) + sum(sorted(gains)[:count])


@given(st.lists(st.lists(st.booleans(), min_size=5, max_size=5), min_size=1, max_size=8), st.integers(1, 4))
def test_sites_that_are_found_cover_all(rows, count):
    covered = np.array(rows)
    chosen = cover_all(reach_of(covered), np.array([1, 0, 0, 0, 0], np.int8), count, 50, 0)
    if chosen.any():
        assert chosen.sum() == count
        assert chosen[0]
        assert covered[:, chosen == 1].any(axis=1).all()

"""Shares of aid against another solver, and bounds against every plan of a tiny problem."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from safepassage.kernels.aid_program import Distribution, largest_least_share, most_worth
from safepassage.testing.draws import Draws


def random_problem(seed):
    """A few needs at a few places, options by two crews and two lots."""
    draws = Draws(seed)
    n, places = draws.between(2, 6), draws.between(1, 3)
    options = [(i, k, lot) for i in range(n) for k in range(2) for lot in range(2) if draws.chance(60)]
    options = options or [(0, 0, 0)]
    need, crew, lot = (np.array(column, dtype=np.int64) for column in zip(*options, strict=True))

    def numbers(low, high, count):
        return np.array([draws.between(low, high) for _ in range(count)], dtype=np.float64)

    return Distribution(
        worth=numbers(1, 50, n), place=np.arange(n) % places, need=need, crew=crew, lot=lot,
        by_mass_s=numbers(1, 90, len(need)), by_volume_s=numbers(1, 90, len(need)),
        goods=numbers(1, 40, len(need)), seconds=numbers(10, 150, 2), stock=numbers(5, 60, 2),
    )  # fmt: skip


def reference(problem, *, share):
    """The value of the program as scipy finds it, written with one row at a time."""
    m, rows, limits = len(problem.need), [], []
    for i in range(len(problem.worth)):
        rows.append((problem.need == i) * 1.0)
        limits.append(1.0)
    for k in range(len(problem.seconds)):
        for column in (problem.by_mass_s, problem.by_volume_s):
            rows.append((problem.crew == k) * column)
            limits.append(problem.seconds[k])
    for lot in range(len(problem.stock)):
        rows.append((problem.lot == lot) * problem.goods)
        limits.append(problem.stock[lot])
    if not share:
        found = linprog(-problem.worth[problem.need], A_ub=np.array(rows), b_ub=limits)
        return -found.fun
    rows = [np.append(row, 0.0) for row in rows]
    for place in sorted(set(problem.place[problem.need].tolist())):
        total = problem.worth[problem.place == place].sum()
        part = (problem.place[problem.need] == place) * problem.worth[problem.need] / total
        rows.append(np.append(-part, 1.0))
        limits.append(0.0)
    found = linprog(np.append(np.zeros(m), -1.0), A_ub=np.array(rows), b_ub=limits)
    return -found.fun


@pytest.mark.parametrize("seed", range(25))
def test_two_solvers_agree_and_the_prices_prove_it(seed):
    problem = random_problem(seed)
    most = most_worth(problem)
    worth = float((problem.worth[problem.need] * most.parts).sum())
    assert worth == pytest.approx(reference(problem, share=False), abs=1e-6)
    cost = most.mass[problem.crew] * problem.by_mass_s + most.volume[problem.crew] * problem.by_volume_s
    cost += most.lots[problem.lot] * problem.goods
    gain = np.zeros(len(problem.worth))
    np.maximum.at(gain, problem.need, problem.worth[problem.need] - cost)
    proved = (most.mass + most.volume) @ problem.seconds + most.lots @ problem.stock + gain.sum()
    assert proved == pytest.approx(worth, abs=1e-6)


@pytest.mark.parametrize("seed", range(25))
def test_the_largest_least_share_is_that_of_the_other_solver(seed):
    problem = random_problem(seed)
    fair = largest_least_share(problem)
    assert fair.least_share == pytest.approx(reference(problem, share=True), abs=1e-6)
    total = np.bincount(problem.place, weights=problem.worth)
    assert float((fair.places * total).sum()) == pytest.approx(1.0, abs=1e-6)

"""Shares of aid against another solver, and bounds against every plan of a tiny problem."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.optimize import linprog

from safepassage.kernels import aid_program
from safepassage.kernels.aid_program import (
    Calls,
    Distribution,
    Resource,
    fair_and_most,
    largest_least_share,
    most_worth,
)
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

    worth, seconds = numbers(1, 50, n), numbers(10, 150, 2)
    return Distribution(
        worth=worth, place=np.arange(n) % places, need=need,
        resources=(
            Resource(which=crew, takes=numbers(1, 90, len(need)), there_is=seconds),
            Resource(which=crew, takes=numbers(1, 90, len(need)), there_is=seconds),
            Resource(which=lot, takes=numbers(1, 40, len(need)), there_is=numbers(5, 60, 2)),
        ),
    )  # fmt: skip


def reference(problem, *, share):
    """The value of the program as scipy finds it, written with one row at a time."""
    m, rows, limits = len(problem.need), [], []
    for i in range(len(problem.worth)):
        rows.append((problem.need == i) * 1.0)
        limits.append(1.0)
    for resource in problem.resources:
        for k, there_is in enumerate(resource.there_is):
            rows.append((resource.which == k) * resource.takes)
            limits.append(there_is)
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
    both = list(zip(most.prices, problem.resources, strict=True))
    cost = sum(price[row.which] * row.takes for price, row in both)
    gain = np.zeros(len(problem.worth))
    np.maximum.at(gain, problem.need, problem.worth[problem.need] - cost)
    proved = sum(price @ row.there_is for price, row in both) + gain.sum()
    assert proved == pytest.approx(worth, abs=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_whole_pieces_are_as_good_as_the_best_of_all(seed):
    draws = Draws(seed)
    n = draws.between(2, 4)
    need, halves = np.arange(n), np.full(n, 0.5)
    takes = np.array([draws.between(3, 9) for _ in range(n)], dtype=np.float64)
    stock = np.array([float(draws.between(4, 16))])
    problem = Distribution(
        worth=np.ones(n), place=need, need=need, pieces=halves,
        resources=(Resource(which=np.zeros(n, np.int64), takes=takes, there_is=stock),),
    )  # fmt: skip
    every = (np.array(parts) for parts in product((0.0, 0.5, 1.0), repeat=n))
    best = max(float(parts.min()) for parts in every if parts @ takes <= stock[0])
    found = largest_least_share(problem)
    assert found.least_share == pytest.approx(best, abs=1e-6)
    assert np.allclose(found.parts * 2, np.round(found.parts * 2), atol=1e-5)


def with_calls(problem, base):
    """A stop of each crew at each place: it takes a base of both times, and brings each first need once."""
    crew, place = problem.resources[0].which, problem.place[problem.need]
    pairs, stop = np.unique(place * 2 + crew, return_inverse=True)
    rows = sorted({(int(s), int(i)) for s, i in zip(stop, problem.need, strict=True) if i < 2})
    row_of = {key: k for k, key in enumerate(rows)}
    entries = [
        (row_of[int(s), int(i)], o, 1.0)
        for o, (s, i) in enumerate(zip(stop, problem.need, strict=True)) if i < 2
    ]  # fmt: skip
    columns = list(zip(*entries, strict=True)) or [(), (), ()]
    takes = (pairs % 2, np.full(len(pairs), float(base)))
    kinds = (np.int64, np.int64, np.float64)
    return replace(
        problem,
        calls=Calls(
            count=len(pairs), takes=(takes, takes, None),
            of_row=np.array([s for s, _ in rows], dtype=np.int64),
            entries=tuple(np.array(c, dtype=kind) for c, kind in zip(columns, kinds, strict=True)),
        ),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(12))
def test_calls_take_what_they_take_and_few_options_find_the_same(seed):
    problem = with_calls(random_problem(seed), 20)
    calls, m, v = problem.calls, len(problem.need), len(problem.calls.takes[0][0])
    rows = [np.append((problem.need == i) * 1.0, np.zeros(v)) for i in range(len(problem.worth))]
    limits = [1.0] * len(rows)
    for resource, taken in zip(problem.resources, calls.takes, strict=True):
        for k, there_is in enumerate(resource.there_is):
            base = np.zeros(v) if taken is None else (taken[0] == k) * taken[1]
            rows.append(np.append((resource.which == k) * resource.takes, base))
            limits.append(there_is)
    for j, stop in enumerate(calls.of_row):
        row = np.zeros(m + v)
        row[calls.entries[1][calls.entries[0] == j]] = 1.0
        row[m + stop] = -1.0
        rows.append(row)
        limits.append(0.0)
    best = -linprog(np.append(-problem.worth[problem.need], np.zeros(v)), A_ub=rows, b_ub=limits).fun
    few = np.zeros(m, dtype=np.bool_)
    few[:: max(1, m // 3)] = True
    for first in (None, few):
        found = most_worth(problem, first=first)
        worth = float((problem.worth[problem.need] * found.parts).sum())
        assert worth == pytest.approx(best, rel=1e-3)
    assert best <= most_worth(replace(problem, calls=None)).parts @ problem.worth[problem.need] + 1e-6


@pytest.mark.parametrize("seed", range(25))
def test_the_largest_least_share_is_that_of_the_other_solver(seed):
    problem = random_problem(seed)
    fair = largest_least_share(problem)
    assert fair.least_share == pytest.approx(reference(problem, share=True), abs=1e-6)
    total = np.bincount(problem.place, weights=problem.worth)
    assert float((fair.places * total).sum()) == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("seed", range(12))
def test_one_program_for_share_and_worth_is_as_good_as_either_of_two(seed, monkeypatch):
    problem = with_calls(random_problem(seed), 20)
    total, of_place = problem.worth.sum(), np.bincount(problem.place, weights=problem.worth)
    reached = np.unique(problem.place[problem.need])

    def counts(found):
        worth = problem.worth[problem.need] * found.parts
        by_place = np.bincount(problem.place[problem.need], weights=worth, minlength=len(of_place))
        return (by_place[reached] / of_place[reached]).min() * total + worth.sum()

    fair, most = largest_least_share(problem), most_worth(problem)
    both = fair_and_most(problem, 0.99)
    assert both.parts @ problem.worth[problem.need] <= most.parts @ problem.worth[problem.need] + 1e-6
    monkeypatch.setattr(aid_program, "MANY_OPTIONS", 0)
    few = np.zeros(len(problem.need), dtype=np.bool_)
    few[::2] = True
    for first in (None, few):
        one = fair_and_most(problem, 0.99, first)
        assert one.least_share <= fair.least_share + 1e-3
        assert counts(one) >= max(counts(fair), counts(most), counts(both)) - 2e-3 * total


def test_a_place_that_lacks_a_piece_takes_nothing_from_the_others():
    # Two places share one kit, half of what each needs; two others hours, the last with twice the worth.
    # In parts all reach three quarters. Without the kit one place has a half, and only that one.
    problem = Distribution(
        worth=np.array([5.0, 5.0, 5.0, 5.0, 20.0, 40.0]), place=np.array([0, 0, 1, 1, 2, 3]),
        need=np.arange(6),
        resources=(
            Resource(
                which=np.array([0, 1, 0, 1, 2, 2]), takes=np.ones(6), there_is=np.array([1.0, 2.0, 1.5])
            ),
        ),
        pieces=np.array([1.0, 0, 1.0, 0, 0, 0]),
    )  # fmt: skip
    found = fair_and_most(problem, 1.0).parts
    assert sorted(found[[0, 2]].round(6)) == [0.0, 1.0]
    assert found[[1, 3]].round(6).tolist() == [1.0, 1.0]
    assert found[[4, 5]].round(6).tolist() == [0.75, 0.75]

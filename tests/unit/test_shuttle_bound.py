"""The verifier sums the bound of shuttles again, and refuses prices that prove nothing."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest

from safepassage.domain.shuttle import Shelter
from safepassage.engines import shuttle
from safepassage_verify.shuttle_bound import least_value
from tests.support.shuttles import document, random_problem, two_homes

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow


def bounded(problem):
    plan = shuttle.plan(problem, seed=1, moves=5_000)
    return plan.value, asdict(shuttle.bound(problem, plan.value, rounds=5))


@pytest.mark.parametrize("seed", range(12))
def test_both_arithmetics_agree(seed):
    problem = random_problem(seed, persons=9, mixed=seed % 2 == 1)
    _, bound = bounded(problem)
    assert least_value(document(problem), bound) == bound["value"]


def test_hard_shelters_and_last_hours_are_understood_alike():
    problem = two_homes(shelters=(Shelter(capacity_persons=3, hard=True), Shelter(capacity_persons=-1)))
    vehicles = tuple(replace(vehicle, until_ms=900_000) for vehicle in problem.vehicles)
    problem = replace(problem, vehicles=vehicles)
    _, bound = bounded(problem)
    assert least_value(document(problem), bound) == bound["value"]


def test_any_prices_stay_below_a_plan():
    problem = two_homes()
    value, bound = bounded(problem)
    for prices in ((0,) * 7, (10**6,) * 4 + (0, 0, 0), (300_000, 200_000, 9_000, 0, 1_000, 0, 50_000)):
        assert least_value(document(problem), {**bound, "prices": [prices]}) <= value


@pytest.mark.parametrize(
    "change",
    [
        {"prices": [(0,) * 6]},
        {"prices": [(-1, *(0,) * 6)]},
        {"prices": [(0, 0, 0, 0, 10**9, 0, 0)]},
        {"step_ms": 0},
        {"step_ms": 60_000},
        {"cells": -1},
    ],
)
def test_prices_that_prove_nothing_are_refused(change):
    problem = two_homes()
    _, bound = bounded(problem)
    with pytest.raises(ValueError, match=r"\w"):
        least_value(document(problem), {**bound, **change})

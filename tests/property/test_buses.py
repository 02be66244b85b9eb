"""What holds for the bus solver on any problem."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.engines.buses.arrays import model_of
from safepassage.engines.buses.solve import improve
from safepassage.formats.plan import bus_json
from safepassage.kernels.buses.bus_master import route_prices
from safepassage.kernels.buses.bus_routes import RouteTable
from safepassage_verify.buses import check_plan
from tests.support.bus_problems import problems

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow


def outcomes(problem):
    return list(improve(problem, rounds=3))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(problems(most_seats=2))
def test_every_outcome_is_a_plan_that_holds_and_none_is_worse_than_the_one_before(problem):
    document, before = bus_json.problem_document(problem), (10**9, 0)
    for outcome in outcomes(problem):
        last, faults = check_plan(document, bus_json.plan_document(outcome.plan))
        assert faults == []
        assert outcome.bound_s <= last == outcome.plan.last_arrival_s <= before[0]
        assert outcome.bound_s >= before[1]
        before = (last, outcome.bound_s)


@settings(max_examples=30, deadline=None, derandomize=True)
@given(problems(most_seats=2))
def test_one_more_bus_is_never_worse(problem):
    first, *rest = problem.fleets
    more = replace(problem, fleets=(replace(first, buses=first.buses + 1), *rest))
    assert outcomes(more)[-1].plan.last_arrival_s <= outcomes(problem)[-1].plan.last_arrival_s


@settings(max_examples=20, deadline=None, derandomize=True)
@given(problems(most_seats=2, dwell=True))
def test_same_problem_same_plan_and_proof(problem):
    assert outcomes(problem) == outcomes(problem)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(problems(most_seats=4, dwell=True), st.data())
def test_least_and_largest_loads_are_worth_as_much_as_all(problem, data):
    arrays, horizon_s = model_of(problem).arrays, 30
    size = {"people": len(arrays.need), "trips": len(arrays.need), "room": len(arrays.room)}
    prices = {
        (kind, n, -1, 0): data.draw(st.integers(-9, 9)) for kind, count in size.items() for n in range(count)
    }
    flat = route_prices(arrays, prices, horizon_s)
    some, every = (
        RouteTable(arrays, flat, horizon_s, rows) for rows in (arrays.outer, np.arange(len(arrays.load)))
    )
    for mine, yours in zip(some.leaving, every.leaving, strict=True):
        assert (mine == yours).all()

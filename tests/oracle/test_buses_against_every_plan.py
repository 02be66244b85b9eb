"""The bus solver finds the optimum that trying every plan finds, and proves it."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given, settings

from safepassage.engines.buses import arrays
from safepassage.engines.buses.solve import improve
from safepassage.formats.plan import bus_json
from safepassage_verify.buses import check_plan, check_proof
from tests.support.bus_problems import least_last_arrival_s, problems

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow


def solved(problem, rounds=4):
    *_, outcome = improve(problem, rounds=rounds)
    return outcome


def assert_proved_optimum(problem):
    outcome, optimum = solved(problem), least_last_arrival_s(problem)
    document = bus_json.problem_document(problem)
    assert check_plan(document, bus_json.plan_document(outcome.plan)) == (optimum, [])
    assert outcome.bound_s == optimum
    if outcome.proof is not None:
        assert outcome.proof.horizon_s == optimum - 1
        assert check_proof(document, bus_json.proof_document(outcome.proof)) == []
        # The same prices must not refute the horizon at which there is a plan.
        late = bus_json.proof_document(outcome.proof) | {"horizon_s": optimum}
        assert check_proof(document, late) != []


@settings(max_examples=60, deadline=None, derandomize=True)
@given(problems())
def test_single_seats_are_solved_to_the_optimum(problem):
    assert_proved_optimum(problem)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(problems(most_seats=3, dwell=True))
def test_mixed_seats_split_loads_and_dwell_are_solved_to_the_optimum(problem):
    assert_proved_optimum(problem)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(problems(most_seats=3, dwell=True))
def test_loads_taken_together_still_give_plans_that_hold_and_bounds_that_are_true(problem):
    with patch.object(arrays, "MOST_TRIPS", 1):
        outcome = solved(problem, rounds=2)
    optimum, document = least_last_arrival_s(problem), bus_json.problem_document(problem)
    last, faults = check_plan(document, bus_json.plan_document(outcome.plan))
    assert faults == []
    assert outcome.bound_s <= optimum <= last
    if outcome.proof is not None:
        assert check_proof(document, bus_json.proof_document(outcome.proof)) == []

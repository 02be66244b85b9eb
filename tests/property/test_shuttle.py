"""Whatever the shuttle problem: the plan is checked, its value is right, and no plan is below the bound."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.domain.shuttle import Shelter
from safepassage.engines import shuttle
from safepassage_verify.shuttle import check_shuttle
from tests.support.shuttles import document, random_problem

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow

PROBLEMS = st.builds(random_problem, st.integers(0, 10**6), persons=st.integers(3, 40), mixed=st.booleans())


@settings(max_examples=40)
@given(PROBLEMS, st.booleans())
def test_a_plan_keeps_to_the_rules_and_is_worth_what_it_says(problem, hard):
    shelters = tuple(replace(shelter, hard=hard) for shelter in problem.shelters)
    problem = replace(problem, shelters=shelters)
    plan = shuttle.plan(problem, seed=3, moves=2_000)
    check = check_shuttle(document(problem), asdict(plan))
    assert check.violations == ()
    assert (check.value, check.waiting, check.last_ms) == (plan.value, plan.waiting_ms, plan.last_ms)
    assert check.over_persons == plan.over_persons
    if not hard and not check.left_persons:
        assert shuttle.bound(problem, plan.value, rounds=6).value <= plan.value


@settings(max_examples=40)
@given(PROBLEMS, st.integers(0, 3))
def test_the_bound_holds_whatever_value_it_is_given(problem, share):
    """A value below the optimum makes the bound look at fewer last arrivals, not at fewer plans."""
    plan = shuttle.plan(problem, seed=3, moves=5_000)
    if sum(plan.left) == 0:
        assert shuttle.bound(problem, plan.value * share // 2, rounds=4).value <= plan.value


@settings(max_examples=40)
@given(PROBLEMS)
def test_more_room_only_helps(problem):
    """The bound of the roomier problem is below any plan of the tighter one."""
    plan = shuttle.plan(problem, seed=3, moves=2_000)
    roomy = replace(problem, shelters=tuple(Shelter() for _ in problem.shelters))
    if sum(plan.left) == 0:
        assert shuttle.bound(roomy, plan.value, rounds=4).value <= plan.value

"""What holds of every distribution of aid, whatever the case."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.domain.aid.distribution import REASONS
from safepassage.testing.aid_cases import random_aid_case
from tests.support.aids import provided
from tests.support.effort import examples


@settings(max_examples=examples(12))
@given(st.integers(0, 10**6))
def test_every_distribution_is_verified_and_loses_nothing(seed):
    found = provided(*random_aid_case(seed))
    assert found.verdict().violations == ()
    plan = found.value
    assert plan.totals.worth_nano <= plan.totals.worth_bound_nano or not plan.totals.reached
    assert {row.reason for row in plan.short} <= set(REASONS)
    used: dict[str, int] = {}
    for row in plan.deliveries:
        used[row.lot] = used.get(row.lot, 0) + row.milli
    assert all(used.get(lot.id, 0) <= lot.quantity_milli for lot in plan.problem.lots)

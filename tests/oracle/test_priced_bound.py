"""Prices bound what no plan can better: the planner's sum is the verifier's, and a changed one is refused."""

from __future__ import annotations

import json

import pytest

from safepassage.testing.small_cases import random_small_case
from safepassage_verify import verify
from safepassage_verify.paths import Paths
from safepassage_verify.priced import PricedBound
from safepassage_verify.snapshot import read_snapshot
from safepassage_verify.verdict import Findings
from tests.support.effort import examples
from tests.support.planned import planned

SEEDS = range(examples(30))


@pytest.fixture(scope="module")
def checked():
    """Plans of small cases that have a priced bound."""
    found = [planned(*random_small_case(seed)) for seed in SEEDS]
    return [plan for plan in found if plan.certificate["priced"]]


def again(plan, certificate):
    """Return the codes that the verifier notes for a certificate."""
    documents = (json.loads(plan.files[name]) for name in ("inputs", "plan"))
    return {violation.code for violation in verify(*documents, certificate).violations}


def test_every_sum_is_the_verifiers_own_and_no_plan_betters_its_bound(checked):
    assert len(checked) >= examples(10)
    for plan in checked:
        assert plan.verdict.violations == ()
        joint = plan.plan["joint"]
        assert joint["person_seconds"] >= joint["person_seconds_bound"] > 0


def test_a_changed_limit_is_refused(checked):
    for plan in checked[:5]:
        certificate = plan.certificate
        certificate["priced"][0]["limit"] -= 1
        assert "BOUND_SUM" in again(plan, certificate)


def test_a_changed_claim_is_refused(checked):
    for plan in checked[:5]:
        certificate = plan.certificate
        certificate["priced"][0]["person_seconds"] += 1
        assert "BOUND_CLAIM" in again(plan, certificate)


def test_whatever_the_prices_no_plan_betters_what_they_prove(checked):
    for plan in checked:
        row, own = plan.certificate["priced"][0], plan.plan["joint"]["person_seconds"]
        snapshot = read_snapshot(plan.inputs, Findings())
        demand = sum(direction["persons_demand"] for direction in plan.plan["directions"])
        for share in (0, 1, 3):
            for line in row["people"]:
                line["price"] = line["price"] * share // 2
            limit = PricedBound(snapshot, row, Paths(snapshot.roads)).limit()
            assert own >= demand * snapshot.horizon_s - limit


def test_a_price_on_what_has_no_limit_proves_nothing(checked):
    plan = checked[0]
    certificate = plan.certificate
    certificate["priced"][0]["step_s"] = 10**6
    assert again(plan, certificate) & {"BOUND_SUM", "REFERENCE"}

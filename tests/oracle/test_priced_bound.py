"""Prices bound what no plan can better: the planner's sum is the verifier's, and a changed one is refused."""

from __future__ import annotations

import json

import pytest

from safepassage.testing.small_cases import random_small_case
from safepassage_verify import verify
from safepassage_verify.history import read_history, remaining
from safepassage_verify.paths import Paths
from safepassage_verify.priced import PricedBound
from safepassage_verify.snapshot import read_snapshot
from safepassage_verify.verdict import Findings
from tests.support.effort import examples
from tests.support.going_on import events
from tests.support.planned import planned, verdict_on, written

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


@pytest.fixture(scope="module")
def gone_on():
    """The files of plans that go on from others after some event and have a priced bound."""
    steps = [step for seed in range(examples(20)) for step in events(seed, count=2) if step.now_s]
    return [written(step.after) for step in steps if step.after.plan.certificate.priced]


def read(files):
    """Return inputs, plan and certificate."""
    return [json.loads(files[name]) for name in ("inputs", "plan", "certificate")]


def test_prices_bound_plans_that_go_on(gone_on):
    assert len(gone_on) >= examples(10)
    assert any(read(files)[0]["history"]["vehicles"] for files in gone_on)
    for files in gone_on:
        assert verdict_on(files).violations == ()
        inputs, plan, certificate = read(files)
        assert plan["joint"]["person_seconds"] >= plan["joint"]["person_seconds_bound"]
        certificate["priced"][0]["limit"] -= 1
        assert "BOUND_SUM" in {violation.code for violation in verify(inputs, plan, certificate).violations}


def test_whatever_the_prices_no_plan_that_goes_on_betters_what_they_prove(gone_on):
    for inputs, plan, certificate in map(read, gone_on):
        row, own, findings = certificate["priced"][0], plan["joint"]["person_seconds"], Findings()
        whole, history = read_history(inputs, read_snapshot(inputs, findings), findings)
        left = remaining(inputs, whole, history, findings)
        demand = sum(direction["persons_demand"] for direction in plan["directions"])
        for share in (0, 1, 3):
            for line in row["people"]:
                line["price"] = line["price"] * share // 2
            for line in row["arcs"]:
                line["persons"] = [[step, price * share // 2] for step, price in line["persons"]]
            limit = PricedBound(left, row, Paths(left.roads)).limit()
            assert own >= demand * left.horizon_s - limit


def test_a_price_on_what_has_no_limit_proves_nothing(checked):
    plan = checked[0]
    certificate = plan.certificate
    certificate["priced"][0]["step_s"] = 10**6
    assert again(plan, certificate) & {"BOUND_SUM", "REFERENCE"}

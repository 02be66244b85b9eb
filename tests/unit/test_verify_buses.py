"""The checker of bus plans and proofs finds every fault it is there for."""

from __future__ import annotations

import copy

import pytest

from safepassage.engines.buses.solve import improve
from safepassage.formats.plan import bus_instance, bus_json
from safepassage_verify.buses import check_plan, check_proof

# Routes in part would do by second 8; whole ones need 9, which takes a proof of several cases.
TEXT = (
    "3 1\n1 3\n4 8 1 2 2 3\n3 15 5 6 4\n\n1 4 2 6 4\n\n"
    "1 4 2 7\n2 2 5 9\n3 5 6 3\n4 3 9 4\n"
)  # fmt: skip


@pytest.fixture(scope="module")
def solved():
    problem = bus_instance.read(TEXT)
    *_, outcome = improve(problem)
    assert outcome.optimal
    return (
        bus_json.problem_document(problem),
        bus_json.plan_document(outcome.plan),
        bus_json.proof_document(outcome.proof),
        outcome.bound_s,
    )


def test_the_plan_and_the_proof_hold(solved):
    problem, plan, proof, bound_s = solved
    assert check_plan(problem, plan) == (bound_s, [])
    assert proof["horizon_s"] == bound_s - 1
    assert check_proof(problem, proof) == []


def changed(plan, change):
    plan = copy.deepcopy(plan)
    change(plan["runs"])
    return plan


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda runs: runs.pop(), "persons not as stated"),
        (lambda runs: runs.append(copy.deepcopy(runs[0])), "buses run"),
        (lambda runs: runs[0]["stops"][1].__setitem__(2, 1), "before it can be"),
        (lambda runs: runs[0]["stops"][0].__setitem__(3, 2), "more persons than seats"),
        (lambda runs: runs[0]["stops"][0].__setitem__(3, 0), "0 aboard, 1 alight"),
        (lambda runs: runs[0]["stops"][1].__setitem__(1, 7), "no way"),
        (lambda runs: runs[0]["stops"].pop(), "ends with persons aboard"),
        (lambda runs: runs[0]["stops"].pop(0), "no way"),
        (lambda runs: runs[0].__setitem__("fleet", 3), "no such fleet"),
    ],
)
def test_a_faulty_plan_is_found_out(solved, change, said):
    faults = check_plan(solved[0], changed(solved[1], change))[1]
    assert any(said in fault for fault in faults), faults


def test_a_site_over_capacity_and_an_empty_passage_are_found_out(solved):
    problem, plan = solved[0], solved[1]
    narrow = problem | {"capacity_persons": [0, 0, 0]}
    assert any("over capacity" in fault for fault in check_plan(narrow, plan)[1])
    passing = {"runs": [{"fleet": 0, "stops": [["pickup", 0, 9, 0]]}]}
    assert any("passes" in fault for fault in check_plan(problem | {"through": False}, passing)[1])


def test_a_proof_reaches_no_further_than_the_optimum(solved):
    problem, _, proof, bound_s = solved
    assert check_proof(problem, proof | {"horizon_s": bound_s}) != []


def leaves(proof):
    return [node for node in proof["nodes"] if "prices" in node]


@pytest.mark.parametrize("place", range(3))
def test_a_proof_with_a_changed_price_fails_or_is_true_all_the_same(solved, place):
    """Any prices are valid: what they prove is never more than the truth."""
    problem, _, proof, bound_s = solved
    for units in (-3, 0, 10**7):
        other = copy.deepcopy(proof)
        for leaf in leaves(other):
            leaf["prices"][place % len(leaf["prices"])][4] = units
        assert check_proof(problem, other | {"horizon_s": bound_s}) != []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda p: p.__setitem__("nodes", []), "nodes"),
        (lambda p: p.__setitem__("horizon_s", -1), "horizon"),
        (lambda p: leaves(p)[0]["prices"].append(["luck", 0, -1, 0, 5]), "no price"),
        (lambda p: leaves(p)[0]["prices"].append(["people", 9, -1, 0, 5]), "no price"),
        (lambda p: leaves(p)[0]["prices"].append(["people", 0, -1, 0, 1 << 62]), "no price"),
        (lambda p: leaves(p)[0].__setitem__("prices", []), "can earn"),
        (lambda p: leaves(p)[0].__setitem__("prices", [["trips", 0, -1, 0, -1]]), "no limit"),
        (lambda p: leaves(p)[0].__setitem__("prices", [["people", 0, -1, 0, 1 << 59]]), "too large"),
    ],
)
def test_a_broken_proof_is_refused(solved, change, said):
    proof = copy.deepcopy(solved[2])
    change(proof)
    assert any(said in fault for fault in check_proof(solved[0], proof))


def test_cases_that_leave_plans_out_are_refused():
    problem = bus_json.problem_document(bus_instance.read(TEXT))
    leaf = {"prices": [["people", 0, -1, 0, 1]]}
    split = {"case": ["loaded", 0, 0, 0], "value": 0, "at_most": 1, "more": 1}
    assert "twice" in check_proof(problem, {"horizon_s": 1, "nodes": [split, leaf]})[0]
    odd = split | {"case": ["people", 0, -1, 0], "more": 2}
    assert "no such case" in check_proof(problem, {"horizon_s": 1, "nodes": [odd, leaf, leaf]})[0]

"""Makes the documents that `tests/golden/test_verdicts.py` keeps, when planner or verifier have changed."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from safepassage.engines import shuttle
from safepassage.engines.buses.solve import improve
from safepassage.testing.aid_cases import random_aid_case
from safepassage.testing.small_cases import random_small_case
from tests.support.aids import Provided, gone_on, provided
from tests.support.planned import planned, written
from tests.support.shuttles import document, random_problem

SMALL = {"mixed": 0, "links": 20, "cars": 21}
AID_SEED = 5
GROUPS_SEED = 15
"""A case with groups of people, norms and stock for them; `aid-onward` was kept from before there were."""
Documents = dict[str, Any]


def made(name: str) -> Documents:
    """Return the documents of that name, as JSON values."""
    if name in SMALL:
        plan = planned(*random_small_case(SMALL[name]))
        return {"inputs": plan.inputs, "plan": plan.plan, "certificate": plan.certificate}
    makers = {
        "busy": _busy, "full": _full, "onward": _onward, "aid": _aid, "aid-onward": _aid_onward,
        "buses": _buses, "shuttle": _shuttle,
    }  # fmt: skip
    return json.loads(json.dumps(makers[name]()))


def _busy() -> Documents:
    from tests.property.test_verify_fuzz import busy_case

    return dict(zip(("inputs", "plan"), busy_case(), strict=True))


def _full() -> Documents:
    from tests.unit.test_verify_breaks import full_case

    return dict(zip(("inputs", "plan", "certificate"), full_case(), strict=True))


def _onward() -> Documents:
    """Return the smallest plan with cars and legs that goes on from another, of a dozen cases."""
    from tests.property.test_going_on import steps

    found = []
    for seed in range(12):
        for step in steps(seed):
            files = written(step.after)
            documents = {noun: json.loads(files[noun]) for noun in ("inputs", "plan", "certificate")}
            legs = sum(len(vehicle["legs"]) for vehicle in documents["plan"]["vehicles"])
            if legs >= 3 and documents["plan"]["cars"] and documents["inputs"].get("history"):
                found.append((sum(map(len, files.values())), len(found), documents))
    return min(found)[2]


def _aid() -> Documents:
    return _four(provided(*random_aid_case(GROUPS_SEED)))


def _aid_onward() -> Documents:
    """Return the distribution that goes on when half of the trips have left."""
    case, network = random_aid_case(AID_SEED)
    trucks = provided(case, network).aid["trucks"]
    times = sorted(leg["depart_s"] for truck in trucks for leg in truck["legs"])
    return _four(gone_on(case, network, times[len(times) // 2] + 1)[1])


def _four(found: Provided) -> Documents:
    return {"inputs": found.inputs, "plan": found.plan, "certificate": found.certificate, "aid": found.aid}


def _buses() -> Documents:
    from safepassage.formats.plan import bus_instance, bus_json
    from tests.unit.test_verify_buses import TEXT

    problem = bus_instance.read(TEXT)
    *_, outcome = improve(problem)
    return {
        "problem": bus_json.problem_document(problem), "plan": bus_json.plan_document(outcome.plan),
        "proof": bus_json.proof_document(outcome.proof),
    }  # fmt: skip


def _shuttle() -> Documents:
    problem = random_problem(1, persons=9, mixed=True)
    plan = shuttle.plan(problem, seed=1, moves=5_000)
    bound = asdict(shuttle.bound(problem, plan.value, rounds=5))
    return {"problem": document(problem), "plan": asdict(plan), "bound": bound}

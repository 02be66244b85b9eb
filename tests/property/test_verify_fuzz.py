"""Whatever is done to a plan that holds, the verifier answers; and no change of a movement goes unnoticed."""

from __future__ import annotations

import copy
import json
import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safepassage.testing.tiny_plans import FOOT, TinyCase, TinyPlan, item
from safepassage_verify import verify
from tests.support.effort import first


def busy_case():
    """Return inputs and a plan that uses every kind of movement, close to its limits."""
    case = TinyCase(
        6,
        horizon_s=2400,
        exposure_cap_ppm_s=4880,
        load_base_s=10,
        load_per_person_s=1,
        unload_base_s=5,
        unload_per_person_s=1,
        movement_windows=[[0, 1200], [1300, 2400]],
    )
    case.arc(0, 1, capacity_mveh_h=360_000, gate=1, persons_h=3600)
    case.arc(1, 2)
    case.arc(2, 0, 20)
    case.arc(1, 3, 30, modes=FOOT, persons_h=7200)
    case.arc(3, 4, 15, modes=2)
    case.arc(4, 3, 15, modes=2)
    case.arc(0, 2, 25, length_m=500)
    case.profiles.append(
        [1, [[0, 300, 3_600_000, -1, 10], [300, 400, 0, -1, 10], [400, 2400, 1_800_000, -1, 12]]]
    )
    case.hazard.append([1, [[0, 900, 40], [1000, 2400, 10]]])
    case.timetables.append([3, [[60, 8], [120, 8]]])
    case.rules["burst_persons"] = 5
    case.waiting.append([1, 2000])
    case.place("V", 0, release_s=5)
    case.place("M", 1)
    case.site("S", 2, capacity_persons=60)
    case.site("X", 4, "east", capacity_persons=20)
    case.demand("V", 14)
    case.demand("V", 16, group="needs_transport")
    case.demand("V", 2, group="wheelchair")
    case.demand("M", 7, group="assisted", direction="east")
    case.demand("V", 4, direction="undecided")
    case.vehicle("b", 0, wheelchair=2, max_duty_s=400)
    case.vehicle("e", 3, seats=8, available_until_s=400)
    plan = TinyPlan(case.inputs())
    direct, back, round_ = plan.route(0, 1), plan.route(2), plan.route(6)
    plan.cars("V", "S", direct, [(5, 4), (15, 4), (280, 4, [(1, 110)]), (1300, 2)])
    plan.cars("V", "S", direct, [(1400, 4)], reserve=True)
    plan.leg("b", round_, 40, item("V", 10, site="S"), item("V", 2, group="wheelchair", site="S"))
    plan.leg("b", back, 100)
    plan.leg("b", round_, 150, item("V", 6, site="S"))
    ride = plan.ride(3, 60, item("M", 7, group="assisted", direction="east"))
    plan.leg("e", plan.route(4), 107, item("M", 7, group="assisted", direction="east", after=ride, site="X"))
    return case.inputs(), plan.plan()


MOVEMENTS = ("routes", "cars", "vehicles", "link_rides", "unserved", "reserves")


def paths(value, at=()):
    """Yield the path of every value in a JSON tree."""
    yield at
    if isinstance(value, dict):
        for key in value:
            yield from paths(value[key], (*at, key))
    elif isinstance(value, list):
        for key, _ in enumerate(value):
            yield from paths(value[key], (*at, key))


def value_at(tree, path):
    for step in path:
        tree = tree[step]
    return tree


def replace_at(tree, path, value):
    value_at(tree, path[:-1])[path[-1]] = value


def test_the_busy_plan_holds():
    assert verify(*busy_case()).violations == ()


ODD = [
    None,
    True,
    0,
    -1,
    1,
    2**63,
    -(2**64),
    0.5,
    math.nan,
    math.inf,
    "",
    "x",
    "\ud800",
    [],
    {},
    [[]],
    [0],
    {"a": 1},
]


def check_changed(which, chance):
    """Change one to three values of the inputs or the plan; whatever they are, there is an answer."""
    files = copy.deepcopy(busy_case())
    tree = files[which]
    for _ in range(chance.randint(1, 3)):
        path = chance.choice([path for path in paths(tree) if path])
        action = chance.random()
        if action < 0.5:
            replace_at(tree, path, chance.choice(ODD))
        elif action < 0.7 and isinstance(value_at(tree, path[:-1]), dict):
            del value_at(tree, path[:-1])[path[-1]]
        elif action < 0.85:
            other = chance.choice([other for other in paths(tree) if other])
            replace_at(tree, path, copy.deepcopy(value_at(tree, other)))
        else:
            replace_at(tree, path, chance.randint(-(10**9), 10**9))
    verdict = verify(*files)
    assert "INTERNAL" not in verdict.counts
    json.dumps(verdict.record()).encode()


@pytest.mark.parametrize("which", [0, 1])
@given(seed=st.integers(0, 2**32))
@settings(max_examples=150)
def test_no_change_of_a_file_makes_it_fail(which, seed):
    check_changed(which, random.Random(seed))


@pytest.mark.slow
@pytest.mark.parametrize("which", [0, 1])
def test_no_change_of_a_file_makes_it_fail_in_many_tries(which):
    for seed in first(range(10_000)):
        check_changed(which, random.Random(seed))


def test_a_change_of_one_whole_number_in_a_movement_is_caught_or_harmless():
    """Each number of the movements, made one more, one less and something else.

    What may pass is another plan that holds: a departure that moves by a second within every limit, is not
    the last of its direction and is spent in the same hazard, so that all that is stated stays true.
    """
    inputs, plan = busy_case()
    passed = {}
    tried = 0
    for path in paths(plan):
        value = value_at(plan, path) if path else None
        if not path or path[0] not in MOVEMENTS or type(value) is not int:
            continue
        for change in (value + 1, value - 1, value + 1000, -value - 1):
            altered = copy.deepcopy(plan)
            replace_at(altered, path, change)
            tried += 1
            if verify(inputs, altered).verified:
                passed.setdefault(path, []).append(change)
    assert tried > 150
    assert passed == {
        # the release is 5, so 4 is noticed; 15 is neither pressed by the car before nor by a window
        ("cars", 0, "departures", 0, 0): [6],
        ("cars", 0, "departures", 1, 0): [16, 14],
        # waits at node 1 until second 400, when the arc opens
        ("cars", 0, "departures", 2, 0): [281],
        ("cars", 1, "departures", 0, 0): [1401, 1399],
    }

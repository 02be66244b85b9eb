"""The room's process is ended at random times while cases are planned: all are verified, with bounds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.effort import examples

ROOT = Path(__file__).resolve().parents[2]
CASES = 7
PROGRAM = """
import json, random, sys, threading, time
sys.path.insert(0, {root!r})
from functools import partial
from safepassage.casework.solver_room import SolverRoom, nothing
from safepassage.domain.situation import Situation
from safepassage.planning import StoppingRule, make_plan
from safepassage.testing.small_cases import random_small_case
from tests.support.planned import verdict_on, written

chance, rows = random.Random(1), []

def one(seed, after_s):
    case, network = random_small_case(seed)
    with SolverRoom() as room:
        alone = room._process is not None
        killer = threading.Timer(after_s, room._process.end_abruptly) if alone else None
        began = time.perf_counter()
        if killer:
            killer.start()
        stop = StoppingRule(work=10**6, prices=partial(room.prices, nothing), bounds=room.bounds)
        planned = make_plan(network, Situation(case=case), stop=stop)
        took_s = time.perf_counter() - began
        if killer:
            killer.cancel()
            killer.join()
        verdict = verdict_on(written(planned))
        bounded = all(row.clearance_s is None or row.clearance_bound_s is not None
                      for row in planned.plan.directions)
        rows.append([alone, verdict.verified, bounded, len(room.faults)])
    return took_s

# The first plans load what was compiled; how long each case takes is known from the second ones.
for _ in range(2):
    whole_s = [one(seed, 600.0) for seed in range({cases})]
for number in range({plans}):
    one(number % {cases}, chance.uniform(0.0, 1.2 * whole_s[number % {cases}]))
print(json.dumps(rows))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the process is a copy of this one on Linux only")
def test_plans_are_verified_and_bounded_whenever_the_solver_is_killed():
    plans = examples(100)
    program = PROGRAM.format(root=str(ROOT), plans=plans, cases=CASES)
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert len(rows) == plans + 2 * CASES
    assert all(alone and verified and bounded for alone, verified, bounded, _ in rows), rows
    lost = sum(bool(faults) for *_, faults in rows)
    assert plans // 10 <= lost < plans, rows

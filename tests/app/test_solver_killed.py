"""The room's process is ended at random times while something is planned: all is verified, with bounds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CASES = 5
KILLS = {"planned_anew": 100, "gone_on": 30, "estimated": 30, "behind_the_pages": 30}
"""Each way of ending it, in each case, at least twice."""
PROGRAM = """
import random, sys, threading, time
sys.path.insert(0, {root!r})
import json
from safepassage.casework.solver_room import SolverRoom
from tests.support import solved_in_room

chance, rows = random.Random(1), []
answers = {{seed: solved_in_room.{what}(seed) for seed in range({cases})}}

class Told(list):
    # The pages forget with each order what was told of the one before.
    def clear(self):
        pass

def end(process, when_busy, over):
    while when_busy and not process.busy and not over.wait(0.001):
        pass
    process.end_abruptly()

def end_before(room, nth):
    # It is found alive, and ended before it is asked. What it only loads is missed by nobody.
    process, ahead, loading = room._process, room.ahead, []
    ready = process._ready
    def loads(task):
        loading.append(task)
        ahead(task)
        loading.clear()
    room.ahead = loads
    def found_alive():
        pipe = ready()
        if loading:
            return pipe
        asked.append(1)
        if sum(asked) == nth:
            process._process.kill()
            process._process.join()
        return pipe
    asked = []
    process._ready = found_alive
    return asked

def one(seed, after_s, when_busy=False, nth=0):
    over = threading.Event()
    with SolverRoom() as room:
        alone, room.faults = room._process is not None, Told()
        asked = end_before(room, nth) if alone else []
        killer = threading.Timer(after_s, end, (room._process, when_busy, over)) if alone else None
        began = time.perf_counter()
        if killer and not nth:
            killer.start()
        holds = list(answers[seed](room))
        took_s = time.perf_counter() - began
        over.set()
        if killer and not nth:
            killer.cancel()
            killer.join()
        rows.append([alone, bool(holds) and all(holds), len(room.faults), nth])
    return took_s, len(asked)

# The first plans load what was compiled; how long each case takes is known from the second ones.
for _ in range(2):
    whole = [one(seed, 600.0) for seed in range({cases})]
# By turns the process is ended at any time, once something is asked of it, and as something is being asked:
# what is asked may take but moments, and on a machine of another speed the first two may always miss it.
for number in range({plans}):
    seed, way = number // 3 % {cases}, number % 3
    whole_s, times = whole[seed]
    nth = chance.randint(1, max(1, times)) if way == 2 else 0
    one(seed, chance.uniform(0.0, (0.6 if way else 1.2) * whole_s), when_busy=way == 1, nth=nth)
print(json.dumps(rows))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the process is a copy of this one on Linux only")
@pytest.mark.parametrize("what", KILLS)
def test_all_is_verified_and_bounded_whenever_the_solver_is_killed(what):
    plans = KILLS[what]
    program = PROGRAM.format(root=str(ROOT), plans=plans, cases=CASES, what=what)
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert len(rows) == plans + 2 * CASES
    assert all(alone and holds for alone, holds, *_ in rows), rows
    assert all(faults for _, _, faults, nth in rows if nth), rows
    assert sum(bool(faults) for _, _, faults, _ in rows) < plans, rows

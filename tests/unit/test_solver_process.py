"""Whatever becomes of the solver, the last result that was verified is kept."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from safepassage.casework.solver_process import SolverProcess
from safepassage.casework.solver_room import SolverRoom, nothing
from safepassage.engines.buses.solve import improve
from safepassage.formats.plan import bus_instance, bus_json
from safepassage.kernels.buses import bus_anneal
from safepassage.kernels.compiled import load
from safepassage_verify.buses import check_plan, check_proof

ROOT = Path(__file__).resolve().parents[2]


def counting(until, pause_s):
    for number in range(until):
        yield number
        time.sleep(pause_s)


def crashing():
    yield 1
    os._exit(3)


def failing():
    yield 1
    raise MemoryError("too much")


def hanging():
    yield 1
    while True:
        pass


def working(seconds):
    began = time.process_time()
    while time.process_time() - began < seconds:
        pass
    yield 1


@pytest.fixture(scope="module")
def process():
    process = SolverProcess()
    yield process
    process.close()


def everything(result):
    return True


def test_results_are_waited_for_one_by_one_or_to_the_end(process):
    wait, came = process.begin_parts(counting, 4, 0.0), []
    for number in range(2):
        ended = wait(60, came.append, True)
        assert (came, ended.finished, ended.fault) == (list(range(number + 1)), False, "")
    ended = wait(60, everything, False)
    assert (ended.last, ended.finished) == (3, True)


def test_a_task_that_ends_is_finished_and_the_process_serves_again(process):
    for until in (3, 5):
        ended = process.run(counting, until, 0.0, limit_s=60, keep=everything)
        assert (ended.last, ended.finished, ended.fault) == (until - 1, True, "")


def test_what_was_begun_is_waited_for_later(process):
    waits = process.begin(counting, 3, 0.0)
    assert waits(60, everything).last == 2


def test_processor_seconds_are_those_of_the_task_alone(process):
    process.run(working, 0.5, limit_s=60, keep=everything)
    assert process.run(working, 0.2, limit_s=60, keep=everything).cpu_s == pytest.approx(0.2, abs=0.15)
    assert 0.0 < process.run(hanging, limit_s=1.0, keep=everything).cpu_s < 3.0


def test_a_result_that_is_refused_does_not_replace_one_that_was_kept(process):
    ended = process.run(counting, 5, 0.0, limit_s=60, keep=lambda n: n < 2)
    assert ended.last == 1


@pytest.mark.parametrize(
    ("task", "fault"), [(crashing, "the solver ended"), (failing, "MemoryError: too much"), (hanging, "")]
)
def test_a_task_that_goes_wrong_leaves_its_last_result(process, task, fault):
    process.run(counting, 1, 0.0, limit_s=60, keep=everything)
    ended = process.run(task, limit_s=1.0 if task is hanging else 60, keep=everything)
    assert (ended.last, ended.finished, ended.fault) == (1, False, fault)
    assert process.run(counting, 2, 0.0, limit_s=60, keep=everything).last == 1


def test_what_is_given_up_is_over_and_the_next_is_asked_afresh():
    with SolverRoom(fresh=True, loading=nothing) as room:
        assert room.ask("one", abs, -1) == 1
        number = room.ask("number", os.getpid)
        waiting = room.begin("a hang", time.sleep, 600)
        room.give_up()
        assert room.ask("two", abs, -2) == 2
        assert room.ask("number", os.getpid) not in {number, os.getpid()}
        room.give_up()  # nothing is under way: the process stays
        assert room.faults == []
        del waiting


HELD = """
import sys, time
sys.path.insert(0, {root!r})
from safepassage.casework.solver_process import SolverProcess
if __name__ == "__main__":
    process = SolverProcess(copied={copied})
    process.begin(map, time.sleep, (600,))
    print(process._process.pid, flush=True)
    time.sleep(600)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="looks for a process as Linux shows it")
@pytest.mark.parametrize("copied", [False, True])
def test_it_ends_with_the_process_that_began_it(tmp_path, copied):
    program = tmp_path / "holding.py"
    program.write_text(HELD.format(root=str(ROOT), copied=copied))
    with subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
    until = time.monotonic() + 30
    while Path(f"/proc/{child}").exists() and "Z" not in Path(f"/proc/{child}/stat").read_text().split()[2]:
        assert time.monotonic() < until
        time.sleep(0.05)


PROBLEM = (
    "3 1\n1 3\n4 12 4 3 2 3\n3 16 5 6 5\n\n1 4 2 6 4\n\n1 4 2 7\n2 2 5 9\n3 5 6 3\n4 3 9 4\n"
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="the process is a copy of this one on Linux only")
def test_ended_a_hundred_times_at_any_moment_no_plan_is_lost_or_unverified():
    """In a program of its own, which can be copied: with what is loaded there a copy solves at once."""
    program = "from tests.unit import test_solver_process as here; print(here.ended_a_hundred_times())"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == 100


def ended_a_hundred_times():
    """Solve a problem over and over, so that there is always something to interrupt; return how often it was.

    Every tenth process is the one that is begun afresh where one has ended.
    """
    problem, rng = bus_instance.read(PROBLEM), random.Random(7)
    document = bus_json.problem_document(problem)

    def holds(outcome):
        return outcome.plan is not None and not check_plan(document, bus_json.plan_document(outcome.plan))[1]

    load(bus_anneal._anneal)
    best = SolverProcess(copied=True).run(repeated, problem, 1, limit_s=300, keep=holds).last
    interrupted, process = 0, None
    for number in range(100):
        process = process if number % 10 == 9 else SolverProcess(copied=True)
        # The clock of the interruption begins with the first result.
        timers = []

        def keep(outcome, timers=timers, process=process):
            if not timers:
                timers.append(threading.Timer(rng.uniform(0.0, 0.3), process.end_abruptly))
                timers[0].start()
            return holds(outcome)

        ended = process.run(repeated, problem, 10**6, limit_s=60, keep=keep)
        timers[0].join()
        assert ended.last is not None
        assert holds(ended.last)
        assert ended.last.bound_s <= best.bound_s <= ended.last.plan.last_arrival_s
        proof = ended.last.proof
        assert proof is None or check_proof(document, bus_json.proof_document(proof)) == []
        interrupted += ended.fault != ""
    return interrupted


def repeated(problem, times):
    for seed in range(times):
        yield from improve(problem, seed=seed + 1)


def filling(megabytes):
    held = bytearray(megabytes * 2**20)
    yield len(held)


def test_memory_is_that_of_the_process_that_solves():
    held = bytearray(400 * 2**20)  # what the process that asks holds is not counted
    held[:: 2**12] = b"1" * len(held[:: 2**12])
    fresh = SolverProcess()
    small = fresh.run(counting, 1, 0.0, limit_s=60, keep=everything).rss_mb
    large = fresh.run(filling, 200, limit_s=60, keep=everything).rss_mb
    fresh.close()
    assert 1 < small < large - 50

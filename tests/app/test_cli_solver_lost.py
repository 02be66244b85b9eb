"""Whatever becomes of the solver, `plan` writes a verified plan with bounds and says what is missing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from safepassage.casework import solver_room
from safepassage.casework.solver_room import SolverRoom
from safepassage.domain.crew import Beside
from safepassage_verify import verify_files
from tests.support import aid_office
from tests.support.folders import write_case
from tests.support.town import square, wkt, write_town

pytestmark = pytest.mark.slow

FATES = {
    "killed": ("os.kill(os.getpid(), signal.SIGKILL)", "the solver ended"),
    "without memory": ("bytearray(2**40)", "MemoryError"),
    "hanging": ("time.sleep(600)", "no answer within 1 s"),
    "failing": ("raise ArithmeticError('no optimum')", "ArithmeticError: no optimum"),
}
PROGRAM = """
import os, signal, sys, time
from safepassage.casework import solver_room
from safepassage.cli import main, plan_command

def price(problem):
    {fate}

solver_room.price = price
plan_command.SolverRoom = lambda: solver_room.SolverRoom(limit_s=1.0)
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the process is a copy of this one on Linux only")
@pytest.mark.parametrize("fate", FATES)
def test_a_plan_without_prices_is_verified_bounded_and_says_so(tmp_path, fate):
    case, out = write_case(tmp_path / "case"), tmp_path / "out"
    code, fault = FATES[fate]
    typed = ["plan", str(case), "-o", str(out), "--json"]
    program = PROGRAM.format(fate=code)
    done = subprocess.run(
        [sys.executable, "-c", program, *typed], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    # What is asked next goes to a fresh process, which may take longer to begin than a second.
    first, *_ = told["solver_faults"]
    assert first.startswith(f"joint prices: {fault}")
    assert verify_files(out).verified
    assert all(row["clearance_bound_s"] is not None for row in told["directions"])
    proof = json.loads((out / "RESTRICTED" / "RESTRICTED-certificate.json").read_text("utf-8"))
    assert (bool(proof["bounds"]), proof.get("priced", [])) == (True, [])


PROOF_LOST = """
import os, sys
from dataclasses import replace
from safepassage.casework import solver_room
from safepassage.cli import main
from safepassage.engines import pricing

def price(problem):
    return replace(pricing.price(problem), prove=lambda: os._exit(3))

solver_room.price = price
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the process is a copy of this one on Linux only")
def test_a_plan_whose_joint_proof_is_lost_is_the_same_but_for_that_bound(tmp_path):
    case, told, schedules = write_case(tmp_path / "case"), [], []
    for name, program in (
        ("lost", PROOF_LOST),
        ("proved", "import sys; from safepassage.cli import main; sys.exit(main(sys.argv[1:]))"),
    ):
        out = tmp_path / name
        typed = ["plan", str(case), "-o", str(out), "--json"]
        done = subprocess.run([sys.executable, "-c", program, *typed], check=False, capture_output=True)
        assert done.returncode == 0, done.stderr
        told.append(json.loads(done.stdout))
        plan, proof = (
            json.loads((out / "RESTRICTED" / f"RESTRICTED-{kind}.json").read_text("utf-8"))
            for kind in ("plan", "certificate")
        )
        schedules.append([plan[field] for field in ("cars", "vehicles", "routes")])
        assert verify_files(out).verified
        assert bool(proof.get("priced")) == (name == "proved")
    assert told[0]["solver_faults"] == ["joint prices: the solver ended"]
    assert told[1]["solver_faults"] == []
    assert schedules[0] == schedules[1]


BOUNDS_LOST = """
import os, signal, sys, time
from safepassage.casework import solver_room
from safepassage.cli import main, plan_command

here, certify = os.getpid(), solver_room.certify

def lost(*given, **options):
    if os.getpid() != here:
        {fate}
    return certify(*given, **options)

solver_room.certify = lost
plan_command.SolverRoom = lambda: solver_room.SolverRoom(limit_s=5.0)
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the process is a copy of this one on Linux only")
@pytest.mark.parametrize(
    ("fate", "fault"), [("killed", "the solver ended"), ("hanging", "no answer within 5 s")]
)
def test_a_plan_whose_best_cuts_are_lost_has_others_and_says_so(tmp_path, fate, fault):
    case, out = write_case(tmp_path / "case"), tmp_path / "out"
    typed = ["plan", str(case), "-o", str(out), "--json"]
    program = BOUNDS_LOST.format(fate=FATES[fate][0])
    done = subprocess.run(
        [sys.executable, "-c", program, *typed], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert f"the best cuts: {fault}" in told["solver_faults"]
    assert verify_files(out).verified
    assert all(row["clearance_bound_s"] is not None for row in told["directions"])


@pytest.mark.skipif(sys.platform != "linux", reason="the process is a copy of this one on Linux only")
def test_regions_without_prices_are_verified_and_say_so(tmp_path):
    case, out = write_case(tmp_path / "case"), tmp_path / "out"
    program = PROGRAM.format(fate=FATES["killed"][0])
    typed = ["regions", str(case), "-o", str(out)]
    done = subprocess.run(
        [sys.executable, "-c", program, *typed], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "MADE WITHOUT joint prices: the solver ended" in done.stdout
    (region,) = (folder for folder in out.iterdir() if (folder / "RESTRICTED").is_dir())
    assert verify_files(region).verified


AID_LOST = """
import os, signal, sys
from importlib import import_module
from safepassage.cli import main

room = import_module("safepassage.engines.distribution.{room}")
here = os.getpid()

def lost(task):
    def ends(*given, **options):
        if os.getpid() != here and (os.getppid() == here) == {whole}:
            os.kill(os.getpid(), signal.SIGKILL)
        return task(*given, **options)
    return ends

room.{name} = lost(room.{name})
sys.exit(main(sys.argv[1:]))
"""
IN_AID = {
    "shares": ("prices", "_first"), "all programs": ("prices", "_program"),
    "remedies": ("prices", "_remedies"), "rounds": ("distribute", "_in_rounds"),
}  # fmt: skip


WITH_AID = {"limits": ("calls", "limiting"), "driving": ("distribute", "driving")}
"""What is done in the process in which aid is planned, programs among it."""
VILLAGES = [f"v{n}" for n in range(12)]


def with_one_lorry(folder: Path) -> Path:
    """Write twelve villages and one lorry: trips one by one are not near bounds, so rounds are searched."""
    nodes = "".join(f"{at},{50.0 + n * n % 5 / 40},{35.02 + n / 40}\n" for n, at in enumerate(VILLAGES))
    ends = zip(("d", *VILLAGES), VILLAGES, strict=False)
    return write_case(
        folder, head=aid_office.HEAD,
        **aid_office.TABLES | {
            "nodes": "id,lat,lon\nd,50.0,35.0\nz,50.0,34.9\n" + nodes,
            "links": "id,from,to,class,length_m\nl,z,d,primary,8000\n"
            + "".join(f"l{b},{a},{b},primary,{4000 + 900 * n}\n" for n, (a, b) in enumerate(ends))
            + "".join(f"m{b},d,{b},secondary,{9000 + 1300 * n}\n" for n, b in enumerate(VILLAGES)),
            "places": "id,name,kind,node,direction,capacity_night_persons\n"
            "camp,Camp,reception_site,z,west,500\nhall,Hall,reception_site,z,east,500\nstore,Store,depot,d,,\n"
            + "".join(f"{at},Village {at},settlement,{at},,\n" for at in VILLAGES),
            "demand": "place,direction,group,persons,direction_basis\nv0,west,own_vehicle,30,tally\n"
            + "".join(f"{at},stays,own_vehicle,{200 + 30 * n},tally\n" for n, at in enumerate(VILLAGES)),
            "fleet": "id,count,seats,base\nbus,1,20,v0\n",
            "stock": "id,depot,commodity,quantity,unit\nwater,store,drinking_water,90000,L\n",
            "trucks": aid_office.LORRY.replace(",5,30,", ",1,9,"),
        },
    )  # fmt: skip


def planned_with_one_lorry(
    folder: Path, room: str, function: str, *, whole: bool
) -> tuple[Path, dict[str, Any]]:
    """Plan it where a function kills the process of aid, or those that solve its programs."""
    out = folder / "out"
    program = AID_LOST.format(room=room, name=function, whole=whole)
    typed = ["plan", str(with_one_lorry(folder / "case")), "-o", str(out), "--json"]
    done = subprocess.run(
        [sys.executable, "-c", program, *typed], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert verify_files(out).verified
    return out / "RESTRICTED" / "RESTRICTED-aid.json", json.loads(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="the process is a copy of this one on Linux only")
@pytest.mark.parametrize("name", IN_AID)
def test_aid_whose_solver_is_killed_is_brought_all_the_same_and_says_so(tmp_path, name):
    file, told = planned_with_one_lorry(tmp_path, *IN_AID[name], whole=False)
    assert any(fault.startswith("part of aid: ") for fault in told["solver_faults"]), told["solver_faults"]
    aid = json.loads(file.read_text("utf-8"))
    assert {*VILLAGES} <= {row["place"] for row in aid["deliveries"]}
    assert bool(aid["bounds"]) == (name != "remedies")


LOADING_LOST = """
import os, signal, sys
from safepassage import estimating
from safepassage.cli import main

def load_labels():
    os.kill(os.getpid(), signal.SIGKILL)

estimating.load_labels = load_labels
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the process is a copy of this one on Linux only")
def test_an_estimate_whose_solver_ends_while_it_loads_misses_nothing_and_says_nothing(tmp_path):
    network, area = str(write_town(tmp_path)), wkt(square())
    typed = ["estimate", "--network", network, "--area", area, "--population", "6000"]
    bounds = []
    for program in (
        LOADING_LOST,
        "import sys; from safepassage.cli import main; sys.exit(main(sys.argv[1:]))",
    ):
        done = subprocess.run(
            [sys.executable, "-c", program, *typed, "--json"], check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)
        assert told["solver_faults"] == []
        bounds.append(told["bound_s"])
    assert bounds[0] == bounds[1]


@pytest.mark.skipif(sys.platform != "linux", reason="the process is a copy of this one on Linux only")
@pytest.mark.parametrize("name", WITH_AID)
def test_a_plan_whose_aid_is_killed_as_a_whole_is_there_without_it_and_says_so(tmp_path, name):
    file, told = planned_with_one_lorry(tmp_path, *WITH_AID[name], whole=True)
    assert told["solver_faults"] == ["aid: the solver ended"]
    assert told["complete"]
    assert not file.exists()


IN_A_NOTEBOOK = """
import os, signal
from safepassage import notebook
from safepassage.casework import solver_room

def price(problem):
    os.kill(os.getpid(), signal.SIGKILL)

solver_room.price = price
plan = notebook.read({case!r}).plan()
print(plan.made_without[0], plan.release.plan["complete"])
"""


IN_A_NOTEBOOK_WITH_THREADS = """
import multiprocessing, threading, time
from safepassage import notebook

def kill_all():
    while True:
        for child in multiprocessing.active_children():
            child.kill()
        time.sleep(0.05)

threading.Thread(target=kill_all, daemon=True).start()
plan = notebook.read({case!r}).plan()
print(plan.made_without[0], plan.release.plan["complete"])
"""

ON_LINUX = pytest.mark.skipif(
    sys.platform != "linux", reason="the process is a copy of this one on Linux only"
)


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(IN_A_NOTEBOOK, marks=ON_LINUX, id="copied"),
        pytest.param(IN_A_NOTEBOOK_WITH_THREADS, id="fresh"),
    ],
)
def test_a_notebook_whose_solver_is_killed_has_a_verified_plan_and_says_so(tmp_path, program):
    """Whether its process can be copied, or threads are in the way and a fresh one is begun."""
    ran = program.format(case=str(write_case(tmp_path / "case")))
    done = subprocess.run([sys.executable, "-c", ran], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("MADE WITHOUT joint prices: the solver ended")
    assert done.stdout.strip().endswith("True")


@pytest.fixture
def room(monkeypatch):
    """A room whose process is a fresh one, as where this one cannot be copied."""
    monkeypatch.setattr(solver_room, "may_fork", lambda: False)
    monkeypatch.setattr(solver_room.sys, "platform", "elsewhere")
    room = SolverRoom(limit_s=60.0)
    yield room
    room.close()


def test_a_fresh_process_answers_where_this_one_cannot_be_copied(room):
    assert room.ask("sums", sorted, [3, 1, 2], reverse=True) == [3, 2, 1]
    assert room.ask("sums", divmod, 1, 0) is None
    assert room.ask("sums", divmod, 7, 2) == (3, 1)
    assert len(room.faults) == 1
    assert room.faults[0].startswith("sums: ZeroDivisionError")


def test_what_was_begun_first_is_known_when_the_next_is_asked_for(room):
    first, second, done = room.begin("sums", sum, [3, 1]), room.begin("sums", divmod, 7, 2), []
    assert (first(), second(), first()) == (4, (3, 1), 4)
    assert room.prices(lambda: done.append("meanwhile"), None) is None
    assert done == ["meanwhile"]
    assert [fault.split(":")[0] for fault in room.faults] == ["joint prices"]


def ends_elsewhere(owner: int) -> int:
    if os.getpid() != owner:
        os._exit(3)
    return owner


def test_what_is_lost_beside_is_done_here_and_is_no_fault(room):
    lost, kept = room.beside(ends_elsewhere, os.getpid()), room.beside(sorted, [3, 1, 2])
    assert (lost(), kept()) == (os.getpid(), [1, 2, 3])
    assert not room.faults


def test_a_task_whose_program_has_no_answer_comes_to_nothing_and_says_so(room):
    assert room.without("aid", lambda solved: solved(abs, -3)() + 1) == 4
    assert room.without("aid", lambda solved: solved(abs, "three")() + 1) is None
    assert [fault.split(":")[0] for fault in room.faults] == ["aid"]


def sum_of(*numbers: int, beside: Beside) -> int:
    first, rest = beside(abs, numbers[0]), beside(sum, numbers[1:])
    return first() + rest()


def ends_of_itself(owner: int, *, beside: Beside) -> int:
    return beside(ends_elsewhere, owner)() if os.getpid() == owner else ends_elsewhere(owner)


def test_a_whole_is_done_in_a_process_of_its_own_that_asks_others(room):
    first, lost = room.begin_whole("aid", sum_of, -3, 4, 5), room.begin_whole("aid", ends_of_itself, 0)
    assert (first(), lost()) == (12, None)
    assert room.faults == ["aid: the solver ended"]
    assert room.begin_whole("aid", sum_of, "three", 1)() is None
    assert [fault.split(":")[0] for fault in room.faults] == ["aid", "aid"]


def test_a_whole_that_goes_on_ends_with_its_room(room):
    room.begin_whole("aid", sleeping)
    began = time.monotonic()
    room.close()
    assert time.monotonic() - began < 30


def sleeping(*, beside: Beside) -> int:
    time.sleep(300)
    return beside(abs, 1)()

"""Workers that are copies of this process: the same results in order, and what one loses is done here."""

from __future__ import annotations

import subprocess
import sys
import threading

import pytest

from safepassage.casework import many_workers, solver_process
from safepassage.casework.many_workers import Crew

SET_PAGES = """
from safepassage.casework.many_workers import may_fork
from safepassage.formats.paper import paper_pdf
from safepassage.formats.paper.paper import Items, Paper
print(may_fork())
paper_pdf.write(Paper(title="t", language="en", stamp=(), blocks=(Items(rows=("x",)),)))
print(may_fork())
"""
CREW = """
import os, signal
from safepassage.casework.many_workers import Crew
made_here = []
parent = os.getpid()
def task(shared, job):
    if job == 3 and os.getpid() != parent and shared == "dying":
        os.kill(os.getpid(), signal.SIGKILL)
    return job * made_here[0], os.getpid() != parent
def one(job):
    return job + made_here[0], os.getpid() != parent
def called(job):
    return job(), os.getpid() != parent
if __name__ == "__main__":
    made_here.append(7)
    found = list(Crew(workers=2).each(task, "living", range(6)))
    assert [value for value, _ in found] == [0, 7, 14, 21, 28, 35], found
    assert all(elsewhere for _, elsewhere in found), found
    found = list(Crew(workers=2).each(task, "dying", range(6)))
    assert [value for value, _ in found] == [0, 7, 14, 21, 28, 35], found
    assert not all(elsewhere for _, elsewhere in found), found
    assert Crew(workers=2).beside(one, 1)() == (8, True)
    assert Crew().beside(one, 1)() == (8, False)
    assert Crew(workers=2).beside(called, lambda: 9)() == (9, True), "a job need not travel"
    try:
        Crew(workers=2).beside(divmod, 1)()
    except TypeError:
        print("as it should be")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux only")
def test_copies_know_what_was_made_here_and_a_killed_one_changes_nothing(tmp_path):
    program = tmp_path / "crew.py"
    program.write_text(CREW)
    done = subprocess.run([sys.executable, program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("as it should be\n", "")


def test_a_process_with_threads_or_solvers_is_not_copied(monkeypatch):
    here, watch, other = (threading.Thread(name=name) for name in ("here", solver_process.WATCH, "other"))
    monkeypatch.setattr(threading, "enumerate", lambda: [here, watch])
    monkeypatch.setattr(sys, "platform", "linux")
    for name in many_workers.THREADED:
        monkeypatch.delitem(sys.modules, name, raising=False)
    assert many_workers.may_fork()
    monkeypatch.setitem(sys.modules, "highspy", object())
    assert not many_workers.may_fork()
    monkeypatch.delitem(sys.modules, "highspy")
    monkeypatch.setattr(threading, "enumerate", lambda: [here, watch, other])
    assert not many_workers.may_fork()


def test_a_process_that_has_set_pages_is_not_copied():
    """The typesetter keeps threads of its own: in a copy of its process it waits for them without end."""
    done = subprocess.run([sys.executable, "-c", SET_PAGES], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(sys.platform == "linux"), "False"]


def test_a_fault_beside_is_raised_when_it_is_waited_for_or_at_once():
    with pytest.raises(ZeroDivisionError):
        Crew().beside(lambda job: 1 // job, 0)

"""`safepassage serve`, started as a person starts it: on this computer only, ended without a trace."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from safepassage.cli import main


@pytest.mark.slow
def test_the_example_is_served_on_this_computer_and_plans_by_itself():
    command = [sys.executable, "-m", "safepassage", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        address = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())[0]
        with httpx.Client(base_url=address, follow_redirects=True, timeout=60) as client:
            client.post("/sign-in", data={"role": "planner"}, headers={"origin": address})
            page = client.get("/plan").text
            until = time.monotonic() + 150
            while "people can arrive" not in page and time.monotonic() < until:
                time.sleep(0.3)
                page = client.get("/plan").text
        process.send_signal(signal.SIGINT)
        _, faults = process.communicate(timeout=30)
    assert "people can arrive" in page
    assert process.returncode == 0
    assert "Traceback" not in faults


def test_a_network_needs_a_store(capsys):
    assert main(["serve", "--lan", "127.0.0.1"]) == 2
    assert "give --store" in capsys.readouterr().err


@pytest.mark.slow
def test_a_taken_port_is_said_in_one_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "safepassage", "serve", "--port", str(taken.getsockname()[1])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "taken by another program" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(
    not Path("/proc/self/task").is_dir(), reason="processes are looked up where Linux lists them"
)
def test_the_planner_ends_with_a_server_that_is_killed():
    command = [sys.executable, "-m", "safepassage", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert "http" in process.stdout.readline()
        until = time.monotonic() + 30
        while not (found := children(process.pid)) and time.monotonic() < until:
            time.sleep(0.1)
        process.kill()
    assert found
    while any(is_alive(pid) for pid in found) and time.monotonic() < until + 20:
        time.sleep(0.1)
    assert not any(is_alive(pid) for pid in found)


def children(pid):
    """Return the processes that any thread of a process has started."""
    found = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(part) for part in file.read_text().split()]
    return found


def is_alive(pid):
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False

"""The evacuation benchmark prints what it promises, with plans that verify and bounds that hold."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SIDE = 8


@pytest.fixture
def network(tmp_path):
    """A grid of streets as a TNTP file."""
    links = []
    for row in range(SIDE):
        for column in range(SIDE):
            node = SIDE * row + column + 1
            if column + 1 < SIDE:
                links += [(node, node + 1), (node + 1, node)]
            if row + 1 < SIDE:
                links += [(node, node + SIDE), (node + SIDE, node)]
    text = [f"<NUMBER OF NODES> {SIDE * SIDE}", "<FIRST THRU NODE> 1", f"<NUMBER OF LINKS> {len(links)}"]
    text += [f"{a} {b} 900 1 1 ;" for a, b in links]
    path = tmp_path / "grid_net.tntp"
    path.write_text("\n".join(text), encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_small_network_is_planned_verified_and_compared(network, tmp_path):
    command = [
        sys.executable, ROOT / "benchmarks" / "evacuation.py", "--network", network, "--vehicles", "500",
        "--sources", "9", "--seed", "0", "--bin", "7", "--time-limit", "5", "--peers", "--peer-bins", "60",
        "3600", "--output", tmp_path / "out", "--json",
    ]  # fmt: skip
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert row["verified"]
    kinds = ("nearest exit", "capacity constrained", "time-expanded max flow", "time-expanded LP")
    assert [any(peer["peer"].startswith(kind) for peer in row["peers"]) for kind in kinds] == [True] * 4
    # Roads take a bin of an hour each: in two hours nobody crosses the town that way.
    notes = {peer["peer"]: peer["note"] for peer in row["peers"]}
    assert notes["time-expanded max flow, 3600 s"] == "no horizon up to 7200 s takes everybody"
    assert row["certificate_ok"]
    assert row["unserved"] == 0
    assert 0 < row["single_source_bound_s"] <= row["value_s"]
    assert 0 < row["lower_bound_s"] <= row["value_s"]
    assert Path(row["certificate"]).exists()
    keys = {"gap", "person_minutes_gap", "envelope_gap", "wall_s", "cpu_s", "rss_mb", "compile_s"}
    assert keys <= row.keys()
    for peer in row["peers"]:
        assert peer.get("value_s", row["lower_bound_s"]) >= row["lower_bound_s"], peer


@pytest.mark.slow
def test_only_the_named_peers_run_and_as_long_as_they_may(network, tmp_path):
    command = [
        sys.executable, ROOT / "benchmarks" / "evacuation.py", "--network", network, "--vehicles", "500",
        "--sources", "9", "--bin", "7", "--time-limit", "5", "--peer-bins", "60", "--json",
        "--peers", "nearest exit", "capacity constrained", "time-expanded max flow",
        "--peer-limit", "1e-9",
    ]  # fmt: skip
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)["peers"]
    names = ["nearest exit", "capacity constrained, 60 s", "time-expanded max flow, 60 s"]
    assert [peer["peer"] for peer in found] == names
    assert found[1]["note"] == "0 routes, 500 vehicles left when time ran out"
    assert found[2]["note"] == "time ran out"


@pytest.mark.slow
def test_a_network_without_a_way_out_is_refused(tmp_path):
    text = ["<NUMBER OF NODES> 2", "<FIRST THRU NODE> 1", "<NUMBER OF LINKS> 1", "1 2 0 1 1 ;"]
    path = tmp_path / "shut_net.tntp"
    path.write_text("\n".join(text), encoding="utf-8")
    command = [sys.executable, str(ROOT / "benchmarks" / "evacuation.py"), "--network", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert "shut_net.tntp: no instance can be drawn" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_network_that_is_none_is_refused(tmp_path):
    path = tmp_path / "empty_net.tntp"
    path.write_text("", encoding="utf-8")
    command = [sys.executable, str(ROOT / "benchmarks" / "evacuation.py"), "--network", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert "empty_net.tntp" in done.stderr
    assert "Traceback" not in done.stderr

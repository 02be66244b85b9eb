"""`safepassage simulate` as a person starts it."""

from __future__ import annotations

import json

import pytest

from safepassage.casework import simulator
from safepassage.casework.simulator import SimulatorError
from safepassage.cli import main
from safepassage.cli.run import NOT_VERIFIED
from safepassage.formats.containers import canonical_json
from tests.support.folders import write_case


@pytest.fixture
def plan(tmp_path, capsys):
    assert main(["plan", str(write_case(tmp_path / "case")), "-o", str(tmp_path / "out")]) in {0, 3}
    capsys.readouterr()
    return tmp_path / "out"


def test_a_plan_that_does_not_hold_is_not_simulated(plan, capsys):
    path = plan / "RESTRICTED" / "RESTRICTED-plan.json"
    document = json.loads(path.read_text("utf-8"))
    document["directions"][0]["clearance_s"] -= 1
    path.write_bytes(canonical_json.encode(document))
    assert main(["simulate", str(plan)]) == NOT_VERIFIED
    assert "does not pass its verification" in capsys.readouterr().err


def test_without_the_simulator_one_sentence_says_how_to_get_it(plan, capsys, monkeypatch):
    def absent(name):
        raise SimulatorError("The simulator SUMO is not installed: install the extra.")

    monkeypatch.setattr(simulator, "program", absent)
    assert main(["simulate", str(plan)]) == 2
    assert "not installed" in capsys.readouterr().err


@pytest.mark.slow
def test_planned_against_simulated_is_printed_and_written(plan, capsys):
    try:
        simulator.program("sumo")
    except SimulatorError as fault:
        pytest.skip(str(fault))
    assert main(["simulate", str(plan), "--least"]) == 0
    out = capsys.readouterr().out
    assert "West: 40 of 40 arrive" in out
    assert "of the planned capacities (tried in steps of 5 %)" in out
    found = json.loads((plan / "RESTRICTED" / "RESTRICTED-simulation.json").read_text("utf-8"))
    assert [row["spread_permille"] for row in found["runs"]] == [0, 100]
    assert found["runs"][0]["arrivals"][-1][2:] == found["runs"][0]["arrivals"][-1][2:3] * 2
    driven = json.loads((plan / "RESTRICTED" / "RESTRICTED-driven.json").read_text("utf-8"))
    planned = json.loads((plan / "RESTRICTED" / "RESTRICTED-plan.json").read_text("utf-8"))
    record = plan / "RESTRICTED" / "RESTRICTED-driven.json"
    assert main(["simulate", str(plan), "--driven", str(record)]) == 0
    assert "What happened, recorded by SUMO" in capsys.readouterr().out
    page = (plan / "RESTRICTED" / "RESTRICTED-happened.html").read_text("utf-8")
    assert "arrivals as planned (grey) and as recorded" in page
    case = str(plan.parent / "case")
    assert main(["simulate", str(plan), "--derate", case, "--spread", "0"]) == 0
    assert "road_capacity_factor = 1 is the greatest" in capsys.readouterr().out
    legs = {leg["id"] for chain in planned["vehicles"] for leg in chain["legs"]}
    assert legs & {row["movement"] for row in driven["movements"]}

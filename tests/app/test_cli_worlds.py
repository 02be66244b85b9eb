"""`safepassage worlds` as a person starts it: the same bytes whoever does the work."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path

import pytest

from safepassage.casework import simulator
from safepassage.casework.many_workers import Crew
from safepassage.casework.simulator import SimulatorError
from safepassage.cli import main
from safepassage.cli.run import NOT_VERIFIED
from safepassage.formats.containers import canonical_json
from tests.support.folders import write_case


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    assert main(["plan", str(write_case(folder / "case")), "-o", str(folder / "out")]) in {0, 3}
    return folder / "out"


@pytest.fixture
def plan(made, tmp_path, capsys):
    """A plan of its own for each test."""
    capsys.readouterr()
    return shutil.copytree(made, tmp_path / "out")


def test_shares_of_worlds_are_printed_and_written(plan, capsys):
    assert main(["worlds", str(plan), "--worlds", "70"]) == 0
    out = capsys.readouterr().out
    assert "70 worlds that keep to the reports" in out
    assert "all who come are out in" in out
    found = json.loads((plan / "RESTRICTED" / "RESTRICTED-worlds.json").read_text("utf-8"))
    assert found["worlds"] == 70
    assert oct((plan / "RESTRICTED" / "RESTRICTED-worlds.json").stat().st_mode & 0o777) == "0o600"


def test_the_page_says_the_same_and_loads_nothing(plan):
    assert main(["worlds", str(plan), "--worlds", "70"]) == 0
    page = (plan / "RESTRICTED" / "RESTRICTED-worlds.html").read_text("utf-8")
    found = json.loads((plan / "RESTRICTED" / "RESTRICTED-worlds.json").read_text("utf-8"))
    for row in found["directions"]:
        assert f"all who come are out in {row['all_out'] / 70:.1%} of worlds" in page
    drawn = [row["planned"] > 0 for row in found["directions"]] + [
        bool(row["by"]) for row in found["directions"]
    ]
    assert page.count("<svg") == sum(drawn)
    assert "http:" not in page
    assert "<script" not in page


@pytest.mark.slow
def test_one_command_says_shares_doubts_and_what_the_simulator_says(plan, capsys):
    try:
        simulator.program("sumo")
    except SimulatorError as fault:
        pytest.skip(str(fault))
    assert main(["worlds", str(plan), "--worlds", "70", "--simulate"]) == 0
    out = capsys.readouterr().out
    assert "all who come are out in" in out
    assert "SUMO" in out
    page = (plan / "RESTRICTED" / "RESTRICTED-worlds.html").read_text("utf-8")
    assert "arrivals as planned (grey) and in the simulator" in page


@pytest.mark.slow
def test_plans_that_hedge_are_printed_and_the_chosen_one_is_written(tmp_path, capsys):
    case = write_case(tmp_path / "case")
    out = tmp_path / "hedged"
    assert main(["plan", str(case), "-o", str(out), "--under-worlds", "8", "--care", "tail"]) in {0, 3}
    printed = capsys.readouterr().out
    assert "judged in 32 fresh ones" in printed
    found = json.loads((out / "RESTRICTED" / "RESTRICTED-hedge.json").read_text("utf-8"))
    assert found["care"] == "tail"
    assert found["rows"][0]["gain"] == 0
    assert main(["verify", str(out)]) == 0


def test_hedging_goes_on_from_nothing(tmp_path, capsys):
    case = write_case(tmp_path / "case")
    options = ["-o", str(tmp_path / "out"), "--under-worlds", "8", "--frontier", "2"]
    assert main(["plan", str(case), *options]) == 2
    assert "leave out --frontier" in capsys.readouterr().err


def test_a_plan_that_does_not_hold_is_not_run(plan, capsys):
    path = plan / "RESTRICTED" / "RESTRICTED-plan.json"
    document = json.loads(path.read_text("utf-8"))
    document["directions"][0]["clearance_s"] -= 1
    path.write_bytes(canonical_json.encode(document))
    assert main(["worlds", str(plan), "--worlds", "5"]) == NOT_VERIFIED
    assert "does not pass its verification" in capsys.readouterr().err


def test_a_cluster_that_is_none_is_one_sentence(plan, capsys):
    pytest.importorskip("distributed")
    assert main(["worlds", str(plan), "--worlds", "5", "--cluster", "local:none"]) == 2
    assert "local:2" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("how", [["--workers", "2"], ["--workers", "4"], ["--cluster", "local:2"]])
def test_the_bytes_are_the_same_whoever_works(plan, tmp_path, how):
    if "--cluster" in how:
        pytest.importorskip("distributed")
    for name, more in (("one", []), ("many", how)):
        assert main(["worlds", str(plan), "--worlds", "200", "-o", str(tmp_path / name), *more]) == 0
    one, many = ((tmp_path / name / "RESTRICTED-worlds.json").read_bytes() for name in ("one", "many"))
    assert one == many


def dying(shared: str, bounds: tuple[int, int]) -> int:
    """Kill the process that is asked first, once; then count."""
    flag = Path(shared)
    if bounds[0] == 4 and not flag.exists():
        flag.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return sum(range(*bounds))


@pytest.mark.slow
def test_a_worker_killed_on_the_way_loses_nothing(tmp_path):
    slices = [(k, k + 2) for k in range(0, 12, 2)]
    found = list(Crew(workers=2).each(dying, str(tmp_path / "flag"), slices))
    assert (tmp_path / "flag").exists()
    assert found == [sum(range(*bounds)) for bounds in slices]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("beside", "how"),
    [(["--frontier", "3"], ["--cluster", "local:2"]), (["--under-worlds", "8"], ["--workers", "2"])],
)
def test_plans_side_by_side_are_the_same_whoever_makes_them(tmp_path, beside, how, capsys):
    if "--cluster" in how:
        pytest.importorskip("distributed")
    case, written = write_case(tmp_path / "case"), []
    for name, more in (("one", []), ("many", how)):
        out = tmp_path / name
        assert main(["plan", str(case), "-o", str(out), *beside, *more]) in {0, 3}, capsys.readouterr()
        document = {"--frontier": "frontier", "--under-worlds": "hedge"}[beside[0]]
        folder = out / "RESTRICTED"
        written.append([(folder / f"RESTRICTED-{file}.json").read_bytes() for file in ("plan", document)])
    assert written[0] == written[1]


@pytest.mark.parametrize(
    ("options", "word"), [([], "add --frontier"), (["--frontier", "2", "--time-limit", "9"], "--work-limit")]
)
def test_workers_are_refused_where_they_share_out_nothing_or_a_clock_decides(tmp_path, capsys, options, word):
    case = write_case(tmp_path / "case")
    assert main(["plan", str(case), "-o", str(tmp_path / "out"), "--workers", "2", *options]) == 2
    assert word in capsys.readouterr().err


@pytest.mark.slow
def test_the_report_says_what_comes_of_the_plan_in_worlds(tmp_path, capsys):
    case, out = write_case(tmp_path / "case"), tmp_path / "out"
    assert main(["plan", str(case), "-o", str(out), "--worlds", "20"]) in {0, 3}
    assert "20 worlds that keep to the reports" in capsys.readouterr().out
    folder = out / "RESTRICTED"
    found = json.loads((folder / "RESTRICTED-worlds.json").read_text("utf-8"))
    report = (folder / "RESTRICTED-report.html").read_text("utf-8")
    for row in found["directions"]:
        assert f"all who come are out in {row['all_out'] / 20:.1%} of worlds" in report
    listed = json.loads((folder / "RESTRICTED-files.json").read_text("utf-8"))["files"]
    assert "RESTRICTED/RESTRICTED-worlds.json" in listed
    asked = ["worlds", str(out), "--worlds", "20", "-o", str(tmp_path / "later")]
    assert main(asked) == 0
    later = (tmp_path / "later" / "RESTRICTED-worlds.json").read_bytes()
    assert later == (folder / "RESTRICTED-worlds.json").read_bytes()

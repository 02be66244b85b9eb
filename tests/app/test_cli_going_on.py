"""`safepassage plan --previous`: news at the duty desk, from the shell to the files."""

from __future__ import annotations

import json
from pathlib import Path
from shutil import copytree

import pytest

from safepassage.cli import main
from safepassage_verify import verify_files
from tests.support.folders import TABLES, write_case

LOOP = {
    "nodes": "id,lat,lon\na,50.0,35.0\nb,50.01,35.0\nc,50.01,35.02\nd,50.0,35.02\n",
    "links": (
        "id,from,to,class,length_m,ref\nl1,a,b,primary,1500,H7\nl2,b,c,primary,2000,H7\n"
        "l3,a,d,secondary,4000,T9\nl4,d,c,secondary,4000,T9\n"
    ),
    "fleet": "id,count,seats,base\nbus,2,20,home\n",
    "demand": TABLES["demand"] + "home,east,own_vehicle,6,tally\n",
}
"""Two ways from home to the camp."""


@pytest.fixture(scope="module")
def announced(tmp_path_factory):
    """Return a folder with the case and its first plan, made once; tests go on from a copy."""
    folder = tmp_path_factory.mktemp("announced")
    assert main(["plan", str(write_case(folder / "case", **LOOP)), "-o", str(folder / "first")]) == 0
    return folder


@pytest.fixture
def case(tmp_path, announced):
    return Path(copytree(announced / "case", tmp_path / "case"))


@pytest.fixture
def first(tmp_path, announced):
    return Path(copytree(announced / "first", tmp_path / "first"))


@pytest.fixture
def go_on(tmp_path, case, first, capsys):
    """Go on from the first plan with news; return (exit code, what was printed, the folder)."""

    def run(*news, at="06:05"):
        second = tmp_path / "second"
        capsys.readouterr()
        code = main(["plan", str(case), "-o", str(second), "--previous", str(first), "--at", at, *news])
        printed = capsys.readouterr()
        return code, printed.out + printed.err, second

    return run


def written(folder, name):
    return json.loads((folder / "RESTRICTED" / f"RESTRICTED-{name}.json").read_bytes())


def test_without_news_nobody_is_told(go_on):
    code, text, folder = go_on()
    assert code == 0
    assert "Nobody must be told anew" in text
    assert written(folder, "changes")["movements"] == []


def test_a_closed_road(go_on, tmp_path):
    code, text, folder = go_on("--close", "ref:H7", at="06:00")
    assert code == 0
    assert "must be told anew" in text
    changes, plan = written(folder, "changes"), written(folder, "plan")
    assert {"withdrawn", "new"} <= {row["change"] for row in changes["movements"]}
    used = {arc for stream in plan["cars"] for arc in plan["routes"][stream["route"]]["arcs"]}
    labels = written(folder, "inputs")["network"]["arcs"]["label"]
    assert {labels[arc] for arc in used} == {"T9"}
    assert "What has changed" in (folder / "RESTRICTED" / "RESTRICTED-report.html").read_text("utf-8")


def test_the_new_plan_is_verified_with_its_past(go_on):
    _, _, folder = go_on("--close", "ref:H7")
    assert verify_files(folder).verified
    assert written(folder, "inputs")["history"]["now_s"] == 300


def test_a_changed_past_is_refused(go_on):
    _, _, folder = go_on("--close", "ref:H7")
    path = folder / "RESTRICTED" / "RESTRICTED-plan.json"
    plan = json.loads(path.read_bytes())
    stream = next(s for s in plan["cars"] if s["departures"] and s["departures"][0][0] < 300)
    stream["departures"][0][0] += 1
    path.write_bytes(json.dumps(plan, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())
    assert "HISTORY" in verify_files(folder).counts


def test_a_bus_is_lost(go_on):
    code, _, folder = go_on("--lost", "bus-001", at="06:00")
    assert code == 0
    moved = {v["id"] for v in written(folder, "plan")["vehicles"] if v["legs"]}
    assert moved == {"bus-002"}


def test_a_group_is_larger_than_reported(go_on):
    code, text, folder = go_on("--count", "home:needs_transport:west=15")
    assert code == 0
    assert "West: 45 of 45 persons" in text
    row = next(r for r in written(folder, "changes")["directions"] if r["direction"] == "west")
    assert row["served"] == [40, 45]


def test_a_silent_party(tmp_path, capsys):
    case = write_case(
        tmp_path / "quiet", **LOOP,
        arrangements=(
            "id,kind,status,name,daily_hours,roads\npause,pause,in_force,Pause,06:00-09:00,ref:H7\n"
        ),
    )  # fmt: skip
    first, second = tmp_path / "a", tmp_path / "b"
    assert main(["plan", str(case), "-o", str(first)]) == 0
    news = ["--previous", str(first), "--at", "06:00", "--no-answer", "pause"]
    assert main(["plan", str(case), "-o", str(second), *news]) == 0
    text = capsys.readouterr().out
    assert "must be told anew" in text
    assert any("no answer" in m["text"] for m in written(second, "plan")["modifications"])


def test_the_next_event_goes_on_from_the_new_plan(go_on, tmp_path, case, capsys):
    _, _, second = go_on("--close", "link:l2")
    third = tmp_path / "third"
    options = ["--previous", str(second), "--at", "06:20", "--lost", "bus-002"]
    main(["plan", str(case), "-o", str(third), *options])
    assert verify_files(third).verified
    assert written(third, "changes")["earlier_sha256"] == written(second, "changes")["plan_sha256"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--close", "ref:H7"], "there is no earlier plan"),
        (["--previous", "{first}"], "--at"),
        (["--previous", "{first}", "--at", "soon"], "--at"),
        (["--previous", "{first}", "--at", "23:00"], "outside the hours"),
        (
            ["--previous", "{first}", "--at", "06:10", "--lost", "bus-9"],
            "--lost: the case has no bus-9; it has bus-00",
        ),
        (["--previous", "{first}", "--at", "06:10", "--no-answer", "x"], "the case has no x"),
        (["--previous", "{first}", "--at", "06:10", "--window", "pause"], "ID=HOURS"),
        (["--previous", "{first}", "--at", "06:10", "--window", "cmp=06:00-07:00"], "it has camp"),
        (["--previous", "{first}", "--at", "06:10", "--count", "home=3"], "PLACE:GROUP:DIRECTION=PERSONS"),
        (
            ["--previous", "{first}", "--at", "06:30", "--count", "home:own_vehicle:west=1"],
            "have already left",
        ),
        (["--previous", "{none}", "--at", "06:10"], "there is no such folder; name the folder"),
    ],
)
def test_what_cannot_be_understood_is_said_in_one_sentence(tmp_path, case, first, capsys, options, said):
    capsys.readouterr()
    typed = [part.format(first=first, none=tmp_path / "none") for part in options]
    assert main(["plan", str(case), "-o", str(tmp_path / "out"), *typed]) == 2
    printed = capsys.readouterr()
    assert said in printed.err
    assert not (tmp_path / "out").exists()


def test_another_case_is_not_gone_on_from(tmp_path, first, capsys):
    other = write_case(tmp_path / "other", **(LOOP | {"nodes": LOOP["nodes"] + "e,50.2,35.2\n"}))
    options = ["--previous", str(first), "--at", "06:10"]
    assert main(["plan", str(other), "-o", str(tmp_path / "out"), *options]) == 2
    assert "other roads" in capsys.readouterr().err

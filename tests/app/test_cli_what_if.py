"""`safepassage what-if`, started as a person starts it."""

from __future__ import annotations

import json

import pytest

from safepassage.cli import main
from tests.support.folders import write_case


@pytest.fixture
def run(capsys):
    def command(*arguments):
        code = main(["what-if", *(str(a) for a in arguments)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


@pytest.fixture
def case(tmp_path):
    return write_case(tmp_path / "case")


@pytest.mark.slow
def test_it_weighs_losses_and_the_plan_without_forks(run, case, tmp_path):
    code, out, _ = run(case, "-o", tmp_path / "out")
    assert code == 0
    for words in ("If a road is lost", "Without forks", "Nobody is compelled", "verified independently"):
        assert words in out
    page = (tmp_path / "out" / "RESTRICTED" / "RESTRICTED-one-sheet.html").read_text("utf-8")
    assert "Leave between" in page
    assert "<script" not in page


@pytest.mark.slow
def test_the_plan_without_forks_is_verified_again_from_disk(run, case, tmp_path, capsys):
    run(case, "--convergent", "-o", tmp_path / "out")
    assert main(["verify", str(tmp_path / "out")]) == 0


@pytest.mark.slow
def test_json_holds_what_was_asked_and_no_more(run, case):
    code, out, _ = run(case, "--losses", "--json")
    data = json.loads(out)
    assert code == 0
    assert "convergent" not in data
    assert data["losses"]["singles"][0]["outcomes"][0]["unserved_bound"] >= 0
    assert data["plans"] >= 2


def test_a_road_without_a_lane_to_borrow_is_one_message(run, case):
    code, _, err = run(case, "--contraflow", "R999")
    assert code == 2
    assert "no lane to borrow" in err


def test_a_borrowed_lane_says_what_it_takes_and_what_no_plan_with_it_betters(run, case, tmp_path):
    """More people drive l1 to the west; the lane that is taken leads to their village."""
    code, out, _ = run(case, "--contraflow", "l1", "-o", tmp_path / "out")
    assert code == 0
    for words in (
        "With both lanes of l1 driven outwards on 1.5 km",
        "any plan with the lane: at most 40 served",
        "taken: the aid lane",
        "ways in that are cut off: 1, of these Camp → Home",
        "2 plans made and verified independently",
    ):
        assert words in out
    written = tmp_path / "out" / "RESTRICTED" / "RESTRICTED-what-if.json"
    assert str(written) in out
    lane = json.loads(written.read_text("utf-8"))["contraflow"]
    assert [row["name"] for row in lane["lanes"]] == ["l1"]
    assert any(way["after_s"] == -1 for way in lane["aid"])

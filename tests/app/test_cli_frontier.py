"""`safepassage plan --frontier`, started as a person starts it."""

from __future__ import annotations

import json

import pytest

from safepassage.cli import main
from tests.support.audits import overrule
from tests.support.folders import write_case


@pytest.fixture
def run(capsys):
    def command(*arguments):
        code = main(["plan", *(str(a) for a in arguments)])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


@pytest.fixture
def case(tmp_path):
    return write_case(tmp_path / "case")


@pytest.mark.slow
def test_plans_side_by_side_are_printed_written_and_shown(run, case, tmp_path):
    code, out, _ = run(case, "-o", tmp_path / "out", "--frontier", "2")
    assert code in {0, 3}
    assert "every plan was verified" in out
    folder = tmp_path / "out" / "RESTRICTED"
    found = json.loads((folder / "RESTRICTED-frontier.json").read_text("utf-8"))
    assert [p["number"] for p in found["points"]] == list(range(1, len(found["points"]) + 1))
    assert "Plans side by side" in (folder / "RESTRICTED-report.html").read_text("utf-8")
    overrule(tmp_path / "out", case)
    assert "frontier" not in (tmp_path / "out" / "PUBLIC" / "PUBLIC-notice.html").read_text("utf-8").lower()
    assert main(["verify", str(tmp_path / "out")]) == 0


def test_a_pick_beyond_the_last_is_one_sentence(run, case, tmp_path):
    code, _, err = run(case, "-o", tmp_path / "out", "--frontier", "1", "--pick", "9")
    assert code == 2
    assert "There is no plan 9 to pick" in err
    assert not (tmp_path / "out").exists()


def test_a_pick_needs_a_frontier(run, case, tmp_path):
    code, _, err = run(case, "-o", tmp_path / "out", "--pick", "1")
    assert code == 2
    assert "--pick" in err


@pytest.mark.slow
def test_objectives_choose_the_plan_that_is_written(run, case, tmp_path):
    code, out, _ = run(case, "-o", tmp_path / "out", "--frontier", "2", "--by", "exposure, arrivals")
    assert code in {0, 3}
    assert "chosen by exposure, then arrivals" in out
    found = json.loads((tmp_path / "out" / "RESTRICTED" / "RESTRICTED-frontier.json").read_text("utf-8"))
    least = min(p["expected_person_ppm_s"] for p in found["points"])
    picked = found["points"][found["picked"] - 1]
    assert picked["expected_person_ppm_s"] * 100 <= least * 101


def test_a_number_and_objectives_together_are_refused(run, case, tmp_path):
    code, _, err = run(case, "-o", tmp_path / "out", "--frontier", "2", "--pick", "1", "--by", "arrivals")
    assert code == 2
    assert "leave out one of them" in err

"""`safepassage site`: where to stand in the template, and what is refused."""

from __future__ import annotations

import json

import pytest

from safepassage.cli import main

# Loops that the planning of a case does not use take tens of seconds to compile once.
pytestmark = pytest.mark.slow


@pytest.fixture
def site(tmp_path, capsys):
    case = tmp_path / "case"
    assert main(["init", str(case), "--json"]) == 0
    capsys.readouterr()

    def run(*arguments):
        code = main(["site", str(case), *arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_one_more_site_never_leaves_more_people_out(site):
    code, found = site("--count", "1", "--to", "3", "--walk-limit-m", "3000")
    assert code == 0
    left = [plan["persons_left_out"] for plan in found["plans"]]
    assert left == sorted(left, reverse=True)
    assert all(plan["proved"] and plan["value"] == plan["persons_left_out"] for plan in found["plans"])
    assert left[-1] == 0


def test_a_site_that_stands_is_kept(site):
    code, found = site("--count", "2", "--existing", "oak-hall", "--aim", "median")
    assert code == 0
    assert "oak-hall" in found["plans"][0]["sites"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--count", "99"), "99 sites cannot be chosen"),
        (("--at", "vilage"), "no kind of place vilage"),
        (("--existing", "oak-hal"), "no place oak-hal"),
    ],
)
def test_what_cannot_be_done_is_said(site, arguments, said):
    code, found = site(*arguments)
    assert code == 2
    assert said in found["error"]


def test_a_place_with_military_use_near_is_no_point_and_unanswered_ones_are_asked(tmp_path, capsys):
    case = tmp_path / "case"
    assert main(["init", str(case), "--json"]) == 0
    table = case / "safeguards.csv"
    lines = table.read_text("utf-8").splitlines()
    header = next(line for line in lines if line.startswith("id,")).split(",")
    for name, answer in {"alder": "yes", "birch": "no"}.items():
        cells = {"id": f"near-{name}", "kind": "military_use", "answer": answer, "place": name}
        lines.append(",".join(cells.get(column, "") for column in header))
    table.write_text("\n".join(lines) + "\n", "utf-8")
    capsys.readouterr()
    assert main(["site", str(case), "--count", "2", "--existing", "alder", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    sites = found["plans"][0]["sites"]
    assert found["military_use"]["yes"] == ["alder"]
    assert found["military_use"]["open"] == [name for name in sites if name not in {"alder", "birch"}]
    assert main(["site", str(case), "--count", "1"]) == 0
    text = capsys.readouterr().out
    assert "Not looked at, for the lead says that military use is near: Alder." in text
    assert "Alder: " not in text

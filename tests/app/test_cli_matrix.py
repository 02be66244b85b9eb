"""`safepassage matrix`, and the sites that `needs` and `site` draw from the same case."""

from __future__ import annotations

import csv
import io
import json

import pytest

from safepassage.cli import main


@pytest.fixture
def case(tmp_path, capsys):
    folder = tmp_path / "case"
    assert main(["init", str(folder), "--json"]) == 0
    capsys.readouterr()
    return folder


def test_a_table_has_a_row_for_every_pair(case, tmp_path, capsys):
    out = tmp_path / "times.csv"
    assert main(["matrix", str(case), "--to", "settlement", "-o", str(out), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8-sig"))))
    assert len(rows) == len(found["from"]) * len(found["to"])
    assert all(row["minutes"] == "0.0" for row in rows if row["from"] == row["to"])


def test_words_that_name_nothing_are_said(case, capsys):
    assert main(["matrix", str(case), "--to", "nowhere", "--json"]) == 2
    assert "no place or kind nowhere" in json.loads(capsys.readouterr().out)["error"]


def test_needs_name_what_limits_a_reception_site(case, capsys):
    text = (case / "safeguards.csv").read_text("utf-8")
    site = next(
        line.split(",")[0] for line in (case / "places.csv").read_text("utf-8").splitlines()
        if ",reception_site," in line
    )  # fmt: skip
    lines = [line for line in text.splitlines() if not line.startswith(('"#', "#"))]
    known = {"id": "w-1", "kind": "water_l_day", "number": "2400", "place": site, "source": "district office"}
    row = [known.get(column, "") for column in lines[0].split(",")]
    (case / "safeguards.csv").write_text(text + ",".join(row) + "\n", "utf-8")
    assert main(["needs", str(case)]) == 0
    assert "limited by water: 160 persons" in capsys.readouterr().out


@pytest.mark.slow
def test_sites_are_drawn_with_their_catchments(case, tmp_path, capsys):
    out = tmp_path / "sites"
    arguments = ["site", str(case), "--for", "distribution", "--count", "2", "--room", "100"]
    assert main([*arguments, "-o", str(out), "--json"]) == 0
    plan = json.loads(capsys.readouterr().out)["plans"][0]
    drawn = json.loads((out / "RESTRICTED-sites.geojson").read_text("utf-8"))
    kinds = [feature["properties"]["kind"] for feature in drawn["features"]]
    assert kinds.count("site") == kinds.count("catchment") == 2
    assert kinds.count("walk") == len(plan["catchments"])
    assert all(f["properties"]["persons"] <= 100 for f in drawn["features"] if "full" in f["properties"])
    page = (out / "RESTRICTED-sites.html").read_text("utf-8")
    assert "What does the next point buy?" in page
    assert "assumption of this project" not in page
    assert page.count('class="stand') == 2

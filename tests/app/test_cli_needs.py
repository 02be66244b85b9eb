"""`safepassage needs`: from a case, and from a case and its plan, to what is needed where."""

from __future__ import annotations

import csv
import io
import json

import pytest
from openpyxl import load_workbook

from safepassage.cli import main
from safepassage.domain.counts import people


@pytest.fixture
def template(tmp_path):
    case = tmp_path / "case"
    assert main(["init", str(case), "--json"]) == 0
    return case


def needs(capsys, *arguments):
    capsys.readouterr()
    code = main(["needs", *map(str, arguments), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_needs_of_the_template(template, tmp_path, capsys):
    table = tmp_path / "needs.csv"
    code, found = needs(capsys, template, "--days", "3", "-o", table)
    assert code == 0
    alder = next(row for row in found["places"] if row["place"] == "alder")
    assert alder["needs"]["drinking_water"] == [3 * persons for persons in alder["persons"]]
    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8-sig"))))
    assert {row["day"] for row in rows if row["commodity"] == "drinking_water"} == {"1", "2", "3"}
    total = sum(float(row["quantity"]) for row in rows if row["commodity"] == "drinking_water")
    water = next(row for row in found["cover"] if row["commodity"] == "drinking_water")
    assert total * 1_000 == water["need_milli"]
    assert {(row["class"], row["exercise"]) for row in rows} == {("RESTRICTED", "EXERCISE")}
    beside = (tmp_path / "needs-dictionary.csv").read_text(encoding="utf-8-sig")
    assert [row["column"] for row in csv.DictReader(io.StringIO(beside))] == list(rows[0])


def test_needs_as_a_workbook_carry_the_codes_of_the_case(template, tmp_path, capsys):
    places = template / "places.csv"
    lines = list(csv.reader(io.StringIO(places.read_text("utf-8"))))
    at = next(k for k, row in enumerate(lines) if row[0] == "id")
    for row in lines[at + 1 :]:
        if row[0] == "alder":
            row[lines[at].index("pcode")] = "UA5908"
    with places.open("w", newline="") as out:
        csv.writer(out).writerows(lines)
    table = tmp_path / "needs.xlsx"
    assert needs(capsys, template, "--days", "2", "-o", table)[0] == 0
    book = load_workbook(table)
    assert book.sheetnames == ["Dictionary", "needs"]
    header, *rows = [[cell.value for cell in row] for row in book["needs"].iter_rows()]
    codes = {row[0]: row[header.index("pcode")] for row in rows}
    assert codes.pop("alder") == "UA5908"
    assert set(codes.values()) == {None}


@pytest.mark.slow
def test_a_plan_moves_needs_to_the_sites(template, tmp_path, capsys):
    out = tmp_path / "out"
    main(["plan", str(template), "-o", str(out), "--json"])
    code, found = needs(capsys, template, "--plan", out, "--days", "2")
    assert code == 0
    arrived = {row["place"]: row["persons"] for row in found["places"] if row["setting"] == "site"}
    assert arrived
    assert all(persons[0] <= persons[1] for persons in arrived.values())
    at_home = next(row for row in found["places"] if row["place"] == "alder")["persons"]
    assert at_home[1] < at_home[0]


@pytest.mark.slow
def test_a_changed_plan_is_not_counted(template, tmp_path, capsys):
    out = tmp_path / "out"
    main(["plan", str(template), "-o", str(out), "--json"])
    (plan,) = out.rglob("RESTRICTED-plan.json")
    plan.write_text(plan.read_text().replace('"persons":', '"persons":1', 1))
    code, found = needs(capsys, template, "--plan", out)
    assert code == 4
    assert "verification" in found["error"]


@pytest.mark.parametrize(("count", "said"), [(0, "0 persons"), (1, "1 person"), (1_200, "1,200 persons")])
def test_one_is_a_person(count, said):
    assert people(count) == said


def test_groups_are_said_with_whose_word_it_is_and_nobody_is_lost(template, capsys):
    capsys.readouterr()
    assert main(["needs", str(template), "--days", "1"]) == 0
    said = capsys.readouterr().out
    assert "infants assessed as not breastfed: 3, as stated; infant_formula" in said
    code, found = needs(capsys, template, "--days", "1")
    assert code == 0
    for place in found["places"]:
        assert [sum(day.values()) for day in place["groups"]] == place["persons"]
    (home,) = [place["groups"] for place in found["places"] if place["place"] == "birch-home"]
    assert home == [{"infants": 0, "young_children": 0, "women_girls": 0, "older": 22, "others": 0}]
    shares = {(row["place"], row["group"]): row for row in found["groups"]}
    assert shares["", "infants"]["assumption"]
    assert not shares["", "young_children"]["assumption"]
    assert shares["cedar", "infants_not_breastfed"]["persons"] == 3
    assert all(row["source"] for row in shares.values() if row["place"] != "birch-home")


def test_the_table_of_needs_says_whom_goods_are_for(template, tmp_path, capsys):
    table = tmp_path / "needs.csv"
    assert needs(capsys, template, "--days", "1", "-o", table)[0] == 0
    rows = list(csv.DictReader(io.StringIO(table.read_text(encoding="utf-8-sig"))))
    by_good = {row["commodity"]: row for row in rows if row["place"] == "cedar"}
    assert by_good["drinking_water"]["for_group"] == "everybody"
    assert by_good["infant_formula"]["for_group"] == "infants assessed as not breastfed"
    assert (by_good["infant_formula"]["persons"], by_good["infant_formula"]["quantity"]) == ("3", "0.45")
    assert not [row for row in rows if row["place"] != "cedar" and row["commodity"] == "infant_formula"]

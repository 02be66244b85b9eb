"""A ledger in the store: a text goes into its queue, a person accepts, and a plan rests on it."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("spacy")

from safepassage.cli import main
from safepassage.cli.claims import claims_store, ledger_file
from safepassage.cli.log import store_file
from tests.app.test_cli_plan_with_claims import closing_ledger, plan_bytes, planned
from tests.support.folders import write_case

WHO = ("--by", "lead", "--why", "drill")
TEXT = "The mayor said the road to the mill is closed. Drivers said the road to the mill is open."


@pytest.fixture
def store(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(store_file.KEY_FILE, str(tmp_path / "k"))
    file = tmp_path / "a.store"
    init = ["store", "init", str(file), "--org", "red", "--key-file", str(tmp_path / "k"), "--make-key-file"]
    assert main([*init, *WHO]) == 0
    capsys.readouterr()
    return file


def answer(capsys, *arguments):
    code = main([*map(str, arguments), "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_a_text_goes_into_the_queue_of_a_store_once(store, tmp_path, capsys):
    text = tmp_path / "news.txt"
    text.write_text(TEXT, "utf-8")
    places = tmp_path / "places.csv"
    places.write_text("name,lat,lon,kind,alternates\nLysk,50,30,,\n", "utf-8")
    extract = ("claims", "extract", text, "--date", "2030-05-14", "--gazetteer", places)
    extract = (*extract, "--into", store, "--store")
    code, first = answer(capsys, *extract)
    assert code == 0
    assert first["entries"] > 2
    assert answer(capsys, *extract)[1]["entries"] == 0
    _, found = answer(capsys, "claims", "conflicts", store, "--store")
    assert len(found["conflicts"]) == 1
    assert answer(capsys, "log", "verify", store)[0] == 0


def test_a_store_is_not_taken_for_a_file_of_lines_nor_written_to_as_one(store, tmp_path, capsys):
    before, rows = store.read_bytes(), tmp_path / "rows.csv"
    rows.write_text("event,words,date\nshelling,shells fell near the mill,2030-05-14\n", "utf-8")
    for command in (
        ("claims", "conflicts", store),
        ("claims", "import", rows, "--as", "rows", "--into", store),
    ):
        code, said = answer(capsys, *command)
        assert (code, "if it is a store, say so with --store" in said["error"]) == (2, True)
    assert store.read_bytes() == before


def test_rows_go_into_the_queue_of_a_store_once(store, tmp_path, capsys):
    rows = tmp_path / "rows.csv"
    rows.write_text("event,words,date\nshelling,shells fell near the mill,2030-05-14\n", "utf-8")
    take = ("claims", "import", rows, "--as", "rows", "--into", store, "--store")
    assert answer(capsys, *take)[1]["entries"] == 2
    assert answer(capsys, *take)[1]["entries"] == 0


def test_a_plan_rests_on_the_ledger_of_a_store_as_on_one_in_a_file(store, tmp_path, capsys):
    case = write_case(tmp_path / "case")
    file, closed, _ = closing_ledger(tmp_path, case)
    claims_store.append(store, None, ledger_file.load(file)[0].entries)
    _, document = planned(tmp_path, case, "--claims", store, "--store", output="of-store")
    assert [c["claims"] for c in document["closures"]] == [[closed.id]]
    planned(tmp_path, case, "--claims", file, output="of-file")
    assert plan_bytes(tmp_path, "of-store") == plan_bytes(tmp_path, "of-file")
    capsys.readouterr()

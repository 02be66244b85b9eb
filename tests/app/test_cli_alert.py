"""Public alerts on the command line: issued, changed, taken back, recorded and signed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from safepassage.cli import main
from safepassage.cli.log import store_file
from safepassage.formats.access import cap_check

WHO = ("--by", "liaison", "--why", "drill")
TEXT = """
kind = "road_closure"
from = "2030-03-19T06:00+02:00"
until = "2030-03-19T18:00+02:00"
contact = "hotline 112"
[[area]]
description = "the bridge at Ford"
polygon = [[51.0, 35.0], [51.1, 35.0], [51.1, 35.1]]
[[text]]
language = "en"
headline = "The bridge is closed"
description = "The bridge at Ford is closed to all."
[[text]]
language = "uk"
headline = "Міст закрито"
description = "Міст закрито для всіх."
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAFEPASSAGE_DEBUG", "1")
    monkeypatch.setenv(store_file.KEY_FILE, "k")
    Path("alert.toml").write_text(TEXT, encoding="utf-8")

    def command(*arguments, code=0):
        found = main([*arguments, "--json"])
        said = json.loads(capsys.readouterr().out)
        assert found == code, said
        return said

    command("store", "init", "a.store", "--org", "red", "--key-file", "k", "--make-key-file", *WHO)
    return command


def issue(run, action="issue", *more, at, code=0):
    said = ("--file", "alert.toml") if action != "cancel" else ("--reason", "it is open again")
    return run("alert", action, "a.store", "b1", "--at", at, "-o", "out", *said, *more, *WHO, code=code)


def test_an_alert_is_issued_changed_and_taken_back(run):
    issue(run, "issue", "--status", "Exercise", at="2030-03-18T08:00Z")
    issue(run, "update", at="2030-03-18T09:00Z")
    issue(run, "cancel", at="2030-03-18T10:00Z")
    for number in (1, 2, 3):
        data = Path(f"out/PUBLIC-red.b1.{number}.xml").read_bytes()
        assert cap_check.faults(data) == ()
        assert b"<status>Exercise</status>" in data
        run("log", "check-export", f"out/PUBLIC-red.b1.{number}-export.json")
    assert (
        "red,red.b1.1,2030-03-18T08:00:00-00:00 red,red.b1.2," in Path("out/PUBLIC-red.b1.3.xml").read_text()
    )
    assert "Міст закрито" in Path("out/PUBLIC-red.b1.1.xml").read_text("utf-8")
    assert run("alert", "list", "a.store")["alerts"][0]["stands"] == "Cancel"


def test_what_is_not_there_cannot_be_changed_and_nothing_is_written(run):
    for action in ("update", "cancel"):
        assert "there is no alert b1" in issue(run, action, at="2030-03-18T08:00Z", code=2)["error"]
    issue(run, "issue", "--status", "Test", at="2030-03-18T08:00Z")
    assert (
        "update or cancel" in issue(run, "issue", "--status", "Test", at="2030-03-18T08:01Z", code=2)["error"]
    )
    issue(run, "cancel", at="2030-03-18T09:00Z")
    assert "was cancelled" in issue(run, "update", at="2030-03-18T10:00Z", code=2)["error"]
    assert len(list(Path("out").iterdir())) == 4


@pytest.mark.parametrize(
    "text", ["", "kind = 'evacuate'", TEXT.replace("until", "till"),
             TEXT.replace("[51.1, 35.1]", "[151.1, 35.1]"),
             TEXT.replace("06:00+02:00", "20:00+02:00"),
             TEXT.replace("[[text]]", "[[area]]"), "\x00"]
)  # fmt: skip
def test_what_is_no_alert_is_one_sentence(run, text):
    Path("alert.toml").write_text(text, encoding="utf-8")
    assert "is no alert" in issue(run, "issue", "--status", "Test", at="2030-03-18T08:00Z", code=2)["error"]

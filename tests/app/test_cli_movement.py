"""Movements as an office works with them on the command line: told, answered, followed, proved."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from safepassage.cli import main
from safepassage.cli.log import store_file

WHO = ("--by", "planner", "--why", "drill")
LIAISON = ("--by", "liaison", "--why", "told")
T = "2030-03-17T"
FORM = """
title = "Alder to Birch"
lead = "head of mission"
kind = "{kind}"
start = "2030-03-19T06:00+02:00"
end = "2030-03-19T09:00+02:00"
explosive_hazards = "surveyed_none_found"
origin = {{ name = "Alder", lat = 51.0, lon = 35.0 }}
destination = {{ name = "Birch", lat = 51.2, lon = 35.1 }}
focal_point = {{ function = "duty officer", phone = "+000 1", radio = "HF 5.5" }}
zones = [{{ label = "Here", offset_s = 7200 }}]
persons = [{{ category = "wheelchair", persons = 3 }}, {{ category = "assisted", persons = 40 }}]
alternative_route = "PLANTED by the mill"
route = [
  {{ id = "alder", kind = "start", place = {{ name = "Alder" }}, from = "2030-03-19T06:00+02:00", until = "2030-03-19T06:15+02:00" }},
  {{ id = "ford", kind = "crossing", place = {{ name = "Ford" }}, from = "2030-03-19T07:00+02:00", until = "2030-03-19T07:15+02:00" }},
]
recipients = [
  {{ id = "side-a", name = "Side A", role = "party" }},
  {{ id = "side-b", name = "Side B", role = "party" }},
  {{ id = "icrc", name = "ICRC", role = "impartial" }},
]
terms = {{ who_may_leave = "all who wish", free_choice = "either way or stay", aid_in = "two lorries", dissemination = "by 20:00" }}
"""  # noqa: E501 - a file as a person writes it


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a command in a folder with a store; return its exit code and JSON."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAFEPASSAGE_DEBUG", "1")
    monkeypatch.setenv(store_file.KEY_FILE, "k")

    def command(*arguments):
        code = main([*arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert (
        command("store", "init", "a.store", "--org", "red", "--key-file", "k", "--make-key-file", *WHO)[0]
        == 0
    )
    return command


def do(run, action, *more, at="08:00Z", who=WHO, code=0):
    found, said = run("movement", action, "a.store", "m1", "--at", f"{T}{at}", *more, *who)
    assert found == code, said
    return said


def drafted(run, kind="notified"):
    Path("form.toml").write_text(FORM.format(kind=kind), encoding="utf-8")
    return do(run, "draft", "--file", "form.toml")


def told(run, *names, kind="notified"):
    drafted(run, kind)
    do(run, "check")
    do(run, "submit")
    for name in names:
        do(run, "consent", "--to", name, "--fields", "all", "--given-by", "director")
        do(run, "send", "--to", name, "--channel", "phone", "--person", "officer", who=LIAISON, at="09:00Z")


def by_recipient(said):
    (movement,) = said["movements"]
    return {one["id"]: one for one in movement["recipients"]}


def test_every_form_of_a_copy_is_written_signed_recorded_and_proved(run):
    drafted(run)
    do(run, "check")
    do(run, "submit")
    do(run, "consent", "--to", "side-a", "--fields", "4,7,13,14,19", "--given-by", "director")
    send = ("send", "--to", "side-a", "--channel", "mail", "--id", "s1", "-o", "out")
    do(run, *send, who=LIAISON, at="09:00Z")
    names = {path.name.removeprefix("PARTIES-m1-r1-side-a") for path in Path("out").iterdir()}
    assert names == {".json", ".html", ".pdf", ".docx", ".xlsx", "-export.json"}
    for path in Path("out").iterdir():
        assert b"PLANTED" not in path.read_bytes()
    assert run("log", "check-export", "out/PARTIES-m1-r1-side-a-export.json")[0] == 0
    copy = json.loads(Path("out/PARTIES-m1-r1-side-a.json").read_bytes())
    assert [row["number"] for row in copy["fields"] if row["value"] is not None] == [
        "1",
        "2",
        "3",
        "4",
        "7",
        "13",
        "14",
        "19",
        "28",
        "29",
    ]
    do(run, "acknowledge", "--to", "side-a", "--channel", "mail", "--person", "officer", at="10:00Z")
    code, said = run("movement", "copy", "a.store", "m1", "--sent", "s1")
    assert (code, set(said["files"].values())) == (0, {True})


def test_the_office_sees_who_sees_what(run):
    drafted(run)
    do(run, "consent", "--to", "side-a", "--fields", "14", "--given-by", "director")
    rows = {row["number"]: row for row in run("movement", "who-sees", "a.store", "m1")[1]["fields"]}
    assert len(rows) == 38
    assert (rows["14"]["side-a"], rows["14"]["side-b"], rows["1"]["side-b"]) == ("sees", "no consent", "sees")
    assert (rows["18"]["icrc"], rows["38"]["side-a"], rows["38"]["icrc"]) == ("never", "never", "no consent")


def test_the_same_sending_again_adds_nothing_and_writes_the_same_files(run):
    told(run)
    do(run, "consent", "--to", "icrc", "--fields", "all", "--given-by", "director")
    send = ("movement", "send", "a.store", "m1", "--to", "icrc", "--channel", "mail", "--id", "s1", *LIAISON)
    first, again = run(*send), run(*send)
    assert (again[1]["repeated"], again[1]["seq"]) == (True, first[1]["seq"])
    assert run(*send[:-4], *WHO)[0] == 2


def test_silence_has_an_age_and_a_change_turns_answers_stale(run):
    told(run, "side-a", "side-b")
    do(
        run,
        "acknowledge",
        "--to",
        "side-a",
        "--channel",
        "phone",
        "--person",
        "major",
        "--read-back",
        at="10:00Z",
    )
    _, said = run("movement", "no-reply", "a.store", "--at", f"{T}16:00Z")
    assert [(row["id"], row["waiting_s"], row["ask_again"]) for row in said["silent"]] == [
        ("side-b", 25200, True)
    ]
    do(run, "relay", "--to", "side-a", "--units-told", "yes", "--channel", "mail", "--person", "major",
       at="16:10Z")  # fmt: skip
    Path("later.toml").write_text('return_leg = "by the mill"')
    do(run, "revise", "--file", "later.toml", at="17:00Z")
    _, said = run("movement", "no-reply", "a.store", "--at", f"{T}17:01Z")
    assert (said["silent"], [row["id"] for row in said["not_told"]]) == ([], ["side-a", "side-b", "icrc"])
    code, said = run("movement", "status", "a.store", "m1", "--at", f"{T}18:00Z")
    assert (code, {name: one["reply"] for name, one in by_recipient(said).items()}) == (
        0, {"side-a": "stale", "side-b": "not sent", "icrc": "not sent"},
    )  # fmt: skip
    assert by_recipient(run("movement", "status", "a.store", "m1", "--at", f"{T}16:00Z")[1])["side-a"][
        "reply"
    ] == ("acknowledged")
    code, said = run("movement", "overdue", "a.store", "--at", f"{T}18:00Z")
    assert (code, {row["code"] for row in said["overdue"]}) == (7, {"not-told:side-a", "not-told:side-b"})


def test_a_movement_is_followed_to_its_review_and_the_desk_has_its_sheets(run):
    told(run, "side-a", "side-b")
    do(run, "go", "--lead", "head of mission", code=2)
    do(run, "go", "--lead", "head of mission", "--despite", "both were told three days ago", at="10:00Z")
    radio = ("--channel", "radio", "--person", "red one")

    def on_the_way(action, *more, at):
        said = run("movement", action, "a.store", "m1", "--at", f"2030-03-19T{at}", *more, *WHO)
        assert said[0] == 0, said

    on_the_way("depart", *radio, "--persons", "43", at="04:05Z")
    _, late = run("movement", "overdue", "a.store", "--at", "2030-03-19T05:40Z")
    assert {row["code"] for row in late["overdue"]} >= {"check-in", "point:ford"}
    on_the_way("escalate", "--alarm", "check-in", "--step", "1", "--outcome", "answered on HF", at="05:41Z")
    on_the_way("waypoint", *radio, "--point", "ford", at="05:42Z")
    on_the_way("incident", *radio, "--text", "a flat tyre", at="05:50Z")
    on_the_way("arrive", *radio, "--persons", "43", at="06:30Z")
    on_the_way("close", "--review", "as planned", "--left", "43", "--arrived", "43", at="08:00Z")
    assert run("movement", "status", "a.store")[1]["movements"][0]["stage"] == "closed"
    _, said = run("movement", "desk", "a.store", "m1", "-o", "desk")
    assert said["files"] == [
        "RESTRICTED-m1-log.pdf",
        "RESTRICTED-m1-report.pdf",
        "RESTRICTED-m1-timetable.pdf",
    ]


def test_an_agreed_passage_waits_for_both(run):
    told(run, "side-a", "side-b", kind="agreed")
    agree = ("--channel", "phone", "--person", "major", "--answer", "agreed", "--read-back")
    do(run, "acknowledge", "--to", "side-a", *agree, at="10:00Z")
    said = do(run, "go", "--lead", "head of mission", "--despite", "urgent", code=2, at="11:00Z")
    assert "not every party has agreed" in said["error"]
    do(run, "acknowledge", "--to", "side-b", *agree, at="10:00Z")
    assert do(run, "go", "--lead", "head of mission", at="11:00Z")["stage"] == "go"


def test_a_check_that_finds_something_is_not_a_check(run):
    Path("form.toml").write_text(FORM.format(kind="notified").replace('lead = "head of mission"', ""))
    do(run, "draft", "--file", "form.toml")
    said = do(run, "check", code=6)
    assert [row["code"] for row in said["findings"] if row["holds"]] == ["no-lead"]
    do(run, "submit", code=2)


def test_an_event_is_taken_back_unless_another_rests_on_it(run):
    told(run, "side-a")
    entries = run("log", "show", "a.store")[1]["entries"]
    ids = {entry["kind"]: entry["id"] for entry in entries}
    code, said = run("movement", "undo", "a.store", ids["movement.submitted"], *WHO)
    assert (code, "rests on it" in said["error"]) == (2, True)
    assert run("movement", "undo", "a.store", ids["movement.sent"], *WHO)[0] == 0
    assert by_recipient(run("movement", "status", "a.store")[1])["side-a"]["reply"] == "not sent"


@pytest.mark.parametrize(
    "text",
    ["x", "title = 1", '{"title": "x"', 'start = "noon"', "nonsense = 1", 'kind = "ordered"', "route = 3"],
)
def test_what_is_no_form_is_one_sentence(run, text):
    whole = FORM.format(kind="notified").replace('title = "Alder to Birch"', text)
    Path("form.toml").write_text(whole if text == "title = 1" else text)
    said = do(run, "draft", "--file", "form.toml", code=2)
    assert said["error"].startswith("form.toml")


def test_what_was_known_at_a_moment_is_asked_by_times_of_receipt(run, monkeypatch):
    now = [1_900_000_000_000]  # 2030-03-17T17:46:40Z
    monkeypatch.setattr(store_file, "now_ms", lambda: now[0])
    told(run, "side-a")
    now[0] += 3_600_000
    do(run, "acknowledge", "--to", "side-a", "--channel", "mail", "--person", "major", at="10:00Z")

    def reply(at):
        return by_recipient(run("movement", "status", "a.store", "m1", "--known-at", at)[1])["side-a"][
            "reply"
        ]

    assert (reply("2030-03-17T18:00Z"), reply("2030-03-17T19:00Z")) == ("no reply", "acknowledged")
    assert run("movement", "status", "a.store", "m1", "--known-at", "2030-03-17T17:00Z")[0] == 2

"""Requests for access with their ages, incidents in nine categories, referrals and slips."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pypdf
import pytest

from safepassage.cli import main
from safepassage.cli.log import store_file
from safepassage.domain.access_work.referral import BASES, HOLDS, Basis, Referral, ReferralKind, Triage
from safepassage.formats.claims import access_incidents

WHO = ("--by", "liaison", "--why", "drill")
ASK = (
    "--organisation",
    "ICRC",
    "--kind",
    "icrc",
    "--to",
    "side-a",
    "--purpose",
    "visit the wounded",
    "--place",
    "Ford",
)
HOURS = ("--window", "2030-03-25T08:00Z/2030-03-25T12:00Z")
CHILD = """
kind = "child"
recipient = "child protection desk"
purpose = "family tracing"
basis = "guardian_agreed"
document = "C-7"
token = "A-0001"
age_band = "3-5"
place = "PLANTED Hall"
accompanied_by = ["A-0002"]
"""


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAFEPASSAGE_DEBUG", "1")
    monkeypatch.setenv(store_file.KEY_FILE, "k")

    def command(*arguments, code=0):
        found = main([*arguments, "--json"])
        said = json.loads(capsys.readouterr().out)
        assert found == code, said
        return said

    command("store", "init", "a.store", "--org", "red", "--key-file", "k", "--make-key-file", *WHO)
    return command


def test_a_request_ages_until_it_is_answered(run):
    at = ("--at", "2030-03-20T08:00Z")
    run("access", "request", "a.store", "r1", *ASK, *HOURS, *at, *WHO)
    run("access", "request", "a.store", "r2", *ASK, "--standing", *at, *WHO)

    def stages(time):
        rows = run("access", "requests", "a.store", "--at", time)["requests"]
        return {row["request"]: (row["stage"], row["waiting_s"]) for row in rows}

    assert stages("2030-03-23T08:00Z")["r1"] == ("waiting", 72 * 3600)
    assert stages("2030-03-23T08:01Z")["r1"][0] == "late"
    answer = ("--answer", "partly", "--channel", "phone", "--person", "major", "--text", "two hours only")
    run("access", "answer", "a.store", "r1", *answer, "--at", "2030-03-23T09:00Z", *WHO)
    assert stages("2030-03-24T08:00Z")["r1"] == ("heard, not read back", 96 * 3600)
    run("access", "answer", "a.store", "r1", *answer, "--read-back", "--at", "2030-03-23T09:10Z", *WHO)
    assert stages("2030-03-24T08:00Z") == {"r1": ("partly", None), "r2": ("late", 96 * 3600)}
    assert stages("2031-01-01T00:00Z")["r2"][0] == "late"
    run("access", "close", "a.store", "r1", "--outcome", "visited", "--at", "2030-03-25T13:00Z", *WHO)
    assert (
        "is closed"
        in run("access", "answer", "a.store", "r1", *answer, "--at", "2030-03-26T09:00Z", *WHO, code=2)[
            "error"
        ]
    )


@pytest.mark.parametrize(
    ("more", "match"),
    [((), "at least one window"), (("--window", "2030-03-25T08:00Z"), "no window"),
     (("--window", "2030-03-25T12:00Z/2030-03-25T08:00Z"), "ends after")],
)  # fmt: skip
def test_a_request_without_its_hours_is_refused(run, more, match):
    said = run("access", "request", "a.store", "r1", *ASK, *more, *WHO, code=2)
    assert match in said["error"]
    assert run("access", "requests", "a.store")["requests"] == []


def test_a_refusal_counts_however_it_was_heard_and_the_list_says_the_hours(run, capsys):
    run("access", "request", "a.store", "r1", *ASK, *HOURS, *WHO)
    said = ("--answer", "no", "--channel", "phone", "--person", "major", *WHO)
    assert run("access", "answer", "a.store", "r1", *said)["stage"] == "no"
    assert main(["access", "requests", "a.store"]) == 0
    assert "2030-03-25T08:00Z to " in capsys.readouterr().out


def test_what_somebody_typed_commands_no_terminal_and_forges_no_line(run, capsys):
    """Also what came in another office's bundle: what stands in the log is shown, harmless."""
    hostile = "UN\x1b[2J\x9b31m\u202e\r\nr7 ICRC: yes"
    asked = ("--kind", "un", "--to", hostile, "--purpose", hostile, "--place", hostile, "--standing")
    run("access", "request", "a.store", "r1", "--organisation", hostile, *asked, *WHO[:2], "--why", hostile)
    for command in (("access", "requests", "a.store"), ("log", "show", "a.store")):
        assert main(list(command)) == 0
        text = capsys.readouterr().out
        assert not set(text) & set("\x1b\x9b\u202e\r")
        assert not [line for line in text.splitlines() if line.startswith("r7")]
        assert "r7 ICRC: yes" in text
    assert main(["access", "requests", "a.store", "--json"]) == 0
    text = capsys.readouterr().out
    assert not set(text) & set("\x1b\x9b\u202e\r")
    assert json.loads(text)["requests"][0]["organisation"] == hostile


def test_a_one_off_request_that_nobody_answered_says_so_for_ever(run):
    run("access", "request", "a.store", "r1", *ASK, *HOURS, "--at", "2030-03-20T08:00Z", *WHO)
    (row,) = run("access", "requests", "a.store", "--at", "2030-04-01T00:00Z")["requests"]
    assert (row["stage"], row["waiting_s"]) == ("never answered", None)


def test_incidents_are_counted_in_all_nine_categories_and_come_back_as_rows(run):
    said = ("--place", "Ford", "--description", "=turned back at the post", "--reported-by", "driver")
    for category in (2, 2, 7):
        run(
            "access",
            "incident",
            "a.store",
            "--category",
            str(category),
            *said,
            "--at",
            "2030-03-20T08:00Z",
            *WHO,
        )
    refused = run("access", "incidents", "a.store", "-o", "incidents.csv", code=2)
    assert "--by and --why" in refused["error"]
    assert not Path("incidents.csv").exists()
    rows = run("access", "incidents", "a.store", "-o", "incidents.csv", *WHO)["categories"]
    assert run("access", "incidents", "a.store")["categories"] == rows
    assert run("log", "check-export", "incidents-export.json")["faults"] == []
    [entry] = run("log", "show", "a.store", "--kind", "export.made")["entries"]
    assert list(entry["body"]["files"]) == ["incidents.csv"]
    assert [row["incidents"] for row in rows] == [0, 2, 0, 0, 0, 0, 1, 0, 0]
    data = Path("incidents.csv").read_bytes()
    assert b",'=turned back" in data
    readings, problems = access_incidents.read(
        data, file="incidents.csv", outlet="red", received="2030-03-21T00:00:00Z"
    )
    assert (len(readings), problems) == (3, ())
    run("access", "incident", "a.store", "--category", "10", *said, *WHO, code=2)


def test_a_referral_is_sealed_handed_over_and_erased(run):
    Path("child.toml").write_text(CHILD, encoding="utf-8")
    run("referral", "make", "a.store", "c1", "--file", "child.toml", "--at", "2030-03-20T08:00Z", *WHO)
    run("referral", "make", "a.store", "c1", "--file", "child.toml", *WHO, code=2)
    entries = json.dumps(run("log", "show", "a.store"))
    assert "PLANTED" not in entries
    assert "A-0001" not in entries
    (row,) = run("referral", "list", "a.store", "--at", "2030-03-20T10:00Z")["referrals"]
    assert (row["stage"], row["waiting_s"]) == ("waiting", 7200)
    hand = ("--channel", "in_person", "--person", "desk officer", "--at", "2030-03-20T11:00Z", "-o", "out")
    run("referral", "hand", "a.store", "c1", *hand, *WHO)
    record = json.loads(Path("out/RESTRICTED-c1.json").read_bytes())["record"]
    assert (record["token"], record["age_band"]) == ("A-0001", "3-5")
    run("log", "check-export", "out/RESTRICTED-c1-export.json")
    run("referral", "close", "a.store", "c1", "--outcome", "family found", "--at", "2030-03-21T11:00Z", *WHO)
    run("store", "purge", "a.store", "--key-id", "referral:c1", *WHO)
    (row,) = run("referral", "list", "a.store", "--at", "2030-03-22T10:00Z")["referrals"]
    assert (row["stage"], row["erased"]) == ("closed", True)
    assert run("log", "verify", "a.store")["consistent"] is True


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [('"guardian_agreed"', '"person_agreed"', "on the basis of"),
     ('document = "C-7"', "", "number of its paper"),
     ('token = "A-0001"', "", "says its token"), ('"A-0001"', '"Ivan"', "no token"),
     ('age_band = "3-5"', 'age_band = "4"', "age_band"), ("kind", "name = 'x'\nkind", "no field"),
     ('age_band = "3-5"', 'age_band = "3-5"\ntriage = "minor"', "holds no triage"),
     ("=", ":", "no referral")],
)  # fmt: skip
def test_a_record_holds_what_its_kind_needs_and_no_more(run, old, new, match):
    Path("child.toml").write_text(CHILD.replace(old, new, 1), encoding="utf-8")
    said = run("referral", "make", "a.store", "c1", "--file", "child.toml", *WHO, code=2)
    assert match in said["error"]


def test_no_record_has_a_field_for_a_name():
    fields = set(Referral.__dataclass_fields__)
    assert not fields & {
        "name",
        "names",
        "birth",
        "born",
        "phone",
        "sex",
        "nationality",
        "religion",
        "ethnicity",
    }
    assert set(HOLDS) == set(BASES) == set(ReferralKind)


def test_every_kind_can_be_written_down():
    said = {"recipient": "x", "purpose": "y", "document": "D-1"}
    Referral(kind=ReferralKind.MEDICAL, basis=Basis.VITAL_INTEREST, triage=Triage.IMMEDIATE, place="Ford",
             needs=("oxygen",), **said)  # fmt: skip
    Referral(kind=ReferralKind.DEAD, basis=Basis.NO_PERSONAL_DATA, place="Ford", persons=2, **said)
    Referral(kind=ReferralKind.EXPLOSIVE_HAZARD, basis=Basis.NO_PERSONAL_DATA, place="Ford", text="a shell",
             marked=True, lat_e7=1, lon_e7=2, **said)  # fmt: skip
    Referral(kind=ReferralKind.TRACING, basis=Basis.PERSON_AGREED, token="A-0001", **said)


def test_slips_have_tokens_and_rights_in_each_language_and_fit_four_on_a_page(run):
    slips = ("--site", "Hall", "--hotline", "112", "--count", "5", "--first", "9", "-o", "slips.pdf")
    said = run("referral", "slips", *slips)
    assert (said["first"], said["last"]) == ("A-0009", "A-0013")
    pages = pypdf.PdfReader(io.BytesIO(Path("slips.pdf").read_bytes())).pages
    assert len(pages) == 2
    text = re.sub(r"\s+", " ", pages[0].extract_text())
    for words in ("A-0009", "A-0012", "This slip is yours", "Цей аркуш ваш", "Этот листок ваш", "112"):
        assert words in text
    assert "A-0013" in pages[1].extract_text()
    run("referral", "slips", "--site", "Hall", "--hotline", "112", "--languages", "fr", "-o", "x.pdf", code=2)

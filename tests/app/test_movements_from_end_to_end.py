"""What the whole is for: report, plan, audit, notify, answer, change, release, hand over, prove."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from safepassage import example
from safepassage.cli import main
from safepassage.cli.log import store_file
from safepassage.formats.movement.movement_file import utc_s

CASE = Path(example.__file__).parent / "sudzha_sumy"
FORM = """
lead = "head of mission"
mandate = "own mandate"
emergency = true
consent_basis = "asked at the assembly point, counted"
focal_point = { function = "duty officer", phone = "+000 1", satellite_phone = "+881 1", radio = "HF 5.505", callsign = "RED" }
recipients = [
  { id = "side-a", name = "Side A", role = "party" },
  { id = "side-b", name = "Side B", role = "party" },
  { id = "icrc", name = "ICRC", role = "impartial" },
]
"""  # noqa: E501 - a file as a person writes it


READING = {("store", "send"), *(("movement", word) for word in ("status", "no-reply", "overdue", "copy"))}


class Office:
    """One office: its store, its clock, and the commands that people of it type."""

    def __init__(self, monkeypatch, capsys) -> None:
        self._patch, self._capsys = monkeypatch, capsys
        self.now("2024-08-15T08:00Z")

    def now(self, text: str) -> None:
        at_ms = utc_s(text) * 1000
        self._patch.setattr(store_file, "now_ms", lambda: at_ms)

    def __call__(self, *arguments: str, code: int = 0, by: str = "planner", key: str = "k"):
        """Type a command, with who and why where it records something; return its JSON."""
        self._patch.setenv(store_file.KEY_FILE, key)
        recording = arguments[0] in {"store", "movement", "release"} and arguments[:2] not in READING
        who = ("--by", by, "--why", "drill") if recording else ()
        who = ("--by", by) if arguments[:2] == ("store", "receive") else who
        found = main([*arguments, *who, "--json"])
        said = json.loads(self._capsys.readouterr().out)
        assert found == code, said
        return said


def replies(said) -> dict[str, str]:
    (movement,) = said["movements"]
    return {one["id"]: one["reply"] for one in movement["recipients"]}


@pytest.mark.slow
def test_an_office_plans_notifies_changes_releases_hands_over_and_proves(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAFEPASSAGE_DEBUG", "1")
    office = Office(monkeypatch, capsys)
    office("store", "init", "red.store", "--org", "red", "--key-file", "k", "--make-key-file")
    report(office)
    corridors = plan_and_audit(office)
    notify(office, corridors[0])
    office.now("2024-08-15T12:00Z")
    answer(office)
    office.now("2024-08-15T14:00Z")
    change(office, corridors[1])
    office.now("2024-08-19T08:00Z")
    release(office)
    hand_over(office)
    prove(office)


def report(office) -> None:
    lines = [
        {
            "id": f"call-{n}",
            "kind": "report.filed",
            "by": "radio operator",
            "why": "call",
            "body": {"text": text},
        }
        for n, text in enumerate(
            ("the ford is passable", "a lorry is stuck at the mill", "the lorry is gone")
        )
    ]
    Path("reports.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert main(["log", "append", "red.store", "--lines", "reports.jsonl", "--key-file", "k"]) == 0
    office._capsys.readouterr()
    assert len(office("log", "show", "red.store", "--kind", "report.filed")["entries"]) == 3


def plan_and_audit(office) -> list[str]:
    """Plan, audit, take responsibility for what is not kept; return two corridors from one place."""
    office("plan", str(CASE), "-o", "out", code=3)
    sheet = json.loads(Path("out/RESTRICTED/RESTRICTED-audit.json").read_bytes())
    failed = [row["id"] for row in sheet["findings"] if row["verdict"] == "FAIL"]
    text = '[[override]]\nrule = "{}"\nby = "head of mission"\nreason = "drill"\n'
    Path("overrides.toml").write_text("".join(map(text.format, failed)))
    kept = ("--store", "red.store", "--by", "head of mission", "--why", "drill")
    office("audit", "out", "--case", str(CASE), "--overrides", "overrides.toml", *kept)
    plan = json.loads(Path("out/RESTRICTED/RESTRICTED-plan.json").read_bytes())
    moving = [row["id"] for row in plan["corridors"] if drafts(row["id"])]
    return moving[:2]


def drafts(corridor: str) -> bool:
    """Tell whether anybody moves on a corridor, without recording anything."""
    plan = json.loads(Path("out/RESTRICTED/RESTRICTED-plan.json").read_bytes())
    row = next(row for row in plan["corridors"] if row["id"] == corridor)
    return any(car["place"] == row["place"] and car["route"] == row["route"] for car in plan["cars"])


def notify(office, corridor: str) -> None:
    Path("form.toml").write_text(FORM)
    office(
        "movement", "draft", "red.store", "m1", "--plan", "out", "--corridor", corridor, "--file", "form.toml"
    )
    office("movement", "check", "red.store", "m1")
    office("movement", "submit", "red.store", "m1")
    for name, fields in (("side-a", "4,7,9,13,14,19"), ("side-b", "4,7,13,14,19"), ("icrc", "all")):
        office(
            "movement",
            "consent",
            "red.store",
            "m1",
            "--to",
            name,
            "--fields",
            fields,
            "--given-by",
            "director",
        )
    send = ("--channel", "mail", "--person", "officer")
    refused = office("movement", "send", "red.store", "m1", "--to", "side-a", *send, code=2)
    assert "second person" in refused["error"]
    for name in ("side-a", "side-b", "icrc"):
        said = ("--id", f"sent-1-{name}", "-o", f"to-{name}")
        office("movement", "send", "red.store", "m1", "--to", name, *send, *said, by="liaison")
    icrc, b = (json.loads(Path(f"to-{n}/PARTIES-m1-r1-{n}.json").read_bytes()) for n in ("icrc", "side-b"))
    numbers = {row["number"] for row in b["fields"]}
    assert "9" not in numbers < {row["number"] for row in icrc["fields"]}
    office("log", "checkpoint", "red.store", "-o", "red.checkpoint")


def answer(office) -> None:
    """Side A acknowledges by telephone; side B is silent."""
    call = ("red.store", "m1", "--to", "side-a", "--channel", "phone", "--person", "major")
    office("movement", "acknowledge", *call, "--read-back", "--text", "understood", by="liaison")
    office("movement", "relay", *call, "--units-told", "yes", by="liaison")
    assert replies(office("movement", "status", "red.store", "m1")) == {
        "side-a": "acknowledged", "side-b": "no reply", "icrc": "no reply",
    }  # fmt: skip
    silent = office("movement", "no-reply", "red.store")["silent"]
    assert {(row["id"], row["waiting_s"]) for row in silent} == {("side-b", 14_400), ("icrc", 14_400)}


def change(office, corridor: str) -> None:
    office("movement", "revise", "red.store", "m1", "--plan", "out", "--corridor", corridor)
    status = office("movement", "status", "red.store", "m1")
    assert (status["movements"][0]["revision"], status["movements"][0]["stage"]) == (2, "draft")
    assert replies(status) == {"side-a": "stale", "side-b": "not sent", "icrc": "not sent"}
    late = office("movement", "overdue", "red.store", code=7)["overdue"]
    assert {"not-told:side-a", "not-told:side-b", "not-told:icrc"} <= {row["code"] for row in late}


def release(office) -> None:
    for audience in ("public", "partners"):
        office(
            "release",
            "out",
            "--audience",
            audience,
            "--store",
            "red.store",
            "-o",
            f"for-{audience}",
            by="approver",
        )
        name = f"for-{audience}/{audience.upper()}-export.json"
        office("log", "check-export", name)
        text = "".join(path.read_text() for path in Path(f"for-{audience}").iterdir())
        assert "m1" not in text.split('"')
        assert "side-a" not in text


def hand_over(office) -> None:
    """A second office takes the log, answers for side B, and sends its own log back."""
    Path("shared.key").write_text("a passphrase that both offices hold")
    office("store", "send", "red.store", "--bundle-key", "shared.key", "-o", "red.bundle")
    office("store", "init", "blue.store", "--org", "blue", "--key-file", "k2", "--make-key-file", key="k2")
    office("store", "receive", "blue.store", "red.bundle", "--bundle-key", "shared.key", key="k2")
    assert replies(office("movement", "status", "blue.store", "m1", key="k2"))["side-a"] == "stale"
    call = ("--to", "side-b", "--revision", "1", "--channel", "radio", "--person", "captain", "--read-back")
    office("movement", "acknowledge", "blue.store", "m1", *call, key="k2")
    office("store", "send", "blue.store", "--bundle-key", "shared.key", "-o", "blue.bundle", key="k2")
    office("store", "receive", "red.store", "blue.bundle", "--bundle-key", "shared.key")
    assert replies(office("movement", "status", "red.store", "m1"))["side-b"] == "stale"
    assert office("log", "conflicts", "red.store")["conflicts"] == []


def prove(office) -> None:
    """Say what was known and what had been sent at moments that are long past."""
    told = ("movement", "status", "red.store", "m1", "--known-at")
    assert set(replies(office(*told, "2024-08-15T09:00Z")).values()) == {"no reply"}
    assert replies(office(*told, "2024-08-15T13:00Z"))["side-a"] == "acknowledged"
    assert replies(office(*told, "2024-08-15T15:00Z"))["side-a"] == "stale"
    for name in ("side-a", "side-b", "icrc"):
        proved = office("movement", "copy", "red.store", "m1", "--sent", f"sent-1-{name}")
        assert set(proved["files"].values()) == {True}
        on_disk = Path(f"to-{name}/PARTIES-m1-r1-{name}.json").read_bytes()
        office("movement", "copy", "red.store", "m1", "--sent", f"sent-1-{name}", "-o", f"again-{name}")
        assert Path(f"again-{name}/PARTIES-m1-r1-{name}.json").read_bytes() == on_disk
    assert office("log", "verify", "red.store", "--against", "red.checkpoint")["consistent"] is True
    assert office("log", "verify", "blue.store", key="k2")["consistent"] is True

"""Names, sources and future times are planted through the commands and searched wherever bytes are left."""

from __future__ import annotations

import io
import json
import os
from contextlib import redirect_stderr, redirect_stdout

import pytest

from safepassage.cli import main
from safepassage.cli.log import store_file

NAME, SOURCE, TIME = "Zhanna-Canary-Name", "Canary-Source-Word", "2031-05-17T04:15:00Z"
FORM = f"""
title = "{SOURCE}"
start = "{TIME}"
end = "2031-05-18T04:15:00Z"
origin = {{ name = "{SOURCE}" }}
destination = {{ name = "{SOURCE}" }}
focal_point = {{ phone = "{SOURCE}" }}
recipients = [{{ id = "side-a", name = "Side A", role = "party" }}]
"""
ALERT = """
kind = "delay"
[[area]]
description = "the ford"
[[text]]
language = "en"
headline = "later"
description = "later"
"""
REFERRAL = f"""
kind = "dead"
recipient = "ICRC"
purpose = "identification"
basis = "no_personal_data"
place = "{NAME}"
persons = 1
"""
WHO = ("--by", "lead", "--why", "drill")


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A folder in which everything was done once that leaves bytes, and what was printed."""
    folder, printed = tmp_path_factory.mktemp("planted"), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed), redirect_stderr(printed):
        patch.chdir(folder)
        patch.setenv(store_file.KEY_FILE, str(folder / "keys" / "k"))
        do_everything(folder)
        yield folder, printed.getvalue()


def do_everything(tmp_path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "shared").write_text("a passphrase of two offices")
    (tmp_path / "keys" / "person.json").write_text(json.dumps({"name": NAME}))
    (tmp_path / "keys" / "form.toml").write_text(FORM)
    (tmp_path / "keys" / "alert.toml").write_text(ALERT)
    (tmp_path / "keys" / "referral.toml").write_text(REFERRAL)
    record = ("log", "append", "a.store", "--kind", "report.filed", *WHO)
    commands = [
        ("store", "init", "a.store", "--org", "red", "--key-file", "keys/k", "--make-key-file", *WHO),
        (*record, "--id", "r1", "--private", "keys/person.json"),
        (*record, "--id", "r2", "--body", json.dumps({"source": SOURCE, "leaves": TIME})),
        ("log", "checkpoint", "a.store", "-o", "checkpoint"),
        ("store", "backup", "a.store", "-o", "backup"),
        ("store", "send", "a.store", "--bundle-key", "keys/shared", "-o", "bundle"),
        ("log", "export", "a.store", "--audience", "public", "-o", "public.jsonl", *WHO),
        ("log", "export", "a.store", "--audience", "partners", "-o", "partners.jsonl", *WHO),
        ("movement", "draft", "a.store", "m1", "--file", "keys/form.toml", *WHO),
        ("movement", "consent", "a.store", "m1", "--to", "side-a", "--fields", "19", "--given-by", "d", *WHO),
        (
            "alert",
            "issue",
            "a.store",
            "b1",
            "--status",
            "Test",
            "--file",
            "keys/alert.toml",
            "-o",
            "alerts",
            *WHO,
        ),
        ("referral", "make", "a.store", "c1", "--file", "keys/referral.toml", *WHO),
        ("log", "export", "a.store", "--audience", "public", "-o", "public-2.jsonl", *WHO),
        ("log", "export", "a.store", "--audience", "partners", "-o", "partners-2.jsonl", *WHO),
        ("store", "restore", "backup", "-o", "restored.store", *WHO),
        ("log", "verify", "a.store"),
        ("store", "people", "a.store"),
    ]
    for command in commands:
        assert main(list(command)) == 0, command
    # A copy taken while the store is open: what a thief of a running laptop's disk would get.
    backend = store_file.open_backend(tmp_path / "a.store", store_file.secret(None))
    backend.set_value("x", b"y")
    for name in ("a.store", "a.store-wal", "a.store-shm"):
        (tmp_path / f"stolen-{name}").write_bytes((tmp_path / name).read_bytes())
    backend.close()


def test_no_canary_stands_in_any_file_or_message(planted):
    folder, printed = planted
    searched = [path for path in sorted(folder.iterdir()) if path.is_file()]
    assert {"a.store", "stolen-a.store-wal", "backup", "bundle", "public.jsonl"} <= {p.name for p in searched}
    for canary in (NAME, SOURCE, TIME):
        assert canary not in printed
        for path in searched:
            data = path.read_bytes()
            assert canary.encode() not in data, path.name
            assert canary.encode("utf-16-le") not in data, path.name
            assert canary.encode().hex().encode() not in data, path.name


def test_the_search_finds_what_is_there(planted, capsys):
    folder, _ = planted
    capsys.readouterr()
    assert main(["log", "export", "a.store", "--audience", "restricted", "-o", "own.jsonl", *WHO]) == 0
    data = (folder / "own.jsonl").read_bytes()
    assert SOURCE.encode() in data
    assert TIME.encode() in data
    assert NAME.encode() not in data
    capsys.readouterr()
    assert main(["log", "show", "a.store", "--private"]) == 0
    assert NAME in capsys.readouterr().out


def test_exports_hold_what_their_readers_may_see(planted):
    folder, _ = planted
    partners = [json.loads(line) for line in (folder / "partners.jsonl").read_text().splitlines()]
    assert [entry["kind"] for entry in partners] == ["log.opened", "export.made"]
    assert "files" not in partners[1]["body"]
    public = [json.loads(line) for line in (folder / "public.jsonl").read_text().splitlines()]
    assert all(set(entry) == {"body", "class"} and entry["class"] == "PUBLIC" for entry in public)
    assert main(["log", "check-export", "partners.jsonl-export.json"]) == 0


def test_files_are_for_their_owner_only(planted):
    folder, _ = planted
    if os.name != "nt":
        for name in ("a.store", "backup", "bundle", "restored.store", "public.jsonl"):
            assert (folder / name).stat().st_mode & 0o077 == 0, name

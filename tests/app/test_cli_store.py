"""The store and its log, as a person uses them on the command line."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from safepassage.cli import main
from safepassage.cli.claims import ledger_file
from safepassage.cli.log import store_file
from safepassage.domain.errors import StorageError
from safepassage.store.event_store import EventStore
from tests.support import postgres as server
from tests.unit.test_conflicts import A, ledger, left, number

WHO = ("--by", "lead", "--why", "drill")


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Run a command in a folder with a store; return its exit code and JSON."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAFEPASSAGE_DEBUG", "1")
    monkeypatch.setenv(store_file.KEY_FILE, "k")

    def whole(*arguments, key="k"):
        monkeypatch.setenv(store_file.KEY_FILE, key)
        code = main([*arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert main(["store", "init", "a.store", "--org", "red", "--key-file", "k", "--make-key-file", *WHO]) == 0
    capsys.readouterr()
    return whole


def append(run, name, **fields):
    options = [part for key, value in fields.items() for part in (f"--{key.replace('_', '-')}", value)]
    return run("log", "append", "a.store", "--kind", "report.filed", "--id", name, *WHO, *options)


def test_recorded_shown_undone_and_verified(run):
    assert append(run, "r1", body='{"text": "closed"}')[1]["seq"] == 2
    assert append(run, "r1", body='{"text": "closed"}')[1]["repeated"] is True
    code, said = append(run, "r1", body='{"text": "open"}')
    assert (code, "other content" in said["error"]) == (2, True)
    assert run("log", "undo", "a.store", "r1", *WHO)[0] == 0
    _, shown = run("log", "show", "a.store")
    assert [entry["kind"] for entry in shown["entries"]] == ["log.opened", "report.filed", "log.undone"]
    code, said = run("log", "verify", "a.store")
    assert (code, said["consistent"], said["logs"][0]["size"]) == (0, True, 3)


@pytest.mark.parametrize("body", ["[]", "{", '{"x": 1.5}'])
def test_what_is_no_entry_is_one_sentence_and_nothing_is_recorded(run, body):
    code, said = append(run, "r1", body=body)
    assert (code, said["error"].startswith("Nothing was recorded")) == (2, True)
    assert len(run("log", "show", "a.store")[1]["entries"]) == 1


def test_lines_are_recorded_and_answered_one_by_one(run, tmp_path, capsys):
    lines = [{"id": f"x{n}", "body": {"n": n}} for n in range(300)]
    text = "\n".join([*(json.dumps(line) for line in lines), "nonsense", json.dumps(lines[5])])
    (tmp_path / "lines").write_text(text)
    code = main(["log", "append", "a.store", "--lines", "lines", "--kind", "report.filed", *WHO])
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == 2
    assert sum("error" in answer for answer in answers) == 1
    recorded = [answer["id"] for answer in answers if "id" in answer]
    assert sorted(recorded) == sorted([line["id"] for line in lines] + ["x5"])
    assert len(run("log", "show", "a.store")[1]["entries"]) == 301


def test_what_was_known_at_a_moment_is_shown(run):
    append(run, "r1")
    assert len(run("log", "show", "a.store", "--until", "2026-01-01T00:00:00Z")[1]["entries"]) == 0
    assert len(run("log", "show", "a.store", "--until", "2999-01-01")[1]["entries"]) == 2
    assert run("log", "show", "a.store", "--until", "yesterday")[0] == 2


@pytest.mark.slow
def test_programs_that_record_at_once_wait_for_each_other(run, tmp_path):
    call = [
        sys.executable,
        "-m",
        "safepassage",
        "log",
        "append",
        "a.store",
        "--lines",
        "-",
        "--key-file",
        "k",
    ]
    programs = []
    for who in range(3):
        lines = [{"id": f"p{who}-{n}", "by": "a", "why": "b", "kind": "c.d", "body": {}} for n in range(80)]
        (tmp_path / f"lines{who}").write_text("\n".join(map(json.dumps, lines)))
        programs.append(subprocess.Popen([*call[:-4], "--lines", f"lines{who}", *call[-2:]], cwd=tmp_path))
    assert [program.wait(120) for program in programs] == [0, 0, 0]
    code, said = run("log", "verify", "a.store")
    assert (code, said["logs"][0]["size"]) == (0, 241)


def test_when_the_disk_fails_the_id_is_named_for_the_next_try(run, monkeypatch):
    def full(_store, _drafts):
        raise StorageError("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(EventStore, "append_each", full)
        code, said = run("log", "append", "a.store", "--kind", "report.filed", *WHO)
    assert code == 2
    again = said["error"].partition("--id ")[2].partition(",")[0]
    assert append(run, again)[1]["repeated"] is False


def test_a_checkpoint_is_agreed_with_and_a_shorter_store_is_cut(run):
    append(run, "r1")
    assert run("store", "backup", "a.store", "-o", "early")[0] == 0
    append(run, "r2")
    assert run("log", "checkpoint", "a.store", "-o", "c")[0] == 0
    assert run("log", "verify", "a.store", "--against", "c")[0] == 0
    code, said = run("log", "verify", "early", "--against", "c")
    assert (code, said["logs"][0]["verdict"], said["logs"][0]["first_seq"]) == (4, "cut", 3)


def test_a_restored_backup_goes_on_under_a_new_log(run):
    append(run, "r1")
    run("log", "checkpoint", "a.store", "-o", "c")
    run("store", "backup", "a.store", "-o", "b")
    append(run, "r2")
    code, said = run("store", "restore", "b", "-o", "new.store", *WHO)
    assert (code, said["continues"]["size"]) == (0, 2)
    assert run("log", "verify", "new.store", "--against", "c")[0] == 0
    logs = run("log", "verify", "new.store")[1]["logs"]
    assert sorted(log["size"] for log in logs) == [1, 2]
    again = run("log", "append", "new.store", "--kind", "report.filed", "--id", "r1", *WHO)[1]
    assert again["repeated"] is True


def test_a_purge_erases_personal_data_here_and_in_the_backups_named(run, tmp_path):
    (tmp_path / "p.json").write_text('{"name": "Ostap Canary"}')
    append(run, "r1", private="p.json")
    run("store", "backup", "a.store", "-o", "b")
    run("store", "backup", "a.store", "-o", "other")
    assert "Canary" in json.dumps(run("log", "show", "a.store", "--private")[1])
    assert run("store", "purge", "a.store", "--older-than", "-1", *WHO)[0] == 2
    _, said = run("store", "purge", "a.store", "--older-than", "0", "--also", "b", *WHO)
    assert said["deleted"] == {"a.store": 1, "b": 1}
    for name, there in (("a.store", False), ("b", False), ("other", True)):
        assert ("Canary" in json.dumps(run("log", "show", name, "--private")[1])) is there
    run("log", "checkpoint", "a.store", "-o", "c")
    assert run("log", "verify", "b", "--against", "c")[1]["logs"][0]["verdict"] == "cut"
    assert run("log", "verify", "a.store", "--against", "c")[0] == 0


def test_a_claims_ledger_is_taken_over_once(run, tmp_path):
    book = ledger(A, left("3,000 left", quantities=number(3_000)))
    ledger_file.append(tmp_path / "claims.jsonl", book.entries)
    migrate = ("store", "migrate", "a.store", "--ledger", "claims.jsonl", *WHO)
    assert run(*migrate)[1]["added"] == len(book.entries)
    assert run(*migrate)[1] == {"added": 0, "repeated": len(book.entries), "problems": [], "exit_code": 0}


def test_claims_commands_work_on_a_store_as_on_a_file(run, tmp_path, capsys):
    book = ledger(A, left("3,000 left", quantities=number(3_000)))
    ledger_file.append(tmp_path / "claims.jsonl", book.entries)
    run("store", "migrate", "a.store", "--ledger", "claims.jsonl", *WHO)
    said = [run("claims", "conflicts", *where)[1] for where in (("claims.jsonl",), ("a.store", "--store"))]
    assert said[0]["conflicts"] == said[1]["conflicts"] != []
    for where in (("claims.jsonl",), ("a.store", "--store")):
        assert run("claims", "table", *where, "-o", "open.csv")[0] == 0
        rows = (tmp_path / "open.csv").read_text("utf-8-sig").splitlines()
        filled = "\n".join([rows[0], *(row.replace(",,", ",reject,", 1) for row in rows[1:])])
        (tmp_path / "filled.csv").write_text(filled, "utf-8")
        decide = ("claims", "decide", *where, "--table", "filled.csv", "--by", "liaison")
        assert [run(*decide)[1]["entries"] for _ in range(2)] == [2, 0]
    kinds = {entry["kind"] for entry in run("log", "show", "a.store")[1]["entries"]}
    assert kinds == {"log.opened", "claims.entry"}
    assert run("claims", "conflicts", "a.store", "--store")[1]["conflicts"] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("log", "show", "none.store"),
        ("log", "verify", "a.store", "--against", "k"),
        ("log", "undo", "a.store", "r9", *WHO),
        ("store", "init", "a.store", "--org", "red", *WHO),
        ("store", "purge", "a.store", *WHO),
        ("store", "init", "b.store", "--org", "two words", *WHO),
    ],
)
def test_what_cannot_be_done_is_one_sentence(run, arguments, tmp_path):
    code, said = run(*arguments)
    assert (code, said["error"].count("\n")) == (2, 0)
    assert not (tmp_path / "b.store").exists()


def test_without_a_key_nothing_opens_and_nobody_waits(run, tmp_path):
    code, said = run("log", "show", "a.store", key="")
    assert (code, "Nothing opens the store" in said["error"]) == (2, True)
    (tmp_path / "wrong").write_text("some other passphrase")
    code, said = run("log", "show", "a.store", key="wrong")
    assert (code, "is another" in said["error"]) == (2, True)


def test_a_passphrase_is_asked_for_twice_and_must_be_long(run, monkeypatch):
    answers = iter(
        ["short", "long enough words", "something else 1", "long enough words", "long enough words"]
    )
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))
    init = ("store", "init", "b.store", "--org", "red", *WHO)
    assert "too short" in run(*init, key="")[1]["error"]
    assert "differ" in run(*init, key="")[1]["error"]
    assert run(*init, key="")[0] == 0


def test_a_store_moves_to_a_server_and_comes_back_as_a_backup(run, tmp_path, postgres):
    server.empty(postgres)
    (tmp_path / "p.json").write_text('{"name": "Ostap Canary"}')
    append(run, "r1", private="p.json")
    text = f'[server]\ndatabase = "postgres"\nuser = "app"\ntenant = "red"\nsocket = "{postgres}"\n'
    (tmp_path / "s.toml").write_text(text)
    assert run("store", "migrate", "a.store", "--to", "s.toml", *WHO)[1]["entries"] == 2
    assert run("log", "append", "s.toml", "--kind", "report.filed", "--id", "r2", *WHO)[1]["seq"] == 3
    assert run("store", "backup", "s.toml", "-o", "b")[0] == 0
    shown = run("log", "show", "b", "--private")[1]["entries"]
    assert [entry["id"] for entry in shown][1:] == ["r1", "r2"]
    assert shown[1]["private"] == {"name": "Ostap Canary"}
    assert run("store", "purge", "s.toml", "--older-than", "0", *WHO)[1]["deleted"] == {"s.toml": 1}
    assert run("log", "verify", "s.toml")[0] == 0
    assert "is ready" in run("store", "init", "s.toml", "--org", "red", *WHO)[1]["error"]


@pytest.mark.parametrize(
    "text", ["", "[server]", "[server]\nport = 'x'", "server = 1", "\x00", "[server]\nx = 1"]
)
def test_a_file_that_names_no_server_is_one_sentence(run, tmp_path, text):
    (tmp_path / "s.toml").write_text(text)
    code, said = run("log", "show", "s.toml")
    assert (code, "does not say where a server is" in said["error"]) == (2, True)


def test_two_offices_exchange_bundles_and_see_their_conflict(run, tmp_path, capsys):
    assert run("store", "init", "b.store", "--org", "blue", *WHO)[0] == 0
    (tmp_path / "shared").write_text("both of us know this")
    append(run, "a1", about="bridge-7", body='{"status": "open"}')
    told = run("log", "append", "b.store", "--kind", "report.filed", "--about", "bridge-7", *WHO)[1]
    key = ("--bundle-key", "shared")
    assert run("store", "send", "a.store", *key, "-o", "a.bundle")[0] == 0
    assert b"bridge-7" not in (tmp_path / "a.bundle").read_bytes()
    receive = ("store", "receive", "b.store", "a.bundle", *key, "--by", "liaison")
    assert [one["added"] for one in run(*receive)[1]["logs"]] == [2]
    assert [one["added"] for one in run(*receive)[1]["logs"]] == [0]
    (found,) = run("log", "conflicts", "b.store")[1]["conflicts"]
    assert {entry["id"] for entry in found["entries"]} == {"a1", told["id"]}
    assert main(["log", "conflicts", "b.store"]) == 0
    assert "bridge-7 (report.filed):" in capsys.readouterr().out
    assert "already" in run("store", "send", "a.store", *key, "-o", "a.bundle")[1]["error"]
    (tmp_path / "short").write_text("eleven char")
    short = run("store", "send", "a.store", "--bundle-key", "short", "-o", "c.bundle")
    assert (short[0], short[1]["error"]) == (2, "The passphrase is too short: take at least 12 characters.")
    assert not (tmp_path / "c.bundle").exists()
    none = run("store", "send", "a.store", "--bundle-key", "none", "-o", "c.bundle")
    assert (none[0], "that the other office holds" in none[1]["error"]) == (2, True)
    (tmp_path / "a.bundle").write_bytes(b"nonsense")
    assert run(*receive)[0] == 2


def test_people_get_roles_and_passwords_with_codes_shown_once(run, monkeypatch):
    answers = iter(["a long password", "a long password"])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(answers))
    _, said = run("store", "person", "a.store", "anna", "--role", "planner", "--password", *WHO)
    assert len(said["codes"]) == 10
    assert run("store", "people", "a.store")[1]["people"] == [
        {"id": "anna", "org": "red", "role": "planner", "active": True}
    ]
    assert run("store", "person", "a.store", "anna", "--role", "planner", "--end", *WHO)[1]["codes"] == []
    assert run("store", "people", "a.store")[1]["people"][0]["active"] is False
    assert "argon2" not in json.dumps(run("log", "show", "a.store")[1])
    for wrong in (("Anna B", "planner"), ("anna", "king")):
        assert run("store", "person", "a.store", wrong[0], "--role", wrong[1], *WHO)[0] == 2


def test_the_statements_for_a_server_are_printed(run):
    sql = run("store", "server-sql", "--tenant", "red", "--login", "red_app")[1]["sql"]
    assert "FORCE ROW LEVEL SECURITY" in sql
    assert run("store", "server-sql", "--tenant", "red;", "--login", "x")[0] == 2


@pytest.mark.slow
def test_standard_input_is_answered_while_it_is_open(run, tmp_path):
    command = [
        sys.executable,
        "-m",
        "safepassage",
        "log",
        "append",
        "a.store",
        "--lines",
        "-",
        "--key-file",
        "k",
    ]
    with subprocess.Popen(command, cwd=tmp_path, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        line = {"id": "r1", "by": "a", "why": "b", "kind": "c.d", "body": {}}
        process.stdin.write(json.dumps(line).encode() + b"\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["seq"] == 2
        process.stdin.close()
        assert process.wait(30) == 0

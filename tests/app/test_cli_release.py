"""`safepassage release`: what leaves is verified again, recorded first, signed, and on time."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from safepassage.cli import main, release_command
from safepassage.cli.log import store_file
from safepassage.formats.containers import canonical_json
from safepassage.store import audits, exports
from safepassage.store.event_store import EventStore
from safepassage.testing.sample_documents import sample_documents

WHO = ("--by", "lead", "--why", "weekly")


DOCUMENTS = sample_documents()


class Verified:
    """Stands for the verifier's answer about the sample, which is no plan of the planner's."""

    verified = True

    def record(self):
        return DOCUMENTS[3]


def write_sheet(folder, **changes):
    row = {
        "id": "SP-18",
        "verdict": "FAIL",
        "override": {"by": "lead", "reason": "a tug stands by", "at": ""},
    }
    digest = sample_documents()[3]["plan_sha256"]
    sheet = {"plan_sha256": digest, "with_case": True, "findings": [{**row, **changes}]}
    data = canonical_json.encode({"as_of": "", **sheet, **changes})
    (folder / "RESTRICTED-audit.json").write_bytes(data)
    return data


def record(path, data):
    """Record a sheet as `audit --store` does."""
    options = argparse.Namespace(store=path, key_file=None)
    with store_file.opened(options) as store:
        audits.record_audit(store, data, org="red", by="auditor", why="before the release")


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAFEPASSAGE_DEBUG", "1")
    monkeypatch.setenv(store_file.KEY_FILE, "k")
    monkeypatch.setattr(release_command, "verify", lambda *_documents, **_bytes: Verified())
    folder = tmp_path / "plan" / "RESTRICTED"
    folder.mkdir(parents=True)
    for noun, document in zip(("inputs", "plan", "certificate"), DOCUMENTS, strict=False):
        (folder / f"RESTRICTED-{noun}.json").write_bytes(canonical_json.encode(document))
    sheet = write_sheet(folder)

    def command(*arguments):
        code = main([*arguments, "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert (
        command("store", "init", "a.store", "--org", "red", "--key-file", "k", "--make-key-file", *WHO)[0]
        == 0
    )
    record(tmp_path / "a.store", sheet)
    return command


def released(run, audience, folder="out"):
    return run("release", "plan", "--audience", audience, "--store", "a.store", "-o", folder, *WHO)


def test_partners_get_signed_figures_and_the_log_says_so(run, tmp_path):
    code, said = released(run, "partners")
    assert (code, said["class"], said["seq"]) == (0, "PARTNERS", 4)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names == {"PARTNERS-figures.json", "PARTNERS-figures.txt", "PARTNERS-export.json"}
    entry = run("log", "show", "a.store", "--kind", "export.made")[1]["entries"][0]
    assert (entry["why"], entry["body"]["class"]) == ("weekly", "PARTNERS")
    key = run("log", "show", "a.store")[1]["entries"][0]["body"]["public_key"]
    check = ("log", "check-export", "out/PARTNERS-export.json")
    assert run(*check, "--public-key", key)[0] == 0
    assert run(*check, "--public-key", "00")[1]["faults"] == ["another office signed it"]
    (tmp_path / "out" / "PARTNERS-figures.txt").write_text("other numbers")
    assert run(*check)[1]["faults"] == ["PARTNERS-figures.txt was changed"]


def test_the_public_waits_a_day_and_nothing_is_recorded_or_written_before(run, tmp_path):
    code, said = released(run, "public")
    assert (code, "Not before 2031" in said["error"]) == (2, True)
    assert not (tmp_path / "out").exists()
    assert len(run("log", "show", "a.store")[1]["entries"]) == 3


def test_the_public_is_told_afterwards(run, monkeypatch):
    monkeypatch.setattr(store_file, "now_ms", lambda: 1_940_000_000_000)
    assert released(run, "public")[1]["class"] == "PUBLIC"


def test_without_a_record_nothing_is_written(run, tmp_path, monkeypatch):
    monkeypatch.setenv(store_file.KEY_FILE, "other")
    (tmp_path / "other").write_text("another passphrase")
    assert released(run, "partners")[0] == 2
    assert not (tmp_path / "out").exists()


def test_a_plan_that_does_not_hold_is_not_released(run, tmp_path, monkeypatch):
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(store_file.KEY_FILE, "k")
    path = tmp_path / "plan" / "RESTRICTED" / "RESTRICTED-plan.json"
    document = json.loads(path.read_bytes())
    document["directions"][0]["persons_served"] += 1
    path.write_bytes(canonical_json.encode(document))
    assert released(run, "partners")[0] == 4
    assert not (tmp_path / "out").exists()


def test_what_was_released_before_a_restore_is_known_after_it(run):
    assert released(run, "partners")[0] == 0
    assert run("store", "backup", "a.store", "-o", "b")[0] == 0
    assert run("store", "restore", "b", "-o", "new.store", *WHO)[0] == 0
    backend = store_file.open_backend(Path("new.store"), store_file.secret(None), writes=False)
    tables = exports.released_tables(
        EventStore(backend, store_file.now_ms), "partners", str(DOCUMENTS[0]["case_id"])
    )
    backend.close()
    assert len(tables) == 2


def test_an_audience_nobody_knows_gets_nothing(run):
    assert released(run, "")[0] == 2


@pytest.mark.parametrize("audience", ["party-a", "party-b"])
def test_a_party_waits_as_the_public_does_and_its_copy_names_it(run, tmp_path, monkeypatch, audience):
    assert "Not before 2031" in released(run, audience)[1]["error"]
    monkeypatch.setattr(store_file, "now_ms", lambda: 1_940_000_000_000)
    assert released(run, audience)[1]["class"] == "PARTIES"
    name = audience.upper().replace("-", "_")
    text = (tmp_path / "out" / f"{name}-figures.txt").read_text("utf-8")
    assert f"Copy for {audience}" in text
    assert "SP-" not in text
    manifest = json.loads((tmp_path / "out" / f"{name}-export.json").read_bytes())
    assert (manifest["audience"], manifest["valid_until"][:5]) == (audience, "2031-")


def test_the_planning_team_gets_its_own(run):
    assert released(run, "restricted")[1]["class"] == "RESTRICTED"


def test_the_next_release_is_compared_with_the_one_before(run, tmp_path):
    assert released(run, "partners")[0] == 0
    first = json.loads((tmp_path / "out" / "PARTNERS-figures.json").read_bytes())["tables"]
    assert released(run, "partners", "again")[0] == 0
    assert json.loads((tmp_path / "again" / "PARTNERS-figures.json").read_bytes())["tables"] == first
    entries = run("log", "show", "a.store", "--kind", "export.made")[1]["entries"]
    assert [len(entry["body"]["tables"]) for entry in entries] == [2, 2]


def test_a_sheet_or_an_override_that_nobody_recorded_holds_the_release(run, tmp_path):
    override = {"by": "somebody", "reason": "made up", "at": ""}
    write_sheet(tmp_path / "plan" / "RESTRICTED", override=override)
    code, said = released(run, "partners")
    assert (code, "does not stand in this log" in said["error"]) == (6, True)
    assert not (tmp_path / "out").exists()


def test_an_override_that_was_taken_back_holds_the_release_again(run):
    (entry,) = run("log", "show", "a.store", "--kind", "audit.overridden")[1]["entries"]
    assert released(run, "partners", "before")[0] == 0
    assert run("log", "undo", "a.store", entry["id"], *WHO)[0] == 0
    assert released(run, "partners")[0] == 6


def test_a_folder_that_is_no_plan_is_one_sentence(run):
    assert run("release", "a.store", "--audience", "public", "--store", "a.store", "-o", "x", *WHO)[0] == 2
    assert run("log", "check-export", "k")[0] == 2


@pytest.mark.parametrize("changes", [{"override": None}, {"plan_sha256": "0" * 64}])
def test_a_rule_that_is_not_kept_or_a_sheet_of_another_plan_holds_the_release(run, tmp_path, changes):
    record(tmp_path / "a.store", write_sheet(tmp_path / "plan" / "RESTRICTED", **changes))
    code, said = released(run, "partners")
    assert (code, "plan audit" in said["error"]) == (6, True)
    assert not (tmp_path / "out").exists()


def test_a_plan_that_nobody_audited_is_not_released(run, tmp_path):
    (tmp_path / "plan" / "RESTRICTED" / "RESTRICTED-audit.json").unlink()
    assert released(run, "partners")[0] == 2

"""`safepassage audit` and `explain SP-…`: the sheet, overrides on record, exit codes."""

from __future__ import annotations

import json

import pytest

from safepassage.cli import main
from safepassage.cli.log import store_file
from safepassage.store import audits
from tests.support.audits import overrule


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    folder = tmp_path_factory.mktemp("audit")
    assert main(["init", str(folder / "case")]) == 0
    assert main(["plan", str(folder / "case"), "-o", str(folder / "out")]) in {0, 3}
    return folder


@pytest.fixture
def run(plan, capsys):
    def command(*arguments):
        code = main(
            ["audit", str(plan / "out"), "--case", str(plan / "case"), *map(str, arguments), "--json"]
        )
        return code, json.loads(capsys.readouterr().out)

    return command


def test_plan_writes_the_sheet_for_its_owner_only(plan):
    path = plan / "out" / "RESTRICTED" / "RESTRICTED-audit.json"
    sheet = json.loads(path.read_bytes())
    assert (len(sheet["findings"]), sheet["class"], path.stat().st_mode & 0o077) == (36, "RESTRICTED", 0)
    assert "not a finding of lawfulness or voluntariness" in sheet["statement"]
    page = path.with_suffix(".html").read_text("utf-8")
    assert all(row["id"] in page for row in sheet["findings"])
    assert not (plan / "out" / "PUBLIC").exists()


def test_rules_hold_until_somebody_says_why_and_the_finding_stays(run, plan, tmp_path):
    code, said = run("-o", tmp_path / "sheet")
    assert (code, said["exit_code"]) == (6, 6)
    assert "SP-18" in said["holding"]
    text = "".join(
        f'[[override]]\nrule = "{rule}"\nby = "lead"\nreason = "<why>"\n' for rule in said["holding"]
    )
    (tmp_path / "o.toml").write_text(text)
    code, after = run("--overrides", tmp_path / "o.toml", "-o", tmp_path / "sheet")
    assert (code, after["holding"]) == (0, [])
    assert [r["verdict"] for r in after["findings"]] == [r["verdict"] for r in said["findings"]]
    page = (tmp_path / "sheet" / "RESTRICTED-audit.html").read_text("utf-8")
    assert "overridden by lead: &lt;why&gt;" in page
    assert json.loads((plan / "out" / "RESTRICTED" / "RESTRICTED-plan.json").read_bytes())["exercise"]
    assert "EXERCISE" in page
    without = ["audit", str(plan / "out"), "--overrides", str(tmp_path / "o.toml"), "-o", str(tmp_path)]
    assert main(without) == 6


def test_the_sheet_of_a_terminal_has_no_total(plan, capsys):
    assert main(["audit", str(plan / "out"), "--case", str(plan / "case")]) == 6
    text = capsys.readouterr().out
    assert "SP-07 no issue found in the data given" in text
    assert "/36" not in text
    assert text.rstrip().splitlines()[-2].startswith("Releases are held up by: SP-")
    assert "public notice is held" in text


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("--overrides", '[[override]]\nrule = "SP-99"\nby = "lead"\nreason = "why"\n'),
        ("--overrides", '[[override]]\nrule = "SP-18"\nby = " "\nreason = "why"\n'),
        ("--overrides", "override = 3"),
        ("--manifest", '{"groups": [{"token": "g", "size": 2, "rides": [], "name": "a person"}]}'),
        ("--manifest", "[1]"),
        ("--manifest", "not json"),
    ],
)
def test_bad_files_are_one_sentence(run, tmp_path, option, text):
    (tmp_path / "file").write_text(text)
    code, said = run(option, tmp_path / "file")
    assert code == 2
    assert said["error"].startswith("file: ")


def test_a_manifest_is_read(run, tmp_path, plan):
    movement = json.loads((plan / "out" / "RESTRICTED" / "RESTRICTED-plan.json").read_bytes())["cars"][0][
        "id"
    ]
    ride = {"movement": f"{movement}/1", "site": "x", "persons": 2}
    count = {"movement": "m", "waypoint": "w", "departed": 3, "arrived": 2, "closed": True}
    found = {"groups": [{"token": "g", "size": 2, "rides": [ride]}], "counts": [count]}
    (tmp_path / "m.json").write_text(json.dumps(found))
    _, said = run("--manifest", tmp_path / "m.json")
    verdicts = {row["id"]: row["verdict"] for row in said["findings"]}
    assert (verdicts["SP-08"], verdicts["SP-10"]) == ("PASS", "FAIL")


def test_a_rule_is_explained_and_an_unknown_one_is_named(capsys):
    assert main(["explain", "sp4"]) == 0
    assert main(["explain", "sp-04"]) == 0
    text = capsys.readouterr().out
    assert "Yemen" in text
    assert "notification_warn_h = 48 h" in text
    assert main(["explain", "SP-99"]) == 2


def test_a_plan_that_does_not_hold_is_not_audited(plan, tmp_path, capsys):
    source = plan / "out" / "RESTRICTED"
    for path in source.glob("RESTRICTED-*.json"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    name = tmp_path / "RESTRICTED-plan.json"
    document = json.loads(name.read_bytes())
    document["directions"][0]["persons_served"] += 1
    name.write_text(json.dumps(document))
    assert main(["audit", str(name), "--json"]) == 4
    assert "findings" not in json.loads(capsys.readouterr().out)


def test_the_notice_is_held_until_somebody_takes_responsibility_and_again_after(run, plan, capsys):
    notice = plan / "out" / "PUBLIC" / "PUBLIC-notice.txt"
    assert overrule(plan / "out", plan / "case") == 0
    capsys.readouterr()
    assert "SP-" not in notice.read_text("utf-8")
    assert run()[0] == 6
    assert not notice.exists()


@pytest.fixture
def store(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv(store_file.KEY_FILE, str(tmp_path / "k"))
    path = tmp_path / "a.store"
    made = ["store", "init", str(path), "--org", "red", "--key-file", str(tmp_path / "k"), "--make-key-file"]
    assert main([*made, "--by", "lead", "--why", "start"]) == 0
    capsys.readouterr()
    return path


def entries(store, kind, capsys):
    assert main(["log", "show", str(store), "--kind", kind, "--json"]) == 0
    return json.loads(capsys.readouterr().out)["entries"]


WHO = ("--by", "auditor", "--why", "before the release")


def test_the_sheet_and_each_override_stand_in_the_log_and_the_record_is_signed(
    run, plan, store, tmp_path, capsys
):
    text = '[[override]]\nrule = "SP-18"\nby = "lead"\nreason = "a tug stands by"\n'
    (tmp_path / "o.toml").write_text(text)
    sheet = tmp_path / "sheet"
    arguments = ("--overrides", tmp_path / "o.toml", "--store", store, "-o", sheet, *WHO)
    code, said = run(*arguments)
    assert (code, said["seq"]) == (6, 3)
    (overridden,) = entries(store, "audit.overridden", capsys)
    assert (overridden["by"], overridden["why"]) == ("lead", "a tug stands by")
    assert (overridden["body"]["rule"], overridden["class"]) == ("SP-18", "RESTRICTED")
    (made,) = entries(store, "audit.made", capsys)
    assert made["body"]["verdicts"]["SP-18"] == "FAIL"
    assert "SP-18" not in made["body"]["holding"]
    data = (sheet / "RESTRICTED-audit.json").read_bytes()
    record = json.loads((sheet / "RESTRICTED-audit-record.json").read_bytes())
    assert audits.record_faults(record, data) == []
    assert audits.record_faults(record, data + b" ") == ["the sheet was changed"]
    assert audits.record_faults(record | {"holding": []}, data) == ["the signature of the record is wrong"]
    assert audits.record_faults({}, data) == ["the record of the audit is none"]
    # The same audit again is the same entry; another day's is another.
    assert run(*arguments)[1]["seq"] == 3
    assert "SP-18" not in json.dumps(exported(store, tmp_path, capsys))


def exported(store, folder, capsys):
    path = folder / "partners.jsonl"
    who = ("--by", "lead", "--why", "drill")
    assert main(["log", "export", str(store), "--audience", "partners", "-o", str(path), *who]) == 0
    capsys.readouterr()
    return path.read_text("utf-8")


def test_a_manifest_is_kept_sealed_read_again_and_gone_after_a_purge(run, store, tmp_path, capsys):
    token = "Canary-Group-Token"
    group = {"token": token, "size": 2, "rides": [{"movement": "m", "site": "x", "persons": 1}]}
    (tmp_path / "m.json").write_text(json.dumps({"groups": [group]}))
    keep = (
        "--manifest",
        tmp_path / "m.json",
        "--store",
        store,
        "--keep-manifest",
        "-o",
        tmp_path / "s",
        *WHO,
    )
    first = {row["id"]: row["verdict"] for row in run(*keep)[1]["findings"]}
    assert first["SP-08"] == "FAIL"
    (kept,) = entries(store, "audit.manifest_kept", capsys)
    assert token not in json.dumps(kept)
    again = run("--store", store, "-o", tmp_path / "s", *WHO)[1]
    assert {row["id"]: row["verdict"] for row in again["findings"]}["SP-08"] == "FAIL"
    key = kept["private"].removeprefix("sealed with ")
    assert main(["store", "purge", str(store), "--key-id", key, "--by", "lead", "--why", "done"]) == 0
    capsys.readouterr()
    gone = run("--store", store, "-o", tmp_path / "s", *WHO)[1]
    assert {row["id"]: row["verdict"] for row in gone["findings"]}["SP-08"] == "NOT_ASSESSED"


@pytest.mark.parametrize("options", [("--store", "a.store"), ("--keep-manifest",)])
def test_a_record_names_somebody_and_a_manifest_is_kept_somewhere(run, options):
    code, said = run(*options)
    assert (code, "give --" in said["error"]) == (2, True)


def test_the_sheet_lists_what_the_plan_rests_on(run, tmp_path):
    sheet = run("-o", tmp_path / "sheet")[1]
    kinds = {row["kind"] for row in sheet["basis"]}
    assert "report" in kinds
    assert not kinds & {"assumption"}
    assert all(row["id"] for row in sheet["basis"])
    page = (tmp_path / "sheet" / "RESTRICTED-audit.html").read_text("utf-8")
    assert "What the plan rests on" in page

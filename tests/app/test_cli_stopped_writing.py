"""A plan that is ended while its files are moved is taken for one by no reader, until it is made again."""

from __future__ import annotations

import json
import os
import shutil
import sys

import pytest

from safepassage.cli import main
from safepassage_verify import UnreadableError, verify_files
from safepassage_verify.written import is_unfinished, unlike
from tests.support.folders import TABLES, write_case

PLAN = "RESTRICTED/RESTRICTED-plan.json"
MALFORMED, NOT_VERIFIED = 2, 4


@pytest.fixture(scope="module")
def plans(tmp_path_factory):
    """Two plans of a case before and after more people were counted, and the files of each."""
    root = tmp_path_factory.mktemp("stopped")
    found = []
    for name, persons in (("one", ",30,"), ("two", ",34,")):
        case = write_case(root / name, demand=TABLES["demand"].replace(",30,", persons))
        out = root / f"out-{name}"
        more = ["--field-devices"] if name == "one" else []
        assert main(["plan", str(case), "-o", str(out), *more]) == 0
        found.append((out, {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}))
    return found


def write_and_end(out, files, nth: int) -> bool:
    """Write files in another process that ends before its n-th change of names; tell whether it did."""
    from safepassage.cli import written

    process = os.fork()
    if not process:
        left = [nth]

        def before(function):
            def ends(path, *given, **options):
                left[0] -= 1
                if not left[0]:
                    os._exit(9)
                return function(path, *given, **options)

            return ends

        written.Path.replace, written.Path.unlink = before(written.Path.replace), before(written.Path.unlink)
        written.write_files(out, files)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == 9


@pytest.mark.skipif(sys.platform != "linux", reason="processes are copied")
def test_a_folder_is_the_old_plan_or_the_new_one_or_is_refused_wherever_writing_is_ended(tmp_path, plans):
    (old, before), (_, after) = plans
    files = {name: data for name, data in after.items() if not name.endswith("-files.json")}
    seen, ended, nth = set(), True, 0
    while ended:
        nth += 1
        out = tmp_path / f"{nth}"
        shutil.copytree(old, out)
        ended = write_and_end(out, files, nth)
        now = {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()}
        whole = {name: data for name, data in now.items() if not name.endswith(".part")}
        if is_unfinished(out / PLAN):
            seen.add("refused")
            with pytest.raises(UnreadableError, match="holds files of two plans"):
                verify_files(out)
        else:
            seen.add("old" if whole == before else "new")
            assert verify_files(out).verified
            assert whole in (before, after)
        # The next plan takes the place of both, and leaves nothing of either.
        assert write_and_end(out, files, -1) is False
        assert {str(p.relative_to(out)): p.read_bytes() for p in out.rglob("*") if p.is_file()} == after
        assert verify_files(out).verified
        shutil.rmtree(out)
    assert seen == {"old", "refused", "new"}
    assert nth > 2 * len(after)


@pytest.fixture
def unfinished(tmp_path, plans):
    (old, _), (_, after) = plans
    out = tmp_path / "out"
    shutil.copytree(old, out)
    files = {name: data for name, data in after.items() if not name.endswith("-files.json")}
    nth = next(n for n in range(1, 400) if write_and_end(out, files, n) and is_unfinished(out / PLAN))
    assert nth
    return out


COMMANDS = {
    "verify": ["verify", "OUT"],
    "sheets": ["sheets", "OUT", "--language", "en"],
    "audit": ["audit", "OUT"],
    "explain": ["explain", "OUT"],
    "simulate": ["simulate", "OUT"],
    "worlds": ["worlds", "OUT"],
    "plan": ["plan", "CASE", "--previous", "OUT", "--at", "07:00", "-o", "NEW"],
    "release": [
        "release", "OUT", "--audience", "partners", "-o", "NEW", "--store", "STORE", "--by", "a", "--why", "b"
    ],
}  # fmt: skip


@pytest.mark.skipif(sys.platform != "linux", reason="processes are copied")
@pytest.mark.parametrize("command", COMMANDS)
def test_every_reader_refuses_such_a_folder_and_says_what_to_do(tmp_path, unfinished, capsys, command):
    names = {"OUT": unfinished, "CASE": write_case(tmp_path / "case"), "NEW": tmp_path / "new"}
    names["STORE"] = tmp_path / "office.store"
    assert main([str(names.get(word, word)) for word in COMMANDS[command]]) == MALFORMED
    said = capsys.readouterr().err
    assert "holds files of two plans" in said
    assert "plan into it again" in said


def test_a_document_of_another_plan_is_refused_and_another_file_is_named(tmp_path, plans, capsys):
    (old, _), (new, _) = plans
    out = tmp_path / "out"
    shutil.copytree(new, out)
    assert [*unlike(out / PLAN)] == []
    shutil.copy(old / "RESTRICTED/RESTRICTED-report.html", out / "RESTRICTED")
    assert main(["verify", str(out)]) == 0
    assert "CHANGED since it was written: RESTRICTED-report.html" in capsys.readouterr().out
    for name in ("inputs", "plan", "certificate"):
        shutil.copy(old / f"RESTRICTED/RESTRICTED-{name}.json", out / "RESTRICTED")
    assert main(["verify", str(out)]) == NOT_VERIFIED
    assert "FILES at RESTRICTED-plan.json: is not the file that was written" in capsys.readouterr().out
    assert main(["sheets", str(out), "--language", "en"]) == NOT_VERIFIED
    assert "NOT VERIFIED, so no sheet is written" in capsys.readouterr().err
    names = {"OUT": out, "NEW": tmp_path / "new", "STORE": tmp_path / "office.store"}
    assert main([str(names.get(word, word)) for word in COMMANDS["release"]]) == NOT_VERIFIED
    assert "NOT VERIFIED, so nothing is released" in capsys.readouterr().err


def test_what_is_written_later_or_anew_is_held_against_nothing_and_goes_with_the_next_plan(tmp_path, plans):
    (old, _), (_, after) = plans
    out = tmp_path / "out"
    shutil.copytree(old, out)
    assert main(["sheets", str(out), "--language", "en"]) == 0
    assert main(["audit", str(out), "--case", str(write_case(tmp_path / "case"))]) in {0, 6}
    assert verify_files(out).files_changed == ()
    listed = json.loads((out / "RESTRICTED/RESTRICTED-files.json").read_text("utf-8"))
    assert listed["complete"] is True
    assert listed["files"]["RESTRICTED/sheets/RESTRICTED-sheets.en.csv"] is None
    files = {name: data for name, data in after.items() if not name.endswith("-files.json")}
    from safepassage.cli.written import write_files

    write_files(out, files)
    assert {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()} == set(after)

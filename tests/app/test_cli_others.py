"""The other commands: verify, check, network, doctor, init; and what all of them share."""

from __future__ import annotations

import io
import json
import sys

import pytest

from safepassage import __version__, example
from safepassage.cli import main
from safepassage.cli.run import _write
from tests.support.exits import exit_code
from tests.support.folders import TABLES, cut_off, write_case


@pytest.fixture
def run(capsys):
    def command(*arguments):
        code = main([str(a) for a in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """A folder with a plan in it, made once."""
    path = tmp_path_factory.mktemp("planned")
    assert main(["plan", str(write_case(path / "case")), "-o", str(path / "out"), "--json"]) == 0
    return path / "out"


@pytest.fixture
def tampered(planned, tmp_path):
    """A copy of the plan with one more person than there is."""
    folder = tmp_path / "RESTRICTED"
    folder.mkdir()
    for path in (planned / "RESTRICTED").glob("*.json"):
        (folder / path.name).write_bytes(path.read_bytes())
    plan = folder / "RESTRICTED-plan.json"
    document = json.loads(plan.read_bytes())
    document["cars"][0]["departures"][0][1] += 1
    plan.write_text(
        json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n",
        encoding="utf-8",
    )
    return tmp_path


class TestVerify:
    def test_a_plan_as_it_was_written(self, run, planned):
        code, out, err = run("verify", planned)
        assert (code, err) == (0, "")
        assert out.startswith("Verified: ")

    def test_json(self, run, planned):
        code, out, _ = run("verify", planned / "RESTRICTED" / "RESTRICTED-plan.json", "--json")
        printed = json.loads(out)
        assert (code, printed["exit_code"], printed["verified"], printed["violations"]) == (0, 0, True, [])

    def test_a_plan_that_somebody_changed(self, run, tampered):
        code, out, _ = run("verify", tampered)
        assert code == 4
        assert "NOT VERIFIED" in out
        code, out, _ = run("verify", tampered, "--json")
        printed = json.loads(out)
        assert (code, printed["verified"]) == (4, False)
        assert {"code", "where", "message"} == set(printed["violations"][0])
        assert "CONSERVATION" in {v["code"] for v in printed["violations"]}

    def test_inputs_that_somebody_changed(self, run, planned, tampered):
        (tampered / "RESTRICTED" / "RESTRICTED-plan.json").write_bytes(
            (planned / "RESTRICTED" / "RESTRICTED-plan.json").read_bytes()
        )
        inputs = tampered / "RESTRICTED" / "RESTRICTED-inputs.json"
        inputs.write_bytes(inputs.read_bytes().replace(b'"title":"The ford"', b'"title":"The fort"'))
        code, out, _ = run("verify", tampered)
        assert code == 4
        assert "HASH" in out

    @pytest.mark.parametrize("content", [None, b"", b"{", b"\xff\xfe", b"[1, 2"])
    def test_what_is_no_plan(self, run, tmp_path, content):
        if content is not None:
            (tmp_path / "plan.json").write_bytes(content)
        code, _, err = run("verify", tmp_path)
        assert code == 2
        assert err.count("\n") == 1
        assert "Traceback" not in err


class TestCheck:
    def test_a_good_case(self, run, tmp_path):
        code, out, _ = run("check", write_case(tmp_path / "case"))
        assert code == 0
        assert "0 errors" in out
        assert "4 places, 52 persons, 1 vehicle" in out

    def test_all_problems_at_once(self, run, tmp_path):
        tables = {
            "demand": TABLES["demand"].replace(",30,", ",-30,").replace(",12,", ",x,"),
            "fleet": TABLES["fleet"].replace("home", "nowhere"),
        }
        code, out, err = run("check", write_case(tmp_path / "case", **tables))
        assert code == 2
        text = out + err
        for where in (
            "demand.csv, row 2, column persons",
            "demand.csv, row 4, column persons",
            "fleet.csv, row 2, column base",
        ):
            assert where in text
        assert "3 errors" in text

    def test_json(self, run, tmp_path):
        tables = {"demand": TABLES["demand"].replace(",30,", ",-30,")}
        code, out, _ = run("check", write_case(tmp_path / "case", **tables), "--json")
        printed = json.loads(out)
        assert (code, printed["exit_code"], printed["errors"]) == (2, 2, 1)
        assert printed["problems"][0]["severity"] == "error"

    def test_what_the_network_shows_is_said_too(self, run, tmp_path):
        head, *rows = TABLES["places"].splitlines()
        table = [f"{head},lat,lon", *(f"{row},," for row in rows), "off,Off,settlement,,,,60.0,30.0"]
        code, out, _ = run("check", write_case(tmp_path / "case", places="\n".join(table) + "\n"))
        assert code == 0
        assert "PLACE_OFF_NETWORK" in out or "beyond the limit" in out


class TestNetwork:
    def test_a_folder(self, run, tmp_path):
        code, out, _ = run("network", write_case(tmp_path / "case"))
        assert code == 0
        assert "4 nodes, 4 arcs, 2 stretches" in out

    def test_json(self, run, tmp_path):
        code, out, _ = run("network", write_case(tmp_path / "case"), "--json")
        printed = json.loads(out)
        assert (code, printed["nodes"], printed["arcs"], printed["length_m"]) == (0, 4, 4, 3_500)
        assert len(printed["sha256"]) == 64
        assert printed["seconds"] >= 0

    def test_the_file_of_links_stands_for_its_folder(self, run, tmp_path):
        assert run("network", write_case(tmp_path / "case") / "links.csv")[0] == 0

    def test_warnings_are_shown(self, run, tmp_path):
        folder = write_case(tmp_path / "case", links=TABLES["links"].replace("1500", "5"))
        code, out, _ = run("network", folder)
        assert code == 0
        assert "its ends lie" in out

    @pytest.mark.parametrize("name", ["nowhere.osm.pbf", "nowhere"])
    def test_a_file_that_is_not_there(self, run, tmp_path, name):
        code, _, err = run("network", tmp_path / name)
        assert code == 2
        assert name in err

    def test_a_file_of_another_kind(self, run, tmp_path):
        (tmp_path / "roads.docx").write_text("x")
        code, _, err = run("network", tmp_path / "roads.docx")
        assert code == 2
        assert "no road network that can be read" in err


class TestInit:
    @pytest.mark.parametrize("options", [(), ("--xlsx",)])
    def test_a_template_that_passes_its_own_check(self, run, tmp_path, options):
        target = tmp_path / ("case.xlsx" if options else "case")
        code, out, _ = run("init", target, *options)
        assert code == 0
        assert "safepassage check" in out
        assert run("check", target)[0] == 0

    def test_a_workbook_has_the_ending_that_spreadsheet_programs_open(self, run, tmp_path):
        code, out, _ = run("init", tmp_path / "case", "--xlsx")
        assert code == 0
        assert f"Wrote {tmp_path / 'case.xlsx'}" in out
        assert [path.name for path in tmp_path.iterdir()] == ["case.xlsx"]
        assert run("init", tmp_path / "case", "--xlsx")[0] == 2

    def test_the_example_is_written_as_it_is_planned(self, run, tmp_path):
        assert run("init", tmp_path / "case", "--example")[0] == 0
        written = {path.name: path.read_bytes() for path in (tmp_path / "case").iterdir()}
        assert written == {path.name: path.read_bytes() for path in example.path().iterdir()}
        assert run("init", tmp_path / "case", "--example")[0] == 2

    def test_nothing_that_exists_is_overwritten(self, run, tmp_path):
        folder = write_case(tmp_path / "case")
        before = {p.name: p.read_bytes() for p in folder.iterdir()}
        code, _, err = run("init", folder)
        assert code == 2
        assert "left as it is" in err
        assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


class TestDoctor:
    def test_a_whole_installation(self, run):
        code, out, _ = run("doctor")
        assert code == 0
        assert "All is well." in out

    def test_json_and_a_missing_library(self, run, monkeypatch):
        from safepassage.cli import doctor_command

        monkeypatch.setitem(doctor_command.NEEDED, "no_such_library", "nothing")
        code, out, _ = run("doctor", "--json")
        printed = json.loads(out)
        assert (code, printed["healthy"]) == (2, False)
        failing = [c["text"] for c in printed["checks"] if not c["ok"]]
        assert [text.split(" cannot be loaded")[0] for text in failing] == ["no_such_library (nothing)"]

    def test_a_planner_that_breaks_is_reported_and_not_raised(self, run, monkeypatch):
        from safepassage.cli import doctor_command

        def broken():
            raise RuntimeError("solver gone")

        monkeypatch.setattr(doctor_command, "_plans_a_small_case", broken)
        code, out, _ = run("doctor")
        assert code == 2
        assert "RuntimeError: solver gone" in out


class TestShared:
    def test_version(self, capsys):
        assert exit_code("--version") == 0
        assert capsys.readouterr().out == f"safepassage {__version__}\n"

    @pytest.mark.parametrize("arguments", [[], ["fly"], ["plan"], ["network"]])
    def test_usage_faults_end_with_two(self, arguments, capsys):
        assert exit_code(*arguments) == 2
        assert "usage: safepassage" in capsys.readouterr().err

    def test_an_interrupt_is_no_traceback(self, run, monkeypatch, tmp_path):
        from safepassage.cli import check_command

        def interrupted(options):
            raise KeyboardInterrupt

        monkeypatch.setattr(check_command, "run", interrupted)
        code, out, _ = run("check", tmp_path)
        assert code == 130
        assert out.startswith("Stopped")

    def test_a_terminal_of_another_encoding_gets_question_marks(self):
        stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        _write(stream, "Суджа – Sumy")
        stream.seek(0)
        assert stream.read() == "????? ? Sumy\n"

    def test_a_closed_pipe_is_no_traceback(self, monkeypatch):
        class Closed(io.StringIO):
            def write(self, text):
                raise BrokenPipeError

        monkeypatch.setattr(sys, "stderr", io.StringIO())
        _write(Closed(), "text")

    def test_text_goes_out_and_faults_go_to_standard_error(self, run, tmp_path):
        good = run("check", write_case(tmp_path / "case", **cut_off()))
        assert good[2] == ""
        bad = run("verify", tmp_path / "nowhere")
        assert bad[1] == ""
        assert bad[2]


def test_a_fault_in_the_program_is_one_sentence(monkeypatch, capsys):
    """An unexpected error ends with exit code 1 and a sentence that names its place, not with a traceback."""
    import safepassage.cli.doctor_command as doctor
    from safepassage.cli import main

    def broken(_options):
        raise ZeroDivisionError

    monkeypatch.setattr(doctor, "run", broken)
    monkeypatch.delenv("SAFEPASSAGE_DEBUG", raising=False)
    assert main(["doctor"]) == 1
    said = capsys.readouterr().err
    assert "ZeroDivisionError in test_cli_others.py" in said
    assert "Traceback" not in said
    monkeypatch.setenv("SAFEPASSAGE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        main(["doctor"])

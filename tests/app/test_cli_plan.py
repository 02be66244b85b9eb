"""`safepassage plan`: exit codes, what is printed, what is written and with which rights."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path

import pytest

from safepassage.casework import verified
from safepassage.cli import main
from safepassage.formats.containers import canonical_json
from safepassage_verify import Checked, Verdict
from safepassage_verify.verdict import Violation
from tests.support.audits import overrule
from tests.support.exits import exit_code
from tests.support.folders import HEAD, TABLES, cut_off, write_case

OK, MALFORMED, UNSERVED, NOT_VERIFIED, INSUFFICIENT = 0, 2, 3, 4, 5
POSIX = pytest.mark.skipif(os.name != "posix", reason="rights of files are POSIX's")


@pytest.fixture
def run(tmp_path, capsys):
    """Plan a case and return (exit code, standard output, standard error)."""

    def plan(case, *options, output=None):
        code = main(["plan", str(case), "-o", str(output or tmp_path / "out"), *options])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return plan


@pytest.fixture
def case(tmp_path):
    return write_case(tmp_path / "case")


def files(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


class TestExitCodes:
    def test_everybody_served(self, run, case):
        code, out, err = run(case)
        assert (code, err) == (OK, "")
        assert "West: 40 of 40 persons" in out
        assert "East: 12 of 12 persons" in out
        assert "INCOMPLETE" not in out

    def test_somebody_left(self, run, tmp_path):
        code, out, err = run(write_case(tmp_path / "case", **cut_off()))
        assert (code, err) == (UNSERVED, "")
        assert "West: 40 of 44 persons" in out
        assert "INCOMPLETE" in out
        assert "no open way" in out or "UNSERVED_UNREACHABLE" in out
        assert (tmp_path / "out" / "RESTRICTED" / "RESTRICTED-plan.json").exists()

    @pytest.mark.parametrize(
        "tables",
        [
            {"demand": TABLES["demand"].replace(",30,", ",-30,")},
            {"demand": TABLES["demand"].replace(",30,", ",thirty,")},
            {"places": TABLES["places"].replace("kind", "sort")},
            {"places": TABLES["places"] + "home,Twice,settlement,b,,\n"},
            {"links": TABLES["links"].replace("l2,b,c", "l2,b,nowhere")},
            {"links": None},
            {"demand": None},
        ],
    )
    def test_malformed_input_writes_nothing(self, run, tmp_path, tables):
        code, out, err = run(write_case(tmp_path / "case", **tables))
        assert (code, out) == (MALFORMED, "")
        assert "nothing was written" in err
        assert not (tmp_path / "out").exists()

    def test_a_case_that_is_not_there(self, run, tmp_path):
        code, _, err = run(tmp_path / "nowhere")
        assert code == MALFORMED
        assert "nowhere" in err

    def test_usage(self, case, capsys):
        assert exit_code("plan", case) == MALFORMED
        assert "required: -o" in capsys.readouterr().err

    @pytest.mark.parametrize("option", ["--work-limit", "--time-limit"])
    def test_a_limit_below_nothing_is_no_limit(self, case, capsys, option, tmp_path):
        assert exit_code("plan", case, "-o", tmp_path / "out", option, "-1") == MALFORMED
        assert option in capsys.readouterr().err

    def test_an_output_that_cannot_be_written(self, run, case, tmp_path):
        (tmp_path / "file").write_text("in the way")
        code, _, err = run(case, output=tmp_path / "file" / "out")
        assert code == MALFORMED
        assert "file" in err
        assert "Traceback" not in err

    def test_an_output_in_whose_place_a_file_is_is_refused_before_anything_is_planned(
        self, run, case, tmp_path, monkeypatch
    ):
        (tmp_path / "file").write_text("in the way")
        monkeypatch.setattr("safepassage.cli.plan_command.read_case_input", None)
        code, _, err = run(case, output=tmp_path / "file")
        assert code == MALFORMED
        assert "give another output folder" in err

    def test_reports_older_than_three_days(self, run, tmp_path):
        for day, expected in (("28", OK), ("27", INSUFFICIENT)):
            head = HEAD.replace("2024-05-01T05:30", f"2024-04-{day}T06:00")
            code, out, _ = run(write_case(tmp_path / day, head=head))
            assert code == expected
            assert ("STALE OR INSUFFICIENT DATA" in out) == (expected == INSUFFICIENT)

    def test_nobody_with_a_direction(self, run, tmp_path):
        rows = "place,direction,group,persons,direction_basis\nhome,undecided,own_vehicle,30,tally\n"
        code, out, _ = run(write_case(tmp_path / "case", demand=rows))
        assert code == INSUFFICIENT
        assert "held in reserve for undecided persons: 30" in out

    def test_a_plan_that_fails_its_verification_is_not_written(self, run, case, tmp_path, monkeypatch):
        check = Checked.verdict

        def refuse(self, *aid, **more):
            honest = check(self, *aid, **more)
            broken = Violation(code="CAPACITY", where="plan.cars[0]", message="one car too many")
            return Verdict(
                verified=False, violations=(broken,), counts={"CAPACITY": 1}, checks=honest.checks,
                recomputed=honest.recomputed,
            )  # fmt: skip

        monkeypatch.setattr(Checked, "verdict", refuse)
        code, out, err = run(case)
        assert (code, out) == (NOT_VERIFIED, "")
        assert "CAPACITY at plan.cars[0]: one car too many" in err
        assert "nothing was written" in err
        assert not (tmp_path / "out").exists()
        code, out, _ = run(case, "--json")
        assert code == NOT_VERIFIED
        printed = json.loads(out)
        assert (printed["verified"], printed["outputs"]) == (False, {})
        assert printed["violations"][0]["code"] == "CAPACITY"

    def test_a_plan_that_is_really_wrong_is_refused_too(self, run, case, tmp_path, monkeypatch):
        """The verifier itself finds a car that arrives too early, wherever the planner got it from."""
        honest = verified.plan_json.plan_document

        def wrong(plan, **more):
            document = honest(plan, **more)
            document["directions"][0]["clearance_s"] -= 1
            return document

        monkeypatch.setattr(verified.plan_json, "plan_document", wrong)
        code, _, err = run(case)
        assert code == NOT_VERIFIED
        assert "TOTALS" in err
        assert not (tmp_path / "out").exists()


class TestJson:
    def test_one_object_with_what_programs_need(self, run, tmp_path):
        code, out, err = run(write_case(tmp_path / "case", **cut_off()), "--json")
        printed = json.loads(out)
        assert err == ""
        assert printed["exit_code"] == code == UNSERVED
        assert printed["verified"] is True
        west, east = printed["directions"]
        assert (west["name"], west["persons_demand"], west["persons_served"]) == ("West", 44, 40)
        assert west["clearance_bound_s"] <= west["clearance_s"]
        assert west["gap"] == pytest.approx(west["clearance_s"] / west["clearance_bound_s"] - 1, abs=1e-6)
        assert (east["name"], east["persons_served"]) == ("East", 12)
        assert printed["seconds"] >= 0
        assert all(Path(path).exists() for path in printed["outputs"].values())
        assert {"plan.json", "report.html", "schedule.csv", "schedule.xlsx", "corridors.geojson"} <= set(
            printed["outputs"]
        )

    def test_where_nobody_is_served_figures_are_null(self, run, tmp_path):
        head = HEAD.replace("horizon_h = 4", "horizon_h = 0.01")
        printed = json.loads(run(write_case(tmp_path / "case", head=head), "--json")[1])
        row = printed["directions"][0]
        assert (row["persons_served"], row["clearance_s"], row["clearance_bound_s"], row["gap"]) == (
            0,
            None,
            None,
            None,
        )

    def test_problems_of_malformed_input(self, run, tmp_path):
        tables = {"demand": TABLES["demand"].replace(",30,", ",-30,")}
        code, out, _ = run(write_case(tmp_path / "case", **tables), "--json")
        printed = json.loads(out)
        assert printed["exit_code"] == code == MALFORMED
        (row,) = [p for p in printed["problems"] if p["severity"] == "error"]
        assert (row["file"], row["row"], row["column"]) == ("demand.csv", 2, "persons")
        assert row["message"]
        assert row["hint"]

    def test_a_single_fault_is_a_sentence(self, run, case, tmp_path):
        code, out, _ = run(case, "--json", "--network", str(tmp_path / "nowhere.osm.pbf"))
        printed = json.loads(out)
        assert printed["exit_code"] == code == MALFORMED
        assert "nowhere.osm.pbf" in printed["error"]


class TestFiles:
    def test_what_is_written(self, run, case, tmp_path):
        run(case)
        written = files(tmp_path / "out")
        assert all(name.startswith(("RESTRICTED/RESTRICTED-", "PUBLIC/PUBLIC-")) for name in written)
        proofs = ("inputs", "plan", "certificate", "verification")
        assert {f"RESTRICTED/RESTRICTED-{name}.json" for name in proofs} <= set(written)
        assert not [name for name in written if name.startswith("PUBLIC/")]
        assert "<h2>Held against law, standards and practice</h2>" in (
            tmp_path / "out" / "RESTRICTED" / "RESTRICTED-report.html"
        ).read_text("utf-8")
        overrule(tmp_path / "out", case)
        assert (tmp_path / "out" / "PUBLIC" / "PUBLIC-notice.html").is_file()
        assert not [name for name in written if name.endswith((".gpx", ".kmz", ".part"))]

    def test_the_verification_is_written_beside_the_plan_it_is_of(self, run, case, tmp_path):
        run(case)
        folder = tmp_path / "out" / "RESTRICTED"
        record = json.loads((folder / "RESTRICTED-verification.json").read_bytes())
        assert record["verified"] is True
        for name in ("inputs", "plan", "certificate"):
            data = (folder / f"RESTRICTED-{name}.json").read_bytes()
            assert record[f"{name}_sha256"] == canonical_json.sha256(data)

    @POSIX
    def test_only_the_owner_may_read_what_is_restricted(self, run, case, tmp_path):
        before = os.umask(0)
        try:
            run(case, "--field-devices")
        finally:
            os.umask(before)
        folder = tmp_path / "out" / "RESTRICTED"
        for path in (folder, *folder.rglob("*")):
            expected = 0o700 if path.is_dir() else 0o600
            assert stat.S_IMODE(path.stat().st_mode) == expected, path

    @POSIX
    def test_rights_are_taken_from_a_folder_that_others_could_read(self, run, case, tmp_path):
        folder = tmp_path / "out" / "RESTRICTED"
        folder.mkdir(parents=True, mode=0o755)
        (folder / "RESTRICTED-plan.json").write_text("{}")
        (folder / "RESTRICTED-plan.json").chmod(0o644)
        run(case)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE((folder / "RESTRICTED-plan.json").stat().st_mode) == 0o600

    def test_files_for_phones_only_on_demand_and_gone_with_the_next_plan(self, run, case, tmp_path):
        run(case, "--field-devices")
        plan = json.loads((tmp_path / "out/RESTRICTED/RESTRICTED-plan.json").read_bytes())
        phones = [n for n in files(tmp_path / "out") if n.endswith((".gpx", ".kmz"))]
        assert len(phones) == 2 * len(plan["corridors"])
        assert all("/field-devices/RESTRICTED-" in n for n in phones)
        run(case)
        assert not [n for n in files(tmp_path / "out") if n.endswith((".gpx", ".kmz"))]

    def test_other_files_in_the_folder_are_left_alone(self, run, case, tmp_path):
        notes = tmp_path / "out" / "RESTRICTED" / "notes.txt"
        run(case)
        notes.write_text("mine")
        manifest = tmp_path / "out" / "RESTRICTED" / "RESTRICTED-files.json"
        outside = tmp_path / "outside.txt"
        outside.write_text("not yours")
        manifest.write_text(
            json.dumps(
                [*json.loads(manifest.read_text())["files"], "../outside.txt", "RESTRICTED/../../outside.txt"]
            )
        )
        run(case)
        assert notes.read_text() == "mine"
        assert outside.read_text() == "not yours"

    def test_a_refused_plan_leaves_the_earlier_one_as_it_is(self, run, case, tmp_path, monkeypatch):
        run(case)
        plan = tmp_path / "out" / "RESTRICTED" / "RESTRICTED-plan.json"
        before = plan.read_bytes()
        write_case(case, demand=TABLES["demand"].replace(",30,", ",-30,"))
        assert run(case)[0] == MALFORMED
        assert plan.read_bytes() == before

    def test_the_same_case_gives_the_same_files(self, run, case, tmp_path):
        run(case, "--field-devices", output=tmp_path / "one")
        run(case, "--field-devices", output=tmp_path / "two")
        names = files(tmp_path / "one")
        assert names == files(tmp_path / "two")
        for name in names:
            assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes(), name


class TestOptions:
    def test_limits_and_seed_are_recorded(self, run, case, tmp_path):
        run(case, "--work-limit", "123456", "--seed", "7", "--time-limit", "60")
        plan = json.loads((tmp_path / "out/RESTRICTED/RESTRICTED-plan.json").read_bytes())
        assert (plan["made_with"]["work_limit"], plan["made_with"]["seed"]) == (123_456, 7)
        assert plan["made_with"]["time_limit_s"] == 60

    def test_a_tiny_work_limit_leaves_people_with_the_reason(self, run, case):
        code, out, _ = run(case, "--work-limit", "1")
        assert code == UNSERVED
        assert "UNSERVED_WORK_LIMIT" in out

    def test_another_network(self, run, case, tmp_path):
        other = write_case(tmp_path / "other", links=TABLES["links"].replace("1500", "3000"))
        run(case, "--network", str(other))
        inputs = json.loads((tmp_path / "out/RESTRICTED/RESTRICTED-inputs.json").read_bytes())
        assert inputs["network"]["arcs"]["length_m"][0] == 3_000

    def test_faults_of_another_network_are_listed(self, run, case, tmp_path):
        other = write_case(
            tmp_path / "other", links=TABLES["links"].replace("l2,b,c", "l2,b,x").replace("1500", "far")
        )
        code, _, err = run(case, "--network", str(other))
        assert code == MALFORMED
        assert "“x”" in err
        assert "far" in err


class TestProgress:
    def test_it_is_silent_when_piped(self, run, case):
        assert run(case)[2] == ""

    def test_it_shows_phases_on_a_terminal_and_clears_its_line(self, run, case, monkeypatch):
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
        _, out, err = run(case)
        assert "reading" in err
        assert "verifying" in err
        assert "bound" in err
        assert err.endswith("\x1b[2K")
        assert "\x1b" not in out

    def test_json_is_silent_even_on_a_terminal(self, run, case, monkeypatch):
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
        assert run(case, "--json")[2] == ""

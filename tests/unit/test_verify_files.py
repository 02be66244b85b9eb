"""The verifier reads three files, says in a sentence what is wrong, and ends with the documented code."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from safepassage.testing.tiny_plans import TinyCase, TinyPlan, canonical
from safepassage_verify import UnreadableError, verify, verify_files
from safepassage_verify.__main__ import main
from safepassage_verify.codes import CODES

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def out(tmp_path):
    """A folder with a plan that holds, in canonical JSON."""
    case = TinyCase(2)
    case.arc(0, 1)
    case.place("Юнаківка", 0)
    case.site("S", 1)
    case.demand("Юнаківка", 2)
    plan = TinyPlan(case.inputs())
    plan.cars("Юнаківка", "S", plan.route(0), [(0, 2)])
    folder = tmp_path / "RESTRICTED"
    folder.mkdir()
    stated = plan.plan()
    certificate = {
        "schema": "safepassage.certificate/1",
        "class": "RESTRICTED",
        "inputs_sha256": stated["inputs_sha256"],
        "bounds": [],
        "envelope": [],
    }
    for name, value in {"inputs": case.inputs(), "plan": stated, "certificate": certificate}.items():
        (folder / f"{name}.json").write_bytes(canonical(value))
    return tmp_path


def rewrite(path, **changes):
    value = json.loads(path.read_text("utf-8"))
    path.write_bytes(canonical(value | changes))


def test_the_plan_is_found_from_file_folder_and_output_folder(out):
    for path in (out, out / "RESTRICTED", out / "RESTRICTED" / "plan.json", str(out)):
        assert verify_files(path).verified


def test_files_whose_names_carry_the_class_are_found(out):
    for path in sorted((out / "RESTRICTED").iterdir()):
        path.rename(path.with_name(f"RESTRICTED-{path.name}"))
    verdict = verify_files(out)
    assert verdict.verified
    assert verdict.certificate_sha256


def test_a_plan_without_a_certificate_is_checked_without_bounds(out):
    (out / "RESTRICTED" / "certificate.json").unlink()
    verdict = verify_files(out)
    assert verdict.verified
    assert verdict.certificate_sha256 == ""


def test_the_answer_is_the_content_of_verification_json(out, capsys):
    assert main([str(out), "--json"]) == 0
    record = json.loads(capsys.readouterr().out)
    verdict = verify_files(out)
    assert record == json.loads(json.dumps(verdict.record()))
    assert record["verified"] is True
    assert record["schema"] == "safepassage.verification/1"
    assert (
        record["inputs_sha256"]
        == json.loads((out / "RESTRICTED" / "plan.json").read_bytes())["inputs_sha256"]
    )
    assert record["recomputed"]["directions"][0]["persons_served"] == 2


def test_a_violation_ends_with_4(out, capsys):
    rewrite(out / "RESTRICTED" / "plan.json", complete=False)
    assert main([str(out)]) == 4
    printed = capsys.readouterr().out
    assert "COMPLETE plan.complete: states False, is True" in printed
    assert "NOT verified: 1 violations" in printed


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("plan.json", b"", "is not JSON"),
        ("plan.json", b"{", "is not JSON"),
        ("inputs.json", b"\xff\xfe", "is not JSON"),
        ("inputs.json", b"[" * 200_000, "nested too deeply"),
        ("certificate.json", b"null", "holds null"),
        ("inputs.json", None, "cannot be read"),
        ("plan.json", None, "holds no plan.json"),
    ],
)
def test_what_cannot_be_read_ends_with_2_and_one_sentence(out, capsys, name, content, says):
    path = out / "RESTRICTED" / name
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    assert main([str(out)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert says in printed.err
    assert printed.err.count("\n") == 1
    with pytest.raises(UnreadableError, match=re.escape(says)):
        verify_files(out)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data.replace(b":", b": ", 1),
        lambda data: b" " + data,
        lambda data: data + b"\n\n",
        lambda data: data.replace(b'"complete":true', b'"complete":false,"complete":true'),
        lambda data: data.replace("Ю".encode(), b"\\u042e", 1),
    ],
)
def test_json_that_is_not_canonical_is_a_violation(out, spoil):
    path = out / "RESTRICTED" / "plan.json"
    path.write_bytes(spoil(path.read_bytes()))
    verdict = verify_files(out)
    assert set(verdict.counts) == {"CANONICAL"}
    assert verdict.plan_sha256


def test_one_final_line_break_is_allowed(out):
    path = out / "RESTRICTED" / "plan.json"
    path.write_bytes(path.read_bytes() + b"\n")
    assert verify_files(out).verified


@pytest.mark.parametrize("value", [b"NaN", b"1.0", b"1e3", b"-Infinity"])
def test_numbers_that_are_not_whole_are_violations(out, value):
    path = out / "RESTRICTED" / "plan.json"
    data = path.read_bytes()
    path.write_bytes(re.sub(rb'"horizon_s":\d+', b'"horizon_s":' + value, data))
    assert path.read_bytes() != data
    verdict = verify_files(out)
    assert "SCHEMA" in verdict.counts
    assert "INTERNAL" not in verdict.counts


def test_a_failure_of_the_verifier_is_never_a_verified_plan(out, monkeypatch):
    def fail(*_):
        raise ZeroDivisionError

    monkeypatch.setattr("safepassage_verify.verification.read_snapshot", fail)
    verdict = verify_files(out)
    assert not verdict.verified
    assert set(verdict.counts) == {"INTERNAL"}


def test_it_runs_as_a_program_without_the_planner(out):
    """The package works alone: nothing of the planner is imported on the way."""
    program = (
        "import sys, runpy; sys.argv = ['safepassage_verify', sys.argv[1]]\n"
        "try:\n    runpy.run_module('safepassage_verify', run_name='__main__')\n"
        "finally:\n    print([m for m in sys.modules if m.split('.')[0] in ('safepassage', 'scipy')])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(out)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(ROOT / "src")},
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
    assert done.stdout.startswith("verified; ")


def test_every_code_is_documented_with_its_meaning():
    page = (ROOT / "docs" / "reference" / "verification.md").read_text("utf-8")
    documented = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]+?) \|", page, re.MULTILINE))
    assert documented == dict(CODES)


def test_every_code_is_used_and_none_is_made_up():
    """A code that no check reports would promise a check that does not exist."""
    sources = [path.read_text("utf-8") for path in (ROOT / "src" / "safepassage_verify").glob("*.py")]
    text = "\n".join(source for source in sources if "CODES = " not in source)
    assert [code for code in CODES if f'"{code}"' not in text] == []


def test_values_that_are_no_json_are_a_violation(out):
    inputs, plan = (
        json.loads((out / "RESTRICTED" / name).read_bytes()) for name in ("inputs.json", "plan.json")
    )
    plan["basis"] = {1, 2}
    verdict = verify(inputs, plan)
    assert {"CANONICAL", "SCHEMA"} == set(verdict.counts)

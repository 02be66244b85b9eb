"""The set-up works with the standard library only and ends each failure in one sentence."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tools import commands, environment, housekeeping
from tools.environment import Environment, SetupError

ROOT = Path(__file__).resolve().parents[2]

# What pip 23 to 26 really print, shortened to the telling line.
PIP_SAYS = {
    "disk": "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device",
    "hash": "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. If you have",
    "name": (
        "WARNING: Retrying after connection broken by 'NewConnectionError: [Errno -3] Temporary failure in "
        "name resolution'\nERROR: No matching distribution found for numpy==2.4.6"
    ),
    "platform": "ERROR: No matching distribution found for ortools==9.15.6755",
    "certificate": "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate"
    " has expired')) - skipping\nERROR: No matching distribution found for numpy==2.4.6",
    "permission": "ERROR: Could not install packages due to an OSError: [Errno 13] Permission denied: '/x'",
}
TELLING = {
    "disk": "disk is full",
    "hash": "not the one recorded",
    "name": "cannot be reached",
    "platform": "no ready-built package",
    "certificate": "certificate",
    "permission": "cannot be written",
}


def say_nothing(line: str) -> None:
    """Drop the progress."""


def one_sentence(text: str) -> bool:
    return len(re.findall(r"[.!?](\s|$)", text)) == 1 and "\n" not in text


@pytest.fixture
def checkout(tmp_path) -> Environment:
    """A checkout with a lock file and no environment yet."""
    (tmp_path / "requirements.lock").write_text("numpy==2.4.6\n")
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'safepassage'\n")
    return Environment(root=tmp_path, folder=tmp_path / ".venv")


@pytest.mark.parametrize("fault", PIP_SAYS)
def test_each_fault_of_pip_becomes_one_telling_sentence(fault):
    sentence = environment.explain_output(PIP_SAYS[fault], what="Installing failed")
    assert TELLING[fault] in sentence
    assert one_sentence(sentence)


def test_unknown_fault_quotes_the_last_error_and_names_the_log():
    sentence = environment.explain_output(
        "lines\nERROR: something new.\nbye", what="Installing failed", log=Path("a.log")
    )
    assert sentence == "Installing failed: something new (all of it is in a.log)."


def test_missing_lock_is_said_in_one_sentence(checkout):
    (checkout.root / "requirements.lock").unlink()
    with pytest.raises(SetupError, match=r"requirements\.lock is missing") as caught:
        environment.prepare(checkout, ["requirements.lock"], say=say_nothing)
    assert one_sentence(str(caught.value).replace("requirements.lock", "").replace("bootstrap.py", ""))


def test_missing_venv_module_names_the_debian_package(checkout, monkeypatch):
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SetupError, match="python3-venv"):
        environment.create(checkout, say=say_nothing)
    assert not checkout.folder.exists()


def test_small_disk_is_refused_before_anything_is_written(checkout, monkeypatch):
    monkeypatch.setattr(
        environment.shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(10**9, 10**9, 5 * 10**7)
    )
    with pytest.raises(SetupError, match="50 MB left"):
        environment.create(checkout, say=say_nothing)
    assert not checkout.folder.exists()


@pytest.mark.parametrize(
    ("error", "telling"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "disk is full"),
        (PermissionError(errno.EACCES, "Permission denied", "/x"), "cannot be written"),
        (OSError(errno.EROFS, "Read-only file system"), "cannot be written"),
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
    ],
)
def test_errors_of_the_system_become_one_sentence(error, telling, tmp_path):
    sentence = environment.explain_os_error(error, tmp_path)
    assert telling in sentence


def test_finished_setup_is_not_repeated(checkout, monkeypatch):
    checkout.folder.mkdir()
    stamp = environment.wanted_stamp(checkout.root, ["requirements.lock"])
    checkout.stamp_path.write_text(json.dumps(stamp))
    monkeypatch.setattr(environment, "runs", lambda python: True)
    monkeypatch.setattr(environment, "run_pip", lambda *a: pytest.fail("installed again"))
    python = environment.prepare(checkout, ["requirements.lock"], say=say_nothing)
    assert python == checkout.python


@pytest.mark.parametrize("change", ["requirements.lock", "pyproject.toml", "root"])
def test_changed_lock_project_or_place_is_installed_anew(checkout, change):
    before = environment.wanted_stamp(checkout.root, ["requirements.lock"])
    after = dict(before)
    if change == "root":
        after["root"] = "/elsewhere"
    else:
        (checkout.root / change).write_text("changed\n")
        after = environment.wanted_stamp(checkout.root, ["requirements.lock"])
    assert environment.stamp_covers(before, before)
    assert not environment.stamp_covers(before, after)


def test_larger_installation_covers_the_smaller_but_not_the_reverse(checkout):
    (checkout.root / "requirements-dev.lock").write_text("pytest==9.2.0\n")
    small = environment.wanted_stamp(checkout.root, ["requirements.lock"])
    large = environment.wanted_stamp(checkout.root, ["requirements-dev.lock", "requirements.lock"])
    assert environment.stamp_covers(large, small)
    assert not environment.stamp_covers(small, large)


def test_interrupted_setup_leaves_no_stamp(checkout, monkeypatch):
    checkout.folder.mkdir()
    checkout.stamp_path.write_text("{}")
    monkeypatch.setattr(environment, "runs", lambda python: True)

    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "run_pip", interrupted)
    with pytest.raises(KeyboardInterrupt):
        environment.prepare(checkout, ["requirements.lock"], say=say_nothing)
    assert not checkout.stamp_path.exists()


def test_children_do_not_see_packages_of_other_pythons(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/other")
    monkeypatch.setenv("VIRTUAL_ENV", "/other")
    environ = environment.child_environ()
    assert "PYTHONPATH" not in environ
    assert "VIRTUAL_ENV" not in environ


def launch(version: str, *args: str, path: str = "") -> subprocess.CompletedProcess[str]:
    """Run bootstrap.py as if this Python had another version and PATH held nothing else."""
    code = (
        f"import runpy, sys; sys.version_info = {version}; sys.argv = {['bootstrap.py', *args]!r};"
        "runpy.run_path('bootstrap.py', run_name='__main__')"
    )
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": path},
    )


@pytest.mark.parametrize("version", ["(2, 7, 18)", "(3, 6, 15)", "(3, 10, 13)"])
def test_old_python_is_told_in_one_sentence_what_to_do(version):
    done = launch(version, "demo")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "needs Python 3.11 or newer" in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands in for the newer Python")
def test_old_python_hands_over_to_a_newer_one_on_the_path(tmp_path):
    stand_in = tmp_path / "python3.12"
    stand_in.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    stand_in.chmod(0o755)
    done = launch("(3, 9, 2)", "--help", path=str(tmp_path))
    assert done.returncode == 0
    assert "commands:" in done.stdout


def test_launcher_is_readable_for_python_2():
    """No f-string, annotation or keyword-only argument may enter the launcher."""
    source = (ROOT / "bootstrap.py").read_text("utf-8")
    assert not re.search(r"""\bf["']|->|\bnonlocal\b|:=|^from __future__|print\(""", source, re.MULTILINE)
    assert source.isascii()


def test_unknown_command_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as caught:
        commands.main(["fly"])
    assert caught.value.code == 2
    assert "invalid choice" in capsys.readouterr().err


def test_unknown_check_names_the_known_ones(capsys):
    assert commands.main(["check", "spelling"]) == 2
    assert "choose from lint, format, types, imports, docs, tests" in capsys.readouterr().err


def test_make_offers_every_command():
    makefile = (ROOT / "Makefile").read_text("utf-8")
    documented = set(re.findall(r"^([a-z]+): ##", makefile, re.MULTILINE)) - {"help"}
    assert documented == set(commands.COMMANDS)


def test_clean_removes_only_what_was_made_here(tmp_path, monkeypatch):
    monkeypatch.delenv("SAFEPASSAGE_VENV", raising=False)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".mypy_cache").mkdir()
    (tmp_path / "my-case").mkdir()
    assert housekeeping.clean(tmp_path, [], say=say_nothing) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [".venv", "my-case"]
    (tmp_path / ".venv" / environment.STAMP_NAME).write_text("{}")
    housekeeping.clean(tmp_path, [], say=say_nothing)
    assert [path.name for path in tmp_path.iterdir()] == ["my-case"]


TELLS_AT_ITS_END = """
import sys, time
try:
    print("began", flush=True)
    time.sleep(60)
except KeyboardInterrupt:
    time.sleep(1)
    print("what was found", flush=True)
    sys.exit(5)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="groups of processes are interrupted otherwise there")
def test_what_is_cut_off_says_what_it_found():
    """As `timeout --signal=INT` does it: the signal goes to the whole group."""
    # A shell without job control has what it begins in the background ignore interrupts.
    code = (
        "import signal, sys; from pathlib import Path; from tools import commands;"
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        f"sys.exit(commands.run(Path(sys.executable), ['-c', {TELLS_AT_ITS_END!r}]))"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout.readline() == "began\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate(timeout=60)[0] == "what was found\n"
    assert process.returncode == 5

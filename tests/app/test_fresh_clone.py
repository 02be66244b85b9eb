"""A fresh clone sets itself up, plans the example, and bundles itself for a computer without a network."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools import environment
from tools.environment import Environment, SetupError

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.long]


def clean_environ(**extra: str) -> dict[str, str]:
    """The environment of a person who never used the project."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SAFEPASSAGE", "VIRTUAL_ENV", "PYTEST"))}
    return kept | extra


def run(command, cwd: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=clean_environ(**extra),
        capture_output=True,
        text=True,
        check=False,
    )


def without_network() -> list[str]:
    """Return the command prefix that cuts a process off the network, or nothing where that is not allowed."""
    for prefix in (["unshare", "-n"], ["unshare", "-r", "-n"]):
        try:
            if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:
                return prefix
        except OSError:
            return []
    return []


def plan_digest(folder: Path) -> str:
    [plan] = folder.rglob("*plan.json")
    return hashlib.sha256(plan.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def clone(tmp_path_factory) -> Path:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    folder = tmp_path_factory.mktemp("fresh") / "safe passage"
    done = run(["git", "clone", "-q", ROOT, folder], ROOT)
    assert done.returncode == 0, done.stderr
    take_compiled(folder / "src")
    return folder


def take_compiled(packages: Path) -> None:
    """Give a folder of packages the loops that were compiled here.

    A file's time is what tells that it has not changed since.
    """
    for source in (ROOT / "src").rglob("*.py"):
        copy = packages / source.relative_to(ROOT / "src")
        if copy.exists() and copy.read_bytes() == source.read_bytes():
            shutil.copystat(source, copy)
            (copy.parent / "__pycache__").mkdir(exist_ok=True)
            for kept in source.parent.glob(f"__pycache__/{source.stem}.*.nb?"):
                shutil.copy(kept, copy.parent / "__pycache__")


@pytest.fixture(scope="module")
def demo(clone, tmp_path_factory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The example as the clone plans it: a folder, and what was printed."""
    folder = tmp_path_factory.mktemp("planned")
    return folder, run([sys.executable, "bootstrap.py", "demo", "--json", "-o", folder], clone)


@pytest.fixture(scope="module")
def bundle(clone, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("carried") / "bundle"
    done = run([sys.executable, "bootstrap.py", "bundle", "-o", folder], clone)
    assert done.returncode == 0, done.stderr
    return folder


def test_make_test_passes_and_leaves_the_clone_clean(clone):
    """One test file stands for all: the whole of `make test` is what runs this test."""
    done = run(["make", "test", "ARGS=-q tests/architecture/test_locks.py"], clone)
    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
    assert run(["git", "status", "--porcelain"], clone).stdout == ""


def test_demo_plans_the_example_in_a_clone_whose_path_has_a_space(clone, demo):
    """What the example leaves is no failure."""
    folder, done = demo
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert (printed["exit_code"], printed["verified"], printed["complete"]) == (0, True, False)
    assert printed["exercise"] is True
    assert all((clone / name).exists() for name in printed["outputs"].values())
    assert (folder / "RESTRICTED" / "RESTRICTED-report.html").stat().st_size > 10_000
    assert run(["git", "status", "--porcelain"], clone).stdout == ""


def test_bundle_installs_and_plans_without_a_network(demo, bundle, tmp_path):
    shutil.move(bundle / "wheels", tmp_path / "wheels")
    refused = run([sys.executable, bundle / "install.py", tmp_path / "bare"], tmp_path, PIP_NO_INDEX="1")
    assert refused.returncode == 1
    shutil.move(tmp_path / "wheels", bundle / "wheels")

    prefix = without_network()
    installed = run(
        [*prefix, sys.executable, bundle / "install.py", tmp_path / "env"], tmp_path, PIP_NO_INDEX="1"
    )
    assert installed.returncode == 0, installed.stderr
    [package] = (tmp_path / "env").rglob("site-packages/safepassage")
    take_compiled(package.parent)

    script = tmp_path / "env" / ("Scripts/safepassage.exe" if os.name == "nt" else "bin/safepassage")
    healthy = run([*prefix, script, "doctor"], tmp_path)
    assert healthy.returncode == 0, healthy.stdout
    planned = run([*prefix, script, "demo", "-o", tmp_path / "out"], tmp_path)
    assert planned.returncode == 0, planned.stderr
    assert plan_digest(tmp_path / "out") == plan_digest(demo[0])


def test_bundle_carries_a_case_that_can_be_checked_and_the_manual(clone, bundle, tmp_path):
    assert (bundle / "docs" / "index.md").is_file()
    assert "python3 install.py" in (bundle / "READ-ME-FIRST.txt").read_text("utf-8")
    code = "import sys; from safepassage.cli import main; sys.exit(main())"
    python = environment.find_environment(clone).python
    done = run([python, "-c", code, "check", bundle / "example" / "sudzha_sumy"], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_tampered_wheel_is_refused(bundle, tmp_path):
    copy = tmp_path / "bundle"
    shutil.copytree(bundle, copy)
    [wheel] = (copy / "wheels").glob("safepassage-*.whl")
    wheel.write_bytes(wheel.read_bytes() + b"\0")
    done = run([sys.executable, copy / "install.py"], tmp_path)
    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr


def test_bundle_for_another_python_is_refused_in_one_sentence(bundle, tmp_path):
    copy = tmp_path / "bundle"
    copy.mkdir()
    shutil.copy(bundle / "install.py", copy)
    facts = json.loads((bundle / "bundle.json").read_text("utf-8"))
    (copy / "bundle.json").write_text(json.dumps(facts | {"python": "3.99"}))
    done = run([sys.executable, copy / "install.py"], tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("This bundle was made for Python 3.99")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("retries", "telling"), [("1", "cannot be reached: connect"), ("0", "cannot be reached, or has nothing")]
)
def test_unreachable_index_is_said_in_one_sentence(tmp_path, monkeypatch, retries, telling):
    checkout = fresh_checkout(tmp_path, "iniconfig==2.3.1 --hash=sha256:" + "0" * 64)
    for name in ("PIP_FIND_LINKS", "PIP_EXTRA_INDEX_URL", "PIP_NO_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_RETRIES", retries)
    with pytest.raises(SetupError, match=telling):
        environment.prepare(checkout, ["requirements.lock"], say=lambda line: None)
    assert not checkout.stamp_path.exists()


def test_package_that_differs_from_the_lock_is_refused(tmp_path):
    checkout = fresh_checkout(tmp_path, "iniconfig==2.3.1 --hash=sha256:" + "0" * 64)
    with pytest.raises(SetupError, match="not the one recorded in the lock"):
        environment.prepare(checkout, ["requirements.lock"], say=lambda line: None)


def fresh_checkout(folder: Path, lock: str) -> Environment:
    (folder / "requirements.lock").write_text(lock + "\n")
    shutil.copy(ROOT / "pyproject.toml", folder)
    return Environment(root=folder, folder=folder / ".venv")

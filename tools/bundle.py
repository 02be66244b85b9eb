"""Make an air-gapped bundle: one folder that installs safepassage on a computer without a network."""

from __future__ import annotations

import argparse
import hashlib
import json
import platform
import re
import shutil
import subprocess
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.environment import Environment, SetupError, child_environ, run_pip

PAGES = ("README.md", "LICENSE", "NOTICE", "SECURITY.md")

READ_ME_FIRST = """\
safepassage {version}, to be installed without a network
==========================================================

Made for Python {python} on {platform}. On such a computer, in this folder:

    python3 install.py          (Windows: py -{python} install.py)

This makes the folder `safepassage-env` here. Every package is compared with the checksum recorded
when the bundle was made; nothing is fetched. Then:

    {command} demo

The folder `example` holds the input of the built-in example, `docs` the manual.
Removing this folder removes everything.
"""


def make(environment: Environment, args: Sequence[str], *, say: Callable[[str], None]) -> int:
    """Write the bundle to `dist/`, or to the folder given with `-o`.

    Raises
    ------
    SetupError
        When a step fails; what was written so far is removed.
    """
    parser = argparse.ArgumentParser(prog="bootstrap.py bundle")
    parser.add_argument("-o", "--output", type=Path, help="folder to write (default: dist/safepassage-...)")
    options = parser.parse_args(args)
    version = project_version(environment.root)
    target = options.output or environment.root / "dist" / bundle_name(version)
    if target.exists():
        raise SetupError(f"{target} is there already: remove it or give another folder with -o.")
    target.mkdir(parents=True)
    try:
        fill(environment, target, version, say=say)
    except (SetupError, KeyboardInterrupt):
        shutil.rmtree(target, ignore_errors=True)
        raise
    size_mb = sum(path.stat().st_size for path in target.rglob("*") if path.is_file()) // 1_000_000
    say(f"The bundle is {target} ({size_mb} MB). Copy it, and run install.py in it.")
    return 0


def fill(environment: Environment, target: Path, version: str, *, say: Callable[[str], None]) -> None:
    """Put wheels, example, docs and the installer into an empty folder."""
    root, wheels = environment.root, target / "wheels"
    say("Collecting the packages of the lock ...")
    lock = root / "requirements.lock"
    run_pip(
        environment,
        ["download", "--require-hashes", "--only-binary", ":all:", "-r", str(lock), "-d", str(wheels)],
    )
    say("Building the package ...")
    run_pip(
        environment,
        ["wheel", "--no-index", "--no-deps", "--no-build-isolation", "-w", str(wheels), str(root)],
    )
    own = next(wheels.glob(f"safepassage-{version}-*.whl"), None)
    if own is None:
        raise SetupError("The package was built but its wheel is not there: remove dist/ and try again.")
    digest = hashlib.sha256(own.read_bytes()).hexdigest()
    pinned = f"{lock.read_text('utf-8')}safepassage=={version} \\\n    --hash=sha256:{digest}\n"
    (target / "requirements.lock").write_text(pinned, encoding="utf-8", newline="\n")
    shutil.copytree(root / "docs", target / "docs", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    for page in PAGES:
        shutil.copy(root / page, target / page)
    shutil.copy(Path(__file__).with_name("bundle_install.py"), target / "install.py")
    write_example(environment, target)
    write_facts(target, version)


def write_example(environment: Environment, target: Path) -> None:
    """Write the built-in example as a case folder, the way a planner would keep it.

    Raises
    ------
    SetupError
        When the example cannot be written.
    """
    code = (
        "import importlib.resources as r, shutil, sys\n"
        "skip = shutil.ignore_patterns('__*')\n"
        "with r.as_file(r.files('safepassage') / 'example') as folder:\n"
        "    shutil.copytree(folder, sys.argv[1], ignore=skip)\n"
    )
    command = [str(environment.python), "-c", code, str(target / "example")]
    if subprocess.run(command, env=child_environ(), check=False).returncode:
        raise SetupError("The built-in example could not be copied into the bundle.")


def write_facts(target: Path, version: str) -> None:
    """Record for which computers the bundle is, for the installer and for the reader."""
    python = ".".join(platform.python_version_tuple()[:2])
    facts = {"version": version, "python": python, "platform": sysconfig.get_platform()}
    (target / "bundle.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8", newline="\n")
    windows = platform.system() == "Windows"
    command = r"safepassage-env\Scripts\safepassage" if windows else "safepassage-env/bin/safepassage"
    text = READ_ME_FIRST.format(**facts, command=command)
    (target / "READ-ME-FIRST.txt").write_text(text, encoding="utf-8")


def bundle_name(version: str) -> str:
    """Return the folder name that says for which computers the bundle is."""
    tag = "cp" + "".join(platform.python_version_tuple()[:2])
    return re.sub(r"[^A-Za-z0-9._-]", "_", f"safepassage-{version}-{tag}-{sysconfig.get_platform()}")


def project_version(root: Path) -> str:
    """Read the version where it is stated.

    Raises
    ------
    SetupError
        When it is not stated.
    """
    source = (root / "src" / "safepassage" / "__init__.py").read_text(encoding="utf-8")
    found = re.search(r'^__version__ = "([^"]+)"$', source, re.MULTILINE)
    if found is None:
        raise SetupError("src/safepassage/__init__.py states no version.")
    return found[1]

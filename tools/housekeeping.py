"""Renew the lock files and clear away what the commands made."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.environment import STAMP_NAME, Environment, SetupError, create, find_environment, run_pip

UV = "uv==0.13.9"

# Each lock is made under the pins of the one before it, so that the larger contains the smaller.
LOCKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("requirements.lock", ()),
    ("requirements-dev.lock", ("--extra", "test", "--extra", "dev", "-c", "requirements.lock")),
    ("requirements-bench.lock", ("--all-extras", "-c", "requirements-dev.lock")),
)

# One set of versions for all Pythons and systems, so that the same case gives the same plan on each;
# no addresses, so that any package index or folder of wheels will do.
LOCK_OPTIONS = (
    "--universal",
    "--python-version=3.11",
    "--fork-strategy=fewest",
    "--generate-hashes",
    "--no-header",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-package=safepassage",
    "--group=build",
    "--quiet",
)

ADDRESS = re.compile(r"://|^--(index-url|extra-index-url|find-links)", re.MULTILINE)

CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis")
OUTPUTS = ("build", "dist", "safepassage-demo")


def lock(root: Path, args: Sequence[str], *, say: Callable[[str], None]) -> int:
    """Write the three lock files anew; arguments such as `--upgrade` go to the resolver.

    Raises
    ------
    SetupError
        When the resolver cannot be installed or fails, or a lock would hold an address.
    """
    scratch = Environment(root=root, folder=root / ".venv-lock")
    create(scratch, say=say)
    run_pip(scratch, ["install", UV])
    for name, extra in LOCKS:
        say(f"Resolving {name} ...")
        command = [str(scratch.python), "-m", "uv", "pip", "compile", "pyproject.toml"]
        done = subprocess.run([*command, *LOCK_OPTIONS, *extra, *args, "-o", name], cwd=root, check=False)
        if done.returncode:
            raise SetupError(f"{name} could not be resolved; the reason is above.")
        if ADDRESS.search((root / name).read_text(encoding="utf-8")):
            raise SetupError(f"{name} holds an address and must not be committed.")
    return 0


def clean(root: Path, args: Sequence[str], *, say: Callable[[str], None]) -> int:
    """Remove environments, caches and outputs of this checkout, and nothing a person put there.

    Raises
    ------
    SetupError
        When given arguments.
    """
    if args:
        raise SetupError("clean takes no arguments.")
    ours = [root / name for name in (*CACHES, *OUTPUTS, ".venv-lock")]
    folder = find_environment(root).folder
    # An environment without our stamp was made by hand; it stays.
    if (folder / STAMP_NAME).exists():
        ours.append(folder)
    ours += [
        path for part in ("src", "tests", "tools", "docs") for path in (root / part).rglob("__pycache__")
    ]
    for path in ours:
        if path.is_dir():
            shutil.rmtree(path)
            say(f"Removed {path.relative_to(root) if path.is_relative_to(root) else path}")
    return 0

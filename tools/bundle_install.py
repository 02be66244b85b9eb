"""Install safepassage from this folder, without a network: `python3 install.py [FOLDER]`.

Uses the standard library only. Every package is compared with the checksum in requirements.lock.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import subprocess
import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).resolve().parent


def obstacle(facts: dict[str, str]) -> str:
    """Return one sentence that says why this computer cannot use the bundle, or nothing."""
    python = ".".join(platform.python_version_tuple()[:2])
    if python != facts["python"]:
        return (
            f"This bundle was made for Python {facts['python']} and this is Python {python}: "
            f"run it with python{facts['python']}, or make a bundle with Python {python}."
        )
    # The version of the system's C library or of macOS is part of the name; wheels run on newer ones.
    family, machine = facts["platform"].partition("-")[0], facts["platform"].rpartition("-")[2]
    here = sysconfig.get_platform()
    if (here.partition("-")[0], here.rpartition("-")[2]) != (family, machine):
        return f"This bundle was made for {facts['platform']} and this computer is {here}: make one there."
    if importlib.util.find_spec("ensurepip") is None:
        return (
            "This Python has no venv module: install the package python3-venv (Debian, Ubuntu) or Python "
            "from its official installer."
        )
    return ""


def main() -> int:
    """Make the environment and fill it from the wheels beside this file."""
    problem = obstacle(json.loads((HERE / "bundle.json").read_text(encoding="utf-8")))
    if problem:
        print(problem, file=sys.stderr)
        return 2
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else HERE / "safepassage-env").resolve()
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    print(f"Installing into {folder} ...", flush=True)
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("PIP_", "PYTHON"))}
    pip = [str(scripts / "python"), "-m", "pip", "--isolated", "--disable-pip-version-check", "install", "-q"]
    source = ["--no-index", "--find-links", str(HERE / "wheels"), "--only-binary", ":all:"]
    steps = [
        [sys.executable, "-m", "venv", "--clear", str(folder)],
        [*pip, *source, "--require-hashes", "-r", str(HERE / "requirements.lock")],
    ]
    for command in steps:
        if subprocess.run(command, env=environ, check=False).returncode:
            print("The installation failed; the reason is above.", file=sys.stderr)
            return 1
    print(f"Done. Try: {scripts / 'safepassage'} demo")
    return 0


if __name__ == "__main__":
    sys.exit(main())

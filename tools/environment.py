"""Make a private Python environment that holds exactly what a lock file names.

Every fault a user can meet here ends in a `SetupError` with one sentence that says what to do.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

STAMP_NAME = "safepassage-setup.json"
LOG_NAME = "safepassage-setup.log"

# Measured on Linux x86_64: the core unpacks to 440 MB, with the tools to 680 MB; the downloads come on top.
SPACE_NEEDED_BYTES = 1_000_000_000

ENOSPC_WINDOWS = 112

UNREACHABLE = (
    r"name resolution|getaddrinfo|NameResolutionError|Failed to establish a new connection"
    r"|NewConnectionError|Network is unreachable|Connection refused|ConnectTimeout|ReadTimeout"
    r"|ProxyError|Connection reset|RemoteDisconnected|ConnectionError"
)
DISK_FULL = "The disk is full: free about 1 GB where this folder is and run the same command again."

# The first pattern found in pip's output names the fault. Order matters: without a network pip also says
# that no version of a package could be found.
FAULTS: dict[str, str] = {
    r"No space left on device|Errno 28\b|WinError 112\b": DISK_FULL,
    r"DO NOT MATCH THE HASHES|Hashes are required|hash mismatch": (
        "A downloaded package is not the one recorded in the lock file, so nothing of it was installed: "
        "try again, and if it happens twice do not trust this network."
    ),
    r"CERTIFICATE_VERIFY_FAILED|SSLError|certificate verify failed": (
        "The certificate of the package index was refused: usually the clock of this computer is wrong, "
        "or the network intercepts connections."
    ),
    UNREACHABLE: (
        "The package index cannot be reached: connect to the internet once for the set-up, or install from "
        "a bundle made with `python3 bootstrap.py bundle` on a connected computer."
    ),
    # What pip says when it may not retry: it does not tell an index out of reach from one that has nothing.
    r"from versions: none": (
        "The package index cannot be reached, or has nothing ready-built for this computer: check the "
        "connection, and use Python 3.11, 3.12 or 3.13 on 64-bit Linux, macOS or Windows."
    ),
    r"Windows Long Path support": (
        "Windows refuses paths this long: move the folder nearer to the drive's root (C:\\safepassage) "
        "and run the same command again."
    ),
    r"Permission denied|Errno (13|30)\b|WinError 5\b|Access is denied": (
        "A file of the environment cannot be written: close programs that use it, check who owns this "
        "folder, and run the same command again."
    ),
    r"No matching distribution found": (
        "There is no ready-built package for this computer and this Python in the lock file: "
        "use Python 3.11, 3.12 or 3.13 on 64-bit Linux, macOS or Windows."
    ),
}


class SetupError(Exception):
    """The set-up cannot go on; the message is one sentence for the person at the keyboard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """A virtual environment that belongs to one checkout of the project."""

    root: Path
    folder: Path

    @property
    def python(self) -> Path:
        """The interpreter inside the environment."""
        if os.name == "nt":
            return self.folder / "Scripts" / "python.exe"
        return self.folder / "bin" / "python"

    @property
    def stamp_path(self) -> Path:
        """The record of what was installed; absent after an interrupted set-up."""
        return self.folder / STAMP_NAME

    @property
    def log_path(self) -> Path:
        """Everything the installer said last time."""
        return self.folder / LOG_NAME


def find_environment(root: Path) -> Environment:
    """Return the checkout's environment: `.venv`, or the folder that SAFEPASSAGE_VENV names."""
    return Environment(root=root, folder=Path(os.environ.get("SAFEPASSAGE_VENV") or root / ".venv"))


def child_environ() -> dict[str, str]:
    """Return the process environment without what would leak other Pythons' packages into ours."""
    environ = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV"}}
    environ.update(PYTHONNOUSERSITE="1", PYTHONUTF8="1", PIP_DISABLE_PIP_VERSION_CHECK="1")
    return environ


def prepare(environment: Environment, lock_names: Sequence[str], *, say: Callable[[str], None]) -> Path:
    """Make the environment hold the given locks and the project itself; return its interpreter.

    Nothing is done when the stamp says that the same locks are installed already.

    Parameters
    ----------
    environment
        Where to install.
    lock_names
        Lock files beside `bootstrap.py`, the one to install first. The others are contained in it.
    say
        Called with one line per step that takes time.

    Raises
    ------
    SetupError
        When the environment cannot be made complete.
    """
    wanted = wanted_stamp(environment.root, lock_names)
    if runs(environment.python) and stamp_covers(read_stamp(environment), wanted):
        return environment.python
    try:
        create(environment, say=say)
        environment.stamp_path.unlink(missing_ok=True)
        say(f"Installing what {lock_names[0]} names (about a minute, once) ...")
        # Only ready-built packages: a source package would run unrecorded code while it is built.
        lock = str(environment.root / lock_names[0])
        run_pip(environment, ["install", "--require-hashes", "--only-binary", ":all:", "-r", lock])
        run_pip(environment, project_install_args(environment.root))
        environment.stamp_path.write_text(json.dumps(wanted, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise SetupError(explain_os_error(error, environment.folder)) from error
    return environment.python


def project_install_args(root: Path) -> list[str]:
    """Return pip's arguments that put the checkout itself on the path, without a network."""
    return ["install", "--no-index", "--no-deps", "--no-build-isolation", "--editable", str(root)]


def wanted_stamp(root: Path, lock_names: Sequence[str]) -> dict[str, object]:
    """Describe a complete installation of the given locks for this checkout.

    Raises
    ------
    SetupError
        When a lock file is missing.
    """
    locks = {}
    for name in lock_names:
        try:
            locks[name] = hashlib.sha256((root / name).read_bytes()).hexdigest()
        except FileNotFoundError:
            raise SetupError(
                f"The file {name} is missing beside bootstrap.py, so it is not known what to install: "
                "get a complete copy of the project."
            ) from None
    project = hashlib.sha256((root / "pyproject.toml").read_bytes()).hexdigest()
    return {"root": str(root), "project": project, "locks": locks}


def read_stamp(environment: Environment) -> dict[str, object]:
    """Return what was recorded as installed, or an empty record."""
    try:
        found = json.loads(environment.stamp_path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def stamp_covers(found: dict[str, object], wanted: dict[str, object]) -> bool:
    """Tell whether what was installed contains what is wanted."""
    have, want = found.get("locks"), wanted["locks"]
    if not isinstance(have, dict) or not isinstance(want, dict):
        return False
    same_place = all(found.get(key) == wanted[key] for key in ("root", "project"))
    return same_place and have.items() >= want.items()


def create(environment: Environment, *, say: Callable[[str], None]) -> None:
    """Create the virtual environment unless a working one is there.

    Raises
    ------
    SetupError
        When Python's own parts for it are missing, or the disk has too little room.
    """
    if runs(environment.python):
        return
    free = shutil.disk_usage(environment.root).free
    if free < SPACE_NEEDED_BYTES:
        raise SetupError(
            f"The disk has {free // 1_000_000} MB left and the set-up needs about 1,000 MB: "
            "free some room first."
        )
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise SetupError(
            "This Python has no venv module: on Debian and Ubuntu run `sudo apt install python3-venv`, "
            "elsewhere install Python from its official installer, then run the same command again."
        )
    say(f"Making a private environment in {environment.folder.name} ...")
    command = [sys.executable, "-m", "venv", "--clear", str(environment.folder)]
    done = subprocess.run(command, capture_output=True, text=True, env=child_environ(), check=False)
    if done.returncode or not runs(environment.python):
        raise SetupError(
            explain_output(done.stdout + done.stderr, what="Python could not make an environment")
        )


def runs(python: Path) -> bool:
    """Tell whether an interpreter is there, starts, and has pip."""
    if not python.exists():
        return False
    try:
        done = subprocess.run(
            [str(python), "-c", "import pip"], capture_output=True, env=child_environ(), check=False
        )
    except OSError:
        return False
    return done.returncode == 0


def run_pip(environment: Environment, args: Sequence[str]) -> None:
    """Run pip in the environment, with everything it says kept in the log.

    Raises
    ------
    SetupError
        When pip fails, with the cause in one sentence.
    """
    command = [str(environment.python), "-m", "pip", "--no-input", *args, "--progress-bar", "off"]
    with environment.log_path.open("a+", encoding="utf-8") as log:
        start = log.tell()
        done = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, env=child_environ(), check=False)
        log.seek(start)
        output = log.read()
    if done.returncode:
        raise SetupError(explain_output(output, what="Installing failed", log=environment.log_path))


def explain_output(output: str, *, what: str, log: Path | None = None) -> str:
    """Turn what a failed step printed into one sentence."""
    for pattern, sentence in FAULTS.items():
        if re.search(pattern, output):
            return sentence
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    last = next(
        (line for line in reversed(lines) if "error" in line.lower()),
        lines[-1] if lines else "no reason given",
    )
    where = f" (all of it is in {log})" if log else ""
    return f"{what}: {last.removeprefix('ERROR: ').rstrip('.')}{where}."


def explain_os_error(error: OSError, folder: Path) -> str:
    """Turn an error of the operating system into one sentence."""
    if error.errno == errno.ENOSPC or getattr(error, "winerror", None) == ENOSPC_WINDOWS:
        return DISK_FULL
    if isinstance(error, PermissionError) or error.errno == errno.EROFS:
        return (
            f"This folder cannot be written to: {error.filename or folder} "
            "(copy the project to a folder of your own)."
        )
    return f"The environment in {folder} could not be made: {error.strerror or error}."

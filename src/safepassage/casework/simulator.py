"""Runs SUMO as a program of its own, with limits, in a folder that is gone afterwards.

The one place of the package that starts another program: it is given files that hold numbers only, no network
address, an empty environment, and is ended at its limits.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from safepassage.domain.errors import SafePassageError
from safepassage.domain.simulation import Traffic, Trajectory
from safepassage.formats.gis import sumo


class SimulatorError(SafePassageError):
    """A simulator is not there, or did not come to its end within its limits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a run may take."""

    wall_s: int = 600
    memory_bytes: int = 4 * 1024**3


def program(name: str) -> Path:
    """Return the path of one of SUMO's programs: of the extra `simulate`, or installed on this computer.

    Raises
    ------
    SimulatorError
        When there is none.
    """
    spec = find_spec("sumo")
    for folder in () if spec is None else tuple(spec.submodule_search_locations or ()):
        found = Path(folder) / "bin" / (f"{name}.exe" if sys.platform == "win32" else name)
        if found.is_file():
            return found
    installed = shutil.which(name)
    if installed is None:
        remedy = "install the extra: pip install 'safepassage[simulate]'"
        raise SimulatorError(f"The simulator SUMO is not installed: {remedy}.")
    return Path(installed)


def simulated(traffic: Traffic, *, seed: int, limits: Limits | None = None) -> tuple[Trajectory, ...]:
    """Return what becomes of each vehicle in SUMO.

    Raises
    ------
    SimulatorError
        When SUMO is not there, fails, or does not end within its limits.
    """
    allowed = limits or Limits()
    network, simulation = program("netconvert"), program("sumo")
    if not traffic.vehicles:
        return ()
    with tempfile.TemporaryDirectory(prefix="safepassage-") as name:
        folder = Path(name)
        for file, data in sumo.write(traffic).items():
            (folder / file).write_bytes(data)
        _run([str(network), *sumo.NETCONVERT], folder, allowed)
        _run([str(simulation), *sumo.simulation_arguments(traffic, seed)], folder, allowed)
        return sumo.read(traffic, (folder / sumo.WAYS).read_bytes(), (folder / sumo.HALTS).read_bytes())


def version() -> str:
    """Return what the simulator calls itself, as ``SUMO 1.28.0``."""
    with tempfile.TemporaryDirectory(prefix="safepassage-") as name:
        text = _run([str(program("sumo")), "--version"], Path(name), Limits(wall_s=30))
    words = text.partition("\n")[0].split()
    return f"SUMO {words[-1]}" if words else "SUMO"


def _run(command: Sequence[str], folder: Path, limits: Limits) -> str:
    """Run a program in a folder; return what it printed."""
    environment = {"SUMO_HOME": str(Path(command[0]).parent.parent), "HOME": str(folder), "LC_ALL": "C"}
    with (folder / "said.txt").open("wb+") as said:
        process = subprocess.Popen(  # noqa: S603 - a program of the extra, with arguments of ours
            command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=said,
            stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        _limit_memory(process.pid, limits.memory_bytes)
        try:
            code = process.wait(limits.wall_s)
        except subprocess.TimeoutExpired:
            raise SimulatorError(
                f"{Path(command[0]).name} did not end within {limits.wall_s} s and was stopped."
            ) from None
        finally:
            _end(process)
        said.seek(0)
        text = said.read().decode("utf-8", "replace")
    if code:
        last = [line.strip() for line in text.splitlines() if line.startswith("Error")][:1]
        raise SimulatorError(
            f"{Path(command[0]).name} failed ({code}): {' '.join(last) or 'it said nothing'}"
        )
    return text


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a program with all it started."""
    if process.poll() is None:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
        process.wait()


def _limit_memory(pid: int, memory_bytes: int) -> None:
    """Limit the address space of a program where the system can."""
    try:
        import resource  # noqa: PLC0415 - not on every system

        resource.prlimit(pid, resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    except (ImportError, AttributeError, OSError):
        return

"""`safepassage doctor`: whether this installation is whole."""

from __future__ import annotations

import argparse
import platform
import sys
import tempfile
from collections.abc import Callable
from importlib import import_module, metadata
from pathlib import Path

from safepassage import __version__
from safepassage.cli.outcome import Outcome
from safepassage.cli.run import MALFORMED, OK

NEEDED = {
    "numpy": "arrays",
    "scipy": "shortest paths",
    "shapely": "areas",
    "osmium": "map extracts",
    "ortools": "cuts",
    "openpyxl": "workbooks",
    "jinja2": "the report",
    "cryptography": "signatures and sealed fields",
    "argon2": "passphrases",
}

PACKAGES = {"argon2": "argon2-cffi"}
"""Packages whose name is not that of what they bring."""


def run(options: argparse.Namespace) -> Outcome:
    """Check Python, libraries, folders and one small plan."""
    del options
    checks = [
        _python(),
        *(_library(name, what) for name, what in NEEDED.items()),
        _store(),
        _temporary(),
        _cache(),
        _small_plan(),
    ]
    lines = [f"{'ok  ' if good else 'FAIL'}  {text}" for good, text in checks]
    healthy = all(good for good, _ in checks)
    lines.append("All is well." if healthy else "Something is missing; see the lines marked FAIL.")
    data = {"healthy": healthy, "checks": [{"ok": good, "text": text} for good, text in checks]}
    return Outcome(code=OK if healthy else MALFORMED, text="\n".join(lines), data=data)


def _python() -> tuple[bool, str]:
    return sys.version_info >= (
        3,
        11,
    ), f"safepassage {__version__} on Python {platform.python_version()}, {platform.system()}"


def _library(name: str, what: str) -> tuple[bool, str]:
    try:
        import_module(name)
        return True, f"{name} {metadata.version(PACKAGES.get(name, name))} ({what})"
    except ImportError as error:
        return False, f"{name} ({what}) cannot be loaded: {error}; set up again with `make demo`"


def _store() -> tuple[bool, str]:
    """Check that the database keeps what it commits and encrypts it."""
    from safepassage.domain.errors import StoreError  # noqa: PLC0415

    try:
        from safepassage.store.embedded import require_library  # noqa: PLC0415

        return True, f"SQLite {require_library()} keeps what it commits, and encrypts (the store)"
    except (ImportError, StoreError) as error:
        return False, f"no store can be kept: {error}"


def _temporary() -> tuple[bool, str]:
    try:
        with tempfile.TemporaryFile() as file:
            file.write(b"x")
        return True, "files can be written"
    except OSError as error:
        return False, f"no file can be written: {error.strerror}; free some space"


def _cache() -> tuple[bool, str]:
    from safepassage.formats.networks import network_cache  # noqa: PLC0415

    folder = network_cache.default_cache_dir()
    if folder is None:
        return True, "networks are read anew each time (no cache folder is set)"
    return True, f"networks are kept in {_short(folder)}"


def _short(folder: Path) -> str:
    home = str(Path.home())
    return str(folder).replace(home, "~", 1) if str(folder).startswith(home) else str(folder)


def _small_plan() -> tuple[bool, str]:
    """Plan and verify a tiny case from end to end."""
    plan: Callable[[], bool] = _plans_a_small_case
    try:
        return (
            (True, "a small case was planned and verified")
            if plan()
            else (False, "a small plan was not verified")
        )
    except Exception as error:  # noqa: BLE001 - whatever is broken is what a doctor reports
        return False, f"a small case could not be planned: {type(error).__name__}: {error}"


def _plans_a_small_case() -> bool:
    from safepassage.domain.situation import Situation  # noqa: PLC0415
    from safepassage.formats.containers import canonical_json  # noqa: PLC0415
    from safepassage.formats.plan import inputs_json, plan_json  # noqa: PLC0415
    from safepassage.planning import make_plan  # noqa: PLC0415
    from safepassage.testing.small_cases import random_small_case  # noqa: PLC0415
    from safepassage_verify import verify  # noqa: PLC0415

    case, network = random_small_case(0)
    planned = make_plan(network, Situation(case=case))
    inputs = canonical_json.encode(inputs_json.document(planned.problem))
    digest = canonical_json.sha256(inputs)
    plan = canonical_json.encode(plan_json.plan_document(planned.plan, inputs_sha256=digest))
    proof = canonical_json.encode(
        plan_json.certificate_document(planned.plan.certificate, inputs_sha256=digest)
    )
    return verify(
        *(canonical_json.decode(data) for data in (inputs, plan, proof)), inputs_bytes=inputs
    ).verified

"""The lock files name exact packages with checksums, and no address from which to get them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock")
PIN = re.compile(r"^([a-z0-9._-]+)==([^ ]+)( ; .+)? \\$")


def pins(name: str) -> dict[str, str]:
    """Return package to version, having read every line of the lock."""
    found = {}
    lines = (ROOT / name).read_text("utf-8").splitlines()
    for position, line in enumerate(lines):
        pin = PIN.match(line)
        if pin:
            found[pin[1]] = pin[2]
            assert lines[position + 1].startswith("    --hash=sha256:"), f"{pin[1]} has no checksum"
        else:
            assert re.match(r"^    (--hash=sha256:[0-9a-f]{64}( \\)?|#.*)$", line), f"unexpected line: {line}"
    return found


@pytest.mark.parametrize("name", LOCKS)
def test_lock_has_no_address_and_no_machine_path(name):
    text = (ROOT / name).read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"(^|\s)(/|[A-Z]:\\)", text)


@pytest.mark.parametrize(("larger", "smaller"), [(LOCKS[1], LOCKS[0]), (LOCKS[2], LOCKS[1])])
def test_larger_lock_contains_the_smaller(larger, smaller):
    assert pins(larger).items() >= pins(smaller).items()


def test_lock_pins_every_declared_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    declared = project["project"]["dependencies"] + project["dependency-groups"]["build"]
    names = {re.match(r"[A-Za-z0-9._-]+", line)[0].lower() for line in declared}
    assert names <= pins("requirements.lock").keys()

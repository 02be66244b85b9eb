"""Every benchmark answers as a person starts it, from the top of the repository."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PARTS = {
    "disk_faults.py", "evacuation_peers.py", "exposure_case.py", "family_instances.py", "fuzz_readers.py",
    "hard_stops.py",
    "http_stops.py",
    "mutants.py", "polnear.py", "power_loss.py", "slices.py", "vrp_peers.py",
}  # fmt: skip
"""Modules that others start, or that only define things."""
SCRIPTS = sorted(path.name for path in (ROOT / "benchmarks").glob("*.py") if path.name not in PARTS)


@pytest.mark.slow
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_benchmark_says_how_it_is_used(name):
    pytest.importorskip("spacy")
    done = subprocess.run(
        [sys.executable, f"benchmarks/{name}", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "usage:" in done.stdout

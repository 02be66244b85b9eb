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
    "memory.py", "mutants.py", "polnear.py", "power_loss.py", "slices.py", "vrp_peers.py",
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


@pytest.mark.slow
def test_the_table_names_what_it_leaves_out_and_every_script_is_there(tmp_path):
    typed = [sys.executable, "benchmarks/evacuation_table.py", "--list", "--data", str(tmp_path)]
    done = subprocess.run(typed, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.count("left out: there is no ") == 13
    scripts = [line.split()[2] for line in done.stdout.splitlines() if line.startswith("$ ")]
    assert [Path(script).name for script in scripts] == ["bootstrap.py"]
    assert all(Path(script).exists() for script in scripts)

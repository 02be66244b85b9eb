"""The tutorial notebook runs from top to bottom, shows maps that load nothing, and names no folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parents[2] / "docs" / "tutorial" / "first-plan.ipynb"
# In a process of its own: a kernel's event loop is nothing that our tests have to be clean of.
RUN = """
import sys, nbformat
from nbclient import NotebookClient
book = nbformat.read(sys.argv[1], as_version=4)
NotebookClient(book, timeout=300, kernel_name="python3").execute()
nbformat.write(book, sys.argv[2])
"""


def test_it_is_kept_without_output():
    book = json.loads(FILE.read_text("utf-8"))
    cells = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    assert cells
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells)


def outputs(cell):
    return ["".join(out.get("data", {}).get("text/html") or "") for out in cell["outputs"]]


@pytest.mark.slow
def test_it_runs_from_top_to_bottom(tmp_path):
    done = tmp_path / "done.ipynb"
    command = [sys.executable, "-W", "ignore", "-c", RUN, str(FILE), str(done)]
    environment = os.environ | {"JUPYTER_PLATFORM_DIRS": "1", "HOME": str(tmp_path)}
    ran = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env=environment, check=False, timeout=300
    )
    assert ran.returncode == 0, ran.stderr[-2_000:]
    book = json.loads(done.read_text("utf-8"))
    cells = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    shown = [page for cell in cells for page in outputs(cell)]
    pages = [page for page in shown if "<table>" in page]
    assert len(pages) == 3, "case, plan and claims"
    assert all("data:image/svg+xml;base64," in page for page in pages)
    assert not any(re.search(r"https?://(?!www\.w3\.org)|<script|<style|<link", page) for page in pages)
    text = json.dumps(book, ensure_ascii=False)
    assert str(FILE.parents[2]) not in text
    assert str(tmp_path) not in text
    assert not re.search(r"/(home|root|Users|tmp|work)/", text)
    assert re.search(r"Towards Sumy.{1,5}\(4\d{3}, 4576\)", text)

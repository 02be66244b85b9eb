"""The report in a real browser: it opens offline, obeys its policy, prints its class on every page."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest

from safepassage.domain.release import Audience
from safepassage.engines.release import release
from safepassage.formats.pages import report_html
from safepassage.testing.sample_documents import sample_documents, sample_layers

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None
)
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--enable-logging=stderr",
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(BROWSER is None, reason="no headless Chromium on this computer"),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_bytes(report_html.write(release(*sample_documents(), Audience.PLANNING_TEAM), sample_layers()))
    return path


def browse(report: Path, *options: str) -> subprocess.CompletedProcess[str]:
    profile = report.parent / "profile"
    command = [BROWSER, *FLAGS, f"--user-data-dir={profile}", *options, report.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


def test_it_opens_and_breaks_no_policy(report):
    """The buttons are there, so the script ran; the console holds no complaint of the content policy."""
    done = browse(report, "--dump-dom")
    assert done.stdout.count('<button type="button"') == 3
    assert "Content Security Policy" not in done.stderr
    assert "CONSOLE" not in done.stderr


def test_the_map_and_its_banner_are_painted(report):
    """Colours that stand for something are on the picture: the EXERCISE banner and both directions."""
    pixels = screenshot(report)
    for colour in ((0xFF, 0xD2, 0x4A), (0x0B, 0x5F, 0xA5), (0xB8, 0x47, 0x0C)):
        assert pixels.count(bytes(colour)) > 400, colour


def screenshot(report: Path) -> bytes:
    """Return the page as raw RGB bytes."""
    path = report.parent / "page.png"
    browse(report, f"--screenshot={path}", "--window-size=1240,1900")
    data = path.read_bytes()
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    assert (depth, kind) in {(8, 2), (8, 6)}
    at, packed = 8, b""
    while at < len(data):
        size, name = struct.unpack(">I4s", data[at : at + 8])
        packed += data[at + 8 : at + 8 + size] if name == b"IDAT" else b""
        at += size + 12
    return unfiltered(zlib.decompress(packed), width, height, 3 if kind == 2 else 4)


def unfiltered(raw: bytes, width: int, height: int, channels: int) -> bytes:
    """Undo the filters of PNG (RFC 2083 §6); return RGB."""
    stride = width * channels
    lines = np.frombuffer(raw, np.uint8).reshape(height, stride + 1)
    before = np.zeros(stride, np.int64)
    found = np.empty((height, width, 3), np.uint8)
    for row in range(height):
        kind, line = int(lines[row, 0]), lines[row, 1:].astype(np.int64)
        if kind == 2:
            line = (line + before) % 256
        elif kind in {1, 3, 4}:
            line = sequential(kind, line, before, channels)
        before = line
        found[row] = line.reshape(width, channels)[:, :3]
    return found.tobytes()


def sequential(kind, line, before, channels):
    """Undo a filter in which each pixel rests on the one to its left."""
    done = line.tolist()
    above = before.tolist()
    for i, value in enumerate(done):
        left = done[i - channels] if i >= channels else 0
        corner = above[i - channels] if i >= channels else 0
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + above[i]) // 2
        else:
            estimate = left + above[i] - corner
            guess = min((left, above[i], corner), key=lambda v: abs(estimate - v))
        done[i] = (value + guess) % 256
    return np.array(done, np.int64)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="no pdftotext on this computer")
def test_class_and_exercise_stand_on_every_printed_page(report):
    path = report.parent / "report.pdf"
    browse(report, "--no-pdf-header-footer", f"--print-to-pdf={path}")
    text = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    ).stdout
    pages = text.rstrip("\f").split("\f")
    assert len(pages) >= 4
    for number, page in enumerate(pages, start=1):
        assert page.count("RESTRICTED") >= 2, f"page {number}"
        assert page.count("EXERCISE") >= 2, f"page {number}"
        assert "INCOMPLETE" in page, f"page {number}"
        assert re.search(rf"page {number} of {len(pages)}", page)
    assert "can arrive" in pages[0]
    assert "Not assessed in this plan" in pages[0]
    assert "Where people go" in pages[0]

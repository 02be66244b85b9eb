"""A sheet in a real browser: it obeys its policy, prints its class on every page, and loses nothing."""

from __future__ import annotations

import re
import shutil
import subprocess

import pypdf
import pytest

from safepassage.domain.map_layers import MapLayers
from safepassage.domain.release import Audience
from safepassage.engines.release import release
from safepassage.formats.maps import own_way_map
from safepassage.formats.paper import paper_html
from safepassage.formats.paper.sheet_texts import sheet_texts
from safepassage.formats.sheets.driver_sheet import DriverSheets
from safepassage.testing.sample_documents import sample_documents
from tests.support.paper import closed, pdf_text

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


def browse(page, *options):
    command = [BROWSER, *FLAGS, f"--user-data-dir={page.parent / 'profile'}", *options, page.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


@pytest.mark.parametrize("language", sorted(sheet_texts()))
def test_a_printed_sheet_loses_nothing_and_says_what_it_is_on_every_page(language, tmp_path):
    given = release(*sample_documents(), Audience.PLANNING_TEAM)
    empty = MapLayers(shapes={}, road_class=())
    paper = DriverSheets(given, empty, sheet_texts()[language]).paper("bus-03")
    page = tmp_path / "sheet.html"
    page.write_bytes(paper_html.write(paper, rules=own_way_map.RULES))
    done = browse(page, "--no-pdf-header-footer", f"--print-to-pdf={tmp_path / 'sheet.pdf'}")
    assert "Content Security Policy" not in done.stderr
    assert "CONSOLE" not in done.stderr
    data = (tmp_path / "sheet.pdf").read_bytes()
    # A cell in two scripts is painted face by face, so words are looked for, not sentences.
    text = pdf_text(data)
    assert [word for wanted in paper.texts() for word in re.findall(r"\w+", wanted) if word not in text] == []
    pages = pypdf.PdfReader(tmp_path / "sheet.pdf").pages
    assert len(pages) > 1
    for printed in pages:
        text = closed(printed.extract_text())
        assert all(closed(word) in text for word in paper.stamp)
        assert closed(paper.foot) in text

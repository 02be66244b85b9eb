"""A browser and the pages of the built-in example, for all tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from safepassage import example
from safepassage.casework.reading import read_case_input
from safepassage.web.application import application
from safepassage.web.desk import Desk

try:
    from tools import chromium
except ModuleNotFoundError:  # playwright comes with the extra `test`
    chromium = None

ABSENT = "no headless Chromium on this computer, or no playwright: the pages were not looked at"
WIDE, NARROW = {"width": 1360, "height": 850}, {"width": 390, "height": 844}


def pytest_collection_modifyitems(items):
    """Mark all of this folder, and skip it where there is no browser."""
    absent = chromium is None or chromium.found() is None
    for item in items:
        if "tests/browser/" in str(item.path).replace("\\", "/"):
            item.add_marker(pytest.mark.browser)
            if absent:
                item.add_marker(pytest.mark.skip(reason=ABSENT))


@pytest.fixture(scope="session")
def browser():
    with chromium.chromium([chromium.NO_WEBGL]) as found:
        yield found


@pytest.fixture(scope="session")
def address():
    desk = Desk.of(read_case_input(example.path(), None))
    with chromium.serving(application(desk)) as found:
        yield found


@pytest.fixture(scope="session")
def opened(browser, address):
    """A function that opens a page in a context of its own, and says at its end what went wrong there."""

    @contextmanager
    def open_page(path, *, language="en", size=None, scripts=True) -> Iterator:
        context = browser.new_context(viewport=size or WIDE, java_script_enabled=scripts)
        context.add_cookies([{"name": "language", "value": language, "url": address}])
        foreign, faults = chromium.foreign_requests(context), []
        context.on("weberror", lambda error: faults.append(str(error.error)))
        context.on("console", lambda m: faults.append(m.text) if m.type in {"error", "warning"} else None)
        page = context.new_page()
        try:
            page.goto(address + path)
            yield page
            assert foreign == [], "the page asked for something beyond this computer"
            assert faults == []
        finally:
            context.close()

    return open_page


@pytest.fixture(scope="session")
def drawn():
    """A function that waits until the map of a page has been drawn with all that lies on it."""

    def wait(page):
        page.wait_for_selector("sp-map[data-painted=yes][data-loaded]", timeout=30_000)
        return page.locator("sp-map")

    return wait

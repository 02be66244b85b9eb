"""A browser and the pages of the built-in example, for all tests of this folder."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from safepassage import example
from safepassage.web.application import application
from safepassage.web.desk import office
from safepassage.web.desk.desk import Given
from safepassage.web.doors import COOKIE

try:
    from tools import chromium
except ModuleNotFoundError:  # playwright comes with the extra `test`
    chromium = None

ABSENT = "no headless Chromium on this computer, or no playwright: the pages were not looked at"
WIDE, NARROW = {"width": 1360, "height": 850}, {"width": 390, "height": 844}
PATIENCE_S = 300
"""The planner gives way to everything else on the computer, to other tests, too."""


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
def desk():
    found = office.example_desk(Given.read(example.path(), None))
    yield found
    found.close()


@pytest.fixture(scope="session")
def address(desk):
    with chromium.serving(application(desk)) as found:
        yield found


@pytest.fixture(scope="session")
def planned(desk):
    """Wait until the example has been planned to its end."""
    desk.order()
    time.sleep(0.5)
    for _ in range(PATIENCE_S * 5):
        if desk.planner.latest is not None and not desk.planner.busy:
            return desk.planner.latest
        time.sleep(0.2)
    raise AssertionError(f"the example was not planned within {PATIENCE_S} s")


@pytest.fixture(scope="session")
def opened(browser, address, desk):
    """A function that opens a page in a context of its own, and says at its end what went wrong there."""
    return pages_of(browser, address, desk)


def pages_of(browser, address, desk):
    """Return what opens the pages of a desk."""

    @contextmanager
    def open_page(path, *, language="en", size=None, scripts=True, role="planner") -> Iterator:
        context = browser.new_context(viewport=size or WIDE, java_script_enabled=scripts)
        token = desk.sessions.begin(role, desk.now_s()) if role else ""
        cookies = {"language": language, **({COOKIE: token} if role else {})}
        context.add_cookies([{"name": k, "value": v, "url": address} for k, v in cookies.items()])
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

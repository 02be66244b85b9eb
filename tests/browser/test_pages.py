"""Every screen in every language: drawn, offline, without a fault of accessibility; on a telephone, too."""

from __future__ import annotations

import pytest

from safepassage.web.words import KNOWN, PSEUDO, direction
from tests.browser.conftest import NARROW

axe = pytest.importorskip("axe_playwright_python.sync_playwright")

SCREENS = ("situation", "plan", "movements", "changes", "compare", "settings", "paper")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("planned")]


def faults(page):
    """Return each fault against WCAG 2.2 A and AA with the elements that have it."""
    found = axe.Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}})
    return {row["id"]: [node["html"][:160] for node in row["nodes"]] for row in found.response["violations"]}


def sideways(page):
    """Return how many pixels of the page have to be scrolled to from side to side."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("language", KNOWN)
@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_has_no_fault_in_any_language(opened, drawn, screen, language):
    with opened(f"/{screen}", language=language) as page:
        if page.locator("sp-map").count():
            drawn(page)
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("html").get_attribute("dir") == direction(language)
        assert faults(page) == {}
        assert sideways(page) == 0


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_fits_a_telephone(opened, screen):
    with opened(f"/{screen}", size=NARROW) as page:
        assert sideways(page) <= 0
        assert faults(page) == {}
        small = page.evaluate(
            """() => [...document.querySelectorAll('a:not(.skip), button, input, select, summary')]
              .filter((e) => e.offsetParent && !e.closest('p, li, td'))
              .map((e) => [e.outerHTML.slice(0, 90), (e.closest('label') ?? e).getBoundingClientRect()])
              .filter(([, r]) => r.width < 24 || r.height < 24).map(([html]) => html)"""
        )
        assert small == [], "WCAG 2.5.8: what is pressed is at least 24 pixels wide and high"


@pytest.mark.parametrize("screen", SCREENS)
def test_a_screen_works_without_scripts(opened, screen):
    with opened(f"/{screen}", scripts=False) as page:
        assert page.locator("h1").count() == 1
        assert page.locator("nav a").count() >= 5


def test_the_page_for_telephones_is_plain_and_large(opened):
    with opened("/phone", role="field", size=NARROW, scripts=False) as page:
        assert page.locator("h1").count() == 1
        low = page.evaluate(
            """() => [...document.querySelectorAll('main button')].filter((e) => e.offsetParent)
              .filter((e) => e.getBoundingClientRect().height < 44).map((e) => e.outerHTML.slice(0, 90))"""
        )
        assert low == []


def test_the_page_for_signing_in_has_no_fault(opened):
    for language in KNOWN:
        with opened("/sign-in", role=None, language=language) as page:
            assert faults(page) == {}
            assert sideways(page) == 0


def test_the_overlay_and_the_palette_have_no_fault(opened, drawn):
    with opened("/situation", language=PSEUDO) as page:
        drawn(page)
        for key, dialog in (("?", "#keys"), ("Control+k", "#palette")):
            page.keyboard.press(key)
            assert page.locator(dialog).is_visible()
            assert faults(page) == {}
            page.keyboard.press("Escape")
            assert page.locator(dialog).is_hidden()
        page.locator(".map-key summary").click()
        assert faults(page) == {}

"""A change of language changes the words and nothing else: the map stays where it was."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow


def test_the_map_and_the_clock_stay(opened, drawn):
    with opened("/settings") as page:
        drawn(page)
        page.keyboard.press("]")
        page.keyboard.press("+")
        page.wait_for_timeout(600)
        before = page.url.partition("#")[2]
        assert "from=1800" in before
        page.locator("button[value=uk]").click()
        page.wait_for_selector("html[lang=uk]")
        drawn(page)
        assert page.url.partition("#")[2] == before
        assert page.locator("h1").inner_text() == "Налаштування"
        assert "не перевірено" in page.locator("main").inner_text()

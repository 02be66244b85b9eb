"""The map is drawn without WebGL, and asks nobody but this computer."""

from __future__ import annotations

from tests.browser.conftest import NARROW


def test_the_map_of_the_example_is_drawn(opened, drawn):
    with opened("/situation") as page:
        drawn(page)
        assert page.evaluate("document.createElement('canvas').getContext('webgl')") is None
        colours = page.evaluate(
            """() => {
              const found = new Set();
              for (const canvas of document.querySelectorAll('.map-canvas canvas')) {
                const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                for (let i = 0; i < pixels.length; i += 4) {
                  found.add(pixels[i] << 16 | pixels[i + 1] << 8 | pixels[i + 2]);
                }
              }
              return [...found];
            }"""
        )
        for colour in (0x0B5FA5, 0xB8470C, 0x4A2F7D, 0x3B0D0D):
            assert colour in colours, f"{colour:06x}"


def test_on_a_telephone_a_button_leads_from_the_list_to_the_map(opened, drawn):
    with opened("/situation", size=NARROW) as page:
        drawn(page)
        page.locator(".to-map").click()
        assert page.evaluate("document.activeElement.className") == "map-canvas"
        box = page.locator("sp-map").bounding_box()
        assert 0 <= box["y"] < NARROW["height"]
    with opened("/situation") as page:
        assert not page.locator(".to-map").is_visible()

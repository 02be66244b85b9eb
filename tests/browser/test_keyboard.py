"""Everything by keyboard alone: find an action, move the map and the clock, point at a road, draw an area."""

from __future__ import annotations

import json

import pytest

from safepassage.web.actions import ACTIONS
from safepassage.web.pages import TABS

pytestmark = pytest.mark.slow
CENTRE = """() => document.querySelector('sp-map').handle.map.getView()
  .setCenter(ol.proj.fromLonLat([35.27, 51.19]))"""


@pytest.fixture
def page(opened, drawn):
    with opened("/situation") as found:
        drawn(found)
        found.evaluate(
            """() => { window.heard = [];
              for (const name of ['do', 'times', 'given-road', 'given-area', 'given-way', 'picked']) {
                document.addEventListener('sp-' + name, (e) => heard.push([name, e.detail])); } }"""
        )
        yield found


def camera(page):
    return page.evaluate(
        "() => Object.fromEntries([...new URLSearchParams(location.hash.slice(1))].map(([k, v]) => [k, v]))"
    )


def heard(page, name):
    return [detail for what, detail in page.evaluate("heard") if what == name]


def test_numbers_open_the_tabs_and_the_view_is_kept(page):
    page.keyboard.press("]")
    before = camera(page)
    assert before["from"] == "1800"
    for number, (path, _) in reversed(list(enumerate(TABS, start=1))):
        page.keyboard.press(str(number))
        page.wait_for_url(f"**/{path}#*")
        assert camera(page)["from"] == "1800"
    page.wait_for_selector("sp-map[data-painted=yes]")
    assert camera(page) == before


def test_the_map_moves_by_arrows_and_signs(page):
    page.keyboard.press("m")
    assert page.evaluate("document.activeElement.className") == "map-canvas"
    before = camera(page)
    page.keyboard.press("ArrowRight")
    page.wait_for_function("(lon) => !location.hash.includes('lon=' + lon)", arg=before["lon"])
    page.keyboard.press("+")
    page.wait_for_function("(zoom) => !location.hash.includes('zoom=' + zoom)", arg=before["zoom"])
    page.keyboard.press("0")
    page.wait_for_function("(zoom) => location.hash.includes('zoom=' + zoom)", arg=before["zoom"])


def test_the_clock_is_stepped_typed_and_freed(page):
    page.keyboard.press("]")
    page.keyboard.press("]")
    page.keyboard.press("[")
    assert camera(page)["from"] == "1800"
    page.keyboard.press("t")
    page.keyboard.type("2 14:30")
    page.keyboard.press("Tab")
    assert camera(page)["from"] == str(86400 + (14 * 60 + 30 - 6 * 60) * 60)
    page.keyboard.type("2 16:00")
    page.keyboard.press("Tab")
    assert heard(page, "times")[-1] == {"from": 117000, "until": 122400}
    page.keyboard.press("w")
    assert "from" not in camera(page)


@pytest.mark.parametrize("text", ["25h", "99:99:99", "7 23:00", "abc"])
def test_a_time_that_is_none_is_marked_and_changes_nothing(page, text):
    page.keyboard.press("t")
    page.keyboard.type(text)
    page.keyboard.press("Tab")
    assert page.locator(".clock [name=from]").get_attribute("aria-invalid") == "true"
    assert "from" not in camera(page)


def test_a_road_is_pointed_at_without_a_pointer(page):
    page.evaluate(CENTRE)
    page.keyboard.press("x")
    assert page.locator(".map-said").text_content()
    page.keyboard.press("Space")
    page.wait_for_function("() => heard.some(([name]) => name === 'given-road')")
    given = heard(page, "given-road")[0]
    assert given["value"].startswith("link:")
    assert given["label"]


def test_an_area_is_drawn_without_a_pointer(page):
    page.keyboard.press("a")
    for key in ("Space", "ArrowRight", "Space", "ArrowDown", "Space"):
        page.keyboard.press(key)
        page.wait_for_timeout(250)
    page.keyboard.press("Enter")
    page.wait_for_function("() => heard.some(([name]) => name === 'given-area')")
    shape = json.loads(heard(page, "given-area")[0]["value"])
    assert shape["type"] == "Polygon"
    assert len(shape["coordinates"][0]) >= 4


def test_escape_gives_up(page):
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    page.keyboard.press("Escape")
    assert page.locator("sp-map.aims").count() == 0
    assert heard(page, "given-area") == heard(page, "given-road") == []


def test_the_palette_finds_every_action_by_name(page):
    for action in ACTIONS:
        if action.act == "palette":
            continue
        page.keyboard.press("Control+k")
        page.keyboard.type(action.words)
        first = page.locator("#palette [aria-selected=true]")
        assert first.get_attribute("data-act") == action.act or action.words in first.text_content()
        page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("low, cen")
    page.keyboard.press("Enter")
    assert camera(page)["hazard"] == "high"


def test_single_keys_can_be_switched_off(page):
    page.keyboard.press("?")
    page.locator("#keys [name=single-keys]").press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("]")
    assert "from" not in camera(page)
    page.keyboard.press("Control+k")
    assert page.locator("#palette").is_visible()


def test_letters_are_letters_where_somebody_types(page):
    page.keyboard.press("t")
    page.keyboard.type("]]1")
    assert "from" not in camera(page)
    assert page.url.partition("#")[0].endswith("/situation")


def test_what_is_in_the_middle_is_said(page):
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    assert page.locator(".map-said").text_content()
    assert heard(page, "picked")


def test_a_row_of_the_list_leads_to_the_map_and_back(page):
    page.keyboard.press("j")
    row = page.evaluate("document.activeElement.dataset.feature")
    assert row
    page.keyboard.press("Enter")
    page.wait_for_selector("main [aria-current=true]")
    picked = page.evaluate("document.querySelector('sp-map').handle.picked")
    assert picked == row
    page.evaluate("document.dispatchEvent(new CustomEvent('sp-picked', { detail: 'place:x-krupets' }))")
    assert page.evaluate("document.activeElement.dataset.feature") == "place:x-krupets"


def test_a_report_is_added_by_keyboard_alone(page, desk):
    before = len(desk.state().ledger.claims)
    page.keyboard.press("c")
    page.keyboard.type("shelling")
    for text in ("Sudzha", "shelling near the market", "a resident", "radio desk", "2024-08-16", "", "C3"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.wait_for_selector(".done")
    assert len(desk.state().ledger.claims) == before + 1


def test_a_road_pointed_at_fills_the_form_that_closes_it(page):
    page.evaluate(CENTRE)
    page.keyboard.press("x")
    page.keyboard.press("Space")
    page.wait_for_function("() => document.querySelector('[data-takes=road]').value.startsWith('link:')")
    assert page.evaluate("document.activeElement.dataset.takes") == "road"


def test_an_area_drawn_becomes_a_file_to_hand_in(page):
    page.evaluate(
        """() => { const map = document.querySelector('sp-map');
          map.act('draw-area'); }"""
    )
    for key in ("Space", "ArrowRight", "Space", "ArrowDown", "Space"):
        page.keyboard.press(key)
        page.wait_for_timeout(250)
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('[data-takes=area]').files.length === 1")
    name, text = page.evaluate(
        """async () => { const [file] = document.querySelector('[data-takes=area]').files;
          return [file.name, await file.text()]; }"""
    )
    assert name == "drawn.geojson"
    assert json.loads(text)["geometry"]["type"] == "Polygon"


@pytest.mark.parametrize(
    ("change", "forward", "typed", "from_s"),
    [
        (19 * 3600, -3600, "2 10:00", 29 * 3600),  # after clocks were put back
        (19 * 3600, -3600, "2 00:30", 18 * 3600 + 1800),  # comes twice: the first
        (19 * 3600, 3600, "2 10:00", 27 * 3600),
        (19 * 3600, 3600, "2 00:30", 18 * 3600 + 1800),
    ],
)
def test_the_clock_shows_what_clocks_show_after_they_are_changed(page, change, forward, typed, from_s):
    page.evaluate(
        """async ([change, forward]) => {
          const box = document.querySelector('.clock'), bare = box.cloneNode(true);
          bare.dataset.change = change;
          bare.dataset.forward = forward;
          box.replaceWith(bare);
          (await import('/static/clock.js')).startClock();
        }""",
        [change, forward],
    )
    field = page.locator(".clock [name=from]")
    field.fill(typed)
    field.press("Tab")
    assert camera(page)["from"] == str(from_s)
    assert field.input_value() == typed

"""What the pages are for: a bridge is closed, the change seen, drivers get sheets, the public a notice."""

from __future__ import annotations

import io
import re

import pypdf
import pytest

pytestmark = pytest.mark.slow

CYRILLIC = re.compile("[іїєґ]", re.IGNORECASE)


def settle(desk, wait):
    """Wait until what stands now has been planned to its end."""
    desk.order()
    wait(desk)


@pytest.fixture
def settled():
    import time

    def wait(desk):
        time.sleep(0.5)
        for _ in range(1_500):
            latest = desk.planner.latest
            if not desk.planner.busy and latest is not None and latest.revision == desk.state().revision:
                return latest
            time.sleep(0.2)
        raise AssertionError("the example was not planned in five minutes")

    return wait


def accept(opened):
    """Accept the plan as the approver, by the form."""
    with opened("/plan", role="approver") as page:
        page.locator(".accept [name=why]").fill("the best of what can be done today")
        although = page.locator(".accept [name=although]")
        if although.count():
            although.check()
        page.locator(".accept button").click()
        page.wait_for_selector(".stand .badge.fine")


def take_responsibility(opened):
    """Give a reason for every rule that is not kept, as the approver."""
    with opened("/paper", role="approver") as page:
        for box in page.locator("#overrides input").all():
            box.fill("an exercise")
        if page.locator("#overrides").count():
            page.locator("#overrides button").click()
            page.wait_for_load_state()
        assert page.locator("#overrides").count() == 0


def test_from_a_closed_bridge_to_paper(opened, drawn, desk, settled):
    settle(desk, settled)
    accept(opened)
    with opened("/situation") as page:
        drawn(page)
        close_by_keyboard(page, "link:seym-zvannoye")
    settle(desk, settled)
    with opened("/plan") as page:
        drawn(page)
        assert "What differs from the accepted plan" in page.locator("main").inner_text()
        page.locator("#corridors a").first.click()
        assert "min" in page.locator("#explained pre").inner_text()
    with opened("/changes") as page:
        assert "link:seym-zvannoye" in page.locator("main").inner_text()
    accept(opened)
    take_responsibility(opened)
    with opened("/paper") as page:
        for box in page.locator(".ticks input").all()[:2]:
            box.check()
        page.locator("#sheets [name=language]").select_option("uk")
        page.locator("#sheets button").click()
        links = page.locator(".done a[href^='/paper/sheets/']")
        links.first.wait_for()
        assert links.count() == 2
        for link in links.all():
            assert CYRILLIC.search(text_of(page, link.get_attribute("href")))
        notice = release_notice(page)
    assert_leaks_nothing(desk, notice)
    exported = [e for e in desk.folding.entries if e.kind == "export.made"]
    assert [e.body["audience"] for e in exported] == ["drivers", "public"]


def close_by_keyboard(page, road):
    """Close a road without a pointer: open the form by its key, type, send with Enter."""
    page.keyboard.press("r")
    page.keyboard.type(road)
    for _ in range(3):
        page.keyboard.press("Tab")
    page.keyboard.type("district administration")
    page.keyboard.press("Tab")
    page.keyboard.type("B2")
    page.keyboard.press("Tab")
    page.keyboard.type("the bridge is down")
    page.keyboard.press("Enter")
    page.wait_for_selector(".done")


def text_of(page, path):
    answer = page.request.get(page.url.split("/paper")[0] + path)
    assert answer.headers["content-type"] == "application/pdf"
    return "\n".join(leaf.extract_text() for leaf in pypdf.PdfReader(io.BytesIO(answer.body())).pages)


def release_notice(page):
    before = page.request.get(page.url.split("/paper")[0] + "/paper/notice/PUBLIC-notice.txt")
    assert before.status == 404
    page.locator("#notice [name=why]").fill("people ask which ways there are")
    page.locator("#notice form button").click()
    page.wait_for_load_state()
    assert page.locator(".problem").all_inner_texts() == []
    page.wait_for_selector("#notice .done")
    after = page.request.get(page.url.split("/paper")[0] + "/paper/notice/PUBLIC-notice.txt")
    assert after.status == 200
    return after.text()


def assert_leaks_nothing(desk, notice):
    """No settlement, crossing, road, vehicle, time or count of the plan stands in the notice."""
    case, network = desk.entered, desk.network
    directions = " ".join(direction.name for direction in case.directions)
    names = {place.name for place in case.places} | {place.id for place in case.places}
    names |= set(network.names) | {vehicle.id for vehicle in case.fleet}
    found = [
        name
        for name in names
        if len(name) > 3 and name not in directions and re.search(rf"\b{re.escape(name)}\b", notice)
    ]
    assert found == []
    assert not re.search(r"\d{1,2}:\d{2}", notice)
    assert not re.search(r"\d+ (?:persons|people)", notice)

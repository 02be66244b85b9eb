"""Every task of every screen with the keyboard alone: no pointer, no script of the test in the page."""

from __future__ import annotations

import json
import time

import pytest

from safepassage.store.keys import new_key_file
from safepassage.web.application import application
from safepassage.web.desk.planner import Beside
from tests.browser.conftest import chromium, pages_of
from tests.support.desks import example_desk, with_plan

sync_api = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.slow
MOST_TABS = 420
PRESSES, ANSWER_S = 6, 5.0


@pytest.fixture(scope="module")
def at_desk():
    """A desk with a plan, which makes no others."""
    desk = example_desk()
    made = with_plan(desk)
    desk.planner.beside = side_by_side(made)
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def pages(browser, at_desk):
    with chromium.serving(application(at_desk)) as address:
        yield pages_of(browser, address, at_desk)


def side_by_side(made):
    """Return a frontier of two plans, as the planner hands one over."""
    point = {
        "clearance_s": 90_000, "person_seconds": 10**8, "expected_person_ppm_s": 10**10,
        "tail_person_ppm_s": 10**10, "exposure_person_ppm_s": 10**10, "least_person_ppm_s": 10**9,
    }  # fmt: skip
    points = [{"number": n, **point, "clearance_s": 90_000 + 600 * n} for n in (1, 2)]
    document = {
        "points": points, "picked": 1, "tried": 9, "fewer": 0, "worlds": 1000, "narrow": [1], "order": [],
        "slack_percent": 1,
    }  # fmt: skip
    return Beside(revision=0, document=document, plans=(made.sha256, made.sha256))


class Typist:
    """Somebody without a pointer: goes by Tab, types, presses."""

    def __init__(self, page):
        self._page, self._keys = page, page.keyboard
        self._dialogs = []
        # A browser told to hand over dialogs while a key is on its way loses some: so it is told at once.
        page.on("filechooser", self._opened)

    def go(self, selector):
        """Go on by Tab until something stands in focus."""
        for _ in range(MOST_TABS):
            if self._page.evaluate("(s) => document.activeElement?.matches(s) ?? false", selector):
                return self
            self._keys.press("Tab")
        raise AssertionError(f"{selector} is not reached by Tab")

    def press(self, key):
        self._keys.press(key)
        return self

    def type(self, text):
        self._keys.press("Control+a")
        self._keys.type(text)
        return self

    def choose(self, selector, value):
        """Choose in a list by arrow keys."""
        self.go(selector).press("Home")
        for _ in range(MOST_TABS):
            if self._page.evaluate("document.activeElement.value") == value:
                return self
            self._keys.press("ArrowDown")
        raise AssertionError(f"{value} is not in {selector}")

    def send(self, selector):
        """Press a button and wait for the page that comes."""
        self.go(selector)
        with self._page.expect_event("domcontentloaded"):
            self._keys.press("Enter")
        return self

    def file(self, selector, name, data):
        """Choose a file: the dialog of the system is opened by a key."""
        self._dialog(selector).set_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": data}
        )
        return self

    def _opened(self, dialog):
        self._dialogs.append(dialog)

    def _dialog(self, selector):
        """Return the dialog that Enter opens; a part of the page drawn again took the focus with it."""
        for _ in range(PRESSES):
            self.go(selector).press("Enter")
            until = time.monotonic() + ANSWER_S
            while not self._dialogs and time.monotonic() < until:
                self._page.wait_for_timeout(20)
            if self._dialogs:
                return self._dialogs.pop(0)
        raise AssertionError(f"Enter was pressed {PRESSES} times and no dialog opened")


def test_somebody_signs_in_and_out(pages):
    with pages("/sign-in", role=None) as page:
        Typist(page).send("button[value=planner]")
        assert page.url.endswith("/situation") or "/situation#" in page.url
        Typist(page).send(".who button")
        assert "/sign-in" in page.url


def test_a_claim_is_accepted_graded_and_read_better(pages, at_desk):
    with pages("/situation") as page:
        first = page.locator("#queue .queued").first.get_attribute("id")
        hand = Typist(page).go(f"#{first} summary").press("Enter")
        hand.go(f"#{first} [name=source_grade]").type("B").go(f"#{first} [name=information_grade]").type("2")
        hand.send(f"#{first} button[value=accepted]")
        assert page.locator(".done").count() == 1
    standing = at_desk.state().ledger.claims[first]
    assert (standing.decision, standing.claim.source_grade.letter) == ("accepted", "B")


def test_a_file_is_handed_in(pages, at_desk):
    ring = [[35.2, 51.1], [35.3, 51.1], [35.3, 51.2], [35.2, 51.1]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    data = json.dumps({"type": "Feature", "properties": {"name": "drawn at home"}, "geometry": shape})
    with pages("/situation") as page:
        hand = Typist(page).go("#files summary").press("Enter")
        hand.file("#files [name=file]", "home.geojson", data.encode())
        hand.go("#files [name=probability]").type("0.5-2-5").go("#files [name=source]").type("a resident")
        hand.send("#files button.main")
        assert page.locator(".done").count() == 1
    assert any(area.name == "drawn at home" for area in at_desk.current().areas)


def test_an_area_by_its_number_is_found_on_the_map(pages, drawn):
    with pages("/situation") as page:
        drawn(page)
        Typist(page).go(".map-areas summary").press("Enter").go(".map-areas li button").press("Enter")
        page.wait_for_function("() => document.querySelector('.map-said').textContent !== ''")
        assert page.evaluate("document.querySelector('sp-map').handle.picked").startswith("area:")


def test_a_corridor_is_explained_beside_a_way_of_ones_own(pages):
    with pages("/plan") as page:
        Typist(page).press("e").send("#corridors td a")
        assert "min" in page.locator("#explained pre").inner_text()
        hand = Typist(page).go("#explained [name=via]").type("51.191,35.271")
        hand.send("#explained button")
        assert "Your way" in page.locator("#explained pre").inner_text()


def test_a_plan_is_chosen_from_the_strip_and_compared(pages):
    with pages("/plan") as page:
        assert page.locator("#beside .strip li").count() == 2
        Typist(page).send("#beside .strip li:last-child a")
        assert "/plan/versions/" in page.url
        Typist(page).send("#beside .strip li:last-child a.quiet")
        assert "/compare?" in page.url


@pytest.fixture
def accepted(pages, at_desk):
    """The plan, accepted by keyboard although rules are not kept."""
    if at_desk.office().accepted is None:
        with pages("/plan", role="approver") as page:
            hand = Typist(page).go(".accept [name=why]").type("the best of today")
            if page.locator(".accept [name=although]").count():
                hand.go(".accept [name=although]").press("Space")
            hand.send(".accept button")
            assert page.locator(".stand .badge.fine").count() == 1
    return at_desk.office().accepted


def test_sheets_of_an_accepted_plan_are_made_in_another_language(pages, accepted):
    assert accepted.by == "approver"
    with pages("/paper") as page:
        hand = Typist(page).choose("#sheets [name=language]", "uk")
        hand.go("#sheets .ticks input").press("Space").send("#sheets button.main")
        assert page.locator(".done a[href$='.uk.pdf']").count() == 1


def test_what_was_said_is_taken_back_and_two_states_are_compared(pages, at_desk):
    with pages("/situation") as page:
        page.keyboard.press("r")
        hand = (
            Typist(page)
            .go("#close [name=roads]")
            .type("link:seym-karyzh")
            .go("#close [name=why]")
            .type("seen")
        )
        hand.send("#close button.main")
        page.keyboard.press("Control+z")
        page.wait_for_url("**/changes*")
        hand = Typist(page).go(".entry details summary").press("Enter")
        hand.go(".entry [name=why]").type("a mistake").send(".entry details button")
        assert page.locator(".entry.gone").count() == 1
        Typist(page).send(".parts a[href^='/changes/diff']")
        hand = Typist(page).go("[name=a]").type("1").go("[name=b]").type(str(at_desk.folding.size))
        hand.send(".filter button")
        assert page.locator("main tbody tr").count() > 0


def test_two_plans_are_chosen_to_be_compared(pages):
    with pages("/plan") as page:
        page.keyboard.press("d")
        page.wait_for_url("**/compare*")
        Typist(page).go(".filter [name=b]").send(".filter button")
        assert "/compare?a=" in page.url


def test_settings_of_the_reader_and_of_the_office(pages, at_desk):
    with pages("/settings") as page:
        Typist(page).choose("[name=text]", "larger text").choose("[name=contrast]", "high contrast").send(
            "#view button"
        )
        assert page.locator("html.larger.contrast").count() == 1
        Typist(page).choose("#policy [name=value]", "high").send("#policy button")
        assert at_desk.office().settings["layer"] == "high"
        Typist(page).send("button[value=uk]")
        assert page.locator("html[lang=uk]").count() == 1


def test_a_person_gets_a_role(pages, at_desk):
    with pages("/settings", role="approver") as page:
        hand = Typist(page).go("[name=person]").type("night-desk").go("[name=why]").type("a new shift")
        hand.send("form[action='/settings/people'] button")
        assert "night-desk" in at_desk.office().persons


def test_a_bundle_is_made_and_taken_in(pages):
    key = new_key_file().encode()
    with pages("/settings", role="approver") as page:
        hand = Typist(page).file("form[action$=send] [name=key]", "both.key", key)
        hand.go("form[action$=send] button")
        with page.expect_download() as found:
            page.keyboard.press("Enter")
        data = found.value.path().read_bytes()
        hand.file("form[action$=take] [name=bundle]", "theirs.safepass", data)
        hand.file("form[action$=take] [name=key]", "both.key", key).send("form[action$=take] button")
        assert page.locator("#bundles [role=status] li").count() == 1


def test_a_movement_is_drafted_checked_handed_over_and_released_by_another(pages):
    with pages("/movements") as page:
        hand = Typist(page).go("#draft summary").press("Enter").go("[name=movement]").type("n-12")
        for name, text in (
            ("moves", "exercise-office"), ("lead", "convoy lead"), ("mandate", "evacuation"),
            ("contact", "duty officer"), ("phone", "+000"),
        ):  # fmt: skip
            hand.go(f"#draft [name={name}]").type(text)
        hand.go("#draft [name=emergency]").press("Space").send("#draft button.main")
        assert page.locator(".problem").all_inner_texts() == []
        Typist(page).send("form[action$='/checked'] button").send("form[action$='/submitted'] button")
        assert "submitted" in page.locator(".movement .badge").inner_text()
        hand = Typist(page).go("form[action$='/consented'] [name=given_by]").type("convoy lead")
        hand.send("form[action$='/consented'] button")
        assert page.locator(".problem").all_inner_texts() == []
    with pages("/movements/n-12", role="liaison") as page:
        Typist(page).send("form[action$='/sent'] button")
        assert page.locator(".problem").all_inner_texts() == []
        assert page.locator("td a[href*='/sent/']").count() > 0
        hand = Typist(page).go("form[action$='/answered'] [name=person]").type("duty officer of side A")
        hand.send("form[action$='/answered'] button")
        assert page.locator(".problem").all_inner_texts() == []


def test_somebody_on_the_road_reports_it(pages, at_desk):
    before = len(at_desk.state().ledger.claims)
    with pages("/phone", role="field") as page:
        hand = Typist(page).go("[name=place]").type("Sudzha").go("[name=words]").type("mud on both lanes")
        hand.send("button[value=RESTRICTED]")
        assert page.locator(".problem").all_inner_texts() == []
    assert len(at_desk.state().ledger.claims) == before + 1

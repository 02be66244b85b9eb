"""What is typed on the situation screen is recorded, shown, weighed, and can be taken back."""

from __future__ import annotations

import re

import pytest

from safepassage.domain.claims.words import Decision
from tests.support.browsing import browsing
from tests.support.desks import desk_and_app, sign_in

REPORT = {
    "event": "shelling", "place": "Sudzha", "words": "shelling near the market", "source": "a resident",
    "via": "radio desk", "date": "2024-08-16", "value": "", "grade": "C3",
}  # fmt: skip
ROAD = {
    "id": "road-1",
    "roads": "ref:R200",
    "status": "NOT_PASSABLE",
    "why": "the bridge is down",
    "grade": "B2",
}


@pytest.fixture
def at_desk():
    with desk_and_app() as (desk, app), browsing(app) as browser:
        sign_in(browser, "planner")
        yield desk, browser


def test_a_report_waits_and_raises_the_precautionary_layer_only(at_desk):
    desk, browser = at_desk
    before = desk.weighed().picture
    answer = browser.post("/situation/reports", REPORT)
    assert answer.status_code == 200
    assert "“shelling near the market”" in answer.text
    claim = next(s for s in desk.state().ledger.claims.values() if s.claim.span.text == REPORT["words"])
    assert claim.decision is Decision.PROPOSED
    assert [link.name for link in claim.claim.chain.links] == ["radio desk", "a resident"]
    new = [e for e in desk.weighed().picture.events if claim.claim.id in e.claims]
    assert len(new) == 1
    assert not new[0].reviewed
    assert len(desk.weighed().picture.events) == len(before.events) + 1


def test_a_person_accepts_grades_and_reads_better(at_desk):
    desk, browser = at_desk
    browser.post("/situation/reports", REPORT)
    claim = next(s for s in desk.state().ledger.claims.values() if s.claim.span.text == REPORT["words"])
    form = {"claim": claim.claim.id, "decision": "accepted", "source_grade": "B", "information_grade": "2",
            "modality": "alleged", "why": "confirmed by telephone"}  # fmt: skip
    assert browser.post("/situation/claims", form).status_code == 200
    now = desk.state().ledger.claims[claim.claim.id]
    assert now.decision is Decision.ACCEPTED
    assert now.decided_by == "planner"
    assert (now.claim.source_grade.letter, now.claim.information_grade.number) == ("B", 2)
    assert now.claim.modality == "alleged"


def test_a_closed_road_is_shown_with_who_said_so_and_sent_twice_is_recorded_once(at_desk):
    desk, browser = at_desk
    size = desk.folding.size
    for _ in range(2):
        answer = browser.post("/situation/roads", ROAD)
        assert answer.status_code == 200
    assert desk.folding.size == size + 1
    assert "ref:R200" in answer.text
    status = desk.situation().current().road_statuses[-1]
    assert status.provenance.note == "the bridge is down"
    assert status.provenance.source_grade == "B"


def test_taking_back_opens_the_road_again_and_keeps_both_entries(at_desk):
    desk, browser = at_desk
    browser.post("/situation/roads", ROAD)
    changes = browser.get("/changes").text
    entry = re.search(r'name="entry" value="(road-1-1)"', changes)[1]
    roads = len(desk.situation().current().road_statuses)
    answer = browser.post("/changes/undo", {"entry": entry, "why": "wrong road"})
    assert answer.status_code == 200
    assert len(desk.situation().current().road_statuses) == roads - 1
    assert [e.kind for e in desk.folding.entries[-2:]] == ["situation.event", "log.undone"]
    assert "wrong road" in browser.get("/changes").text


@pytest.mark.parametrize(
    ("path", "form", "said"),
    [
        ("/situation/reports", REPORT | {"event": "weather"}, "not known here"),
        ("/situation/reports", REPORT | {"words": ""}, "fill it in"),
        ("/situation/reports", REPORT | {"date": "yesterday"}, "is no date"),
        ("/situation/reports", REPORT | {"grade": "Z9"}, "A to F"),
        ("/situation/roads", ROAD | {"roads": "ref:NOWHERE"}, "No road or crossing"),
        ("/situation/roads", ROAD | {"from": "late"}, "HH:MM"),
        ("/situation/roads", ROAD | {"roads": ""}, "Say which road"),
        ("/situation/claims", {"claim": "c-nothing", "decision": "accepted"}, "not in the ledger"),
        ("/situation/files", {"kind": "no_go"}, "Choose a file"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_and_nothing_is_recorded(at_desk, path, form, said):
    desk, browser = at_desk
    size = desk.folding.size
    answer = browser.post(path, form)
    assert answer.status_code == 422
    assert said in answer.text
    assert desk.folding.size == size


def test_areas_of_a_map_file_keep_whose_word_they_are(at_desk):
    desk, browser = at_desk
    ring = "[[35.2,51.1],[35.3,51.1],[35.3,51.2],[35.2,51.1]]"
    shape = f'"geometry":{{"type":"Polygon","coordinates":[{ring}]}}'
    text = f'{{"type":"Feature","properties":{{"name":"field"}},{shape}}}'
    files = {"file": ("zone.geojson", text, "application/geo+json")}
    form = {"id": "file-1", "kind": "reported_hazard", "probability": "0.5-2-5", "source": "monitor"}
    answer = browser.post("/situation/files", form, files=files)
    assert answer.status_code == 200, answer.text[-400:]
    area = desk.situation().current().areas[-1]
    assert (area.name, area.provenance.source) == ("field", "monitor")
    assert (area.hazard_low_ppm, area.hazard_ppm, area.hazard_high_ppm) == (5_000, 20_000, 50_000)


def test_a_table_of_rows_goes_into_the_queue(at_desk):
    desk, browser = at_desk
    files = {"file": ("rows.csv", "event,words,place\nlooting,shops were looted,Sudzha\n", "text/csv")}
    answer = browser.post("/situation/files", {"id": "file-2"}, files=files)
    assert answer.status_code == 200
    assert "shops were looted" in answer.text
    assert any(s.claim.span.text == "shops were looted" for s in desk.state().ledger.claims.values())


def test_every_version_of_a_conflict_has_the_same_weight(at_desk):
    _, browser = at_desk
    page = browser.get("/situation").text
    conflicts = page.split('class="conflict"')[1:]
    assert conflicts
    for conflict in conflicts:
        assert conflict.split("</article>")[0].count('class="version v') >= 2
    assert "Where nothing stands, nothing is reported" in page

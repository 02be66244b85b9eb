"""A movement is notified by two persons, answered, let go and reported on; each role does its own part."""

from __future__ import annotations

import hashlib
import re

import pytest

from tests.support.browsing import browsing
from tests.support.desks import desk_and_app, sign_in, with_plan

RECIPIENTS = "party-a; Administration of side A; party\nicrc; ICRC delegation; impartial"


@pytest.fixture(scope="module")
def at_desk():
    with desk_and_app() as (desk, app):
        made = with_plan(desk)
        corridor = made.document("plan")["corridors"][0]["id"]
        yield desk, app, corridor


def act(app, role, path, form, status=200):
    with browsing(app) as browser:
        sign_in(browser, role)
        answer = browser.post(path, {"id": f"{role}-{path.rsplit('/')[-1]}-{len(form)}", **form})
    assert answer.status_code == status, re.findall(r'role="alert"[^<]*<?[^<]*', answer.text)
    return answer.text


def test_from_draft_to_the_road_by_the_right_hands(at_desk):
    _, app, corridor = at_desk
    base = {"movement": "n-1", "corridor": corridor, "lead": "convoy lead", "mandate": "aid to civilians",
            "recipients": RECIPIENTS,
            "contact": "duty officer", "phone": "000", "emergency": "yes"}  # fmt: skip
    page = act(app, "planner", "/movements", base | {"kind": "notified"})
    assert "n-1" in page
    act(app, "planner", "/movements/n-1/checked", {})
    act(app, "planner", "/movements/n-1/submitted", {})
    consent = {"fields": "all", "given_by": "head of mission"}
    for recipient in ("party-a", "icrc"):
        with_one = consent | {"recipient": recipient, "id": f"consent-{recipient}"}
        act(app, "planner", "/movements/n-1/consented", with_one)
        sent = {"recipient": recipient, "channel": "mail", "id": f"sent-{recipient}"}
        page = act(app, "liaison", "/movements/n-1/sent", sent)
    assert "no reply" in page
    answer = {"recipient": "icrc", "answer": "noted", "channel": "mail", "person": "duty delegate"}
    page = act(app, "liaison", "/movements/n-1/answered", answer)
    assert "acknowledged" in page
    assert "no reply" in page, "silence of one is not answered by another"
    held = act(app, "approver", "/movements/n-1/go", {"lead": "convoy lead"}, status=422)
    assert "needs" in held or "reason" in held
    act(
        app,
        "approver",
        "/movements/n-1/go",
        {"lead": "convoy lead", "despite": "side A was told"},
    )
    with browsing(app) as browser:
        sign_in(browser, "field")
        phone = browser.get("/phone").text
        assert "We have left" in phone
        assert "The way, point by point" in phone
        assert "party-a" not in phone, "who was told is not for a telephone that may be searched"
    with browsing(app) as browser:
        sign_in(browser, "partner")
        assert "n-1" not in browser.get("/phone").text, "another office reads no way"
    with browsing(app) as browser:
        sign_in(browser, "liaison")
        phone = browser.get("/phone").text
        assert 'value="party-a"' in phone, "whoever asks for answers takes them on the way, too"
        assert 'value="icrc"' not in phone
    act(app, "field", "/movements/n-1/departed", {"person": "field"})
    point = {"condition": "passed", "person": "field", "text": "at the bridge", "point": ""}
    act(app, "field", "/movements/n-1/reported", point | {"back": "phone"})


def test_what_was_sent_is_exported_and_made_again_byte_for_byte(at_desk):
    desk, app, _ = at_desk
    [entry] = [e for e in desk.folding.entries if e.id == "sent-icrc"]
    files = dict(entry.body["files"])
    assert {name.rpartition(".")[2] for name in files} == {"json", "html", "pdf", "docx", "xlsx"}
    [export] = [e for e in desk.folding.entries if e.id == "export-sent-icrc"]
    assert (export.body["class"], export.body["audience"], dict(export.body["files"])) == (
        "PARTIES", "recipient:icrc", files,
    )  # fmt: skip
    size = desk.folding.size
    sent = {"recipient": "icrc", "channel": "mail", "id": "sent-icrc"}
    act(app, "liaison", "/movements/n-1/sent", sent)
    assert desk.folding.size == size, "sent again is the same sending"
    with browsing(app) as browser:
        sign_in(browser, "liaison")
        for name, expected in files.items():
            answer = browser.get(f"/movements/n-1/sent/sent-icrc/{name}")
            assert hashlib.sha256(answer.content).hexdigest() == expected
            assert answer.headers["x-safepassage-class"] == "PARTIES"
        assert browser.get("/movements/n-1/sent/sent-icrc/other.json").status_code == 404
        assert browser.get(f"/movements/n-2/sent/sent-icrc/{name}").status_code == 404
    with browsing(app) as browser:
        sign_in(browser, "viewer")
        assert browser.get(f"/movements/n-1/sent/sent-icrc/{name}").status_code == 403


@pytest.mark.parametrize(
    ("role", "word"),
    [("viewer", "reported"), ("field", "sent"), ("liaison", "go"), ("planner", "sent"),
     ("approver", "checked"), ("partner", "reported")],
)  # fmt: skip
def test_steps_of_another_role_are_refused(at_desk, role, word):
    desk, app, _ = at_desk
    size = desk.folding.size
    act(app, role, f"/movements/n-1/{word}", {"recipient": "icrc", "person": "x"}, status=403)
    assert desk.folding.size == size


def test_a_copy_holds_what_its_recipient_may_know(at_desk):
    _, app, _ = at_desk
    with browsing(app) as browser:
        sign_in(browser, "planner")
        own = browser.get("/movements/n-1/copies/own").text
        copy = browser.get("/movements/n-1/copies/icrc").text
    assert "Not in this copy" in copy
    assert len(own) > len(copy)
    with browsing(app) as browser:
        sign_in(browser, "liaison")
        assert browser.get("/movements/n-1/copies/icrc").status_code == 200
        assert browser.get("/movements/n-1/copies/own").status_code == 403
    with browsing(app) as browser:
        sign_in(browser, "viewer")
        assert browser.get("/movements/n-1/copies/icrc").status_code == 403

"""Passwords, recovery codes and attempts at the sign-in page of a desk with a store."""

from __future__ import annotations

import re

import pytest

from safepassage.domain.access import ATTEMPT_RULES
from safepassage.web.application import application
from safepassage.web.desk import office
from tests.support.browsing import browsing
from tests.support.desks import example_given


@pytest.fixture(scope="module")
def closed():
    desk, passwords = office.unkept_desk(example_given())
    desk.order = lambda **_: False
    yield desk, application(desk), passwords
    desk.close()


def test_name_and_password_sign_in_and_no_role_does(closed):
    _, app, passwords = closed
    with browsing(app) as browser:
        assert "any role" not in browser.get("/sign-in").text
        assert browser.post("/sign-in", {"role": "planner"}).status_code == 403
        answer = browser.post("/sign-in", {"name": "planner", "password": passwords["planner"]})
        assert answer.url.path == "/situation"


def test_whoever_signs_in_has_nobody_read_the_log(closed, monkeypatch):
    desk, app, passwords = closed
    store = desk.journal.store

    def unread(*_, **__):
        raise AssertionError("the log was read from its beginning")

    monkeypatch.setattr(store, "entries", unread)
    with browsing(app) as browser:
        answer = browser.post("/sign-in", {"name": "approver", "password": passwords["approver"]})
        assert answer.url.path == "/situation"


def test_wrong_name_and_wrong_password_are_told_alike_and_slowed_down(closed):
    desk, app, passwords = closed
    desk.attempts.__init__()
    with browsing(app) as browser:
        wrong = browser.post("/sign-in", {"name": "planner", "password": "not the password"})
        nobody = browser.post("/sign-in", {"name": "nobody", "password": "not the password"})
        text = [re.search(r'role="alert"[^>]*>([^<]+)', answer.text)[1] for answer in (wrong, nobody)]
        assert text[0] == text[1]
        for _ in range(ATTEMPT_RULES.most):
            browser.post("/sign-in", {"name": "planner", "password": "not the password"})
        late = browser.post("/sign-in", {"name": "planner", "password": passwords["planner"]})
        assert late.status_code == 403, "the right one, too, has to wait"
    desk.attempts.__init__()


def test_a_recovery_code_works_once_and_ends_sessions(closed):
    desk, app, passwords = closed
    with browsing(app) as approver, browsing(app) as planner:
        approver.post("/sign-in", {"name": "approver", "password": passwords["approver"]})
        form = {"person": "planner", "role": "planner", "password": "a new long password"}
        codes = re.findall(r"<code>([a-z2-7]+)</code>", approver.post("/settings/people", form).text)
        assert len(codes) == 10
        planner.post("/sign-in", {"name": "planner", "password": "a new long password"})
        assert planner.get("/api/session").status_code == 200
        again = {"name": "planner", "code": codes[3], "password": "another long password"}
        assert planner.post("/sign-in/recover", again).status_code == 200
        assert planner.get("/api/session").status_code == 401
        assert planner.post("/sign-in/recover", again).status_code == 403
    desk.attempts.__init__()


def test_passwords_stand_nowhere_in_the_log(closed):
    desk, _, passwords = closed
    text = repr(desk.folding.entries)
    assert not any(password in text for password in passwords.values())


def test_the_own_password_is_changed_with_the_old_one_and_other_sessions_end(closed):
    desk, app, passwords = closed
    form = {"old": passwords["approver"], "password": "quite another password"}
    with browsing(app) as here, browsing(app) as elsewhere:
        for browser in (here, elsewhere):
            browser.post("/sign-in", {"name": "approver", "password": passwords["approver"]})
        assert here.post("/settings/password", form | {"old": "a wrong password"}).status_code == 422
        assert elsewhere.get("/api/session").status_code == 200
        assert "<code>" in here.post("/settings/password", form).text
        assert elsewhere.get("/api/session").status_code == 401
        assert here.get("/api/session").status_code == 200
    with browsing(app) as browser:
        signed = browser.post("/sign-in", {"name": "approver", "password": "quite another password"})
        assert signed.url.path == "/situation"
    desk.attempts.__init__()

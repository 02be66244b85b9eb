"""Passwords, recovery codes and attempts at the sign-in page of a desk with a store."""

from __future__ import annotations

import re
import tempfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from safepassage.domain.access import ATTEMPT_RULES
from safepassage.store import passwords
from safepassage.web.application import application
from safepassage.web.desk import office, sessions
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


def test_who_tries_many_names_from_one_address_crowds_nobodys_attempts_out(closed, monkeypatch):
    desk, app, known = closed
    monkeypatch.setattr(sessions, "MOST_NAMES", 4)
    desk.attempts.__init__()
    with browsing(app) as browser:
        for n in range(ATTEMPT_RULES.most + 6):
            browser.post("/sign-in", {"name": f"somebody-{n}", "password": "not the password"})
        late = browser.post("/sign-in", {"name": "approver", "password": known["approver"]})
        assert late.status_code == 403
    assert len(desk.attempts._by_name) <= 4
    desk.attempts.__init__()


def test_nobody_who_need_not_sign_in_is_read_at_length(closed):
    _, app, _ = closed
    with browsing(app) as browser:
        for path, data in (
            ("/sign-in", {"name": "n" * 70_000}),
            ("/settings/language", {"back": "/" * 70_000}),
        ):
            assert browser.post(path, data).status_code in {400, 413}
        assert browser.request("POST", "/api/session", content=b" " * 70_000).status_code == 413


def test_what_is_handed_in_is_written_to_no_temporary_file(closed, monkeypatch):
    def written(_file):
        raise AssertionError("a file was written")

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", written)
    desk, app, _ = closed
    desk.attempts.__init__()
    with browsing(app) as browser:
        signed = browser.post("/sign-in", {"name": "planner", "password": "another long password"})
        assert signed.url.path == "/situation"
        large = {"file": ("report.txt", b"Ostap Canary " * 200_000)}
        assert browser.request("POST", "/situation/files", data={}, files=large).status_code < 500


def test_a_password_is_checked_while_others_record(closed, monkeypatch):
    desk, app, _ = closed
    free = []
    monkeypatch.setattr(passwords, "fits", lambda *_: free.append(_is_free(desk.journal.store.lock)) or False)
    with browsing(app) as browser:
        browser.post("/sign-in", {"name": "planner", "password": "not the password"})
    assert free == [True]
    desk.attempts.__init__()


def _is_free(lock):
    """Tell whether another thread could take a lock now."""
    with ThreadPoolExecutor(1) as other:
        taken = other.submit(lock.acquire, timeout=0.5).result()
        if taken:
            other.submit(lock.release).result()
    return taken

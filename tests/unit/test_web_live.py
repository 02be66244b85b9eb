"""What is recorded appears on every open page within a second, and nothing is lost when a page comes back."""

from __future__ import annotations

import json
import threading
import time
from itertools import pairwise

import httpx
import pytest

from safepassage.domain.access import SESSION_RULES
from safepassage.web.desk.sessions import _hash
from tests.support.desks import example_desk
from tests.support.serving import served

CLIENTS = []


@pytest.fixture(scope="module")
def office():
    desk = example_desk()
    with served(desk) as address:
        yield desk, address
    for client in CLIENTS:
        client.close()
    desk.close()


def signed_in(address, role):
    client = httpx.Client(base_url=address, timeout=10)
    CLIENTS.append(client)
    token = client.post("/api/session", json={"role": role}, headers={"origin": address}).json()["token"]
    client.headers["authorization"] = f"Bearer {token}"
    return client


def report(client, name):
    body = {"id": name, "event": "looting", "words": f"words of {name}", "place": "Sudzha"}
    answer = client.post("/api/reports", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["seq"]


class Listener:
    """Hears the events of one page in a thread."""

    def __init__(self, client, after=None):
        self.heard, self._client = [], client
        self._headers = {} if after is None else {"last-event-id": str(after)}
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self.ready = threading.Event()
        self._thread.start()
        assert self.ready.wait(5)

    def _listen(self):
        try:
            with self._client.stream("GET", "/events", headers=self._headers) as stream:
                name = ""
                for line in stream.iter_lines():
                    if line.startswith("event: "):
                        name = line.removeprefix("event: ")
                        self.ready.set()
                    elif line.startswith("data: "):
                        self.heard.append((time.monotonic(), name, json.loads(line.removeprefix("data: "))))
        except (httpx.HTTPError, RuntimeError):
            return
        finally:
            self._client.close()

    def entries(self):
        return [(at, data) for at, name, data in self.heard if name == "entries"]

    def wait(self, seq, within_s=5):
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            for at, data in self.entries():
                if data["seq"] >= seq:
                    return at
            time.sleep(0.01)
        raise AssertionError(f"entry {seq} was not heard: {self.heard}")


def test_every_page_hears_of_an_entry_within_a_second(office):
    _, address = office
    listeners = [Listener(signed_in(address, role)) for role in ("planner", "planner", "approver", "viewer")]
    began = time.monotonic()
    seq = report(signed_in(address, "planner"), "live-1")
    for listener in listeners:
        assert listener.wait(seq) - began < 1
    kinds = [data["kinds"] for _, data in listeners[0].entries()]
    assert kinds[-1] == ["claims.entry"]
    assert [data["kinds"] for _, data in listeners[3].entries()][-1] == [], "a viewer hears that, not what"


def test_a_page_that_comes_back_hears_all_it_missed(office):
    desk, address = office
    client = signed_in(address, "planner")
    before = desk.folding.size
    for number in range(5):
        last = report(client, f"missed-{number}")
    back = Listener(signed_in(address, "planner"), after=before)
    back.wait(last)
    ranges = [(data["after"], data["seq"]) for _, data in back.entries()]
    assert ranges[0][0] == before
    assert all(first[1] == second[0] for first, second in pairwise(ranges))


def test_the_planner_is_heard_by_those_who_read_plans_only(office):
    desk, address = office
    planner, viewer = (Listener(signed_in(address, role)) for role in ("planner", "viewer"))
    desk.hub.passing("planner", {"phase": "planning", "persons": 7})
    time.sleep(0.5)
    assert ("planner", {"phase": "planning", "persons": 7}) in [row[1:] for row in planner.heard]
    assert not [row for row in viewer.heard if row[1] == "planner"]


def test_a_stream_ends_with_its_session(office):
    desk, address = office
    listener = Listener(signed_in(address, "planner-2"))
    desk.sessions.end_all("planner-2")
    report(signed_in(address, "planner"), "after-the-end")
    time.sleep(0.6)
    assert listener.heard[-1][1] == "over"


def test_a_page_that_only_listens_keeps_no_session_going(office):
    desk, address = office
    client = signed_in(address, "approver")
    token = client.headers["authorization"].removeprefix("Bearer ")
    listener = Listener(client)
    session = desk.sessions._by_hash[_hash(token)]
    for name, passed_s in (("heard-in-time", SESSION_RULES.idle_s - 1), ("heard-too-late", 1)):
        session.begun_s -= passed_s
        session.used_s -= passed_s
        report(signed_in(address, "planner"), name)
        time.sleep(0.6)
    assert [row[1] for row in listener.heard[-2:]] == ["entries", "over"]

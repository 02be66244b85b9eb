"""Desks for tests: the example, with a clock that stands unless it is moved, and browsers of its people."""

from __future__ import annotations

import contextlib
from contextlib import contextmanager
from functools import cache

from safepassage import example
from safepassage.formats.claims import ledger_json
from safepassage.formats.containers import canonical_json
from safepassage.web.application import application
from safepassage.web.desk import office, planning_process
from safepassage.web.desk.desk import Given
from safepassage.web.desk.packed_lines import packed
from safepassage.web.desk.planner import MadePlan, Order
from tests.support.browsing import Browser, browsing


class Clock:
    """Milliseconds since 1970, moved by hand."""

    def __init__(self, at_ms=1_790_000_000_000):
        self.at_ms = at_ms

    def __call__(self):
        return self.at_ms

    def move(self, seconds):
        self.at_ms += round(seconds * 1000)


@cache
def example_given():
    return Given.read(example.path(), None)


def example_desk(clock=None):
    """Return a desk of the example that plans only when it is told to."""
    desk = office.example_desk(example_given(), clock_ms=clock or Clock())
    desk.order = lambda **_: False
    return desk


@contextmanager
def example_browser(role):
    """Yield a browser of the example, signed in."""
    desk = example_desk()
    with browsing(application(desk)) as found:
        found.desk = desk
        sign_in(found, role)
        yield found
    desk.close()


@contextmanager
def desk_and_app(clock=None):
    """Yield a desk of the example and its application."""
    desk = example_desk(clock)
    yield desk, application(desk)
    desk.close()


def sign_in(browser: Browser, role):
    answer = browser.post("/sign-in", {"role": role})
    assert answer.status_code == 200
    return answer


class OnePlan:
    """Takes what a planner sends, and has something new to say after the first plan."""

    def __init__(self):
        self.sent = []

    def send(self, message):
        self.sent.append(message)

    def poll(self):
        return any(word == "plan" for word, _ in self.sent)


@cache
def first_plan():
    """Return the first whole plan of the example, verified, as the planner hands it over."""
    given, pipe = example_given(), OnePlan()
    bench = planning_process.Bench(pipe, given.case, given.network)
    order = Order(revision=0, ledger=(packed(ledger_json.write(given.ledger.entries)),), events=())
    with contextlib.suppress(planning_process.SupersededError):
        bench.answer(order.plain())
    found = next(row for word, row in pipe.sent if word == "plan")
    documents = found["documents"]
    return MadePlan(
        sha256=canonical_json.sha256(documents["plan"]), revision=0, stage="first", documents=documents,
        seconds=1.0,
    )  # fmt: skip


def with_plan(desk):
    """Give a desk the first plan of the example."""
    made = first_plan()
    desk.planner.take(made)
    return made

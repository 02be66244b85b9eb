"""The planner beside the pages: better and better plans, all verified; a newer order ends an older one."""

from __future__ import annotations

import time

import pytest

from safepassage import example
from safepassage.formats.claims import ledger_json
from safepassage.web.desk.packed_lines import packed
from safepassage.web.desk.planner import Order, Planner
from tests.support.desks import example_given


def waited(condition, within_s=280):
    until = time.monotonic() + within_s
    while not condition() and time.monotonic() < until:
        time.sleep(0.05)
    return condition()


@pytest.mark.slow
def test_the_last_order_counts_and_every_plan_is_verified():
    said = []
    planner = Planner(example.path(), None, lambda name, status: said.append((name, dict(status))))
    ledger = (packed(ledger_json.write(example_given().ledger.entries)),)
    begun = time.monotonic()
    try:
        planner.start(Order(revision=1, ledger=ledger, events=()))
        assert waited(lambda: planner.latest is not None)
        alone_s = time.monotonic() - begun
        assert planner.latest.document("verification")["verified"]
        began = time.monotonic()
        planner.start(Order(revision=2, ledger=ledger, events=(), without=("TASS",)))
        assert waited(lambda: planner.latest.revision == 2)
        first_s = time.monotonic() - began
        planner.stop()
        assert waited(lambda: not planner.busy)
    finally:
        planner.close()
    words = [name for name, _ in said]
    assert "sketch" in words
    assert words.index("sketch") < words.index("plan")
    # Going on with the older order to its end takes several times as long as a first plan.
    assert first_s < 2 * alone_s + 5, "what is being planned is given up for a newer order"

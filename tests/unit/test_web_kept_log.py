"""The log held small: the same entries as if all were in memory, lines that unpack whole, parts shared."""

from __future__ import annotations

import json
import threading
from dataclasses import replace

import pytest

from safepassage.domain.claims.ledger import Entry as LedgerEntry
from safepassage.domain.claims.values import Quantity
from safepassage.domain.log.entry import NO_HASH, Entry
from safepassage.domain.release import SensitivityClass
from safepassage.formats.containers.record_json import from_plain, to_plain
from safepassage.web.desk.kept_log import PAGE, TAIL, KeptLog
from safepassage.web.desk.packed_lines import LINES_IN_CHUNK, PackedLines, unpacked
from safepassage.web.desk.pool import MOST, Pool
from tests.support.desks import example_given

CLAIM = Entry(
    log="a" * 32, seq=1, prev=NO_HASH, at_ms=1, id="e-1", org="office", by="planner", why="said",
    kind="claims.entry", body={"line": "{}"},
)  # fmt: skip


@pytest.fixture
def long_log():
    """A log of which the newest entries and those without claims are kept, and all that stands in it."""
    rare = {3: "setting.set", 700: "plan.accepted"}
    every = [replace(CLAIM, seq=n, id=f"e-{n}", kind=rare.get(n, CLAIM.kind)) for n in range(1, 1300)]
    every[9] = replace(every[9], sensitivity=SensitivityClass.RESTRICTED)
    asked = []

    def read(after, most):
        asked.append(after)
        return every[after : after + most]

    log = KeptLog(read, threading.RLock())
    for entry in every:
        log.take(entry)
    return log, every, asked


def test_it_reads_like_the_list_of_all_entries(long_log):
    log, every, _ = long_log
    size = len(every)
    assert len(log) == size
    assert list(log) == every
    assert list(reversed(log)) == every[::-1]
    for cut in (
        slice(0, 50),
        slice(100, 140),
        slice(size - 5, None),
        slice(size - TAIL - 3, size),
        slice(5, 5),
    ):
        assert log[cut] == every[cut]
    assert [log[0], log[PAGE], log[-1]] == [every[0], every[PAGE], every[-1]]
    assert list(log.before(200)) == every[:200][::-1]


def test_only_what_is_neither_new_nor_rare_is_read_and_a_page_once(long_log):
    log, every, asked = long_log
    assert log[-10:] == every[-10:]
    assert [e.kind for e in log.few()] == ["setting.set", "plan.accepted"]
    assert log.with_id("e-3") == every[2]
    assert log.with_id("e-none") is None
    assert asked == []
    assert log[:10] == log[:10]
    assert asked == [0]
    assert log.with_id("e-20") == every[19]


def test_listeners_hear_of_kinds_up_to_their_class_however_long_they_were_away(long_log):
    log, every, _ = long_log
    assert log.kinds(len(every) - 5, len(every), SensitivityClass.RESTRICTED) == {"claims.entry"}
    assert log.kinds(0, len(every), SensitivityClass.RESTRICTED) >= {"claims.entry", "setting.set"}
    assert log.kinds(0, len(every), SensitivityClass.PUBLIC) == set()


def test_packed_lines_unpack_to_the_file():
    lines = [json.dumps({"n": n}) for n in range(2 * LINES_IN_CHUNK + 7)]
    packed = PackedLines()
    for start in range(0, len(lines), 90):
        packed = packed.plus(lines[start : start + 90])
    assert unpacked(packed.parts()) == "".join(f"{line}\n" for line in lines).encode()
    assert len(packed.newest) == 7


def test_shared_parts_are_equal_and_one():
    pool = Pool()
    plain = [to_plain(entry) for entry in example_given().ledger.entries]
    first, again = ([from_plain(LedgerEntry, row) for row in plain] for _ in range(2))
    before = [to_plain(pool.shared(entry)) for entry in first]
    shared = [pool.shared(entry) for entry in again]
    assert before == plain == [to_plain(entry) for entry in shared]
    claims = [
        (a.act.claim, b.act.claim) for a, b in zip(first, shared, strict=True) if hasattr(a.act, "claim")
    ]
    both = [(a, b) for a, b in claims if hasattr(a, "chain")]
    assert both
    assert all(a.chain is b.chain for a, b in both)


def test_equal_numbers_that_are_written_differently_are_not_put_for_each_other():
    pool = Pool()
    plus, minus = (Quantity(low=zero, high=1.0, unit="persons", text="") for zero in (0.0, -0.0))
    assert repr(pool.shared((plus,))) != repr(pool.shared((minus,)))


def test_a_pool_forgets_before_it_grows():
    pool = Pool()
    for number in range(2 * MOST):
        pool.shared(str(number))
    assert len(pool._known) <= MOST

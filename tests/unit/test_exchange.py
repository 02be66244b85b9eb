"""Offices exchange bundles: nothing is lost, nothing doubled, nothing forged, conflicts are shown."""

from __future__ import annotations

import importlib.util
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from safepassage.domain.access import Person, Role
from safepassage.domain.errors import FormatError, StoreError
from safepassage.domain.log import merge
from safepassage.domain.log.finding import Verdict
from safepassage.formats.log import bundle, checkpoint_json, log_record
from safepassage.formats.log.log_chain import row_of
from safepassage.store import checking, exchange, people, restoring, signing
from safepassage.store.event_store import EventStore
from safepassage.store.keys import Secret
from safepassage.store.memory import MemoryBackend
from tests.support.stores import STARTED_MS, begun, draft, new_store, ticking

ROOT = Path(__file__).resolve().parents[2]


def office(number: int, org: str = "") -> EventStore:
    store = EventStore(MemoryBackend(bytes([number]) * 32, bytes(16)), ticking(STARTED_MS + number * 1000))
    store.begin(org=org or f"org{number}", by="lead", why="start")
    return store


def say(store: EventStore, name: str, about: str = "bridge-1", **fields):
    org = next(store.entries()).org
    return store.append(draft(0, id=name, org=org, about=about, body={"said": name}, **fields))


def give(sender: EventStore, receiver: EventStore, known=None):
    return exchange.take_bundle(
        receiver, exchange.make_bundle(sender, STARTED_MS, known), file="stick", by="radio"
    )


def held(store: EventStore) -> set:
    return {merge.place(entry) for entry in store.all_entries()}


def added(taken) -> int:
    return sum(one.added for one in taken)


def test_two_offices_that_worked_apart_hold_the_same_in_the_end():
    a, b = office(1), office(2)
    say(a, "a1")
    say(b, "b1")
    give(a, b)
    give(b, a)
    assert held(a) == held(b)
    assert merge.merged(a.all_entries()) == merge.merged(b.all_entries())


def test_what_comes_twice_or_late_adds_nothing():
    a, b = office(1), office(2)
    say(a, "a1")
    early = exchange.make_bundle(a, STARTED_MS)
    say(a, "a2")
    assert added(give(a, b)) == 3
    before = held(b)
    for data in (early, early, exchange.make_bundle(a, STARTED_MS)):
        assert added(exchange.take_bundle(b, data, file="stick", by="radio")) == 0
    assert held(b) == before


def test_a_third_office_passes_on_what_it_was_given():
    a, b, c = office(1), office(2), office(3)
    say(a, "a1")
    give(a, b)
    give(b, c)
    assert a.log in c.backend.lengths()
    assert checking.check_log(c.backend, a.log).verdict is Verdict.CONSISTENT


def test_a_bundle_that_leaves_out_too_much_is_refused_for_that_log_only():
    a, b, c = office(1), office(2), office(3)
    say(a, "a1")
    say(b, "b1")
    give(b, a)
    taken = give(a, c, known={a.log: 1})
    assert {one.log: bool(one.refused) for one in taken} == {a.log: True, b.log: False}
    assert "missing" in next(one.refused for one in taken if one.refused)
    assert set(c.backend.lengths()) == {b.log, c.log}
    assert added(give(a, c)) == 2


def test_entries_about_one_thing_written_apart_are_a_conflict_until_somebody_settles_it():
    a, b = office(1), office(2)
    say(a, "open")
    say(b, "closed")
    say(b, "other", about="bridge-2")
    give(a, b)
    (found,) = merge.conflicts(b.all_entries())
    assert (found.about, {entry.id for entry in found.entries}) == ("bridge-1", {"open", "closed"})
    say(b, "settled")
    assert merge.conflicts(b.all_entries()) == ()
    give(b, a)
    assert merge.conflicts(a.all_entries()) == ()


def test_who_saw_the_first_word_does_not_conflict_with_it():
    a, b = office(1), office(2)
    say(a, "open")
    give(a, b)
    say(b, "closed")
    assert merge.conflicts(b.all_entries()) == ()
    assert [entry.id for entry in merge.standing(b.all_entries()) if entry.about] == ["open", "closed"]


def test_an_order_is_kept_against_clocks_that_are_wrong():
    a = office(1)
    late = EventStore(MemoryBackend(bytes([2]) * 32, bytes(16)), ticking(STARTED_MS - 10**9))
    late.begin(org="late", by="lead", why="start")
    say(a, "first")
    give(a, late)
    say(late, "second")
    order = [entry.id for entry in merge.merged(late.all_entries())]
    assert order.index("first") < order.index("second")


def test_what_was_taken_back_does_not_count_at_either_office():
    a, b = office(1), office(2)
    say(a, "a1")
    give(a, b)
    b.undo("a1", by="lead", why="misheard", org="org2")
    give(b, a)
    for store in (a, b):
        assert "a1" not in {entry.id for entry in merge.standing(store.all_entries())}
        assert "a1" in {entry.id for entry in store.all_entries()}


def test_taking_back_can_be_taken_back():
    a = office(1)
    say(a, "a1")
    receipt = a.undo("a1", by="lead", why="misheard", org="org1")
    a.undo(receipt.id, by="lead", why="it was right", org="org1")
    assert "a1" in {entry.id for entry in merge.standing(a.all_entries())}


def test_one_message_recorded_at_two_offices_counts_once_and_two_words_count_twice():
    a, b = office(1, "red"), office(2, "red")
    say(a, "sms-7")
    say(b, "sms-7")
    a.append(draft(0, id="sms-8", body={"said": "open"}))
    b.append(draft(0, id="sms-8", body={"said": "closed"}))
    give(a, b)
    counted = [entry.id for entry in merge.standing(b.all_entries()) if entry.kind == "report.filed"]
    assert sorted(counted) == ["sms-7", "sms-8", "sms-8"]


def test_an_office_restored_from_a_backup_gets_back_what_partners_have_and_nothing_forks():
    a, b, c = office(1), office(2), office(3)
    say(a, "before")
    backup = a.backend.twin()
    say(a, "after")
    give(a, b)
    restored = EventStore(backup, ticking(STARTED_MS + 10**6))
    restoring.go_on(restored, STARTED_MS, by="lead", why="disk lost")
    say(restored, "anew")
    assert not any(one.refused for one in give(restored, b))
    assert not any(one.refused for one in give(b, restored))
    assert {"before", "after", "anew"} <= {entry.id for entry in restored.all_entries()}
    assert held(restored) == held(b)
    assert not any(one.refused for one in give(restored, c))


def test_a_copy_that_writes_on_under_the_old_name_is_a_fork_and_is_recorded():
    a, b = office(1), office(2)
    say(a, "before")
    copy = EventStore(a.backend.twin(), ticking(STARTED_MS + 10**6))
    say(a, "after")
    give(a, b)
    say(copy, "something-else")
    (refused,) = [one.refused for one in give(copy, b) if one.log == a.log]
    assert refused.startswith("FORKED at entry 3")
    assert [entry.kind for entry in b.entries()][-1] == exchange.FORKED
    assert "something-else" not in {entry.id for entry in b.all_entries()}
    size = len(list(b.entries()))
    give(copy, b)
    assert len(list(b.entries())) == size


def test_an_older_copy_of_a_store_does_not_take_its_own_later_entries():
    a, b = office(1), office(2)
    old = EventStore(a.backend.twin(), ticking())
    say(a, "a1")
    give(a, b)
    refused = {one.log: one.refused for one in give(b, old)}
    assert "older copy" in refused[a.log]
    assert refused[b.log] == ""


def rebuilt(data: bytes, change) -> bytes:
    """Return a bundle with its parts changed and its hash made to fit."""
    parts = bundle.read(data, file="x")
    checkpoints, rows = change(list(parts.checkpoints), list(parts.rows))
    return bundle.write(parts.made_by, parts.at_ms, checkpoints, rows)


def forged_entry(checkpoints, rows):
    last = log_record.decode(rows[-1].record)
    more = replace(last, seq=last.seq + 1, prev=rows[-1].hash, id="forged", why="never said")
    return checkpoints, [*rows, row_of(log_record.encode(more))]


def forged_checkpoint(checkpoints, rows):
    _, rows = forged_entry(checkpoints, rows)
    return [replace(checkpoints[0], size=rows[-1].seq, head=rows[-1].hash)], rows


def signed_by_another(checkpoints, rows):
    seed = signing.new_seed()
    (one,), rows = forged_checkpoint(checkpoints, rows)
    one = replace(one, public_key=signing.public_key(seed))
    return [replace(one, signature=signing.sign(seed, checkpoint_json.statement(one)))], rows


def changed_word(checkpoints, rows):
    entry = replace(log_record.decode(rows[-1].record), why="never said")
    return checkpoints, [*rows[:-1], row_of(log_record.encode(entry))]


@pytest.mark.parametrize(
    "change",
    [
        forged_entry, forged_checkpoint, signed_by_another, changed_word,
        lambda checkpoints, rows: (checkpoints, rows[:-1]),
        lambda checkpoints, rows: (checkpoints, rows[1:]),
        lambda checkpoints, rows: (checkpoints, rows[::-1]),
    ],
)  # fmt: skip
def test_nobody_on_the_way_can_add_change_or_leave_out_a_word(change):
    a, b = office(1), office(2)
    say(a, "a1")
    say(a, "a2")
    data = rebuilt(exchange.make_bundle(a, STARTED_MS), change)
    taken = exchange.take_bundle(b, data, file="stick", by="radio")
    assert all(one.refused or one.added == 0 for one in taken)
    assert set(b.backend.lengths()) == {b.log}


def test_no_office_speaks_in_the_name_of_another():
    a, b = office(1), office(2)
    say(a, "a1")
    assert added(give(a, b)) == 2
    a.append(draft(0, id="forged", org="org2", body={"said": "never"}))
    (taken,) = give(a, b)
    assert taken.refused == "entry 3 speaks in the name of org2"
    assert not b.backend.with_id("forged")
    # Whose people may sit at an office's desk is its own word.
    c = office(3)
    people.set_person(c, Person(id="guest", org="org2", role=Role.VIEWER), by="lead", why="visits")
    assert added(give(c, b)) == 2


def test_what_another_store_of_the_same_name_recorded_stops_no_entry_of_ones_own():
    mine, other = office(1, "red"), office(2, "red")
    say(other, "call-1", about="mill")
    assert added(give(other, mine)) == 2
    assert not say(mine, "call-1").repeated
    assert [row.log for row in mine.own_with_id("call-1")] == [mine.log]
    assert len(mine.backend.with_id("call-1")) == 2
    assert say(mine, "call-1").repeated


def test_a_retry_after_a_restore_is_known():
    store = office(1)
    first = say(store, "a1")
    restoring.go_on(store, STARTED_MS, by="lead", why="disk lost")
    restoring.go_on(store, STARTED_MS, by="lead", why="lost again")
    again = say(store, "a1")
    assert (again.repeated, again.log) == (True, first.log)


def test_entries_that_nobody_vouches_for_are_refused():
    a, b = office(1), office(2)
    data = rebuilt(exchange.make_bundle(a, STARTED_MS), lambda _checkpoints, rows: ([], rows))
    with pytest.raises(FormatError, match="vouches"):
        exchange.take_bundle(b, data, file="stick", by="radio")


def test_a_bundle_that_was_cut_or_flipped_anywhere_is_refused_whole():
    a, b = office(1), office(2)
    say(a, "a1")
    data, generator = exchange.make_bundle(a, STARTED_MS), random.Random(3)
    for _ in range(150):
        at = generator.randrange(len(data) - 1)
        flipped = data[:at] + bytes([data[at] ^ 1 << generator.randrange(8)]) + data[at + 1 :]
        for wrong in (data[:at], flipped):
            with pytest.raises(FormatError):
                exchange.take_bundle(b, wrong, file="stick", by="radio")
    assert set(b.backend.lengths()) == {b.log}


def test_a_locked_bundle_shows_nothing_and_opens_with_its_key_only():
    a = office(1)
    say(a, "canary-word")
    data = exchange.make_bundle(a, STARTED_MS)
    key = Secret(key=bytes(32))
    locked = exchange.locked(data, key)
    assert b"canary" not in locked
    assert exchange.unlocked(locked, key, file="stick") == data
    with pytest.raises(StoreError):
        exchange.unlocked(locked, Secret(key=b"x" * 32), file="stick")
    for wrong in (b"", locked[:20], b"x" + locked):
        with pytest.raises(FormatError):
            exchange.unlocked(wrong, key, file="stick")
    with pytest.raises(StoreError):
        exchange.unlocked(locked[:-1], key, file="stick")


def test_a_store_in_a_file_takes_what_one_in_memory_sends(tmp_path):
    a, b = office(1), new_store(tmp_path / "b.store", org="blue")
    say(a, "a1")
    assert added(give(a, b)) == 2
    assert added(give(b, a)) == 1
    b.backend.close()


def test_memory_keeps_the_facts_of_a_store():
    store = begun(MemoryBackend(bytes(32), bytes(16)))
    store.append(draft(1, private={"name": "A"}, key_id="k"))
    assert store.append(draft(1, private={"name": "A"}, key_id="k")).repeated
    with pytest.raises(ValueError, match="there already"):
        store.append_each([draft(2)]) and store.backend.insert(list(store.backend.rows(store.log)))
    assert store.backend.value("x") is None
    store.delete_keys([("red", "k")], by="lead", why="retention")
    assert store.private(list(store.entries())[1]) is None


def test_a_missing_entry_is_no_history():
    a = office(1)
    say(a, "a1")
    say(a, "a2")
    entries = list(a.all_entries())
    with pytest.raises(ValueError, match="missing"):
        merge.merged([entries[0], entries[2]])


def test_simulated_offices_lose_and_double_nothing():
    """The long form is `python benchmarks/exchange.py`: 10,000 seeds."""
    path = ROOT / "benchmarks" / "exchange.py"
    spec = importlib.util.spec_from_file_location("exchange_benchmark", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    totals = sum((module.simulate(seed) for seed in range(6)), module.Counter())
    assert totals["worlds"] == 6
    assert min(totals[name] for name in ("dropped", "doubled on the way", "damaged", "restored")) > 0
    assert totals["conflicts shown"] > 3

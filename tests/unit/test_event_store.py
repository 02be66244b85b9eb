"""The event store keeps what it acknowledged, once, in order, whole; in a file and on a server."""

from __future__ import annotations

import threading

import pytest

from safepassage.domain.errors import RefusedError, StorageError, StoreError
from safepassage.domain.log.entry import NO_HASH
from safepassage.domain.log.finding import Verdict
from safepassage.store import checking
from safepassage.store.event_store import KEY_DELETED
from safepassage.store.group_commit import GroupWriter
from safepassage.store.postgres import PostgresBackend
from tests.support import postgres
from tests.support.stores import SECRET, STARTED_MS, begun, draft, new_store


@pytest.fixture(params=["file", "server"])
def store(request, tmp_path):
    if request.param == "file":
        made = new_store(tmp_path / "a.store")
    else:
        socket = request.getfixturevalue("postgres")
        postgres.empty(socket)
        made = begun(PostgresBackend.open(postgres.server(socket), SECRET))
    yield made
    made.backend.close()


def ids(store):
    return [entry.id for entry in store.entries()]


def test_entries_stand_in_order_each_after_the_one_before(store):
    receipts = [store.append(draft(n)) for n in range(3)]
    entries = list(store.entries())
    assert [entry.seq for entry in entries] == [1, 2, 3, 4]
    assert [entry.prev for entry in entries] == [
        NO_HASH,
        rows(store)[0].hash,
        *(receipt.hash for receipt in receipts[:2]),
    ]
    assert [entry.body["n"] for entry in entries[1:]] == [0, 1, 2]


def rows(store):
    return list(store.backend.rows(store.log))


def test_who_when_and_why_are_kept(store):
    store.append(draft(1, about="bridge-7"))
    entry = list(store.entries())[-1]
    assert (entry.by, entry.why, entry.org, entry.about) == ("radio operator", "called in", "red", "bridge-7")
    assert entry.at_ms > STARTED_MS


def test_the_same_draft_again_adds_nothing_and_gets_the_first_receipt(store):
    first = store.append(draft(1))
    again = store.append(draft(1))
    assert (again.seq, again.hash, again.repeated) == (first.seq, first.hash, True)
    assert ids(store).count("r1") == 1


def test_an_id_with_other_content_is_refused_and_stops_no_other(store):
    store.append(draft(1))
    outcomes = store.append_each([draft(2), draft(1, body={"n": 99}), draft(3)])
    assert isinstance(outcomes[1], RefusedError)
    assert ids(store)[1:] == ["r1", "r2", "r3"]


def test_the_same_draft_twice_in_one_group_stands_once(store):
    first, second = store.append_each([draft(1), draft(1)])
    assert (first.seq, first.repeated, second.seq, second.repeated) == (2, False, 2, True)


def test_a_group_that_fails_half_way_leaves_nothing(store, monkeypatch):
    insert, calls = store.backend.insert, []

    def third_fails(new):
        calls.append(new)
        if len(calls) == 3:
            raise StorageError("The disk failed.")
        insert(new)

    monkeypatch.setattr(store.backend, "insert", third_fails)
    with pytest.raises(StorageError):
        store.append_each([draft(n) for n in range(5)])
    monkeypatch.undo()
    assert ids(store)[1:] == []
    store.append_each([draft(n) for n in range(5)])
    assert checking.check_log(store.backend, store.log).verdict is Verdict.CONSISTENT


def test_undoing_keeps_both_entries_and_is_itself_idempotent(store):
    store.append(draft(1, about="bridge-7"))
    store.undo("r1", by="lead", why="misheard", org="red")
    again = store.undo("r1", by="lead", why="misheard", org="red")
    last = list(store.entries())[-1]
    assert again.repeated
    assert (last.kind, last.undoes, last.about) == ("log.undone", "r1", "bridge-7")
    assert ids(store)[1] == "r1"


@pytest.mark.parametrize("name", ["r9", "opening"])
def test_what_is_not_there_or_opens_a_log_cannot_be_undone(store, name):
    wanted = ids(store)[0] if name == "opening" else name
    with pytest.raises(StoreError):
        store.undo(wanted, by="lead", why="x", org="red")


def test_personal_data_are_stored_sealed_and_can_be_read_with_the_key(store):
    store.append(draft(1, private={"name": "Ostap Canary"}, key_id="day-1"))
    row, entry = rows(store)[-1], list(store.entries())[-1]
    assert b"Canary" not in row.record
    assert store.private(entry) == {"name": "Ostap Canary"}


def test_a_sealed_field_cannot_be_moved_to_another_entry(store):
    from dataclasses import replace

    store.append(draft(1, private={"name": "A"}, key_id="day-1"))
    moved = replace(list(store.entries())[-1], id="r2")
    with pytest.raises(StoreError):
        store.private(moved)


def test_deleting_a_key_erases_the_data_and_leaves_the_chain_whole(store):
    store.append(draft(1, private={"name": "A"}, key_id="day-1"))
    store.append(draft(2, private={"name": "B"}, key_id="day-2"))
    checkpoint = checking.make_checkpoint(store, STARTED_MS)
    assert store.delete_keys([("red", "day-1"), ("red", "none")], by="lead", why="retention") == 1
    entries = {entry.id: entry for entry in store.entries()}
    assert store.private(entries["r1"]) is None
    assert store.private(entries["r2"]) == {"name": "B"}
    assert list(store.entries())[-1].kind == KEY_DELETED
    assert checking.check_log(store.backend, store.log, checkpoint).verdict is Verdict.CONSISTENT


def test_a_deleted_key_never_comes_back(store):
    store.append(draft(1, private={"name": "A"}, key_id="day-1"))
    store.delete_keys([("red", "day-1")], by="lead", why="retention")
    with pytest.raises(RefusedError):
        store.append(draft(2, private={"name": "B"}, key_id="day-1"))
    assert store.append(draft(1, private={"name": "A"}, key_id="day-1")).repeated


def test_keys_are_old_when_they_sealed_nothing_for_long(store):
    store.append(draft(1, private={"name": "A"}, key_id="day-1"))
    store.append(draft(2, private={"name": "B"}, key_id="day-2"))
    now_ms = list(store.entries())[-1].at_ms
    store.append(draft(3, private={"name": "C"}, key_id="day-1"))
    assert store.keys_before(now_ms + 1) == [("red", "day-2")]


def test_many_threads_share_one_writer_and_nothing_is_lost_or_doubled(store):
    writer = GroupWriter(store)
    receipts = []

    def send(who):
        for n in range(20):
            one = draft(0, id=f"t{who}-{n}", body={"n": n})
            futures = [writer.submit(one), writer.submit(one)]
            receipts.extend(future.result(30) for future in futures)

    threads = [threading.Thread(target=send, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    assert len(receipts) == 320
    assert sum(receipt.repeated for receipt in receipts) == 160
    assert len(ids(store)) == len(set(ids(store))) == 161
    with pytest.raises(StoreError):
        writer.submit(draft(1))


def test_when_the_writer_ends_everybody_waiting_is_told(store, monkeypatch):
    def broken(_drafts):
        raise ZeroDivisionError

    monkeypatch.setattr(store, "append_each", broken)
    writer = GroupWriter(store)
    with pytest.raises(StoreError, match="writer ended"):
        writer.submit(draft(1)).result(30)
    with pytest.raises(StoreError):
        writer.submit(draft(2))


def test_a_storage_failure_is_told_to_the_whole_group_and_the_writer_goes_on(store, monkeypatch):
    each, failures = store.append_each, [StorageError("The disk failed.")]

    def first_fails(drafts):
        if failures:
            raise failures.pop()
        return each(drafts)

    monkeypatch.setattr(store, "append_each", first_fails)
    writer = GroupWriter(store)
    with pytest.raises(StorageError):
        writer.submit(draft(1)).result(30)
    assert writer.submit(draft(1)).result(30).seq == 2
    writer.close()


def test_what_is_submitted_together_is_one_transaction_however_small_the_groups(store, monkeypatch):
    each, seen = store.append_each, []
    monkeypatch.setattr(store, "append_each", lambda drafts: seen.append(len(drafts)) or each(drafts))
    writer = GroupWriter(store, largest_group=1)
    both = writer.submit_together([draft(1), draft(2)])
    alone = writer.submit(draft(3))
    assert [one.seq for one in both.result(30)] == [2, 3]
    assert alone.result(30).seq == 4
    assert seen == [2, 1]
    refused = writer.submit_together([draft(4), draft(1, body={"other": 1})])
    with pytest.raises(RefusedError):
        refused.result(30)
    writer.close()


def test_whoever_stops_waiting_stops_no_writer(store):
    writer = GroupWriter(store)
    with_me, alone = writer.submit_together([draft(1)]), writer.submit(draft(2))
    assert not with_me.cancel()
    assert not alone.cancel()
    assert alone.result(30).seq == 3
    assert writer.submit(draft(3)).result(30).seq == 4
    writer.close()


def test_the_log_names_its_own_key(store):
    body = next(store.entries()).body
    assert checking.key_of_log(store.backend, store.log) == body["public_key"]

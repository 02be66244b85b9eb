"""The store file: encrypted, refuses what it should, found altered wherever it is altered."""

from __future__ import annotations

import os
import random
from dataclasses import replace

import apsw
import pytest

from safepassage.domain.errors import StoreError
from safepassage.domain.log.finding import LAST_MARKED, Verdict, marked_positions
from safepassage.formats.log import checkpoint_json, log_record
from safepassage.formats.log.log_chain import Row, row_of
from safepassage.store import checking, embedded, keys, signing
from safepassage.store.embedded import EmbeddedBackend
from safepassage.store.keys import Secret
from tests.support.stores import SECRET, STARTED_MS, draft, new_store, reopened

CANARY = "Zmiivka-Canary-1234"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.store"


def filled(path, count=30):
    store = new_store(path)
    store.append_each([draft(n, body={"n": n, "text": CANARY}) for n in range(count)])
    return store


def verdict(path, checkpoint=None):
    store = reopened(path, writes=False)
    try:
        return checking.check_all(store.backend, checkpoint)[0]
    finally:
        store.backend.close()


def raw(path):
    """Open the file as somebody who has the key and no scruples."""
    backend = EmbeddedBackend.open(path, SECRET)
    connection = backend.connection
    connection.execute("DROP TRIGGER entries_stay; DROP TRIGGER entries_last").fetchall()
    return backend, connection


def test_nothing_of_the_content_stands_in_the_files(path):
    store = filled(path)
    for file in path.parent.iterdir():
        data = file.read_bytes()
        assert CANARY.encode() not in data
        assert b"CREATE TABLE" not in data
        assert b"SQLite format" not in data
    store.backend.close()
    assert CANARY.encode() not in path.read_bytes()


def test_the_file_is_for_its_owner_only(path):
    filled(path).backend.close()
    assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o600


def test_another_key_or_passphrase_does_not_open_it(path):
    filled(path).backend.close()
    for secret in (Secret(key=bytes(32)), Secret(passphrase="not this one")):
        with pytest.raises(StoreError, match="another"):
            EmbeddedBackend.open(path, secret)


def test_a_passphrase_opens_what_it_made(path):
    secret = Secret(passphrase="correct horse battery")
    store = new_store(path, secret=secret)
    store.append(draft(1))
    store.backend.close()
    assert [entry.id for entry in reopened(path, secret=secret).entries()][1:] == ["r1"]


def test_what_is_there_is_not_overwritten_and_what_is_not_there_is_not_made(path):
    with pytest.raises(StoreError, match="no store"):
        EmbeddedBackend.open(path, SECRET)
    assert not path.exists()
    path.write_text("mine")
    with pytest.raises(StoreError, match="there already"):
        EmbeddedBackend.create(path, SECRET)
    with pytest.raises(StoreError, match="too short"):
        EmbeddedBackend.open(path, SECRET)
    assert path.read_text() == "mine"


def test_a_file_of_a_newer_version_is_refused(path):
    store = filled(path)
    store.backend.connection.execute("PRAGMA user_version = 99").fetchall()
    store.backend.close()
    with pytest.raises(StoreError, match="version 99"):
        EmbeddedBackend.open(path, SECRET)


@pytest.mark.parametrize(
    ("version", "mended"),
    [
        ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 50, 6), False), ((3, 50, 7), True),
        ((3, 51, 2), False), ((3, 51, 3), True), ((3, 54, 0), True), ((3, 45, 9), False),
    ],
)  # fmt: skip
def test_versions_that_lose_commits_are_known(version, mended):
    assert embedded.is_mended(version) is mended


def test_an_old_or_unencrypting_library_is_refused_at_run_time(path, monkeypatch):
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.51.2")
    with pytest.raises(StoreError, match=r"3\.51\.2"):
        EmbeddedBackend.create(path, SECRET)
    monkeypatch.undo()
    monkeypatch.delattr(apsw, "mc_version")
    with pytest.raises(StoreError, match="encrypt"):
        EmbeddedBackend.create(path, SECRET)


def test_durable_settings_are_in_force(path):
    connection = filled(path).backend.connection
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "recursive_triggers": 1,
        "secure_delete": 1,
        "temp_store": 2,
    }
    assert {name: connection.pragma(name) for name in wanted} == wanted


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET record = x'00' WHERE seq = 3",
        "DELETE FROM entries WHERE seq = 3",
        """INSERT OR REPLACE INTO entries SELECT log, seq, id, kind, about, undoes, 0, hash, record
        FROM entries WHERE seq = 3""",
    ],
)
def test_entries_cannot_be_changed_with_sql(path, statement):
    backend = filled(path).backend
    with pytest.raises(apsw.ConstraintError, match="only added"):
        backend.connection.execute(statement).fetchall()


def test_a_reader_sees_what_is_committed_while_the_writer_goes_on(path):
    store = filled(path, 3)
    reader = reopened(path, writes=False)
    assert len(list(reader.entries())) == 4
    store.append(draft(77))
    assert len(list(reader.entries())) == 5
    with pytest.raises(StoreError):
        reader.append(draft(78))


EDITS = {
    "record": "UPDATE entries SET record ="
    " CAST(replace(CAST(record AS TEXT), 'called in', 'called up') AS BLOB) WHERE seq = 7",
    "time": "UPDATE entries SET at_ms = at_ms - 1 WHERE seq = 7",
    "kind": "UPDATE entries SET kind = 'other.kind' WHERE seq = 7",
    "hash": "UPDATE entries SET hash = '" + "0" * 64 + "' WHERE seq = 7",
    "removed": "DELETE FROM entries WHERE seq = 7",
    "id": "UPDATE entries SET id = 'x' WHERE seq = 7",
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_edit_in_the_database_is_found_and_its_entry_named(path, edit):
    filled(path).backend.close()
    backend, connection = raw(path)
    connection.execute(edit).fetchall()
    assert connection.changes() == 1
    backend.close()
    found = verdict(path)
    assert (found.verdict, found.first_seq, found.last_seq) == (Verdict.ALTERED, 7, 7)


def rewritten(row: Row, **fields) -> Row:
    """Return a row with other content and a hash that fits it."""
    return row_of(log_record.encode(replace(log_record.decode(row.record), **fields)))


def replace_rows(path, rows):
    backend, connection = raw(path)
    connection.execute("DELETE FROM entries WHERE seq >= ?", (rows[0].seq,)).fetchall()
    backend.insert(rows)
    backend.close()


def test_one_entry_rewritten_with_its_hash_is_found(path):
    store = filled(path)
    rows = list(store.backend.rows(store.log))[6:]
    store.backend.close()
    replace_rows(path, [rewritten(rows[0], why="never said"), *rows[1:]])
    found = verdict(path)
    assert (found.verdict, found.first_seq) == (Verdict.ALTERED, 7)


def test_a_history_rewritten_from_one_entry_on_parts_from_what_a_partner_holds(path):
    store = filled(path)
    checkpoint = checking.make_checkpoint(store, STARTED_MS)
    rows = list(store.backend.rows(store.log))[6:]
    store.backend.close()
    new, prev = [], rows[0].hash and log_record.decode(rows[0].record).prev
    for row in rows:
        new.append(rewritten(row, prev=prev, why="never said"))
        prev = new[-1].hash
    replace_rows(path, new)
    assert verdict(path).verdict is Verdict.CONSISTENT
    found = verdict(path, checkpoint)
    assert (found.verdict, found.first_seq, found.last_seq) == (Verdict.FORKED, 7, 7)


def test_a_tail_that_was_cut_is_known_from_what_a_partner_holds(path):
    store = filled(path)
    checkpoint = checking.make_checkpoint(store, STARTED_MS)
    store.backend.close()
    backend, connection = raw(path)
    connection.execute("DELETE FROM entries WHERE seq > 20").fetchall()
    backend.close()
    assert verdict(path).verdict is Verdict.CONSISTENT
    found = verdict(path, checkpoint)
    assert (found.verdict, found.first_seq, found.last_seq) == (Verdict.CUT, 21, 31)


def test_a_log_that_is_gone_is_cut(path):
    checkpoint = checking.make_checkpoint(filled(path), STARTED_MS)
    other = new_store(path.with_name("b.store"))
    found = {finding.log: finding.verdict for finding in checking.check_all(other.backend, checkpoint)}
    assert found[checkpoint.log] is Verdict.CUT


def test_a_log_that_went_on_agrees_with_an_earlier_checkpoint(path):
    store = filled(path)
    checkpoint = checking.make_checkpoint(store, STARTED_MS)
    store.append_each([draft(n) for n in range(100, 400)])
    assert checking.check_log(store.backend, store.log, checkpoint).verdict is Verdict.CONSISTENT


def test_a_checkpoint_of_a_long_log_names_a_range(path):
    store = filled(path, 300)
    checkpoint = checking.make_checkpoint(store, STARTED_MS)
    rows = list(store.backend.rows(store.log))[59:]
    store.backend.close()
    new, prev = [], log_record.decode(rows[0].record).prev
    for row in rows:
        new.append(rewritten(row, prev=prev, why="never said"))
        prev = new[-1].hash
    replace_rows(path, new)
    found = verdict(path, checkpoint)
    assert found.verdict is Verdict.FORKED
    assert found.first_seq <= 60 <= found.last_seq
    assert (found.first_seq, found.last_seq) == (46, 173)


def test_marks_are_dense_at_the_end_and_sparse_before():
    marks = marked_positions(10_000)
    assert marks[-LAST_MARKED:] == tuple(range(10_000 - LAST_MARKED, 10_000))
    assert marks[0] == 1
    assert len(marks) < 2 * LAST_MARKED
    assert marked_positions(1) == ()


def test_a_checkpoint_that_was_changed_or_signed_by_another_is_refused(path):
    store = filled(path)
    checkpoint = checking.make_checkpoint(store, STARTED_MS)

    def known(log):
        return checking.key_of_log(store.backend, log)

    checking.require_signed(checkpoint, known)
    with pytest.raises(StoreError, match="altered"):
        checking.require_signed(replace(checkpoint, size=5), known)
    seed = signing.new_seed()
    forged = replace(checkpoint, size=5, public_key=signing.public_key(seed))
    forged = replace(forged, signature=signing.sign(seed, checkpoint_json.statement(forged)))
    with pytest.raises(StoreError, match="another key"):
        checking.require_signed(forged, known)


def test_no_checkpoint_is_signed_of_a_log_that_was_altered(path):
    filled(path).backend.close()
    backend, connection = raw(path)
    connection.execute(EDITS["record"]).fetchall()
    backend.close()
    with pytest.raises(StoreError, match="ALTERED at entry 7"):
        checking.make_checkpoint(reopened(path), STARTED_MS)


def test_every_flipped_bit_of_the_file_is_found(path):
    filled(path, 60).backend.close()
    whole, generator = path.read_bytes(), random.Random(5)
    missed = []
    for _ in range(150):
        at, bit = generator.randrange(len(whole)), generator.randrange(8)
        data = bytearray(whole)
        data[at] ^= 1 << bit
        path.write_bytes(data)
        path.with_name("a.store-wal").unlink(missing_ok=True)
        path.with_name("a.store-shm").unlink(missing_ok=True)
        if not is_found(path):
            missed.append((at, bit))
    assert missed == []


def is_found(path):
    try:
        store = reopened(path)
    except StoreError:
        return True
    try:
        damaged = store.backend.damage()
        return bool(damaged) or checking.check_all(store.backend)[0].verdict is not Verdict.CONSISTENT
    except StoreError:
        return True
    finally:
        store.backend.connection.close(force=True)


def test_a_backup_under_load_is_whole_and_restores_personal_data(path):
    store = filled(path)
    store.append(draft(900, private={"name": "A"}, key_id="day-1"))
    copy = path.with_name("b.store")
    store.backend.backup(copy)
    store.append(draft(901))
    other = reopened(copy)
    assert [entry.id for entry in other.entries()][-1] == "r900"
    assert other.private(list(other.entries())[-1]) == {"name": "A"}
    assert CANARY.encode() not in copy.read_bytes()


def test_wrapped_keys_leave_no_trace_after_a_purge(path):
    store = filled(path)
    store.append(draft(900, private={"name": "A"}, key_id="day-1"))
    _, wrapped = store.backend.wrapped_key("red", "day-1")
    store.delete_keys([("red", "day-1")], by="lead", why="retention")
    store.backend.compact()
    store.backend.close()
    assert wrapped not in decrypted_pages(path)


def decrypted_pages(path):
    """Return the file as it looks to somebody who has its key, freed pages and all."""
    backend = EmbeddedBackend.open(path, SECRET)
    connection = backend.connection
    connection.pragma("journal_mode", "delete")
    connection.execute("PRAGMA rekey = ''").fetchall()
    backend.close()
    data = path.read_bytes()
    assert data.startswith(b"SQLite format 3")
    return data


def test_a_purge_without_compacting_overwrites_the_key_too(path):
    store = filled(path)
    store.append(draft(900, private={"name": "A"}, key_id="day-1"))
    _, wrapped = store.backend.wrapped_key("red", "day-1")
    store.backend.close()
    assert wrapped in decrypted_copy(path)
    store = reopened(path)
    store.delete_keys([("red", "day-1")], by="lead", why="retention")
    store.backend.close()
    assert wrapped not in decrypted_copy(path)


def decrypted_copy(path):
    copy = path.with_name("copy.store")
    copy.write_bytes(path.read_bytes())
    data = decrypted_pages(copy)
    copy.unlink()
    return data


def test_a_disk_that_fails_while_closing_loses_nothing(path, monkeypatch):
    store = filled(path, 3)

    class Failing:
        def close(self, force=False):
            raise apsw.IOError("sync failed")

    connection = store.backend.connection
    store.backend.connection = Failing()
    store.backend.close()
    connection.close()
    assert len(list(reopened(path).entries())) == 4


def test_key_files_hold_a_key_or_a_passphrase():
    assert keys.secret_of_file(keys.new_key_file()).key
    assert keys.secret_of_file("three words long\nrest").passphrase == "three words long"
    for text in ("", "\n", "safepassage-key-1:xyz"):
        with pytest.raises(StoreError):
            keys.secret_of_file(text)
    assert "three" not in repr(keys.secret_of_file("three words long"))

"""The store on a server: tenants see nothing of each other, and what is missing closes instead of opening."""

from __future__ import annotations

from dataclasses import replace

import pg8000.native
import pytest
from pg8000.exceptions import DatabaseError

from safepassage.domain.errors import StorageError, StoreError
from safepassage.domain.log.finding import Verdict
from safepassage.store import checking
from safepassage.store.embedded import EmbeddedBackend
from safepassage.store.event_store import EventStore
from safepassage.store.postgres import PostgresBackend
from safepassage.store.server_schema import server_sql
from safepassage.store.transfer import copy_store
from tests.support import postgres as server
from tests.support.stores import SECRET, STARTED_MS, begun, draft, ticking

TABLES = ("entries", "sealing_keys", "named_values")


@pytest.fixture
def socket(postgres):
    server.empty(postgres)
    yield postgres
    while OPENED:
        OPENED.pop().close()


OPENED: list = []


def opened(socket, tenant="red", user="app", **more):
    backend = PostgresBackend.open(server.server(socket, tenant, user), SECRET, **more)
    OPENED.append(backend)
    return backend


def filled(socket, tenant):
    store = begun(opened(socket, tenant), org=tenant)
    store.append(draft(1, org=tenant, private={"name": f"Canary of {tenant}"}, key_id="day-1"))
    return store


def test_each_tenant_sees_its_own_rows_and_no_others(socket):
    red, blue = filled(socket, "red"), filled(socket, "blue")
    assert [entry.org for entry in red.all_entries()] == ["red", "red"]
    assert [entry.org for entry in blue.all_entries()] == ["blue", "blue"]
    assert red.backend.with_id("r1")[0].log == red.log
    assert list(red.backend.rows(blue.log)) == []


@pytest.mark.parametrize("table", TABLES)
def test_without_a_tenant_every_query_is_an_error(socket, table):
    filled(socket, "red")
    plain = pg8000.native.Connection("app", database="postgres", unix_sock=str(socket))
    with pytest.raises(DatabaseError, match=r"safepassage\.tenant"):
        plain.run(f"SELECT * FROM safepassage.{table}")
    plain.close()


@pytest.mark.parametrize("table", TABLES)
def test_a_login_of_one_tenant_cannot_name_itself_another(socket, table):
    filled(socket, "red")
    filled(socket, "blue")
    login = pg8000.native.Connection("app_red", database="postgres", unix_sock=str(socket))
    login.run("SELECT set_config('safepassage.tenant', 'blue', false)")
    assert login.run(f"SELECT * FROM safepassage.{table}") == []
    login.run("SELECT set_config('safepassage.tenant', 'red', false)")
    own = login.run(f"SELECT * FROM safepassage.{table}")
    login.close()
    assert own != []
    with pytest.raises(StorageError):
        opened(socket, "blue", "app_red")


@pytest.mark.parametrize("table", TABLES)
def test_rows_cannot_be_written_into_another_tenant(socket, table):
    filled(socket, "red")
    blue = filled(socket, "blue")
    columns = blue.backend.connection.run(
        "SELECT string_agg(column_name, ', ' ORDER BY ordinal_position) FROM information_schema.columns"
        f" WHERE table_name = '{table}' AND column_name <> 'tenant'"
    )[0][0]
    with pytest.raises(DatabaseError, match="row-level security"):
        blue.backend.connection.run(
            f"INSERT INTO safepassage.{table} SELECT 'red', {columns} FROM safepassage.{table}"
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE safepassage.entries SET why = ''",
        "UPDATE safepassage.entries SET at_ms = 0",
        "DELETE FROM safepassage.entries",
        "TRUNCATE safepassage.entries",
        "ALTER TABLE safepassage.entries DISABLE TRIGGER ALL",
        "DELETE FROM safepassage.sealing_keys",
    ],
)
def test_entries_cannot_be_changed_by_the_application(socket, statement):
    store = filled(socket, "red")
    with pytest.raises(DatabaseError):
        store.backend.connection.run(statement)


@pytest.mark.parametrize("statement", ["UPDATE {} SET at_ms = 0", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_owner_is_stopped_by_the_trigger_and_found_out_without_it(socket, statement):
    store = filled(socket, "red")
    checkpoint = checking.make_checkpoint(store, STARTED_MS)
    owner = server.as_owner(socket)
    with pytest.raises(DatabaseError, match="only added"):
        owner.run(statement.format("safepassage.entries"))
    owner.run("SET session_replication_role = replica")
    owner.run(statement.format("safepassage.entries"))
    owner.close()
    found = checking.check_all(store.backend, checkpoint)[0]
    assert found.verdict in {Verdict.ALTERED, Verdict.CUT}
    assert found.first_seq == 1


def test_nobody_reads_personal_data_without_the_tenants_key(socket):
    filled(socket, "red")
    owner = server.as_owner(socket)
    dump = "".join(str(owner.run(f"SELECT t::text FROM safepassage.{table} t")) for table in TABLES)
    raw = b"".join(bytes(row[0]) for row in owner.run("SELECT record FROM safepassage.entries"))
    owner.close()
    assert "Canary" not in dump
    assert b"Canary" not in raw
    assert b"Canary".hex() not in dump


def test_a_server_that_may_lose_commits_is_refused(socket):
    owner = server.as_owner(socket)
    owner.run("ALTER SYSTEM SET full_page_writes = off")
    owner.run("SELECT pg_reload_conf()")
    owner.run("SELECT pg_sleep(0.2)")
    try:
        with pytest.raises(StoreError, match="full_page_writes"):
            opened(socket)
    finally:
        owner.run("ALTER SYSTEM RESET full_page_writes")
        owner.run("SELECT pg_reload_conf()")
        owner.run("SELECT pg_sleep(0.2)")
        owner.close()


def test_commits_wait_for_the_disk_whatever_the_server_says(socket):
    assert opened(socket).connection.run("SHOW synchronous_commit") == [["on"]]


def test_a_server_without_room_or_out_of_reach_is_one_sentence(socket):
    for wrong in (
        replace(server.server(socket), tenant="green"),
        replace(server.server(socket), user="nobody_here"),
        replace(server.server(socket), socket=f"{socket}.not"),
    ):
        with pytest.raises(StoreError) as caught:
            PostgresBackend.open(wrong, SECRET)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["red; DROP SCHEMA safepassage", "Red", "", "x" * 50, 'a"b'])
def test_only_names_are_put_into_statements(name):
    with pytest.raises(StoreError):
        server_sql(name, "app")
    with pytest.raises(StoreError):
        server_sql("red", name)


def test_a_store_moves_from_server_to_file_and_back_with_all_that_is_sealed(socket, tmp_path):
    store = filled(socket, "red")
    checkpoint = checking.make_checkpoint(store, STARTED_MS)
    file = EmbeddedBackend.create(tmp_path / "copy.store", SECRET, salt=store.backend.salt)
    assert copy_store(store.backend, file) == 2
    copied = EventStore(file, ticking())
    assert checking.check_log(file, store.log, checkpoint).verdict is Verdict.CONSISTENT
    assert copied.private(list(copied.entries())[-1]) == {"name": "Canary of red"}
    server.empty(socket)
    again = opened(socket, new_salt=file.salt)
    copy_store(file, again)
    assert EventStore(again, ticking()).append(draft(2)).seq == 3
    with pytest.raises(StoreError, match="already"):
        copy_store(file, again)


def test_a_store_is_not_copied_where_its_seals_would_stay_closed(socket, tmp_path):
    store = filled(socket, "red")
    other = EmbeddedBackend.create(tmp_path / "copy.store", SECRET)
    with pytest.raises(StoreError, match="derived"):
        copy_store(store.backend, other)

"""What a server acknowledged survives its crash."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from safepassage.domain.errors import StorageError
from safepassage.domain.log.finding import Verdict
from safepassage.store import checking
from safepassage.store.event_store import EventStore
from safepassage.store.postgres import PostgresBackend
from tests.support import postgres as server
from tests.support.stores import SECRET, begun, draft, ticking


@pytest.mark.slow
def test_acknowledged_entries_survive_a_crash_of_the_server():
    with tempfile.TemporaryDirectory(prefix="sp-") as name, server.running(Path(name)) as socket:
        server.prepare(socket)
        store = begun(PostgresBackend.open(server.server(socket), SECRET))
        acked = []
        for round_number in range(3):
            numbers = range(round_number * 100, round_number * 100 + 40)
            acked += [store.append(draft(number)).id for number in numbers]
            server.crash(Path(name))
            with pytest.raises(StorageError):
                store.append(draft(9000 + round_number))
            store.backend.close()
            server.start(Path(name))
            store = EventStore(PostgresBackend.open(server.server(socket), SECRET), ticking())
            found = [entry.id for entry in store.entries()]
            assert set(acked) <= set(found)
            assert len(found) == len(set(found))
            assert checking.check_log(store.backend, store.log).verdict is Verdict.CONSISTENT
            assert store.append(draft(round_number * 100)).repeated
        store.backend.close()

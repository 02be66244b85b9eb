"""The store on PostgreSQL: same interface, one tenant per organisation, walls that fail closed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pg8000.native
from pg8000.exceptions import DatabaseError, InterfaceError

from safepassage.domain.errors import StorageError, StoreError
from safepassage.domain.log.entry import NO_HASH
from safepassage.formats.log.log_chain import Row
from safepassage.store.backend import Key
from safepassage.store.keys import SALT_BYTES, Secret, root_key
from safepassage.store.server_schema import TENANT_SETTING, Server

PAGE_ROWS = 2000
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SALT = "salt"
_ROW = "log, seq, id, kind, about, undoes, at_ms, hash, record"


class PostgresBackend:
    """A tenant's part of a server; make one with `open`."""

    def __init__(self, connection: pg8000.native.Connection, tenant: str, salt: bytes, root: bytes) -> None:
        self.connection, self.tenant, self._salt, self.root = connection, tenant, salt, root

    @classmethod
    def open(cls, server: Server, secret: Secret, *, new_salt: bytes = b"") -> PostgresBackend:
        """Connect as one tenant; the first time, choose the salt of its keys (`new_salt` or a random one).

        Connections to other computers are encrypted and the server's certificate is checked.

        Raises
        ------
        StoreError
            When the server cannot be reached, has no room for this tenant, or does not keep what it
            commits.
        """
        connection = connected(server)
        try:
            with told():
                salt = _prepared(connection, server.tenant, new_salt)
        except BaseException:
            with suppress(InterfaceError, OSError):
                connection.close()
            raise
        return cls(connection, server.tenant, salt, root_key(secret, salt))

    @property
    def salt(self) -> bytes:
        """The 16 bytes with which this tenant's keys are derived."""
        return self._salt

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write alone in this tenant; committed, that is on the server's disk, when the block is left."""
        with told():
            self.connection.run("BEGIN")
            try:
                self.connection.run("SELECT pg_advisory_xact_lock(hashtextextended(:t, 0))", t=self.tenant)
                yield
                self.connection.run("COMMIT")
            except BaseException:
                with suppress(DatabaseError, InterfaceError, OSError):
                    self.connection.run("ROLLBACK")
                raise

    def last(self, log: str) -> tuple[int, str]:
        """Return length and last hash of a log."""
        query = "SELECT seq, hash FROM safepassage.entries WHERE log = :log ORDER BY seq DESC LIMIT 1"
        found = self._all(query, log=log)
        return (found[0][0], found[0][1]) if found else (0, NO_HASH)

    def lengths(self) -> dict[str, int]:
        """Return the length of every log kept here, found by skipping from log to log."""
        found: dict[str, int] = {}
        log = ""
        query = "SELECT log FROM safepassage.entries WHERE log > :log ORDER BY log LIMIT 1"
        while row := self._all(query, log=log):
            log = row[0][0]
            found[log] = self.last(log)[0]
        return found

    def with_id(self, entry_id: str) -> list[Row]:
        """Return the rows of any log with this id."""
        query = f"SELECT {_ROW} FROM safepassage.entries WHERE id = :id ORDER BY log"  # noqa: S608 - a constant
        return [_row(found) for found in self._all(query, id=entry_id)]

    def insert(self, rows: Sequence[Row]) -> None:
        """Add rows."""
        query = (
            f"INSERT INTO safepassage.entries (tenant, {_ROW}) VALUES"  # noqa: S608 - a constant
            " (:tenant, :log, :seq, :id, :kind, :about, :undoes, :at_ms, :hash, :record)"
        )
        for row in rows:
            values = {name: getattr(row, name) for name in Row.__dataclass_fields__}
            self._all(query, tenant=self.tenant, **values)

    def rows(self, log: str, *, after: int = 0) -> Iterator[Row]:
        """Yield the rows of a log in order, a page at a time."""
        query = (
            f"SELECT {_ROW} FROM safepassage.entries WHERE log = :log AND seq > :after"  # noqa: S608 - a constant
            " ORDER BY seq LIMIT :most"
        )
        while page := self._all(query, log=log, after=after, most=PAGE_ROWS):
            for found in page:
                yield _row(found)
            after = page[-1][1]

    def value(self, name: str) -> bytes | None:
        """Return a named value."""
        found = self._all("SELECT value FROM safepassage.named_values WHERE name = :name", name=name)
        return bytes(found[0][0]) if found else None

    def set_value(self, name: str, value: bytes) -> None:
        """Keep a named value."""
        query = (
            "INSERT INTO safepassage.named_values VALUES (:tenant, :name, :value)"
            " ON CONFLICT (tenant, name) DO UPDATE SET value = excluded.value"
        )
        self._all(query, tenant=self.tenant, name=name, value=value)

    def wrapped_key(self, org: str, key_id: str) -> tuple[bool, bytes | None]:
        """Return whether the key was ever made, and its wrapped bytes unless it was deleted."""
        query = "SELECT wrapped FROM safepassage.sealing_keys WHERE org = :org AND key_id = :key_id"
        found = self._all(query, org=org, key_id=key_id)
        return bool(found), bytes(found[0][0]) if found and found[0][0] is not None else None

    def keep_key(self, org: str, key_id: str, used_ms: int, wrapped: bytes | None) -> None:
        """Keep a wrapped key, or when it was used last."""
        query = (
            "INSERT INTO safepassage.sealing_keys VALUES (:tenant, :org, :key_id, :used_ms, :wrapped)"
            " ON CONFLICT (tenant, org, key_id) DO UPDATE SET used_ms = excluded.used_ms"
        )
        self._all(query, tenant=self.tenant, org=org, key_id=key_id, used_ms=used_ms, wrapped=wrapped)

    def every_key(self) -> list[Key]:
        """Return all keys, the deleted ones without their bytes."""
        query = "SELECT org, key_id, used_ms, wrapped FROM safepassage.sealing_keys ORDER BY org, key_id"
        return [
            (org, key_id, used_ms, None if wrapped is None else bytes(wrapped))
            for org, key_id, used_ms, wrapped in self._all(query)
        ]

    def delete_key(self, org: str, key_id: str) -> None:
        """Forget a key; the server's own backups and archives may still hold it."""
        query = "UPDATE safepassage.sealing_keys SET wrapped = NULL WHERE org = :org AND key_id = :key_id"
        self._all(query, org=org, key_id=key_id)

    def compact(self) -> None:
        """Do nothing: freed rows are overwritten by the server's own vacuum."""

    def close(self) -> None:
        """End the connection, whether or not the server is still there."""
        with suppress(DatabaseError, InterfaceError, OSError):
            self.connection.close()

    def _all(self, query: str, **values: Any) -> list[Any]:
        with told():
            return list(self.connection.run(query, **values) or [])


def connected(server: Server) -> pg8000.native.Connection:
    """Connect to a server; to other computers encrypted, the server's certificate checked.

    Raises
    ------
    StoreError
        When it cannot be reached.
    """
    with told():
        return pg8000.native.Connection(
            server.user,
            host=server.host,
            port=server.port,
            database=server.database,
            password=server.password or None,
            unix_sock=server.socket or None,
            ssl_context=None if server.socket or server.host in LOOPBACK else True,
            application_name="safepassage",
        )


def _prepared(connection: pg8000.native.Connection, tenant: str, new_salt: bytes) -> bytes:
    """Set the tenant, refuse a server that may lose commits, return the tenant's salt."""
    for setting in ("fsync", "full_page_writes"):
        if connection.run(f"SHOW {setting}")[0][0] != "on":
            raise StoreError(f"The server can lose what it commits: `{setting}` is off there.")
    connection.run("SET synchronous_commit = on")
    connection.run("SELECT set_config(:name, :tenant, false)", name=TENANT_SETTING, tenant=tenant)
    query = (
        "INSERT INTO safepassage.named_values VALUES (:tenant, :name, :value)"
        " ON CONFLICT (tenant, name) DO NOTHING"
    )
    connection.run(query, tenant=tenant, name=_SALT, value=new_salt or os.urandom(SALT_BYTES))
    found = connection.run("SELECT value FROM safepassage.named_values WHERE name = :name", name=_SALT)
    return bytes(found[0][0])


@contextmanager
def told() -> Iterator[None]:
    """Turn what the driver raises into one sentence, without what was in the query."""
    try:
        yield
    except DatabaseError as fault:
        said = fault.args[0] if fault.args else ""
        message = said.get("M", "") if isinstance(said, dict) else str(said)
        raise StorageError(f"The server refused: {message}.") from None
    except (InterfaceError, OSError) as fault:
        sentence = f"The server cannot be reached ({fault}); what was not acknowledged has to be sent again."
        raise StorageError(sentence) from None


def _row(found: Sequence[Any]) -> Row:
    log, seq, entry_id, kind, about, undoes, at_ms, hashed, record = found
    return Row(
        log=log,
        seq=seq,
        id=entry_id,
        kind=kind,
        about=about,
        undoes=undoes,
        at_ms=at_ms,
        hash=hashed,
        record=bytes(record),
    )

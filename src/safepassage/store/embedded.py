"""The store in one encrypted file: SQLite with page encryption, write-ahead log, a sync for every commit.

Settings as the durability tests ask for them: `synchronous=FULL` (with NORMAL acknowledged entries are lost
when power fails), immediate transactions, and the guards of SQLite's "Defense against the dark arts".
SQLite before 3.51.3 can lose commits when its write-ahead log is reset while another connection writes
(mended also in 3.50.7 and 3.44.6); such a library is refused.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw

from safepassage.domain.errors import StorageError, StoreError
from safepassage.domain.log.entry import NO_HASH
from safepassage.formats.log.log_chain import Row
from safepassage.store import keys
from safepassage.store.backend import SCHEMA_VERSION, Key
from safepassage.store.keys import SALT_BYTES, Secret

OWNER_ONLY = 0o600
BUSY_MS = 5000
MENDED = {(3, 44): 6, (3, 50): 7, (3, 51): 3}
"""Release line to the first version in it whose write-ahead log keeps what was committed."""
FILE_PURPOSE = "file"
_ROW = "log, seq, id, kind, about, undoes, at_ms, hash, record"
_SCHEMA = f"""
PRAGMA user_version = {SCHEMA_VERSION};
CREATE TABLE named_values (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE entries (
  log TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, about TEXT NOT NULL,
  undoes TEXT NOT NULL, at_ms INTEGER NOT NULL, hash TEXT NOT NULL, record BLOB NOT NULL,
  PRIMARY KEY (log, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX entries_by_id ON entries (id, log);
CREATE TRIGGER entries_stay BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries are only added'); END;
CREATE TRIGGER entries_last BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries are only added'); END;
CREATE TABLE sealing_keys (
  org TEXT NOT NULL, key_id TEXT NOT NULL, used_ms INTEGER NOT NULL, wrapped BLOB, PRIMARY KEY (org, key_id)
) STRICT;
"""
_SETTINGS: dict[str, Any] = {
    "journal_mode": "wal",
    "synchronous": "FULL",
    "fullfsync": 1,
    "checkpoint_fullfsync": 1,
    "recursive_triggers": 1,
    "foreign_keys": 1,
    "trusted_schema": 0,
    "cell_size_check": 1,
    "secure_delete": 1,
    "temp_store": 2,
    "mmap_size": 0,
    # Kilobytes: a log is added to at its end and read page by page, so that a larger cache is only memory.
    "cache_size": -1000,
    # 1 MB: what has to be read again after a crash stays small; a larger log made nothing faster.
    "wal_autocheckpoint": 256,
}


def is_mended(version: tuple[int, ...]) -> bool:
    """Tell whether a SQLite of this version keeps what it committed when its write-ahead log is reset."""
    line, patch = version[:2], version[2]
    return line > max(MENDED) or (line in MENDED and patch >= MENDED[line])


def require_library() -> str:
    """Return the version of SQLite; refuse one that may lose commits or cannot encrypt.

    Raises
    ------
    StoreError
        With the version that is there.
    """
    version = apsw.sqlite_lib_version()
    if not is_mended(tuple(int(part) for part in version.split("."))):
        raise StoreError(
            f"SQLite {version} can lose what it has committed: install apsw-sqlite3mc 3.51.3 or newer."
        )
    if not getattr(apsw, "mc_version", ""):
        raise StoreError("This SQLite cannot encrypt: remove the package apsw and install apsw-sqlite3mc.")
    return version


class EmbeddedBackend:
    """A store in one file; make one with `create` or `open`."""

    def __init__(self, connection: apsw.Connection, salt: bytes, root: bytes) -> None:
        self.connection, self._salt, self.root = connection, salt, root

    @classmethod
    def create(cls, path: Path, secret: Secret, *, salt: bytes = b"") -> EmbeddedBackend:
        """Make a new store file, readable for its owner only; `salt` is that of a store to be copied there.

        Raises
        ------
        StoreError
            When something is there already, or it cannot be written.
        """
        require_library()
        salt = salt or os.urandom(SALT_BYTES)
        root = keys.root_key(secret, salt)
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY))
        except FileExistsError:
            raise StoreError(f"{path} is there already: give another name.") from None
        try:
            connection = _connect(path, root, salt, flags=apsw.SQLITE_OPEN_READWRITE)
            with _told(path):
                _set(connection, writes=True)
                connection.execute(f"BEGIN IMMEDIATE; {_SCHEMA}; COMMIT").fetchall()
            sync_folder(path.parent)
        except BaseException:
            remove_files(path)
            raise
        return cls(connection, salt, root)

    @classmethod
    def open(cls, path: Path, secret: Secret, *, writes: bool = True, vfs: str = "") -> EmbeddedBackend:
        """Open a store file.

        Raises
        ------
        StoreError
            When there is none, the key is another, or a newer version made it.
        """
        require_library()
        try:
            with path.open("rb") as file:
                salt = file.read(SALT_BYTES)
        except FileNotFoundError:
            raise StoreError(f"There is no store {path}: `safepassage store init` makes one.") from None
        if len(salt) < SALT_BYTES:
            raise StoreError(f"{path} is no store: it is too short.")
        root = keys.root_key(secret, salt)
        flags = apsw.SQLITE_OPEN_READWRITE if writes else apsw.SQLITE_OPEN_READONLY
        connection = _connect(path, root, salt, flags=flags, vfs=vfs)
        with _told(path):
            version = _one(connection, "PRAGMA user_version")[0]
            _set(connection, writes=writes)
        if version != SCHEMA_VERSION:
            connection.close()
            raise StoreError(
                f"{path} is of version {version}, this program reads {SCHEMA_VERSION}: update it."
            )
        return cls(connection, salt, root)

    @property
    def salt(self) -> bytes:
        """The salt, which is the beginning of the file."""
        return self._salt

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write alone; committed, that is on disk, when the block is left without an error."""
        with _told():
            self.connection.execute("BEGIN IMMEDIATE").fetchall()
            try:
                yield
                self.connection.execute("COMMIT").fetchall()
            except BaseException:
                with suppress(apsw.Error):
                    self.connection.execute("ROLLBACK").fetchall()
                raise

    def last(self, log: str) -> tuple[int, str]:
        """Return length and last hash of a log."""
        query = "SELECT seq, hash FROM entries WHERE log = ? ORDER BY seq DESC LIMIT 1"
        found = self._all(query, (log,))
        return found[0] if found else (0, NO_HASH)

    def lengths(self) -> dict[str, int]:
        """Return the length of every log kept here, found by skipping from log to log."""
        found: dict[str, int] = {}
        log = ""
        while row := self._all("SELECT log FROM entries WHERE log > ? ORDER BY log LIMIT 1", (log,)):
            log = row[0][0]
            found[log] = self.last(log)[0]
        return found

    def with_id(self, entry_id: str) -> list[Row]:
        """Return the rows of any log with this id."""
        query = f"SELECT {_ROW} FROM entries WHERE id = ? ORDER BY log"  # noqa: S608 - a constant
        return [_row(found) for found in self._all(query, (entry_id,))]

    def insert(self, rows: Sequence[Row]) -> None:
        """Add rows."""
        query = f"INSERT INTO entries ({_ROW}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608 - a constant
        with _told():
            self.connection.executemany(query, [_values(row) for row in rows]).fetchall()

    def rows(self, log: str, *, after: int = 0) -> Iterator[Row]:
        """Yield the rows of a log in order."""
        query = f"SELECT {_ROW} FROM entries WHERE log = ? AND seq > ? ORDER BY seq"  # noqa: S608 - a constant
        with _told():
            for found in self.connection.execute(query, (log, after)):
                yield _row(found)

    def value(self, name: str) -> bytes | None:
        """Return a named value."""
        found = self._all("SELECT value FROM named_values WHERE name = ?", (name,))
        return found[0][0] if found else None

    def set_value(self, name: str, value: bytes) -> None:
        """Keep a named value."""
        self._all(
            "INSERT INTO named_values VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
            (name, value),
        )

    def wrapped_key(self, org: str, key_id: str) -> tuple[bool, bytes | None]:
        """Return whether the key was ever made, and its wrapped bytes unless it was deleted."""
        found = self._all("SELECT wrapped FROM sealing_keys WHERE org = ? AND key_id = ?", (org, key_id))
        return bool(found), found[0][0] if found else None

    def keep_key(self, org: str, key_id: str, used_ms: int, wrapped: bytes | None) -> None:
        """Keep a wrapped key, or when it was used last."""
        query = (
            "INSERT INTO sealing_keys VALUES (?, ?, ?, ?)"
            " ON CONFLICT DO UPDATE SET used_ms = excluded.used_ms"
        )
        self._all(query, (org, key_id, used_ms, wrapped))

    def every_key(self) -> list[Key]:
        """Return all keys, the deleted ones without their bytes."""
        query = "SELECT org, key_id, used_ms, wrapped FROM sealing_keys ORDER BY org, key_id"
        return [(org, key_id, used_ms, wrapped) for org, key_id, used_ms, wrapped in self._all(query)]

    def delete_key(self, org: str, key_id: str) -> None:
        """Forget a key; its place is overwritten at once, its old pages when `compact` is called."""
        self._all("UPDATE sealing_keys SET wrapped = NULL WHERE org = ? AND key_id = ?", (org, key_id))

    def compact(self) -> None:
        """Rebuild the file and empty the write-ahead log, so that nothing old is left in either."""
        with _told():
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            self.connection.execute("VACUUM").fetchall()
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def backup(self, path: Path) -> None:
        """Write a consistent copy under the same key, while others may go on writing.

        Raises
        ------
        StoreError
            When something is there already, or it cannot be written.
        """
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, OWNER_ONLY))
        except FileExistsError:
            raise StoreError(f"{path} is there already: give another name.") from None
        try:
            copy = _connect(path, self.root, self._salt, flags=apsw.SQLITE_OPEN_READWRITE)
            with _told(path):
                copy.pragma("synchronous", "FULL")
                with copy.backup("main", self.connection, "main") as job:
                    job.step()
                copy.pragma("journal_mode", "delete")
                copy.close()
            sync_folder(path.parent)
        except BaseException:
            remove_files(path)
            raise

    def damage(self) -> str:
        """Return what SQLite's own check finds wrong with the file, or nothing."""
        try:
            found = _one(self.connection, "PRAGMA quick_check(1)")[0]
        except apsw.Error as fault:
            return str(fault)
        return "" if found == "ok" else str(found)

    def close(self) -> None:
        """Close the file; a disk that fails now loses nothing of what was committed."""
        with suppress(apsw.Error):
            self.connection.close(force=True)

    def _all(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        with _told():
            return self.connection.execute(query, values).fetchall()


def _connect(path: Path, root: bytes, salt: bytes, *, flags: int, vfs: str = "") -> apsw.Connection:
    """Open the file with its key; the salt becomes its first bytes."""
    with _told(path):
        connection = apsw.Connection(str(path), flags=flags, vfs=vfs or None)
        try:
            connection.set_busy_timeout(BUSY_MS)
            connection.pragma("cipher", "chacha20")
            key = keys.derived(root, salt, FILE_PURPOSE)
            connection.execute(f"PRAGMA key = 'raw:{(key + salt).hex()}'").fetchall()
            connection.execute("SELECT count(*) FROM sqlite_master").fetchall()
        except BaseException:
            connection.close(force=True)
            raise
    return connection


def _set(connection: apsw.Connection, *, writes: bool) -> None:
    for name, value in _SETTINGS.items():
        if writes or name != "journal_mode":
            connection.pragma(name, value)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DML, 0)
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DDL, 0)


@contextmanager
def _told(path: Path | None = None) -> Iterator[None]:
    """Turn what SQLite raises into one sentence."""
    place = f"{path}: " if path else ""
    try:
        yield
    except apsw.NotADBError:
        raise StoreError(f"{place}the passphrase or key file is another, or this is no store.") from None
    except apsw.FullError:
        sentence = f"{place}the disk is full; nothing was recorded: free some space and try again."
        raise StorageError(sentence) from None
    except apsw.BusyError:
        raise StorageError(f"{place}another program holds the store: try again.") from None
    except apsw.Error as fault:
        sentence = f"{place}the storage failed ({fault}); what was not acknowledged has to be sent again."
        raise StorageError(sentence) from fault


def _one(connection: apsw.Connection, query: str) -> Any:
    return connection.execute(query).fetchall()[0]


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
        record=record,
    )


def _values(row: Row) -> tuple[Any, ...]:
    return (row.log, row.seq, row.id, row.kind, row.about, row.undoes, row.at_ms, row.hash, row.record)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on disk, where the system offers it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove_files(path: Path) -> None:
    """Remove a store file and what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)

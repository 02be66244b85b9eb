"""A store that keeps nothing: for trials and simulations, with the interface of those that do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from safepassage.domain.log.entry import NO_HASH
from safepassage.formats.log.log_chain import Row
from safepassage.store.backend import Key

_Keys = dict[tuple[str, str], tuple[int, bytes | None]]
_State = tuple[dict[str, list[Row]], dict[str, list[Row]], dict[str, bytes], _Keys]


class MemoryBackend:
    """Rows, keys and values in memory; `twin` is what a backup would be."""

    def __init__(self, root: bytes, salt: bytes) -> None:
        self.root, self._salt = root, salt
        self._logs: dict[str, list[Row]] = {}
        self._ids: dict[str, list[Row]] = {}
        self._values: dict[str, bytes] = {}
        self._keys: _Keys = {}

    def twin(self) -> MemoryBackend:
        """Return a copy that goes its own way."""
        other = MemoryBackend(self.root, self._salt)
        other._take(self._copied())
        return other

    def _copied(self) -> _State:
        logs = {name: list(rows) for name, rows in self._logs.items()}
        ids = {name: list(rows) for name, rows in self._ids.items()}
        return logs, ids, dict(self._values), dict(self._keys)

    def _take(self, state: _State) -> None:
        self._logs, self._ids, self._values, self._keys = state

    @property
    def salt(self) -> bytes:
        """The 16 bytes with which this store's keys are derived."""
        return self._salt

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all or nothing."""
        before = self._copied()
        try:
            yield
        except BaseException:
            self._take(before)
            raise

    def last(self, log: str) -> tuple[int, str]:
        """Return length and last hash of a log."""
        rows = self._logs.get(log)
        return (rows[-1].seq, rows[-1].hash) if rows else (0, NO_HASH)

    def lengths(self) -> dict[str, int]:
        """Return the length of every log kept here."""
        return {log: len(rows) for log, rows in sorted(self._logs.items())}

    def with_id(self, entry_id: str) -> list[Row]:
        """Return the rows of any log with this id."""
        return sorted(self._ids.get(entry_id, []), key=lambda row: row.log)

    def insert(self, rows: Sequence[Row]) -> None:
        """Add rows."""
        for row in rows:
            if row.seq != self.last(row.log)[0] + 1 or any(
                other.log == row.log for other in self._ids.get(row.id, [])
            ):
                raise ValueError("an entry stands there already, or one is missing")
            self._logs.setdefault(row.log, []).append(row)
            self._ids.setdefault(row.id, []).append(row)

    def rows(self, log: str, *, after: int = 0) -> Iterator[Row]:
        """Yield the rows of a log in order."""
        yield from self._logs.get(log, [])[after:]

    def value(self, name: str) -> bytes | None:
        """Return a named value."""
        return self._values.get(name)

    def set_value(self, name: str, value: bytes) -> None:
        """Keep a named value."""
        self._values[name] = value

    def wrapped_key(self, org: str, key_id: str) -> tuple[bool, bytes | None]:
        """Return whether the key was ever made, and its wrapped bytes unless it was deleted."""
        found = self._keys.get((org, key_id))
        return found is not None, found[1] if found else None

    def keep_key(self, org: str, key_id: str, used_ms: int, wrapped: bytes | None) -> None:
        """Keep a wrapped key, or when it was used last."""
        made, before = self.wrapped_key(org, key_id)
        self._keys[org, key_id] = (used_ms, before if made else wrapped)

    def every_key(self) -> list[Key]:
        """Return all keys, the deleted ones without their bytes."""
        return [(org, key_id, used, wrapped) for (org, key_id), (used, wrapped) in sorted(self._keys.items())]

    def delete_key(self, org: str, key_id: str) -> None:
        """Forget a key."""
        self._keys[org, key_id] = (self._keys[org, key_id][0], None)

    def compact(self) -> None:
        """Do nothing: there is nothing old."""

    def close(self) -> None:
        """Do nothing."""

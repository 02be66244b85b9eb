"""What a place to keep the log must offer; file and server do, and one test suite holds both to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from safepassage.formats.log.log_chain import Row

SCHEMA_VERSION = 1
Key = tuple[str, str, int, bytes | None]
"""Organisation, name, when it sealed something last (ms), and its wrapped bytes unless it was deleted."""


class Backend(Protocol):
    """Rows of logs, wrapped keys and a few named values; durable when a transaction ends without an error.

    Failures of the storage are raised as StoreError.
    """

    root: bytes
    """The 32 bytes from which this office's keys are derived."""

    @property
    def salt(self) -> bytes:
        """The 16 bytes with which this store's keys are derived."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Write alone: all or nothing, on disk when the block is left without an error."""
        ...

    def last(self, log: str) -> tuple[int, str]:
        """Return length and last hash of a log; (0, NO_HASH) where there is none."""
        ...

    def lengths(self) -> dict[str, int]:
        """Return the length of every log kept here."""
        ...

    def with_id(self, entry_id: str) -> list[Row]:
        """Return the rows of any log with this id."""
        ...

    def insert(self, rows: Sequence[Row]) -> None:
        """Add rows."""
        ...

    def rows(self, log: str, *, after: int = 0) -> Iterator[Row]:
        """Yield the rows of a log in order."""
        ...

    def value(self, name: str) -> bytes | None:
        """Return a named value."""
        ...

    def set_value(self, name: str, value: bytes) -> None:
        """Keep a named value."""
        ...

    def wrapped_key(self, org: str, key_id: str) -> tuple[bool, bytes | None]:
        """Return whether the key was ever made, and its wrapped bytes unless it was deleted."""
        ...

    def keep_key(self, org: str, key_id: str, used_ms: int, wrapped: bytes | None) -> None:
        """Keep a wrapped key, or when it was used last."""
        ...

    def every_key(self) -> list[Key]:
        """Return all keys, the deleted ones without their bytes."""
        ...

    def delete_key(self, org: str, key_id: str) -> None:
        """Forget a key; that it was made stays known."""
        ...

    def compact(self) -> None:
        """Leave nothing of what was deleted, where that can be done from here."""
        ...

    def close(self) -> None:
        """Let go of the storage."""
        ...

"""The store as the pages use it: one writer, everything recorded is heard at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from safepassage.domain.errors import RefusedError
from safepassage.domain.log.entry import Draft, Entry
from safepassage.store.backend import Backend
from safepassage.store.event_store import EventStore, Receipt
from safepassage.store.group_commit import GroupWriter


class HeardStore(EventStore):
    """A store that tells what was recorded; whoever calls it from another thread holds its `lock`."""

    def __init__(
        self, backend: Backend, clock: Callable[[], int], heard: Callable[[list[Entry]], None]
    ) -> None:
        super().__init__(backend, clock)
        self.lock, self._heard, self._told = threading.RLock(), heard, 0

    def append_each(self, drafts: Sequence[Draft]) -> list[Receipt | RefusedError]:
        """Record drafts in one transaction, then tell what is new."""
        with self.lock:
            outcomes = super().append_each(drafts)
            self.tell()
        return outcomes

    def tell(self) -> None:
        """Tell what was recorded since the last time."""
        with self.lock:
            new = list(self.entries(after=self._told))
            self._told += len(new)
            if new:
                self._heard(new)


class Journal:
    """Where everything is recorded; `record` may be called from any thread."""

    def __init__(
        self, backend: Backend, clock: Callable[[], int], heard: Callable[[list[Entry]], None]
    ) -> None:
        self.store = HeardStore(backend, clock, heard)
        self._writer = GroupWriter(self.store)

    def record(self, draft: Draft) -> Future[Receipt]:
        """Return a future with the receipt once the draft is on disk."""
        return self._writer.submit(draft)

    def record_together(self, drafts: Sequence[Draft]) -> Future[list[Receipt]]:
        """Return a future with the receipts once all drafts are on disk; a crash leaves all or none."""
        return self._writer.submit_together(drafts)

    def close(self) -> None:
        """Write what is waiting and close the store."""
        self._writer.close()
        with self.store.lock:
            self.store.backend.close()

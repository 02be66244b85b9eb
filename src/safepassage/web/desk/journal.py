"""The store as the pages use it: one writer, everything recorded is heard at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import closing
from itertools import islice

from safepassage.domain.errors import RefusedError
from safepassage.domain.log.entry import Draft, Entry
from safepassage.store.backend import Backend
from safepassage.store.event_store import EventStore, Receipt
from safepassage.store.group_commit import GroupWriter
from safepassage.web.desk.kept_log import KeptLog

TOLD_AT_ONCE = 500


class HeardStore(EventStore):
    """A store that tells what was recorded; whoever calls it from another thread holds its `lock`."""

    def __init__(
        self, backend: Backend, clock: Callable[[], int], heard: Callable[[list[Entry]], None]
    ) -> None:
        super().__init__(backend, clock)
        self.lock, self._heard, self._told = threading.RLock(), heard, 0
        self._fresh: list[Entry] = []

    def append_each(self, drafts: Sequence[Draft]) -> list[Receipt | RefusedError]:
        """Record drafts in one transaction, then tell what is new."""
        with self.lock:
            self._fresh = []
            outcomes = super().append_each(drafts)
            fresh, self._fresh = self._fresh, []
            if fresh and fresh[0].seq == self._told + 1:
                self._tell(fresh)
            self.tell()
        return outcomes

    def written(self, entry: Entry) -> None:
        """Keep what was written, so that it need not be read back to be told."""
        self._fresh.append(entry)

    def tell(self) -> None:
        """Tell what was recorded since the last time, a part at a time."""
        with self.lock:
            while new := self.part(self._told, TOLD_AT_ONCE):
                self._tell(new)

    def part(self, after: int, most: int) -> list[Entry]:
        """Return so many entries of this office's log after a place; whoever calls it holds the lock."""
        with closing(self.entries(after=after)) as found:
            return list(islice(found, most))

    def _tell(self, new: list[Entry]) -> None:
        self._told += len(new)
        self._heard(new)


class Journal:
    """Where everything is recorded; `record` may be called from any thread."""

    def __init__(
        self, backend: Backend, clock: Callable[[], int], heard: Callable[[list[Entry]], None]
    ) -> None:
        self.store = HeardStore(backend, clock, heard)
        self.log = KeptLog(self.store.part, self.store.lock)
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

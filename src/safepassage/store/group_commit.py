"""Group commit: one thread writes; whatever came in while it wrote goes to disk in one transaction."""

from __future__ import annotations

import queue
import threading
from concurrent.futures import Future

from safepassage.domain.errors import RefusedError, StoreError
from safepassage.domain.log.entry import Draft
from safepassage.store.event_store import EventStore, Receipt

LARGEST_GROUP = 256
_Job = tuple[Draft, "Future[Receipt]"]


class GroupWriter:
    """The only writer of a store in this process; `submit` may be called from any thread.

    A storage failure is told to everybody in the group and the writer goes on: what was refused may be sent
    again. Should the thread itself end, everybody waiting is told, and further drafts are refused.
    """

    def __init__(self, store: EventStore, *, largest_group: int = LARGEST_GROUP) -> None:
        self._store, self._largest = store, largest_group
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._stopped = ""
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, draft: Draft) -> Future[Receipt]:
        """Return a future that holds the receipt once the draft is on disk; wait for it with a deadline.

        Raises
        ------
        StoreError
            When the writer has stopped.
        """
        job: Future[Receipt] = Future()
        with self._lock:
            if self._stopped:
                raise StoreError(f"Nothing can be recorded: {self._stopped}.")
            self._jobs.put((draft, job))
        return job

    def close(self) -> None:
        """Write what was submitted, then stop."""
        with self._lock:
            self._stopped = self._stopped or "the store was closed"
        self._jobs.put(None)
        self._thread.join()

    def _run(self) -> None:
        group: list[_Job] = []
        try:
            while True:
                group, goes_on = self._next_group()
                self._write(group)
                if not goes_on:
                    return
        except BaseException as fault:  # noqa: BLE001 - a silent death would leave everybody waiting
            self._die(group, fault)

    def _next_group(self) -> tuple[list[_Job], bool]:
        group: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            group.append(job)
            if len(group) >= self._largest:
                return group, True
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _write(self, group: list[_Job]) -> None:
        if not group:
            return
        outcomes: list[Receipt | RefusedError] | list[StoreError]
        try:
            outcomes = self._store.append_each([draft for draft, _ in group])
        except StoreError as fault:
            outcomes = [fault] * len(group)
        for (_, job), outcome in zip(group, outcomes, strict=True):
            if isinstance(outcome, Receipt):
                job.set_result(outcome)
            else:
                job.set_exception(outcome)

    def _die(self, group: list[_Job], fault: BaseException) -> None:
        with self._lock:
            self._stopped = f"the writer ended ({type(fault).__name__}: {fault})"
        waiting = list(group)
        while not self._jobs.empty():
            job = self._jobs.get()
            if job is not None:
                waiting.append(job)
        for _, future in waiting:
            if not future.done():
                future.set_exception(StoreError(f"Nothing was recorded: {self._stopped}."))

"""Group commit: one thread writes; whatever came in while it wrote goes to disk in one transaction."""

from __future__ import annotations

import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from safepassage.domain.errors import RefusedError, StoreError
from safepassage.domain.log.entry import Draft
from safepassage.store.event_store import EventStore, Receipt

LARGEST_GROUP = 256


def _uncancelled() -> Future[Any]:
    """Return a future that cannot be called off: what was submitted is written, whoever still waits."""
    made: Future[Any] = Future()
    made.set_running_or_notify_cancel()
    return made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """Drafts that come to disk together or not at all, and who waits for them."""

    drafts: tuple[Draft, ...]
    done: Future[list[Receipt]]

    def tell(self, outcomes: Sequence[Receipt | RefusedError]) -> None:
        fault = next((one for one in outcomes if isinstance(one, RefusedError)), None)
        if fault is None:
            self.done.set_result([one for one in outcomes if isinstance(one, Receipt)])
        else:
            self.done.set_exception(fault)


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
        one: Future[Receipt] = _uncancelled()

        def tell(several: Future[list[Receipt]]) -> None:
            fault = several.exception()
            if fault is None:
                one.set_result(several.result()[0])
            else:
                one.set_exception(fault)

        self.submit_together([draft]).add_done_callback(tell)
        return one

    def submit_together(self, drafts: Sequence[Draft]) -> Future[list[Receipt]]:
        """Return a future that holds the receipts once all drafts are on disk, in one transaction.

        After a crash all of them stand in the log or none does. The future holds the first refusal if one of
        them is refused; those beside it stand.

        Raises
        ------
        StoreError
            When the writer has stopped.
        """
        job = _Job(drafts=tuple(drafts), done=_uncancelled())
        with self._lock:
            if self._stopped:
                raise StoreError(f"Nothing can be recorded: {self._stopped}.")
            self._jobs.put(job)
        return job.done

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
            if sum(len(one.drafts) for one in group) >= self._largest:
                return group, True
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _write(self, group: list[_Job]) -> None:
        if not group:
            return
        try:
            outcomes = iter(self._store.append_each([draft for job in group for draft in job.drafts]))
        except StoreError as fault:
            for job in group:
                job.done.set_exception(fault)
            return
        for job in group:
            job.tell([next(outcomes) for _ in job.drafts])

    def _die(self, group: list[_Job], fault: BaseException) -> None:
        with self._lock:
            self._stopped = f"the writer ended ({type(fault).__name__}: {fault})"
        waiting = list(group)
        while not self._jobs.empty():
            job = self._jobs.get()
            if job is not None:
                waiting.append(job)
        for one in waiting:
            if not one.done.done():
                one.done.set_exception(StoreError(f"Nothing was recorded: {self._stopped}."))
